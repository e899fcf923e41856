"""Seasonal indices of series: estimated again at every time, and shrunk.

Arrays end with the axis of time; series of one length may stand side by side.

References
----------
.. [1] Miller, D. M. & Williams, D. (2003). Shrinkage estimators of time series seasonal
       factors and their effect on forecasting accuracy. International Journal of
       Forecasting, 19(4).
"""

import numpy as np
from scipy.ndimage import correlate1d
from scipy.signal import lfilter

# Weight of a season, relative to the one after it.
SEASON_DECAY = 0.8


def seasonal_indices(z, sp):
    """Estimate seasonal indices as they are known at each time.

    At t the moving average around j = t - sp // 2 is complete; what z_j has beyond it
    updates the index of j's phase, an exponentially weighted mean over the years.

    Parameters
    ----------
    z : ndarray of shape (..., n)
    sp : int

    Returns
    -------
    raw, center, strength : ndarray of shape (..., n)
    """
    n, half = z.shape[-1], sp // 2
    raw, center, strength = np.zeros((3, *z.shape))
    if sp < 2 or n < 2 * half + sp:
        return raw, center, strength
    sums, year = phase_sums(excess_of(z, sp), sp)
    weights = (w[year] for w in year_weights(year[-1] + 1))
    mean, square, variance = phase_moments(*sums, *weights)
    raw[..., 2 * half :] = mean
    center[..., 2 * half + sp - 1 :] = _moving_mean(mean, sp)
    between = _moving_mean(square, sp) - _moving_mean(mean, sp) ** 2
    # With one season only the noise is unknown: half is the prior.
    strength[..., 2 * half + sp - 1 :] = 0.5
    if mean.shape[-1] >= 2 * sp:
        within = _moving_mean(variance[..., sp:], sp)
        shrunk = shrinkage(between[..., sp:], within, sp)
        strength[..., 2 * half + 2 * sp - 1 :] = shrunk
    return raw, center, strength


def average_weights(sp):
    """Weights of a moving average over a season: of sp or, if that is even, sp + 1."""
    weights = np.ones(sp + 1 - sp % 2)
    if sp % 2 == 0:
        weights[[0, -1]] = 0.5
    return weights / sp


def excess_of(z, sp):
    """What values have beyond the moving average around them: 2 * (sp // 2) fewer."""
    inside = slice(sp // 2, z.shape[-1] - sp // 2)
    return (z - correlate1d(z, average_weights(sp)))[..., inside]


def phase_sums(excess, sp):
    """Sum up each phase, so far.

    Returns
    -------
    sums : ndarray of shape (2, ..., n)
        Of the values and of their squares, the weight of a season `SEASON_DECAY` times
        that of the one after it.
    year : int array of shape (n,)
        How many values of the phase there were before.
    """
    *series, n = excess.shape
    x = np.zeros((2, *series, -(-n // sp) * sp))
    x[..., :n] = excess, excess**2
    sums = _faded(x.reshape(2, *series, -1, sp), SEASON_DECAY)
    return sums.reshape(x.shape)[..., :n], np.arange(n) // sp


def year_weights(years):
    """Weight of so many years, and by how much more than one year they count."""
    one = np.ones((years, 1))
    weight = _faded(one, SEASON_DECAY)[:, 0]
    effective = weight**2 / _faded(one, SEASON_DECAY**2)[:, 0]
    return weight, np.maximum(effective - 1, 1e-12)


def _faded(x, decay):
    """Sum up along the last axis but one."""
    return lfilter([1.0], [1.0, -decay], x, axis=-2)


def phase_moments(total, squares, weight, freedom, larger=np.maximum):
    """Weighted mean of each phase so far, its square, and its variance."""
    mean = total / weight
    square = mean * mean
    return mean, square, larger(squares / weight - square, 0.0) / freedom


def shrinkage(between, within, sp, larger=np.maximum):
    """Find how much of the variance between phases, each of `within`, is no noise.

    From 0 to 1, even where rounding errors are all that is left of both.
    """
    between = larger(between * sp / (sp - 1), 1e-300)
    return larger(1 - larger(within, 0.0) / between, 0.0)


def _moving_mean(x, length):
    """Mean of the last `length` values, from the first full window on."""
    total = np.cumsum(x, axis=-1)
    total[..., length:] = total[..., length:] - total[..., :-length]
    return total[..., length - 1 :] / length


def current_index(raw, center, strength, sp):
    """Give the seasonal index of every time as it is known at that time."""
    n = raw.shape[-1]
    age = min(-(sp // 2) % sp, n)
    delayed = np.zeros_like(raw)
    delayed[..., age:] = raw[..., : n - age]
    return strength * (delayed - center)
