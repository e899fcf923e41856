"""Exogenous variables: known futures, categories, missing values, wrong frames."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from skrnn import LSTMForecaster
from skrnn.forecasting._exogenous import ExogenousEncoder

SMALL = {"units": 4, "n_estimators": 2, "epochs": 3, "random_state": 0}


def driven_series(n=300, n_instances=1, seed=0):
    """Series without memory: what they are is known from X alone."""
    rng = np.random.default_rng(seed)
    frames = {}
    for i in range(n_instances):
        X = pd.DataFrame(
            {
                "load": rng.normal(size=n),
                "kind": rng.choice(["calm", "windy", "stormy"], size=n),
            }
        )
        effect = X.kind.map({"calm": 0.0, "windy": 2.0, "stormy": -1.0})
        frames[f"s{i}"] = X.assign(y=20 + 2 * X.load + effect)
    if n_instances == 1:
        return frames["s0"][["y"]], frames["s0"][["load", "kind"]]
    joined = pd.concat(frames, names=["series", "time"])
    return joined[["y"]], joined[["load", "kind"]]


@pytest.mark.slow
@pytest.mark.parametrize("n_instances", [1, 12])
def test_what_X_alone_knows_is_forecast_only_with_it(n_instances):
    y, X = driven_series(300 if n_instances == 1 else 80, n_instances)
    horizon = 12
    times = y.index.get_level_values(-1)
    past = times < times.max() + 1 - horizon
    fh = range(1, horizon + 1)
    forecaster = LSTMForecaster(random_state=0)
    with_x = forecaster.clone().fit(y[past], X=X[past], fh=fh).predict(X=X[~past])
    without = forecaster.clone().fit(y[past], fh=fh).predict()
    assert r2_score(y[~past], with_x) > 0.95
    assert r2_score(y[~past], without) < 0.5


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_the_future_of_X_changes_forecasts(strategy):
    y, X = driven_series(60)
    forecaster = LSTMForecaster(strategy=strategy, **SMALL)
    forecaster.fit(y[:50], X=X[:50], fh=[1, 2, 3])
    one = forecaster.predict(X=X[50:53])
    other = forecaster.predict(X=X[53:56].set_axis(X.index[50:53]))
    assert (one - other).abs().min(axis=None) > 0


def test_rows_of_X_beyond_the_horizon_and_other_columns_do_not_matter():
    y, X = driven_series(60)
    forecaster = LSTMForecaster(**SMALL).fit(y[:50], X=X, fh=[1, 3])
    short = forecaster.predict(X=X[50:53])
    longer = forecaster.predict(X=X[45:].assign(other=1.0)[["other", "kind", "load"]])
    pd.testing.assert_frame_equal(short, longer)


def test_X_needs_rows_only_where_forecasts_are_wanted():
    y, X = driven_series(60)
    forecaster = LSTMForecaster(**SMALL).fit(y[:50], X=X[:50], fh=[-2, 1, 3])
    forecast = forecaster.predict(X=X.iloc[[50, 52]])
    assert np.isfinite(forecast).all(axis=None)
    with pytest.raises(ValueError, match="X must have a row for each time of the hori"):
        forecaster.predict(X=X.iloc[[50, 51]])


def test_missing_values_in_X_are_taken_as_means():
    y, X = driven_series(60)
    X.loc[X.index % 5 == 2, "load"] = np.nan
    X.loc[X.index % 7 == 2, "kind"] = None
    forecaster = LSTMForecaster(**SMALL).fit(y[:50], X=X[:50], fh=range(1, 8))
    assert np.isfinite(forecaster.predict(X=X[50:])).all(axis=None)


def test_that_a_value_of_X_is_missing_may_mean_something():
    """A sensor that reports nothing while the plant is shut."""
    y, X = driven_series(160)
    shut = np.random.default_rng(1).random(160) < 0.2
    X = X[["load"]].assign(load=X.load.mask(shut))
    y = (20 + 2 * X.load).mask(shut, 8.0).to_frame("y")
    options = SMALL | {"epochs": "auto"}
    forecaster = LSTMForecaster(**options).fit(y[:150], X=X[:150], fh=range(1, 11))
    forecast = forecaster.predict(X=X[150:])
    assert r2_score(y[150:], forecast) > 0.9


def test_each_series_of_a_panel_has_its_own_X():
    y, X = driven_series(40, 3)
    past = y.index.get_level_values(1) < 35
    forecaster = LSTMForecaster(**SMALL).fit(y[past], X=X[past], fh=[1, 2])
    forecast = forecaster.predict(X=X[~past])
    changed = X[~past].copy()
    changed.loc["s1", "load"] += 1.0
    difference = (forecaster.predict(X=changed) - forecast).abs().y
    assert (difference.loc["s1"] > 0).all()
    assert difference.drop("s1").max() == 0


@pytest.mark.parametrize(
    ("fit_X", "predict_X", "message"),
    [
        (True, None, "was trained with X, but got no X"),
        (True, "other columns", "X must have the columns it had in fit"),
    ],
)
def test_wrong_X_is_refused(fit_X, predict_X, message):
    y, X = driven_series(60)
    forecaster = LSTMForecaster(**SMALL).fit(y[:50], X=X[:50], fh=[1, 2])
    future = None if predict_X is None else X[50:].drop(columns="load")
    with pytest.raises(ValueError, match=message):
        forecaster.predict(X=future)


def test_infinite_X_is_refused():
    y, X = driven_series(30)
    X.loc[3, "load"] = np.inf
    with pytest.raises(ValueError, match="X must be finite or NaN"):
        LSTMForecaster(**SMALL).fit(y, X=X, fh=1)


def test_an_update_without_the_X_of_fit_is_refused():
    y, X = driven_series(60)
    forecaster = LSTMForecaster(**SMALL).fit(y[:50], X=X[:50], fh=[1, 2])
    with pytest.raises(ValueError, match="was trained with X, but got no X"):
        forecaster.update(y[50:])


def test_encoding_standardises_numbers_and_spreads_categories():
    frame = pd.DataFrame({"n": [1.0, 2.0, np.nan, 3.0], "c": ["a", "b", "a", None]})
    encoder = ExogenousEncoder().fit(frame)
    encoded = encoder.transform(frame)
    assert encoded.shape == (4, 4)
    assert encoder.n_columns == 4
    np.testing.assert_allclose(encoded[[0, 1, 3], 0].std(), 1)
    assert encoded[2, 0] == 0
    np.testing.assert_array_equal(encoded[:, 3], [0, 0, 1, 0])
    unseen = encoder.transform(pd.DataFrame({"n": [2.0], "c": ["z"]}))
    np.testing.assert_allclose(unseen[0, 0], 0)
    assert (unseen[0, 1:3] < 0).all()
    assert unseen[0, 3] == 0
