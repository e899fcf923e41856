"""SlidingWindow: what a window holds, and that it never looks ahead."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skrnn.windowing import SlidingWindow

lengths = st.integers(1, 7)
gaps = st.integers(0, 4)
series = hnp.arrays(
    float,
    st.tuples(st.integers(5, 12), st.integers(1, 3)),
    elements=st.floats(-10, 10),
)


@given(X=series, window_length=lengths, gap=gaps)
def test_row_i_holds_the_rows_that_end_at_i_minus_gap(X, window_length, gap):
    windows = SlidingWindow(window_length, gap=gap).fit_transform(X)
    assert windows.shape == (len(X), window_length, X.shape[1])
    for i, window in enumerate(windows):
        for step, row in enumerate(window):
            source = i - gap - window_length + 1 + step
            expected = X[source] if source >= 0 else np.nan
            np.testing.assert_array_equal(row, np.broadcast_to(expected, row.shape))


@given(X=series, window_length=lengths, gap=gaps, data=st.data())
def test_the_future_never_matters(X, window_length, gap, data):
    changed = data.draw(st.integers(0, len(X) - 1))
    window = SlidingWindow(window_length, gap=gap).fit(X)
    before = window.transform(X)
    other = X.copy()
    other[changed] += 1
    after = window.transform(other)
    same = np.arange(len(X)) < changed + gap
    np.testing.assert_array_equal(after[same], before[same])
    in_reach = slice(changed + gap, changed + gap + window_length)
    assert np.all(np.any(after[in_reach] != before[in_reach], axis=(1, 2)))


@given(X=series, window_length=lengths, gap=gaps)
def test_flat_windows_hold_the_same_numbers(X, window_length, gap):
    sequences = SlidingWindow(window_length, gap=gap).fit_transform(X)
    flat = SlidingWindow(window_length, gap=gap, output="2d").fit_transform(X)
    np.testing.assert_array_equal(flat, sequences.reshape(len(X), -1))


@pytest.mark.parametrize("output", ["3d", "2d"])
@pytest.mark.parametrize("n_features", [1, 3])
def test_windows_are_one_view(output, n_features):
    X = np.zeros((1000, n_features))
    windows = SlidingWindow(100, output=output).fit_transform(X)
    assert windows.size == X.size * 100
    # the rows of the first window are the memory of the second, one row later
    assert np.shares_memory(windows[0], windows[1])
    assert not windows.flags.writeable
    assert not np.shares_memory(windows, X)


@pytest.mark.parametrize(
    ("given_dtype", "expected"),
    [("float32", "float32"), ("float64", "float64"), ("int64", "float64")],
)
def test_dtype(given_dtype, expected):
    X = np.arange(5).astype(given_dtype).reshape(-1, 1)
    assert SlidingWindow(2).fit_transform(X).dtype == expected


def test_names_tell_the_lag():
    X = pd.DataFrame({"load": [1.0, 2.0, 3.0], "heat": [4.0, 5.0, 6.0]})
    window = SlidingWindow(2, gap=2, output="2d").fit(X)
    names = ["load_lag3", "heat_lag3", "load_lag2", "heat_lag2"]
    assert list(window.get_feature_names_out()) == names
    frame = window.set_output(transform="pandas").transform(X)
    assert list(frame.columns) == names
    for name in names:
        column, lag = name.split("_lag")
        expected = X[column].shift(int(lag)).rename(name)
        pd.testing.assert_series_equal(frame[name], expected)


def test_sequences_have_no_names_and_no_frame():
    X = pd.DataFrame({"load": [1.0, 2.0, 3.0]})
    window = SlidingWindow(2).fit(X)
    assert not hasattr(window, "get_feature_names_out")
    windows = window.set_output(transform="pandas").transform(X)
    assert isinstance(windows, np.ndarray)
    assert windows.shape == (3, 2, 1)


def test_a_container_waits_until_windows_are_flat():
    X = pd.DataFrame({"load": [1.0, 2.0, 3.0]})
    window = SlidingWindow(2).set_output(transform="pandas").fit(X)
    assert isinstance(window.transform(X), np.ndarray)
    for flat in (window, clone(window).fit(X)):
        frame = flat.set_params(output="2d").transform(X)
        assert list(frame.columns) == ["load_lag1", "load_lag0"]
    assert isinstance(window.set_params(output="3d").transform(X), np.ndarray)


def test_several_series_in_one_frame_are_refused():
    index = pd.MultiIndex.from_product([["a", "b"], range(3)])
    X = pd.DataFrame({"load": np.arange(6.0)}, index)
    window = SlidingWindow(2, history=None)
    with pytest.raises(ValueError, match=r"one series, got .* 2 levels.*groupby"):
        window.fit(X)
    series = [one.droplevel(0) for _, one in X.groupby(level=0)]
    windows = [window.fit_transform(one)[:, :, 0] for one in series]
    np.testing.assert_array_equal(windows[1], [[np.nan, 3], [3, 4], [4, 5]])
    with pytest.raises(ValueError, match="X must be one series"):
        window.transform(X)


def test_rows_in_any_order_are_taken_as_they_stand():
    X = pd.DataFrame({"load": [1.0, 2.0, 3.0]}, index=[7, 3, 3])
    windows = SlidingWindow(2).fit_transform(X)
    np.testing.assert_array_equal(windows[:, :, 0], [[np.nan, 1], [1, 2], [2, 3]])


def test_missing_values_of_the_series_are_passed_on():
    X = np.array([[1.0, 2.0], [np.nan, 3.0], [np.nan, np.nan]])
    windows = SlidingWindow(2).fit_transform(X)
    np.testing.assert_array_equal(windows[2], X[1:])


def test_a_series_shorter_than_the_window_is_padded():
    windows = SlidingWindow(24).fit_transform([[1.0], [2.0]])
    np.testing.assert_array_equal(windows[:, -2:, 0], [[np.nan, 1], [1, 2]])
    assert np.isnan(windows[:, :-2]).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"window_length": 0}, "The 'window_length' parameter of SlidingWindow"),
        ({"window_length": 2.5}, "The 'window_length' parameter of SlidingWindow"),
        ({"gap": -1}, "The 'gap' parameter of SlidingWindow"),
        ({"output": "4d"}, "The 'output' parameter of SlidingWindow"),
        ({"history": "all"}, "The 'history' parameter of SlidingWindow"),
        ({"gap": 3}, "more than gap=3 rows, .*, got n_samples=3"),
    ],
)
def test_bad_parameters_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        SlidingWindow(**parameters).fit(np.zeros((3, 1)))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros(5), "Expected 2D array, got 1D array"),
        (np.zeros((5, 1, 1)), "dim 3"),
        ([[np.inf]], "infinity"),
        ([["a"]], "could not convert string"),
        (np.zeros((5, 2)), "expecting 1 features"),
    ],
)
def test_bad_series_are_refused(X, message):
    window = SlidingWindow(2).fit(np.zeros((5, 1)))
    with pytest.raises(ValueError, match=message):
        window.transform(X)


def test_transform_needs_fit():
    with pytest.raises(NotFittedError):
        SlidingWindow().transform(np.zeros((5, 1)))


def test_in_a_searched_pipeline():
    """Lags solve an autoregression of order 2, and the search finds that two do."""
    rng = np.random.default_rng(0)
    y = np.zeros(300)
    for i in range(2, 300):
        y[i] = 0.2 * y[i - 1] - 0.9 * y[i - 2] + 0.1 * rng.standard_normal()
    pipeline = make_pipeline(
        StandardScaler(),
        SlidingWindow(gap=1, output="2d"),
        SimpleImputer(keep_empty_features=True),
        Ridge(alpha=1e-3),
    )
    X = y.reshape(-1, 1)
    search = GridSearchCV(
        pipeline,
        {"slidingwindow__window_length": [1, 2]},
        cv=TimeSeriesSplit(4),
        error_score="raise",
    ).fit(X, y)
    assert search.best_params_ == {"slidingwindow__window_length": 2}
    # one lag explains 1 % of the variance of this series, two explain 81 % of it
    assert search.best_score_ > 0.6
    scores = cross_val_score(search.best_estimator_, X, y, cv=TimeSeriesSplit(4))
    np.testing.assert_allclose(scores.mean(), search.best_score_)
