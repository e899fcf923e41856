"""The linear effect of exogenous variables: removed before the networks, added after.

What exogenous variables say about the same time is the easier part to learn, and the
same at every step of the horizon. A ridge regression of first differences, which need
no trend and no level, finds it from few values; the networks see the rest, and the
variables themselves. The penalty is chosen by generalised cross-validation, and may be
infinite.

References
----------
.. [1] Golub, G. H., Heath, M. & Wahba, G. (1979). Generalized cross-validation as a
       method for choosing a good ridge parameter. Technometrics, 21(2).
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

PENALTIES = np.append(10.0 ** np.arange(-6, 3), np.inf)
MIN_DIFFERENCES = 8


class Basis(NamedTuple):
    """How the effect acts on a series, as it was when first seen.

    scale : mean absolute value
    multiplicative : whether the effect multiplies, so that what is positive stays so
    floor : 0 where no value was below it, else minus infinity
    """

    scale: float
    multiplicative: bool
    floor: float


def basis_of(y, log):
    """Find the basis of a series; `log` is the forecaster's parameter."""
    known = y[np.isfinite(y)]
    scale = float(np.abs(known).mean()) if len(known) else 1.0
    multiplicative = log is not False and bool((known > 0).all())
    return Basis(scale or 1.0, multiplicative, 0.0 if (known >= 0).all() else -np.inf)


def fit_effect(history, log):
    """Estimate the coefficients, the same for all series: (n_exogenous,)."""
    targets, inputs = [], []
    for y, x in zip(history.series, history.known(0), strict=True):
        basis = basis_of(y, log)
        change = np.diff(np.log(y) if basis.multiplicative else y / basis.scale)
        known = np.isfinite(change)
        if known.any() and change[known].std() > 0:
            weight = 1 / change[known].std()
            targets.append((change[known] - change[known].mean()) * weight)
            moves = np.diff(x, axis=0)[known]
            inputs.append((moves - moves.mean(axis=0)) * weight)
    if sum(map(len, targets)) < MIN_DIFFERENCES:
        return np.zeros(history.exogenous[0].shape[1])
    return _ridge(np.concatenate(inputs), np.concatenate(targets))


def _ridge(x, y):
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    s = np.where(s > 1e-9 * s.max(initial=1e-300), s, 0.0)
    if not s.any():
        return np.zeros(x.shape[1])
    part = u.T @ y
    penalties = PENALTIES * s.max() ** 2
    kept = s**2 / (s**2 + penalties[:, None])
    error = y @ y - (part**2 * (1 - (1 - kept) ** 2)).sum(axis=1)
    freedom = np.maximum(len(y) - 1 - kept.sum(axis=1), 1e-9)
    best = kept[np.argmin(np.maximum(error, 0) / freedom**2)]
    return vt.T @ (best * part / np.where(s > 0, s, 1.0))


def remove_effect(history, coefficients, log, bases):
    """Give the history as it would be if all exogenous variables had their means.

    Parameters
    ----------
    history : History
    coefficients : ndarray of shape (n_exogenous,)
    log : bool or "auto"
    bases : dict of tuple to list of Basis
        One for each column of each instance; new instances are added.
    """
    values = []
    for key, rows, x in zip(
        history.keys, history.values, history.exogenous, strict=True
    ):
        if key not in bases:
            bases[key] = [basis_of(y, log) for y in rows.T]
        effect = x @ coefficients
        removed = [
            y * _factor(-effect) if b.multiplicative else y - b.scale * effect
            for y, b in zip(rows.T, bases[key], strict=True)
        ]
        values.append(np.stack(removed, axis=1))
    return replace(history, values=values)


def add_effect(y, x, coefficients, basis):
    """Undo `remove_effect` for forecasts of shape (n_steps, n_quantiles)."""
    effect = (x @ coefficients)[:, None]
    if basis.multiplicative:
        return y * _factor(effect)
    return np.maximum(y + basis.scale * effect, basis.floor)


def _factor(effect):
    """Give the factor of an effect on the scale of logs, never 0 or infinite."""
    return np.exp(np.clip(effect, -30, 30))
