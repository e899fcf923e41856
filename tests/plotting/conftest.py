"""Networks to look into, and a clean matplotlib for every test."""

import matplotlib.pyplot as plt
import pytest

from skrnn import RNNRegressor
from skrnn.datasets import make_adding_problem


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def sequences():
    return make_adding_problem(40, n_timesteps=6, random_state=0)


@pytest.fixture
def make_network():
    """Make a small network, not fitted."""

    def make(units=(3, 2), cell="lstm", epochs=4, **parameters):
        return RNNRegressor(
            units, cell=cell, epochs=epochs, random_state=0, **parameters
        )

    return make


@pytest.fixture(scope="session")
def lstm(sequences):
    model = RNNRegressor((3, 2), epochs=4, early_stopping=True, random_state=0)
    return model.fit(*sequences)
