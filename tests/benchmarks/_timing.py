"""What the benchmark scripts share: interleaved timing, and tables."""

import os
import platform
import subprocess
import sys
import time
from importlib.util import find_spec

import numpy as np


def interleaved(jobs, repeats=5):
    """Time jobs in turns, so that all of them share what disturbs the machine.

    Parameters
    ----------
    jobs : dict of str to callable
        Each is called `repeats` times. A float that it returns is taken as its time in
        seconds instead of the time of the call.

    Returns
    -------
    dict of str to ndarray of shape (repeats,)
        Seconds.
    """
    times = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            start = time.perf_counter()
            own = job()
            whole = time.perf_counter() - start
            times[name].append(own if isinstance(own, float) else whole)
    return {name: np.array(values) for name, values in times.items()}


def show(title, rows, reference=None, unit="ms"):
    """Print a table of medians, spreads and, to one of the rows, ratios.

    Parameters
    ----------
    rows : dict of str to array of seconds
    reference : str, default=None
        The row that the others are divided by.
    """
    scale = {"s": 1, "ms": 1e3, "us": 1e6}[unit]
    width = max(len(name) for name in rows)
    print(f"\n{title}")
    header = f"{'':{width}}  {'median':>10} {'least':>10} {'most':>10}  {unit}"
    print(header + ("" if reference is None else f"   times {reference!r}"))
    base = None if reference is None else np.median(rows[reference])
    for name, values in rows.items():
        low, middle, high = scale * np.quantile(values, (0, 0.5, 1))
        line = f"{name:{width}}  {middle:10.3f} {low:10.3f} {high:10.3f}"
        ratio = "" if base is None else f"{np.median(values) / base:12.2f}"
        print(line + f"  {'':{len(unit)}}" + ratio)
    sys.stdout.flush()


def installed(*names):
    """Say which of some competitors are there, and print a note on the others."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        print(f"not installed, and left out: {', '.join(missing)}")
    return [name for name in names if name not in missing]


def machine():
    """Print what the figures were measured on."""
    from importlib.metadata import PackageNotFoundError, version

    def release(name):
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return None

    names = ("skrnn", "tensorflow", "keras", "torch", "scikit-learn", "numpy")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    print(", ".join(filter(None, map(release, names))))


def fresh(code, *arguments, **environment):
    """Run code in a new process and return the number that it prints last.

    Raises
    ------
    RuntimeError
        If the process fails, with what it wrote.
    """
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout.split()[-1])
