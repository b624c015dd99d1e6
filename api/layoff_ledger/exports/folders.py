"""Folders with files of revisions: who may write, and which files are removed to make room."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

NOTHING = "nothing has been published to this database yet: run `layoff-ledger publish`"


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make others that write to this folder wait; the kernel releases the lock with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def newest_first(found: Iterable[Path]) -> list[Path]:
    """Order files by when they were last used; those that are gone by now are left out."""
    dated = []
    for path in found:
        # Another process makes room in the same folder.
        with contextlib.suppress(FileNotFoundError):
            dated.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(dated, reverse=True)]
