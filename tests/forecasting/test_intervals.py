"""Quantiles, intervals, variances and distributions."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sktime.datasets import load_airline

from skrnn import LSTMForecaster
from skrnn.forecasting._fitting import make_panel
from skrnn.forecasting._intervals import error_quantiles, inflation
from skrnn.forecasting._series import Preparation

SMALL = {"units": 4, "n_estimators": 2, "epochs": 3, "random_state": 0}


def walks(n_series, n, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=n).cumsum() + 100 for _ in range(n_series)]


def frame_of(series):
    frames = {f"s{i:03}": pd.DataFrame({"y": y}) for i, y in enumerate(series)}
    return pd.concat(frames, names=["series", "time"])


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_intervals_are_quantiles_and_widen_with_the_horizon(strategy):
    y = pd.Series(walks(1, 120)[0])
    forecaster = LSTMForecaster(strategy=strategy, sp=1, log=False, **SMALL)
    forecaster.fit(y, fh=range(-5, 13))
    interval = forecaster.predict_interval(coverage=[0.5, 0.9])
    quantiles = forecaster.predict_quantiles(alpha=[0.05, 0.25, 0.75, 0.95])
    np.testing.assert_array_equal(
        interval.to_numpy()[:, [2, 0, 1, 3]], quantiles.to_numpy()
    )
    width = interval.iloc[:, 3] - interval.iloc[:, 2]
    assert (np.diff(width.loc[120:]) >= -1e-9).all()
    assert width.loc[131] > 1.5 * width.loc[120]
    # In-sample forecasts are one step ahead.
    np.testing.assert_allclose(width.loc[:119], width.loc[120], rtol=1e-6)


@pytest.mark.slow
def test_a_panel_of_random_walks_is_covered_as_it_should_be():
    series = walks(150, 60)
    y = frame_of([w[:-8] for w in series])
    forecaster = LSTMForecaster(sp=1, units=8, n_estimators=3, random_state=0)
    forecaster.fit(y, fh=range(1, 9))
    future = np.array([w[-8:] for w in series])
    for coverage in (0.5, 0.8, 0.9):
        interval = forecaster.predict_interval(coverage=coverage).to_numpy()
        low, high = interval.reshape(150, 8, 2).transpose(2, 0, 1)
        covered = ((low <= future) & (future <= high)).mean()
        assert abs(covered - coverage) < 0.06
    # A random walk's eighth step has this deviation.
    width = (high - low)[:, -1].mean()
    assert 0.8 < width / (2 * norm.ppf(0.95) * np.sqrt(8)) < 1.35


def test_calibration_widens_intervals_where_networks_learnt_by_heart():
    y = frame_of(walks(12, 40))
    params = {
        "sp": 1,
        "units": 16,
        "n_estimators": 1,
        "epochs": 150,
        "learning_rate": 0.02,
        "weight_decay": 0.0,
        "random_state": 0,
    }
    learnt = LSTMForecaster(**params).fit(y, fh=[1, 2, 3])
    unaware = LSTMForecaster(calibrate=False, **params).fit(y, fh=[1, 2, 3])
    pd.testing.assert_frame_equal(learnt.predict(), unaware.predict())
    assert learnt.model_.inflation > 1.4
    assert unaware.model_.inflation == pytest.approx(1.1)


def test_inflation_is_the_ratio_of_errors():
    panel = make_panel(walks(20, 50), Preparation(), 4, 3)
    owner, time = np.divmod(np.arange(20 * 50), 50)
    place = panel.starts[owner][:, None] + time[:, None] + np.arange(1, 4)
    rng = np.random.default_rng(0)
    error = rng.normal(size=place.shape)
    truth = np.nan_to_num(panel.z[np.minimum(place, len(panel.z) - 1)])
    since = np.full(20, 40)
    within, honest = (owner, time, truth + error), (owner, time, truth + 1.5 * error)
    assert inflation(panel, since, within, honest) == pytest.approx(1.5, abs=0.1)
    assert inflation(panel, since, honest, within) == pytest.approx(1.1)


def test_quantiles_of_a_panel_are_those_of_its_errors():
    panel = make_panel(walks(50, 60), Preparation(), 4, 2)
    owner, time = np.divmod(np.arange(50 * 60), 60)
    current = panel.z[panel.starts[owner] + time]
    errors = error_quantiles(panel, owner, time, np.stack([current] * 2, 1), 1.0)
    offsets = errors.offsets(0, np.array([1, 2]), [0.05, 0.5, 0.95])
    scale = panel.series[0].scale
    assert offsets[0, 1] == pytest.approx(0, abs=1e-3)
    assert offsets[0, 2] * scale == pytest.approx(norm.ppf(0.95), rel=0.35)
    ratio = offsets[1, 2] / offsets[0, 2]
    assert ratio == pytest.approx(np.sqrt(2), rel=0.1)


def test_far_quantiles_of_many_errors_are_counted_and_of_few_extrapolated():
    far = [1e-7, 1e-4, 1e-3, 1 - 1e-3, 1 - 1e-4, 1 - 1e-7]
    for n_series, tolerance in ((2000, 0.1), (30, 0.35)):
        panel = make_panel(walks(n_series, 60), Preparation(), 4, 1)
        owner, time = np.divmod(np.arange(n_series * 60), 60)
        place = np.minimum(panel.starts[owner] + time + 1, len(panel.z) - 1)
        error = np.random.default_rng(0).normal(size=len(owner))
        made = (np.nan_to_num(panel.z[place]) - error * panel.volatility[owner])[
            :, None
        ]
        errors = error_quantiles(panel, owner, time, made, 1.0)
        offsets = errors.offsets(0, np.array([1]), far)[0] / panel.volatility[0]
        np.testing.assert_allclose(offsets, norm.ppf(far), rtol=tolerance)


def test_sizes_from_few_errors_do_not_make_intervals_too_narrow():
    """Of series whose errors differ in size, of which each shows eight of its own."""
    n_series, n, levels = 400, 10, [0.05, 0.95]
    panel = make_panel(walks(n_series, n), Preparation(), 4, 1)
    owner, time = np.divmod(np.arange(n_series * n), n)
    rng = np.random.default_rng(0)
    size = panel.volatility * rng.lognormal(0, 0.7, n_series)
    place = np.minimum(panel.starts[owner] + time + 1, len(panel.z) - 1)
    made = np.nan_to_num(panel.z[place]) - size[owner] * rng.normal(size=len(owner))
    errors = error_quantiles(panel, owner, time, made[:, None], 1.0)
    offsets = [errors.offsets(i, np.array([1]), levels)[0] for i in range(n_series)]
    low, high = norm.cdf(np.array(offsets).T / size)
    assert np.mean(high - low) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("n_series", [1, 12])
@pytest.mark.parametrize("loss", ["absolute_error", "quantile"])
def test_wider_coverage_always_gives_wider_intervals(n_series, loss):
    y = frame_of(walks(n_series, 60))
    forecaster = LSTMForecaster(loss=loss, calibrate=False, **SMALL)
    forecaster.fit(y, fh=[1, 2, 3])
    coverage = [0.5, 0.9, 0.99, 0.995, 0.999, 0.9999, 0.999999]
    quantiles = forecaster.predict_interval(coverage=coverage).to_numpy()
    widths = quantiles[:, 1::2] - quantiles[:, ::2]
    assert (np.diff(widths, axis=1) > 0).all()


def test_distributions_have_the_forecasts_as_their_means():
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y, fh=[1, 2, 3])
    distribution = forecaster.predict_proba()
    variance = forecaster.predict_var()
    np.testing.assert_allclose(
        np.ravel(distribution.mean()), forecaster.predict().to_numpy()
    )
    np.testing.assert_allclose(np.ravel(distribution.var()), np.ravel(variance))
    assert (variance > 0).all(axis=None)


def test_distributions_of_panels_and_columns():
    y = frame_of(walks(3, 30))
    y = y.assign(other=y.y * 2)
    forecaster = LSTMForecaster(**SMALL).fit(y, fh=[1, 2])
    distribution = forecaster.predict_proba()
    assert distribution.shape == (6, 2)
    quantiles = forecaster.predict_quantiles(alpha=[0.1, 0.9])
    assert list(quantiles.columns) == [
        ("y", 0.1),
        ("y", 0.9),
        ("other", 0.1),
        ("other", 0.9),
    ]
    pd.testing.assert_index_equal(quantiles.index, forecaster.predict().index)


@pytest.mark.parametrize("loss", ["absolute_error", "quantile"])
@pytest.mark.parametrize(("n_series", "calibrate"), [(1, True), (12, "auto")])
def test_series_that_began_within_the_last_horizon(n_series, calibrate, loss):
    """Without it nothing is known that networks could be trained on."""
    values = np.full((24, n_series), np.nan)
    values[14:] = 10 + np.random.default_rng(0).normal(size=(10, n_series))
    y = pd.DataFrame(values)
    forecaster = LSTMForecaster(calibrate=calibrate, loss=loss, **SMALL)
    forecaster.fit(y, fh=range(1, 13))
    assert np.isfinite(forecaster.predict_interval()).all().all()
