"""How large errors of each series are at each step ahead, beside those of the panel.

Two numbers tell it: the level of a series' errors, and their growth, the power of the
step with which they become larger than the panel's. Those of a random walk grow, those
of noise around a season do not. Both are drawn to the panel's mean, as little as the
panel itself allows (empirical Bayes): what the earlier and the later errors of a series
have in common is its own, where they differ is chance.

References
----------
.. [1] Morris, C. N. (1983). Parametric empirical Bayes inference: theory and
       applications. Journal of the American Statistical Association, 78(381).
"""

import numpy as np

# Of so few series, nothing tells how much they differ: a series' own errors count
# beside so many of all.
MIN_SERIES, PRIOR_ERRORS = 6, 20.0
# Mean errors of a series are at least so large a part of the panel's.
SMALLEST = 0.01


def error_sizes(error, owner, time, n_series):
    """Estimate how large errors are, up to a factor for each step.

    Parameters
    ----------
    error : ndarray of shape (n, n_steps)
        NaN where nothing is known.
    owner, time : int arrays of shape (n,)
        The series of each forecast, and the last time that it knew.
    n_series : int

    Returns
    -------
    ndarray of shape (n_series, n_steps)
    """
    relative = np.abs(error) / spread_per_step(error)
    total, count = _sums_of_halves(relative, owner, time, n_series)
    if (count[:, :, 0] > 0).all(axis=0).sum() < MIN_SERIES:
        level = _drawn_levels(relative, owner, n_series)[:, None]
        return np.repeat(level, error.shape[1], axis=1)
    log_step = np.log(np.arange(1, error.shape[1] + 1))
    log_step -= log_step.mean()
    growth = _drawn(*(_slope(t, c, log_step) for t, c in _with_whole(total, count)))
    total /= np.exp(growth[:, None] * log_step)
    level = _drawn(*(_log_mean(t, c) for t, c in _with_whole(total, count)))
    return np.exp(level[:, None] + growth[:, None] * log_step)


def spread_per_step(error):
    """Mean absolute error of each step; where none is known, of the step before."""
    known = np.isfinite(error)
    total = np.where(known, np.abs(error), 0).sum(axis=0)
    spread = total / np.maximum(known.sum(axis=0), 1)
    spread = np.maximum.accumulate(np.where(known.any(axis=0), spread, 0))
    return np.where(spread > 0, spread, 1.0)


def _drawn_levels(relative, owner, n_series):
    """Mean error of each series, drawn to one: (n_series,)."""
    known = np.isfinite(relative)
    total = np.bincount(owner, np.where(known, relative, 0).sum(axis=1), n_series)
    # Errors of neighbouring times and steps overlap: only times count as evidence.
    count = np.bincount(owner, known.any(axis=1), n_series)
    mean = total / np.maximum(np.bincount(owner, known.sum(axis=1), n_series), 1)
    return (count * mean + PRIOR_ERRORS) / (count + PRIOR_ERRORS)


def _sums_of_halves(relative, owner, time, n_series):
    """Sum up the earlier and the later errors of each series, and count them.

    Steps longer than half the times are left out: there the errors of both halves are
    of the same values.

    Returns
    -------
    total, count : ndarray of shape (2, n_series, n_steps)
    """
    first, last = _ends(relative, owner, time, n_series)
    later = later_half(relative, owner, time, n_series)
    longest = np.where(last >= first, last - first + 1, 0) // 2
    step = np.arange(1, relative.shape[1] + 1)
    known = np.isfinite(relative) & (step <= longest[owner][:, None])
    place = owner + n_series * later
    sums = [
        [np.bincount(place, column, 2 * n_series) for column in a.T]
        for a in (np.where(known, relative, 0), known)
    ]
    total, count = np.moveaxis(np.reshape(sums, (2, -1, 2, n_series)), 1, -1)
    return total, count


def _ends(error, owner, time, n_series):
    """Give the first and the last time of each series from which errors are known."""
    seen = np.isfinite(error).any(axis=1)
    first, last = np.full(n_series, np.iinfo(int).max), np.full(n_series, -1)
    np.minimum.at(first, owner[seen], time[seen])
    np.maximum.at(last, owner[seen], time[seen])
    return first, last


def later_half(error, owner, time, n_series):
    """Tell the forecasts from the second half of their series' known times: (n,)."""
    first, last = _ends(error, owner, time, n_series)
    return 2 * time > (first + last)[owner]


def _with_whole(total, count):
    return (total.sum(axis=0), count.sum(axis=0)), *zip(total, count, strict=True)


def _slope(total, count, log_step):
    """Slope of logarithms of mean errors by those of steps, and what it rests on."""
    weight = count / np.arange(1, count.shape[1] + 1)
    log_mean = _log_mean_of(total, count)
    x = log_step - _weighted(log_step, weight)
    evidence = (weight * x**2).sum(axis=1)
    return (weight * x * log_mean).sum(axis=1) / np.maximum(evidence, 1e-12), evidence


def _log_mean(total, count):
    """Logarithm of the mean error, and what it rests on."""
    total, n = total.sum(axis=1, keepdims=True), count.sum(axis=1, keepdims=True)
    return _log_mean_of(total, n)[:, 0], count[:, 0]


def _log_mean_of(total, count):
    mean = np.where(count > 0, total / np.maximum(count, 1), 1.0)
    return np.log(np.maximum(mean, SMALLEST))


def _weighted(x, weight):
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    return (weight * x).sum(axis=1, keepdims=True) / total


def _drawn(whole, early, late):
    """Draw the values of series to their mean, by what their halves have in common.

    Parameters
    ----------
    whole, early, late : tuple of (value, evidence)
        Each of shape (n_series,). The variance of chance is a constant, divided by the
        evidence.

    Returns
    -------
    ndarray of shape (n_series,)
        Deviations from the mean.
    """
    known = (early[1] > 0) & (late[1] > 0)
    if known.sum() < MIN_SERIES:
        return np.zeros(len(known))
    a, b = (value[known] - value[known].mean() for value, _ in (early, late))
    own = max(np.mean(a * b), 0.0)
    chance = np.mean((a - b) ** 2 / (1 / early[1][known] + 1 / late[1][known]))
    value, evidence = whole
    part = own * evidence / np.maximum(own * evidence + chance, 1e-300)
    return part * (value - value[known].mean())
