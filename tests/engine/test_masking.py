"""Padding: a padded sequence is a shorter sequence."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from skrnn.engine import _inference, _numpy_ops
from skrnn.engine._architecture import Architecture, n_parameters
from skrnn.engine._losses import Loss
from skrnn.engine._optimizers import Optimizer
from skrnn.engine._step import Batch, Recipe, value_and_gradient

architectures = st.builds(
    Architecture,
    cell=st.sampled_from(["rnn", "lstm", "gru"]),
    units=st.sampled_from([(3,), (2, 2), (3, 2, 2)]),
    n_inputs=st.integers(1, 3),
    n_outputs=st.integers(1, 2),
    structure=st.sampled_from(["seq2vec", "seq2seq"]),
    activation=st.sampled_from(["tanh", "relu", "logistic", "identity"]),
    bidirectional=st.booleans(),
    residual=st.booleans(),
)
lengths = st.integers(1, 4)
paddings = st.integers(0, 3)


def padded(architecture, before, length, after, seed):
    """Sequences, the same with noise for padding on both sides, and the mask."""
    rng = np.random.default_rng(seed)
    n_time = before + length + after
    x = rng.standard_normal((3, n_time, architecture.n_inputs))
    mask = np.zeros((3, n_time), dtype=bool)
    mask[:, before : before + length] = True
    params = 0.6 * rng.standard_normal((2, n_parameters(architecture)))
    return params, x, mask, slice(before, before + length)


@given(architectures, paddings, lengths, paddings, st.integers(0, 99))
def test_padding_changes_no_output(architecture, before, length, after, seed):
    params, x, mask, kept = padded(architecture, before, length, after, seed)
    short = _inference.predict(architecture, params, x[:, kept])
    long = _inference.predict(architecture, params, x, mask)
    if architecture.structure == "seq2seq":
        long = long[:, :, kept]
    np.testing.assert_allclose(long, short, rtol=1e-9, atol=1e-12)


@given(architectures, paddings, lengths, paddings, st.integers(0, 99))
def test_padding_changes_no_gradient(architecture, before, length, after, seed):
    params, x, mask, kept = padded(architecture, before, length, after, seed)
    rng = np.random.default_rng(seed)
    recipe = Recipe(architecture, Loss("squared_error"), Optimizer("adam"))
    sequences = architecture.structure == "seq2seq"
    leading = x.shape[:2] if sequences else x.shape[:1]
    y = rng.standard_normal((*leading, architecture.n_outputs))
    weight = mask[..., None].astype(float) if sequences else np.ones((3, 1))

    def cut(array):
        return array[:, kept] if sequences else array

    value, gradient, _ = value_and_gradient(
        _numpy_ops, recipe, params, Batch(x, y, weight, mask, None), 1.0
    )
    short = Batch(x[:, kept], cut(y), cut(weight), None, None)
    expected = value_and_gradient(_numpy_ops, recipe, params, short, 1.0)
    np.testing.assert_allclose(value, expected[0], rtol=1e-9)
    np.testing.assert_allclose(gradient, expected[1], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("structure", ["seq2vec", "seq2seq"])
def test_tokens(cell, structure):
    architecture = Architecture(
        cell, (4,), 1, 2, structure, vocabulary_size=9, embedding_size=3
    )
    rng = np.random.default_rng(0)
    params = rng.standard_normal((1, n_parameters(architecture)))
    tokens = rng.integers(1, 9, (5, 4))
    long = np.pad(tokens, ((0, 0), (2, 1)))
    out = _inference.predict(architecture, params, long, long != 0)
    if structure == "seq2seq":
        out = out[:, :, 2:-1]
    np.testing.assert_allclose(
        out, _inference.predict(architecture, params, tokens, None), rtol=1e-12
    )


def test_states_are_carried_over_padding(cell):
    architecture = Architecture(cell, (3,), 1, 1)
    params = np.random.default_rng(0).standard_normal((1, n_parameters(architecture)))
    x = np.random.default_rng(1).standard_normal((2, 5, 1))
    mask = np.ones((2, 5), dtype=bool)
    mask[0, 3:] = mask[1, :2] = False
    for states in _inference.hidden_states(architecture, params, x, mask)[0]:
        np.testing.assert_array_equal(states[0, 3], states[0, 2])
        np.testing.assert_array_equal(states[0, 4], states[0, 2])
        np.testing.assert_array_equal(states[1, :2], np.zeros((2, 3)))
