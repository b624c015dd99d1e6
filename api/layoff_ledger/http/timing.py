"""How long a request took, and waited for the database: the header `Server-Timing`."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

_SPENT: ContextVar[list[float] | None] = ContextVar("spent", default=None)


def begin() -> list[float]:
    """Begin to note, for the request that runs in this context; give the notes, in seconds."""
    notes: list[float] = []
    _SPENT.set(notes)
    return notes


@contextlib.contextmanager
def noted() -> Iterator[None]:
    """Note how long the block takes."""
    notes = _SPENT.get()
    if notes is None:
        yield
        return
    start = time.perf_counter()
    try:
        yield
    finally:
        notes.append(time.perf_counter() - start)


HIT = b'cache;desc="hit"'
"""`Server-Timing` of a response that was ready."""


def server_timing(begun: float, waits: list[float]) -> bytes:
    """Say in `Server-Timing` what took how long, in milliseconds; `waits` are those of `begin`."""
    total = (time.perf_counter() - begun) * 1000
    if not waits:
        return f"total;dur={total:.2f}".encode()
    return f"db;dur={sum(waits) * 1000:.2f}, total;dur={total:.2f}".encode()
