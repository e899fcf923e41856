"""One training run: which batches, where they are computed, with what step sizes."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from skrnn.engine import _program
from skrnn.engine._network import Dropout, dropout_widths
from skrnn.engine._optimizers import step_sizes
from skrnn.engine._settings import SCHEDULES
from skrnn.engine._step import Batch

NO_CLIPPING = 1e30


class State(NamedTuple):
    """What training carries on: parameters, optimizer slots, number of steps done."""

    params: np.ndarray  # (M, P)
    slots: tuple  # of (M, P)
    n_steps: int


class Run:
    """One training run: which batches, where they run, and with what step sizes."""

    def __init__(self, recipe, data, settings, rng, n_networks):
        self.recipe, self.data, self.settings, self.rng = recipe, data, settings, rng
        self.n_networks = n_networks
        self.batch_size = min(settings.batch_size, data.n_rows)
        self.n_batches = -(-data.n_rows // self.batch_size)
        self.n_steps = self.n_batches * settings.epochs
        self.widths = dropout_widths(recipe.architecture)
        self.compiled = self._decide()
        single = self.compiled or _program.is_single(
            recipe.architecture, n_networks, self.batch_size
        )
        self.dtype = np.dtype(np.float32 if single else np.float64)

    def _decide(self):
        choice = self.settings.jit_compile
        if choice != "auto":
            return choice
        x = self.data.take(np.zeros(1, dtype=np.intp))[0]
        architecture = self.recipe.architecture
        n_time = architecture.n_steps_out or x.shape[1]
        seconds = self.n_steps * _program.numpy_seconds(
            architecture, self.n_networks, self.batch_size, n_time
        )
        return seconds > _program.COMPILE_SECONDS

    def to_dtype(self, state):
        params = state.params.astype(self.dtype)
        return State(
            params, tuple(s.astype(self.dtype) for s in state.slots), state.n_steps
        )

    def epoch(self, state, epoch):
        """Pass over the data once."""
        order = np.arange(self.data.n_rows)
        if self.settings.shuffle and self.n_batches > 1:
            order = self.rng.permutation(self.data.n_rows)
        sizes = np.full(self.n_batches, self.batch_size)
        sizes[-1] = self.data.n_rows - self.batch_size * (self.n_batches - 1)
        hyper = self._hyper(state.n_steps, epoch * self.n_batches, sizes)
        advance = self._advance_compiled if self.compiled else self._advance_numpy
        params, slots, values = advance(state, order, hyper)
        loss = sizes @ values / self.data.n_rows
        return State(params, slots, state.n_steps + self.n_batches), loss

    def _hyper(self, count, first, sizes):
        s = self.settings
        progress = (first + np.arange(len(sizes))) / max(1, self.n_steps - 1)
        rates = s.learning_rate * SCHEDULES[s.schedule](progress)
        return np.array(
            [
                step_sizes(self.recipe.optimizer, rates, count),
                rates * s.weight_decay,
                s.alpha / (sizes * self.data.weight_per_row),
                np.full(len(sizes), min(s.clip_norm or NO_CLIPPING, NO_CLIPPING)),
                1 / (sizes * self.data.norm_per_row),
            ]
        ).T

    def _advance_numpy(self, state, order, hyper):
        def batches():
            for first in range(0, len(order), self.batch_size):
                index = order[first : first + self.batch_size]
                x, y, weight, mask = self._rows(index)
                yield Batch(x, y, weight, mask, self._dropout((), len(index)))

        return _program.run_numpy(
            self.recipe, state.params, state.slots, batches(), hyper
        )

    def _advance_compiled(self, state, order, hyper):
        params, slots, values = state.params, state.slots, []
        rows, n_parts, length = self.layout
        for first in range(0, self.n_batches, length):
            n = min(length, self.n_batches - first)
            index = order[first * self.batch_size : (first + n) * self.batch_size]
            chunk = self._chunk(index)
            steps = np.zeros((length, hyper.shape[1]))
            steps[:n] = hyper[first : first + n]
            params, slots, value = _program.run_compiled(
                self.recipe, params, slots, chunk, steps, n
            )
            values.append(value)
        return params, slots, np.concatenate(values)

    @cached_property
    def layout(self):
        """Rows of a compiled batch, parts that it is cut into, and batches of a chunk.

        There are few different ones, whatever the data's size; parts are of one size.
        """
        rows = self.batch_size
        if rows < self.settings.batch_size:
            rows = 1 << (rows - 1).bit_length()
        n_parts = _program.count_parts(self.recipe.architecture, self.n_networks, rows)
        rows = -(-rows // n_parts) * n_parts
        row = self._rows(np.zeros(1, dtype=np.intp))
        return rows, n_parts, _program.chunk_length(row, rows)

    def _rows(self, index):
        """Cut out rows, in the dtypes of the networks."""
        x, y, weight, mask = self.data.take(index)
        x = x.astype(np.int32 if x.dtype.kind in "iu" else self.dtype, copy=False)
        y, weight = (a.astype(self.dtype, copy=False) for a in (y, weight))
        return x, y, weight, mask

    def _chunk(self, index):
        """Lay rows out as the batches of a chunk; places left over have weight zero.

        The parts of a batch follow each other along the first axis.
        """
        rows, n_parts, length = self.layout
        n_whole, rest = divmod(len(index), self.batch_size)
        n_inside = n_whole * self.batch_size

        def lay_out(array):
            if array is None:
                return None
            grid = np.zeros((length, rows, *array.shape[1:]), array.dtype)
            whole = array[:n_inside].reshape(n_whole, self.batch_size, *array.shape[1:])
            grid[:n_whole, : self.batch_size] = whole
            if rest:
                grid[n_whole, :rest] = array[n_inside:]
            return grid.reshape(length * n_parts, -1, *array.shape[1:])

        x, y, weight, mask = (lay_out(array) for array in self._rows(index))
        dropout = self._dropout((length,), rows)
        dropout = self.keep_all if dropout is None else _in_parts(dropout, n_parts)
        return Batch(x, y, weight, mask, dropout)

    def _dropout(self, leading, rows):
        """Draw dropout masks, one for all steps of a sequence (Gal & Ghahramani)."""
        s = self.settings
        if not (s.dropout or s.recurrent_dropout):
            return None
        shape = (*leading, self.n_networks, rows)
        return Dropout(
            tuple(self._mask((*shape, a), s.dropout) for a, _ in self.widths),
            tuple(self._mask((*shape, b), s.recurrent_dropout) for _, b in self.widths),
        )

    def _mask(self, shape, rate):
        kept = self.rng.random(shape, dtype=np.float32) >= rate
        return (kept / (1 - rate)).astype(self.dtype)

    @cached_property
    def keep_all(self):
        """Dropout masks of a chunk where there is no dropout."""
        rows, n_parts, length = self.layout
        shape = (length * n_parts, self.n_networks, rows // n_parts)
        return Dropout(
            tuple(np.ones((*shape, a), self.dtype) for a, _ in self.widths),
            tuple(np.ones((*shape, b), self.dtype) for _, b in self.widths),
        )


def _in_parts(dropout, n_parts):
    """Cut masks (length, M, rows, width) as the rows of their steps are cut."""

    def cut(mask):
        length, members, rows, width = mask.shape
        parts = mask.reshape(length, members, n_parts, rows // n_parts, width)
        return parts.swapaxes(1, 2).reshape(-1, members, rows // n_parts, width)

    return Dropout(*(tuple(cut(mask) for mask in masks) for masks in dropout))
