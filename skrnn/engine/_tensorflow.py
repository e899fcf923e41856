"""The one place that imports TensorFlow: late, quietly, with a compilation cache.

Environment variables that the user has set are left as they are.
"""

import hashlib
import os
import platform
import sys
import tempfile
import threading
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

CACHE_VARIABLE = "SKRNN_COMPILATION_CACHE"
_lock = threading.Lock()


def tensorflow():
    """Import TensorFlow and return it."""
    with _lock:
        if "tensorflow" not in sys.modules:
            _configure_cache()
            with _quiet():
                import tensorflow  # noqa: F401
    import tensorflow as tf

    return tf


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


def _configure_cache():
    directory = compilation_cache_directory()
    flags = os.environ.get("TF_XLA_FLAGS", "")
    if directory is None or "persistent_cache_directory" in flags:
        return
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError:
        return
    own = f"--tf_xla_persistent_cache_directory={directory}"
    os.environ["TF_XLA_FLAGS"] = f"{flags} {own}".strip()


@contextmanager
def _quiet():
    """Keep TensorFlow's notes on devices off stderr, but not what a failure says."""
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        yield
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        try:
            yield
        except BaseException:
            heard.seek(0)
            os.write(saved, heard.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
