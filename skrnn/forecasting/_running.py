"""The estimates of prepared series, carried on value by value.

A recursive forecast appends a value to every series at each of its steps. All that
`_series.prepare` estimates is a recursion over the values, so the next estimates follow
from the last ones: the same numbers up to rounding, at a cost that does not depend on
how long the series are.

A step is many operations on a handful of numbers, of which each costs a microsecond of
calling: so what can be is done at once for all rates, and nothing for the whole past.
"""

import copy

import numpy as np

from skrnn.forecasting._moments import Moments, age_of
from skrnn.forecasting._running_season import RunningSeason
from skrnn.forecasting._seasonal_indices import current_index
from skrnn.forecasting._series import (
    LEVEL_RATES,
    MOMENTUM_RATES,
    TREND_FRACTION,
    exponential_average,
)

# Averages of first differences, and of values: the latter begin one time earlier.
N_MOMENTUM = len(MOMENTUM_RATES)
RATES = np.array(MOMENTUM_RATES + LEVEL_RATES)
LATER = (np.arange(len(RATES)) < N_MOMENTUM).astype(int)
# Up to so many values an average is a plain mean.
EARLY = np.ceil(1 / RATES)
LEVELS = np.array(LEVEL_RATES)
REST = 1 - LEVELS
LAGS = REST / LEVELS
# Up to so many values, only the last two errors of the smoothing are counted.
FEW = 4


class RunningEstimates:
    """Estimates of S series that grow together, one value each at a time.

    What is made is a start that values can't be added to: `grow` gives copies that they
    can, once, before the first of them.

    Parameters
    ----------
    series : list of Series
    preparation : Preparation
        As the series were prepared.
    layout : Layout
    """

    def __init__(self, series, preparation, layout):
        self.layout, self.naive = layout, preparation.baseline == "naive"
        self.rows, self.early = np.arange(len(series)), True
        sp = preparation.sp
        self.size, self.step = np.array([len(s.z) for s in series]), 0
        self._foresee(0)
        self.volatility = np.array([[max(s.volatility, 1e-12)] for s in series])
        # Enough for a window, and for the moving average of a season.
        self.past = max(layout.window, sp + 1)
        self.z = _ends([s.z for s in series], self.past)
        self.level, self.slope, self.lag = (
            np.array([getattr(s, name)[-1] for s in series])
            for name in ("level", "slope", "lag")
        )
        seasonal = sp > 1 and preparation.deseasonalize
        self.season = RunningSeason(series, sp) if seasonal else None
        adjusted = [
            s.z - current_index(s.raw, s.center, s.strength, sp) for s in series
        ]
        self.last = np.array([a[-1] for a in adjusted])
        self.sum = np.array([a.sum() for a in adjusted])
        self.moment = np.array([np.arange(len(a)) @ a for a in adjusted])
        smoothed = [_smooth(a) for a in adjusted]
        levels, self.square, self.total = map(np.stack, zip(*smoothed, strict=True))
        momentum = [s.momentum[:, -1] for s in series]
        self.averages = np.concatenate([momentum, levels], axis=1)

    def grow(self, n_steps):
        """Give a copy that `n_steps` values can be added to."""
        other = copy.copy(self)
        room = np.full((len(self.z), n_steps + self.layout.horizon), np.nan)
        other.z = np.concatenate([self.z, room], axis=1)
        if self.season is not None:
            other.season = self.season.grow(n_steps)
        other._foresee(n_steps)
        return other

    def _foresee(self, n_steps):
        """Compute what depends on the number of values alone: (n_steps + 1, S)."""
        n = self.sizes = self.size + np.arange(n_steps + 1.0)[:, None]
        shrinkage = TREND_FRACTION * (n - 1) / (n + 3)
        self.ages, self.middle = age_of(n - 1)[..., None], n / 2
        self.slope_per_moment = shrinkage / (n * (n + 1) * (n + 2) / 12)

    def moments(self, exogenous=None):
        """Tell what is known now: `Moments` of shape (S, 1).

        Parameters
        ----------
        exogenous : ndarray of shape (S, 1, n_exogenous, horizon + 1) or None
            From the current time on.
        """
        layout, end = self.layout, self.past + self.step
        around = self.z[:, None, end - layout.window : end + layout.horizon]
        if self.season is None:
            terms, strength = np.zeros_like(around), np.zeros((len(around), 1))
        else:
            terms = layout.seasonal_terms(*self.season.known())[:, None]
            strength = self.season.strength[:, None]
        current, relative = layout.adjusted(around, terms)
        return Moments(
            layout,
            self.ages[self.step],
            current,
            relative,
            terms,
            layout.baseline(self.level, self.slope, self.lag)[:, None],
            self.averages[:, None, :N_MOMENTUM],
            strength,
            self.volatility,
            exogenous,
        )

    def append(self, z):
        """Add a value to every series, (S,), and estimate anew."""
        end = self.past + self.step + 1
        self.z[:, end - 1] = z
        if self.season is not None:
            z = z - self.season.append(self.z[:, :end])
        gap = np.empty_like(self.averages)
        gap[:, :N_MOMENTUM] = (z - self.last)[:, None]
        gap[:, N_MOMENTUM:] = z[:, None]
        gap -= self.averages
        square = gap[:, N_MOMENTUM:] ** 2
        if self.early:
            self._forget_first_errors()
            gap *= self._early_rates()
        else:
            gap *= RATES
        self.averages = self.averages + gap
        self.total = self.total + square
        self.square, self.last = square, z
        if not self.naive:
            self._baseline(z)
        self.size, self.step = self.size + 1, self.step + 1

    def _early_rates(self):
        """Give the rates, those of a plain mean where there are few values."""
        size = self.size[:, None] - LATER
        early = size < EARLY
        self.early = bool(early.any())
        return np.where(early, 1 / (size + 1), RATES)

    def _forget_first_errors(self):
        """Let the last error alone count, beside the new one, as in `_level_rate`."""
        few = self.size[:, None] <= FEW
        self.total = np.where(few, self.square, self.total)

    def _baseline(self, x):
        """Estimate level, slope and lag; see `_series`."""
        best = self.total.argmin(axis=1)
        if self.early:
            best[self.size < 2] = len(LEVELS) - 1
        k = self.step
        self.lag = LAGS.take(best) * (1 - REST.take(best) ** self.sizes[k + 1])
        self.level = self.averages[self.rows, N_MOMENTUM + best] - x
        self.sum = self.sum + x
        self.moment = self.moment + self.sizes[k] * x
        about_middle = self.moment - self.middle[k] * self.sum
        self.slope = about_middle * self.slope_per_moment[k]


def _ends(arrays, length):
    """Stack the last values of series, (S, length); NaN where there are fewer."""
    out = np.full((len(arrays), length), np.nan)
    for row, a in zip(out, arrays, strict=True):
        row[length - min(len(a), length) :] = a[-length:]
    return out


def _smooth(x):
    """Give the last level at each rate, its last squared error, and the sum of them."""
    levels = np.stack([exponential_average(x, rate) for rate in LEVELS])
    squares = np.zeros((len(LEVELS), max(1, len(x) - 1)))
    squares[:, : len(x) - 1] = (x[1:] - levels[:, :-1]) ** 2
    counted = squares[:, min(2, max(0, len(x) - 3)) :]
    return levels[:, -1], squares[:, -1], counted.sum(axis=1)
