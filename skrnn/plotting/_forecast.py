"""ForecastDisplay: a series, its forecast, and how sure it is."""

from ._axes import line_style, new_or_given_axes, short_dates
from ._series import bands_of, index_of, label_of, one_series, positions


class ForecastDisplay:
    """A series, its forecast, and intervals around it.

    Make one with :meth:`from_estimator` or :meth:`from_predictions`. All parameters
    are stored as attributes.

    Parameters
    ----------
    y_pred : Series, DataFrame with one column or array-like of shape (n_timepoints,)
        The forecast.

    y_true : Series, DataFrame with one column, array-like or None, default=None
        What was observed: before the forecast, during it, or both. With an index it
        may have any length; without one it has that of `y_pred`.

    interval : DataFrame, array-like of shape (n_timepoints, 2) or None, default=None
        Lower and upper bounds at the time points of `y_pred`: what `predict_interval`
        of a forecaster returns, for one coverage or several, or two columns, the lower
        bound first unless they are named "lower" and "upper".

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the series.

    figure_ : matplotlib Figure
        The figure.

    line_ : matplotlib Line2D
        The forecast.

    true_line_ : matplotlib Line2D or None
        The observed series.

    bands_ : list of matplotlib PolyCollection
        The intervals, the widest first.

    See Also
    --------
    LossCurveDisplay : The course of a fit.

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn import ForecastDisplay, LSTMForecaster
    >>> y = load_airline()
    >>> forecaster = LSTMForecaster(random_state=0).fit(y[:-12], fh=list(range(1, 13)))
    >>> display = ForecastDisplay.from_estimator(forecaster, y[-36:], coverage=0.9)
    >>> [band.get_label() for band in display.bands_]
    ['90 % interval']
    """

    def __init__(self, y_pred, *, y_true=None, interval=None):
        self.y_pred = y_pred
        self.y_true = y_true
        self.interval = interval

    @classmethod
    def from_estimator(
        cls,
        forecaster,
        y=None,
        X=None,
        *,
        fh=None,
        coverage=0.9,
        ax=None,
        name=None,
        line_kwargs=None,
    ):
        """Forecast with a fitted forecaster, and draw the forecast.

        Parameters
        ----------
        forecaster : sktime forecaster
            A fitted forecaster of one series, from skrnn or any other.

        y : Series, DataFrame with one column or None, default=None
            What was observed, to be drawn with the forecast.

        X : DataFrame or None, default=None
            Exogenous variables over the horizon, if the forecaster has any.

        fh : int, list, ForecastingHorizon or None, default=None
            Forecasting horizon. By default that of `fit`.

        coverage : float, list of float or None, default=0.9
            Coverage of the intervals. None draws none, and asks for none: not every
            forecaster has them.

        ax : matplotlib Axes or None, default=None
            Axes to draw on. By default those of a new figure.

        name : str or None, default=None
            Name of the forecast in the legend.

        line_kwargs : dict or None, default=None
            Style of the forecast, passed to `matplotlib.axes.Axes.plot`.

        Returns
        -------
        display : ForecastDisplay
            The display.

        Raises
        ------
        TypeError
            If `forecaster` is no forecaster of sktime.
        NotFittedError
            If it is not fitted.
        ValueError
            If there is more than one series.
        """
        if not hasattr(forecaster, "predict_interval"):
            raise TypeError(
                f"forecaster must be a forecaster of sktime, got "
                f"{type(forecaster).__name__}. Draw the predictions of another "
                f"estimator with ForecastDisplay.from_predictions."
            )
        display = cls(forecaster.predict(fh=fh, X=X), y_true=y)
        if coverage is not None:
            display.interval = forecaster.predict_interval(
                fh=fh, X=X, coverage=coverage
            )
        return display.plot(ax, name=name, line_kwargs=line_kwargs)

    @classmethod
    def from_predictions(
        cls, y_true, y_pred, interval=None, *, ax=None, name=None, line_kwargs=None
    ):
        """Draw a forecast that is there already.

        Parameters
        ----------
        y_true : Series, DataFrame with one column, array-like or None
            What was observed: before the forecast, during it, or both. With an index
            it may have any length; without one it has that of `y_pred`.

        y_pred : Series, DataFrame with one column or array-like of shape \
                (n_timepoints,)
            The forecast.

        interval : DataFrame, array-like of shape (n_timepoints, 2) or None, \
                default=None
            Lower and upper bounds at the time points of `y_pred`: what
            `predict_interval` of a forecaster returns, for one coverage or several, or
            two columns, the lower bound first unless they are named "lower" and
            "upper".

        ax : matplotlib Axes or None, default=None
            Axes to draw on. By default those of a new figure.

        name : str or None, default=None
            Name of the forecast in the legend.

        line_kwargs : dict or None, default=None
            Style of the forecast, passed to `matplotlib.axes.Axes.plot`.

        Returns
        -------
        display : ForecastDisplay
            The display.

        Raises
        ------
        ValueError
            If there is more than one series, or if the lengths do not agree.
        """
        display = cls(y_pred, y_true=y_true, interval=interval)
        return display.plot(ax, name=name, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, name=None, line_kwargs=None):
        """Draw what the display holds.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on. By default those of a new figure.

        name : str or None, default=None
            Name of the forecast in the legend.

        line_kwargs : dict or None, default=None
            Style of the forecast, passed to `matplotlib.axes.Axes.plot`.

        Returns
        -------
        display : ForecastDisplay
            The display itself.

        Raises
        ------
        ValueError
            If there is more than one series, or if the lengths do not agree.
        """
        y_pred, y_true = one_series(self.y_pred, "y_pred", index_of(self.y_true)), None
        if self.y_true is not None:
            y_true = one_series(self.y_true, "y_true", y_pred.index)
        bands = []
        if self.interval is not None:
            bands = bands_of(self.interval, len(y_pred), index_of(self.y_pred))
        (self.ax_,) = new_or_given_axes(self, ax)
        self.figure_ = self.ax_.figure
        self.true_line_ = None
        if y_true is not None:
            (self.true_line_,) = self.ax_.plot(
                positions(y_true.index), y_true, color="0.25", label="observed"
            )
        times = positions(y_pred.index)
        style = line_style({"label": name or "forecast"}, line_kwargs)
        (self.line_,) = self.ax_.plot(times, y_pred, **style)
        self.bands_ = [
            self.ax_.fill_between(
                times,
                lower,
                upper,
                color=self.line_.get_color(),
                alpha=0.2,
                linewidth=0,
                label=f"{name}: {label}" if name else label,
            )
            for label, lower, upper in bands
        ]
        self.ax_.set(xlabel="Time", ylabel=label_of(y_true, y_pred))
        short_dates(self.ax_.xaxis)
        self.ax_.legend()
        return self
