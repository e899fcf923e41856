"""GradientFlowDisplay: how far the gradient reaches back in time."""

import numpy as np

from ._axes import line_style, new_or_given_axes, whole_numbers
from ._fitted import network_of


class GradientFlowDisplay:
    """The norm of the loss's gradient with respect to the hidden state at every step.

    A curve that falls steeply towards the early steps is a vanishing gradient: what
    happened there has no part in what is learned. Make one with
    :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    gradient_norms : array-like of shape (n_layers, n_timesteps)
        Norm of the gradient of each layer at each time step, as the estimators'
        `gradient_norms` returns it.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the curves. The vertical axis is logarithmic.

    figure_ : matplotlib Figure
        The figure.

    lines_ : list of matplotlib Line2D
        The norms of each layer.

    See Also
    --------
    HiddenStatesDisplay : The hidden states themselves.

    References
    ----------
    Y. Bengio, P. Simard and P. Frasconi (1994). "Learning long-term dependencies with
    gradient descent is difficult". IEEE Transactions on Neural Networks 5(2), 157-166.

    Examples
    --------
    >>> from skrnn import GradientFlowDisplay, RNNRegressor
    >>> from skrnn.datasets import make_adding_problem
    >>> X, y = make_adding_problem(50, n_timesteps=20, random_state=0)
    >>> model = RNNRegressor((8, 4), cell="rnn", epochs=1, random_state=0).fit(X, y)
    >>> display = GradientFlowDisplay.from_estimator(model, X, y)
    >>> [line.get_label() for line in display.lines_]
    ['layer 1', 'layer 2']
    """

    def __init__(self, gradient_norms):
        self.gradient_norms = gradient_norms

    @classmethod
    def from_estimator(cls, estimator, X, y, *, ax=None, name=None, line_kwargs=None):
        """Compute the gradients of a fitted network on some data, and draw them.

        Parameters
        ----------
        estimator : estimator
            A fitted regressor or classifier of skrnn; or a pipeline that ends with
            one, or a search over such.

        X : array-like
            Input of the estimator.

        y : array-like
            Targets.

        ax : matplotlib Axes or None, default=None
            Axes to draw on. By default those of a new figure.

        name : str or None, default=None
            Name in the legend, to tell several estimators in one picture apart.

        line_kwargs : dict or None, default=None
            Style of the curves, passed to `matplotlib.axes.Axes.plot`.

        Returns
        -------
        display : GradientFlowDisplay
            The display.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        TypeError
            If the estimator has no `gradient_norms`.
        """
        network, X = network_of(estimator, "gradient_norms", X)
        display = cls(network.gradient_norms(X, y))
        return display.plot(ax, name=name, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, name=None, line_kwargs=None):
        """Draw what the display holds.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on. By default those of a new figure.

        name : str or None, default=None
            Name in the legend, to tell several estimators in one picture apart.

        line_kwargs : dict or None, default=None
            Style of the curves, passed to `matplotlib.axes.Axes.plot`.

        Returns
        -------
        display : GradientFlowDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `gradient_norms` has no layer axis, or holds a negative number.
        """
        norms = self._check_norms()
        (self.ax_,) = new_or_given_axes(self, ax)
        self.figure_ = self.ax_.figure
        steps = np.arange(norms.shape[1])
        self.lines_ = []
        for label, layer in zip(self._labels(name, len(norms)), norms, strict=True):
            # a norm of zero has no place on the axis: a gap says so
            shown = np.where(layer > 0, layer, np.nan)
            style = line_style({"label": label}, line_kwargs)
            self.lines_ += self.ax_.plot(steps, shown, **style)
        self.ax_.set(yscale="log", xlabel="Time step", ylabel="Norm of the gradient")
        whole_numbers(self.ax_.xaxis)
        if len(norms) > 1 or name:
            self.ax_.legend()
        return self

    def _check_norms(self):
        norms = np.asarray(self.gradient_norms, dtype=float)
        if norms.ndim != 2:
            raise ValueError(
                f"gradient_norms must have shape (n_layers, n_timesteps), got "
                f"{norms.shape}. Pass what the gradient_norms method of an estimator "
                f"returns."
            )
        if (norms < 0).any():
            raise ValueError(f"gradient_norms must not be negative, got {norms.min()}.")
        return norms

    @staticmethod
    def _labels(name, n_layers):
        if n_layers == 1:
            return [name or "gradient"]
        prefix = f"{name}: " if name else ""
        return [f"{prefix}layer {i}" for i in range(1, n_layers + 1)]
