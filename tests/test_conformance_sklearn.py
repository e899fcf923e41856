"""scikit-learn's own suite over the estimators, in every kind of configuration."""

from sklearn.utils import estimator_checks

from skrnn import RNNClassifier, RNNRegressor

# Small and quick, and still accurate enough for the checks that ask for accuracy.
FAST = {"units": 8, "learning_rate": 0.02, "epochs": 40, "batch_size": 32}

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
    *[RNNClassifier(**FAST | variant) for variant in VARIANTS],
    *[RNNRegressor(**FAST, cell="rnn", loss=loss) for loss in LOSSES],
    RNNClassifier(**FAST, cell="rnn", class_weight="balanced"),
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
