"""SequencePadder: numeric sequences of unequal length in one array."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from .._sklearn import Integral, Interval, StrOptions, check_is_fitted, fit_context
from ._containers import set_output
from ._padding import check_samples, pad_sequences
from ._values import check_values, dtype_is, is_frame, to_array


class SequencePadder(  # type: ignore[call-arg]  # the keyword is that of TransformerMixin
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Put sequences of unequal length into one array, padded with NaN.

    The estimators of skrnn mask a time step whose features are all NaN, so the padding
    has no part in what they learn, on whichever side it stands.

    Parameters
    ----------
    max_length : int or None, default=None
        Number of time steps returned. By default that of the longest sequence seen in
        `fit`.

    padding : {"pre", "post"}, default="pre"
        Where shorter sequences are filled up: before their first step or after their
        last.

    truncation : {"pre", "post"}, default="pre"
        Where longer sequences lose steps. With `"pre"` they keep their last
        `max_length` steps, with `"post"` their first.

    Attributes
    ----------
    max_length_ : int
        Number of time steps returned.

    n_features_per_step_ : int
        Number of features of a time step.

    See Also
    --------
    SequenceTokenizer : Texts as sequences of integers of one length.

    Notes
    -----
    Defaults are those of Keras's ``pad_sequences``: padding in front lets every
    sequence end at the last step, and what is cut off is the oldest.

    Examples
    --------
    >>> from skrnn.windowing import SequencePadder
    >>> sequences = [[1.0, 2.0, 3.0], [4.0]]
    >>> padder = SequencePadder().fit(sequences)
    >>> padder.transform(sequences)[:, :, 0]
    array([[ 1.,  2.,  3.],
           [nan, nan,  4.]])

    A sequence longer than those of `fit` loses its oldest steps:

    >>> padder.transform([[5.0, 6.0, 7.0, 8.0]])[:, :, 0]
    array([[6., 7., 8.]])
    """

    _parameter_constraints = {
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "padding": [StrOptions({"pre", "post"})],
        "truncation": [StrOptions({"pre", "post"})],
    }

    def __init__(self, max_length=None, padding="pre", truncation="pre"):
        self.max_length = max_length
        self.padding = padding
        self.truncation = truncation

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Find the length and the number of features.

        Parameters
        ----------
        X : iterable of array-like of shape (n_timesteps,) or (n_timesteps, n_features)
            The sequences, which may differ in `n_timesteps`. A 2-D array is a sequence
            of one feature in each row, a 3-D array of shape (n_samples, n_timesteps,
            n_features) a sequence in each entry. A data frame of pandas or polars has a
            sequence in each row: of one feature, or if its cells are series (sktime's
            ``nested_univ``), of a feature in each column. Masked values of masked
            arrays are NaN.

        y : None
            Ignored.

        Returns
        -------
        self : SequencePadder
            Fitted transformer.

        Raises
        ------
        ValueError
            If a parameter is out of its range, if there is no sequence, if a data frame
            of numbers has an index of several levels, or if a sequence is empty, no
            real numbers, infinite somewhere, or has another number of features than
            the others. The message says which.
        """
        sequences = _check_sequences(X)
        self.n_features_per_step_ = sequences[0].shape[1]
        self._check_n_features(sequences)
        self.max_length_ = self.max_length
        if self.max_length is None:
            self.max_length_ = max(len(sequence) for sequence in sequences)
        return self

    def transform(self, X):
        """Pad and cut sequences to `max_length_`.

        Parameters
        ----------
        X : iterable of array-like of shape (n_timesteps,) or (n_timesteps, n_features)
            The sequences, in any form that `fit` takes.

        Returns
        -------
        padded : ndarray of shape (n_samples, max_length_, n_features_per_step_)
            The sequences. Steps that a sequence does not have are NaN.
        """
        check_is_fitted(self)
        sequences = _check_sequences(X)
        self._check_n_features(sequences)
        # float32 stays float32, everything else needs float64 to hold NaN
        all_single = all(sequence.dtype == np.float32 for sequence in sequences)
        return pad_sequences(
            sequences,
            self.max_length_,
            padding=self.padding,
            truncation=self.truncation,
            fill_value=np.nan,
            dtype=np.float32 if all_single else np.float64,
        )

    set_output = set_output

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # a list of arrays: none of scikit-learn's kinds of input
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        return tags

    def _check_n_features(self, sequences):
        for i, sequence in enumerate(sequences):
            if sequence.shape[1] != self.n_features_per_step_:
                raise ValueError(
                    f"Every sequence of X must have n_features="
                    f"{self.n_features_per_step_} as the first sequence of fit, got "
                    f"{sequence.shape[1]} in sequence {i}."
                )


def _check_sequences(X):
    """Sequences as a list of numeric arrays of shape (n_timesteps, n_features)."""
    if is_frame(X):
        X = _rows_of_frame(X)
    return [
        _check_sequence(sequence, i)
        for i, sequence in enumerate(check_samples(X, "sequences"))
    ]


def _check_sequence(sequence, i):
    sequence = _to_floats(sequence, i)
    if sequence.ndim not in (1, 2):
        raise ValueError(
            f"Every sequence of X must have shape (n_timesteps,) or (n_timesteps, "
            f"n_features), got {sequence.shape} in sequence {i}. If X is one sequence, "
            f"pass [X]."
        )
    if sequence.size == 0:
        raise ValueError(
            f"Every sequence of X must have at least one time step and one feature, "
            f"got shape {sequence.shape} in sequence {i}. Remove it."
        )
    if np.isinf(sequence).any():
        raise ValueError(f"X must be finite or NaN, got infinity in sequence {i}.")
    return sequence.reshape(len(sequence), -1)


def _to_floats(sequence, i):
    """Values in single or double precision, whatever they were."""
    try:
        sequence = to_array(check_values(sequence, "it"))
        if sequence.dtype.kind == "c":
            raise ValueError("complex numbers. Pass two features, .real and .imag.")
        if sequence.dtype in (np.float32, np.float64):
            return sequence
        # what double precision cannot hold becomes infinite, and is refused as that
        with np.errstate(over="ignore"):
            return sequence.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Every sequence of X must be a numeric array, got something else in "
            f"sequence {i}: {error}"
        ) from error


def _rows_of_frame(frame):
    """Rows of a data frame: its numbers, or the series in its cells side by side."""
    if not all(dtype_is(dtype, "is_nested", {"O"}) for dtype in frame.dtypes):
        n_levels = getattr(getattr(frame, "index", None), "nlevels", 1)
        if n_levels > 1:
            raise ValueError(
                f"X has an index of {n_levels} levels: is a row one step of "
                f"a sequence, or all of it? Pass a list of a frame for each sequence, "
                f"[one for _, one in X.groupby(level=0)], or else X.to_numpy()."
            )
        return to_array(check_values(frame))
    return [_stack_cells(cells, i) for i, cells in enumerate(frame.to_numpy())]


def _stack_cells(cells, i):
    lengths = sorted({np.size(cell) for cell in cells})
    if len(lengths) > 1:
        raise ValueError(
            f"The series in one row of X must have the same length, got lengths "
            f"{lengths} in row {i}."
        )
    values = [check_values(cell, f"Row {i} of X") for cell in cells]
    return np.column_stack([to_array(cell).ravel() for cell in values])
