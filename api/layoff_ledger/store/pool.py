"""Statements → rows: the connections of the service to PostgreSQL.

The service takes on the role `ledger_reader`, whoever logs in, and reads schema `api` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import TypeAlias, TypeVar

import asyncpg

from layoff_ledger.http import timing
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.settings import Settings
from layoff_ledger.statement import Statement

logger = logging.getLogger(__name__)
T = TypeVar("T")

ACQUIRE_SECONDS = 5.0
"""How long a request waits for a connection before its client has to come back."""
STREAM_BATCH = 200
"""Records that are in memory at once while a whole result is sent."""

SESSION = {
    "role": "ledger_reader",
    "default_transaction_read_only": "on",
    "lock_timeout": "2000",
    # The operators of pg_trgm are in `public`, in which the role can make nothing.
    "search_path": "api, public",
    # Compiling costs more than these statements take.
    "jit": "off",
}
"""Settings of every session that reads."""

UNAVAILABLE = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.InterfaceError,
)
"""What asyncpg raises when the database is away, starting, stopping or too busy."""


SILENT_SECONDS = 10.0
"""How long the log does not repeat that the database does not answer in a certain way."""
_unavailable_logged: dict[type[BaseException], float] = {}


Borrowed: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"


class Pool:
    """The connections of one process.

    One that has answered is kept at hand for the next statement as long as nobody waits for one:
    giving it back to asyncpg and taking it again would cost a task and two timers each time.
    """

    def __init__(self, connections: asyncpg.Pool[asyncpg.Record]) -> None:
        """Take over an open pool of asyncpg."""
        self._connections = connections
        self._at_hand: list[Borrowed] = []
        self._waiting = 0
        # Half of the connections stay free for pages, however slowly others read.
        self._streams = asyncio.Semaphore(max(1, connections.get_max_size() // 2))

    def usage(self) -> tuple[int, int, int, int]:
        """Give how many connections are open, idle and allowed, and how many lists are read."""
        connections = self._connections
        most = connections.get_max_size()
        # The semaphore has no public way to say how often it was taken.
        streams = max(1, most // 2) - self._streams._value  # noqa: SLF001
        idle = connections.get_idle_size() + len(self._at_hand)
        return connections.get_size(), idle, most, streams

    async def close(self) -> None:
        """Close all connections, once what runs on them is done."""
        # Nothing is kept at hand any more.
        self._waiting += 1
        while self._at_hand:
            await self._connections.release(self._at_hand.pop())
        await self._connections.close()

    async def _borrow(self) -> Borrowed:
        """Take a connection, or wait for one as long as `ACQUIRE_SECONDS`."""
        while self._at_hand:
            connection = self._at_hand.pop()
            if not connection.is_closed():
                return connection
            await self._connections.release(connection)
        self._waiting += 1
        try:
            return await self._connections.acquire(timeout=ACQUIRE_SECONDS)
        finally:
            self._waiting -= 1

    async def fetch(self, statement: Statement) -> list[asyncpg.Record]:
        """Run a statement; raise `UnavailableError` where the database does not answer."""
        try:
            with timing.noted():
                connection = await self._borrow()
                try:
                    rows = await connection.fetch(statement.text, *statement.arguments)
                except BaseException:
                    # Broken, or broken off: asyncpg knows what to do with it.
                    await self._connections.release(connection)
                    raise
                if self._waiting:
                    await self._connections.release(connection)
                else:
                    self._at_hand.append(connection)
                return rows
        except UNAVAILABLE as error:
            raise _unavailable(error) from error

    @contextlib.asynccontextmanager
    async def _lent(self) -> AsyncIterator[Borrowed]:
        connection = await self._borrow()
        try:
            yield connection
        finally:
            await self._connections.release(connection)

    async def stream(
        self, statement: Statement, render: Callable[[asyncpg.Record], T]
    ) -> AsyncGenerator[list[T], None]:
        """Read a whole result in batches: from one snapshot, never more than a batch in memory.

        Raises `UnavailableError` before the first batch where the database does not answer, or
        where so many are read at once that pages would have to wait.
        """
        if self._streams.locked():
            message = "too many whole results are read at once; ask again in a few seconds"
            raise UnavailableError(message)
        try:
            async with (
                self._streams,
                self._lent() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                # A cursor is read by one process, also where the plan counts on several:
                # a million waves were sorted for a minute instead of read by an index.
                await connection.execute("set local max_parallel_workers_per_gather to 0")
                cursor = await connection.cursor(statement.text, *statement.arguments)
                while rows := await cursor.fetch(STREAM_BATCH):
                    yield list(map(render, rows))
        except UNAVAILABLE as error:
            raise _unavailable(error) from error


def _unavailable(error: BaseException) -> UnavailableError:
    # Every request meets it: a line for each would hide all others.
    now = time.monotonic()
    if now - _unavailable_logged.get(type(error), -SILENT_SECONDS) >= SILENT_SECONDS:
        _unavailable_logged[type(error)] = now
        logger.warning("the database does not answer: %r", error)
    return UnavailableError("the database does not answer; ask again in a few seconds")


_WRONG: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((asyncpg.CannotConnectNowError,), "the database is starting or stopping"),
    ((asyncpg.AdminShutdownError, asyncpg.CrashShutdownError), "the database was stopped"),
    ((asyncpg.TooManyConnectionsError,), "the database has no connection left"),
    ((asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError), "the database is too busy"),
    ((asyncpg.InvalidAuthorizationSpecificationError,), "the database refuses the user"),
    ((asyncpg.InvalidCatalogNameError,), "there is no such database"),
    ((TimeoutError, asyncio.TimeoutError), "no connection to the database became free in time"),
    ((OSError,), "nothing answers at the address of the database"),
)


def what_is_wrong(error: BaseException | None) -> str:
    """Say in words, without addresses or names, why the database does not answer."""
    for kinds, what in _WRONG:
        if isinstance(error, kinds):
            return what
    return "the database does not answer"


async def _keep(_: asyncpg.Connection[asyncpg.Record]) -> None:
    """Leave a session as it is when a request gives it back."""


async def connections(settings: Settings, url: str) -> asyncpg.Pool[asyncpg.Record]:
    """Open the pool of a process; nothing is connected before it is needed."""
    return await asyncpg.create_pool(
        url,
        # asyncpg fills up a minimum noisily.
        min_size=0,
        # Every session has the settings below and nobody changes them: nothing needs a reset,
        # which would cost each request a round trip.
        reset=_keep,
        max_size=settings.pool_size,
        command_timeout=settings.statement_timeout_ms / 1000 + 5,
        statement_cache_size=settings.statement_cache_size,
        server_settings={
            **SESSION,
            "application_name": "layoff-ledger",
            "statement_timeout": str(settings.statement_timeout_ms),
        },
    )
