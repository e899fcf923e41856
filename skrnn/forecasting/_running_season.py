"""Seasonal indices of series that grow, carried on value by value."""

import copy
from typing import NamedTuple

import numpy as np

from skrnn.forecasting._seasonal_indices import (
    SEASON_DECAY,
    average_weights,
    excess_of,
    phase_moments,
    phase_sums,
    year_weights,
)


class _Coming(NamedTuple):
    """What can be said of values to come, whatever they are: (n_steps, S).

    complete : whether there are values enough for a moving average
    weight, freedom : of the phase that is updated, see `year_weights`
    certain : whether the strength is known, else `prior`
    """

    complete: np.ndarray
    weight: np.ndarray
    freedom: np.ndarray
    certain: np.ndarray
    prior: np.ndarray


class RunningSeason:
    """What `seasonal_indices` estimates, for S series that grow together.

    Every time updates one phase, that whose turn it is: the last `sp` updates, in order
    of time, are the phases as they are known.

    Parameters
    ----------
    series : list of Series
    sp : int
        At least 2.
    """

    def __init__(self, series, sp):
        self.sp = sp
        self.center = np.array([s.center[-1] for s in series])
        self.strength = np.array([s.strength[-1] for s in series])
        self.weights, self.even = average_weights(sp), np.full(sp, 1 / sp)
        # Values beyond a moving average; below zero, those missing for the first.
        self.count = np.array([len(s.z) - len(self.weights) + 1 for s in series])
        # By time, like `phase_sums` and `phase_moments`: (n, 2, S) and (n, 3, S).
        self.sums = np.zeros((sp, 2, len(series)))
        self.phases = np.zeros((sp, 3, len(series)))
        for i, s in enumerate(series):
            if self.count[i] > 0:
                self._sum_up(i, s.z)
        self.step, self.coming = 0, self._coming(0)

    def _sum_up(self, i, z):
        sums, year = phase_sums(excess_of(z, self.sp), self.sp)
        known = min(len(year), self.sp)
        sums, year = sums[:, -known:], year[-known:]
        weights = (w[year] for w in year_weights(year[-1] + 1))
        self.phases[-known:, :, i] = np.transpose(phase_moments(sums, *weights))
        self.sums[-known:, :, i] = sums.T

    def grow(self, n_steps):
        """Give a copy that `n_steps` values can be added to."""
        other = copy.copy(self)
        other.sums, other.phases = (
            np.concatenate([a, np.empty((n_steps, *a.shape[1:]))])
            for a in (self.sums, self.phases)
        )
        other.coming = self._coming(n_steps)
        return other

    def _coming(self, n_steps):
        place = self.count + np.arange(n_steps)[:, None]
        year = np.maximum(place, 0) // self.sp
        weight, freedom = (w[year] for w in year_weights(year.max(initial=0) + 1))
        # With one season only the noise is unknown: half is the prior.
        prior = np.where(place + 1 < self.sp, 0.0, 0.5)
        certain = place + 1 >= 2 * self.sp
        return _Coming(place >= 0, weight, freedom, certain, prior)

    def known(self):
        """Give the last update of every phase in order, their center and strength."""
        mean = self.phases[self.step : self.step + self.sp, 0].T
        return mean, self.center, self.strength

    def append(self, z):
        """Add a value to every series, and give its seasonal index: (S,).

        Parameters
        ----------
        z : ndarray of shape (S, n)
            The last values, the new one included; at least those of a moving average.
        """
        k, at, coming = self.step, self.step + self.sp, self.coming
        z = z[:, -len(self.weights) :]
        excess = z[:, self.sp // 2] - z @ self.weights
        excess = np.where(coming.complete[k], excess, 0.0)
        sums = SEASON_DECAY * self.sums[k]
        sums[0] += excess
        sums[1] += excess * excess
        self.sums[at], new = sums, self.phases[at]
        new[0], new[1], new[2] = phase_moments(
            sums, coming.weight[k], coming.freedom[k]
        )
        self.step += 1
        self._shrink(k)
        # The phase of the new value was last updated before the one of its average.
        own = self.phases[at - (-(self.sp // 2)) % self.sp, 0]
        return self.strength * (own - self.center)

    def _shrink(self, k):
        """Find by how much of the spread between phases is not noise."""
        phases = self.phases[k + 1 : k + 1 + self.sp]
        means = (self.even @ phases.reshape(self.sp, -1)).reshape(3, -1)
        self.center, within = means[0], means[2]
        between = means[1] - self.center * self.center
        between = np.maximum(between * (self.sp / (self.sp - 1)), 1e-300)
        shrunk = np.maximum(0, 1 - within / between)
        self.strength = np.where(self.coming.certain[k], shrunk, self.coming.prior[k])
