"""What is known of series at some times: what networks see, and what they put out.

A network sees the last values relative to the current one, the coming seasonal terms,
the momentum, the baseline and the known future of exogenous variables, and puts out the
residual of the next `horizon` values from the baseline.
"""

from typing import NamedTuple

import numpy as np

MOMENTUM_GAIN = 3.0
INPUT_LIMIT = 100.0


class Layout:
    """How the inputs of networks are put together.

    Parameters
    ----------
    window, horizon, sp : int
    """

    def __init__(self, window, horizon, sp):
        self.window, self.horizon, self.sp = window, horizon, sp
        # The phase of a time k steps ahead was last updated ``(-sp // 2 - k) mod sp``
        # steps ago: the same everywhere.
        ahead = np.arange(1 - window, horizon + 1)
        phases = sp - 1 - (-(sp // 2) - ahead) % sp
        # Of a long season few phases are seen at once: only those are looked up.
        self.phases = np.unique(phases) if len(phases) < sp else np.arange(sp)
        self._places = np.searchsorted(self.phases, phases)
        self._steps = np.arange(1, horizon + 1)
        # So many inputs, the first ones, are divided by a unit and limited.
        self.n_scaled = window + (horizon if sp > 1 else 0) + 5

    def n_inputs(self, n_exogenous):
        """Width of the network's input."""
        return self.n_scaled + 3 + n_exogenous * (self.horizon + 1)

    def seasonal_terms(self, season, center, strength):
        """Seasonal indices around times, from the `phases` as they are known there."""
        if self.sp < 2:
            return np.zeros((*center.shape, len(self._places)))
        index = season - center[..., None]
        index *= strength[..., None]
        return index.take(self._places, axis=-1)

    def adjusted(self, around, terms):
        """Seasonally adjusted values: the current one, (..., 1), and all less that."""
        relative = around - terms
        current = relative[..., self.window - 1, None].copy()
        relative -= current
        return current, relative

    def baseline(self, level, slope, lag):
        """Forecasts of the baseline, minus the current value: (..., horizon)."""
        baseline = lag[..., None] + self._steps
        baseline *= slope[..., None]
        baseline += level[..., None]
        return baseline


def limit(scaled):
    """Keep inputs, in their place, within `INPUT_LIMIT`."""
    flat = scaled.reshape(-1)
    # If the sum of their squares is within it, so is each.
    if not flat.dot(flat) < INPUT_LIMIT**2:
        np.maximum(scaled, -INPUT_LIMIT, out=scaled)
        np.minimum(scaled, INPUT_LIMIT, out=scaled)


def age_of(time):
    """Tell networks how much is known of a series, whose first time is 0."""
    return np.log1p(time) / 4


class Moments(NamedTuple):
    """What is known of series at times of shape (rows, length).

    Attributes
    ----------
    layout : Layout
    age : (rows, length)
        As `age_of` gives it.
    current : (rows, length, 1)
        Seasonally adjusted value on z's scale.
    relative : (rows, length, window + horizon)
        The last and the next of them less the current one; NaN where there are none.
    terms : (rows, length, window + horizon)
        Seasonal indices of the same times.
    baseline : (rows, length, horizon)
    momentum : (rows, length, 3)
    strength : (rows, length)
        Of the season.
    volatility, unit : (rows, 1)
        Of the series: how much it moves, and the scale of its inputs and targets.
    exogenous : (rows, length, n_exogenous, horizon + 1) or None
        From the current time on.
    """

    layout: Layout
    age: np.ndarray
    current: np.ndarray
    relative: np.ndarray
    terms: np.ndarray
    baseline: np.ndarray
    momentum: np.ndarray
    strength: np.ndarray
    volatility: np.ndarray
    unit: np.ndarray
    exogenous: np.ndarray | None

    def inputs(self):
        """Build the networks' inputs: (rows, length, n_inputs)."""
        layout = self.layout
        window = layout.window
        n_exogenous = 0 if self.exogenous is None else self.exogenous.shape[2]
        n = layout.n_scaled
        k = n - 5
        scaled = np.empty((*self.age.shape, n))
        past = scaled[..., :window]
        past[...] = self.relative[..., :window]
        np.copyto(past, 0.0, where=np.isnan(past))
        if layout.sp > 1:
            scaled[..., window:k] = self.terms[..., window:]
        np.multiply(self.momentum, MOMENTUM_GAIN, out=scaled[..., k : k + 3])
        scaled[..., k + 3] = self.baseline[..., 0]
        scaled[..., k + 4] = self.baseline[..., -1]
        scaled /= self.unit[..., None]
        limit(scaled)
        x = np.empty((*self.age.shape, layout.n_inputs(n_exogenous)))
        x[..., :n] = scaled
        x[..., n] = self.age
        x[..., n + 1] = layout.sp > 1
        x[..., n + 2] = self.strength > 0
        if self.exogenous is not None:
            x[..., n + 3 :] = self.exogenous.reshape(*self.age.shape, -1)
        return x

    def forecast(self, output):
        """Turn network outputs, (rows, length, horizon), into values on z's scale."""
        season = self.terms[..., self.layout.window :]
        return self.current + self.baseline + self.unit[..., None] * output + season
