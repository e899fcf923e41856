"""Go through the steps of sequences, on numpy."""

from itertools import chain, repeat

import numpy as np


def scan(step, state, inputs, reverse=False, overwrite=False, ahead=()):
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
    ahead : tuple of (M, T, ...) arrays or None
        Further inputs, of which a step gets what belongs to the one after it, and the
        last one anything.

    Returns
    -------
    state : tuple of arrays
    outputs : tuple of (M, T, ...) arrays
    """
    length = next(a.shape[1] for a in inputs + ahead if a is not None)
    order = slice(None, None, -1 if reverse else 1)
    # To go through arrays is faster than to take their slices.
    now, later = (
        [None if a is None else a[:, order].swapaxes(0, 1) for a in arrays]
        for arrays in (inputs, ahead)
    )
    steps = zip(
        *(repeat(None) if a is None else a for a in now),
        *(repeat(None) if a is None else chain(a[1:], a[-1:]) for a in later),
        strict=False,
    )
    buffers = None
    for t, given in zip(range(length)[order], steps, strict=False):
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
