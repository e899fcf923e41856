"""The description of a network, and where its parameters are."""

import numpy as np
import pytest

from skrnn.engine import _numpy_ops
from skrnn.engine._architecture import Architecture, layout, n_parameters
from skrnn.engine._initialization import initialize
from skrnn.engine._network import pack, unpack


def test_json_round_trip(architecture):
    again = Architecture.from_json(architecture.to_json())
    assert again == architecture
    assert hash(again) == hash(architecture)


def test_layout_is_gapless_and_in_the_order_of_keras(keras, architecture):
    entries = layout(architecture)
    assert [p.start for p in entries] == [0, *(p.stop for p in entries[:-1])]
    assert entries[-1].stop == n_parameters(architecture)
    for p in entries:
        assert p.stop - p.start == np.prod(p.shape)
    from skrnn.engine._keras import to_keras

    model = to_keras(architecture, np.zeros(n_parameters(architecture)))
    assert model.count_params() == n_parameters(architecture)


def test_unpack_and_pack(case):
    weights = unpack(_numpy_ops, case.architecture, case.params)
    assert [tuple(a.shape[1:]) for a in weights.values()] == [
        p.shape for p in layout(case.architecture)
    ]
    np.testing.assert_array_equal(
        pack(_numpy_ops, case.architecture, weights), case.params
    )


WIDE = Architecture(
    "lstm",
    (200,),
    100,
    30,
    structure="seq2seq",
    skip=True,
    vocabulary_size=500,
    embedding_size=100,
)


def drawn(architecture, **options):
    flat = initialize(architecture, np.random.default_rng(0), **options)
    return {
        name: array[0] for name, array in unpack(_numpy_ops, architecture, flat).items()
    }


@pytest.mark.parametrize(
    "name", ["layer0/forward/kernel", "head/kernel", "skip/kernel"]
)
def test_kernels_are_glorot_uniform(name):
    kernel = drawn(WIDE)[name]
    limit = np.sqrt(6 / sum(kernel.shape))
    assert np.abs(kernel).max() <= limit
    assert np.abs(kernel).max() > 0.99 * limit
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.03)
    assert kernel.mean() == pytest.approx(0, abs=0.05 * limit)


def test_embedding_is_small_and_uniform():
    table = drawn(WIDE)["embedding"]
    assert 0.049 < np.abs(table).max() <= 0.05
    assert table.std() == pytest.approx(0.05 / np.sqrt(3), rel=0.03)


def test_recurrent_kernel_is_orthogonal_and_uniformly_drawn():
    recurrent = drawn(WIDE)["layer0/forward/recurrent"]
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(200), atol=1e-12)
    small = Architecture("rnn", (2,), 1, 1)
    rng = np.random.default_rng(0)
    flat = initialize(small, rng, n_networks=2000)
    corners = unpack(_numpy_ops, small, flat)["layer0/forward/recurrent"]
    # Haar's measure on O(2): rotations and reflections alike, every angle.
    assert np.mean(np.linalg.det(corners) > 0) == pytest.approx(0.5, abs=0.05)
    assert corners.mean(axis=0) == pytest.approx(np.zeros((2, 2)), abs=0.05)


def test_biases_are_zero_but_for_the_forget_gate(cell):
    weights = drawn(Architecture(cell, (3,), 2, 1))
    expected = np.zeros_like(weights["layer0/forward/bias"])
    if cell == "lstm":
        expected[3:6] = 1
    np.testing.assert_array_equal(weights["layer0/forward/bias"], expected)
    np.testing.assert_array_equal(weights["head/bias"], [0])


def test_initializers_have_the_spread_of_keras(keras, cell):
    kind = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}[cell]
    layer = getattr(keras.layers, kind)(100)
    layer.build((None, None, 50))
    ours = drawn(Architecture(cell, (100,), 50, 1))
    for variable, leaf in zip(
        layer.weights, ("kernel", "recurrent", "bias"), strict=True
    ):
        theirs, mine = variable.numpy(), ours[f"layer0/forward/{leaf}"]
        assert theirs.shape == mine.shape
        assert mine.std() == pytest.approx(theirs.std(), rel=0.05)
        assert np.abs(mine).mean() == pytest.approx(np.abs(theirs).mean(), rel=0.05)


def test_zero_head_gives_zero_outputs():
    weights = drawn(WIDE, zero_head=True)
    assert not weights["head/kernel"].any()
    assert not weights["skip/kernel"].any()
    assert weights["layer0/forward/kernel"].any()


def test_networks_are_drawn_one_after_another():
    architecture = Architecture("gru", (3,), 2, 1)
    many = initialize(architecture, np.random.default_rng(0), n_networks=3)
    one = initialize(architecture, np.random.default_rng(0))
    np.testing.assert_array_equal(many[:1], one)
    assert not np.array_equal(many[0], many[1])
