"""Recursive forecasts: a network of one step, fed with its own forecasts."""

from dataclasses import replace

import numpy as np

from skrnn.engine import _network, _numpy_ops
from skrnn.engine._threads import one_blas_thread
from skrnn.forecasting._model import members_to_output
from skrnn.forecasting._panel import Panel
from skrnn.forecasting._series import prepare

# Forecasts that are made within the series to see how large errors get.
N_ORIGINS = 24


@one_blas_thread
def recursive_forecast(model, series, ys, exogenous, n_steps):
    """Forecast step after step, each from the forecasts of those before.

    The networks' states are carried on: a step costs one time of the networks, not a
    whole row.

    Parameters
    ----------
    model : Model
        With a horizon of one.
    series : list of Series
        The prepared `ys`.
    ys : list of ndarray of shape (n,)
    exogenous : list of ndarray of shape (n + n_steps, n_exogenous), or None
    n_steps : int

    Returns
    -------
    ndarray of shape (n_series, n_steps)
        On z's scale.
    """
    params = model.params.astype(np.float64)
    architecture = model.recipe.architecture
    out = np.empty((len(ys), n_steps))
    current, states = series, None
    for k in range(n_steps):
        panel = _panel(model, current, exogenous)
        owner, time, inside = _new_times(panel, model.length if k == 0 else 1)
        x, _, _ = panel.inputs(owner, time)
        run = _network.forward(
            _numpy_ops, architecture, params, x, inside, states=states, keep=False
        )
        states = run.states
        last = inside.sum(axis=1) - 1
        members = run.outputs[:, last, np.arange(len(last))][:, :, None]
        output = members_to_output(model, members)
        out[:, k] = panel.forecast(owner, panel.sizes[:, None] - 1, output)[:, 0, 0]
        if k + 1 < n_steps:
            ys = [
                np.append(y, s.restore(z))
                for y, s, z in zip(ys, series, out[:, k], strict=True)
            ]
            current = [_prepare(model, y, s) for y, s in zip(ys, series, strict=True)]
    return out


def _prepare(model, y, origin):
    """Prepare a series that grew by forecasts, as it was before them."""
    return prepare(y, replace(model.preparation, log=origin.logged), origin.scale)


def _panel(model, series, exogenous):
    if exogenous is not None:
        exogenous = [x[: len(s.z) + 1] for x, s in zip(exogenous, series, strict=True)]
    sp = model.preparation.sp
    return Panel(series, model.window, 1, sp, exogenous, model.unit)


def _new_times(panel, length):
    """Give the last `length` times of every series, the shorter ones padded."""
    owner = np.arange(len(panel.sizes))[:, None]
    time = np.maximum(panel.sizes[:, None] - length, 0) + np.arange(length)
    inside = time < panel.sizes[:, None]
    return owner, np.minimum(time, panel.sizes[:, None] - 1), inside


def recursive_forecasts_from(model, series, ys, exogenous, n_steps):
    """Forecast recursively from times spread over the series.

    Parameters
    ----------
    As for `recursive_forecast`.

    Returns
    -------
    owner, time : int arrays of shape (n,)
        The series of each forecast, and the last time that it knew.
    z : ndarray of shape (n, n_steps)
        On z's scale.
    """
    firsts = [int(np.flatnonzero(np.isfinite(y))[0]) for y in ys]
    pairs = [
        (i, t)
        for i, (y, first) in enumerate(zip(ys, firsts, strict=True))
        for t in range(len(y) - 2, first, -1)
    ]
    pairs = pairs[:: 1 + len(pairs) // N_ORIGINS] or [(0, firsts[0])]
    owner, time = np.array(pairs).T
    origins = [_prepare(model, ys[i][: t + 1], series[i]) for i, t in pairs]
    known = [ys[i][: t + 1] for i, t in pairs]
    if exogenous is not None:
        rows = [exogenous[i][: t + 1 + n_steps] for i, t in pairs]
        short = [n_steps + len(y) - len(x) for x, y in zip(rows, known, strict=True)]
        exogenous = [
            np.pad(x, ((0, max(0, k)), (0, 0)))
            for x, k in zip(rows, short, strict=True)
        ]
    return owner, time, recursive_forecast(model, origins, known, exogenous, n_steps)
