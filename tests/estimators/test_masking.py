"""A masked step is no step: the result is that of the shorter sequence."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.testing import assert_allclose

from skrnn import RNNClassifier, RNNRegressor

N_SAMPLES, N_TIMESTEPS, N_FEATURES = 7, 6, 2
TOLERANCE = {"rtol": 1e-9, "atol": 1e-12}


@st.composite
def masks(draw):
    """Which steps count, at least one in each sequence."""
    steps = st.lists(st.booleans(), min_size=N_TIMESTEPS, max_size=N_TIMESTEPS)
    rows = [draw(steps.filter(any)) for _ in range(N_SAMPLES)]
    return np.array(rows)


networks = st.fixed_dictionaries(
    {
        "cell": st.sampled_from(["rnn", "lstm", "gru"]),
        "units": st.sampled_from([3, (2, 2), (2, 3)]),
        "bidirectional": st.booleans(),
        "residual": st.booleans(),
        "activation": st.sampled_from(["tanh", "relu", "logistic", "identity"]),
    }
)


def masked(X, mask):
    return np.where(mask[:, :, None], X, np.nan)


def data(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N_SAMPLES, N_TIMESTEPS, N_FEATURES))
    return X, rng.normal(size=(N_SAMPLES, N_TIMESTEPS))


@settings(max_examples=60)
@given(networks, masks(), st.integers(0, 9))
def test_prediction_of_one_value(network, mask, seed):
    X, y = data(seed)
    model = RNNRegressor(**network, epochs=1, random_state=seed).fit(X, y[:, 0])
    predicted = model.predict(masked(X, mask))
    shorter = [model.predict(x[m][None])[0] for x, m in zip(X, mask, strict=True)]
    assert_allclose(predicted, shorter, **TOLERANCE)


@settings(max_examples=60)
@given(networks, masks(), st.integers(0, 9))
def test_prediction_of_a_sequence(network, mask, seed):
    X, y = data(seed)
    model = RNNRegressor(**network, structure="seq2seq", epochs=1, random_state=seed)
    predicted = model.fit(X, y).predict(masked(X, mask))
    assert np.isfinite(predicted).all()
    for x, m, p in zip(X, mask, predicted, strict=True):
        assert_allclose(p[m], model.predict(x[m][None])[0], **TOLERANCE)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("structure", ["seq2vec", "seq2seq"])
@pytest.mark.parametrize("where", ["front", "end", "middle"])
def test_training(cell, bidirectional, structure, where):
    X, y = data(0)
    places = {"front": [0] * 3, "end": [N_TIMESTEPS] * 3, "middle": [0, 2, 5]}[where]
    model = RNNRegressor(
        (3, 2), cell=cell, bidirectional=bidirectional, structure=structure, epochs=5,
        learning_rate=0.01, alpha=0.1, random_state=0,
    )  # fmt: skip
    padded = np.insert(X, places, np.nan, axis=1)
    if structure == "seq2vec":
        y, padded_y = y[:, 0], y[:, 0]
    else:
        padded_y = np.insert(y, places, np.nan, axis=1)
    expected = model.fit(X, y)
    loss_curve, weights = expected.loss_curve_, expected.weights_
    model.fit(padded, padded_y)
    assert_allclose(model.loss_curve_, loss_curve, rtol=1e-9)
    for a, b in zip(model.weights_, weights, strict=True):
        assert_allclose(a, b, rtol=1e-7, atol=1e-10)
    assert_allclose(model.score(padded, padded_y), model.score(X, y))


def test_training_in_a_compiled_program():
    X, y = data(0)
    model = RNNRegressor(
        3, cell="rnn", epochs=5, learning_rate=0.01, jit_compile=True, random_state=0
    )
    expected = [w.copy() for w in model.fit(X, y[:, 0]).weights_]
    model.fit(np.insert(X, [0, 2, 5], np.nan, axis=1), y[:, 0])
    assert expected[0].dtype == np.float32
    for a, b in zip(model.weights_, expected, strict=True):
        assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_labels_of_masked_steps_are_no_classes():
    X, y = data(0)
    y = np.where(y > 0, "up", "down").astype(object)
    padded = np.insert(X, 0, np.nan, axis=1)
    padded_y = np.insert(y, 0, "padding", axis=1)
    model = RNNClassifier(3, structure="seq2seq", epochs=3, random_state=0)
    model.fit(padded, padded_y)
    assert model.classes_.tolist() == ["down", "up"]
    assert model.predict(padded).shape == padded_y.shape
    assert model.score(padded, padded_y) == model.fit(X, y).score(X, y)


def test_numbers_are_needed_where_nothing_is_masked():
    X, y = data(0)
    y[3, 2] = np.nan
    model = RNNRegressor(3, structure="seq2seq", epochs=1)
    with pytest.raises(ValueError, match=r"y contains NaN .* sample 3, time step 2"):
        model.fit(X, y)
    X[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"y contains NaN .* sample 3, time step 2"):
        model.fit(X, y)
    X[3, 2] = np.nan
    assert np.isfinite(model.fit(X, y).loss_curve_).all()


@pytest.mark.parametrize("y_value", [np.nan, None])
def test_labels_are_needed_where_nothing_is_masked(y_value):
    X, y = data(0)
    y = np.where(y > 0, "up", "down").astype(object)
    y[3, 2] = y_value
    model = RNNClassifier(3, structure="seq2seq", epochs=1)
    with pytest.raises((ValueError, TypeError), match=r"NaN|str"):
        model.fit(X, y)
