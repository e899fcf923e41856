"""At its end, Python waits for threads that compute with TensorFlow.

It ends daemon threads, such as joblib's, where they next ask for the interpreter. In
the midst of TensorFlow's C++ that aborts the process.
"""

import atexit
import os
import threading
from functools import cache


class Computing:
    """What a thread enters to compute with TensorFlow; at exit, no other one does."""

    def __init__(self):
        self._changed = threading.Condition()
        self._users = []  # their threads
        self._is_over = False

    def __enter__(self):
        """Enter, or, in a daemon thread at exit, wait for the end."""
        with self._changed:
            while self._is_over and threading.current_thread().daemon:
                self._changed.wait()
            self._users.append(threading.get_ident())

    def __exit__(self, *exception):
        """Leave."""
        with self._changed:
            self._users.remove(threading.get_ident())
            self._changed.notify_all()

    def end(self):
        """Wait until all other threads have left, and let none of them in any more."""
        here = threading.get_ident()
        with self._changed:
            self._is_over = True
            self._changed.wait_for(lambda: all(user == here for user in self._users))

    def forget_other_threads(self):
        """Do without them in a forked process, whatever they were doing at the time."""
        self._changed = threading.Condition()
        self._users = [u for u in self._users if u == threading.get_ident()]


computing = Computing()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=computing.forget_other_threads)


@cache
def wait_at_exit():
    """Have Python wait before it does what it was asked to do at exit so far."""
    atexit.register(computing.end)
