"""Exogenous variables as standardised numbers."""

import numpy as np
import pandas as pd


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
            c: list(pd.unique(frame[c].dropna()))
            for c in self.columns
            if not pd.api.types.is_numeric_dtype(frame[c])
        }
        numbers = self._numbers(frame)
        known = np.isfinite(numbers)
        self.with_gaps = np.flatnonzero(~known.all(axis=0))
        count = np.maximum(known.sum(axis=0), 1)
        filled = np.where(known, numbers, 0)
        self.mean = filled.sum(axis=0) / count
        deviation = np.where(known, numbers - self.mean, 0)
        scale = np.sqrt((deviation**2).sum(axis=0) / count)
        self.scale = np.where(scale > 0, scale, 1)
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
        encoded = (self._numbers(frame) - self.mean) / self.scale
        gaps = np.isnan(encoded[:, self.with_gaps]).astype(float)
        return np.concatenate([np.nan_to_num(encoded, nan=0.0), gaps], axis=1)

    def _numbers(self, frame):
        parts = []
        for c in self.columns:
            if c in self.categories:
                values = frame[c].to_numpy(dtype=object)
                parts += [(values == v).astype(float) for v in self.categories[c]]
            else:
                parts.append(frame[c].to_numpy(dtype=float, na_value=np.nan))
        numbers = np.stack(parts, axis=1) if parts else np.empty((len(frame), 0))
        if np.isinf(numbers).any():
            raise ValueError(
                "X must be finite or NaN (missing), got an infinite value."
            )
        return numbers


def require_as_trained(X, encoder):
    """Refuse X where there was none in training, and the other way round."""
    if (X is None) != (encoder is None):
        given, wanted = ("no X", "X") if X is None else ("X", "no X")
        raise ValueError(
            f"The forecaster was trained with {wanted}, but got {given}. Pass X to all "
            "methods or to none."
        )
