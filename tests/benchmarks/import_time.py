"""Time of `import skrnn`, beside `import sklearn`.

    python tests/benchmarks/import_time.py

Each in new processes, in turns: alone, and what an estimator adds where scikit-learn
is there already.
"""

import argparse

import numpy as np
from _timing import fresh, machine, show

# What is imported before the clock starts, and what is timed.
SCRIPTS = {
    "import sklearn": ("pass", "import sklearn"),
    "import skrnn": ("pass", "import skrnn"),
    "import skrnn, after sklearn": ("import sklearn", "import skrnn"),
    "RNNRegressor, after sklearn": (
        "import sklearn.neural_network",
        "from skrnn import RNNRegressor",
    ),
    "MLPRegressor, after sklearn": (
        "import sklearn",
        "from sklearn.neural_network import MLPRegressor",
    ),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    machine()
    rows = {name: [] for name in SCRIPTS}
    for _ in range(options.repeats):
        for name, (before, code) in SCRIPTS.items():
            timed = (
                f"{before}\nimport time; start = time.perf_counter()\n"
                f"{code}\nprint(time.perf_counter() - start)"
            )
            rows[name].append(fresh(timed))
    show(
        "imports", {name: np.array(values) for name, values in rows.items()}, unit="ms"
    )


if __name__ == "__main__":
    main()
