"""Which positions of an index come right after its end.

`SlidingWindow` may put rows of the past before the rows it is given only where it
knows how far back they lie. An index tells that where its next positions follow from
it: a frequency, a constant step, or integers.

What is remembered of an index is a kind and a numpy array, so that a fitted transformer
holds nothing of pandas.
"""

import numpy as np


def next_positions(index, n_positions):
    """Find the positions that follow the end of a pandas index.

    Parameters
    ----------
    index : pandas.Index or None
        Index of the rows seen.

    n_positions : int
        Number of positions looked for.

    Returns
    -------
    positions : tuple of (str, ndarray) or None
        At most `n_positions` positions in order, without a hole between them and the
        end of `index`, and their kind; None where the index does not tell.
    """
    if not _is_ordered(index):
        return None
    import pandas as pd

    if isinstance(index, pd.PeriodIndex):
        following = pd.period_range(index[-1] + 1, periods=n_positions)
    elif isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)):
        following = _next_times(index, n_positions)
    elif pd.api.types.is_integer_dtype(index.dtype):
        following = _next_integers(index, n_positions)
    else:
        following = None
    return None if following is None else _plain(following)


def rows_before(index, n_rows, kept, positions):
    """Place the rows kept where they stand before the rows of another index.

    Parameters
    ----------
    index : pandas.Index or None
        Index of the rows given.

    n_rows : int
        Number of rows wanted.

    kept : ndarray of shape (n_kept, n_features)
        The last of the rows seen.

    positions : tuple of (str, ndarray) or None
        The `next_positions` of their index.

    Returns
    -------
    past : ndarray of shape (n_rows, n_features)
        The rows that precede the first one given, NaN where they are not known.
    """
    past = np.full((n_rows, kept.shape[1]), np.nan, dtype=kept.dtype)
    n_missing = _count_missing(index, positions)
    if n_missing is not None and n_missing < n_rows:
        end = n_rows - n_missing
        known = kept[-end:]
        past[end - len(known) : end] = known
    return past


def _count_missing(index, positions):
    """Count the positions before the first of `index`; None where it is not one."""
    if positions is None or not _is_ordered(index):
        return None
    kind, following = positions
    first_kind, first = _plain(index[:1])
    if first_kind != kind:
        return None
    places = np.flatnonzero(following == first)
    return int(places[0]) if len(places) else None


def _is_ordered(index):
    return index is not None and index.is_monotonic_increasing and index.is_unique


def _next_times(index, n_positions):
    import pandas as pd

    freq = index.freq
    # cross-validation takes rows by number, and pandas then drops the frequency
    if freq is None and len(index) >= 3:
        freq = pd.infer_freq(index)
    if freq is None:
        return None
    regular = pd.date_range
    if isinstance(index, pd.TimedeltaIndex):
        regular = pd.timedelta_range
    try:
        return regular(index[-1], periods=n_positions + 1, freq=freq)[1:]
    except (pd.errors.OutOfBoundsDatetime, pd.errors.OutOfBoundsTimedelta):
        # there is an end of time: positions before it are told all the same
        return _next_times(index, n_positions // 2)


def _next_integers(index, n_positions):
    import pandas as pd

    # differences of uint64 are right even where its values do not fit
    steps = np.unique(np.diff(index.to_numpy(np.int64)))
    if len(steps) == 1:
        step = int(steps[0])
    else:
        # rows were left out, or there is one only: all that is sure is that nothing
        # lies between an integer and the next
        step, n_positions = 1, min(1, n_positions)
    start = int(index[-1]) + step
    return pd.Index([start + step * i for i in range(n_positions)])


def _plain(index):
    """Turn an index into a kind and an array that compares within that kind."""
    import pandas as pd

    if isinstance(index, pd.PeriodIndex):
        return str(index.dtype), index.asi8
    if isinstance(index, pd.DatetimeIndex):
        if index.tz is None:
            return "time", index.to_numpy()
        return "time with zone", index.tz_convert(None).to_numpy()
    if isinstance(index, pd.TimedeltaIndex):
        return "time span", index.to_numpy()
    if pd.api.types.is_integer_dtype(index.dtype):
        # whole numbers of Python: uint64 and int64 have no common integer type
        return "integer", index.to_numpy(object)
    return "other", np.array([])
