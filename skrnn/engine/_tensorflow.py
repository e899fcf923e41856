"""The one place that imports TensorFlow: late, quietly, with a compilation cache.

The environment is the user's: what is set there is respected, and what TensorFlow has
to find there is gone again once TensorFlow has read it.
"""

import os
import re
import signal
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from skrnn.engine._disk_cache import cache_flags
from skrnn.engine._fork import use_tensorflow
from skrnn.engine._garbage import collected_later

# Has TensorFlow give sessions the threads that they ask for.
THREADS_VARIABLE = "TF_OVERRIDE_GLOBAL_THREADPOOL"
LOG_LINE = re.compile(
    rb"[IWE]\d{4} \d\d:\d\d|\d{4}-\d\d-\d\d .*: [IWE] |WARNING: All log messages "
    rb"before absl|To enable the following instructions"
)

_lock = threading.Lock()
_ready = False
_cache: Path | None = None
_shares_threads = False


def tensorflow():
    """Import TensorFlow and return it.

    TensorFlow reads the flags of its cache when it computes for the first time. So they
    also take effect where the user imported it before, as long as it has not computed;
    where it has, compiled programs are not kept for the next process, and share its
    threads.

    Raises
    ------
    RuntimeError
        In a process forked from one that had computed with TensorFlow, and where the
        user has hidden the processor from it.
    """
    global _ready, _cache, _shares_threads
    use_tensorflow()
    with _lock:
        if not _ready:
            _cache, flags = cache_flags()
            with (
                _environment("TF_XLA_FLAGS", flags),
                _environment(
                    THREADS_VARIABLE, os.environ.get(THREADS_VARIABLE, "true")
                ),
                _uninterrupted(),
                _quiet(),
                collected_later(),
            ):
                import tensorflow as tf

                _shares_threads = _has_computed(tf)
                _compute(tf)
                _require_processor(tf)
                _ready = True
    import tensorflow as tf

    return tf


def compilation_cache():
    """Return the folder of compiled programs that TensorFlow was told of, or None."""
    return _cache


def shares_threads():
    """Whether sessions must share the threads of TensorFlow's eager runtime.

    They must where TensorFlow had computed before `tensorflow` was first called.
    """
    tensorflow()
    return _shares_threads


def _has_computed(tf):
    """Find out whether TensorFlow has computed: only then settings can't change."""
    threads = tf.config.threading
    number = threads.get_intra_op_parallelism_threads()
    try:
        threads.set_intra_op_parallelism_threads(number + 1)
    except RuntimeError:
        return True
    threads.set_intra_op_parallelism_threads(number)
    return False


@contextmanager
def unobserved():
    """Build graphs to which `tf.debugging` adds nothing: XLA could not compile that."""
    from tensorflow.python.eager.context import context

    here = context()  # what is set below is so for this thread
    before = here.invoking_op_callbacks
    here.invoking_op_callbacks = True
    try:
        yield
    finally:
        here.invoking_op_callbacks = before


def _compute(tf):
    """Have TensorFlow read its settings, whatever graph a user may be building."""
    config = tf.compat.v1.ConfigProto(device_count={"GPU": 0})
    with tf.Graph().as_default(), tf.compat.v1.Session(config=config) as session:
        session.run(tf.zeros(()))


def _require_processor(tf):
    if not tf.config.get_visible_devices("CPU"):
        raise RuntimeError(
            "TensorFlow can't compile for a processor that it does not see. Don't call "
            "tf.config.set_visible_devices([], 'CPU'), or set jit_compile=False."
        )


@contextmanager
def _uninterrupted():
    """Have Ctrl-C wait: TensorFlow, half imported, can't be imported any more."""
    handler = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or handler is None:  # it reaches no Python code here
        yield
        return
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if heard:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def _environment(name, value):
    """Set an environment variable for a while; None leaves it unset."""
    before = os.environ.get(name)
    if value is not None:
        os.environ[name] = value
    try:
        yield
    finally:
        if before is not None:
            os.environ[name] = before
        elif value is not None:
            del os.environ[name]


@contextmanager
def _quiet():
    """Keep TensorFlow's notes on devices off stderr, and let through all else.

    Some are printed whatever the log level is: what arrives at the file descriptor is
    collected and sorted. Where the user has chosen a log level, nothing is touched.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3") != "3" or sys.stderr is None:
        yield
        return
    sys.stderr.flush()
    with _environment("TF_CPP_MIN_LOG_LEVEL", "3"), tempfile.TemporaryFile() as heard:
        saved = os.dup(2)
        os.dup2(heard.fileno(), 2)
        drop = False
        try:
            yield
            drop = True
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            heard.seek(0)
            for line in heard:
                if not (drop and LOG_LINE.match(line)):
                    os.write(2, line)
            os.close(saved)
