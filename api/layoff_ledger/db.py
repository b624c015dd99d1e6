"""SQL → rows: the pool of the service, and what it knows of the newest revision.

The service takes on the role `ledger_reader`, whoever logs in, and reads schema `api` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable

import asyncpg
import msgspec
from msgspec import Struct

from layoff_ledger import files, queries, search, vocabulary
from layoff_ledger.errors import InvalidParametersError, NotFoundError, UnavailableError
from layoff_ledger.parameters import Parameters, nearest
from layoff_ledger.queries import Resource, Statement
from layoff_ledger.settings import Settings
from layoff_ledger.types import ProblemError

logger = logging.getLogger(__name__)

POLL_SECONDS = 5.0
"""How often the revision is looked up: a notification is lost while the connection is down."""
ACQUIRE_SECONDS = 5.0
"""How long a request waits for a connection before it is told to come back."""
MOST_COUNTS = 4_096
"""Counts of filtered lists that are remembered for a revision."""
STREAM_BATCH = 200
"""Records that are in memory at once while a whole result is sent."""
CHANNEL = "ledger_revision"

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

AWAY = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.InterfaceError,
)
"""What asyncpg raises when the database is away, starting, stopping or too busy."""


class Snapshot(Struct, frozen=True):
    """What the service knows of the newest revision without asking again."""

    revision: int
    published_at: datetime.datetime
    counts: dict[str, int]
    codes: dict[str, dict[str, str]]
    """Parameter → code → the name that people know it by, for the vocabularies of the ledger."""
    license: str


class Page(Struct, frozen=True):
    """One page of a list."""

    documents: list[bytes]
    count: int | None
    next: str | None
    """Cursor of the next page."""
    revision: int
    published_at: datetime.datetime


class Ledger:
    """Reads the ledger. One per process; `connect` makes it."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        """Begin without knowing any revision."""
        self._pool = pool
        self._snapshot: Snapshot | None = None
        self._counts: dict[tuple[int, bytes], int] = {}
        self._published_at: dict[int, datetime.datetime] = {}
        # Half of the pool stays free for pages, however slowly others read.
        self._streams = asyncio.Semaphore(max(1, pool.get_max_size() // 2))

    @property
    def snapshot(self) -> Snapshot:
        """Give what is known of the newest revision; raise `UnavailableError` if there is none."""
        if self._snapshot is None:
            message = "nothing has been published to this ledger yet: run `layoff-ledger publish`"
            raise UnavailableError(message)
        return self._snapshot

    @property
    def revision(self) -> int:
        """Give the number of the newest revision, or 0 before there is one."""
        return 0 if self._snapshot is None else self._snapshot.revision

    async def fetch(self, statement: Statement) -> list[asyncpg.Record]:
        """Run a statement; raise `UnavailableError` where the database does not answer."""
        try:
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
                return await connection.fetch(statement.text, *statement.arguments)
        except AWAY as error:
            logger.warning("the database does not answer: %r", error)
            message = "the database does not answer; ask again in a few seconds"
            raise UnavailableError(message) from error

    async def refresh(self) -> None:
        """Look up the newest revision, and read what belongs to it when it is a new one."""
        found = await self.fetch(Statement(files.statement("queries/read_revision.sql"), ()))
        if not found:
            self._snapshot = None
            return
        number = found[0]["number"]
        if self._snapshot is None or self._snapshot.revision != number:
            codes: dict[str, dict[str, str]] = {}
            for row in await self.fetch(
                Statement(files.statement("queries/read_codes.sql"), (number,))
            ):
                codes.setdefault(row["vocabulary"], {})[row["code"]] = row["name"]
            licenses = await self.fetch(
                Statement("select license from api.collection where id = 'curated'", ())
            )
            self._counts.clear()
            self._snapshot = Snapshot(
                number,
                found[0]["published_at"],
                msgspec.json.decode(found[0]["counts"], type=dict[str, int]),
                codes,
                licenses[0]["license"] if licenses else "CC-BY-4.0",
            )

    async def page(self, resource: Resource, parameters: Parameters, *, base: str) -> Page:
        """Read one page of a list; raise `InvalidParametersError` for codes that nobody knows."""
        snapshot = self.snapshot
        after = queries.read_cursor(resource, parameters, snapshot.revision)
        revision = snapshot.revision if after is None else after.revision
        if after is None:
            await self.check_codes(resource, parameters)
        signature = queries.signature(resource, parameters)
        meant = await self.meant(parameters, revision)
        count = None
        if getattr(parameters, "count", "exact") == "exact":
            count = await self._count(resource, parameters, revision, signature, after, meant)
        limit = queries.limit_of(parameters)
        rows = await self.fetch(
            queries.list_page(resource, parameters, revision=revision, after=after, meant=meant)
        )
        following = None
        if len(rows) > limit:
            rows = rows[:limit]
            key = queries.cursor_key(rows[-1]["key"])
            following = queries.write_cursor(
                queries.Position(revision, count, key, rows[-1]["id"], signature)
            )
        documents = list(map(queries.opening(resource, base), rows))
        return Page(documents, count, following, revision, await self.published_at(revision))

    async def whole(
        self, resource: Resource, parameters: Parameters, *, base: str
    ) -> AsyncGenerator[list[bytes], None]:
        """Read a whole result in batches: from one snapshot, never more than a batch in memory.

        Raises `UnavailableError` before the first batch where the database does not answer, or
        where so many are read at once that pages would have to wait.
        """
        await self.check_codes(resource, parameters)
        if self._streams.locked():
            message = "too many whole results are read at once; ask again in a few seconds"
            raise UnavailableError(message)
        revision = self.snapshot.revision
        meant = await self.meant(parameters, revision)
        statement = queries.list_all(resource, parameters, revision=revision, meant=meant)
        opened = queries.opening(resource, base)
        try:
            async with (
                self._streams,
                self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                cursor = await connection.cursor(statement.text, *statement.arguments)
                while rows := await cursor.fetch(STREAM_BATCH):
                    yield list(map(opened, rows))
        except AWAY as error:
            logger.warning("the database does not answer: %r", error)
            message = "the database does not answer; ask again in a few seconds"
            raise UnavailableError(message) from error

    async def _count(
        self,
        resource: Resource,
        parameters: Parameters,
        revision: int,
        signature: bytes,
        after: queries.Position | None,
        meant: queries.Meant | None,
    ) -> int:
        """Count all matches, unless that was done: it cannot change within a revision."""
        count = self._known_count(resource, parameters, revision, signature, after)
        if count is None:
            rows = await self.fetch(
                queries.count_all(resource, parameters, revision=revision, meant=meant)
            )
            count = rows[0]["count"]
            if len(self._counts) >= MOST_COUNTS:
                self._counts.clear()
            self._counts[revision, signature] = count
        return count

    def _known_count(
        self,
        resource: Resource,
        parameters: Parameters,
        revision: int,
        signature: bytes,
        after: queries.Position | None,
    ) -> int | None:
        """Give the count where it needs no counting: it cannot change within a revision."""
        if after is not None and after.count is not None:
            return after.count
        if not queries.is_filtered(parameters) and revision == self.snapshot.revision:
            return self.snapshot.counts[resource.name]
        return self._counts.get((revision, signature))

    async def meant(self, parameters: Parameters, revision: int) -> queries.Meant | None:
        """Say what `q` means as of a revision, or None without one.

        Raises `InvalidParametersError` where an order needs it and it is not given.
        """
        asked: str | None = getattr(parameters, "q", None)
        if asked is not None:
            return await search.understand(self.fetch, asked, revision)
        if getattr(parameters, "sort", None) == "-relevance":
            told = ProblemError(
                parameter="sort",
                detail="'-relevance' needs a question",
                suggestion="give it as q, or choose another order",
            )
            raise InvalidParametersError([told])
        return None

    async def published_at(self, revision: int) -> datetime.datetime:
        """Give the moment of a publication; a past one is looked up once."""
        if revision == self.snapshot.revision:
            return self.snapshot.published_at
        if revision not in self._published_at:
            rows = await self.fetch(
                Statement(
                    "select published_at from api.revision where number = $1::integer", (revision,)
                )
            )
            self._published_at[revision] = rows[0]["published_at"]
        return self._published_at[revision]

    async def document(self, resource: Resource, id_: str, *, base: str) -> bytes:
        """Read one record as JSON; raise `NotFoundError`."""
        found = await self.documents(resource, [id_], base=base)
        if not found:
            what = resource.name.partition("_")[0]
            message = f"no {what} {id_!r}; {base}/v1/{resource.path} lists them"
            raise NotFoundError(message)
        return found[id_]

    async def documents(
        self, resource: Resource, ids: Iterable[str], *, base: str
    ) -> dict[str, bytes]:
        """Read some records as JSON by id; what does not exist is left out."""
        rows = await self.fetch(queries.get_several(resource, ids, revision=self.snapshot.revision))
        opened = queries.opening(resource, base)
        return {row["id"]: opened(row) for row in rows}

    async def sample(self, resource: Resource, most: int, *, base: str) -> list[bytes]:
        """Read the last records by id as JSON, as many as `most`."""
        rows = await self.fetch(queries.sample(resource, most, revision=self.snapshot.revision))
        return list(map(queries.opening(resource, base), rows))

    async def check_codes(self, resource: Resource, parameters: Parameters) -> None:
        """Refuse what the ledger does not know, with the nearest code that it does know."""
        errors: list[ProblemError] = []
        for name in parameters.__struct_fields__:
            values = getattr(parameters, name)
            vocabulary_ = VOCABULARIES.get((resource.name, name)) or VOCABULARIES.get(("*", name))
            if not values or vocabulary_ is None:
                continue
            if vocabulary_ in LOOKED_UP:
                errors += await self._unknown_ids(name, LOOKED_UP[vocabulary_], values)
            else:
                known = self.codes(vocabulary_)
                errors += [
                    _unknown(name, vocabulary_, value, known)
                    for value in values
                    if value not in known
                ]
        if errors:
            raise InvalidParametersError(errors)

    async def company_names(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the names of companies by id."""
        wanted = sorted(ids)
        if not wanted:
            return {}
        query = (
            "select id::text as id, name from api.company_version where id = any($1::text[]) "
            "and first_revision <= $2::integer and last_revision >= $2::integer"
        )
        rows = await self.fetch(Statement(query, (wanted, self.snapshot.revision)))
        return {row["id"]: row["name"] for row in rows}

    def codes(self, vocabulary_: str) -> dict[str, str]:
        """Give a vocabulary: code → name."""
        fixed = {
            "status": vocabulary.STATUSES,
            "form": vocabulary.FORMS,
            "kind of source": vocabulary.SOURCE_KINDS,
            "group": dict.fromkeys(vocabulary.DRIVER_GROUPS, ""),
        }
        return fixed.get(vocabulary_) or self.snapshot.codes.get(vocabulary_, {})

    async def _unknown_ids(
        self, name: str, resource: Resource, ids: list[str]
    ) -> list[ProblemError]:
        rows = await self.fetch(queries.find_ids(resource, ids, revision=self.snapshot.revision))
        missing = sorted(set(ids) - {row["id"] for row in rows})
        if not missing:
            return []
        near = await self.fetch(
            Statement(
                files.statement(f"queries/suggest_{resource.name}.sql"),
                (missing, self.snapshot.revision),
            )
        )
        hints = {row["written"]: row["id"] for row in near}
        return [
            ProblemError(
                parameter=name,
                detail=f"no {resource.name} {id_!r}",
                suggestion=f"did you mean {hints[id_]!r}?" if id_ in hints else None,
            )
            for id_ in missing
        ]


# Vocabularies that may be too long to be kept in memory.
LOOKED_UP = {"company": queries.COMPANY, "source": queries.SOURCE}

# (resource, parameter) → the vocabulary or the resource whose codes it takes.
VOCABULARIES = {
    ("*", "driver"): "driver",
    ("*", "driver_not"): "driver",
    ("*", "role"): "role",
    ("*", "role_not"): "role",
    ("*", "industry"): "industry",
    ("*", "country"): "country",
    ("*", "country_not"): "country",
    ("*", "company_country"): "country",
    ("*", "collection"): "collection",
    ("*", "status"): "status",
    ("*", "status_not"): "status",
    ("*", "form"): "form",
    ("source", "kind"): "kind of source",
    ("driver", "group"): "group",
    ("*", "company"): "company",
    ("*", "company_not"): "company",
    ("*", "parent"): "company",
    ("*", "source"): "source",
}


def _unknown(name: str, what: str, written: str, known: dict[str, str]) -> ProblemError:
    hint = nearest(written, known)
    if hint is None:
        by_name = {label.lower(): code for code, label in known.items()}
        close = nearest(written.lower().replace("_", " "), by_name)
        hint = None if close is None else f"did you mean {by_name[close[14:-2]]!r}?"
    return ProblemError(parameter=name, detail=f"no {what} {written[:100]!r}", suggestion=hint)


async def _keep(_: asyncpg.Connection[asyncpg.Record]) -> None:
    """Leave a session as it is when a request gives it back."""


@contextlib.asynccontextmanager
async def connect(settings: Settings, url: str) -> AsyncIterator[Ledger]:
    """Open the pool, keep the revision fresh, and close it all."""
    pool = await asyncpg.create_pool(
        url,
        # Connections are opened when they are needed; asyncpg fills up a minimum noisily.
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
    ledger = Ledger(pool)
    try:
        await ledger.refresh()
        watcher = asyncio.create_task(_watch(ledger, url))
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


async def _watch(ledger: Ledger, url: str) -> None:
    """Refresh at every announcement of a revision, and every few seconds besides."""
    announced = asyncio.Event()
    listener: asyncpg.Connection[asyncpg.Record] | None = None
    while True:
        try:
            if listener is None or listener.is_closed():
                listener = await asyncpg.connect(url, timeout=ACQUIRE_SECONDS)
                await listener.add_listener(CHANNEL, lambda *_: announced.set())
            await ledger.refresh()
        except (UnavailableError, *AWAY) as error:
            logger.warning("cannot look up the newest revision: %r", error)
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("cannot look up the newest revision")
        announced.clear()
        try:
            await asyncio.wait_for(announced.wait(), timeout=POLL_SECONDS)
        except TimeoutError:
            continue
        except asyncio.CancelledError:
            if listener is not None:
                listener.terminate()
            raise
