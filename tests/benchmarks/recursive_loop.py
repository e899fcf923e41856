"""Steps of a recursive forecast: numpy's loop beside one that XLA compiles.

    python tests/benchmarks/recursive_loop.py

36 steps of one LSTM of 64 units, its output fed back as input, by the number of series.
Forecasters use double precision, and single precision, a block of series for each
thread, where there are more series than one block holds. The compiled loop is skrnn's
own cell.
"""

import argparse
import os
import time

import numpy as np
from _timing import interleaved, machine, show

UNITS, N_STEPS = 64, 36


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    machine()
    os.environ["SKRNN_COMPILATION_CACHE"] = "off"
    from skrnn.engine._architecture import Architecture, n_parameters

    architecture = Architecture("lstm", (UNITS,), 1, 1, "seq2seq")
    rng = np.random.default_rng(0)
    params = 0.1 * rng.standard_normal((1, n_parameters(architecture)))
    for n_series in (1, 10, 100, 1000, 10_000):
        start = time.perf_counter()
        compiled = compiled_loop(architecture, params, n_series)
        compile_seconds = time.perf_counter() - start
        jobs = {
            "numpy, double precision": numpy_loop(
                architecture, params, n_series, np.float64
            ),
            "numpy, single precision": numpy_loop(
                architecture, params, n_series, np.float32
            ),
            "compiled, single precision": compiled,
        }
        exact, _, approximate = (job() for job in jobs.values())
        np.testing.assert_allclose(approximate, exact, atol=1e-4)
        show(
            f"{n_series} series (compiled in {compile_seconds:.2f} s)",
            interleaved(jobs, options.repeats),
            "numpy, double precision",
        )


def numpy_loop(architecture, params, n_series, dtype):
    """Make a job that gives forecasts (steps, series), as forecasters compute them."""
    from skrnn.engine._prepared import Prepared
    from skrnn.engine._threads import one_blas_thread, side_by_side
    from skrnn.forecasting._recursive import BLOCK

    networks = Prepared(architecture, params, dtype)

    def forecast(first):
        n = min(BLOCK, n_series - first)
        state = np.zeros((1, n, UNITS), dtype)
        walk = networks.walk([(state, state)])
        x, forecasts = np.ones((1, n), dtype), []
        for _ in range(N_STEPS):
            x = walk(x)[0]
            forecasts.append(x[0])
        return np.array(forecasts)

    @one_blas_thread
    def job():
        blocks = side_by_side(forecast, range(0, n_series, BLOCK))
        return np.concatenate(blocks, axis=1)

    return job


def compiled_loop(architecture, params, n_series):
    """Make a job that gives the same, in one call of a compiled function."""
    from skrnn.engine._cells import CELLS
    from skrnn.engine._compilation import compiled_function
    from skrnn.engine._network import layer_of, unpack
    from skrnn.engine._recurrence import scaled
    from skrnn.engine._sessions import Program
    from skrnn.engine._tensorflow import tensorflow

    tf = tensorflow()
    from skrnn.engine import _tensorflow_ops as ops

    def forecast(params, h, c):
        weights = unpack(ops, architecture, params)
        layer = scaled(ops, layer_of(architecture, weights, 0, "forward", False))
        advance = CELLS["lstm"].step(
            ops, architecture.activation, tf.zeros((1, n_series, 4 * UNITS))
        )

        def turn(i, h, c, x, made):
            xz = x @ layer.kernel + layer.bias[:, None]
            (h, c), _ = advance((h, c), xz, h @ layer.recurrent)
            x = h @ weights["head/kernel"] + weights["head/bias"][:, None]
            return i + 1, h, c, x, made.write(i, x[0, :, 0])

        made = tf.TensorArray(tf.float32, N_STEPS, element_shape=(n_series,))
        first = tf.ones((1, n_series, 1))
        *_, made = tf.while_loop(
            lambda i, *_: i < N_STEPS, turn, (0, h, c, first, made)
        )
        return made.stack()

    states = tf.TensorSpec((1, n_series, UNITS), tf.float32)
    signature = [tf.TensorSpec(params.shape, tf.float32), states, states]
    program = Program(compiled_function(forecast, signature), signature)
    state = np.zeros(states.shape, np.float32)

    def job():
        return program(params, state, state)

    return job


if __name__ == "__main__":
    main()
