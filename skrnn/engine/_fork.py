"""What a forked process has of TensorFlow: its memory, but none of its threads.

Work that is given to them is waited for without an end, and to close what they belong
to ends the process. So nothing is computed there with TensorFlow, and nothing closed.
"""

import ctypes
import os
import sys

_is_used = False
_is_left_behind = False


def use_tensorflow():
    """Say that this process computes with TensorFlow from now on.

    Raises
    ------
    RuntimeError
        In a process forked from one that had computed with it.
    """
    global _is_used
    if _is_left_behind:
        raise RuntimeError(
            "TensorFlow can't compute in this process: it was forked from one that had "
            "computed with TensorFlow, whose threads stayed there. Set "
            "jit_compile=False, or start processes in another way than by fork, such "
            "as joblib's backend 'loky' or multiprocessing's method 'spawn'."
        )
    _is_used = True


def keep_for_ever(thing):
    """Have Python never take something apart, not even at its own end."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def _look_back():
    """Note, in a forked process, whether TensorFlow had computed before."""
    global _is_left_behind
    module = sys.modules.get("tensorflow.python.eager.context")
    context = getattr(module, "_context", None)
    runtime = getattr(context, "_context_handle", None)
    if runtime is not None:
        keep_for_ever(runtime)
    _is_left_behind = _is_used or runtime is not None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_look_back)
