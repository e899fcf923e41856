"""ForecastDisplay: a series, its forecast, and how sure it is."""

import numpy as np
import pandas as pd

from ._axes import line_style, new_or_given_axes


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
        of a forecaster returns, for one coverage or several, or two columns.

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
            two columns.

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
        y_pred, y_true = _one_series(self.y_pred, "y_pred", _index(self.y_true)), None
        if self.y_true is not None:
            y_true = _one_series(self.y_true, "y_true", y_pred.index)
        bands = [] if self.interval is None else _bands(self.interval, len(y_pred))
        (self.ax_,) = new_or_given_axes(self, ax)
        self.figure_ = self.ax_.figure
        self.true_line_ = None
        if y_true is not None:
            (self.true_line_,) = self.ax_.plot(
                _positions(y_true.index), y_true, color="0.25", label="observed"
            )
        times = _positions(y_pred.index)
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
        self.ax_.set(xlabel="Time", ylabel=_label(y_true, y_pred))
        self.ax_.legend()
        return self


def _index(y):
    return y.index if hasattr(y, "iloc") else None


def _one_series(y, name, index):
    """Return `y` as a Series; one without an index of its own gets `index`."""
    values = np.asarray(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or getattr(_index(y), "nlevels", 1) > 1:
        raise ValueError(
            f"{name} must be one series, got shape {np.shape(y)}. Select one column of "
            f"one instance, of the intervals too, and pass them to "
            f"ForecastDisplay.from_predictions."
        )
    index = index if _index(y) is None else _index(y)
    if index is not None and len(index) != len(values):
        raise ValueError(
            f"{name} must have the {len(index)} time points of the other series, or an "
            f"index that says which it has, got {len(values)} values."
        )
    columns = getattr(y, "columns", [getattr(y, "name", None)])
    return pd.Series(values, index=index, name=columns[0])


def _bands(interval, n_timepoints):
    """List (label, lower, upper), the widest interval first."""
    bounds = np.asarray(interval, dtype=float)
    columns = getattr(interval, "columns", [])
    if getattr(columns, "nlevels", 1) != 3:
        columns = [(None, None, "lower"), (None, None, "upper")]
    if bounds.shape != (n_timepoints, len(columns)):
        raise ValueError(
            f"interval must have shape ({n_timepoints}, 2), a lower and an upper bound "
            f"for each time point of y_pred, or be what predict_interval returns for "
            f"one series, got shape {bounds.shape}."
        )
    bands: dict = {}
    for (_, coverage, side), bound in zip(columns, bounds.T, strict=True):
        bands.setdefault(coverage, {})[side] = bound
    return [
        (
            "interval" if coverage is None else f"{100 * coverage:.4g} % interval",
            band["lower"],
            band["upper"],
        )
        for coverage, band in sorted(bands.items(), reverse=True)
    ]


def _positions(index):
    """Where the time points of an index stand on an axis."""
    return index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index


def _label(*series):
    """Name of the first series that has one."""
    names = [s.name for s in series if s is not None and isinstance(s.name, str)]
    return names[0] if names else "Value"
