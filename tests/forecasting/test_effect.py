"""The linear effect of exogenous variables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from skrnn import LSTMForecaster
from skrnn.forecasting._effect import add_effect, basis_of, fit_effect, remove_effect
from skrnn.forecasting._exogenous import ExogenousEncoder
from skrnn.forecasting._history import read_history

SMALL = {"units": 4, "n_estimators": 2, "epochs": 3, "random_state": 0}


def history_of(y, X):
    encoder = ExogenousEncoder().fit(X)
    return read_history(y.to_frame("y"), X, encoder)


def driven(n, level=50.0, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"])
    walk = rng.normal(size=n).cumsum() / 10
    return pd.Series(level + walk + 3 * X.a - X.b), X


def test_coefficients_are_those_of_the_series():
    y, X = driven(200)
    history = history_of(y, X)
    coefficients = fit_effect(history, log=False)
    per_unit = coefficients * y.abs().mean() / X.std(ddof=0).to_numpy()
    np.testing.assert_allclose(per_unit, [3, -1], atol=0.05)


def test_what_is_unrelated_has_next_to_no_effect():
    rng = np.random.default_rng(1)
    y = pd.Series(rng.normal(size=200).cumsum() + 50)
    X = pd.DataFrame(rng.normal(size=(200, 3)))
    coefficients = fit_effect(history_of(y, X), log=False)
    assert np.abs(coefficients * y.mean()).max() < 0.2


@pytest.mark.parametrize("n", [1, 3, 7])
def test_too_short_series_have_no_effect(n):
    y, X = driven(n)
    assert not fit_effect(history_of(y, X), log="auto").any()


@given(
    level=st.sampled_from([-5.0, 0.0, 60.0, 1e6]),
    log=st.sampled_from(["auto", False]),
    seed=st.integers(0, 5),
)
def test_adding_undoes_removing(level, log, seed):
    y, X = driven(30, level, seed)
    history = history_of(y, X)
    coefficients, bases = np.array([0.3, -0.2]), {}
    removed = remove_effect(history, coefficients, log, bases)
    (basis,) = bases[()]
    assert basis == basis_of(y.to_numpy(), log)
    restored = add_effect(removed.values[0], history.exogenous[0], coefficients, basis)
    np.testing.assert_allclose(restored[:, 0], y, rtol=1e-9, atol=1e-9)


def test_forecasts_of_what_never_was_negative_are_not():
    y, X = driven(80, level=0.0)
    y = y.clip(lower=0)
    X.loc[70:, "a"] = -10.0
    forecaster = LSTMForecaster(**SMALL).fit(y[:70], X=X[:70], fh=range(1, 11))
    assert (forecaster.predict_interval(X=X[70:]) >= 0).all(axis=None)


def test_intervals_know_what_X_explains():
    y, X = driven(150)
    forecaster = LSTMForecaster(**SMALL)
    aware = forecaster.fit(y[:140], X=X[:140], fh=[1]).predict_interval(X=X[140:141])
    unaware = forecaster.clone().fit(y[:140], fh=[1]).predict_interval()
    assert np.ptp(aware.to_numpy()) < 0.4 * np.ptp(unaware.to_numpy())


def test_it_can_be_switched_off():
    y, X = driven(80)
    forecaster = LSTMForecaster(regress_exogenous=False, **SMALL)
    forecaster.fit(y[:70], X=X[:70], fh=[1, 2])
    assert not forecaster._encoder.effect.any()


def test_new_series_of_an_update_get_their_own_basis():
    parts = [driven(40, level, seed) for level, seed in ((50, 0), (5000, 1))]
    y = pd.concat({i: p[0].to_frame("y") for i, p in enumerate(parts)})
    X = pd.concat({i: p[1] for i, p in enumerate(parts)})
    forecaster = LSTMForecaster(**SMALL).fit(y.loc[[0]], X=X.loc[[0]], fh=[1, 2])
    forecaster.update(y.loc[[1]], X=X.loc[[1]], update_params=False)
    future = pd.concat({i: p[1][:2].set_axis([40, 41]) for i, p in enumerate(parts)})
    forecast = forecaster.predict(X=future)
    np.testing.assert_allclose(forecast.loc[1], 5000, rtol=0.1)


@pytest.mark.parametrize("x", [-1e200, 1e200])
def test_updates_with_X_far_from_that_of_fit_are_finite(x):
    y, X = driven(60)
    forecaster = LSTMForecaster(**SMALL).fit(y[:50], X=X[:50], fh=[1, 2])
    X.loc[52, "a"] = x
    forecaster.update(y[50:], X=X[50:], update_params=False)
    future = X[:2].set_axis([60, 61])
    assert np.isfinite(forecaster.predict(X=future)).all()
