"""Between pandas containers of one or many series and plain arrays."""

import numpy as np
import pandas as pd

DAY = pd.Timedelta(days=1)


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
        None where the type of the index says it, or nothing does.
    """
    longest = max(times, key=len)
    if not isinstance(longest, pd.DatetimeIndex):
        return None
    known = longest.freq or _inferred(longest)
    if longest.freq is None and len(times) > 1:
        # Five weekdays alone may be days or business days: those of all series tell.
        shared = _inferred(_union(times))
        if shared not in (None, known) and all(is_regular(t, shared) for t in times):
            known = shared
    if known is None and len(longest) == 2:
        known = _difference(*longest)
    return pd.tseries.frequencies.to_offset(known)


def _inferred(times):
    return pd.infer_freq(times) if len(times) > 2 else None


def _union(times):
    return times[0].append(times[1:]).unique().sort_values()


def _difference(first, second):
    """Take the step of two times if no calendar has part in it: not of a month."""
    step = second - first
    return step if step <= DAY or step == 7 * DAY else None


def grid(first, last, freq):
    """List all times from `first` to `last`."""
    if isinstance(first, pd.Period):
        return pd.period_range(first, last)
    if isinstance(first, pd.Timestamp):
        # times in another unit, as those of polars and Arrow, are not equal to pandas
        return pd.date_range(first, last, freq=freq, unit=first.unit)
    # Python's integers have no end, those of a small type have
    return pd.RangeIndex(int(first), int(last) + 1)


def following(last, n, freq):
    """List the `n` times after `last`."""
    if isinstance(last, pd.Period):
        return pd.period_range(last + 1, periods=n)
    if isinstance(last, pd.Timestamp):
        # by adding `freq`, a day would have 24 hours where the clock is changed, too
        return pd.date_range(last, periods=n + 1, freq=freq, unit=last.unit)[1:]
    return pd.RangeIndex(int(last) + 1, int(last) + 1 + n)


def is_regular(times, freq):
    """Tell whether each time is one step after the one before, a lone one at a step."""
    stamps = isinstance(times, pd.DatetimeIndex)
    if len(times) == 1:
        offset = pd.tseries.frequencies.to_offset(freq) if stamps else None
        return offset is None or offset.is_on_offset(times[0])
    ordered = times.is_monotonic_increasing and times.is_unique
    if not ordered or (freq is None and stamps):
        return False
    return times.equals(grid(times[0], times[-1], freq))


def check_regular(times, freq, argument, key=()):
    """Refuse times with gaps; missing values belong between them as NaN.

    Parameters
    ----------
    key : tuple
        Of the instance, for the error message.
    """
    if isinstance(times, pd.TimedeltaIndex):
        raise TypeError(
            f"The index of {argument!r} must be of integers, periods or timestamps, "
            "got a TimedeltaIndex. Add a date to it, or number the times."
        )
    if freq is None and isinstance(times, pd.DatetimeIndex) and len(times) < 3:
        raise ValueError(
            f"The index of {argument!r} must say what the step between times is, got "
            f"{' and '.join(map(str, times))} alone{instance_of(key)}, without a freq. "
            "Set the index's freq, or make it a PeriodIndex."
        )
    if not is_regular(times, freq):
        step = "" if freq is None else f" ({freq.freqstr})"
        if len(times) == 1:
            raise ValueError(
                f"The index of {argument!r} must be of times that its step{step} leads "
                f"to, got {times[0]}{instance_of(key)}. Correct the time, or leave the "
                "row out."
            )
        raise ValueError(
            f"The index of {argument!r} must be regular: each time one step{step} "
            f"after the one before, without gaps or duplicates. Got {len(times)} times "
            f"from {times[0]} to {times[-1]}{instance_of(key)}. Give every time a row "
            "(for instance with `asfreq`), with NaN where the value is missing."
        )


def instance_of(key):
    """Name the instance of a panel in an error message; a lone series has no name."""
    if not key:
        return ""
    # those of numpy would show their type
    plain = tuple(k.item() if isinstance(k, np.generic) else k for k in key)
    return f" of instance {plain[0] if len(plain) == 1 else plain!r}"


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
