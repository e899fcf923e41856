"""
=======================================
Beside the classics: sktime's benchmark
=======================================

Whether a network is worth its seconds is to be asked for every series anew. sktime's
`ForecastingBenchmark` asks: some forecasters, some series, several folds of each, one
table.
"""

# %%
# Forecasters and series
# ======================
#
# Three series: airline passengers by month, which have a trend and a season; three
# years of shampoo sales, short and noisy; and the lynx trapped in a hundred years,
# which rise and fall every ten years or so, never regularly. The networks have their
# defaults and find the season themselves; the others are told.

import logging
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sktime.benchmarking.forecasting import ForecastingBenchmark
from sktime.datasets import load_airline, load_lynx, load_shampoo_sales
from sktime.forecasting.compose import make_reduction
from sktime.forecasting.naive import NaiveForecaster
from sktime.performance_metrics.forecasting import (
    MeanAbsolutePercentageError,
    MeanAbsoluteScaledError,
)
from sktime.split import ExpandingWindowSplitter

from skrnn import GRUForecaster, LSTMForecaster, RNNForecaster

# Every forecaster of sktime warns of what the next release will change. While they run,
# a filter of sktime's comes before this one: what is left goes to a log.
warnings.filterwarnings("ignore", "The default of config", FutureWarning)
logging.captureWarnings(True)

SERIES = {  # loader, seasonal period, horizon, first training part, growth
    "airline": (load_airline, 12, 12, 96, 12),
    "shampoo": (load_shampoo_sales, 12, 6, 24, 6),
    "lynx": (load_lynx, 1, 6, 78, 12),
}


def forecasters(sp):
    return {
        "LSTM": LSTMForecaster(random_state=0),
        "GRU": GRUForecaster(random_state=0),
        "simple RNN": RNNForecaster(random_state=0),
        "naive": NaiveForecaster(),
        "seasonal naive": NaiveForecaster(sp=sp),
        "ridge on lags": make_reduction(Ridge(), window_length=12),
    }


# %%
# The benchmark
# =============
#
# A task is a series, a splitter and what is measured: here the mean absolute error
# divided by that of the (seasonal) naive forecast within the training part (MASE), and
# a percentage (sMAPE). What runs is logged.

progress = logging.getLogger("sktime.benchmarking.benchmarks")
progress.setLevel(logging.INFO)
progress.addHandler(logging.StreamHandler(sys.stdout))

results = []
for name, (load, sp, horizon, first, growth) in SERIES.items():
    benchmark = ForecastingBenchmark()
    for label, forecaster in forecasters(sp).items():
        benchmark.add_estimator(forecaster, label)
    benchmark.add_task(
        load,
        ExpandingWindowSplitter(np.arange(1, horizon + 1), first, growth),
        [MeanAbsoluteScaledError(sp=sp), MeanAbsolutePercentageError(symmetric=True)],
        task_id=name,
    )
    results.append(benchmark.run())
    if benchmark.failed_experiments:
        raise RuntimeError(benchmark.failed_experiments)
results = pd.concat(results)

# %%
# The table
# =========
#
# MASE, the less the better; below 1 the forecasts are closer than the naive ones are
# one step (or season) ahead.

table = results.pivot(
    index="model_id", columns="validation_id", values="MeanAbsoluteScaledError_mean"
).loc[list(forecasters(1)), list(SERIES)]
print(table.round(2).to_string())

# %%
# All three networks beat both naive forecasts on every series. A ridge regression on
# the last twelve values, which costs next to nothing, does as well or better here: on
# series as short as these there is little to learn beyond lines. The networks' turn
# comes with many series at once.
#
# The same as a picture:

fig, axes = plt.subplots(1, 3, figsize=(9, 3), layout="constrained", sharey=True)
for ax, name in zip(axes, SERIES, strict=True):
    colors = [
        "C0" if label in ("LSTM", "GRU", "simple RNN") else "C7"
        for label in table.index
    ]
    ax.barh(table.index, table[name], color=colors)
    ax.axvline(1, color="k", linewidth=0.8, linestyle=":")
    ax.set(title=name, xlabel="MASE")
axes[0].invert_yaxis()
plt.show()

# %%
# And what it takes, in seconds for a fold, fit and forecast:

seconds = results.pivot(
    index="model_id", columns="validation_id", values="runtime_secs"
).loc[table.index, table.columns]
print(seconds.round(2).to_string())

# %%
# More series, with Theta, ETS and a panel, are in :doc:`/forecasting_benchmark`.
