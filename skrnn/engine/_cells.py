"""Recurrent cells: one step forward, and the same step backward.

Shapes: M networks side by side, B rows, H units, G gates (rnn 1, gru 3, lstm 4).
``xz`` is the step's input already multiplied by the kernel, bias included. ``drop``
is None or the dropout mask of the recurrent state, (M, B, H). Gate order, bias layout
and activations are Keras's, so weights pass between the two unchanged.

A step saves what its backward step and the weight gradients need. The backward step
returns only what must travel back in time; the products that yield weight gradients
wait until the whole sequence is done and are then one matrix product each
(`_recurrence`).

References
----------
.. [1] Elman, J. L. (1990). Finding structure in time. Cognitive Science, 14(2).
.. [2] Hochreiter, S. & Schmidhuber, J. (1997). Long short-term memory. Neural
       Computation, 9(8). With the forget gate of Gers et al. (2000).
.. [3] Cho, K. et al. (2014). Learning phrase representations using RNN
       encoder-decoder for statistical machine translation. The variant with the
       reset gate after the product is Keras's `reset_after=True`.
"""

from collections.abc import Callable
from typing import NamedTuple


def sigmoid(ops, z):
    """Logistic function through tanh: never overflows, and fast on both backends."""
    return ops.tanh(z * 0.5) * 0.5 + 0.5


def activate(ops, name, z):
    """Apply the activation called `name`."""
    if name == "tanh":
        return ops.tanh(z)
    if name == "relu":
        return ops.maximum(z, z * 0)
    if name == "logistic":
        return sigmoid(ops, z)
    return z


def slope(ops, name, a):
    """Derivative of an activation, from its output `a`."""
    if name == "tanh":
        return 1 - a * a
    if name == "relu":
        return ops.sign(a)
    if name == "logistic":
        return a - a * a
    return a * 0 + 1


def _dropped(array, drop):
    return array if drop is None else array * drop


def rnn_step(ops, activation, recurrent, bias, drop, state, xz):
    """(h,) -> (h',), with h' = f(x W + h U + b)."""
    (h,) = state
    h = _dropped(h, drop)
    new = activate(ops, activation, xz + ops.matmul(h, recurrent))
    return (new,), (h, new)


def rnn_step_backward(ops, activation, recurrent_t, drop, dstate, saved):
    """Gradient of the loss with respect to h' -> with respect to h and xz."""
    (dh,), (_, new) = dstate, saved
    dz = dh * slope(ops, activation, new)
    return (_dropped(ops.matmul(dz, recurrent_t), drop),), (dz,)


def lstm_step(ops, activation, recurrent, bias, drop, state, xz):
    """(h, C) -> (h', C'): C' = f C + i g, h' = o act(C')."""
    h, c = state
    h = _dropped(h, drop)
    n = c.shape[-1]
    z = xz + ops.matmul(h, recurrent)
    input_forget = sigmoid(ops, z[..., : 2 * n])
    g = activate(ops, activation, z[..., 2 * n : 3 * n])
    o = sigmoid(ops, z[..., 3 * n :])
    new = input_forget[..., n:] * c + input_forget[..., :n] * g
    squashed = activate(ops, activation, new)
    return (o * squashed, new), (h, c, input_forget, g, o, squashed)


def lstm_step_backward(ops, activation, recurrent_t, drop, dstate, saved):
    """Gradient with respect to (h', C') -> with respect to (h, C) and xz."""
    (dh, dc), (_, c, input_forget, g, o, squashed) = dstate, saved
    n = c.shape[-1]
    dc = dc + dh * o * slope(ops, activation, squashed)
    dgates = ops.concat([dc * g, dc * c]) * (input_forget - input_forget * input_forget)
    dg = dc * input_forget[..., :n] * slope(ops, activation, g)
    do = dh * squashed * (o - o * o)
    dz = ops.concat([dgates, dg, do])
    dh = _dropped(ops.matmul(dz, recurrent_t), drop)
    return (dh, dc * input_forget[..., n:]), (dz,)


def gru_step(ops, activation, recurrent, bias, drop, state, xz):
    """(h,) -> (h',): h' = z h + (1 - z) act(x W + r (h U))."""
    (carried,) = state
    h = _dropped(carried, drop)
    n = h.shape[-1]
    hz = ops.matmul(h, recurrent) + bias[:, 1:]
    update_reset = sigmoid(ops, xz[..., : 2 * n] + hz[..., : 2 * n])
    z, r = update_reset[..., :n], update_reset[..., n:]
    hz = hz[..., 2 * n :]
    g = activate(ops, activation, xz[..., 2 * n :] + r * hz)
    new = z * carried + (1 - z) * g
    return (new,), (h, carried, update_reset, g, hz)


def gru_step_backward(ops, activation, recurrent_t, drop, dstate, saved):
    """Gradient with respect to h' -> with respect to h, xz, and h U + b."""
    (dh,), (_, carried, update_reset, g, hz) = dstate, saved
    n = g.shape[-1]
    z, r = update_reset[..., :n], update_reset[..., n:]
    dg = dh * (1 - z) * slope(ops, activation, g)
    dgates = ops.concat([dh * (carried - g), dg * hz])
    dgates = dgates * (update_reset - update_reset * update_reset)
    drecurrent = ops.concat([dgates, dg * r])
    dcarried = dh * z + _dropped(ops.matmul(drecurrent, recurrent_t), drop)
    return (dcarried,), (ops.concat([dgates, dg]), drecurrent)


class Cell(NamedTuple):
    """A cell: its steps, and how many state arrays it carries."""

    step: Callable
    step_backward: Callable
    n_states: int


CELLS = {
    "rnn": Cell(rnn_step, rnn_step_backward, 1),
    "lstm": Cell(lstm_step, lstm_step_backward, 2),
    "gru": Cell(gru_step, gru_step_backward, 1),
}
