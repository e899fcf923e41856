"""Optimizers: pure functions of the parameters, their slots and the gradient.

All arrays are (M, P). The constants are Keras's.

References
----------
.. [1] Kingma, D. & Ba, J. (2015). Adam: a method for stochastic optimization. ICLR.
.. [2] Loshchilov, I. & Hutter, F. (2019). Decoupled weight decay regularization. ICLR.
.. [3] Sutskever, I. et al. (2013). On the importance of initialization and momentum in
       deep learning. ICML.
.. [4] Tieleman, T. & Hinton, G. (2012). Lecture 6.5 - RMSProp. COURSERA.
"""

from typing import NamedTuple

import numpy as np

EPSILON = 1e-7


class Optimizer(NamedTuple):
    """The name of an optimizer and its static constants: part of a program's key."""

    name: str
    momentum: float = 0.9

    @property
    def n_slots(self):
        """Number of arrays of the parameters' shape that the optimizer keeps."""
        return {"adam": 2, "adamw": 2, "sgd": 1, "rmsprop": 1}[self.name]


def adam(ops, optimizer, slots, gradient, size):
    """Adam, and AdamW: `size` already holds the correction of the bias."""
    mean = 0.9 * slots[0] + 0.1 * gradient
    square = 0.999 * slots[1] + 0.001 * (gradient * gradient)
    return size * mean / (ops.sqrt(square) + EPSILON), (mean, square)


def sgd(ops, optimizer, slots, gradient, size):
    """Gradient descent with Nesterov's momentum, as in MLPRegressor."""
    velocity = optimizer.momentum * slots[0] + size * gradient
    return optimizer.momentum * velocity + size * gradient, (velocity,)


def rmsprop(ops, optimizer, slots, gradient, size):
    """RMSProp."""
    square = 0.9 * slots[0] + 0.1 * (gradient * gradient)
    return size * gradient / ops.sqrt(square + EPSILON), (square,)


UPDATES = {"adam": adam, "adamw": adam, "sgd": sgd, "rmsprop": rmsprop}


def step_sizes(optimizer, rates, first_count):
    """Give the size of each step, computed in float64 outside the program.

    Parameters
    ----------
    rates : array of shape (n_steps,)
        Learning rates.
    first_count : int
        Number of steps taken before.

    Returns
    -------
    array of shape (n_steps,)
    """
    if not optimizer.name.startswith("adam"):
        return rates
    count = first_count + 1 + np.arange(len(rates))
    # of many steps nothing is left of what the first ones must correct
    with np.errstate(under="ignore"):
        return rates * np.sqrt(1 - 0.999**count) / (1 - 0.9**count)


def update(ops, optimizer, params, slots, gradient, size, shrink):
    """Take one step.

    Parameters
    ----------
    size : scalar
        From `step_sizes`.
    shrink : (P,)
        Decoupled weight decay times the learning rate; 0 for none.

    Returns
    -------
    params : (M, P)
    slots : tuple of (M, P)
    """
    step, slots = UPDATES[optimizer.name](ops, optimizer, slots, gradient, size)
    return params - shrink * params - step, slots


def clip(ops, gradient, limit):
    """Scale each network's gradient down to the norm `limit`."""
    norm = ops.sqrt(ops.total_square(gradient))
    return gradient * (limit / ops.maximum(norm, norm * 0 + limit))
