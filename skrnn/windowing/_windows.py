"""Windows of a series as numpy views.

The time axis is always the first axis of what comes in, and the second of what goes
out: ``(n_timepoints, ...)`` becomes ``(n_windows, window_length, ...)``. Windows are
read-only, since one number of the series appears in many of them.
"""

from numbers import Integral

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.utils import check_array, check_scalar

from ._values import check_array_of, check_one_series


def sliding_windows(values, length, stride=1):
    """Every ``stride``-th window of ``length`` rows, as a view of `values`."""
    windows = sliding_window_view(values, length, axis=0)[::stride]
    return np.moveaxis(windows, -1, 1)


def causal_windows(values, past, window_length):
    """One window for each row of `values`, the rows of `past` standing before them.

    The first window starts at the first row of `past`, so ``window_length - 1`` rows
    of it end the first window at the first row of `values`; each row more moves all
    windows one step back in time.
    """
    rows = np.concatenate([past, values])
    return sliding_windows(rows, window_length)[: len(values)]


def make_windows(y, X=None, *, window_length, horizon=1, stride=1):
    """Cut a series into supervised pairs: a window and the values that follow it.

    Everything returned is a read-only view of the series, so that the memory needed
    does not grow with `window_length`.

    Parameters
    ----------
    y : array-like of shape (n_timepoints,) or (n_timepoints, n_outputs)
        The series, oldest value first. NaN is passed on, and stands for masked values
        of a masked array.

    X : array-like of shape (n_timepoints, n_exogenous), default=None
        Exogenous values, row by row at the time of `y`.

    window_length : int
        Number of values in a window.

    horizon : int, default=1
        Number of values to be forecast after each window.

    stride : int, default=1
        Number of time points from the start of one window to that of the next.

    Returns
    -------
    windows : ndarray of shape (n_windows, window_length, n_outputs)
        Pair ``i`` starts at time point ``s = i * stride``: its window holds
        ``y[s : s + window_length]``. ``n_outputs`` is 1 where `y` has one dimension.

    targets : ndarray of shape (n_windows, horizon) or (n_windows, horizon, n_outputs)
        ``y[s + window_length : s + window_length + horizon]``, with the dimensions
        of `y`.

    exogenous : ndarray of shape (n_windows, window_length + horizon, n_exogenous)
        The rows of `X` at the times of the window and of its targets. The first
        `window_length` stand beside the window, the last `horizon` are the future
        that must be known when forecasting. Only returned where `X` is given.

    Raises
    ------
    ValueError
        If the series is shorter than ``window_length + horizon``, if `X` and `y`
        differ in length, if one of them holds dates or times or has an index of several
        levels, or if a parameter is below 1.
    TypeError
        If a parameter is no integer.

    See Also
    --------
    SlidingWindow : Windows inside a scikit-learn pipeline, one for each row.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn.windowing import make_windows
    >>> windows, targets = make_windows(np.arange(6.0), window_length=3, horizon=2)
    >>> windows[:, :, 0]
    array([[0., 1., 2.],
           [1., 2., 3.]])
    >>> targets
    array([[3., 4.],
           [4., 5.]])

    Calendar features of the future go beside the window in the same way:

    >>> month = np.arange(6).reshape(-1, 1) % 12 + 1
    >>> *_, exogenous = make_windows(
    ...     np.arange(6.0), month, window_length=3, horizon=2
    ... )
    >>> exogenous[0, 3:, 0]
    array([4, 5])
    """
    lengths = {"window_length": window_length, "horizon": horizon, "stride": stride}
    for name, value in lengths.items():
        if isinstance(value, bool):
            raise TypeError(f"{name} must be an integer, got {value}.")
        check_scalar(value, name, Integral, min_val=1)
    y = _check_series(y, "y")
    n_timepoints = len(y)
    if n_timepoints < window_length + horizon:
        raise ValueError(
            f"y has {n_timepoints} time points, but one window of "
            f"window_length={window_length} with its horizon={horizon} needs "
            f"{window_length + horizon}. Pass a longer series, or lower either."
        )
    past = y.reshape(n_timepoints, -1)[: n_timepoints - horizon]
    windows = sliding_windows(past, window_length, stride)
    targets = sliding_windows(y[window_length:], horizon, stride)
    if X is None:
        return windows, targets
    X = _check_series(X, "X")
    if len(X) != n_timepoints:
        raise ValueError(
            f"X must have a row for each of the {n_timepoints} time points of y, got "
            f"{len(X)} rows."
        )
    X = X.reshape(n_timepoints, -1)
    return windows, targets, sliding_windows(X, window_length + horizon, stride)


def _check_series(values, name):
    """Values as an array of one or two dimensions, without a copy where possible."""
    check_one_series(values, name)
    values = check_array_of(values, name)
    return check_array(
        values, ensure_2d=False, ensure_all_finite="allow-nan", input_name=name
    )
