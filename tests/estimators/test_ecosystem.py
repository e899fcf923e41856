"""Inside scikit-learn's pipelines, searches and meta-estimators."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    TimeSeriesSplit,
    cross_val_predict,
    cross_val_score,
    learning_curve,
)
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skrnn import LagsToSequences, RNNClassifier, RNNRegressor, SlidingWindow

PARAMETERS = {
    "units": 4,
    "cell": "gru",
    "epochs": 15,
    "learning_rate": 0.03,
    "n_features_per_step": 2,
    "random_state": 0,
}
REGRESSOR = RNNRegressor(**PARAMETERS)
CLASSIFIER = RNNClassifier(**PARAMETERS)


def make_sequences():
    """Sequences of 3 steps and 2 features, and the sum of the first of these."""
    X = np.random.default_rng(0).normal(size=(90, 3, 2))
    return X, X[:, :, 0].sum(axis=1)


@pytest.fixture(params=["2-D", "3-D"])
def data(request):
    X, y = make_sequences()
    return (X.reshape(90, -1) if request.param == "2-D" else X), y


@pytest.fixture
def table():
    X, y = make_sequences()
    return X.reshape(90, -1), y


class TestBothForms:
    """What takes sequences as they are."""

    def test_cross_val_score(self, data):
        assert (cross_val_score(REGRESSOR, *data, cv=3) > 0.5).all()

    def test_cross_val_predict(self, data):
        X, y = data
        probability = cross_val_predict(CLASSIFIER, X, y > 0, method="predict_proba")
        assert ((probability[:, 1] > 0.5) == (y > 0)).mean() > 0.8

    def test_grid_search(self, data):
        grid = {"cell": ["rnn", "gru"], "learning_rate": [1e-4, 0.03]}
        search = GridSearchCV(REGRESSOR, grid, cv=2).fit(*data)
        assert search.best_params_["learning_rate"] == 0.03
        assert search.score(*data) > 0.5

    def test_learning_curve(self, data):
        sizes, _, test = learning_curve(REGRESSOR, *data, train_sizes=[10, 60], cv=3)
        assert sizes.tolist() == [10, 60]
        assert test[1].mean() > test[0].mean()

    def test_transformed_target(self, data):
        X, y = data
        model = TransformedTargetRegressor(REGRESSOR, transformer=StandardScaler())
        assert model.fit(X, 500 + 100 * y).score(X, 500 + 100 * y) > 0.7

    def test_voting(self, data):
        X, y = data
        alone = clone(REGRESSOR).fit(X, y).predict(X)
        model = VotingRegressor([("a", REGRESSOR), ("b", REGRESSOR)])
        assert_allclose(model.fit(X, y).predict(X), alone)
        model = VotingClassifier([("a", CLASSIFIER), ("b", CLASSIFIER)], voting="soft")
        assert model.fit(X, y > 0).score(X, y > 0) > 0.8

    def test_stacking(self, data):
        X, y = data
        model = StackingRegressor([("network", REGRESSOR)], Ridge(), cv=2)
        assert model.fit(X, y).score(X, y) > 0.7
        model = StackingClassifier([("a", CLASSIFIER)], LogisticRegression(), cv=2)
        assert model.fit(X, y > 0).score(X, y > 0) > 0.8

    def test_calibration(self, data):
        X, y = data
        model = CalibratedClassifierCV(CLASSIFIER, cv=2).fit(X, y > 0)
        assert_allclose(model.predict_proba(X).sum(axis=1), 1)
        assert model.score(X, y > 0) > 0.8

    def test_multi_output(self, data):
        X, y = data
        model = MultiOutputRegressor(REGRESSOR).fit(X, np.column_stack([y, -y]))
        assert model.predict(X).shape == (90, 2)
        assert model.score(X, np.column_stack([y, -y])) > 0.7


class TestTablesOnly:
    """What checks by itself that X is 2-D: pass sequences as rows there.

    Both draw among the columns, and have no notion of a time step.
    """

    def test_bagging(self, table):
        model = BaggingRegressor(REGRESSOR, n_estimators=2, random_state=0)
        assert model.fit(*table).score(*table) > 0.7
        with pytest.raises(ValueError, match="required by BaggingRegressor"):
            model.fit(*make_sequences())

    def test_permutation_importance(self, table):
        model = clone(REGRESSOR).fit(*table)
        importance = permutation_importance(model, *table, n_repeats=3, random_state=0)
        assert importance.importances_mean[::2].min() > 0.1
        assert importance.importances_mean[1::2].max() < 0.1
        with pytest.raises(ValueError, match="Found array with dim 3"):
            permutation_importance(model, *make_sequences())


class TestPipelines:
    def test_scaler_then_sequences(self, table):
        X, y = table
        model = make_pipeline(
            StandardScaler(),
            LagsToSequences(n_features_per_step=2, order="time"),
            clone(REGRESSOR).set_params(n_features_per_step=1),
        )
        assert model.fit(1000 + 50 * X, y).score(1000 + 50 * X, y) > 0.7

    @pytest.mark.parametrize("output", ["2d", "3d"])
    def test_windows_of_a_series(self, output):
        time = np.arange(121)
        frame = pd.DataFrame({"level": np.sin(time / 3)})
        X, y = frame[:-1], frame["level"].to_numpy()[1:]
        model = make_pipeline(
            StandardScaler(),
            SlidingWindow(6, output=output),
            clone(REGRESSOR).set_params(n_features_per_step=1),
        ).set_output(transform="pandas")
        scores = cross_val_score(model, X, y, cv=TimeSeriesSplit(3))
        assert (scores[1:] > 0.9).all()
        model.fit(X, y)
        if output == "2d":
            assert model[-1].feature_names_in_[0] == "level_lag5"

    def test_search_over_a_pipeline(self):
        frame = pd.DataFrame({"level": np.sin(np.arange(91) / 3)})
        X, y = frame[:-1], frame["level"].to_numpy()[1:]
        model = make_pipeline(
            SlidingWindow(2), clone(REGRESSOR).set_params(n_features_per_step=1)
        )
        grid = {"slidingwindow__window_length": [1, 5], "rnnregressor__units": [2, 4]}
        search = GridSearchCV(model, grid, cv=TimeSeriesSplit(2)).fit(X, y)
        assert search.best_params_["slidingwindow__window_length"] == 5


class TestMetadataRouting:
    def test_sample_weight_reaches_fit_and_score(self, table):
        X, y = table
        weight = np.random.default_rng(1).uniform(0.1, 3, size=90)
        with config_context(enable_metadata_routing=True):
            model = clone(REGRESSOR).set_fit_request(sample_weight=True)
            model.set_score_request(sample_weight=True)
            scaler = StandardScaler().set_fit_request(sample_weight=False)
            scores = cross_val_score(
                make_pipeline(scaler, model), X, y, params={"sample_weight": weight}
            )
        scaler = StandardScaler().fit(X[18:])
        model = clone(REGRESSOR).fit(scaler.transform(X[18:]), y[18:], weight[18:])
        expected = model.score(scaler.transform(X[:18]), y[:18], weight[:18])
        assert_allclose(scores[0], expected)

    def test_fit_parameters_of_a_search(self, table):
        X, y = table
        weight = np.ones(90)
        search = GridSearchCV(REGRESSOR, {"units": [3]}, cv=2)
        search.fit(X, y, sample_weight=weight)
        with pytest.raises(ValueError, match="sample_weight"):
            search.fit(X, y, sample_weight=-weight)

    @config_context(enable_metadata_routing=True)
    def test_of_partial_fit(self):
        RNNClassifier().set_partial_fit_request(classes=True, sample_weight=True)
        RNNRegressor().set_partial_fit_request(sample_weight=True)
