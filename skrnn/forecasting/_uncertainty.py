"""How sure forecasts are: from errors alone, or from what networks say and errors."""

import numpy as np

from skrnn.forecasting._errors import MAX_VALUES, baseline_sizes, first_compared
from skrnn.forecasting._habits import LONE_BELOW
from skrnn.forecasting._intervals import error_quantiles, inflation
from skrnn.forecasting._model import forecast_from, forecasts_from_everywhere
from skrnn.forecasting._quantile_heads import HeadQuantiles, relative_scales, stretch
from skrnn.forecasting._recursive import recursive_forecasts_from


def estimate_quantiles(model, history, panel, furthest):
    """Find what the quantiles of forecasts are made of.

    Parameters
    ----------
    model : Model
    history : History
        The series, as long as in `panel` or longer.
    panel : Panel
    furthest : int
        The last step ahead that is wanted.

    Returns
    -------
    ErrorQuantiles or HeadQuantiles
    """
    direct = model.horizon > 1 or furthest == 1
    if not direct:
        return _recursive_quantiles(model, history, panel, furthest)
    within = forecasts_from_everywhere(model, panel, _limit(model))
    if model.heads is None:
        owner, time, z, _ = within
        return error_quantiles(panel, owner, time, z, model.inflation)
    factor = np.broadcast_to(model.inflation, within.spread.shape[1:])
    scales = relative_scales(panel, within)
    return HeadQuantiles(model.heads.levels, factor, scales)


def _recursive_quantiles(model, history, panel, furthest):
    """Take the errors of recursive forecasts, beside those of the baseline.

    There are few, from all series: how they differ from series to series, the baseline
    tells.

    With heads, which speak of the first step, errors are relative to how wide that is.
    """
    recent = history.tail(panel.sizes.max())
    counted = np.flatnonzero(panel.counted)
    series, ys, known = (
        rows if rows is None else [rows[i] for i in counted]
        for rows in (panel.series, recent.series, recent.known(0))
    )
    since = first_compared(panel)[counted]
    place, time, z = recursive_forecasts_from(model, series, ys, known, furthest, since)
    owner = counted[place]
    spread = None
    if model.heads is not None:
        spread = forecast_from(model, panel, owner, time).spread[:, 0]
    factor = float(np.mean(model.inflation))
    sizes = baseline_sizes(panel, furthest)
    return error_quantiles(panel, owner, time, z, factor, None, sizes, spread)


def measure_inflation(model, honest, panel, since):
    """Measure what `Model.inflation` says.

    Parameters
    ----------
    model, honest : Model
        The second knew nothing of the series from `since` on.
    panel : Panel
    since : int array of shape (n_series,)

    Returns
    -------
    float or ndarray of shape (horizon, n_levels)
        The latter where there are heads, and series enough for quantiles.
    """
    made = [forecasts_from_everywhere(m, panel, _limit(m)) for m in (model, honest)]
    if model.heads is not None and len(panel.sizes) >= LONE_BELOW:
        return stretch(panel, model.heads.levels, since, *made)
    return inflation(panel, since, *(forecasts[:3] for forecasts in made))


def _limit(model):
    n_levels = 1 if model.heads is None else len(model.heads.levels)
    return MAX_VALUES // n_levels
