"""What the forecasters do, beyond sktime's suite."""

import pickle
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from sktime.datasets import load_airline
from sktime.forecasting.base import ForecastingHorizon

from skrnn import GRUForecaster, LSTMForecaster, RNNForecaster, _stored
from skrnn.forecasting._rows import Rows

SMALL = {"units": 4, "n_estimators": 2, "epochs": 3, "random_state": 0}
STRATEGIES = ["direct", "recursive"]


def noise(n, seed=0):
    return np.random.default_rng(seed).normal(size=n)


HARD = {
    "constant": np.full(40, 5.0),
    "zero": np.zeros(40),
    "trend": np.arange(60.0),
    "exponential": np.exp(np.arange(60) / 10),
    "intermittent": (noise(80) > 1.2) * np.arange(80.0),
    "8 points": noise(8),
    "3 points": np.array([1.0, 2.0, 4.0]),
    "1 point": np.array([3.0]),
    "negative": -10 - noise(50) ** 2,
    "huge": 1e12 * (1 + noise(60) / 10),
    "tiny": 1e-12 * (1 + noise(60) / 10),
    "far from zero": 1e9 + noise(60),
    "spike": np.r_[np.ones(50), 1e6, np.ones(10)],
    "missing": np.where(np.arange(60) % 7 == 3, np.nan, np.sin(np.arange(60)) + 2),
    "missing at the start": np.r_[np.full(10, np.nan), noise(30)],
    "missing at the end": np.r_[noise(30), np.full(5, np.nan)],
}


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("name", HARD)
def test_hard_series_give_finite_forecasts_near_their_range(name, strategy):
    y = pd.Series(HARD[name])
    forecaster = LSTMForecaster(strategy=strategy, **SMALL)
    forecaster.fit(y, fh=range(1 - len(y), 13))
    quantiles = forecaster.predict_quantiles(alpha=[0.05, 0.5, 0.95])
    assert np.isfinite(forecaster.predict()).all()
    assert np.isfinite(forecaster.predict_var()).all(axis=None)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    spread = y.max() - y.min()
    # Where a series surely grows, its range is taken to go on for the twelve steps.
    growth = np.exp(1.2) if name == "exponential" else 1
    trend = 12 if name == "trend" else 0
    high = (y.max() + 2 * spread + trend) * growth
    allowed = y.min() - 2 * spread - 1e-9, max(high, y.max() + 2 * spread) + 1e-9
    assert quantiles.min(axis=None) >= allowed[0]
    assert quantiles.max(axis=None) <= allowed[1] * (1 + 1e-9)


@pytest.mark.parametrize("n", [2, 5, 50])
def test_series_that_never_were_negative_have_no_negative_forecasts(n):
    y = pd.Series(np.abs(noise(n)))
    forecaster = LSTMForecaster(**SMALL).fit(y, fh=range(1, 13))
    assert (forecaster.predict() >= 0).all()
    assert (forecaster.predict_interval(coverage=0.99) >= 0).all(axis=None)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_ramp_is_continued_at_the_right_steps(strategy):
    y = pd.Series(np.arange(100.0) + 50)
    forecaster = LSTMForecaster(
        strategy=strategy,
        log=False,
        units=8,
        epochs=300,
        learning_rate=0.02,
        weight_decay=0.0,
        n_estimators=1,
        random_state=0,
    )
    forecast = forecaster.fit(y, fh=[1, 2, 3, 6]).predict()
    assert list(forecast.index) == [100, 101, 102, 105]
    # The network counts for a half beside a baseline that grows half as fast.
    slope = np.polyfit([1, 2, 3, 6], forecast, 1)[0]
    assert 0.6 < slope < 1.1
    assert abs(forecast[100] - 150) < 0.5


INDICES = {
    "range": pd.RangeIndex(60),
    "integers": pd.Index(np.arange(7, 67)),
    "months": pd.period_range("2000-01", periods=60, freq="M"),
    "month ends": pd.date_range("2000-01-31", periods=60, freq="ME"),
    "days": pd.date_range("2000-01-01", periods=60, freq="D"),
    "business days": pd.bdate_range("2000-01-03", periods=60),
    "two hours": pd.date_range("2000-01-01", periods=60, freq="2h"),
    "quarters": pd.period_range("2000Q1", periods=60, freq="Q"),
    "with a time zone": pd.date_range("2020-06-01", periods=60, tz="UTC", freq="h"),
    "microseconds": pd.date_range("2000-01-01", periods=60, freq="MS", unit="us"),
    "seconds": pd.date_range("2000-01-01", periods=60, freq="h", unit="s"),
}


@pytest.mark.parametrize("name", INDICES)
def test_every_index_gives_the_same_numbers_at_the_times_that_follow(name):
    index = INDICES[name]
    values = np.sin(np.arange(60)) + 2
    forecaster = LSTMForecaster(sp=1, **SMALL)
    forecast = forecaster.fit(pd.Series(values[:50], index[:50]), fh=[-3, 2, 7])
    forecast = forecast.predict()
    assert list(forecast.index) == [index[46], index[51], index[56]]
    plain = forecaster.clone().fit(pd.Series(values[:50]), fh=[-3, 2, 7]).predict()
    np.testing.assert_array_equal(forecast.to_numpy(), plain.to_numpy())


@pytest.mark.parametrize("panel", [False, True])
def test_polars_frames_come_and_go(panel):
    pytest.importorskip("polars", reason="the frames are of polars")
    from sktime.datatypes import convert_to

    y = load_airline()[:60].reset_index(drop=True).to_frame("y")
    if panel:
        frames = {f"s{i}": (i + 1) * y for i in range(3)}
        y = pd.concat(frames, names=["series", "time"])
    mtype, scitype = ("polars_panel", "Panel") if panel else ("pl.DataFrame", "Series")
    polars = convert_to(y, mtype, as_scitype=scitype)
    forecaster = LSTMForecaster(sp=12, **SMALL).fit(polars, fh=[1, 2, 3])
    expected = forecaster.clone().fit(y, fh=[1, 2, 3])
    forecast = forecaster.predict()
    assert type(forecast) is type(polars)
    np.testing.assert_array_equal(forecast["y"], expected.predict().y)
    interval = forecaster.predict_interval()
    np.testing.assert_array_equal(interval, expected.predict_interval())


@pytest.mark.parametrize("freq", ["MS", "W-WED", "D"])
def test_timestamps_between_those_of_the_series_are_refused(freq):
    y = pd.Series(noise(30), pd.date_range("2000-01-01", periods=30, freq=freq))
    times = pd.date_range(y.index[-2], periods=5, freq=freq)
    right = LSTMForecaster(**SMALL).fit(y, fh=times).predict()
    assert right.index.equals(times)
    wrong = times + pd.Timedelta("1h")
    with pytest.raises(ValueError, match="fh must be of times that continue those of"):
        LSTMForecaster(**SMALL).fit(y, fh=wrong)


def test_an_absolute_horizon_is_the_relative_one():
    y = load_airline()
    relative = LSTMForecaster(**SMALL).fit(y[:-12], fh=[-5, 3, 9]).predict()
    times = ForecastingHorizon(relative.index, is_relative=False)
    absolute = LSTMForecaster(**SMALL).fit(y[:-12], fh=times).predict()
    pd.testing.assert_series_equal(relative, absolute)


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([0, 1, 2, 4, 5, 6]),
        pd.Index([0, 2, 4, 6, 8, 10]),
        pd.PeriodIndex(["2000-01", "2000-02", "2000-04"], freq="M"),
        pd.DatetimeIndex(["2000-01-01", "2000-01-02", "2000-01-05", "2000-01-06"]),
    ],
)
def test_gaps_in_the_index_are_refused(index):
    y = pd.Series(noise(len(index)), index)
    with pytest.raises(ValueError, match="The index of 'y' must be regular"):
        LSTMForecaster(**SMALL).fit(y, fh=1)


def test_times_whose_step_is_unknown_are_refused():
    alone = pd.Series([1.0], pd.DatetimeIndex(["2000-01-01"]))
    with pytest.raises(ValueError, match="must say what the step between times is"):
        LSTMForecaster(**SMALL).fit(alone, fh=1)
    seconds = pd.Series(noise(5), pd.timedelta_range("0s", periods=5, freq="s"))
    with pytest.raises(TypeError, match="got a TimedeltaIndex"):
        LSTMForecaster(**SMALL).fit(seconds, fh=1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"window_length": 0}, "The 'window_length' parameter of LSTMForecaster must"),
        ({"units": -1}, "The 'units' parameter of LSTMForecaster must be"),
        ({"units": (4, 0)}, "The 'units' parameter of LSTMForecaster must be"),
        ({"units": ()}, "The 'units' parameter of LSTMForecaster must be"),
        ({"strategy": "both"}, "The 'strategy' parameter of LSTMForecaster must be"),
        ({"sp": 0}, "The 'sp' parameter of LSTMForecaster must be"),
        ({"loss": "mape"}, "The 'loss' parameter of LSTMForecaster must be"),
        ({"dropout": 1.0}, "The 'dropout' parameter of LSTMForecaster must be"),
        ({"n_estimators": 0}, "The 'n_estimators' parameter of LSTMForecaster must"),
    ],
)
def test_wrong_parameters_are_named(params, message):
    with pytest.raises(ValueError, match=message):
        LSTMForecaster(**params).fit(load_airline(), fh=1)


def test_an_unknown_cell_is_named():
    with pytest.raises(ValueError, match="The 'cell' parameter of RNNForecaster"):
        RNNForecaster(cell="perceptron").fit(load_airline(), fh=1)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (pd.Series([1.0, np.inf, 2.0]), "y must be finite or NaN"),
        (pd.Series([1.0, -1e308, 2.0]), r"at most 1e\+300 in size, got -1e\+308"),
        (pd.Series([np.nan] * 5), "y must have at least one value that is not NaN"),
    ],
)
def test_wrong_series_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        LSTMForecaster(**SMALL).fit(y, fh=1)


def test_a_logarithm_of_what_has_none_is_refused():
    with pytest.raises(ValueError, match="y must be positive for log=True"):
        LSTMForecaster(log=True, **SMALL).fit(pd.Series([1.0, 0.0, 2.0]), fh=1)


def test_in_sample_steps_before_the_series_are_refused():
    forecaster = LSTMForecaster(**SMALL).fit(pd.Series(noise(10)), fh=[-12, 1])
    with pytest.raises(
        ValueError, match=r"must not reach before .* at step -9, got.*1"
    ):
        forecaster.predict()


def test_in_sample_steps_of_a_long_series_begin_where_fh_of_fit_did():
    y = pd.Series(noise(5000))
    forecaster = LSTMForecaster(**SMALL).fit(y, fh=1)
    message = r"kept, at step -2047, got step -3000\..* pass -3000 there too"
    with pytest.raises(ValueError, match=message):
        forecaster.predict(fh=[-3000, 1])
    # what the message says helps
    forecaster.fit(y, fh=[-3000, 1])
    assert np.isfinite(forecaster.predict(fh=[-3000, 1])).all()


def test_a_window_longer_than_the_series_is_shrunk_with_a_warning():
    forecaster = LSTMForecaster(window_length=20, **SMALL)
    with pytest.warns(UserWarning, match="window_length=20 is longer than the longest"):
        forecaster.fit(pd.Series(noise(10)), fh=1)
    assert forecaster.window_length_ == 10


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_season_longer_than_the_series_is_warned_of_and_takes_no_memory(strategy):
    y = pd.Series(noise(50))
    forecaster = LSTMForecaster(sp=10**7, strategy=strategy, **SMALL)
    tracemalloc.start()
    with pytest.warns(UserWarning, match="sp=10000000 is longer .* which has 50"):
        forecaster.fit(y, fh=range(-3, 4))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e7
    without = LSTMForecaster(sp=1, strategy=strategy, **SMALL).fit(y, fh=range(-3, 4))
    # but for other initial weights
    np.testing.assert_allclose(forecaster.predict(), without.predict(), atol=0.02)
    assert forecaster.window_length_ == without.window_length_


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("n_series", [1, 12])
def test_an_update_brings_a_season_that_fit_had_not(strategy, n_series):
    time = np.arange(72)[:, None]
    season = 3 * np.sin(2 * np.pi * (time + np.arange(n_series)) / 12)
    y = pd.DataFrame(50 + season + 0.1 * noise((72, n_series)))
    forecaster = LSTMForecaster(sp=12, strategy=strategy, **SMALL)
    with pytest.warns(UserWarning, match=r"longer .* has 10 .* `update` has brought"):
        forecaster.fit(y[:10], fh=range(1, 13))
    forecaster.update(y[10:60])
    error = np.abs(forecaster.predict() - y[60:]).to_numpy()
    assert error.mean() < 0.5


# of which airline has too few for a trial
WIDE = SMALL | {"window_length": 60}


def interrupt(monkeypatch, after):
    """Have Ctrl-C come when so many batches were taken."""
    taken, take = [], Rows.take

    def interrupted(self, index):
        taken.append(index)
        if len(taken) > after:
            raise KeyboardInterrupt
        return take(self, index)

    monkeypatch.setattr(Rows, "take", interrupted)


def test_an_interrupted_fit_keeps_what_was_learned(monkeypatch):
    y = load_airline()
    # one batch an epoch, and one that is taken for its shape
    interrupt(monkeypatch, after=3)
    forecaster = LSTMForecaster(**WIDE | {"epochs": 50})
    with pytest.warns(UserWarning, match="interrupted; the weights so far") as caught:
        forecaster.fit(y, fh=[1, 2])
    assert forecaster.n_iter_ == 2
    assert len(caught) == 1
    assert np.isfinite(forecaster.predict_interval()).all(axis=None)


def test_nothing_is_kept_of_a_fit_that_was_interrupted_at_once(monkeypatch):
    interrupt(monkeypatch, after=1)
    forecaster = LSTMForecaster(**WIDE | {"epochs": 50})
    with pytest.raises(KeyboardInterrupt, match="in its first epoch"):
        forecaster.fit(load_airline(), fh=[1, 2])
    assert not forecaster.is_fitted


def test_nothing_is_kept_of_a_fit_that_was_interrupted_in_its_trial(monkeypatch):
    """Training would go on with networks that were not judged."""
    interrupt(monkeypatch, after=3)
    forecaster = LSTMForecaster(random_state=0)
    with pytest.raises(KeyboardInterrupt, match="in the trial"):
        forecaster.fit(load_airline(), fh=[1, 2])
    assert not forecaster.is_fitted


def test_an_interrupted_update_keeps_what_was_learned(monkeypatch):
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL | {"epochs": 40}).fit(y[:-12], fh=[1, 2])
    interrupt(monkeypatch, after=4)
    with pytest.warns(UserWarning, match="interrupted; the weights so far"):
        forecaster.update(y[-12:])
    assert np.isfinite(forecaster.predict()).all()


def test_an_interrupted_calibration_is_left_out(monkeypatch):
    """Networks that learned for a moment would say that errors are large."""
    y, params = load_airline(), WIDE | {"epochs": 5}
    whole = LSTMForecaster(calibrate=False, **params).fit(y, fh=[1, 2])
    interrupt(monkeypatch, after=8)
    forecaster = LSTMForecaster(calibrate=True, **params)
    with pytest.warns(UserWarning, match="Training was interrupted"):
        forecaster.fit(y, fh=[1, 2])
    assert forecaster.n_iter_ == 5
    pd.testing.assert_frame_equal(
        forecaster.predict_interval(), whole.predict_interval()
    )


def test_the_cell_is_what_the_classes_differ_in():
    y = load_airline()[:60]
    pairs = [(LSTMForecaster, "lstm"), (GRUForecaster, "gru")]
    for forecaster, cell in pairs:
        named = forecaster(**SMALL).fit(y, fh=[1, 2]).predict()
        chosen = RNNForecaster(cell=cell, **SMALL).fit(y, fh=[1, 2]).predict()
        pd.testing.assert_series_equal(named, chosen)


def test_columns_are_series_of_one_network():
    one, two = noise(40).cumsum(), noise(40, 1).cumsum() * 10
    both = pd.DataFrame({"a": one, "b": two})
    joint = LSTMForecaster(**SMALL).fit(both, fh=[1, 2]).predict()
    assert list(joint.columns) == ["a", "b"]
    stacked = pd.concat({c: both[[c]].set_axis(["y"], axis=1) for c in both})
    panel = LSTMForecaster(**SMALL).fit(stacked, fh=[1, 2]).predict()
    np.testing.assert_array_equal(joint.T.to_numpy().ravel(), panel.y.to_numpy())


def panel_of(sizes, seed=0):
    """Series of unequal length, which end at different times."""
    frames = {
        f"s{i}": pd.DataFrame({"y": noise(n, seed + i).cumsum() + 50})
        for i, n in enumerate(sizes)
    }
    return pd.concat(frames, names=["series", "time"])


def test_series_of_a_panel_are_forecast_from_their_own_ends():
    y = panel_of([12, 30, 20])
    forecast = LSTMForecaster(**SMALL).fit(y, fh=[1, 3]).predict()
    assert forecast.index.tolist() == [
        ("s0", 12),
        ("s0", 14),
        ("s1", 30),
        ("s1", 32),
        ("s2", 20),
        ("s2", 22),
    ]


def test_an_absolute_horizon_is_the_same_time_for_all_series():
    y = panel_of([28, 30])
    times = ForecastingHorizon([29, 31], is_relative=False)
    forecaster = LSTMForecaster(**SMALL).fit(y, fh=times)
    forecast = forecaster.predict()
    assert forecast.index.get_level_values(1).tolist() == [29, 31, 29, 31]
    assert forecaster.model_.horizon == 4


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_forecast_depends_on_its_own_series_alone(strategy):
    y = panel_of([25, 30, 40])
    forecaster = LSTMForecaster(strategy=strategy, **SMALL).fit(y, fh=[1, 2, 3])
    forecast = forecaster.predict()
    raised = y.loc[["s2"]] + 1.0
    changed = forecaster.update(raised, update_params=False).predict()
    same = changed.loc[["s0", "s1"]] - forecast.loc[["s0", "s1"]]
    assert same.abs().max(axis=None) < 1e-9
    assert (changed.loc["s2"] - forecast.loc["s2"]).abs().min(axis=None) > 0.1


def test_the_recursive_strategy_feeds_on_its_forecasts():
    y = load_airline()[:60]
    params = {**SMALL, "strategy": "recursive", "deseasonalize": False, "sp": 1}
    forecaster = LSTMForecaster(**params).fit(y, fh=[1, 2, 3])
    forecast = forecaster.predict()
    step_by_step = []
    for _ in range(3):
        following = forecaster.predict().iloc[:1]
        step_by_step.append(following.iloc[0])
        forecaster.update(following, update_params=False)
    np.testing.assert_allclose(forecast, step_by_step, rtol=1e-9)


def test_in_sample_forecasts_are_one_step_ahead():
    y = load_airline()[:60]
    # Seasons and the baseline's smoothing are estimated from the whole series.
    params = {**SMALL, "deseasonalize": False, "baseline": "naive"}
    forecaster = LSTMForecaster(**params).fit(y, fh=[-4, 1])
    within = forecaster.predict().iloc[0]
    forecaster.update(y[:55], update_params=False)
    assert forecaster.cutoff[0] == y.index[54]
    np.testing.assert_allclose(within, forecaster.predict().iloc[1], rtol=1e-9)


def test_residuals_are_those_of_the_predictions():
    y = load_airline()[:60]
    forecaster = LSTMForecaster(**SMALL).fit(y, fh=range(-59, 1))
    residuals = forecaster.predict_residuals(y)
    pd.testing.assert_series_equal(residuals, y - forecaster.predict())


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_fitted_forecaster_takes_every_horizon_within_that_of_fit(strategy):
    y = load_airline()[:60]
    forecaster = LSTMForecaster(strategy=strategy, **SMALL).fit(y, fh=range(1, 7))
    whole = forecaster.predict()
    assert forecaster.predict(fh=[3, 6]).equals(whole.iloc[[2, 5]])
    times = ForecastingHorizon(whole.index[1:3], is_relative=False)
    assert forecaster.predict(fh=times).equals(whole.iloc[1:3])
    assert forecaster.predict_interval(fh=[-4, 2]).shape == (2, 2)
    residuals = forecaster.predict_residuals(y)
    within = forecaster.predict(fh=range(-59, 1))
    pd.testing.assert_series_equal(residuals, y - within)
    # None of these became the forecaster's own.
    pd.testing.assert_series_equal(forecaster.predict(), whole)
    with pytest.raises(ValueError, match="fh must not reach beyond that of `fit`, 6"):
        forecaster.predict(fh=7)


def test_only_the_end_of_a_long_series_is_kept():
    y = pd.Series(np.sin(np.arange(20_000) / 5) + noise(20_000) / 9)
    forecaster = LSTMForecaster(units=2, n_estimators=1, epochs=1, random_state=0)
    forecaster.fit(y, fh=[1, 2, 3])
    assert len(pickle.dumps(forecaster)) < 60_000
    assert np.isfinite(forecaster.predict()).all()


def test_a_pickle_of_another_format_is_refused(monkeypatch):
    forecaster = LSTMForecaster(**SMALL).fit(load_airline()[:40], fh=[1])
    file = pickle.dumps(forecaster)
    written = _stored.FORMAT
    monkeypatch.setattr(_stored, "FORMAT", written + 1)
    message = f"This LSTMForecaster was stored in format {written}, by"
    with pytest.raises(ValueError, match=message):
        pickle.loads(file)


def test_equal_seeds_give_equal_bits_and_a_pickle_the_same():
    y = load_airline()
    first = LSTMForecaster(**SMALL).fit(y, fh=[1, 2, 3])
    LSTMForecaster(**{**SMALL, "random_state": 1}).fit(y, fh=[1, 2])
    second = LSTMForecaster(**SMALL).fit(y, fh=[1, 2, 3])
    copy = pickle.loads(pickle.dumps(first))
    for other in (second, copy):
        pd.testing.assert_frame_equal(
            first.predict_interval(), other.predict_interval()
        )


def test_verbose_prints_the_loss_of_each_epoch(capsys):
    LSTMForecaster(verbose=1, **SMALL).fit(load_airline(), fh=1)
    assert capsys.readouterr().out.startswith("Epoch 1, loss = ")


def test_early_stopping_scores_the_ends_of_the_series():
    y = load_airline()
    forecaster = LSTMForecaster(
        early_stopping=True, n_iter_no_change=2, epochs=40, random_state=0
    )
    forecaster.fit(y, fh=[1, 2, 3])
    assert len(forecaster.validation_scores_) == forecaster.n_iter_
    assert len(forecaster.loss_curve_) == forecaster.n_iter_


def test_documented_parameters_are_those_of_the_constructors():
    for forecaster in (LSTMForecaster, GRUForecaster, RNNForecaster):
        for name in forecaster.get_param_names():
            assert f"\n{name} : " in f"\n{forecaster.__doc__}"


@pytest.mark.parametrize(
    "fh",
    [
        pd.date_range("1961-01-01", periods=3, freq="MS"),
        pd.period_range("1961Q1", periods=3, freq="Q"),
        ForecastingHorizon([145, 146], is_relative=False),
    ],
)
def test_a_horizon_of_times_of_another_kind_is_refused(fh):
    y = load_airline()
    with pytest.raises(ValueError, match="fh must be relative, or of periods of M"):
        LSTMForecaster(epochs=1).fit(y, fh=fh)
