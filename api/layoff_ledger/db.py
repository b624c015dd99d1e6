"""SQL → rows: the pool of the service, and what it knows of the revisions that are asked for.

The service takes on the role `ledger_reader`, whoever logs in, and reads schema `api` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import hashlib
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable

import asyncpg
import msgspec
from msgspec import Struct

from layoff_ledger import files, queries, search, vocabulary
from layoff_ledger.http import timing
from layoff_ledger.http.problems import (
    GoneError,
    InvalidParametersError,
    LedgerError,
    MovedError,
    NotFoundError,
    UnavailableError,
    UnknownRevisionError,
)
from layoff_ledger.parameters import NO_CURSOR, Parameters, nearest
from layoff_ledger.queries import Resource, Statement
from layoff_ledger.settings import Settings
from layoff_ledger.types import ProblemError, Tombstone

logger = logging.getLogger(__name__)

POLL_SECONDS = 5.0
"""How often the revision is looked up: a notification is lost while the connection is down."""
ACQUIRE_SECONDS = 5.0
"""How long a request waits for a connection before it is told to come back."""
MOST_COUNTS = 4_096
"""Counts of filtered lists that are remembered for a revision."""
SETTLED = datetime.timedelta(minutes=10)
"""How long after midnight a day may still get a revision: one that was about to be visible."""
MOST_PAST = 32
"""Past revisions of which is remembered what they are."""
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
    """What the service knows of a revision without asking again."""

    revision: int
    published_at: datetime.datetime
    counts: dict[str, int]
    codes: dict[str, dict[str, str]]
    """Parameter → code → the name that people know it by, for the vocabularies of the ledger."""
    license: str
    span: tuple[datetime.date, datetime.date] | None
    """First and last day on which a wave was announced; null without any wave."""


class Page(Struct, frozen=True):
    """One page of a list."""

    documents: list[bytes]
    count: int | None
    next: str | None
    """Cursor of the next page."""
    snapshot: Snapshot


class Ledger:
    """Reads the ledger. One per process; `connect` makes it."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        """Begin without knowing any revision."""
        self._pool = pool
        self._snapshot: Snapshot | None = None
        self._mark = b""
        self._marks: list[bytes] = []
        self._counts: dict[tuple[int, bytes], int] = {}
        self._past: OrderedDict[int, Snapshot] = OrderedDict()
        self._revision_of_day: dict[datetime.date, int] = {}
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

    def said(self, number: int | None) -> tuple[int, bytes]:
        """Give number and mark of a revision: of the newest one for None and for what never was.

        Equal marks mean equal answers. A number alone does not: a ledger that is restored from an
        older state goes on with numbers that it had before.
        """
        if number is not None and 1 <= number <= len(self._marks):
            return number, self._marks[number - 1]
        return self.revision, self._mark

    async def fetch(self, statement: Statement) -> list[asyncpg.Record]:
        """Run a statement; raise `UnavailableError` where the database does not answer."""
        try:
            with timing.noted():
                async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
                    return await connection.fetch(statement.text, *statement.arguments)
        except AWAY as error:
            logger.warning("the database does not answer: %r", error)
            message = "the database does not answer; ask again in a few seconds"
            raise UnavailableError(message) from error

    async def refresh(self) -> None:
        """Look up the newest revision, and read what belongs to it when it is a new one."""
        before = self._snapshot
        found = await self.fetch(Statement(files.statement("queries/read_revision.sql"), ()))
        if not found:
            self._snapshot, self._mark, self._marks = None, b"", []
            return
        mark = _mark(found[0])
        # Not the number alone: a restored ledger may have the same one, or a smaller one.
        if before is None or self._mark != mark:
            snapshot = await self._read_snapshot(found[0])
            query = (
                "select number, published_at, digest from api.revision "
                "where number <= $1::integer order by number"
            )
            rows = await self.fetch(Statement(query, (snapshot.revision,)))
            # Another one may have looked later and be done already: it is not undone.
            if self._snapshot is before or snapshot.revision > self.revision:
                self._counts.clear()
                self._past.clear()
                self._revision_of_day.clear()
                self._snapshot, self._mark, self._marks = snapshot, mark, list(map(_mark, rows))

    async def _read_snapshot(self, row: asyncpg.Record) -> Snapshot:
        codes: dict[str, dict[str, str]] = {}
        statement = Statement(files.statement("queries/read_codes.sql"), (row["number"],))
        for one in await self.fetch(statement):
            codes.setdefault(one["vocabulary"], {})[one["code"]] = one["name"]
        [(first, last)] = await self.fetch(
            Statement(files.statement("queries/read_span.sql"), (row["number"],))
        )
        return Snapshot(
            row["number"],
            row["published_at"],
            msgspec.json.decode(row["counts"], type=dict[str, int]),
            codes,
            codes.get("license", {}).get("curated", "CC-BY-4.0"),
            None if first is None else (first, last),
        )

    async def at(self, as_of: int | datetime.date | None) -> Snapshot:
        """Give what is known of a revision, by its number or as of the end of a day that is over.

        None means the newest one. Raises `UnknownRevisionError` for one that never was.
        """
        newest = self.snapshot
        number = newest.revision if as_of is None else as_of
        if isinstance(number, datetime.date):
            number = await self._last_of_day(number)
        if number > newest.revision:
            # Another process may know it already.
            await self.refresh()
            newest = self.snapshot
        if number == newest.revision:
            return newest
        if not 1 <= number < newest.revision:
            message = f"there is no revision {number}: the newest one is {newest.revision}"
            raise UnknownRevisionError(message)
        snapshot = self._past.get(number)
        if snapshot is None:
            query = (
                "select number, published_at, counts::text as counts from api.revision "
                "where number = $1::integer"
            )
            (row,) = await self.fetch(Statement(query, (number,)))
            snapshot = self._past[number] = await self._read_snapshot(row)
            if len(self._past) > MOST_PAST:
                self._past.popitem(last=False)
        else:
            self._past.move_to_end(number)
        return snapshot

    async def _last_of_day(self, day: datetime.date) -> int:
        if day >= (datetime.datetime.now(datetime.UTC) - SETTLED).date():
            message = (
                f"{day} is not over yet (UTC), and more may be published: "
                f"use as_of={self.revision}, the newest revision"
            )
            raise UnknownRevisionError(message)
        if day not in self._revision_of_day:
            query = (
                "select max(number) as number, "
                "(select min(published_at) from api.revision) as first "
                "from api.revision "
                "where published_at < ($1::date + 1)::timestamp at time zone 'UTC'"
            )
            (row,) = await self.fetch(Statement(query, (day,)))
            if row["number"] is None:
                message = (
                    f"nothing was published by {day}: the first was on {row['first']:%Y-%m-%d}"
                )
                raise UnknownRevisionError(message)
            if len(self._revision_of_day) >= MOST_COUNTS:
                self._revision_of_day.clear()
            self._revision_of_day[day] = row["number"]
        return self._revision_of_day[day]

    async def begun_at(self, parameters: Parameters, after: queries.Position | None) -> Snapshot:
        """Give the revision of a list: the one that is asked for, or with which a walk began."""
        as_of: int | datetime.date | None = getattr(parameters, "as_of", None)
        if after is None:
            return await self.at(as_of)
        try:
            begun = await self.at(after.revision)
        except UnknownRevisionError as error:
            told = ProblemError(parameter="cursor", detail=NO_CURSOR[0], suggestion=NO_CURSOR[1])
            raise InvalidParametersError([told]) from error
        if as_of is not None and (await self.at(as_of)).revision != begun.revision:
            detail = f"belongs to revision {begun.revision}, which is not the one of as_of"
            raise InvalidParametersError(
                [ProblemError(parameter="cursor", detail=detail, suggestion=NO_CURSOR[1])]
            )
        return begun

    async def page(self, resource: Resource, parameters: Parameters, *, base: str) -> Page:
        """Read one page of a list; raise `InvalidParametersError` for codes that nobody knows."""
        after = queries.read_cursor(resource.name, parameters)
        snapshot = await self.begun_at(parameters, after)
        if after is None:
            await self.check_codes(resource, parameters, snapshot)
        revision = snapshot.revision
        signature = queries.signature(resource.name, parameters)
        meant = await self.meant(parameters, revision)
        count = None
        if getattr(parameters, "count", "exact") == "exact":
            count = await self._count(resource, parameters, snapshot, signature, after, meant)
        limit = queries.limit_of(parameters)
        rows = await self.fetch(
            queries.list_page(resource, parameters, revision=revision, after=after, meant=meant)
        )
        rows, following = queries.cut(
            rows,
            limit,
            lambda last: queries.Position(
                revision, count, queries.cursor_key(last["key"]), last["id"], signature
            ),
        )
        documents = list(map(queries.opening(resource, base), rows))
        return Page(documents, count, following, snapshot)

    async def whole(
        self, statement: Statement, opened: Callable[[asyncpg.Record], bytes]
    ) -> AsyncGenerator[list[bytes], None]:
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
                self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                # A cursor is read by one process, also where the plan counts on several:
                # a million waves were sorted for a minute instead of read by an index.
                await connection.execute("set local max_parallel_workers_per_gather to 0")
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
        snapshot: Snapshot,
        signature: bytes,
        after: queries.Position | None,
        meant: queries.Meant | None,
    ) -> int:
        """Count all matches, unless that was done: it cannot change within a revision."""
        revision = snapshot.revision
        count = self._known_count(resource, parameters, snapshot, signature, after)
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
        snapshot: Snapshot,
        signature: bytes,
        after: queries.Position | None,
    ) -> int | None:
        """Give the count where it needs no counting: it cannot change within a revision."""
        if after is not None and after.count is not None:
            return after.count
        if not queries.is_filtered(parameters):
            return snapshot.counts.get(resource.name, 0)
        return self._counts.get((snapshot.revision, signature))

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

    async def document(
        self, resource: Resource, id_: str, *, base: str, snapshot: Snapshot
    ) -> bytes:
        """Read one record as JSON.

        Raises `MovedError` where another record stands for it, `GoneError` where it was withdrawn,
        `NotFoundError` where it never was.
        """
        found = await self.documents(resource, [id_], base=base, snapshot=snapshot)
        if not found:
            raise await self.absence(resource, id_, base=base, snapshot=snapshot)
        return found[id_]

    async def absence(
        self, resource: Resource, id_: str, *, base: str, snapshot: Snapshot
    ) -> LedgerError | MovedError:
        """Say what became of an id that no record has as of a revision."""
        what = resource.name.partition("_")[0]
        query = (
            "select first_revision, retired_on, reason, merged_into from api.tombstone_version "
            "where resource = $1::text and id = $2::text "
            "and first_revision <= $3::integer and last_revision >= $3::integer"
        )
        for row in await self.fetch(Statement(query, (what, id_, snapshot.revision))):
            if row["merged_into"] is not None:
                return MovedError(f"/v1/{resource.path}/{row['merged_into']}{resource.below}")
            history = f"{base}/v1/waves/{id_}/history" if resource is queries.WAVE else None
            return GoneError(
                Tombstone(
                    resource=what,
                    id=id_,
                    revision=row["first_revision"],
                    retired_on=row["retired_on"],
                    reason=row["reason"],
                    history_url=history,
                )
            )
        message = f"no {what} {id_!r}; {base}/v1/{resource.path} lists them"
        if snapshot is not self.snapshot:
            message = f"no {what} {id_!r} as of revision {snapshot.revision}"
        return NotFoundError(message)

    async def documents(
        self, resource: Resource, ids: Iterable[str], *, base: str, snapshot: Snapshot
    ) -> dict[str, bytes]:
        """Read some records as JSON by id; what does not exist is left out."""
        rows = await self.fetch(queries.get_several(resource, ids, revision=snapshot.revision))
        opened = queries.opening(resource, base)
        return {row["id"]: opened(row) for row in rows}

    async def sample(
        self, resource: Resource, most: int, *, base: str, snapshot: Snapshot
    ) -> list[bytes]:
        """Read the last records by id as JSON, as many as `most`."""
        rows = await self.fetch(queries.sample(resource, most, revision=snapshot.revision))
        return list(map(queries.opening(resource, base), rows))

    async def check_codes(
        self, resource: Resource, parameters: Parameters, snapshot: Snapshot
    ) -> None:
        """Refuse what the ledger does not know, with the nearest code that it does know."""
        errors: list[ProblemError] = []
        for name in parameters.__struct_fields__:
            values = getattr(parameters, name)
            vocabulary_ = VOCABULARIES.get((resource.name, name)) or VOCABULARIES.get(("*", name))
            if not values or vocabulary_ is None:
                continue
            if vocabulary_ in LOOKED_UP:
                errors += await self._unknown_ids(name, LOOKED_UP[vocabulary_], values, snapshot)
            else:
                known = codes(vocabulary_, snapshot)
                errors += [
                    _unknown(name, vocabulary_, value, known)
                    for value in values
                    if value not in known
                ]
        if errors:
            raise InvalidParametersError(errors)

    async def company_names(self, ids: Iterable[str], snapshot: Snapshot) -> dict[str, str]:
        """Give the names of companies by id."""
        wanted = sorted(ids)
        if not wanted:
            return {}
        query = (
            "select id::text as id, name from api.company_version where id = any($1::text[]) "
            "and first_revision <= $2::integer and last_revision >= $2::integer"
        )
        rows = await self.fetch(Statement(query, (wanted, snapshot.revision)))
        return {row["id"]: row["name"] for row in rows}

    async def _unknown_ids(
        self, name: str, resource: Resource, ids: list[str], snapshot: Snapshot
    ) -> list[ProblemError]:
        rows = await self.fetch(queries.find_ids(resource, ids, revision=snapshot.revision))
        missing = sorted(set(ids) - {row["id"] for row in rows})
        if not missing:
            return []
        near = await self.fetch(
            Statement(
                files.statement(f"queries/suggest_{resource.name}.sql"),
                (missing, snapshot.revision),
            )
        )
        hints = {row["written"]: row["id"] for row in near}
        query = (
            "select id, merged_into from api.tombstone_version where resource = $1::text "
            "and id = any($2::text[]) and merged_into is not null "
            "and first_revision <= $3::integer and last_revision >= $3::integer"
        )
        merged = await self.fetch(Statement(query, (resource.name, missing, snapshot.revision)))
        # Who has the id of a merged record meant the one that stands for it.
        hints |= {row["id"]: row["merged_into"] for row in merged}
        return [
            ProblemError(
                parameter=name,
                detail=f"no {resource.name} {id_!r}",
                suggestion=f"did you mean {hints[id_]!r}?" if id_ in hints else None,
            )
            for id_ in missing
        ]


def _mark(revision: asyncpg.Record) -> bytes:
    """Tell a revision from any other one that ever had its number."""
    told = f"{revision['number']} {revision['published_at'].isoformat()} ".encode()
    return hashlib.sha256(told + revision["digest"]).digest()


def codes(vocabulary_: str, snapshot: Snapshot) -> dict[str, str]:
    """Give a vocabulary as of a revision: code → name."""
    fixed = {
        "status": vocabulary.STATUSES,
        "form": vocabulary.FORMS,
        "kind of source": vocabulary.SOURCE_KINDS,
        "group": dict.fromkeys(vocabulary.DRIVER_GROUPS, ""),
    }
    return fixed.get(vocabulary_) or snapshot.codes.get(vocabulary_, {})


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
    try:
        while True:
            try:
                if listener is None or listener.is_closed():
                    listener = await asyncpg.connect(url, timeout=ACQUIRE_SECONDS)
                    # A streaming replica takes no LISTEN: there, polling has to do.
                    if not await listener.fetchval("select pg_is_in_recovery()"):
                        await listener.add_listener(CHANNEL, lambda *_: announced.set())
                await ledger.refresh()
            except (UnavailableError, *AWAY) as error:
                logger.warning("cannot look up the newest revision: %r", error)
            except Exception:
                logger.exception("cannot look up the newest revision")
            announced.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(announced.wait(), timeout=POLL_SECONDS)
    finally:
        if listener is not None:
            listener.terminate()
