"""Python waits at its end for threads that compute with TensorFlow."""

import os
import subprocess
import sys
import threading

import pytest

from skrnn.engine._exit import Computing

ENDLESS_FITS = """
import threading, time
import numpy as np
from skrnn import RNNRegressor

X = np.random.default_rng(0).standard_normal((8, 3, 1))

def fit(units=4):
    model = RNNRegressor(units, epochs=2, random_state=0, jit_compile=True)
    return model.fit(X, X[:, 0, 0])

def work():
    units = 4
    while True:
        fit(units)
        units += {more_units}

fit()
threading.Thread(target=work, daemon=True).start()
time.sleep({seconds})
"""


@pytest.mark.slow
@pytest.mark.parametrize(("more_units", "seconds"), [(0, 0.2), (0, 0.3), (1, 0.5)])
def test_daemon_threads_that_train_until_the_end(tmp_path, more_units, seconds):
    """Most of these ended in a crash."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            ENDLESS_FITS.format(more_units=more_units, seconds=seconds),
        ],
        env={**os.environ, "SKRNN_COMPILATION_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def in_thread(function, *, daemon):
    thread = threading.Thread(target=function, daemon=daemon)
    thread.start()
    return thread


@pytest.fixture
def computing():
    return Computing()


def test_the_end_waits_for_others_alone(computing):
    entered, leave = threading.Event(), threading.Event()

    def compute():
        with computing:
            entered.set()
            leave.wait(10)

    worker = in_thread(compute, daemon=True)
    assert entered.wait(10)

    def end():
        with computing:  # as where a fit of its own was interrupted
            computing.end()

    ending = in_thread(end, daemon=False)
    ending.join(0.1)
    assert ending.is_alive()
    leave.set()
    ending.join(10)
    worker.join(10)
    assert not ending.is_alive()
    assert not worker.is_alive()


def test_after_the_end_only_daemons_are_kept_out(computing):
    """What a user has asked Python to do at exit may train."""
    entered = []

    def compute():
        with computing:
            entered.append(threading.current_thread())

    computing.end()
    kept_out = in_thread(compute, daemon=True)
    let_in = in_thread(compute, daemon=False)
    let_in.join(10)
    kept_out.join(0.1)
    assert entered == [let_in]
    assert kept_out.is_alive()
