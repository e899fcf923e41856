"""One recurrent layer over time: the cell unrolled forward, and backward.

Arrays are (M, T, B, F): M networks side by side (or 1, shared by all), T steps, B rows.
Inside of `forward` and `backward`, and in what one saves for the other, the last two
axes stand as the namespace of operations wants them.
"""

from typing import NamedTuple

from skrnn.engine._cells import CELLS, gate_scales


class Layer(NamedTuple):
    """The weights of one direction of a recurrent layer, and how to run it."""

    cell: str
    activation: str
    kernel: object
    recurrent: object
    bias: object
    reverse: bool


def flatten(ops, array):
    """(M, T, B, F) -> (M, T * B, F)."""
    members, steps, rows, width = array.shape
    return ops.reshape(array, (members, steps * rows, width))


def forward(ops, layer, x, mask, drop_x, drop_h):
    """Run a layer over a sequence.

    Parameters
    ----------
    x : (M, T, B, F)
    mask : (1, T, B, 1) of bool or None
        False where a step is padding: the state is carried over it.
    drop_x, drop_h : (M, B, F), (M, B, H) or None
        Dropout masks of the input and of the recurrent state, one for all steps.

    Returns
    -------
    state : tuple of (M, B, H)
        After the last step.
    states : tuple of (M, T, B, H)
        After every step.
    saved : tuple
        For `backward`.
    """
    cell = CELLS[layer.cell]
    if drop_x is not None:
        x = x * drop_x[:, None]
    rows = x.shape[2]
    x, mask, drop_h = (None if a is None else ops.turn(a) for a in (x, mask, drop_h))
    layer = scaled(ops, layer)
    bias = layer.bias[:, :1] if layer.cell == "gru" else layer.bias[:, None]
    xz = ops.project(x, layer.kernel, bias)
    members, units = layer.recurrent.shape[:2]
    at_rest = (ops.zeros(ops.turned(members, rows, units), xz),) * cell.n_states
    advance = cell.step(ops, layer.activation, xz[:, 0])
    recurrent = ops.factors(layer.recurrent)
    bias_h = ops.turn(layer.bias[:, 1:]) if layer.cell == "gru" else None
    # What can be computed again, XLA need not keep.
    again = cell.outputs is not None and mask is None and not ops.KEEPS_ALL

    def step(before, inputs):
        xz_t, mask_t = inputs
        state = at_rest if before is None else _parted(ops, layer, before, again)[1]
        h = state[0] if drop_h is None else state[0] * drop_h
        is_first = before is None
        hz = ops.zeros(xz_t.shape, xz_t) if is_first else ops.times(h, recurrent)
        if bias_h is not None:
            hz += bias_h
        new, saved = advance(state, xz_t, hz)
        if mask_t is not None:
            new = carry(ops, mask_t, new, state)
        return saved + new[again:]

    kept = ops.scan(step, (xz, mask), layer.reverse)
    saved, states = _parted(ops, layer, kept, again)
    state = tuple(a[:, 0 if layer.reverse else -1] for a in states)
    return turned(ops, state), turned(ops, states), (x, saved, states)


def _parted(ops, layer, kept, again):
    """Part what a step keeps for `backward` from states, the first computed `again`."""
    cell = CELLS[layer.cell]
    n_saved = len(kept) - cell.n_states + again
    saved, states = kept[:n_saved], kept[n_saved:]
    if again:
        states = (cell.outputs(ops, layer.activation, saved, states), *states)
    return saved, states


def turned(ops, arrays):
    """Bring arrays to the order of the namespace, or back."""
    return tuple(map(ops.turn, arrays))


def carry(ops, mask, new, old):
    """Take the new states where a step is none of padding, else the old ones."""
    return tuple(ops.where(mask, a, b) for a, b in zip(new, old, strict=True))


def scaled(ops, layer):
    """Multiply the weights of a layer by the factors that its gates begin with."""
    units = layer.recurrent.shape[1]
    scale = ops.constant(gate_scales(layer.cell, layer.activation, units), layer.kernel)
    return layer._replace(
        kernel=layer.kernel * scale,
        recurrent=layer.recurrent * scale,
        bias=layer.bias * scale,
    )


def backward(ops, layer, saved, mask, drop_x, drop_h, doutputs, dstate, hidden, below):
    """Run a layer's gradient back through time.

    Parameters
    ----------
    saved : tuple
        From `forward`.
    doutputs : (M, T, B, H) or None
        Gradient with respect to h at every step, from above.
    dstate : tuple of (M, B, H)
        Gradient with respect to the state after the last step.
    hidden, below : bool
        Whether dh and dx are wanted.

    Returns
    -------
    dx : (M, T, B, F) or None
    gradients : (dkernel, drecurrent, dbias)
    dh : (M, T, B, H) or None
        The whole gradient with respect to h at every step, through all later steps.
    """
    is_gru = layer.cell == "gru"
    x, tape, states = saved
    mask, doutputs, turned_h = (
        None if a is None else ops.turn(a) for a in (mask, doutputs, drop_h)
    )
    previous = [_one_step_earlier(ops, a, layer.reverse) for a in states]
    slopes, arriving = CELLS[layer.cell].slopes(
        ops, layer.activation, tape, states, previous
    )
    if mask is not None:
        # Of the slopes, the first give dz; a masked step makes no use of the others.
        slopes = tuple(ops.where(mask, a, a * 0) for a in slopes[:1]) + slopes[1:]
        arriving = tuple(ops.where(mask, a, a * 0) for a in map(ops.now, arriving))
    dz, dh = _through_time(
        *(ops, layer, slopes, mask, turned_h, turned(ops, dstate)),
        *((*arriving, doutputs), hidden or is_gru),
    )
    before = previous[0] if turned_h is None else previous[0] * turned_h[:, None]
    dxz, gradients = dz, _weight_gradients(ops, x, before, dz)
    if is_gru:
        candidate = slopes[-1] * dh
        if mask is not None:
            candidate = ops.where(mask, candidate, candidate * 0)
        gradients = _with_candidate(ops, x, gradients, candidate)
    dh = None if dh is None else ops.turn(dh)
    if not below:
        return None, gradients, dh
    if is_gru:
        gates = ops.columns(dz, 0, 2 * candidate.shape[ops.FEATURES])
        dxz = ops.concat([gates, candidate], axis=ops.FEATURES)
    dx = ops.turn(ops.times_steps(dxz, ops.swap(layer.kernel)))
    if drop_x is not None:
        dx = dx * drop_x[:, None]
    return dx, gradients, dh


def _through_time(ops, layer, slopes, mask, drop_h, dstate, coming, hidden):
    """Carry the gradient from step to step.

    Parameters
    ----------
    slopes, coming : tuple of (M, T, ...) arrays
        What the cell needs at a step; what it needs to complete the gradient with
        respect to the state, and the gradient of the outputs, or None.

    Returns
    -------
    dz : (M, T, ...)
    dh : (M, T, ...) or None
    """
    _, _, arrive_cell, leave_cell, retreat, _, n_states = CELLS[layer.cell]
    recurrent_t = ops.factors(ops.swap(layer.recurrent))

    def arrive(dstate, inputs):
        doutput = inputs[-1]
        if doutput is not None:
            dstate = (dstate[0] + doutput, *dstate[1:])
        dstate = arrive_cell(dstate, *inputs[:-1])
        # what a cell gives beyond its states is dz already
        return dstate, dstate[n_states:] + dstate[:hidden]

    def leave(dstate, slopes_t, mask_t):
        dz = leave_cell(ops, dstate, *slopes_t)
        back = ops.times(dz, recurrent_t)
        if drop_h is not None:
            back = back * drop_h
        new = retreat(ops, dstate, back, *slopes_t)
        if mask_t is not None:
            new = carry(ops, mask_t, new, dstate[:n_states])
        return new, (dz,) if len(dstate) == n_states else ()

    dz, *dh = ops.relay(arrive, leave, dstate, slopes, coming, mask, not layer.reverse)
    return dz, dh[0] if hidden else None


def _one_step_earlier(ops, states, reverse):
    """The states that each step started from; the first one from 0."""
    first = states[:, :1] * 0
    parts = [states[:, 1:], first] if reverse else [first, states[:, :-1]]
    return ops.concat(parts, axis=1)


def _weight_gradients(ops, x, before, dz):
    """Gradients of kernel, recurrent kernel and bias, in one product."""
    joint = ops.over_steps([x, before], dz)
    n = x.shape[ops.FEATURES]
    return joint[:, :n], joint[:, n:-1], joint[:, -1]


def _with_candidate(ops, x, gradients, candidate):
    """Correct a GRU's gradients: with respect to x W, the candidate's differs."""
    kernel, recurrent, bias_h = gradients
    n_inputs, gates = x.shape[ops.FEATURES], 2 * candidate.shape[ops.FEATURES]
    own = ops.over_steps([x], candidate)
    kernel = ops.concat([kernel[..., :gates], own[:, :n_inputs]])
    bias_x = ops.concat([bias_h[:, :gates], own[:, n_inputs]])
    bias = ops.concat([bias_x[:, None], bias_h[:, None]], axis=1)
    return kernel, recurrent, bias
