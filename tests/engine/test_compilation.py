"""Compiled functions: right, and found again whatever was traced before."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import numpy as np
import pytest


def doubled(tf):
    """A function with a loop in a loop, and a constant."""

    def function(x, n, pair):
        def inner(i, y):
            return i + 1, y + pair[0] * tf.constant([1.0, 2.0, 3.0])

        def outer(i, y):
            return i + 1, tf.while_loop(lambda j, _: j < n, inner, (0, 2 * y))[1]

        return tf.while_loop(lambda i, _: i < n, outer, (0, x))[1], (pair[1],)

    vector = tf.TensorSpec((3,), tf.float32)
    return function, [vector, tf.TensorSpec((), tf.int32), (vector, vector)]


@pytest.fixture
def tf():
    from skrnn.engine._tensorflow import tensorflow

    return tensorflow()


def opened(function, signature):
    from skrnn.engine._compilation import compiled_function
    from skrnn.engine._sessions import Program

    return Program(compiled_function(function, signature), signature)


def test_program_computes_what_the_function_says(tf):
    pair = (np.ones(3), np.arange(3.0))
    result, (second,) = opened(*doubled(tf))(np.ones(3), 2, pair)
    np.testing.assert_allclose(result, 4 + 6 * np.array([1, 2, 3]))
    np.testing.assert_allclose(second, pair[1])


def test_a_function_called_in_a_loop_of_a_program(tf):
    """With what was computed outside of the loop, and more than once."""
    from skrnn.engine._compilation import compiled_function
    from skrnn.engine._compiled_steps import _loop_in_graph
    from skrnn.engine._sessions import Program

    vector = tf.TensorSpec((3,), tf.float32)

    double = compiled_function(lambda x, y: 2 * x + y, [vector, vector])

    def function(x, n):
        outside = double(x, x)

        def body(i, y):
            return i + 1, double(double(y, outside), tf.zeros(3))

        return _loop_in_graph(lambda i, _: i < n, body, (0, x))[1]

    program = Program(function, [vector, tf.TensorSpec((), tf.int32)])
    np.testing.assert_allclose(program(np.arange(3.0), 0), np.arange(3.0))
    np.testing.assert_allclose(program(np.arange(3.0), 2), 46 * np.arange(3.0))


def test_names_do_not_depend_on_what_was_traced_before(tf):
    from skrnn.engine._compilation import _renamed

    names = set()
    for _ in range(3):
        function, signature = doubled(tf)
        concrete = tf.function(
            function, jit_compile=True, autograph=False, input_signature=signature
        ).get_concrete_function()
        functions = _renamed(
            concrete.function_def, concrete.graph.as_graph_def().library
        )
        assert len(functions) == 5
        names.add(tuple(f.signature.name for f in functions))
    assert len(names) == 1


def test_names_differ_where_functions_do(tf):
    from skrnn.engine._compilation import _renamed

    names = set()
    for factor in (2.0, 3.0):
        concrete = tf.function(
            lambda x, factor=factor: factor * x,
            input_signature=[tf.TensorSpec((3,), tf.float32)],
        ).get_concrete_function()
        (function,) = _renamed(
            concrete.function_def, concrete.graph.as_graph_def().library
        )
        names.add(function.signature.name)
    assert len(names) == 2


def test_the_same_function_can_be_compiled_twice(tf):
    for _ in range(2):
        opened(*doubled(tf))(np.ones(3), 1, (np.ones(3), np.ones(3)))


def test_errors_of_the_function_itself_are_raised(tf):
    """With nothing to mend in the cache, no second attempt hides the first."""

    def wrong(x):
        return tf.ensure_shape(x, (4,))

    with pytest.raises(ValueError, match="shape"):
        opened(wrong, [tf.TensorSpec((3,), tf.float32)])


@pytest.fixture
def double(tf, monkeypatch):
    """A program with three seats, as on a machine of three cores."""
    from skrnn.engine import _seats

    monkeypatch.setattr(_seats, "_n_cores", lambda: 3)
    program = opened(lambda x: 2 * x, [tf.TensorSpec((3,), tf.float32)])
    monkeypatch.setattr(program, "_is_shared", False)
    return program


@pytest.mark.parametrize("n_callers", [3, 8])
def test_callers_at_the_same_time_have_a_session_each(double, n_callers):
    """As far as there are cores; those who follow each other share one."""
    barrier = threading.Barrier(n_callers)

    def caller(k):
        barrier.wait()
        return [double(np.full(3, float(k)))[0] for _ in range(50)]

    with ThreadPoolExecutor(n_callers) as pool:
        results = list(pool.map(caller, range(n_callers)))
    assert [set(r) for r in results] == [{2.0 * k} for k in range(n_callers)]
    n_sessions = double._seats.count()
    assert 1 <= n_sessions <= 3
    for k in range(5):
        assert double(np.full(3, float(k)))[1] == 2 * k
    assert double._seats.count() == n_sessions


def use_seats(program, n):
    """Call a program from one thread as if callers sat at all seats but the last."""
    with ExitStack() as others:
        for seat in program._seats._seats[:n]:
            assert program(np.ones(3))[0] == 2
            others.enter_context(seat.lock)


def n_threads():
    return len(os.listdir("/proc/self/task"))


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="needs Linux")
def test_sessions_that_nobody_uses_are_closed(tf, double, monkeypatch):
    """All but one, with their threads, be their program called again or not."""
    from skrnn.engine import _seats

    now = 1e6
    monkeypatch.setattr(_seats, "monotonic", lambda: now)
    monkeypatch.setattr(_seats, "_next_look", now + 60)
    another = opened(lambda x: 3 * x, [tf.TensorSpec((3,), tf.float32)])
    monkeypatch.setattr(another, "_is_shared", False)
    another(np.ones(3))
    before = n_threads()
    use_seats(double, 3)
    assert double._seats.count() == 3
    assert n_threads() >= before + 2
    now += 50
    use_seats(double, 2)
    now += 20
    another(np.ones(3))
    assert double._seats.count() == 2
    now += 61
    another(np.ones(3))
    assert (double._seats.count(), another._seats.count()) == (1, 1)
    assert n_threads() <= before
    assert double(np.ones(3))[0] == 2


def test_a_session_that_is_busy_is_not_closed(double):
    use_seats(double, 3)
    second = double._seats._seats[1]
    with second.lock:
        double._seats.close_unused(np.inf)
        assert second.session is not None
    double._seats.close_unused(np.inf)
    assert double._seats.count() == 1
