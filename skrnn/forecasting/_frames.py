"""Between pandas containers of one or many series and plain arrays."""

import numpy as np
import pandas as pd


def split_instances(frame):
    """Split a frame into its instances.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of one series, or of many with the time as the last level of its index.

    Returns
    -------
    dict of tuple to pandas.DataFrame
        In order of appearance; the key of a lone series is ().
    """
    if not isinstance(frame.index, pd.MultiIndex):
        return {(): frame}
    levels = list(range(frame.index.nlevels - 1))
    groups = frame.groupby(level=levels, sort=False)
    return {
        key if isinstance(key, tuple) else (key,): part.droplevel(levels)
        for key, part in groups
    }


def join_instances(parts, names):
    """Join what `split_instances` split; `names` are those of the index's levels."""
    if list(parts) == [()]:
        return parts[()]
    joined = pd.concat(parts, names=names[:-1])
    return joined.rename_axis(index=names)


def check_regular(index, argument):
    """Refuse an index with gaps; missing values belong in it as NaN."""
    if len(index) < 2:
        return
    if isinstance(index, pd.PeriodIndex):
        regular = bool((np.diff(index.asi8) == 1).all())
    elif isinstance(index, pd.DatetimeIndex):
        regular = index.freq is not None or _has_constant_step(index)
    else:
        regular = len(np.unique(np.diff(np.asarray(index)))) == 1
    if not regular:
        raise ValueError(
            f"The index of {argument!r} must be regular, without gaps or duplicates. "
            f"Got steps that differ between {index[0]} and {index[-1]}. Give every "
            "time a row (for instance with `asfreq`): missing values may be NaN."
        )


def _has_constant_step(index):
    if len(index) < 3:
        return index.is_unique
    return pd.infer_freq(index) is not None


def merge(old, new):
    """Add rows to a frame; where both have a time, the new values count."""
    if old is None or new is None:
        return new if old is None else old
    merged = pd.concat([old[~old.index.isin(new.index)], new]).sort_index()
    return merged if old.index.nlevels > 1 else _with_frequency(merged, old.index)


def _with_frequency(frame, like):
    if isinstance(like, pd.DatetimeIndex) and like.freq is not None:
        return frame.asfreq(like.freq)
    return frame


def cutoff_of(index, freq):
    """Return the last time of an index as sktime's horizons want it."""
    last = index[-1:]
    if isinstance(last, pd.DatetimeIndex) and last.freq is None:
        known = freq or (pd.infer_freq(index) if len(index) > 2 else None)
        return pd.DatetimeIndex(last, freq=known)
    return last
