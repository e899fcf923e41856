"""Forecasters in sktime's pipelines, ensembles, reconcilers and searches."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sktime.datasets import load_airline, load_longley
from sktime.forecasting.compose import (
    EnsembleForecaster,
    ForecastingPipeline,
    MultiplexForecaster,
    TransformedTargetForecaster,
)
from sktime.forecasting.model_evaluation import evaluate
from sktime.forecasting.model_selection import (
    ForecastingGridSearchCV,
    ForecastingOptunaSearchCV,
    ForecastingRandomizedSearchCV,
)
from sktime.forecasting.naive import NaiveForecaster
from sktime.forecasting.reconcile import ReconcilerForecaster
from sktime.performance_metrics.forecasting import MeanAbsolutePercentageError
from sktime.split import ExpandingWindowSplitter
from sktime.transformations.adapt import TabularToSeriesAdaptor
from sktime.transformations.boxcox import LogTransformer
from sktime.transformations.detrend import Deseasonalizer, Detrender
from sktime.transformations.hierarchical.aggregate import Aggregator

from skrnn import LSTMForecaster, RNNRegressor

SMALL = {"units": 4, "n_estimators": 2, "epochs": 3, "random_state": 0}
FH = list(range(1, 13))
# sktime's composites keep their data by default, and warn that they will not.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The default of config ``remember_data``:FutureWarning",
    # The reconciler aggregates what it has aggregated.
    "ignore:Found elements in the index of X named '__total'",
)


def mape(forecaster, y, **kwargs):
    train, test = y[:-12], y[-12:]
    forecast = forecaster.fit(train, fh=FH, **kwargs).predict()
    assert forecast.index.equals(test.index)
    return float(np.mean(np.abs(forecast.to_numpy() / test.to_numpy() - 1)))


def test_in_a_pipeline_that_transforms_the_target():
    steps = [("log", LogTransformer()), ("forecaster", LSTMForecaster(**SMALL))]
    assert mape(TransformedTargetForecaster(steps), load_airline()) < 0.1


def test_after_transformers_joined_by_multiplication():
    pytest.importorskip("statsmodels", reason="Deseasonalizer needs it")
    forecaster = Deseasonalizer(sp=12) * Detrender() * LSTMForecaster(sp=1, **SMALL)
    assert mape(forecaster, load_airline()) < 0.2
    assert np.isfinite(forecaster.predict_interval()).all(axis=None)


@pytest.mark.parametrize("n", [30, 60])
def test_a_line_that_is_removed_before_is_continued_exactly(n):
    y = pd.Series(100.0 - np.arange(n))
    forecast = (Detrender() * LSTMForecaster(**SMALL)).fit(y, fh=FH).predict()
    np.testing.assert_allclose(forecast, 100.0 - np.arange(n, n + 12), rtol=1e-9)


def test_in_a_pipeline_that_transforms_X():
    y, X = load_longley()
    scaler = TabularToSeriesAdaptor(StandardScaler())
    forecaster = ForecastingPipeline([scaler, LSTMForecaster(**SMALL)])
    forecast = forecaster.fit(y[:-2], X=X[:-2], fh=[1, 2]).predict(X=X[-2:])
    assert forecast.index.equals(y.index[-2:])
    np.testing.assert_allclose(forecast, y[-2:], rtol=0.1)


def test_in_a_multiplexer_and_an_ensemble():
    forecasters = [
        ("naive", NaiveForecaster(sp=12)),
        ("lstm", LSTMForecaster(**SMALL)),
    ]
    chosen = MultiplexForecaster(forecasters, selected_forecaster="lstm")
    alone = mape(LSTMForecaster(**SMALL), load_airline())
    assert mape(chosen, load_airline()) == alone
    assert mape(EnsembleForecaster(forecasters), load_airline()) < 0.15


def test_under_bagging():
    pytest.importorskip("statsmodels", reason="STLBootstrapTransformer needs it")
    from sktime.forecasting.compose import BaggingForecaster
    from sktime.transformations.bootstrap import STLBootstrapTransformer

    bootstrap = STLBootstrapTransformer(n_series=3, sp=12, random_state=0)
    forecaster = BaggingForecaster(bootstrap, LSTMForecaster(**SMALL), random_state=0)
    assert mape(forecaster, load_airline()) < 0.15


def test_for_chosen_columns_of_X():
    y, X = load_longley()
    forecaster = LSTMForecaster(**SMALL)[["GNP", "POP"]]
    forecast = forecaster.fit(y[:-2], X=X[:-2], fh=[1, 2]).predict(X=X[-2:])
    np.testing.assert_allclose(forecast, y[-2:], rtol=0.1)


def hierarchy():
    rng = np.random.default_rng(0)
    index = pd.period_range("2015-01", periods=48, freq="M")
    season = 5 * np.sin(np.arange(48) * np.pi / 6)
    frames = {
        (region, shop): pd.DataFrame(
            {"sales": 50 + season + rng.normal(size=48)}, index=index
        )
        for region in ("north", "south")
        for shop in ("a", "b")
    }
    return pd.concat(frames, names=["region", "shop", "month"])


# Those of the second line weigh by the residuals.
RECONCILIATIONS = ["bu", "ols", "wls_str", "td_fcst"]
RECONCILIATIONS += ["wls_var", "mint_cov", "mint_shrink"]


@pytest.mark.parametrize("method", RECONCILIATIONS)
def test_under_a_reconciler(method):
    y = hierarchy()
    forecaster = ReconcilerForecaster(LSTMForecaster(**SMALL), method=method)
    forecast = forecaster.fit(y, fh=[1, 2, 3]).predict().sales.unstack(-1)
    shops = forecast[forecast.index.get_level_values(1) != "__total"].sum()
    total = forecast.loc[("__total", "__total")]
    np.testing.assert_allclose(shops, total, rtol=1e-9)
    assert len(forecast) == 7


def cv_of(n_folds=2):
    return ExpandingWindowSplitter(
        initial_window=144 - 12 * n_folds, step_length=12, fh=FH
    )


SEARCHES = {
    "grid": (ForecastingGridSearchCV, {"param_grid": {"units": [2, 4]}}),
    "randomized": (
        ForecastingRandomizedSearchCV,
        {
            "param_distributions": {"units": [2, 4], "sp": [1, 12]},
            "n_iter": 2,
            "random_state": 0,
        },
    ),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_searches(name):
    search, options = SEARCHES[name]
    y = load_airline()
    searched = search(LSTMForecaster(**SMALL), cv=cv_of(), backend=None, **options)
    searched.fit(y, fh=FH)
    assert len(searched.cv_results_) == 2
    assert searched.best_score_ < 0.1
    assert np.isfinite(searched.predict()).all()


@pytest.mark.filterwarnings("ignore:ForecastingOptunaSearchCV is experimental")
def test_an_optuna_search():
    optuna = pytest.importorskip("optuna", reason="the search is made by it")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    grid = {"units": optuna.distributions.IntDistribution(2, 4)}
    search = ForecastingOptunaSearchCV(
        LSTMForecaster(**SMALL), cv=cv_of(), param_grid=grid, n_evals=2
    )
    search.fit(load_airline(), fh=FH)
    assert 2 <= search.best_params_["units"] <= 4


def test_a_search_through_a_pipeline():
    pipeline = LogTransformer() * LSTMForecaster(**SMALL)
    grid = {"LSTMForecaster__units": [2, 4]}
    search = ForecastingGridSearchCV(
        pipeline, cv=cv_of(), param_grid=grid, backend=None
    )
    search.fit(load_airline(), fh=FH)
    assert set(search.best_params_) == set(grid)


def test_evaluate_of_a_panel():
    y = Aggregator().fit_transform(hierarchy())
    cv = ExpandingWindowSplitter(initial_window=36, step_length=6, fh=[1, 2, 3])
    table = evaluate(LSTMForecaster(**SMALL), cv, y)
    assert len(table) == 2
    assert (table.filter(like="test_") < 0.2).all(axis=None)


def scores_of(backend):
    table = evaluate(
        LSTMForecaster(**SMALL),
        cv_of(3),
        load_airline(),
        scoring=MeanAbsolutePercentageError(),
        backend=backend,
        backend_params=None if backend in (None, "dask") else {"n_jobs": 2},
    )
    return table["test_MeanAbsolutePercentageError"].to_numpy(dtype=float)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["threading", "loky", "dask"])
def test_every_backend_gives_the_same_bits(backend):
    if backend == "dask":
        pytest.importorskip("dask", reason="it is the backend")
    np.testing.assert_array_equal(scores_of(backend), scores_of(None))


@pytest.mark.slow
@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("backend", ["threading", "loky", "dask"])
def test_searches_score_the_same_bits_on_every_backend(backend, name):
    if backend == "dask":
        pytest.importorskip("dask", reason="it is the backend")
    search, options = SEARCHES[name]

    def scores(**backend):
        searched = search(LSTMForecaster(**SMALL), cv=cv_of(), **options, **backend)
        table = searched.fit(load_airline(), fh=FH).cv_results_
        return table.filter(like="mean_test").to_numpy()

    workers = {} if backend == "dask" else {"backend_params": {"n_jobs": 2}}
    alone = scores(backend=None)
    np.testing.assert_array_equal(scores(backend=backend, **workers), alone)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:ForecastingOptunaSearchCV is experimental")
@pytest.mark.parametrize("backend", ["threading", "loky", "dask"])
def test_an_optuna_search_scores_the_same_bits_on_every_backend(backend):
    optuna = pytest.importorskip("optuna", reason="the search is made by it")
    if backend == "dask":
        pytest.importorskip("dask", reason="it is the backend")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    grid = {"learning_rate": optuna.distributions.FloatDistribution(1e-3, 0.1)}

    def score(backend):
        search = ForecastingOptunaSearchCV(
            LSTMForecaster(**SMALL),
            cv=cv_of(),
            param_grid=grid,
            n_evals=3,
            sampler=optuna.samplers.RandomSampler(seed=0),
            backend=backend,
        )
        return search.fit(load_airline(), fh=FH).best_score_

    assert score(backend) == score(None)


@pytest.mark.slow
def test_eight_candidates_on_five_folds_take_less_than_a_minute():
    import time

    grid = {"units": [8, 16], "combine": ["auto", None], "sp": [1, 12]}
    search = ForecastingGridSearchCV(
        LSTMForecaster(random_state=0),
        cv=cv_of(5),
        param_grid=grid,
        backend=None,
    )
    begin = time.perf_counter()
    search.fit(load_airline(), fh=FH)
    assert time.perf_counter() - begin < 60
    assert search.best_score_ < 0.08


@pytest.mark.slow
def test_a_search_on_two_dask_workers_gives_the_same_numbers():
    distributed = pytest.importorskip("distributed", reason="it runs the workers")
    grid = {"units": [2, 4]}

    def search(**backend):
        searched = ForecastingGridSearchCV(
            LSTMForecaster(**SMALL), cv=cv_of(), param_grid=grid, **backend
        )
        return searched.fit(load_airline(), fh=FH).cv_results_

    alone = search()
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 8, 1))

    def search_of_sklearn():
        network = RNNRegressor(4, epochs=5, random_state=0)
        searched = GridSearchCV(network, {"learning_rate": [0.01, 0.02]}, cv=3)
        return searched.fit(X, X.mean(axis=(1, 2))).cv_results_["mean_test_score"]

    alone, alone_of_sklearn = search(), search_of_sklearn()
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        shared = search(backend="dask")
        with joblib.parallel_config(backend="dask"):
            shared_of_sklearn = search_of_sklearn()
    column = next(c for c in alone if c.startswith("mean_test"))
    np.testing.assert_array_equal(alone[column], shared[column])
    np.testing.assert_array_equal(alone_of_sklearn, shared_of_sklearn)
