"""HiddenStatesDisplay: what a layer remembers, step by step."""

from numbers import Integral

import numpy as np

from ._axes import line_style, new_or_given_axes, whole_numbers
from ._fitted import network_of

TITLES = {"h": "Hidden state $h_t$", "c": "Cell state $C_t$"}
MANY_UNITS = 10


class HiddenStatesDisplay:
    """The hidden state of a layer over the steps of one sequence.

    For an LSTM also its cell state, below. Make one with :meth:`from_estimator`. All
    parameters are stored as attributes.

    Parameters
    ----------
    h : array-like of shape (n_timesteps, n_units)
        Hidden state after each time step.

    c : array-like of shape (n_timesteps, n_units) or None, default=None
        Cell state after each time step, which only an LSTM has.

    Attributes
    ----------
    axes_ : list of matplotlib Axes
        Axes with the hidden state, and with the cell state where there is one.

    figure_ : matplotlib Figure
        The figure.

    lines_ : list of list of matplotlib Line2D or None
        For each of the states a line for each unit, with `kind="line"`.

    images_ : list of matplotlib AxesImage or None
        For each of the states a picture, with `kind="heatmap"`.

    See Also
    --------
    GradientFlowDisplay : The gradient with respect to the hidden states.

    Examples
    --------
    >>> from skrnn import HiddenStatesDisplay, RNNRegressor
    >>> from skrnn.datasets import make_adding_problem
    >>> X, y = make_adding_problem(50, n_timesteps=20, random_state=0)
    >>> model = RNNRegressor(4, cell="lstm", epochs=1, random_state=0).fit(X, y)
    >>> display = HiddenStatesDisplay.from_estimator(model, X[:1])
    >>> [len(lines) for lines in display.lines_]
    [4, 4]
    """

    def __init__(self, h, c=None):
        self.h = h
        self.c = c

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        *,
        sample=0,
        layer=-1,
        kind="auto",
        ax=None,
        line_kwargs=None,
    ):
        """Compute the hidden states of a fitted network on a sequence, and draw them.

        Parameters
        ----------
        estimator : estimator
            A fitted regressor or classifier of skrnn; or a pipeline that ends with
            one, or a search over such.

        X : array-like
            Input of the estimator.

        sample : int, default=0
            Which sequence of `X` to show.

        layer : int, default=-1
            Which layer of a stack to show, counted from 0. By default the last.

        kind : {"auto", "line", "heatmap"}, default="auto"
            Whether to draw a line for each unit, or a picture with a row for each. By
            default lines for up to 10 units.

        ax : matplotlib Axes, list of Axes or None, default=None
            Axes to draw on; as many as the layer has states, so 2 for an LSTM. By
            default those of a new figure.

        line_kwargs : dict or None, default=None
            Style of the lines, passed to `matplotlib.axes.Axes.plot`.

        Returns
        -------
        display : HiddenStatesDisplay
            The display.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        TypeError
            If the estimator has no `hidden_states`, or if `sample` or `layer` is not
            an integer.
        ValueError
            If there is no such sample or layer.
        """
        network, X = network_of(estimator, "hidden_states", X)
        layers = network.hidden_states(X)
        states = layers[_check_position(layer, "layer", len(layers))]
        position = _check_position(sample, "sample", len(states.h))
        c = getattr(states, "c", None)
        display = cls(states.h[position], None if c is None else c[position])
        return display.plot(ax, kind=kind, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, kind="auto", line_kwargs=None):
        """Draw what the display holds.

        Parameters
        ----------
        ax : matplotlib Axes, list of Axes or None, default=None
            Axes to draw on; as many as there are states, so 2 for an LSTM. By default
            those of a new figure.

        kind : {"auto", "line", "heatmap"}, default="auto"
            Whether to draw a line for each unit, or a picture with a row for each. By
            default lines for up to 10 units.

        line_kwargs : dict or None, default=None
            Style of the lines, passed to `matplotlib.axes.Axes.plot`.

        Returns
        -------
        display : HiddenStatesDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `kind` is none of the three, or if the number of axes is not that of
            the states.
        """
        if kind not in ("auto", "line", "heatmap"):
            raise ValueError(
                f"kind must be 'auto', 'line' or 'heatmap', got {kind!r} instead."
            )
        states = {"h": self.h} if self.c is None else {"h": self.h, "c": self.c}
        states = {name: _check_state(state, name) for name, state in states.items()}
        self.axes_ = new_or_given_axes(self, ax, len(states))
        self.figure_ = self.axes_[0].figure
        self.lines_ = self.images_ = None
        if kind == "line" or (kind == "auto" and states["h"].shape[1] <= MANY_UNITS):
            self._plot_lines(states, line_kwargs)
        else:
            self._plot_images(states)
        for ax, name in zip(self.axes_, states, strict=True):
            ax.set_title(TITLES[name])
            whole_numbers(ax.xaxis)
        self.axes_[-1].set_xlabel("Time step")
        return self

    def _plot_lines(self, states, line_kwargs):
        style = line_style({"marker": ".", "markersize": 4}, line_kwargs)
        self.lines_ = []
        for ax, state in zip(self.axes_, states.values(), strict=True):
            self.lines_.append(ax.plot(state, **style))
            ax.axhline(0, color="0.8", linewidth=0.8, zorder=0)
            ax.set_ylabel("Value")

    def _plot_images(self, states):
        self.images_ = []
        for ax, state in zip(self.axes_, states.values(), strict=True):
            # white is 0, and a value has the same strength of colour on either side
            limit = np.abs(state).max() or 1.0
            image = ax.imshow(
                state.T,
                aspect="auto",
                cmap="RdBu_r",
                interpolation="nearest",
                vmin=-limit,
                vmax=limit,
            )
            ax.set_ylabel("Unit")
            self.figure_.colorbar(image, ax=ax)
            self.images_.append(image)


def _check_state(state, name):
    state = np.asarray(state)
    if state.ndim != 2:
        raise ValueError(
            f"{name} must have shape (n_timesteps, n_units), got {state.shape}. Pass "
            f"the state of one sample, as in hidden_states(X)[layer].{name}[sample]."
        )
    return state


def _check_position(position, name, length):
    if isinstance(position, bool) or not isinstance(position, Integral):
        raise TypeError(f"{name} must be an int, got {position!r} instead.")
    if not -length <= position < length:
        raise ValueError(
            f"{name} must be from 0 to {length - 1}, or negative to count from the "
            f"end, got {position}."
        )
    return position
