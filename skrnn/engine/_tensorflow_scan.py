"""Go through the steps of sequences, as one loop under XLA."""

import tensorflow as tf


def scan(step, state, inputs, reverse=False, overwrite=False, ahead=()):
    """Carry `state` along the time axis (axis 1) of `inputs`, as one XLA loop.

    As in `_numpy_scan`.
    """
    length = next(a.shape[1] for a in inputs + ahead if a is not None)

    def place(i):
        return length - 1 - i if reverse else i

    def at(i):
        later = place(tf.minimum(i + 1, length - 1))
        places = [place(i)] * len(inputs) + [later] * len(ahead)
        return tuple(
            None if a is None else tf.gather(a, t, axis=1)
            for a, t in zip(inputs + ahead, places, strict=True)
        )

    # The first step stands before the loop: its state is often zero, and XLA then
    # leaves out what zeros make superfluous. It also tells the shapes of the outputs.
    state, outputs = step(state, at(0))
    buffers = [_Buffer(a.shape, a.dtype, length) for a in outputs]
    if overwrite:
        # Its memory is filled as it is: a loop need not clear or copy it first.
        buffers[0].fill(inputs[0])
    arrays = _written(buffers, [b.array for b in buffers], place(0), outputs)

    def body(i, state, arrays):
        t = place(i)
        given = at(i)
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
