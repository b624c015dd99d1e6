"""How a process ends that nobody asks to: its parent is gone, or no Python runs in it any more."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
import threading
import time

from layoff_ledger.processes import PARENT_VARIABLE

ORPHAN_SECONDS = 10.0
"""How long a process may take to finish once the one that started it is gone."""
STUCK_SECONDS = 60.0
"""How long no thread of Python may run in a process before it is ended."""


def end_with_parent() -> None:
    """Let the kernel end this process when the one that started it is killed (Linux).

    Otherwise a worker would keep the port for itself, with a database that nobody looks after. If
    it does not end when told to, it is killed some seconds later, or a minute after the last time
    that Python ran in it.
    """
    _end_if_stuck()
    threading.Thread(target=_outlive, args=(os.getppid(),), daemon=True).start()
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
    # It may have been killed before that: then the first process has adopted this one.
    if os.getppid() == 1 and os.environ.get(PARENT_VARIABLE, "1") != "1":
        sys.exit("the process that started this one is gone")


def _end_if_stuck() -> None:
    """End this process if Python does not run in it until this is called again.

    A library that holds Python's lock for good stops every thread: the server did when it was told
    to stop, and its worker stayed. What this starts needs no lock.
    """
    # It writes where each thread is, for which it needs a file.
    with contextlib.suppress(AttributeError, OSError, RuntimeError, ValueError):
        faulthandler.dump_traceback_later(STUCK_SECONDS, exit=True)


def _outlive(parent: int) -> None:
    while os.getppid() == parent:
        _end_if_stuck()
        time.sleep(1)
    time.sleep(ORPHAN_SECONDS)
    os._exit(1)
