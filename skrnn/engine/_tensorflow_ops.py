"""The array operations of the network, on TensorFlow, for tracing under XLA.

Names and meaning are those of `_numpy_ops`. Imported only where a job is compiled.
"""

import tensorflow as tf

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


def largest(array):
    """Maximum over the last axis, which is kept."""
    return tf.reduce_max(array, axis=-1, keepdims=True)


def constant(values, like):
    """An array of Python numbers, of the dtype of `like`."""
    return tf.constant(values, dtype=like.dtype)


def zeros(shape, like):
    """Zeros of the dtype of `like`."""
    return tf.zeros(shape, like.dtype)


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


def scan(step, state, inputs, reverse=False):
    """Carry `state` along the time axis (axis 1) of `inputs`, as one XLA loop."""
    present = [a for a in inputs if a is not None]
    length = present[0].shape[1]

    def at(t):
        return tuple(None if a is None else a[:, t] for a in inputs)

    # The number and shapes of the outputs are read off a throw-away trace.
    like = step(state, at(0))[1]
    buffers = tuple(
        tf.TensorArray(a.dtype, size=length, element_shape=a.shape) for a in like
    )

    def body(i, state, buffers):
        t = length - 1 - i if reverse else i
        state, outputs = step(state, at(t))
        written = tuple(b.write(t, a) for b, a in zip(buffers, outputs, strict=True))
        return i + 1, state, written

    _, state, buffers = tf.while_loop(
        lambda i, *_: i < length,
        body,
        (tf.constant(0), state, buffers),
        maximum_iterations=length,
    )
    return state, tuple(_time_second(b.stack()) for b in buffers)


def _time_second(array):
    """Reorder (T, M, ...) as (M, T, ...); free where there is one member."""
    if array.shape[1] == 1:
        return tf.reshape(array, (1, array.shape[0], *array.shape[2:]))
    return tf.transpose(array, (1, 0, *range(2, array.shape.rank)))
