"""Garbage is not looked for while objects are made that stay.

Importing TensorFlow makes 400,000 objects, tracing a program some thousand more, and
Python looks through all of them time and again to find what can be freed: nothing. That
takes a quarter of the import, and a fifth of a second for a program.
"""

import gc
from contextlib import contextmanager


@contextmanager
def collected_later():
    """Keep Python from looking for garbage for a while, if it does so at all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
