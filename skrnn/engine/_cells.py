"""Recurrent cells: one step forward, and the same step backward.

Shapes: M networks side by side, B rows, H units, G gates (rnn 1, gru 3, lstm 4).
``xz`` is the step's input already multiplied by the kernel, bias included, and ``hz``
the state multiplied by the recurrent kernel, or None where ``xz`` has it already; a
step may overwrite both. Gate order, bias layout and activations are Keras's, so weights
pass between the two unchanged.

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

from skrnn.engine._activations import activate, activate_over, slope


def _blocks(gates, n_gates):
    """Split the columns of all gates."""
    n = gates.shape[-1] // n_gates
    return [gates[..., k * n : (k + 1) * n] for k in range(n_gates)]


def _gate_slopes(ops, activations, gates):
    """Derivatives of all gates, from their outputs; an activation for each gate."""
    if not set(activations) <= {"tanh", "logistic"}:
        blocks = _blocks(gates, len(activations))
        return ops.concat(
            [slope(ops, name, a) for name, a in zip(activations, blocks, strict=True)]
        )
    # a (1 - a) of a sigmoid and 1 - a a of a tanh, in few passes over long arrays
    is_sigmoid = [float(name == "logistic") for name in activations]
    n = gates.shape[-1] // len(activations)
    is_sigmoid = ops.constant(np.repeat(is_sigmoid, n), gates)
    slopes = is_sigmoid - gates
    slopes *= gates
    slopes += 1 - is_sigmoid
    return slopes


def _dropped(array, drop):
    return array if drop is None else array * drop


def _joined(xz, hz):
    if hz is not None:
        xz += hz
    return xz


def rnn_step(ops, activation, like):
    """(h,) -> (h',), with h' = f(x W + h U + b)."""

    def step(state, xz, hz):
        xz = _joined(xz, hz)
        return (activate_over(ops, activation, xz),), ()

    return step


def rnn_slopes(ops, activation, saved, states, previous):
    """Derivative of h' with respect to xz."""
    return (slope(ops, activation, states[0]),)


def rnn_step_backward(ops, recurrent_t, drop):
    """Gradient of the loss with respect to h' -> with respect to h and xz."""

    def step(dstate, slopes):
        (dz,), (dh,) = slopes, dstate
        dz *= dh
        return (_dropped(ops.matmul(dz, recurrent_t), drop),), dz

    return step


def lstm_step(ops, activation, like):
    """(h, C) -> (h', C'): C' = f C + i g, h' = o act(C')."""
    n = like.shape[-1] // 4
    activate_gates = _lstm_gates(ops, activation, n, like)

    def step(state, xz, hz):
        _, c = state
        gates = activate_gates(_joined(xz, hz))
        c = gates[..., n : 2 * n] * c
        c += gates[..., :n] * gates[..., 2 * n : 3 * n]
        h = gates[..., 3 * n :] * activate(ops, activation, c)
        return (h, c), (gates,)

    return step


def _lstm_gates(ops, activation, n, like):
    """Make the function that activates all gates in one go: i, f, the candidate, o."""
    is_candidate = np.repeat([False, False, True, False], n)
    if activation in ("tanh", "logistic"):
        scale = ops.constant(gate_scales("lstm", activation, n), like)
        shift = 1 - scale
        return lambda z: ops.scaled_tanh_over(z, scale, shift)
    return lambda z: ops.where(
        is_candidate, activate(ops, activation, z), ops.tanh(z) * 0.5 + 0.5
    )


def lstm_slopes(ops, activation, saved, states, previous):
    """Derivatives with respect to the gates; of h' and of C' with respect to C'."""
    (gates,), (_, c), (_, c_before) = saved, states, previous
    i, f, g, o = _blocks(gates, 4)
    squashed = activate(ops, activation, c)
    in_c = slope(ops, activation, squashed)
    in_c *= o
    activations = ("logistic", "logistic", activation, "logistic")
    in_gates = _gate_slopes(ops, activations, gates)
    in_gates *= ops.concat([g, c_before, i, squashed])
    return in_gates, in_c, f


def lstm_step_backward(ops, recurrent_t, drop):
    """Gradient with respect to (h', C') -> with respect to (h, C) and xz."""

    def step(dstate, slopes):
        (dh, dc), (in_gates, in_c, forget) = dstate, slopes
        dc = dc + dh * in_c
        dz = in_gates
        dz *= ops.concat([dc, dc, dc, dh])
        return (_dropped(ops.matmul(dz, recurrent_t), drop), dc * forget), dz

    return step


def gru_step(ops, activation, like):
    """(h,) -> (h',): h' = z h + (1 - z) act(x W + r (h U)).

    Where `xz` has the states' part of both gates already, `hz` is only the candidate's.
    """
    n = like.shape[-1] // 3

    def step(state, xz, hz):
        (h,) = state
        gates, g = xz[..., : 2 * n], xz[..., 2 * n :]
        if hz.shape[-1] > n:
            gates += hz[..., : 2 * n]
            hz = hz[..., 2 * n :]
        gates = ops.scaled_tanh_over(gates, 0.5, 0.5)
        z, r = gates[..., :n], gates[..., n:]
        g += r * hz
        g = activate_over(ops, activation, g)
        new = h - g
        new *= z
        new += g
        return (new,), (ops.rejoin(xz, gates, g), hz)

    return step


def gru_slopes(ops, activation, saved, states, previous):
    """Derivatives with respect to h U + b, of h' to h, and to the candidate of xz."""
    (gates, hz), (before,) = saved, previous
    z, r, g = _blocks(gates, 3)
    in_gates = _gate_slopes(ops, ("logistic", "logistic", activation), gates)
    in_g = _blocks(in_gates, 3)[2] * (1 - z)
    in_gates *= ops.concat([before - g, in_g * hz, r - z * r])
    return in_gates, z, in_g


def gru_step_backward(ops, recurrent_t, drop):
    """Gradient with respect to h' -> with respect to h, and h U + b."""

    def step(dstate, slopes):
        (dh,), (in_gates, update, _) = dstate, slopes
        dz = in_gates
        dz *= ops.concat([dh, dh, dh])
        return (dh * update + _dropped(ops.matmul(dz, recurrent_t), drop),), dz

    return step


@lru_cache(maxsize=256)
def gate_scales(cell, activation, units):
    """Factors of a cell's columns: a sigmoid is (1 + tanh(z / 2)) / 2.

    What they multiply are the weights, once, and not the products of every step.
    """
    if cell == "rnn":
        return np.ones(units)
    if cell == "gru":
        return np.repeat([0.5, 0.5, 1.0], units)
    candidate = 0.5 if activation == "logistic" else 1.0
    return np.repeat([0.5, 0.5, candidate, 0.5], units)


class Cell(NamedTuple):
    """A cell: what makes its steps, and how many state arrays it carries."""

    step: Any
    slopes: Any
    step_backward: Any
    n_states: int


CELLS = {
    "rnn": Cell(rnn_step, rnn_slopes, rnn_step_backward, 1),
    "lstm": Cell(lstm_step, lstm_slopes, lstm_step_backward, 2),
    "gru": Cell(gru_step, gru_slopes, gru_step_backward, 1),
}
