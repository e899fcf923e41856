"""Training: weights in, weights out.

`train` draws batches, runs them in numpy or compiled, watches the validation score and
returns the best parameters. Whatever is random comes from the generator it is given.
"""

from typing import NamedTuple

import numpy as np

from skrnn.engine._initialization import initialize
from skrnn.engine._run import Run, State


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
    run = Run(recipe, data, settings, rng, len(state.params))
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
