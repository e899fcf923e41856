"""make_windows: the pairs, their shapes, and that they are views."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from skrnn.windowing import make_windows
from skrnn.windowing._windows import causal_windows, sliding_windows

lengths = st.integers(1, 6)
PANEL = pd.Series(np.zeros(10), pd.MultiIndex.from_product([["a", "b"], np.arange(5)]))


@given(
    n_outputs=st.integers(0, 3),
    window_length=lengths,
    horizon=lengths,
    stride=lengths,
    surplus=st.integers(0, 20),
)
def test_pairs_are_the_rows_of_the_series(
    n_outputs, window_length, horizon, stride, surplus
):
    n_timepoints = window_length + horizon + surplus
    shape = (n_timepoints, n_outputs) if n_outputs else (n_timepoints,)
    y = np.arange(float(np.prod(shape))).reshape(shape)
    X = -np.arange(2.0 * n_timepoints).reshape(n_timepoints, 2)
    windows, targets, exogenous = make_windows(
        y, X, window_length=window_length, horizon=horizon, stride=stride
    )
    starts = range(0, surplus + 1, stride)
    assert len(windows) == len(targets) == len(exogenous) == len(starts)
    for i, start in enumerate(starts):
        middle, end = start + window_length, start + window_length + horizon
        np.testing.assert_array_equal(
            windows[i], y.reshape(n_timepoints, -1)[start:middle]
        )
        np.testing.assert_array_equal(targets[i], y[middle:end])
        np.testing.assert_array_equal(exogenous[i], X[start:end])


@pytest.mark.parametrize(
    "wrap",
    [
        lambda y: y,
        lambda y: y.reshape(-1, 1),
        lambda y: y.reshape(-1, 2),
        lambda y: y.astype(np.float32),
        lambda y: y.astype(int),
        pd.Series,
    ],
    ids=["1d", "column", "2d", "float32", "int", "series"],
)
def test_pairs_share_the_memory_of_the_series(wrap):
    y = wrap(np.arange(20.0))
    for part in make_windows(y, y, window_length=4, horizon=3, stride=2):
        assert np.shares_memory(part, np.asarray(y))
        assert part.dtype == np.asarray(y).dtype
        assert not part.flags.writeable


def test_one_exogenous_column_may_have_one_dimension():
    *_, exogenous = make_windows(np.arange(9.0), np.arange(9), window_length=3)
    assert exogenous.shape == (6, 4, 1)


def test_memory_does_not_grow_with_the_windows():
    y = np.zeros(10_000_000)
    tracemalloc.start()
    windows, targets = make_windows(y, window_length=168, horizon=24)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert windows.shape == (9_999_809, 168, 1)
    assert targets.shape == (9_999_809, 24)
    assert peak < y.nbytes / 100


def test_missing_values_are_passed_on():
    windows, _ = make_windows([1.0, np.nan, 3.0], window_length=2)
    np.testing.assert_array_equal(windows[0, :, 0], [1.0, np.nan])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window_length": 0}, "window_length == 0, must be >= 1"),
        ({"window_length": 2, "horizon": 0}, "horizon == 0, must be >= 1"),
        ({"window_length": 2, "stride": -1}, "stride == -1, must be >= 1"),
        ({"window_length": 8, "horizon": 3}, "y has 10 time points.*needs 11"),
        ({"window_length": 2, "X": np.zeros((9, 1))}, "X must have a row.*got 9"),
        ({"window_length": 2, "X": np.zeros((10, 1, 1))}, "dim 3"),
        ({"window_length": 2, "X": 1.0}, "X must be an array, got 1.0"),
        ({"window_length": 2, "X": np.full(10, np.inf)}, "X contains infinity"),
        ({"window_length": 2, "X": PANEL}, "X must be one series, got an index of 2"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_windows(np.zeros(10), **arguments)


@pytest.mark.parametrize("name", ["window_length", "horizon", "stride"])
@pytest.mark.parametrize(
    ("value", "message"),
    [(2.0, "must be an instance of int"), (True, "must be an integer, got True")],
)
def test_a_length_that_is_no_integer_is_refused(name, value, message):
    with pytest.raises(TypeError, match=f"{name} {message}"):
        make_windows(np.zeros(10), **{"window_length": 2, name: value})


def test_causal_windows_end_with_their_row():
    past = np.array([[-2.0], [-1.0]])
    values = np.array([[0.0], [1.0], [2.0]])
    windows = causal_windows(values, past, window_length=3)
    np.testing.assert_array_equal(
        windows[:, :, 0], [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]
    )


def test_sliding_windows_are_views_over_time():
    values = np.arange(12.0).reshape(6, 2)
    windows = sliding_windows(values, 4, stride=2)
    assert windows.shape == (2, 4, 2)
    assert np.shares_memory(windows, values)
