"""The core of the forecasters: fitting, trials, forecasts, and hard series."""

import numpy as np
import pytest

from skrnn.engine._losses import Loss
from skrnn.engine._optimizers import Optimizer
from skrnn.forecasting import _fitting, _habits, _model
from skrnn.forecasting._series import Preparation

AUTO = {"learning_rate": "auto", "weight_decay": "auto", "epochs": "auto"}
QUICK = {"learning_rate": 1e-2, "weight_decay": 0.0, "epochs": 3}
COMMON = {"schedule": "one_cycle", "clip_norm": 1.0, "jit_compile": False}


def fit(ys, horizon=6, sp=1, seed=0, n_networks=2, chosen=QUICK, units=(4,), **kwargs):
    preparation = Preparation(sp=sp)
    window = _habits.window_length("auto", horizon, sp, max(map(len, ys)))
    panel = _fitting.make_panel(ys, preparation, window, horizon)
    network = {"cell": "lstm", "units": units, "residual": True}
    model = _fitting.fit(
        panel,
        preparation,
        network,
        Optimizer("adamw"),
        Loss("absolute_error"),
        {**COMMON, **chosen},
        n_networks,
        np.random.default_rng(seed),
        **kwargs,
    )
    return model, panel


def restored(model, panel):
    z = forecast(model, panel)
    return np.array(
        [s.to_scale().restore(a) for s, a in zip(panel.series, z, strict=True)]
    )


def walks(n_series, n=40, seed=0):
    rng = np.random.default_rng(seed)
    return [20 + np.cumsum(rng.normal(size=n)) for _ in range(n_series)]


def forecast(model, panel):
    """Forecast the next values of every series: (n_series, horizon)."""
    every = np.arange(len(panel.sizes))
    return _model.forecast_from(model, panel, every, panel.sizes - 1).z


def test_untrained_networks_are_the_baseline():
    model, panel = fit(walks(3), chosen={**QUICK, "epochs": 0})
    owner, last = np.arange(3)[:, None], panel.sizes[:, None] - 1
    baseline = panel.at(owner, last).forecast(np.zeros((3, 1, panel.horizon)))[:, 0]
    np.testing.assert_allclose(forecast(model, panel), baseline)


def test_combining_with_theta_is_the_mean_of_network_and_baseline():
    ys = walks(3)
    z = {}
    for combine in ("theta", None):
        model, panel = fit(ys, combine=combine)
        z[combine] = forecast(model, panel)
    nothing, panel = fit(ys, chosen={**QUICK, "epochs": 0})
    mean = (z[None] + forecast(nothing, panel)) / 2
    np.testing.assert_allclose(z["theta"], mean)


def test_results_depend_on_the_generator_alone():
    ys = walks(2)
    one, again, other = (forecast(*fit(ys, seed=seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0


@pytest.mark.parametrize("length", [16, 256])
def test_the_last_of_the_forecasts_from_everywhere_is_the_forecast(length, monkeypatch):
    monkeypatch.setitem(_habits.MAX_ROW, "lone", length)
    model, panel = fit([*walks(1, 30), *walks(1, 47, seed=1)], sp=4)
    owner, time, z, _ = _model.forecasts_from_everywhere(model, panel)
    assert sorted(zip(owner, time, strict=True)) == [
        (i, t) for i, n in enumerate((30, 47)) for t in range(n)
    ]
    ends = time == panel.sizes[owner] - 1
    np.testing.assert_allclose(z[ends], forecast(model, panel))


def noisy_sine(n, seed):
    noise = 0.3 * np.random.default_rng(seed).normal(size=n)
    return 10 + 3 * np.sin(2 * np.pi * np.arange(n) / 25) + noise


def test_a_trial_finds_that_a_lone_series_can_be_learned():
    y = noisy_sine(212, seed=0)
    model, panel = fit([y[:200]], 12, chosen=AUTO, units="auto", n_networks=3)
    assert model.kind == "eager"
    error = np.abs(restored(model, panel)[0] - y[200:]).mean()
    # The noise alone makes 0.24; the baseline is off by more than 2.
    assert error < 0.45


@pytest.mark.parametrize("kind", ["noise", "random walk"])
def test_a_trial_finds_that_noise_cannot_be_learned(kind):
    kinds = []
    for seed in range(3):
        steps = noise(120, seed)
        y = 50 + (steps if kind == "noise" else np.cumsum(steps))
        model, _ = fit([y], chosen=AUTO, units="auto", n_networks=1)
        kinds.append(model.kind)
    # A random walk of 24 held-out values may look like something by chance.
    assert kinds.count("lone") >= 2


def clean_sine(n):
    return 10 + 3 * np.sin(2 * np.pi * np.arange(n) / 37)


@pytest.mark.parametrize(
    "chosen",
    [{"learning_rate": 3e-3}, {"epochs": 100}, {"weight_decay": 0.0}, {}],
    ids=lambda c: next(iter(c), "early stopping"),
)
def test_what_a_user_chooses_is_tried_as_it_is(chosen):
    y = clean_sine(212)
    tail = 0 if chosen else 20
    model, panel = fit(
        [y[:200]], 12, chosen={**AUTO, **chosen}, units="auto", tail=tail
    )
    assert model.kind == "eager"
    assert model.share == 1
    assert len(model.loss_curve) <= chosen.get("epochs", 200)
    # The baseline is off by more than 2.
    assert np.abs(restored(model, panel)[0] - y[200:]).mean() < 0.3


def test_the_values_that_a_trial_chose_give_the_same_if_a_user_chooses_them():
    y = noisy_sine(200, 1)
    eager = {name: _habits.HABITS["eager"][name] for name in AUTO}
    (auto, panel), (set_, _) = (
        fit([y], 12, chosen=chosen, units="auto") for chosen in (AUTO, eager)
    )
    assert auto.kind == set_.kind == "eager"
    assert auto.share == set_.share
    np.testing.assert_array_equal(forecast(auto, panel), forecast(set_, panel))


def test_a_lost_trial_leaves_what_a_user_chose():
    y = 50 + noise(120)
    model, _ = fit([y], chosen={**AUTO, "epochs": 7}, units="auto")
    assert model.kind == "lone"
    assert model.share == 0.5
    assert len(model.loss_curve) == 7
    # What is not chosen is that of a lone series.
    lone = _habits.HABITS["lone"]
    chosen = {name: lone[name] for name in AUTO} | {"epochs": 7}
    same, panel = fit([y], chosen=chosen, units="auto")
    np.testing.assert_array_equal(forecast(model, panel), forecast(same, panel))


def test_a_short_trial_of_chosen_values_must_show_more():
    panel = fit([walks(1, 60)[0]], 12)[1]
    gains = {
        (name, held): _fitting._gain_needed(
            panel, panel.sizes - held, chosen, tail=held * (name == "stopped")
        )
        for name, chosen in (("auto", AUTO), ("chosen", QUICK), ("stopped", AUTO))
        for held in (12, 24)
    }
    assert [k for k, gain in gains.items() if gain < _fitting.TRIAL_GAIN] == [
        ("chosen", 12),
        ("stopped", 12),
    ]


def test_short_series_have_no_trial():
    y = clean_sine(40)
    model, _ = fit([y], 12, chosen=AUTO, units="auto", tail=4)
    assert model.kind == "lone"


def test_many_series_are_a_panel():
    model, _ = fit(walks(10, 12), chosen={**AUTO, "epochs": 1}, units="auto")
    assert model.kind == "panel"
    assert model.recipe.architecture.units == (32, 32)


def noise(n, seed=0):
    return np.random.default_rng(seed).normal(size=n)


HARD = {
    "constant": np.full(40, 5.0),
    "zero": np.zeros(40),
    "trending": 3.0 + np.arange(60.0),
    "growing": np.exp(np.arange(60) / 10),
    "intermittent": (noise(80) > 1.2) * np.arange(80.0),
    "8 points": 5 + noise(8),
    "2 points": np.array([1.0, 2.0]),
    "1 point": np.array([3.0]),
    "negative": -10 - noise(50) ** 2,
    "huge": 1e12 * (1 + noise(60) / 10),
    "missing": np.where(np.arange(60) % 7 == 3, np.nan, 2 + np.sin(np.arange(60))),
}


def assert_near_their_range(forecasts, ys):
    assert np.isfinite(forecasts).all()
    for forecast, y in zip(forecasts, ys, strict=True):
        low, high = np.nanmin(y), np.nanmax(y)
        allowed = 10 * (high - low) + 1e-9 * abs(high)
        assert forecast.min() >= low - allowed
        assert forecast.max() <= high + allowed


@pytest.mark.parametrize("sp", [1, 12])
@pytest.mark.parametrize("name", HARD)
def test_defaults_survive_hard_series_alone(name, sp):
    y = HARD[name]
    model, panel = fit([y], 8, sp, chosen=AUTO, units="auto")
    assert_near_their_range(restored(model, panel), [y])


def test_defaults_survive_hard_series_together():
    ys = list(HARD.values())
    model, panel = fit(ys, 8, 12, chosen={**AUTO, "epochs": 3}, units="auto")
    assert model.kind == "panel"
    assert_near_their_range(restored(model, panel), ys)


def test_a_constant_series_stays_what_it_is():
    model, panel = fit([np.full(40, 7.0)], chosen=AUTO, units="auto")
    np.testing.assert_allclose(restored(model, panel), 7)
