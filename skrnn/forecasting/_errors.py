"""Errors of forecasts made within series: which count, and those of the baseline."""

import numpy as np

from skrnn.forecasting._error_sizes import error_sizes
from skrnn.forecasting._habits import LONE_BELOW
from skrnn.forecasting._panel import Panel

# Errors that are looked at, at most: they are spread over all series and times.
MAX_VALUES = 2**21
# Times from which the baseline forecasts, at most.
MAX_TIMES = 2**14


def errors_of(panel, owner, time, z, until=None):
    """Compare forecasts with what came, (n, n_steps); NaN where nothing is known.

    Errors of series at rest count only where all are: see `Panel.counted`.
    """
    until = panel.sizes if until is None else until
    ahead = time[:, None] + np.arange(1, z.shape[1] + 1)
    seen = time >= first_compared(panel)[owner]
    seen &= panel.counted[owner]
    valid = seen[:, None] & (ahead < until[owner][:, None])
    place = panel.starts[owner][:, None] + np.where(valid, ahead, 0)
    valid &= panel.observed[place]
    return np.where(valid, panel.z[place] - z, np.nan)


def first_compared(panel):
    """Give the time of each series from which on errors count: (n_series,).

    Those of the first season do not, nor of a strong season those of the second, when
    one alone was known: it never is so little again. A lone series has no others to
    learn from, and keeps more.
    """
    strength = np.array([s.strength[-1] for s in panel.series])
    second = (panel.sp * (1 + strength)).astype(int)
    part = 2 if len(panel.sizes) >= LONE_BELOW else 3
    return np.maximum(
        np.minimum(panel.sp, panel.sizes // 2), np.minimum(second, panel.sizes // part)
    )


def baseline_forecasts(panel, until):
    """Forecast without networks, from times before `until` spread over all series.

    Returns
    -------
    owner, time : int arrays of shape (n,)
    z : ndarray of shape (n, horizon)
    """
    most = min(MAX_TIMES, MAX_VALUES // (panel.window + panel.horizon))
    total = int(until.sum())
    chosen = np.linspace(0, total - 1, min(total, most)).astype(int)
    ends = np.cumsum(until)
    owner = np.searchsorted(ends, chosen, side="right")
    time = chosen - (ends - until)[owner]
    moments = panel.at(owner[:, None], time[:, None], for_inputs=False)
    z = moments.forecast(np.zeros((len(owner), 1, panel.horizon)))[:, 0]
    return owner, time, z


def baseline_sizes(panel, n_steps):
    """Tell how large errors of the baseline are: (n_series, n_steps).

    It costs nothing to forecast with it from nearly everywhere, and its errors grow
    with the step as those of networks do: much in a random walk, not around a season.
    """
    panel = Panel(panel.series, panel.window, n_steps, panel.sp, None, panel.unit)
    owner, time, z = baseline_forecasts(panel, panel.sizes)
    typical = panel.volatility[:, None]
    error = errors_of(panel, owner, time, z) / typical[owner]
    return typical * error_sizes(error, owner, time, len(typical))
