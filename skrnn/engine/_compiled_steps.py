"""A chunk of training steps as a program, of whole batches or of their parts.

A function that does all steps of a chunk uses one core: XLA runs what small networks
need one after the other. Where a step takes long enough, each batch is cut into parts
that two threads work on side by side, and the gradients are added before the step is
taken: the same step, up to rounding.
"""

from functools import partial
from types import SimpleNamespace

import numpy as np

from skrnn.engine._architecture import n_parameters
from skrnn.engine._compilation import compiled_function
from skrnn.engine._network import Dropout
from skrnn.engine._sessions import open_program
from skrnn.engine._step import Batch, finish_step, train_step, value_and_gradient
from skrnn.engine._tensorflow import shares_threads, tensorflow


def whole_batches(key, count):
    """Compile a chunk of training steps into one function.

    Parameters
    ----------
    key : Key
    count : callable
        Called when the program is traced.

    Returns
    -------
    program : callable
        ``program(params, slots, hyper, n_steps, *arrays)`` gives params, slots and
        the losses (chunk length, M) of which the first `n_steps` count.
    """
    tf, ops = _namespaces(alone=True)

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
    return open_program(
        lambda *given: compiled_function(chunk, signature)(*given), signature
    )


def batches_in_parts(key, count):
    """Compile what is done for a part of a batch, and a loop around it.

    Each part begins with the step that the gradients of the last batch ask for: all do
    the same, which takes less time than to wait for one that does it.

    Parameters and results as those of `whole_batches`; the arrays have a leading axis
    of parts, those of a step one after the other.
    """
    tf, ops = _namespaces(alone=not shares_threads())
    params, slots, hyper, integer, *arrays = signature = _signature(tf, key)
    done = ((params, tf.TensorSpec((key.n_networks,), tf.float32)),) * key.n_parts

    def finish(params, slots, done, hyper, k):
        gradients, values = zip(*done, strict=True)
        return finish_step(
            ops,
            key.recipe,
            params,
            slots,
            sum(values[1:], values[0]),
            sum(gradients[1:], gradients[0]),
            tf.unstack(tf.gather(hyper, k)),
        )

    def part(params, slots, done, hyper, k, place, *given):
        count()
        *finished, value = finish(params, slots, done, hyper, tf.maximum(k - 1, 0))
        # Before the first batch nothing is there to be finished.
        params, slots = tf.nest.map_structure(
            lambda new, old: tf.where(k > 0, new, old), finished, [params, slots]
        )
        # A slice at a place that varies would be compiled anew for each place.
        batch = _batch(key, given, lambda a: tf.gather(a, place))
        *_, inverse_norm = tf.unstack(tf.gather(hyper, k))
        new, gradient, _ = value_and_gradient(
            ops, key.recipe, params, batch, inverse_norm
        )
        return params, slots, value, (gradient, new)

    def chunk(params_, slots_, hyper_, n_steps, *given):
        one_part = compiled_function(
            part, [params, slots, done, hyper, integer, integer, *arrays]
        )
        last = compiled_function(finish, [params, slots, done, hyper, integer])

        def body(k, params, slots, done, values):
            first = k * key.n_parts
            results = [
                one_part(params, slots, done, hyper_, k, first + i, *given)
                for i in range(key.n_parts)
            ]
            params, slots, value, _ = results[0]
            done = tuple(result[-1] for result in results)
            values = values.write(tf.maximum(k - 1, 0), value)
            return k + 1, params, slots, done, values

        nothing = tf.nest.map_structure(lambda s: tf.zeros(s.shape), done)
        k, params_, slots_, done_, values = tf.while_loop(
            lambda k, *_: k < n_steps,
            body,
            (0, params_, slots_, nothing, _values(tf, key)),
            parallel_iterations=1,
        )
        params_, slots_, value = last(params_, slots_, done_, hyper_, k - 1)
        return params_, slots_, values.write(k - 1, value).stack()

    return open_program(chunk, signature)


def _namespaces(alone):
    tf = tensorflow()
    from skrnn.engine import _tensorflow_ops as ops

    scan = partial(ops.scan, alone=alone)
    return tf, SimpleNamespace(**{**vars(ops), "scan": scan})


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
