"""What a fitted forecaster remembers of its series: the last rows, as arrays."""

from dataclasses import dataclass, replace

import numpy as np

from skrnn.forecasting._frames import (
    check_regular,
    frequency,
    grid,
    kind_of,
    split,
    times_of,
)


@dataclass(frozen=True)
class History:
    """The last rows of every instance.

    Attributes
    ----------
    keys : list of tuple
        Of the instances; () for a lone series.
    times : list of pandas.Index
    values : list of ndarray of shape (n_times, n_columns)
    exogenous : list of ndarray of shape (n_times, n_exogenous), or None
        Encoded; see `ExogenousEncoder`.
    freq : pandas.DateOffset or None
    names : list
        Of the index's levels, the time last.
    columns : list
        Names of the columns of y.
    """

    keys: list
    times: list
    values: list
    exogenous: list | None
    freq: object
    names: list
    columns: list

    @property
    def series(self):
        """The series: every column of every instance, instance by instance."""
        return [column for values in self.values for column in values.T]

    @property
    def n_columns(self):
        """Number of columns of y."""
        return self.values[0].shape[1]

    @property
    def n_missing(self):
        """Largest number of values that are missing at the end of a series."""
        return max(
            int(np.isnan(values[::-1]).cumprod(axis=0).sum(axis=0).max())
            for values in self.values
        )

    def known(self, n_steps, future=None):
        """Give the exogenous rows of every series and of the `n_steps` after it.

        Parameters
        ----------
        n_steps : int
        future : list of ndarray of shape (n_steps, n_exogenous) or None
            One for each instance; by default means.
        """
        if self.exogenous is None:
            return None
        if future is None:
            future = [np.zeros((n_steps, x.shape[1])) for x in self.exogenous]
        pairs = zip(self.exogenous, future, strict=True)
        rows = [np.concatenate(pair) for pair in pairs]
        return [x for x in rows for _ in range(self.n_columns)]

    def tail(self, length):
        """Keep the last rows only, in arrays of their own; all of them for None."""
        if length is None:
            return self

        def cut(arrays):
            return [a[-length:].copy() for a in arrays]

        exogenous = None if self.exogenous is None else cut(self.exogenous)
        return replace(
            self,
            times=[t[-length:] for t in self.times],
            values=cut(self.values),
            exogenous=exogenous,
        )


def read_history(y, X=None, encoder=None, freq=None):
    """Take series out of sktime's containers.

    Parameters
    ----------
    y : pandas.DataFrame
        One series or many.
    X : pandas.DataFrame or None
        With a row for each row of `y`; others are left out.
    encoder : ExogenousEncoder or None
    freq : pandas.DateOffset or None
        By default found from the times.

    Raises
    ------
    ValueError
        If the times have gaps, a value is infinite, or `X` lacks rows.
    """
    numbers = y.to_numpy(dtype=float, na_value=np.nan)
    if not len(numbers):
        raise ValueError("y must have at least one row, got none.")
    if np.isinf(numbers).any():
        raise ValueError(
            "y must be finite or NaN (missing), got infinite values in column "
            f"{y.columns[np.isinf(numbers).any(axis=0)][0]!r}."
        )
    all_times = times_of(y.index)
    places = split(y.index)
    times = [all_times[place] for place in places.values()]
    if len(times) == 1 and all_times.equals(times[0]):
        times = [all_times]
    freq = freq or frequency(times)
    for t in times:
        check_regular(t, freq, "y")
    values = [numbers[place] for place in places.values()]
    exogenous = None
    if X is not None:
        exogenous = rows_of(X, encoder, list(places), times, "y")
    names = list(y.index.names)
    return History(list(places), times, values, exogenous, freq, names, list(y.columns))


def rows_of(X, encoder, keys, times, what, needed=None):
    """Encode the rows of `X` at the given times of each instance.

    Parameters
    ----------
    what : str
        What these times are, for the error message.
    needed : list of bool arrays or None
        Which times must be there, by default all; others are filled with means.

    Returns
    -------
    list of ndarray of shape (n_times, n_exogenous)
    """
    numbers = encoder.transform(X)
    all_times = times_of(X.index)
    places = split(X.index)
    rows = []
    for i, (key, wanted) in enumerate(zip(keys, times, strict=True)):
        own = places.get(key, np.empty(0, dtype=int))
        found = all_times[own].get_indexer(wanted)
        missing = (found < 0) & (True if needed is None else needed[i])
        if missing.any():
            instance = f" of instance {key}" if key else ""
            raise ValueError(
                f"X must have a row for each time of {what}{instance}, got none for "
                f"{wanted[missing][0]}."
            )
        out = np.zeros((len(wanted), numbers.shape[1]))
        out[found >= 0] = numbers[own[found[found >= 0]]]
        rows.append(out)
    return rows


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
        instance = f" of instance {key}" if key else ""
        raise ValueError(
            f"y must go on at the times of the series{instance} in `fit`, steps of "
            f"{span.freq.freqstr if hasattr(span, 'freq') else span.step} from "
            f"{old[0]}, got {off[0]}."
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
