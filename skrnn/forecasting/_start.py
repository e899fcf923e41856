"""Where forecasts start: the networks and the estimates, come to the end of the series.

From there on a forecast costs one time of the networks for each step, or for all of
them at once, however long the series are.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from skrnn.engine._memory import keep_freed_memory
from skrnn.engine._prepared import Prepared
from skrnn.engine._threads import one_blas_thread
from skrnn.forecasting._model import build_panel, members_to_output, spread_of
from skrnn.forecasting._panel import rows_between
from skrnn.forecasting._running import RunningEstimates


class Start(NamedTuple):
    """The end of S series, as forecasts go on from it: plain data.

    Attributes
    ----------
    scales : list of Scale
    estimates : RunningEstimates
        At the last time.
    states : list of tuple of (n_estimators, S, H)
        Of the networks, before the last time: what they see then may depend on known
        exogenous values of the future.
    """

    scales: list
    estimates: RunningEstimates
    states: list


@one_blas_thread
def start_of(model, series, exogenous=None):
    """Run the networks over the last times of series.

    Parameters
    ----------
    model : Model
    series : list of Series
    exogenous : list of ndarray of shape (n_rows, n_exogenous) or None
        As for `Panel`.

    Returns
    -------
    Start
    """
    panel = build_panel(model, series, exogenous)
    last, owner = panel.sizes[:, None] - 1, np.arange(len(series))[:, None]
    time = np.maximum(last + 1 - model.length, 0) + np.arange(model.length - 1)
    inside = time < last
    x = panel.at(owner, np.minimum(time, last)).inputs()
    _, states = _networks(model)(x, None if inside.all() else inside)
    estimates = RunningEstimates(series, model.preparation, panel.layout)
    return Start([s.to_scale() for s in series], estimates, states)


def _networks(model):
    keep_freed_memory()
    return Prepared(model.recipe.architecture, model.params, np.float64)


@one_blas_thread
def forecast_on(model, start, n_steps, exogenous=None):
    """Forecast from the end of series.

    A network of one step is fed with its own forecasts, as if they had been observed.

    Parameters
    ----------
    model : Model
    start : Start
    n_steps : int
        At most the model's horizon, if that is not one.
    exogenous : list of ndarray of shape (n_rows, n_exogenous) or None
        From the first time of each series on, for a model whose horizon is one.

    Returns
    -------
    z : ndarray of shape (S, n_steps) or (S, horizon)
        On z's scale.
    spread : ndarray of shape (S, horizon, n_levels) or None
        As `Forecasts.spread`: of the first forecasts.
    """
    networks, states = _networks(model), start.states
    estimates = start.estimates.grow(n_steps)
    if exogenous is not None:
        sizes = zip(exogenous, start.estimates.size, strict=True)
        rows = np.stack([rows_between(x, n - 1, n + n_steps) for x, n in sizes])
        exogenous = sliding_window_view(rows, 2, axis=1)
    low, high = np.transpose([scale.limits() for scale in start.scales])
    forecasts: list = []
    for k in range(n_steps if model.horizon == 1 else 1):
        if k:
            estimates.append(np.minimum(np.maximum(forecasts[-1][:, 0], low), high))
        known = None if exogenous is None else exogenous[:, k : k + 1]
        moments = estimates.moments(known)
        outputs, states = networks(moments.inputs(), None, states)
        members = outputs.swapaxes(1, 2)
        forecasts.append(moments.forecast(members_to_output(model, members))[:, 0])
        if k == 0:
            spread = spread_of(model, moments, members)
    z = np.concatenate(forecasts, axis=1)
    return z, None if spread is None else spread[:, 0]
