"""Recursive forecasts: a network of one step, fed with its own forecasts."""

import numpy as np

from skrnn.engine._threads import one_blas_thread, side_by_side
from skrnn.forecasting._habits import kind_of
from skrnn.forecasting._model import joined
from skrnn.forecasting._series import prepare_each
from skrnn.forecasting._start import forecast_on, ready, start_of

# Forecasts that are made within few or many series to see how large errors get.
N_ORIGINS = {"lone": 24, "panel": 120}
# So many series are forecast at a time: what they need stays in the processor's cache.
BLOCK = 512


@one_blas_thread
def recursive_forecast(model, series, exogenous, n_steps):
    """Forecast step after step, each from the forecasts of those before.

    Of more series than a block has, networks run in single precision: see
    `engine._inference`.

    Parameters
    ----------
    model : Model
        With a horizon of one.
    series : list of Series
    exogenous : list of ndarray of shape (n_rows, n_exogenous), or None
        From the first time of each series on; means where there are none.
    n_steps : int

    Returns
    -------
    z : ndarray of shape (n_series, n_steps)
        On z's scale.
    spread : ndarray of shape (n_series, 1, n_levels) or None
        As `Forecasts.spread`: of the first step.
    """
    networks = ready(model, np.float64 if len(series) <= BLOCK else np.float32)

    def forecast(first):
        block = slice(first, first + BLOCK)
        known = None if exogenous is None else exogenous[block]
        start = start_of(model, series[block], known, networks)
        return forecast_on(model, start, n_steps, known, networks)

    return joined(side_by_side(forecast, range(0, len(series), BLOCK)))


def recursive_forecasts_from(model, series, ys, exogenous, n_steps, since):
    """Forecast recursively from times spread over the series.

    Parameters
    ----------
    As for `recursive_forecast`, and `ys`, the series before they were prepared.
    since : int array of shape (n_series,)
        The first time of each series that may be chosen.

    Returns
    -------
    owner, time : int arrays of shape (n,)
        The series of each forecast, and the last time that it knew.
    z : ndarray of shape (n, n_steps)
        On z's scale.
    """
    firsts = [int(np.flatnonzero(np.isfinite(y))[0]) for y in ys]
    pairs = [
        (i, t)
        for i, (y, *least) in enumerate(zip(ys, firsts, since, strict=True))
        for t in range(len(y) - 2, max(least) - 1, -1)
    ]
    n_origins = N_ORIGINS[kind_of(len(ys))]
    pairs = pairs[:: 1 + len(pairs) // n_origins] or [(0, firsts[0])]
    owner, time = np.array(pairs).T
    # Parts of series are prepared as the whole ones were.
    origins = prepare_each(
        [ys[i][: t + 1] for i, t in pairs],
        model.preparation,
        [series[i].logged for i, _ in pairs],
        [series[i].scale for i, _ in pairs],
    )
    if exogenous is not None:
        exogenous = [exogenous[i] for i, _ in pairs]
    z, _ = recursive_forecast(model, origins, exogenous, n_steps)
    return owner, time, z
