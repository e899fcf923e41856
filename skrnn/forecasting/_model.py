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
from skrnn.forecasting._panel import Panel
from skrnn.forecasting._quantile_heads import Heads
from skrnn.forecasting._rows import cut_rows
from skrnn.forecasting._series import Preparation

# Numbers of a block, inputs or outputs of all networks: where forecasts are made at
# every time of a row, and where at the last.
MAX_NUMBERS, MAX_NUMBERS_AT_LAST = 2**19, 2**22


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
        How much series usually move; see `Panel.units`.
    share : float
        How much the networks count beside the baseline.
    loss_curve : ndarray of shape (n_epochs, n_estimators)
    scores : ndarray
        Validation scores, as `Result.scores`.
    inflation : float or ndarray of shape (horizon, n_levels)
        By how much errors to come are larger than those within the series; or than the
        networks' quantiles say.
    kind : str
        Whose `HABITS` it was trained with.
    trial : Trial or None
        What a trial left behind, if it was won.
    heads : Heads or None
        What outputs stand for if there is one for each of several quantiles.
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
    inflation: float | np.ndarray = 1.1
    kind: str = "panel"
    trial: "Trial | None" = None
    heads: Heads | None = None


class Trial(NamedTuple):
    """A model that knew nothing of each series from a time on: (n_series,)."""

    model: Model
    since: np.ndarray


class Forecasts(NamedTuple):
    """Forecasts made within series, on z's scale.

    Attributes
    ----------
    owner, time : int arrays of shape (n,)
        The series of each forecast, and the last time that it knew.
    z : ndarray of shape (n, horizon)
        Forecasts of times ``time + 1 ... time + horizon``.
    spread : ndarray of shape (n, horizon, n_levels), or None
        What the networks say of the quantiles, less the forecast.
    """

    owner: np.ndarray
    time: np.ndarray
    z: np.ndarray
    spread: np.ndarray | None


def build_panel(model, series, exogenous):
    """Join prepared series for a fitted model."""
    return Panel(
        series,
        model.window,
        model.horizon,
        model.preparation.sp,
        exogenous,
        model.unit,
    )


def members_to_output(model, members):
    """Combine what the networks put out, (n_estimators, rows, length, K)."""
    if model.heads is not None:
        members = model.heads.medians(members)
    if len(members) == 1:
        return model.share * members[0]
    # The median; of a few networks, sorting finds it ten times faster than numpy does.
    ordered, n = np.sort(members, axis=0), len(members)
    return model.share * (0.5 * (ordered[(n - 1) // 2] + ordered[n // 2]))


def combined(model, moments, members):
    """Turn the networks' outputs into forecasts and their spread, on z's scale.

    Parameters
    ----------
    moments : Moments
        Of shape (rows, length).
    members : ndarray of shape (n_estimators, rows, length, K)

    Returns
    -------
    z : ndarray of shape (rows, length, horizon)
    spread : ndarray of shape (rows, length, horizon, n_levels), or None
    """
    z = moments.forecast(members_to_output(model, members))
    if model.heads is None:
        return z, None
    spread = model.heads.spread(members, moments, model.share)
    return z, moments.unit[..., None, None] * spread


def forecast_from(model, panel, owner, time):
    """Forecast from some times, as if the rest were not known.

    Parameters
    ----------
    owner, time : int arrays of shape (n,)

    Returns
    -------
    Forecasts
    """
    parts = []
    block = rows_at_once(
        *(panel, model.recipe.architecture, len(model.params), model.length),
        MAX_NUMBERS_AT_LAST,
    )
    for first in range(0, len(owner), block):
        rows = slice(first, first + block)
        whose, end = owner[rows, None], time[rows, None]
        times = np.maximum(end + 1 - model.length, 0) + np.arange(model.length)
        x = panel.at(whose, np.minimum(times, end)).inputs()
        members = predict(model.recipe.architecture, model.params, x)
        last = np.minimum(end[:, 0] + 1, model.length) - 1
        members = members[:, np.arange(len(last)), last][:, :, None]
        z, spread = combined(model, panel.at(whose, end, for_inputs=False), members)
        parts.append((z[:, 0], None if spread is None else spread[:, 0]))
    return Forecasts(owner, time, *joined(parts))


def rows_at_once(panel, architecture, n_networks, length, numbers=MAX_NUMBERS):
    """Count the rows of a block of which inputs and outputs take little memory."""
    width = max(panel.n_inputs, n_networks * architecture.n_outputs)
    return max(1, numbers // (length * width))


def forecasts_from_everywhere(model, panel, limit=None):
    """Forecast from every time of every series, as if the rest were not known.

    Parameters
    ----------
    limit : int or None
        Make about so many forecasts, spread over all series and times.

    Returns
    -------
    Forecasts
    """
    parts = []
    all_owner, all_first, all_stop = cut_rows(panel.sizes, model.length)
    block = rows_at_once(
        panel, model.recipe.architecture, len(model.params), model.length
    )
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
        moments = panel.at(owner, time)
        members = predict(model.recipe.architecture, model.params, moments.inputs())
        z, spread = combined(model, moments, members)
        owner = np.broadcast_to(owner, time.shape)
        made = (owner, time, z, spread)
        parts.append([None if a is None else a[inside] for a in made])
    return Forecasts(*joined(parts))


def joined(parts):
    """Join arrays of several blocks, each where there is one."""
    return [
        None if p[0] is None else np.concatenate(p) for p in zip(*parts, strict=True)
    ]
