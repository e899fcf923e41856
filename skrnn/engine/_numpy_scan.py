"""Go through the steps of sequences, on numpy."""

from itertools import repeat

import numpy as np


def scan(step, inputs, reverse=False):
    """Go along the time axis (axis 1) of `inputs`.

    Parameters
    ----------
    step : callable
        ``step(before, inputs_t) -> outputs_t``, all tuples of arrays; `before` is what
        the step before gave, or None at the first one. The first output has the shape
        of the first input, which a step may overwrite.
    inputs : tuple of (M, T, ...) arrays or None
        The first output is put in the place of the first one.
    reverse : bool
        Run from the last step to the first; outputs keep the place of their inputs.

    Returns
    -------
    outputs : tuple of (M, T, ...) arrays
    """
    outputs, made = _Outputs(inputs, inputs[0]), None
    for t, given in zip(*outputs.places(inputs, reverse=reverse), strict=False):
        made = step(made, given)
        outputs.write(t, made, given[0])
    return tuple(outputs.arrays)


def relay(arrive, leave, state, own, coming, mask, reverse=False):
    """Carry `state` along the time axis: arrive at each step, and leave it.

    Parameters
    ----------
    arrive : callable
        ``arrive(state, coming_t) -> (state, found_t)``, all tuples of arrays.
    leave : callable
        ``leave(state, own_t, mask_t) -> (state, left_t)``.
    state : tuple of arrays
    own, coming : tuple of (M, T, ...) arrays or None
    mask : (M, T, ...) or None
    reverse : bool
        Run from the last step to the first; outputs keep the place of their inputs.

    Returns
    -------
    outputs : tuple of (M, T, ...) arrays
        Of what was left, and then of what was found. The first one may be in the place
        of the first of `own` and `coming`, which must have its shape.
    """
    outputs = _Outputs(own + coming, (own + coming)[0])
    for t, own_t, coming_t, (mask_t,) in zip(
        *outputs.places(own, coming, (mask,), reverse=reverse), strict=False
    ):
        state, found = arrive(state, coming_t)
        state, left = leave(state, own_t, mask_t)
        outputs.write(t, left + found, own_t[0] if own_t else coming_t[0])
    return tuple(outputs.arrays)


class _Outputs:
    """Arrays (M, T, ...) that are filled step by step.

    Parameters
    ----------
    inputs : tuple of (M, T, ...) arrays or None
    place : (M, T, ...) or None
        The input in whose place the first output is put.
    """

    def __init__(self, inputs, place):
        self.length = next(a.shape[1] for a in inputs if a is not None)
        self.place = place
        self.arrays: list[np.ndarray] = []

    def places(self, *groups, reverse):
        """Give the times in order, and for each group what belongs to them."""
        order = slice(None, None, -1 if reverse else 1)
        # To go through arrays is faster than to take their slices.
        return range(self.length)[order], *(
            zip(
                *(
                    repeat(None) if a is None else a[:, order].swapaxes(0, 1)
                    for a in group
                ),
                strict=False,
            )
            if any(a is not None for a in group)
            else repeat((None,) * len(group))
            for group in groups
        )

    def write(self, t, made, given):
        """Keep what was made at a time; `given` is what stands at the place."""
        if not self.arrays:
            first = [] if self.place is None else [self.place]
            self.arrays = first + [
                np.empty((a.shape[0], self.length, *a.shape[1:]), a.dtype)
                for a in made[len(first) :]
            ]
        for array, a in zip(self.arrays, made, strict=True):
            if a is not given or array is not self.place:
                array[:, t] = a
