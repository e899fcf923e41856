"""LagsToSequences: every layout of a lag table, and back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skrnn.windowing import LagsToSequences, SlidingWindow

orders = st.sampled_from(["variable", "time"])


@given(
    n_samples=st.integers(1, 4),
    n_timesteps=st.integers(1, 5),
    n_features=st.integers(1, 4),
    order=orders,
    newest_first=st.booleans(),
)
def test_the_way_back(n_samples, n_timesteps, n_features, order, newest_first):
    table = np.arange(float(n_samples * n_timesteps * n_features))
    table = table.reshape(n_samples, -1)
    to_sequences = LagsToSequences(n_features, order, newest_first)
    sequences = to_sequences.fit_transform(table)
    assert sequences.shape == (n_samples, n_timesteps, n_features)
    np.testing.assert_array_equal(to_sequences.inverse_transform(sequences), table)


@pytest.mark.parametrize(
    ("order", "newest_first", "row"),
    [
        # a0 is the value of a at the oldest step, b2 that of b at the newest
        ("variable", False, ["a0", "a1", "a2", "b0", "b1", "b2"]),
        ("variable", True, ["a2", "a1", "a0", "b2", "b1", "b0"]),
        ("time", False, ["a0", "b0", "a1", "b1", "a2", "b2"]),
        ("time", True, ["a2", "b2", "a1", "b1", "a0", "b0"]),
    ],
)
def test_steps_are_oldest_first_in_every_layout(order, newest_first, row):
    numbers = {"a0": 0, "a1": 1, "a2": 2, "b0": 10, "b1": 11, "b2": 12}
    table = [[numbers[name] for name in row]]
    sequences = LagsToSequences(2, order, newest_first).fit_transform(table)
    np.testing.assert_array_equal(sequences[0], [[0, 10], [1, 11], [2, 12]])


def test_it_undoes_flat_windows():
    X = np.arange(12.0).reshape(6, 2)
    flat = SlidingWindow(3, output="2d").fit_transform(X)
    sequences = LagsToSequences(2, order="time").fit_transform(flat)
    np.testing.assert_array_equal(sequences, SlidingWindow(3).fit_transform(X))


@given(order=orders, newest_first=st.booleans())
def test_sequences_are_a_view(order, newest_first):
    table = np.arange(12.0).reshape(2, 6)
    to_sequences = LagsToSequences(2, order, newest_first)
    sequences = to_sequences.fit_transform(table)
    assert np.shares_memory(sequences, table)
    assert not sequences.flags.writeable
    assert table.flags.writeable


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64"])
def test_the_type_of_numbers_stays(dtype):
    table = np.zeros((2, 6), dtype=dtype)
    to_sequences = LagsToSequences(2)
    sequences = to_sequences.fit_transform(table)
    assert sequences.dtype == dtype
    assert to_sequences.inverse_transform(sequences).dtype == dtype


def test_missing_values_are_passed_on():
    sequences = LagsToSequences().fit_transform([[np.nan, 1.0]])
    np.testing.assert_array_equal(sequences, [[[np.nan], [1.0]]])


def test_frames_come_in_but_never_go_out():
    table = np.arange(12.0).reshape(2, 6)
    pipeline = make_pipeline(StandardScaler(), LagsToSequences(2))
    sequences = pipeline.set_output(transform="pandas").fit_transform(table)
    assert isinstance(pipeline[0].transform(table), pd.DataFrame)
    assert isinstance(sequences, np.ndarray)
    assert sequences.shape == (2, 3, 2)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_features_per_step": 4}, "multiple of n_features_per_step=4, got 6"),
        ({"n_features_per_step": 0}, "The 'n_features_per_step' parameter of Lags"),
        ({"order": "lag"}, "The 'order' parameter of LagsToSequences"),
        ({"newest_first": "yes"}, "The 'newest_first' parameter of LagsToSequences"),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        LagsToSequences(**parameters).fit(np.zeros((2, 6)))


def test_the_features_of_a_step_are_those_of_fit():
    table = np.arange(12.0).reshape(2, 6)
    to_sequences = LagsToSequences(2).fit(table)
    expected = to_sequences.transform(table)
    to_sequences.set_params(n_features_per_step=3)
    np.testing.assert_array_equal(to_sequences.transform(table), expected)
    np.testing.assert_array_equal(to_sequences.inverse_transform(expected), table)
    assert to_sequences.fit_transform(table).shape == (2, 2, 3)


@pytest.mark.parametrize("shape", [(2, 6), (2, 2, 3), (2, 3, 2, 1)])
def test_the_way_back_wants_sequences(shape):
    to_sequences = LagsToSequences(2).fit(np.zeros((2, 6)))
    with pytest.raises(ValueError, match=r"shape \(n_samples, 3, 2\)"):
        to_sequences.inverse_transform(np.zeros(shape))
