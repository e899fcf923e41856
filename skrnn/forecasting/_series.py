"""Series, prepared: transform, season and baseline, all as arrays of their length.

Everything that a network is shown at time t is computed from values up to t; only the
rate at which the level is smoothed is chosen once, from the whole series. Estimates are
recursions over the whole history, so each is one array as long as the series, and
inputs are put together from them as late as possible (`_panel`). Series of one length
are prepared side by side, along the last axis: of a short one, calling the operations
takes longer than what they do.

References
----------
.. [1] Assimakopoulos, V. & Nikolopoulos, K. (2000). The theta model: a decomposition
       approach to forecasting. International Journal of Forecasting, 16(4).
.. [2] Hyndman, R. J. & Billah, B. (2003). Unmasking the Theta method. International
       Journal of Forecasting, 19(2): Theta is simple exponential smoothing with half
       the slope of a linear trend as drift.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from skrnn.forecasting._scale import Bounds, Scale, bounds_of, sure_growth
from skrnn.forecasting._seasonal_indices import current_index, seasonal_indices

TREND_FRACTION = 0.5
MOMENTUM_RATES = (0.02, 0.1, 0.3)
LEVEL_RATES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
# So many values are prepared side by side: more would only take memory.
BLOCK = 2**16


@dataclass(frozen=True)
class Preparation:
    """How series are prepared; each step can be switched off."""

    sp: int = 1
    log: bool | str = "auto"
    deseasonalize: bool = True
    baseline: str = "theta"


@dataclass(frozen=True)
class Series:
    """A prepared series of n points; arrays are (n,) unless said otherwise.

    Attributes
    ----------
    z : ndarray
        The values on the scale on which networks work: y / mean|y|, or its logarithm.
        Missing values are filled from the past.
    observed : ndarray of bool
    scale : float
    logged : bool
    bounds : Bounds
        Forecasts are kept within these.
    raw, center, strength : ndarray
        Season: latest estimate for the phase updated at t, the mean over phases, and
        the shrinkage factor. See `_moments.Layout`.
    level, slope, lag : ndarray
        Baseline: smoothed level minus z, slope of the trend, lag of the smoothing.
    momentum : ndarray of shape (3, n)
        Exponential averages of first differences.
    volatility, seasonal_volatility : float
        Mean absolute first and seasonal differences.
    """

    z: np.ndarray
    observed: np.ndarray
    scale: float
    logged: bool
    bounds: Bounds
    raw: np.ndarray
    center: np.ndarray
    strength: np.ndarray
    level: np.ndarray
    slope: np.ndarray
    lag: np.ndarray
    momentum: np.ndarray
    volatility: float
    seasonal_volatility: float

    def to_scale(self):
        """Give what must be known to restore values of z."""
        return Scale(self.scale, self.logged, self.bounds)


def prepare(y, preparation, scale=None):
    """Prepare a series.

    Parameters
    ----------
    y : ndarray of shape (n,)
        At least one finite value; NaN is missing.
    preparation : Preparation
    scale : float or None
        That of the series when it was first prepared; by default the mean of |y|.

    Returns
    -------
    Series
    """
    return prepare_each([y], preparation, [preparation.log], [scale])[0]


def prepare_each(ys, preparation, logs=None, scales=None):
    """Prepare several series, each for itself.

    Parameters
    ----------
    ys : list of ndarray of shape (n,)
        As for `prepare`; they may differ in length.
    preparation : Preparation
    logs, scales : list or None
        For each series, what replaces `preparation.log` and its scale.

    Returns
    -------
    list of Series
    """
    logs = [preparation.log] * len(ys) if logs is None else logs
    scales = [None] * len(ys) if scales is None else scales
    prepared = [None] * len(ys)
    for places in blocks_of([len(y) for y in ys]):
        scaled = [_scaled(ys[i], preparation.sp, logs[i], scales[i]) for i in places]
        for i, series in zip(places, _estimated(scaled, preparation), strict=True):
            prepared[i] = series
    return prepared


def blocks_of(sizes):
    """Give the places of series of one length, not too many at a time."""
    order = np.argsort(sizes, kind="stable")
    alike = np.split(order, np.flatnonzero(np.diff(np.take(sizes, order))) + 1)
    for places in alike:
        n = max(1, BLOCK // sizes[places[0]])
        yield from (places[i : i + n] for i in range(0, len(places), n))


class Scaled(NamedTuple):
    """A series on the scale on which networks work; see `Series`."""

    z: np.ndarray
    observed: np.ndarray
    known: np.ndarray
    scale: float
    logged: bool


def _scaled(y, sp, log, scale):
    observed = np.isfinite(y)
    known = y[observed]
    scale = scale or np.abs(known).mean() or 1.0
    logged = bool((known > 0).all()) if log == "auto" else log
    filled = y if observed.all() else fill(y, sp)
    z = np.log(filled / scale) if logged else filled / scale
    return Scaled(z, observed, known, float(scale), logged)


def _estimated(scaled, preparation):
    """Estimate season and baseline of series of one length."""
    sp, z = preparation.sp, np.stack([s.z for s in scaled])
    raw, center, strength = seasonal_indices(z, sp if preparation.deseasonalize else 1)
    adjusted = z - current_index(raw, center, strength, sp)
    level, slope, lag = _baseline(adjusted, preparation.baseline)
    difference = np.diff(adjusted)
    seasonal = z[:, sp:] - z[:, :-sp] if z.shape[1] > sp else difference
    estimates = {
        "z": z,
        "raw": raw,
        "center": center,
        "strength": strength,
        "level": level,
        "slope": slope,
        "lag": lag,
        "momentum": _momentum(difference),
        "volatility": _mean_absolute(difference),
        "seasonal_volatility": _mean_absolute(seasonal),
    }
    growth = sure_growth(difference)
    return [
        Series(
            observed=s.observed,
            scale=s.scale,
            logged=s.logged,
            bounds=bounds_of(s.known, s.logged, float(growth[i]), difference.shape[1]),
            **{name: array[i] for name, array in estimates.items()},
        )
        for i, s in enumerate(scaled)
    ]


def fill(y, sp):
    """Fill missing values with those of one season before, else with the last one."""
    y = y.copy()
    for t in np.flatnonzero(~np.isfinite(y)):
        before = y[t - sp] if t >= sp else np.nan
        y[t] = before if np.isfinite(before) else y[t - 1] if t else np.nan
    first = np.flatnonzero(np.isfinite(y))[0]
    y[:first] = y[first]
    return y


def _mean_absolute(x):
    return np.abs(x).mean(axis=-1) if x.shape[-1] else np.zeros(len(x))


def exponential_average(x, rate):
    """Average exponentially along the last axis; early values are plain means."""
    n = x.shape[-1]
    start = min(n, int(np.ceil(1 / rate)))
    out = np.empty_like(x)
    out[..., :start] = np.cumsum(x[..., :start], -1) / np.arange(1, start + 1)
    if start < n:
        carry = (1 - rate) * out[..., start - 1 : start]
        out[..., start:], _ = lfilter([rate], [1, rate - 1], x[..., start:], zi=carry)
    return out


def _momentum(difference):
    """Average differences at each rate: (S, n_rates, n)."""
    n_series, n = difference.shape
    momentum = np.zeros((n_series, len(MOMENTUM_RATES), n + 1))
    for k, rate in enumerate(MOMENTUM_RATES):
        momentum[:, k, 1:] = exponential_average(difference, rate)
    return momentum


def _baseline(z, kind):
    """Smooth the level and estimate the slope as they are known at each time.

    Returns
    -------
    level, slope, lag : ndarray of shape (S, n)
    """
    if kind == "naive":
        return np.zeros((3, *z.shape))
    level, lag = np.empty((2, *z.shape))
    rates = _level_rates(z)
    for rate in set(rates):
        own = rates == rate
        level[own] = exponential_average(z[own], rate) - z[own]
        lag[own] = (1 - rate) / rate * (1 - (1 - rate) ** np.arange(1, z.shape[1] + 1))
    return level, _running_slope(z), lag


def _level_rates(z):
    """Choose the rate of smoothing of each series by its squared one-step errors."""
    n_series, n = z.shape
    if n < 3:
        return np.ones(n_series)
    skip = min(2, n - 3)
    squares = np.empty((len(LEVEL_RATES), n_series))
    for k, rate in enumerate(LEVEL_RATES):
        error = z[:, 1 + skip :] - exponential_average(z, rate)[:, skip:-1]
        squares[k] = np.einsum("st,st->s", error, error)
    return np.take(LEVEL_RATES, squares.argmin(axis=0))


def _running_slope(z):
    """Slope of the least squares line through z[:t+1], shrunk where that is short."""
    k = np.arange(1.0, z.shape[1] + 1)
    # Sums about the middle of each prefix: sum (t - mean t) z = sum t z - mean t sum z.
    moment = np.cumsum((k - 1) * z, axis=-1) - (k - 1) / 2 * np.cumsum(z, axis=-1)
    slope = moment / np.maximum(k * (k * k - 1) / 12, 1e-300)
    slope[:, 0] = 0.0
    return slope * TREND_FRACTION * np.clip((k - 2) / (k + 2), 0, 1)
