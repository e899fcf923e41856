"""Data for the tests of the estimators."""

import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def sequences(rng):
    """20 sequences of 6 steps with 2 features."""
    return rng.normal(size=(20, 6, 2))


@pytest.fixture
def numbers(sequences):
    """A number to tell of each sequence."""
    return sequences[:, :, 0].sum(axis=1)


@pytest.fixture
def labels(numbers):
    """Two classes of sequences."""
    return np.where(numbers > 0, "above", "below")
