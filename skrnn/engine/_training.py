"""Training: weights in, weights out.

`train` draws batches, runs them in numpy or compiled, watches the validation score and
returns the best parameters. Whatever is random comes from the generator it is given.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from skrnn.engine import _program
from skrnn.engine._initialization import initialize
from skrnn.engine._network import Dropout, dropout_widths
from skrnn.engine._optimizers import step_sizes
from skrnn.engine._step import Batch

NO_CLIPPING = 1e30


@dataclass(frozen=True)
class Settings:
    """Hyperparameters of a training run; none of them is part of a program's key.

    Parameters
    ----------
    learning_rate : float
        Peak learning rate.
    schedule : {"constant", "cosine", "one_cycle"}
        Course of the learning rate over all steps of the run.
    alpha : float
        L2 penalty, divided by the sum of weights of a batch as in MLPRegressor.
    weight_decay : float
        Decoupled weight decay, for "adamw".
    clip_norm : float or None
        Largest norm of a network's whole gradient.
    dropout, recurrent_dropout : float
        Parts of the inputs and of the recurrent state set to zero, one mask a sequence.
    batch_size, epochs : int
    shuffle : bool
        Draw a new order of the rows in every epoch.
    n_iter_no_change : int or None
        Stop after so many epochs without a better validation score; None never stops.
    tol : float
        What counts as better.
    jit_compile : bool or "auto"
        Whether XLA compiles the steps; "auto" decides by the shapes.
    """

    learning_rate: float = 1e-3
    schedule: str = "constant"
    alpha: float = 0.0
    weight_decay: float = 0.0
    clip_norm: float | None = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    batch_size: int = 32
    epochs: int = 100
    shuffle: bool = True
    n_iter_no_change: int | None = None
    tol: float = 1e-4
    jit_compile: bool | str = "auto"


class State(NamedTuple):
    """What training carries on: parameters, optimizer slots, number of steps done."""

    params: np.ndarray  # (M, P)
    slots: tuple  # of (M, P)
    n_steps: int


class Result(NamedTuple):
    """What training returns."""

    state: State
    loss_curve: np.ndarray  # (n_epochs, M)
    scores: np.ndarray  # (n_epochs, M), or (0, M) without validation
    n_epochs: int
    interrupted: bool


class Arrays:
    """Training rows held in arrays; `take` cuts out a batch as late as possible.

    Anything with `n_rows`, `weight_per_row`, `norm_per_row` and `take` can stand in
    its place.

    Parameters
    ----------
    x : (n, T, F), (n, F) or (n, T)
        May be a strided view of a series.
    y : (n, K) or (n, T, K)
    weight : (n, 1 or K) or (n, T, 1 or K)
    mask : (n, T) of bool or None
    """

    def __init__(self, x, y, weight, mask=None):
        self.x, self.y, self.weight, self.mask = x, y, weight, mask
        self.n_rows = len(y)
        self.weight_per_row = float(weight.mean())
        columns = y.shape[-1] // weight.shape[-1]
        self.norm_per_row = float(weight.sum()) * columns / self.n_rows

    def take(self, index):
        """Return x, y, weight and mask of the rows in `index`."""
        mask = None if self.mask is None else self.mask[index]
        return self.x[index], self.y[index], self.weight[index], mask


def start(recipe, rng, n_networks=1, *, zero_head=False):
    """Draw the initial state of training."""
    params = initialize(recipe.architecture, rng, n_networks, zero_head=zero_head)
    return fresh_state(recipe, params)


def fresh_state(recipe, params):
    """Begin training from given parameters (M, P)."""
    slots = tuple(np.zeros_like(params) for _ in range(recipe.optimizer.n_slots))
    return State(params, slots, 0)


def train(recipe, state, data, settings, rng, *, score=None, on_epoch=None):
    """Train M networks on the same rows.

    Parameters
    ----------
    recipe : Recipe
    state : State
    data : Arrays or alike
    settings : Settings
    rng : numpy.random.Generator
        Orders of rows and dropout masks are drawn from it.
    score : callable or None
        ``score(params) -> (M,)``, greater is better, called after every epoch. With it,
        the parameters of each network's best epoch are returned.
    on_epoch : callable or None
        ``on_epoch(epoch, params, loss, score)``; what is true stops the training.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        If the loss is no longer finite.
    """
    run = _Run(recipe, data, settings, rng, len(state.params))
    state = run.to_dtype(state)
    losses, best = [], _Best(state.params, settings, score)
    interrupted = False
    try:
        for epoch in range(settings.epochs):
            state, loss = run.epoch(state, epoch)
            losses.append(loss)
            _require_finite(loss, settings)
            best.see(state.params)
            last = best.scores[-1] if best.scores else None
            stop = on_epoch and on_epoch(epoch, best.params, loss, last)
            if stop or best.exhausted():
                break
    except KeyboardInterrupt:
        interrupted = True
    networks = len(state.params)
    return Result(
        state._replace(params=best.params if best.scores else state.params),
        np.reshape(losses, (-1, networks)),
        np.reshape(best.scores, (-1, networks)),
        len(losses),
        interrupted,
    )


def _require_finite(loss, settings):
    if not np.isfinite(loss).all():
        raise ValueError(
            "The training loss is no longer finite. Lower the 'learning_rate' "
            f"(it is {settings.learning_rate!r}), set 'clip_norm', or scale the data, "
            "for instance with StandardScaler."
        )


class _Best:
    """The parameters of each network's best epoch; the latest ones without a score."""

    def __init__(self, params, settings, score):
        self.params, self.score = params, score
        self.scores = []
        self.patience, self.tol = settings.n_iter_no_change, settings.tol
        self.top = np.full(len(params), -np.inf)
        self.reference = self.top.copy()
        self.waited = np.zeros(len(params), dtype=int)

    def see(self, params):
        if self.score is None:
            self.params = params
            return
        scores = np.asarray(self.score(params), dtype=float)
        self.scores.append(scores)
        better = scores > self.top
        self.params = np.where(better[:, None], params, self.params)
        self.top = np.where(better, scores, self.top)
        progress = scores > self.reference + self.tol
        self.reference = np.where(progress, scores, self.reference)
        self.waited = np.where(progress, 0, self.waited + 1)

    def exhausted(self):
        return self.patience is not None and (self.waited > self.patience).all()


class _Run:
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
        loss = np.average(values, axis=0, weights=sizes)
        return State(params, slots, state.n_steps + self.n_batches), loss

    def _hyper(self, count, first, sizes):
        s = self.settings
        progress = (first + np.arange(len(sizes))) / max(1, self.n_steps - 1)
        rates = s.learning_rate * SCHEDULES[s.schedule](progress)
        return np.stack(
            [
                step_sizes(self.recipe.optimizer, rates, count),
                rates * s.weight_decay,
                s.alpha / (sizes * self.data.weight_per_row),
                np.full(len(sizes), s.clip_norm or NO_CLIPPING),
                1 / (sizes * self.data.norm_per_row),
            ],
            axis=1,
        )

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
        rows = self._compiled_rows()
        length = _program.chunk_length(self._rows(order[:1]), rows)
        for first in range(0, self.n_batches, length):
            n = min(length, self.n_batches - first)
            part = order[first * self.batch_size : (first + n) * self.batch_size]
            chunk = self._chunk(part, length, rows)
            steps = np.zeros((length, hyper.shape[1]))
            steps[:n] = hyper[first : first + n]
            params, slots, value = _program.run_compiled(
                self.recipe, params, slots, chunk, steps, n
            )
            values.append(value)
        return params, slots, np.concatenate(values)

    def _compiled_rows(self):
        """Rows of a compiled batch: few different ones, whatever the data's size."""
        if self.batch_size == self.settings.batch_size:
            return self.batch_size
        return 1 << (self.batch_size - 1).bit_length()

    def _rows(self, index):
        """Cut out rows, in the dtypes of the networks."""
        x, y, weight, mask = self.data.take(index)
        x = x.astype(np.int32 if x.dtype.kind in "iu" else self.dtype, copy=False)
        y, weight = (a.astype(self.dtype, copy=False) for a in (y, weight))
        return x, y, weight, mask

    def _chunk(self, index, length, rows):
        """Lay rows out as `length` batches; places left over have weight zero."""
        n = len(index)
        # A last batch that is not full starts a new row of the (length, rows) grid.
        places = np.arange(n) // self.batch_size * rows + np.arange(n) % self.batch_size

        def lay_out(array):
            if array is None:
                return None
            grid = np.zeros((length * rows, *array.shape[1:]), array.dtype)
            grid[places] = array
            return grid.reshape(length, rows, *array.shape[1:])

        x, y, weight, mask = (lay_out(array) for array in self._rows(index))
        dropout = self._dropout((length,), rows) or self._keep_all(length, rows)
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

    def _keep_all(self, length, rows):
        shape = (length, self.n_networks, rows)
        return Dropout(
            tuple(np.ones((*shape, a), self.dtype) for a, _ in self.widths),
            tuple(np.ones((*shape, b), self.dtype) for _, b in self.widths),
        )


def _constant(progress):
    return np.ones_like(progress)


def _cosine(progress):
    """Loshchilov & Hutter (2017): from the peak to zero along half a cosine."""
    return 0.5 * (1 + np.cos(np.pi * progress))


def _one_cycle(progress):
    """Smith & Topin (2019): up for 30 % of the run, then down to almost nothing."""
    up = 0.04 + 0.96 * 0.5 * (1 - np.cos(np.pi * np.minimum(progress / 0.3, 1)))
    down = 0.5 * (1 + np.cos(np.pi * np.clip((progress - 0.3) / 0.7, 0, 1)))
    return np.where(progress < 0.3, up, np.maximum(down, 4e-6))


SCHEDULES = {"constant": _constant, "cosine": _cosine, "one_cycle": _one_cycle}
