"""LossCurveDisplay shows the losses and scores that the estimator has."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sktime.exceptions import NotFittedError as NotFittedForecaster

from skrnn import LossCurveDisplay, LSTMForecaster


def legend_texts(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_shows_loss_and_validation_score_by_epoch(lstm):
    display = LossCurveDisplay.from_estimator(lstm)
    epochs = np.arange(1, len(lstm.loss_curve_) + 1)
    np.testing.assert_array_equal(display.line_.get_xdata(), epochs)
    np.testing.assert_array_equal(display.line_.get_ydata(), lstm.loss_curve_)
    scores = display.validation_line_.get_ydata()
    np.testing.assert_array_equal(scores, lstm.validation_scores_)
    np.testing.assert_array_equal(display.validation_line_.get_xdata(), epochs)
    best = 1 + np.argmax(lstm.validation_scores_)
    assert set(display.best_line_.get_xdata()) == {best}
    assert display.ax_.get_xlabel() == "Epoch"
    assert display.ax_.get_ylabel() == "Loss"
    assert display.validation_ax_.get_ylabel() == "Validation score"
    texts = ["loss", "best validation score", "validation score"]
    assert legend_texts(display) == texts
    assert display.figure_ is display.ax_.figure


@pytest.mark.parametrize("scores", [None, []])
def test_without_validation_there_is_the_loss_alone(scores):
    display = LossCurveDisplay([3.0, 2.0], validation_scores=scores).plot()
    assert display.line_.get_ydata().tolist() == [3.0, 2.0]
    assert display.validation_ax_ is None
    assert display.validation_line_ is None
    assert display.best_line_ is None
    assert display.ax_.get_legend() is None
    assert len(display.figure_.axes) == 1


def test_networks_in_one_picture_share_axes_and_legend():
    _, ax = plt.subplots()
    one = LossCurveDisplay([3, 2], validation_scores=[0, 1]).plot(ax, name="one")
    two = LossCurveDisplay([4, 1], validation_scores=[1, 0]).plot(ax, name="two")
    assert one.ax_ is two.ax_ is ax
    assert one.validation_ax_ is two.validation_ax_
    assert set(legend_texts(two)) == {
        f"{name}: {text}"
        for name in ("one", "two")
        for text in ("loss", "validation score", "best validation score")
    }


def test_pictures_with_a_common_axis_keep_their_own_scores():
    _, axes = plt.subplots(2, sharex=True)
    displays = [
        LossCurveDisplay([2, 1], validation_scores=[0, 1]).plot(ax) for ax in axes
    ]
    assert displays[0].validation_ax_ is not displays[1].validation_ax_


def test_style_can_be_changed_under_any_of_its_names():
    display = LossCurveDisplay([2, 1], validation_scores=[0, 1]).plot(
        line_kwargs={"c": "red", "label": "training"}, validation_kwargs={"ls": "-."}
    )
    assert display.line_.get_color() == "red"
    assert display.validation_line_.get_linestyle() == "-."
    assert legend_texts(display)[0] == "training"


def test_display_can_be_drawn_again_elsewhere(lstm):
    display = LossCurveDisplay.from_estimator(lstm)
    first = display.ax_
    assert display.plot() is display
    assert display.ax_ is not first


@pytest.mark.parametrize("wrap", ["pipeline", "search", "search over a pipeline"])
def test_network_is_found_in_pipelines_and_searches(sequences, make_network, wrap):
    network, grid = make_network(), {"cell": ["lstm"]}
    model = make_pipeline(FunctionTransformer(), network)
    if wrap == "search":
        model = GridSearchCV(network, grid, cv=2)
    elif wrap == "search over a pipeline":
        model = GridSearchCV(
            model, {f"{type(network).__name__.lower()}__cell": ["lstm"]}
        )
    model.fit(*sequences)
    display = LossCurveDisplay.from_estimator(model)
    last = getattr(model, "best_estimator_", model)
    last = last[-1] if hasattr(last, "steps") else last
    np.testing.assert_array_equal(display.line_.get_ydata(), last.loss_curve_)


def test_networks_of_scikit_learn_work_too():
    X = np.linspace(0, 1, 30)[:, None]
    model = MLPRegressor(hidden_layer_sizes=3, random_state=0).partial_fit(X, X[:, 0])
    display = LossCurveDisplay.from_estimator(model)
    np.testing.assert_array_equal(display.line_.get_ydata(), model.loss_curve_)
    assert display.validation_line_ is None


def test_forecasters_work_too():
    forecaster = LSTMForecaster(4, n_estimators=1, epochs=3, random_state=0)
    with pytest.raises(NotFittedForecaster):
        LossCurveDisplay.from_estimator(forecaster)
    forecaster.fit(np.sin(np.arange(40.0)), fh=[1, 2])
    display = LossCurveDisplay.from_estimator(forecaster)
    np.testing.assert_array_equal(display.line_.get_ydata(), forecaster.loss_curve_)


def test_what_cannot_be_drawn_is_refused(make_network):
    with pytest.raises(NotFittedError):
        LossCurveDisplay.from_estimator(make_network())
    ridge = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    with pytest.raises(TypeError, match=r"'loss_curve_'.*got Ridge"):
        LossCurveDisplay.from_estimator(ridge)
    _, axes = plt.subplots(2)
    with pytest.raises(ValueError, match=r"ax must have 1 axes.*got 2"):
        LossCurveDisplay([1.0]).plot(axes)


def test_scores_of_a_fit_that_goes_on_are_those_of_its_epochs(make_network, sequences):
    network = make_network(warm_start=True, epochs=3).fit(*sequences)
    network.set_params(early_stopping=True, epochs=2).fit(*sequences)
    display = LossCurveDisplay.from_estimator(network)
    assert display.line_.get_xdata().tolist() == [1, 2, 3, 4, 5]
    assert display.validation_line_.get_xdata().tolist() == [4, 5]
    best = 4 + np.argmax(network.validation_scores_)
    assert set(display.best_line_.get_xdata()) == {best}
