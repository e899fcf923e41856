"""Prediction and inspection in numpy: needs no TensorFlow, no compiler.

Rows run in blocks that stay in the processor's cache; the outputs of a row do not
depend on which rows stand beside it beyond the last bits. These are bits of float64;
of float32 in large jobs, where half the time counts for more than digits that no
network has learned. Shapes alone decide.
"""

from functools import partial

import numpy as np

from skrnn.engine import _network, _numpy_ops
from skrnn.engine._memory import keep_freed_memory
from skrnn.engine._prepared import Prepared
from skrnn.engine._program import numpy_seconds
from skrnn.engine._step import Batch, value_and_gradient
from skrnn.engine._threads import one_blas_thread, side_by_side

# Rows of a block, and time steps of all its rows together.
MAX_ROWS, MAX_STEPS = 512, 12_288
# Seconds of work below which a second thread costs more than it gives.
THREADED_SECONDS = 0.01
# Seconds of work from which it is done in single precision.
SINGLE_SECONDS = 0.15


@one_blas_thread
def predict(architecture, params, x, mask=None):
    """Compute the outputs of M networks.

    Parameters
    ----------
    architecture : Architecture
    params : (M, P)
    x : (n, T, F), (n, F) or (n, T)
        May be a strided view.
    mask : (n, T) of bool or None

    Returns
    -------
    (M, n, K), or (M, n, T, K) for sequences, of float64
    """
    keep_freed_memory()
    seconds = _seconds(architecture, params, x)
    dtype = np.float32 if seconds > SINGLE_SECONDS else np.float64
    n_time = architecture.n_steps_out or x.shape[1]
    size = max(1, min(MAX_ROWS, MAX_STEPS // n_time))
    network = Prepared(architecture, params, dtype)
    block, starts = partial(_block, network, x, mask, size), range(0, len(x), size)
    threaded = seconds > THREADED_SECONDS
    parts = side_by_side(block, starts) if threaded else list(map(block, starts))
    outputs = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
    return outputs.astype(np.float64, copy=False)


def _seconds(architecture, params, x):
    n_time = architecture.n_steps_out or x.shape[1]
    return numpy_seconds(architecture, len(params), len(x), n_time)


def _block(network, x, mask, size, start):
    rows = slice(start, start + size)
    part = x[rows]
    cut = None if mask is None else mask[rows]
    if part.dtype.kind == "f":
        part = part.astype(network.dtype, copy=False)
    outputs, _ = network(part, cut)
    return outputs if outputs.ndim == 3 else outputs.transpose(0, 2, 1, 3)


@one_blas_thread
def hidden_states(architecture, params, x, mask=None):
    """Compute the states of every layer at every step, for one network.

    Returns
    -------
    list of tuple of (n, T, H)
        One entry for each layer, both directions joined along the last axis: (h,), and
        (h, c) for "lstm".
    """
    run = _network.forward(_numpy_ops, architecture, params.astype(np.float64), x, mask)
    n = architecture.directions
    return [
        tuple(
            np.concatenate(
                [d[k][0] for d in run.sequences[i : i + n]], axis=-1
            ).transpose(1, 0, 2)
            for k in range(len(run.sequences[i]))
        )
        for i in range(0, len(run.sequences), n)
    ]


@one_blas_thread
def hidden_gradients(recipe, params, x, y, weight, mask=None):
    """Compute the gradient of the summed loss with respect to h, for one network.

    Returns
    -------
    list of (n, T, H)
        One entry for each layer, both directions joined along the last axis.
    """
    batch = Batch(x, y, weight, mask, None)
    *_, dhidden = value_and_gradient(
        _numpy_ops, recipe, params.astype(np.float64), batch, 1.0, hidden=True
    )
    n = recipe.architecture.directions
    return [
        np.concatenate([d[0] for d in dhidden[i : i + n]], axis=-1).transpose(1, 0, 2)
        for i in range(0, len(dhidden), n)
    ]
