"""Seasonal indices of a series: estimated again at every time, and shrunk.

References
----------
.. [1] Miller, D. M. & Williams, D. (2003). Shrinkage estimators of time series seasonal
       factors and their effect on forecasting accuracy. International Journal of
       Forecasting, 19(4).
"""

import numpy as np
from scipy.signal import lfilter

# Weight of a season, relative to the one after it.
SEASON_DECAY = 0.8


def seasonal_indices(z, sp):
    """Estimate seasonal indices as they are known at each time.

    At t the moving average around j = t - sp // 2 is complete; what z_j has beyond it
    updates the index of j's phase, an exponentially weighted mean over the years.

    Returns
    -------
    raw, center, strength : ndarray of shape (n,)
    """
    n, half = len(z), sp // 2
    raw, center, strength = np.zeros((3, n))
    if sp < 2 or n < 2 * half + sp:
        return raw, center, strength
    excess = z[half : n - half] - np.convolve(z, average_weights(sp), "valid")
    mean, variance = _phase_statistics(excess, sp)
    raw[2 * half :] = mean
    center[2 * half + sp - 1 :] = _moving_mean(mean, sp)
    between = _moving_mean(mean**2, sp) - _moving_mean(mean, sp) ** 2
    between = np.maximum(between * sp / (sp - 1), 1e-300)
    # With one season only the noise is unknown: half is the prior.
    strength[2 * half + sp - 1 :] = 0.5
    if len(mean) >= 2 * sp:
        within = _moving_mean(variance[sp:], sp)
        shrunk = np.maximum(0, 1 - within / between[sp:])
        strength[2 * half + 2 * sp - 1 :] = shrunk
    return raw, center, strength


def average_weights(sp):
    """Weights of a moving average over a season: of sp or, if that is even, sp + 1."""
    weights = np.ones(sp + 1 - sp % 2)
    if sp % 2 == 0:
        weights[[0, -1]] = 0.5
    return weights / sp


def _phase_statistics(excess, sp):
    """Weighted mean of each phase so far, and the variance of that mean."""
    years = -(-len(excess) // sp)
    x = np.zeros(years * sp)
    x[: len(excess)] = excess
    x = x.reshape(years, sp)

    def over_years(a, decay):
        return lfilter([1.0], [1.0, -decay], a, axis=0)

    weight = over_years(np.ones((years, 1)), SEASON_DECAY)
    effective = weight**2 / over_years(np.ones((years, 1)), SEASON_DECAY**2)
    mean = over_years(x, SEASON_DECAY) / weight
    spread = over_years(x**2, SEASON_DECAY) / weight - mean**2
    variance = np.maximum(spread, 0) / np.maximum(effective - 1, 1e-12)
    return mean.ravel()[: len(excess)], variance.ravel()[: len(excess)]


def _moving_mean(x, length):
    """Mean of the last `length` values, from the first full window on."""
    total = np.cumsum(x)
    total[length:] = total[length:] - total[:-length]
    return total[length - 1 :] / length


def current_index(raw, center, strength, sp):
    """Give the seasonal index of every time as it is known at that time: (n,)."""
    age = -(sp // 2) % sp
    delayed = np.concatenate([np.zeros(age), raw])[: len(raw)]
    return strength * (delayed - center)
