"""SequenceTokenizer: texts as integers, and back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer

from skrnn.windowing import SequenceTokenizer

TEXTS = ["the cat saw the dog", "the dog ran", "a bird!"]
words = st.text("abc", min_size=2, max_size=3)


def test_integers_are_given_by_frequency_then_alphabet():
    tokenizer = SequenceTokenizer().fit(TEXTS)
    expected = {"the": 2, "dog": 3, "bird": 4, "cat": 5, "ran": 6, "saw": 7}
    assert tokenizer.vocabulary_ == expected
    assert tokenizer.vocabulary_size_ == 8
    assert tokenizer.max_length_ == 5
    sequences = tokenizer.transform(TEXTS)
    assert sequences.dtype == np.int32
    np.testing.assert_array_equal(
        sequences, [[2, 5, 7, 2, 3], [0, 0, 2, 3, 6], [0, 0, 0, 0, 4]]
    )


@pytest.mark.parametrize("analyzer", ["word", "char"])
@pytest.mark.parametrize("lowercase", [True, False])
def test_tokens_are_those_of_count_vectorizer(analyzer, lowercase):
    texts = ["It's a Test, isn't it?  Yes;\tÄrger 42 x", "A-B c_d"]
    parameters = {"analyzer": analyzer, "lowercase": lowercase}
    tokenizer = SequenceTokenizer(**parameters).fit(texts)
    counter = CountVectorizer(**parameters).fit(texts)
    assert tokenizer.vocabulary_.keys() == counter.vocabulary_.keys()
    counts = counter.transform(texts).toarray()
    for row, sequence in zip(counts, tokenizer.transform(texts), strict=True):
        for token, column in counter.vocabulary_.items():
            assert row[column] == (sequence == tokenizer.vocabulary_[token]).sum()


def test_the_pattern_of_words_can_be_changed():
    tokenizer = SequenceTokenizer(token_pattern=r"\w+|!").fit(TEXTS)
    assert {"a", "!"} <= tokenizer.vocabulary_.keys()


@given(
    texts=st.lists(st.lists(words, min_size=1, max_size=5).map(" ".join), min_size=1),
    padding=st.sampled_from(["pre", "post"]),
    analyzer=st.sampled_from(["word", "char"]),
)
def test_the_way_back(texts, padding, analyzer):
    tokenizer = SequenceTokenizer(analyzer, padding=padding)
    sequences = tokenizer.fit_transform(texts)
    assert sequences.min() >= 0
    assert sequences.max() < tokenizer.vocabulary_size_
    assert list(tokenizer.inverse_transform(sequences)) == texts


@given(
    texts=st.lists(st.lists(words, min_size=1).map(" ".join), min_size=1),
    vocabulary_size=st.integers(3, 8),
)
def test_the_vocabulary_keeps_to_its_limit(texts, vocabulary_size):
    full = SequenceTokenizer().fit(texts)
    tokenizer = SequenceTokenizer(vocabulary_size=vocabulary_size).fit(texts)
    assert tokenizer.vocabulary_size_ == min(vocabulary_size, full.vocabulary_size_)
    assert tokenizer.vocabulary_.items() <= full.vocabulary_.items()
    cut = tokenizer.vocabulary_size_
    expected = full.transform(texts)
    expected[expected >= cut] = 1
    np.testing.assert_array_equal(tokenizer.transform(texts), expected)


def test_unknown_tokens_and_empty_texts():
    tokenizer = SequenceTokenizer().fit(TEXTS)
    sequences = tokenizer.transform(["the fish", "", "a ?"])
    np.testing.assert_array_equal(
        sequences, [[0, 0, 0, 2, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    )
    assert list(tokenizer.inverse_transform(sequences)) == ["the \ufffd", "", ""]


@pytest.mark.parametrize(
    ("padding", "truncation", "expected"),
    [
        ("pre", "pre", [[7, 2, 3], [0, 0, 4]]),
        ("pre", "post", [[2, 5, 7], [0, 0, 4]]),
        ("post", "pre", [[7, 2, 3], [4, 0, 0]]),
        ("post", "post", [[2, 5, 7], [4, 0, 0]]),
    ],
)
def test_sides(padding, truncation, expected):
    tokenizer = SequenceTokenizer(
        max_length=3, padding=padding, truncation=truncation
    ).fit(TEXTS)
    np.testing.assert_array_equal(tokenizer.transform([TEXTS[0], TEXTS[2]]), expected)


def test_a_column_of_a_frame_and_a_frame_back():
    column = pd.Series(TEXTS, index=[10, 11, 12])
    tokenizer = SequenceTokenizer().set_output(transform="pandas")
    frame = tokenizer.fit_transform(column)
    assert list(frame.columns) == [f"sequencetokenizer{i}" for i in range(5)]
    assert list(frame.index) == [10, 11, 12]
    assert list(tokenizer.inverse_transform(frame))[1] == "the dog ran"


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("one text", ValueError, r"got one str. Pass \[X\]"),
        ([], ValueError, "at least one of its texts"),
        (None, TypeError, "X must be an iterable of texts, got NoneType"),
        (["a text", 3], TypeError, "got int in text 1"),
        ([b"a text"], TypeError, "got bytes in text 0"),
        (["a", "?"], ValueError, "no token in any of its 2 texts"),
        (pd.DataFrame({"text": TEXTS}), ValueError, r"DataFrame of shape \(3, 1\)"),
        (np.array([TEXTS]), ValueError, r"one column of texts, got ndarray"),
    ],
)
def test_bad_texts_are_refused(X, error, message):
    with pytest.raises(error, match=message):
        SequenceTokenizer().fit(X)


@pytest.mark.parametrize("value", [-1, 8, 1.5])
def test_the_way_back_wants_integers_of_the_vocabulary(value):
    tokenizer = SequenceTokenizer().fit(TEXTS)
    with pytest.raises(ValueError, match=f"integers from 0 to 7.*got {value}"):
        tokenizer.inverse_transform([[2, value]])


@pytest.mark.parametrize(
    "parameters",
    [
        {"analyzer": "line"},
        {"max_length": 0},
        {"vocabulary_size": 2},
        {"padding": "left"},
        {"truncation": "left"},
        {"lowercase": None},
        {"token_pattern": None},
        {"token_pattern": "("},
    ],
)
def test_bad_parameters_are_refused(parameters):
    (name,) = parameters
    with pytest.raises(ValueError, match=f"The '{name}' parameter of SequenceTok"):
        SequenceTokenizer(**parameters).fit(TEXTS)


def test_transform_needs_fit():
    with pytest.raises(NotFittedError):
        SequenceTokenizer().transform(TEXTS)


def test_a_frame_of_polars_is_no_column_of_texts():
    polars = pytest.importorskip("polars", reason="the frames are of polars")
    with pytest.raises(ValueError, match=r"got DataFrame of shape \(2, 1\)"):
        SequenceTokenizer().fit(polars.DataFrame({"a": ["one text", "two"]}))
