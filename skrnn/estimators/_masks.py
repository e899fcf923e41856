"""Which steps of sequences count, and which values may not stand in them."""

import numpy as np


def check_mask(values, block=4096):
    """Find the steps that are all NaN; a step that is partly NaN is an error.

    Parameters
    ----------
    values : (n, T, F) of float
    block : int
        Number of sequences looked at at once: what that takes of memory is little.

    Returns
    -------
    (n, T) of bool or None
        False where a step is masked, None if none is.
    """
    if all_finite(values):
        return None
    mask = np.empty(values.shape[:2], dtype=bool)
    for first in range(0, len(values), block):
        part = values[first : first + block]
        missing = np.isnan(part)
        all_missing = missing.all(axis=2)
        _refuse_at(
            np.isinf(part),
            first,
            "X must be finite, or NaN for whole time steps; got infinity",
        )
        _refuse_at(
            missing & ~all_missing[:, :, None],
            first,
            "X may have NaN only in all features of a time step, which masks the step; "
            "got NaN in some features of a step. Impute them, or set the whole step to "
            "NaN. The first is",
        )
        mask[first : first + block] = ~all_missing
    return incomplete(mask)


def incomplete(mask):
    """Give the mask, or None if nothing is masked."""
    return None if mask.all() else mask


def all_finite(values):
    """Settle the usual case in one pass, without a temporary array."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values.sum()))


def refuse(wrong, message, values, axes=("sample", "time step")):
    """Raise an error that says which value is the first wrong one, if any is."""
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{message}, got {values[place]} {_where(place, axes)}.")


def _refuse_at(wrong, first, message):
    if wrong.any():
        sample, step, feature = (int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{message} {_where((first + sample, step, feature))}.")


def _where(place, axes=("sample", "time step", "feature")):
    return "in " + ", ".join(f"{a} {i}" for a, i in zip(axes, place, strict=True))
