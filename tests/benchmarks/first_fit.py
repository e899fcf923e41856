"""What a fit costs beside its training steps: the first, later ones, a new process.

    python tests/benchmarks/first_fit.py

LSTM, 32 units, 1000 windows of 24 steps, compiled. Everything runs in new processes, of
which each measures one kind of fit: "cold" ones start with an empty cache on disk,
"cached" ones find there what a process before has compiled. From each fit, the time of
the same fit done last, the fifth, is subtracted: what is left is compiling, or loading.
The import of TensorFlow is not counted.
"""

import argparse
import tempfile

import numpy as np
from _timing import fresh, machine, show

SKRNN = """
import sys, time
import numpy as np
from skrnn import RNNRegressor
from skrnn.engine._tensorflow import tensorflow

tensorflow()
what = sys.argv[1]
rng = np.random.default_rng(0)
OTHERS = [(1e-2, 0.0, 1000), (1e-3, 0.2, 998), (3e-3, 0.0, 993)]

def fit(units=32, n_rows=1000, **options):
    X = rng.standard_normal((n_rows, 24, 1))
    model = RNNRegressor(units, epochs=2, batch_size=32, jit_compile=True, **options)
    start = time.perf_counter()
    model.fit(X, X.mean(axis=(1, 2)))
    return time.perf_counter() - start

if what == "warm":
    fit(units=8)
times = [fit() for _ in range(5)]
if what == "later":
    changed = [
        fit(learning_rate=rate, dropout=dropout, n_rows=n_rows)
        for rate, dropout, n_rows in OTHERS
    ]
    print(max(changed) - times[-1])
else:
    print(times[0] - times[-1])
"""

KERAS = """
import time
import numpy as np
from skrnn.engine._tensorflow import tensorflow

tensorflow()
import keras

X = np.random.default_rng(0).standard_normal((1000, 24, 1)).astype("float32")

def make(units):
    model = keras.Sequential(
        [keras.Input((24, 1)), keras.layers.LSTM(units), keras.layers.Dense(1)]
    )
    model.compile(optimizer="adam", loss="mse")
    return model

def fit(model):
    start = time.perf_counter()
    model.fit(X, X.mean(axis=(1, 2)), epochs=2, batch_size=32, verbose=0)
    return time.perf_counter() - start

fit(make(8))
model = make(32)
first = fit(model)
print(first - fit(model))
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    machine()
    rows = {}

    def add(name, seconds):
        rows.setdefault(name, []).append(seconds)

    for _ in range(options.repeats):
        with tempfile.TemporaryDirectory() as cache:
            there = {"SKRNN_COMPILATION_CACHE": cache}
            add("first fit, new process, empty cache", fresh(SKRNN, "cold", **there))
            add("first fit, new process, cached", fresh(SKRNN, "cold", **there))
            add("later fits, other hyperparameters", fresh(SKRNN, "later", **there))
        off = {"SKRNN_COMPILATION_CACHE": "off"}
        add("first fit of an architecture, warm process", fresh(SKRNN, "warm", **off))
        add("Keras: every fit of a new model, warm process", fresh(KERAS))
    show(
        "cost of a fit beside its steps",
        {name: np.array(values) for name, values in rows.items()},
        unit="s",
    )


if __name__ == "__main__":
    main()
