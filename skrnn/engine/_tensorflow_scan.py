"""Go through the steps of sequences, as one loop under XLA."""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf


def scan(step, inputs, reverse=False):
    """Go along the time axis (axis 1) of `inputs`, as one XLA loop.

    As in `_numpy_scan`. A turn of the loop carries nothing but what is kept of all
    steps: it begins with reading what the turn before wrote. So what a step makes is
    written where it is made, and nothing has to be copied.
    """
    length = next(a.shape[1] for a in inputs if a is not None)

    def place(i):
        return length - 1 - i if reverse else i

    # The first step, which has nothing before it, also tells the shapes of the outputs.
    outputs = step(None, _at(inputs, place(0)))
    first, *others = buffers = [_Buffer(a.shape, a.dtype, length) for a in outputs]
    # Its memory is filled as it is: a loop need not clear or copy it first, which XLA
    # would do if the first output were written after the inputs that it comes from.
    is_first = tf.reshape(tf.equal(tf.range(length), place(0)), (1, length, 1, 1))
    first.fill(tf.where(is_first, outputs[0][:, None], inputs[0]))
    arrays = _written(others, [b.array for b in others], place(0), outputs[1:])

    def body(i, arrays):
        t = place(i)
        given = (first.read(arrays[0], t), *_at(inputs[1:], t))
        before = tuple(
            b.read(array, place(i - 1))
            for b, array in zip(buffers, arrays, strict=True)
        )
        return i + 1, _written(buffers, arrays, t, step(before, given))

    start = (tf.constant(1), (first.array, *arrays))
    _, arrays = tf.while_loop(lambda i, _: i < length, body, start)
    return tuple(b.stack(a) for b, a in zip(buffers, arrays, strict=True))


def relay(arrive, leave, state, own, coming, mask, reverse=False):
    """Carry `state` along the time axis: arrive at each step, and leave it.

    As in `_numpy_scan`. A turn of the loop leaves a step and arrives at the next one:
    what is found there is written where it is made, and nothing has to be copied.
    """
    length = next(a.shape[1] for a in own + coming if a is not None)

    def place(i):
        return length - 1 - i if reverse else i

    def leave_at(i, state):
        *own_t, mask_t = _at((*own, mask), place(i))
        return leave(state, own_t, mask_t)

    def turn(i, state, lefts, founds):
        state, outputs = leave_at(i, state)
        lefts = _written(left, lefts, place(i), outputs)
        # Where nothing is to be found, the last turn arrives beyond the last step: XLA
        # gives what is next to it, and nobody uses what follows from that.
        t = place(i + 1)
        state, outputs = arrive(state, _at(coming, t))
        return i + 1, state, lefts, _written(found, founds, t, outputs)

    state, outputs = arrive(state, _at(coming, place(0)))
    _, outputs_left = leave_at(0, state)
    if length == 1:
        return tuple(a[:, None] for a in outputs_left + outputs)
    found, left = (
        [_Buffer(a.shape, a.dtype, length) for a in arrays]
        for arrays in (outputs, outputs_left)
    )
    founds, lefts = (tuple(b.array for b in buffers) for buffers in (found, left))
    founds = _written(found, founds, place(0), outputs)
    # As in `scan`, what is first done stands before the loop.
    n_turns = length - 1 if found else length
    _, state, lefts, founds = tf.while_loop(
        lambda i, *_: i < n_turns, turn, turn(tf.constant(0), state, lefts, founds)
    )
    if found:
        _, outputs = leave_at(length - 1, state)
        lefts = _written(left, lefts, place(length - 1), outputs)
    return tuple(b.stack(a) for b, a in zip(left + found, lefts + founds, strict=True))


class Later(NamedTuple):
    """What is computed of a step where it is needed: XLA adds it to a kernel there."""

    function: Callable
    steps: Any

    @property
    def shape(self):
        """That of the result is the same."""
        return self.steps.shape


def _at(arrays, t):
    def step(array):
        if isinstance(array, Later):
            return array.function(step(array.steps))
        return None if array is None else tf.gather(array, t, axis=1)

    return tuple(map(step, arrays))


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
