"""Quantiles that networks put out: in order, where they should be, and calibrated."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from skrnn import GRUForecaster, LSTMForecaster, RNNForecaster
from skrnn.engine._losses import Loss
from skrnn.forecasting._fitting import make_panel
from skrnn.forecasting._intervals import error_quantiles, interpolate
from skrnn.forecasting._model import Forecasts
from skrnn.forecasting._quantile_heads import (
    HeadQuantiles,
    Heads,
    heads_of,
    stretch,
)
from skrnn.forecasting._series import Preparation

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
SMALL = {"units": 4, "n_estimators": 2, "epochs": 3, "random_state": 0}
PROBABILITY = st.floats(0.001, 0.999)
LEVEL_SETS = st.lists(PROBABILITY, min_size=2, max_size=6, unique=True).filter(
    lambda levels: min(levels) < 0.5 < max(levels)
)
NUMBERS = st.floats(-1e3, 1e3, width=32)


def walks(n_series, n, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=n).cumsum() + 100 for _ in range(n_series)]


def frame_of(series, first=0):
    parts = {
        f"s{i:03}": pd.DataFrame({"y": y}, pd.RangeIndex(first, first + len(y)))
        for i, y in enumerate(series)
    }
    return pd.concat(parts, names=["series", "time"])


@settings(max_examples=50, deadline=None)
@given(
    levels=LEVEL_SETS,
    alphas=st.lists(PROBABILITY, min_size=2, max_size=8),
    share=st.floats(0, 1),
    data=st.data(),
)
def test_quantiles_never_cross_whatever_networks_put_out(levels, alphas, share, data):
    levels, horizon = tuple(sorted(levels)), 3
    panel = make_panel(walks(2, 20), Preparation(log=False), 4, horizon)
    start = data.draw(arrays(float, (horizon, len(levels)), elements=NUMBERS))
    heads = Heads(levels, np.sort(start - np.median(start, 1, keepdims=True)))
    shape = (3, 2, 1, horizon * len(levels))
    members = data.draw(arrays(float, shape, elements=NUMBERS))
    factor = data.draw(arrays(float, start.shape, elements=st.floats(0.1, 9)))
    moments = panel.at(np.array([[0], [1]]), np.array([[9]]))
    spread = heads.spread(members, moments, share)
    quantiles = HeadQuantiles(
        levels, factor, np.array([[0.3], [2.0]]).repeat(3, axis=1)
    )
    for i in range(2):
        steps = np.array([1, 3, -4, 2])
        fan = spread[i, 0][np.maximum(steps, 1) - 1]
        offsets = quantiles.offsets(i, steps, sorted(alphas), fan)
        assert (np.diff(offsets, axis=1) >= -1e-9).all()
        medians = quantiles.offsets(i, steps, [0.5], fan)
        np.testing.assert_allclose(medians, 0, atol=1e-9)


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("levels", [LEVELS, (0.9, 0.2, 0.05)])
def test_quantiles_never_cross_whatever_the_weights(strategy, levels):
    y = frame_of(walks(3, 40))
    forecaster = LSTMForecaster(
        loss="quantile", quantiles=levels, strategy=strategy, **SMALL
    ).fit(y, fh=range(-3, 6))
    model = forecaster.model_
    noise = np.random.default_rng(0).normal(size=model.params.shape)
    forecaster.model_ = replace(model, params=model.params + noise)
    alphas = [0.001, 0.03, 0.1, 0.3, 0.5, 0.7, 0.93, 0.999]
    quantiles = forecaster.predict_quantiles(alpha=alphas).to_numpy()
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    points = forecaster.predict().to_numpy()[:, 0]
    np.testing.assert_allclose(quantiles[:, alphas.index(0.5)], points)


def test_levels_between_and_beyond_are_those_of_a_normal_distribution():
    alphas = np.array([0.001, 0.05, 0.2, 0.5, 0.6, 0.95, 0.999])
    curve = 3 + 2 * norm.ppf(LEVELS)
    np.testing.assert_allclose(
        interpolate(LEVELS, curve, alphas), 3 + 2 * norm.ppf(alphas)
    )


def test_untrained_quantiles_are_those_of_the_errors_of_the_baseline():
    panel = make_panel(walks(50, 60), Preparation(log=False), 4, 3)
    heads = heads_of(Loss("quantile", LEVELS), panel, panel.sizes)
    nothing = np.zeros((2, 50, 1, 3 * len(LEVELS)))
    owner = np.arange(50)[:, None]
    moments = panel.at(owner, panel.sizes[:, None] - 1)
    spread = panel.unit * heads.spread(nothing, moments, 0.9)[:, 0]
    times = np.arange(20, 57)
    owner, time = np.repeat(np.arange(50), len(times)), np.tile(times, 50)
    none = np.zeros((len(owner), 1, 3))
    forecast = panel.at(owner[:, None], time[:, None]).forecast(none)[:, 0]
    place = panel.starts[owner] + time
    for step in range(3):
        error = panel.z[place + step + 1] - forecast[:, step]
        error -= np.median(error)
        for j, level in enumerate(LEVELS):
            below = (error <= spread[owner, step, j]).mean()
            assert below == pytest.approx(level, abs=0.03)


def test_offsets_are_stretched_to_hold_what_came():
    n_series, n, horizon, since = 60, 40, 3, 30
    panel = make_panel(walks(n_series, n), Preparation(log=False), 4, horizon)
    owner, time = np.divmod(np.arange(n_series * n), n)
    place = panel.starts[owner][:, None] + time[:, None] + np.arange(1, horizon + 1)
    truth = np.nan_to_num(panel.z[np.minimum(place, len(panel.z) - 1)])
    error = np.random.default_rng(0).normal(size=truth.shape)
    spread = np.broadcast_to(norm.ppf(LEVELS), (*truth.shape, len(LEVELS)))

    def made(size):
        return Forecasts(owner, time, truth - size * error, spread)

    known = np.full(n_series, since)
    wide = stretch(panel, LEVELS, known, made(1.0), made(1.5))
    assert wide.shape == (horizon, len(LEVELS))
    np.testing.assert_allclose(np.delete(wide, 3, axis=1), 1.5, rtol=0.15)
    # Never narrower than for forecasts of known size.
    np.testing.assert_allclose(stretch(panel, LEVELS, known, made(1.0), made(0.5)), 1.1)
    # Errors above the median alone: the levels below stay.
    skewed = truth - np.maximum(1.6 * error, error)
    upper = stretch(
        panel, LEVELS, known, made(1.0), Forecasts(owner, time, skewed, spread)
    )
    assert upper[0, -1] > 1.35
    assert upper[0, 0] < 1.2


def test_errors_relative_to_what_networks_say():
    panel = make_panel(walks(30, 60), Preparation(log=False), 4, 2)
    owner, time = np.divmod(np.arange(30 * 60), 60)
    current = panel.z[panel.starts[owner] + time]
    rng = np.random.default_rng(0)
    width = rng.choice([1.0, 3.0], size=len(owner))
    following = np.minimum(time + 1, 59)
    z = panel.z[panel.starts[owner] + following] + width * rng.normal(size=len(owner))
    made = np.stack([z, current], axis=1)
    spread = width[:, None] * np.array([-1.0, 1.0])
    errors = error_quantiles(panel, owner, time, made, 1.0, spread=spread)
    offsets = errors.offsets(
        0, np.array([1, 1]), [0.95], np.array([[-1.0, 1.0], [-3.0, 3.0]])
    )
    assert offsets[0, 0] == pytest.approx(norm.ppf(0.95), rel=0.15)
    assert offsets[1, 0] == pytest.approx(3 * offsets[0, 0])


QUIET, LOUD = 1.0, 5.0


def uneven_panel(kind, n_series=60, n=90, horizon=4, seed=0):
    """Noise of two sizes; which one, the season says or a variable."""
    rng = np.random.default_rng(seed)
    time = np.tile(np.arange(n + horizon), (n_series, 1))
    loud = time % 4 == 1 if kind == "season" else rng.random(time.shape) < 0.5
    mean = 100 + 10 * (loud if kind == "season" else 0)
    y = mean + np.where(loud, LOUD, QUIET) * rng.normal(size=time.shape)
    parts = [frame_of(a[:, :n]) for a in (y, loud.astype(float))]
    future = [frame_of(a[:, n:], n) for a in (y, loud.astype(float))]
    return (*parts, *future)


def covered(kind, loss):
    """Tell how many loud and quiet values 90 % intervals hold, and their widths."""
    y, X, future, X_future = uneven_panel(kind)
    exogenous = kind == "X"
    forecaster = LSTMForecaster(
        sp=1 if exogenous else 4,
        log=False,
        loss=loss,
        units=16,
        n_estimators=2,
        epochs=40,
        random_state=0,
    ).fit(y, X=X if exogenous else None, fh=range(1, 5))
    rows = X_future if exogenous else None
    low, high = forecaster.predict_interval(X=rows, coverage=0.9).to_numpy().T
    inside = (low <= future.y) & (future.y <= high)
    loud = X_future.y == 1
    width = high - low
    return [a[b].mean() for a in (inside, width) for b in (loud, ~loud)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["season", "X"])
def test_intervals_are_right_where_errors_are_large_and_where_they_are_small(kind):
    loud, quiet, wide, narrow = covered(kind, "quantile")
    assert 0.8 < loud <= 1
    assert 0.84 < quiet <= 1
    assert wide > 2 * narrow
    # What errors alone say is too little for the loud values, too much for the quiet.
    loud, quiet, wide, narrow = covered(kind, "absolute_error")
    assert loud < 0.88
    assert quiet > 0.97
    assert wide < 1.1 * narrow


def test_levels_of_even_noise_are_recovered():
    rng = np.random.default_rng(0)
    y = 100 + rng.normal(size=(60, 84))
    forecaster = LSTMForecaster(
        sp=1, log=False, loss="quantile", units=8, epochs=10, random_state=0
    )
    forecaster.fit(frame_of(y[:, :80]), fh=range(1, 5))
    quantiles = forecaster.predict_quantiles(alpha=list(LEVELS)).to_numpy()
    below = (y[:, 80:].reshape(-1, 1) <= quantiles).mean(axis=0)
    # Intervals are a tenth wider than networks say, at least.
    wider = norm.cdf(1.1 * norm.ppf(LEVELS))
    noise = 3 * np.sqrt(wider * (1 - wider) / y[:, 80:].size)
    assert (np.abs(below - wider) < noise + 0.02).all()


def test_a_lone_series_that_can_be_learned_has_intervals_as_wide_as_its_noise():
    time = np.arange(212)
    noise = 0.3 * np.random.default_rng(0).normal(size=212)
    y = 10 + 3 * np.sin(2 * np.pi * time / 25) + noise
    forecaster = LSTMForecaster(sp=1, loss="quantile", n_estimators=3, random_state=0)
    forecaster.fit(pd.Series(y[:200]), fh=range(1, 13))
    assert forecaster.model_.kind == "eager"
    low, high = forecaster.predict_interval(coverage=0.9).to_numpy().T
    assert ((low <= y[200:]) & (y[200:] <= high)).mean() > 0.7
    assert 0.6 < (high - low).mean() / (2 * norm.ppf(0.95) * 0.3) < 3


@pytest.mark.parametrize("forecaster", [LSTMForecaster, GRUForecaster, RNNForecaster])
@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_quantiles_of_everything_at_once(forecaster, strategy):
    """Columns of a panel, with variables, missing values, pretraining and updates."""
    values = np.array(walks(6, 44)).reshape(3, 2, 44)
    values[0, 0, [3, 20]] = np.nan
    index = pd.MultiIndex.from_product([range(3), range(44)], names=["series", "time"])
    y = pd.DataFrame(values.transpose(0, 2, 1).reshape(-1, 2), index, ["a", "b"])
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=len(y))}, index)
    at = index.get_level_values(1)
    old, new, coming = at < 36, (at >= 36) & (at < 40), at >= 40
    fitted = forecaster(loss="quantile", strategy=strategy, fine_tune_epochs=1, **SMALL)
    fitted = fitted.pretrain(y[old], X=X[old], fh=[1, 2, 4])
    fitted = fitted.fit(y[old], X=X[old], fh=[-2, 1, 4])
    fitted = pickle.loads(pickle.dumps(fitted.update(y[new], X=X[new])))
    quantiles = fitted.predict_quantiles(X=X[coming], alpha=[0.1, 0.5, 0.9])
    assert quantiles.shape == (9, 6)
    by_column = quantiles.to_numpy().reshape(9, 2, 3)
    assert (np.diff(by_column, axis=2) > 0).all()
    points = fitted.predict(X=X[coming]).to_numpy()
    np.testing.assert_allclose(by_column[..., 1], points)


def test_early_stopping_heeds_all_levels():
    y = frame_of(walks(12, 40))
    params = {**SMALL, "loss": "quantile", "early_stopping": True, "epochs": 6}
    narrow = LSTMForecaster(quantiles=(0.4, 0.5, 0.6), **params).fit(y, fh=[1, 2])
    wide = LSTMForecaster(quantiles=(0.05, 0.5, 0.95), **params).fit(y, fh=[1, 2])
    # The pinball loss is largest for the median.
    assert (narrow.validation_scores_ < wide.validation_scores_).all()
    assert narrow.model_.inflation.shape == (2, 3)


@pytest.mark.parametrize(
    "quantiles",
    [
        (),
        (0.5,),
        (0.1, 0.2),
        (0.1, 0.1, 0.9),
        (0.0, 0.9),
        (1, 2),
        ([0.1], [0.2, 0.9]),
        ("low", "high"),
        "all",
    ],
)
def test_levels_that_make_no_interval_are_refused(quantiles):
    forecaster = LSTMForecaster(loss="quantile", quantiles=quantiles)
    with pytest.raises(ValueError, match="'quantiles' parameter of LSTMForecaster"):
        forecaster.fit(pd.Series(np.arange(20.0)), fh=[1])
