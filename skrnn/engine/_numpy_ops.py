"""The array operations of the network, on numpy.

`_tensorflow_ops` has the same names; everything else the networks need is Python's
operators and slices, which both understand. What is called "over" may put its result in
the place of its first argument, as ``+=`` does.
"""

import numpy as np

# Whether "over" really overwrites.
IN_PLACE = True

tanh = np.tanh
exp = np.exp
log = np.log
log1p = np.log1p
sqrt = np.sqrt
where = np.where
maximum = np.maximum
minimum = np.minimum
sign = np.sign
absolute = np.abs
swap = np.matrix_transpose
reshape = np.reshape
transpose = np.transpose
broadcast_to = np.broadcast_to


def concat(arrays, axis=-1):
    """Join arrays along an axis."""
    return np.concatenate(arrays, axis=axis)


def total(array, axis, keepdims=False):
    """Sum over the given axes."""
    return np.sum(array, axis=axis, keepdims=keepdims)


def largest(array):
    """Maximum over the last axis, which is kept."""
    return np.max(array, axis=-1, keepdims=True)


def constant(values, like):
    """An array of Python numbers, of the dtype of `like`."""
    return np.asarray(values, dtype=like.dtype)


def zeros(shape, like):
    """Zeros of the dtype of `like`."""
    return np.zeros(shape, dtype=like.dtype)


def ones(shape, like):
    """Ones of the dtype of `like`."""
    return np.ones(shape, dtype=like.dtype)


def matmul(a, b):
    """Multiply matrices; numpy hands products over one number to a slow loop."""
    return a * b if a.shape[-1] == 1 else np.matmul(a, b)


def affine(a, kernel, bias):
    """Compute ``a @ kernel + bias`` as one product: (M, N, F), (M, F, K), (M, 1, K)."""
    ones = np.ones((*a.shape[:-1], 1), a.dtype)
    return np.matmul(concat([a, ones]), concat([kernel, bias], axis=1))


def matmul_transposed(a, b):
    """Multiply the transpose of `a` by `b`."""
    return np.matmul(np.matrix_transpose(a), b)


def tanh_over(z):
    """Compute tanh in the place of `z`."""
    return np.tanh(z, out=z)


def relu_over(z):
    """Replace what is below zero in `z`."""
    return np.maximum(z, 0, out=z)


def scaled_tanh_over(z, scale, shift):
    """Compute ``scale * tanh(z) + shift`` in the place of `z`."""
    np.tanh(z, out=z)
    z *= scale
    z += shift
    return z


def rejoin(whole, *parts):
    """Join parts of `whole` that were overwritten where they are."""
    return whole


def embed(table, tokens):
    """Look up rows: (M, V, D), (B, T) -> (M, T, B, D)."""
    return table[:, tokens.T]


def embed_backward(gradient, tokens, vocabulary_size):
    """Add up (M, T, B, D) gradients of looked-up rows into (M, V, D)."""
    table = np.zeros(
        (gradient.shape[0], vocabulary_size, gradient.shape[-1]), gradient.dtype
    )
    for member, rows in zip(table, gradient, strict=True):
        np.add.at(member, tokens.T, rows)
    return table


def scan(step, state, inputs, reverse=False, overwrite=False):
    """Carry `state` along the time axis (axis 1) of `inputs`.

    Parameters
    ----------
    step : callable
        ``step(state, inputs_t) -> (state, outputs_t)``, all tuples of arrays.
    state : tuple of arrays
    inputs : tuple of (M, T, ...) arrays or None
    reverse : bool
        Run from the last step to the first; outputs keep the place of their inputs.
    overwrite : bool
        Put the first output in the place of the first input, which has its shape and
        is not needed any more. A step may overwrite its first input in any case.

    Returns
    -------
    state : tuple of arrays
    outputs : tuple of (M, T, ...) arrays
    """
    length = next(a.shape[1] for a in inputs if a is not None)
    buffers = None
    for t in range(length - 1, -1, -1) if reverse else range(length):
        given = [None if a is None else a[:, t] for a in inputs]
        state, outputs = step(state, given)
        if buffers is None:
            first = inputs[:1] if overwrite else ()
            buffers = first + tuple(
                np.empty((a.shape[0], length, *a.shape[1:]), a.dtype)
                for a in outputs[len(first) :]
            )
        for buffer, output in zip(buffers, outputs, strict=True):
            if output is not given[0] or buffer is not inputs[0]:
                buffer[:, t] = output
    return state, buffers
