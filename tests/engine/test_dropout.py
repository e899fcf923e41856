"""Dropout: which values are dropped, and for how long."""

import numpy as np
import pytest

from skrnn.engine import _network, _numpy_ops
from skrnn.engine._architecture import Architecture, layout
from skrnn.engine._losses import Loss
from skrnn.engine._network import Dropout
from skrnn.engine._optimizers import Optimizer
from skrnn.engine._settings import Settings
from skrnn.engine._step import Recipe
from skrnn.engine._training import Arrays, start, train


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_hand(cell, kernel, recurrent, bias, x, drop_x, drop_h):
    """One sequence through one layer, step by step, as the textbooks have it."""
    n = len(recurrent)
    h, c = np.zeros(n), np.zeros(n)
    for x_t in x * drop_x:
        if cell == "rnn":
            h = np.tanh(x_t @ kernel + (h * drop_h) @ recurrent + bias)
        elif cell == "lstm":
            i, f, g, o = np.split(x_t @ kernel + (h * drop_h) @ recurrent + bias, 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        else:
            xz, xr, xh = np.split(x_t @ kernel + bias[0], 3)
            hz, hr, hh = np.split((h * drop_h) @ recurrent + bias[1], 3)
            z, r = sigmoid(xz + hz), sigmoid(xr + hr)
            h = z * h + (1 - z) * np.tanh(xh + r * hh)
    return h, c


@pytest.mark.parametrize("dropped", [False, True])
def test_cells_written_out(cell, make, dropped):
    architecture = Architecture(cell, (4,), 2, 1)
    case = make(architecture)
    rng = np.random.default_rng(0)
    drop_x, drop_h = np.ones((6, 2)), np.ones((6, 4))
    if dropped:
        drop_x = 2.0 * (rng.random((6, 2)) < 0.5)
        drop_h = 2.0 * (rng.random((6, 4)) < 0.5)
    arrays = [
        case.params[0, p.start : p.stop].reshape(p.shape) for p in layout(architecture)
    ]
    run = _network.forward(
        _numpy_ops,
        architecture,
        case.params,
        case.batch.x,
        dropout=Dropout((drop_x[None],), (drop_h[None],)),
    )
    for row in range(6):
        h, c = by_hand(cell, *arrays[:3], case.batch.x[row], drop_x[row], drop_h[row])
        np.testing.assert_allclose(run.sequences[0][0][0, -1, row], h)
        if cell == "lstm":
            np.testing.assert_allclose(run.sequences[0][1][0, -1, row], c)
        np.testing.assert_allclose(
            run.outputs[0, row], h @ arrays[3] + arrays[4], atol=1e-12
        )


def drawn_masks(dropout, recurrent_dropout, jit_compile, monkeypatch):
    """The dropout masks of every step of a short run."""
    from skrnn.engine._run import Run

    seen = []
    draw = Run._dropout

    def spy(self, *arguments):
        seen.append(draw(self, *arguments))
        return seen[-1]

    monkeypatch.setattr(Run, "_dropout", spy)
    recipe = Recipe(
        Architecture("lstm", (50,), 40, 1), Loss("squared_error"), Optimizer("adam")
    )
    rng = np.random.default_rng(0)
    data = Arrays(np.ones((20, 3, 40)), np.ones((20, 1)), np.ones((20, 1)))
    settings = Settings(
        dropout=dropout,
        recurrent_dropout=recurrent_dropout,
        batch_size=10,
        epochs=2,
        jit_compile=jit_compile,
    )
    train(recipe, start(recipe, rng), data, settings, rng)
    return seen


def test_rates_and_scale_of_the_masks(monkeypatch):
    masks = drawn_masks(0.2, 0.6, False, monkeypatch)
    assert len(masks) == 4
    for name, rate in (("inputs", 0.2), ("recurrent", 0.6)):
        drawn = np.stack([getattr(m, name)[0] for m in masks])
        np.testing.assert_allclose(np.unique(drawn), [0, 1 / (1 - rate)])
        assert np.mean(drawn == 0) == pytest.approx(rate, abs=0.03)
        assert drawn.mean() == pytest.approx(1, abs=0.05)
        # Another mask in every step, and for every row.
        assert len(np.unique(drawn.reshape(-1, drawn.shape[-1]), axis=0)) == 40


def test_nothing_is_drawn_without_dropout(monkeypatch):
    assert drawn_masks(0.0, 0.0, False, monkeypatch) == [None] * 4
