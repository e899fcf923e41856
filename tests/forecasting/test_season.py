"""The seasonal period: from the index, or else from the data."""

import numpy as np
import pandas as pd
import pytest
from sktime.datasets import load_airline, load_lynx, load_shampoo_sales

from skrnn import LSTMForecaster
from skrnn.forecasting._habits import window_length
from skrnn.forecasting._season import CANDIDATES, detect_period, seasonal_period

PERIODS = {
    "YE": 1,
    "QE": 4,
    "MS": 12,
    "2ME": 6,
    "W": 52,
    "D": 7,
    "B": 5,
    "h": 24,
    "2h": 12,
    "7h": 1,
    "ms": 1,
    "24h": 7,
    "7D": 52,
    "14D": 26,
    "60min": 24,
    "7200s": 12,
}


@pytest.mark.parametrize("frequency", PERIODS)
def test_the_usual_period_of_a_frequency(frequency):
    index = pd.date_range("2000-01-01", periods=8, freq=frequency)
    assert seasonal_period(index, [np.zeros(5)]) == PERIODS[frequency]
    unsaid = pd.DatetimeIndex(index, freq=None)
    assert seasonal_period(unsaid, [np.zeros(5)]) == PERIODS[frequency]


@pytest.mark.parametrize(
    ("frequency", "n", "period"),
    [
        ("30min", 96, 48),
        ("30min", 95, 1),
        ("15min", 192, 96),
        ("15min", 191, 4),
        ("min", 2880, 1440),
        ("min", 2879, 60),
        ("min", 119, 1),
        ("s", 7200, 3600),
        ("s", 7199, 60),
        ("7min", 5000, 1),
    ],
)
def test_a_day_of_minutes_counts_if_the_series_has_two(frequency, n, period):
    index = pd.date_range("2000-01-01", periods=n, freq=frequency)
    assert seasonal_period(index, [np.zeros(3), np.zeros(n)]) == period
    assert seasonal_period(index.to_period(), [np.zeros(n)]) == period


@pytest.mark.parametrize(
    ("horizon", "sp", "longest", "window"),
    [
        (6, 12, 100, 15),
        (18, 12, 100, 23),
        (6, 52, 100, 65),
        (6, 52, 40, 40),
        (6, 1440, 5000, 120),
        (200, 1440, 5000, 250),
    ],
)
def test_the_window_spans_a_season_or_the_horizon(horizon, sp, longest, window):
    assert window_length("auto", horizon, sp, longest) == window
    assert window_length(7, horizon, sp, longest) == 7


def autoregression(n, rng, coefficient):
    x = rng.normal(size=n + 50)
    for t in range(1, len(x)):
        x[t] += coefficient * x[t - 1]
    return x[50:]


def noisy(kind, n, rng):
    steps = rng.normal(size=n)
    kinds = {
        "white noise": lambda: steps,
        "trend": lambda: steps + np.arange(n) / 10,
        "random walk": lambda: np.cumsum(steps),
        "growth": lambda: np.exp(np.cumsum(steps) / 10),
        "autoregression": lambda: autoregression(n, rng, 0.8),
        "alternation": lambda: autoregression(n, rng, -0.5),
    }
    return kinds[kind]()


NOISE = ["white noise", "trend", "random walk", "growth", "autoregression"]


@pytest.mark.parametrize("kind", [*NOISE, "alternation"])
@pytest.mark.parametrize("n", [30, 100, 300])
def test_noise_has_seldom_a_season(kind, n):
    rng = np.random.default_rng(0)
    found = [detect_period([noisy(kind, n, rng)]) > 1 for _ in range(150)]
    # One in twenty is allowed: this many by chance once in a thousand times.
    assert np.sum(found) <= 16


@pytest.mark.parametrize("kind", ["white noise", "random walk", "growth"])
@pytest.mark.parametrize("period", [p for p in CANDIDATES if p < 50])
def test_a_season_is_found(kind, period):
    rng = np.random.default_rng(0)
    found = []
    for _ in range(30):
        y, pattern = noisy(kind, 120, rng), rng.normal(size=period)
        size = 2 * np.std(np.diff(y)) / np.std(pattern)
        found.append(detect_period([y + size * pattern[np.arange(120) % period]]))
    assert found.count(period) >= 27


def test_a_season_without_noise_is_found_and_not_its_multiples():
    for period in CANDIDATES:
        y = np.random.default_rng(period).normal(size=period)[np.arange(150) % period]
        assert detect_period([y]) == period


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_series_everybody_knows(unit):
    airline = unit * load_airline().to_numpy()
    assert detect_period([airline]) == 12
    assert detect_period([airline[-40:]]) == 12
    assert detect_period([-airline]) == 12
    # Lynxes come and go every nine or ten years, but never on the year.
    assert detect_period([unit * load_lynx().to_numpy()]) == 1
    assert detect_period([unit * load_shampoo_sales().to_numpy()]) == 1


@pytest.mark.parametrize(
    "y",
    [np.ones(60), np.arange(60.0), np.exp(np.arange(60) / 9), np.zeros(0), np.ones(1)],
)
def test_what_has_no_noise_and_no_season_has_none(y):
    assert detect_period([y]) == 1


def test_missing_values_do_not_move_the_season():
    y = load_airline().to_numpy(copy=True)
    y[[0, 20, 21, 22, 90]] = np.nan
    assert detect_period([y]) == 12
    assert detect_period([np.full(60, np.nan)]) == 1


def test_a_tenth_of_the_series_of_a_panel_decide():
    rng = np.random.default_rng(0)
    season = 3 * rng.normal(size=7)[np.arange(80) % 7]
    seasonal = [rng.normal(size=80) + season for _ in range(4)]
    plain = [rng.normal(size=80) for _ in range(50)]
    assert detect_period(seasonal + plain[:36]) == 7
    assert detect_period(seasonal[:2] + plain) == 1


@pytest.mark.parametrize("kind", ["white noise", "random walk", "autoregression"])
def test_panels_of_noise_have_seldom_a_season(kind):
    rng = np.random.default_rng(0)
    for size, allowed in ((10, 16), (30, 2)):
        panels = [[noisy(kind, 50, rng) for _ in range(size)] for _ in range(100)]
        assert np.sum([detect_period(ys) > 1 for ys in panels]) <= allowed


def test_the_forecaster_finds_the_season_of_integers():
    y = load_airline().reset_index(drop=True)
    small = {"units": 4, "n_estimators": 1, "epochs": 1, "random_state": 0}
    assert LSTMForecaster(**small).fit(y, fh=[1, 2]).sp_ == 12
    assert LSTMForecaster(**small).fit(y.diff()[1:] * 0, fh=[1, 2]).sp_ == 1
