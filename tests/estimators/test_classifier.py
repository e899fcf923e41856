"""RNNClassifier: labels, probabilities, weights of classes."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.class_weight import compute_sample_weight

from skrnn import RNNClassifier

FAST = {"units": 4, "cell": "gru", "epochs": 3, "random_state": 0}


def three(labels):
    """Three classes from two."""
    labels = labels.astype(object)
    labels[:5] = "apart"
    return labels


class TestLabels:
    @pytest.mark.parametrize(
        "values",
        [
            ["no", "yes"],
            [0, 1],
            [-1, 1],
            [3, 7],
            [0.0, 1.0],
            [False, True],
            ["a", "b", "c"],
            [5, 1, 3, 9],
        ],
    )
    def test_of_all_kinds(self, sequences, values):
        y = np.array(values)[np.arange(20) % len(values)]
        model = RNNClassifier(**FAST).fit(sequences, y)
        assert_array_equal(model.classes_, np.unique(y))
        predicted = model.predict(sequences)
        assert predicted.dtype == y.dtype
        assert set(predicted) <= set(values)

    def test_of_a_series(self, sequences, labels):
        expected = RNNClassifier(**FAST).fit(sequences, labels).predict(sequences)
        for other in (pd.Series(labels), labels.tolist(), labels.astype(object)):
            model = RNNClassifier(**FAST).fit(sequences, other)
            assert_array_equal(model.predict(sequences), expected)

    def test_learned(self, rng):
        X = rng.normal(size=(200, 5))
        y = np.select([X.sum(axis=1) < -1, X.sum(axis=1) < 1], ["low", "middle"], "up")
        model = RNNClassifier(8, epochs=30, learning_rate=0.02, random_state=0)
        assert model.fit(X, y).score(X, y) > 0.9

    def test_column_is_taken_with_a_warning(self, sequences, labels):
        with pytest.warns(DataConversionWarning):
            RNNClassifier(**FAST).fit(sequences, labels[:, None])

    @pytest.mark.parametrize(
        ("y", "message"),
        [
            (np.ones(20), "at least two classes, got 1 class"),
            (np.linspace(0, 1, 20), "Unknown label type"),
            (np.full(20, np.nan), "NaN"),
            (np.zeros((20, 2)), "y should be a 1d array"),
            (np.arange(19) % 2, "inconsistent numbers of samples"),
            (None, "requires y to be passed"),
        ],
    )
    def test_bad(self, sequences, y, message):
        with pytest.raises(ValueError, match=message):
            RNNClassifier(**FAST).fit(sequences, y)

    def test_one_class_with_weight(self, sequences, labels):
        with pytest.raises(ValueError, match=r"got 1 class: \['above'\]"):
            RNNClassifier().fit(sequences, labels, sample_weight=labels == "above")


class TestProbabilities:
    @pytest.mark.parametrize("structure", ["seq2vec", "seq2seq", "vec2seq"])
    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_sum_to_one(self, rng, structure, n_classes):
        X = rng.normal(size=(30, 4) if structure == "vec2seq" else (30, 4, 2))
        shape = (30,) if structure == "seq2vec" else (30, 4)
        y = rng.integers(0, n_classes, size=shape)
        model = RNNClassifier(**FAST, structure=structure).fit(X, y)
        probability = model.predict_proba(X)
        assert probability.shape == (*shape, n_classes)
        assert probability.dtype == np.float64
        assert_allclose(probability.sum(axis=-1), 1, rtol=1e-12)
        assert_allclose(np.log(probability), model.predict_log_proba(X))
        predicted = model.predict(X)
        assert predicted.shape == shape
        assert_array_equal(model.classes_[probability.argmax(axis=-1)], predicted)
        assert_allclose(model.score(X, y), (predicted == y).mean())

    def test_of_inputs_far_away(self, sequences, labels):
        model = RNNClassifier(**FAST | {"activation": "identity"})
        for y in (labels, three(labels)):
            model.fit(sequences, y)
            probability = model.predict_proba(1e6 * sequences)
            assert np.isfinite(probability).all()
            assert_allclose(probability.sum(axis=1), 1)

    def test_training_starts_at_the_shares_of_the_classes(self, sequences):
        y = np.repeat(["a", "b", "c"], [10, 5, 5])
        model = RNNClassifier(4, epochs=1, learning_rate=1e-9).fit(0 * sequences, y)
        assert_allclose(model.predict_proba(0 * sequences[:1])[0], [0.5, 0.25, 0.25])
        assert_allclose(model.loss_curve_[0], -np.log([0.5, 0.25]).mean())
        model.fit(0 * sequences, y == "c")
        assert_allclose(model.predict_proba(0 * sequences[:1])[0], [0.75, 0.25])


class TestClassWeight:
    @pytest.mark.parametrize("weight", ["balanced", {"above": 3}, {"below": 0.5}])
    def test_is_a_sample_weight(self, sequences, labels, weight):
        model = RNNClassifier(**FAST, class_weight=weight).fit(sequences, labels)
        by_sample = compute_sample_weight(weight, labels)
        other = RNNClassifier(**FAST).fit(sequences, labels, by_sample)
        assert_allclose(
            model.predict_proba(sequences), other.predict_proba(sequences), rtol=1e-6
        )

    def test_balanced_takes_weights_into_account(self, sequences, labels, rng):
        weight = rng.integers(1, 4, size=20)
        model = RNNClassifier(**FAST, class_weight="balanced")
        weighted = model.fit(sequences, labels, weight).weights_
        model.fit(sequences.repeat(weight, axis=0), labels.repeat(weight))
        for a, b in zip(weighted, model.weights_, strict=True):
            assert_array_equal(a, b)

    @pytest.mark.parametrize("weight", ["balanced", {0: 5.0}])
    def test_of_labels_of_steps(self, rng, weight):
        """Rare labels count more, in every step on its own."""
        X = np.zeros((40, 5, 1))
        y = (rng.random((40, 5)) < 0.2).astype(int)
        X[:, 0], y[:, 0] = np.nan, 7
        model = RNNClassifier(
            **FAST | {"learning_rate": 1e-9, "epochs": 1},
            structure="seq2seq",
            class_weight=weight,
        )
        probability = model.fit(X, y).predict_proba(X)[0, -1]
        share = y[:, 1:].mean()
        if weight == "balanced":
            expected = 0.5
        else:
            expected = 5 * (1 - share) / (5 * (1 - share) + share)
        assert_allclose(probability[0], expected, rtol=0.02)

    def test_unknown_class(self, sequences, labels):
        with pytest.raises(ValueError, match="class_weight"):
            RNNClassifier(class_weight={"other": 2.0}).fit(sequences, labels)


class TestPartialFit:
    def test_needs_all_classes_first(self, sequences, labels):
        model = RNNClassifier(**FAST)
        with pytest.raises(
            ValueError, match="classes must be passed on the first call"
        ):
            model.partial_fit(sequences, labels)
        model.partial_fit(sequences, labels, classes=["below", "apart", "above"])
        assert model.classes_.tolist() == ["above", "apart", "below"]
        assert model.predict_proba(sequences).shape == (20, 3)
        model.partial_fit(sequences, three(labels))
        model.partial_fit(sequences[:1], labels[:1])

    def test_one_class_at_a_time(self, sequences, labels):
        model = RNNClassifier(**FAST | {"learning_rate": 0.02})
        for _ in range(20):
            for label in ("above", "below"):
                rows = labels == label
                model.partial_fit(
                    sequences[rows], labels[rows], classes=["above", "below"]
                )
        assert np.isfinite(model.predict_proba(sequences)).all()

    def test_other_classes(self, sequences, labels):
        model = RNNClassifier(**FAST).partial_fit(sequences, labels, ["above", "below"])
        with pytest.raises(ValueError, match="same as at the first call"):
            model.partial_fit(sequences, labels, classes=["above", "apart"])
        with pytest.raises(ValueError, match=r"not in `classes`.*has \['apart'\]"):
            model.partial_fit(sequences, three(labels))

    @pytest.mark.parametrize("classes", ["above", ["above", 1], [0.5, 1.5]])
    def test_classes_that_are_none(self, sequences, labels, classes):
        with pytest.raises(ValueError, match=r"Expected array-like|Mix of|Unknown"):
            RNNClassifier(**FAST).partial_fit(sequences, labels, classes)

    def test_not_with_balanced_classes(self):
        model = RNNClassifier(class_weight="balanced")
        assert not hasattr(model, "partial_fit")


def test_labels_of_another_kind_have_no_score(sequences, labels):
    numbers = (labels == "above").astype(int)
    model = RNNClassifier(**FAST).fit(sequences, labels)
    assert model.score(sequences, three(labels)) <= model.score(sequences, labels)
    with pytest.raises(ValueError, match="Mix of label input types"):
        model.score(sequences, numbers)
    model.fit(sequences, numbers)
    assert model.score(sequences, numbers > 0) == model.score(sequences, numbers)
    with pytest.raises(ValueError, match="Mix of label input types"):
        model.score(sequences, labels)


def test_steps_without_weight_have_no_score(sequences):
    y = sequences[:, :, 0] > 0
    model = RNNClassifier(**FAST, structure="seq2seq").fit(sequences, y)
    X = sequences.copy()
    X[:8] = np.nan
    with pytest.raises(ValueError, match="at least one non-zero"):
        model.score(X, y, np.repeat([1.0, 0.0], [8, 12]))


def test_labels_in_a_warm_start(sequences, labels):
    model = RNNClassifier(**FAST, warm_start=True).fit(sequences, labels)
    model.fit(sequences, labels)
    with pytest.raises(ValueError, match=r"not in `classes`.*has \['apart'\]"):
        model.fit(sequences, three(labels))


@pytest.mark.parametrize("nothing", [None, np.nan])
def test_masked_steps_need_no_label(sequences, nothing):
    X = sequences.copy()
    X[:8, :2] = np.nan
    y = np.where(sequences[:, :, 0] > 0, "up", "down").astype(object)
    whole = RNNClassifier(**FAST, structure="seq2seq").fit(X, y)
    y[:8, :2] = nothing
    model = RNNClassifier(**FAST, structure="seq2seq").fit(X, y)
    assert_array_equal(model.predict_proba(X), whole.predict_proba(X))
    assert model.classes_.tolist() == ["down", "up"]
    assert model.score(X, y) == whole.score(X, y)


def test_nan_as_label_of_a_step(sequences):
    y = (sequences[:, :, 0] > 0).astype(float)
    y[3, 2] = np.nan
    with pytest.raises(ValueError, match=r"not masked.*sample 3, time step 2"):
        RNNClassifier(structure="seq2seq").fit(sequences, y)


@pytest.mark.parametrize("weight", [-1, np.nan, np.inf, "much"])
def test_weights_of_classes_that_are_none(sequences, labels, weight):
    model = RNNClassifier(class_weight={"above": weight})
    with pytest.raises(ValueError, match=f"not negative .* Got {weight!r} .* 'above'"):
        model.fit(sequences, labels)
