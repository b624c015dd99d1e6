"""Counts many waves quickly: reads files of columns (DuckDB) that hold what statistics count.

Beside each file of columns is what lists need: the postings of the same revision, and its bodies.

PostgreSQL reads whole rows to count one of their columns; for a million waves, that takes seconds.
So a separate process writes each new revision as columns once it is published, and all processes of
a host read them. Until then, for past revisions, and without DuckDB, PostgreSQL gives the same
answers, but more slowly.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from layoff_ledger import backoff
from layoff_ledger.http import timing
from layoff_ledger.http.keys import RevisionKey, RevisionKeys
from layoff_ledger.statement import Statement
from layoff_ledger.store import checksum
from layoff_ledger.store.bodies_file import DamagedBodiesError, FileBodies
from layoff_ledger.store.columns_file import (
    BODIES_SUFFIX,
    POSTINGS_SUFFIX,
    SUFFIX,
    file_name,
    words_of,
)
from layoff_ledger.store.postings_file import FilePostings
from layoff_ledger.store.revisions import Follower, Revisions, Snapshot
from layoff_ledger.store.turns import turn
from layoff_ledger.subcommand import run_command

if TYPE_CHECKING:
    import duckdb


T = TypeVar("T")

logger = logging.getLogger(__name__)

MEMORY = "256MB"
"""Memory that DuckDB may use in a process; a file of a million waves takes about 100 MB on disk."""
ANSWER_SECONDS = 10.0
"""How long a question may take before it is given up."""
RETRY_SECONDS = 5.0
"""How soon a file that could not be written is tried again; each further pause is twice as long."""
MAX_RETRY_SECONDS = 3_600.0
"""How long to wait at most: each attempt may take a core for a minute or two."""


class ColumnsError(Exception):
    """A question could not be answered by columns."""


class DamagedFileError(ColumnsError):
    """A file is missing, or is not one of ours."""

    def __init__(self, path: Path, error: Exception) -> None:
        """Say which file it is, and what is wrong with it."""
        super().__init__(f"{path}: {error}")
        self.path = path


class DamagedColumnsError(ColumnsError):
    """A part of a file of columns is not as DuckDB has written it."""


class OpenFile(Struct, frozen=True):
    """A file that is open for reading."""

    of: RevisionKey
    """Its revision."""
    connection: Any
    """A `duckdb.DuckDBPyConnection`."""
    words: dict[str, int]
    """Dimension → how many values it has."""
    postings: FilePostings | None
    """Which waves have which values; None if they cannot be read."""
    bodies: FileBodies | None
    """The bodies of the waves; None if they cannot be read."""


class Columns:
    """The file of the newest revision, as read by one process."""

    def __init__(self, folder: Path, database_url: str, least: int) -> None:
        """Keep files in a folder, for ledgers with at least this many waves; 0 means never."""
        self._folder, self._database_url, self._least = folder, database_url, least
        self._open: OpenFile | None = None
        self._follower = Follower()
        self._turns = asyncio.Semaphore(1)
        self._is_new = asyncio.Event()
        """Whether another revision became the newest one since the last attempt."""

    def of(self, snapshot: Snapshot) -> OpenFile | None:
        """Return the file of a revision, if it is the one that is open."""
        opened = self._open
        return opened if opened and opened.of[1] == snapshot.fingerprint else None

    def postings(self, snapshot: Snapshot) -> FilePostings | None:
        """Return the postings of a revision, if they are open."""
        opened = self.of(snapshot)
        return None if opened is None else opened.postings

    def leave_postings(self, error: Exception) -> None:
        """Stop using the postings: their file is damaged."""
        logger.warning("PostgreSQL has to list waves, because of postings: %r", error)
        if self._open is not None:
            self._open = msgspec.structs.replace(self._open, postings=None)

    def bodies(self, keys: RevisionKeys) -> FileBodies | None:
        """Return the bodies of a revision, if they are open, and if it is still one of these."""
        opened = self._open
        # Versions never change, but a restored ledger may have others with the same ids.
        return opened.bodies if opened and keys.of(opened.of[0]) == opened.of else None

    def leave_bodies(self, error: DamagedBodiesError) -> None:
        """Stop using bodies, and remove their file, which is damaged: it is written again."""
        logger.warning("PostgreSQL has to read waves, because of their bodies: %r", error)
        error.bodies.remove()
        opened = self._open
        # The same file may have been opened once more.
        if opened and opened.bodies and opened.bodies.path == error.bodies.path:
            self._open = msgspec.structs.replace(opened, bodies=None)
            if opened.postings is not None:
                opened.postings.bodies = None

    async def fetch(self, opened: OpenFile, statement: Statement) -> list[dict[str, Any]]:
        """Run a statement on a file; raise `ColumnsError` if that fails.

        A question uses all cores, so questions run one after the other. Raises `UnavailableError`
        if the ones before it take too long.
        """
        async with turn(self._turns):
            start = time.perf_counter()
            cursor = opened.connection.cursor()
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await asyncio.to_thread(_run, cursor, statement)
            except DamagedColumnsError as error:
                self._leave(error)
                raise
            except (ColumnsError, TimeoutError) as error:
                logger.warning("PostgreSQL has to count what columns could not: %r", error)
                raise ColumnsError(str(error)) from error
            finally:
                # Ends what still runs in the thread if nobody waits for it any longer.
                cursor.interrupt()
                timing.note(start, "columns")

    def _leave(self, error: DamagedColumnsError) -> None:
        """Stop using the files, and remove all of columns: they are written again from the start.

        That of a later revision is made from an earlier one, with whatever is wrong in it.
        """
        logger.warning("PostgreSQL has to count waves, because columns are damaged: %s", error)
        for path in self._folder.glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError):
                path.unlink()
        self._open = None

    def follow(self, revisions: Revisions) -> None:
        """Switch to each new revision once it is written as columns."""
        if not self._least:
            return
        if importlib.util.find_spec("duckdb") is None:
            logger.info("DuckDB is not installed: PostgreSQL counts all waves itself")
            return
        revisions.on_newest.append(self._is_new.set)
        self._follower.follow(revisions, lambda: self._bring(revisions))

    async def _bring(self, revisions: Revisions) -> None:
        """Open the file of the newest revision; write it first if necessary."""
        tried, pause = None, RETRY_SECONDS
        while revisions.number and revisions.newest.fingerprint != tried:
            newest = revisions.newest
            tried = newest.fingerprint
            self._is_new.clear()
            if newest.counts.get("wave", 0) < self._least:
                continue
            path = self._folder / file_name(newest.revision, newest.fingerprint)
            try:
                self._open = await self._at(path, (newest.revision, newest.fingerprint))
            except (OSError, RuntimeError, ColumnsError) as error:
                if revisions.number and revisions.newest.fingerprint == tried:
                    logger.warning("waves are counted by PostgreSQL, not by columns: %s", error)
                    # What was wrong may pass, such as a full disk.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(pause):
                            await self._is_new.wait()
                    tried, pause = None, backoff.longer(pause, MAX_RETRY_SECONDS)

    async def _at(self, path: Path, of: RevisionKey) -> OpenFile:
        """Open a file; write it if it is not there, or if it is damaged."""
        # Each of the three files may be damaged, or removed by another process that found it so.
        for _ in (SUFFIX, POSTINGS_SUFFIX, BODIES_SUFFIX):
            opened = await asyncio.to_thread(_opened_if_there, path, of)
            if opened is not None:
                return opened
            await self._write()
        return await asyncio.to_thread(_opened, path, of)

    async def _write(self) -> None:
        """Write the file of the newest revision, or wait until another process has written it."""
        is_written, output = await run_command(
            "columns", str(self._folder), DATABASE_URL=self._database_url
        )
        if not is_written:
            raise ColumnsError(output)

    async def close(self) -> None:
        """End what is being written; it leaves nothing that looks finished."""
        await self._follower.stop()
        if self._open is not None:
            self._open.connection.close()
            for beside in (self._open.postings, self._open.bodies):
                if beside is not None:
                    beside.close()
            self._open = None


def _opened(path: Path, of: RevisionKey) -> OpenFile:
    import duckdb  # noqa: PLC0415 a small ledger works without it

    try:
        opened = duckdb.connect(
            path,
            read_only=True,
            config={"memory_limit": MEMORY, "enable_external_access": False},
        )
        # With its first argument, DuckDB searches for the libraries to which its type may belong.
        opened.execute("select $1", [0])
        words = count_words(opened)
    except duckdb.Error as error:
        raise DamagedFileError(path, error) from error
    postings = _beside(path.with_suffix(POSTINGS_SUFFIX), FilePostings)
    bodies = _beside(path.with_suffix(BODIES_SUFFIX), FileBodies)
    postings.bodies = bodies
    return OpenFile(of, opened, words, postings, bodies)


def _beside(path: Path, open_: Callable[[Path], T]) -> T:
    """Open a file that belongs to one of columns; DuckDB checks its own file by itself."""
    try:
        checksum.check(path)
        return open_(path)
    except sqlite3.Error as error:
        raise DamagedFileError(path, error) from error


def count_words(opened: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count the values of each dimension; they are numbered from 1 to that count."""
    prefix = words_of("").removeprefix("api.")
    tables = opened.execute("select table_name from duckdb_tables()").fetchall()
    found = {}
    for (table,) in tables:
        if table.startswith(prefix):
            (found[table.removeprefix(prefix)],) = opened.execute(
                f"select count(*) from api.{table}"
            ).fetchall()[0]
    return found


def _opened_if_there(path: Path, of: RevisionKey) -> OpenFile | None:
    """Open a file and those beside it, if it is there; remove whichever of them is damaged."""
    try:
        return _opened(path, of) if path.exists() else None
    except DamagedFileError as error:
        logger.warning("written anew: %s", error)
        error.path.unlink(missing_ok=True)
        return None


def _run(cursor: duckdb.DuckDBPyConnection, statement: Statement) -> list[dict[str, Any]]:
    import duckdb  # noqa: PLC0415 as for `_opened`

    try:
        cursor.execute(statement.text, list(statement.arguments))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except duckdb.Error as error:
        is_damage = isinstance(error, duckdb.IOException) and "checksum" in str(error)
        raise (DamagedColumnsError if is_damage else ColumnsError)(str(error)) from error
