"""sktime's forecasting horizons as steps from the end of each series."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from sktime.forecasting.base import ForecastingHorizon

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
    if fh.is_relative:
        ahead = fh.to_numpy().astype(int)
        return Steps(ahead, _times_at(ahead, fh, cutoff))
    times = fh.to_absolute_index(cutoff)
    kinds = kind_of(cutoff), kind_of(times)
    if kinds[0] != kinds[1]:
        raise ValueError(
            f"fh must be relative, or of {kinds[0]}, as y is, got {kinds[1]}."
        )
    if isinstance(times, pd.DatetimeIndex):
        return Steps(_count(times, cutoff), times)
    return Steps(fh.to_relative(cutoff).to_numpy().astype(int), times)


def _times_at(ahead, fh, cutoff):
    """Give the times of relative steps."""
    if not isinstance(cutoff, pd.DatetimeIndex):
        return fh.to_absolute_index(cutoff)
    end, freq = cutoff[0], cutoff.freq
    if end.tz is None or not isinstance(freq, pd.offsets.Day):
        return fh.to_absolute_index(cutoff).as_unit(end.unit)
    # sktime adds 24 hours, which are no day where the clock is changed
    n_back, n_on = max(0, -ahead.min()), max(0, ahead.max())
    back = pd.date_range(end=end, periods=n_back + 1, freq=freq, unit=end.unit)
    on = pd.date_range(end, periods=n_on + 1, freq=freq, unit=end.unit)
    return back.append(on[1:])[ahead + n_back]


def _count(times, cutoff):
    """Count the steps to timestamps; refuse those between the series', sktime rounds.

    It also counts by the clock on the wall, which is set forward and back: hours are
    counted without a time zone.
    """
    plain, end = (_without_zone(t, cutoff.freq) for t in (times, cutoff))
    end = pd.DatetimeIndex(end, freq=cutoff.freq)
    relative = ForecastingHorizon(plain, is_relative=False).to_relative(end)
    ahead = relative.to_numpy().astype(int)
    first = end[0] + int(ahead.min()) * end.freq
    own = pd.date_range(first, periods=int(np.ptp(ahead)) + 1, freq=end.freq)
    other = times[~plain.isin(own)]
    if len(other):
        raise ValueError(
            "fh must be of times that continue those of y, one every "
            f"{end.freqstr} from {cutoff[0]} on, got {other[0]}."
        )
    return ahead


def _without_zone(times, freq):
    """Give times without their zone that are as many steps apart."""
    if times.tz is None:
        return times
    by_clock = not isinstance(freq, pd.offsets.Tick) or isinstance(freq, pd.offsets.Day)
    return times.tz_localize(None) if by_clock else times.tz_convert(None)
