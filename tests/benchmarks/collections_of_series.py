"""A number from a whole series: Covid3Month, 140 short series to learn from.

    python tests/benchmarks/collections_of_series.py
    python tests/benchmarks/collections_of_series.py --part test

The default is a cross-validation within the training part, 5 folds in 3 orders, which
all choices were made on. The test part is for what has been chosen.

Needs ``numba`` for Rocket.
"""

import argparse
import logging
import time

import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import RepeatedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sktime.datasets import load_covid_3month
from sktime.datatypes import convert_to
from sktime.regression.distance_based import KNeighborsTimeSeriesRegressor
from sktime.regression.kernel_based import RocketRegressor

from skrnn import RNNRegressor, RNNTimeSeriesRegressor


def load(part):
    """Give counts, (n_series, 1, 84), and what is to be predicted."""
    X, y = load_covid_3month(split=part)
    return convert_to(X, "numpy3D"), y.astype(float)


def flattened(X):
    """Give logarithms of a day's cases as columns."""
    return np.log1p(np.maximum(X[:, 0], 0))


def regressors():
    """Give all regressors, and whether they see logarithms."""
    chosen = RNNRegressor(
        16, learning_rate=0.01, learning_rate_schedule="one_cycle", epochs=40, alpha=1.0
    )
    ridge = make_pipeline(
        FunctionTransformer(flattened), RidgeCV(np.logspace(-2, 8, 30))
    )
    neighbours = KNeighborsTimeSeriesRegressor(n_neighbors=15, distance="euclidean")
    rocket = RocketRegressor(num_kernels=1000, random_state=0)
    return {
        "mean": (DummyRegressor(), False),
        "RNNTimeSeriesRegressor": (RNNTimeSeriesRegressor(random_state=0), False),
        "16 units, alpha=1": (RNNTimeSeriesRegressor(chosen, random_state=0), False),
        "the same, logarithms": (RNNTimeSeriesRegressor(chosen, random_state=0), True),
        "ridge, logarithms": (ridge, False),
        "1 neighbour, warped": (KNeighborsTimeSeriesRegressor(), False),
        "15 neighbours, logarithms": (neighbours, True),
        "Rocket": (rocket, False),
        "Rocket, logarithms": (rocket, True),
    }


def squared_error(model, log, X, y, X_test, y_test):
    """Fit and give the mean squared error."""
    if log:
        X, X_test = (np.log1p(np.maximum(x, 0)) for x in (X, X_test))
    return np.mean((model.fit(X, y).predict(X_test) - y_test) ** 2)


def main():
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--part", choices=["train", "test"], default="train")
    part = parser.parse_args().part
    logging.captureWarnings(True)
    X, y = load("train")
    splits = [(X, y, *load("test"))]
    if part == "train":
        folds = RepeatedKFold(n_splits=5, n_repeats=3, random_state=0).split(X)
        splits = [(X[a], y[a], X[b], y[b]) for a, b in folds]
    for name, (model, log) in regressors().items():
        begin = time.perf_counter()
        errors = [squared_error(model, log, *split) for split in splits]
        seconds = (time.perf_counter() - begin) / len(splits)
        print(f"{name:26s} {np.sqrt(np.mean(errors)):.4f} {seconds:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
