"""The scikit-learn estimators, and those for collections, in sktime's reductions."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sktime.datasets import (
    load_airline,
    load_covid_3month,
    load_japanese_vowels,
    load_longley,
)
from sktime.forecasting.compose import make_reduction

from skrnn import (
    LagsToSequences,
    RNNClassifier,
    RNNRegressor,
    RNNTimeSeriesClassifier,
    RNNTimeSeriesRegressor,
)

pytestmark = pytest.mark.filterwarnings(
    "ignore:The default of config ``remember_data``:FutureWarning",
    # sktime's global reduction, with pandas 3.
    "ignore:The copy keyword is deprecated",
)


def network(**kwargs):
    return RNNRegressor(8, learning_rate=0.02, epochs=30, random_state=0, **kwargs)


def wave(n=100, seed=0):
    noise = np.random.default_rng(seed).normal(size=n) / 50
    return pd.Series(np.sin(np.arange(n) * np.pi / 6) + noise)


@pytest.mark.parametrize("strategy", ["direct", "recursive", "multioutput"])
def test_a_tabular_reduction(strategy):
    y = wave()
    forecaster = make_reduction(network(), window_length=12, strategy=strategy)
    forecast = forecaster.fit(y[:-6], fh=range(1, 7)).predict()
    assert forecast.index.equals(y.index[-6:])
    assert np.abs(forecast - y[-6:]).max() < 0.4


def test_a_tabular_reduction_with_X_and_lags_in_order():
    from sklearn.pipeline import make_pipeline

    y, X = load_longley()
    # Lags come variable by variable: y's, then those of each column of X.
    n_features = 1 + X.shape[1]
    model = make_pipeline(LagsToSequences(n_features_per_step=n_features), network())
    forecaster = make_reduction(model, window_length=3, strategy="direct")
    scaled_y, scaled_X = y / y.mean(), X / X.mean()
    forecaster.fit(scaled_y[:-2], X=scaled_X[:-2], fh=[1, 2])
    forecast = forecaster.predict(X=scaled_X[-2:])
    np.testing.assert_allclose(forecast, scaled_y[-2:], rtol=0.2)


def test_a_global_reduction():
    frames = {i: wave(60, seed=i).to_frame("y") for i in range(4)}
    y = pd.concat(frames, names=["series", "time"])
    forecaster = make_reduction(network(), window_length=12, pooling="global")
    forecast = forecaster.fit(y, fh=[1, 2]).predict()
    assert len(forecast) == 8
    truth = np.sin(np.array([60, 61]) * np.pi / 6)
    np.testing.assert_allclose(forecast.y.unstack(0).T, [truth] * 4, atol=0.4)


@pytest.mark.parametrize("strategy", ["direct", "recursive", "multioutput"])
def test_a_reduction_to_collections(strategy):
    y = wave()
    model = RNNTimeSeriesRegressor(network())
    forecaster = make_reduction(
        model,
        scitype="time-series-regressor",
        window_length=12,
        strategy=strategy,
    )
    forecast = forecaster.fit(y[:-6], fh=range(1, 7)).predict()
    assert np.abs(forecast - y[-6:]).max() < 0.4


def test_airline_through_collections():
    y = load_airline()
    forecaster = make_reduction(
        RNNTimeSeriesRegressor(network()), scitype="time-series-regressor"
    )
    forecast = forecaster.fit(y[:-3], fh=[1, 2, 3]).predict()
    np.testing.assert_allclose(forecast, y[-3:], rtol=0.4)


@pytest.mark.slow
def test_vowels_of_unequal_length_are_told_apart():
    X, y = load_japanese_vowels(split="train")
    X_test, y_test = load_japanese_vowels(split="test")
    model = RNNTimeSeriesClassifier(
        RNNClassifier(32, learning_rate=0.01, epochs=30), random_state=0
    )
    model.fit(X, y)
    assert model.score(X_test, y_test) > 0.93
    probability = model.predict_proba(X_test)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    assert probability.shape == (370, 9)


@pytest.mark.slow
def test_deaths_of_covid_are_predicted_better_than_by_their_mean():
    X, y = load_covid_3month(split="train")
    X_test, y_test = load_covid_3month(split="test")
    model = RNNTimeSeriesRegressor(random_state=0).fit(X, y.astype(float))
    # The mean has 0 and ridge regression 0.05; Rocket reaches 0.23.
    assert model.score(X_test, y_test.astype(float)) > 0.02


def test_few_series_of_noise_are_not_learned_by_heart():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 1, 20)), rng.normal(size=60)
    X_test, y_test = rng.normal(size=(200, 1, 20)), rng.normal(size=200)
    model = RNNTimeSeriesRegressor(random_state=0).fit(X, y)
    # Without the penalty on the weights the score is -0.7; that of the mean is 0.
    assert model.score(X_test, y_test) > -0.05


def test_missing_values_and_padding():
    rng = np.random.default_rng(0)
    slope = rng.normal(size=60)
    X = slope[:, None, None] * np.linspace(-1, 1, 10) + np.zeros((60, 2, 1))
    model = RNNTimeSeriesRegressor(network(), random_state=0)
    assert model.fit(X[:40], slope[:40]).score(X[40:], slope[40:]) > 0.8
    X[:, 0, 3] = np.nan
    X[:, :, 4] = np.nan
    assert model.fit(X[:40], slope[:40]).score(X[40:], slope[40:]) > 0.8
    short = model.predict(X[40:, :, 5:])
    assert np.isfinite(short).all()


def test_standardising_makes_the_unit_of_the_target_irrelevant():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 1, 6)), rng.normal(size=30)
    small = RNNTimeSeriesRegressor(network()).fit(X, y).predict(X)
    unit = 2.0**20
    large = RNNTimeSeriesRegressor(network()).fit(X * unit, y * unit)
    np.testing.assert_allclose(large.predict(X * unit), small * unit, rtol=1e-9)


WRAPPERS = [
    (RNNTimeSeriesRegressor, RNNRegressor),
    (RNNTimeSeriesClassifier, RNNClassifier),
]
wrappers = pytest.mark.parametrize(("wrapper", "kind"), WRAPPERS)


def collection(kind):
    """20 series of 3 variables and 8 steps, and what is to be predicted."""
    X = np.random.default_rng(0).normal(size=(20, 3, 8))
    X *= np.array([1.0, 10.0, 100.0])[:, None]
    y = X.sum(axis=(1, 2))
    return X, y if kind is RNNRegressor else np.where(y > 0, "up", "down")


def frames(X, columns):
    return [pd.DataFrame(x.T, columns=list(columns)) for x in X]


@wrappers
@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("n_variables", [1, 2, 4])
def test_another_number_of_variables_is_refused(
    wrapper, kind, standardize, n_variables
):
    X, y = collection(kind)
    model = wrapper(kind(4, epochs=3), standardize=standardize).fit(X, y)
    other = np.resize(X, (20, n_variables, 8))
    message = (
        f"as many variables as the first in fit, 3: .* Got {n_variables} in series 0"
    )
    with pytest.raises(ValueError, match=message):
        model.predict(other)


@wrappers
def test_variables_are_matched_by_their_names(wrapper, kind):
    X, y = collection(kind)
    model = wrapper(kind(4, epochs=3), random_state=0).fit(frames(X, "abc"), y)
    expected = model.predict(X)
    mixed = frames(X, "abc")
    mixed[1::2] = [frame[list("cab")] for frame in mixed[1::2]]
    np.testing.assert_array_equal(model.predict(mixed), expected)
    again = wrapper(kind(4, epochs=3), random_state=0).fit(
        frames(X, "abc")[:1] + mixed[1:], y
    )
    np.testing.assert_array_equal(again.predict(X), expected)
    with pytest.raises(ValueError, match=r"\['a', 'b', 'c'\], got \['a', 'b', 'd'\]"):
        model.predict(frames(X, "abd"))


def test_names_that_arrays_get_are_matched_too():
    X, y = collection(RNNRegressor)
    model = RNNTimeSeriesRegressor(network(), random_state=0).fit(X, y)
    expected = model.predict(X)
    np.testing.assert_array_equal(model.predict(frames(X, "abc")), expected)
    turned = [f.iloc[:, ::-1] for f in frames(X, ["var_0", "var_1", "var_2"])]
    np.testing.assert_array_equal(model.predict(turned), expected)


@pytest.mark.parametrize("exponent", [1000, 530, -560, -1000])
def test_no_unit_is_too_large_or_too_small(exponent):
    X, y = collection(RNNRegressor)
    unit = 2.0**exponent
    expected = RNNTimeSeriesRegressor(network()).fit(X, y).predict(X)
    model = RNNTimeSeriesRegressor(network()).fit(X * unit, y * unit)
    np.testing.assert_array_equal(model.predict(X * unit), expected * unit)


def test_predictions_stay_finite_at_the_largest_numbers():
    X, y = collection(RNNRegressor)
    largest = np.finfo(float).max
    model = RNNTimeSeriesRegressor(network()).fit(X, np.sign(y) * largest)
    assert np.isfinite(model.predict(X)).all()
    assert np.isfinite(model.predict(np.sign(X) * largest)).all()


def test_what_is_constant_keeps_its_deviations():
    X, y = collection(RNNRegressor)
    X[:, 0] = 0.1  # its mean, computed, is not 0.1
    model = RNNTimeSeriesRegressor(network(), random_state=0).fit(X, y)
    expected = model.predict(X)
    X[:, 0] += 1e-9
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-6)
    with pytest.warns(UserWarning, match="only single label seen"):
        model.fit(X, np.full(20, 1e300))
    np.testing.assert_allclose(model.predict(X), 1e300)


@wrappers
@pytest.mark.parametrize("standardize", [True, False])
def test_a_missing_value_is_the_mean_of_its_variable(wrapper, kind, standardize):
    X, y = collection(kind)
    X += 5
    model = wrapper(kind(4, epochs=3), standardize=standardize, random_state=0)
    model.fit(X, y)
    filled, missing = X.copy(), X.copy()
    filled[:, 1, 2:5] = X[:, 1].mean()
    missing[:, 1, 2:5] = np.nan
    # Probabilities say more than classes.
    method = "predict" if kind is RNNRegressor else "predict_proba"
    expected = getattr(model, method)(filled)
    np.testing.assert_allclose(getattr(model, method)(missing), expected, rtol=1e-6)


@wrappers
def test_what_the_estimator_may_be(wrapper, kind):
    X, y = collection(kind)
    others = {RNNRegressor, RNNClassifier} - {kind}
    for estimator in [*(other() for other in others), Ridge(), "lstm", kind]:
        message = f"'estimator' parameter of {wrapper.__name__} must be an instance of"
        with pytest.raises(TypeError, match=f"{message} {kind.__name__}, or None. Got"):
            wrapper(estimator).fit(X, y)


@wrappers
@pytest.mark.parametrize(
    "parameter",
    [{"structure": "seq2seq"}, {"structure": "vec2seq"}, {"vocabulary_size": 9}],
)
def test_the_estimator_makes_one_prediction_of_numbers(wrapper, kind, parameter):
    X, y = collection(kind)
    [(name, value)] = parameter.items()
    message = f"'estimator' parameter .* must have {name}=.* Got {name}={value!r}"
    with pytest.raises(ValueError, match=message):
        wrapper(kind(4, **parameter)).fit(X, y)


def test_a_regressor_has_one_quantile():
    X, y = collection(RNNRegressor)
    for quantile in ([0.1, 0.9], [0.5]):
        model = RNNTimeSeriesRegressor(network(loss="quantile", quantile=quantile))
        with pytest.raises(ValueError, match=r"'estimator' .* Got quantile=\[0"):
            model.fit(X, y)
    model = RNNTimeSeriesRegressor(network(loss="quantile", quantile=0.9))
    assert np.mean(model.fit(X, y).predict(X) > y) > 0.5


@wrappers
@pytest.mark.parametrize("name", ["standardize", "random_state"])
def test_parameters_of_the_wrappers(wrapper, kind, name):
    X, y = collection(kind)
    message = f"'{name}' parameter of {wrapper.__name__} .* Got 'yes' instead"
    with pytest.raises(ValueError, match=message):
        wrapper(kind(4), **{name: "yes"}).fit(X, y)
