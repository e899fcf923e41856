"""Training steps use the memory of the steps before them, and little of it."""

import sys
import tracemalloc
from subprocess import run

import numpy as np
import pytest

from skrnn import RNNRegressor

CODE = """
import resource
import numpy as np
from skrnn import RNNRegressor

X = np.random.default_rng(0).standard_normal((640, 24, 1))
model = RNNRegressor(32, batch_size=32, jit_compile=False, warm_start=True, epochs=1)
faults = []
for _ in range(5):
    model.fit(X, X[:, 0, 0])
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
print(np.diff(faults)[1:].max() / 20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts the page faults of Linux")
def test_steps_do_not_ask_for_pages_again():
    done = run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 30


@pytest.mark.parametrize("n_rows", [1, 20])
def test_gradients_of_long_sequences_take_the_memory_of_their_states(n_rows):
    """Not that of the gradient of the weights at every step."""
    X = np.random.default_rng(0).standard_normal((n_rows, 2000 // n_rows, 1))
    model = RNNRegressor(64, epochs=1, random_state=0).fit(X[:, :5], X[:, 0, 0])
    tracemalloc.start()
    model.gradient_norms(X, X[:, 0, 0])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Gates, their slopes, states and squashed states, for every step and row.
    assert peak < 3 * 2000 * (4 + 4 + 2 + 2) * 64 * 8
