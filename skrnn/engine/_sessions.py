"""Programs run in sessions, which have threads of their own.

TensorFlow's eager runtime hands parts of what XLA has compiled to threads that all
computations share: those detours take longer than the parts, and where two halves of a
batch run side by side, each waits for the other's. A session can be given one thread
for them. XLA then stays on the thread that called it, and adds up in one order,
whatever the number of cores.
"""

import numpy as np

from skrnn.engine._tensorflow import (
    CACHE_VARIABLE,
    empty_compilation_cache,
    tensorflow,
)


def open_program(build, signature):
    """Build a graph, and have XLA compile what is compiled in it.

    Parameters
    ----------
    build : callable
        Takes nothing, and gives a function of tensors that gives tensors, in tuples or
        alone: one made by `compiled_function`, or one that calls such. It is called
        again where the first attempt met a damaged cache.
    signature : list
        A `tf.TensorSpec`, or a tuple of them, for each argument.

    Returns
    -------
    program : callable
        Of arrays, and giving arrays. It was called once, with ones: that is when XLA
        compiles.

    Raises
    ------
    OSError
        If the cache on disk is damaged and can't be mended.
    """
    tf = tensorflow()
    try:
        return _opened(tf, build, signature)
    except tf.errors.OpError as error:
        # A file of the cache that can't be read or written.
        directory = empty_compilation_cache()
        if directory is None or isinstance(error, tf.errors.ResourceExhaustedError):
            raise
    try:
        return _opened(tf, build, signature)
    except tf.errors.OpError as error:
        raise OSError(
            f"Compiled programs can't be kept in {directory}: {error.message}. Set the "
            f"environment variable {CACHE_VARIABLE} to another folder, or to 'off', "
            "and start Python again."
        ) from error


def _opened(tf, build, signature):
    # A user may be building a graph of their own.
    with tf.init_scope():
        function = build()
    graph = tf.Graph()
    with graph.as_default():
        places = tf.nest.map_structure(
            lambda s: tf.compat.v1.placeholder(s.dtype, s.shape), signature
        )
        outputs = function(*places)
    dtypes = [p.dtype.as_numpy_dtype for p in tf.nest.flatten(places)]
    session = tf.compat.v1.Session(graph=graph, config=_config(tf))
    run = session.make_callable(tf.nest.flatten(outputs), tf.nest.flatten(places))

    def program(*arguments):
        arrays = map(np.asarray, tf.nest.flatten(arguments), dtypes)
        return tf.nest.pack_sequence_as(outputs, run(*arrays))

    program(*tf.nest.map_structure(lambda s: np.ones(s.shape), signature))
    return program


def _config(tf):
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=1, device_count={"GPU": 0}
    )
    # Functions are found on disk by what they do: nothing may rewrite them.
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config
