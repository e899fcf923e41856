"""How large errors of each series are: drawn to the panel's as far as it says."""

import numpy as np
import pandas as pd
import pytest

from skrnn import LSTMForecaster
from skrnn.forecasting._error_sizes import error_sizes

SMALL = {"units": 4, "n_estimators": 1, "epochs": 3, "random_state": 0}
STEPS = np.arange(1, 7)


def errors(growths, levels, n=60, seed=0):
    """Independent normal errors of each step, of several series."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(len(growths)), n)
    size = levels[:, None] * STEPS ** growths[:, None]
    error = size[owner] * rng.normal(size=(len(owner), len(STEPS)))
    return error, owner, np.tile(np.arange(n), len(growths)), size


def relative(size):
    """Sizes up to a factor for each step."""
    return size / np.exp(np.log(size).mean(axis=0))


@pytest.mark.parametrize("n_series", [6, 20])
def test_series_have_their_own_level_and_growth(n_series):
    growths = np.where(np.arange(n_series) % 2, 0.5, 0.0)
    levels = np.linspace(0.3, 3, n_series)
    error, owner, time, size = errors(growths, levels)
    found = error_sizes(error, owner, time, n_series)
    np.testing.assert_allclose(np.log(relative(found) / relative(size)), 0, atol=0.25)


def test_series_that_do_not_differ_are_not_told_apart():
    error, owner, time, _ = errors(np.full(20, 0.5), np.ones(20), n=12)
    raw = np.abs(error).reshape(20, 12, -1).mean(axis=1)
    found = error_sizes(error, owner, time, 20)
    assert np.log(relative(found)).std() < 0.3 * np.log(relative(raw)).std()


def test_a_series_with_fewer_errors_is_drawn_more():
    """With the same mean error in each half."""
    error, owner, time, _ = errors(np.zeros(12), np.where(np.arange(12) % 2, 1.5, 0.7))
    error[:60], error[60:120] = 2.0, 4.0
    error[1:59] = np.nan
    few, many = relative(error_sizes(error[:, :1], owner, time, 12))[:2, 0]
    assert 1 < few < 0.9 * many / 2


def test_of_few_series_or_errors_growth_is_not_told():
    error, owner, time, _ = errors(np.array([0.0, 0.5]), np.ones(2))
    few = error_sizes(error, owner, time, 2)
    assert (few == few[:, :1]).all()
    error, owner, time, _ = errors(np.zeros(8), np.ones(8), n=1)
    short = error_sizes(error, owner, time, 8)
    assert (short == short[:, :1]).all()
    unknown = error_sizes(np.full((4, 2), np.nan), np.arange(4), np.ones(4, int), 4)
    np.testing.assert_array_equal(unknown, np.ones((4, 2)))


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_walks_and_seasons_each_have_intervals_of_their_own_width(strategy):
    rng = np.random.default_rng(0)
    season, horizon, n_each = rng.normal(size=(10, 4)) * 3, 8, 10
    series = [
        *(100 + rng.normal(size=(n_each, 80)).cumsum(axis=1)),
        *(100 + np.tile(season, 20) + rng.normal(size=(n_each, 80))),
    ]
    y = pd.DataFrame(np.transpose(series))
    forecaster = LSTMForecaster(strategy=strategy, sp=4, **SMALL)
    forecaster.fit(y, fh=range(1, horizon + 1))
    interval = forecaster.predict_interval(coverage=0.9).to_numpy()
    width = (interval[:, 1::2] - interval[:, ::2]).reshape(horizon, 2, n_each)
    walks, seasons = width.mean(axis=2).T / (2 * 1.645)
    assert walks[-1] > 1.7 * walks[0]
    assert walks[-1] > 0.7 * np.sqrt(horizon)
    assert seasons[-1] < 1.4 * seasons[0]
    assert seasons[-1] < 1.6
