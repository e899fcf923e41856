"""Threads of Python, and one of BLAS, while networks run in numpy.

The products are small: a second thread makes them slower, fights with the threads of
joblib, and could change the last bits of a result from machine to machine.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ContextDecorator
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController


def side_by_side(function, jobs):
    """Call a function for each of several jobs on all cores, and list the results."""
    if len(jobs) == 1:
        return [function(jobs[0])]
    # a thread starts without the caller's settings of what to do about overflow
    errors = np.geterr()

    def call(job):
        with np.errstate(**errors):
            return function(job)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(call, jobs))


@cache
def _controller():
    return ThreadpoolController()


class OneBlasThread(ContextDecorator):
    """Limit BLAS to one thread, in the whole process, until the last user leaves.

    The limit is a setting of the process, so that users in several threads are counted:
    each taking and restoring it alone could leave another without it.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._limiters = []
        self._users = []  # their threads

    def __enter__(self):
        """Set the limit if nobody has."""
        with self._lock:
            self._users.append(threading.get_ident())
            if len(self._users) == 1:
                self._limiters.append(_controller().limit(limits=1, user_api="blas"))
                _hand_over()

    def __exit__(self, *exception):
        """Restore what was before if nobody else needs the limit."""
        with self._lock:
            self._users.remove(threading.get_ident())
            self._restore_if_unused()

    def _restore_if_unused(self):
        if self._limiters and not self._users:
            self._limiters.pop().restore_original_limits()
            _hand_over()

    def forget_other_threads(self):
        """Do without them in a forked process, whatever they were doing at the time."""
        self._lock = threading.Lock()
        self._users = [u for u in self._users if u == threading.get_ident()]
        self._restore_if_unused()


def _hand_over():
    """Let another thread set the limit next.

    From release 3.8 on, threadpoolctl does nothing, silently, in any thread but the
    first that asked, until that one gives the control back.
    """
    for library in _controller().lib_controllers:
        if hasattr(library, "clear_controlling_thread"):
            library.clear_controlling_thread()


one_blas_thread = OneBlasThread()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=one_blas_thread.forget_other_threads)
