"""Networks of every kind with data for them, and Keras as the oracle."""

from types import SimpleNamespace

import numpy as np
import pytest

from skrnn.engine._architecture import Architecture, layout, n_parameters
from skrnn.engine._step import Batch

CELLS = ("rnn", "lstm", "gru")
VARIANTS = {
    "plain": {},
    "relu": {"activation": "relu"},
    "logistic": {"activation": "logistic"},
    "identity": {"activation": "identity"},
    "both_ways": {"bidirectional": True},
    "stack": {"units": (4, 3), "bidirectional": True},
    "residual": {"units": (4, 4, 3, 3), "residual": True},
    "residual_both_ways": {"units": (3, 3), "residual": True, "bidirectional": True},
    "seq2seq": {"structure": "seq2seq", "units": (4, 4), "residual": True},
    "skip": {"structure": "seq2seq", "skip": True, "bidirectional": True},
    "vec2seq": {"structure": "vec2seq", "n_steps_out": 5, "units": (4, 3)},
    "tokens": {"vocabulary_size": 7, "embedding_size": 3, "n_inputs": 1},
    "tokens_seq2seq": {
        "vocabulary_size": 7,
        "embedding_size": 3,
        "n_inputs": 1,
        "structure": "seq2seq",
        "skip": True,
        "units": (4, 4),
        "bidirectional": True,
        "residual": True,
    },
}


@pytest.fixture(scope="session")
def keras():
    from skrnn.engine._tensorflow import tensorflow

    tensorflow()
    import keras

    return keras


@pytest.fixture(params=CELLS)
def cell(request):
    return request.param


@pytest.fixture(params=VARIANTS.values(), ids=VARIANTS)
def architecture(request, cell):
    options = {"units": (4,), "n_inputs": 2, "n_outputs": 2, **request.param}
    return Architecture(cell, **options)


@pytest.fixture
def case(architecture):
    """Random parameters and a batch of sequences, two of them padded."""
    return make_case(architecture)


@pytest.fixture
def make():
    """Hand out `make_case` to tests that choose the architecture themselves."""
    return make_case


def make_case(architecture, n_rows=6, n_time=5, n_networks=1, seed=0):
    rng = np.random.default_rng(seed)
    params = 0.6 * rng.standard_normal((n_networks, n_parameters(architecture)))
    present = np.ones((n_rows, n_time), dtype=bool)
    present[0, 3:] = False
    present[1, :2] = False
    if architecture.structure == "vec2seq":
        raw = x = rng.standard_normal((n_rows, architecture.n_inputs))
        mask = None
        present[:] = True
    elif architecture.embedded:
        tokens = rng.integers(1, architecture.vocabulary_size, (n_rows, n_time))
        raw = x = np.where(present, tokens, 0)
        mask = present
    else:
        x = rng.standard_normal((n_rows, n_time, architecture.n_inputs))
        raw = np.where(present[..., None], x, np.nan)
        x = np.where(present[..., None], x, 0.0)
        mask = present
    leading = (n_rows,) if architecture.structure == "seq2vec" else (n_rows, n_time)
    weight = rng.uniform(0.5, 2, (*leading, 1))
    if len(leading) == 2:
        weight = weight * present[..., None]
    y = rng.standard_normal((*leading, architecture.n_outputs))
    return SimpleNamespace(
        architecture=architecture,
        params=params,
        # What a user would pass to Keras, padding included.
        raw=raw if architecture.embedded else raw.astype(np.float32),
        batch=Batch(x, y, weight, mask, None),
    )


@pytest.fixture
def flat_from_keras():
    """Collect what belongs to the weights of an exported model, in our order."""

    def flat(model, architecture, tensors):
        of_variable = {
            id(v): t for v, t in zip(model.trainable_variables, tensors, strict=True)
        }
        position = {}
        parts = []
        for p in layout(architecture):
            layer = (p.name.rpartition("/")[0] or p.name).replace("/", "_")
            variables = model.get_layer(layer).trainable_variables
            i = position.get(layer, 0)
            position[layer] = i + 1
            parts.append(np.ravel(_dense(of_variable[id(variables[i])])))
        return np.concatenate(parts)

    return flat


def _dense(tensor):
    import tensorflow as tf

    return np.asarray(tf.convert_to_tensor(tensor))
