"""Point forecasts of a fitted model: next values, and one step ahead in-sample."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from skrnn.forecasting._model import forecast, forecasts_from_everywhere
from skrnn.forecasting._panel import Panel
from skrnn.forecasting._recursive import recursive_forecast
from skrnn.forecasting._series import prepare


class Scale(NamedTuple):
    """What a series keeps from when it was fitted, though rows come and go."""

    scale: float
    logged: bool
    low: float
    high: float


def scales_of(series):
    """List the `Scale` of prepared series."""
    return [Scale(s.scale, s.logged, *s.bounds) for s in series]


def prepare_all(ys, preparation, scales=()):
    """Prepare series; the first ones as they were when they got their `scales`."""
    fitted = [_prepare_as(y, preparation, s) for y, s in zip(ys, scales, strict=False)]
    return fitted + [prepare(y, preparation) for y in ys[len(scales) :]]


def _prepare_as(y, preparation, scale):
    logged = scale.logged and not (y <= 0).any()
    series = prepare(y, replace(preparation, log=logged), scale.scale)
    low, high = series.bounds
    return replace(series, bounds=(min(low, scale.low), max(high, scale.high)))


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


def predict_steps(model, ys, exogenous, scales, ahead):
    """Forecast every series at its steps.

    Parameters
    ----------
    model : Model
    ys : list of ndarray of shape (n,)
    exogenous : list of ndarray of shape (n + n_steps, n_exogenous), or None
        Known values up to the last step that is wanted, or further.
    scales : list of Scale
    ahead : list of int arrays
        For each series; steps below 1 are in-sample, one step ahead.

    Returns
    -------
    series : list of Series
    z : list of float arrays
        Forecasts on z's scale.
    """
    series = prepare_all(ys, model.preparation, scales)
    furthest = max(a.max() for a in ahead)
    if model.horizon > 1 or furthest <= 1:
        panel = build_panel(model, series, _fit_length(exogenous, ys, model.horizon))
        future = forecast(model, panel)
    else:
        future = recursive_forecast(model, series, exogenous, furthest)
    z = [f[np.maximum(a, 1) - 1] for f, a in zip(future, ahead, strict=True)]
    if min(a.min() for a in ahead) < 1:
        _fill_in_sample(model, series, exogenous, ahead, z)
    return series, z


def _fit_length(exogenous, ys, horizon):
    """Cut the known future to `horizon` rows, or fill it up with means."""
    if exogenous is None:
        return None
    fitted = []
    for x, y in zip(exogenous, ys, strict=True):
        out = np.zeros((len(y) + horizon, x.shape[1]))
        out[: len(x)] = x[: len(out)]
        fitted.append(out)
    return fitted


def _fill_in_sample(model, series, exogenous, ahead, z):
    """Put one-step forecasts where steps are below 1."""
    sizes = [s.z for s in series]
    panel = build_panel(model, series, _fit_length(exogenous, sizes, model.horizon))
    owner, time, forecasts = forecasts_from_everywhere(model, panel)
    for i, (steps, out) in enumerate(zip(ahead, z, strict=True)):
        own = owner == i
        one_step = series[i].z.copy()
        inside = time[own] + 1 < len(one_step)
        one_step[time[own][inside] + 1] = forecasts[own, 0][inside]
        # The first value has no past: it gets the forecast of the second.
        one_step[0] = one_step[min(1, len(one_step) - 1)]
        place = len(one_step) - 1 + steps
        _require_known(place)
        out[steps < 1] = one_step[place[steps < 1]]


def _require_known(place):
    if place.min() < 0:
        raise ValueError(
            f"fh must not reach before the first time of y, got a step {-place.min()} "
            "before it."
        )
