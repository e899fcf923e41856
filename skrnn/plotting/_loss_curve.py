"""LossCurveDisplay: the course of a fit."""

import numpy as np

from ._axes import line_style, new_or_given_axes, whole_numbers
from ._fitted import network_of

VALIDATION_LABEL = "Validation score"


class LossCurveDisplay:
    """The loss over the epochs of a fit, and the validation score where there is one.

    Make one with :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    loss_curve : array-like of shape (n_epochs,)
        Loss of each epoch.

    validation_scores : array-like of shape (n_epochs,) or None, default=None
        Score on the validation part after each epoch, higher is better. Fewer than
        losses are those of the last epochs, as after a fit that went on from another.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the loss.

    validation_ax_ : matplotlib Axes or None
        Axes with the validation score, on the right hand side of the same picture.

    figure_ : matplotlib Figure
        The figure.

    line_ : matplotlib Line2D
        The loss.

    validation_line_ : matplotlib Line2D or None
        The validation score.

    best_line_ : matplotlib Line2D or None
        A vertical line at the epoch with the best validation score.

    See Also
    --------
    GradientFlowDisplay : How far the gradient reaches back in time.

    Examples
    --------
    >>> from skrnn import LossCurveDisplay, RNNRegressor
    >>> from skrnn.datasets import make_adding_problem
    >>> X, y = make_adding_problem(100, n_timesteps=5, random_state=0)
    >>> model = RNNRegressor(4, epochs=20, random_state=0).fit(X, y)
    >>> display = LossCurveDisplay.from_estimator(model)
    >>> display.line_.get_ydata().tolist() == list(model.loss_curve_)
    True
    """

    def __init__(self, loss_curve, *, validation_scores=None):
        self.loss_curve = loss_curve
        self.validation_scores = validation_scores

    @classmethod
    def from_estimator(
        cls, estimator, *, ax=None, name=None, line_kwargs=None, validation_kwargs=None
    ):
        """Draw the course of an estimator's fit.

        Parameters
        ----------
        estimator : estimator
            A fitted estimator with `loss_curve_`, and perhaps `validation_scores_`:
            those of skrnn, and scikit-learn's `MLPRegressor` and `MLPClassifier`. Also
            a pipeline that ends with one, or a search over such.

        ax : matplotlib Axes or None, default=None
            Axes to draw on. By default those of a new figure.

        name : str or None, default=None
            Name in the legend, to tell several estimators in one picture apart.

        line_kwargs : dict or None, default=None
            Style of the loss, passed to `matplotlib.axes.Axes.plot`.

        validation_kwargs : dict or None, default=None
            Style of the validation score.

        Returns
        -------
        display : LossCurveDisplay
            The display.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        TypeError
            If the estimator has no `loss_curve_`.
        """
        network, _ = network_of(estimator, "loss_curve_")
        scores = getattr(network, "validation_scores_", None)
        return cls(network.loss_curve_, validation_scores=scores).plot(
            ax, name=name, line_kwargs=line_kwargs, validation_kwargs=validation_kwargs
        )

    def plot(self, ax=None, *, name=None, line_kwargs=None, validation_kwargs=None):
        """Draw what the display holds.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on. By default those of a new figure.

        name : str or None, default=None
            Name in the legend, to tell several estimators in one picture apart.

        line_kwargs : dict or None, default=None
            Style of the loss, passed to `matplotlib.axes.Axes.plot`.

        validation_kwargs : dict or None, default=None
            Style of the validation score.

        Returns
        -------
        display : LossCurveDisplay
            The display itself.
        """
        (self.ax_,) = new_or_given_axes(self, ax)
        self.figure_ = self.ax_.figure
        loss = np.asarray(self.loss_curve)
        epochs = np.arange(1, len(loss) + 1)
        prefix = f"{name}: " if name else ""
        style = line_style({"label": f"{prefix}loss"}, line_kwargs)
        (self.line_,) = self.ax_.plot(epochs, loss, **style)
        self.ax_.set(xlabel="Epoch", ylabel="Loss")
        whole_numbers(self.ax_.xaxis)
        self.validation_ax_ = self.validation_line_ = self.best_line_ = None
        handles, place = self.ax_.get_lines(), "best"
        if self.validation_scores is not None and len(self.validation_scores):
            twin = self._plot_validation(prefix, validation_kwargs)
            handles = [*self.ax_.get_lines(), *twin.get_lines()]
            # "best" looks at lines of its own axes only. Losses end low, scores high.
            place = "center right"
        if len(handles) > 1 or name:
            self.ax_.legend(handles=handles, loc=place)
        return self

    def _plot_validation(self, prefix, validation_kwargs):
        scores = np.asarray(self.validation_scores)
        # of a fit that went on from others without scores, they are the last epochs'
        n_before = max(len(self.loss_curve) - len(scores), 0)
        epochs = n_before + np.arange(1, len(scores) + 1)
        twin = self.validation_ax_ = _validation_axes(self.ax_)
        color = self.line_.get_color()
        style = line_style(
            {"label": f"{prefix}validation score", "color": color, "linestyle": "--"},
            validation_kwargs,
        )
        (self.validation_line_,) = twin.plot(epochs, scores, **style)
        self.best_line_ = self.ax_.axvline(
            epochs[np.argmax(scores)],
            color=color,
            linestyle=":",
            label=f"{prefix}best validation score",
        )
        return twin


def _validation_axes(ax):
    """Twin of `ax` for scores: one for all estimators drawn there, to compare them."""
    for other in ax.get_shared_x_axes().get_siblings(ax):
        same_place = other.get_subplotspec() == ax.get_subplotspec()
        if same_place and other.get_ylabel() == VALIDATION_LABEL:
            return other
    twin = ax.twinx()
    twin.set_ylabel(VALIDATION_LABEL)
    return twin
