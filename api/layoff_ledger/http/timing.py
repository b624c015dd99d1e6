"""How long a request took, and for what it waited: the header `Server-Timing`."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

Waits = dict[str, float]
"""What was waited for → seconds in all."""
_SPENT: ContextVar[Waits | None] = ContextVar("spent", default=None)


def begin() -> Waits:
    """Begin to note, for the request that runs in this context; give the notes."""
    notes: Waits = {}
    _SPENT.set(notes)
    return notes


@contextlib.contextmanager
def noted(what: str = "db") -> Iterator[None]:
    """Note how long the block takes, which waits for the database or for something else."""
    notes = _SPENT.get()
    if notes is None:
        yield
        return
    start = time.perf_counter()
    try:
        yield
    finally:
        notes[what] = notes.get(what, 0.0) + time.perf_counter() - start


HIT = b'cache;desc="hit"'
"""`Server-Timing` of a response that was ready."""


def server_timing(begun: float, waits: Waits) -> bytes:
    """Say in `Server-Timing` what took how long, in milliseconds; `waits` are those of `begin`."""
    spent = {**waits, "total": time.perf_counter() - begun}
    return ", ".join(f"{what};dur={seconds * 1000:.2f}" for what, seconds in spent.items()).encode()
