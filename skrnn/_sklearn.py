"""The parts of scikit-learn's private modules that skrnn uses: imported here only.

Every other file imports these names from here, so that a change in scikit-learn is
met in one place.
"""

from numbers import Integral, Real

from sklearn.base import _fit_context as fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Hidden, Interval, Options, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = [
    "Hidden",
    "Integral",
    "Interval",
    "Options",
    "Real",
    "StrOptions",
    "check_is_fitted",
    "check_random_state",
    "fit_context",
    "validate_data",
]
