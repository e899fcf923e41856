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
    message = "row for each time of the horizon, got none for 52, but from 50 to 51"
    with pytest.raises(ValueError, match=message):
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
    with pytest.raises(ValueError, match=r"X must be finite or NaN.*column 'load'"):
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


def walk_with(X, future, n=60):
    """Fit on a seasonal random walk and `X`, and forecast three months."""
    rng = np.random.default_rng(0)
    season = 5 * np.sin(np.arange(n) * np.pi / 6)
    index = pd.period_range("2015-01", periods=n + 3, freq="M")
    y = pd.Series(50 + rng.normal(size=n).cumsum() + season, index=index[:n])
    forecaster = LSTMForecaster(**SMALL)
    forecaster.fit(y, X=None if X is None else X.set_axis(index[:n]), fh=[1, 2, 3])
    forecast = forecaster.predict(X=None if X is None else future.set_axis(index[n:]))
    assert np.isfinite(forecast).all()
    return forecast


@pytest.mark.parametrize("price", [9.99, 2.5, -0.1, 1e6, 1e200, 0.0])
def test_a_change_of_what_never_changed_is_of_its_own_size(price):
    X = pd.DataFrame({"price": np.full(100, price)})
    encoder = ExogenousEncoder().fit(X)
    assert not encoder.transform(X).any()
    changed = encoder.transform(pd.DataFrame({"price": [1.1 * price]}))
    np.testing.assert_allclose(changed, 0.1 * np.sign(price))


@pytest.mark.parametrize("price", [9.99, 2.5])
def test_a_change_of_what_never_changed_hardly_changes_forecasts(price):
    X, future = (pd.DataFrame({"price": np.full(n, price)}) for n in (60, 3))
    same, changed = walk_with(X, future), walk_with(X, 1.1 * future)
    np.testing.assert_allclose(changed, same, rtol=1e-3)


def test_what_differs_by_rounding_alone_has_no_effect():
    X = pd.DataFrame({"price": np.resize([0.3, 0.1 + 0.2], 60)})
    assert not ExogenousEncoder().fit(X).transform(X).any()
    same, changed = walk_with(X, X[:3]), walk_with(X, 1.1 * X[:3])
    np.testing.assert_allclose(changed, same, rtol=1e-3)


def test_small_changes_of_large_numbers_are_not_rounding():
    seconds = pd.DataFrame({"stamp": 1.7e9 + np.arange(50.0)})
    encoded = ExogenousEncoder().fit(seconds).transform(seconds)
    np.testing.assert_allclose(encoded.std(), 1)


@pytest.mark.parametrize("factor", [2.0**-1060, 2.0**-700, 2.0**700, 2.0**1018])
def test_the_unit_of_a_column_does_not_matter(factor):
    """Powers of two, so that the numbers are otherwise the same."""
    load = np.random.default_rng(1).integers(-20, 20, size=63)
    X = pd.DataFrame({"load": load.astype(float)})
    expected = walk_with(X[:60], X[60:])
    scaled = walk_with(X[:60] * factor, X[60:] * factor)
    np.testing.assert_allclose(scaled, expected, rtol=1e-9)


def test_the_largest_numbers_do_not_overflow():
    largest = np.finfo(float).max
    X = pd.DataFrame({"load": np.resize([-largest, largest], 64)})
    encoded = ExogenousEncoder().fit(X).transform(X)
    np.testing.assert_allclose(encoded[:2, 0], [-1, 1])
    X.iloc[::4] = largest
    walk_with(X[:60], X[60:63])
    walk_with(X[:60] / largest, X[60:63])


def days(n, kind):
    day = pd.Series(pd.date_range("2021-03-01", periods=n))
    return {
        "datetime": day,
        "time zone": day.dt.tz_localize("UTC"),
        "timedelta": day - day[0],
        "date": day.dt.date,
        "category": day.astype("category"),
    }[kind]


@pytest.mark.parametrize(
    "kind", ["datetime", "time zone", "timedelta", "date", "category"]
)
def test_times_in_X_are_refused(kind):
    X = pd.DataFrame({"load": 1.0, "day": days(40, kind)})
    with pytest.raises(ValueError, match=r"got times in column 'day'\. Turn them into"):
        walk_with(X, X[:3], n=40)


@pytest.mark.parametrize("kind", ["datetime", "timedelta"])
def test_times_for_numbers_are_refused_in_predict(kind):
    X = pd.DataFrame({"load": np.arange(60.0)})
    with pytest.raises(ValueError, match="got times in column 'load'"):
        walk_with(X, pd.DataFrame({"load": days(3, kind)}))


@pytest.mark.parametrize("dtype", [object, "str", "string", "category"])
def test_names_of_rows_are_no_categories(dtype):
    names = pd.Series([f"invoice {i}" for i in range(60)]).astype(dtype)
    with pytest.raises(ValueError, match="60 categories in 60 rows in column 'id'"):
        ExogenousEncoder().fit(pd.DataFrame({"id": names}))
    few = pd.DataFrame({"id": names[:50]})
    assert ExogenousEncoder().fit(few).n_columns == 50
    twice = pd.DataFrame({"id": pd.concat([names, names])})
    assert ExogenousEncoder().fit(twice).n_columns == 60


@pytest.mark.parametrize("dtype", ["inferred", "string", "string[python]", "category"])
def test_missing_categories_are_the_same_in_every_dtype(dtype):
    """Object columns may hold any of the missing values."""
    kinds = pd.DataFrame({"kind": np.resize(["calm", None, "windy", pd.NA], 63)})
    if dtype == "inferred":  # str from pandas 3 on
        texts = [None if pd.isna(kind) else kind for kind in kinds["kind"]]
        typed = pd.DataFrame({"kind": texts})
    else:
        typed = kinds.astype(dtype)
    encoder = ExogenousEncoder().fit(kinds)
    assert encoder.n_columns == 2
    encoded = ExogenousEncoder().fit(typed).transform(typed)
    np.testing.assert_array_equal(encoded, encoder.transform(kinds))
    expected = walk_with(kinds[:60], kinds[60:])
    np.testing.assert_array_equal(walk_with(typed[:60], typed[60:]), expected)


@pytest.mark.parametrize("columns", [{}, {"kind": None}])
def test_X_that_holds_nothing_is_like_no_X(columns):
    X = pd.DataFrame(columns, index=range(63), dtype=object)
    forecast = walk_with(X[:60], X[60:])
    np.testing.assert_allclose(forecast, walk_with(None, None), rtol=1e-6)


def test_an_update_with_X_without_columns():
    y, X = driven_series(60)
    forecaster = LSTMForecaster(**SMALL).fit(y[:50], X=X.iloc[:50, :0], fh=[1, 2])
    forecaster.update(y[50:], X=X.iloc[50:, :0])
    forecast = forecaster.predict(X=pd.DataFrame(index=[60, 61]))
    assert np.isfinite(forecast).all(axis=None)


def test_what_is_no_number_is_refused_by_name():
    X = pd.DataFrame({"other": 1.0, "load": np.arange(60.0)})
    future = X[:3].assign(load=["low", "high", "low"])
    with pytest.raises(ValueError, match="numbers in column 'load', as in fit"):
        walk_with(X, future)
    future = X[:3].assign(load=[1.0, -np.inf, 2.0])
    with pytest.raises(ValueError, match=r"X must be finite or NaN.*column 'load'"):
        walk_with(X, future)
    nothing = X[:3].assign(load=pd.Series([None, None, None], dtype=object))
    walk_with(X, nothing)


def test_a_step_has_one_forecast_whatever_else_is_asked_for():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=72)})
    y = pd.Series(100 + 5 * X["x"].rolling(2, min_periods=1).sum())[:60]
    forecaster = LSTMForecaster(
        units=4, n_estimators=1, epochs=5, regress_exogenous=False, random_state=0
    ).fit(y, X=X[:60], fh=range(1, 13))
    whole = forecaster.predict(X=X[60:])
    for fh in ([1], [3, 7]):
        part = forecaster.predict(fh=fh, X=X[60:])
        np.testing.assert_array_equal(part, whole.iloc[np.array(fh) - 1])


def test_rows_after_the_last_of_y_teach_nothing():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=84)})
    X.loc[80, "x"] = 1000.0
    y = pd.Series(100 + 5 * X["x"])[:60]
    one, other = (
        LSTMForecaster(units=4, n_estimators=1, epochs=2, random_state=0)
        .fit(y, X=known, fh=[1, 2])
        .predict(X=X[60:62])
        for known in (X[:60], X)
    )
    np.testing.assert_array_equal(one, other)
