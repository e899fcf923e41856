"""sktime's forecasting horizons as steps from the end of each series."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from skrnn.forecasting._frames import grid, kind_of, last_time


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
        # as sktime does, in a tenth of the time
        return cutoff.rename(None).repeat(len(ahead)) + ahead
    end, freq = cutoff[0], cutoff.freq
    if end.tz is None or not isinstance(freq, pd.offsets.Day):
        return fh.to_absolute_index(cutoff).as_unit(end.unit)
    # sktime adds 24 hours, which are no day where the clock is changed
    n_back, n_on = max(0, -ahead.min()), max(0, ahead.max())
    first = pd.date_range(end=end, periods=n_back + 1, freq=freq, unit=end.unit)[0]
    own = pd.date_range(first, periods=n_back + n_on + 1, freq=freq, unit=end.unit)
    return own.take(ahead + n_back)


def _count(times, cutoff):
    """Count the steps to timestamps, and refuse those between the series'.

    sktime rounds, and counts by the clock on the wall, which is set forward and back.
    """
    end, freq = cutoff[0], cutoff.freq
    if isinstance(freq, pd.offsets.Tick) and not isinstance(freq, pd.offsets.Day):
        # of seconds there may be too many to list
        ahead, rest = divmod(times - end, pd.Timedelta(freq))
        other = times[rest != pd.Timedelta(0)]
    else:
        own = grid(min(times.min(), end), max(times.max(), end), freq)
        places = own.get_indexer(times)
        # a grid from a time between those of the series misses their end
        other = times[places < 0] if end in own else times[:1]
        ahead = places - own.get_loc(end) if end in own else places
    if len(other):
        raise ValueError(
            "fh must be of times that continue those of y, one every "
            f"{cutoff.freqstr} from {end} on, got {other[0]}."
        )
    return ahead.to_numpy() if isinstance(ahead, pd.Index) else ahead
