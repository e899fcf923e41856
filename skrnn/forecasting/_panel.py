"""Many prepared series as one set of flat arrays.

A panel holds a few numbers per time, never windows; what a network sees at each time,
`_moments` says.

The layout (data and offsets) follows the one of Nixtla's GroupedArray.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from skrnn.forecasting._moments import Layout, Moments, age_of

# What moves less, beside its level, is at rest but for rounding errors.
ROUNDING = 1e-13
# A series that moves by more than so many times more or less than usual has a unit of
# its own. With 10, the extreme ones of M1's yearly series are among them, and MASE is
# 1 % larger.
MAX_RATIO = 30.0
WEIGHT_LIMITS = (0.1, 10.0)


class Panel:
    """Prepared series, ready to be cut into rows.

    Parameters
    ----------
    series : list of Series
    window, horizon, sp : int
    exogenous : list of (n_rows, n_exogenous) ndarray or None
        Standardised; rows beyond the end of a series are its known future. The first
        n + horizon count.
    unit : float or None
        How much series usually move; estimated by default.

    Attributes
    ----------
    counted : ndarray of bool, of shape (n_series,)
        Which series have a part in what is learned: those that move, if any does.
    units : ndarray of shape (n_series,)
        The scale of inputs and targets: `unit` for all series, but for those that move
        so much less or more that networks could not work on that scale.
    """

    def __init__(self, series, window, horizon, sp, exogenous=None, unit=None):
        self.series, self.window, self.horizon, self.sp = series, window, horizon, sp
        self.sizes = np.array([len(s.z) for s in series])
        front, back = window - 1, horizon
        self.starts = front + np.concatenate(
            [[0], np.cumsum(self.sizes[:-1] + front + back)]
        )
        pads = (front, back)
        self.z = _joined([s.z for s in series], pads, np.nan)
        self.observed = _joined([s.observed for s in series], pads, False)
        self.raw = _joined([s.raw for s in series], pads, 0.0)
        self.center = _joined([s.center for s in series], pads, 0.0)
        self.strength = _joined([s.strength for s in series], pads, 0.0)
        self.level = _joined([s.level for s in series], pads, 0.0)
        self.slope = _joined([s.slope for s in series], pads, 0.0)
        self.lag = _joined([s.lag for s in series], pads, 0.0)
        self.momentum = _joined([s.momentum.T for s in series], pads, 0.0)
        self.exogenous = None
        if exogenous is not None:
            ends = zip(exogenous, self.sizes + horizon, strict=True)
            rows = [rows_between(x, 0, n) for x, n in ends]
            self.exogenous = _joined(rows, (front, 0), 0.0)
        self.volatility = np.array([max(s.volatility, ROUNDING) for s in series])
        moving = self.volatility > ROUNDING
        self.counted = moving if moving.any() else ~moving
        self.unit = unit or float(np.median(self.volatility[self.counted]))
        self.units = np.clip(
            self.unit, self.volatility / MAX_RATIO, self.volatility * MAX_RATIO
        )
        self.layout = Layout(window, horizon, sp)
        self._around = sliding_window_view(self.z, window + horizon)

    @property
    def n_inputs(self):
        """Width of the networks' input."""
        known = 0 if self.exogenous is None else self.exogenous.shape[1]
        return self.layout.n_inputs(known)

    def series_weights(self):
        """Weight of each series: errors then add up to a mean scaled error."""
        typical = np.array([s.seasonal_volatility for s in self.series])
        typical = np.maximum(typical, ROUNDING) / self.units
        reference = np.median(typical[self.counted])
        return np.clip(reference / typical, *WEIGHT_LIMITS) * self.counted

    def at(self, owner, time, *, for_inputs=True):
        """Tell what is known at some times.

        Parameters
        ----------
        owner : int array of shape (rows, 1)
            Which series.
        time : int array of shape (rows, length)
            Which time of it.
        for_inputs : bool
            False leaves out the exogenous variables, large and only for inputs.

        Returns
        -------
        Moments
        """
        place = self.starts[owner] + time
        strength = self.strength[place]
        layout = self.layout
        season = self._phases_before(place - self.sp + 1)
        terms = layout.seasonal_terms(season, self.center[place], strength)
        first = place - self.window + 1
        current, relative = layout.adjusted(self._around[first], terms)
        return Moments(
            layout,
            age_of(time),
            current,
            relative,
            terms,
            layout.baseline(self.level[place], self.slope[place], self.lag[place]),
            self.momentum[place],
            strength,
            self.volatility[owner],
            self.units[owner],
            self._known(place) if for_inputs else None,
        )

    def _phases_before(self, first):
        """Take what is known of the phases from the seasons that begin at `first`.

        A season that would begin before its series has no strength yet.
        """
        first, phases = np.maximum(first, 0), self.layout.phases
        if len(phases) == self.sp:
            return sliding_window_view(self.raw, self.sp)[first]
        last = len(self.raw) - 1
        return self.raw[np.minimum(first[..., None] + phases, last)]

    def _known(self, place):
        if self.exogenous is None:
            return None
        ahead = sliding_window_view(self.exogenous, self.horizon + 1, axis=0)
        return ahead[np.minimum(place, len(ahead) - 1)]


def _joined(arrays, pads, value):
    """Join arrays along their first axis, each with its pads before and after."""
    first = arrays[0]
    shape = [sum(len(a) + sum(pads) for a in arrays), *first.shape[1:]]
    out = np.full(shape, value, dtype=first.dtype)
    start = 0
    for a in arrays:
        start += pads[0]
        out[start : start + len(a)] = a
        start += len(a) + pads[1]
    return out


def rows_between(x, first, stop):
    """Take rows of exogenous variables, their means where there are none."""
    out = np.zeros((stop - first, x.shape[1]))
    known = x[first:stop]
    out[: len(known)] = known
    return out
