"""Memory that training steps share.

The arrays of a step are large and live shortly. glibc gives what is freed back to the
system, and the next step pays for every page of it again: a quarter to a third of a
step's time. How much glibc keeps follows from the largest block that was ever freed, so
one block, never written to, settles it. Elsewhere this does nothing.
"""

from functools import cache

import numpy as np

# About what a step of 64 units, 32 rows and 24 time steps works on.
KEPT_BYTES = 8 * 2**20


@cache
def keep_freed_memory():
    """Have the process keep some megabytes of freed memory, instead of pages anew."""
    np.empty(KEPT_BYTES, dtype=np.uint8)
