"""The ledger as one process reads it: its connections, its revisions, its documents."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from typing import Any, TypeVar

from layoff_ledger.http import timing
from layoff_ledger.http.keys import RevisionKeys
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.settings import Settings
from layoff_ledger.statement import Statement, Term
from layoff_ledger.store.bodies_file import Body, DamagedBodiesError, FileBodies
from layoff_ledger.store.columns import Columns, ColumnsError
from layoff_ledger.store.documents import Documents
from layoff_ledger.store.hosts import Hosts
from layoff_ledger.store.pool import STREAM_BATCH, Pool, connections, hosts_asked
from layoff_ledger.store.postings import Found, Postings
from layoff_ledger.store.postings_memory import ShortLists
from layoff_ledger.store.rendering import Render
from layoff_ledger.store.revisions import Revisions, Snapshot

T = TypeVar("T")

MAX_VALUES = 4_096
"""Values that are remembered, such as counts of filtered lists."""
MAX_BODIES = 1_000
"""How many bodies are taken from a file at once: nothing else is served for these 10 ms."""
MAX_KEPT = 8
"""Large values that are remembered: few, because clients choose the host name in their links."""


class Ledger:
    """What handlers read from. There is one per process, made by `connect`."""

    def __init__(
        self, pool: Pool, columns: Columns, short_lists: ShortLists, keys: RevisionKeys | None
    ) -> None:
        """Begin without knowing any revision."""
        self.columns, self.short_lists = columns, short_lists
        self.pool = pool
        self.fetch = pool.fetch
        self.fetch_costly = pool.fetch_costly
        self.revisions = Revisions(pool, keys)
        self.snapshot_at = self.revisions.snapshot_at
        self.documents = Documents(pool, self._bodies_at_hand)
        self.revisions.on_restored.append(self.documents.memory.clear)
        self._values: dict[tuple[bytes, bytes], Any] = {}
        self._kept: dict[tuple[bytes, str], Any] = {}

    async def once(
        self,
        snapshot: Snapshot,
        question: bytes,
        statement: Callable[[], Statement],
        *,
        is_columnar: bool = False,
    ) -> Any:
        """Return the single value of a statement, which only runs the first time.

        The value cannot change within a revision; `question` distinguishes it from others of the
        same revision. Columns answer it, too, if it `is_columnar`.
        """
        key = (snapshot.fingerprint, question)
        if key not in self._values:
            asked = statement()
            (row,) = await self.count(snapshot, lambda _: asked, is_columnar=is_columnar)
            if len(self._values) >= MAX_VALUES:
                self._values.clear()
            (self._values[key],) = row.values()
        return self._values[key]

    def postings(self, resource: Resource, snapshot: Snapshot) -> Postings | None:
        """Return the postings of a list as of a revision; None if PostgreSQL has to be asked."""
        found = self.short_lists.of(resource, snapshot)
        if found is None and resource is WAVE:
            return self.columns.postings(snapshot)
        return found

    def read_postings(self, read: Callable[[], T]) -> T | None:
        """Read postings; return None if their file is damaged, after which it is not used again.

        The same holds for the bodies that are read with them.
        """
        start = time.perf_counter()
        try:
            return read()
        except DamagedBodiesError as error:
            self.columns.leave_bodies(error)
            return None
        except sqlite3.Error as error:
            self.columns.leave_postings(error)
            return None
        finally:
            timing.note(start, "postings")

    def find(self, postings: Postings, terms: Sequence[Term] | None) -> Found | None:
        """Find what terms mean by postings; None if there are no terms, or if they cannot."""
        if terms is None or not postings.can_find(terms):
            return None
        return self.read_postings(lambda: postings.find(terms))

    def _bodies_at_hand(self, resource: Resource, rows: Sequence[Sequence[Any]]) -> Sequence[Body]:
        """Return the bodies of some waves that are in a file; of others, there are none."""
        if resource is not WAVE or len(rows) > MAX_BODIES:
            return ()
        start = time.perf_counter()
        # Rows from a file of postings come with their bodies.
        packed, bodies = rows[0][-1], self.columns.bodies(self.revisions.keys)
        try:
            if isinstance(packed, FileBodies):
                found = packed.unpack([(row[0], row[1], row[3]) for row in rows])
            elif bodies is not None:
                found = bodies.find([row[0] for row in rows])
            else:
                return ()
        except DamagedBodiesError as error:
            self.columns.leave_bodies(error)
            return ()
        timing.note(start, "bodies")
        return found

    async def stream_bodies(
        self,
        bodies: FileBodies,
        numbers: Iterable[int],
        render: Render,
        otherwise: Callable[[], AsyncGenerator[list[bytes], None]],
    ) -> AsyncGenerator[list[bytes], None]:
        """Read many waves from a file in batches, by their numbers.

        They are read `otherwise` if the file can no longer be opened. Raises `UnavailableError`
        before the first batch if too many results are being read.
        """
        left = iter(numbers)

        def read() -> list[bytes]:
            found = own.read(list(itertools.islice(left, STREAM_BATCH)))
            return [render(*one) for one in found]

        try:
            own = bodies.again()
        except DamagedBodiesError as error:
            self.columns.leave_bodies(error)
            async with contextlib.aclosing(otherwise()) as batches:
                async for batch in batches:
                    yield batch
            return
        with contextlib.closing(own):
            async with self.pool.streaming():
                try:
                    while batch := await asyncio.to_thread(read):
                        yield batch
                except DamagedBodiesError as error:
                    self.columns.leave_bodies(error)
                    message = "a file of the service was damaged and is not used again; try again"
                    raise UnavailableError(message, retry_after_seconds=1) from error

    async def kept(
        self, snapshot: Snapshot, question: str, read: Callable[[], Awaitable[Any]]
    ) -> Any:
        """Return a value that is read once per revision and question, and then kept."""
        key = (snapshot.fingerprint, question)
        if key not in self._kept:
            found = await read()
            while len(self._kept) >= MAX_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = found
        return self._kept[key]

    async def count(
        self,
        snapshot: Snapshot,
        statement: Callable[[Mapping[str, int] | None], Statement],
        *,
        is_columnar: bool,
    ) -> list[dict[str, Any]]:
        """Run a statement that counts waves: by columns if they have the revision.

        `statement` gets the number of values of each dimension in them, or None for PostgreSQL,
        which can always answer.
        """
        opened = self.columns.of(snapshot) if is_columnar else None
        if opened is not None:
            with contextlib.suppress(ColumnsError):
                return await self.columns.fetch(opened, statement(opened.words))
        return [dict(row) for row in await self.fetch_costly(statement(None))]


@contextlib.asynccontextmanager
async def connect(
    settings: Settings, url: str, keys: RevisionKeys | None = None
) -> AsyncIterator[Ledger]:
    """Open the pool, keep the revision fresh (and `keys`, if they are given), and close it all."""
    # No session can listen for long through a pooler: that goes to PostgreSQL itself.
    hosts = Hosts(url)
    asked = hosts_asked(settings, hosts)
    pool = Pool(await connections(settings, asked), asked)
    columns = Columns(settings.home / "columns", url, settings.columns)
    short_lists = ShortLists(pool, settings.postings)
    ledger = Ledger(pool, columns, short_lists, keys)
    try:
        # A process that replaces another one also starts if the database is down.
        with contextlib.suppress(UnavailableError):
            await ledger.revisions.refresh()
        columns.follow(ledger.revisions)
        short_lists.follow(ledger.revisions)
        watcher = asyncio.create_task(ledger.revisions.watch(hosts))
        try:
            yield ledger
        finally:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
    finally:
        await columns.close()
        await short_lists.close()
        # A client that holds a connection must not delay the shutdown.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await pool.close()
