"""What NumPy would turn into wrong numbers without a word, met before it does."""

import datetime

import numpy as np

# as pandas calls objects that are numbers
NUMBERS = ("boolean", "integer", "floating")
TIMES = (
    np.datetime64,
    np.timedelta64,
    datetime.date,
    datetime.time,
    datetime.timedelta,
)


def check_values(values, name="X"):
    """Refuse dates and times, and put NaN for masked values.

    scikit-learn's checks pass both on, a missing time as -9.2e18 and a masked value as
    what the mask hides. They are left to do the rest.

    Parameters
    ----------
    values : array-like
        What the user gave; a data frame is returned as it is.

    name : str, default="X"
        Its name in an error.

    Returns
    -------
    values : array-like
        The same without a mask.

    Raises
    ------
    ValueError
        If something is a date, a time or a time span. The message says which column.
    """
    if not hasattr(values, "dtype") and not hasattr(values, "dtypes"):
        values = np.asarray(values)
    found = _find_time(values)
    if found is not None:
        raise ValueError(
            f"{name} must hold numbers, got {found}. Make numbers of dates and times, "
            f"such as the days since a start or the month, or remove them."
        )
    return unmasked(values)


def check_array_of(values, name="X"):
    """As `check_values`, and refuse what is one thing instead of many values."""
    checked = check_values(values, name)
    if getattr(checked, "ndim", 2) == 0:
        raise ValueError(
            f"{name} must be an array, got {values!r}. Pass an array, a data frame or "
            f"a list; make a list of a set or a generator first."
        )
    return checked


def to_array(values):
    """An array, with NaN for what is missing in any of pandas' types."""
    array = np.asarray(values)
    if array.dtype == object and hasattr(values, "iloc"):
        import pandas as pd

        array = np.where(pd.isna(array), np.nan, array)
        if pd.api.types.infer_dtype(array.ravel()) in NUMBERS:
            array = np.array(array.tolist())
    return array


def _find_time(values):
    """Say what is no number but a date, a time or a time span, and where."""
    columns = _dtypes(values)
    for place, dtype in columns:
        if dtype_is(dtype, "is_temporal", {"m", "M"}):
            return f"{dtype}{place}"
    if any(getattr(dtype, "kind", None) == "O" for _, dtype in columns):
        # NumPy turns what is in them into numbers, too
        for i, value in enumerate(np.asarray(values, dtype=object).flat):
            if isinstance(value, TIMES):
                return f"{type(value).__name__}{columns[i % len(columns)][0]}"
    return None


def unmasked(values):
    """Put NaN for masked values."""
    if not np.ma.is_masked(values):
        return values
    kind = values.dtype.kind
    dtype = values.dtype if kind in "fcO" else object if kind == "U" else np.float64
    return values.astype(dtype).filled(np.nan)


def check_one_series(values, name="X"):
    """Refuse a pandas index of several levels: its rows are those of many series."""
    levels = getattr(getattr(values, "index", None), "nlevels", 1)
    if levels > 1:
        raise ValueError(
            f"{name} must be one series, got an index of {levels} levels: windows "
            f"would reach from one series into the next. Cut the windows of each by "
            f"itself, `for _, one in {name}.groupby(level=0): ... one.droplevel(0)`, "
            f"or use the forecasters of skrnn, which take many series at once."
        )


def is_frame(values):
    """Whether `values` is a data frame, of pandas or of polars."""
    return hasattr(values, "columns") and getattr(values, "ndim", 2) == 2


def _dtypes(values):
    """Each dtype, and the words for where it stands."""
    if is_frame(values):
        columns = zip(values.columns, values.dtypes, strict=True)
        return [(f" in column {column!r}", dtype) for column, dtype in columns]
    return [("", getattr(values, "dtype", None))]


def dtype_is(dtype, question, kinds):
    """Ask polars' dtypes, which have no kinds, and look at the kinds of others."""
    answer = getattr(dtype, question, None)
    return getattr(dtype, "kind", None) in kinds if answer is None else answer()
