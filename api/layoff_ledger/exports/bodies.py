"""Writes the bodies of all waves: one SQLite file per revision, beside that of postings.

`store.bodies_file` says what is in it, and reads it.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import zstandard

from layoff_ledger.resources.wave import WAVE
from layoff_ledger.statement import Connection
from layoff_ledger.store import checksum
from layoff_ledger.store.bodies_file import INDEX, SCHEMA, dictionary_of
from layoff_ledger.store.documents import documents_query

logger = logging.getLogger(__name__)

_DICTIONARY_BYTES = 112_640
"""The size that zstd suggests; a quarter or twice of it compresses a tenth less or as much."""
_SAMPLED = 1_000
"""Bodies that a dictionary is made from."""
_LEVEL = 3
"""A higher level makes the file a tenth smaller, and takes seven times as long."""
_TOGETHER = 1_000
"""Bodies that are read at once."""
_PAGE_BYTES = 8_192
"""A lookup reads a few pages: twice as large, they take half as long again to read."""


async def write(connection: Connection, postings: Path, path: Path, before: Path | None) -> None:
    """Write the bodies of the waves that a file of postings has.

    Those in the file of an earlier revision are taken from there, unless most waves are new.
    """
    if before is not None:
        try:
            await asyncio.to_thread(checksum.check, before)
            await _write(connection, postings, path, before)
        except sqlite3.DatabaseError as error:
            logger.warning("all bodies are read again, because %s is damaged: %s", before, error)
            await asyncio.to_thread(path.unlink, missing_ok=True)
        else:
            return
    await _write(connection, postings, path, None)


async def _write(connection: Connection, postings: Path, path: Path, before: Path | None) -> None:
    with contextlib.closing(
        sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ) as file:
        # If it is killed, nobody takes what it leaves for a finished file.
        file.execute(f"pragma page_size = {_PAGE_BYTES:d}")
        file.execute("pragma journal_mode = off")
        file.execute("pragma synchronous = off")
        file.executescript(SCHEMA)
        file.execute("attach ? as postings", [str(postings)])
        if before is not None:
            file.execute("attach ? as before", [str(before)])
        file.execute("begin")
        if before is not None:
            await asyncio.to_thread(_take_over, file)
        new = file.execute(
            "select number from postings.wave "
            "where number not in (select number from main.wave) order by number"
        )
        await _add(connection, file, array.array("I", (number for (number,) in new)))
        file.execute(INDEX)
        file.execute("commit")
    await asyncio.to_thread(checksum.write, path)


def _take_over(file: sqlite3.Connection) -> None:
    """Take the dictionary and all bodies that still hold from the earlier file."""
    file.execute("insert into main.dictionary select bytes from before.dictionary")
    file.execute(
        "insert into main.wave select new.number, old.id, old.first_revision, new.day, old.body "
        "from postings.wave as new inner join before.wave as old "
        "on old.id = new.id and old.first_revision = new.first_revision order by new.number"
    )
    ((taken, every),) = file.execute(
        "select (select count(*) from main.wave), (select count(*) from postings.wave)"
    ).fetchall()
    if taken < every / 2:
        # A dictionary made from a few waves compresses many others badly.
        file.execute("delete from main.wave")
        file.execute("delete from main.dictionary")


async def _add(connection: Connection, file: sqlite3.Connection, new: array.array[int]) -> None:
    """Read bodies from PostgreSQL and compress them; make a dictionary first if there is none."""
    found = file.execute("select bytes from main.dictionary").fetchall()
    if not found:
        sample = await _read(connection, file, new[:: len(new) // _SAMPLED + 1])
        bodies = [body for *_, body in sample]
        found = [(await asyncio.to_thread(_dictionary, bodies),)]
        file.execute("insert into main.dictionary values (?)", found[0])
    compress = zstandard.ZstdCompressor(
        level=_LEVEL, dict_data=dictionary_of(found[0][0]), write_checksum=True
    ).compress
    for begin in range(0, len(new), _TOGETHER):
        file.executemany(
            "insert into main.wave values (?, ?, ?, ?, ?)",
            [
                (*version, compress(body))
                for *version, body in await _read(connection, file, new[begin : begin + _TOGETHER])
            ],
        )


async def _read(
    connection: Connection, file: sqlite3.Connection, numbers: array.array[int]
) -> list[tuple[int, str, int, int, bytes]]:
    """Read what the file has of some waves, in the order of their numbers."""
    versions = file.execute(
        "select number, id, first_revision, day from postings.wave "
        f"where number in ({', '.join('?' * len(numbers))}) order by number",
        numbers.tolist(),
    ).fetchall()
    rows = await connection.fetch(
        documents_query("read_documents", WAVE),
        WAVE.name,
        [id_ for _, id_, _, _ in versions],
        [first_revision for _, _, first_revision, _ in versions],
    )
    bodies = {(row["id"], row["first_revision"]): row["body"] for row in rows}
    return [(*version, bodies[version[1:3]]) for version in versions]


def _dictionary(bodies: Iterable[bytes]) -> bytes:
    """Return a dictionary made from bodies; it is empty if they are too few."""
    try:
        return zstandard.train_dictionary(_DICTIONARY_BYTES, [*bodies]).as_bytes()
    except zstandard.ZstdError:
        return b""
