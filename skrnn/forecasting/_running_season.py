"""Seasonal indices of series that grow, carried on value by value."""

import numpy as np

from skrnn.forecasting._seasonal_indices import SEASON_DECAY, average_weights

# What is summed up for each phase: values, squares, weights, weights of the variance.
DECAYS = SEASON_DECAY ** np.array([1.0, 1.0, 1.0, 2.0])


class RunningSeason:
    """What `seasonal_indices` estimates, for S series that grow together.

    Parameters
    ----------
    zs : list of ndarray of shape (n,)
    sp : int
        At least 2.
    """

    def __init__(self, zs, sp):
        self.sp = sp
        self.weights = average_weights(sp)
        self.width = len(self.weights)
        self.even = np.full(sp, 1 / sp)
        self.rows = np.arange(len(zs))
        # Values beyond the moving average, counted for each series.
        self.count = np.array([max(0, len(z) - self.width + 1) for z in zs])
        self.missing = np.array([max(0, self.width - 1 - len(z)) for z in zs])
        front = np.zeros(self.width)
        self.recent = np.stack([np.append(front, z)[-self.width :] for z in zs])
        self.sums = np.stack([self._sums(z) for z in zs])
        self.mean, self.variance = _moments(self.sums)

    def _sums(self, z):
        """Sum up what a series has beyond its moving average: (sp, 4)."""
        sums = np.zeros((self.sp, len(DECAYS)))
        half = self.width // 2
        if len(z) < self.width:
            return sums
        excess = z[half : len(z) - half] - np.convolve(z, self.weights, "valid")
        place = np.arange(len(excess))
        age = (len(excess) - 1 - place) // self.sp
        one = np.ones(len(excess))
        for k, value in enumerate((excess, excess**2, one, one)):
            faded = DECAYS[k] ** age * value
            sums[:, k] = np.bincount(place % self.sp, faded, self.sp)
        return sums

    def first_year(self, row, raw):
        """Complete `raw` of a series too short for seasons: there will be some."""
        raw = raw.copy()
        n = self.count[row]
        if 0 < n < self.sp:
            raw[len(raw) - n :] = self.mean[row, :n]
        return raw

    def append(self, z):
        """Add a value to every series.

        Returns
        -------
        raw, center, strength, index : ndarray of shape (S,)
            As `seasonal_indices`, and the index of the value itself.
        """
        raw = self._learn(z)
        center = self.mean @ self.even
        strength = self._strength(center)
        # The phase of the new value was last updated before the one of its average.
        own = (self.count - 1 + self.sp // 2) % self.sp
        return raw, center, strength, strength * (self.mean[self.rows, own] - center)

    def _learn(self, z):
        """Update the phase whose moving average is complete now."""
        self.recent[:, :-1] = self.recent[:, 1:]
        self.recent[:, -1] = z
        complete = self.missing == 0
        self.missing = np.maximum(self.missing - 1, 0)
        excess = self.recent[:, self.width // 2] - self.recent @ self.weights
        at = self.rows, self.count % self.sp
        new = np.ones((len(z), len(DECAYS)))
        new[:, 0] = excess
        new[:, 1] = excess * excess
        new *= complete[:, None]
        new += self.sums[at] * DECAYS
        self.sums[at] = new
        self.count = self.count + complete
        mean, self.variance[at] = _moments(new)
        self.mean[at] = mean
        return mean

    def _strength(self, center):
        """Shrink by how much of the spread between phases is not noise."""
        between = (self.mean * self.mean) @ self.even - center * center
        between = np.maximum(between * (self.sp / (self.sp - 1)), 1e-300)
        shrunk = np.maximum(0, 1 - self.variance @ self.even / between)
        known = np.where(self.count < 2 * self.sp, 0.5, shrunk)
        return np.where(self.count < self.sp, 0.0, known)


def _moments(sums):
    """Weighted mean, and the variance of that mean, from sums (..., 4)."""
    weight, weight2 = np.maximum(sums[..., 2], 1), np.maximum(sums[..., 3], 1)
    mean = sums[..., 0] / weight
    spread = np.maximum(sums[..., 1] / weight - mean * mean, 0)
    return mean, spread / np.maximum(weight * weight / weight2 - 1, 1e-12)
