"""How a command ends when it is asked to: the same way for Ctrl-C (SIGINT) and for SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Coroutine, Iterator
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM)
AGAIN_SECONDS = 1.0
"""A second signal within this time is the same one: `timeout` also sends it to the whole group."""
LOST_SECONDS = 0.1
"""This long after one was lost, it comes again, outside of what swallowed it."""


class Stopping:
    """Whether this process was asked to end, and what runs in a loop until then."""

    def __init__(self) -> None:
        """Begin without having been asked."""
        self._asked_at: float | None = None
        self._is_lost = False
        self._task: asyncio.Task[Any] | None = None

    def ask(self, _: int, __: FrameType | None) -> None:
        """Cancel what runs in a loop, or else raise `KeyboardInterrupt`: the signal handler.

        The second time, it is raised in any case: the first one may have been lost.
        """
        before, self._asked_at = self._asked_at, time.monotonic()
        if before is not None and not self._is_lost:
            # A second signal right away would interrupt the shutdown.
            if self._asked_at - before > AGAIN_SECONDS:
                raise KeyboardInterrupt
            return
        self._is_lost = False
        if self._task is None:
            raise KeyboardInterrupt
        # By the loop: cancelled in the middle of the driver's own code, it may be lost, or break
        # it.
        self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    def ask_again(self) -> None:
        """Send the signal again, because what it raised was swallowed.

        Python does so with every exception of a finalizer, and the garbage collector calls them
        anywhere. A supervisor sends one SIGTERM and waits.
        """
        self._is_lost = True
        signal.setitimer(signal.ITIMER_REAL, LOST_SECONDS)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work in a loop; raise `KeyboardInterrupt` if this process was asked to end.

        Also if the work went on to its end, or failed because of it: what is cancelled may have
        nothing left to wait for, or swallow it.
        """
        try:
            return asyncio.run(self._until_asked(work))
        finally:
            if self._asked_at is not None:
                raise KeyboardInterrupt

    async def _until_asked(self, work: Coroutine[Any, Any, T]) -> T:
        self._task = asyncio.current_task()
        try:
            if self._task is not None and self._asked_at is not None:
                # Before there was a loop, inside something that swallows every exception.
                self._is_lost = False
                self._task.cancel()
            return await work
        finally:
            self._task = None


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[Stopping]:
    """Let SIGINT and SIGTERM unwind what is done here, so that the embedded server is stopped.

    Ignored signals stay ignored: a shell makes its background processes ignore Ctrl-C.
    """
    stopping = Stopping()
    hook = sys.unraisablehook

    def pass_over(unraisable: sys.UnraisableHookArgs) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            stopping.ask_again()
        else:
            hook(unraisable)

    before = {one: signal.getsignal(one) for one in (*SIGNALS, signal.SIGALRM)}
    before = {one: handler for one, handler in before.items() if handler is not signal.SIG_IGN}
    try:
        sys.unraisablehook = pass_over
        # To whoever handles it by then: the server has handlers of its own.
        signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGTERM))
        for one in SIGNALS:
            if one in before:
                signal.signal(one, stopping.ask)
        yield stopping
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = hook
        for one, handler in before.items():
            signal.signal(one, handler)
