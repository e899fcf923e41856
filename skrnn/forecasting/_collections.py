"""Collections of series for a network: checked, padded, filled and standardised."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from skrnn._sklearn import validate_parameter_constraints
from skrnn.windowing import SequencePadder

LARGEST = np.finfo(float).max


@dataclass(frozen=True)
class Standard:
    """Means and deviations of columns, in units of ``2**exponent``.

    In units near the largest value squares neither overflow nor vanish, and a power of
    two costs no digit.
    """

    exponent: np.ndarray | int
    mean: np.ndarray | float
    scale: np.ndarray | float

    def to(self, x):
        """Bring to mean 0 and deviation 1; infinite only where `x` is."""
        with np.errstate(over="ignore"):
            z = (np.ldexp(x, -self.exponent) - self.mean) / self.scale
        return np.where(np.isinf(x), x, np.clip(z, -LARGEST, LARGEST))

    def back(self, z):
        """Undo `to`, up to the largest number there is."""
        with np.errstate(over="ignore"):
            x = np.ldexp(z * self.scale + self.mean, self.exponent)
        return np.clip(x, -LARGEST, LARGEST)


AS_IT_IS = Standard(0, 0.0, 1.0)


def standard_of(x):
    """Measure `x`, (n,), or its columns, (n, n_columns); only finite values count.

    Deviations from what is constant stay as they are.
    """
    known = np.isfinite(x)
    low = np.where(known, x, np.inf).min(axis=0)
    high = np.where(known, x, -np.inf).max(axis=0)
    varies = low < high
    _, exponent = np.frexp(np.where(varies, np.maximum(-low, high), 0.0))
    known &= varies
    count = np.maximum(known.sum(axis=0), 1)
    x = np.ldexp(np.where(known, x, 0.0), -exponent)
    mean = x.sum(axis=0) / count
    square = np.where(known, x - mean, 0.0) ** 2
    scale = np.sqrt(square.sum(axis=0) / count)
    constant = np.where(np.isfinite(low), low, 0.0)
    mean, scale = np.where(varies, mean, constant), np.where(varies, scale, 1.0)
    return Standard(exponent, mean, scale)


class CollectionEncoder:
    """Turn lists of data frames into sequences, (n, n_timesteps, n_variables).

    Series are padded in front, and a value that is missing beside others becomes the
    variable's mean.

    Parameters
    ----------
    standardize : bool
        Whether variables are brought to mean 0 and deviation 1.
    """

    def __init__(self, standardize):
        self.standardize = standardize

    def fit_transform(self, frames):
        """Learn variables, means and deviations, and encode the same frames."""
        self.variables = list(frames[0].columns)
        x = self._padded(frames)
        self.standard = standard_of(x.reshape(-1, x.shape[-1]))
        return self._filled(x)

    def transform(self, frames):
        """Encode frames."""
        return self._filled(self._padded(frames))

    def _padded(self, frames):
        arrays = [
            self._in_order(frame, i).to_numpy(dtype=float, na_value=np.nan)
            for i, frame in enumerate(frames)
        ]
        return SequencePadder().fit_transform(arrays)

    def _in_order(self, frame, i):
        wanted, given = self.variables, list(frame.columns)
        if given == wanted:
            return frame
        if len(given) != len(wanted):
            raise ValueError(
                "Every series of X must have as many variables as the first in fit, "
                f"{len(wanted)}: {wanted}. Got {len(given)} in series {i}: {given}. "
                "Pass the variables of fit."
            )
        if set(given) == set(wanted):
            return frame[wanted]
        if _without_names(given) or _without_names(wanted):
            return frame
        raise ValueError(
            f"Every series of X must have the variables of fit, {wanted}, got {given} "
            f"in series {i}. Rename the columns; numpy arrays go by position."
        )

    def _filled(self, x):
        missing = np.isnan(x)
        padding = missing.all(axis=-1, keepdims=True)
        x = np.where(missing & ~padding, self.standard.back(0.0), x)
        return self.standard.to(x) if self.standardize else x


def _without_names(columns):
    """Whether columns have but the numbers that sktime or pandas gives them."""
    numbers = range(len(columns))
    return columns in (list(numbers), [f"var_{i}" for i in numbers])


def fresh(wrapper, default):
    """Clone the estimator of a wrapper, or take the default, if its parameters allow.

    Parameters
    ----------
    wrapper : RNNTimeSeriesClassifier or RNNTimeSeriesRegressor
    default : RNNClassifier or RNNRegressor
        What `estimator` must be, too.
    """
    _check_parameters(wrapper, type(default))
    estimator = default if wrapper.estimator is None else clone(wrapper.estimator)
    if wrapper.random_state is not None:
        estimator.set_params(random_state=wrapper.random_state)
    return estimator


def _check_parameters(wrapper, kind):
    name, estimator = type(wrapper).__name__, wrapper.estimator
    validate_parameter_constraints(
        {"standardize": ["boolean"], "random_state": ["random_state"]},
        {key: getattr(wrapper, key) for key in ("standardize", "random_state")},
        caller_name=name,
    )
    if estimator is None:
        return
    if not isinstance(estimator, kind):
        raise TypeError(
            f"The 'estimator' parameter of {name} must be an instance of "
            f"{kind.__name__}, or None. Got {estimator!r} instead. Pass "
            f"skrnn.{kind.__name__}(...)."
        )
    for key, wanted in {"structure": "seq2vec", "vocabulary_size": None}.items():
        given = getattr(estimator, key)
        if given != wanted:
            raise ValueError(
                f"The 'estimator' parameter of {name} must have {key}={wanted!r}: it "
                f"makes one prediction from a series of numbers. Got {key}={given!r}. "
                f"Leave it out, or use {kind.__name__} itself, with arrays."
            )
