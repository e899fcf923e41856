"""The array operations of the network, on numpy.

`_tensorflow_ops` has the same names; everything else the networks need is Python's
operators and slices, which both understand. What is called "over" may put its result in
the place of its first argument, as ``+=`` does.
"""

import sys
from functools import lru_cache, partial

import numpy as np

from skrnn.engine._activations import activate_over, slope
from skrnn.engine._numpy_products import (
    factors as factors,
    matmul as matmul,
    matmul_transposed as matmul_transposed,
    over_steps as over_steps,
    project as project,
    times as times,
    times_steps as times_steps,
    turn as turn,
    turned as turned,
)
from skrnn.engine._numpy_scan import relay as relay, scan as scan

_THIS = sys.modules[__name__]

# The axis of features: see `turn`.
FEATURES = -2
# Whether a step keeps what could be computed again for all steps at once.
KEEPS_ALL = True

tanh = np.tanh
exp = np.exp
log = np.log
log1p = np.log1p
sqrt = np.sqrt
where = np.where
maximum = np.maximum
minimum = np.minimum
sign = np.sign
absolute = np.abs
swap = np.matrix_transpose
reshape = np.reshape
transpose = np.transpose
broadcast_to = np.broadcast_to


def concat(arrays, axis=-1):
    """Join arrays along an axis."""
    return np.concatenate(arrays, axis=axis)


def total(array, axis, keepdims=False):
    """Sum over the given axes."""
    return np.sum(array, axis=axis, keepdims=keepdims)


def total_square(array):
    """Sum of squares over the last axis, which is kept."""
    return np.sum(array * array, axis=-1, keepdims=True)


def largest(array):
    """Maximum over the last axis, which is kept."""
    return np.max(array, axis=-1, keepdims=True)


def constant(values, like):
    """An array of Python numbers, of the dtype of `like`."""
    return np.asarray(values, dtype=like.dtype)


def zeros(shape, like):
    """Zeros of the dtype of `like`."""
    return np.zeros(shape, dtype=like.dtype)


def tanh_over(z):
    """Compute tanh in the place of `z`."""
    return np.tanh(z, out=z)


def relu_over(z):
    """Replace what is below zero in `z`."""
    return np.maximum(z, 0, out=z)


def columns(z, start, stop):
    """Take some of the features."""
    return z[..., start:stop, :]


def later(function, array):
    """Compute what is needed of an array, for all steps at once: fewer calls."""
    return function(array)


def now(array):
    """Give what `later` gave as an array."""
    return array


def blocks(z, n):
    """Split the features of `n` gates."""
    width = z.shape[-2] // n
    return [z[..., k * width : (k + 1) * width, :] for k in range(n)]


def gates_over(activations, like):
    """Make a function that activates gates, of one step, in their place.

    What goes into a sigmoid is halved already.
    """
    if not _are_tanh(activations):
        return partial(_each_gate_over, activations)
    features, rows = like.shape[-2:]
    scale, shift = _scale_and_shift(activations, features, like.dtype)
    if rows > 1:  # numpy is slow at repeating a number for each row
        scale, shift = np.repeat(scale, rows, axis=1), np.repeat(shift, rows, axis=1)

    # It is as slow where arrays differ in their number of axes.
    scale, shift = scale[None], shift[None]

    def activate(z):
        np.tanh(z, out=z)
        z *= scale
        z += shift
        return z

    return activate


@lru_cache(maxsize=64)
def _are_tanh(activations):
    """Whether tanh is all that they take."""
    return set(activations) <= {"tanh", "logistic"}


@lru_cache(maxsize=64)
def _scale_and_shift(activations, features, dtype):
    """What turns tanh into the activation of each feature, as columns."""
    scales = [0.5 if name == "logistic" else 1.0 for name in activations]
    scale = np.repeat(np.array(scales, dtype), features // len(scales))[:, None]
    return scale, 1 - scale


def _each_gate_over(activations, z):
    for block, name in zip(blocks(z, len(activations)), activations, strict=True):
        if name == "logistic":
            np.tanh(block, out=block)
            block *= 0.5
            block += 0.5
        else:
            activate_over(_THIS, name, block)
    return z


def gate_slopes(gates, activations):
    """Derivatives of gates from their outputs, in few passes over long arrays."""
    n = len(activations)
    slopes = gates * gates
    for to, a, name in zip(
        blocks(slopes, n), blocks(gates, n), activations, strict=True
    ):
        if name == "logistic":
            np.subtract(a, to, out=to)
        elif name == "tanh":
            np.subtract(1, to, out=to)
        else:
            to[...] = slope(_THIS, name, a)
    return slopes


def times_blocks(z, others):
    """Multiply each block of features by an array of its own; overwrites `z`."""
    z *= np.concatenate(others, axis=FEATURES)
    return z


def rejoin(whole, *parts):
    """Join parts of `whole` that were overwritten where they are."""
    return whole


def embed(table, tokens):
    """Look up rows: (M, V, D), (B, T) -> (M, T, B, D)."""
    return table[:, tokens.T]


def embed_backward(gradient, tokens, vocabulary_size):
    """Add up (M, T, B, D) gradients of looked-up rows into (M, V, D)."""
    table = np.zeros(
        (gradient.shape[0], vocabulary_size, gradient.shape[-1]), gradient.dtype
    )
    for member, rows in zip(table, gradient, strict=True):
        np.add.at(member, tokens.T, rows)
    return table
