"""The parts of scikit-learn's private modules that skrnn uses: imported here only.

Every other file imports these names from here, so that a change in scikit-learn is
met in one place.
"""

from numbers import Integral, Real

from sklearn.base import _fit_context as fit_context
from sklearn.utils import check_random_state
from sklearn.utils._optional_dependencies import check_matplotlib_support
from sklearn.utils._param_validation import (
    Hidden,
    Interval as IntervalOfNumbers,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.validation import (
    _check_sample_weight as check_sample_weight,
    check_is_fitted,
    validate_data,
)


class Interval(IntervalOfNumbers):
    """scikit-learn's interval without True and False, which Python counts as 1 and 0.

    A flag where a number is meant is one parameter taken for another.
    """

    def is_satisfied_by(self, val):
        """Whether `val` is a number within the interval."""
        return not isinstance(val, bool) and super().is_satisfied_by(val)


__all__ = [
    "Hidden",
    "Integral",
    "Interval",
    "Real",
    "StrOptions",
    "check_is_fitted",
    "check_matplotlib_support",
    "check_random_state",
    "check_sample_weight",
    "fit_context",
    "validate_data",
    "validate_parameter_constraints",
]
