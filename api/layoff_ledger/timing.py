"""How long a request waited for the database: told in `Server-Timing`."""

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
