"""How good networks are on the targets that they were not trained on."""

import numpy as np

from skrnn.engine import _numpy_ops
from skrnn.engine._inference import predict
from skrnn.engine._losses import quantile
from skrnn.forecasting._habits import row_length
from skrnn.forecasting._model import rows_at_once
from skrnn.forecasting._rows import Rows


def errors_of_shares(panel, recipe, kind, since, params, heads, shares):
    """Sum up the absolute errors for each share of networks beside the baseline.

    Parameters
    ----------
    panel : Panel
    recipe : Recipe
    kind : str
        Whose `HABITS` the networks have.
    since : int array of shape (n_series,)
        Targets count from that time on.
    params : ndarray of shape (n_networks, n_parameters)
    heads : Heads or None
    shares : ndarray of shape (n_shares,)

    Returns
    -------
    ndarray of shape (n_shares,)
    """
    errors = np.zeros(len(shares))
    rows = Rows(panel, row_length(panel.sizes, kind), since=since)
    for members, y, weight in _outputs(rows, recipe, params):
        points = members if heads is None else heads.medians(members)
        error = shares[:, None, None, None] * np.median(points, axis=0) - y
        errors += (np.abs(error) * weight).sum(axis=(1, 2, 3))
    return errors


def score_on(panel, recipe, kind, since, heads):
    """Make a score of networks from the absolute errors of targets from `since` on.

    With heads from twice their pinball losses: of the median, that is the same.

    Returns
    -------
    callable
        For `engine._training.train`.
    """
    rows = Rows(panel, row_length(panel.sizes, kind), since=since, heads=heads)

    def score(params):
        error, total = np.zeros(len(params)), 1e-300
        for members, y, weight in _outputs(rows, recipe, params):
            if heads is None:
                size = np.abs(members - y)
            else:
                size = 2 * quantile(_numpy_ops, recipe.loss, members, y)[0]
            error += (size * weight).sum(axis=(1, 2, 3))
            total += weight.sum()
        return -error / total

    return score


def _outputs(rows, recipe, params):
    """Yield outputs, targets and weights of the targets, in blocks of rows.

    Outputs are (n_networks, n, length, K), the others without the first axis.
    """
    block = rows_at_once(rows.panel, recipe.architecture, len(params), rows.length)
    for first in range(0, rows.n_rows, block):
        index = np.arange(first, min(first + block, rows.n_rows))
        x, y, weight, _ = rows.take(index)
        yield predict(recipe.architecture, params, x), y, weight
