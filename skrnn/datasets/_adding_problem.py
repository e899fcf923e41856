"""The adding problem."""

import numpy as np
from sklearn.utils import check_random_state

from ._parameters import check_integer


def make_adding_problem(n_samples, n_timesteps=100, *, random_state=None):
    """Sequences of random numbers, two of which are marked: the target is their sum.

    To solve it, a network must keep two numbers, the first of them over many steps of
    noise. Without any memory, the best answer is the mean, 1.0, whose mean squared
    error is the variance of the target, 1/6.

    Parameters
    ----------
    n_samples : int
        Number of sequences.

    n_timesteps : int, default=100
        Length of a sequence, at least 2.

    random_state : int, RandomState instance or None, default=None
        Determines the random numbers. Pass an int for the same ones at every call.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps, 2)
        The first feature is a number, uniform in [0, 1). The second is 1 at one step
        of the first half and at one step of the second half, and 0 elsewhere.

    y : ndarray of shape (n_samples,)
        Sum of the two marked numbers.

    Notes
    -----
    The problem comes from [1]_. There the numbers lie in [-1, 1], the markers in the
    first half, and the length varies. This is the form that later work compares on,
    with numbers in [0, 1] and a marker in each half [2]_.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber (1997). "Long Short-Term Memory". Neural
       Computation 9(8), 1735-1780, section 5.4.
    .. [2] M. Arjovsky, A. Shah and Y. Bengio (2016). "Unitary Evolution Recurrent
       Neural Networks". Proceedings of the 33rd International Conference on Machine
       Learning, 1120-1128.

    Examples
    --------
    >>> from skrnn.datasets import make_adding_problem
    >>> X, y = make_adding_problem(1000, n_timesteps=50, random_state=0)
    >>> X.shape, y.shape
    ((1000, 50, 2), (1000,))
    >>> bool(X[0, X[0, :, 1] == 1, 0].sum() == y[0])
    True
    """
    check_integer(n_samples, "n_samples", min_val=1)
    check_integer(n_timesteps, "n_timesteps", min_val=2)
    rng = check_random_state(random_state)
    samples = np.arange(n_samples)
    half = n_timesteps // 2
    values = rng.uniform(size=(n_samples, n_timesteps))
    first = rng.randint(half, size=n_samples)
    second = rng.randint(half, n_timesteps, size=n_samples)
    markers = np.zeros_like(values)
    markers[samples, first] = 1
    markers[samples, second] = 1
    X = np.stack([values, markers], axis=2)
    return X, values[samples, first] + values[samples, second]
