"""Prediction intervals from the forecasts' own errors.

Forecasts are made from every time of every series and compared with what came. Errors
are divided by a typical size of their series, pooled over the panel for each step, and
their quantiles are added to the point forecasts: they never cross, need no second
network, and follow whatever loss the networks were trained with.

References
----------
.. [1] Lei, J., G'Sell, M., Rinaldo, A., Tibshirani, R. J. & Wasserman, L. (2018).
       Distribution-free predictive inference for regression. JASA, 113(523). (Intervals
       from pooled residuals, scaled by a local spread.)
"""

from dataclasses import dataclass

import numpy as np

LEVELS = np.linspace(0.005, 0.995, 199)
# Networks saw what they are judged by here; chosen on the training parts of M1.
INFLATION = 1.1
# A series' own errors count like this many of the panel's.
PRIOR_ERRORS = 20.0
MAX_ROWS = 4096


@dataclass(frozen=True)
class ErrorQuantiles:
    """Quantiles of scaled errors: (n_levels, horizon), and each series' scale."""

    table: np.ndarray
    scales: np.ndarray

    def offsets(self, series, step, alphas):
        """Give what to add to a point forecast: (n_steps, n_alphas), on z's scale.

        Parameters
        ----------
        series : int
        step : int array of shape (n_steps,)
            Steps ahead, from 1; in-sample forecasts are one step ahead.
        alphas : sequence of float
        """
        columns = self.table[:, np.maximum(step, 1) - 1]
        quantiles = [np.interp(alphas, LEVELS, column) for column in columns.T]
        return self.scales[series] * np.array(quantiles)


def error_quantiles(panel, owner, time, z):
    """Estimate the errors' quantiles from forecasts made within the series.

    Parameters
    ----------
    panel : Panel
    owner, time : int arrays of shape (n,)
        The series of each forecast, and the last time that it knew.
    z : ndarray of shape (n, n_steps)
        The forecasts of the times after it.

    Returns
    -------
    ErrorQuantiles
    """
    ahead = time[:, None] + np.arange(1, z.shape[1] + 1)
    seen = time >= np.minimum(panel.sp, panel.sizes[owner] // 2)
    valid = seen[:, None] & (ahead < panel.sizes[owner][:, None])
    place = panel.starts[owner][:, None] + np.where(valid, ahead, 0)
    valid &= panel.observed[place]
    error = np.where(valid, panel.z[place] - z, np.nan)
    typical = np.array([max(s.volatility, 1e-12) for s in panel.series])
    error /= typical[owner][:, None]
    spread = _spread_per_step(error)
    own = _series_scales(error / spread, owner, len(panel.sizes))
    table = np.stack([_quantiles(c) for c in (error / own[owner][:, None]).T], axis=1)
    return ErrorQuantiles(table * INFLATION, own * typical)


def _spread_per_step(error):
    """Mean absolute error of each step; where none is known, of the step before."""
    known = np.isfinite(error)
    total = np.where(known, np.abs(error), 0).sum(axis=0)
    spread = total / np.maximum(known.sum(axis=0), 1)
    spread = np.maximum.accumulate(np.where(known.any(axis=0), spread, 0))
    return np.where(spread > 0, spread, 1.0)


def _series_scales(scaled, owner, n_series):
    """Mean absolute error of each series, drawn to that of the panel."""
    known = np.isfinite(scaled)
    size = np.where(known, np.abs(scaled), 0).sum(axis=1)
    total = np.bincount(owner, size, n_series)
    # Errors of neighbouring times and steps overlap: only times count as evidence.
    count = np.bincount(owner, known.any(axis=1), n_series)
    mean = total / np.maximum(np.bincount(owner, known.sum(axis=1), n_series), 1)
    return (count * mean + PRIOR_ERRORS) / (count + PRIOR_ERRORS)


def _quantiles(error):
    error = error[np.isfinite(error)]
    if len(error) == 0:
        return np.zeros(len(LEVELS))
    quantiles = np.quantile(error, LEVELS)
    return quantiles - np.median(error)
