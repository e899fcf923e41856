"""The baseline of series: a smoothed level and half of a trend, and recent growth.

Series of one length stand side by side: arrays end with the axis of time.

References
----------
.. [1] Assimakopoulos, V. & Nikolopoulos, K. (2000). The theta model: a decomposition
       approach to forecasting. International Journal of Forecasting, 16(4).
.. [2] Hyndman, R. J. & Billah, B. (2003). Unmasking the Theta method. International
       Journal of Forecasting, 19(2): Theta is simple exponential smoothing with half
       the slope of a linear trend as drift.
"""

import numpy as np
from scipy.signal import lfilter

TREND_FRACTION = 0.5
MOMENTUM_RATES = (0.02, 0.1, 0.3)
LEVEL_RATES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


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


def momentum_of(difference):
    """Average differences at each rate: (S, n_rates, n)."""
    n_series, n = difference.shape
    momentum = np.zeros((n_series, len(MOMENTUM_RATES), n + 1))
    for k, rate in enumerate(MOMENTUM_RATES):
        momentum[:, k, 1:] = exponential_average(difference, rate)
    return momentum


def baseline_of(z, kind):
    """Smooth the level and estimate the slope as they are known at each time.

    Returns
    -------
    level, slope, lag : ndarray of shape (S, n)
    """
    if kind == "naive":
        return np.zeros((3, *z.shape))
    level, lag = np.empty((2, *z.shape))
    rates = level_rates(z)
    for rate in set(rates):
        own = rates == rate
        level[own] = exponential_average(z[own], rate) - z[own]
        lag[own] = (1 - rate) / rate * (1 - (1 - rate) ** np.arange(1, z.shape[1] + 1))
    return level, running_slope(z), lag


def level_rates(z):
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


def running_slope(z):
    """Slope of the least squares line through z[:t+1], shrunk where that is short."""
    k = np.arange(1.0, z.shape[1] + 1)
    # Sums about the middle of each prefix: sum (t - mean t) z = sum t z - mean t sum z.
    moment = np.cumsum((k - 1) * z, axis=-1) - (k - 1) / 2 * np.cumsum(z, axis=-1)
    slope = moment / np.maximum(k * (k * k - 1) / 12, 1e-300)
    slope[:, 0] = 0.0
    return slope * TREND_FRACTION * np.clip((k - 2) / (k + 2), 0, 1)
