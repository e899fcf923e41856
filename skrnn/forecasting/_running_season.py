"""Seasonal indices of series that grow, carried on value by value."""

import copy

import numpy as np

from skrnn.forecasting._numbers import larger_of, number, numbers
from skrnn.forecasting._seasonal_indices import (
    SEASON_DECAY,
    excess_of,
    phase_moments,
    phase_sums,
    shrinkage,
    year_weights,
)
from skrnn.forecasting._series import blocks_of


class RunningSeason:
    """What `seasonal_indices` estimates, for S series that grow together.

    Every time updates one phase, that whose turn it is: the last `sp` updates, in order
    of time, are the phases as they are known.

    Parameters
    ----------
    series : list of Series
    sp : int
        At least 2.

    Attributes
    ----------
    center, strength, coming : number
        The mean of the phases, how much of them is no noise, and the index of the next
        time.
    """

    # A copy that values can be added to has these too, and what `_foresee` computes.
    step: int
    window: int
    first: int
    phases: np.ndarray
    terms: np.ndarray

    def __init__(self, series, sp):
        self.sp, self.half = sp, sp // 2
        # How long ago the phases of the current and of the next time were updated.
        self.own, self.next = -1 - (-self.half) % sp, -1 - (-self.half - 1) % sp
        self.larger = larger_of(len(series))
        self.center, self.strength = (
            number(np.array([getattr(s, name)[-1] for s in series]))
            for name in ("center", "strength")
        )
        # Values beyond a moving average; below zero, those missing for the first.
        self.count = np.array([len(s.z) - 2 * self.half for s in series])
        z = np.zeros((sp, len(series)))
        # By time, like `phase_sums` and `phase_moments`.
        sums, phases = np.zeros((2, sp, len(series))), np.zeros((3, sp, len(series)))
        for places in blocks_of([len(s.z) for s in series]):
            own = np.stack([series[i].z for i in places])
            n = min(sp, own.shape[1])
            z[sp - n :, places] = own[:, -n:].T
            if self.count[places[0]] > 0:
                found, moments = self._sum_up(own)
                known = slice(sp - found.shape[-1], sp)
                sums[:, known, places] = found.swapaxes(1, 2)
                phases[:, known, places] = moments.swapaxes(1, 2)
        self.z, self.level = numbers(z), number(z.sum(axis=0))
        self.sums, self.squares = map(numbers, sums)
        self.means, _, self.variances = map(numbers, phases)
        self.totals = numbers(phases.sum(axis=1))
        self._look_ahead()

    def _sum_up(self, z):
        """Give the last sums and moments of phases of series (S, n)."""
        found, year = phase_sums(excess_of(z, self.sp), self.sp)
        found, year = found[..., -self.sp :], year[-self.sp :]
        weights = (w[year] for w in year_weights(year[-1] + 1))
        return found, np.stack(phase_moments(*found, *weights))

    def grow(self, n_steps, window):
        """Give a copy that `n_steps` values can be added to.

        Parameters
        ----------
        window : int
            For how many of the last times `remove` gives the seasonal indices.
        """
        other = copy.copy(self)
        for name in ("z", "sums", "squares", "means", "variances"):
            setattr(other, name, list(getattr(self, name)))
        other._foresee(n_steps)
        ahead = np.arange(1 - window, n_steps + 1)
        known = np.array(self.means)
        # Of all times, as their phases are known.
        other.phases = known[self.sp - 1 - (-self.half - ahead) % self.sp]
        other.first, other.window, other.step = window - self.half, window, 0
        other.terms = np.empty((window, *known.shape[1:]))
        return other

    def _foresee(self, n_steps):
        """Compute what can be said of values to come, whatever they are."""
        sp = self.sp
        place = self.count + np.arange(n_steps)[:, None]
        year = np.maximum(place, 0) // sp
        weight, freedom = year_weights(year.max(initial=0) + 1)
        self.weight, self.freedom = numbers(weight[year]), numbers(freedom[year])
        # Whether there are values enough for a moving average.
        self.complete = numbers((place >= 0) * 1.0)
        # Whether the strength is known. With one season only the noise is unknown: half
        # is the prior.
        self.certain = numbers((place + 1 >= 2 * sp) * 1.0)
        self.prior = numbers(((place + 1 >= sp) & (place + 1 < 2 * sp)) * 0.5)

    def remove(self, current, out):
        """Subtract seasonal indices, and `current`, from the last values `out`."""
        last = slice(self.step, self.step + self.window)
        np.multiply(self.phases[last], self.strength, out=self.terms)
        out -= current - self.strength * self.center
        out -= self.terms

    def append(self, z):
        """Add a value to every series, and give its seasonal index.

        Parameters
        ----------
        z : number
        """
        k = self.step
        excess = self.complete[k] * self._excess(z, k)
        total = SEASON_DECAY * self.sums[k] + excess
        squares = SEASON_DECAY * self.squares[k] + excess * excess
        moments = phase_moments(
            total, squares, self.weight[k], self.freedom[k], self.larger
        )
        self.sums.append(total)
        self.squares.append(squares)
        self._shrink(k, *moments)
        self.step = k + 1
        self.phases[(self.first + k) % self.sp :: self.sp] = moments[0]
        self._look_ahead()
        return self.strength * (self.means[self.own] - self.center)

    def _excess(self, z, k):
        """Give what the value half a season ago has beyond the average around it."""
        before = self.level
        self.level = before + z - self.z[k]
        self.z.append(z)
        # Of an even season, the first and the last value of its average count half.
        total = self.level if self.sp % 2 else 0.5 * (before + self.level)
        return self.z[-1 - self.half] - total / self.sp

    def _shrink(self, k, mean, square, variance):
        """Find by how much of the spread between phases is not noise."""
        sp, old = self.sp, self.means[k]
        means, squares, variances = self.totals
        means = means + (mean - old)
        squares = squares + (square - old * old)
        variances = variances + (variance - self.variances[k])
        self.means.append(mean)
        self.variances.append(variance)
        if k % sp == sp - 1:
            # Once a season anew: seasons fade, and the rounding errors of what they
            # were would stay.
            latest = self.means[-sp:]
            means, variances = sum(latest), sum(self.variances[-sp:])
            squares = sum(m * m for m in latest)
        self.totals = [means, squares, variances]
        self.center = means / sp
        between = squares / sp - self.center * self.center
        shrunk = shrinkage(between, variances / sp, sp, self.larger)
        self.strength = self.prior[k] + self.certain[k] * shrunk

    def _look_ahead(self):
        self.coming = self.strength * (self.means[self.next] - self.center)
