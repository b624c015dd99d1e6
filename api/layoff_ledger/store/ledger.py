"""The ledger as a process reads it: its connections, its revisions, its documents."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
from collections.abc import AsyncIterator

from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.settings import Settings
from layoff_ledger.store.documents import Documents
from layoff_ledger.store.hosts import Hosts
from layoff_ledger.store.pool import Pool, connections
from layoff_ledger.store.revisions import Revisions


class Ledger:
    """What handlers read. One per process; `connect` makes it."""

    def __init__(self, pool: Pool) -> None:
        """Begin without knowing any revision."""
        self.pool = pool
        self.fetch = pool.fetch
        self.fetch_dear = pool.fetch_dear
        self.revisions = Revisions(pool)
        self.snapshot_at = self.revisions.snapshot_at
        self.documents = Documents(pool)
        self.revisions.on_restored.append(self.documents.memory.clear)
        self.counts: dict[tuple[bytes, bytes], int] = {}
        """Fingerprint of a revision and signature of a question → how many records match."""
        self.newest_events: dict[bytes, datetime.date | None] = {}
        """Fingerprint of a revision → the day of its newest event."""


@contextlib.asynccontextmanager
async def connect(settings: Settings, url: str) -> AsyncIterator[Ledger]:
    """Open the pool, keep the revision fresh, and close it all."""
    # Through a pooler no session can listen for long: that goes to PostgreSQL itself.
    hosts = Hosts(url)
    asked = hosts if settings.pooler is None else Hosts(settings.pooler)
    pool = Pool(await connections(settings, asked), asked)
    ledger = Ledger(pool)
    try:
        # A process that takes the place of another one starts without a database, too.
        with contextlib.suppress(UnavailableError):
            await ledger.revisions.refresh()
        watcher = asyncio.create_task(ledger.revisions.watch(hosts))
        try:
            yield ledger
        finally:
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher
    finally:
        # A client that holds a connection must not hold up the end.
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(pool.close(), timeout=5)
