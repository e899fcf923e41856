"""One recurrent layer over time: the cell unrolled forward, and backward.

Arrays are (M, T, B, F): M networks side by side (or 1, shared by all), T steps, B rows.
"""

from typing import NamedTuple

from skrnn.engine._cells import CELLS


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


def forward(ops, layer, x, mask, drop_x, drop_h, state=None, keep="all"):
    """Run a layer over a sequence.

    Parameters
    ----------
    x : (M, T, B, F)
    mask : (1, T, B, 1) of bool or None
        False where a step is padding: the state is carried over it.
    drop_x, drop_h : (M, B, F), (M, B, H) or None
        Dropout masks of the input and of the recurrent state, one for all steps.
    state : tuple of (M, B, H) or None
        Where to start from; zeros by default.
    keep : {"all", "outputs", "end"}
        What to collect at every step: all that `backward` needs, the state h that the
        next layer sees, or nothing.

    Returns
    -------
    state : tuple of (M, B, H)
        After the last step.
    outputs : tuple of (M, T, B, H)
        The states at every step.
    saved : tuple
        For `backward`.
    """
    cell = CELLS[layer.cell]
    if drop_x is not None:
        x = x * drop_x[:, None]
    xz = project(ops, layer, x)
    if state is None:
        shape = (xz.shape[0], xz.shape[2], layer.recurrent.shape[1])
        state = (ops.zeros(shape, xz),) * cell.n_states

    def step(state, inputs):
        xz_t, mask_t = inputs
        new, saved = cell.step(
            ops, layer.activation, layer.recurrent, layer.bias, drop_h, state, xz_t
        )
        if mask_t is not None:
            new = tuple(
                ops.where(mask_t, a, b) for a, b in zip(new, state, strict=True)
            )
        return new, {"all": new + saved, "outputs": new[:1], "end": ()}[keep]

    state, collected = ops.scan(step, state, (xz, mask), layer.reverse)
    return state, collected[: cell.n_states], (x, collected[cell.n_states :])


def project(ops, layer, x):
    """Multiply all steps by the kernel at once: (M, T, B, F) -> (M, T, B, G H)."""
    _, steps, rows, _ = x.shape
    members, _, columns = layer.kernel.shape
    bias = layer.bias[:, :1] if layer.cell == "gru" else layer.bias[:, None]
    xz = ops.matmul(flatten(ops, x), layer.kernel) + bias
    return ops.reshape(xz, (members, steps, rows, columns))


def backward(ops, layer, saved, mask, drop_x, drop_h, doutputs, dstate):
    """Run a layer's gradient back through time.

    Parameters
    ----------
    saved : tuple
        From `forward`.
    doutputs : (M, T, B, H) or None
        Gradient with respect to h at every step, from above.
    dstate : tuple of (M, B, H)
        Gradient with respect to the state after the last step.

    Returns
    -------
    dx : (M, T, B, F)
    gradients : (dkernel, drecurrent, dbias)
    dh : (M, T, B, H)
        The whole gradient with respect to h at every step, through all later steps.
    """
    cell = CELLS[layer.cell]
    x, tape = saved
    recurrent_t = ops.swap(layer.recurrent)

    def step(dstate, inputs):
        doutput, mask_t, *tape_t = inputs
        if doutput is not None:
            dstate = (dstate[0] + doutput, *dstate[1:])
        dh = dstate[0]
        new, dz = cell.step_backward(
            ops, layer.activation, recurrent_t, drop_h, dstate, tape_t
        )
        if mask_t is not None:
            new = tuple(
                ops.where(mask_t, a, b) for a, b in zip(new, dstate, strict=True)
            )
            dz = tuple(ops.where(mask_t, a, a * 0) for a in dz)
        return new, (*dz, dh)

    _, (*dz, dh) = ops.scan(
        step, dstate, (doutputs, mask, *tape), reverse=not layer.reverse
    )
    dx, gradients = _weight_gradients(ops, layer, x, tape[0], dz)
    if drop_x is not None:
        dx = dx * drop_x[:, None]
    return dx, gradients, dh


def _weight_gradients(ops, layer, x, h, dz):
    """Turn the gradients of all steps' pre-activations into those of the weights."""
    dxz, dhz = flatten(ops, dz[0]), flatten(ops, dz[-1])
    dkernel = ops.matmul(ops.swap(flatten(ops, x)), dxz)
    drecurrent = ops.matmul(ops.swap(flatten(ops, h)), dhz)
    dbias = ops.total(dxz, axis=1)
    if layer.cell == "gru":
        dbias = ops.concat([dbias[:, None], ops.total(dhz, axis=1)[:, None]], axis=1)
    dx = ops.matmul(dxz, ops.swap(layer.kernel))
    return ops.reshape(dx, (dx.shape[0], *x.shape[1:])), (dkernel, drecurrent, dbias)
