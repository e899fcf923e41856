"""The temporal order problem."""

import numpy as np
from sklearn.utils import check_random_state

from ._parameters import check_integer

SYMBOLS = ("E", "B", "a", "b", "c", "d", "X", "Y")
START, END, FIRST_NOISE, FIRST_RELEVANT = 0, 1, 2, 6


def make_temporal_order(n_samples, n_timesteps=100, *, random_state=None):
    """Sequences of symbols, two of which count: the class is their order.

    This is experiment 6a of [1]_. A sequence starts with the symbol E, ends with B, and
    is filled with symbols drawn from a, b, c and d. At two steps, one near a tenth and
    one in the middle of the sequence, stands an X or a Y: which of them comes first and
    which second is the class.

    Parameters
    ----------
    n_samples : int
        Number of sequences.

    n_timesteps : int, default=100
        Length of a sequence, at least 10.

    random_state : int, RandomState instance or None, default=None
        Determines the sequences. Pass an int for the same ones at every call.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps, 8)
        The symbols as one-hot vectors, in the order E, B, a, b, c, d, X, Y.

    y : ndarray of int of shape (n_samples,)
        The class: 0 for X, X; 1 for X, Y; 2 for Y, X; 3 for Y, Y. In the paper these
        are Q, R, S and U.

    Notes
    -----
    The paper draws the steps of the two symbols from 10 to 20 and from 50 to 60, and
    the length from 100 to 110. Here all sequences have one length, and the steps are
    drawn from a tenth to a fifth and from a half to three fifths of it: the same steps
    for `n_timesteps=100`.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber (1997). "Long Short-Term Memory". Neural
       Computation 9(8), 1735-1780, section 5.6.

    Examples
    --------
    >>> from skrnn.datasets import make_temporal_order
    >>> X, y = make_temporal_order(200, random_state=0)
    >>> X.shape
    (200, 100, 8)
    >>> "".join("EBabcdXY"[symbol] for symbol in X[0, :21].argmax(axis=1))
    'EdbaddddbdbcadcaaacbX'
    """
    check_integer(n_samples, "n_samples", min_val=1)
    check_integer(n_timesteps, "n_timesteps", min_val=10)
    rng = check_random_state(random_state)
    samples = np.arange(n_samples)

    def random_step(start, stop):
        return rng.randint(start, stop + 1, size=n_samples)

    symbols = rng.randint(FIRST_NOISE, FIRST_RELEVANT, size=(n_samples, n_timesteps))
    relevant = rng.randint(2, size=(n_samples, 2))
    first = random_step(n_timesteps // 10, n_timesteps // 5)
    second = random_step(n_timesteps // 2, 3 * n_timesteps // 5)
    symbols[samples, first] = FIRST_RELEVANT + relevant[:, 0]
    symbols[samples, second] = FIRST_RELEVANT + relevant[:, 1]
    symbols[:, 0] = START
    symbols[:, -1] = END
    return np.eye(len(SYMBOLS))[symbols], 2 * relevant[:, 0] + relevant[:, 1]
