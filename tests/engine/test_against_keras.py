"""Outputs and gradients are those of Keras's layers with the same weights."""

import numpy as np
import pytest

from skrnn.engine import _inference, _network, _numpy_ops
from skrnn.engine._architecture import Architecture, layout
from skrnn.engine._losses import Loss
from skrnn.engine._optimizers import Optimizer
from skrnn.engine._prepared import Prepared
from skrnn.engine._step import Batch, Recipe, value_and_gradient

LOSS = Loss("squared_error")


def recipe_of(architecture, loss=LOSS):
    return Recipe(architecture, loss, Optimizer("adam"))


def run_compiled(recipe, params, batch):
    """Outputs, loss and gradient of one batch, compiled by XLA in float32."""
    from skrnn.engine._tensorflow import tensorflow

    tf = tensorflow()
    from skrnn.engine import _tensorflow_ops as ops

    def to_tensor(array):
        if array is None:
            return None
        small = {"f": np.float32, "i": np.int32, "b": np.bool_}[array.dtype.kind]
        return tf.constant(array.astype(small))

    given = Batch(*(to_tensor(a) for a in batch[:4]), None)

    @tf.function(jit_compile=True, autograph=False)
    def run(params):
        out = _network.forward(
            ops, recipe.architecture, params, given.x, given.mask
        ).outputs
        return out, *value_and_gradient(ops, recipe, params, given, 1.0)[:2]

    return [a.numpy() for a in run(to_tensor(params))]


def rows_first(architecture, outputs):
    if architecture.structure == "seq2vec":
        return outputs
    return outputs.transpose(0, 2, 1, 3)


def test_outputs_and_gradients(keras, case, flat_from_keras):
    import tensorflow as tf

    from skrnn.engine._keras import to_keras

    architecture, batch = case.architecture, case.batch
    model = to_keras(architecture, case.params)
    with tf.GradientTape() as tape:
        expected = model(case.raw)
        loss = tf.reduce_sum(
            batch.weight.astype(np.float32)
            * (expected - batch.y.astype(np.float32)) ** 2
        )
    gradient = tape.gradient(loss, model.trainable_variables)
    gradient = flat_from_keras(model, architecture, gradient)
    recipe = recipe_of(architecture)

    value, ours, _ = value_and_gradient(_numpy_ops, recipe, case.params, batch, 1.0)
    out = _inference.predict(architecture, case.params, batch.x, batch.mask)
    np.testing.assert_allclose(out[0], expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(value[0], loss, rtol=1e-5)
    np.testing.assert_allclose(ours[0], gradient, rtol=1e-4, atol=1e-5)


def check_compiled(case):
    recipe, batch = recipe_of(case.architecture), case.batch
    out, value, gradient = run_compiled(recipe, case.params, batch)
    expected = _inference.predict(case.architecture, case.params, batch.x, batch.mask)
    np.testing.assert_allclose(
        rows_first(case.architecture, out), expected, rtol=1e-5, atol=1e-5
    )
    ours = value_and_gradient(_numpy_ops, recipe, case.params, batch, 1.0)
    np.testing.assert_allclose(value, ours[0], rtol=1e-5)
    np.testing.assert_allclose(gradient, ours[1], rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_compiled_equals_numpy(case):
    """What was compared with Keras above, in the other backend."""
    check_compiled(case)


def test_compiled_equals_numpy_in_a_rich_network(make, cell):
    check_compiled(
        make(
            Architecture(
                cell,
                (3, 3),
                1,
                2,
                structure="seq2seq",
                bidirectional=True,
                residual=True,
                skip=True,
                vocabulary_size=7,
                embedding_size=3,
            ),
            n_networks=2,
        )
    )


@pytest.mark.parametrize("n_time", [1, 2])
def test_compiled_equals_numpy_in_short_sequences(make, cell, n_time):
    """What stands before the loops is nearly all there is."""
    architecture = Architecture(cell, (3,), 2, 2, bidirectional=True)
    case = make(architecture, n_time=n_time)
    case.batch = case.batch._replace(mask=None)
    check_compiled(case)


@pytest.mark.parametrize("padded", ["never", "before", "after"])
@pytest.mark.parametrize("reverse", [False, True])
def test_states_of_one_layer(keras, make, cell, padded, reverse):
    """The layer is made by Keras itself, not by our export."""
    architecture = Architecture(cell, (4,), 3, 1, bidirectional=True)
    case = make(architecture)
    x, mask = case.batch.x, np.ones((6, 5), bool)
    if padded != "never":
        mask[:4, slice(0, 2) if padded == "before" else slice(3, None)] = False
    kind = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}[cell]
    layer = getattr(keras.layers, kind)(
        4, return_sequences=True, return_state=True, go_backwards=reverse
    )
    layer.build((None, None, 3))
    name = "backward" if reverse else "forward"
    layer.set_weights(
        [
            case.params[0, p.start : p.stop].reshape(p.shape)
            for p in layout(architecture)
            if p.name.startswith(f"layer0/{name}")
        ]
    )
    sequence, *end = layer(x.astype(np.float32), mask=mask)
    sequence = np.flip(sequence, 1) if reverse else np.asarray(sequence)

    run = _network.forward(_numpy_ops, architecture, case.params, x, mask)
    place = 1 if reverse else 0
    np.testing.assert_allclose(
        run.sequences[place][0][0].transpose(1, 0, 2), sequence, atol=1e-5
    )
    _, states = Prepared(architecture, case.params, np.float64)(x, mask)
    for ours, theirs in zip(states[place], end, strict=True):
        np.testing.assert_allclose(ours[0], theirs, atol=1e-5)
    both = _inference.hidden_states(architecture, case.params, x, mask)[0][0]
    part = slice(4, None) if reverse else slice(0, 4)
    np.testing.assert_allclose(both[..., part], sequence, atol=1e-5)


def test_bidirectional_layer(keras, make, cell):
    architecture = Architecture(cell, (4,), 3, 2, bidirectional=True)
    case = make(architecture)
    kind = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}[cell]
    layer = keras.layers.Bidirectional(getattr(keras.layers, kind)(4))
    layer.build((None, None, 3))
    arrays = [
        case.params[0, p.start : p.stop].reshape(p.shape) for p in layout(architecture)
    ]
    layer.set_weights(arrays[:-2])
    x, mask = case.batch.x, case.batch.mask
    expected = np.asarray(layer(x.astype(np.float32), mask=mask)) @ arrays[-2]
    out = _inference.predict(architecture, case.params, x, mask)[0]
    np.testing.assert_allclose(out, expected + arrays[-1], atol=1e-5)


def test_hidden_gradients(keras, make, cell):
    """The gradient with respect to h_t, of a layer that ends in a dense head."""
    import tensorflow as tf

    architecture = Architecture(cell, (4,), 2, 1, structure="seq2seq")
    case = make(architecture)
    batch = case.batch
    kind = {"rnn": "SimpleRNNCell", "lstm": "LSTMCell", "gru": "GRUCell"}[cell]
    layer = getattr(keras.layers, kind)(4)
    layer.build((None, 2))
    arrays = [
        case.params[0, p.start : p.stop].reshape(p.shape).astype(np.float32)
        for p in layout(architecture)
    ]
    layer.set_weights(arrays[:3])
    x, y = (tf.constant(a.astype(np.float32)) for a in (batch.x, batch.y))
    state = [tf.zeros((6, 4))] * (2 if cell == "lstm" else 1)
    with tf.GradientTape() as tape:
        hidden = []
        loss = 0.0
        for t in range(5):
            out, state = layer(x[:, t], state)
            h = tf.identity(out)
            tape.watch(h)
            state = [h, *state[1:]]
            hidden.append(h)
            error = h @ arrays[3] + arrays[4] - y[:, t]
            loss += tf.reduce_sum(batch.weight[:, t].astype(np.float32) * error**2)
    expected = np.stack([np.asarray(g) for g in tape.gradient(loss, hidden)], axis=1)

    (ours,) = _inference.hidden_gradients(
        recipe_of(architecture), case.params, batch.x, batch.y, batch.weight
    )
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("absolute_error", ()),
        ("huber", (0.7,)),
        ("quantile", (0.1, 0.9)),
        ("poisson", ()),
        ("binary_log_loss", ()),
        ("categorical_log_loss", ()),
    ],
)
def test_compiled_losses(make, name, parameter):
    case = make(Architecture("rnn", (3,), 2, 2))
    y = case.batch.y
    if name == "poisson":
        y = np.abs(y)
    if name.endswith("log_loss"):
        y = np.eye(2)[(y[:, 0] > 0).astype(int)]
    recipe = recipe_of(case.architecture, Loss(name, parameter))
    batch = case.batch._replace(y=y)
    _, value, gradient = run_compiled(recipe, case.params, batch)
    ours = value_and_gradient(_numpy_ops, recipe, case.params, batch, 1.0)
    np.testing.assert_allclose(value, ours[0], rtol=1e-5)
    np.testing.assert_allclose(gradient, ours[1], rtol=1e-4, atol=1e-5)
