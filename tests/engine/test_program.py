"""Programs are compiled once, shared, and few."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from skrnn.engine import _compiled_steps, _program
from skrnn.engine._architecture import Architecture
from skrnn.engine._losses import Loss
from skrnn.engine._optimizers import Optimizer
from skrnn.engine._program import PROGRAMS, Programs, chunk_length
from skrnn.engine._run import Run
from skrnn.engine._settings import Settings
from skrnn.engine._step import Recipe
from skrnn.engine._tensorflow import tensorflow
from skrnn.engine._training import Arrays, start, train


def fit(units=2, n_rows=10, seed=0, **options):
    recipe = Recipe(
        Architecture("rnn", (units,), 1, 1), Loss("squared_error"), Optimizer("adam")
    )
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n_rows, 3, 1))
    data = Arrays(x, x[:, 0], np.ones((n_rows, 1)))
    settings = Settings(
        **{"batch_size": 4, "jit_compile": True, "epochs": 2, **options}
    )
    return train(recipe, start(recipe, rng), data, settings, rng)


@pytest.fixture
def cold(monkeypatch):
    """An empty cache in the place of the process's."""
    programs = Programs(PROGRAMS.maxsize)
    monkeypatch.setattr(_program, "PROGRAMS", programs)
    return programs


def test_a_search_compiles_once_per_architecture_and_batch_shape(cold):
    """50 fits: 5 learning rates, 3 dropout rates, 10 numbers of rows, 2 widths."""
    rng = np.random.default_rng(0)
    combinations = [
        (rate, dropout, n_rows)
        for rate in (1e-4, 1e-3, 3e-3, 1e-2, 3e-2)
        for dropout in (0.0, 0.1, 0.5)
        for n_rows in range(4, 14)
    ]
    for k in rng.permutation(len(combinations))[:50]:
        rate, dropout, n_rows = combinations[k]
        fit(
            units=2 + k % 2,
            n_rows=n_rows,
            seed=k,
            learning_rate=rate,
            dropout=dropout,
            alpha=dropout,
            clip_norm=1 + rate,
        )
    assert sorted(cold.traces.values()) == [1, 1], dict(cold.traces)


def test_a_new_batch_shape_compiles_again(cold):
    fit()
    fit(batch_size=8)
    assert sorted(cold.traces.values()) == [1, 1]


def test_small_data_takes_few_shapes(cold):
    """Below the batch size, rows are padded to powers of two."""
    for n_rows in range(9, 17):
        fit(n_rows=n_rows, batch_size=32)
    assert sorted(cold.traces.values()) == [1]


def test_cold_threads_compile_once(cold):
    barrier = threading.Barrier(4)

    def together(seed):
        barrier.wait()
        return fit(seed=seed).state.params

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(together, [0, 1, 0, 1]))
    assert sorted(cold.traces.values()) == [1]
    np.testing.assert_array_equal(results[0], results[2])
    np.testing.assert_array_equal(results[1], results[3])


def test_threads_give_the_bits_of_one_thread(cold):
    alone = [fit(units=u, seed=u).state.params for u in (2, 3, 4, 5)]
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda u: fit(units=u, seed=u).state.params, (2, 3, 4, 5))
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture
def in_parts(cold, monkeypatch):
    """Batches of any network cut into parts."""
    monkeypatch.setattr(_program, "PARTED_STATES", 0)
    return cold


def run_with_everything(cell, batch_size, **options):
    """Networks of two layers, over padded sequences whose last batch is not full."""
    architecture = Architecture(
        cell, (3, 3), 2, 1, structure="seq2seq", bidirectional=True
    )
    recipe = Recipe(architecture, Loss("absolute_error"), Optimizer("adamw"))
    rng = np.random.default_rng(0)
    x = rng.standard_normal((11, 4, 2))
    mask = rng.random((11, 4)) < 0.8
    weight = rng.uniform(0.5, 2, (11, 4, 1)) * mask[..., None]
    data = Arrays(x, x[..., :1], weight, mask)
    settings = Settings(
        batch_size=batch_size,
        epochs=3,
        alpha=0.1,
        weight_decay=0.01,
        clip_norm=0.5,
        jit_compile=True,
        **options,
    )
    return train(recipe, start(recipe, rng, 2), data, settings, rng)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize(
    ("batch_size", "options"),
    [(4, {"dropout": 0.3, "recurrent_dropout": 0.2}), (5, {}), (32, {}), (2, {})],
    ids=["dropout", "odd_batches", "one_batch", "whole_turn_and_a_part"],
)
def test_batches_in_parts_give_the_same_networks(
    cell, batch_size, options, cold, monkeypatch
):
    whole = run_with_everything(cell, batch_size, **options)
    monkeypatch.setattr(_program, "PARTED_STATES", 0)
    parted = run_with_everything(cell, batch_size, **options)
    assert sorted(key.n_parts for key in cold.traces) == [1, 2]
    np.testing.assert_allclose(parted.state.params, whole.state.params, atol=1e-5)
    np.testing.assert_allclose(parted.loss_curve, whole.loss_curve, rtol=1e-5)


def test_parts_are_compiled_once_and_give_the_same_bits_in_threads(in_parts):
    alone = [fit(seed=seed, n_rows=9 + seed).state.params for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda k: fit(seed=k, n_rows=9 + k).state.params, range(4))
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)
    assert list(in_parts.traces.values()) == [1]


def test_parts_leave_the_control_flow_of_other_threads_alone(in_parts, monkeypatch):
    """A graph that a user builds while a loop over parts is built."""
    tf = tensorflow()
    seen = []

    def is_new():
        with tf.Graph().as_default():
            return tf.compat.v1.control_flow_v2_enabled()

    def compiled_function(function, signature):
        call = compile_function(function, signature)

        def watched(*arguments):
            seen.append(pool.submit(is_new).result(10))
            return call(*arguments)

        return watched

    compile_function = _compiled_steps.compiled_function
    monkeypatch.setattr(_compiled_steps, "compiled_function", compiled_function)
    with ThreadPoolExecutor(1) as pool:
        fit()
    assert len(seen) >= 3
    assert all(seen)


def test_parts_depend_on_shapes_alone():
    """One row can't be cut, and narrow networks gain nothing."""

    def parts(units, n_rows, n_networks=1):
        architecture = Architecture("lstm", (8, units), 1, 1)
        return _program.count_parts(architecture, n_networks, n_rows)

    assert parts(64, 32) == parts(16, 32, 4) == parts(32, 64) == 2
    assert parts(32, 32) == parts(4096, 1) == 1


@pytest.mark.parametrize("parted_states", [0, 10**9], ids=["parts", "whole"])
def test_a_fit_while_the_user_builds_a_graph(cold, monkeypatch, parted_states):
    """It is no part of the graph, whether its program is built there or before."""
    tf = tensorflow()
    monkeypatch.setattr(_program, "PARTED_STATES", parted_states)
    fits = []

    def function():
        fits.append(fit().state.params)
        return tf.constant(0)

    tf.function(function, autograph=False)()
    tf.function(function, autograph=False)()
    with tf.Graph().as_default() as graph:
        fits.append(fit().state.params)
    assert not graph.get_operations()
    expected = fit().state.params
    for params in fits:
        np.testing.assert_array_equal(params, expected)
    assert len(fits) == 3


def test_cache_is_bounded_and_drops_the_oldest(monkeypatch):
    built = []

    def build(key, count):
        built.append(key)
        return key

    monkeypatch.setattr(_program, "_compile", build)
    programs = Programs(2)
    for key in "aabacaab":
        assert programs.get(key) == key
    assert built == ["a", "b", "c", "b"]
    assert len(programs._programs) == len(programs._locks) == 2


def test_a_program_dropped_while_someone_waits_for_it(monkeypatch):
    monkeypatch.setattr(_program, "_compile", lambda key, count: key)
    programs = Programs(1)
    programs.get("first")
    with programs._locks["first"]:
        waiting = threading.Thread(target=programs.get, args=("first",))
        waiting.start()
        programs.get("second")
    waiting.join()
    assert programs.get("second") == "second"
    assert list(programs._programs) == ["second"]


def test_a_failing_build_does_not_block_the_next(monkeypatch):
    attempts = []

    def build(key, count):
        attempts.append(key)
        if len(attempts) == 1:
            raise RuntimeError("no memory")
        return "program"

    monkeypatch.setattr(_program, "_compile", build)
    programs = Programs(2)
    with pytest.raises(RuntimeError, match="no memory"):
        programs.get("key")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(programs.get, "key").result(10) == "program"


def test_building_one_program_does_not_hold_up_another(monkeypatch):
    release = threading.Event()

    def build(key, count):
        if key == "slow":
            assert release.wait(10)
        return key

    monkeypatch.setattr(_program, "_compile", build)
    programs = Programs(4)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(programs.get, "slow")
        assert pool.submit(programs.get, "fast").result(10) == "fast"
        release.set()
        assert slow.result(10) == "slow"


def choice(units, n_rows, epochs, scale=1.0):
    """Where a run would be done, and in which precision."""
    recipe = Recipe(
        Architecture("lstm", (units,), 1, 1), Loss("squared_error"), Optimizer("adam")
    )
    x = np.full((n_rows, 24, 1), scale)
    data = Arrays(x, x[:, 0], np.ones((n_rows, 1)))
    settings = Settings(learning_rate=scale, epochs=epochs)
    run = Run(recipe, data, settings, np.random.default_rng(0), 1)
    return run.compiled, run.dtype


def test_choice_depends_on_shapes_alone():
    """Tiny jobs stay in numpy and in double precision; large ones are compiled."""
    assert choice(4, 50, 1) == (False, np.float64)
    assert choice(16, 1000, 10) == (False, np.float32)
    assert choice(64, 1000, 100) == (True, np.float32)
    assert len({choice(16, 1000, 10, scale) for scale in (1e-3, 1.0, 1e3)}) == 1


@pytest.mark.parametrize("rows", [1, 32, 1024])
def test_chunks_are_powers_of_two_that_fit(rows):
    row = (np.zeros((1, 24, 8), np.float32), np.zeros((1, 1), np.float32), None)
    length = chunk_length(row, rows)
    assert length & (length - 1) == 0
    assert 1 <= length <= _program.MAX_CHUNK
    assert length == 1 or length * rows * 772 <= _program.CHUNK_BYTES


@pytest.mark.parametrize("n_rows", [4 * 64, 4 * 64 + 1, 4 * 65, 4 * 128 + 3])
def test_chunks_that_are_full_and_not(n_rows):
    """The last of several chunks may hold a few rows of one batch only."""
    compiled, in_numpy = (
        fit(n_rows=n_rows, jit_compile=jit_compile).state.params
        for jit_compile in (True, False)
    )
    np.testing.assert_allclose(compiled, in_numpy, atol=1e-5)
