"""history="auto": a test fold has its past, and never a wrong one."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skrnn.windowing import SlidingWindow

N = 30

REGULAR = {
    "range": pd.RangeIndex(N),
    "range with step": pd.RangeIndex(5, 5 + 3 * N, 3),
    "integers": pd.Index(np.arange(N) + 7),
    "integers with step": pd.Index(np.arange(N, dtype="int32") * 2),
    "nullable integers": pd.Index(np.arange(N), dtype="Int64"),
    "days": pd.date_range("2020-02-20", periods=N),
    "business days": pd.date_range("2020-02-20", periods=N, freq="B"),
    "month ends": pd.date_range("2020-01-31", periods=N, freq="ME"),
    "hours over a clock change": pd.date_range(
        "2020-03-28 12:00", periods=N, freq="h", tz="Europe/Berlin"
    ),
    "nanoseconds": pd.date_range("2020-02-20", periods=N, unit="ns"),
    "days without a frequency": pd.DatetimeIndex(
        pd.date_range("2020-02-20", periods=N).to_numpy()
    ),
    "months": pd.period_range("2020-01", periods=N, freq="M"),
    "weeks": pd.period_range("2020-01", periods=N, freq="W"),
    "time spans": pd.timedelta_range("0s", periods=N, freq="15s"),
}

UNKNOWN = {
    "irregular times": pd.DatetimeIndex(
        pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(N) ** 2, unit="h")
    ),
    "strings": pd.Index([f"row{i:02}" for i in range(N)]),
    "floats": pd.Index(np.arange(N) / 2),
}


def frame(index):
    return pd.DataFrame({"a": np.arange(N) + 1.0, "b": -np.arange(N) - 1.0}, index)


def windows_after(seen, unseen, **parameters):
    return SlidingWindow(**parameters).fit(seen).transform(unseen)


def without_history(unseen, **parameters):
    return SlidingWindow(**parameters).fit_transform(unseen.to_numpy())


@given(
    name=st.sampled_from(sorted(REGULAR)),
    n_seen=st.integers(3, N - 3),
    missing=st.integers(0, 12),
    window_length=st.integers(1, 9),
    gap=st.integers(0, 2),
)
def test_a_fold_has_the_past_it_has_in_the_whole_series(
    name, n_seen, missing, window_length, gap
):
    """Rows between the folds are missing, so NaN; all else is as if never split."""
    X = frame(REGULAR[name])
    start = min(n_seen + missing, N - 1)
    known = X.copy()
    known.iloc[n_seen:start] = np.nan
    parameters = {"window_length": window_length, "gap": gap}
    expected = SlidingWindow(**parameters).fit_transform(known)[start:]
    for rows in (slice(n_seen), np.arange(n_seen)):
        actual = windows_after(X.iloc[rows], X.iloc[start:], **parameters)
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_index_that_does_not_tell_gives_no_history(name):
    X = frame(UNKNOWN[name])
    seen, unseen = X.iloc[:20], X.iloc[20:]
    np.testing.assert_array_equal(
        windows_after(seen, unseen, window_length=4),
        without_history(unseen, window_length=4),
    )


@pytest.mark.parametrize(
    "rows",
    [
        np.arange(20),
        np.arange(10),
        np.arange(15, 25),
        np.arange(19, 25),
        np.arange(29, 19, -1),
        np.array([20, 22, 21]),
        np.array([20, 20, 21]),
        np.array([21, 20, 22]),
    ],
    ids=[
        "the training rows",
        "some of them",
        "an overlap",
        "an overlap of one row",
        "backwards",
        "out of order",
        "a duplicate",
        "the first row not first",
    ],
)
@pytest.mark.parametrize("name", ["range", "days", "months"])
def test_rows_that_do_not_follow_get_no_history(name, rows):
    X = frame(REGULAR[name])
    np.testing.assert_array_equal(
        windows_after(X[:20], X.iloc[rows], window_length=4),
        without_history(X.iloc[rows], window_length=4),
    )


@pytest.mark.parametrize(
    "rows",
    [np.arange(19, -1, -1), np.array([0, 1, 2, 2, 3])],
    ids=["backwards", "a duplicate"],
)
def test_disorder_in_fit_gives_no_history(rows):
    X = frame(REGULAR["range"])
    unseen = X[rows[-1] + 1 :]
    np.testing.assert_array_equal(
        windows_after(X.iloc[rows], unseen, window_length=4),
        without_history(unseen, window_length=4),
    )


@pytest.mark.parametrize(
    ("seen", "unseen"),
    [
        ("days", "range"),
        ("range", "days"),
        ("days", "months"),
        ("months", "weeks"),
        ("days", "hours over a clock change"),
        ("range", "strings"),
    ],
)
def test_another_kind_of_index_gives_no_history(seen, unseen):
    seen = frame(REGULAR[seen])[:20]
    unseen = frame({**REGULAR, **UNKNOWN}[unseen])[20:]
    np.testing.assert_array_equal(
        windows_after(seen, unseen, window_length=4),
        without_history(unseen, window_length=4),
    )


def test_a_position_between_the_steps_gives_no_history():
    X = frame(REGULAR["range with step"])
    unseen = X[20:].set_axis(X.index[20:] - 1)
    np.testing.assert_array_equal(
        windows_after(X[:20], unseen, window_length=4),
        without_history(unseen, window_length=4),
    )


def test_integers_with_holes_are_followed_by_the_next_integer_alone():
    X = frame(REGULAR["range"])
    seen = X.drop(index=[3, 8])[:20]
    last = seen.index[-1]
    expected = SlidingWindow(4).fit_transform(X.drop(index=[3, 8]))[20:]
    np.testing.assert_array_equal(
        windows_after(seen, X[last + 1 :], window_length=4), expected
    )
    np.testing.assert_array_equal(
        windows_after(seen, X[last + 2 :], window_length=4),
        without_history(X[last + 2 :], window_length=4),
    )


def test_one_row_seen_is_history_for_the_next_integer():
    X = frame(REGULAR["range"])
    expected = SlidingWindow(4).fit_transform(X)[1:]
    np.testing.assert_array_equal(
        windows_after(X[:1], X[1:], window_length=4), expected
    )


def test_two_times_do_not_tell_a_frequency():
    X = frame(REGULAR["days without a frequency"])
    np.testing.assert_array_equal(
        windows_after(X[:2], X[2:], window_length=4),
        without_history(X[2:], window_length=4),
    )


def test_times_compare_whatever_their_unit_and_zone():
    X = frame(REGULAR["nanoseconds"].tz_localize("UTC"))
    unseen = X[20:].set_axis(X.index[20:].as_unit("s").tz_convert("Asia/Tokyo"))
    np.testing.assert_array_equal(
        windows_after(X[:20], unseen, window_length=4),
        SlidingWindow(4).fit_transform(X)[20:],
    )
    unseen = X[20:].set_axis(X.index[20:].tz_localize(None))
    np.testing.assert_array_equal(
        windows_after(X[:20], unseen, window_length=4),
        without_history(unseen, window_length=4),
    )


@pytest.mark.parametrize("name", REGULAR)
def test_nothing_of_pandas_is_kept(name):
    window = SlidingWindow(4).fit(frame(REGULAR[name]))
    assert b"pandas" not in pickle.dumps(window)


@pytest.mark.parametrize(("kept", "shown"), [(True, False), (False, True)])
def test_arrays_get_no_history(kept, shown):
    X = frame(REGULAR["range"]).set_axis([0, 1], axis=1)
    seen = X[:20] if kept else X[:20].to_numpy()
    unseen = X[20:] if shown else X[20:].to_numpy()
    np.testing.assert_array_equal(
        windows_after(seen, unseen, window_length=4),
        without_history(X[20:], window_length=4),
    )


@pytest.mark.parametrize("dtype", ["uint64", "UInt64"])
@pytest.mark.parametrize("start", [2**63 - 20, 2**63 - 25, 2**63, 2**64 - N])
def test_integers_beyond_those_with_a_sign(start, dtype):
    X = frame(pd.Index([start + i for i in range(N)], dtype=dtype))
    expected = SlidingWindow(4).fit_transform(X)[20:]
    np.testing.assert_array_equal(
        windows_after(X[:20], X[20:], window_length=4), expected
    )


def test_the_largest_integers_are_not_those_below_zero():
    X = frame(REGULAR["range"])
    seen = X[:20].set_axis(pd.RangeIndex(-35, -15))
    # these are -15 to -6 where they are taken for integers with a sign
    unseen = X[20:].set_axis(np.arange(-15, -5).astype("uint64"))
    np.testing.assert_array_equal(
        windows_after(seen, unseen, window_length=4),
        without_history(unseen, window_length=4),
    )


@pytest.mark.parametrize("freq", ["YS", "MS", "B", "W", "D"])
@pytest.mark.parametrize("named", [True, False])
def test_a_window_that_reaches_beyond_the_end_of_time(freq, named):
    index = pd.date_range("2020-01-01", periods=N, freq=freq, unit="ns")
    X = frame(index if named else pd.DatetimeIndex(index.to_numpy()))
    windows = windows_after(X[:20], X[20:], window_length=200_000)
    np.testing.assert_array_equal(
        windows[:, -20:], windows_after(X[:20], X[20:], window_length=20)
    )


def test_the_index_of_dask():
    dataframe = pytest.importorskip("dask.dataframe", reason="the frames are of dask")
    X = frame(REGULAR["days"])
    seen, unseen = (
        dataframe.from_pandas(part, npartitions=2) for part in (X[:20], X[20:])
    )
    np.testing.assert_array_equal(
        windows_after(seen, unseen, window_length=4),
        windows_after(X[:20], X[20:], window_length=4),
    )


def test_history_can_be_switched_off():
    X = frame(REGULAR["range"])
    np.testing.assert_array_equal(
        windows_after(X[:20], X[20:], window_length=4, history=None),
        without_history(X[20:], window_length=4),
    )


def test_transform_keeps_no_rows_and_fit_forgets_the_old_ones():
    X = frame(REGULAR["range"])
    window = SlidingWindow(4).fit(X[:10])
    first = window.transform(X[10:20])
    np.testing.assert_array_equal(window.transform(X[10:20]), first)
    assert np.isnan(window.transform(X[20:])[0, :3]).all()
    np.testing.assert_array_equal(
        window.fit(X[:20]).transform(X[20:]), SlidingWindow(4).fit_transform(X)[20:]
    )


@pytest.mark.parametrize("window_length", [1, 2, 3, 6])
def test_the_window_may_change_after_fit(window_length):
    """What was kept is used as far as it reaches."""
    X = frame(REGULAR["range"])
    window = SlidingWindow(4).fit(X[:20]).set_params(window_length=window_length)
    for start in (20, 22):
        known = X.astype(float)
        known.iloc[20:start] = np.nan
        expected = SlidingWindow(window_length).fit_transform(known[17:])[start - 17 :]
        np.testing.assert_array_equal(window.transform(X[start:]), expected)


def test_the_series_may_change_after_fit():
    X = frame(REGULAR["range"])
    window = SlidingWindow(4).fit(X[:20])
    expected = window.transform(X[20:])
    X.iloc[:20] = 0.0
    np.testing.assert_array_equal(window.transform(X[20:]), expected)


def test_only_the_rows_needed_are_kept():
    X = frame(REGULAR["days"])
    size = len(pickle.dumps(SlidingWindow(4).fit(X)))
    longer = pd.DataFrame(
        np.zeros((10_000, 2)),
        pd.date_range("2020", periods=10_000),
        columns=["a", "b"],
    )
    assert len(pickle.dumps(SlidingWindow(4).fit(longer))) == size
    window = pickle.loads(pickle.dumps(SlidingWindow(4).fit(X[:20])))
    np.testing.assert_array_equal(
        window.transform(X[20:]), SlidingWindow(4).fit_transform(X)[20:]
    )


@pytest.mark.parametrize("gap", [0, 2])
def test_every_fold_of_a_time_series_split_has_its_past(gap):
    """Through a scaler, with the index handed on by one call on the pipeline."""
    X = frame(REGULAR["days"])
    pipeline = make_pipeline(StandardScaler(), SlidingWindow(4))
    pipeline.set_output(transform="pandas")
    for train, test in TimeSeriesSplit(3, test_size=4, gap=gap).split(X):
        windows = pipeline.fit(X.iloc[train]).transform(X.iloc[test])
        scaled = pipeline[0].transform(X)
        scaled.iloc[train[-1] + 1 : test[0]] = np.nan
        expected = SlidingWindow(4).fit_transform(scaled)[test]
        np.testing.assert_allclose(windows, expected)
        assert np.isnan(windows[0]).any(axis=1).sum() == gap
