"""Texts, and how they are taken apart."""

import re

from sklearn.feature_extraction.text import CountVectorizer

from ._padding import check_samples


def check_texts(X):
    """The texts of an iterable as a list with at least one of them."""
    if isinstance(X, str):
        raise ValueError("X must be an iterable of texts, got one str. Pass [X].")
    if len(getattr(X, "shape", (0,))) != 1:
        # going through a data frame would give the names of its columns
        raise ValueError(
            f"X must be one column of texts, got {type(X).__name__} of shape "
            f"{X.shape}. Select a column, X['name'] of a data frame."
        )
    texts = check_samples(X, "texts")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                f"Every text of X must be a str, got {type(text).__name__} in "
                f"text {i}. Pass one column of strings."
            )
    return texts


def make_analyzer(analyzer, lowercase, token_pattern):
    """Make the function that takes a text apart, as CountVectorizer does it."""
    vectorizer = CountVectorizer(
        analyzer=analyzer, lowercase=lowercase, token_pattern=token_pattern
    )
    try:
        return vectorizer.build_analyzer()
    except re.error as error:
        raise ValueError(
            f"The 'token_pattern' parameter of SequenceTokenizer must be a regular "
            f"expression. Got {token_pattern!r} instead: {error}."
        ) from error
