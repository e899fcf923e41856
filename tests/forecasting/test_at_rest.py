"""Series that do not move, or far less than others: dead products, fixed prices."""

import numpy as np
import pandas as pd
import pytest

from skrnn import LSTMForecaster
from skrnn.forecasting._season import detect_period

SMALL = {"units": 4, "n_estimators": 2, "epochs": 5, "random_state": 0}


def waves(n_series, n=48):
    rng = np.random.default_rng(0)
    season = 3 * np.sin(np.arange(n) * 2 * np.pi / 12)
    return [10 + season + 0.3 * rng.normal(size=n) for _ in range(n_series)]


def panel(*series):
    frames = {f"s{i:02}": pd.DataFrame({"sales": y}) for i, y in enumerate(series)}
    return pd.concat(frames, names=["product", "month"])


@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"strategy": "recursive"},
        {"loss": "quantile"},
        {"loss": "quantile", "strategy": "recursive"},
        {"early_stopping": True},
    ],
)
@pytest.mark.parametrize("level", [0.0, 0.1])
def test_series_at_rest_change_nothing_for_others(level, kwargs):
    moving = waves(12)
    alone = LSTMForecaster(**SMALL, **kwargs).fit(panel(*moving), fh=[1, 2, 3])
    beside = LSTMForecaster(**SMALL, **kwargs)
    beside.fit(panel(*moving, *[np.full(48, level)] * 20), fh=[1, 2, 3])
    assert alone.sp_ == beside.sp_ == 12
    for call in ("predict", "predict_interval"):
        ours, theirs = getattr(alone, call)(), getattr(beside, call)()
        np.testing.assert_allclose(theirs[: len(ours)], ours, rtol=1e-9)
        assert (theirs[len(ours) :] == level).all(axis=None)


def hardly_moving(n_series, move, level=1000.0, n=48):
    rng = np.random.default_rng(1)
    return [level * (1 + move * rng.normal(size=n)) for _ in range(n_series)]


KINDS = {
    "direct": {},
    "recursive": {"strategy": "recursive"},
    "heads": {"loss": "quantile"},
    "recursive heads": {"loss": "quantile", "strategy": "recursive"},
}


@pytest.mark.parametrize("kwargs", KINDS.values(), ids=KINDS.keys())
@pytest.mark.parametrize("n_quiet", [4, 20])
def test_how_little_series_move_changes_nothing(n_quiet, kwargs):
    """Others are forecast the same, and they themselves on their own scale."""

    def forecasts(move):
        quiet = hardly_moving(n_quiet, move)
        forecaster = LSTMForecaster(**SMALL, **kwargs)
        forecaster.fit(panel(*waves(12), *quiet), fh=[1, 2, 3])
        made = [forecaster.predict(), forecaster.predict_interval()]
        rows = pd.concat(made, axis=1).to_numpy()
        return rows[:36], (rows[36:] - 1000) / (1000 * move)

    little, less = forecasts(1e-4), forecasts(1e-7)
    np.testing.assert_allclose(little[0], less[0], rtol=1e-4)
    np.testing.assert_allclose(little[1], less[1], atol=0.005)


# Recursive intervals rest on few errors, so what others' errors are like counts more.
@pytest.mark.parametrize(("strategy", "times"), [("direct", 1.1), ("recursive", 2)])
def test_others_are_forecast_as_well_beside_series_that_hardly_move(strategy, times):
    moving = waves(12, 60)
    truth = np.concatenate([y[48:] for y in moving])

    def measured(*quiet):
        forecaster = LSTMForecaster(strategy=strategy, **SMALL | {"epochs": 20})
        y = panel(*[y[:48] for y in moving], *quiet)
        forecaster.fit(y, fh=range(1, 13))
        error = np.abs(forecaster.predict().to_numpy()[:144, 0] - truth).mean()
        ends = forecaster.predict_interval().to_numpy()[:144]
        return error, np.diff(ends).mean()

    error, width = measured()
    beside = measured(*hardly_moving(20, 1e-6))
    assert beside[0] < 1.1 * error
    assert beside[1] < times * width


def test_only_what_moves_says_whether_there_is_a_season():
    assert detect_period([*waves(2), *[np.full(48, 7.0)] * 20]) == 12
    assert detect_period([np.full(48, 7.0)] * 3) == 1


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("level", [1e10, -1e12])
def test_small_moves_at_a_high_level_are_forecast_as_those_at_a_lower_one(
    level, strategy
):
    y = pd.Series(waves(1)[0])
    forecaster = LSTMForecaster(sp=12, log=False, strategy=strategy, **SMALL)
    low = forecaster.fit(y + 1e4, fh=[1, 2, 3]).predict() - 1e4
    high = forecaster.fit(y + level, fh=[1, 2, 3]).predict() - level
    np.testing.assert_allclose(high, low, atol=0.01)


@pytest.mark.parametrize("level", [0.0, 0.1, 1e15])
def test_a_lone_series_at_rest_stays_there(level):
    forecaster = LSTMForecaster(**SMALL).fit(pd.Series(np.full(30, level)), fh=[1, 2])
    assert (forecaster.predict() == level).all()
    assert (forecaster.predict_interval() == level).all(axis=None)
    forecaster.update(pd.Series([level + 1], [30]))
    assert np.isfinite(forecaster.predict()).all()
