"""Initial weights: Keras's rules, numpy's random numbers.

References
----------
.. [1] Glorot, X. & Bengio, Y. (2010). Understanding the difficulty of training deep
       feedforward neural networks. AISTATS.
.. [2] Saxe, A. M. et al. (2014). Exact solutions to the nonlinear dynamics of learning
       in deep linear neural networks. ICLR. (Orthogonal recurrent kernels.)
.. [3] Jozefowicz, R. et al. (2015). An empirical exploration of recurrent network
       architectures. ICML. (Forget-gate bias of one.)
"""

import numpy as np

from skrnn.engine._architecture import layout
from skrnn.engine._threads import one_blas_thread


@one_blas_thread
def initialize(architecture, rng, n_networks=1, *, zero_head=False):
    """Draw the parameters of independent networks.

    Parameters
    ----------
    architecture : Architecture
    rng : numpy.random.Generator
    n_networks : int
    zero_head : bool
        Start the head and the skip connection at zero, so that an untrained network
        puts out zero.

    Returns
    -------
    ndarray of shape (n_networks, n_parameters)
    """
    return np.stack(
        [_one_network(architecture, rng, zero_head) for _ in range(n_networks)]
    )


def _one_network(architecture, rng, zero_head):
    parts = []
    for p in layout(architecture):
        if zero_head and p.kind in ("head", "skip"):
            parts.append(np.zeros(p.shape))
        else:
            parts.append(DRAW[p.kind](architecture, p.shape, rng))
    return np.concatenate([a.ravel() for a in parts])


def _glorot(architecture, shape, rng):
    limit = np.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape)


def _orthogonal(architecture, shape, rng):
    rows, columns = shape
    q, r = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return q if rows >= columns else q.T


def _bias(architecture, shape, rng):
    bias = np.zeros(shape)
    if architecture.cell == "lstm":
        units = shape[0] // 4
        bias[units : 2 * units] = 1
    return bias


def _zeros(architecture, shape, rng):
    return np.zeros(shape)


def _small_uniform(architecture, shape, rng):
    return rng.uniform(-0.05, 0.05, shape)


DRAW = {
    "kernel": _glorot,
    "recurrent": _orthogonal,
    "bias": _bias,
    "head": _glorot,
    "head_bias": _zeros,
    "skip": _glorot,
    "embedding": _small_uniform,
}
