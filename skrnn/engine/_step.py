"""One training step as a pure function, written once for numpy and TensorFlow."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from skrnn.engine import _losses, _network, _optimizers
from skrnn.engine._architecture import Architecture, layout


class Recipe(NamedTuple):
    """All that is fixed when a training step is compiled."""

    architecture: Architecture
    loss: _losses.Loss
    optimizer: _optimizers.Optimizer


class Batch(NamedTuple):
    """The rows of one step; with a leading axis of steps, those of a chunk.

    x : (B, T, F), (B, F) or (B, T)
    y : (B, K) or (B, T, K)
    weight : (B, 1 or K) or (B, T, 1 or K)
    mask : (B, T) of bool or None
    dropout : Dropout or None
    """

    x: object
    y: object
    weight: object
    mask: object
    dropout: object


# The columns of the per-step hyperparameters.
SIZE, SHRINK, L2, CLIP, INVERSE_NORM = range(5)


@lru_cache(maxsize=256)
def penalized(architecture):
    """Mark the parameters under penalties: all but the biases."""
    return np.concatenate(
        [np.full(p.stop - p.start, "bias" not in p.kind) for p in layout(architecture)]
    ).astype(np.float64)


def train_step(ops, recipe, params, slots, batch, hyper):
    """Compute the loss, its gradient, and the parameters after one step.

    Parameters
    ----------
    params : (M, P)
    slots : tuple of (M, P)
    batch : Batch
    hyper : sequence of 5 scalars
        Step size, decoupled decay, L2 penalty, clipping norm, and one over the sum of
        weights that the loss is divided by.

    Returns
    -------
    params, slots
        As given.
    value : (M,)
        The loss before the step.
    """
    value, gradient, _ = value_and_gradient(
        ops, recipe, params, batch, hyper[INVERSE_NORM]
    )
    return finish_step(ops, recipe, params, slots, value, gradient, hyper)


def finish_step(ops, recipe, params, slots, value, gradient, hyper):
    """Add the penalty to the loss and its gradient, and take the step.

    Parameters and results as those of `train_step`.
    """
    kernels = ops.constant(penalized(recipe.architecture), params)
    under_penalty = kernels * params
    value = value + 0.5 * hyper[L2] * ops.total_square(under_penalty)[:, 0]
    gradient = gradient + hyper[L2] * under_penalty
    gradient = _optimizers.clip(ops, gradient, hyper[CLIP])
    params, slots = _optimizers.update(
        ops,
        recipe.optimizer,
        params,
        slots,
        gradient,
        hyper[SIZE],
        hyper[SHRINK] * kernels,
    )
    return params, slots, value


def value_and_gradient(ops, recipe, params, batch, inverse_norm, hidden=False):
    """Compute the loss of a batch, its gradient and, if wanted, that of the states.

    Returns
    -------
    value : (M,)
    gradient : (M, P)
    dhidden : list of (M, T, B, H)
        With respect to h at every step; complete only if `hidden`.
    """
    architecture = recipe.architecture
    run = _network.forward(
        ops, architecture, params, batch.x, batch.mask, batch.dropout
    )
    y, weight = (_with_members(ops, architecture, a) for a in (batch.y, batch.weight))
    value, doutputs = _losses.evaluate(
        ops, recipe.loss, run.outputs, y, weight * inverse_norm
    )
    gradient, dhidden = _network.backward(
        ops, architecture, run.tape, batch.x, batch.dropout, doutputs, hidden
    )
    return value, gradient, dhidden


def _with_members(ops, architecture, array):
    """Bring targets to the order of the outputs: (1, B, K) or (1, T, B, K)."""
    if architecture.structure == "seq2vec":
        return array[None]
    return ops.transpose(array, (1, 0, 2))[None]
