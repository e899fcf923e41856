"""Collections of series as sequences for a network: padded and standardised."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from skrnn.windowing import SequencePadder


@dataclass(frozen=True)
class Standard:
    """Means and deviations of columns."""

    mean: np.ndarray
    scale: np.ndarray

    def to(self, x):
        """Bring to mean 0 and deviation 1."""
        return (x - self.mean) / self.scale

    def back(self, x):
        """Undo `to`."""
        return x * self.scale + self.mean


def standard_of(x, *, wanted=True):
    """Measure the columns of `x`, (n, n_columns); NaN does not count."""
    known = np.isfinite(x)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, x, 0).sum(axis=0) / count
    square = np.where(known, x - mean, 0) ** 2
    scale = np.sqrt(square.sum(axis=0) / count)
    if not wanted:
        return Standard(np.zeros_like(mean), np.ones_like(scale))
    return Standard(mean, np.where(scale > 0, scale, 1.0))


def to_sequences(frames):
    """Pad a list of data frames in front: (n, n_timesteps, n_channels)."""
    arrays = [frame.to_numpy(dtype=float, na_value=np.nan) for frame in frames]
    return SequencePadder().fit_transform(arrays)


def standardised(x, standard):
    """Standardise sequences; what is missing in a part of a step becomes the mean."""
    x = standard.to(x)
    padding = np.isnan(x).all(axis=-1, keepdims=True)
    return np.where(np.isnan(x) & ~padding, 0.0, x)


def fresh(estimator, default, random_state):
    """Clone the estimator of a wrapper, or make its default."""
    estimator = default() if estimator is None else clone(estimator)
    if random_state is not None:
        estimator.set_params(random_state=random_state)
    return estimator
