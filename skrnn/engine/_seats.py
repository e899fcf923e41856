"""The sessions of a program: at most one for each core, and but one kept for ever.

A session has eleven threads and some megabytes, and a search in several threads opens
some for every program. It takes a fifth of a second to open one again, or seconds where
nothing is kept on disk, so they stay while callers come back.
"""

import os
import threading
import weakref
from itertools import count
from time import monotonic

from skrnn.engine._fork import keep_for_ever

# Seconds after which a session that nobody used is closed, and between looks for them.
KEEP_SECONDS = 60

_lock = threading.Lock()
_everywhere: weakref.WeakSet["Seats"] = weakref.WeakSet()
_next_look = 0.0


class Seat:
    """A place for a session, and for a caller who holds its lock."""

    def __init__(self, session=None):
        self.lock = threading.Lock()
        self.session = session
        self.used = monotonic()


class Seats:
    """As many places for sessions of a program as there are cores.

    Parameters
    ----------
    session : object
        The first one. It is closed when Python takes it apart.
    """

    def __init__(self, session):
        self.first = Seat(session)
        self._seats = [self.first, *(Seat() for _ in range(1, _n_cores()))]
        self._turns = count()
        with _lock:
            _everywhere.add(self)
        # TensorFlow can't let go of sessions any more when Python takes itself apart.
        weakref.finalize(self, _close, self._seats, os.getpid())

    def find(self):
        """Choose the first free seat, so that others fall out of use, or any."""
        _close_unused_sessions()
        free = (seat for seat in self._seats if not seat.lock.locked())
        seat = next(free, None) or self._seats[next(self._turns) % len(self._seats)]
        seat.used = monotonic()
        return seat

    def close_unused(self, since):
        """Close all sessions but the first that were not used since a time."""
        for seat in self._seats[1:]:
            if not seat.lock.locked():
                with seat.lock:
                    if seat.used < since:
                        seat.session = None

    def count(self):
        """Count the open sessions."""
        return sum(seat.session is not None for seat in self._seats)


def _n_cores():
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _close_unused_sessions():
    """Look at all programs, be they called again or not, but not at each call."""
    global _next_look
    now = monotonic()
    if now < _next_look:
        return
    with _lock:
        _next_look = now + KEEP_SECONDS
        programs = list(_everywhere)
    for seats in programs:
        seats.close_unused(now - KEEP_SECONDS)


def _close(seats, process):
    """Close sessions where they were opened: a forked process can't."""
    for seat in seats:
        if os.getpid() != process:
            keep_for_ever(seat.session)
        seat.session = None
