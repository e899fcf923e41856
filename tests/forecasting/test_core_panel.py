"""Panels: every target once, nothing from other series, nothing from the future."""

import numpy as np
import pytest

from skrnn.forecasting import _baseline
from skrnn.forecasting._fitting import make_panel
from skrnn.forecasting._moments import INPUT_LIMIT
from skrnn.forecasting._rows import MIN_HISTORY, Rows, cut_rows
from skrnn.forecasting._series import Preparation

SIZES = [3, 9, 30, 31, 64]
WINDOW, HORIZON, SP = 7, 5, 4


def some_series(sizes=SIZES, seed=0):
    rng = np.random.default_rng(seed)
    return [np.exp(0.1 * np.cumsum(rng.normal(size=n))) for n in sizes]


def panel_of(ys, **kwargs):
    return make_panel(ys, Preparation(sp=SP), WINDOW, HORIZON, **kwargs)


@pytest.mark.parametrize("length", [1, 8, 31, 100])
def test_rows_cover_every_time_once(length):
    sizes = np.array(SIZES)
    owner, first, stop = cut_rows(sizes, length)
    seen = [[] for _ in sizes]
    for i, a, b in zip(owner, first, stop, strict=True):
        assert b - a <= length
        seen[i] += range(max(a, len(seen[i])), b)
    assert [list(range(n)) for n in sizes] == seen


@pytest.mark.parametrize("length", [8, 64])
def test_every_target_counts_once_per_horizon(length):
    ys = some_series()
    ys[3][10] = np.nan
    panel = panel_of(ys)
    rows = Rows(panel, length)
    *_, weight, _ = rows.take(np.arange(rows.n_rows))
    for i, y in enumerate(ys):
        times = np.arange(min(MIN_HISTORY, len(y) - 2), len(y))
        expected = sum(
            bool(np.isfinite(y[t + k]))
            for t in times
            for k in range(1, HORIZON + 1)
            if t + k < len(y)
        )
        # Where rows overlap, a time is seen twice.
        if len(y) <= length or len(y) % length == 0:
            assert (weight[rows.owner == i] > 0).sum() == expected


def test_the_norm_is_the_sum_of_the_weights():
    panel = panel_of(some_series())
    rows = Rows(panel, 64)
    *_, weight, _ = rows.take(np.arange(rows.n_rows))
    assert weight.sum() == pytest.approx(rows.norm_per_row * rows.n_rows)


def test_targets_are_what_makes_the_forecasts_right():
    ys = some_series([40, 50])
    panel = panel_of(ys)
    rows = Rows(panel, 64)
    x, y, weight, _ = rows.take(np.arange(2))
    owner, time, inside = rows.place(np.arange(2))
    z = panel.at(owner, time).forecast(y)
    ahead = panel.starts[owner][..., None] + time[..., None] + np.arange(1, HORIZON + 1)
    np.testing.assert_allclose(z[weight > 0], panel.z[ahead][weight > 0])


@pytest.mark.parametrize(("factor", "times"), [(1e-6, 1 / 30), (1e6, 30)])
def test_what_moves_far_less_or_more_than_others_is_seen_in_proportion(factor, times):
    usual = some_series([40, 40, 40])
    other = factor * (usual[0] - usual[0].mean())
    ys = [1e4 + y for y in [*usual, other]]
    panel = make_panel(ys, Preparation(log=False), WINDOW, HORIZON)
    times *= panel.unit / panel.volatility[0]
    x, y, _, _ = Rows(panel, 64).take(np.arange(4))
    n = panel.layout.n_scaled
    np.testing.assert_allclose(y[3], times * y[0], rtol=1e-3, atol=1e-3)
    expected = np.clip(times * x[0, :, :n], -INPUT_LIMIT, INPUT_LIMIT)
    np.testing.assert_allclose(x[3, :, :n], expected, rtol=1e-3, atol=1e-3)


def test_inputs_know_nothing_of_other_series():
    ys = some_series()
    owner, time = np.array([[3]]), np.arange(20)[None]
    unit = 0.1
    x = panel_of(ys, unit=unit).at(owner, time).inputs()
    ys[2], ys[4] = 3 * ys[2][::-1], ys[4] + 5
    again = panel_of(ys, unit=unit).at(owner, time).inputs()
    np.testing.assert_array_equal(x, again)


def test_inputs_know_nothing_of_the_future(monkeypatch):
    # The rate of smoothing is the one choice that is made from the whole series.
    monkeypatch.setattr(_baseline, "level_rates", lambda z: np.full(len(z), 0.3))
    (y,) = some_series([60])
    changed = y.copy()
    changed[41:] *= 2
    owner, time = np.array([[0]]), np.array([[40]])
    inputs = []
    for values in (y, changed):
        panel = make_panel([values], Preparation(SP, log=False), WINDOW, HORIZON)
        x = panel.at(owner, time).inputs()
        x[..., :-3] *= panel.unit * panel.series[0].scale
        inputs.append(x)
    np.testing.assert_allclose(*inputs, atol=1e-9)


def test_the_known_future_comes_at_its_place():
    ys = some_series([12, 20])
    known = [np.arange(len(y) + HORIZON, dtype=float)[:, None] for y in ys]
    panel = panel_of(ys, exogenous=known)
    x = panel.at(np.array([[1]]), np.array([[4, 19]])).inputs()
    expected = np.array([[4], [19]]) + np.arange(HORIZON + 1)
    np.testing.assert_array_equal(x[0, :, -HORIZON - 1 :], expected)


def test_exogenous_variables_are_gathered_for_inputs_only():
    ys = some_series([12, 20])
    panel = panel_of(ys, exogenous=[np.zeros((len(y) + HORIZON, 1)) for y in ys])
    owner, time = np.array([[1]]), np.array([[4, 19]])
    output = np.ones((1, 2, HORIZON))
    moments = panel.at(owner, time, for_inputs=False)
    assert moments.exogenous is None
    np.testing.assert_array_equal(
        moments.forecast(output), panel.at(owner, time).forecast(output)
    )


@pytest.mark.parametrize("sp", [11, 13, 40])
def test_phases_of_a_long_season_are_those_that_are_looked_up(sp):
    """Of a season longer than what is seen, the terms are those of all phases."""
    (y,) = some_series([200])
    window, horizon = 7, 5
    panel = make_panel([y], Preparation(sp=sp), window, horizon)
    time = np.array([[100, 150, 199]])
    terms = panel.at(np.zeros((1, 1), int), time).terms
    series = panel.series[0]
    ahead = np.arange(1 - window, horizon + 1)
    for t, found in zip(time[0], terms[0], strict=True):
        # the last update, up to t, of the phase of each of these times
        updated = t - (-(sp // 2) - ahead) % sp
        expected = series.strength[t] * (series.raw[updated] - series.center[t])
        np.testing.assert_array_equal(found, expected)
    assert len(panel.layout.phases) == min(sp, window + horizon)
