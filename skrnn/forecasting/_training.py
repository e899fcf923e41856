"""From a forecaster's parameters and a history to a fitted model."""

import warnings
from dataclasses import replace

import numpy as np

from skrnn.forecasting import _fitting, _parameters
from skrnn.forecasting._frames import last_time
from skrnn.forecasting._habits import LONE_BELOW, window_length
from skrnn.forecasting._history import require_values
from skrnn.forecasting._memory import require_memory
from skrnn.forecasting._model import Trial, build_panel
from skrnn.forecasting._prediction import prepare_all
from skrnn.forecasting._season import seasonal_period
from skrnn.forecasting._series import Preparation
from skrnn.forecasting._uncertainty import measure_inflation

# Networks that only show how large errors are.
N_CALIBRATING = 2


def train(forecaster, cell, history, furthest, seed):
    """Train networks on all series of a history.

    Parameters
    ----------
    forecaster : BaseRecurrentForecaster
        Whose parameters count.
    cell : str
    history : History
    furthest : int
        The last step ahead that is wanted.
    seed : int

    Returns
    -------
    model : Model
    panel : Panel
        The series, prepared.

    Raises
    ------
    ValueError
        If nothing is known of a series, or it has no logarithm and needs one.
    """
    ys = history.series
    require_values(history, forecaster.log)
    preparation = _preparation(forecaster, history)
    longest = max(map(len, ys))
    window = _window_length(forecaster, furthest, preparation.sp, longest)
    horizon = 1 if forecaster.strategy == "recursive" else furthest
    if horizon > 1:
        require_memory(forecaster, cell, history, window, horizon, preparation.sp)
    known = history.known(horizon)
    panel = _fitting.make_panel(ys, preparation, window, horizon, known)
    tail = _n_validation(forecaster, ys)
    model = _fit(forecaster, cell, panel, preparation, seed, tail)
    trial = None
    if not model.interrupted and _calibrates(forecaster, model, ys):
        trial = model.trial
        if tail:
            trial = Trial(model, _fitting.ends_without(panel.sizes, tail))
        elif trial is None:
            trial = _held_out_model(
                forecaster, cell, panel, ys, preparation, known, furthest, seed
            )
    if model.interrupted or (trial is not None and trial.model.interrupted):
        _keep_what_was_learned(model)
    elif trial is not None:
        factor = measure_inflation(model, trial.model, panel, trial.since)
        model = replace(model, inflation=factor)
    return replace(model, trial=None), panel


def _keep_what_was_learned(model):
    if not len(model.loss_curve):
        raise KeyboardInterrupt("Training was interrupted in its first epoch.")
    warnings.warn(
        "Training was interrupted; the weights so far are kept.",
        UserWarning,
        stacklevel=3,
    )


def adapt(forecaster, model, history, furthest, seed):
    """Take over a pretrained model, and train it on if `fine_tune_epochs` says so.

    Returns
    -------
    model : Model
    panel : Panel
    """
    require_values(history, model.preparation.log)
    require_horizon(forecaster, model, furthest)
    panel = panel_of(model, history)
    if forecaster.fine_tune_epochs:
        since = np.zeros(len(panel.sizes), dtype=int)
        epochs = forecaster.fine_tune_epochs
        model = train_on(forecaster, model, panel, since, seed, epochs)
    return model, panel


def require_horizon(forecaster, model, furthest):
    """Refuse steps that pretrained networks have no output for."""
    if forecaster.strategy == "direct" and furthest > model.horizon:
        raise ValueError(
            "fh must not reach beyond what the forecaster was first pretrained for, "
            f"{model.horizon} steps ahead, got {furthest}: with strategy='direct' "
            "there is an output for each step. Call `reset` and then `pretrain` with "
            "the longer fh, or use strategy='recursive'."
        )


def train_on(forecaster, model, panel, since, seed, epochs=None):
    """Train a model on with the targets from `since` on."""
    settings = _parameters.settings_of(forecaster)
    rng = np.random.default_rng(seed)
    model = _fitting.update(model, panel, since, settings, rng, epochs)
    if model.interrupted:
        _keep_what_was_learned(model)
    return model


def panel_of(model, history, scales=()):
    """Prepare a history for a model, nothing known of what comes."""
    series = prepare_all(history.series, model.preparation, scales)
    return build_panel(model, series, history.known(model.horizon))


def _preparation(forecaster, history):
    sp, times = forecaster.sp, max(history.times, key=len)
    if sp == "auto":
        sp = seasonal_period(last_time(times, history.freq), history.series)
    elif sp > len(times):
        warnings.warn(
            f"sp={sp} is longer than the longest series to learn from, which has "
            f"{len(times)} values: networks learn without a season, and forecasts have "
            "none until `update` has brought two of them.",
            UserWarning,
            stacklevel=2,
        )
    return Preparation(
        sp, forecaster.log, forecaster.deseasonalize, forecaster.baseline
    )


def _window_length(forecaster, horizon, sp, longest):
    wanted = forecaster.window_length
    if forecaster.sp != "auto" and sp > longest:
        sp = 1  # a season that is not there needs no window
    chosen = window_length(wanted, horizon, sp, longest)
    if wanted != "auto" and chosen < wanted:
        warnings.warn(
            f"window_length={wanted} is longer than the longest series in y, which has "
            f"{longest} values. It is shrunk to {chosen}.",
            UserWarning,
            stacklevel=2,
        )
    return chosen


def _n_validation(forecaster, ys):
    """Count the last values of each series that are not trained on."""
    if not forecaster.early_stopping:
        return 0
    typical = np.median([len(y) for y in ys])
    return int(np.ceil(forecaster.validation_fraction * typical))


def _fit(forecaster, cell, panel, preparation, seed, tail=0, quiet=False):
    n_networks = forecaster.n_estimators
    return _fitting.fit(
        panel,
        preparation,
        _parameters.network_of(forecaster, cell),
        _parameters.optimizer_of(forecaster),
        _parameters.loss_of(forecaster),
        _parameters.settings_of(forecaster),
        min(n_networks, N_CALIBRATING) if quiet else n_networks,
        np.random.default_rng(seed),
        tail,
        _report if forecaster.verbose and not quiet else None,
        forecaster.combine,
    )


def _report(epoch, params, loss, score):
    scored = "" if score is None else f", validation score = {score.mean():.6f}"
    print(f"Epoch {epoch + 1}, loss = {loss.mean():.6f}{scored}")


def _calibrates(forecaster, model, ys):
    if forecaster.calibrate == "auto":
        return len(ys) >= LONE_BELOW or model.kind == "eager"
    return forecaster.calibrate


def _held_out_model(forecaster, cell, panel, ys, preparation, known, held, seed):
    """Train networks without the last values of each series.

    Returns
    -------
    Trial or None
        None where nothing would be left.
    """
    since = _fitting.ends_without(panel.sizes, held)
    part = _until(panel, ys, since, preparation, known)
    if part is None:
        return None
    model = _fit(forecaster, cell, part, preparation, [seed, 1], quiet=True)
    return Trial(model, since)


def _until(panel, ys, since, preparation, known):
    """Prepare the series as they were at `since`; those of which nothing was known not.

    The unit stays: errors of both can be compared.
    """
    kept = [
        i
        for i, (y, first) in enumerate(zip(ys, since, strict=True))
        if np.isfinite(y[:first]).any()
    ]
    if not kept:
        return None
    if known is not None:
        known = [known[i][: since[i] + panel.horizon] for i in kept]
    return _fitting.make_panel(
        [ys[i][: since[i]] for i in kept],
        preparation,
        panel.window,
        panel.horizon,
        known,
        panel.unit,
    )
