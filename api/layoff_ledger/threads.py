"""How long a thread runs before it lets another one run."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

TURN_SECONDS = 0.0005
"""A turn while something is published: sending and receiving take microseconds each."""


@contextlib.contextmanager
def short_turns() -> Iterator[None]:
    """Make threads take turns more often than they would by themselves.

    One thread sends to PostgreSQL and receives from it, which takes microseconds each time; then it
    would have to wait for a thread that reads, checks or makes records, and PostgreSQL with it.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
