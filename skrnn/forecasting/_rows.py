"""The network's rows, cut from a panel, with targets at every time.

A row is a stretch of at most `length` successive times of one series. Rows are gathered
by index when a batch is taken.
"""

import numpy as np

TARGET_LIMIT = 1000.0
MIN_HISTORY = 2


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
        y = (moments.relative[..., panel.window :] - moments.baseline) / moments.unit[
            ..., None
        ]
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
