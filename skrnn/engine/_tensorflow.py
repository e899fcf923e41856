"""The one place that imports TensorFlow: late, quietly, with a compilation cache.

The environment is the user's: what is set there is respected, and what TensorFlow has
to find there is gone again once TensorFlow has read it.
"""

import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from skrnn.engine._fork import use_tensorflow
from skrnn.engine._garbage import collected_later

CACHE_VARIABLE = "SKRNN_COMPILATION_CACHE"
# Has TensorFlow give sessions the threads that they ask for.
THREADS_VARIABLE = "TF_OVERRIDE_GLOBAL_THREADPOOL"
# A program takes about half a megabyte; the rest is for others.
SPACE_TO_LEAVE = 100 * 2**20
MAX_CACHE_BYTES = 256 * 2**20
PROGRAM_FILES = "xla_compile_cache__*"
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
        In a process forked from one that had computed with TensorFlow.
    """
    global _ready, _cache, _shares_threads
    use_tensorflow()
    with _lock:
        if not _ready:
            _cache, flags = _cache_flags()
            with (
                _environment("TF_XLA_FLAGS", flags),
                _environment(
                    THREADS_VARIABLE, os.environ.get(THREADS_VARIABLE, "true")
                ),
                _quiet(),
                collected_later(),
            ):
                import tensorflow as tf

                _shares_threads = _has_computed(tf)
                _compute(tf)
            _ready = True
    import tensorflow as tf

    return tf


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


def _compute(tf):
    """Have TensorFlow read its settings, whatever graph a user may be building."""
    config = tf.compat.v1.ConfigProto(device_count={"GPU": 0})
    with tf.Graph().as_default(), tf.compat.v1.Session(config=config) as session:
        session.run(tf.zeros(()))


def empty_compilation_cache():
    """Remove the compiled programs on disk.

    Returns
    -------
    pathlib.Path or None
        The folder, or None where TensorFlow was told of none.
    """
    if _cache is not None:
        for path in _cache.glob(PROGRAM_FILES):
            # What can't be removed will be met, and reported, by who asked for this.
            with suppress(OSError):
                path.unlink()
    return _cache


def compilation_cache_directory():
    """Return the folder of compiled programs, or None where it is switched off.

    ``SKRNN_COMPILATION_CACHE`` names another folder, or is "off". Programs hold
    machine code: there is one folder per version of TensorFlow and kind of processor.
    """
    choice = os.environ.get(CACHE_VARIABLE, "")
    if choice.lower() in ("off", "0", "false", "no"):
        return None
    root = Path(choice) if choice else _user_cache() / "skrnn"
    kind = hashlib.sha256(_processor().encode()).hexdigest()[:12]
    return root / f"tensorflow-{version('tensorflow')}-{kind}"


def _user_cache():
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        flags = [s for s in lines if s.startswith(("model name", "flags", "Features"))]
        return "\n".join(sorted(set(flags)))
    except OSError:
        return platform.processor() + platform.machine()


def _cache_flags():
    """Return the cache, None where it is not ours or of no use, and XLA's flags."""
    directory = compilation_cache_directory()
    flags = os.environ.get("TF_XLA_FLAGS")
    if directory is None or "persistent_cache_directory" in (flags or ""):
        return None, flags
    own = [f"--tf_xla_persistent_cache_directory={directory}"]
    if not _writable(directory):
        if not os.access(directory, os.R_OK | os.X_OK):
            return None, flags
        own.append("--tf_xla_persistent_cache_read_only=true")
    else:
        _shrink(directory)
    return directory, " ".join([flags or "", *own]).strip()


def _writable(directory):
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return shutil.disk_usage(directory).free > SPACE_TO_LEAVE
    except OSError:
        return False


def _shrink(directory):
    """Remove the oldest programs where all together take too much space."""
    with suppress(OSError):  # of two processes that do the same, one finds less
        found = [(p.stat(), p) for p in directory.glob(PROGRAM_FILES)]
        left = sum(stat.st_size for stat, _ in found)
        for stat, path in sorted(found, key=lambda f: f[0].st_mtime):
            if left <= MAX_CACHE_BYTES:
                break
            path.unlink(missing_ok=True)
            left -= stat.st_size


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
