"""sktime's forecasting horizons as steps from the end of each series."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from skrnn.forecasting._frames import kind_of, last_time


class Steps(NamedTuple):
    """Where the forecasts of one instance are wanted."""

    ahead: np.ndarray  # of int, from the last known time on: 1 is the next
    times: pd.Index


def horizon_steps(fh, history):
    """Count the steps of a horizon from the last time of every instance.

    Parameters
    ----------
    fh : sktime.forecasting.base.ForecastingHorizon
        If relative, it is so to the end of each instance.
    history : History

    Returns
    -------
    list of Steps
    """
    known = {}
    steps = []
    for times in history.times:
        if times[-1] not in known:
            known[times[-1]] = _steps(fh, last_time(times, history.freq))
        steps.append(known[times[-1]])
    return steps


def furthest_step(fh, history):
    """Give the last step ahead that is wanted of any series, at least 1."""
    return max(1, *(s.ahead.max() for s in horizon_steps(fh, history)))


def _steps(fh, cutoff):
    if fh.is_relative and fh.to_pandas().dtype.kind != "i":
        fh = fh.to_absolute(cutoff)
    if not fh.is_relative:
        kinds = kind_of(cutoff), kind_of(fh.to_pandas())
        if kinds[0] != kinds[1]:
            raise ValueError(
                f"fh must be relative, or of {kinds[0]}, as y is, got {kinds[1]}."
            )
    relative = fh if fh.is_relative else fh.to_relative(cutoff)
    ahead = relative.to_numpy().astype(int)
    times = fh.to_absolute_index(cutoff)
    if not fh.is_relative and isinstance(times, pd.DatetimeIndex):
        _require_times_of(cutoff, ahead, times)
    return Steps(ahead, times)


def _require_times_of(cutoff, ahead, times):
    """Refuse timestamps between those of the series; sktime rounds them."""
    first = cutoff[0] + int(ahead.min()) * cutoff.freq
    n = int(np.ptp(ahead)) + 1
    own = pd.date_range(first, periods=n, freq=cutoff.freq)
    other = times[~times.isin(own)]
    if len(other):
        raise ValueError(
            "fh must be of times that continue those of y, one every "
            f"{cutoff.freqstr} from {cutoff[0]} on, got {other[0]}."
        )
