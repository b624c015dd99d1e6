"""The bodies of a long list: a file of SQLite that has each of them compressed.

It is written beside the file of columns (`exports.bodies`), and never changes. Bodies of one list
are much alike, so a dictionary made from some of them compresses each one to an eighth: the kernel
keeps a million of them in memory, for all processes, where PostgreSQL would read from the disk.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Collection, Sequence
from pathlib import Path

import zstandard

from layoff_ledger.store.postings_file import where_numbered

SCHEMA = """
create table dictionary (bytes blob not null);
create table wave (
    -- The same as in the postings of the revision: waves are in the order of their list.
    number integer primary key,
    id text not null,
    first_revision integer not null,
    body blob not null
);
"""
INDEX = "create unique index wave_id on wave (id)"

Body = tuple[str, int, bytes]
"""Id, first revision and body of a record."""


def dictionary_of(written: bytes) -> zstandard.ZstdCompressionDict | None:
    """Return the dictionary of a file; None if its records were too few to make one."""
    return zstandard.ZstdCompressionDict(written) if written else None


class FileBodies:
    """A file of bodies, as read by a process; threads take turns.

    Everything that reads raises `sqlite3.Error` if the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        """Open a file; raise `sqlite3.Error` if it is not one of bodies, or does not exist."""
        self._path = path
        # Whoever breaks off a list closes the file while a thread may still read it, which would
        # crash the process.
        self._turn = threading.Lock()
        # As for postings: nothing has to be locked, and nothing is mapped.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._file = sqlite3.connect(address, uri=True, check_same_thread=False)
        found = self._file.execute("select bytes from dictionary").fetchone()
        if found is None:
            message = "the dictionary is missing"
            raise sqlite3.DatabaseError(message)
        self._zstd = zstandard.ZstdDecompressor(dict_data=dictionary_of(found[0]))

    def again(self) -> FileBodies:
        """Open the file once more, for a thread that reads much: others would have to wait."""
        return FileBodies(self._path)

    def find(self, ids: Collection[str]) -> list[Body]:
        """Return the bodies that some records have at the revision, in no particular order."""
        condition = f"id in ({', '.join('?' * len(ids))})"
        return self._read(condition, tuple(ids))

    def read(self, numbers: Sequence[int]) -> list[Body]:
        """Return the bodies of some numbers in their order, ascending or descending."""
        is_descending = len(numbers) > 1 and numbers[0] > numbers[-1]
        found = self._read(*where_numbered(numbers[::-1] if is_descending else numbers))
        return found[::-1] if is_descending else found

    def _read(self, condition: str, arguments: Sequence[str | int]) -> list[Body]:
        statement = f"select id, first_revision, body from wave where {condition}"
        decompress = self._zstd.decompress
        with self._turn:
            rows = self._file.execute(statement, arguments)
            try:
                return [
                    (id_, first_revision, decompress(body)) for id_, first_revision, body in rows
                ]
            except zstandard.ZstdError as error:
                raise sqlite3.DatabaseError(str(error)) from error

    def remove(self) -> None:
        """Remove the file, which stays open; whoever else has it open can still read it, too."""
        with contextlib.suppress(OSError):
            self._path.unlink()

    def close(self) -> None:
        """Close the file, once nobody reads it."""
        with self._turn:
            self._file.close()
