"""Prepared networks on their way through time, from step to step.

What a step works on is allocated once. Rows come last, as numpy wants them.
"""

import numpy as np

from skrnn.engine import _numpy_ops as ops
from skrnn.engine._recurrence import carry, turned


class Walk:
    """One direction of a layer, and where it has come to.

    Parameters
    ----------
    layer : Pass
    n_rows : int
    state : tuple of (M, B, H) or None
        To go on from; zeros by default.

    Attributes
    ----------
    state : tuple of (M, H, B)
    """

    def __init__(self, layer, n_rows, state=None):
        members, n_columns, width = layer.joint.shape
        n, dtype = layer.units, layer.joint.dtype
        if state is None:
            state = (np.zeros((members, n_rows, n), dtype),) * layer.n_states
        self.state, self.joint = turned(ops, state), layer.joint
        self.side_by_side = np.empty((members, width, n_rows), dtype)
        self.side_by_side[:, -1] = 1
        self.h, self.x = self.side_by_side[:, :n], self.side_by_side[:, n:-1]
        self.z = np.empty((members, n_columns, n_rows), dtype)
        self.xz, self.hz = self.z[:, : layer.columns], None
        if n_columns > layer.columns:
            self.hz = self.z[:, layer.columns :]
        self.step = layer.make_step(self.xz)

    def __call__(self, x, mask=None):
        """Take a step, and give h.

        Parameters
        ----------
        x : (M or 1, F, B)
        mask : (1, 1, B) of bool or None

        Returns
        -------
        (M, H, B)
        """
        self.h[...] = self.state[0]
        self.x[...] = x
        np.matmul(self.joint, self.side_by_side, out=self.z)
        new, _ = self.step(self.state, self.xz, self.hz)
        self.state = new if mask is None else carry(ops, mask, new, self.state)
        return self.state[0]


class NetworkWalk:
    """Networks that go forward, and their head: see `Prepared.walk`."""

    def __init__(self, architecture, weights, passes, states):
        n_rows = states[0][0].shape[1]
        self.walks = [
            (Walk(layer, n_rows, state), architecture.adds_input(i))
            for i, (layer, state) in enumerate(zip(passes, states, strict=True))
        ]
        head = [weights["head/kernel"], weights["head/bias"][:, None]]
        if architecture.skip:
            head.insert(1, weights["skip/kernel"])
        self.joint = ops.turn(np.concatenate(head, axis=1))
        members, _, width = self.joint.shape
        self.side_by_side = np.ones((members, width, n_rows))
        n = architecture.units[-1]
        self.top, self.x = self.side_by_side[:, :n], self.side_by_side[:, n:-1]

    def __call__(self, x):
        """Take a step.

        Parameters
        ----------
        x : (F, B)

        Returns
        -------
        (M, K, B)
        """
        below = x
        for walk, adds_input in self.walks:
            h = walk(below)
            below = h + below if adds_input else h
        self.top[...] = below
        # without a skip connection, there is no room for it
        if self.x.shape[1]:
            self.x[...] = x
        return np.matmul(self.joint, self.side_by_side)
