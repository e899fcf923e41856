"""How much memory networks with an output for each step of a horizon take.

Their weights from the inputs to the outputs grow with the square of the horizon where
each step has a season among the inputs. All follows from shapes, before an array is
made.
"""

import os
import warnings

import numpy as np

from skrnn.engine._architecture import Architecture, n_parameters
from skrnn.engine._program import is_single
from skrnn.forecasting import _parameters
from skrnn.forecasting._habits import HABITS, kind_of, row_length
from skrnn.forecasting._moments import Layout
from skrnn.forecasting._rows import cut_rows

# Arrays as large as the weights, as the inputs, as the targets, and as the outputs of
# all networks, that a training step holds at its peak (measured).
OF_WEIGHTS, OF_INPUTS, OF_TARGETS, OF_OUTPUTS = 14, 4, 5, 3
# Numbers that a panel keeps for each time.
OF_TIMES = 14
LARGE = 2 * 10**9
# Taken for that of the machine where the system does not tell.
USUAL_MACHINE = 16 * 10**9


def direct_bytes(sizes, layout, n_exogenous, network, n_networks, n_levels, batch_size):
    """Estimate the peak of memory of a fit, in bytes.

    Parameters
    ----------
    sizes : int array of shape (n_series,)
    layout : Layout
    n_exogenous : int
    network : dict
        Fields of the Architecture, as for `_fitting.fit`.
    n_networks, n_levels, batch_size : int

    Returns
    -------
    float
    """
    kind = kind_of(len(sizes))
    if network["units"] == "auto":
        network = {**network, "units": HABITS[kind]["units"]}
    architecture = Architecture(
        n_inputs=layout.n_inputs(n_exogenous),
        n_outputs=layout.horizon * n_levels,
        structure="seq2seq",
        skip=True,
        **network,
    )
    length = row_length(sizes, kind)
    n_rows = min(batch_size, len(cut_rows(sizes, length)[0]))
    item = 4 if is_single(architecture, n_networks, n_rows) else 8
    places = float(n_rows * length)
    outputs = places * architecture.n_outputs
    weights = float(n_networks * n_parameters(architecture))
    padded = sizes.sum() + len(sizes) * float(layout.window + layout.horizon)
    return (
        item * (OF_WEIGHTS * weights + OF_OUTPUTS * n_networks * outputs)
        + 8 * (OF_INPUTS * places * architecture.n_inputs + OF_TARGETS * outputs)
        + 8 * OF_TIMES * padded
    )


def require_memory(forecaster, cell, history, window, horizon, sp):
    """Refuse horizons that this machine has no memory for, and warn of large ones.

    Raises
    ------
    ValueError
        If networks and batches would not fit into the machine's memory.
    """
    sizes = np.array([len(y) for y in history.series])
    known = history.exogenous
    needed = direct_bytes(
        sizes,
        Layout(window, horizon, sp),
        0 if known is None else known[0].shape[1],
        _parameters.network_of(forecaster, cell),
        forecaster.n_estimators,
        # Huber's parameter is one number, too: there is one output for a step
        max(1, len(_parameters.loss_of(forecaster).parameter)),
        forecaster.batch_size,
    )
    if needed < LARGE:
        return
    available = machine_bytes()
    message = (
        f"fh reaches {horizon} steps ahead: with strategy='direct', which has an "
        f"output for each step, that takes about {needed / 1e9:.1f} GB of memory. Set "
        f"strategy='recursive', whose memory does not grow with fh, or lower "
        f"'n_estimators' (it is {forecaster.n_estimators})."
    )
    if needed > available:
        raise ValueError(f"{message} This machine has {available / 1e9:.1f} GB.")
    warnings.warn(message, UserWarning, stacklevel=2)


def machine_bytes():
    """Tell the memory of this machine."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # no POSIX system
        return USUAL_MACHINE
