"""Quantiles as outputs of the networks: for ``loss="quantile"``.

A network has an output for each level at each step of the horizon, trained jointly on
the pinball loss. As the point output corrects the baseline, those of the other levels
correct what the baseline's own errors say: their quantiles, in units of how much each
series moves. Untrained, the quantiles are those of the baseline.

What a network puts out for the levels may cross. Its offsets from its own median are
kept on their side of it and put in order, before networks are combined.

The quantiles are calibrated on forecasts of networks that knew nothing of the end of
the series: offsets of each level are stretched until the part of the values there that
lies below is what the level says; see `stretch`.

References
----------
.. [1] Koenker, R. & Bassett, G. (1978). Regression quantiles. Econometrica, 46(1).
.. [2] Chernozhukov, V., Fernandez-Val, I. & Galichon, A. (2010). Quantile and
       probability curves without crossing. Econometrica, 78(3). (Putting in order.)
.. [3] Romano, Y., Patterson, E. & Candes, E. (2019). Conformalized quantile regression.
       NeurIPS.
.. [4] Sesia, M. & Candes, E. (2020). A comparison of some conformal quantile regression
       methods. Stat, 9(1). (Stretching instead of shifting.)
"""

from dataclasses import dataclass

import numpy as np

from skrnn.forecasting._error_sizes import error_sizes
from skrnn.forecasting._errors import baseline_forecasts, errors_of
from skrnn.forecasting._intervals import (
    LEVELS,
    MAX_INFLATION,
    MIN_INFLATION,
    error_quantiles,
    interpolate,
    width_of,
)

# Errors of a step from which on it is stretched by itself.
MIN_PER_STEP = 1000


@dataclass(frozen=True)
class Heads:
    """What the outputs of quantiles stand for.

    Attributes
    ----------
    levels : tuple of float
        In ascending order.
    start : ndarray of shape (horizon, n_levels)
        Quantiles of the baseline's errors, less their median, in units of each series'
        volatility.
    """

    levels: tuple
    start: np.ndarray

    def starts(self, moments):
        """Give quantiles to correct: (rows, 1, horizon, n_levels), in units."""
        size = moments.volatility / moments.unit
        return size[..., None, None] * self.start

    def targets(self, moments, y, weight):
        """Make a target of each value for each level: (rows, length, K)."""
        y = y[..., None] - self.starts(moments)
        return y.reshape(*y.shape[:-2], -1), np.repeat(weight, len(self.levels), -1)

    def medians(self, members):
        """Take the medians out of the outputs: (..., horizon)."""
        outputs = members.reshape(*members.shape[:-1], -1, len(self.levels))
        return interpolate(self.levels, outputs, (0.5,))[..., 0]

    def spread(self, members, moments, share):
        """Combine what the networks say of the offsets from the median.

        Parameters
        ----------
        members : ndarray of shape (n_networks, rows, length, K)
        moments : Moments
            Of shape (rows, length).
        share : float
            How much the networks count beside the baseline.

        Returns
        -------
        ndarray of shape (rows, length, horizon, n_levels)
            In units and in order, for any outputs.
        """
        start = self.starts(moments)
        outputs = members.reshape(*members.shape[:-1], -1, len(self.levels))
        offsets = outputs - self.medians(members)[..., None] + start
        ordered = in_order(self.levels, offsets)
        return share * np.median(ordered, axis=0) + (1 - share) * start


def heads_of(loss, panel, until):
    """Make the heads of a loss that has levels, from the targets before `until`."""
    if loss.name != "quantile":
        return None
    owner, time, z = baseline_forecasts(panel, until)
    errors = error_quantiles(panel, owner, time, z, 1.0, until)
    levels = loss.parameter
    start = interpolate(LEVELS, errors.table.T, levels)
    start -= interpolate(levels, start, (0.5,))
    return Heads(levels, in_order(levels, start))


def in_order(levels, offsets):
    """Keep offsets on their side of the median, and in the order of their levels."""
    levels = np.array(levels)
    low = np.where(levels < 0.5, -np.inf, 0.0)
    high = np.where(levels > 0.5, np.inf, 0.0)
    return np.sort(np.clip(offsets, low, high), axis=-1)


@dataclass(frozen=True)
class HeadQuantiles:
    """Quantiles from the networks' outputs.

    Attributes
    ----------
    levels : tuple of float
    stretch : ndarray of shape (horizon, n_levels)
        Factors of the offsets from the median.
    scales : ndarray of shape (n_series, horizon)
        Factors that differ from series to series.
    """

    levels: tuple
    stretch: np.ndarray
    scales: np.ndarray

    def offsets(self, series, step, alphas, spread):
        """Give what to add to a point forecast; see `ErrorQuantiles.offsets`.

        Parameters
        ----------
        spread : ndarray of shape (n_steps, n_levels)
            Offsets that the networks put out for these steps, on z's scale.
        """
        place = np.maximum(step, 1) - 1
        factor = self.scales[series, place][:, None] * self.stretch[place]
        levels, curve = self.levels, in_order(self.levels, factor * spread)
        if 0.5 not in levels:
            place = int(np.searchsorted(levels, 0.5))
            levels = (*levels[:place], 0.5, *levels[place:])
            curve = np.insert(curve, place, 0.0, axis=-1)
        return interpolate(levels, curve, alphas)


def relative_scales(panel, made):
    """Measure how large errors of each series are, beside what the networks say.

    Parameters
    ----------
    panel : Panel
    made : Forecasts

    Returns
    -------
    ndarray of shape (n_series, horizon)
    """
    error = errors_of(panel, made.owner, made.time, made.z) / width_of(made.spread)
    return error_sizes(error, made.owner, made.time, len(panel.sizes))


def stretch(panel, levels, since, within, honest):
    """Measure by how much offsets must be stretched for levels to hold what they say.

    Offsets of the honest forecasts are stretched to hold what came after `since`. That
    end may be easier or harder than the rest of the past: by how much, the networks
    tell which have seen both, and it is divided out.

    Parameters
    ----------
    panel : Panel
    levels : tuple of float
    since : int array of shape (n_series,)
        Networks of the honest forecasts knew nothing from that time on.
    within, honest : Forecasts

    Returns
    -------
    ndarray of shape (horizon, n_levels)
    """
    scales = relative_scales(panel, within)
    times = [made.time >= since[made.owner] - 1 for made in (honest, within)]
    counts = np.isfinite(errors_of(panel, *_part(honest, times[0])[:3])).sum(axis=0)
    each = counts.min() >= MIN_PER_STEP
    held_out, seen, past = (
        _needed(panel, levels, made, scales, each)
        for made in (_part(honest, times[0]), _part(within, times[1]), within)
    )
    return np.clip(held_out * past / seen, MIN_INFLATION, MAX_INFLATION)


def _part(made, chosen):
    return type(made)(*(a[chosen] for a in made))


def _needed(panel, levels, made, scales, each):
    """Find the factors by which levels hold what they say: (horizon, n_levels).

    For each step by itself, or the same for all.
    """
    error = errors_of(panel, made.owner, made.time, made.z)
    error /= scales[made.owner]
    found = np.ones(made.spread.shape[1:])
    for j, level in enumerate(levels):
        side = np.sign(level - 0.5)
        if side:
            width = np.maximum(side * made.spread[..., j], 1e-12)
            columns = (side * error / width).T if each else [side * error / width]
            part = max(level, 1 - level)
            found[:, j] = [_conformal(c[np.isfinite(c)], part) for c in columns]
    return np.clip(found, 1 / MAX_INFLATION, MAX_INFLATION)


def _conformal(ratio, part):
    """Take the quantile that holds of one more value as well."""
    n = len(ratio)
    return np.quantile(ratio, min(1.0, part * (n + 1) / n)) if n else 1.0
