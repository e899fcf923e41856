"""What X may be, and what is said about what it may not be."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import NotFittedError

from skrnn import RNNClassifier, RNNRegressor
from skrnn.windowing import SlidingWindow

FAST = {"units": 3, "epochs": 2, "random_state": 0}


def with_value(X, place, value):
    X = X.copy()
    X[place] = value
    return X


def test_rows_of_a_table_are_the_same_sequences(sequences, numbers):
    flat = sequences.reshape(20, -1)
    deep = RNNRegressor(**FAST).fit(sequences, numbers)
    wide = RNNRegressor(**FAST, n_features_per_step=2).fit(flat, numbers)
    assert deep.n_features_in_ == 2
    assert wide.n_features_in_ == 12
    for a, b in zip(deep.weights_, wide.weights_, strict=True):
        assert_array_equal(a, b)
    assert_array_equal(deep.predict(sequences), wide.predict(flat))
    # and in the other form than in fit
    assert_array_equal(wide.predict(sequences), wide.predict(flat))
    deep.set_params(n_features_per_step=2)
    assert_array_equal(deep.predict(sequences), deep.predict(flat))


@pytest.mark.parametrize("dtype", [np.float32, int, object])
def test_other_dtypes(sequences, numbers, dtype):
    X = (10 * sequences).astype(int)
    expected = RNNRegressor(**FAST).fit(X.astype(float), numbers).predict(X)
    model = RNNRegressor(**FAST).fit(X.astype(dtype), numbers)
    assert_array_equal(model.predict(X.astype(dtype)), expected)


def test_lists_and_frames(sequences, numbers):
    expected = RNNRegressor(**FAST).fit(sequences, numbers).predict(sequences)
    model = RNNRegressor(**FAST).fit(sequences.tolist(), numbers.tolist())
    assert_array_equal(model.predict(sequences.tolist()), expected)
    frame = pd.DataFrame(sequences[:, :, 0]).add_prefix("lag")
    model = RNNRegressor(**FAST).fit(frame, pd.Series(numbers))
    assert model.feature_names_in_.tolist() == frame.columns.tolist()
    model.predict(frame)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame.add_prefix("other"))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.predict(frame.to_numpy())


def test_longer_and_shorter_sequences_in_predict(sequences, numbers):
    model = RNNRegressor(**FAST).fit(sequences, numbers)
    assert model.predict(sequences[:, :2]).shape == (20,)
    assert model.predict(np.tile(sequences, (1, 3, 1))).shape == (20,)


@pytest.mark.parametrize("weightless", [[], [7]])
def test_windows_are_read_without_a_copy_of_them_all(rng, weightless):
    """20,000 windows of 500 steps are 80 MB as copies; the series has 160 kB."""
    import tracemalloc

    series = rng.normal(size=(20_000, 1))
    windows = SlidingWindow(500).fit_transform(series)
    weight = np.ones(20_000)
    weight[weightless] = 0
    model = RNNRegressor(1, cell="rnn", epochs=1, batch_size=1000, jit_compile=False)
    tracemalloc.start()
    model.fit(windows, series[:, 0], sample_weight=weight).predict(windows[:9000])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert windows.nbytes == 80e6
    assert peak < 60e6


def test_masked_values_are_masked_steps(sequences, numbers):
    masked = np.ma.masked_array(sequences, np.zeros(sequences.shape, dtype=bool))
    masked[3, :2] = np.ma.masked
    with_nan = with_value(sequences, (3, slice(2)), np.nan)
    fitted = RNNRegressor(**FAST).fit(masked, numbers)
    expected = RNNRegressor(**FAST).fit(with_nan, numbers)
    assert_array_equal(fitted.predict(masked), expected.predict(with_nan))
    with pytest.raises(ValueError, match="Input y contains NaN"):
        fitted.fit(sequences, np.ma.masked_greater(numbers, 0))
    weight = np.ma.masked_greater(np.abs(numbers), 1)
    fitted.fit(sequences, numbers)
    for ask in (fitted.score, fitted.fit):
        with pytest.raises(ValueError, match="sample_weight contains NaN"):
            ask(sequences, numbers, weight)


def test_dates_are_refused(sequences, numbers):
    dates = pd.date_range("2020", periods=20)
    for X in (dates.to_frame(), pd.DataFrame({"number": 1.0, "date": dates})):
        with pytest.raises(ValueError, match="X must hold numbers, got datetime"):
            RNNRegressor(**FAST).fit(X, numbers)
    with pytest.raises(ValueError, match="y must hold numbers, got datetime"):
        RNNRegressor(**FAST).fit(sequences, dates)
    with pytest.raises(ValueError, match="sample_weight must hold numbers, got datet"):
        RNNRegressor(**FAST).fit(sequences, numbers, dates)


@pytest.mark.parametrize("structure", ["seq2seq", "vec2seq"])
def test_targets_of_another_length(sequences, structure):
    X = sequences if structure == "seq2seq" else sequences[:, 0]
    y = np.where(sequences[:, :, 0] > 0, "above", "below")
    model = RNNClassifier(**FAST, structure=structure).fit(X, y)
    for wrong in (y[:, :1], y[:, :4]):
        for ask in (model.score, model.gradient_norms):
            with pytest.raises(ValueError, match=r"y must have the .*time"):
                ask(X, wrong)


def test_ragged_targets(sequences):
    y = [[0.0] * 6] * 19 + [[0.0] * 2]
    with pytest.raises(ValueError, match="y must be an array, got sequences of diff"):
        RNNRegressor(**FAST, structure="seq2seq").fit(sequences, y)


def test_missing_targets_of_vectors(sequences):
    y = with_value(sequences[:, :, 0], (3, 2), np.nan)
    message = r"NaN or None: sample 3, time step 2\.$"
    with pytest.raises(ValueError, match=message):
        RNNRegressor(**FAST, structure="vec2seq").fit(sequences[:, 0], y)


def test_labels_with_a_further_axis(sequences):
    with pytest.raises(ValueError, match=r"y must have shape .* got \(20, 6, 2\)"):
        RNNClassifier(**FAST, structure="seq2seq").fit(sequences, sequences > 0)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_missing_labels(sequences, missing):
    y = np.where(sequences[:, :, 0] > 0, "above", "below").astype(object)
    y[3, 2] = missing
    with pytest.raises(ValueError, match="sample 3, time step 2"):
        RNNClassifier(**FAST, structure="seq2seq").fit(sequences, y)
    with pytest.raises(ValueError, match="Input y contains NaN or None: sample 3"):
        RNNClassifier(**FAST).fit(sequences, y[:, 2])


@pytest.mark.parametrize("dtype", ["string", "category", "boolean", "Int64", "Float64"])
def test_missing_labels_of_pandas(sequences, labels, dtype):
    above = pd.Series(labels == "above")
    y = above.map({True: "a", False: "b"}) if dtype in ("string", "category") else above
    y = y.astype(dtype)
    model = RNNClassifier(**FAST).fit(sequences, y)
    assert set(model.predict(sequences)) <= set(y.tolist())
    assert model.classes_.tolist() == sorted(set(y))
    y[3] = pd.NA
    with pytest.raises(ValueError, match="Input y contains NaN or None: sample 3"):
        model.fit(sequences, y)


@pytest.mark.parametrize("dtype", ["string", "boolean", "Int64", "Float64"])
def test_labels_of_pandas_missing_at_masked_steps(sequences, dtype):
    X = with_value(sequences, (slice(8), slice(2)), np.nan)
    y = pd.DataFrame(sequences[:, :, 0] > 0)
    y = (y.replace({True: "a", False: "b"}) if dtype == "string" else y).astype(dtype)
    whole = RNNClassifier(**FAST, structure="seq2seq").fit(X, y)
    y.iloc[:8, :2] = pd.NA
    model = RNNClassifier(**FAST, structure="seq2seq").fit(X, y)
    assert model.classes_.tolist() == whole.classes_.tolist()
    assert_array_equal(model.predict_proba(X), whole.predict_proba(X))


@pytest.mark.parametrize("kind", [bool, int, str, object])
def test_masked_labels(sequences, labels, kind):
    y = labels if kind in (str, object) else labels == "above"
    y = np.ma.masked_array(y.astype(kind))
    model = RNNClassifier(**FAST).fit(sequences, y)
    y[3] = np.ma.masked
    for ask in (model.score, model.fit):
        with pytest.raises(ValueError, match="Input y contains NaN or None: sample 3"):
            ask(sequences, y)


def test_labels_of_another_kind(sequences, labels):
    model = RNNClassifier(**FAST)
    model.partial_fit(sequences, labels == "above", classes=[False, True])
    with pytest.raises(ValueError, match="`y` "):
        model.partial_fit(sequences, labels.astype(object))


def test_wholly_masked_sequences_have_a_prediction(sequences, numbers):
    X = with_value(sequences, slice(0, 2), np.nan)
    model = RNNRegressor(**FAST).fit(X, numbers)
    predicted = model.predict(X)
    assert np.isfinite(predicted).all()
    assert predicted[0] == predicted[1] == model.weights_[-1][0]
    with pytest.raises(ValueError, match=r"a time step that is not masked"):
        RNNRegressor(structure="seq2seq").fit(X[:2], numbers[:2, None] + np.zeros(6))


@pytest.mark.parametrize("estimator", [RNNRegressor(**FAST), RNNClassifier(**FAST)])
@pytest.mark.parametrize("when", ["fit", "predict"])
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda X: with_value(X, (3, 4, 1), np.nan),
            ValueError,
            "NaN in some features.*sample 3, time step 4, feature 1",
        ),
        (
            lambda X: with_value(X, (5, 0, 1), np.inf),
            ValueError,
            "must be finite.*got infinity in sample 5, time step 0, feature 1",
        ),
        (lambda X: X[0, :, 0], ValueError, "must have shape .*, got 1 dim"),
        (lambda X: X[None], ValueError, "must have shape .*, got 4 dim"),
        (lambda X: X[:0], ValueError, "0 sample"),
        (lambda X: X[:, :0], ValueError, "at least one sample, one time step"),
        (lambda X: X.astype(complex), ValueError, "Complex data not supported"),
        (lambda X: [*X[:-1], X[-1, :4]], ValueError, "different lengths.*SequencePadd"),
        (lambda X: sparse.csr_array(X[:, :, 0]), TypeError, "dense data is required"),
        (lambda X: np.full(X.shape, "a"), ValueError, "dtype='numeric'|convert string"),
        (lambda X: None, ValueError, "X must be an array, got None"),
        (lambda X: 3.0, ValueError, "X must be an array, got 3.0"),
        (lambda X: {0.0, 1.0}, ValueError, "X must be an array, got {.*list of a set"),
        (
            lambda X: pd.Series(list(X[:, :, 0])),
            ValueError,
            "as objects.*Padder",
        ),
    ],
)
def test_bad_input(estimator, when, change, error, message, sequences, labels):
    y = labels if isinstance(estimator, RNNClassifier) else np.arange(20.0)
    if when == "fit":
        with pytest.raises(error, match=message):
            estimator.fit(change(sequences), y)
    else:
        model = estimator.fit(sequences, y)
        with pytest.raises(error, match=message):
            model.predict(change(sequences))


def test_other_features_than_in_fit(sequences, numbers):
    model = RNNRegressor(**FAST).fit(sequences, numbers)
    with pytest.raises(ValueError, match=r"X has 1 features, .* expecting 2"):
        model.predict(sequences[:, :, :1])
    with pytest.raises(ValueError, match=r"have 2 features, .* n_features_per_step=2"):
        model.predict(sequences[:, :2, 0])
    model = RNNRegressor(**FAST).fit(sequences[:, :, 0], numbers)
    with pytest.raises(ValueError, match=r"X has 5 features, .* expecting 6"):
        model.predict(sequences[:, :5, 0])
    with pytest.raises(ValueError, match=r"have 1 features, as in fit, got 2"):
        model.predict(sequences)


def test_columns_that_are_no_whole_number_of_steps(sequences, numbers):
    model = RNNRegressor(n_features_per_step=4)
    with pytest.raises(
        ValueError, match=r"6 columns are not divisible by n_features_p"
    ):
        model.fit(sequences[:, :, 0], numbers)


@pytest.mark.parametrize("method", ["predict", "hidden_states", "to_keras", "score"])
def test_unfitted(method, sequences, numbers):
    arguments = {"to_keras": (), "score": (sequences, numbers)}
    with pytest.raises(NotFittedError, match=r"instance is not fitted"):
        getattr(RNNRegressor(), method)(*arguments.get(method, (sequences,)))


def test_a_failed_fit_leaves_no_mixture(sequences, numbers):
    model = RNNRegressor(**FAST).fit(sequences, numbers)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(sequences[:, :, :1], np.full(20, np.nan))
    with pytest.raises(NotFittedError):
        model.predict(sequences)


def test_vectors(rng):
    X = rng.normal(size=(20, 3))
    y = rng.normal(size=(20, 5))
    model = RNNRegressor(**FAST, structure="vec2seq").fit(X, y)
    assert model.predict(X).shape == (20, 5)
    assert model.predict(X[:1]).shape == (1, 5)
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match=r"neither NaN nor .* sample 2, feature 1"):
            model.predict(with_value(X, (2, 1), bad))
    with pytest.raises(ValueError, match=r"shape \(n_samples, n_features\) with struc"):
        model.predict(X[:, :, None])


class TestTokens:
    def test_padding_does_not_count(self, rng):
        X = rng.integers(1, 9, size=(20, 5))
        y = np.arange(20) % 3
        model = RNNClassifier(**FAST, vocabulary_size=9, embedding_size=4).fit(X, y)
        assert model.weights_[0].shape == (9, 4)
        padded = np.zeros((20, 5), dtype=int)
        padded[:, :3] = X[:, 2:]
        moved = np.zeros((20, 5), dtype=int)
        moved[:, 2:] = X[:, 2:]
        assert_allclose(model.predict_proba(padded), model.predict_proba(moved))

    def test_kinds_of_integers(self, rng):
        X = rng.integers(0, 9, size=(20, 5))
        y = rng.normal(size=20)
        expected = RNNRegressor(**FAST, vocabulary_size=9).fit(X, y).predict(X)
        for other in (X.astype(np.uint8), X.astype(float), pd.DataFrame(X), X.tolist()):
            model = RNNRegressor(**FAST, vocabulary_size=9).fit(other, y)
            assert_array_equal(model.predict(other), expected)

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (
                9,
                "between 0 .padding. and 8, since vocabulary_size=9, got 9 in sample 2",
            ),
            (-1, "between 0 .padding. and 8.*got -1 in sample 2, time step 1"),
            (0.5, "must hold integers .*, got 0.5 in sample 2, time step 1"),
            (np.nan, "must hold integers .*, got nan in sample 2, time step 1"),
        ],
    )
    def test_what_is_no_token(self, rng, value, message):
        X = rng.integers(0, 9, size=(20, 5))
        model = RNNRegressor(**FAST, vocabulary_size=9).fit(X, np.arange(20))
        X = X.astype(type(value))
        X[2, 1] = value
        with pytest.raises(ValueError, match=message):
            model.predict(X)
        with pytest.raises(ValueError, match=message):
            model.fit(X, np.arange(20))

    def test_not_with_vectors(self):
        model = RNNRegressor(structure="vec2seq", vocabulary_size=3)
        with pytest.raises(
            ValueError, match="no use for tokens, got vocabulary_size=3"
        ):
            model.fit([[1, 2]], [[1.0]])

    def test_not_in_three_dimensions(self):
        with pytest.raises(ValueError, match="with 'vocabulary_size' set, got 3 dim"):
            RNNRegressor(vocabulary_size=3).fit([[[1, 2]]], [1.0])
