"""Where compiled programs are kept on disk for other processes.

The folder is the user's, who may share it, fill it, lock it or delete it at any time.
"""

import hashlib
import os
import platform
import shutil
import sys
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

CACHE_VARIABLE = "SKRNN_COMPILATION_CACHE"
# A program takes about half a megabyte; the rest is for others.
SPACE_TO_LEAVE = 100 * 2**20
MAX_CACHE_BYTES = 256 * 2**20
PROGRAM_FILES = "xla_compile_cache__*"
# Messages of TensorFlow that name no file.
SAID_OF_FILES = ("serialized", "read less bytes than requested")


def compilation_cache_directory():
    """Return the folder of compiled programs.

    None where it is switched off, or where nobody knows of a home directory.
    ``SKRNN_COMPILATION_CACHE`` names another folder, or is "off". Programs hold
    machine code: there is one folder per version of TensorFlow and kind of processor.
    """
    choice = os.environ.get(CACHE_VARIABLE, "")
    if choice.lower() in ("off", "0", "false", "no"):
        return None
    try:
        root = Path(choice).expanduser() if choice else _user_cache() / "skrnn"
    except RuntimeError:
        return None
    kind = hashlib.sha256(_processor().encode()).hexdigest()[:12]
    # Absolute, since the working directory may change before a program is written.
    return root.absolute() / f"tensorflow-{version('tensorflow')}-{kind}"


def _user_cache():
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        flags = [s for s in lines if s.startswith(("model name", "flags", "Features"))]
        return "\n".join(sorted(set(flags)))
    except OSError:
        return platform.processor() + platform.machine()


def cache_flags():
    """Return the cache, None where it is not ours or of no use, and XLA's flags."""
    directory = compilation_cache_directory()
    flags = os.environ.get("TF_XLA_FLAGS")
    given = (flags or "").strip()
    # What does not begin with a dash is a file that holds the flags.
    is_file = not given.startswith("-") and given != ""
    if directory is None or is_file or "persistent_cache_directory" in given:
        return None, flags
    if not all(os.access(p, os.R_OK) for p in directory.glob(PROGRAM_FILES)):
        return None, flags  # another user's, which TensorFlow would fail at
    own = [f"--tf_xla_persistent_cache_directory={_quoted(directory)}"]
    if not _writable(directory):
        if not os.access(directory, os.R_OK | os.X_OK):
            return None, flags
        own.append("--tf_xla_persistent_cache_read_only=true")
    else:
        _shrink(directory)
    return directory, " ".join([given, *own]).strip()


def _quoted(path):
    """Write a path as TensorFlow reads it, which takes spaces for the end otherwise."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


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


def remove_programs(directory):
    """Remove the compiled programs in a folder."""
    for path in directory.glob(PROGRAM_FILES):
        # What can't be removed will be met, and reported, by who asked for this.
        with suppress(OSError):
            path.unlink()


def is_at_fault(directory, error):
    """Tell a file of the cache that can't be read or written from all other errors.

    The message names the file, or what is in the way of its folder, or says how reading
    a file went wrong.
    """
    message = error.message
    above = tuple(str(folder) for folder in directory.parents[:-1])
    return (
        str(directory) in message
        or message.startswith(above)
        or any(phrase in message.lower() for phrase in SAID_OF_FILES)
    )
