"""Statements → rows: the connections of the service to PostgreSQL.

The service takes on the role `ledger_reader`, whoever logs in, and only reads schema `api`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

from layoff_ledger import paths
from layoff_ledger.http import timing
from layoff_ledger.http.keys import RevisionKey
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.settings import Settings
from layoff_ledger.statement import Statement
from layoff_ledger.store.hosts import EXHAUSTED, LOST, Hosts, Session, mistake_of_client
from layoff_ledger.store.turns import turn

logger = logging.getLogger(__name__)
T = TypeVar("T")

ACQUIRE_SECONDS = 5.0
"""How long a request waits for a connection before its client is asked to come back."""
STREAM_BATCH = 200
"""Records that are in memory at once while a whole result is sent."""

SESSION = {
    "role": "ledger_reader",
    "default_transaction_read_only": "on",
    "lock_timeout": "2s",
    # The operators of pg_trgm are in `public`, where the role cannot create anything.
    "search_path": "api, public",
    # Compiling costs more than these statements take.
    "jit": "off",
}
"""Settings of every session that reads."""


class UnpreparedSessionError(Exception):
    """A session lacks the settings of `SESSION`: it might read more than is public."""


BROKEN = (
    *LOST,
    asyncpg.InterfaceError,
    # Its connection was closed while idle, and it has not noticed yet.
    asyncpg.InternalClientError,
)
"""What asyncpg raises for a connection that its server has closed."""
UNAVAILABLE = (
    *BROKEN,
    UnpreparedSessionError,
    OSError,
    asyncio.TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    # The database accepts no connections: somebody is restoring or moving it.
    asyncpg.ObjectNotInPrerequisiteStateError,
    *EXHAUSTED,
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
)
"""What it raises if the database is down, starting, stopping or too busy."""

ANY_REVISION: RevisionKey = (0, b"")
"""Stands for the revision of a statement that any server may answer, whatever it has."""
SILENT_SECONDS = 10.0
"""How long the log does not repeat that the database does not answer for a certain reason."""

POOLER = "the pooler of LEDGER_POOLER"
"""What is asked if a pooler stands before the database."""


class UnansweredError(TimeoutError):
    """A server accepted no connection in time: it hangs, or its host is gone."""


class Pool:
    """The connections of one process.

    A connection that has answered is kept for the next statement, also for one that is waiting:
    returning it to asyncpg and taking it again would cost a task and two timers each time. Those
    who wait get one in the order in which they asked.
    """

    def __init__(self, connections: asyncpg.Pool[asyncpg.Record], hosts: Hosts) -> None:
        """Take over an open pool of asyncpg, whose connections go to some hosts."""
        self._connections, self._hosts = connections, hosts
        most = connections.get_max_size()
        # One for each possible connection, so that asyncpg itself never makes anybody wait.
        self._permits = asyncio.Semaphore(most)
        self._at_hand: list[Any] = []
        self._generation = 0
        """How often another host was switched to; earlier connections go back to asyncpg."""
        self.required: RevisionKey | None = None
        """Number and fingerprint of the revision that a server needs in order to be asked.

        One of several hosts may be a replica that does not have it yet: its answers would be from
        an older revision, under the number of this one.
        """
        # Half of the connections stay free for pages, however slowly others read.
        self._streams = asyncio.Semaphore(max(1, most // 2))
        self._streaming = 0
        """How many large results are being read."""
        # And however much others make the database count.
        self._costly = asyncio.Semaphore(max(1, most // 2))
        self._logged: dict[type[BaseException], float] = {}
        """When each kind of failure was last logged, by a clock that only goes on."""

    def usage(self) -> tuple[int, int, int, int]:
        """Return how many connections are open, idle and allowed, and how many lists are read."""
        connections = self._connections
        idle = connections.get_idle_size() + len(self._at_hand)
        return connections.get_size(), idle, connections.get_max_size(), self._streaming

    async def close(self) -> None:
        """Close all connections once the statements on them are done."""
        await self._let_go()
        await self._connections.close()

    async def leave_host(self) -> None:
        """Switch to another host: this one does not answer."""
        self._hosts.leave()
        await self._connections.expire_connections()
        await self._let_go()

    async def _let_go(self) -> None:
        """Return all connections to asyncpg, and those in use once they are returned."""
        self._generation += 1
        while self._at_hand:
            await self._connections.release(self._at_hand.pop())

    async def _take(self) -> Any:
        """Take a connection, or wait for one for up to `ACQUIRE_SECONDS`."""
        if self._permits.locked():
            async with asyncio.timeout(ACQUIRE_SECONDS):
                await self._permits.acquire()
        else:
            await self._permits.acquire()
        try:
            while self._at_hand:
                connection = self._at_hand.pop()
                if _is_open(connection):
                    return connection
                await self._connections.release(connection)
            try:
                return await self._connections.acquire(timeout=ACQUIRE_SECONDS)
            except TimeoutError as error:
                # This was not a wait for others to return theirs: that came before, with the
                # permit.
                raise UnansweredError from error
        except BaseException:
            self._permits.release()
            raise

    async def _give_back(self, connection: Any) -> None:
        """Return a connection to asyncpg, which knows what to do with a broken one."""
        try:
            await self._connections.release(connection)
        finally:
            self._permits.release()

    async def _borrow(self, of: RevisionKey | None = None) -> Any:
        """Take a connection to a server that has a revision, by default the one that is served."""
        required = of or self.required or ANY_REVISION
        connection = await self._take()
        if required != ANY_REVISION and required[1] not in connection.shown:
            try:
                await _prove(connection, *required)
            except BaseException:
                await self._give_back(connection)
                raise
        return connection

    @contextlib.asynccontextmanager
    async def _lent(self) -> AsyncIterator[Any]:
        connection = await self._borrow()
        try:
            yield connection
        finally:
            await self._give_back(connection)

    async def fetch(
        self, statement: Statement, of: RevisionKey | None = None
    ) -> list[asyncpg.Record]:
        """Run a statement; raise `UnavailableError` if the database does not answer.

        `of` is the revision that it reads, if that is not the one that is served: a newer one, or
        `ANY_REVISION` to ask what a server has.
        """
        start = time.perf_counter()
        try:
            try:
                return await self._fetch(statement, of)
            except BROKEN:
                # Often only this connection's server is down: another one may answer by now.
                return await self._fetch(statement, of)
        except UNAVAILABLE as error:
            raise self._unavailable(error) from error
        except asyncpg.InsufficientPrivilegeError as error:
            raise self._read_only(error) from error
        finally:
            timing.note(start)

    async def fetch_costly(self, statement: Statement) -> list[asyncpg.Record]:
        """Run a statement that may have to look at everything, such as one that counts.

        Only so many run at once that pages are not kept waiting. Also raises `UnavailableError` if
        none of them ends within some seconds.
        """
        async with turn(self._costly):
            return await self.fetch(statement)

    async def _fetch(self, statement: Statement, of: RevisionKey | None) -> list[asyncpg.Record]:
        connection, generation = await self._borrow(of), self._generation
        try:
            rows: list[asyncpg.Record] = await connection.fetch(
                statement.text, *statement.arguments
            )
        except BaseException:
            # Broken, or broken off.
            await self._give_back(connection)
            raise
        if generation == self._generation:
            self._at_hand.append(connection)
            self._permits.release()
        else:
            await self._give_back(connection)
        return rows

    @contextlib.asynccontextmanager
    async def streaming(self) -> AsyncIterator[None]:
        """Hold one of the turns to read a large result; raise `UnavailableError` if none is free.

        Otherwise pages would have to wait.
        """
        if self._streams.locked():
            message = "too many large results are being read at once; try again in a few seconds"
            raise UnavailableError(message)
        async with self._streams:
            self._streaming += 1
            try:
                yield
            finally:
                self._streaming -= 1

    async def stream(
        self, statement: Statement, render: Callable[[asyncpg.Record], T]
    ) -> AsyncGenerator[list[T], None]:
        """Read a whole result in batches: from one snapshot, never more than a batch in memory.

        Raises `UnavailableError` before the first batch if the database does not answer, or if so
        many results are being read that pages would have to wait.
        """
        try:
            async with (
                self.streaming(),
                self._lent() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                # A cursor is read by one process, even if the plan counts on several: a million
                # waves were sorted for a minute instead of being read by an index.
                await connection.execute("set local max_parallel_workers_per_gather to 0")
                cursor = await connection.cursor(statement.text, *statement.arguments)
                async with _reading_ahead(cursor) as read:
                    while rows := await read():
                        yield list(map(render, rows))
        except UNAVAILABLE as error:
            raise self._unavailable(error) from error
        except asyncpg.InsufficientPrivilegeError as error:
            raise self._read_only(error) from error

    def what_is_wrong(self, error: UnavailableError) -> str:
        """Say in words why it was raised, without addresses or names."""
        return what_is_wrong(error.__cause__, self._hosts.what)

    def _unavailable(self, error: BaseException) -> UnavailableError:
        # Every request hits the same error: a line for each would hide all others.
        now = time.monotonic()
        if now - self._logged.get(type(error), -SILENT_SECONDS) >= SILENT_SECONDS:
            self._logged[type(error)] = now
            logger.warning("%s does not answer: %r", self._hosts, error)
        return UnavailableError("the database does not answer; try again in a few seconds")

    def _read_only(self, error: asyncpg.InsufficientPrivilegeError) -> Exception:
        """Tell a server that may not write to its own disk from a role that may not read a table.

        PostgreSQL has one code for both; for its files, it says what it could not do.
        """
        return self._unavailable(error) if str(error).startswith("could not ") else error


def _is_open(connection: Any) -> bool:
    """Return whether a connection can be used, as far as asyncpg has noticed."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        # asyncpg has taken it back, because its server has closed it.
        return False


@contextlib.asynccontextmanager
async def _reading_ahead(cursor: Any) -> AsyncIterator[Callable[[], Awaitable[list[Any]]]]:
    """Return a reader that fetches a cursor's next batch while the previous one is sent.

    So PostgreSQL works at the same time as Python: one more batch is in memory.
    """
    ahead = asyncio.create_task(cursor.fetch(STREAM_BATCH))

    async def read() -> list[Any]:
        nonlocal ahead
        rows: list[Any] = await ahead
        if rows:
            ahead = asyncio.create_task(cursor.fetch(STREAM_BATCH))
        return rows

    try:
        yield read
    finally:
        # Meanwhile the connection can do nothing else, not even end its transaction.
        ahead.cancel()
        await asyncio.gather(ahead, return_exceptions=True)


PROVE_SECONDS = 1.0
"""How long a request waits for a replica that is behind."""


async def _prove(connection: Any, number: int, fingerprint: bytes) -> None:
    """Ask a server once whether it has a revision; raise `UnavailableError` if it does not."""
    query = paths.statement("queries/read_revision_by_number.sql")
    end = time.monotonic() + PROVE_SECONDS
    while True:
        row = await connection.fetchrow(query, number)
        if row is not None and fingerprint_of(row) == fingerprint:
            # A server with a revision has all earlier ones; those of a restored ledger are
            # forgotten.
            connection.shown.clear()
            connection.shown.add(fingerprint)
            return
        if time.monotonic() > end:
            message = (
                f"the database server that answered has no revision {number} yet; "
                "try again in a second"
            )
            raise UnavailableError(message, retry_after_seconds=1)
        await asyncio.sleep(PROVE_SECONDS / 20)


def fingerprint_of(revision: asyncpg.Record) -> bytes:
    """Return what distinguishes a revision from any other one that ever had its number."""
    published = f"{revision['number']} {revision['published_at'].isoformat()} ".encode()
    return hashlib.sha256(published + revision["digest"]).digest()


_WRONG: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((UnpreparedSessionError,), "the sessions of the pooler of LEDGER_POOLER are not set up"),
    ((asyncpg.CannotConnectNowError,), "the database is starting or stopping"),
    ((asyncpg.AdminShutdownError, asyncpg.CrashShutdownError), "the database was stopped"),
    ((asyncpg.TooManyConnectionsError,), "the database has no connections left"),
    ((asyncpg.DiskFullError,), "the disk of the database is full"),
    ((asyncpg.InsufficientResourcesError,), "the database has no memory left"),
    ((asyncpg.InsufficientPrivilegeError,), "the disk of the database is read-only"),
    ((asyncpg.PostgresIOError,), "the database cannot read or write its files"),
    (
        (asyncpg.TargetServerAttributeNotMatched,),
        "no host of the database is of the requested kind",
    ),
    ((asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError), "the database is too busy"),
    ((asyncpg.InvalidAuthorizationSpecificationError,), "the database rejects the user"),
    ((asyncpg.InvalidCatalogNameError,), "there is no such database"),
    ((asyncpg.ObjectNotInPrerequisiteStateError,), "the database accepts no connections"),
    ((UnansweredError,), "{asked} did not accept a connection in time"),
    ((TimeoutError, asyncio.TimeoutError), "no connection to the database became free in time"),
    ((OSError,), "nothing answers at the address of {asked}"),
)


def what_is_wrong(error: BaseException | None, asked: str) -> str:
    """Say in words, without addresses or names, why the database or the pooler does not answer."""
    for kinds, what in _WRONG:
        if isinstance(error, kinds):
            return what.format(asked=asked)
    return f"{asked} does not answer"


async def _keep(_: asyncpg.Connection[asyncpg.Record]) -> None:
    """Leave a session as it is when a request returns it."""


async def connections(settings: Settings, hosts: Hosts) -> asyncpg.Pool[asyncpg.Record]:
    """Open the pool of a process; nothing is connected before it is needed."""
    return await asyncpg.create_pool(
        connect=hosts.connect,
        connection_class=Session,
        # asyncpg logs noisily while it fills up a minimum.
        min_size=0,
        # Every session has the settings below and nobody changes them, so no reset is needed, which
        # would cost each request a round trip.
        reset=_keep,
        # PostgreSQL has accepted the settings if it has accepted the connection; a pooler has not.
        init=None if settings.pooler is None else prove_session,
        max_size=settings.pool_size,
        command_timeout=settings.statement_timeout_ms / 1000 + 5,
        **session(settings),
    )


def session(settings: Settings) -> dict[str, Any]:
    """Return the settings with which sessions begin, as `asyncpg.connect` takes them."""
    named = {"application_name": "layoff-ledger"}
    if settings.pooler is not None:
        # The pooler decides how a session is prepared (`connect_query`): another transaction of the
        # same client may run on another session. Statements are not cached for the same reason;
        # PgBouncer from 1.21 on could, but Debian's does not yet.
        return {"server_settings": named, "statement_cache_size": 0}
    timeout = {"statement_timeout": str(settings.statement_timeout_ms)}
    return {
        "server_settings": {**SESSION, **named, **timeout},
        "statement_cache_size": settings.statement_cache_size,
    }


async def prove_session(connection: Any) -> None:
    """Raise `UnpreparedSessionError` in words unless a session reads as the service has to."""
    for name, needed in SESSION.items():
        found = await connection.fetchval("select current_setting($1)", name)
        if found != needed:
            message = (
                f"a session of the pooler has {name} = {found!r} instead of {needed!r}: "
                "make it run the connect_query of deploy/pgbouncer.ini"
            )
            raise UnpreparedSessionError(message)


def hosts_asked(settings: Settings, hosts: Hosts) -> Hosts:
    """Return where queries go: the hosts of the database, or the pooler in front of them."""
    return hosts if settings.pooler is None else Hosts(settings.pooler, POOLER)


async def check_sessions(settings: Settings, url: str) -> None:
    """Check at the start whether sessions are as they have to be; raise in words if not.

    Raises `UnpreparedSessionError` if a pooler in between does not prepare them. A database that
    does not answer is not a mistake: it is asked again later.
    """
    pooled = settings.pooler is not None
    hosts = hosts_asked(settings, Hosts(url))
    named = "LEDGER_POOLER" if pooled else "DATABASE_URL"
    try:
        connection: Any = await hosts.connect(timeout=ACQUIRE_SECONDS, **session(settings))
        try:
            await prove_session(connection)
        finally:
            await connection.close()
    except asyncpg.ProtocolViolationError as error:
        # PgBouncer rejects settings that it does not know.
        message = (
            f"what answers at {named} is not PostgreSQL ({error}): DATABASE_URL has to name "
            "PostgreSQL itself, and LEDGER_POOLER a PgBouncer"
        )
        raise UnpreparedSessionError(message) from error
    except ValueError as error:
        message = f"{named} is not a usable address: {mistake_of_client(error)}"
        raise UnpreparedSessionError(message) from error
    except UnpreparedSessionError as error:
        if pooled:
            raise
        message = (
            "what answers at DATABASE_URL ignores session settings: DATABASE_URL has to "
            "name PostgreSQL itself, and LEDGER_POOLER a PgBouncer"
        )
        raise UnpreparedSessionError(message) from error
    except UNAVAILABLE as error:
        logger.warning("sessions could not be checked: %s does not answer: %r", hosts, error)
