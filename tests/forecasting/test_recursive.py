"""Recursive forecasts, against series that are prepared anew at every step."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sktime.datasets import load_airline

from skrnn import LSTMForecaster
from skrnn.forecasting import _panel, _recursive
from skrnn.forecasting._moments import Layout
from skrnn.forecasting._numbers import number
from skrnn.forecasting._panel import Panel
from skrnn.forecasting._prediction import predict_steps
from skrnn.forecasting._recursive import recursive_forecast
from skrnn.forecasting._running import RunningEstimates
from skrnn.forecasting._series import Preparation, prepare
from skrnn.forecasting._start import forecast_on, start_of

N_STEPS = 30
AIRLINE = load_airline().to_numpy()


def noise(n, seed=0):
    return np.random.default_rng(seed).normal(size=n)


SERIES = {
    "seasonal": [AIRLINE],
    "a season and a half": [AIRLINE[:18]],
    "2 points": [AIRLINE[:2]],
    "4 points": [AIRLINE[:4]],
    "1 point": [AIRLINE[:1]],
    "noise": [noise(60)],
    "missing": [np.where(np.arange(144) % 7 == 3, np.nan, AIRLINE)],
    "missing at the start": [np.r_[np.full(5, np.nan), AIRLINE]],
    "missing at the end": [np.r_[AIRLINE, np.full(3, np.nan)]],
    "growing": [1.2 ** np.arange(24) * np.exp(0.1 * noise(24))],
    "panel": [AIRLINE, AIRLINE[:30], noise(90), AIRLINE[:7], noise(3)],
}
PREPARATIONS = {
    "defaults": {"sp": 12},
    "quarters": {"sp": 4},
    "odd season": {"sp": 5},
    "no season": {"sp": 1},
    "season not removed": {"sp": 12, "deseasonalize": False},
    "naive baseline": {"sp": 12, "baseline": "naive"},
    "no logarithm": {"sp": 12, "log": False},
}


@pytest.mark.parametrize("options", PREPARATIONS.values(), ids=PREPARATIONS.keys())
@pytest.mark.parametrize("ys", SERIES.values(), ids=SERIES.keys())
def test_running_estimates_are_those_of_the_whole_series(ys, options, monkeypatch):
    # The unit stays what it was, however much the values that are added move.
    monkeypatch.setattr(_panel, "MAX_RATIO", np.inf)
    preparation = Preparation(**options)
    window, horizon, sp = 9, 1, preparation.sp
    series = [prepare(y, preparation) for y in ys]
    layout = Layout(window, horizon, sp)
    running = RunningEstimates(
        series, preparation, layout, np.full(len(series), 0.5)
    ).grow(N_STEPS)
    owner, known = np.arange(len(ys))[:, None], list(ys)
    for step in range(N_STEPS):
        added = np.array([s.z[-1] for s in series]) + 0.1 * noise(len(ys), step)
        running.append(number(added))
        whole = []
        for i, s in enumerate(series):
            y = s.scale * (np.exp(added[i]) if s.logged else added[i])
            known[i] = np.append(known[i], y)
            again = replace(preparation, log=s.logged)
            whole.append(prepare(known[i], again, s.scale))
        panel = Panel(whole, window, horizon, sp, unit=0.5)
        expected = panel.at(owner, panel.sizes[:, None] - 1)
        inputs = running.inputs().reshape(-1, len(ys)).T
        np.testing.assert_allclose(inputs, expected.inputs()[:, 0], atol=1e-9)
        output = noise(len(ys), step)
        np.testing.assert_allclose(
            np.ravel(running.forecast(number(output))),
            expected.forecast(output[:, None, None]).ravel(),
            atol=1e-9,
        )


@pytest.mark.parametrize("n_series", [1, 3])
@pytest.mark.parametrize("sp", [2, 3, 7])
def test_a_season_fades_without_a_trace(sp, n_series):
    """Forecasts far ahead add the same value again and again."""
    ys = [100 + noise(40, seed) for seed in range(n_series)]
    preparation = Preparation(sp=sp)
    series = [prepare(y, preparation) for y in ys]
    n_steps = 400 * sp
    layout, units = Layout(9, 1, sp), np.full(len(series), 0.5)
    running = RunningEstimates(series, preparation, layout, units).grow(n_steps)
    for _ in range(n_steps):
        running.append(number(np.full(n_series, 0.3)))
        assert np.all((running.season.strength >= 0) & (running.season.strength <= 1))
    indices = np.array(running.season.means[-sp:]) - running.season.center
    np.testing.assert_allclose(indices, 0, atol=1e-12)


def test_a_start_is_used_again():
    model = airline_model()
    start = start_of(model, [prepare(AIRLINE, model.preparation)])
    before = pickle.dumps(start)
    first, _ = forecast_on(model, start, 12)
    second, _ = forecast_on(model, pickle.loads(before), 12)
    again, _ = forecast_on(model, start, 12)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, again)
    assert pickle.dumps(start) == before


def one_by_one(model, ys, scales, exogenous):
    """Forecast a step, append it to the series, and begin anew with all of it."""
    out = []
    for k in range(N_STEPS):
        x = (
            None
            if exogenous is None
            else [e[: len(y) + 1] for e, y in zip(exogenous, ys, strict=True)]
        )
        grown = replace(model, length=model.length + k)
        _, z, _ = predict_steps(grown, ys, x, scales, [np.array([1])] * len(ys))
        bounded = [s.restore(v, k + 1) for s, v in zip(scales, z, strict=True)]
        out.append([v[0] for v in z])
        ys = [np.append(y, v) for y, v in zip(ys, bounded, strict=True)]
    return np.array(out).T


@pytest.mark.parametrize("log", ["auto", False])
@pytest.mark.parametrize("exogenous", [False, True])
@pytest.mark.parametrize("name", ["seasonal", "missing", "noise", "growing", "panel"])
def test_the_same_as_one_step_at_a_time(name, exogenous, log):
    ys = [y for y in SERIES[name] if len(y) > 10]
    frames, X = [], None
    for y in ys:
        frames.append(pd.DataFrame({"y": y}))
    y = pd.concat(dict(enumerate(frames)))
    if exogenous:
        X = pd.DataFrame({"x": noise(len(y)), "w": noise(len(y), 1)}, y.index)
    forecaster = LSTMForecaster(
        units=(3, 3),
        n_estimators=2,
        epochs=2,
        strategy="recursive",
        sp=12,
        log=log,
        regress_exogenous=False,
        random_state=0,
    ).fit(y, X=X, fh=range(1, N_STEPS + 1))
    model, scales = forecaster.model_, forecaster._scales
    # So long that both begin at the first value.
    model = replace(model, length=max(map(len, ys)))
    rows = None
    if exogenous:
        future = [noise(2 * N_STEPS, i).reshape(-1, 2) for i in range(len(ys))]
        rows = forecaster._history.known(N_STEPS, future)
    ahead = [np.arange(1, N_STEPS + 1)] * len(ys)
    _, got, _ = predict_steps(model, ys, rows, scales, ahead)
    np.testing.assert_allclose(got, one_by_one(model, ys, scales, rows), atol=1e-9)


def airline_model():
    forecaster = LSTMForecaster(
        units=4, n_estimators=2, epochs=2, strategy="recursive", random_state=0
    )
    return forecaster.fit(load_airline(), fh=range(1, 13)).model_


def test_a_longer_horizon_does_not_change_the_first_steps():
    model = airline_model()
    series = [prepare(AIRLINE, model.preparation)]
    near, far = (recursive_forecast(model, series, None, n)[0] for n in (12, 36))
    np.testing.assert_array_equal(near, far[:, :12])


@pytest.mark.parametrize(("block", "atol"), [(_recursive.BLOCK, 1e-10), (2, 1e-5)])
def test_series_of_a_panel_do_not_mix(block, atol, monkeypatch):
    """In several blocks, networks run in single precision."""
    model = airline_model()
    series = [prepare(y, model.preparation) for y in SERIES["panel"]]
    alone = [recursive_forecast(model, [s], None, 12)[0][0] for s in series]
    monkeypatch.setattr(_recursive, "BLOCK", block)
    together, spread = recursive_forecast(model, series, None, 12)
    assert spread is None
    np.testing.assert_allclose(together, alone, atol=atol)


def without_start(forecaster):
    """Give a copy that has to find where its series end."""
    other = copy.deepcopy(forecaster)
    other._start = None
    return other


@pytest.mark.parametrize("strategy", ["recursive", "direct"])
def test_where_forecasts_start_is_kept_and_follows_updates(strategy):
    y = load_airline()
    forecaster = LSTMForecaster(
        units=3, n_estimators=2, epochs=2, strategy=strategy, random_state=0
    ).fit(y[:120], fh=[-3, 1, 2, 12])
    for update_params in (None, False, True):
        if update_params is not None:
            # So far out that bounds move, and the logarithm is lost.
            new = y[120:125] * (-9 if update_params else 9)
            forecaster.update(new, update_params=update_params)
        assert forecaster._start is not None
        before = pickle.dumps(forecaster)
        got, anew = (f.predict() for f in (forecaster, without_start(forecaster)))
        pd.testing.assert_series_equal(got, anew, rtol=1e-12)
        got, anew = (
            f.predict_interval([1, 5]) for f in (forecaster, without_start(forecaster))
        )
        pd.testing.assert_frame_equal(got, anew, rtol=1e-12)
        assert pickle.dumps(forecaster) == before


@pytest.mark.parametrize("strategy", ["recursive", "direct"])
@pytest.mark.parametrize("n_series", [2, 12])
def test_where_forecasts_start_is_kept_of_few_series_alone(strategy, n_series):
    y = pd.concat({i: pd.DataFrame({"y": noise(20, i)}) for i in range(n_series)})
    X = pd.DataFrame({"x": noise(len(y))}, y.index)
    forecaster = LSTMForecaster(
        units=3, n_estimators=1, epochs=1, strategy=strategy, random_state=0
    )
    forecaster.fit(y, fh=[1, 2, 3])
    assert (forecaster._start is not None) == (n_series == 2)
    pd.testing.assert_frame_equal(
        forecaster.predict(), without_start(forecaster).predict(), rtol=1e-12
    )
    # What networks with outputs for all steps see of the past depends on the future.
    forecaster.fit(y, X=X, fh=[1, 2, 3])
    kept = n_series == 2 and strategy == "recursive"
    assert (forecaster._start is not None) == kept


@pytest.mark.parametrize("loss", ["absolute_error", "quantile"])
def test_blocks_of_series_keep_their_exogenous_variables_and_quantiles(
    loss, monkeypatch
):
    index = pd.MultiIndex.from_product([range(12), range(40)], names=["series", "time"])
    X = pd.DataFrame({"x": noise(480, 1)}, index)
    y = pd.DataFrame({"y": X["x"].shift(fill_value=0.0) + 0.1 * noise(480, 2)})
    past = index.get_level_values("time") < 36
    forecaster = LSTMForecaster(
        strategy="recursive", loss=loss, n_estimators=2, epochs=2, random_state=0
    ).fit(y[past], X[past], fh=[1, 2, 4])
    at_once = forecaster.predict(X=X[~past]), forecaster.predict_quantiles(X=X[~past])
    monkeypatch.setattr(_recursive, "BLOCK", 2)
    in_blocks = forecaster.predict(X=X[~past]), forecaster.predict_quantiles(X=X[~past])
    for whole, part in zip(at_once, in_blocks, strict=True):
        assert not part.equals(whole)  # single precision was used
        pd.testing.assert_frame_equal(whole, part, atol=1e-4)
