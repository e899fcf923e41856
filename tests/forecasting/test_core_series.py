"""One series, prepared: every recursion against a plain computation."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from skrnn.forecasting import _series
from skrnn.forecasting._baseline import (
    LEVEL_RATES,
    TREND_FRACTION,
    baseline_of,
    exponential_average,
    level_rates,
    running_slope,
)
from skrnn.forecasting._seasonal_indices import current_index, seasonal_indices
from skrnn.forecasting._series import Preparation, Series, fill, prepare, prepare_each

numbers = st.floats(-100, 100).map(lambda x: round(x, 3))
series = hnp.arrays(float, st.integers(1, 60), elements=numbers)


@given(series, st.sampled_from(LEVEL_RATES))
def test_an_exponential_average_begins_as_a_plain_mean(x, rate):
    expected, state = [], 0.0
    for k, value in enumerate(x, start=1):
        state += (
            max(rate, 1 / k) * (value - state)
            if k <= np.ceil(1 / rate)
            else (rate * (value - state))
        )
        if k <= np.ceil(1 / rate):
            state = x[:k].mean()
        expected.append(state)
    np.testing.assert_allclose(exponential_average(x, rate), expected, atol=1e-9)


@given(hnp.arrays(float, st.integers(3, 40), elements=numbers))
def test_the_slope_is_that_of_a_line_through_the_past(z):
    (slope,) = running_slope(z[None])
    for n in range(2, len(z) + 1):
        line = np.polyfit(np.arange(n), z[:n], 1)[0]
        expected = TREND_FRACTION * line * max(0, (n - 2) / (n + 2))
        assert slope[n - 1] == pytest.approx(expected, abs=1e-8)


def test_the_baseline_is_theta_as_hyndman_and_billah_write_it():
    z = np.cumsum(np.random.default_rng(0).normal(0.3, 1, 80))
    n, (rate,) = len(z), level_rates(z[None])
    level, slope, lag = (a[0, -1] for a in baseline_of(z[None], "theta"))
    smooth = z[0]
    for value in z[1:]:
        smooth += rate * (value - smooth)
    line = np.polyfit(np.arange(n), z, 1)[0] * (n - 2) / (n + 2)
    steps = np.arange(1, 13)
    drift = line / 2 * (steps - 1 + 1 / rate - (1 - rate) ** n / rate)
    forecast = z[-1] + level + slope * (steps + lag)
    np.testing.assert_allclose(forecast, smooth + drift, rtol=0.01)


def test_a_naive_baseline_repeats_the_last_value():
    assert not np.any(baseline_of(np.arange(9.0)[None], "naive"))


@given(
    hnp.arrays(float, st.integers(2, 60), elements=numbers),
    st.integers(1, 13),
    st.integers(1, 59),
)
def test_seasonal_estimates_know_nothing_of_the_future(z, sp, n):
    n = min(n, len(z))
    raw, center, strength = (a[:n] for a in seasonal_indices(z, sp))
    past_raw, past_center, past_strength = seasonal_indices(z[:n], sp)
    np.testing.assert_allclose(strength, past_strength, atol=1e-6)
    np.testing.assert_allclose(
        strength * (raw - center),
        past_strength * (past_raw - past_center),
        atol=1e-6,
    )
    np.testing.assert_allclose(
        current_index(*seasonal_indices(z, sp), sp)[:n],
        current_index(*seasonal_indices(z[:n], sp), sp),
        atol=1e-6,
    )


@pytest.mark.parametrize("sp", [2, 4, 5, 12])
def test_a_clean_season_is_removed_once_it_is_known(sp):
    pattern = np.random.default_rng(sp).normal(size=sp)
    trend = 0.1 * np.arange(8 * sp)
    y = np.tile(pattern - pattern.mean(), 8) + trend
    estimates = seasonal_indices(y, sp)
    assert estimates[2][-1] == pytest.approx(1, abs=1e-3)
    adjusted = y - current_index(*estimates, sp)
    np.testing.assert_allclose(adjusted[-4 * sp :], trend[-4 * sp :], atol=0.01)


def test_noise_has_little_season():
    y = np.random.default_rng(0).normal(size=240)
    assert prepare(y, Preparation(sp=12)).strength[-1] < 0.5


def test_seasonal_adjustment_can_be_switched_off():
    y = np.tile([1.0, 5.0, 2.0, 8.0], 10)
    assert not prepare(y, Preparation(sp=4, deseasonalize=False)).strength.any()


def test_logarithms_are_taken_of_positive_series_only():
    assert prepare(np.array([1.0, 2.0, 4.0]), Preparation()).logged
    assert not prepare(np.array([0.0, 2.0, 4.0]), Preparation()).logged
    assert not prepare(np.array([1.0, 2.0, 4.0]), Preparation(log=False)).logged


@given(hnp.arrays(float, st.integers(1, 30), elements=st.floats(1e-3, 1e9)))
def test_what_is_prepared_can_be_restored(y):
    for log in ("auto", False):
        prepared = prepare(y, Preparation(log=log))
        np.testing.assert_allclose(
            prepared.to_scale().restore(prepared.z), y, rtol=1e-9
        )


def test_forecasts_stay_near_the_range_of_the_series():
    y = np.array([10.0, 12.0, 11.0, 14.0])
    restored = prepare(y, Preparation()).to_scale().restore(np.array([-50.0, 50.0]))
    np.testing.assert_allclose(restored, [6, 22])


def test_missing_values_are_filled_from_the_season_or_the_value_before():
    y = np.array([np.nan, 1, 2, np.nan, 4, np.nan, np.nan])
    np.testing.assert_array_equal(fill(y, 2), [1, 1, 2, 1, 4, 1, 4])
    np.testing.assert_array_equal(fill(y, 1), [1, 1, 2, 2, 4, 4, 4])


def test_no_scale_is_lost():
    y = np.random.default_rng(0).lognormal(size=50)
    small, large = (prepare(c * y, Preparation(sp=4)) for c in (1e-9, 1e12))
    np.testing.assert_allclose(small.z, large.z, atol=1e-9)
    np.testing.assert_allclose(small.level, large.level, atol=1e-9)


@pytest.mark.parametrize("block", [1, 100, _series.BLOCK])
def test_a_series_is_prepared_as_if_it_were_alone(block, monkeypatch):
    monkeypatch.setattr(_series, "BLOCK", block)
    rng = np.random.default_rng(0)
    sizes = [40, 1, 7, 40, 2, 40, 30, 3, 7]
    ys = [rng.normal(10 * (i % 2), 1, n).cumsum() for i, n in enumerate(sizes)]
    ys[3][[0, 5]] = np.nan
    preparation = Preparation(sp=4)
    for y, together in zip(ys, prepare_each(ys, preparation), strict=True):
        alone = prepare(y, preparation)
        for field in fields(Series):
            np.testing.assert_array_equal(
                getattr(together, field.name), getattr(alone, field.name), field.name
            )
