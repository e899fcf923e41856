"""
==========
Quickstart
==========

Three years of airline passengers forecast by an LSTM, beside the forecast that says
"as last year"; a search over the steps of a pipeline; and an evaluation over many
years. Everything here is what scikit-learn and sktime do with any estimator: the
networks of skrnn are estimators like others.
"""

# %%
# A forecast
# ==========
#
# The last three years are held out. The forecaster finds scale, seasons and window by
# itself; the horizon is needed in `fit`, since the network has an output for each of
# its steps.

import time

import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_percentage_error
from sktime.datasets import load_airline

from skrnn import LSTMForecaster

passengers = load_airline()
train, test = passengers[:-36], passengers[-36:]

started = time.perf_counter()
forecaster = LSTMForecaster(random_state=0).fit(train, fh=list(range(1, 37)))
forecast = forecaster.predict()
elapsed = time.perf_counter() - started

# The seasonal naive forecast: the last year, again and again.
naive = pd.Series(np.tile(train[-12:], 3), index=test.index)


def percentage_error(y_pred):
    return 100 * mean_absolute_percentage_error(test, y_pred)


print(f"Mean absolute percentage error over 36 months, fitted in {elapsed:.1f} s:")
print(f"  LSTM            {percentage_error(forecast):5.1f} %")
print(f"  seasonal naive  {percentage_error(naive):5.1f} %")

# %%
# How sure is it? The band holds nine months out of ten, if the future is like the past.

import matplotlib.pyplot as plt

from skrnn import ForecastDisplay

fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
ForecastDisplay.from_estimator(
    forecaster, passengers[-96:], coverage=0.9, ax=ax, name="LSTM"
)
ForecastDisplay.from_predictions(
    None, naive, ax=ax, name="seasonal naive", line_kwargs={"linestyle": ":"}
)
ax.set(xlabel="", ylabel="Passengers (thousands)", title="Airline passengers")
ax.legend(loc="upper left")
fig.savefig("airline_forecast.png", dpi=150)
plt.show()
print("The picture is in airline_forecast.png.")

# %%
# A search
# ========
#
# Now the same series as a regression: how much does the number of passengers change
# from this month to the next, on a logarithmic scale? :class:`~skrnn.SlidingWindow`
# gives each month the months before it, and as many rows as it gets. So the target
# needs no change, and the search can look for the best length of the window, too, on
# folds in the order of time.

from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skrnn import RNNRegressor, SlidingWindow

change = np.log(passengers).diff().dropna().rename("change")
X, y = change[:-1].to_frame(), change[1:].to_numpy()

network = RNNRegressor(
    16,
    learning_rate=0.01,
    learning_rate_schedule="one_cycle",
    batch_size=8,
    epochs=40,
    random_state=0,
)
pipeline = Pipeline(
    [
        ("scale", StandardScaler().set_output(transform="pandas")),
        ("window", SlidingWindow()),
        ("network", network),
    ]
)
grid = {"window__window_length": [6, 12, 18], "network__cell": ["gru", "lstm"]}
search = GridSearchCV(pipeline, grid, cv=TimeSeriesSplit(3), verbose=3)
search.fit(X, y)

print(f"Best: {search.best_params_}")
print(f"R² of the best, mean of three folds: {search.best_score_:.2f}")

# %%
# Half a year does not reach back to the same month of last year, which says most about
# the change to come. A year does, and more than a year makes it no better:

scores = search.cv_results_["mean_test_score"].reshape(2, 3)
fig, ax = plt.subplots(figsize=(6, 3), layout="constrained")
for cell, row in zip(grid["network__cell"], scores, strict=True):
    ax.plot(grid["window__window_length"], row, "o-", label=cell.upper())
ax.set(xlabel="Months in the window", ylabel="R² on later months", xticks=[6, 12, 18])
ax.legend()
plt.show()

# %%
# Many years instead of one
# =========================
#
# One held-out part may be luck. sktime's `evaluate` forecasts year after year, each
# with what was known before it.

from sktime.forecasting.model_evaluation import evaluate
from sktime.performance_metrics.forecasting import MeanAbsolutePercentageError
from sktime.split import ExpandingWindowSplitter

years = ExpandingWindowSplitter(fh=range(1, 13), initial_window=60, step_length=12)
results = evaluate(
    LSTMForecaster(random_state=0),
    cv=years,
    y=passengers,
    scoring=MeanAbsolutePercentageError(),
    return_data=True,
)
last_year = passengers.shift(12)
table = pd.DataFrame(
    {
        "LSTM": 100 * results["test_MeanAbsolutePercentageError"],
        "seasonal naive": [
            100 * mean_absolute_percentage_error(y_test, last_year[y_test.index])
            for y_test in results["y_test"]
        ],
    }
)
table.index = [y_test.index[0].year for y_test in results["y_test"]]
print("Mean absolute percentage error, twelve months ahead:")
print(table.round(1).to_string())
print(f"mean {table['LSTM'].mean():10.1f} {table['seasonal naive'].mean():15.1f}")
