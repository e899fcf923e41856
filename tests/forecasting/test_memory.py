"""Horizons that take much memory: known from shapes, refused before it is taken."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from skrnn import LSTMForecaster
from skrnn.forecasting import _memory


def many(n_series, n, seed=0):
    index = pd.MultiIndex.from_product([range(n_series), range(n)], names=["i", "t"])
    values = np.random.default_rng(seed).normal(10, 1, size=len(index))
    return pd.DataFrame({"y": values}, index=index)


def estimated(monkeypatch, fit):
    """Fit, and give the estimate that the fit has made."""
    seen = []
    known = _memory.direct_bytes

    def spy(*args):
        seen.append(known(*args))
        return seen[-1]

    monkeypatch.setattr(_memory, "direct_bytes", spy)
    fit()
    return seen[0]


@pytest.mark.parametrize(
    ("n_series", "n", "h", "chosen"),
    [
        (1, 300, 400, {"n_estimators": 1}),
        (1, 300, 400, {"sp": 12}),
        (1, 1500, 300, {}),
        (20, 300, 200, {}),
        (20, 300, 100, {"loss": "quantile", "n_estimators": 2}),
    ],
)
def test_the_estimate_is_about_what_a_fit_takes(monkeypatch, n_series, n, h, chosen):
    y = many(n_series, n)
    forecaster = LSTMForecaster(epochs=1, calibrate=False, random_state=0, **chosen)
    y = y if n_series > 1 else y.droplevel("i")
    forecaster.clone().set_params(epochs=1).fit(y, fh=[2])  # imports are not counted
    tracemalloc.start()
    try:
        estimate = estimated(monkeypatch, lambda: forecaster.fit(y, fh=[h]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 0.5 * peak < estimate < 2 * peak


@pytest.mark.parametrize("method", ["fit", "pretrain"])
def test_what_the_machine_cannot_hold_is_refused_at_once(monkeypatch, method):
    monkeypatch.setattr(_memory, "machine_bytes", lambda: 8e9)
    forecaster = LSTMForecaster(sp=12, random_state=0)
    y, short = many(3, 200), many(100, 20)
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"fh reaches 5000 .* \d\d\.\d GB") as caught:
        getattr(forecaster, method)(y, fh=[5000])
    assert tracemalloc.get_traced_memory()[1] < 5e7
    tracemalloc.stop()
    assert "strategy='recursive'" in str(caught.value)
    assert "8.0 GB" in str(caught.value)
    with pytest.raises(ValueError, match="memory"):
        getattr(forecaster, method)(short, fh=[100_000])


def test_what_is_large_is_said_and_done(monkeypatch):
    monkeypatch.setattr(_memory, "LARGE", 1e5)
    forecaster = LSTMForecaster(units=2, epochs=1, n_estimators=1, random_state=0)
    y = many(1, 60).droplevel("i")
    with pytest.warns(UserWarning, match="fh reaches 60 steps ahead: .* GB of memory"):
        forecaster.fit(y, fh=[60])
    assert len(forecaster.predict()) == 1


def test_a_recursive_forecaster_reaches_as_far_as_it_likes(monkeypatch):
    monkeypatch.setattr(_memory, "LARGE", 0)
    forecaster = LSTMForecaster(
        strategy="recursive", units=2, epochs=1, n_estimators=1, random_state=0
    )
    y = many(1, 60).droplevel("i")
    assert np.isfinite(forecaster.fit(y, fh=[3000]).predict()).all(axis=None)


def test_a_system_that_does_not_tell_its_memory_has_some(monkeypatch):
    assert _memory.machine_bytes() > 1e8
    monkeypatch.delattr("os.sysconf")
    assert _memory.machine_bytes() == _memory.USUAL_MACHINE
