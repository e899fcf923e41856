"""What stands before and after the recurrent layers: inputs, and the dense head."""

from skrnn.engine._recurrence import flatten


def time_first(ops, mask):
    return None if mask is None else ops.transpose(mask)[None, :, :, None]


def enter(ops, architecture, weights, x):
    """Bring the input to (M or 1, T, B, F)."""
    if architecture.embedded:
        return ops.embed(weights["embedding"], x)
    if architecture.structure == "vec2seq":
        rows, width = x.shape
        shape = (1, architecture.n_steps_out, rows, width)
        return ops.broadcast_to(x[None, None], shape)
    return ops.transpose(x, (1, 0, 2))[None]


def features(ops, architecture, current, below, hidden):
    """Pick what the head sees: every step, or the state after the last."""
    if architecture.structure != "seq2vec":
        return current
    last = hidden[-architecture.directions :]
    top = last[0] if len(last) == 1 else ops.concat(last)
    if architecture.adds_input(len(architecture.units) - 1):
        n = architecture.units[-1]
        ends = [below[:, -1, :, :n], below[:, 0, :, n:]][: architecture.directions]
        top = top + (ends[0] if len(ends) == 1 else ops.concat(ends))
    return top


def head(ops, architecture, weights, top, first):
    kernel, bias = weights["head/kernel"], weights["head/bias"]
    if architecture.structure == "seq2vec":
        return ops.matmul(top, kernel) + bias[:, None]
    members, steps, rows, _ = top.shape
    out = ops.matmul(flatten(ops, top), kernel) + bias[:, None]
    if architecture.skip:
        out = out + ops.matmul(flatten(ops, first), weights["skip/kernel"])
    return ops.reshape(out, (members, steps, rows, out.shape[-1]))
