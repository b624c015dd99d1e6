"""How long a request took, and what it waited for, for `Server-Timing` and the limits."""

from __future__ import annotations

import time
from contextvars import ContextVar

Waits = dict[str, float]
"""What was waited for → seconds in all."""
_SPENT: ContextVar[Waits | None] = ContextVar("spent", default=None)
_FORGIVEN: ContextVar[float] = ContextVar("forgiven", default=0.0)


def begin() -> Waits:
    """Begin to take notes for the request that runs in this context; return the notes."""
    notes: Waits = {}
    _SPENT.set(notes)
    # Forgiven to the last request on this connection, which may not have been charged by time.
    _FORGIVEN.set(0.0)
    return notes


def note(start: float, what: str = "db") -> None:
    """Note the time since a moment of `time.perf_counter`, if anything takes notes.

    This is how long the request waited for the database, or for something else.
    """
    notes = _SPENT.get()
    if notes is not None:
        notes[what] = notes.get(what, 0.0) + time.perf_counter() - start


def forgive(seconds: float) -> None:
    """Leave time out of the cost of a request: it waited for what is made once for everybody."""
    _FORGIVEN.set(_FORGIVEN.get() + seconds)


def take_forgiven() -> float:
    """Return how many seconds of the current request are forgiven, and reset them."""
    seconds = _FORGIVEN.get()
    # The next request on the same connection may have the same context.
    _FORGIVEN.set(0.0)
    return seconds


HIT = b'cache;desc="hit"'
"""`Server-Timing` of a response that was ready."""


def server_timing(begun: float, waits: Waits) -> bytes:
    """Write `Server-Timing`: what took how long, in milliseconds; `waits` are those of `begin`."""
    spent = {**waits, "total": time.perf_counter() - begun}
    return ", ".join(
        [f"{what};dur={seconds * 1000:.2f}" for what, seconds in spent.items()]
    ).encode()
