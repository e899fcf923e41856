"""The array operations of the network, on TensorFlow, for tracing under XLA.

Names and meaning are those of `_numpy_ops`. Imported only where a job is compiled.
"""

import tensorflow as tf

# XLA would copy a whole array of which a loop overwrites a part.
IN_PLACE = False

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


def ones(shape, like):
    """Ones of the dtype of `like`."""
    return tf.ones(shape, like.dtype)


def affine(a, kernel, bias):
    """Compute ``a @ kernel + bias``: (M, N, F), (M, F, K), (M, 1, K)."""
    return tf.matmul(a, kernel) + bias


def matmul_transposed(a, b):
    """Multiply the transpose of `a` by `b`."""
    return tf.matmul(a, b, transpose_a=True)


def tanh_over(z):
    """Compute tanh."""
    return tf.tanh(z)


def relu_over(z):
    """Replace what is below zero."""
    return tf.nn.relu(z)


def scaled_tanh_over(z, scale, shift):
    """Compute ``scale * tanh(z) + shift``."""
    return tf.tanh(z) * scale + shift


def rejoin(whole, *parts):
    """Join what replaces `whole`."""
    return tf.concat(parts, axis=-1)


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


def scan(step, state, inputs, reverse=False, overwrite=False):
    """Carry `state` along the time axis (axis 1) of `inputs`, as one XLA loop."""
    length = next(a.shape[1] for a in inputs if a is not None)

    def at(t):
        return tuple(None if a is None else a[:, t] for a in inputs)

    def place(i):
        return length - 1 - i if reverse else i

    # The first step stands before the loop: its state is often zero, and XLA then
    # leaves out what zeros make superfluous. It also tells the shapes of the outputs.
    state, outputs = step(state, at(place(0)))
    buffers = [_Buffer(a.shape, a.dtype, length) for a in outputs]
    if overwrite:
        # Its memory is filled as it is: a loop need not clear or copy it first.
        buffers[0].fill(inputs[0])
    arrays = _written(buffers, [b.array for b in buffers], place(0), outputs)

    def body(i, state, arrays):
        t = place(i)
        given = at(t)
        if overwrite:
            given = (buffers[0].read(arrays[0], t), *given[1:])
        state, outputs = step(state, given)
        return i + 1, state, _written(buffers, arrays, t, outputs)

    _, state, arrays = tf.while_loop(
        lambda i, *_: i < length,
        body,
        (tf.constant(1), state, arrays),
    )
    return state, tuple(b.stack(a) for b, a in zip(buffers, arrays, strict=True))


def _written(buffers, arrays, t, outputs):
    return tuple(
        b.write(array, t, a)
        for b, array, a in zip(buffers, arrays, outputs, strict=True)
    )


class _Buffer:
    """The steps (M, B, H) of one output; kept as (T, B, H) where there is one member.

    XLA would copy the whole output where it meets an axis of length one.
    """

    def __init__(self, shape, dtype, length):
        self.shape, self.length = tuple(shape), length
        self.kept = self.shape[1:] if shape[0] == 1 else self.shape
        self.array = tf.TensorArray(
            dtype, size=length, element_shape=self.kept, clear_after_read=False
        )

    def fill(self, array):
        time_first = array
        if self.shape[0] > 1:
            time_first = tf.transpose(array, (1, 0, 2, 3))
        self.array = self.array.unstack(
            tf.reshape(time_first, (self.length, *self.kept))
        )

    def read(self, array, t):
        return tf.reshape(array.read(t), self.shape)

    def write(self, array, t, value):
        return array.write(t, tf.reshape(value, self.kept))

    def stack(self, array):
        steps = array.stack()
        if self.shape[0] > 1:
            return tf.transpose(steps, (1, 0, 2, 3))
        return tf.reshape(steps, (1, self.length, *self.kept))
