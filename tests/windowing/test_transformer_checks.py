"""scikit-learn's own checks on every transformer of the room."""

import inspect

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils import estimator_checks

import skrnn.windowing
from skrnn.windowing import (
    LagsToSequences,
    SequencePadder,
    SequenceTokenizer,
    SlidingWindow,
)

# the transformers that take a numeric table, each in every kind of configuration
TABULAR = [
    SlidingWindow(),
    SlidingWindow(window_length=3, gap=1),
    SlidingWindow(window_length=1),
    SlidingWindow(window_length=4, output="2d", history=None),
    LagsToSequences(),
    LagsToSequences(order="time"),
    LagsToSequences(newest_first=True),
]

# scikit-learn's suite knows no data for these: only the checks without data run
NOT_TABULAR = [SequencePadder(), SequenceTokenizer()]

CHECKS_WITHOUT_DATA = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_param_validation,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_set_params,
    estimator_checks.check_valid_tag_types,
]

# not in scikit-learn's suite for others; they concern transformers with named columns
CHECKS_OF_NAMES = [
    estimator_checks.check_dataframe_column_names_consistency,
    estimator_checks.check_get_feature_names_out_error,
    estimator_checks.check_set_output_transform,
    estimator_checks.check_set_output_transform_pandas,
    estimator_checks.check_transformer_get_feature_names_out,
    estimator_checks.check_transformer_get_feature_names_out_pandas,
]


def expected_failures(estimator):
    """Checks that cannot hold, with the reason: the only place that lists any."""
    looks_back = isinstance(estimator, SlidingWindow) and (
        estimator.window_length > 1 or estimator.gap > 0
    )
    if not looks_back:
        return {}
    reason = (
        "a row's window holds the rows before it, so their order and presence count"
    )
    return {
        "check_methods_sample_order_invariance": reason,
        "check_methods_subset_invariance": reason,
    }


@estimator_checks.parametrize_with_checks(
    TABULAR, expected_failed_checks=expected_failures
)
def test_scikit_learn_suite(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", CHECKS_WITHOUT_DATA, ids=lambda c: c.__name__)
@pytest.mark.parametrize("estimator", [*TABULAR, *NOT_TABULAR], ids=repr)
def test_scikit_learn_checks_without_data(estimator, check):
    check(type(estimator).__name__, estimator)


@pytest.mark.parametrize("check", CHECKS_OF_NAMES, ids=lambda c: c.__name__)
@pytest.mark.parametrize("gap", [0, 2])
# check_set_output_transform_pandas mixes data with and without names on purpose
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
def test_scikit_learn_checks_of_names(gap, check):
    check("SlidingWindow", SlidingWindow(window_length=3, gap=gap, output="2d"))


def test_no_transformer_is_left_out():
    public = {
        value
        for value in map(skrnn.windowing.__dict__.get, skrnn.windowing.__all__)
        if inspect.isclass(value) and issubclass(value, BaseEstimator)
    }
    assert public == {type(estimator) for estimator in [*TABULAR, *NOT_TABULAR]}
