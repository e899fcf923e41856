"""Series, prepared: transform, season and baseline, all as arrays of their length.

Everything that a network is shown at time t is computed from values up to t; only the
rate at which the level is smoothed is chosen once, from the whole series. Estimates are
recursions over the whole history, so each is one array as long as the series, and
inputs are put together from them as late as possible (`_panel`). Series of one length
are prepared side by side, along the last axis: of a short one, calling the operations
takes longer than what they do.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from skrnn.forecasting._baseline import baseline_of, momentum_of
from skrnn.forecasting._scale import Bounds, Scale, bounds_of, sure_growth
from skrnn.forecasting._seasonal_indices import current_index, seasonal_indices

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
    level, slope, lag = baseline_of(adjusted, preparation.baseline)
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
        "momentum": momentum_of(difference),
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
