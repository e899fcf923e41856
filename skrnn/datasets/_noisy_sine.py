"""A noisy sine."""

import numpy as np
from sklearn.utils import check_random_state

from ._parameters import check_integer, check_number


def make_noisy_sine(n_timesteps=1000, *, period=25.0, noise=0.1, random_state=None):
    """A sine of amplitude 1 with normal noise: a series whose best forecast is known.

    No forecast has a mean squared error below ``noise ** 2`` in the long run.

    Parameters
    ----------
    n_timesteps : int, default=1000
        Length of the series.

    period : float, default=25.0
        Number of time steps of one oscillation, more than 0.

    noise : float, default=0.1
        Standard deviation of the noise.

    random_state : int, RandomState instance or None, default=None
        Determines the noise. Pass an int for the same one at every call.

    Returns
    -------
    y : ndarray of shape (n_timesteps,)
        The series, ``sin(2 * pi * t / period)`` at time step ``t``, plus noise.

    Raises
    ------
    ValueError
        If a parameter is out of its range or not finite.
    TypeError
        If a parameter is no number, or `n_timesteps` no integer.

    Examples
    --------
    >>> from skrnn.datasets import make_noisy_sine
    >>> make_noisy_sine(5, period=4, noise=0).round(2) + 0.0
    array([ 0.,  1.,  0., -1.,  0.])
    """
    check_integer(n_timesteps, "n_timesteps", min_val=1)
    check_number(period, "period", min_val=0, include_boundaries="neither")
    check_number(noise, "noise", min_val=0)
    rng = check_random_state(random_state)
    clean = np.sin(2 * np.pi * np.arange(n_timesteps) / period)
    return clean + noise * rng.standard_normal(n_timesteps)
