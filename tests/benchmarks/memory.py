"""Memory: long series, and many fits.

    python tests/benchmarks/memory.py
    python tests/benchmarks/memory.py --fits 200

Each job runs in a new process. Of a long series, the growth of the peak of the resident
set over what was resident before is given as a multiple of the series' own bytes; the
base is taken after the same job has run on a short series, so that imports and compiled
programs are not counted. Of many fits, the growth after the first fifty.

Linux only: it reads /proc.
"""

import argparse

from _timing import fresh, machine

RESIDENT = """
import sys
import numpy as np

def resident(field):
    for line in open("/proc/self/status"):
        if line.startswith(field):
            return int(line.split()[1]) * 1024

def grown(job, n_bytes):
    base = resident("VmRSS")
    # Forgets the highest mark so far.
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    job()
    print((resident("VmHWM") - base) / n_bytes)
"""

FORECASTER = """
import pandas as pd
from skrnn import LSTMForecaster

def fit(n_points):
    t = np.arange(n_points)
    y = pd.Series(np.sin(t / 24) + np.random.default_rng(0).standard_normal(n_points))
    def job():
        LSTMForecaster(window_length=168, random_state=0).fit(y, fh=range(1, 25))
    return job, y.to_numpy().nbytes

# From 32,768 points on, this many are learned from: the same compiled program.
fit(40_000)[0]()
grown(*fit(1_000_000))
"""

WINDOWS = """
from skrnn import make_windows

def cut(n_points):
    y = np.random.default_rng(0).standard_normal(n_points)
    return lambda: make_windows(y, window_length=168, horizon=24), y.nbytes

cut(2_000)[0]()
grown(*cut(10_000_000))
"""

FITS = """
from skrnn import RNNRegressor

n_fits = int(sys.argv[1])
X = np.random.default_rng(0).standard_normal((100, 12, 1))
y = X.mean(axis=(1, 2))
for k in range(n_fits):
    RNNRegressor(
        8,
        epochs=2,
        batch_size=32,
        learning_rate=1e-3 * (1 + k),
        jit_compile=k % 2 == 0,
        random_state=k,
    ).fit(X, y).predict(X)
    if k == 49:
        base = resident("VmRSS")
print((resident("VmRSS") - base) / 2**20)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fits", type=int, default=1000)
    options = parser.parse_args()
    machine()
    jobs = [
        ("make_windows, 10,000,000 points: times the series", WINDOWS, ()),
        (
            f"{options.fits} fits, half of them compiled: MB after the first 50",
            FITS,
            (options.fits,),
        ),
        ("LSTMForecaster, 1,000,000 points: times the series", FORECASTER, ()),
    ]
    for name, code, arguments in jobs:
        print(f"{name:60} {fresh(RESIDENT + code, *arguments):8.2f}", flush=True)


if __name__ == "__main__":
    main()
