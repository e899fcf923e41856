"""How often the 90 % intervals of one network over all series hold what comes.

    python tests/benchmarks/accuracy_intervals.py
    python tests/benchmarks/accuracy_intervals.py --loss quantile

On the last horizon of the training parts of M1, in the scale of MASE. Beside them is a
seasonal naive forecast with one width for all series and steps, chosen on the answers
themselves so that it covers 90 %: more than any forecaster can know. The pinball loss
is twice its mean over the levels 0.05, 0.1 ... 0.95: of the median alone, it would be
MASE.
"""

import argparse
import time

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
LEVELS = np.linspace(0.05, 0.95, 19)


def measure(frequency, loss, seed=0, back=0, part="validation", limit=None):
    """Measure what quantiles and points are worth.

    Returns
    -------
    dict of str to float
        Coverage, mean width, width of the seasonal naive forecast, pinball loss, MASE
        of the points, seconds of the fit.
    """
    histories, futures = competition(frequency, part, limit, back)
    horizon, period = HORIZONS[frequency], PERIODS[frequency]
    forecaster = LSTMForecaster(loss=loss, random_state=seed)
    begin = time.perf_counter()
    forecaster.fit(as_frame(histories, frequency), fh=range(1, horizon + 1))
    seconds = time.perf_counter() - begin
    shape = len(histories), horizon
    interval = forecaster.predict_interval(coverage=COVERAGE).to_numpy()
    low, high = np.moveaxis(interval.reshape(*shape, 2), -1, 0)
    quantiles = forecaster.predict_quantiles(alpha=list(LEVELS)).to_numpy()
    points = forecaster.predict().to_numpy().reshape(shape)
    y = np.array(futures)
    scale = np.array([seasonal_scale(h, period) for h in histories])[:, None]
    naive = np.array([seasonal_naive(h, horizon, period) for h in histories])
    half = np.quantile(np.abs(y - naive) / scale, COVERAGE)
    error = (y[..., None] - quantiles.reshape(*shape, -1)) / scale[..., None]
    return {
        "coverage": ((low <= y) & (y <= high)).mean(),
        "width": ((high - low) / scale).mean(),
        "seasonal naive": 2 * half,
        "pinball": 2 * np.maximum(LEVELS * error, (LEVELS - 1) * error).mean(),
        "MASE": (np.abs(y - points) / scale).mean(),
        "seconds": seconds,
    }


def main():
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--loss", default="absolute_error", help="of LSTMForecaster")
    parser.add_argument("--frequency", choices=[*HORIZONS, "all"], default="all")
    parser.add_argument("--limit", type=int, help="so many series of a frequency")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--back", type=int, default=0, help="so many horizons earlier")
    parser.add_argument(
        "--part",
        choices=["validation", "test"],
        default="validation",
        help="the test part only when nothing is left to choose",
    )
    given = parser.parse_args()
    chosen = list(HORIZONS) if given.frequency == "all" else [given.frequency]
    print("             coverage   width   seasonal naive   pinball    MASE  seconds")
    for frequency in chosen:
        row = measure(
            frequency, given.loss, given.seed, given.back, given.part, given.limit
        )
        print(
            f"{frequency:12s} {row['coverage']:8.1%} {row['width']:7.2f} "
            f"{row['seasonal naive']:16.2f} {row['pinball']:9.3f} {row['MASE']:7.3f} "
            f"{row['seconds']:8.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
