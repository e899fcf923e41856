"""What a fitted forecaster remembers of its series: the last rows, as arrays."""

from dataclasses import dataclass, replace

import numpy as np

from skrnn.forecasting._frames import (
    check_regular,
    frequency,
    instance_of,
    split,
    times_of,
)

# Sums and ranges of larger values would be infinite.
LARGEST = 1e300


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

    def name(self, i):
        """Name the instance and, of several, the column of series `i`, for messages."""
        key, column = divmod(i, self.n_columns)
        several = f" in column {self.columns[column]!r}" if self.n_columns > 1 else ""
        return several + instance_of(self.keys[key])

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
    _require_finite(numbers, y)
    all_times = times_of(y.index)
    places = split(y.index)
    times = [all_times[place] for place in places.values()]
    if len(times) == 1 and all_times.equals(times[0]):
        times = [all_times]
    freq = freq or frequency(times)
    for key, t in zip(places, times, strict=True):
        check_regular(t, freq, "y", key)
    values = [numbers[place] for place in places.values()]
    exogenous = None
    if X is not None:
        exogenous = rows_of(X, encoder, list(places), times, "y")
    names = list(y.index.names)
    return History(list(places), times, values, exogenous, freq, names, list(y.columns))


def _require_finite(numbers, y):
    beyond = np.argwhere(np.abs(numbers) > LARGEST)
    if len(beyond):
        row, column = beyond[0]
        *key, time = y.index[row] if y.index.nlevels > 1 else (y.index[row],)
        raise ValueError(
            f"y must be finite or NaN (missing), and at most {LARGEST:g} in size, got "
            f"{numbers[row, column]} in column {y.columns[column]!r}"
            f"{instance_of(tuple(key))} at {time}."
        )


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
            there = all_times[own]
            got = f", but from {there[0]} to {there[-1]}" if len(own) else ""
            raise ValueError(
                f"X must have a row for each time of {what}{instance_of(key)}, got "
                f"none for {wanted[missing][0]}{got}."
            )
        out = np.zeros((len(wanted), numbers.shape[1]))
        out[found >= 0] = numbers[own[found[found >= 0]]]
        rows.append(out)
    return rows


def require_values(history, log, first=0):
    """Refuse series of which nothing is known, or logarithms of what has none.

    Series before the `first` have their scale already, and may leave logarithms.
    """
    for i, y in enumerate(history.series):
        if not np.isfinite(y).any():
            raise ValueError(
                "y must have at least one value that is not NaN in every series and "
                f"column, got none{history.name(i)}."
            )
        if log is True and i >= first and (y <= 0).any():
            raise ValueError(
                f"y must be positive for log=True, got {np.nanmin(y)}"
                f"{history.name(i)}. Set log='auto' or log=False."
            )
