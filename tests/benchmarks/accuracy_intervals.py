"""How often the 90 % intervals of one network over all series hold what comes.

    python tests/benchmarks/accuracy_intervals.py

On the last horizon of the training parts of M1, in the scale of MASE. Beside them is a
seasonal naive forecast with one width for all series and steps, chosen on the answers
themselves so that it covers 90 %: more than any forecaster can know.
"""

import argparse

import numpy as np
from accuracy_m1 import (
    HORIZONS,
    PERIODS,
    as_frame,
    competition,
    seasonal_naive,
    seasonal_scale,
)

from skrnn import LSTMForecaster

COVERAGE = 0.9


def measure(frequency, seed=0, back=0, part="validation"):
    """Measure coverage, mean width, and the width of the seasonal naive forecast."""
    histories, futures = competition(frequency, part, back=back)
    horizon, period = HORIZONS[frequency], PERIODS[frequency]
    forecaster = LSTMForecaster(random_state=seed)
    forecaster.fit(as_frame(histories, frequency), fh=range(1, horizon + 1))
    interval = forecaster.predict_interval(coverage=COVERAGE).to_numpy()
    low, high = np.moveaxis(interval.reshape(len(histories), horizon, 2), -1, 0)
    y = np.array(futures)
    scale = np.array([seasonal_scale(h, period) for h in histories])[:, None]
    naive = np.array([seasonal_naive(h, horizon, period) for h in histories])
    half = np.quantile(np.abs(y - naive) / scale, COVERAGE)
    covered = ((low <= y) & (y <= high)).mean()
    return covered, ((high - low) / scale).mean(), 2 * half


def main():
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--back", type=int, default=0, help="so many horizons earlier")
    parser.add_argument(
        "--part",
        choices=["validation", "test"],
        default="validation",
        help="the test part only when nothing is left to choose",
    )
    given = parser.parse_args()
    print("             coverage   width   seasonal naive")
    for frequency in HORIZONS:
        covered, width, naive = measure(frequency, given.seed, given.back, given.part)
        print(f"{frequency:12s} {covered:8.1%} {width:7.2f} {naive:16.2f}", flush=True)


if __name__ == "__main__":
    main()
