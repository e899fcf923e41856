"""Networks to look into, and a clean matplotlib for every test."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import BaseEstimator

from skrnn.datasets import make_adding_problem


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


class LSTMStates(NamedTuple):
    h: np.ndarray
    c: np.ndarray


class RNNStates(NamedTuple):
    h: np.ndarray


class Network(BaseEstimator):
    """What displays need of a fitted network, with numbers made from X."""

    def __init__(self, units=(3, 2), cell="lstm"):
        self.units = units
        self.cell = cell

    def fit(self, X, y=None):
        self.loss_curve_ = [0.5, 0.3, 0.2, 0.25]
        self.validation_scores_ = [0.1, 0.6, 0.7, 0.4]
        return self

    def score(self, X, y=None):
        return 1.0

    def hidden_states(self, X):
        rng = np.random.default_rng(0)
        layers = [np.asarray(X) @ rng.normal(size=(X.shape[2], u)) for u in self.units]
        if self.cell == "lstm":
            return [LSTMStates(np.tanh(c), c) for c in layers]
        return [RNNStates(np.tanh(h)) for h in layers]

    def gradient_norms(self, X, y):
        steps = np.arange(np.shape(X)[1])
        return np.array([0.5 ** (i + steps) for i in range(len(self.units))])


@pytest.fixture(scope="session")
def sequences():
    return make_adding_problem(40, n_timesteps=6, random_state=0)


@pytest.fixture(scope="session")
def make_network():
    return Network


@pytest.fixture(scope="session")
def lstm(sequences):
    return Network().fit(*sequences)
