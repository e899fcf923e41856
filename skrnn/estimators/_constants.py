"""The constant output that is best for a loss: where a head starts.

A network whose head starts there has nothing to learn about the level of `y`; and as
it is the best that can be said without `X`, validation scores are measured from it.
"""

import numpy as np


def best_constant(loss, y, weight):
    """Give the best constant outputs.

    Parameters
    ----------
    loss : skrnn.engine._losses.Loss
    y : (N, K)
    weight : (N,)

    Returns
    -------
    (K,)
    """
    if loss.name in ("absolute_error", "huber"):
        return _quantiles(y, weight, [0.5] * y.shape[1])
    if loss.name == "quantile":
        levels = loss.parameter * (y.shape[1] // len(loss.parameter))
        return _quantiles(y, weight, levels)
    mean = np.average(y, axis=0, weights=weight)
    return LINKS.get(loss.name, lambda m: m)(mean)


def training_level(loss, constant):
    """Give what is taken off targets and outputs while a network trains: (K,).

    A level of 1e8 leaves float32 no digits for what varies around it. Where a loss sees
    differences only, it need not be there: the bias of the head gets it back.
    """
    return np.zeros_like(constant) if loss.name in LINKS else constant


def _quantiles(y, weight, levels):
    return np.array(
        [_quantile(column, weight, q) for column, q in zip(y.T, levels, strict=True)]
    )


def _quantile(column, weight, level):
    order = np.argsort(column, kind="stable")
    total = np.cumsum(weight[order])
    place = np.searchsorted(total, level * total[-1])
    return column[order[min(place, len(order) - 1)]]


def _logit(mean):
    # no class starts out impossible
    mean = np.clip(mean, 1e-3, 1 - 1e-3)
    return np.log(mean / (1 - mean))


LINKS = {
    "poisson": lambda mean: np.log(np.maximum(mean, 1e-6)),
    "binary_log_loss": _logit,
    "categorical_log_loss": lambda mean: np.log(np.maximum(mean, 1e-3)),
}
