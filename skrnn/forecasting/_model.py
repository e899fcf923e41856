"""The fitted model of a forecaster, and the pure functions that make and use it.

One procedure for a lone series and for a panel: networks learn the residual of the next
values from a Theta-like baseline, at every time of every series. What differs are their
`HABITS`: a lone series has little to learn from, so its networks are held back, and
count for a half, unless a trial on its held-out tail shows that there is more to learn.

References
----------
.. [1] Hewamalage, H., Bergmeir, C. & Bandara, K. (2021). Recurrent neural networks for
       time series forecasting: current status and future directions. International
       Journal of Forecasting, 37(1).
.. [2] Smyl, S. (2020). A hybrid method of exponential smoothing and recurrent neural
       networks for time series forecasting. International Journal of Forecasting,
       36(1).
.. [3] Barrow, D. K., Crone, S. F. & Kourentzes, N. (2010). An evaluation of neural
       network ensembles and model selection for time series prediction. IJCNN. (The
       median of networks of different seeds.)
"""

from dataclasses import dataclass, replace

import numpy as np

from skrnn.engine._architecture import Architecture
from skrnn.engine._inference import predict
from skrnn.engine._step import Recipe
from skrnn.engine._training import Settings, fresh_state, start, train
from skrnn.forecasting._panel import Panel, Rows, cut_rows
from skrnn.forecasting._series import Preparation, prepare

# Chosen on the training parts of M1, their last horizon held out (docs/accuracy.rst).
# "eager" is for a lone series of which a trial shows that there is more to learn.
HABITS = {
    "panel": {
        "units": (32, 32),
        "learning_rate": 1e-2,
        "weight_decay": 0.01,
        "epochs": 20,
    },
    "lone": {
        "units": (16,),
        "learning_rate": 3e-3,
        "weight_decay": 30.0,
        "epochs": 40,
    },
    "eager": {
        "units": (16,),
        "learning_rate": 1e-2,
        "weight_decay": 0.1,
        "epochs": 200,
    },
}
LONE_BELOW = 10
WINDOW_PER_HORIZON = 1.25
MAX_ROW = {"panel": 256, "lone": 256, "eager": 32}
# Times seen in one whole training run, from which on epochs become fewer.
MAX_TIMES = {"panel": 8_000_000, "lone": 400_000, "eager": 200_000}
MAX_SHARE = 0.9
SHARES = np.linspace(0, 1, 5)
# A trial needs a series of so many windows, holds out a part of it, and is won if the
# errors of the networks are so small a part of the baseline's.
TRIAL_WINDOWS, TRIAL_PART, TRIAL_GAIN = 3, 0.2, 0.8
TRIAL_NETWORKS = 2


@dataclass(frozen=True)
class Model:
    """What a fitted forecaster is: plain data.

    Attributes
    ----------
    recipe : Recipe
    params : ndarray of shape (n_estimators, n_parameters)
    preparation : Preparation
    window, horizon, length : int
    unit : float
        Scale of the networks' inputs and outputs.
    share : float
        How much the networks count beside the baseline.
    loss_curve : ndarray of shape (n_epochs, n_estimators)
    scores : ndarray
        Validation scores, as `Result.scores`.
    inflation : float
        By how much errors to come are larger than those within the series.
    kind : str
        Whose `HABITS` it was trained with.
    """

    recipe: Recipe
    params: np.ndarray
    preparation: Preparation
    window: int
    horizon: int
    length: int
    unit: float
    share: float
    loss_curve: np.ndarray
    scores: np.ndarray
    interrupted: bool = False
    inflation: float = 1.1
    kind: str = "panel"


def window_length(choice, horizon, sp, longest):
    """Resolve "auto", and shrink the window to the longest series."""
    if choice == "auto":
        choice = int(np.ceil(WINDOW_PER_HORIZON * max(horizon, sp)))
    return max(1, min(choice, longest))


def row_length(sizes, kind):
    """Choose the times in a row: few different ones, so that programs are shared."""
    limit = MAX_ROW[kind]
    longest = min(int(sizes.max()), limit)
    return longest if longest <= 64 else min(limit, -(-longest // 16) * 16)


def kind_of(n_series):
    """Name the habits that suit so many series, before any trial."""
    return "panel" if n_series >= LONE_BELOW else "lone"


def settings_for(kind, n_times, chosen):
    """Fill in the hyperparameters that are "auto"."""
    defaults: dict = dict(HABITS[kind])
    affordable = int(MAX_TIMES[kind] / n_times)
    defaults["epochs"] = int(np.clip(affordable, 1, defaults["epochs"]))
    auto = {name for name, value in chosen.items() if value == "auto"} - {"jit_compile"}
    filled: dict = {n: defaults[n] if n in auto else chosen[n] for n in chosen}
    return Settings(**filled)


def make_panel(ys, preparation, window, horizon, exogenous=None, unit=None):
    """Prepare series and join them."""
    series = [prepare(y, preparation) for y in ys]
    return Panel(series, window, horizon, preparation.sp, exogenous, unit)


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
    recipe = Recipe(_architecture(panel, network, kind), loss, optimizer)
    share = min(n_series / (n_series + 1), MAX_SHARE)
    if kind == "lone" and not tail and _all_auto(chosen):
        n_trial = min(n_networks, TRIAL_NETWORKS)
        tried = _try_eager(panel, recipe, chosen, n_trial, rng.spawn(1)[0])
        kind, share = ("eager", tried) if tried else (kind, share)
    until = np.maximum(panel.sizes - tail, np.minimum(panel.sizes, 3))
    score = _validation(panel, recipe, kind, until) if tail else None
    result = _train(
        panel, recipe, kind, chosen, n_networks, rng, until, score, on_epoch
    )
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
    )


def _architecture(panel, network, kind):
    auto = network["units"] == "auto"
    return Architecture(
        n_inputs=panel.n_inputs,
        n_outputs=panel.horizon,
        structure="seq2seq",
        skip=True,
        **{**network, "units": HABITS[kind]["units"] if auto else network["units"]},
    )


def _all_auto(chosen):
    """Whether a trial may decide: what a user has chosen is not tried against."""
    names = ("learning_rate", "weight_decay", "epochs")
    return all(chosen.get(name) == "auto" for name in names)


def _train(
    panel, recipe, kind, chosen, n_networks, rng, until, score=None, on_epoch=None
):
    """Train networks on the targets before `until`."""
    settings = settings_for(kind, int(panel.sizes.sum()), chosen)
    rows = Rows(panel, row_length(panel.sizes, kind), until=until)
    if rows.norm_per_row == 0:
        settings = replace(settings, epochs=0)
    state = start(recipe, rng, n_networks, zero_head=True)
    return train(recipe, state, rows, settings, rng, score=score, on_epoch=on_epoch)


def _try_eager(panel, recipe, chosen, n_networks, rng):
    """Find out on held-out tails whether eager networks beat the baseline by far.

    Returns
    -------
    float or None
        The best share of the networks, or None where they do not.
    """
    if panel.sizes.max() < TRIAL_WINDOWS * panel.window:
        return None
    held = np.maximum(panel.horizon, (TRIAL_PART * panel.sizes).astype(int))
    until = np.maximum(panel.sizes - held, np.minimum(panel.sizes, 3))
    result = _train(panel, recipe, "eager", chosen, n_networks, rng, until)
    x, y, weight = _targets(panel, "eager", until)
    output = np.median(predict(recipe.architecture, result.state.params, x), axis=0)
    errors = [(np.abs(share * output - y) * weight).sum() for share in SHARES]
    best = int(np.argmin(errors))
    return float(SHARES[best]) if errors[best] < TRIAL_GAIN * errors[0] else None


def _targets(panel, kind, since):
    """Cut out all rows with targets from `since` on: x, y and weight."""
    rows = Rows(panel, row_length(panel.sizes, kind), since=since)
    return rows.take(np.arange(rows.n_rows))[:3]


def _validation(panel, recipe, kind, since):
    """Score networks by the absolute errors of the targets from `since` on."""
    x, y, weight = _targets(panel, kind, since)
    total = max(weight.sum(), 1e-300)

    def score(params):
        error = np.abs(predict(recipe.architecture, params, x) - y)
        return -(error * weight).sum(axis=(1, 2, 3)) / total

    return score


def update(model, panel, since, chosen, rng, epochs=None):
    """Go on training on the targets from `since` on, at a tenth of the rate.

    By default for a quarter of the epochs of a fit.
    """
    rows = Rows(panel, model.length, since=since)
    if rows.norm_per_row == 0:
        return model
    settings = settings_for(model.kind, int(panel.sizes.sum()), chosen)
    settings = replace(
        settings,
        learning_rate=settings.learning_rate / 10,
        epochs=max(1, settings.epochs // 4) if epochs is None else epochs,
        schedule="cosine",
    )
    state = fresh_state(model.recipe, model.params)
    result = train(model.recipe, state, rows, settings, rng)
    return replace(model, params=result.state.params)


def outputs(model, panel, owner, time):
    """Compute the networks' median output: (rows, length, horizon), in units."""
    x, _, _ = panel.inputs(owner, time)
    return members_to_output(model, predict(model.recipe.architecture, model.params, x))


def members_to_output(model, members):
    """Combine what the networks put out, (n_estimators, rows, length, horizon)."""
    return model.share * np.median(members, axis=0)


def forecast(model, panel):
    """Forecast the next values of every series, on z's scale: (n_series, horizon)."""
    owner = np.arange(len(panel.sizes))[:, None]
    first = np.maximum(panel.sizes[:, None] - model.length, 0)
    time = np.minimum(first + np.arange(model.length), panel.sizes[:, None] - 1)
    last = np.minimum(panel.sizes, model.length) - 1
    output = outputs(model, panel, owner, time)
    chosen = output[np.arange(len(owner)), last][:, None]
    return panel.forecast(owner, panel.sizes[:, None] - 1, chosen)[:, 0]


def forecasts_from_everywhere(model, panel, limit=None):
    """Forecast from every time of every series, as if the rest were not known.

    Parameters
    ----------
    limit : int or None
        Use only so many rows, the last ones.

    Returns
    -------
    owner, time : int arrays of shape (n,)
    z : (n, horizon)
        Forecasts of times ``time + 1 ... time + horizon``, on z's scale.
    """
    owners, times, forecasts = [], [], []
    all_owner, all_first, all_stop = cut_rows(panel.sizes, model.length)
    block = max(1, 2**16 // model.length)
    begin = 0 if limit is None else max(0, len(all_owner) - limit)
    for start_ in range(begin, len(all_owner), block):
        rows = slice(start_, start_ + block)
        owner = all_owner[rows, None]
        time = all_first[rows, None] + np.arange(model.length)
        inside = time < all_stop[rows, None]
        # Where two rows of a series overlap, the later one knows more of the past.
        time = np.minimum(time, panel.sizes[owner] - 1)
        z = panel.forecast(owner, time, outputs(model, panel, owner, time))
        owners.append(np.broadcast_to(owner, time.shape)[inside])
        times.append(time[inside])
        forecasts.append(z[inside])
    return np.concatenate(owners), np.concatenate(times), np.concatenate(forecasts)
