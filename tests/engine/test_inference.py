"""Prediction: block by block, in threads, to the last bit."""

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from skrnn.engine import _inference, _network, _numpy_ops
from skrnn.engine._architecture import Architecture, n_parameters
from skrnn.engine._prepared import Prepared
from skrnn.engine._threads import one_blas_thread


def blas_threads():
    """Threads of the library behind numpy's products; scipy brings another one."""
    return [
        d["num_threads"]
        for d in threadpool_info()
        if d["user_api"] == "blas" and "scipy.libs" not in d["filepath"]
    ]


@pytest.fixture
def many():
    architecture = Architecture("lstm", (8,), 1, 2)
    rng = np.random.default_rng(0)
    params = rng.standard_normal((2, n_parameters(architecture)))
    return architecture, params, rng.standard_normal((1000, 6, 1))


def test_blocks_are_joined_in_order(many):
    architecture, params, x = many
    run = _network.forward(_numpy_ops, architecture, params, x)
    np.testing.assert_allclose(
        _inference.predict(architecture, params, x), run.outputs, rtol=1e-10
    )


def test_single_precision_keeps_the_level_of_the_outputs(many, monkeypatch):
    architecture, params, x = many
    low = _inference.predict(architecture, params, x)
    params[:, -architecture.n_outputs :] += 1e8
    monkeypatch.setattr(_inference, "SINGLE_SECONDS", 0)
    high = _inference.predict(architecture, params, x)
    np.testing.assert_allclose(high - 1e8, low, atol=1e-4)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("structure", ["seq2vec", "seq2seq"])
def test_prepared_networks_are_those_of_training(
    cell, structure, bidirectional, activation
):
    architecture = Architecture(
        cell,
        (4, 4),
        2,
        3,
        structure,
        activation=activation,
        bidirectional=bidirectional,
        residual=True,
        skip=structure == "seq2seq",
    )
    rng = np.random.default_rng(0)
    params = rng.standard_normal((3, n_parameters(architecture)))
    x, mask = rng.standard_normal((5, 7, 2)), np.ones((5, 7), dtype=bool)
    mask[0, :3] = mask[1, 5:] = False
    for given in (None, mask):
        run = _network.forward(_numpy_ops, architecture, params, x, given)
        outputs, _ = Prepared(architecture, params, np.float64)(x, given)
        np.testing.assert_allclose(outputs, run.outputs, rtol=1e-9, atol=1e-12)


def test_prepared_networks_go_on_from_their_states(cell):
    architecture = Architecture(cell, (4, 4), 2, 3, residual=True)
    rng = np.random.default_rng(0)
    network = Prepared(
        architecture, rng.standard_normal((2, n_parameters(architecture))), np.float64
    )
    x = rng.standard_normal((5, 7, 2))
    _, states = network(x[:, :3])
    outputs, _ = network(x[:, 3:], states=states)
    np.testing.assert_allclose(outputs, network(x)[0], rtol=1e-12)


@pytest.mark.parametrize("skip", [False, True])
def test_a_walk_takes_the_steps_of_a_sequence(cell, skip):
    architecture = Architecture(cell, (4, 4), 2, 3, "seq2seq", residual=True, skip=skip)
    rng = np.random.default_rng(0)
    network = Prepared(
        architecture, rng.standard_normal((2, n_parameters(architecture))), np.float64
    )
    x = rng.standard_normal((5, 7, 2))
    outputs, _ = network(x)
    walk = network.walk(network(x[:, :3])[1])
    steps = [walk(x[:, t].T) for t in range(3, 7)]
    expected = outputs[:, 3:].transpose(1, 0, 3, 2)
    np.testing.assert_allclose(steps, expected, rtol=1e-12)


@pytest.mark.parametrize("structure", ["seq2seq", "vec2seq"])
def test_sequences_are_rows_first(structure):
    architecture = Architecture(
        "gru", (4,), 2, 3, structure, n_steps_out=5 if structure == "vec2seq" else None
    )
    rng = np.random.default_rng(0)
    params = rng.standard_normal((1, n_parameters(architecture)))
    x = rng.standard_normal((300, 5, 2) if structure == "seq2seq" else (300, 2))
    out = _inference.predict(architecture, params, x)
    assert out.shape == (1, 300, 5, 3)
    np.testing.assert_allclose(
        out[:, 17:18], _inference.predict(architecture, params, x[17:18]), rtol=1e-10
    )


def test_threads_change_no_bit(many, monkeypatch):
    architecture, params, x = many
    monkeypatch.setattr(_inference, "THREADED_SECONDS", np.inf)
    alone = _inference.predict(architecture, params, x)
    monkeypatch.setattr(_inference, "THREADED_SECONDS", 0)
    np.testing.assert_array_equal(_inference.predict(architecture, params, x), alone)


@pytest.mark.parametrize("units", [1, 5, 32])
def test_a_row_does_not_depend_on_its_company(cell, units):
    """What scikit-learn asks of any subset and order of the samples, at 1e-7."""
    architecture = Architecture(cell, (units,), 1, 1)
    rng = np.random.default_rng(0)
    params = rng.standard_normal((1, n_parameters(architecture)))
    x = rng.standard_normal((200, 12, 1))
    whole = _inference.predict(architecture, params, x)[0]
    single = [_inference.predict(architecture, params, row[None])[0, 0] for row in x]
    np.testing.assert_allclose(whole, single, rtol=1e-9, atol=1e-12)


def test_strided_views_and_float32_are_taken_as_they_are(many):
    architecture, params, _ = many
    series = np.random.default_rng(0).standard_normal(300)
    windows = np.lib.stride_tricks.sliding_window_view(series, 6)[..., None]
    expected = _inference.predict(architecture, params, np.ascontiguousarray(windows))
    np.testing.assert_array_equal(
        _inference.predict(architecture, params, windows), expected
    )
    small = windows.astype(np.float32)
    np.testing.assert_array_equal(
        _inference.predict(architecture, params, small),
        _inference.predict(architecture, params, small.astype(np.float64)),
    )


def test_one_blas_thread_counts_its_users():
    before = blas_threads()
    inside, release = threading.Event(), threading.Event()

    def other():
        with one_blas_thread:
            inside.set()
            release.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(10)
    with one_blas_thread:
        assert blas_threads() == [1]
    # The other one still needs it.
    assert blas_threads() == [1]
    release.set()
    thread.join()
    assert blas_threads() == before


def test_one_blas_thread_may_be_left_in_another_thread():
    """The first user goes before the last, and still the old setting comes back."""
    before = blas_threads()
    inside, release = threading.Event(), threading.Event()

    def other():
        with one_blas_thread:
            inside.set()
            release.wait(10)

    thread = threading.Thread(target=other)
    with one_blas_thread:
        thread.start()
        assert inside.wait(10)
    assert blas_threads() == [1]
    release.set()
    thread.join()
    assert blas_threads() == before


def test_one_blas_thread_is_given_back_after_an_error():
    before = blas_threads()
    with pytest.raises(RuntimeError), one_blas_thread:
        raise RuntimeError
    assert blas_threads() == before


def test_hidden_states_have_rows_first(make):
    architecture = Architecture("lstm", (3, 2), 2, 1, bidirectional=True)
    case = make(architecture)
    states = _inference.hidden_states(architecture, case.params, case.batch.x)
    shapes = [[a.shape for a in layer] for layer in states]
    assert shapes == [[(6, 5, 6), (6, 5, 6)], [(6, 5, 4), (6, 5, 4)]]
    run = _network.forward(_numpy_ops, architecture, case.params, case.batch.x)
    np.testing.assert_array_equal(states[1][0][:, -1, :2], run.sequences[2][0][0, -1])
    np.testing.assert_array_equal(states[1][1][:, 0, 2:], run.sequences[3][1][0, 0])
