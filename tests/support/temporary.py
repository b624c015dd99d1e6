"""The folder of one run of the tests, which is removed even if the run is killed.

A run makes some gigabytes of clusters. It removes its folder at its end, but keeps it if a test
failed; the next run removes what a killed or failed one left, so that the disk does not fill up.

The folder is in memory if there is enough: writing a hundred thousand files that live for seconds,
and removing them again, takes minutes on a disk.
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
"""The variable that tells pytest where to put the folders of a run."""
PREFIX = "ledger-tests-"
LOCK = "lock"
MEMORY = Path("/dev/shm")  # noqa: S108 the folder in it has a name that cannot be guessed
NEEDED_BYTES = 8 * 1024**3
"""How many bytes of memory have to be free: twice what a run takes."""


@dataclass(frozen=True)
class Folder:
    """A folder that is locked as long as the process that made it is alive."""

    path: Path
    lock: IO[bytes]

    def close(self, *, keep: bool = False) -> None:
        """Release the folder, and remove it unless it shows why a test failed."""
        if not keep:
            shutil.rmtree(self.path, ignore_errors=True)
        self.lock.close()


def folder(*parents: Path) -> Folder:
    """Make a folder, after removing those whose process has ended.

    It is made in the first of `parents`; without any, in memory or the system's temporary folder.
    """
    parents = parents or (MEMORY, Path(tempfile.gettempdir()))
    for one in parents:
        _sweep(one)
    parent = next(one for one in parents if one != MEMORY or _is_roomy())
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    # Locked before it has its name, so that no other run takes it for one that was left behind.
    lock = (path / f"{LOCK}.new").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    (path / f"{LOCK}.new").rename(path / LOCK)
    return Folder(path, lock)


def _is_roomy() -> bool:
    """Return whether a run fits into memory; Docker, for one, only has 64 MiB by default."""
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
            # Locked by a run that is not over, or removed by another one.
            continue
