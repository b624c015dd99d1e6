"""The folder of one run of the tests, which does not stay when the run was killed.

A run leaves several gigabytes of clusters. It removes its folder at its end, or keeps it where a
test failed; the next run removes what a killed or a failed one left, or the disk fills up.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PREFIX = "ledger-tests-"
LOCK = "lock"


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


def folder(parent: Path | None = None) -> Folder:
    """Make a folder, after removing those in `parent` (the system's) whose process has ended."""
    parent = Path(tempfile.gettempdir()) if parent is None else parent
    _sweep(parent)
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    # Locked before it has its name, so that no other run takes it for one that was left.
    lock = (path / f"{LOCK}.new").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    (path / f"{LOCK}.new").rename(path / LOCK)
    return Folder(path, lock)


def _sweep(parent: Path) -> None:
    for lock in parent.glob(f"{PREFIX}*/{LOCK}"):
        try:
            with lock.open("wb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent, ignore_errors=True)
        except OSError:
            # Held by a run that goes on, or removed by another one.
            continue
