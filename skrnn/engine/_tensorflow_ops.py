"""The array operations of the network, on TensorFlow, for tracing under XLA.

Names and meaning are those of `_numpy_ops`. Imported only where a job is compiled.
"""

import sys
from functools import partial

import numpy as np
import tensorflow as tf

from skrnn.engine._activations import activate, slope
from skrnn.engine._tensorflow_scan import Later as later, relay as relay, scan as scan

_THIS = sys.modules[__name__]

# The axis of features: see `turn`.
FEATURES = -1
# A call of XLA's takes longer than to compute again.
KEEPS_ALL = False
_COLUMNS = 32

tanh = tf.tanh
exp = tf.exp
log = tf.math.log
log1p = tf.math.log1p
sqrt = tf.sqrt
where = tf.where
maximum = tf.maximum
minimum = tf.minimum
sign = tf.sign
absolute = tf.abs
matmul = tf.matmul
swap = tf.linalg.matrix_transpose
reshape = tf.reshape
transpose = tf.transpose
broadcast_to = tf.broadcast_to


def concat(arrays, axis=-1):
    """Join arrays along an axis."""
    return tf.concat(arrays, axis=axis)


def total(array, axis, keepdims=False):
    """Sum over the given axes."""
    return tf.reduce_sum(array, axis=axis, keepdims=keepdims)


def total_square(array):
    """Sum of squares over the last axis, which is kept."""
    # XLA adds up columns many at a time, but what stands in a row number by number.
    members, n = array.shape
    filled = tf.pad(array, ((0, 0), (0, -n % _COLUMNS)))
    grid = tf.reshape(filled, (members, -1, _COLUMNS))
    columns = tf.reduce_sum(grid * grid, axis=1)
    # What changes nothing keeps it from making one sum of the two.
    return tf.reduce_sum(tf.maximum(columns, 0.0), axis=-1, keepdims=True)


def largest(array):
    """Maximum over the last axis, which is kept."""
    return tf.reduce_max(array, axis=-1, keepdims=True)


def constant(values, like):
    """An array of Python numbers, of the dtype of `like`."""
    return tf.constant(values, dtype=like.dtype)


def zeros(shape, like):
    """Zeros of the dtype of `like`."""
    return tf.zeros(shape, like.dtype)


def matmul_transposed(a, b):
    """Multiply the transpose of `a` by `b`."""
    return tf.matmul(a, b, transpose_a=True)


def tanh_over(z):
    """Compute tanh."""
    return tf.tanh(z)


def relu_over(z):
    """Replace what is below zero."""
    return tf.nn.relu(z)


def turn(array):
    """Bring (..., B, F) to the order of this namespace, or back."""
    return array


def turned(members, rows, features):
    """Shape of a state."""
    return members, rows, features


def factors(weights):
    """Bring the weights (M, F, K) of `times` to the order of this namespace."""
    return weights


def times(z, factors):
    """Multiply the features of `z`, of one step, by weights."""
    return tf.matmul(z, factors)


def times_steps(z, weights):
    """Multiply the features of `z`, of all steps, by weights (M, F, K)."""
    members, steps, rows, width = z.shape
    product = tf.matmul(tf.reshape(z, (members, steps * rows, width)), weights)
    return tf.reshape(product, (product.shape[0], steps, rows, product.shape[-1]))


def project(x, weights, bias):
    """Multiply the features of `x`, of all steps, by weights and add (M, 1, K)."""
    return times_steps(x, weights) + bias[:, None]


def over_steps(parts, dz):
    """Multiply ``[*parts, 1]`` by `dz` over all steps and rows: (M, F + 1, K)."""
    lead = dz.shape[:3]
    parts = [tf.broadcast_to(a, (*lead, a.shape[-1])) for a in parts]
    joint = tf.concat([*parts, tf.ones((*lead, 1), dz.dtype)], axis=-1)
    flat = (lead[0], lead[1] * lead[2])
    return tf.matmul(
        tf.reshape(joint, (*flat, joint.shape[-1])),
        tf.reshape(dz, (*flat, dz.shape[-1])),
        transpose_a=True,
    )


def columns(z, start, stop):
    """Take some of the features."""
    return z[..., start:stop]


def now(array):
    """Give what `later` gave as an array."""
    return array.function(array.steps) if isinstance(array, later) else array


def blocks(z, n):
    """Split the features of `n` gates, if they are not split."""
    return z if isinstance(z, tuple) else tf.split(z, n, axis=-1)


def gates_over(activations, like):
    """Make a function that activates gates, of one step.

    What goes into a sigmoid is halved already.
    """
    if not set(activations) <= {"tanh", "logistic"}:
        return partial(_each_gate, activations)
    scale = 1 - 0.5 * _is_sigmoid(like, activations)
    return lambda z: tf.tanh(z) * scale + (1 - scale)


def _each_gate(activations, z):
    parts = [
        tf.tanh(a) * 0.5 + 0.5 if name == "logistic" else activate(_THIS, name, a)
        for a, name in zip(blocks(z, len(activations)), activations, strict=True)
    ]
    return tf.concat(parts, axis=-1)


def gate_slopes(gates, activations):
    """Derivatives of gates from their outputs: a tuple of blocks."""
    return tuple(
        slope(_THIS, name, a)
        for a, name in zip(blocks(gates, len(activations)), activations, strict=True)
    )


def times_blocks(z, others):
    """Multiply each block of features by an array of its own, and join them."""
    if isinstance(z, tuple):
        # What is joined is computed before, and only copied: see `_cells`.
        return tf.concat([a * b for a, b in zip(z, others, strict=True)], axis=-1)
    return z * tf.concat(others, axis=-1)


def _is_sigmoid(z, activations):
    flags = [float(name == "logistic") for name in activations]
    return tf.constant(np.repeat(flags, z.shape[-1] // len(flags)), z.dtype)


def rejoin(whole, *parts):
    """Join what replaces `whole`, as a sum: the kernel that writes it computes that."""
    padded, before = [], 0
    for part in parts:
        after = whole.shape[-1] - before - part.shape[-1]
        sides = [(0, 0)] * (len(part.shape) - 1) + [(before, after)]
        padded.append(tf.pad(part, sides))
        before += part.shape[-1]
    return sum(padded[1:], padded[0])


def embed(table, tokens):
    """Look up rows: (M, V, D), (B, T) -> (M, T, B, D)."""
    return tf.gather(table, tf.transpose(tokens), axis=1)


def embed_backward(gradient, tokens, vocabulary_size):
    """Add up (M, T, B, D) gradients of looked-up rows into (M, V, D)."""
    members, _, _, depth = gradient.shape
    rows = tf.reshape(tf.transpose(gradient, (1, 2, 0, 3)), (-1, members * depth))
    index = tf.reshape(tf.transpose(tokens), (-1,))
    table = tf.math.unsorted_segment_sum(rows, index, vocabulary_size)
    table = tf.reshape(table, (vocabulary_size, members, depth))
    return tf.transpose(table, (1, 0, 2))
