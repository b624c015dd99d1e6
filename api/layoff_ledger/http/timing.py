"""How long a request took, and for what it waited, as `Server-Timing` says and limits count."""

from __future__ import annotations

import time
from contextvars import ContextVar

Waits = dict[str, float]
"""What was waited for → seconds in all."""
_SPENT: ContextVar[Waits | None] = ContextVar("spent", default=None)
_FORGIVEN: ContextVar[float] = ContextVar("forgiven", default=0.0)


def begin() -> Waits:
    """Begin to note, for the request that runs in this context; give the notes."""
    notes: Waits = {}
    _SPENT.set(notes)
    # What was forgiven to the last request of the connection, which may not have paid by time.
    _FORGIVEN.set(0.0)
    return notes


def note(start: float, what: str = "db") -> None:
    """Note how long it is since a moment of `time.perf_counter`, if that is to be noted.

    So long was waited for the database, or for something else.
    """
    notes = _SPENT.get()
    if notes is not None:
        notes[what] = notes.get(what, 0.0) + time.perf_counter() - start


def forgive(seconds: float) -> None:
    """Leave so long out of what a request costs: it waited for what is made once for everybody."""
    _FORGIVEN.set(_FORGIVEN.get() + seconds)


def take_forgiven() -> float:
    """Return how many seconds of the request that is answered are forgiven, once."""
    seconds = _FORGIVEN.get()
    # The next request of the same connection may have the same context.
    _FORGIVEN.set(0.0)
    return seconds


HIT = b'cache;desc="hit"'
"""`Server-Timing` of a response that was ready."""


def server_timing(begun: float, waits: Waits) -> bytes:
    """Say in `Server-Timing` what took how long, in milliseconds; `waits` are those of `begin`."""
    spent = {**waits, "total": time.perf_counter() - begun}
    return ", ".join(f"{what};dur={seconds * 1000:.2f}" for what, seconds in spent.items()).encode()
