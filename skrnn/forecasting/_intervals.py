"""Prediction intervals from the forecasts' own errors.

Forecasts are made from times within the series and compared with what came. Errors are
divided by a typical size of their series at their step, and pooled over the panel for
each step. What follows from them is added to the point forecasts: quantiles never
cross, need no second network, and follow whatever loss the networks were trained with.

Of a panel, the quantiles of the pooled errors are taken. Of a lone series they would be
those of a handful of overlapping errors: there the errors' root mean square is taken,
with the quantiles of Student's t for as many independent errors as there can be.

Networks saw the values that they are judged by. How much larger errors are on values
that they did not see is measured on a panel: by networks trained without the last
horizon (split conformal prediction, up to the scale); see `inflation`.

References
----------
.. [1] Lei, J., G'Sell, M., Rinaldo, A., Tibshirani, R. J. & Wasserman, L. (2018).
       Distribution-free predictive inference for regression. JASA, 113(523). (Intervals
       from pooled residuals, scaled by a local spread; the split.)
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import t as student_t

from skrnn.forecasting._error_sizes import error_sizes, later_half, spread_per_step
from skrnn.forecasting._errors import errors_of
from skrnn.forecasting._habits import LONE_BELOW

FAR = np.array([1e-6, 1e-5, 1e-4, 1e-3])
LEVELS = np.concatenate([FAR, np.linspace(0.005, 0.995, 199), 1 - FAR[::-1]])
# Chosen on the training parts of M1, their last horizon held out.
MIN_INFLATION, MAX_INFLATION = 1.1, 2.0
INDEPENDENT_PER_HORIZON, MIN_FREEDOM = 2.0, 2.0
# Errors of a step from which on their own quantiles are taken.
MIN_ERRORS = 100


@dataclass(frozen=True)
class ErrorQuantiles:
    """Quantiles of scaled errors: (n_levels, horizon).

    Those of a series are larger by its `scales`: (n_series, horizon).

    Where they are `relative`, they are so to the width of what networks say of the
    quantiles of the first step.
    """

    table: np.ndarray
    scales: np.ndarray
    relative: bool = False

    def offsets(self, series, step, alphas, spread=None):
        """Give what to add to a point forecast: (n_steps, n_alphas), on z's scale.

        Parameters
        ----------
        series : int
        step : int array of shape (n_steps,)
            Steps ahead, from 1; in-sample forecasts are one step ahead.
        alphas : sequence of float
        spread : ndarray of shape (n_steps, n_levels) or None
            What networks say of the first step's quantiles, if that is to be heeded.
        """
        place = np.maximum(step, 1) - 1
        scale = self.scales[series, place]
        if self.relative:
            scale = scale * width_of(spread)
        return scale[:, None] * interpolate(LEVELS, self.table[:, place].T, alphas)


def interpolate(levels, curve, alphas):
    """Read quantiles of any level from those of some, (..., n_levels).

    Between levels, and beyond the outermost ones with the slope of the last two, they
    are those of a normal distribution: linear in its scores.
    """
    known, wanted = ndtri(levels), ndtri(alphas)
    right = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
    part = (wanted - known[right - 1]) / (known[right] - known[right - 1])
    return (1 - part) * curve[..., right - 1] + part * curve[..., right]


def width_of(spread):
    """Distance of the outermost quantiles, of (..., n_levels)."""
    return np.maximum(spread[..., -1] - spread[..., 0], 1e-12)


def error_quantiles(
    panel, owner, time, z, inflation=MIN_INFLATION, until=None, sizes=None, spread=None
):
    """Estimate the errors' quantiles from forecasts made within the series.

    Parameters
    ----------
    panel : Panel
    owner, time : int arrays of shape (n,)
        The series of each forecast, and the last time that it knew.
    z : ndarray of shape (n, n_steps)
        The forecasts of the times after it.
    inflation : float
        By how much errors to come are larger.
    until : int array of shape (n_series,) or None
        Values of a series from that time on do not count.
    sizes : ndarray of shape (n_series, n_steps) or None
        How large errors may be expected to be, up to a factor; by default how much
        their series move.
    spread : ndarray of shape (n, n_levels) or None
        What networks said of the first step's quantiles. Errors are then relative to
        its width; of `sizes`, how they grow with the step remains.

    Returns
    -------
    ErrorQuantiles
    """
    error = errors_of(panel, owner, time, z, until)
    typical = panel.volatility[:, None] if sizes is None else sizes
    if spread is not None:
        typical = typical / typical[:, :1]
        error /= width_of(spread)[:, None]
    typical = np.broadcast_to(typical, (len(panel.sizes), z.shape[1]))
    error /= typical[owner]
    own = error_sizes(error, owner, time, len(typical))
    # Errors look smaller by sizes that follow from them. Recursive forecasts, for which
    # `sizes` are given, are too few to be halved.
    if sizes is None:
        error /= _sizes_by_others(error, owner, time, len(typical))
    else:
        error /= own[owner]
    count = np.isfinite(error).sum(axis=0)
    if len(panel.sizes) >= LONE_BELOW and count.min() >= MIN_ERRORS:
        table = np.stack([_quantiles(c) for c in error.T], axis=1)
    else:
        table = _student_quantiles(error, _n_owners(error, owner))
    return ErrorQuantiles(table * inflation, typical * own, spread is not None)


def _sizes_by_others(error, owner, time, n_series):
    """Tell from the other half of a series how large each of its errors should be.

    Returns
    -------
    ndarray of the shape of `error`
    """
    later = later_half(error, owner, time, n_series)
    sizes = np.empty_like(error)
    for half in (later, ~later):
        others = np.where(half[:, None], np.nan, error)
        sizes[half] = error_sizes(others, owner, time, n_series)[owner[half]]
    return sizes


def inflation(panel, since, within, honest):
    """Measure by how much errors are larger on values that networks did not see.

    Parameters
    ----------
    panel : Panel
    since : int array of shape (n_series,)
        Networks of the honest forecasts knew nothing from that time on.
    within, honest : tuple of (owner, time, z)
        As for `error_quantiles`, of all networks and of the honest ones.

    Returns
    -------
    float
    """
    typical = panel.volatility
    spreads = []
    for (owner, time, z), first in ((within, since * 0), (honest, since - 1)):
        error = errors_of(panel, owner, time, z) / typical[owner][:, None]
        spreads.append(spread_per_step(error[time >= first[owner]]))
    ratio = float(np.mean(spreads[1] / spreads[0]))
    return float(np.clip(ratio, MIN_INFLATION, MAX_INFLATION))


def _n_owners(error, owner):
    """Count the series of which errors are known: (n_steps,)."""
    return np.array([len(np.unique(owner[np.isfinite(c)])) for c in error.T])


def _student_quantiles(error, n_owners):
    """Quantiles of Student's t with the errors' root mean square: (n_levels, steps)."""
    count = np.isfinite(error).sum(axis=0)
    square = np.where(np.isfinite(error), error, 0) ** 2
    step = np.arange(1, len(count) + 1)
    # Beyond the last step with errors they grow like those of a random walk.
    last = np.maximum.accumulate(np.where(count > 0, step, 0))
    size = np.sqrt(square.sum(axis=0) / np.maximum(count, 1))[np.maximum(last, 1) - 1]
    size = np.where(last > 0, size, 1.0) * np.sqrt(step / np.maximum(last, 1))
    size = np.maximum.accumulate(size)
    # Errors of k steps overlap: there is hardly more than one in k steps of a series.
    freedom = np.maximum(INDEPENDENT_PER_HORIZON * count / step, n_owners)
    freedom = np.maximum(freedom, MIN_FREEDOM)
    return student_t.ppf(LEVELS[:, None], freedom) * size


def _quantiles(error):
    """Quantiles of errors, less their median: (n_levels,)."""
    error = error[np.isfinite(error)]
    if len(error) == 0:
        return np.zeros(len(LEVELS))
    quantiles = np.quantile(error, LEVELS) - np.median(error)
    # So far out there may be no errors: go on at least like a normal distribution.
    n = len(FAR)
    beyond = ndtri(FAR) / ndtri(LEVELS[n])
    quantiles[:n] = np.minimum(quantiles[:n], beyond * quantiles[n])
    quantiles[-n:] = np.maximum(quantiles[-n:], beyond[::-1] * quantiles[-n - 1])
    return quantiles
