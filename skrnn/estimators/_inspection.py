"""Looking inside a fitted network: its states, and how gradients reach them."""

from typing import NamedTuple

import numpy as np

from skrnn.engine import _inference

from ._network import quiet_overflow, require_finite


class HiddenStates(NamedTuple):
    """The states of a layer at every time step.

    Attributes
    ----------
    h : ndarray of shape (n_samples, n_timesteps, units)
        The hidden state, which is the output of the layer.

    c : ndarray of shape (n_samples, n_timesteps, units) or None
        The cell state of an LSTM; None for other cells.
    """

    h: np.ndarray
    c: np.ndarray | None = None


def hidden_states(architecture, params, sequences):
    """List the states of every layer."""
    x, mask = sequences.take(slice(None))
    with quiet_overflow():
        layers = _inference.hidden_states(architecture, params[None], x, mask)
    require_finite([state for states in layers for state in states], "states")
    return [HiddenStates(*states) for states in layers]


def gradient_norms(recipe, params, sequences, y, counted):
    """Average the norm of the gradient with respect to h: (n_layers, T).

    Parameters
    ----------
    recipe : Recipe
    params : (P,)
    sequences : Sequences
    y : (n, K) or (n, T, K)
    counted : (n, T) of bool or None
        Steps that have a part in the loss.
    """
    x, mask = sequences.take(slice(None))
    weight = _mean_weights(y, counted)
    with quiet_overflow():
        layers = _inference.hidden_gradients(recipe, params[None], x, y, weight, mask)
        norms = [np.linalg.norm(g, axis=2).mean(axis=0) for g in layers]
    require_finite(norms, "gradients", "X or y")
    return np.stack(norms)


def _mean_weights(y, counted):
    """Weights with which a sample's loss is the mean over its steps and outputs."""
    if y.ndim == 2:
        return np.full((len(y), 1), 1 / y.shape[1])
    if counted is None:
        counted = np.ones(y.shape[:2])
    total = np.maximum(counted.sum(axis=1, keepdims=True), 1) * y.shape[2]
    return (counted / total)[:, :, None]
