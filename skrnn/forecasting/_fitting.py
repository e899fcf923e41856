"""From a panel to a fitted model, and from a model to one that has learned more.

One procedure for a lone series and for a panel: networks learn the residual of the next
values from a Theta-like baseline, at every time of every series. What differs are their
habits (`_habits`): a lone series has little to learn from, so its networks are held
back, and count for a half, unless a trial on its tail shows that more can be learned.
What a user chooses is tried as it is, and keeps its value whatever the trial says.

References
----------
.. [1] Hewamalage, H., Bergmeir, C. & Bandara, K. (2021). Recurrent neural networks for
       time series forecasting: current status and future directions. International
       Journal of Forecasting, 37(1).
.. [2] Smyl, S. (2020). A hybrid method of exponential smoothing and recurrent neural
       networks for time series forecasting. International Journal of Forecasting,
       36(1).
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from skrnn.engine._architecture import Architecture
from skrnn.engine._step import Recipe
from skrnn.engine._training import Result, fresh_state, start, train
from skrnn.forecasting._habits import (
    HABITS,
    MAX_SHARE,
    kind_of,
    row_length,
    settings_for,
)
from skrnn.forecasting._held_out import errors_of_shares, score_on
from skrnn.forecasting._model import Model, Trial
from skrnn.forecasting._panel import Panel
from skrnn.forecasting._quantile_heads import Heads, heads_of
from skrnn.forecasting._rows import Rows
from skrnn.forecasting._series import prepare_each

SHARES = np.linspace(0, 1, 5)
# A trial needs a series of so many windows, holds out a part of it, trains so many
# networks for a part of the epochs, and is won if the errors of the networks are so
# small a part of the baseline's.
TRIAL_WINDOWS, TRIAL_PART, TRIAL_NETWORKS, TRIAL_HASTE, TRIAL_GAIN = 3, 0.2, 2, 2, 0.8
# Of values that a user has chosen, or that stop the training as well, a trial on less
# than so many horizons must show more.
LONG_TRIAL, SHORT_TRIAL_GAIN = 2, 0.6
# Values of a series that are never held out.
MIN_KNOWN = 3


def make_panel(ys, preparation, window, horizon, exogenous=None, unit=None):
    """Prepare series and join them."""
    series = prepare_each(ys, preparation)
    return Panel(series, window, horizon, preparation.sp, exogenous, unit)


def ends_without(sizes, held):
    """Give the times from which on the last `held` values of each series lie."""
    return np.maximum(sizes - held, np.minimum(sizes, MIN_KNOWN))


def fit(
    panel,
    preparation,
    network,
    optimizer,
    loss,
    chosen,
    n_networks,
    rng,
    tail=0,
    on_epoch=None,
    combine="auto",
):
    """Fit networks to a panel.

    Parameters
    ----------
    panel : Panel
    preparation : Preparation
    network : dict
        Fields of the Architecture: cell, units ("auto" for the default of the kind of
        panel), activation, residual...
    optimizer : Optimizer
    loss : Loss
    chosen : dict
        Fields of Settings; "auto" stands for the default of the kind of panel.
    n_networks : int
    rng : numpy.random.Generator
    tail : int
        Values at the end of each series that are kept for validation.
    on_epoch : callable or None
        As in `train`.
    combine : {"auto", "theta"} or None
        How networks and the baseline are combined: by the share that suits the kind of
        panel, by their mean (of logarithms, so a geometric one, where series are
        positive), or the networks' forecast alone.

    Returns
    -------
    Model
    """
    n_series, kind = len(panel.sizes), kind_of(len(panel.sizes))
    recipe = Recipe(_architecture(panel, network, kind, loss), loss, optimizer)
    share = min(n_series / (n_series + 1), MAX_SHARE)

    def model_of(result, heads, kind, share, trial=None):
        return Model(
            recipe,
            result.state.params,
            preparation,
            panel.window,
            panel.horizon,
            row_length(panel.sizes, kind),
            panel.unit,
            {"auto": share, "theta": 0.5, None: 1.0}[combine],
            result.loss_curve,
            result.scores,
            result.interrupted,
            kind=kind,
            trial=trial,
            heads=heads,
        )

    trial, until = None, ends_without(panel.sizes, tail)
    if kind == "lone" and panel.sizes.max() >= TRIAL_WINDOWS * panel.window:
        tried = _try_eager(panel, recipe, chosen, n_networks, rng.spawn(1)[0], tail)
        if tried is not None:
            kind, share = "eager", tried.share
            trial = Trial(model_of(tried.result, tried.heads, kind, share), tried.since)
    heads = heads_of(loss, panel, until)
    score = score_on(panel, recipe, kind, until, heads) if tail else None
    settings = settings_for(kind, int(panel.sizes.sum()), chosen)
    result = _train(
        panel, recipe, heads, kind, settings, n_networks, rng, until, score, on_epoch
    )
    return model_of(result, heads, kind, share, trial)


def _architecture(panel, network, kind, loss):
    n_levels = len(loss.parameter) if loss.name == "quantile" else 1
    auto = network["units"] == "auto"
    return Architecture(
        n_inputs=int(panel.n_inputs),
        n_outputs=int(panel.horizon) * n_levels,
        structure="seq2seq",
        skip=True,
        **{**network, "units": HABITS[kind]["units"] if auto else network["units"]},
    )


def _train(
    panel,
    recipe,
    heads,
    kind,
    settings,
    n_networks,
    rng,
    until,
    score=None,
    on_epoch=None,
):
    """Train networks on the targets before `until`."""
    rows = Rows(panel, row_length(panel.sizes, kind), until=until, heads=heads)
    if rows.norm_per_row == 0:
        settings = replace(settings, epochs=0)
    state = start(recipe, rng, n_networks, zero_head=True)
    return train(recipe, state, rows, settings, rng, score=score, on_epoch=on_epoch)


class _Tried(NamedTuple):
    result: Result
    heads: Heads | None
    since: np.ndarray
    share: float


def _try_eager(panel, recipe, chosen, n_networks, rng, tail):
    """Find out on held-out tails whether eager networks beat the baseline by far.

    If a tail is held out anyway, to stop the training, it is the one.

    Returns
    -------
    _Tried or None
        With the best share of the networks; None where they do not.
    """
    held = tail or np.maximum(panel.horizon, (TRIAL_PART * panel.sizes).astype(int))
    since = ends_without(panel.sizes, held)
    settings = settings_for("eager", int(panel.sizes.sum()), chosen)
    heads, score = heads_of(recipe.loss, panel, since), None
    if tail:
        score = score_on(panel, recipe, "eager", since, heads)
    else:
        settings = replace(settings, epochs=-(-settings.epochs // TRIAL_HASTE))
    n_networks = min(n_networks, TRIAL_NETWORKS)
    result = _train(
        panel, recipe, heads, "eager", settings, n_networks, rng, since, score
    )
    if result.interrupted:
        raise KeyboardInterrupt("Training was interrupted in the trial before it.")
    params = result.state.params
    errors = errors_of_shares(panel, recipe, "eager", since, params, heads, SHARES)
    best = int(np.argmin(errors))
    if errors[best] >= _gain_needed(panel, since, chosen, tail) * errors[0]:
        return None
    return _Tried(result, heads, since, float(SHARES[best]))


def _gain_needed(panel, since, chosen, tail):
    """Give the part of the baseline's errors below which a trial is won."""
    names = ("learning_rate", "weight_decay", "epochs")
    auto = not tail and all(chosen[name] == "auto" for name in names)
    long = (panel.sizes - since).sum() >= LONG_TRIAL * panel.horizon
    return TRIAL_GAIN if auto or long else SHORT_TRIAL_GAIN


def update(model, panel, since, chosen, rng, epochs=None):
    """Go on training on the targets from `since` on, at a tenth of the rate.

    By default for a quarter of the epochs of a fit.
    """
    rows = Rows(panel, model.length, since=since, heads=model.heads)
    if rows.norm_per_row == 0:
        return replace(model, interrupted=False)
    settings = settings_for(model.kind, int(panel.sizes.sum()), chosen)
    settings = replace(
        settings,
        learning_rate=settings.learning_rate / 10,
        epochs=max(1, settings.epochs // 4) if epochs is None else epochs,
        schedule="cosine",
    )
    state = fresh_state(model.recipe, model.params)
    result = train(model.recipe, state, rows, settings, rng)
    return replace(model, params=result.state.params, interrupted=result.interrupted)
