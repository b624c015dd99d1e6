"""Whether the disks of the folders that the service writes to can be written, and have room."""

from __future__ import annotations

import errno
import shutil
import tempfile
from pathlib import Path

UNWRITABLE = {
    "database": "nothing can be published: the folder of the database cannot be written",
    "exports": "no export can be made: the folder of exports cannot be written",
}
"""Purpose of a folder → what it means if it is read-only; in the words of `/health/ready`."""
FULL = {
    "database": "nothing can be published: the disk of the database is full",
    "exports": "no export can be made: the disk of the exports is full",
}
"""Purpose of a folder → what it means if its disk is full; in the same words."""
FULL_BYTES = 16 * 1024**2
"""A disk with less free space is full: PostgreSQL's log grows by this much at once."""


def is_writable(folder: Path) -> bool:
    """Return whether a file can be made in a folder, or in the one where it will be made.

    It makes one: the kernel may turn a disk read-only and still claim otherwise when asked.
    """
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)):
            return True
    except OSError as error:
        # That is something else (`is_full`), and passes.
        return error.errno == errno.ENOSPC


def is_full(folder: Path) -> bool:
    """Return whether the disk of a folder, or of the one where it will be made, is full."""
    try:
        return shutil.disk_usage(_existing(folder)).free < FULL_BYTES
    except OSError:
        # A disk that cannot even answer this cannot be written to: see `is_writable`.
        return False


def _existing(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
