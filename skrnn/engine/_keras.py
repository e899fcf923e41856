"""The same network as a Keras model: the way out, to everything that reads Keras.

Importing this module imports Keras, so that only an export should. The model holds
nothing but Keras's own layers and operations: it is saved, loaded and trained on
without skrnn.
"""

import numpy as np

from skrnn.engine._architecture import layout
from skrnn.engine._network import directions
from skrnn.engine._tensorflow import tensorflow

tensorflow()
import keras  # noqa: E402 (TensorFlow first, for its settings and its silence)

CELLS = {
    "rnn": keras.layers.SimpleRNN,
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
}
ACTIVATIONS = {
    "tanh": "tanh",
    "relu": "relu",
    "logistic": "sigmoid",
    "identity": "linear",
}


def to_keras(architecture, params):
    """Build the Keras model of a network.

    Parameters
    ----------
    architecture : Architecture
    params : ndarray of shape (n_parameters,) or (1, n_parameters)

    Returns
    -------
    keras.Model
        In float32. Takes (n, T, F) with all-NaN steps as padding, (n, F) for
        "vec2seq", or (n, T) of int for tokens with 0 as padding; gives (n, K), or
        (n, T, K) for sequences.
    """
    inputs, first, mask = _enter(architecture)
    top = _recurrent_layers(architecture, first, mask)
    outputs = _head(architecture, top, first)
    model = keras.Model(inputs, outputs)
    _set_weights(model, architecture, np.ravel(params))
    return model


def _enter(architecture):
    """Return the model's input, the first layer's input, and which steps count."""
    if architecture.embedded:
        tokens = keras.Input((None,), dtype="int32", name="tokens")
        embedding = keras.layers.Embedding(
            architecture.vocabulary_size,
            architecture.embedding_size,
            mask_zero=True,
            name="embedding",
        )
        return tokens, embedding(tokens), keras.ops.not_equal(tokens, 0)
    if architecture.structure == "vec2seq":
        vector = keras.Input((architecture.n_inputs,), name="vector")
        repeat = keras.layers.RepeatVector(architecture.n_steps_out, name="repeat")
        return vector, repeat(vector), None
    steps = keras.Input((None, architecture.n_inputs), name="steps")
    padding = keras.ops.all(keras.ops.isnan(steps), axis=-1, keepdims=True)
    filled = keras.ops.where(padding, 0.0, steps)
    return steps, filled, keras.ops.logical_not(keras.ops.squeeze(padding, axis=-1))


def _recurrent_layers(architecture, current, mask):
    """Stack the recurrent layers: every step, or the end of each direction."""
    last = len(architecture.units) - 1
    to_vector = architecture.structure == "seq2vec"
    for i in range(last + 1):
        below, residual = current, architecture.adds_input(i)
        sequences = i < last or residual or not to_vector
        current = _recurrent(architecture, i, below, mask, sequences)
        if residual:
            current = keras.layers.Add(name=f"layer{i}_sum")([current, below])
    return _ends(architecture, current) if to_vector and residual else current


def _recurrent(architecture, i, below, mask, sequences):
    """Run layer `i`, in both directions where there are two.

    Keras's Bidirectional would do, were it not that it puts out zeros for padded steps
    where each of its two layers alone repeats its last state, as skrnn does.
    """
    options = {
        "activation": ACTIVATIONS[architecture.activation],
        "return_sequences": sequences,
    }
    if architecture.cell != "rnn":
        # cuDNN refuses sequences that are padded before their first step.
        options["use_cudnn"] = False
    parts = []
    for k, name, reverse in directions(architecture):
        if k == i:
            layer = CELLS[architecture.cell](
                architecture.units[i],
                go_backwards=reverse,
                name=f"layer{i}_{name}",
                **options,
            )
            part = layer(below, mask=mask)
            parts.append(keras.ops.flip(part, 1) if reverse and sequences else part)
    return _join(parts, f"layer{i}")


def _ends(architecture, sequence):
    """Take the state after the last step of each direction."""
    n = architecture.units[-1]
    ends = [sequence[:, -1, :n], sequence[:, 0, n:]]
    return _join(ends[: architecture.directions], "ends")


def _join(parts, name):
    return parts[0] if len(parts) == 1 else keras.layers.Concatenate(name=name)(parts)


def _head(architecture, top, first):
    head = keras.layers.Dense(architecture.n_outputs, name="head")
    if architecture.structure == "seq2vec":
        return head(top)
    outputs = keras.layers.TimeDistributed(head, name="head")(top)
    if not architecture.skip:
        return outputs
    skip = keras.layers.Dense(architecture.n_outputs, use_bias=False, name="skip")
    through = keras.layers.TimeDistributed(skip, name="skip")(first)
    return keras.layers.Add(name="outputs")([outputs, through])


def _set_weights(model, architecture, params):
    """Hand each layer its arrays; within a layer their order is Keras's already."""
    arrays: dict = {}
    for p in layout(architecture):
        layer = p.name.rpartition("/")[0] or p.name
        arrays.setdefault(layer, []).append(params[p.start : p.stop].reshape(p.shape))
    for layer, weights in arrays.items():
        model.get_layer(layer.replace("/", "_")).set_weights(weights)
