"""SequenceTokenizer: texts as sequences of integers."""

from collections import Counter

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin as NumberedFeaturesMixin,
    TransformerMixin,
)
from sklearn.utils import check_array

from .._sklearn import Integral, Interval, StrOptions, check_is_fitted, fit_context
from ._padding import pad_sequences
from ._texts import check_texts, make_analyzer

PADDING, UNKNOWN = 0, 1
N_RESERVED = 2
UNKNOWN_TEXT = "\N{REPLACEMENT CHARACTER}"


class SequenceTokenizer(NumberedFeaturesMixin, TransformerMixin, BaseEstimator):
    r"""Turn texts into sequences of integers, for a network with an embedding.

    Texts are taken apart as :class:`~sklearn.feature_extraction.text.CountVectorizer`
    does it, but the tokens keep their order.

    Parameters
    ----------
    analyzer : {"word", "char"}, default="word"
        Whether tokens are words or characters. For characters, runs of white space
        count as one space.

    max_length : int or None, default=None
        Number of tokens of a sequence. By default that of the longest text seen in
        `fit`.

    vocabulary_size : int or None, default=None
        Upper limit of `vocabulary_size_`. The most frequent tokens are kept, all
        others are unknown. By default every token of `fit` is kept.

    padding : {"pre", "post"}, default="pre"
        Where shorter sequences are filled with 0: before their first token or after
        their last. Input of a network may be padded at either side; text to be
        produced by one is best padded at the end, since it begins at the first step.

    truncation : {"pre", "post"}, default="pre"
        Where longer sequences lose tokens. With `"pre"` they keep their last
        `max_length` tokens, with `"post"` their first.

    lowercase : bool, default=True
        Whether to turn texts into lower case first.

    token_pattern : str, default=r"(?u)\b\w\w+\b"
        Regular expression of a word; used with `analyzer="word"`. By default words
        have two letters or digits or more, and punctuation is left out.

    Attributes
    ----------
    vocabulary_ : dict
        Integer of each token: from 2 on, the most frequent token first, equally
        frequent ones in alphabetical order. 0 is padding, 1 is any other token.

    vocabulary_size_ : int
        Number of different integers, those of padding and unknown tokens included:
        what an embedding needs.

    max_length_ : int
        Number of tokens of a sequence.

    See Also
    --------
    SequencePadder : Numeric sequences of unequal length.

    Examples
    --------
    >>> from skrnn.windowing import SequenceTokenizer
    >>> reviews = ["A good film", "Not a good film, not at all"]
    >>> tokenizer = SequenceTokenizer()
    >>> tokenizer.fit_transform(reviews)
    array([[0, 0, 0, 0, 3, 2],
           [4, 3, 2, 4, 6, 5]], dtype=int32)
    >>> tokenizer.vocabulary_size_
    7
    >>> tokenizer.inverse_transform(tokenizer.transform(["good music"]))
    array(['good �'], dtype=object)
    """

    _parameter_constraints = {
        "analyzer": [StrOptions({"word", "char"})],
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "vocabulary_size": [
            Interval(Integral, N_RESERVED, None, closed="neither"),
            None,
        ],
        "padding": [StrOptions({"pre", "post"})],
        "truncation": [StrOptions({"pre", "post"})],
        "lowercase": ["boolean"],
        "token_pattern": [str],
    }

    def __init__(
        self,
        analyzer="word",
        max_length=None,
        vocabulary_size=None,
        *,
        padding="pre",
        truncation="pre",
        lowercase=True,
        token_pattern=r"(?u)\b\w\w+\b",
    ):
        self.analyzer = analyzer
        self.max_length = max_length
        self.vocabulary_size = vocabulary_size
        self.padding = padding
        self.truncation = truncation
        self.lowercase = lowercase
        self.token_pattern = token_pattern

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the vocabulary.

        Parameters
        ----------
        X : iterable of str
            The texts.

        y : None
            Ignored.

        Returns
        -------
        self : SequenceTokenizer
            Fitted transformer.

        Raises
        ------
        ValueError
            If a parameter is out of its range, if `X` is one text or several columns
            of them, or if no text has a token.
        TypeError
            If something in `X` is no text.
        """
        texts = self._tokens(X)
        counts = Counter(token for tokens in texts for token in tokens)
        if not counts:
            raise ValueError(
                f"X has no token in any of its {len(texts)} texts. Pass texts with "
                f"content, or change token_pattern."
            )
        kept = sorted(counts, key=lambda token: (-counts[token], token))
        if self.vocabulary_size is not None:
            kept = kept[: self.vocabulary_size - N_RESERVED]
        self.vocabulary_ = {token: i for i, token in enumerate(kept, N_RESERVED)}
        self.vocabulary_size_ = len(kept) + N_RESERVED
        self.max_length_ = self.max_length
        if self.max_length is None:
            self.max_length_ = max(len(tokens) for tokens in texts)
        return self

    def transform(self, X):
        """Turn texts into sequences of integers.

        Parameters
        ----------
        X : iterable of str
            The texts. One without a token becomes padding alone.

        Returns
        -------
        sequences : ndarray of shape (n_samples, max_length_), dtype int32
            The integer of each token.
        """
        check_is_fitted(self)
        look_up = self.vocabulary_.get
        codes = [
            np.array([look_up(token, UNKNOWN) for token in tokens], dtype=np.int32)
            for tokens in self._tokens(X)
        ]
        return pad_sequences(
            codes,
            self.max_length_,
            padding=self.padding,
            truncation=self.truncation,
            fill_value=PADDING,
            dtype=np.int32,
        )

    def inverse_transform(self, X):
        """Turn sequences of integers back into texts.

        Parameters
        ----------
        X : array-like of int of shape (n_samples, n_timesteps)
            The integer of each token, whatever the number of steps.

        Returns
        -------
        texts : ndarray of str objects of shape (n_samples,)
            Words with one space between them, or characters. Padding is left out
            wherever it stands; an unknown token is the replacement character U+FFFD.

        Raises
        ------
        ValueError
            If something in `X` is no integer from 0 to ``vocabulary_size_ - 1``.
        """
        check_is_fitted(self)
        X = check_array(X)
        outside = (X < 0) | (self.vocabulary_size_ <= X) | (X.astype(np.int64) != X)
        if outside.any():
            raise ValueError(
                f"X must hold integers from 0 to {self.vocabulary_size_ - 1}, the "
                f"vocabulary of this tokenizer, got {X[outside][0]}."
            )
        # the vocabulary is in the order of its integers
        known = np.array(["", UNKNOWN_TEXT, *self.vocabulary_], dtype=object)
        separator = " " if self.analyzer == "word" else ""
        texts = [separator.join(known[row[row != PADDING]]) for row in X.astype(int)]
        return np.array(texts, dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    @property
    def _n_features_out(self):
        """Number of columns, for `get_feature_names_out`."""
        return self.max_length_

    def _tokens(self, X):
        """List of the tokens of each text."""
        split = make_analyzer(self.analyzer, self.lowercase, self.token_pattern)
        return [split(text) for text in check_texts(X)]
