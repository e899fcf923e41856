"""sktime's own suite, over every estimator of sktime's kind, no check left out."""

import pytest
from sktime.base import BaseObject
from sktime.utils.estimator_checks import check_estimator, parametrize_with_checks

import skrnn
from skrnn import (
    GRUForecaster,
    LSTMForecaster,
    RNNForecaster,
    RNNTimeSeriesClassifier,
    RNNTimeSeriesRegressor,
)

ESTIMATORS = [
    LSTMForecaster,
    GRUForecaster,
    RNNForecaster,
    RNNTimeSeriesClassifier,
    RNNTimeSeriesRegressor,
]


# Raised inside sktime's `update_predict` with pandas 3, whatever the forecaster.
SORTING = "ignore:Sorting by default when concatenating"


@pytest.mark.filterwarnings(SORTING)
@parametrize_with_checks(ESTIMATORS, obj_varname="estimator", check_varname="check")
def test_sktime_suite(estimator, check):
    results = check_estimator(estimator, tests_to_run=check, verbose=False)
    failed = {name: result for name, result in results.items() if result != "PASSED"}
    assert not failed


def test_every_public_estimator_is_in_the_suite():
    public = {getattr(skrnn, name) for name in skrnn.__all__ if name != "datasets"}
    classes = {c for c in public if isinstance(c, type) and issubclass(c, BaseObject)}
    assert classes == set(ESTIMATORS)
