"""From parameters of an estimator to a network, and from its weights to outputs."""

import numpy as np

from skrnn._sklearn import Integral, Interval
from skrnn.engine._architecture import Architecture, layout
from skrnn.engine._inference import predict
from skrnn.engine._optimizers import Optimizer
from skrnn.engine._step import Recipe

# Rows of which padding is filled in at once, to predict from windows in little memory.
BLOCK = 8192
WIDTH = Interval(Integral, 1, None, closed="left")


def make_architecture(estimator, sequences, y):
    """Describe the network that an estimator's parameters and the data ask for."""
    embedded = estimator.vocabulary_size is not None
    structure = estimator.structure
    if embedded and structure == "vec2seq":
        raise ValueError(
            f"structure='vec2seq' makes sequences of vectors and has no use for "
            f"tokens, got vocabulary_size={estimator.vocabulary_size!r}. Leave it out."
        )
    return Architecture(
        cell=estimator.cell,
        units=_check_units(estimator),
        n_inputs=1 if embedded else sequences.values.shape[-1],
        n_outputs=y.shape[-1],
        structure=structure,
        n_steps_out=y.shape[1] if structure == "vec2seq" else None,
        activation=estimator.activation,
        bidirectional=bool(estimator.bidirectional),
        residual=bool(estimator.residual),
        vocabulary_size=int(estimator.vocabulary_size) if embedded else None,
        embedding_size=int(estimator.embedding_size) if embedded else None,
    )


def _check_units(estimator):
    units = estimator.units
    layers = tuple(units) if isinstance(units, tuple | list) else (units,)
    whole = all(WIDTH.is_satisfied_by(n) for n in layers)
    if not layers or not whole:
        raise ValueError(
            f"The 'units' parameter of {type(estimator).__name__} must be an int in "
            f"the range [1, inf) or a non-empty tuple of such. Got {units!r} instead."
        )
    return tuple(int(n) for n in layers)


def require_same_network(fitted, wanted):
    """Refuse to go on with another network, and say what differs."""
    changed = [n for n in vars(fitted) if getattr(fitted, n) != getattr(wanted, n)]
    if changed:
        was, now = (
            ", ".join(f"{name}={getattr(network, name)!r}" for name in changed)
            for network in (fitted, wanted)
        )
        raise ValueError(
            f"Training can only go on with the network that was fitted, with {was}, "
            f"but the parameters and the data now ask for {now}. Call fit with "
            f"warm_start=False to start anew."
        )


def make_recipe(estimator, architecture):
    """Say what a training step of an estimator computes."""
    optimizer = Optimizer(estimator.optimizer, float(estimator.momentum))
    return Recipe(architecture, estimator._engine_loss(), optimizer)


def join(weights):
    """Join a list of weights to parameters: (P,)."""
    return np.concatenate([w.ravel() for w in weights])


def separate(architecture, params, level):
    """Cut parameters (P,) into a list of weights, in Keras's order.

    The last of them, the bias of the head, gets the level (K,) that training left out.
    """
    *weights, bias = [
        params[p.start : p.stop].reshape(p.shape).copy() for p in layout(architecture)
    ]
    return [*weights, bias + level]


def network_outputs(architecture, params, sequences):
    """Compute outputs: (n, K), or (n, T, K) for sequences."""
    with quiet_overflow():
        parts = [
            predict(architecture, params[None], x, mask)[0]
            for x, mask in sequences.blocks(BLOCK)
        ]
    outputs = parts[0] if len(parts) == 1 else np.concatenate(parts)
    require_finite([outputs], "outputs")
    return outputs


def quiet_overflow():
    """Let numbers become infinite without a warning: `require_finite` finds them."""
    return np.errstate(over="ignore", invalid="ignore")


def require_finite(arrays, what, inputs="X"):
    """Refuse what a network computes of values that are too large for it."""
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError(
            f"The values in {inputs} are too large for the network, its {what} are not "
            f"finite. Scale the data, for instance with StandardScaler."
        )
