"""Which revision answers, and what is known about it without asking again."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from layoff_ledger.http.keys import NO_REVISION, RevisionKey, RevisionKeys
from layoff_ledger.http.problems import UnavailableError, UnknownRevisionError
from layoff_ledger.resources.base import Resource
from layoff_ledger.statement import Statement
from layoff_ledger.store.hosts import Hosts
from layoff_ledger.store.pool import (
    ACQUIRE_SECONDS,
    ANY_REVISION,
    UNAVAILABLE,
    Pool,
    fingerprint_of,
)

logger = logging.getLogger(__name__)

CHANNEL = "ledger_revision"
"""Where publishing announces a new revision, with its number as payload."""
RETRY_SECONDS = 0.5
"""How soon it is looked up again if the database did not answer."""
POLL_SECONDS = 5.0
"""How often the revision is looked up: a notification is lost while the connection is down."""
REPLICA_SECONDS = 0.5
"""How often it is looked up on a replica, which does not support LISTEN."""
LOOK_SECONDS = 4.0
"""How long a look-up may take if another host could be asked."""
BEHIND_SECONDS = 30.0
"""How long a replica may be behind before it is served as it is."""
SETTLED = datetime.timedelta(minutes=10)
"""How long after midnight a day may still get a revision: one that was about to become visible."""
MAX_PAST = 32
"""How many past revisions are remembered."""
MAX_DAYS = 4_096
"""How many days are remembered with their last revision."""


def by_vocabulary(rows: Iterable[asyncpg.Record]) -> dict[str, dict[str, str]]:
    """Return the names of codes by vocabulary and code, from the rows of `read_codes`."""
    codes: dict[str, dict[str, str]] = {}
    for one in rows:
        codes.setdefault(one["vocabulary"], {})[one["code"]] = one["name"]
    return codes


class Snapshot(Struct, frozen=True):
    """What is known about a revision without asking again."""

    revision: int
    published_at: datetime.datetime
    counts: dict[str, int]
    """Resource → number of its records."""
    codes: dict[str, dict[str, str]]
    """Vocabulary of the ledger → code → the name that people know it by."""
    license: str
    span: tuple[datetime.date, datetime.date] | None
    """First and last day on which a wave was announced; null without waves."""
    fingerprint: bytes
    attribution: str | None = None
    """How users of the records have to credit their collection, if it is not the ledger's own."""

    def on_terms_of(self, *resources: Resource) -> Snapshot:
        """Return it with the licence of the collection to which the records of a resource belong.

        For resources on several terms, the licence is the ledger's own, and `attribution` says
        which of them belong to another collection.
        """
        names = self.codes.get("attribution", {})
        collections = {one.collection for one in resources}
        if len(collections) > 1:
            others = [one for one in resources if one.collection in names]
            named = [f"{one.path}: {names[one.collection or '']}" for one in others]
            return msgspec.structs.replace(self, attribution="; ".join(named) or None)
        (collection,) = collections
        if collection is None:
            return self
        return msgspec.structs.replace(
            self,
            license=self.codes.get("license", {}).get(collection, self.license),
            attribution=names.get(collection),
        )


class Follower:
    """Runs some work in the background for each newest revision, never two at once."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._doing: asyncio.Task[None] | None = None

    def follow(self, revisions: Revisions, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do the work now, if there is a revision, and at each new one, unless it is still running.

        So the work has to look for a newer revision before it ends.
        """

        def begin() -> None:
            if self._doing is None or self._doing.done():
                self._doing = asyncio.create_task(work())

        revisions.on_newest.append(begin)
        if revisions.number:
            begin()

    async def stop(self) -> None:
        """Cancel what is running."""
        if self._doing is not None:
            self._doing.cancel()
            await asyncio.gather(self._doing, return_exceptions=True)


class Revisions:
    """The revisions of one ledger, as known to one process."""

    def __init__(self, pool: Pool, keys: RevisionKeys | None = None) -> None:
        """Begin without knowing any; `keys` belong to somebody who has to know them, too."""
        self._pool = pool
        self.keys = RevisionKeys() if keys is None else keys
        self._newest: Snapshot | None = None
        self._is_asked = False
        self._past: OrderedDict[int, Snapshot] = OrderedDict()
        self._last_of_day: dict[datetime.date, int] = {}
        self._behind_since: float | None = None
        self.on_restored: list[Callable[[], None]] = []
        """Called when the ledger is not a continuation of what was known."""
        self.on_newest: list[Callable[[], None]] = []
        """Called when another revision becomes the newest one."""

    @property
    def newest(self) -> Snapshot:
        """Return what is known about the newest revision; raise `UnavailableError` without one."""
        if self._newest is None:
            if not self._is_asked:
                message = "the database has not answered yet; try again in a few seconds"
                raise UnavailableError(message)
            message = "nothing has been published to this ledger yet: run `layoff-ledger publish`"
            raise UnavailableError(message)
        return self._newest

    @property
    def number(self) -> int:
        """Return the number of the newest revision, or 0 before there is one."""
        return 0 if self._newest is None else self._newest.revision

    async def refresh(self) -> None:
        """Look up the newest revision, and read what belongs to it if it is new."""
        before, begun = self._newest, time.monotonic()
        query = Statement.named("read_revision")
        found = await self._pool.fetch(query, ANY_REVISION)
        if not found:
            # Whatever comes next, if anything, is another ledger.
            self._take(None, [])
            return
        # Not the number alone: a restored ledger may have the same number, or a smaller one.
        fingerprint = fingerprint_of(found[0])
        if before is not None and before.fingerprint == fingerprint:
            self.keys.confirmed_at, self._behind_since = begun, None
            return
        if self._is_behind(found[0]):
            return
        await self._take_up(found[0], before)
        self.keys.confirmed_at, self._behind_since = begun, None

    def _is_behind(self, found: asyncpg.Record) -> bool:
        """Return whether a replica has an older revision of this ledger, but will get the newest.

        A replica that stays behind for long follows a ledger that was restored to an older state.
        """
        number: int = found["number"]
        if not found["is_replica"] or number > len(self.keys.fingerprints):
            return False
        if self.keys.fingerprints[number - 1] != fingerprint_of(found):
            return False
        now = time.monotonic()
        if self._behind_since is None:
            self._behind_since = now
            logger.warning(
                "the server that answers is a replica that is still at revision %d", number
            )
        return now - self._behind_since < BEHIND_SECONDS

    async def _take_up(self, found: asyncpg.Record, before: Snapshot | None) -> None:
        """Read what belongs to a revision, and switch to it."""
        of = found["number"], fingerprint_of(found)
        snapshot = await self._read(found, of)
        rows = await self._pool.fetch(Statement.named("read_fingerprints", snapshot.revision), of)
        fingerprints = list(map(fingerprint_of, rows))
        # Another call may have started later and finished already: its result is not undone.
        if self._newest is before or snapshot.revision > self.number:
            self._take(snapshot, fingerprints)

    def _take(self, newest: Snapshot | None, fingerprints: list[bytes]) -> None:
        """Switch to what was found, and forget what no longer holds."""
        self._past.clear()
        self._last_of_day.clear()
        known, before = list(self.keys.fingerprints), self._newest
        self._is_asked = True
        self._newest, self.keys.fingerprints = newest, fingerprints
        key = NO_REVISION if newest is None else (newest.revision, newest.fingerprint)
        self.keys.newest = key
        self._pool.required = None if newest is None else key
        if fingerprints[: len(known)] != known:
            for forget in self.on_restored:
                forget()
        if newest is not before:
            for notice in self.on_newest:
                notice()

    async def _read(self, row: asyncpg.Record, of: RevisionKey | None = None) -> Snapshot:
        number: int = row["number"]
        codes = by_vocabulary(await self._pool.fetch(Statement.named("read_codes", number), of))
        [(first, last)] = await self._pool.fetch(Statement.named("read_span", number), of)
        return Snapshot(
            number,
            row["published_at"],
            msgspec.json.decode(row["counts"], type=dict[str, int]),
            codes,
            codes.get("license", {}).get("curated", "CC-BY-4.0"),
            None if first is None else (first, last),
            fingerprint_of(row),
        )

    async def snapshot_at(self, as_of: int | datetime.date | None) -> Snapshot:
        """Return what is known about a revision, by number or as of the end of a day that is over.

        None means the newest one. Raises `UnknownRevisionError` for one that never existed.
        """
        newest = self.newest
        number = newest.revision if as_of is None else as_of
        if isinstance(number, datetime.date):
            number = await self._last_revision_of(number)
        if number > newest.revision:
            # Another process may already know it.
            await self.refresh()
            newest = self.newest
        if number == newest.revision:
            return newest
        if not 1 <= number < newest.revision:
            message = f"there is no revision {number}: the newest one is {newest.revision}"
            raise UnknownRevisionError(message)
        snapshot = self._past.get(number)
        if snapshot is None:
            statement = Statement.named("read_revision_by_number", number)
            (row,) = await self._pool.fetch(statement)
            snapshot = self._past[number] = await self._read(row)
            if len(self._past) > MAX_PAST:
                self._past.popitem(last=False)
        else:
            self._past.move_to_end(number)
        return snapshot

    async def _last_revision_of(self, day: datetime.date) -> int:
        if day >= (datetime.datetime.now(datetime.UTC) - SETTLED).date():
            message = (
                f"{day} is not over yet (UTC), and more may be published: "
                f"use as_of={self.number}, the newest revision"
            )
            raise UnknownRevisionError(message)
        if day not in self._last_of_day:
            statement = Statement.named("last_revision_of_day", day)
            (row,) = await self._pool.fetch(statement)
            if row["number"] is None:
                message = (
                    f"nothing was published by {day}: "
                    f"the first revision is from {row['first']:%Y-%m-%d}"
                )
                raise UnknownRevisionError(message)
            if len(self._last_of_day) >= MAX_DAYS:
                self._last_of_day.clear()
            self._last_of_day[day] = row["number"]
        return self._last_of_day[day]

    async def watch(self, hosts: Hosts) -> None:
        """Refresh at every announcement of a revision, and every few seconds besides."""
        announced = asyncio.Event()
        listener: asyncpg.Connection[asyncpg.Record] | None = None
        is_away, every = False, POLL_SECONDS
        try:
            while True:
                pause = RETRY_SECONDS
                # Before the look-up, so that what is announced meanwhile is looked up, too.
                announced.clear()
                try:
                    if listener is None or listener.is_closed():
                        listener = await hosts.connect(timeout=ACQUIRE_SECONDS)
                        # A streaming replica does not support LISTEN: polling has to do.
                        is_replica = await listener.fetchval("select pg_is_in_recovery()")
                        every = REPLICA_SECONDS if is_replica else POLL_SECONDS
                        if not is_replica:
                            await listener.add_listener(CHANNEL, lambda *_: announced.set())
                    async with asyncio.timeout(LOOK_SECONDS if len(hosts) > 1 else None):
                        await self.refresh()
                    pause = every
                    if is_away:
                        logger.warning("the database is answering again")
                    is_away = False
                except (UnavailableError, *UNAVAILABLE) as error:
                    # Once, and not for every attempt.
                    if not is_away:
                        logger.warning(
                            "cannot look up the newest revision: %s",
                            self._pool.what_is_wrong(error)
                            if isinstance(error, UnavailableError)
                            else f"{hosts} does not answer: {error!r}",
                        )
                    is_away = True
                    if len(hosts) > 1:
                        await self._pool.leave_host()
                        if listener is not None:
                            listener.terminate()
                except Exception:
                    logger.exception("cannot look up the newest revision")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await announced.wait()
        finally:
            if listener is not None:
                listener.terminate()
