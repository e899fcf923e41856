"""RNNRegressor: losses, outputs, structures, weights."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.metrics import d2_pinball_score, r2_score

from skrnn import RNNRegressor

FAST = {"units": 4, "cell": "gru", "epochs": 3, "random_state": 0}
QUICK = {"units": 4, "cell": "rnn", "epochs": 200, "learning_rate": 0.02}


class TestOutputs:
    @pytest.mark.parametrize("shape", [(20,), (20, 1), (20, 3)])
    def test_one_for_a_sequence(self, sequences, rng, shape):
        y = rng.normal(size=shape)
        predicted = RNNRegressor(**FAST).fit(sequences, y).predict(sequences)
        assert predicted.shape == shape
        assert predicted.dtype == np.float64

    @pytest.mark.parametrize("shape", [(20, 6), (20, 6, 1), (20, 6, 3)])
    def test_one_for_a_step(self, sequences, rng, shape):
        y = rng.normal(size=shape)
        model = RNNRegressor(**FAST, structure="seq2seq").fit(sequences, y)
        assert model.predict(sequences).shape == shape
        flat = model.predict(sequences).reshape(120, -1)
        assert_allclose(model.score(sequences, y), r2_score(y.reshape(120, -1), flat))

    @pytest.mark.parametrize("shape", [(20,), (20, 4), (20, 4, 1), (20, 4, 3)])
    def test_a_sequence_for_a_vector(self, sequences, rng, shape):
        y = rng.normal(size=shape)
        model = RNNRegressor(**FAST, structure="vec2seq").fit(sequences[:, 0], y)
        assert model.predict(sequences[:, 0]).shape == shape

    def test_same_as_separate_losses(self, sequences, rng):
        """The loss is the mean over outputs, as two equal outputs show."""
        y = rng.normal(size=20)
        one = RNNRegressor(**FAST).fit(sequences, y)
        two = RNNRegressor(**FAST).fit(sequences, np.column_stack([y, y]))
        assert_allclose(two.loss_curve_[0], one.loss_curve_[0], rtol=0.2)

    def test_other_number_than_before(self, sequences, numbers):
        model = RNNRegressor(**FAST).fit(sequences, numbers)
        with pytest.raises(ValueError, match=r"n_outputs=2, but .* n_outputs=1"):
            model.partial_fit(sequences, np.column_stack([numbers, numbers]))
        with pytest.raises(ValueError, match="shape of the predictions"):
            model.score(sequences, np.column_stack([numbers, numbers]))


@pytest.mark.parametrize(
    ("structure", "y", "message"),
    [
        (
            "seq2vec",
            np.zeros((20, 6, 1)),
            r"\(n_samples,\) or \(n_samples, n_outputs\)",
        ),
        (
            "seq2seq",
            np.zeros(20),
            r"\(n_samples, n_timesteps\) or .* got \(20,\), with",
        ),
        ("seq2seq", np.zeros((20, 5)), "time axis of X, of 6 steps, got 5"),
        ("seq2vec", np.zeros(19), "inconsistent numbers of samples"),
        ("seq2vec", np.full(20, np.nan), "y contains NaN"),
        ("seq2vec", np.full(20, np.inf), "y contains infinity"),
        ("seq2vec", None, "requires y to be passed"),
        ("seq2vec", np.array(["a"] * 20), "dtype='numeric'|convert string"),
    ],
)
def test_bad_targets(sequences, structure, y, message):
    with pytest.raises(ValueError, match=message):
        RNNRegressor(**FAST, structure=structure).fit(sequences, y)


class TestLosses:
    """With the same X everywhere, the best a network can do is a known constant."""

    X = np.zeros((200, 3))
    y = np.random.default_rng(0).gamma(2, size=200)

    @pytest.mark.parametrize(
        ("parameters", "best"),
        [
            ({}, np.mean),
            ({"loss": "poisson"}, np.mean),
            ({"loss": "absolute_error"}, np.median),
            ({"loss": "huber", "delta": 1e-3}, np.median),
            ({"loss": "huber", "delta": 100.0}, np.mean),
            ({"loss": "quantile"}, np.median),
            ({"loss": "quantile", "quantile": 0.9}, lambda y: np.quantile(y, 0.9)),
        ],
    )
    def test_optimum(self, parameters, best):
        model = RNNRegressor(**QUICK, **parameters, batch_size=200, random_state=0)
        predicted = model.fit(self.X, self.y).predict(self.X[:1])
        assert_allclose(predicted, best(self.y), rtol=0.02)

    def test_weights_move_the_optimum(self):
        weight = np.where(self.y > 2, 5.0, 1.0)
        model = RNNRegressor(**QUICK, batch_size=200, random_state=0)
        predicted = model.fit(self.X, self.y, weight).predict(self.X[:1])
        assert_allclose(predicted, np.average(self.y, weights=weight), rtol=0.02)

    def test_training_starts_at_the_best_constant(self):
        y = 1000 + self.y
        model = RNNRegressor(4, epochs=1, learning_rate=1e-9).fit(self.X, y)
        assert_allclose(model.predict(self.X), y.mean())
        assert_allclose(model.loss_curve_[0], y.var())

    @pytest.mark.parametrize(
        "parameters",
        [
            {"loss": "squared_error"},
            {"loss": "absolute_error"},
            {"loss": "huber"},
            {"loss": "quantile", "quantile": [0.1, 0.9]},
            {"loss": "squared_error", "early_stopping": True},
            {"loss": "squared_error", "jit_compile": True},
        ],
    )
    def test_the_level_of_y_leaves_no_trace(self, rng, parameters):
        # wide enough for float32, in which 1e8 and 1e8 + 1 are the same
        model = RNNRegressor(64, epochs=5, random_state=0, **parameters)
        X = rng.normal(size=(100, 4))
        y = X.sum(axis=1)
        low, high = clone(model).fit(X, y), clone(model).fit(X, y + 1e8)
        assert low.weights_[0].dtype == np.float32
        assert_allclose(high.predict(X) - 1e8, low.predict(X), atol=1e-4)
        assert_allclose(high.loss_curve_, low.loss_curve_, rtol=1e-4)
        high.set_params(early_stopping=False).partial_fit(X, y + 1e8)
        low.set_params(early_stopping=False).partial_fit(X, y)
        assert_allclose(high.predict(X) - 1e8, low.predict(X), atol=1e-4)

    def test_several_quantiles(self, rng):
        levels = [0.9, 0.1, 0.5]
        X = rng.normal(size=(150, 4))
        y = X.sum(axis=1) + rng.normal(size=150)
        model = RNNRegressor(**QUICK, loss="quantile", quantile=levels, random_state=0)
        predicted = model.fit(X, y).predict(X)
        assert predicted.shape == (150, 3)
        assert (predicted[:, 1] <= predicted[:, 2]).all()
        assert (predicted[:, 2] <= predicted[:, 0]).all()
        below = (y[:, None] < predicted).mean(axis=0)
        assert_allclose(below, levels, atol=0.06)
        scores = [
            d2_pinball_score(y, predicted[:, i], alpha=level)
            for i, level in enumerate(levels)
        ]
        assert_allclose(model.score(X, y), np.mean(scores))

    def test_shapes_of_quantiles(self, sequences, rng):
        model = RNNRegressor(**FAST, loss="quantile", quantile=[0.2, 0.8])
        y = rng.normal(size=(20, 3))
        assert model.fit(sequences, y).predict(sequences).shape == (20, 3, 2)
        model.set_params(structure="seq2seq")
        y = rng.normal(size=(20, 6))
        assert model.fit(sequences, y).predict(sequences).shape == (20, 6, 2)
        y = rng.normal(size=(20, 6, 3))
        assert model.fit(sequences, y).predict(sequences).shape == (20, 6, 3, 2)
        assert np.isfinite(model.score(sequences, y))

    @pytest.mark.parametrize(
        "quantile",
        [[], [0.5, 1.0], [[0.5]], [[0.1], [0.2, 0.9]], 1.5, "half", ["a"], [np.nan]],
    )
    def test_bad_quantiles(self, quantile):
        with pytest.raises(
            ValueError, match="The 'quantile' parameter of RNNRegressor"
        ):
            RNNRegressor(loss="quantile", quantile=quantile).fit(self.X, self.y)

    def test_counts_are_positive(self, rng):
        X = rng.normal(size=(100, 5))
        y = rng.poisson(np.exp(3 + X.mean(axis=1)))
        model = RNNRegressor(**QUICK, loss="poisson", random_state=0).fit(X, y)
        assert (model.predict(100 * X) > 0).all()
        assert model.score(X, y) > 0.5
        with pytest.raises(
            ValueError, match=r"poisson', y must not be negative, got -1"
        ):
            model.fit(X, y - y.min() - 1)


class TestWeights:
    """A sample of weight 2 is the sample twice: to the last bit."""

    CONFIGURATIONS = [
        {},
        {"dropout": 0.3, "recurrent_dropout": 0.3},
        {"batch_size": 5},
        {"early_stopping": True, "validation_fraction": 0.3},
        {"optimizer": "adamw", "learning_rate_schedule": "cosine", "alpha": 0.1},
        {"shuffle": False, "batch_size": 300},
        {"jit_compile": True, "cell": "rnn"},
    ]

    @pytest.mark.parametrize("parameters", CONFIGURATIONS, ids=repr)
    def test_repetitions(self, rng, parameters):
        X, y = rng.normal(size=(40, 4)), rng.normal(size=40)
        X[3, :2] = np.nan
        weight = rng.integers(0, 4, size=40)
        model = RNNRegressor(**FAST | parameters)
        order = rng.permutation(40)
        weighted = model.fit(X[order], y[order], weight[order]).weights_
        repeated = model.fit(X.repeat(weight, axis=0), y.repeat(weight)).weights_
        for a, b in zip(weighted, repeated, strict=True):
            assert_array_equal(a, b)

    def test_only_ratios_count(self, sequences, numbers, rng):
        weight = rng.uniform(0.5, 2, size=20)
        model = RNNRegressor(**FAST)
        small = model.fit(sequences, numbers, weight).predict(sequences)
        large = model.fit(sequences, numbers, 1000 * weight).predict(sequences)
        assert_allclose(small, large, rtol=1e-6)

    def test_of_sequences(self, sequences, rng):
        y = rng.normal(size=(20, 6))
        weight = np.repeat([1.0, 0.0], 10)
        model = RNNRegressor(**FAST, structure="seq2seq")
        weighted = model.fit(sequences, y, weight).predict(sequences)
        cut = model.fit(sequences[:10], y[:10]).predict(sequences)
        assert_array_equal(weighted, cut)
        assert_allclose(
            model.score(sequences, y, weight), model.score(sequences[:10], y[:10])
        )

    @pytest.mark.parametrize(
        ("weight", "message"),
        [
            (np.zeros(20), "at least one non-zero"),
            (-np.ones(20), "Negative values"),
            (np.ones(19), r"sample_weight.shape == \(19,\), expected \(20,\)"),
            (np.full(20, np.nan), "sample_weight contains NaN"),
        ],
    )
    def test_bad_weights(self, sequences, numbers, weight, message):
        with pytest.raises(ValueError, match=message):
            RNNRegressor(**FAST).fit(sequences, numbers, weight)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"cell": "LSTM"}, "The 'cell' parameter of RNNRegressor must be a str among"),
        ({"units": -1}, "The 'units' parameter of RNNRegressor must be"),
        ({"units": (4, 0)}, r"The 'units' parameter .* Got \(4, 0\) instead"),
        ({"units": ()}, "The 'units' parameter .* non-empty"),
        ({"units": (2.5,)}, "The 'units' parameter"),
        ({"dropout": 1.0}, "The 'dropout' parameter"),
        ({"learning_rate": 0}, "The 'learning_rate' parameter"),
        ({"loss": "log_loss"}, "The 'loss' parameter"),
        ({"structure": "vec2vec"}, "The 'structure' parameter"),
        ({"batch_size": 0}, "The 'batch_size' parameter"),
        ({"epochs": 0}, "The 'epochs' parameter"),
        ({"random_state": "a"}, "The 'random_state' parameter"),
        ({"n_features_per_step": 0}, "The 'n_features_per_step' parameter"),
        ({"optimizer": "lbfgs"}, "The 'optimizer' parameter"),
    ],
)
def test_bad_parameters(sequences, numbers, parameters, message):
    with pytest.raises(ValueError, match=message):
        RNNRegressor(**parameters).fit(sequences, numbers)


def test_a_loss_that_overflows_is_an_error(sequences, numbers):
    model = RNNRegressor(
        4, cell="rnn", activation="identity", learning_rate=1e3, clip_norm=None
    )
    with pytest.raises(ValueError, match="no longer finite"):
        model.fit(1e150 * sequences, 1e150 * numbers)


def test_every_setting_changes_the_network(sequences, numbers):
    """No parameter is read and forgotten."""
    base = {"units": (4, 4), "cell": "lstm", "epochs": 3, "random_state": 0}
    changes = [
        {"cell": "gru"},
        {"units": 5},
        {"bidirectional": True},
        {"residual": True},
        {"activation": "relu"},
        {"dropout": 0.5},
        {"recurrent_dropout": 0.5},
        {"loss": "absolute_error"},
        {"loss": "huber", "delta": 0.1},
        {"optimizer": "sgd"},
        {"optimizer": "sgd", "momentum": 0.0},
        {"optimizer": "rmsprop"},
        {"optimizer": "adamw"},
        {"optimizer": "adamw", "weight_decay": 0.5},
        {"learning_rate": 0.01},
        {"learning_rate_schedule": "cosine"},
        {"learning_rate_schedule": "one_cycle"},
        {"alpha": 1.0},
        {"clip_norm": 1e-3, "optimizer": "sgd"},
        {"batch_size": 3},
        {"epochs": 4},
        {"shuffle": False},
        {"early_stopping": True},
        {"early_stopping": True, "validation_fraction": 0.5},
        {"random_state": 1},
    ]
    seen = set()
    for change in [{}, *changes]:
        model = RNNRegressor(**base | change).fit(sequences, numbers)
        seen.add(model.predict(sequences).tobytes())
    assert len(seen) == len(changes) + 1


def test_a_limit_beyond_single_precision_clips_nothing(sequences, numbers):
    model = RNNRegressor(64, epochs=2, clip_norm=None, random_state=0)
    free = model.fit(sequences, numbers).predict(sequences)
    assert model.weights_[0].dtype == np.float32
    model.set_params(clip_norm=1e300).fit(sequences, numbers)
    assert_array_equal(model.predict(sequences), free)


def test_predictions_are_those_of_the_fit(sequences, numbers):
    """Parameters changed after it wait for the next."""
    levels = {"loss": "quantile", "quantile": [0.1, 0.9]}
    for fitted, changed in [
        ({}, levels),
        (levels, {"loss": "squared_error"}),
        (levels, {"quantile": 0.5}),
        ({}, {"loss": "poisson"}),
        ({}, {"structure": "vec2seq"}),
        ({}, {"vocabulary_size": 5}),
    ]:
        model = RNNRegressor(**FAST).set_params(**fitted).fit(sequences, numbers)
        before, score = model.predict(sequences), model.score(sequences, numbers)
        assert_array_equal(model.set_params(**changed).predict(sequences), before)
        assert model.score(sequences, numbers) == score


def test_other_features_per_step_than_in_fit(sequences, numbers):
    model = RNNRegressor(**FAST).fit(sequences[:, :, 0], numbers)
    with pytest.raises(ValueError, match="1 features, as in fit, got 2"):
        model.set_params(n_features_per_step=2).predict(sequences[:, :, 0])


def test_too_large_for_the_network(sequences, numbers):
    model = RNNRegressor(**FAST | {"activation": "identity", "cell": "rnn"})
    model.fit(sequences, numbers)
    model.weights_ = [10 * w for w in model.weights_]
    with pytest.raises(ValueError, match=r"too large .* Scale the data"):
        model.predict(np.full((20, 900, 2), 1e308))
