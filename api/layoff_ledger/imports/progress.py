"""Shows how far an import is, how fast it goes and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")
Progress = Callable[[str, int, int | None], None]
"""Receives a step, how much of it is done, and the total; None if that is unknown."""
EVERY = {True: 0.2, False: 2.0}
"""Seconds between two lines, on a terminal and elsewhere."""
_ERASE = "\r\x1b[2K"


class Meter:
    """Writes the progress of one step after another; on a terminal, in one line."""

    def __init__(self, out: TextIO) -> None:
        """Write to a stream, such as standard error."""
        self._out = out
        self._is_terminal = out.isatty()
        self._step = ""
        self._begun_at = self._written_at = 0.0

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Report how much of a step is done; `total` is None if the total is unknown."""
        now = time.monotonic()
        if step != self._step:
            self._step, self._begun_at, self._written_at = step, now, 0.0
        is_over = done == total
        if not is_over and now - self._written_at < EVERY[self._is_terminal]:
            return
        self._written_at = now
        line = text(step, done, total, now - self._begun_at)
        if self._is_terminal:
            self._out.write(f"{_ERASE}{line}{chr(10) if is_over else ''}")
        else:
            self._out.write(f"{line}\n")
        self._out.flush()


def text(step: str, done: int, total: int | None, seconds: float) -> str:
    """Return the line that says how far a step is after some seconds."""
    of = "" if total is None else f" of {total:,}"
    if done == 0 or seconds <= 0:
        return f"{step}: {done:,}{of}"
    rate = done / seconds
    left = "" if total is None or done >= total else f", {(total - done) / rate:.0f} s left"
    return f"{step}: {done:,}{of}, {rate:,.0f}/s{left}"


def silent(step: str, done: int, total: int | None) -> None:
    """Say nothing."""


def watched(
    items: Iterable[T], progress: Progress, step: str, total: int | None = None
) -> Iterator[T]:
    """Yield some items, and report how many have been taken."""
    done = 0
    for done, item in enumerate(items, start=1):
        yield item
        if done % 1_000 == 0:
            progress(step, done, total)
    progress(step, done, done)
