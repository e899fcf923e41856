"""GradientFlowDisplay shows the norms that the estimator computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skrnn import GradientFlowDisplay


def labels(display):
    return [line.get_label() for line in display.lines_]


def test_shows_a_line_for_each_layer(lstm, sequences):
    X, y = sequences
    display = GradientFlowDisplay.from_estimator(lstm, X, y)
    norms = lstm.gradient_norms(X, y)
    assert len(display.lines_) == len(norms) == 2
    for line, layer in zip(display.lines_, norms, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(X.shape[1]))
        np.testing.assert_array_equal(line.get_ydata(), layer)
    assert display.ax_.get_yscale() == "log"
    assert labels(display) == ["layer 1", "layer 2"]
    assert display.ax_.get_legend() is not None
    assert display.ax_.get_xlabel() == "Time step"
    assert display.ax_.get_ylabel() == "Norm of the gradient"


def test_networks_can_be_compared_in_one_picture():
    _, ax = plt.subplots()
    norms = np.ones((2, 5))
    one = GradientFlowDisplay(norms[:1]).plot(ax, name="LSTM")
    two = GradientFlowDisplay(norms).plot(ax, name="GRU", line_kwargs={"ls": ":"})
    assert one.ax_ is two.ax_ is ax
    assert labels(one) == ["LSTM"]
    assert labels(two) == ["GRU: layer 1", "GRU: layer 2"]
    assert two.lines_[1].get_linestyle() == ":"


@pytest.mark.parametrize("norms", [[[0.0, 1e-30, 1.0]], [[0.0, 0.0, 0.0]]])
def test_a_gradient_of_zero_is_a_gap(norms):
    display = GradientFlowDisplay(norms).plot()
    display.figure_.canvas.draw()
    shown = display.lines_[0].get_ydata()
    np.testing.assert_array_equal(np.isnan(shown), np.equal(norms[0], 0))


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match=r"\(n_layers, n_timesteps\), got \(3,\)"):
        GradientFlowDisplay([1.0, 2.0, 3.0]).plot()
    with pytest.raises(ValueError, match=r"must not be negative, got -1\.0"):
        GradientFlowDisplay([[1.0, -1.0]]).plot()
    ridge = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    with pytest.raises(TypeError, match=r"'gradient_norms'.*got Ridge"):
        GradientFlowDisplay.from_estimator(ridge, [[0.0]], [0.0])
