"""Exogenous variables as standardised numbers."""

import numpy as np
import pandas as pd

# A part of a column's mean: what differs by less differs by rounding alone.
ROUNDING = 1e-12
LARGEST = np.finfo(float).max
# Deviations from the mean beyond which all values count alike.
FURTHEST = 1e9
# More categories than this, in more than half of the rows, are names of rows.
MANY_CATEGORIES = 50
# Of `pandas.api.types.infer_dtype`.
TIMES = {"datetime", "datetime64", "date", "time", "timedelta", "timedelta64", "period"}


class ExogenousEncoder:
    """Turn a frame of exogenous variables into numbers of mean 0 and deviation 1.

    Categories become one column each. Missing numbers become the mean, and where some
    were missing in `fit`, a column more says which: what is missing is masked, and may
    mean something. What was not seen in `fit` has no column and counts as no category.
    """

    def fit(self, frame):
        """Learn columns, categories, means and deviations."""
        self.columns = list(frame.columns)
        self.categories = {
            c: _categories_of(frame[c], c)
            for c in self.columns
            if not pd.api.types.is_numeric_dtype(frame[c])
        }
        numbers = self._numbers(frame)
        known = np.isfinite(numbers)
        self.with_gaps = np.flatnonzero(~known.all(axis=0))
        count = np.maximum(known.sum(axis=0), 1)
        filled = np.where(known, numbers, 0)
        # In units of a power of two, which is exact, no sum and no square overflows.
        unit = np.frexp(np.abs(filled).max(axis=0, initial=0))[1]
        self.mean = np.ldexp(np.ldexp(filled, -unit).sum(axis=0) / count, unit)
        offsets = np.ldexp(np.where(known, self._offsets(numbers), 0), -unit)
        scale = np.ldexp(np.sqrt((offsets**2).sum(axis=0) / count), unit)
        # What never changed has no scale but its size.
        size = np.where(self.mean == 0, 1, np.abs(self.mean))
        self.scale = np.where(scale > 0, scale, size)
        # Coefficients of the linear effect; see `_effect`.
        self.effect = np.zeros(self.n_columns)
        return self

    @property
    def n_columns(self):
        """Number of columns of the result."""
        return len(self.mean) + len(self.with_gaps)

    def transform(self, frame):
        """Encode a frame: (n, n_columns)."""
        missing = [c for c in self.columns if c not in frame.columns]
        if missing:
            raise ValueError(
                f"X must have the columns it had in fit, {self.columns}, got "
                f"{list(frame.columns)}: {missing[0]!r} is missing."
            )
        with np.errstate(over="ignore"):
            encoded = self._offsets(self._numbers(frame)) / self.scale
        encoded = np.clip(encoded, -FURTHEST, FURTHEST)
        gaps = np.isnan(encoded[:, self.with_gaps]).astype(float)
        return np.concatenate([np.nan_to_num(encoded, nan=0.0), gaps], axis=1)

    def _offsets(self, numbers):
        """Take the mean off, and what rounding left of it."""
        with np.errstate(over="ignore"):
            offsets = np.clip(numbers - self.mean, -LARGEST, LARGEST)
        return np.where(np.abs(offsets) <= ROUNDING * np.abs(self.mean), 0, offsets)

    def _numbers(self, frame):
        parts = []
        for c in self.columns:
            if c in self.categories:
                values = frame[c].to_numpy(dtype=object, na_value=None)
                parts += [(values == v).astype(float) for v in self.categories[c]]
            else:
                parts.append(_numbers_of(frame[c], c))
        return np.stack(parts, axis=1) if parts else np.empty((len(frame), 0))


def _categories_of(column, name):
    """Find the categories of a column, and refuse those nothing can be learned from."""
    known = column.dropna()
    categories = list(pd.unique(known))
    _require_no_times(categories, name)
    if len(categories) > max(MANY_CATEGORIES, len(known) / 2):
        raise ValueError(
            f"X must hold numbers or categories that come again, got {len(categories)} "
            f"categories in {len(known)} rows in column {name!r}. Give numbers a "
            "numeric dtype, put categories into groups, or leave the column out."
        )
    return categories


def _require_no_times(values, name):
    if pd.api.types.infer_dtype(values) in TIMES:
        raise ValueError(
            f"X must hold numbers or categories, got times in column {name!r}. Turn "
            "them into numbers, such as the month or the day of the week; when a row "
            "is, the forecaster knows from the index."
        )


def _numbers_of(column, name):
    """Give the numbers of a column, NaN where they are missing: (n,)."""
    _require_no_times(column, name)
    try:
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"X must have numbers in column {name!r}, as in fit, got dtype "
            f"{column.dtype}: {error}"
        ) from error
    if np.isinf(numbers).any():
        raise ValueError(
            "X must be finite or NaN (missing), got an infinite value in column "
            f"{name!r}."
        )
    return numbers


def with_columns(X):
    """Give X, or None where nothing is in it."""
    return None if X is None or not X.shape[1] else X


def require_as_trained(X, encoder):
    """Refuse X where there was none in training, and the other way round."""
    if (X is None) != (encoder is None):
        given, wanted = ("no X", "X") if X is None else ("X", "no X")
        raise ValueError(
            f"The forecaster was trained with {wanted}, but got {given}. Pass X to all "
            "methods or to none."
        )
