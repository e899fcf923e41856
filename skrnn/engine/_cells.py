"""Recurrent cells: one step forward, and the same step backward.

Shapes: M networks side by side, B rows, H units, G gates (rnn 1, gru 3, lstm 4).
``xz`` is the step's input already multiplied by the kernel, bias included. ``drop``
is None or the dropout mask of the recurrent state, (M, B, H). Gate order, bias layout
and activations are Keras's, so weights pass between the two unchanged.

A compiled step of a small network spends its time on calls, not on numbers. So a step
does only what must wait for the step before it. Going back, `slopes` computes, for all
steps at once, whatever does not depend on the gradient that travels back in time; and
the products that yield weight gradients wait until the whole sequence is done and are
then one matrix product (`_recurrence`).

References
----------
.. [1] Elman, J. L. (1990). Finding structure in time. Cognitive Science, 14(2).
.. [2] Hochreiter, S. & Schmidhuber, J. (1997). Long short-term memory. Neural
       Computation, 9(8). With the forget gate of Gers et al. (2000).
.. [3] Cho, K. et al. (2014). Learning phrase representations using RNN
       encoder-decoder for statistical machine translation. The variant with the
       reset gate after the product is Keras's `reset_after=True`.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np


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
    z = ops.matmul(_dropped(h, drop), recurrent)
    z += xz
    return (activate(ops, activation, z),), ()


def rnn_slopes(ops, activation, saved, states, previous):
    """Derivative of h' with respect to xz."""
    return (slope(ops, activation, states[0]),)


def rnn_step_backward(ops, recurrent_t, drop, dstate, slopes):
    """Gradient of the loss with respect to h' -> with respect to h and xz."""
    dz = dstate[0] * slopes[0]
    return (_dropped(ops.matmul(dz, recurrent_t), drop),), dz


def lstm_step(ops, activation, recurrent, bias, drop, state, xz):
    """(h, C) -> (h', C'): C' = f C + i g, h' = o act(C')."""
    h, c = state
    n = c.shape[-1]
    z = ops.matmul(_dropped(h, drop), recurrent)
    z += xz
    gates = _lstm_gates(ops, activation, z)
    c = gates[..., n : 2 * n] * c
    c += gates[..., :n] * gates[..., 2 * n : 3 * n]
    h = gates[..., 3 * n :] * activate(ops, activation, c)
    return (h, c), (gates,)


def _lstm_gates(ops, activation, z):
    """Activate all gates in one go: i, f, the candidate g, and o."""
    half, is_candidate = _lstm_constants(activation, z.shape[-1] // 4)
    if activation in ("tanh", "logistic"):
        half = ops.constant(half, z)
        return ops.scaled_tanh(z, half, half, 1 - half)
    return ops.where(is_candidate, activate(ops, activation, z), sigmoid(ops, z))


@lru_cache(maxsize=256)
def _lstm_constants(activation, units):
    """Where a gate is a sigmoid, (1 + tanh(z / 2)) / 2, and where it is a tanh."""
    is_candidate = np.repeat([False, False, True, False], units)
    whole = is_candidate & (activation == "tanh")
    return np.where(whole, 1.0, 0.5), is_candidate


def lstm_slopes(ops, activation, saved, states, previous):
    """Derivatives with respect to the gates; of h' and of C' with respect to C'."""
    (gates,), (_, c), (_, c_before) = saved, states, previous
    n = c.shape[-1]
    i, f, g, o = (gates[..., k * n : (k + 1) * n] for k in range(4))
    squashed = activate(ops, activation, c)
    in_gates = ops.concat(
        [
            g * (i - i * i),
            c_before * (f - f * f),
            i * slope(ops, activation, g),
            squashed * (o - o * o),
        ]
    )
    return in_gates, o * slope(ops, activation, squashed), f


def lstm_step_backward(ops, recurrent_t, drop, dstate, slopes):
    """Gradient with respect to (h', C') -> with respect to (h, C) and xz."""
    (dh, dc), (in_gates, in_c, forget) = dstate, slopes
    dc = dc + dh * in_c
    dz = in_gates * ops.concat([dc, dc, dc, dh])
    return (_dropped(ops.matmul(dz, recurrent_t), drop), dc * forget), dz


def gru_step(ops, activation, recurrent, bias, drop, state, xz):
    """(h,) -> (h',): h' = z h + (1 - z) act(x W + r (h U))."""
    (h,) = state
    n = h.shape[-1]
    hz = ops.matmul(_dropped(h, drop), recurrent)
    hz += bias[:, 1:]
    update_reset = xz[..., : 2 * n] + hz[..., : 2 * n]
    update_reset = ops.scaled_tanh(update_reset, 0.5, 0.5, 0.5)
    z, r = update_reset[..., :n], update_reset[..., n:]
    hz = hz[..., 2 * n :]
    g = activate(ops, activation, xz[..., 2 * n :] + r * hz)
    return (z * h + (1 - z) * g,), (ops.concat([update_reset, g]), hz)


def gru_slopes(ops, activation, saved, states, previous):
    """Derivatives with respect to h U + b, of h' to h, and to the candidate of xz."""
    (gates, hz), (before,) = saved, previous
    n = hz.shape[-1]
    z, r, g = (gates[..., k * n : (k + 1) * n] for k in range(3))
    in_g = (1 - z) * slope(ops, activation, g)
    in_gates = ops.concat([(before - g) * (z - z * z), in_g * hz * (r - r * r)])
    return ops.concat([in_gates, in_g * r]), z, in_g


def gru_step_backward(ops, recurrent_t, drop, dstate, slopes):
    """Gradient with respect to h' -> with respect to h, and h U + b."""
    (dh,), (in_gates, update, _) = dstate, slopes
    dz = in_gates * ops.concat([dh, dh, dh])
    return (dh * update + _dropped(ops.matmul(dz, recurrent_t), drop),), dz


class Cell(NamedTuple):
    """A cell: its steps, and how many state arrays it carries."""

    step: Any
    slopes: Any
    step_backward: Any
    n_states: int


CELLS = {
    "rnn": Cell(rnn_step, rnn_slopes, rnn_step_backward, 1),
    "lstm": Cell(lstm_step, lstm_slopes, lstm_step_backward, 2),
    "gru": Cell(gru_step, gru_slopes, gru_step_backward, 1),
}
