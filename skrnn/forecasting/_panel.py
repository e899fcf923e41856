"""Many prepared series as one set of flat arrays, and the network's rows cut from them.

A row is a stretch of at most `length` successive times of one series; what a network
sees at each, `_moments` says. Rows are gathered by index when a batch is taken; a panel
holds a few numbers per time, never windows.

The layout (data and offsets) follows the one of Nixtla's GroupedArray.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from skrnn.forecasting._moments import Layout, Moments, age_of

TARGET_LIMIT = 1000.0
# What moves less, beside its level, is at rest but for rounding errors.
ROUNDING = 1e-13
# Parts of the panel's scale from which on a series' moves are of its size.
SLOW = 0.01
WEIGHT_LIMITS = (0.1, 10.0)
MIN_HISTORY = 2


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
        The scale of inputs and targets, one for all series; estimated by default.

    Attributes
    ----------
    counted : ndarray of bool, of shape (n_series,)
        Which series have a part in what is learned: those that move, if any does.
    usual : ndarray of bool, of shape (n_series,)
        Which of them tell how large errors are in units of how much a series moves:
        not those that move far less than others, whose errors are mainly the networks'.
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
        usual = self.counted & (self.volatility >= SLOW * self.unit)
        self.usual = usual if usual.any() else self.counted
        self.layout = Layout(window, horizon, sp, self.unit)
        self._around = sliding_window_view(self.z, window + horizon)

    @property
    def n_inputs(self):
        """Width of the networks' input."""
        known = 0 if self.exogenous is None else self.exogenous.shape[1]
        return self.layout.n_inputs(known)

    def series_weights(self):
        """Weight of each series: errors then add up to a mean scaled error."""
        typical = np.array([s.seasonal_volatility for s in self.series])
        typical = np.maximum(typical, ROUNDING)
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


class Rows:
    """The training rows of a panel, for `engine._training.train`.

    Parameters
    ----------
    panel : Panel
    length : int
        Times in a row; shorter series are padded at the end, with weight zero.
    since, until : int array of shape (n_series,) or None
        Targets lie in since <= time < until; by default in the whole series.
    heads : Heads or None
        What outputs stand for if there is more than one for each target.
    """

    def __init__(self, panel, length, since=None, until=None, heads=None):
        self.panel, self.length, self.heads = panel, length, heads
        self.until = panel.sizes if until is None else until
        self.since = np.zeros_like(panel.sizes) if since is None else since
        self.owner, self.first, self.stop = cut_rows(self.until, length)
        self._drop_rows_without_targets()
        self.n_rows = len(self.owner)
        self.weights = panel.series_weights() / np.maximum(self._n_targets(), 1)
        total = (self.weights * self._n_targets()).sum()
        n_levels = 1 if heads is None else len(heads.levels)
        self.weight_per_row = float(total) / max(self.n_rows, 1)
        self.norm_per_row = n_levels * self.weight_per_row

    def _drop_rows_without_targets(self):
        used = self.panel.counted[self.owner]
        used &= self.stop + self.panel.horizon > self.since[self.owner]
        self.owner, self.first = self.owner[used], self.first[used]
        self.stop = self.stop[used]

    def _history(self):
        """Times before the first target: the first values show a network nothing."""
        return np.clip(self.until - 2, 0, MIN_HISTORY)

    def _n_targets(self):
        """Count the targets of each series, as if none were missing."""
        horizon = self.panel.horizon

        def triangle(times):
            full = np.maximum(times - horizon + 1, 0)
            rest = np.minimum(times, horizon - 1)
            return full * horizon + rest * (rest + 1) / 2

        times = np.maximum(self.until - 1 - self._history(), 0)
        before = np.maximum(self.since - 1 - self._history(), 0)
        return triangle(times) - triangle(before)

    def place(self, index):
        """Give owner (rows, 1) and time (rows, length) of rows, and which are real."""
        owner = self.owner[index, None]
        time = self.first[index, None] + np.arange(self.length)
        inside = time < self.stop[index, None]
        return owner, np.minimum(time, self.panel.sizes[owner] - 1), inside

    def take(self, index):
        """Cut out rows: x, y, weight and mask (none is needed)."""
        panel = self.panel
        owner, time, inside = self.place(index)
        inside &= time >= self._history()[owner]
        moments = panel.at(owner, time)
        x = moments.inputs()
        y = (moments.relative[..., panel.window :] - moments.baseline) / panel.unit
        ahead = time[..., None] + np.arange(1, panel.horizon + 1)
        valid = inside[..., None] & (ahead < self.until[owner][..., None])
        valid &= ahead >= self.since[owner][..., None]
        valid &= panel.observed[panel.starts[owner][..., None] + ahead]
        y = np.clip(np.where(valid, y, 0), -TARGET_LIMIT, TARGET_LIMIT)
        weight = valid * self.weights[owner][..., None]
        if self.heads is not None:
            y, weight = self.heads.targets(moments, y, weight)
        return x, y, weight, None


def cut_rows(sizes, length):
    """Cut series into rows that end where the series end.

    Returns
    -------
    owner, first, stop : int arrays of shape (n_rows,)
        The series of each row, its first time, and the first time after it.
    """
    counts = np.maximum(1, -(-sizes // length))
    owner = np.repeat(np.arange(len(sizes)), counts)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    stop = sizes[owner] - (counts[owner] - number - 1) * length
    return owner, np.maximum(stop - length, 0), stop
