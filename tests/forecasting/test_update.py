"""New rows: update, pretraining, and what is kept of the old ones."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sktime.datasets import load_airline
from sktime.forecasting.model_evaluation import evaluate
from sktime.split import ExpandingWindowSplitter

from skrnn import LSTMForecaster
from skrnn.forecasting import _fitting

SMALL = {"units": 4, "n_estimators": 2, "epochs": 3, "random_state": 0}


def panel_of(sizes, seed=0):
    rng = np.random.default_rng(seed)
    frames = {
        f"s{i}": pd.DataFrame({"y": 100 + rng.normal(size=n).cumsum()})
        for i, n in enumerate(sizes)
    }
    return pd.concat(frames, names=["series", "time"])


def test_an_update_without_learning_keeps_the_weights():
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y[:100], fh=[1, 2])
    params = forecaster.model_.params
    forecaster.update(y[100:112], update_params=False)
    assert forecaster.model_.params is params
    assert list(forecaster.predict().index) == list(y.index[112:114])


def test_an_update_with_learning_changes_the_weights_a_little():
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y[:100], fh=[1, 2])
    before = forecaster.model_.params
    forecaster.update(y[100:112])
    change = np.abs(forecaster.model_.params - before).max()
    assert 0 < change < 0.1


def test_an_update_learns_from_the_new_values_alone(monkeypatch):
    seen = []

    class Watched(_fitting.Rows):
        def take(self, index):
            x, y, weight, mask = super().take(index)
            owner, time, _ = self.place(index)
            ahead = time[..., None] + np.arange(1, self.panel.horizon + 1)
            seen.append(ahead[weight > 0])
            return x, y, weight, mask

    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y[:100], fh=[1, 2])
    monkeypatch.setattr(_fitting, "Rows", Watched)
    forecaster.update(y[90:112])
    learned = np.unique(np.concatenate(seen))
    np.testing.assert_array_equal(learned, np.arange(100, 112))


def test_updates_never_forget_what_a_long_window_needs():
    rng = np.random.default_rng(0)
    y = pd.Series(20 + np.sin(np.arange(2800) / 50) + rng.normal(size=2800) / 9)
    params = {**SMALL, "units": 2, "n_estimators": 1, "epochs": 1}
    forecaster = LSTMForecaster(window_length=900, sp=1, **params)
    forecaster.fit(y[:2500], fh=[1, 2])
    once = forecaster.clone().fit(y[:2500], fh=[1, 2])
    once.update(y[2500:], update_params=False)
    for t in range(2500, 2800, 60):
        forecaster.update(y[t : t + 60], update_params=False)
    pd.testing.assert_series_equal(forecaster.predict(), once.predict())


def test_an_update_knows_the_rows_before_it():
    y = load_airline()
    whole = LSTMForecaster(**SMALL).fit(y[:120], fh=[1, 2])
    parts = LSTMForecaster(**SMALL).fit(y[:120], fh=[1, 2])
    whole.update(y[120:], update_params=False)
    for t in range(120, len(y)):
        parts.update(y[t : t + 1], update_params=False)
    pd.testing.assert_series_equal(whole.predict(), parts.predict())


def test_overlapping_rows_count_once_and_new_values_win():
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y[:100], fh=[1, 2])
    once = forecaster.clone().fit(y[:100], fh=[1, 2])
    forecaster.update(y[60:112], update_params=False)
    once.update(y[100:112], update_params=False)
    pd.testing.assert_series_equal(forecaster.predict(), once.predict())
    corrected = y[100:112].copy()
    corrected.iloc[-1] *= 1.2
    forecaster.update(corrected, update_params=False)
    assert (forecaster.predict() > once.predict()).all()


def test_rows_between_the_old_and_the_new_are_missing_values():
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y[:100], fh=[1, 2])
    forecaster.update(y[106:120], update_params=False)
    (values,) = forecaster._history.values
    assert np.isnan(values[100:106]).all()
    assert np.isfinite(forecaster.predict()).all()


def test_series_of_a_panel_are_updated_on_their_own_and_new_ones_join():
    y = panel_of([30, 40])
    forecaster = LSTMForecaster(**SMALL).fit(y, fh=[1, 2])
    before = forecaster.predict()
    new = panel_of([0, 0, 25], seed=1)
    forecaster.update(new, update_params=False)
    after = forecaster.predict_interval()
    assert after.loc["s2"].index.tolist() == [25, 26]
    assert np.isfinite(after).all(axis=None)
    kept = forecaster.predict().loc[["s0", "s1"]]
    pd.testing.assert_frame_equal(kept, before)


def test_rows_of_another_form_are_refused():
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y[:-12], fh=1)
    for other in (pd.DataFrame({"a": y, "b": y}), panel_of([200])):
        with pytest.raises(ValueError, match="y must be as in `fit`, with 1 columns"):
            forecaster.update(other)


@pytest.mark.parametrize(
    "times",
    [
        pd.DatetimeIndex(["2021-01-03 12:00:07"]),
        pd.date_range("2021-01-03 12:30", periods=3, freq="h"),
        pd.date_range("2020-12-31 22:30", periods=3, freq="h"),
        pd.date_range("2021-01-03 12:00", periods=3, freq="h", tz="UTC"),
        pd.period_range("2021-01-03 12:00", periods=3, freq="h"),
    ],
)
def test_rows_at_other_times_are_refused_and_not_lost(times):
    index = pd.date_range("2021-01-01", periods=60, freq="h")
    forecaster = LSTMForecaster(**SMALL)
    forecaster.fit(pd.Series(np.arange(60.0), index=index), fh=[1, 2])
    before = forecaster.predict()
    with pytest.raises(ValueError, match=r"y must go on at|index of y must be of"):
        forecaster.update(pd.Series(500.0, index=times))
    assert_array_equal(forecaster.predict(), before)


def values_of_a_panel(y):
    return pd.concat({"s0": y.to_frame()}, names=["series", "time"])


@pytest.mark.parametrize(
    "form", [pd.Series.to_frame, values_of_a_panel, lambda y: y.rename("other")]
)
@pytest.mark.parametrize("method", ["update", "update_predict_single"])
def test_an_update_that_fails_changes_nothing(form, method):
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y[:100], fh=[1, 2])
    predicted, kept = forecaster.predict(), set(vars(forecaster))
    new = y[100:102].astype(float)
    new.iloc[1] = np.inf
    with pytest.raises(ValueError, match="y must be"):
        getattr(forecaster, method)(form(new))
    assert set(vars(forecaster)) == kept
    assert forecaster.cutoff == y.index[99:100]
    pd.testing.assert_series_equal(forecaster.predict(), predicted)


def test_columns_are_matched_by_name():
    y = panel_of([72, 72]).unstack("series").droplevel(0, axis=1)
    y["s1"] *= 10
    first, new = y[:60], y[60:]
    there, elsewhere = (
        LSTMForecaster(**SMALL).fit(first, fh=[1, 2]).update(rows).predict()
        for rows in (new, new[["s1", "s0"]])
    )
    pd.testing.assert_frame_equal(there, elsewhere)
    with pytest.raises(ValueError, match="y must have the columns"):
        LSTMForecaster(**SMALL).fit(first, fh=[1]).update(new.rename(columns=str.upper))


def test_a_series_that_ended_long_ago():
    y = pd.Series(100 + np.random.default_rng(0).normal(size=3000))
    y[400:] = np.nan
    forecaster = LSTMForecaster(**SMALL).fit(y, fh=[1, 2])
    assert abs(forecaster.predict() - 100).max() < 3
    forecaster.update(pd.Series(np.nan, index=range(3000, 6000)), update_params=False)
    assert abs(forecaster.predict() - 100).max() < 3


def test_absolute_horizons_do_not_shorten_those_to_come():
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y[:100], fh=y.index[100:112])
    forecaster.update(y[100:106])
    assert len(forecaster.predict(fh=range(1, 13))) == 12


@pytest.mark.parametrize("update_params", [False, True])
def test_update_and_predict_at_once_are_both_after_each_other(update_params):
    y, rng = load_airline(), np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=len(y))}, y.index)
    one, two = (LSTMForecaster(**SMALL).fit(y[:120], X[:120], [2]) for _ in range(2))
    at_once = one.update_predict_single(y[120:132], [2], X, update_params)
    two.update(y[120:132], X[120:132], update_params)
    pd.testing.assert_series_equal(at_once, two.predict(X=X))
    assert at_once.index[0] == y.index[133]


def test_evaluate_trains_less_when_it_updates_than_when_it_refits(monkeypatch):
    y = load_airline()
    cv = ExpandingWindowSplitter(initial_window=108, step_length=12, fh=range(1, 13))
    forecaster = LSTMForecaster(random_state=0)
    epochs, errors = Counter(), {}

    def counting(*args, **kwargs):
        result = train(*args, **kwargs)
        epochs[strategy] += result.n_epochs
        return result

    train = _fitting.train
    monkeypatch.setattr(_fitting, "train", counting)
    for strategy in ("refit", "update", "no-update_params"):
        table = evaluate(forecaster, cv, y, strategy=strategy)
        errors[strategy] = table.filter(like="test_").to_numpy().mean()
    assert epochs["no-update_params"] < epochs["update"] < epochs["refit"]
    assert max(errors.values()) < 0.1


def test_update_predict_goes_through_the_test_part():
    y = load_airline()
    forecaster = LSTMForecaster(**SMALL).fit(y[:120], fh=1)
    cv = ExpandingWindowSplitter(initial_window=1, fh=1)
    forecast = forecaster.update_predict(y[120:], cv, update_params=False)
    assert list(forecast.index) == list(y.index[121:])
    error = np.abs(forecast / y[121:] - 1).mean()
    assert error < 0.05


def test_updates_are_reproducible():
    y = load_airline()
    forecasts = []
    for _ in range(2):
        forecaster = LSTMForecaster(**SMALL).fit(y[:100], fh=[1, 2])
        forecaster.update(y[100:110]).update(y[110:120])
        forecasts.append(forecaster.predict())
    pd.testing.assert_series_equal(*forecasts)


def test_a_pretrained_forecaster_fits_without_training():
    panel, y = panel_of([60] * 12), load_airline()
    forecaster = LSTMForecaster(sp=1, **SMALL).pretrain(panel, fh=[1, 2, 3])
    weights = forecaster.pretrained_model_.params
    copy = forecaster.clone()
    assert copy.state == "pretrained"
    forecast = copy.fit(y, fh=[1, 3]).predict()
    np.testing.assert_array_equal(copy.model_.params, weights)
    assert copy.model_.inflation == forecaster.pretrained_model_.inflation
    assert list(forecast.index.astype(str)) == ["1961-01", "1961-03"]
    assert np.isfinite(copy.predict_interval()).all(axis=None)


def test_a_pretrained_forecaster_may_be_trained_on():
    panel, y = panel_of([60] * 12), load_airline()
    params = {**SMALL, "fine_tune_epochs": 2}
    forecaster = LSTMForecaster(sp=1, **params).pretrain(panel, fh=[1, 2, 3])
    forecaster.fit(y, fh=[1, 2])
    assert (forecaster.model_.params != forecaster.pretrained_model_.params).any()


def test_pretraining_goes_on_with_a_second_panel():
    forecaster = LSTMForecaster(sp=1, **SMALL).pretrain(panel_of([40] * 4), fh=[1, 2])
    before = forecaster.pretrained_model_.params
    forecaster.pretrain(panel_of([40] * 4, seed=1))
    assert (forecaster.pretrained_model_.params != before).any()


@pytest.mark.parametrize("fh", [[1], [1, 2]])
def test_a_horizon_beyond_that_of_pretraining_is_refused(fh):
    panel, longer = panel_of([40] * 4), [1, 2, 3]
    forecaster = LSTMForecaster(sp=1, **SMALL).pretrain(panel, fh=fh)
    before = forecaster.pretrained_model_.params
    message = f"first pretrained for, {len(fh)} steps ahead, got 3"
    with pytest.raises(ValueError, match=message):
        forecaster.fit(load_airline(), fh=longer)
    with pytest.raises(ValueError, match=message):
        forecaster.pretrain(panel, fh=longer)
    assert (forecaster.pretrained_model_.params == before).all()
    # a shorter one is among them, and what the message says helps
    forecaster.pretrain(panel, fh=[1])
    forecaster.reset()
    forecaster.pretrain(panel, fh=longer).fit(load_airline(), fh=longer)
    assert len(forecaster.predict()) == 3


def test_a_recursive_forecaster_takes_any_horizon_after_pretraining():
    params = {**SMALL, "strategy": "recursive", "sp": 1}
    forecaster = LSTMForecaster(**params).pretrain(panel_of([40] * 4), fh=[1])
    forecaster.pretrain(panel_of([40] * 4), fh=[1, 2, 3])
    assert len(forecaster.fit(load_airline(), fh=[1, 12]).predict()) == 2


def test_pretraining_on_series_of_which_nothing_is_known_is_refused():
    panel = panel_of([40] * 4)
    forecaster = LSTMForecaster(sp=1, **SMALL).pretrain(panel, fh=[1])
    panel.loc[panel.index[-1][0]] = np.nan
    with pytest.raises(ValueError, match="at least one value that is not NaN"):
        forecaster.pretrain(panel)


def test_pretraining_goes_on_with_the_last_rows_only():
    def pretrained(n):
        forecaster = LSTMForecaster(sp=1, max_train_size=30, **SMALL)
        first, second = (panel_of([60] * 4, seed=seed) for seed in (0, 1))
        last = second.groupby(level=0).tail(n)
        return forecaster.pretrain(first, fh=[1, 2]).pretrain(last).pretrained_model_

    np.testing.assert_array_equal(pretrained(60).params, pretrained(30).params)


def test_pretraining_needs_a_horizon():
    with pytest.raises(ValueError, match="fh must be passed to `pretrain`"):
        LSTMForecaster(**SMALL).pretrain(panel_of([40] * 4))


def test_a_new_series_must_have_logarithms_if_they_were_asked_for():
    y = panel_of([20, 20])
    forecaster = LSTMForecaster(log=True, **SMALL).fit(y, fh=[1])
    new = pd.concat({"new": y.loc["s0"] - 100}, names=["series"])
    with pytest.raises(ValueError, match=r"log=True, got -.* of instance 'new'"):
        forecaster.update(new)
    # one that had them may lose them
    later = pd.DataFrame({"y": [0.0]}, index=pd.RangeIndex(20, 21, name="time"))
    forecaster.update(pd.concat({"s1": later}, names=["series"]))
    assert np.isfinite(forecaster.predict()).all().all()
