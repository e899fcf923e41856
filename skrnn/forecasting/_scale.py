"""Between the scale of a series and that on which networks work, and the bounds there.

Forecasts and their quantiles are kept within bounds, or a network that errs once, or
an error of logarithms, would make them explode. The bounds are once the range of the
known values below it and twice above it. A growing series leaves any such range: where
it surely grows or falls, the bounds move on with every step ahead, for as many steps as
are known.
"""

from typing import NamedTuple

import numpy as np

# Logarithms of values, and of their growth, are kept within this.
MAX_LOG = 30.0
# So many differences say whether a series grows, and it does if their middle is so many
# standard errors from zero: less is doubt.
MIN_DIFFERENCES, DOUBT = 6, 4.0


class Bounds(NamedTuple):
    """Bounds of forecasts.

    Attributes
    ----------
    low, high : float
        At the end of the series, on its scale.
    fall, rise : float
        How far they move with each step ahead on z's scale: not above zero, and not
        below.
    reach : int
        For so many steps they move.
    """

    low: float
    high: float
    fall: float
    rise: float
    reach: int

    def join(self, other, same_scale):
        """Give the bounds that hold what either does.

        Without the growth of `other`, if it is not on the same scale.
        """
        fall, rise = (other.fall, other.rise) if same_scale else (0.0, 0.0)
        return Bounds(
            min(self.low, other.low),
            max(self.high, other.high),
            min(self.fall, fall),
            max(self.rise, rise),
            max(self.reach, other.reach),
        )


class Scale(NamedTuple):
    """Between the scale of a series and that of z; see `Series`.

    A forecaster keeps it from when a series was fitted, though rows come and go.
    """

    scale: float
    logged: bool
    bounds: Bounds

    def restore(self, z, step=0):
        """Bring values from the scale of `z` back to that of the series.

        Parameters
        ----------
        z : ndarray
        step : int or int array that goes with `z`
            How many steps after the end of the series they are.
        """
        y = np.exp(np.clip(z, -MAX_LOG, MAX_LOG)) if self.logged else z
        return np.clip(y * self.scale, *self._bounds_at(step))

    def limits(self, step):
        """Give the bounds so many steps ahead on z's scale, the lower one first."""
        limits = np.empty((2, *np.shape(step)))
        limits[0], limits[1] = self._bounds_at(step)
        limits /= self.scale
        return np.log(limits) if self.logged else limits

    def _bounds_at(self, step):
        low, high, fall, rise, reach = self.bounds
        if fall == rise:  # both are zero: the usual case, which need not take time
            return low, high
        step = np.clip(step, 0, reach)
        if self.logged:
            growth = np.clip([fall * step, rise * step], -MAX_LOG, MAX_LOG)
            return np.exp(growth[0]) * low, np.exp(growth[1]) * high
        floor = 0.0 if low >= 0 else -np.inf
        low = np.maximum(low + fall * step * self.scale, floor)
        return low, high + rise * step * self.scale


def bounds_of(known, logged, growth, reach):
    """Find the bounds of forecasts; they never are below zero if no value was.

    Parameters
    ----------
    known : ndarray
        Values of the series that are not missing.
    logged : bool
        Whether z's scale is that of logarithms.
    growth : float
        From `sure_growth`, on z's scale.
    reach : int

    Returns
    -------
    Bounds
    """
    low, high = known.min(), known.max()
    spread = high - low
    floor = low / 10 if logged else 0.0 if low >= 0 else -np.inf
    return Bounds(
        float(max(low - spread, floor)),
        float(high + 2 * spread),
        min(growth, 0.0),
        max(growth, 0.0),
        reach,
    )


def sure_growth(difference):
    """Give the part of a series' growth per step that is beyond doubt.

    It is the smaller one of mean and median of differences, less some standard errors:
    the median of a series with one jump is near zero, and so is the mean of one that
    rises slowly and falls fast again and again.

    Parameters
    ----------
    difference : ndarray of shape (..., n)
        Differences of the seasonally adjusted series.

    Returns
    -------
    ndarray of shape (...)
    """
    *series, n = difference.shape
    if n < MIN_DIFFERENCES:
        return np.zeros(series)
    middle, mean = np.median(difference, axis=-1), difference.mean(axis=-1)
    error = np.abs(difference - middle[..., None]).mean(axis=-1) / np.sqrt(n)
    size = np.minimum(np.abs(middle), np.abs(mean)) - DOUBT * error
    return np.where(middle * mean > 0, np.copysign(np.maximum(size, 0.0), mean), 0.0)
