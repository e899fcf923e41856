"""The estimates of prepared series, carried on value by value.

A recursive forecast appends a value to every series at each of its steps. All that
`_series.prepare` estimates is a recursion over the values, so the next estimates follow
from the last ones: the same numbers up to rounding, at a cost that does not depend on
how long the series are.
"""

from typing import NamedTuple

import numpy as np

from skrnn.forecasting._running_season import RunningSeason
from skrnn.forecasting._seasonal_indices import current_index
from skrnn.forecasting._series import (
    LEVEL_RATES,
    MOMENTUM_RATES,
    TREND_FRACTION,
    exponential_average,
)

RATES = np.array(LEVEL_RATES)
# Up to so many values, only the last two errors of the smoothing are counted.
FEW = 4


class Estimates(NamedTuple):
    """What `Series` has for one time, of S series: (S,), `momentum` (S, 3)."""

    z: np.ndarray
    raw: np.ndarray
    center: np.ndarray
    strength: np.ndarray
    level: np.ndarray
    slope: np.ndarray
    lag: np.ndarray
    momentum: np.ndarray


class RunningEstimates:
    """Estimates of series that grow together, one value each at a time.

    Parameters
    ----------
    series : list of Series
    preparation : Preparation
        As the series were prepared.
    """

    def __init__(self, series, preparation):
        sp = preparation.sp if preparation.deseasonalize else 1
        self.season = RunningSeason([s.z for s in series], sp) if sp > 1 else None
        adjusted = [
            s.z - current_index(s.raw, s.center, s.strength, preparation.sp)
            for s in series
        ]
        self.size = np.array([len(a) for a in adjusted])
        self.last = np.array([a[-1] for a in adjusted])
        momentum = np.stack([s.momentum[:, -1] for s in series])
        self.momentum = _Averages(MOMENTUM_RATES, momentum)
        self.baseline = None
        if preparation.baseline != "naive":
            self.baseline = _RunningBaseline(adjusted)

    def append(self, z):
        """Add a value to every series, (S,), and give what is estimated then."""
        raw = center = strength = index = np.zeros(len(z))
        if self.season is not None:
            raw, center, strength, index = self.season.append(z)
        adjusted = z - index
        momentum = self.momentum.append(adjusted - self.last, self.size - 1)
        self.last = adjusted
        level = slope = lag = np.zeros(len(z))
        if self.baseline is not None:
            level, slope, lag = self.baseline.append(adjusted, self.size)
        self.size = self.size + 1
        return Estimates(z, raw, center, strength, level, slope, lag, momentum)


class _Averages:
    """Exponential averages of S series at several rates: (S, n_rates)."""

    def __init__(self, rates, values):
        self.rates, self.values = np.array(rates), values
        self.start = np.ceil(1 / self.rates)
        self.early = True

    def append(self, x, size):
        """Average over `x`, (S,), as well; there were `size` values before it."""
        rate = self._rates(size[:, None]) if self.early else self.rates
        self.values = self.values + rate * (x[:, None] - self.values)
        return self.values

    def _rates(self, size):
        """Give the rates, or those of a plain mean where there are few values."""
        early = size < self.start
        self.early = bool(early.any())
        return np.where(early, 1 / (size + 1), self.rates)


class _RunningBaseline:
    """Level, slope and lag of S series; see `_series`."""

    def __init__(self, adjusted):
        averages = [
            np.stack([exponential_average(a, rate) for rate in LEVEL_RATES])
            for a in adjusted
        ]
        self.smooth = _Averages(LEVEL_RATES, np.stack([a[:, -1] for a in averages]))
        squares = [
            (a[1:] - mean[:, :-1]) ** 2
            for a, mean in zip(adjusted, averages, strict=True)
        ]
        self.square = np.stack([_last(s) for s in squares])
        self.total = np.stack(
            [s[:, min(2, max(0, s.shape[1] - 2)) :].sum(axis=1) for s in squares]
        )
        self.sum = np.array([a.sum() for a in adjusted])
        self.moment = np.array([np.arange(len(a)) @ a for a in adjusted])
        self.rows = np.arange(len(adjusted))
        self.few = True

    def append(self, x, size):
        """Add a value to every series."""
        square = (x[:, None] - self.smooth.values) ** 2
        if self.few:
            self._forget_first_errors(size)
        self.total = self.total + square
        self.square = square
        smooth = self.smooth.append(x, size)
        best = self.total.argmin(axis=1)
        best[size < 2] = len(RATES) - 1
        rate = RATES[best]
        lag = (1 - rate) / rate * (1 - (1 - rate) ** (size + 1))
        level = smooth[self.rows, best] - x
        return level, self._slope(x, size), lag

    def _forget_first_errors(self, size):
        """Let the last error alone count, beside the new one, as in `_level_rate`."""
        few = size <= FEW
        self.few = bool(few.any())
        self.total = np.where(few[:, None], self.square, self.total)

    def _slope(self, x, size):
        self.sum = self.sum + x
        self.moment = self.moment + size * x
        k = size + 1.0
        slope = (self.moment - size / 2 * self.sum) / (k * (k * k - 1) / 12)
        return slope * (TREND_FRACTION * np.maximum((k - 2) / (k + 2), 0))


def _last(squares):
    """The last squared error at each rate; zero where there is none yet."""
    return squares[:, -1] if squares.shape[1] else np.zeros(len(squares))
