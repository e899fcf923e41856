"""Garbage is not looked for while objects are made that stay.

Importing TensorFlow makes 400,000 objects, tracing a program some thousand more, and
Python looks through all of them time and again to find what can be freed: nothing. That
takes a quarter of the import, and a fifth of a second for a program.
"""

import gc
import os
import threading
from contextlib import contextmanager

# The threads that have switched the collector off, and will switch it on again.
_switched_off_by: list[int] = []


@contextmanager
def collected_later():
    """Keep Python from looking for garbage for a while, if it does so at all."""
    if not gc.isenabled():
        yield
        return
    thread = threading.get_ident()
    try:
        _switched_off_by.append(thread)
        gc.disable()
        yield
    finally:
        gc.enable()
        _switched_off_by.remove(thread)


def _collect_again():
    """Do for threads that were left behind at a fork what they can't do any more."""
    here = threading.get_ident()
    if _switched_off_by and here not in _switched_off_by:
        gc.enable()
    _switched_off_by[:] = [t for t in _switched_off_by if t == here]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_collect_again)
