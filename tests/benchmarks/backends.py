"""Searches and folds of forecasters: one after the other, in threads, in processes.

    python tests/benchmarks/backends.py

A search of 8 candidates on 5 folds of airline, 40 small fits in numpy; and 4 folds of a
panel of 60 series of 100 values, whose fits are compiled. Each runs in a new process,
with the cache of programs off. The start of workers counts; what this process itself
imports does not, so TensorFlow is there before the panel's folds.
"""

import argparse

import numpy as np
from _timing import fresh, machine, show

BEGIN = """
import sys, time, warnings
import numpy as np
import pandas as pd
from sktime.datasets import load_airline
from sktime.forecasting.model_evaluation import evaluate
from sktime.forecasting.model_selection import ForecastingGridSearchCV
from sktime.split import ExpandingWindowSplitter
from skrnn import LSTMForecaster

warnings.simplefilter("ignore")
backend = None if sys.argv[1] == "None" else sys.argv[1]
how = {"backend": backend, "backend_params": {"n_jobs": 2} if backend else None}

def folds(initial_window):
    return ExpandingWindowSplitter(
        range(1, 13), initial_window=initial_window, step_length=12
    )
"""

SEARCH = """
grid = {"units": [8, 16], "sp": [1, 12], "combine": ["auto", "theta"]}
search = ForecastingGridSearchCV(
    LSTMForecaster(random_state=0), folds(84), grid, refit=False, **how
)
y = load_airline()
start = time.perf_counter()
search.fit(y, fh=list(range(1, 13)))
assert len(search.cv_results_) == 8
print(time.perf_counter() - start)
"""

PANEL = """
from skrnn.engine._tensorflow import tensorflow

tensorflow()
index = pd.MultiIndex.from_product([range(60), range(100)], names=["series", "time"])
steps = np.random.default_rng(0).standard_normal((60, 100))
y = pd.DataFrame({"y": 50 + steps.cumsum(axis=1).ravel()}, index=index)
start = time.perf_counter()
table = evaluate(LSTMForecaster(random_state=0), folds(52), y, **how)
assert len(table) == 4
print(time.perf_counter() - start)
"""

BACKENDS = {"one after the other": "None", "threads": "threading", "processes": "loky"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    machine()
    off = {"SKRNN_COMPILATION_CACHE": "off", "TF_CPP_MIN_LOG_LEVEL": "3"}
    for title, code in (
        ("8 candidates on 5 folds of airline", SEARCH),
        ("4 folds of a panel of 60 series", PANEL),
    ):
        rows = {name: [] for name in BACKENDS}
        for _ in range(options.repeats):
            for name, backend in BACKENDS.items():
                rows[name].append(fresh(BEGIN + code, backend, **off))
        arrays = {name: np.array(values) for name, values in rows.items()}
        show(title, arrays, "one after the other", "s")


if __name__ == "__main__":
    main()
