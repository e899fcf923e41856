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
from skrnn.forecasting._model import build_panel, combined, members_to_output
from skrnn.forecasting._moments import Moments
from skrnn.forecasting._numbers import larger_of, number, numbers, smaller_of
from skrnn.forecasting._panel import rows_between
from skrnn.forecasting._running import RunningEstimates


class Start(NamedTuple):
    """The end of S series, as forecasts go on from it: plain data.

    Attributes
    ----------
    scales : list of Scale
    sizes : int array of shape (S,)
    moments : Moments
        Of shape (S, 1), at the last time, without exogenous variables.
    estimates : RunningEstimates or None
        At the last time, for a model whose horizon is one.
    states : list of tuple of (n_estimators, S, H)
        Of the networks, before the last time: what they see then may depend on known
        exogenous values of the future.
    """

    scales: list
    sizes: np.ndarray
    moments: Moments
    estimates: RunningEstimates | None
    states: list


@one_blas_thread
def start_of(model, series, exogenous=None, networks=None):
    """Run the networks over the last times of series.

    Parameters
    ----------
    model : Model
    series : list of Series
    exogenous : list of ndarray of shape (n_rows, n_exogenous) or None
        As for `Panel`.
    networks : Prepared or None
        From `ready`; in double precision by default.

    Returns
    -------
    Start
    """
    panel = build_panel(model, series, exogenous)
    last, owner = panel.sizes[:, None] - 1, np.arange(len(series))[:, None]
    time = np.maximum(last + 1 - model.length, 0) + np.arange(model.length - 1)
    inside = time < last
    x = panel.at(owner, np.minimum(time, last)).inputs()
    _, states = (networks or ready(model))(x, None if inside.all() else inside)
    moments = panel.at(owner, last, for_inputs=False)
    estimates = None
    if model.horizon == 1:
        estimates = RunningEstimates(
            series, model.preparation, panel.layout, panel.units
        )
    scales = [s.to_scale() for s in series]
    return Start(scales, panel.sizes, moments, estimates, states)


def ready(model, dtype=np.float64):
    """Make the networks of a model ready to run in some precision."""
    keep_freed_memory()
    return Prepared(model.recipe.architecture, model.params, dtype)


@one_blas_thread
def forecast_on(model, start, n_steps, exogenous=None, networks=None):
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
    networks : Prepared or None
        As for `start_of`.

    Returns
    -------
    z : ndarray of shape (S, n_steps) or (S, horizon)
        On z's scale.
    spread : ndarray of shape (S, horizon, n_levels) or None
        As `Forecasts.spread`: of the first forecasts.
    """
    networks, moments = networks or ready(model), start.moments
    if exogenous is not None:
        sizes = zip(exogenous, start.sizes, strict=True)
        rows = np.stack([rows_between(x, n - 1, n + n_steps) for x, n in sizes])
        # (S, n_steps, n_exogenous, 2)
        exogenous = sliding_window_view(rows, 2, axis=1)
        moments = moments._replace(exogenous=exogenous[:, :1])
    outputs, states = networks(moments.inputs(), None, start.states)
    z, spread = combined(model, moments, outputs.swapaxes(1, 2))
    z = z[:, 0]
    if model.horizon == 1 and n_steps > 1:
        later = _go_on(model, networks, start, states, z[:, 0], n_steps, exogenous)
        z = np.concatenate([z, later], axis=1)
    return z, None if spread is None else spread[:, 0]


def _go_on(model, networks, start, states, z, n_steps, exogenous):
    """Forecast from the first forecasts `z`, (S,), on: (S, n_steps - 1)."""
    n_series, known, n_exogenous = len(z), None, 0
    if exogenous is not None:
        n_exogenous = exogenous.shape[2]
        known = exogenous.reshape(n_series, n_steps, -1).transpose(1, 2, 0)
    estimates = start.estimates.grow(n_steps, n_exogenous)
    larger, smaller = larger_of(n_series), smaller_of(n_series)
    # (2, n_steps - 1, S)
    limits = [scale.limits(np.arange(1, n_steps)) for scale in start.scales]
    low, high = map(numbers, np.stack(limits, axis=-1))
    walk, value, forecasts = networks.walk(states), number(z), []
    for k in range(1, n_steps):
        estimates.append(smaller(larger(value, low[k - 1]), high[k - 1]))
        x = estimates.inputs(None if known is None else known[k])
        outputs = walk(x.reshape(len(x), n_series))
        output = members_to_output(model, outputs.swapaxes(1, 2)[:, :, None])
        value = estimates.forecast(number(output.reshape(n_series)))
        forecasts.append(value)
    return np.reshape(forecasts, (n_steps - 1, n_series)).T
