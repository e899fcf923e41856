"""Gradients against central differences, in float64."""

import numpy as np
import pytest

from skrnn.engine import _numpy_ops
from skrnn.engine._architecture import Architecture
from skrnn.engine._losses import Loss, evaluate
from skrnn.engine._network import Dropout, dropout_widths
from skrnn.engine._optimizers import Optimizer
from skrnn.engine._step import Recipe, value_and_gradient

LOSSES = {
    "squared_error": (),
    "absolute_error": (),
    "huber": (0.7,),
    "quantile": (0.1, 0.9),
    "poisson": (),
    "binary_log_loss": (),
    "categorical_log_loss": (),
}


def central_differences(function, point, step=1e-6):
    """Derivative of a function of one array, (M,) values from (M, P) points."""
    slopes = np.empty_like(point)
    for k in range(point.shape[1]):
        moved = np.zeros_like(point)
        moved[:, k] = step
        slopes[:, k] = (function(point + moved) - function(point - moved)) / (2 * step)
    return slopes


def targets(name, shape, rng):
    y = rng.standard_normal(shape)
    if name == "poisson":
        return np.abs(y)
    if name == "binary_log_loss":
        return (y > 0).astype(float)
    if name == "categorical_log_loss":
        return np.eye(shape[-1])[y.argmax(-1)]
    return y


@pytest.mark.parametrize("name", LOSSES)
def test_slope_of_a_loss(name):
    rng = np.random.default_rng(0)
    out = rng.standard_normal((3, 5, 4))
    y = targets(name, (1, 5, 4), rng)
    weight = rng.uniform(0, 2, (1, 5, 1))
    loss = Loss(name, LOSSES[name])

    def value(flat):
        return evaluate(_numpy_ops, loss, flat.reshape(3, 5, 4), y, weight)[0]

    _, slope = evaluate(_numpy_ops, loss, out, y, weight)
    flat = out.reshape(3, -1)
    np.testing.assert_allclose(
        slope.reshape(3, -1), central_differences(value, flat), atol=1e-7
    )


@pytest.mark.parametrize("name", LOSSES)
def test_gradient_of_a_network(name, cell, make):
    case = make(Architecture(cell, (3,), 2, 2), n_networks=2)
    y = targets(name, case.batch.y.shape, np.random.default_rng(1))
    check(case, case.batch._replace(y=y), Loss(name, LOSSES[name]))


def test_gradient_of_every_network(case):
    check(case, case.batch, Loss("squared_error"))


@pytest.mark.parametrize("n_time", [1, 2, 5])
def test_gradient_under_dropout(make, cell, n_time):
    """In sequences of one and two steps, one row is nothing but padding."""
    architecture = Architecture(cell, (3, 3), 2, 2, bidirectional=True, residual=True)
    case = make(architecture, n_time=n_time, n_networks=2)
    rng = np.random.default_rng(0)

    def masks(width):
        return 2.0 * (rng.random((2, 6, width)) < 0.5)

    widths = dropout_widths(architecture)
    dropout = Dropout(
        tuple(masks(a) for a, _ in widths), tuple(masks(b) for _, b in widths)
    )
    check(case, case.batch._replace(dropout=dropout), Loss("squared_error"))


def check(case, batch, loss):
    recipe = Recipe(case.architecture, loss, Optimizer("adam"))

    def value(params):
        return value_and_gradient(_numpy_ops, recipe, params, batch, 0.1)[0]

    gradient = value_and_gradient(_numpy_ops, recipe, case.params, batch, 0.1)[1]
    np.testing.assert_allclose(
        gradient, central_differences(value, case.params), rtol=1e-5, atol=1e-6
    )
