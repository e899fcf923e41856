"""Checks of the parameters of a generator."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_scalar


def check_integer(value, name, **limits):
    """Refuse what is no integer within the limits of `check_scalar`, True among it."""
    if isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {value}.")
    check_scalar(value, name, Integral, **limits)


def check_number(value, name, **limits):
    """Refuse what is no finite number within the limits of `check_scalar`."""
    if isinstance(value, bool):
        raise TypeError(f"{name} must be a number, got {value}.")
    check_scalar(value, name, Real, **limits)
    # no limit holds NaN back: all comparisons with it are false
    if not np.isfinite(value):
        raise ValueError(f"{name} == {value}, must be finite.")
