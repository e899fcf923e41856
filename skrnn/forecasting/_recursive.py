"""Recursive forecasts: a network of one step, fed with its own forecasts."""

from dataclasses import fields, replace

import numpy as np

from skrnn.engine._prepared import Prepared
from skrnn.engine._threads import one_blas_thread
from skrnn.forecasting._model import members_to_output
from skrnn.forecasting._panel import Panel
from skrnn.forecasting._running import RunningEstimates
from skrnn.forecasting._series import prepare

# Forecasts that are made within the series to see how large errors get.
N_ORIGINS = 24


@one_blas_thread
def recursive_forecast(model, series, exogenous, n_steps):
    """Forecast step after step, each from the forecasts of those before.

    The networks' states and the estimates of the series are carried on: a step costs
    one time of the networks and of the series, however long these are.

    Parameters
    ----------
    model : Model
        With a horizon of one.
    series : list of Series
    exogenous : list of ndarray of shape (n + n_steps, n_exogenous), or None
    n_steps : int

    Returns
    -------
    ndarray of shape (n_series, n_steps)
        On z's scale.
    """
    network = Prepared(model.recipe.architecture, model.params, np.float64)
    running = RunningEstimates(series, model.preparation)
    panel = _panel(model, series, exogenous, running, n_steps)
    feed = _Feedback(series)
    out = np.empty((len(series), n_steps))
    owner = np.arange(len(series))[:, None]
    time, mask = _last_times(running.size, model.length)
    last = np.minimum(running.size, model.length) - 1
    states = None
    for k in range(n_steps):
        x, _, _ = panel.inputs(owner, time)
        outputs, states = network(x, mask, states)
        members = outputs[:, last, owner[:, 0]][:, :, None]
        output = members_to_output(model, members)
        time = running.size[:, None] - 1
        out[:, k] = panel.forecast(owner, time, output)[:, 0, 0]
        mask, last, time = None, last * 0, time + 1
        if k + 1 < n_steps:
            _put(panel, running.append(feed.back(out[:, k])), time[:, 0])
    return out


def _last_times(sizes, length):
    """Give the last times of every series, and where these are not padding."""
    time = np.maximum(sizes[:, None] - length, 0) + np.arange(length)
    inside = time < sizes[:, None]
    return np.minimum(time, sizes[:, None] - 1), None if inside.all() else inside


def _panel(model, series, exogenous, running, n_steps):
    """Join series, with room for `n_steps` more times of each."""
    roomy = []
    for i, s in enumerate(series):
        arrays = {f.name: getattr(s, f.name) for f in fields(s)}
        if running.season is not None:
            arrays["raw"] = running.season.first_year(i, s.raw)
        room = {
            name: np.concatenate([a, np.zeros((*a.shape[:-1], n_steps), a.dtype)], -1)
            for name, a in arrays.items()
            if isinstance(a, np.ndarray)
        }
        roomy.append(replace(s, **room))
    if exogenous is not None:
        # The last time that is forecast from needs rows up to the one after it.
        exogenous = [
            x[: len(s.z) + n_steps] for x, s in zip(exogenous, series, strict=True)
        ]
        exogenous = [np.concatenate([x, x[:1] * 0]) for x in exogenous]
    sp = model.preparation.sp
    return Panel(roomy, model.window, 1, sp, exogenous, model.unit)


def _put(panel, estimates, time):
    """Put the estimates for one time of every series into a panel."""
    place = panel.starts + time
    for name, values in estimates._asdict().items():
        getattr(panel, name)[place] = values


class _Feedback:
    """Forecasts as if they had been observed: within bounds, and back on z's scale."""

    def __init__(self, series):
        self.scale = np.array([s.scale for s in series])
        self.logged = np.array([s.logged for s in series])
        self.low, self.high = np.array([s.bounds for s in series]).T

    def back(self, z):
        """Bring forecasts, (S,), to the scale of the series and back."""
        y = np.where(self.logged, np.exp(np.clip(z, -30, 30)), z) * self.scale
        y = np.clip(y, self.low, self.high) / self.scale
        return np.where(self.logged, np.log(np.where(self.logged, y, 1.0)), y)


def _prepare(model, y, origin):
    """Prepare a part of a series, as the whole was."""
    return prepare(y, replace(model.preparation, log=origin.logged), origin.scale)


def recursive_forecasts_from(model, series, ys, exogenous, n_steps):
    """Forecast recursively from times spread over the series.

    Parameters
    ----------
    As for `recursive_forecast`, and `ys`, the series before they were prepared.

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
    return owner, time, recursive_forecast(model, origins, exogenous, n_steps)
