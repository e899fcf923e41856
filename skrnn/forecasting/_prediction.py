"""Point forecasts of a fitted model: next values, and one step ahead in-sample."""

from dataclasses import replace

import numpy as np

from skrnn.forecasting._habits import LONE_BELOW
from skrnn.forecasting._model import (
    build_panel,
    forecast_from,
    forecasts_from_everywhere,
)
from skrnn.forecasting._recursive import recursive_forecast
from skrnn.forecasting._series import prepare_each
from skrnn.forecasting._start import forecast_on, start_of


def prepare_all(ys, preparation, scales=()):
    """Prepare series; the first ones as they were when they got their `scales`."""
    known = list(zip(ys, scales, strict=False))
    logs = [scale.logged and not (y <= 0).any() for y, scale in known]
    new = len(ys) - len(known)
    series = prepare_each(
        ys,
        preparation,
        logs + [preparation.log] * new,
        [scale.scale for _, scale in known] + [None] * new,
    )
    for i, (_, scale) in enumerate(known):
        bounds = series[i].bounds.join(scale.bounds, logs[i] == scale.logged)
        series[i] = replace(series[i], bounds=bounds)
    return series


def start_to_keep(model, history, scales):
    """Go with the networks to the end of a history, so that no forecast has to.

    Returns
    -------
    Start or None
        None where it would be large beside the history, of many series, or where what
        networks see of the past depends on the coming exogenous rows.
    """
    ys = history.series
    unknown = history.exogenous is not None and model.horizon > 1
    if unknown or len(ys) >= LONE_BELOW:
        return None
    series = prepare_all(ys, model.preparation, scales)
    return start_of(model, series, history.known(1))


def predict_steps(model, ys, exogenous, scales, ahead, start=None):
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
    start : Start or None
        Of these series, if it is there already.

    Returns
    -------
    scales : list of Scale
        As the series are now.
    z : list of float arrays
        Forecasts on z's scale.
    spread : list of float arrays of shape (n_steps, n_levels), or None
        What networks with heads say of the quantiles, less the forecasts; of recursive
        forecasts, what they say of the first.
    """
    furthest = max(1, *(a.max() for a in ahead))
    in_sample = min(a.min() for a in ahead) < 1
    series = None
    if start is None or in_sample:
        series = prepare_all(ys, model.preparation, scales)
    scales, future, fan = _predict_ahead(model, series, exogenous, furthest, start)
    place = [np.maximum(a, 1) - 1 for a in ahead]
    z = [f[p] for f, p in zip(future, place, strict=True)]
    spread = None
    if fan is not None:
        last = fan.shape[1] - 1
        spread = [f[np.minimum(p, last)] for f, p in zip(fan, place, strict=True)]
    if in_sample:
        _fill_in_sample(model, series, exogenous, ahead, z, spread)
    return scales, z, spread


def _predict_ahead(model, series, exogenous, furthest, start):
    """Forecast up to the furthest step: scales, z and spread of every series."""
    if start is not None:
        return start.scales, *forecast_on(model, start, furthest, exogenous)
    scales = [s.to_scale() for s in series]
    if model.horizon == 1 and furthest > 1:
        return scales, *recursive_forecast(model, series, exogenous, furthest)
    panel = build_panel(model, series, exogenous)
    made = forecast_from(model, panel, np.arange(len(series)), panel.sizes - 1)
    return scales, made.z, made.spread


def _fill_in_sample(model, series, exogenous, ahead, z, spread):
    """Put one-step forecasts, and their spread, where steps are below 1."""
    panel = build_panel(model, series, exogenous)
    owner, time, forecasts, fan = forecasts_from_everywhere(model, panel)
    # Forecasts come series by series.
    ends = np.searchsorted(owner, np.arange(len(series) + 1))
    for i, (steps, out) in enumerate(zip(ahead, z, strict=True)):
        own = slice(ends[i], ends[i + 1])
        place = len(series[i].z) - 1 + steps
        _require_known(steps, len(series[i].z))
        wanted = place[steps < 1]
        out[steps < 1] = _one_step(series[i].z, time[own], forecasts[own, 0])[wanted]
        if fan is not None:
            blank = np.zeros((len(series[i].z), fan.shape[-1]))
            spread[i][steps < 1] = _one_step(blank, time[own], fan[own, 0])[wanted]


def _one_step(values, time, forecasts):
    """Put forecasts from each time where the time after it is."""
    values = values.copy()
    inside = time + 1 < len(values)
    values[time[inside] + 1] = forecasts[inside]
    # The first value has no past: it gets the forecast of the second.
    values[0] = values[min(1, len(values) - 1)]
    return values


def _require_known(steps, n):
    if steps.min() <= -n:
        raise ValueError(
            f"fh must not reach before the first of the rows of y that are kept, at "
            f"step {1 - n}, got step {steps.min()}. Of long series only the last rows "
            f"are kept, and those from the first step of the fh of `fit` on: if y "
            f"began earlier, pass {steps.min()} there too."
        )
