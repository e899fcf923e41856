"""The fitted model of a forecaster, and the pure functions that use it.

References
----------
.. [1] Barrow, D. K., Crone, S. F. & Kourentzes, N. (2010). An evaluation of neural
       network ensembles and model selection for time series prediction. IJCNN. (The
       median of networks of different seeds.)
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from skrnn.engine._inference import predict
from skrnn.engine._step import Recipe
from skrnn.forecasting._panel import cut_rows
from skrnn.forecasting._series import Preparation

# Inputs of networks that are held in memory at once.
MAX_NUMBERS = 2**20


@dataclass(frozen=True)
class Model:
    """What a fitted forecaster is: plain data.

    Attributes
    ----------
    recipe : Recipe
    params : ndarray of shape (n_estimators, n_parameters)
    preparation : Preparation
    window, horizon, length : int
    unit : float
        Scale of the networks' inputs and outputs.
    share : float
        How much the networks count beside the baseline.
    loss_curve : ndarray of shape (n_epochs, n_estimators)
    scores : ndarray
        Validation scores, as `Result.scores`.
    inflation : float
        By how much errors to come are larger than those within the series.
    kind : str
        Whose `HABITS` it was trained with.
    trial : Trial or None
        What a trial left behind, if it was won.
    """

    recipe: Recipe
    params: np.ndarray
    preparation: Preparation
    window: int
    horizon: int
    length: int
    unit: float
    share: float
    loss_curve: np.ndarray
    scores: np.ndarray
    interrupted: bool = False
    inflation: float = 1.1
    kind: str = "panel"
    trial: "Trial | None" = None


class Trial(NamedTuple):
    """A model that knew nothing of each series from a time on: (n_series,)."""

    model: Model
    since: np.ndarray


def outputs(model, panel, owner, time):
    """Compute the networks' median output: (rows, length, horizon), in units."""
    x, _, _ = panel.inputs(owner, time)
    return members_to_output(model, predict(model.recipe.architecture, model.params, x))


def members_to_output(model, members):
    """Combine what the networks put out, (n_estimators, rows, length, horizon)."""
    return model.share * np.median(members, axis=0)


def forecast(model, panel):
    """Forecast the next values of every series, on z's scale: (n_series, horizon)."""
    owner = np.arange(len(panel.sizes))[:, None]
    first = np.maximum(panel.sizes[:, None] - model.length, 0)
    time = np.minimum(first + np.arange(model.length), panel.sizes[:, None] - 1)
    last = np.minimum(panel.sizes, model.length) - 1
    output = outputs(model, panel, owner, time)
    chosen = output[np.arange(len(owner)), last][:, None]
    return panel.forecast(owner, panel.sizes[:, None] - 1, chosen)[:, 0]


def forecasts_from_everywhere(model, panel, limit=None):
    """Forecast from every time of every series, as if the rest were not known.

    Parameters
    ----------
    limit : int or None
        Make about so many forecasts, spread over all series and times.

    Returns
    -------
    owner, time : int arrays of shape (n,)
    z : (n, horizon)
        Forecasts of times ``time + 1 ... time + horizon``, on z's scale.
    """
    owners, times, forecasts = [], [], []
    all_owner, all_first, all_stop = cut_rows(panel.sizes, model.length)
    block = max(1, MAX_NUMBERS // (model.length * panel.n_inputs))
    chosen = np.arange(len(all_owner))
    if limit is not None and limit < len(chosen) * model.length * model.horizon:
        n = max(1, limit // (model.length * model.horizon))
        chosen = chosen[np.linspace(0, len(chosen) - 1, n).astype(int)]
    for first in range(0, len(chosen), block):
        rows = chosen[first : first + block]
        owner = all_owner[rows, None]
        time = all_first[rows, None] + np.arange(model.length)
        inside = time < all_stop[rows, None]
        # Where two rows of a series overlap, the later one knows more of the past.
        time = np.minimum(time, panel.sizes[owner] - 1)
        z = panel.forecast(owner, time, outputs(model, panel, owner, time))
        owners.append(np.broadcast_to(owner, time.shape)[inside])
        times.append(time[inside])
        forecasts.append(z[inside])
    return np.concatenate(owners), np.concatenate(times), np.concatenate(forecasts)
