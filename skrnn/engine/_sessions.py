"""Programs run in sessions, which have threads of their own.

TensorFlow's eager runtime hands parts of what XLA has compiled to threads that all
computations share: those detours take longer than the parts, and where two halves of a
batch run side by side, each waits for the other's. A session can be given one thread
for them. XLA then adds up in one order, whatever the number of cores, and stays on the
thread that called it, or on that of the session. So callers at the same time need a
session each, which finds on disk what the first one has compiled. More of them than
cores take turns: they would not be done sooner.
"""

import numpy as np

from skrnn.engine._disk_cache import CACHE_VARIABLE, is_at_fault, remove_programs
from skrnn.engine._exit import wait_at_exit
from skrnn.engine._seats import Seats
from skrnn.engine._tensorflow import compilation_cache, shares_threads, tensorflow


class Program:
    """A function of arrays that runs as a graph of TensorFlow.

    Parameters
    ----------
    function : callable
        Of tensors, and giving tensors, in tuples or alone: one made by
        `compiled_function`, or one that calls such.
    signature : list
        A `tf.TensorSpec`, or a tuple of them, for each argument.

    Raises
    ------
    OSError
        If the cache on disk is damaged and can't be mended.
    """

    def __init__(self, function, signature):
        tf = tensorflow()
        self._graph = tf.Graph()
        with self._graph.as_default():
            self._places = tf.nest.map_structure(
                lambda s: tf.compat.v1.placeholder(s.dtype, s.shape), signature
            )
            self._outputs = function(*self._places)
        self._dtypes = [p.dtype.as_numpy_dtype for p in _flat(self._places)]
        self._seats = Seats(self._open_session())
        self._is_shared = shares_threads()
        wait_at_exit()  # and close sessions only then

    def __call__(self, *arguments):
        """Give the function's results, as arrays."""
        arrays = map(np.asarray, _flat(arguments), self._dtypes)
        return _like(self._outputs, iter(self._run(arrays)))

    def _run(self, arrays):
        if self._is_shared:
            return self._seats.first.session(*arrays)
        seat = self._seats.find()
        with seat.lock:
            seat.session = seat.session or self._open_session()
            return seat.session(*arrays)

    def _open_session(self):
        tf, directory = tensorflow(), compilation_cache()
        try:
            return self._compiled(tf)
        except tf.errors.OpError as error:
            # What reading a damaged file ends in can't be foreseen.
            is_memory = isinstance(error, tf.errors.ResourceExhaustedError)
            if directory is None or (is_memory and not is_at_fault(directory, error)):
                raise
        remove_programs(directory)
        try:
            return self._compiled(tf)
        except tf.errors.OpError as error:
            if not is_at_fault(directory, error):
                raise
            reason = error.message.splitlines()[0]
            raise OSError(
                f"Compiled programs can't be kept in {directory}, or a damaged one "
                f"can't be removed: {reason}. Set the environment variable "
                f"{CACHE_VARIABLE} to another folder, or to 'off', and start Python "
                "again, or set jit_compile=False."
            ) from error

    def _compiled(self, tf):
        """Call a new session with ones, which is when XLA compiles, and return it."""
        from tensorflow.core.protobuf.config_pb2 import CallableOptions

        session = tf.compat.v1.Session(graph=self._graph, config=_config(tf))
        feeds = _flat(self._places)
        options = CallableOptions(
            feed=[p.name for p in feeds],
            fetch=[o.name for o in _flat(self._outputs)],
        )
        # The public `make_callable` takes four times as long, all of it in Python.
        run = session._make_callable_from_options(options)
        run(*(np.ones(p.shape, p.dtype.as_numpy_dtype) for p in feeds))
        return run


def _flat(structure):
    """List what tuples and lists hold; TensorFlow's own way takes ten times as long."""
    if not isinstance(structure, (tuple, list)):
        return [structure]
    return [leaf for part in structure for leaf in _flat(part)]


def _like(structure, leaves):
    """Put leaves into tuples like those of a structure."""
    if not isinstance(structure, (tuple, list)):
        return next(leaves)
    return tuple(_like(part, leaves) for part in structure)


def _config(tf):
    config = tf.compat.v1.ConfigProto(
        intra_op_parallelism_threads=1, device_count={"GPU": 0}
    )
    # Functions are found on disk by what they do: nothing may rewrite them.
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config
