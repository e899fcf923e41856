"""New rows join the history of their series, each at its place."""

from dataclasses import replace

import numpy as np

from skrnn.forecasting._frames import grid, instance_of, kind_of


def merge(old, new):
    """Add rows to a history; where both have a time, the new values count.

    What was known after the last new time of an instance is dropped: that time is the
    new cut-off. Times between the two become missing values.

    Raises
    ------
    ValueError
        If the new rows have other columns, or instances of another kind.
    """
    _require_same_form(old, new)
    at = {key: i for i, key in enumerate(old.keys)}
    keys = old.keys + [key for key in new.keys if key not in at]
    times, values, exogenous = list(old.times), list(old.values), None
    if old.exogenous is not None:
        exogenous = list(old.exogenous)
    for j, key in enumerate(new.keys):
        if key not in at:
            times.append(new.times[j])
            values.append(new.values[j])
            if exogenous is not None:
                exogenous.append(new.exogenous[j])
            continue
        i = at[key]
        span = grid(min(times[i][0], new.times[j][0]), new.times[j][-1], old.freq)
        pairs = (times[i], new.times[j])
        _require_times_of(span, pairs, key)
        values[i] = _merged(span, pairs, (values[i], new.values[j]), np.nan)
        if exogenous is not None:
            exogenous[i] = _merged(span, pairs, (exogenous[i], new.exogenous[j]), 0.0)
        times[i] = span
    return replace(old, keys=keys, times=times, values=values, exogenous=exogenous)


def _require_same_form(old, new):
    forms = [(h.n_columns, len(h.keys[0])) for h in (old, new)]
    if forms[0] != forms[1]:
        (columns, levels), (new_columns, new_levels) = forms
        raise ValueError(
            f"y must be as in `fit`, with {columns} columns and {levels} index levels "
            f"before the time, got {new_columns} and {new_levels}."
        )
    kinds = [kind_of(h.times[0]) for h in (old, new)]
    if kinds[0] != kinds[1]:
        raise ValueError(
            f"The index of y must be of {kinds[0]}, as in `fit`, got {kinds[1]}."
        )


def _require_times_of(span, times, key):
    """Refuse times between those of the series: they have no place."""
    old, new = times
    off = new[~new.isin(span)]
    if not len(off) and not old[old <= new[-1]].isin(span).all():
        off = new
    if len(off):
        step = span.freq.freqstr if hasattr(span, "freq") else span.step
        raise ValueError(
            f"y must go on at the times of the series{instance_of(key)} in `fit`, "
            f"steps of {step} from {old[0]}, got {off[0]}."
        )


def same_columns(y, columns):
    """Give new rows of several columns in the order of those in `fit`."""
    if len(columns) == 1 or len(y.columns) != len(columns):
        return y
    if set(y.columns) != set(columns):
        raise ValueError(
            f"y must have the columns that it had in `fit`, {columns}, got "
            f"{list(y.columns)}."
        )
    return y[columns]


def first_new(old, merged):
    """Count the rows of every merged series that were known before."""
    ends = {key: times[-1] for key, times in zip(old.keys, old.times, strict=True)}
    known = [
        int(times.searchsorted(ends[key], side="right")) if key in ends else 0
        for key, times in zip(merged.keys, merged.times, strict=True)
    ]
    return np.repeat(known, merged.n_columns)


def _merged(span, times, arrays, missing):
    """Lay arrays out over `span`, the later ones over the earlier."""
    out = np.full((len(span), arrays[0].shape[1]), missing)
    for time, array in zip(times, arrays, strict=True):
        place = span.get_indexer(time)
        out[place[place >= 0]] = array[place >= 0]
    return out
