"""What the displays do with matplotlib, which is imported when one of them draws."""

import numpy as np

from .._sklearn import check_matplotlib_support


def new_or_given_axes(display, ax, n_axes=1):
    """Return the axes that were given, or those of a new figure.

    Parameters
    ----------
    display : object
        The display that draws; an error names it.

    ax : matplotlib Axes, sequence of Axes or None
        What the caller gave.

    n_axes : int, default=1
        How many are needed, one above the other.

    Returns
    -------
    axes : list of matplotlib Axes

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If another number of axes was given.
    """
    check_matplotlib_support(f"{type(display).__name__}.plot")
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(n_axes, sharex=True, layout="constrained")
    axes = list(np.ravel(ax))
    if len(axes) != n_axes:
        raise ValueError(
            f"ax must have {n_axes} axes, one for each state that is drawn, got "
            f"{len(axes)}."
        )
    return axes


def line_style(defaults, given):
    """Style of a line: the display's, and what the caller wants otherwise.

    Parameters
    ----------
    defaults : dict
        Properties under their long names, "color" and not "c".

    given : dict or None
        Properties under any of matplotlib's names. They win.

    Returns
    -------
    style : dict
    """
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.lines import Line2D

    return {**defaults, **normalize_kwargs(given, Line2D)}


def whole_numbers(axis):
    """Let the ticks of an axis of steps or epochs stand at whole numbers only.

    Parameters
    ----------
    axis : matplotlib Axis
    """
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def short_dates(axis):
    """Let an axis of dates say in each label only what is new in it.

    Parameters
    ----------
    axis : matplotlib Axis
        Left as it is if it is none of dates.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = axis.get_major_locator()
    if isinstance(locator, AutoDateLocator):
        axis.set_major_formatter(ConciseDateFormatter(locator))
