"""scikit-learn's own suite over the estimators, in every kind of configuration."""

import inspect

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils import estimator_checks

import skrnn
import skrnn.estimators
from skrnn import RNNClassifier, RNNRegressor

# Small and quick, and still accurate enough for the checks that ask for accuracy.
FAST = {"units": 8, "learning_rate": 0.02, "epochs": 40, "batch_size": 32}
# What is asked of classifiers is learned in half the time.
FASTER = FAST | {"learning_rate": 0.04, "epochs": 20}

# Each option in at least one configuration, each cell in several.
VARIANTS = [
    {"cell": "rnn", "shuffle": False, "optimizer": "rmsprop", "batch_size": 100},
    {"cell": "lstm", "bidirectional": True, "alpha": 0.01, "clip_norm": None},
    {"cell": "gru", "units": (8, 8), "residual": True, "recurrent_dropout": 0.1},
    {"cell": "gru", "early_stopping": True, "validation_fraction": 0.2},
    {"cell": "rnn", "activation": "relu", "dropout": 0.1, "optimizer": "adamw"},
    {"cell": "lstm", "structure": "vec2seq", "learning_rate_schedule": "one_cycle"},
    {"cell": "rnn", "optimizer": "sgd", "learning_rate_schedule": "cosine"},
]

LOSSES = ["absolute_error", "huber", "quantile", "poisson"]

ESTIMATORS = [
    RNNRegressor(),
    RNNClassifier(),
    *[RNNRegressor(**FAST | variant) for variant in VARIANTS],
    *[RNNClassifier(**FASTER | variant) for variant in VARIANTS],
    *[RNNRegressor(**FAST, cell="rnn", loss=loss) for loss in LOSSES],
    RNNClassifier(**FASTER, cell="rnn", class_weight="balanced"),
]


def expected_failures(estimator):
    """Checks that cannot hold, with the reason: the only place that lists any."""
    if getattr(estimator, "loss", None) != "poisson":
        return {}
    return {
        "check_regressor_multioutput": (
            "passes negative targets, whatever the tag `positive_only` says"
        )
    }


@estimator_checks.parametrize_with_checks(
    ESTIMATORS, expected_failed_checks=expected_failures
)
def test_scikit_learn_suite(estimator, check):
    check(estimator)


# What scikit-learn's suite has no data for: sequences out, and tokens. The checks that
# need none, or bring their own, are run all the same.
WITHOUT_DATA = [
    RNNRegressor(structure="seq2seq"),
    RNNClassifier(structure="seq2seq"),
    RNNRegressor(vocabulary_size=10),
    RNNClassifier(vocabulary_size=10),
]

CHECKS_WITHOUT_DATA = [
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_param_validation,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_set_params,
    estimator_checks.check_valid_tag_types,
]


@pytest.mark.parametrize("check", CHECKS_WITHOUT_DATA, ids=lambda c: c.__name__)
@pytest.mark.parametrize("estimator", WITHOUT_DATA, ids=repr)
def test_scikit_learn_checks_without_data(estimator, check):
    check(type(estimator).__name__, estimator)


# In scikit-learn's own tests, and not in its suite for others.
MORE_CHECKS = [
    estimator_checks.check_dataframe_column_names_consistency,
    estimator_checks.check_param_validation,
    estimator_checks.check_set_params,
    estimator_checks.check_get_params_invariance,
]


@pytest.mark.parametrize("check", MORE_CHECKS, ids=lambda c: c.__name__)
@pytest.mark.parametrize(
    "estimator", [RNNRegressor(epochs=2), RNNClassifier(epochs=2)], ids=repr
)
def test_scikit_learn_more_checks(estimator, check):
    check(type(estimator).__name__, estimator)


def test_no_estimator_is_left_out():
    """Those of the other rooms are in the suites of their tests."""
    public = {
        value
        for value in map(skrnn.estimators.__dict__.get, skrnn.estimators.__all__)
        if inspect.isclass(value) and issubclass(value, BaseEstimator)
    }
    assert public == {type(estimator) for estimator in ESTIMATORS}
    everything = {
        name
        for name in skrnn.__all__
        if inspect.isclass(getattr(skrnn, name))
        and issubclass(getattr(skrnn, name), BaseEstimator)
    }
    rooms = {getattr(skrnn, name).__module__.split(".")[1] for name in everything}
    assert rooms == {"estimators", "windowing"}
