"""One series, prepared: transform, season and baseline, all as arrays of its length.

Everything that a network is shown at time t is computed from values up to t; only the
rate at which the level is smoothed is chosen once, from the whole series. Estimates are
recursions over the whole history, so each is one array as long as the series, and
inputs are put together from them as late as possible (`_panel`).

References
----------
.. [1] Assimakopoulos, V. & Nikolopoulos, K. (2000). The theta model: a decomposition
       approach to forecasting. International Journal of Forecasting, 16(4).
.. [2] Hyndman, R. J. & Billah, B. (2003). Unmasking the Theta method. International
       Journal of Forecasting, 19(2): Theta is simple exponential smoothing with half
       the slope of a linear trend as drift.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from skrnn.forecasting._scale import Bounds, Scale, bounds_of
from skrnn.forecasting._seasonal_indices import current_index, seasonal_indices

TREND_FRACTION = 0.5
MOMENTUM_RATES = (0.02, 0.1, 0.3)
LEVEL_RATES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


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
    sp = preparation.sp
    observed = np.isfinite(y)
    known = y[observed]
    scale = scale or np.abs(known).mean() or 1.0
    logged = bool((known > 0).all()) if preparation.log == "auto" else preparation.log
    filled = y if observed.all() else fill(y, sp)
    z = np.log(filled / scale) if logged else filled / scale
    raw, center, strength = seasonal_indices(z, sp if preparation.deseasonalize else 1)
    adjusted = z - current_index(raw, center, strength, sp)
    level, slope, lag = _baseline(adjusted, preparation.baseline)
    difference = np.diff(adjusted)
    seasonal = z[sp:] - z[:-sp] if len(z) > sp else difference
    return Series(
        z=z,
        observed=observed,
        scale=float(scale),
        logged=logged,
        bounds=bounds_of(known, logged, difference),
        raw=raw,
        center=center,
        strength=strength,
        level=level,
        slope=slope,
        lag=lag,
        momentum=_momentum(difference),
        volatility=_mean_absolute(difference),
        seasonal_volatility=_mean_absolute(seasonal),
    )


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
    return float(np.abs(x).mean()) if len(x) else 0.0


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
    rows = [exponential_average(difference, a) for a in MOMENTUM_RATES]
    return np.stack([np.concatenate([[0.0], row]) for row in rows])


def _baseline(z, kind):
    """Smooth the level and estimate the slope as they are known at each time."""
    n = len(z)
    if kind == "naive":
        return np.zeros((3, n))
    rate = _level_rate(z)
    smooth = exponential_average(z, rate)
    lag = (1 - rate) / rate * (1 - (1 - rate) ** np.arange(1, n + 1))
    return smooth - z, _running_slope(z), lag


def _level_rate(z):
    """Choose the rate of smoothing by its squared one-step errors."""
    if len(z) < 3:
        return 1.0
    skip = min(2, len(z) - 3)
    errors = [
        np.mean((z[1:] - exponential_average(z, a)[:-1])[skip:] ** 2)
        for a in LEVEL_RATES
    ]
    return LEVEL_RATES[int(np.argmin(errors))]


def _running_slope(z):
    """Slope of the least squares line through z[:t+1], shrunk where that is short."""
    k = np.arange(1.0, len(z) + 1)
    # Sums about the middle of each prefix: sum (t - mean t) z = sum t z - mean t sum z.
    moment = np.cumsum((k - 1) * z) - (k - 1) / 2 * np.cumsum(z)
    slope = moment / np.maximum(k * (k * k - 1) / 12, 1e-300)
    slope[0] = 0.0
    return slope * TREND_FRACTION * np.clip((k - 2) / (k + 2), 0, 1)
