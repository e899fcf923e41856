"""A grid search: skrnn, scikeras and skorch.

    python tests/benchmarks/grid_search.py
    python tests/benchmarks/grid_search.py --threads

2 learning rates, 2 widths (16, 32), 3 folds of TimeSeriesSplit and the refit: 13 fits
of 10 epochs, 1000 windows of 24 steps, batches of 32, float32. Each search runs in a
new process, with and without what it has to import; skrnn's cache on disk is off. With
``--threads``, a longer search of skrnn's (6 learning rates: 37 fits of 100 epochs) with
one and with two jobs under joblib's threading backend; the cache is on, and empty.

The short search is done in numpy, so skrnn imports no TensorFlow for it; the long one
is compiled, and what it imports is left out.

For the others: ``pip install scikeras torch skorch``.
"""

import argparse
import tempfile

import numpy as np
from _timing import fresh, installed, machine, show

LONG = 100

DATA = """
import sys, time
begin = time.perf_counter()
n_jobs, epochs, whole = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "whole"
import numpy as np
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

X = np.random.default_rng(0).standard_normal((1000, 24, 1)).astype("float32")
y = X.mean(axis=(1, 2))
SEVERAL = [1e-3, 2e-3, 3e-3, 5e-3, 7e-3, 1e-2]
RATES = [1e-3, 1e-2] if epochs < 100 else SEVERAL
"""

SEARCH = """
start = time.perf_counter()
search = GridSearchCV(
    model, grid, cv=TimeSeriesSplit(3), scoring="neg_mean_squared_error"
)
with parallel_config(backend="threading", n_jobs=n_jobs):
    search.fit(X, y)
assert np.isfinite(search.best_score_)
print(time.perf_counter() - (begin if whole else start))
"""

SKRNN = """
from skrnn import RNNRegressor

model = RNNRegressor(epochs=epochs, batch_size=32, random_state=0)
grid = {"learning_rate": RATES, "units": [16, 32]}
"""

IMPORT_TENSORFLOW = """
from skrnn.engine._tensorflow import tensorflow

tensorflow()
"""

SCIKERAS = """
import keras
from scikeras.wrappers import KerasRegressor

def make(units):
    return keras.Sequential(
        [keras.Input((24, 1)), keras.layers.LSTM(units), keras.layers.Dense(1)]
    )

model = KerasRegressor(
    make, units=16, loss="mse", optimizer="adam", epochs=epochs, batch_size=32,
    verbose=0,
)
grid = {"optimizer__learning_rate": RATES, "units": [16, 32]}
"""

SKORCH = """
import torch
from skorch import NeuralNetRegressor

class Module(torch.nn.Module):
    def __init__(self, units=16):
        super().__init__()
        self.layer = torch.nn.LSTM(1, units, batch_first=True)
        self.head = torch.nn.Linear(units, 1)

    def forward(self, X):
        return self.head(self.layer(X)[0][:, -1])

y = y[:, None]
model = NeuralNetRegressor(
    Module, optimizer=torch.optim.Adam, max_epochs=epochs, batch_size=32,
    train_split=None, verbose=0,
)
grid = {"lr": RATES, "module__units": [16, 32]}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", action="store_true")
    options = parser.parse_args()
    machine()
    off = {"SKRNN_COMPILATION_CACHE": "off", "TF_CPP_MIN_LOG_LEVEL": "3"}
    if options.threads:
        names = {1: "one job", 2: "two jobs"}
        code = DATA + IMPORT_TENSORFLOW + SKRNN + SEARCH
        rows = {name: [] for name in names.values()}
        for _ in range(options.repeats):
            for n_jobs, name in names.items():
                with tempfile.TemporaryDirectory() as cache:
                    there = off | {"SKRNN_COMPILATION_CACHE": cache}
                    rows[name].append(fresh(code, n_jobs, LONG, "search", **there))
        title = f"skrnn, 37 fits of {LONG} epochs, threads"
        show(title, to_arrays(rows), "two jobs", "s")
        return
    setups = {"skrnn": SKRNN}
    there = installed("scikeras", "skorch")
    if "scikeras" in there:
        setups["scikeras"] = SCIKERAS
    if "skorch" in there:
        setups["skorch"] = SKORCH
    for what, title in (("search", "without imports"), ("whole", "with imports")):
        rows = {name: [] for name in setups}
        for _ in range(options.repeats):
            for name, setup in setups.items():
                rows[name].append(fresh(DATA + setup + SEARCH, 1, 10, what, **off))
        show(f"13 fits of 10 epochs, {title}", to_arrays(rows), "skrnn", "s")


def to_arrays(rows):
    return {name: np.array(values) for name, values in rows.items()}


if __name__ == "__main__":
    main()
