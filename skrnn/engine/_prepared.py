"""Networks made ready for prediction in numpy.

Prediction keeps nothing for a gradient, so it need not hold the projected inputs of all
steps, the largest array of a forward pass: at each step the state, the input and a one
stand side by side and are multiplied by all weights of the layer in one product.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from skrnn.engine import _numpy_ops as ops
from skrnn.engine._architecture import GATES
from skrnn.engine._cells import CELLS
from skrnn.engine._ends import enter, features, head, time_first
from skrnn.engine._network import directions, layer_of, unpack
from skrnn.engine._recurrence import scaled, turned
from skrnn.engine._walk import NetworkWalk, Walk


class Pass(NamedTuple):
    """One direction of a recurrent layer: its step, and all its weights in one."""

    make_step: object  # of an array like `xz`
    n_states: int
    units: int
    columns: int  # of the product that belong to `xz`
    joint: np.ndarray  # (M, columns and, for a GRU, H; H + F + 1)
    reverse: bool


class Prepared:
    """M networks of one architecture, ready for prediction.

    Parameters
    ----------
    architecture : Architecture
    params : (M, P)
    dtype : dtype
        Of the computation. The bias of the head stays as it is: the level of the
        outputs may be far above what varies around it.
    """

    def __init__(self, architecture, params, dtype):
        self.architecture, self.dtype = architecture, np.dtype(dtype)
        bias = unpack(ops, architecture, params)["head/bias"]
        self.weights = unpack(ops, architecture, params.astype(dtype))
        self.weights["head/bias"] = bias
        self.passes = [
            _pass(layer_of(architecture, self.weights, i, name, reverse))
            for i, name, reverse in directions(architecture)
        ]

    def __call__(self, x, mask=None, states=None):
        """Compute outputs, and the states after the last step to go on from.

        Parameters
        ----------
        x : (B, T, F), (B, F) or (B, T)
        mask : (B, T) of bool or None
        states : list of tuple of (M, B, H) or None
            From an earlier call; zeros by default.

        Returns
        -------
        outputs : (M, B, K), or (M, T, B, K) for sequences
        states : list of tuple of (M, B, H)
        """
        architecture = self.architecture
        first = below = enter(ops, architecture, self.weights, x)
        mask = time_first(ops, mask)
        n, ends = architecture.directions, []
        for i in range(len(architecture.units)):
            given, parts = below, []
            every = _is_seen_whole(architecture, i)
            for k in range(n * i, n * i + n):
                before = states[k] if states else None
                end, hidden = run(self.passes[k], given, mask, before, every)
                ends.append(end)
                parts.append(hidden)
            if every:
                below = parts[0] if n == 1 else ops.concat(parts)
                if architecture.adds_input(i):
                    below = below + given
        top = features(ops, architecture, below, given, [end[0] for end in ends])
        return head(ops, architecture, self.weights, top, first), ends

    def walk(self, states):
        """Go on from states, one time step at each call: `NetworkWalk`.

        Parameters
        ----------
        states : list of tuple of (M, B, H)
            Of an architecture that goes forward, with a head at every step.
        """
        return NetworkWalk(self.architecture, self.weights, self.passes, states)


def _is_seen_whole(architecture, i):
    """Whether what comes after layer `i` needs more than its last state."""
    last = i == len(architecture.units) - 1
    return not last or architecture.structure != "seq2vec"


def _pass(layer):
    layer = scaled(ops, layer)
    units = layer.recurrent.shape[1]
    cell = CELLS[layer.cell]
    return Pass(
        partial(cell.step, ops, layer.activation),
        cell.n_states,
        units,
        GATES[layer.cell] * units,
        # A view: a single row is multiplied with it faster than with a copy.
        ops.turn(_joint_gru(layer) if layer.cell == "gru" else _joint(layer)),
        layer.reverse,
    )


def _joint(layer):
    return np.concatenate([layer.recurrent, layer.kernel, layer.bias[:, None]], axis=1)


def _joint_gru(layer):
    """The columns of both gates, of x W + b, and of h U + b of the candidate."""
    n = layer.recurrent.shape[1]
    gates, candidate = slice(0, 2 * n), slice(2 * n, None)
    from_h, from_x = layer.recurrent, layer.kernel
    bias_x, bias_h = layer.bias[:, :1], layer.bias[:, 1:]
    rows = [
        [from_h[..., gates], from_h[..., candidate] * 0, from_h[..., candidate]],
        [from_x, from_x[..., candidate] * 0],
        [(bias_x + bias_h)[..., gates], bias_x[..., candidate], bias_h[..., candidate]],
    ]
    return np.concatenate([np.concatenate(row, axis=-1) for row in rows], axis=1)


def run(layer, x, mask, state, every):
    """Run a layer over a sequence.

    Parameters
    ----------
    layer : Pass
    x : (M or 1, T, B, F)
    mask : (1, T, B, 1) of bool or None
    state : tuple of (M, B, H) or None
    every : bool
        Whether h after every step is wanted.

    Returns
    -------
    state : tuple of (M, B, H)
        After the last step.
    hidden : (M, T, B, H), or (M, 0, B, H)
    """
    _, n_time, n_rows, _ = x.shape
    walk = Walk(layer, n_rows, state)
    x, mask = ops.turn(x), None if mask is None else ops.turn(mask)
    shape = (len(layer.joint), n_time if every else 0, layer.units, n_rows)
    hidden = np.empty(shape, layer.joint.dtype)
    for t in range(n_time - 1, -1, -1) if layer.reverse else range(n_time):
        h = walk(x[:, t], None if mask is None else mask[:, t])
        if every:
            hidden[:, t] = h
    return turned(ops, walk.state), ops.turn(hidden)
