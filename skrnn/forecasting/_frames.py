"""Between pandas containers of one or many series and plain arrays."""

import numpy as np
import pandas as pd


def split(index):
    """Find the instances of an index.

    Parameters
    ----------
    index : pandas.Index
        Of one series, or of many with the time as its last level.

    Returns
    -------
    dict of tuple to int array
        Where the rows of each instance are, in order of appearance; the key of a lone
        series is ().
    """
    if not isinstance(index, pd.MultiIndex):
        return {(): np.arange(len(index))}
    heads = index.droplevel(-1)
    codes = pd.factorize(heads)[0]
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
    return {_key(heads[part[0]]): part for part in parts if len(part)}


def _key(head):
    return head if isinstance(head, tuple) else (head,)


def times_of(index):
    """Give the time of each row."""
    return index.get_level_values(-1) if isinstance(index, pd.MultiIndex) else index


def join(keys, times, names):
    """Build the index of the instances `keys` with their `times`; undoes `split`.

    Parameters
    ----------
    keys : list of tuple
    times : list of pandas.Index
    names : sequence
        Names of the levels, the time last.
    """
    if keys == [()]:
        return times[0]
    sizes = [len(t) for t in times]
    levels = [np.repeat(np.array(level), sizes) for level in _columns(keys)]
    stacked = times[0].append(times[1:]) if len(times) > 1 else times[0]
    return pd.MultiIndex.from_arrays([*levels, stacked], names=names)


def _columns(keys):
    """Transpose a list of keys; pandas keeps the type of each level."""
    return [pd.Index(level) for level in zip(*keys, strict=True)]


def frequency(times):
    """Find the step between the times of series that share it.

    Parameters
    ----------
    times : list of pandas.Index

    Returns
    -------
    pandas.DateOffset or None
        None where the type of the index says it.
    """
    longest = max(times, key=len)
    if not isinstance(longest, pd.DatetimeIndex):
        return None
    known = longest.freq or (pd.infer_freq(longest) if len(longest) > 2 else None)
    if known is None and len(longest) == 2:
        known = longest[1] - longest[0]
    return pd.tseries.frequencies.to_offset(known)


def grid(first, last, freq):
    """List all times from `first` to `last`."""
    if isinstance(first, pd.Period):
        return pd.period_range(first, last)
    if isinstance(first, pd.Timestamp):
        return pd.date_range(first, last, freq=freq)
    return pd.RangeIndex(first, last + 1)


def following(last, n, freq):
    """List the `n` times after `last`."""
    if isinstance(last, pd.Period):
        return pd.period_range(last + 1, periods=n)
    if isinstance(last, pd.Timestamp):
        return pd.date_range(last + freq, periods=n, freq=freq)
    return pd.RangeIndex(last + 1, last + 1 + n)


def check_regular(times, freq, argument):
    """Refuse times with gaps; missing values belong between them as NaN."""
    if isinstance(times, pd.TimedeltaIndex):
        raise TypeError(
            f"The index of {argument!r} must be of integers, periods or timestamps, "
            "got a TimedeltaIndex. Add a date to it, or number the times."
        )
    if len(times) == 1:
        if freq is None and isinstance(times, pd.DatetimeIndex):
            raise ValueError(
                f"The index of {argument!r} must say what the step between times is, "
                f"got {times[0]} alone, without a freq. Set the index's freq."
            )
        return
    regular = times.is_monotonic_increasing and times.is_unique
    if regular and isinstance(times, pd.DatetimeIndex):
        regular = freq is not None
    if not regular or not times.equals(grid(times[0], times[-1], freq)):
        raise ValueError(
            f"The index of {argument!r} must be regular: each time one step after the "
            f"one before, without gaps or duplicates. Got {len(times)} times from "
            f"{times[0]} to {times[-1]}. Give every time a row (for instance with "
            "`asfreq`), with NaN where the value is missing."
        )


def kind_of(times):
    """Say what an index is of: times of two kinds cannot be compared."""
    if isinstance(times, pd.PeriodIndex):
        return f"periods of {times.freqstr}"
    if isinstance(times, pd.DatetimeIndex):
        return f"timestamps, {times.tz or 'without a time zone'}"
    return "integers"


def last_time(times, freq):
    """Give the last time as sktime's horizons want it."""
    last = times[-1:]
    return pd.DatetimeIndex(last, freq=freq) if freq is not None else last
