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

# To hand something on to the next step takes longer around the loop than within a turn.
STEPS_OF_A_TURN = 4


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

    Each part begins with the step that the last gradients of all parts ask for: all do
    the same, which takes less time than to wait for one that does it. What goes from
    call to call is joined, since an array takes longer to be handed over than to be
    copied: `state` is params and slots; `done`, of each part, its gradient, its loss,
    and the losses of the steps before.

    Parameters and results as those of `whole_batches`; the arrays have a leading axis
    of parts, those of a step one after the other.
    """
    tf, ops = _namespaces()
    params, _, hyper, integer, *arrays = signature = _signature(tf, key)
    n_members, n = params.shape
    n_arrays, sizes = 1 + key.recipe.optimizer.n_slots, (n, 1, key.length)
    state = tf.TensorSpec((n_members, n_arrays * n), tf.float32)
    done = tf.TensorSpec((n_members, sum(sizes)), tf.float32)
    given = [state, (done,) * key.n_parts, hyper, integer]

    def finish(state, done, hyper, k):
        """Take step `k`: (params, *slots), and the losses up to it."""
        params, *slots = tf.split(state, n_arrays, axis=1)
        gradient, value, _ = tf.split(sum(done[1:], done[0]), sizes, axis=1)
        params, slots, value = finish_step(
            *(ops, key.recipe, params, tuple(slots), value[:, 0], gradient),
            tf.unstack(tf.gather(hyper, k)),
        )
        is_now = tf.equal(tf.range(key.length), k)
        *_, values = tf.split(done[0], sizes, axis=1)
        return (params, *slots), tf.where(is_now, value[:, None], values)

    def part(state, done, hyper, k, i, *arrays):
        count()
        new, values = finish(state, done, hyper, tf.maximum(k - 1, 0))
        # Before the first batch nothing is there to be finished.
        old = tf.split(state, n_arrays, axis=1)
        new = [tf.where(k > 0, a, b) for a, b in zip(new, old, strict=True)]
        # A slice at a place that varies would be compiled anew for each place.
        batch = _batch(key, arrays, lambda a: tf.gather(a, k * key.n_parts + i))
        *_, inverse_norm = tf.unstack(tf.gather(hyper, k))
        value, gradient, _ = value_and_gradient(
            ops, key.recipe, new[0], batch, inverse_norm
        )
        done = tf.concat([gradient, value[:, None], values], axis=1)
        return tf.concat(new, axis=1), done

    one_part = compiled_function(part, [*given, integer, *arrays])
    last = compiled_function(finish, given)
    return Program(partial(_loop_over_parts, key, one_part, last), signature)


def _loop_over_parts(key, part, finish, params, slots, hyper, n_steps, *arrays):
    """Do the steps of a chunk in a plain graph, all parts of each at once."""
    tf = tensorflow()
    state = tf.concat([params, *slots], axis=1)
    n_members, n = params.shape
    done = (tf.zeros((n_members, n + 1 + key.length)),) * key.n_parts

    def in_turns_of(n):
        def body(k, state, done):
            for _ in range(n):
                results = [
                    part(state, done, hyper, k, i, *arrays) for i in range(key.n_parts)
                ]
                k, state, done = k + 1, results[0][0], tuple(d for _, d in results)
            return k, state, done

        return partial(_loop_in_graph, lambda k, *_: k <= n_steps - n, body)

    k, *given = in_turns_of(1)(in_turns_of(STEPS_OF_A_TURN)((0, state, done)))
    (params, *slots), values = finish(*given, hyper, k - 1)
    return params, tuple(slots), tf.transpose(values)


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
