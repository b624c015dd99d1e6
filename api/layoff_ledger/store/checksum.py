"""The checksum of a file of SQLite, which is kept in its header; SQLite itself checks nothing.

A page, an id or a set whose bits have changed on a disk would otherwise be read like any other one:
a quarter of all such changes in a file of postings went into answers.
"""

from __future__ import annotations

import sqlite3
import zlib
from pathlib import Path

_PLACE = 60
"""Where the header has four bytes that SQLite leaves to whoever uses it (`user_version`)."""
_BYTES = 4
_PIECE_BYTES = 1024**2
"""Bytes that are read at once: a gigabyte takes less than a second."""


def write(path: Path) -> None:
    """Write the checksum of a finished file into its header."""
    found = _of(path)
    with path.open("r+b") as file:
        file.seek(_PLACE)
        file.write(found)


def check(path: Path) -> None:
    """Raise `sqlite3.DatabaseError` if a file is no longer as it was written, or does not exist."""
    try:
        with path.open("rb") as file:
            file.seek(_PLACE)
            is_same = file.read(_BYTES) == _of(path)
    except OSError as error:
        raise sqlite3.DatabaseError(str(error)) from error
    if not is_same:
        message = "it has other bytes than were written"
        raise sqlite3.DatabaseError(message)


def _of(path: Path) -> bytes:
    """Return the checksum of everything but the checksum itself."""
    with path.open("rb") as file:
        found = zlib.crc32(file.read(_PLACE))
        file.seek(_PLACE + _BYTES)
        while piece := file.read(_PIECE_BYTES):
            found = zlib.crc32(piece, found)
    return found.to_bytes(_BYTES)
