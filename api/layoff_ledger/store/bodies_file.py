"""The bodies of a long list: a file of SQLite that has each of them compressed.

It is written beside the file of columns (`exports.bodies`), and never changes. Bodies of one list
are much alike, so a dictionary made from some of them compresses each one to an eighth: the kernel
keeps a million of them in memory, for all processes, where PostgreSQL would read from the disk.
"""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
import threading
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import zstandard

SCHEMA = """
create table dictionary (bytes blob not null);
create table wave (
    -- The same as in the postings of the revision: waves are in the order of their list.
    number integer primary key,
    id text not null,
    first_revision integer not null,
    -- As in the postings, so that a page takes one query.
    day integer not null,
    body blob not null
);
"""
INDEX = "create unique index wave_id on wave (id)"

Body = tuple[str, int, bytes]
"""Id, first revision and body of a record."""


class DamagedBodiesError(sqlite3.DatabaseError):
    """A file of bodies cannot be read."""

    def __init__(self, bodies: FileBodies, error: Exception) -> None:
        """Say which file it is, and what is wrong with it."""
        super().__init__(str(error))
        self.bodies = bodies


def where_numbered(numbers: Sequence[int]) -> tuple[str, Sequence[int]]:
    """Return the SQL and the arguments of the waves with some ascending numbers, in their order.

    Without a filter they follow each other, and a range takes a third of the time of a list.
    """
    if numbers and numbers[-1] - numbers[0] == len(numbers) - 1:
        return "number >= ? and number <= ? order by number", (numbers[0], numbers[-1])
    return f"number in ({', '.join('?' * len(numbers))}) order by number", numbers


def dictionary_of(written: bytes) -> zstandard.ZstdCompressionDict | None:
    """Return the dictionary of a file; None if its records were too few to make one."""
    return zstandard.ZstdCompressionDict(written) if written else None


class FileBodies:
    """A file of bodies, as read by a process; threads take turns.

    Everything that reads raises `DamagedBodiesError` if the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        """Open a file; raise `sqlite3.Error` if it is not one of bodies, or does not exist."""
        self.path = path
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
        """Open the file once more, for a thread that reads much: others would have to wait.

        Raises `DamagedBodiesError` also if the file is gone: another process found it damaged and
        removed it, or somebody emptied the folder.
        """
        try:
            return FileBodies(self.path)
        except (sqlite3.Error, zstandard.ZstdError) as error:
            raise DamagedBodiesError(self, error) from error

    def find(self, ids: Collection[str]) -> list[Body]:
        """Return the bodies that some records have at the revision, in no particular order."""
        condition = f"id in ({', '.join('?' * len(ids))})"
        return self.unpack(self._select("id, first_revision, body", condition, tuple(ids)))

    def number(self, id_: str, day: datetime.date) -> int | None:
        """Return the number of a wave that was announced on a day; None if there is none."""
        found = self._select("number", "id = ? and day = ?", (id_, day.toordinal()))
        return found[0][0] if found else None

    def read(self, numbers: Sequence[int]) -> list[Body]:
        """Return the bodies of some numbers in their order, ascending or descending."""
        is_descending = len(numbers) > 1 and numbers[0] > numbers[-1]
        found = self.unpack(
            self._select(
                "id, first_revision, body",
                *where_numbered(numbers[::-1] if is_descending else numbers),
            )
        )
        return found[::-1] if is_descending else found

    def rows(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """Return what a page of a list needs of some ascending numbers, in their order.

        These are id, first revision, day, the compressed body, and the file that unpacks it.
        """
        columns = "id, first_revision, day, body"
        of_day = datetime.date.fromordinal
        return [
            (id_, first_revision, of_day(day), body, self)
            for id_, first_revision, day, body in self._select(columns, *where_numbered(numbers))
        ]

    def unpack(self, rows: Iterable[tuple[str, int, bytes]]) -> list[Body]:
        """Return some rows of id, first revision and compressed body with their bodies."""
        decompress = self._zstd.decompress
        try:
            return [(id_, first_revision, decompress(body)) for id_, first_revision, body in rows]
        except zstandard.ZstdError as error:
            raise DamagedBodiesError(self, error) from error

    def _select(
        self, columns: str, condition: str, arguments: Sequence[str | int]
    ) -> list[tuple[Any, ...]]:
        statement = f"select {columns} from wave where {condition}"
        try:
            with self._turn:
                return self._file.execute(statement, arguments).fetchall()
        except sqlite3.Error as error:
            raise DamagedBodiesError(self, error) from error

    def remove(self) -> None:
        """Remove the file, which stays open; whoever else has it open can still read it, too."""
        with contextlib.suppress(OSError):
            self.path.unlink()

    def close(self) -> None:
        """Close the file, once nobody reads it."""
        with self._turn:
            self._file.close()
