"""Losses against their definitions, and Keras's."""

import numpy as np
import pytest

from skrnn.engine import _numpy_ops
from skrnn.engine._losses import LOSSES, Loss, evaluate


def values(name, parameter, out, y):
    """The loss of every element, without the engine's leading axis of networks."""
    return LOSSES[name](_numpy_ops, Loss(name, parameter), out, y)[0]


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    return rng.standard_normal((50, 4)), rng.standard_normal((50, 4))


def test_squared_and_absolute_error(pair):
    out, y = pair
    np.testing.assert_allclose(values("squared_error", (), out, y), (out - y) ** 2)
    np.testing.assert_allclose(values("absolute_error", (), out, y), abs(out - y))


@pytest.mark.parametrize("delta", [0.3, 1.0, 5.0])
def test_huber(keras, pair, delta):
    out, y = pair
    error = np.abs(out - y)
    expected = np.where(error <= delta, 0.5 * error**2, delta * error - 0.5 * delta**2)
    ours = values("huber", (delta,), out, y)
    np.testing.assert_allclose(ours, expected)
    theirs = keras.losses.Huber(delta=delta, reduction=None)(y, out)
    np.testing.assert_allclose(ours.mean(-1), theirs, rtol=1e-5)


def test_quantile_levels_run_fastest(pair):
    out, y = pair
    out = np.concatenate([out, out + 1], axis=1)
    y = np.repeat(y, 2, axis=1)
    ours = values("quantile", (0.1, 0.8), out, y)
    for k in range(8):
        level, error = (0.1, 0.8)[k % 2], y[:, k] - out[:, k]
        expected = np.where(error > 0, level * error, (level - 1) * error)
        np.testing.assert_allclose(ours[:, k], expected)


def test_quantile_is_least_at_the_quantile():
    y = np.random.default_rng(0).exponential(size=(999, 1))
    candidates = np.linspace(0, 5, 2001)
    sums = [values("quantile", (0.9,), y * 0 + c, y).sum() for c in candidates]
    assert candidates[np.argmin(sums)] == pytest.approx(np.quantile(y, 0.9), abs=0.01)


def test_poisson_is_half_the_deviance_up_to_a_constant(keras, pair):
    from sklearn.metrics import mean_poisson_deviance

    out, y = pair[0], np.abs(pair[1])
    ours = values("poisson", (), out, y)
    at_best = values("poisson", (), np.log(y), y)
    deviance = mean_poisson_deviance(y.ravel(), np.exp(out).ravel())
    assert 2 * (ours - at_best).mean() == pytest.approx(deviance)
    # Keras takes the mean where this takes its logarithm.
    theirs = keras.losses.Poisson(reduction=None)(y, np.exp(out))
    np.testing.assert_allclose(ours.mean(-1), theirs, rtol=1e-4)


def test_log_losses(keras, pair):
    out, y = pair
    ours = values("binary_log_loss", (), out, (y > 0).astype(float))
    theirs = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)(
        (y > 0).astype(float), out
    )
    np.testing.assert_allclose(ours.mean(-1), theirs, rtol=1e-5)

    one_hot = np.eye(4)[y.argmax(-1)]
    ours = values("categorical_log_loss", (), out, one_hot)
    theirs = keras.losses.CategoricalCrossentropy(from_logits=True, reduction=None)(
        one_hot, out
    )
    np.testing.assert_allclose(ours[:, 0], theirs, rtol=1e-5)


@pytest.mark.parametrize("name", ["binary_log_loss", "categorical_log_loss"])
def test_log_losses_survive_extreme_logits(name):
    out = np.array([[800.0, -800.0]])
    y = np.array([[0.0, 1.0]])
    value, slope = LOSSES[name](_numpy_ops, Loss(name), out, y)
    assert np.isfinite(value).all()
    assert np.isfinite(slope).all()
    assert value.max() >= 800


def test_evaluate_sums_with_weights_per_network(pair):
    out, y = pair
    weight = np.arange(50.0)[None, :, None]
    value, slope = evaluate(
        _numpy_ops, Loss("squared_error"), np.stack([out, y]), y[None], weight
    )
    expected = (np.arange(50)[:, None] * (out - y) ** 2).sum()
    np.testing.assert_allclose(value, [expected, 0])
    np.testing.assert_allclose(slope[0], 2 * (out - y) * weight[0])
