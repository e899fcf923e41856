"""ForecastDisplay shows what a forecaster says, at the right time."""

import matplotlib.dates
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sktime.datasets import load_airline
from sktime.exceptions import NotFittedError
from sktime.forecasting.naive import NaiveForecaster

from skrnn import ForecastDisplay

# sktime says so whenever a forecaster of its own is made
pytestmark = pytest.mark.filterwarnings("ignore:The default of config ``remember_data")

Y = load_airline()
TRAIN, TEST = Y[:-12], Y[-12:]


@pytest.fixture(scope="module")
def forecaster():
    return NaiveForecaster("last", sp=12).fit(TRAIN, fh=list(range(1, 13)))


def legend_texts(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def vertices(band):
    """Lower and upper bound of a band, by its outline."""
    x, y = band.get_paths()[0].vertices.T
    times = sorted(set(x))
    bounds = [[y[x == time].min(), y[x == time].max()] for time in times]
    return times, np.array(bounds)


def test_shows_forecast_interval_and_what_was_observed(forecaster):
    display = ForecastDisplay.from_estimator(forecaster, Y[-36:], coverage=0.8)
    times = TEST.index.to_timestamp()
    np.testing.assert_array_equal(display.line_.get_xdata(), times)
    np.testing.assert_array_equal(display.line_.get_ydata(), forecaster.predict())
    observed = display.true_line_
    np.testing.assert_array_equal(observed.get_xdata(), Y.index[-36:].to_timestamp())
    np.testing.assert_array_equal(observed.get_ydata(), Y[-36:])
    (band,) = display.bands_
    drawn_at, bounds = vertices(band)
    np.testing.assert_allclose(drawn_at, matplotlib.dates.date2num(times))
    np.testing.assert_allclose(bounds, forecaster.predict_interval(coverage=0.8))
    assert legend_texts(display) == ["observed", "forecast", "80 % interval"]
    assert display.ax_.get_xlabel() == "Time"
    assert display.ax_.get_ylabel() == "Number of airline passengers"
    assert display.figure_ is display.ax_.figure


def test_several_intervals_the_widest_first(forecaster):
    display = ForecastDisplay.from_estimator(forecaster, coverage=[0.5, 0.975])
    labels = [band.get_label() for band in display.bands_]
    assert labels == ["97.5 % interval", "50 % interval"]
    widths = [np.ptp(vertices(band)[1], axis=1) for band in display.bands_]
    assert (widths[0] > widths[1]).all()
    assert display.true_line_ is None


def test_horizon_and_interval_can_be_left_out(forecaster):
    display = ForecastDisplay.from_estimator(forecaster, fh=[2, 3], coverage=None)
    assert len(display.line_.get_xdata()) == 2
    assert display.bands_ == []
    assert display.interval is None


def test_exogenous_variables_reach_the_forecaster():
    class Exogenous(NaiveForecaster):
        def predict(self, fh=None, X=None):
            assert X is not None
            return super().predict(fh, X)

    X = pd.DataFrame({"x": 0.0}, index=Y.index)
    model = Exogenous().fit(TRAIN, X[:-12], fh=[1, 2])
    ForecastDisplay.from_estimator(model, X=X[-12:], coverage=None)


def test_forecasts_can_be_compared_in_one_picture(forecaster):
    one = ForecastDisplay.from_estimator(forecaster, TEST, name="naive")
    two = ForecastDisplay.from_predictions(
        None, TEST + 1, ax=one.ax_, name="oracle", line_kwargs={"c": "green"}
    )
    assert two.ax_ is one.ax_
    assert two.line_.get_color() == "green"
    assert legend_texts(two) == ["observed", "naive", "naive: 90 % interval", "oracle"]


def test_arrays_stand_at_the_same_time_points():
    y_true, y_pred = np.array([1.0, 2.0, 3.0]), np.array([[1.5], [2.5], [3.5]])
    interval = np.column_stack([y_true - 1, y_true + 1])
    display = ForecastDisplay.from_predictions(y_true, y_pred, interval)
    np.testing.assert_array_equal(display.true_line_.get_xdata(), [0, 1, 2])
    np.testing.assert_array_equal(display.line_.get_xdata(), [0, 1, 2])
    np.testing.assert_array_equal(display.line_.get_ydata(), y_pred[:, 0])
    np.testing.assert_array_equal(vertices(display.bands_[0])[1], interval)
    assert display.bands_[0].get_label() == "interval"
    assert display.ax_.get_ylabel() == "Value"


@pytest.mark.parametrize("form", ["whole", "variable", "coverage", "no coverage"])
def test_bounds_are_found_by_their_names(forecaster, form):
    bounds = forecaster.predict_interval(coverage=0.8)
    name = bounds.columns[0][0]
    selected = {
        "whole": bounds,
        "variable": bounds[name],
        "coverage": bounds[name][0.8],
        "no coverage": bounds.droplevel(1, axis=1),
    }
    shuffled = selected[form].iloc[::-1, ::-1]
    display = ForecastDisplay.from_predictions(None, forecaster.predict(), shuffled)
    np.testing.assert_allclose(vertices(display.bands_[0])[1], bounds)
    label = "interval" if "coverage" in form else "80 % interval"
    assert display.bands_[0].get_label() == label


def test_bounds_of_several_coverages_are_found_in_any_order(forecaster):
    bounds = forecaster.predict_interval(coverage=[0.5, 0.9])
    mixed = bounds.iloc[:, [3, 0, 2, 1]]
    display = ForecastDisplay.from_predictions(None, forecaster.predict(), mixed)
    for band, columns in zip(display.bands_, ([2, 3], [0, 1]), strict=True):
        np.testing.assert_allclose(vertices(band)[1], bounds.iloc[:, columns])


def test_other_names_of_bounds_say_nothing():
    frame = pd.DataFrame({"from": [0.0, 1.0], "to": [2.0, 3.0]})
    display = ForecastDisplay.from_predictions(None, np.ones(2), frame)
    np.testing.assert_array_equal(vertices(display.bands_[0])[1], frame)


def test_bounds_of_two_variables_are_refused(forecaster):
    bounds = forecaster.predict_interval(coverage=0.8)
    twice = pd.concat(
        [bounds, bounds.rename(columns={bounds.columns[0][0]: "b"})], axis=1
    )
    with pytest.raises(ValueError, match="predict_interval returns for one series"):
        ForecastDisplay.from_predictions(None, forecaster.predict(), twice)


def test_bounds_at_other_times_are_refused(forecaster):
    fh = list(range(1, 13))  # without, sktime takes that of the last call
    bounds = forecaster.predict_interval(fh, coverage=0.8)
    bounds.index += 1
    with pytest.raises(ValueError, match="at the time points of y_pred, from 1960-01"):
        ForecastDisplay.from_predictions(None, forecaster.predict(fh), bounds)
    with pytest.raises(ValueError, match=r"of y_pred, from .*, got none\. Pass"):
        ForecastDisplay.from_predictions(None, forecaster.predict(fh), bounds[:0])


@pytest.mark.parametrize("side", ["y_true", "y_pred"])
def test_an_array_takes_the_index_of_the_other_series(side):
    series = {"y_true": TEST, "y_pred": TEST}
    series[side] = series[side].to_numpy()
    display = ForecastDisplay.from_predictions(**series)
    times = TEST.index.to_timestamp()
    np.testing.assert_array_equal(display.line_.get_xdata(), times)
    np.testing.assert_array_equal(display.true_line_.get_xdata(), times)


@pytest.mark.parametrize(
    "index",
    [pd.RangeIndex(5, 8), pd.Index([2, 5, 9]), pd.date_range("2020", periods=3)],
)
def test_other_indices(index):
    frame = pd.DataFrame({"load": [1.0, 2.0, 3.0]}, index=index)
    display = ForecastDisplay.from_predictions(frame, frame)
    display.figure_.canvas.draw()
    np.testing.assert_array_equal(display.line_.get_xdata(), index)
    assert display.ax_.get_ylabel() == "load"


PANEL = pd.concat({"a": TEST.to_frame(), "b": TEST.to_frame()})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, PANEL), "y_pred must be one series, got shape"),
        ((None, np.ones((3, 2))), r"y_pred must be one series, got shape \(3, 2\)"),
        ((np.ones(4), np.ones(3)), "y_true must have the 3 time points.*got 4 values"),
        ((TEST, np.ones(3)), "y_pred must have the 12 time points.*got 3 values"),
        ((None, np.ones(3), np.ones(3)), r"interval must have shape \(3, 2\).*\(3,\)"),
        ((None, np.ones(3), np.ones((4, 2))), r"shape \(3, 2\).*got shape \(4, 2\)"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ForecastDisplay.from_predictions(*arguments)


def test_what_is_no_fitted_forecaster_is_refused():
    with pytest.raises(TypeError, match="must be a forecaster of sktime, got Ridge"):
        ForecastDisplay.from_estimator(Ridge().fit([[0.0], [1.0]], [0.0, 1.0]))
    with pytest.raises(NotFittedError):
        ForecastDisplay.from_estimator(NaiveForecaster(), fh=[1])
