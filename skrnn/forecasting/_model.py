"""The fitted model of a forecaster, and the pure functions that make and use it.

One procedure for a lone series and for a panel: networks learn the residual of the next
values from a Theta-like baseline, at every time of every series. What differs are
`PANEL` and `LONE`: a lone series has little to learn from, so its networks are held
back, and count for a half.

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

# Chosen on the training parts of M1, their last horizon held out (docs, benchmarks).
PANEL = {"learning_rate": 1e-2, "weight_decay": 0.01, "epochs": 20}
LONE = {"learning_rate": 3e-3, "weight_decay": 10.0, "epochs": 40}
LONE_BELOW = 10
WINDOW_PER_HORIZON = 1.25
MAX_ROW = 256
# Times seen in one whole training run, from which on epochs become fewer.
MAX_TIMES = {"lone": 400_000, "panel": 8_000_000}


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


def window_length(choice, horizon, sp, longest):
    """Resolve "auto", and shrink the window to the longest series."""
    if choice == "auto":
        choice = int(np.ceil(WINDOW_PER_HORIZON * max(horizon, sp)))
    return max(1, min(choice, longest))


def row_length(sizes):
    """Choose the times in a row: few different ones, so that programs are shared."""
    longest = min(int(sizes.max()), MAX_ROW)
    return longest if longest <= 64 else min(MAX_ROW, -(-longest // 16) * 16)


def settings_for(n_series, n_times, chosen):
    """Fill in the hyperparameters that are "auto"."""
    kind = "lone" if n_series < LONE_BELOW else "panel"
    defaults = dict(LONE if kind == "lone" else PANEL)
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
):
    """Fit networks to a panel.

    Parameters
    ----------
    panel : Panel
    preparation : Preparation
    network : dict
        Fields of the Architecture: cell, units, activation, residual...
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

    Returns
    -------
    Model
    """
    architecture = Architecture(
        n_inputs=panel.n_inputs,
        n_outputs=panel.horizon,
        structure="seq2seq",
        skip=True,
        **network,
    )
    recipe = Recipe(architecture, loss, optimizer)
    length = row_length(panel.sizes)
    settings = settings_for(len(panel.sizes), int(panel.sizes.sum()), chosen)
    state = start(recipe, rng, n_networks, zero_head=True)
    until = np.maximum(panel.sizes - tail, np.minimum(panel.sizes, 3))
    rows = Rows(panel, length, until=until)
    score = _validation(panel, architecture, length, until) if tail else None
    if rows.norm_per_row == 0:
        settings = replace(settings, epochs=0)
    result = train(recipe, state, rows, settings, rng, score=score, on_epoch=on_epoch)
    return Model(
        recipe,
        result.state.params,
        preparation,
        panel.window,
        panel.horizon,
        length,
        panel.unit,
        len(panel.sizes) / (len(panel.sizes) + 1),
        result.loss_curve,
        result.scores,
        result.interrupted,
    )


def _validation(panel, architecture, length, since):
    """Score networks by the absolute errors of the targets from `since` on."""
    rows = Rows(panel, length, since=since)
    x, y, weight, _ = rows.take(np.arange(rows.n_rows))
    total = max(weight.sum(), 1e-300)

    def score(params):
        error = np.abs(predict(architecture, params, x) - y)
        return -(error * weight).sum(axis=(1, 2, 3)) / total

    return score


def update(model, panel, since, chosen, rng, epochs=None):
    """Go on training on the targets from `since` on, at a tenth of the rate.

    By default for a quarter of the epochs of a fit.
    """
    rows = Rows(panel, model.length, since=since)
    if rows.norm_per_row == 0:
        return model
    settings = settings_for(len(panel.sizes), int(panel.sizes.sum()), chosen)
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
