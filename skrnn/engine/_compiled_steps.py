"""A chunk of training steps as a program, of whole batches or of their parts.

A function that does all steps of a chunk uses one core: XLA runs what small networks
need one after the other. Where a step takes long enough, each batch is cut into parts
that two threads work on side by side, and the gradients are added before the step is
taken: the same step, up to rounding.
"""

from functools import partial

import numpy as np

from skrnn.engine._architecture import n_parameters
from skrnn.engine._compilation import compiled_function
from skrnn.engine._network import Dropout
from skrnn.engine._sessions import Program
from skrnn.engine._step import Batch, finish_step, train_step, value_and_gradient
from skrnn.engine._tensorflow import tensorflow


def whole_batches(key, count):
    """Compile a chunk of training steps into one function.

    Parameters
    ----------
    key : Key
    count : callable
        Called when the program is traced.

    Returns
    -------
    program : Program
        ``program(params, slots, hyper, n_steps, *arrays)`` gives params, slots and
        the losses (chunk length, M) of which the first `n_steps` count.
    """
    tf, ops = _namespaces()

    def chunk(params, slots, hyper, n_steps, *given):
        count()

        def body(k, params, slots, values):
            batch = _batch(key, given, lambda a: a[k])
            params, slots, value = train_step(
                ops, key.recipe, params, slots, batch, tf.unstack(hyper[k], 5)
            )
            return k + 1, params, slots, values.write(k, value)

        _, params, slots, values = tf.while_loop(
            lambda k, *_: k < n_steps, body, (0, params, slots, _values(tf, key))
        )
        return params, slots, values.stack()

    signature = _signature(tf, key)
    return Program(compiled_function(chunk, signature), signature)


def batches_in_parts(key, count):
    """Compile what is done for a part of a batch, and a loop around it.

    Each part begins with the step that the gradients of the last batch ask for: all do
    the same, which takes less time than to wait for one that does it.

    Parameters and results as those of `whole_batches`; the arrays have a leading axis
    of parts, those of a step one after the other.
    """
    tf, ops = _namespaces()
    params, slots, hyper, integer, *arrays = signature = _signature(tf, key)
    value = tf.TensorSpec((key.n_networks,), tf.float32)
    given = [
        *(params, slots, ((params, value),) * key.n_parts),
        *(tf.TensorSpec((key.length, key.n_networks), tf.float32), hyper, integer),
    ]

    def finish(params, slots, done, values, hyper, k):
        gradients, losses = zip(*done, strict=True)
        params, slots, value = finish_step(
            ops,
            key.recipe,
            params,
            slots,
            sum(losses[1:], losses[0]),
            sum(gradients[1:], gradients[0]),
            tf.unstack(tf.gather(hyper, k)),
        )
        is_now = tf.range(key.length)[:, None] == k
        return params, slots, tf.where(is_now, value, values)

    def part(params, slots, done, values, hyper, k, i, *arrays):
        count()
        before = [params, slots, values]
        finished = finish(params, slots, done, values, hyper, tf.maximum(k - 1, 0))
        # Before the first batch nothing is there to be finished.
        params, slots, values = tf.nest.map_structure(
            lambda new, old: tf.where(k > 0, new, old), list(finished), before
        )
        # A slice at a place that varies would be compiled anew for each place.
        batch = _batch(key, arrays, lambda a: tf.gather(a, k * key.n_parts + i))
        *_, inverse_norm = tf.unstack(tf.gather(hyper, k))
        value, gradient, _ = value_and_gradient(
            ops, key.recipe, params, batch, inverse_norm
        )
        return params, slots, values, (gradient, value)

    one_part = compiled_function(part, [*given, integer, *arrays])
    last = compiled_function(finish, given)
    return Program(partial(_loop_over_parts, key, one_part, last), signature)


def _loop_over_parts(key, part, finish, params, slots, hyper, n_steps, *arrays):
    """Do the steps of a chunk in a plain graph, all parts of each at once."""
    tf = tensorflow()
    done = ((tf.zeros_like(params), tf.zeros(key.n_networks)),) * key.n_parts
    values = tf.zeros((key.length, key.n_networks))

    def body(k, *state):
        results = [part(*state, hyper, k, i, *arrays) for i in range(key.n_parts)]
        params, slots, values, _ = results[0]
        return k + 1, params, slots, tuple(r[-1] for r in results), values

    start = (0, params, slots, done, values)
    k, *state = _loop_in_graph(lambda k, *_: k < n_steps, body, start)
    return finish(*state, hyper, k - 1)


def _loop_in_graph(go_on, body, start):
    """Build a loop of nodes of the graph it is in, one turn after the other.

    What does not change within such a loop is handed to it once. A loop that is a
    function, as TensorFlow builds it otherwise, is handed all arrays for each step. The
    public way to choose is a switch of the process: graphs that a user builds meanwhile
    would change with it.
    """
    from tensorflow.python.ops.control_flow_ops import WhileContext

    loop = WhileContext(parallel_iterations=1)
    return loop.BuildLoop(go_on, body, start, None, return_same_structure=True)


def _namespaces():
    tf = tensorflow()
    from skrnn.engine import _tensorflow_ops as ops

    return tf, ops


def _signature(tf, key):
    """Specify params, slots, hyperparameters, a number of steps, and the arrays."""
    vector = tf.TensorSpec(
        (key.n_networks, n_parameters(key.recipe.architecture)), tf.float32
    )
    return [
        vector,
        (vector,) * key.recipe.optimizer.n_slots,
        tf.TensorSpec((key.length, 5), tf.float32),
        tf.TensorSpec((), tf.int32),
        *(tf.TensorSpec(s[0], np.dtype(s[1])) for s in key.shapes if s is not None),
    ]


def _values(tf, key):
    return tf.TensorArray(tf.float32, size=key.length, element_shape=(key.n_networks,))


def _batch(key, given, cut):
    """Cut a batch out of the arrays of a chunk."""
    left = iter(given)
    x, y, weight, mask, *masks = (
        None if s is None else cut(next(left)) for s in key.shapes
    )
    half = len(masks) // 2
    return Batch(x, y, weight, mask, Dropout(tuple(masks[:half]), tuple(masks[half:])))
