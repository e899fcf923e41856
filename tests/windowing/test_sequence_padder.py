"""SequencePadder: sequences of unequal length in one array."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.exceptions import NotFittedError

from skrnn.windowing import SequencePadder

NAN = np.nan
sides = st.sampled_from(["pre", "post"])


@given(
    n_steps=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    n_features=st.integers(1, 3),
    max_length=st.none() | st.integers(1, 8),
    padding=sides,
    truncation=sides,
)
def test_every_sequence_is_there_and_the_rest_is_nan(
    n_steps, n_features, max_length, padding, truncation
):
    sequences = [np.random.default_rng(n).random((n, n_features)) for n in n_steps]
    padder = SequencePadder(max_length, padding, truncation)
    padded = padder.fit_transform(sequences)
    length = max_length or max(n_steps)
    assert padder.max_length_ == length
    assert padded.shape == (len(n_steps), length, n_features)
    for row, sequence in zip(padded, sequences, strict=True):
        kept = sequence[-length:] if truncation == "pre" else sequence[:length]
        known = ~np.isnan(row).all(axis=1)
        expected = np.zeros(length, dtype=bool)
        at = slice(length - len(kept), None) if padding == "pre" else slice(len(kept))
        expected[at] = True
        np.testing.assert_array_equal(known, expected)
        np.testing.assert_array_equal(row[known], kept)


@pytest.mark.parametrize(
    "X",
    [
        [[1.0, 2.0], [3.0, 4.0]],
        [np.array([1, 2]), np.array([3, 4])],
        (pd.Series([1, 2]), pd.Series([3, 4])),
        np.array([[1, 2], [3, 4]]),
        np.array([[[1], [2]], [[3], [4]]]),
        pd.DataFrame([[1, 2], [3, 4]]),
        [pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [3, 4]})],
        pd.DataFrame({"a": [pd.Series([1, 2]), pd.Series([3, 4])]}),
        pd.Series([[1, 2], [3, 4]]),
        (row for row in ([1, 2], [3, 4])),
    ],
    ids=[
        "lists",
        "arrays",
        "series",
        "2-D array",
        "3-D array",
        "frame",
        "frames",
        "nested frame",
        "series of lists",
        "generator",
    ],
)
def test_every_form_of_sequences(X):
    padded = SequencePadder().fit_transform(list(X) if hasattr(X, "send") else X)
    assert padded.dtype == np.float64
    np.testing.assert_array_equal(padded, [[[1], [2]], [[3], [4]]])


def test_an_object_array():
    X = np.empty(2, dtype=object)
    X[:] = [np.array([1.0]), np.array([2.0, 3.0])]
    np.testing.assert_array_equal(
        SequencePadder().fit_transform(X)[:, :, 0], [[NAN, 1.0], [2.0, 3.0]]
    )


def test_a_nested_frame_has_a_feature_in_each_column():
    X = pd.DataFrame(
        {
            "a": [pd.Series([1, 2]), pd.Series([3])],
            "b": [pd.Series([10, 20]), pd.Series([30])],
        }
    )
    np.testing.assert_array_equal(
        SequencePadder().fit_transform(X),
        [[[1, 10], [2, 20]], [[NAN, NAN], [3, 30]]],
    )


def test_single_precision_stays():
    X = [np.zeros(2, dtype=np.float32), np.zeros(3, dtype=np.float32)]
    assert SequencePadder().fit_transform(X).dtype == np.float32
    X.append(np.zeros(1))
    assert SequencePadder().fit_transform(X).dtype == np.float64


def test_missing_values_are_passed_on():
    X = [[[1.0, NAN], [2.0, 3.0]]]
    np.testing.assert_array_equal(SequencePadder().fit_transform(X), X)


@pytest.mark.parametrize("dtype", ["Int64", "Float32", "object"])
def test_missing_values_of_pandas_are_nan(dtype):
    X = pd.DataFrame({"a": [1, pd.NA], "b": [2, 3]}).astype(dtype)
    expected = [[[1], [2]], [[NAN], [3]]]
    rows = [row for _, row in X.iterrows()]
    nested = pd.DataFrame({"a": rows})
    # a frame of objects alone would have series in its cells
    X = X.astype({"b": "Int64"})
    for form in (X, rows, [row.to_frame() for row in rows], nested):
        np.testing.assert_array_equal(SequencePadder().fit_transform(form), expected)


def test_flags_that_are_missing_are_nan():
    X = [pd.Series([True, None], dtype="boolean")]
    np.testing.assert_array_equal(SequencePadder().fit_transform(X), [[[1], [NAN]]])


def test_panels_come_as_a_list():
    index = pd.MultiIndex.from_tuples([("a", 0), ("a", 1), ("b", 0)])
    X = pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index)
    with pytest.raises(ValueError, match=r"an index of 2 levels.*Pass a list"):
        SequencePadder().fit(X)
    padded = SequencePadder().fit_transform([one for _, one in X.groupby(level=0)])
    np.testing.assert_array_equal(padded[:, :, 0], [[1, 2], [NAN, 3]])
    rows = SequencePadder().fit_transform(X.to_numpy())
    np.testing.assert_array_equal(rows[:, 0, 0], [1, 2, 3])


def test_the_length_is_that_of_fit():
    padder = SequencePadder().fit([[1.0, 2.0]])
    padded = padder.transform([[1.0, 2.0, 3.0], [4.0]])
    np.testing.assert_array_equal(padded[:, :, 0], [[2.0, 3.0], [NAN, 4.0]])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], "at least one of its sequences"),
        ([1.0, 2.0], r"got \(\) in sequence 0. If X is one sequence, pass \[X\]"),
        ([[1.0], []], r"got shape \(0,\) in sequence 1. Remove it"),
        ([[1.0], ["a"]], "numeric array, got something else in sequence 1"),
        ([[1.0], [[1.0], [1.0, 2.0]]], "something else in sequence 1"),
        ([[1.0], [[1.0, 2.0]]], "n_features=1 .*, got 2 in sequence 1"),
        ([[1.0], [np.inf]], "infinity in sequence 1"),
        ([[1.0], [1 + 2j]], "sequence 1: complex numbers. Pass two features"),
        ([[1.0], np.array(["1e4000"], np.longdouble)], "infinity in sequence 1"),
        ([np.zeros((1, 1, 1))], r"got \(1, 1, 1\) in sequence 0"),
        (
            pd.DataFrame({"a": [pd.Series([1, 2])], "b": [pd.Series([1])]}),
            r"got lengths \[1, 2\] in row 0",
        ),
    ],
)
def test_bad_sequences_are_refused(X, message):
    with pytest.raises(ValueError, match=message):
        SequencePadder().fit(X)


def test_no_iterable_is_refused():
    with pytest.raises(TypeError, match="X must be an iterable of sequences, got int"):
        SequencePadder().fit(3)


def test_other_features_than_in_fit_are_refused():
    padder = SequencePadder().fit([[1.0]])
    with pytest.raises(ValueError, match=r"n_features=1 .*, got 2 in sequence 0"):
        padder.transform([[[1.0, 2.0]]])


@pytest.mark.parametrize(
    "parameters", [{"max_length": 0}, {"padding": "left"}, {"truncation": None}]
)
def test_bad_parameters_are_refused(parameters):
    (name,) = parameters
    with pytest.raises(ValueError, match=f"The '{name}' parameter of SequencePadder"):
        SequencePadder(**parameters).fit([[1.0]])


def test_transform_needs_fit():
    with pytest.raises(NotFittedError):
        SequencePadder().transform([[1.0]])


def test_a_frame_asked_for_is_still_an_array():
    padder = SequencePadder().set_output(transform="pandas")
    assert isinstance(padder.fit_transform([[1.0, 2.0], [3.0]]), np.ndarray)


@pytest.mark.parametrize(
    "columns",
    [
        {"a": [1.0, 2.0], "b": [3.0, 4.0], "c": [5.0, 6.0]},
        {"a": [1, None], "b": [3, 4]},
        {"a": [[1.0, 2.0], [3.0]], "b": [[4.0, 5.0], [6.0]]},
    ],
    ids=["numbers", "missing", "series in cells"],
)
def test_a_frame_of_polars_is_one_of_pandas(columns):
    polars = pytest.importorskip("polars", reason="the frames are of polars")
    found = SequencePadder().fit_transform(polars.DataFrame(columns))
    expected = SequencePadder().fit_transform(pd.DataFrame(columns))
    np.testing.assert_array_equal(found, expected)
    assert len(found) == 2
