"""Recurrent cells: one step forward, and the same step backward.

Shapes: M networks side by side, B rows, H units, G gates (rnn 1, gru 3, lstm 4). Which
of rows and features comes last is the matter of the namespace of operations: features
under XLA, rows in numpy, where the columns of a gate are then one block of memory.
``xz`` is the step's input already multiplied by the kernel, bias included, and ``hz``
the state multiplied by the recurrent kernel, or None where ``xz`` has it already; a
step may overwrite both. Gate order, bias layout and activations are Keras's, so weights
pass between the two unchanged.

A compiled step of a small network spends its time on calls, not on numbers. So a step
does only what must wait for the step before it. Going back, `slopes` computes, for all
steps at once, whatever does not depend on the gradient that travels back in time; and
the products that yield weight gradients wait until the whole sequence is done and are
then one matrix product (`_recurrence`).

The way back goes from state to state. `arrive` completes the gradient with respect to
a state, `leave` gives that of the gates, and `retreat` what both mean for the state
before. XLA's kernels join arrays fast only where nothing is left to be computed in
them: so what they join is complete.

References
----------
.. [1] Elman, J. L. (1990). Finding structure in time. Cognitive Science, 14(2).
.. [2] Hochreiter, S. & Schmidhuber, J. (1997). Long short-term memory. Neural
       Computation, 9(8). With the forget gate of Gers et al. (2000).
.. [3] Cho, K. et al. (2014). Learning phrase representations using RNN
       encoder-decoder for statistical machine translation. The variant with the
       reset gate after the product is Keras's `reset_after=True`.
"""

from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from skrnn.engine._activations import activate, activate_over, slope


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
    return (), (ops.later(partial(slope, ops, activation), states[0]),)


def rnn_arrive(dstate, in_z):
    """Give the gradient with respect to xz as well: it is all that is needed of h'."""
    (dh,) = dstate
    in_z *= dh
    return dh, in_z


def rnn_leave(ops, dstate):
    """Gradient with respect to xz."""
    return dstate[1]


def rnn_retreat(ops, dstate, back):
    """Gradient with respect to h."""
    return (back,)


def lstm_step(ops, activation, like):
    """(h, C) -> (h', C'): C' = f C + i g, h' = o act(C')."""
    activations = ("logistic", "logistic", activation, "logistic")
    gates_over = ops.gates_over(activations, like)

    def step(state, xz, hz):
        _, c = state
        gates = gates_over(_joined(xz, hz))
        i, f, g, o = ops.blocks(gates, 4)
        c = f * c
        c += i * g
        h = o * activate(ops, activation, c)
        return (h, c), (gates,)

    return step


def lstm_slopes(ops, activation, saved, states, previous):
    """Derivatives with respect to the gates, and of C' to C; of h' to C'."""
    (gates,), (_, c), (_, c_before) = saved, states, previous
    i, f, g, o = ops.blocks(gates, 4)
    squashed = activate(ops, activation, c)
    in_c = slope(ops, activation, squashed)
    in_c *= o
    activations = ("logistic", "logistic", activation, "logistic")
    in_gates = ops.gate_slopes(gates, activations)
    return (ops.times_blocks(in_gates, [g, c_before, i, squashed]), f), (in_c,)


def lstm_arrive(dstate, in_c):
    """Add to the gradient with respect to C' what comes through h'."""
    dh, dc = dstate
    return dh, dc + dh * in_c


def lstm_leave(ops, dstate, in_gates, forget):
    """Gradient with respect to xz."""
    dh, dc = dstate
    return ops.times_blocks(in_gates, [dc, dc, dc, dh])


def lstm_retreat(ops, dstate, back, in_gates, forget):
    """Gradient with respect to (h, C)."""
    return back, dstate[1] * forget


def lstm_outputs(ops, activation, saved, states):
    """Give h' once more, from the gates and C'."""
    (gates,), (c,) = saved, states
    return ops.blocks(gates, 4)[3] * activate(ops, activation, c)


def gru_step(ops, activation, like):
    """(h,) -> (h',): h' = z h + (1 - z) act(x W + r (h U)).

    Where `xz` has the states' part of both gates already, `hz` is only the candidate's.
    """
    n = like.shape[ops.FEATURES] // 3
    gates_over = ops.gates_over(("logistic", "logistic"), ops.columns(like, 0, 2 * n))

    def step(state, xz, hz):
        (h,) = state
        gates, g = ops.columns(xz, 0, 2 * n), ops.columns(xz, 2 * n, 3 * n)
        if hz.shape[ops.FEATURES] > n:
            gates += ops.columns(hz, 0, 2 * n)
            hz = ops.columns(hz, 2 * n, 3 * n)
        gates = gates_over(gates)
        z, r = ops.blocks(gates, 2)
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
    z, r, g = ops.blocks(gates, 3)
    in_gates = ops.gate_slopes(gates, ("logistic", "logistic", activation))
    in_g = ops.blocks(in_gates, 3)[2] * (1 - z)
    in_hz = ops.times_blocks(in_gates, [before - g, in_g * hz, r - z * r])
    return (in_hz, z, in_g), ()


def gru_arrive(dstate):
    """Nothing is to be added: all of the gradient comes through h'."""
    return dstate


def gru_leave(ops, dstate, in_gates, update, in_g):
    """Gradient with respect to h U + b."""
    (dh,) = dstate
    return ops.times_blocks(in_gates, [dh, dh, dh])


def gru_retreat(ops, dstate, back, in_gates, update, in_g):
    """Gradient with respect to h."""
    return (dstate[0] * update + back,)


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
    """What a cell consists of, and how many state arrays it carries.

    step
        ``(ops, activation, like)`` gives ``(state, xz, hz) -> (state, saved)``.
    slopes
        ``(ops, activation, saved, states, previous)``, of all steps, gives two tuples
        of arrays: what `leave` and `retreat` need, and what `arrive` needs.
    arrive
        ``(dstate, *slopes)`` gives `dstate`, complete, and dz if it is known then.
    leave
        ``(ops, dstate, *slopes)`` gives dz.
    retreat
        ``(ops, dstate, back, *slopes)`` gives `dstate` of the step before; `back` is
        what comes through the recurrent weights.
    outputs
        ``(ops, activation, saved, states)``, of all steps, gives h where it need not be
        kept at each; or None.
    """

    step: Any
    slopes: Any
    arrive: Any
    leave: Any
    retreat: Any
    outputs: Any
    n_states: int


CELLS = {
    "rnn": Cell(rnn_step, rnn_slopes, rnn_arrive, rnn_leave, rnn_retreat, None, 1),
    "lstm": Cell(
        *(lstm_step, lstm_slopes, lstm_arrive, lstm_leave, lstm_retreat),
        *(lstm_outputs, 2),
    ),
    "gru": Cell(gru_step, gru_slopes, gru_arrive, gru_leave, gru_retreat, None, 1),
}
