"""Versions of documents: read from the database once, then cached, because none ever changes.

They are cached as they are served: whole, under the address of the API that the client sees.
"""

from __future__ import annotations

import itertools
import operator
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

import asyncpg

from layoff_ledger import paths
from layoff_ledger.http.problems import (
    GoneError,
    LedgerError,
    MovedError,
    NotFoundError,
    UnavailableError,
)
from layoff_ledger.http.schemas import Tombstone
from layoff_ledger.nearest import did_you_mean
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.notice_parameters import COUNTED
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.bodies_file import Body
from layoff_ledger.store.pool import Pool
from layoff_ledger.store.revisions import Snapshot

MEMORY_BYTES = 64 * 1024**2
"""Bytes that documents may take in a process."""
_OVERHEAD_BYTES = 200
"""Approximate bytes that an entry takes besides its document, for its key and its place."""

Version = tuple[str, int]
"""Id and first revision of a document."""
Shelf = tuple[str, str]
"""Address of the API and resource: what else tells whole documents apart."""
_version_of = operator.itemgetter(0, 1)


class DocumentMemory:
    """Whole documents; those that were not requested for longest are dropped first, roughly.

    Once three quarters of the memory are used, all documents are old. An old document that is
    requested becomes a recent one again, and if there are too many, the first old ones are dropped.
    So finding a recent document, which most are, costs one look-up and moves nothing.
    """

    def __init__(self, max_bytes: int = MEMORY_BYTES) -> None:
        """Begin empty."""
        self._max_bytes = max_bytes
        self._recent: defaultdict[Shelf, dict[Version, bytes]] = defaultdict(dict)
        self._old: defaultdict[Shelf, dict[Version, bytes]] = defaultdict(dict)
        # In the order in which they came; some of the old ones may be recent again.
        self._order_of_recent: deque[tuple[Shelf, Version]] = deque()
        self._order_of_old: deque[tuple[Shelf, Version]] = deque()
        self._recent_bytes = 0
        self.bytes = 0
        """Bytes in use."""
        self.hits = self.misses = 0
        """How many requested documents were found, and how many were not."""
        self.generation = 0
        """Incremented whenever everything is forgotten."""

    def find(self, shelf: Shelf, versions: Sequence[Version]) -> list[bytes | None]:
        """Return each of some versions, or None if it is not cached."""
        # A loop in Python would take three times as long for a page.
        found = list(map(self._recent.get(shelf, _NOTHING).get, versions))
        if not all(found) and (old := self._old.get(shelf)):
            again = {}
            for place, version in enumerate(versions):
                if found[place] is None and (document := old.pop(version, None)) is not None:
                    again[version] = found[place] = document
            self._add(shelf, again)
        return found

    def put(self, shelf: Shelf, documents: Mapping[Version, bytes], generation: int) -> None:
        """Keep some versions, except those that alone would fill an eighth of the memory.

        `generation` is the one in which they were requested: what was read before a `clear` is not
        kept.
        """
        if generation != self.generation:
            return
        recent, old = self._recent.get(shelf, _NOTHING), self._old.get(shelf, _NOTHING)
        most = self._max_bytes // 8 - _OVERHEAD_BYTES
        new = {
            version: document
            for version, document in documents.items()
            if len(document) <= most and version not in recent and version not in old
        }
        self.bytes += self._add(shelf, new)
        while self.bytes > self._max_bytes:
            self._drop_one()

    def clear(self) -> None:
        """Forget everything: the ledger was restored, and a key may mean another version."""
        for kept in (self._recent, self._old, self._order_of_recent, self._order_of_old):
            kept.clear()
        self.bytes = self._recent_bytes = 0
        self.generation += 1

    def _add(self, shelf: Shelf, documents: Mapping[Version, bytes]) -> int:
        """Make some documents recent ones; return how many bytes they take."""
        size = sum(map(len, documents.values())) + _OVERHEAD_BYTES * len(documents)
        self._recent[shelf].update(documents)
        self._order_of_recent.extend(zip(itertools.repeat(shelf), documents, strict=False))
        self._recent_bytes += size
        if self._recent_bytes > self._max_bytes // 4 * 3 and not any(self._old.values()):
            self._make_old()
        return size

    def _make_old(self) -> None:
        self._old, self._recent = self._recent, defaultdict(dict)
        self._order_of_old, self._order_of_recent = self._order_of_recent, deque()
        self._recent_bytes = 0

    def _drop_one(self) -> None:
        """Drop the first document that is still old; if there is none, all of them become old."""
        while True:
            if not self._order_of_old:
                self._make_old()
            shelf, version = self._order_of_old.popleft()
            document = self._old[shelf].pop(version, None)
            if document is not None:
                self.bytes -= len(document) + _OVERHEAD_BYTES
                return


_NOTHING: dict[Version, bytes] = {}

_NOTICES_BYTES = 600
"""More than the notices of a record take, which are at the end of its body."""

Render = Callable[[str, int, bytes], bytes]
"""Makes a whole document from id, first revision and body."""
ReadBodies = Callable[[Resource, Sequence[Sequence[Any]]], Sequence[Body]]
"""Returns the bodies of some versions that are at hand without the database."""


def document_renderer(resource: Resource, base: str) -> Render:
    """Return the function that makes a whole document: what serving adds, then the stored body.

    It is spliced here and not in SQL: PostgreSQL spent more time on joining texts than on finding
    them.
    """
    head = f'{{"{resource.key}":"'.encode()
    address = f'","{resource.url}":"{base}/v1/{resource.path}/'.encode()
    tail = f'{resource.below}","revision":'.encode()
    waves = f'","waves_url":"{base}/v1/waves?{resource.waves}='.encode() if resource.waves else b""
    notices = f'","notices_url":"{base}/v1/notices?{COUNTED}&{resource.notices}='.encode()
    plain = _template(head, address, waves, tail)
    with_notices = _template(head, address, waves, notices, tail)

    def render(id_: str, first_revision: int, body: bytes) -> bytes:
        # A version from before there were notices stays as it was answered then, to the byte.
        has_notices = resource.notices and body.rfind(b'"notices":', -_NOTICES_BYTES) >= 0
        template, ids = with_notices if has_notices else plain
        return template % (*(id_.encode(),) * ids, first_revision, body)

    return render


def _template(*parts: bytes) -> tuple[bytes, int]:
    """Return the template of a document, and how often it has its id."""
    *named, tail = [one.replace(b"%", b"%%") for one in parts if one]
    return b"%b".join([*named, tail]) + b"%d,%b", len(named)


def row_renderer(resource: Resource, base: str) -> Callable[[asyncpg.Record], bytes]:
    """Return the function that makes a document from a row of id, first revision and body."""
    render = document_renderer(resource, base)
    return lambda row: render(row["id"], row["first_revision"], row["body"])


class Documents:
    """The documents of one ledger, as read by one process."""

    def __init__(self, pool: Pool, at_hand: ReadBodies) -> None:
        """Begin with an empty memory."""
        self._pool, self._at_hand = pool, at_hand
        self.memory = DocumentMemory()

    async def render(
        self, resource: Resource, rows: Sequence[Sequence[Any]], *, base: str
    ) -> list[bytes]:
        """Return the documents of some rows, which begin with id and first revision, in order.

        Raises `UnavailableError` if one no longer exists: the ledger was restored in between.
        """
        memory, shelf = self.memory, (base, resource.name)
        keys = list(map(_version_of, rows))
        found = memory.find(shelf, keys)
        if all(found):
            memory.hits += len(keys)
            return cast("list[bytes]", found)
        without = [row for row, one in zip(rows, found, strict=True) if one is None]
        memory.hits += len(keys) - len(without)
        memory.misses += len(without)
        at_hand = self._at_hand(resource, without)
        read = self._keep(resource, at_hand, base, memory.generation)
        if missing := set(map(_version_of, without)) - read.keys():
            ids, first_revisions = zip(*missing, strict=True)
            arguments = (resource.name, list(ids), list(first_revisions))
            statement = Statement(documents_query("read_documents", resource), arguments)
            read |= await self._read(resource, statement, base)
        try:
            return [one or read[key] for key, one in zip(keys, found, strict=True)]
        except KeyError as error:
            # The first query found them, the second one did not.
            message = "the ledger was restored while it was read; try again in a few seconds"
            raise UnavailableError(message, retry_after_seconds=1) from error

    async def render_mixed(
        self, versions: Sequence[tuple[Resource, str, int]], *, base: str
    ) -> list[bytes]:
        """Return the documents of some versions of several resources, in order, like `render`."""
        documents: dict[tuple[str, str, int], bytes] = {}
        for name, resource in {one.name: one for one, _, _ in versions}.items():
            own = [(id_, revision) for one, id_, revision in versions if one.name == name]
            rendered = await self.render(resource, own, base=base)
            documents |= (((name, *key), one) for key, one in zip(own, rendered, strict=True))
        return [documents[one.name, id_, revision] for one, id_, revision in versions]

    async def find(
        self, resource: Resource, ids: Iterable[str], *, base: str, snapshot: Snapshot
    ) -> dict[str, bytes]:
        """Return some documents as of a revision by id; ids that do not exist are left out."""
        arguments = (resource.name, list(ids), snapshot.revision)
        statement = Statement(documents_query("read_documents_at", resource), arguments)
        read = await self._read(resource, statement, base)
        return {id_: document for (id_, _), document in read.items()}

    async def find_all(
        self, resource: Resource, ids: Iterable[str], *, base: str, snapshot: Snapshot
    ) -> dict[str, bytes]:
        """Return many documents as of a revision by id; those in memory are not read again.

        It costs one query more than `find` if none of them is in memory.
        """
        arguments = (resource.name, list(ids), snapshot.revision)
        rows = await self._pool.fetch(
            Statement(documents_query("read_versions_at", resource), arguments)
        )
        versions = [(row["id"], row["first_revision"]) for row in rows]
        documents = await self.render(resource, versions, base=base)
        return {id_: one for (id_, _), one in zip(versions, documents, strict=True)}

    async def sample(
        self, resource: Resource, most: int, *, base: str, snapshot: Snapshot
    ) -> list[bytes]:
        """Return documents as of a revision, at most so many: if there are more, a fixed sample.

        The first or last ids would not do: all of them are from one state, or of one kind.
        """
        conditions = Conditions.holding_at(snapshot.revision, "facet")
        rows = await self._pool.fetch(
            conditions.statement(
                f"select facet.id, facet.first_revision from {resource.facet_view} as facet "
                f"where {conditions.text} order by md5(facet.id), facet.id limit {int(most)}"
            )
        )
        return await self.render(
            resource, [(row["id"], row["first_revision"]) for row in rows], base=base
        )

    async def _read(
        self, resource: Resource, statement: Statement, base: str
    ) -> dict[Version, bytes]:
        """Read some versions from the database, and keep them."""
        generation = self.memory.generation
        return self._keep(resource, await self._pool.fetch(statement), base, generation)

    def _keep(
        self,
        resource: Resource,
        found: Iterable[Body] | Iterable[asyncpg.Record],
        base: str,
        generation: int,
    ) -> dict[Version, bytes]:
        """Make whole documents of bodies that were requested in a generation, and keep them."""
        render = document_renderer(resource, base)
        kept = {
            (id_, first_revision): render(id_, first_revision, body)
            for id_, first_revision, body in found
        }
        self.memory.put((base, resource.name), kept, generation)
        return kept


def documents_query(name: str, resource: Resource) -> str:
    """Return a query of documents, over the view that has those of the resource."""
    view = f"{resource.document_view} as document"
    return paths.statement(f"queries/{name}.sql").replace("api.document", view)


async def missing_record(
    pool: Pool,
    resource: Resource,
    id_: str,
    *,
    base: str,
    snapshot: Snapshot,
    is_newest: bool,
    hint: str | None,
) -> LedgerError | MovedError:
    """Say what became of an id that no record has as of a revision.

    `hint` is the id of a record that was probably meant.
    """
    statement = Statement.named("read_tombstone", resource.kind, id_, snapshot.revision)
    for row in await pool.fetch(statement):
        if row["merged_into"] is not None:
            return MovedError(f"/v1/{resource.path}/{row['merged_into']}{resource.below}")
        history = f"{base}/v1/{resource.path}/{id_}/history"
        return GoneError(
            Tombstone(
                resource=resource.kind,
                id=id_,
                revision=row["first_revision"],
                retired_on=row["retired_on"],
                reason=row["reason"],
                history_url=history if resource.history else None,
            )
        )
    past = None if is_newest else snapshot.revision
    return unknown_id(resource, id_, base=base, past=past, hint=hint)


def unknown_id(
    resource: Resource, id_: str, *, base: str, past: int | None, hint: str | None
) -> NotFoundError:
    """Say that an id is unknown, and which one was probably meant, or else where all are listed.

    `past` is the revision that was asked, if it is not the newest: later ones may have the id.
    """
    if hint is None and past is not None:
        return NotFoundError(f"no {resource.kind} {id_!r} as of revision {past}")
    lists = f"{base}/v1/{resource.path} lists them"
    if resource.part is not None and ":" in id_:
        # A figure that was corrected has another id: it is among those of the same record.
        of = quote(id_.partition(":")[0])
        lists = f"{base}/v1/{resource.path}?{resource.part.named}={of} lists them"
    advice = lists if hint is None else did_you_mean(hint)
    return NotFoundError(f"no {resource.kind} {id_!r}", advice, named=id_)
