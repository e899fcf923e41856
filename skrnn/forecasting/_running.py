"""The estimates of prepared series, carried on value by value.

A recursive forecast appends a value to every series at each of its steps. All that
`_series.prepare` estimates is a recursion over the values, so the next estimates follow
from the last ones: the same numbers up to rounding, at a cost that does not depend on
how long the series are.

A step is many operations on a handful of numbers, of which each costs calling more than
computing: so what can be is done at once for all rates, and nothing for the whole past.
"""

import copy

import numpy as np

from skrnn.forecasting._baseline import (
    LEVEL_RATES,
    MOMENTUM_RATES,
    TREND_FRACTION,
    exponential_average,
)
from skrnn.forecasting._moments import MOMENTUM_GAIN, age_of, limit
from skrnn.forecasting._numbers import column, number, numbers
from skrnn.forecasting._running_season import RunningSeason
from skrnn.forecasting._seasonal_indices import current_index
from skrnn.forecasting._series import blocks_of

# Averages of first differences, and of values: the latter begin one time earlier.
N_MOMENTUM = len(MOMENTUM_RATES)
RATES = np.array(MOMENTUM_RATES + LEVEL_RATES)
LATER = (np.arange(len(RATES)) < N_MOMENTUM).astype(int)
# Up to so many values an average is a plain mean.
EARLY = np.ceil(1 / RATES)
LEVELS = np.array(LEVEL_RATES)
REST = 1 - LEVELS
LAGS = REST / LEVELS
# A longer season that no series has once is not carried on: it would take memory for
# what a forecast of thousands of steps says of itself.
MAX_UNSEEN = 2048
# Up to so many values, only the last two errors of the smoothing are counted.
FEW = 4


class RunningEstimates:
    """Estimates of S series that grow together, one value each at a time.

    What is made is a start that stays as it is; values are added to copies, which
    `grow` gives.

    Parameters
    ----------
    series : list of Series
    preparation : Preparation
        As the series were prepared.
    layout : Layout
    units : ndarray of shape (S,)
        As `Panel.units`.
    """

    # A copy that values can be added to has these too, and what `_foresee` computes.
    step: int
    early: bool
    short: bool
    gap: np.ndarray
    x: np.ndarray
    divisor: np.ndarray

    def __init__(self, series, preparation, layout, units):
        n_series, sp = len(series), preparation.sp
        self.layout, self.naive = layout, preparation.baseline == "naive"
        self.unit = number(units)
        # Where the number of each series is in an array that `column` gave.
        self.places = () if n_series == 1 else (np.arange(n_series),)
        self.size = np.array([len(s.z) for s in series])
        self.z = column(_ends([s.z for s in series], layout.window).T)
        self.level, self.slope, self.lag = (
            number(np.array([getattr(s, name)[-1] for s in series]))
            for name in ("level", "slope", "lag")
        )
        seasonal = sp > 1 and preparation.deseasonalize
        seasonal = seasonal and sp <= max(self.size.max(), MAX_UNSEEN)
        self.season = RunningSeason(series, sp) if seasonal else None
        adjusted = [
            s.z - current_index(s.raw, s.center, s.strength, sp) for s in series
        ]
        self.last, self.sum, self.moment = (
            number(np.array([take(a) for a in adjusted]))
            for take in (lambda a: a[-1], np.sum, lambda a: np.arange(len(a)) @ a)
        )
        smoothed = np.empty((3, len(LEVELS), n_series))
        for places in blocks_of(self.size):
            smoothed[..., places] = _smooth(np.stack([adjusted[i] for i in places]))
        levels, self.square, self.total = map(column, smoothed)
        momentum = column(np.stack([s.momentum[:, -1] for s in series], -1))
        self.averages = np.concatenate([momentum, levels])

    def grow(self, n_steps, n_exogenous=0):
        """Give a copy that `n_steps` values can be added to."""
        other, layout, shape = copy.copy(self), self.layout, self.averages.shape[1:]
        other.step, other.early = 0, True
        other.z = np.concatenate([self.z, np.full((n_steps, *shape), np.nan)])
        other.averages, other.total, other.square = (
            a.copy() for a in (self.averages, self.total, self.square)
        )
        other.gap = np.empty_like(self.averages)
        if self.season is not None:
            other.season = self.season.grow(n_steps, layout.window)
        other.short = bool((self.size < layout.window).any())
        other._foresee(n_steps)
        other.x = np.zeros((layout.n_inputs(n_exogenous), *shape))
        other.x[layout.n_scaled + 1] = layout.sp > 1
        other.divisor = np.array(self.unit)
        return other

    def _foresee(self, n_steps):
        """Compute what depends on the number of values alone."""
        n = self.size + np.arange(n_steps + 1.0)[:, None]
        shrinkage = TREND_FRACTION * (n - 1) / (n + 3)
        self.sizes, self.ages, self.middle = map(numbers, (n, age_of(n - 1), n / 2))
        self.slope_per_moment = numbers(shrinkage / (n * (n + 1) * (n + 2) / 12))
        self.few = numbers(n[:FEW] <= FEW)
        along = (-1, *(1 for _ in self.places))
        self.rates, self.later, self.enough, self.rest = (
            a.reshape(along) for a in (RATES, LATER, EARLY, REST)
        )
        self.decay = self.rest ** self.sizes[0]

    def inputs(self, exogenous=None):
        """Build the networks' inputs: (n_inputs,) of one series, or (n_inputs, S).

        Parameters
        ----------
        exogenous : ndarray of shape (n_exogenous * 2, S) or None
            Of the current and the next time.
        """
        layout, k, x = self.layout, self.step, self.x
        window, n = layout.window, layout.n_scaled
        past = x[:window]
        past[...] = self.z[k : k + window]
        if self.season is None:
            past -= self.last
        else:
            self.season.remove(self.last, past)
            x[window] = self.season.coming
            x[n + 2] = self.season.strength > 0
        if self.short:
            np.copyto(past, 0.0, where=np.isnan(past))
        np.multiply(self.averages[:N_MOMENTUM], MOMENTUM_GAIN, out=x[n - 5 : n - 2])
        x[n - 2] = x[n - 1] = self._next()
        scaled = x[:n]
        scaled /= self.divisor
        limit(scaled)
        x[n] = self.ages[k]
        if exogenous is not None:
            x[n + 3 :] = column(exogenous)
        return x

    def _next(self):
        """Forecast of the baseline, minus the current value."""
        return self.level + self.slope * (self.lag + 1)

    def forecast(self, output):
        """Turn a number that networks put out into a value on z's scale."""
        value = self.last + self._next() + self.unit * output
        return value if self.season is None else value + self.season.coming

    def append(self, z):
        """Add a value to every series and estimate anew.

        Parameters
        ----------
        z : number
        """
        k, gap = self.step, self.gap
        self.step = k + 1
        self.z[self.layout.window + k] = z
        x = z if self.season is None else z - self.season.append(z)
        gap[:N_MOMENTUM] = x - self.last
        gap[N_MOMENTUM:] = x
        gap -= self.averages
        if k < FEW:
            # Of few values, the last error alone counts beside the new one.
            np.copyto(self.total, self.square, where=self.few[k])
        errors = gap[N_MOMENTUM:]
        np.multiply(errors, errors, out=self.square)
        self.total += self.square
        gap *= self._early_rates() if self.early else self.rates
        self.averages += gap
        self.last = x
        if not self.naive:
            self._baseline(x)

    def _early_rates(self):
        """Give the rates, those of a plain mean where there are few values."""
        size = self.sizes[self.step - 1] - self.later
        early = size < self.enough
        self.early = bool(early.any())
        return np.where(early, 1 / (size + 1), self.rates)

    def _baseline(self, x):
        """Estimate level, slope and lag; see `_baseline`."""
        k = self.step - 1
        self.decay *= self.rest
        best = self.total.argmin(axis=0)
        self.lag = LAGS[best] * (1 - self.decay[(best, *self.places)])
        self.level = self.averages[(N_MOMENTUM + best, *self.places)] - x
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
    """Smooth series (S, n) at each rate.

    Returns
    -------
    ndarray of shape (3, n_rates, S)
        The last level, its last squared error, and the sum of those that count.
    """
    n_series, n = x.shape
    smoothed = np.zeros((3, len(LEVELS), n_series))
    levels, square, total = smoothed
    for k, rate in enumerate(LEVELS):
        level = exponential_average(x, rate)
        levels[k] = level[:, -1]
        if n > 1:
            errors = (x[:, 1:] - level[:, :-1]) ** 2
            square[k] = errors[:, -1]
            total[k] = errors[:, min(2, max(0, n - 3)) :].sum(axis=-1)
    if n == 1:
        smoothed[1:, :-1] = np.inf  # of two values, the last is the level
    return smoothed
