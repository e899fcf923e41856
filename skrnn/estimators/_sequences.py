"""What `X` may be, and how it becomes sequences and a mask."""

from typing import NamedTuple

import numpy as np

from skrnn._sklearn import validate_data
from skrnn.windowing._values import check_array_of

from ._masks import all_finite, check_mask, incomplete, refuse

FLOATS = [np.float64, np.float32]


class Sequences(NamedTuple):
    """Checked input; NaN is still in its place until rows are taken.

    values : (n, T, F) of float, (n, T) of int for tokens, (n, F) for vectors
        May be a strided view.
    mask : (n, T) of bool or None
        False where a step is padding.
    rows : int array or None
        Which of them count, in this order: to take them now might copy a view.
    """

    values: np.ndarray
    mask: np.ndarray | None
    rows: np.ndarray | None = None

    def take(self, index):
        """Give the rows in `index` with zeros for NaN, and their mask."""
        if self.rows is not None:
            index = self.rows[index]
        values = self.values[index]
        if self.mask is None:
            return values, None
        mask = self.mask[index]
        if values.ndim == 3:
            values = np.where(mask[:, :, None], values, 0)
        return values, mask

    def select(self, index):
        """Give the sequences in `index`."""
        return self._replace(rows=index if self.rows is None else self.rows[index])

    def blocks(self, size):
        """Yield all rows in blocks: copies of them then take little memory."""
        n = len(self.values if self.rows is None else self.rows)
        step = n if self.mask is None and self.rows is None else size
        for first in range(0, n, step):
            yield self.take(slice(first, first + step))


def check_sequences(estimator, X, *, reset):
    """Bring `X` into one form, or say what is wrong with it.

    Parameters
    ----------
    estimator : BaseRNN
        Its parameters say what `X` is; `n_features_in_` and `feature_names_in_` are
        set, or with ``reset=False`` compared.
    X : array-like
    reset : bool

    Returns
    -------
    Sequences
    """
    # a parameter changed since then does not change the network that was fitted
    network = estimator if reset else estimator.architecture_
    values = (
        X
        if _is_plain(estimator, X, reset)
        else _to_array(estimator, X, reset, network.vocabulary_size is not None)
    )
    _check_n_features(estimator, values, reset, network)
    if network.vocabulary_size is not None:
        tokens = _check_tokens(values, network.vocabulary_size)
        return Sequences(tokens, incomplete(tokens != 0))
    if network.structure == "vec2seq":
        _check_no_nan(values)
        return Sequences(values, None)
    if values.ndim == 2:
        values = _split_steps(values, estimator.n_features_per_step)
    if not reset and values.shape[2] != network.n_inputs:
        raise ValueError(
            f"A time step of X must have {network.n_inputs} features, as in fit, got "
            f"{values.shape[2]}. Set n_features_per_step={network.n_inputs} if X is "
            f"2-D, or pass an X of shape (n_samples, n_timesteps, {network.n_inputs})."
        )
    return Sequences(values, check_mask(values))


def _is_plain(estimator, X, reset):
    """Whether scikit-learn's checks, a tenth of a millisecond, could say nothing."""
    return (
        not reset
        and type(X) is np.ndarray
        and X.dtype in FLOATS
        and X.ndim in (2, 3)
        and X.size > 0
        and not hasattr(estimator, "feature_names_in_")
    )


def _to_array(estimator, X, reset, tokens):
    try:
        return validate_data(
            estimator,
            check_array_of(X),
            reset=reset,
            dtype="numeric" if tokens else FLOATS,
            ensure_all_finite=False,
            ensure_2d=False,
            allow_nd=True,
        )
    except ValueError as error:
        if "setting an array element with a sequence" not in str(error):
            raise
        raise ValueError(
            "X must be an array of numbers, got sequences of different lengths, or as "
            "objects. Make one array of them, with NaN for the steps that some do not "
            "have, for instance with skrnn.SequencePadder."
        ) from error


def _check_n_features(estimator, values, reset, network):
    name = type(estimator).__name__
    flat = network.structure == "vec2seq" or network.vocabulary_size is not None
    if values.ndim not in ((2,) if flat else (2, 3)):
        expected = (
            "(n_samples, n_features) with structure='vec2seq'"
            if network.structure == "vec2seq"
            else "(n_samples, n_timesteps) with 'vocabulary_size' set"
            if flat
            else "(n_samples, n_timesteps, n_features) or (n_samples, n_timesteps * "
            "n_features_per_step)"
        )
        raise ValueError(
            f"X must have shape {expected}, got {values.ndim} dimension(s), shape "
            f"{values.shape}. Reshape your data: X.reshape(-1, 1) if each sample has "
            f"one value, X.reshape(1, -1) if X is a single sample."
        )
    if values.size == 0:
        raise ValueError(
            f"X must have at least one sample, one time step and one feature, got "
            f"shape {values.shape}: 0 sample(s), step(s) or feature(s) while a minimum "
            f"of 1 is required by {name}."
        )
    n_features = values.shape[-1]
    if reset:
        estimator.n_features_in_ = n_features
        estimator._fitted_on_3d = values.ndim == 3
        return
    # of the same sequences in the other form, steps are compared, once there are any
    same_form = estimator._fitted_on_3d == (values.ndim == 3)
    if same_form and n_features != estimator.n_features_in_:
        raise ValueError(
            f"X has {n_features} features, but {name} is expecting "
            f"{estimator.n_features_in_} features as input."
        )


def _check_tokens(values, vocabulary_size):
    tokens = values
    if values.dtype.kind not in "iu":
        with np.errstate(invalid="ignore"):
            tokens = values.astype(np.int64)
        refuse(
            tokens != values,
            "With 'vocabulary_size' set, X must hold integers (0 is padding)",
            values,
        )
    if tokens.min() < 0 or tokens.max() >= vocabulary_size:
        refuse(
            (tokens < 0) | (tokens >= vocabulary_size),
            f"The tokens in X must lie between 0 (padding) and "
            f"{vocabulary_size - 1}, since vocabulary_size={vocabulary_size}",
            tokens,
        )
    return tokens


def _check_no_nan(values):
    if not all_finite(values):
        refuse(
            ~np.isfinite(values),
            "With structure='vec2seq', X must have neither NaN nor infinity",
            values,
            ("sample", "feature"),
        )


def _split_steps(values, n_features_per_step):
    n_samples, n_columns = values.shape
    if n_columns % n_features_per_step:
        raise ValueError(
            f"The columns of a 2-D X must be n_timesteps * n_features_per_step, but "
            f"{n_columns} columns are not divisible by n_features_per_step="
            f"{n_features_per_step}. Set 'n_features_per_step', or pass a 3-D X."
        )
    return values.reshape(n_samples, -1, n_features_per_step)
