"""Where training steps run: in numpy, or compiled by XLA and shared.

A compiled program does a fixed number of steps ("chunk") on a fixed batch shape; how
many of them count is an argument, so it serves any number of rows. It is compiled once
per recipe and shapes, under a lock, kept for the life of the process, and used by all
fits, clones, folds and threads. Batches of wide networks are cut into parts
(`_compiled_steps`).
"""

import threading
from collections import Counter, OrderedDict
from functools import partial
from typing import NamedTuple

import numpy as np

from skrnn.engine import _numpy_ops
from skrnn.engine._architecture import GATES
from skrnn.engine._exit import computing
from skrnn.engine._garbage import collected_later
from skrnn.engine._memory import keep_freed_memory
from skrnn.engine._step import train_step
from skrnn.engine._tensorflow import tensorflow, unobserved
from skrnn.engine._threads import one_blas_thread

# Seconds of numpy work from which a compiler pays: about what one compilation takes.
COMPILE_SECONDS = 1.0
# Activations of a cell from which numpy works in single precision: a double one then
# takes up to twice the time.
SINGLE_ACTIVATIONS = 1024
# States of a cell from which two threads with half of a batch each beat one thread.
PARTED_STATES = 2048
N_PARTS = 2
CHUNK_BYTES = 4 * 2**20
MAX_CHUNK = 64
MAX_PROGRAMS = 128


class Key(NamedTuple):
    """What a compiled program depends on."""

    recipe: object
    n_networks: int
    length: int
    n_parts: int
    shapes: tuple


def numpy_seconds(architecture, n_networks, n_rows, n_steps):
    """Estimate the time of one training step in numpy, from shapes only.

    The constants are those of a single core in single precision: the interpreter's
    calls for each cell, 1.2 ns for each activation, 60 GFLOP/s for the products.
    """
    seconds, width = 0.0, architecture.embedding_size or architecture.n_inputs
    n_gates = GATES[architecture.cell]
    for units in architecture.units:
        numbers = n_networks * n_rows * n_gates * units
        cell = 8e-6 + 6.5e-6 * n_gates + numbers * (1.2e-9 + 1e-10 * (units + width))
        seconds += cell * n_steps * architecture.directions
        width = units * architecture.directions
    return seconds


def is_single(architecture, n_networks, n_rows):
    """Decide on the precision of training in numpy: not by its length."""
    gates = GATES[architecture.cell] * max(architecture.units)
    return n_networks * n_rows * gates >= SINGLE_ACTIVATIONS


def count_parts(architecture, n_networks, n_rows):
    """Choose into how many parts compiled batches are cut, from shapes only.

    The same on every machine: sums in another order have other last bits.
    """
    work = n_networks * n_rows * max(architecture.units)
    return N_PARTS if n_rows > 1 and work >= PARTED_STATES else 1


def chunk_length(row, rows):
    """Choose how many steps one call of a compiled program does.

    Parameters
    ----------
    row : tuple of arrays or None
        One row of the data.
    rows : int
        Rows of a batch.
    """
    size = rows * sum(a.nbytes for a in row if a is not None)
    fitting = max(1, min(MAX_CHUNK, CHUNK_BYTES // size))
    return 1 << (fitting.bit_length() - 1)


def run_numpy(recipe, params, slots, steps, hyper):
    """Run training steps in numpy.

    Parameters
    ----------
    steps : iterable of Batch
    hyper : (n_steps, 5)

    Returns
    -------
    params, slots
    values : (n_steps, M)
    """
    keep_freed_memory()
    values = []
    with one_blas_thread:
        for batch, row in zip(steps, hyper.tolist(), strict=True):
            params, slots, value = train_step(
                _numpy_ops, recipe, params, slots, batch, row
            )
            values.append(value)
    return params, slots, np.array(values)


def run_compiled(recipe, params, slots, chunk, hyper, n_steps):
    """Run the first `n_steps` training steps of a chunk in one compiled call.

    Parameters
    ----------
    chunk : Batch
        Arrays with a leading axis of steps; those of a step cut into parts follow each
        other.
    hyper : (chunk length, 5)
    n_steps : int

    Returns
    -------
    params, slots
    values : (n_steps, M)
    """
    # Before any lock: one that was held in another thread at a fork stays so for ever.
    tensorflow()
    *arrays, dropout = chunk
    arrays += [*dropout.inputs, *dropout.recurrent]
    shapes = tuple(None if a is None else (a.shape, a.dtype.str) for a in arrays)
    n_parts = len(chunk.y) // len(hyper)
    key = Key(recipe, len(params), len(hyper), n_parts, shapes)
    given = [a for a in arrays if a is not None]
    with computing:
        params, slots, values = PROGRAMS.get(key)(
            params, tuple(slots), hyper, n_steps, *given
        )
    return params, slots, values[:n_steps]


class Programs:
    """A bounded cache of compiled programs; concurrent callers build each once."""

    def __init__(self, maxsize):
        self.maxsize = maxsize
        self.traces: Counter[Key] = Counter()
        self._lock = threading.Lock()
        self._locks = {}
        self._programs = OrderedDict()

    def get(self, key):
        """Return the program for a key, building it if nobody has."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            program = self._programs.get(key)
            if program is None:
                with collected_later():
                    program = _compile(key, partial(self._count, key))
        with self._lock:
            self._programs[key] = program
            self._programs.move_to_end(key)
            while len(self._programs) > self.maxsize:
                old, _ = self._programs.popitem(last=False)
                # gone already where someone waited for it while it was dropped
                self._locks.pop(old, None)
        return program

    def _count(self, key):
        self.traces[key] += 1


PROGRAMS = Programs(MAX_PROGRAMS)


def _compile(key, count):
    """Trace and compile a chunk of training steps for one key."""
    from skrnn.engine import _compiled_steps as compiled

    build = compiled.whole_batches if key.n_parts == 1 else compiled.batches_in_parts
    with unobserved():
        return build(key, count)
