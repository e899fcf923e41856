"""What each step of the forecasters gains: the defaults, and one step less each time.

    python tests/benchmarks/accuracy_ablation.py               # one network a frequency
    python tests/benchmarks/accuracy_ablation.py --mode local --limit 100

Measured on the last horizon of the training parts of M1, never on its test part. Each
cell is the mean MASE of a frequency; the last column the mean change of MASE against
the defaults.
"""

import argparse
from contextlib import nullcontext
from unittest.mock import patch

import numpy as np
from accuracy_m1 import (
    HORIZONS,
    PERIODS,
    ProgressBar,
    accuracy,
    competition,
    network_forecasts,
)

from skrnn.forecasting import _fitting

GLOBAL = {
    "defaults": {},
    "one layer": {"units": 32},
    "one network instead of five": {"n_estimators": 1},
    "no logarithms": {"log": False},
    "no seasonal adjustment": {"deseasonalize": False},
    "naive baseline": {"baseline": "naive"},
    "networks alone": {"combine": None},
    "half Theta": {"combine": "theta"},
    "squared error": {"loss": "squared_error"},
    "constant learning rate": {"learning_rate_schedule": "constant"},
    "window of one value": {"window_length": 1},
}
LOCAL = {
    "defaults": {},
    "no trial": {},
    "one network instead of five": {"n_estimators": 1},
    "no logarithms": {"log": False},
    "no seasonal adjustment": {"deseasonalize": False},
    "naive baseline": {"baseline": "naive"},
    "networks alone": {"combine": None},
    "half Theta": {"combine": "theta"},
}


def measure(frequency, mode, limit, seed, back, parameters):
    """Measure one variant on one frequency: MASE."""
    histories, futures = competition(frequency, "validation", limit, back)
    groups = [histories] if mode == "global" else [[y] for y in histories]
    show = ProgressBar(f"{frequency}, {mode}", len(groups))
    parameters = {"random_state": seed, "calibrate": False, **parameters}
    forecasts = [network_forecasts(g, frequency, **parameters) for g in show(groups)]
    period = PERIODS[frequency]
    return accuracy(np.concatenate(forecasts), histories, futures, period)["MASE"]


def without_trials():
    """Let no series be long enough for a trial: no parameter does that."""
    return patch.object(_fitting, "TRIAL_WINDOWS", np.inf)


def main():
    """Run the ablation from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mode", choices=["global", "local"], default="global")
    parser.add_argument("--limit", type=int, help="so many series of a frequency")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--back", type=int, default=0, help="so many horizons earlier")
    given = parser.parse_args()
    print(f"{given.mode:28s}" + "".join(f"{f:>11s}" for f in HORIZONS) + "   change")
    reference = None
    for name, parameters in (GLOBAL if given.mode == "global" else LOCAL).items():
        with without_trials() if name == "no trial" else nullcontext():
            row = np.array(
                [
                    measure(
                        f, given.mode, given.limit, given.seed, given.back, parameters
                    )
                    for f in HORIZONS
                ]
            )
        reference = row if reference is None else reference
        change = 100 * (np.exp(np.log(row / reference).mean()) - 1)
        cells = "".join(f"{value:11.3f}" for value in row)
        print(f"{name:28s}{cells} {change:+7.1f}%", flush=True)


if __name__ == "__main__":
    main()
