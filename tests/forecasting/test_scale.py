"""How far forecasts and their quantiles may go: bounds move on with a series."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from skrnn import LSTMForecaster
from skrnn.forecasting._scale import Bounds, Scale, sure_growth
from skrnn.forecasting._series import Preparation, prepare

FAR = np.array([-1e6, 1e6])


def noise(n, seed=0):
    return np.random.default_rng(seed).normal(size=n)


def bounds(y, step, **preparation):
    return prepare(y, Preparation(**preparation)).to_scale().restore(FAR, step)


STILL = {
    "noise": 50 + noise(60),
    "a jump": np.where(np.arange(60) < 40, 100, 600) + noise(60),
    "a huge outlier": np.where(np.arange(60) == 30, 1e5, 100 + noise(60)),
    "a huge last value": np.where(np.arange(60) == 59, 1e5, 100 + noise(60)),
    "slow up, fast down": 5 + np.arange(60) % 10,
    "constant": np.full(60, 7.0),
    "two values": np.array([1.0, 50.0]),
    "three values": np.array([1.0, 2.0, 4.0]),
    "a season": 50 + 20 * np.sin(2 * np.pi * np.arange(60) / 12),
}


@pytest.mark.parametrize("y", STILL.values(), ids=STILL.keys())
@pytest.mark.parametrize("log", [True, False])
def test_bounds_of_series_that_do_not_surely_grow_stay(y, log):
    now, later = (bounds(y, step, log=log) for step in (0, 48))
    np.testing.assert_array_equal(now, later)
    spread = y.max() - y.min()
    assert now[1] == pytest.approx(y.max() + 2 * spread)
    assert now[0] >= y.min() - spread - 1e-9


@given(st.floats(0.02, 0.2), st.integers(8, 30), st.integers(0, 9))
def test_a_growing_series_stays_within_its_bounds_for_as_long_as_it_was_known(
    rate, n, seed
):
    line = rate * (np.arange(2 * n) + 0.1 * noise(2 * n, seed))
    for log, values in (
        (True, np.exp(line)),
        (True, np.exp(-line)),
        (False, line - 1),
        (False, -line),
    ):
        series = prepare(values[:n], Preparation(log=log))
        step, coming = np.arange(1, n), values[n:-1]
        low, high = (series.to_scale().restore(np.full(n - 1, z), step) for z in FAR)
        assert (low <= coming).all()
        assert (coming <= high).all()


def test_growth_counts_as_far_as_it_is_beyond_doubt():
    assert sure_growth(np.full(20, 0.1)) == pytest.approx(0.1)
    assert sure_growth(np.full(20, -0.1)) == pytest.approx(-0.1)
    assert 0.05 < sure_growth(0.1 + 0.05 * noise(60)) < 0.1
    assert sure_growth(0.1 + noise(60)) == 0
    assert sure_growth(np.full(5, 0.1)) == 0
    assert sure_growth(np.empty(0)) == 0


def test_bounds_move_no_further_than_a_series_is_long():
    y = 2.0 ** np.arange(8)
    seven, many = (bounds(y, step) for step in (7, 500))
    np.testing.assert_allclose(seven[1], (128 + 2 * 127) * 2**7)
    np.testing.assert_array_equal(seven, many)


@given(
    hnp.arrays(float, st.integers(1, 30), elements=st.floats(-1e6, 1e6)),
    st.sampled_from(["auto", False]),
    st.integers(-5, 1000),
)
def test_bounds_hold_the_known_values_and_widen(y, log, step):
    series = prepare(y, Preparation(log=log))
    low, high = series.to_scale().restore(FAR, step)
    slack = 1e-9 * np.abs(y).max()
    assert np.isfinite([low, high]).all()
    assert low <= y.min() + slack
    assert y.max() - slack <= high
    if y.min() >= 0:
        assert low >= 0
    further = series.to_scale().restore(FAR, step + 1)
    assert further[0] <= low
    assert high <= further[1]


@pytest.mark.parametrize("logged", [True, False])
def test_limits_on_the_scale_of_z_are_those_of_restored_values(logged):
    scale = Scale(20.0, logged, Bounds(5.0, 90.0, -0.02, 0.1, 20))
    step = np.arange(1, 9)
    low, high = scale.limits(step)
    for limit, far in ((low, -29.0), (high, 29.0)):
        np.testing.assert_allclose(
            scale.restore(limit, step), scale.restore(np.full(8, far), step)
        )
        np.testing.assert_allclose(
            scale.restore(0.99 * limit, step + 1),
            20 * (np.exp(0.99 * limit) if logged else 0.99 * limit),
        )


def test_new_rows_widen_bounds_and_never_narrow_them():
    old, new = Bounds(1.0, 9.0, 0.0, 0.3, 20), Bounds(2.0, 12.0, -0.1, 0.1, 30)
    assert new.join(old, True) == Bounds(1.0, 12.0, -0.1, 0.3, 30)
    assert new.join(old, False) == Bounds(1.0, 12.0, -0.1, 0.1, 30)


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_intervals_follow_a_growing_series(strategy):
    y = 100 * 1.1 ** np.arange(60) * np.exp(0.05 * noise(60))
    y = pd.Series(y, pd.period_range("2000", periods=60, freq="M"))
    forecaster = LSTMForecaster(
        units=4, n_estimators=2, epochs=3, strategy=strategy, random_state=0
    )
    forecaster.fit(y[:36], fh=range(1, 25))
    low, high = forecaster.predict_interval(coverage=0.9).to_numpy().T
    assert ((low <= y[36:]) & (y[36:] <= high)).mean() > 0.8
    assert low[-1] <= y.iloc[-1] <= high[-1]
    # However unlikely: no more than thrice what the same growth would make of it.
    far = forecaster.predict_quantiles(alpha=[1e-6, 1 - 1e-6]).to_numpy()
    assert far.min() > 0
    assert far.max() < 4 * y.max()
