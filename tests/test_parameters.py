"""True and False are no numbers: a flag in a number's place is another parameter."""

import numpy as np
import pandas as pd
import pytest
from sklearn.utils._param_validation import (
    Interval as IntervalOfNumbers,
    InvalidParameterError,
)

import skrnn
from skrnn.estimators._constraints import CONSTRAINTS as OF_ESTIMATORS
from skrnn.forecasting._parameters import CONSTRAINTS as OF_FORECASTERS

SEQUENCES = np.arange(24.0).reshape(6, 4)
LABELS = np.array([0, 1] * 3)
SERIES = pd.Series(np.arange(20.0))


def numbers(constraints):
    """Name the parameters that may be numbers, and need not be flags."""
    return [
        name
        for name, allowed in constraints.items()
        if "boolean" not in allowed
        and any(isinstance(a, IntervalOfNumbers) for a in allowed)
    ]


CASES = [
    *((cls, name, lambda e: e.fit(SEQUENCES, LABELS))
      for cls in (skrnn.RNNRegressor, skrnn.RNNClassifier)
      for name in numbers(cls._parameter_constraints)),
    *((skrnn.LSTMForecaster, name, lambda e: e.fit(SERIES, fh=[1]))
      for name in numbers(OF_FORECASTERS)),
    *((cls, name, lambda e: e.fit(SEQUENCES))
      for cls in (skrnn.SlidingWindow, skrnn.LagsToSequences, skrnn.SequencePadder)
      for name in numbers(cls._parameter_constraints)),
    *((skrnn.SequenceTokenizer, name, lambda e: e.fit(["a b", "c"]))
      for name in numbers(skrnn.SequenceTokenizer._parameter_constraints)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cls", "name", "fit"), CASES, ids=[f"{c.__name__}-{n}" for c, n, _ in CASES]
)
@pytest.mark.parametrize("flag", [True, False])
def test_a_flag_is_no_number(cls, name, fit, flag):
    message = f"The '{name}' parameter of {cls.__name__} must be .* Got {flag} instead"
    with pytest.raises(InvalidParameterError, match=message):
        fit(cls(**{name: flag}))


@pytest.mark.parametrize("units", [(True, 4), [4, False], (np.True_,)])
def test_nor_is_it_a_width_of_a_stack(units):
    with pytest.raises(ValueError, match="The 'units' parameter of RNNRegressor"):
        skrnn.RNNRegressor(units).fit(SEQUENCES, LABELS)
    with pytest.raises(ValueError, match="The 'units' parameter of LSTMForecaster"):
        skrnn.LSTMForecaster(units=units).fit(SERIES, fh=[1])


def test_numbers_are_found():
    assert {"epochs", "tol", "batch_size"} <= set(numbers(OF_ESTIMATORS))
    assert {"sp", "window_length"} <= set(numbers(OF_FORECASTERS))
    assert skrnn.RNNRegressor(np.int64(3), epochs=1).fit(SEQUENCES, LABELS).n_iter_ == 1
