"""What the loss of a regressor means for its quantiles, predictions and score."""

import numpy as np

from skrnn._sklearn import Real
from skrnn.engine import _numpy_ops
from skrnn.engine._losses import LOSSES


def check_levels(quantile):
    """Check and list the quantiles that a regressor was given."""
    given = quantile
    if isinstance(given, np.ndarray):
        given = list(np.atleast_1d(given))
    if isinstance(given, Real):
        given = [given]
    inside = [isinstance(level, Real) and 0 < float(level) < 1 for level in given]
    if not inside or not all(inside):
        raise ValueError(
            f"The 'quantile' parameter of RNNRegressor must be a float between 0 "
            f"and 1, or a list of such. Got {quantile!r} instead."
        )
    return [float(level) for level in given]


def predictions_of(loss, outputs):
    """Turn what the network puts out, (..., K), into (..., n_outputs, n_levels)."""
    if loss.name == "poisson":
        # up to the largest number there is
        outputs = np.exp(np.minimum(outputs, 709))
    if loss.name != "quantile":
        return outputs[..., None]
    levels = loss.parameter
    outputs = outputs.reshape(*outputs.shape[:-1], -1, len(levels))
    # in the order of the levels, quantiles cannot cross
    return np.sort(outputs, axis=-1)[..., np.argsort(np.argsort(levels))]


def part_removed(loss, y, weight, constant):
    """Make a score of outputs: the part of the best constant's loss that they remove.

    Parameters
    ----------
    loss : Loss
    y : (n, K)
    weight : (n,)
    constant : (K,)
        What the network would put out of the best constant.
    """

    def total(outputs):
        value, _ = LOSSES[loss.name](_numpy_ops, loss, outputs, y)
        return float((value * weight[:, None]).sum())

    # the loss of counts does not reach 0 even where they are met
    least = total(np.log(np.maximum(y, 1e-300))) if loss.name == "poisson" else 0.0
    baseline = total(constant + np.zeros_like(y)) - least
    if baseline == 0:
        baseline = 1.0
    return lambda outputs: 1 - (total(outputs.reshape(y.shape)) - least) / baseline
