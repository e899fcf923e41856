"""Training steps use the memory of the steps before them."""

import sys
from subprocess import run

import pytest

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
