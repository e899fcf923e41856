"""HiddenStatesDisplay shows the states that the estimator computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skrnn import HiddenStatesDisplay


def drawn(lines):
    return np.column_stack([line.get_ydata() for line in lines])


@pytest.mark.parametrize("layer", [0, 1, -1])
@pytest.mark.parametrize("sample", [0, 7, -1])
def test_shows_the_states_of_a_layer_and_a_sample(lstm, sequences, layer, sample):
    X, _ = sequences
    display = HiddenStatesDisplay.from_estimator(lstm, X, layer=layer, sample=sample)
    states = lstm.hidden_states(X)[layer]
    np.testing.assert_array_equal(drawn(display.lines_[0]), states.h[sample])
    np.testing.assert_array_equal(drawn(display.lines_[1]), states.c[sample])
    titles = [ax.get_title() for ax in display.axes_]
    assert titles == ["Hidden state $h_t$", "Cell state $C_t$"]
    assert display.axes_[1].get_xlabel() == "Time step"
    assert display.images_ is None
    assert display.figure_ is display.axes_[0].figure


def test_cells_without_a_cell_state_have_one_picture(sequences, make_network):
    X, y = sequences
    model = make_network((3,), cell="gru").fit(X, y)
    display = HiddenStatesDisplay.from_estimator(model, X)
    assert len(display.axes_) == len(display.lines_) == 1
    h = model.hidden_states(X)[0].h[0]
    np.testing.assert_array_equal(drawn(display.lines_[0]), h)


def test_many_units_become_a_heatmap():
    rng = np.random.default_rng(0)
    h, c = rng.normal(size=(2, 20, 11))
    display = HiddenStatesDisplay(h, c).plot()
    assert display.lines_ is None
    for image, state in zip(display.images_, (h, c), strict=True):
        np.testing.assert_array_equal(image.get_array(), state.T)
        # 0 is white
        assert image.get_clim() == (-np.abs(state).max(), np.abs(state).max())


def test_kind_can_be_chosen():
    h = np.zeros((4, 11))
    assert len(HiddenStatesDisplay(h).plot(kind="line").lines_[0]) == 11
    assert len(HiddenStatesDisplay(h[:, :2]).plot(kind="heatmap").images_) == 1
    with pytest.raises(ValueError, match="kind must be 'auto', 'line' or 'heatmap'"):
        HiddenStatesDisplay(h).plot(kind="bar")


def test_axes_and_style_can_be_given():
    _, axes = plt.subplots(3)
    h = np.ones((4, 2))
    display = HiddenStatesDisplay(h, h).plot(axes[1:], line_kwargs={"lw": 3})
    assert display.axes_ == list(axes[1:])
    assert display.lines_[1][0].get_linewidth() == 3
    with pytest.raises(ValueError, match=r"ax must have 2 axes.*got 3"):
        HiddenStatesDisplay(h, h).plot(axes)


def test_a_pipeline_transforms_first(lstm, sequences):
    X, _ = sequences
    pipeline = make_pipeline(FunctionTransformer(lambda X: 2 * X), lstm)
    display = HiddenStatesDisplay.from_estimator(pipeline, X)
    expected = lstm.hidden_states(2 * X)[-1].h[0]
    np.testing.assert_array_equal(drawn(display.lines_[0]), expected)


def test_a_pipeline_of_the_network_alone(lstm, sequences):
    X, _ = sequences
    display = HiddenStatesDisplay.from_estimator(make_pipeline(lstm), X)
    np.testing.assert_array_equal(
        drawn(display.lines_[0]), lstm.hidden_states(X)[-1].h[0]
    )


@pytest.mark.parametrize(
    ("which", "error", "message"),
    [
        ({"layer": 2}, ValueError, "layer must be from 0 to 1.*got 2"),
        ({"layer": -3}, ValueError, "layer must be from 0 to 1.*got -3"),
        ({"sample": 40}, ValueError, "sample must be from 0 to 39.*got 40"),
        ({"sample": 0.0}, TypeError, "sample must be an int, got 0.0"),
        ({"sample": True}, TypeError, "sample must be an int, got True"),
    ],
)
def test_bad_positions_are_refused(lstm, sequences, which, error, message):
    with pytest.raises(error, match=message):
        HiddenStatesDisplay.from_estimator(lstm, sequences[0], **which)


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4)])
def test_states_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"h must have shape \(n_timesteps, n_units\)"):
        HiddenStatesDisplay(np.zeros(shape)).plot()
    with pytest.raises(ValueError, match=r"c must have shape \(n_timesteps, n_units\)"):
        HiddenStatesDisplay(np.zeros((3, 4)), np.zeros(shape)).plot()


def test_what_has_no_states_is_refused(make_network):
    with pytest.raises(NotFittedError):
        HiddenStatesDisplay.from_estimator(make_network(), [[[0.0]]])
    ridge = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    with pytest.raises(TypeError, match=r"'hidden_states'.*got Ridge"):
        HiddenStatesDisplay.from_estimator(ridge, [[0.0]])
