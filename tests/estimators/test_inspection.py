"""States, gradients and the Keras model of a fitted network, against oracles."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skrnn import RNNClassifier, RNNRegressor
from skrnn.estimators import HiddenStates

FAST = {"epochs": 2, "random_state": 0, "learning_rate": 0.05}
CELLS = ["rnn", "lstm", "gru"]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def step_by_hand(cell, weights, x, h, c):
    """One step of a cell, written as the formulas are in the books."""
    kernel, recurrent, bias = weights
    if cell == "rnn":
        return np.tanh(x @ kernel + h @ recurrent + bias), c
    if cell == "lstm":
        i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c
    xz, xr, xh = np.split(x @ kernel + bias[0], 3, axis=-1)
    hz, hr, hh = np.split(h @ recurrent + bias[1], 3, axis=-1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    return z * h + (1 - z) * np.tanh(xh + r * hh), c


def states_by_hand(cell, weights, X):
    n_samples, n_timesteps, _ = X.shape
    n_units = weights[1].shape[0]
    h = c = np.zeros((n_samples, n_units))
    hs, cs = [], []
    for t in range(n_timesteps):
        h, c = step_by_hand(cell, weights, X[:, t], h, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


class TestHiddenStates:
    @pytest.mark.parametrize("cell", CELLS)
    def test_equal_those_of_cells_written_out(self, sequences, numbers, cell):
        model = RNNRegressor((4, 3), cell=cell, **FAST).fit(sequences, numbers)
        layers = model.hidden_states(sequences)
        inputs = sequences
        for layer, first in zip(layers, (0, 3), strict=True):
            assert isinstance(layer, HiddenStates)
            h, c = states_by_hand(cell, model.weights_[first : first + 3], inputs)
            assert_allclose(layer.h, h, atol=1e-12)
            if cell == "lstm":
                assert_allclose(layer.c, c, atol=1e-12)
            else:
                assert layer.c is None
            inputs = h
        kernel, bias = model.weights_[-2:]
        assert_allclose(model.predict(sequences), (h[:, -1] @ kernel + bias)[:, 0])

    @pytest.mark.parametrize("cell", CELLS)
    def test_of_both_directions(self, sequences, numbers, cell):
        model = RNNRegressor(3, cell=cell, bidirectional=True, **FAST)
        model.fit(sequences, numbers)
        (layer,) = model.hidden_states(sequences)
        assert layer.h.shape == (20, 6, 6)
        forward, _ = states_by_hand(cell, model.weights_[:3], sequences)
        backward, _ = states_by_hand(cell, model.weights_[3:6], sequences[:, ::-1])
        assert_allclose(layer.h[:, :, :3], forward, atol=1e-12)
        assert_allclose(layer.h[:, :, 3:], backward[:, ::-1], atol=1e-12)

    def test_are_carried_over_masked_steps(self, sequences, numbers):
        model = RNNRegressor(3, **FAST).fit(sequences, numbers)
        X = sequences.copy()
        X[:, 3] = np.nan
        (layer,) = model.hidden_states(X)
        assert_array_equal(layer.h[:, 3], layer.h[:, 2])
        assert_array_equal(layer.c[:, 3], layer.c[:, 2])

    def test_of_tokens_and_vectors(self, rng, numbers):
        X = rng.integers(0, 5, size=(20, 6))
        model = RNNRegressor(3, vocabulary_size=5, **FAST).fit(X, numbers)
        assert model.hidden_states(X)[0].h.shape == (20, 6, 3)
        model = RNNRegressor(3, structure="vec2seq", **FAST)
        model.fit(X, rng.normal(size=(20, 4)))
        assert model.hidden_states(X)[0].h.shape == (20, 4, 3)


def one_neuron(weights, x):
    """A recurrent neuron as a student writes it, with tanh."""
    w, u, b = (float(a.squeeze()) for a in weights[:3])
    h = 0.0
    for value in x:
        h = np.tanh(w * value + u * h + b)
    return h * weights[3].item() + weights[4].item()


def test_one_neuron_unrolled(sequences, numbers):
    X = sequences[:, :, 0]
    model = RNNRegressor(1, cell="rnn", **FAST).fit(X, numbers)
    expected = [one_neuron(model.weights_, x) for x in X]
    assert_allclose(model.predict(X), expected, rtol=1e-12)


class TestGradientNorms:
    @pytest.mark.parametrize("cell", CELLS)
    def test_equal_numerical_ones(self, sequences, numbers, cell):
        """Move the state after step 3 a little, and see what the loss does."""
        X, y = sequences[:5], numbers[:5]
        model = RNNRegressor(3, cell=cell, **FAST).fit(X, y)
        weights, (head, bias), step = model.weights_[:3], model.weights_[3:], 3
        (layer,) = model.hidden_states(X)
        c_start = np.zeros((5, 3)) if layer.c is None else layer.c[:, step]

        def losses(h):
            c = c_start
            for t in range(step + 1, 6):
                h, c = step_by_hand(cell, weights, X[:, t], h, c)
            return np.square((h @ head + bias)[:, 0] - y)

        h = layer.h[:, step]
        small = 1e-6
        gradient = np.stack(
            [
                (losses(h + small * e) - losses(h - small * e)) / (2 * small)
                for e in np.eye(3)
            ],
            axis=1,
        )
        expected = np.linalg.norm(gradient, axis=1).mean()
        norms = model.gradient_norms(X, y)
        assert norms.shape == (1, 6)
        assert_allclose(norms[0, step], expected, rtol=1e-5)

    def test_of_the_last_step(self, sequences, rng):
        """Where the head is next, the gradient can be written down."""
        y = rng.normal(size=(20, 2))
        model = RNNRegressor((4, 3), cell="gru", **FAST).fit(sequences, y)
        head = model.weights_[-2]
        error = model.predict(sequences) - y
        expected = np.linalg.norm(2 / 2 * error @ head.T, axis=1).mean()
        norms = model.gradient_norms(sequences, y)
        assert norms.shape == (2, 6)
        assert_allclose(norms[1, -1], expected)

    def test_of_labels(self, sequences, labels):
        model = RNNClassifier(3, cell="rnn", **FAST).fit(sequences, labels)
        error = model.predict_proba(sequences)[:, 1] - (labels == model.classes_[1])
        expected = np.abs(error).mean() * np.linalg.norm(model.weights_[-2])
        assert_allclose(model.gradient_norms(sequences, labels)[0, -1], expected)

    @pytest.mark.parametrize("structure", ["seq2seq", "vec2seq"])
    def test_of_sequences(self, sequences, rng, structure):
        y = rng.normal(size=(20, 6))
        X = sequences[:, 0] if structure == "vec2seq" else sequences
        model = RNNRegressor(3, structure=structure, **FAST).fit(X, y)
        error = model.predict(X) - y
        expected = np.abs(2 * error[:, -1] / 6).mean() * np.linalg.norm(
            model.weights_[-2]
        )
        assert_allclose(model.gradient_norms(X, y)[0, -1], expected)


def test_what_a_network_cannot_bear(sequences, numbers):
    counts = np.abs(numbers).round()
    model = RNNRegressor(
        3, cell="rnn", activation="identity", loss="poisson", **FAST
    ).fit(sequences, counts)
    with pytest.raises(ValueError, match=r"in X or y are too large .* gradients"):
        model.gradient_norms(1e6 * sequences, counts)
    with pytest.raises(ValueError, match=r"in X are too large .* states"):
        model.hidden_states(np.where(sequences > 0, 1e308, -1e308))


class TestToKeras:
    CONFIGURATIONS = [
        {"cell": "rnn"},
        {"cell": "lstm"},
        {"cell": "gru", "units": (4, 3)},
        {"cell": "lstm", "bidirectional": True},
        {"cell": "gru", "units": (3, 3), "residual": True},
        {"cell": "lstm", "structure": "seq2seq"},
        {"cell": "rnn", "activation": "relu"},
    ]

    @pytest.mark.parametrize("parameters", CONFIGURATIONS, ids=repr)
    def test_predicts_the_same(self, sequences, rng, parameters):
        X = sequences.copy()
        X[:7, :2] = np.nan
        y = rng.normal(size=(20, 6) if "structure" in parameters else 20)
        model = RNNRegressor(**{"units": 3} | parameters, **FAST).fit(X, y)
        keras_model = model.to_keras()
        outputs = np.asarray(keras_model(X.astype(np.float32)))[..., 0]
        assert_allclose(outputs, model.predict(X), rtol=1e-5, atol=1e-5)
        for ours, theirs in zip(model.weights_, keras_model.get_weights(), strict=True):
            assert_array_equal(ours.astype(np.float32), theirs)

    def test_of_a_classifier(self, rng):
        X = rng.integers(0, 5, size=(20, 6))
        model = RNNClassifier(3, vocabulary_size=5, **FAST).fit(X, np.arange(20) % 3)
        logits = np.asarray(model.to_keras()(X))
        probability = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        assert_allclose(probability, model.predict_proba(X), rtol=1e-5)

    def test_of_vectors(self, rng):
        X, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 4))
        model = RNNRegressor(3, structure="vec2seq", **FAST).fit(X, y)
        outputs = np.asarray(model.to_keras()(X.astype(np.float32)))[..., 0]
        assert_allclose(outputs, model.predict(X), rtol=1e-5, atol=1e-5)

    def test_of_another_loss_are_refused(self, sequences, numbers):
        model = RNNRegressor(3, **FAST).fit(sequences, numbers)
        model.set_params(loss="absolute_error")
        with pytest.raises(ValueError, match="which loss was fitted"):
            model.gradient_norms(sequences, numbers)
