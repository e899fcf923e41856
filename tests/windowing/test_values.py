"""Dates and masks, which NumPy would turn into wrong numbers, in every tool."""

import datetime
import types

import numpy as np
import pandas as pd
import pytest

from skrnn.windowing import (
    LagsToSequences,
    SequencePadder,
    SlidingWindow,
    make_windows,
)

NAN = np.nan

# each returns its numbers in the order of the table it was given
TOOLS = {
    "SlidingWindow": lambda X: SlidingWindow(1).fit_transform(X),
    "make_windows": lambda X: make_windows(X, X, window_length=len(X) - 1)[2],
    "LagsToSequences": lambda X: LagsToSequences().fit_transform(X),
    "SequencePadder": lambda X: SequencePadder().fit_transform(X),
}

every_tool = pytest.mark.parametrize("apply", TOOLS.values(), ids=TOOLS)


@every_tool
@pytest.mark.parametrize(
    ("X", "got"),
    [
        (np.array([["NaT"], ["2020-01-01"]], "M8[D]"), r"datetime64\[D\]"),
        (np.array([["NaT"], [3]], "m8[s]"), r"timedelta64\[s\]"),
        ([[np.datetime64("2020-01-01")], [np.datetime64("NaT")]], r"datetime64\[D\]"),
        (
            pd.DataFrame({"t": [pd.NaT, pd.Timestamp("2020")]}),
            r"datetime64\[.*\] in column 't'",
        ),
        (
            pd.DataFrame({"a": 1.0, "t": pd.date_range("2020", periods=2, tz="UTC")}),
            r"datetime64\[.*, UTC\] in column 't'",
        ),
        (
            pd.DataFrame({"t": pd.timedelta_range("1h", periods=2)}),
            r"timedelta64\[.*\] in column 't'",
        ),
        (np.array([[1], [np.datetime64("2020-01-01")]], object), "datetime64"),
        (np.array([[1], [np.timedelta64(3, "D")]], object), "timedelta64"),
        (np.array([[1], [pd.Timestamp("2020")]], object), "Timestamp"),
        (np.array([[None], [datetime.date(2020, 1, 1)]], object), "date"),
        (
            pd.DataFrame({"a": 1.0, "t": [None, datetime.time(12)]}),
            "time in column 't'",
        ),
    ],
    ids=[
        "dates",
        "spans",
        "list",
        "frame",
        "zone",
        "spans in a frame",
        "objects",
        "spans among objects",
        "timestamps",
        "dates of Python",
        "times in a frame",
    ],
)
def test_dates_and_times_are_refused(apply, X, got):
    with pytest.raises(
        ValueError, match=rf"must hold numbers, got {got}. Make numbers"
    ):
        apply(X)


@every_tool
def test_dates_in_frames_of_polars_are_refused(apply):
    polars = pytest.importorskip("polars", reason="the frames are of polars")
    X = polars.DataFrame({"a": [1.0, 2.0], "t": [datetime.date(2020, 1, 1)] * 2})
    with pytest.raises(ValueError, match="must hold numbers, got Date in column 't'"):
        apply(X)


def test_times_of_other_data_frames_are_refused():
    """A frame as polars has it: no kinds of types, but a method that tells times."""
    time = types.SimpleNamespace(is_temporal=lambda: True)
    number = types.SimpleNamespace(is_temporal=lambda: False)
    X = types.SimpleNamespace(columns=["a", "t"], dtypes=[number, time])
    with pytest.raises(ValueError, match="in column 't'"):
        SlidingWindow().fit(X)


def test_times_in_cells_and_on_the_way_back_are_refused():
    times = pd.Series(pd.date_range("2020", periods=2))
    with pytest.raises(ValueError, match="Row 0 of X must hold numbers"):
        SequencePadder().fit(pd.DataFrame({"a": [times]}))
    to_sequences = LagsToSequences().fit([[1.0]])
    with pytest.raises(ValueError, match="X must hold numbers"):
        to_sequences.inverse_transform(np.zeros((1, 1, 1), "M8[D]"))
    with pytest.raises(ValueError, match="y must hold numbers"):
        make_windows(times, window_length=1)


@every_tool
@pytest.mark.parametrize("dtype", ["int64", "float32", "float64", "object"])
def test_masked_values_are_nan(apply, dtype):
    X = np.ma.array([[1], [99], [3]], mask=[[0], [1], [0]], dtype=dtype)
    numbers = apply(X)
    assert not np.ma.isMaskedArray(numbers)
    if dtype == "float32":
        assert numbers.dtype == dtype
    np.testing.assert_array_equal(numbers.ravel(), [1, NAN, 3])
    assert X.data[1] == 99


@every_tool
def test_a_mask_that_hides_nothing(apply):
    numbers = apply(np.ma.array([[1], [2]]))
    assert not np.ma.isMaskedArray(numbers)
    np.testing.assert_array_equal(numbers.ravel(), [1, 2])


def test_masked_sequences_of_any_form():
    one = np.ma.array([1, 99, 3], mask=[0, 1, 0])
    for X in ([one], one[None], one[None, :, None], pd.DataFrame({"a": [one]})):
        padded = SequencePadder().fit_transform(X)
        np.testing.assert_array_equal(padded, [[[1], [NAN], [3]]])


@pytest.mark.parametrize(
    "transformer", [SlidingWindow(), LagsToSequences(), SequencePadder()], ids=repr
)
def test_unknown_containers_are_refused(transformer):
    with pytest.raises(ValueError, match=r"transform must be one of .*, got 'xxx'"):
        transformer.set_output(transform="xxx")
    assert transformer.set_output() is transformer
