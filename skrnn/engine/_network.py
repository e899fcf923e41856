"""The whole network as two pure functions: forward, and the gradient backward.

Parameters are one flat vector per network, (M, P): optimizers, clipping and penalties
are then a handful of vector operations, and numpy's views make unpacking free.
"""

from typing import NamedTuple

from skrnn.engine import _recurrence as recurrence
from skrnn.engine._architecture import layout
from skrnn.engine._ends import enter, features, head, time_first


class Dropout(NamedTuple):
    """Dropout masks of one training step; see `dropout_shapes`."""

    inputs: tuple
    recurrent: tuple


class Forward(NamedTuple):
    """What a forward pass leaves behind."""

    outputs: object  # (M, B, K), or (M, T, B, K) for sequences
    sequences: tuple  # per layer and direction: state arrays at every step
    tape: tuple


def unpack(ops, architecture, flat):
    """Give flat parameters (M, P) as a dict of arrays (M, *shape)."""
    members = flat.shape[0]
    return {
        p.name: ops.reshape(flat[:, p.start : p.stop], (members, *p.shape))
        for p in layout(architecture)
    }


def pack(ops, architecture, arrays):
    """Give a dict of arrays (M, *shape) as flat parameters (M, P)."""
    members = arrays["head/bias"].shape[0]
    return ops.concat(
        [ops.reshape(arrays[p.name], (members, -1)) for p in layout(architecture)]
    )


def directions(architecture):
    """List (layer index, name, reverse) of every recurrent pass, first one first."""
    both = (("forward", False), ("backward", True))[: architecture.directions]
    return [(i, name, r) for i in range(len(architecture.units)) for name, r in both]


def dropout_widths(architecture):
    """List the widths (inputs, units) of the dropout masks of every recurrent pass."""
    widths = {p.name: p.shape[0] for p in layout(architecture)}
    return [
        (widths[f"layer{i}/{name}/kernel"], widths[f"layer{i}/{name}/recurrent"])
        for i, name, _ in directions(architecture)
    ]


def forward(ops, architecture, flat, x, mask=None, dropout=None):
    """Compute the outputs of M networks.

    Parameters
    ----------
    ops : module
        `_numpy_ops` or `_tensorflow_ops`.
    flat : (M, P)
        Parameters.
    x : (B, T, F), (B, F) for "vec2seq", (B, T) of int for tokens
    mask : (B, T) of bool or None
        False where a step is padding.
    dropout : Dropout or None

    Returns
    -------
    Forward
    """
    weights = unpack(ops, architecture, flat)
    first = current = enter(ops, architecture, weights, x)
    mask = time_first(ops, mask)
    ends, sequences, saved = [], [], []
    for k, (i, name, reverse) in enumerate(directions(architecture)):
        if name == "forward":
            below, parts = current, []
        end, outputs, tape = recurrence.forward(
            ops,
            layer_of(architecture, weights, i, name, reverse),
            below,
            mask,
            dropout and dropout.inputs[k],
            dropout and dropout.recurrent[k],
        )
        ends.append(end[0])
        sequences.append(outputs)
        saved.append(tape)
        parts.extend(outputs[:1])
        if len(parts) == architecture.directions:
            current = parts[0] if len(parts) == 1 else ops.concat(parts)
            if architecture.adds_input(i):
                current = current + below
    top = features(ops, architecture, current, below, ends)
    outputs = head(ops, architecture, weights, top, first)
    tape = (weights, mask, tuple(saved), top, first)
    return Forward(outputs, tuple(sequences), tape)


def layer_of(architecture, weights, i, name, reverse):
    prefix = f"layer{i}/{name}"
    return recurrence.Layer(
        architecture.cell,
        architecture.activation,
        weights[f"{prefix}/kernel"],
        weights[f"{prefix}/recurrent"],
        weights[f"{prefix}/bias"],
        reverse,
    )


def backward(ops, architecture, tape, x, dropout, doutputs, hidden=False):
    """Compute the gradient with respect to the parameters.

    Parameters
    ----------
    tape : tuple
        `Forward.tape`.
    doutputs : array of the shape of `Forward.outputs`
        Gradient of the loss with respect to the outputs.
    hidden : bool
        Whether the gradients with respect to the states are wanted.

    Returns
    -------
    gradient : (M, P)
    dhidden : list of (M, T, B, H)
        Per layer and direction, the gradient with respect to h at every step, or None
        where it was not needed.
    """
    weights, mask, saved, top, first = tape
    grads: dict = {}
    dcurrent, dends = _head_backward(ops, architecture, tape, doutputs, grads)
    dhidden = [None] * len(saved)
    passes = directions(architecture)
    dbelow = None
    for k in range(len(saved) - 1, -1, -1):
        i, name, reverse = passes[k]
        layer = layer_of(architecture, weights, i, name, reverse)
        n = architecture.units[i]
        part = slice(n, None) if reverse else slice(0, n)
        dend = _end_gradient(ops, dends, layer, doutputs, i, part, architecture)
        dx, (*parts,), dhidden[k] = recurrence.backward(
            ops,
            layer,
            saved[k],
            mask,
            dropout and dropout.inputs[k],
            dropout and dropout.recurrent[k],
            None if dcurrent is None else dcurrent[..., part],
            dend,
            hidden,
            below=i > 0 or architecture.embedded,
        )
        for leaf, gradient in zip(("kernel", "recurrent", "bias"), parts, strict=True):
            grads[f"layer{i}/{name}/{leaf}"] = gradient
        dbelow = dx if dbelow is None else dbelow + dx
        if not reverse:
            dcurrent = _pass_down(ops, architecture, i, dbelow, dcurrent, dends)
            dbelow = None
    if architecture.embedded:
        if architecture.skip:
            dcurrent = dcurrent + ops.matmul(
                doutputs, ops.swap(weights["skip/kernel"])[:, None]
            )
        grads["embedding"] = ops.embed_backward(
            dcurrent, x, architecture.vocabulary_size
        )
    return pack(ops, architecture, grads), dhidden


def _head_backward(ops, architecture, tape, doutputs, grads):
    """Return the gradient with respect to every step, or to the last state only."""
    weights, _, _, top, first = tape
    sequence = architecture.structure != "seq2vec"
    dout = recurrence.flatten(ops, doutputs) if sequence else doutputs
    features = recurrence.flatten(ops, top) if sequence else top
    grads["head/kernel"] = ops.matmul_transposed(features, dout)
    grads["head/bias"] = ops.total(dout, axis=1)
    if architecture.skip:
        inputs = recurrence.flatten(ops, first)
        grads["skip/kernel"] = ops.matmul_transposed(inputs, dout)
    dtop = ops.matmul(dout, ops.swap(weights["head/kernel"]))
    if not sequence:
        return None, dtop
    members, steps, rows, _ = doutputs.shape
    return ops.reshape(dtop, (members, steps, rows, dtop.shape[-1])), None


def _end_gradient(ops, dends, layer, doutputs, i, part, architecture):
    """Gradient with respect to the state after the last step of a pass."""
    members, rows = layer.kernel.shape[0], doutputs.shape[-2]
    zero = ops.zeros((members, rows, architecture.units[i]), doutputs)
    rest = (zero,) * (recurrence.CELLS[layer.cell].n_states - 1)
    last = i == len(architecture.units) - 1
    return (dends[..., part] if last and dends is not None else zero, *rest)


def _pass_down(ops, architecture, i, dbelow, dcurrent, dends):
    """Gradient with respect to a layer's input, residual connection included."""
    if not architecture.adds_input(i):
        return dbelow
    if dcurrent is not None:
        return dbelow + dcurrent
    n = architecture.units[i]
    zero = dbelow[:, 1:] * 0
    forward_end = ops.concat([zero[..., :n], dends[:, None, :, :n]], axis=1)
    if not architecture.bidirectional:
        return dbelow + forward_end
    backward_end = ops.concat([dends[:, None, :, n:], zero[..., n:]], axis=1)
    return dbelow + ops.concat([forward_end, backward_end])
