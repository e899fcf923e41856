"""Series and intervals of any container, as what is drawn."""

from numbers import Real

import numpy as np
import pandas as pd


def index_of(y):
    return y.index if hasattr(y, "iloc") else None


def one_series(y, name, index):
    """Return `y` as a Series; one without an index of its own gets `index`."""
    values = np.asarray(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or getattr(index_of(y), "nlevels", 1) > 1:
        raise ValueError(
            f"{name} must be one series, got shape {np.shape(y)}. Select one column of "
            f"one instance, of the intervals too, and pass them to "
            f"ForecastDisplay.from_predictions."
        )
    index = index if index_of(y) is None else index_of(y)
    if index is not None and len(index) != len(values):
        raise ValueError(
            f"{name} must have the {len(index)} time points of the other series, or an "
            f"index that says which it has, got {len(values)} values."
        )
    columns = getattr(y, "columns", [getattr(y, "name", None)])
    return pd.Series(values, index=index, name=columns[0])


def bands_of(interval, n_timepoints, index):
    """List (label, lower, upper), the widest interval first.

    Bounds are found by the names of their columns, or else by their places.
    """
    if index is not None and index_of(interval) is not None:
        interval = _at(interval, index)
    bounds = np.asarray(interval, dtype=float)
    columns = _named_bounds(getattr(interval, "columns", ()))
    if columns is None:
        columns = [(None, "lower"), (None, "upper")]
    if bounds.shape != (n_timepoints, len(columns)) or len(set(columns)) < len(columns):
        raise ValueError(
            f"interval must have shape ({n_timepoints}, 2), a lower and an upper bound "
            f"for each time point of y_pred, or be what predict_interval returns for "
            f"one series, got shape {bounds.shape}."
        )
    bands: dict = {}
    for (coverage, side), bound in zip(columns, bounds.T, strict=True):
        bands.setdefault(coverage, {})[side] = bound
    return [
        (
            "interval" if coverage is None else f"{100 * coverage:.4g} % interval",
            band["lower"],
            band["upper"],
        )
        for coverage, band in sorted(bands.items(), reverse=True)
    ]


def _at(interval, index):
    """Give the rows of an interval at the time points of the forecast."""
    if interval.index.equals(index):
        return interval
    if not interval.index.is_unique or not index.isin(interval.index).all():
        raise ValueError(
            f"interval must have bounds at the time points of y_pred, from {index[0]} "
            f"to {index[-1]}, got {_extent(interval.index)}. Pass an array if the "
            "index means nothing."
        )
    return interval.loc[index]


def _extent(index):
    return f"them from {index[0]} to {index[-1]}" if len(index) else "none"


def _named_bounds(columns):
    """Read the coverage, or None, and the side of each column; None if not all say."""
    names = [name if isinstance(name, tuple) else (name,) for name in columns]
    coverages = [name[-2] if len(name) > 1 else None for name in names]
    # what is no number is the name of a variable
    coverages = [c if isinstance(c, Real) else None for c in coverages]
    sides = [name[-1] for name in names]
    pairs = list(zip(coverages, sides, strict=True))
    complete = {(c, side) for c in coverages for side in ("lower", "upper")}
    return pairs if names and set(pairs) == complete else None


def positions(index):
    """Where the time points of an index stand on an axis."""
    return index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index


def label_of(*series):
    """Name of the first series that has one."""
    names = [s.name for s in series if s is not None and isinstance(s.name, str)]
    return names[0] if names else "Value"
