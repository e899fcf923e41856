"""Losses: value and gradient, element by element.

Each takes the outputs and the targets, arrays of shape (..., K), and gives the loss,
(..., K) or (..., 1), and its derivative with respect to the outputs, (..., K).
`Loss.parameter` is what some need: the quantile levels, or Huber's delta.
"""

from typing import NamedTuple


class Loss(NamedTuple):
    """A loss and its static parameter, hashable: part of a program's key."""

    name: str
    parameter: tuple[float, ...] = ()


def squared_error(ops, loss, out, y):
    """(out - y)^2: the optimum is the mean."""
    error = out - y
    return error * error, 2 * error


def absolute_error(ops, loss, out, y):
    """|out - y|: the optimum is the median."""
    error = out - y
    return ops.absolute(error), ops.sign(error)


def huber(ops, loss, out, y):
    """Huber (1964): quadratic up to delta, linear beyond."""
    (delta,) = loss.parameter
    error = out - y
    clipped = ops.minimum(ops.maximum(error, error * 0 - delta), error * 0 + delta)
    return clipped * (error - 0.5 * clipped), clipped


def quantile(ops, loss, out, y):
    """Pinball loss; outputs are ordered (targets, levels), levels running fastest."""
    levels = ops.constant(loss.parameter * (out.shape[-1] // len(loss.parameter)), out)
    error = y - out
    slope = ops.where(error > 0, levels + error * 0, levels - 1 + error * 0)
    return slope * error, -slope


def poisson(ops, loss, out, y):
    """Poisson deviance (halved, up to a constant) with the logarithm as link."""
    mean = ops.exp(out)
    return mean - y * out, mean - y


def binary_log_loss(ops, loss, out, y):
    """Cross-entropy of a logit and a target in [0, 1]."""
    positive = ops.maximum(out, out * 0)
    softplus = positive + ops.log1p(ops.exp(-ops.absolute(out)))
    probability = ops.tanh(out * 0.5) * 0.5 + 0.5
    return softplus - y * out, probability - y


def categorical_log_loss(ops, loss, out, y):
    """Cross-entropy of K logits and a one-hot target."""
    shifted = out - ops.largest(out)
    exponent = ops.exp(shifted)
    normalizer = ops.total(exponent, axis=-1, keepdims=True)
    log_probability = shifted - ops.log(normalizer)
    value = -ops.total(y * log_probability, axis=-1, keepdims=True)
    return value, exponent / normalizer - y


LOSSES = {
    f.__name__: f
    for f in (
        squared_error,
        absolute_error,
        huber,
        quantile,
        poisson,
        binary_log_loss,
        categorical_log_loss,
    )
}


def evaluate(ops, loss, out, y, weight):
    """Weighted sum of the loss per network, and its gradient.

    Parameters
    ----------
    out : (M, ..., K)
    y : (1, ..., K)
    weight : (1, ..., 1) or (1, ..., K)

    Returns
    -------
    value : (M,)
    gradient : (M, ..., K)
    """
    value, slope = LOSSES[loss.name](ops, loss, out, y)
    axes = tuple(range(1, len(out.shape)))
    return ops.total(value * weight, axis=axes), slope * weight
