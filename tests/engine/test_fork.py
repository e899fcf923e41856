"""Forked processes predict, train in numpy, say what they can't do, and end well."""

import os
import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a way to fork"),
]

PARENT = """
import gc, multiprocessing, os, sys, threading, warnings
import numpy as np
from skrnn import RNNRegressor

# Newer releases of Python warn of every fork of a process that has threads.
warnings.simplefilter("ignore", DeprecationWarning)
X = np.random.default_rng(0).standard_normal((16, 3, 1))

def fit(jit_compile):
    model = RNNRegressor(2, epochs=2, random_state=0, jit_compile=jit_compile)
    return model.fit(X, X[:, 0, 0])

def forked(child):
    "Call something in a forked process, and give its exit code when it is done."
    process = os.fork()
    if process == 0:
        child()
        sys.exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

def refused():
    try:
        fit(True)
    except RuntimeError as error:
        return "jit_compile=False" in str(error)
"""


def run(code, cache):
    done = subprocess.run(
        [sys.executable, "-c", PARENT + code],
        env={**os.environ, "SKRNN_COMPILATION_CACHE": str(cache)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_fork_of_a_process_that_has_compiled(tmp_path):
    """As do servers that load a model before they fork, and pools of processes."""
    code = """
model, expected = fit(True), fit(False).predict(X)

def child():
    assert model.predict(X).shape == (16,)
    np.testing.assert_array_equal(fit(False).predict(X), expected)
    assert refused()
    assert forked(refused) == 0

print(forked(child), forked(lambda: None))
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert len(pool.map(model.predict, [X, X])) == 2
assert len(fit(True).predict(X)) == 16
"""
    assert run(code, tmp_path) == ["0", "0"]


def test_programs_that_a_forked_process_drops(tmp_path):
    code = """
from skrnn.engine._program import PROGRAMS

def child():
    PROGRAMS._programs.clear()
    gc.collect()

fit(True)
print(forked(child))
fit(True)
"""
    assert run(code, tmp_path) == ["0"]


@pytest.mark.parametrize("computed", [False, True])
def test_a_fork_of_a_process_where_the_user_has_tensorflow(tmp_path, computed):
    """To have imported it does no harm."""
    code = f"""
import tensorflow as tf
if {computed}:
    tf.zeros(())

def child():
    if {computed}:
        assert refused()
    else:
        fit(True)

print(forked(child))
"""
    assert run(code, tmp_path) == ["0"]


def test_a_fork_while_other_threads_work(tmp_path):
    """What they had switched off is on again, and no lock of theirs is waited for."""
    code = """
from threadpoolctl import threadpool_info
from skrnn.engine._exit import computing, wait_at_exit
from skrnn.engine._garbage import collected_later
from skrnn.engine._program import PROGRAMS
from skrnn.engine._threads import one_blas_thread

def blas():
    return [i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas"]

def work():
    with (
        one_blas_thread,
        one_blas_thread._lock,
        computing,
        computing._changed,
        PROGRAMS._lock,
        collected_later(),
    ):
        begun.set()
        done.wait()

def child():
    assert gc.isenabled() and blas() == before
    fit(False).predict(X)
    assert blas() == before

fit(False)
wait_at_exit()
before = blas()
begun, done = threading.Event(), threading.Event()
thread = threading.Thread(target=work)
thread.start()
begun.wait()
assert not gc.isenabled()
print(forked(child))
done.set()
thread.join()
assert gc.isenabled() and blas() == before
"""
    assert run(code, tmp_path) == ["0"]
