"""The folder of one run of the tests, which does not stay when the run was killed.

A run leaves some gigabytes of clusters. It removes its folder at its end, or keeps it where a
test failed; the next run removes what a killed or a failed one left, or the disk fills up.

It is in memory where there is enough of it: to write a hundred thousand files that live for seconds,
and to remove them again, takes a disk minutes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

ENVIRONMENT = "PYTEST_DEBUG_TEMPROOT"
"""The variable that tells pytest where a run has its folders."""
PREFIX = "ledger-tests-"
LOCK = "lock"
MEMORY = Path("/dev/shm")  # noqa: S108 the folder in it has a name that nobody guesses
NEEDED_BYTES = 8 * 1024**3
"""What has to be free in memory: twice of what a run takes."""


@dataclass(frozen=True)
class Folder:
    """A folder that is held by a lock as long as the process lives that made it."""

    path: Path
    lock: IO[bytes]

    def close(self, *, keep: bool = False) -> None:
        """Let the folder go, and remove it unless it says why a test failed."""
        if not keep:
            shutil.rmtree(self.path, ignore_errors=True)
        self.lock.close()


def folder(*parents: Path) -> Folder:
    """Make a folder, after removing those whose process has ended.

    It is made in the first of `parents`; without any, in memory or where the system has its own.
    """
    parents = parents or (MEMORY, Path(tempfile.gettempdir()))
    for one in parents:
        _sweep(one)
    parent = next(one for one in parents if one != MEMORY or _is_roomy())
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    # Locked before it has its name, so that no other run takes it for one that was left.
    lock = (path / f"{LOCK}.new").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    (path / f"{LOCK}.new").rename(path / LOCK)
    return Folder(path, lock)


def _is_roomy() -> bool:
    """Say whether a run fits into memory; Docker, for one, gives 64 MiB of it unless it is asked."""
    if not os.access(MEMORY, os.W_OK | os.X_OK):
        return False
    free: int = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
    return free >= NEEDED_BYTES


def _sweep(parent: Path) -> None:
    for lock in parent.glob(f"{PREFIX}*/{LOCK}"):
        try:
            with lock.open("wb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent, ignore_errors=True)
        except OSError:
            # Held by a run that goes on, or removed by another one.
            continue
