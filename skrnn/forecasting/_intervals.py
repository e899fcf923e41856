"""Prediction intervals from the forecasts' own errors.

Forecasts are made from times within the series and compared with what came. Errors are
divided by a typical size of their series and pooled over the panel for each step. What
follows from them is added to the point forecasts: quantiles never cross, need no second
network, and follow whatever loss the networks were trained with.

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

from skrnn.forecasting._habits import LONE_BELOW

FAR = np.array([1e-6, 1e-5, 1e-4, 1e-3])
LEVELS = np.concatenate([FAR, np.linspace(0.005, 0.995, 199), 1 - FAR[::-1]])
# Chosen on the training parts of M1, their last horizon held out.
MIN_INFLATION, MAX_INFLATION = 1.1, 2.0
INDEPENDENT_PER_HORIZON, MIN_FREEDOM = 2.0, 2.0
# Errors of a step from which on their own quantiles are taken.
MIN_ERRORS = 100
# A series' own errors count like this many of the panel's.
PRIOR_ERRORS = 20.0
# Errors that are looked at, at most: they are spread over all series and times.
MAX_VALUES = 2**21


@dataclass(frozen=True)
class ErrorQuantiles:
    """Quantiles of scaled errors: (n_levels, horizon), and each series' scale.

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
        columns = self.table[:, np.maximum(step, 1) - 1]
        width = width_of(spread)[:, None] if self.relative else 1.0
        return self.scales[series] * width * interpolate(LEVELS, columns.T, alphas)


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
    panel, owner, time, z, inflation=MIN_INFLATION, until=None, spread=None
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
    spread : ndarray of shape (n, n_levels) or None
        What networks said of the first step's quantiles. Errors are then relative to
        its width, instead of to how much their series moves.

    Returns
    -------
    ErrorQuantiles
    """
    error = errors_of(panel, owner, time, z, until)
    relative = spread is not None
    typical = np.ones(len(panel.sizes)) if relative else panel.volatility
    error /= (width_of(spread) if relative else typical[owner])[:, None]
    own = series_scales(error / spread_per_step(error), owner, len(panel.sizes))
    error /= own[owner][:, None]
    count = np.isfinite(error).sum(axis=0)
    if len(panel.sizes) >= LONE_BELOW and count.min() >= MIN_ERRORS:
        table = np.stack([_quantiles(c) for c in error.T], axis=1)
    else:
        table = _student_quantiles(error, count)
    return ErrorQuantiles(table * inflation, own * typical, relative)


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


def errors_of(panel, owner, time, z, until=None):
    """Compare forecasts with what came, (n, n_steps); NaN where nothing is known.

    Errors of series at rest count only where all are: see `Panel.counted`.
    """
    until = panel.sizes if until is None else until
    ahead = time[:, None] + np.arange(1, z.shape[1] + 1)
    seen = time >= np.minimum(panel.sp, panel.sizes[owner] // 2)
    seen &= panel.counted[owner]
    valid = seen[:, None] & (ahead < until[owner][:, None])
    place = panel.starts[owner][:, None] + np.where(valid, ahead, 0)
    valid &= panel.observed[place]
    return np.where(valid, panel.z[place] - z, np.nan)


def _student_quantiles(error, count):
    """Quantiles of Student's t with the errors' root mean square: (n_levels, steps)."""
    square = np.where(np.isfinite(error), error, 0) ** 2
    step = np.arange(1, len(count) + 1)
    # Beyond the last step with errors they grow like those of a random walk.
    last = np.maximum.accumulate(np.where(count > 0, step, 0))
    size = np.sqrt(square.sum(axis=0) / np.maximum(count, 1))[np.maximum(last, 1) - 1]
    size = np.where(last > 0, size, 1.0) * np.sqrt(step / np.maximum(last, 1))
    size = np.maximum.accumulate(size)
    # Errors of k steps overlap: there is hardly more than one in k steps.
    freedom = np.maximum(INDEPENDENT_PER_HORIZON * count / step, MIN_FREEDOM)
    return student_t.ppf(LEVELS[:, None], freedom) * size


def spread_per_step(error):
    """Mean absolute error of each step; where none is known, of the step before."""
    known = np.isfinite(error)
    total = np.where(known, np.abs(error), 0).sum(axis=0)
    spread = total / np.maximum(known.sum(axis=0), 1)
    spread = np.maximum.accumulate(np.where(known.any(axis=0), spread, 0))
    return np.where(spread > 0, spread, 1.0)


def series_scales(scaled, owner, n_series):
    """Mean absolute error of each series, drawn to that of the panel."""
    known = np.isfinite(scaled)
    size = np.where(known, np.abs(scaled), 0).sum(axis=1)
    total = np.bincount(owner, size, n_series)
    # Errors of neighbouring times and steps overlap: only times count as evidence.
    count = np.bincount(owner, known.any(axis=1), n_series)
    mean = total / np.maximum(np.bincount(owner, known.sum(axis=1), n_series), 1)
    return (count * mean + PRIOR_ERRORS) / (count + PRIOR_ERRORS)


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
