"""Versions of documents: read from the database once, then cached, because none ever changes.

They are cached as they are served: whole, under the address of the API that the client sees.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
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
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.bodies_file import Body
from layoff_ledger.store.pool import Pool
from layoff_ledger.store.revisions import Snapshot

MEMORY_BYTES = 64 * 1024**2
"""Bytes that documents may take in a process."""
_OVERHEAD_BYTES = 200
"""Approximate bytes that an entry takes besides its document, for its key and its place."""

STANDING = "status_not=superseded,rescinded&possible_duplicate=false"
"""The filter of notices in a record's link to them: those that may be counted."""
VersionKey = tuple[str, str, str, int]
"""Address of the API, resource, id and first revision."""


class DocumentMemory:
    """Whole documents; the least recently used ones are dropped first."""

    def __init__(self, max_bytes: int = MEMORY_BYTES) -> None:
        """Begin empty."""
        self._max_bytes = max_bytes
        self._documents: OrderedDict[VersionKey, bytes] = OrderedDict()
        self.bytes = 0
        """Bytes in use."""
        self.hits = self.misses = 0
        """How many requested documents were found, and how many were not."""
        self.generation = 0
        """Incremented whenever everything is forgotten."""

    def find(self, keys: Sequence[VersionKey]) -> list[bytes | None]:
        """Return each of some versions, or None if it is not cached."""
        documents = self._documents
        found = [documents.get(key) for key in keys]
        for key, document in zip(keys, found, strict=True):
            if document is not None:
                documents.move_to_end(key)
        return found

    def put(self, key: VersionKey, document: bytes, generation: int) -> None:
        """Keep a version, unless it alone would fill an eighth of the memory.

        `generation` is the one in which it was requested: what was read before a `clear` is not
        kept.
        """
        size = len(document) + _OVERHEAD_BYTES
        if generation != self.generation or key in self._documents or size > self._max_bytes // 8:
            return
        self._documents[key] = document
        self.bytes += size
        while self.bytes > self._max_bytes:
            _, dropped = self._documents.popitem(last=False)
            self.bytes -= len(dropped) + _OVERHEAD_BYTES

    def clear(self) -> None:
        """Forget everything: the ledger was restored, and a key may mean another version."""
        self._documents.clear()
        self.bytes = 0
        self.generation += 1


_NOTICES_BYTES = 600
"""More than the notices of a record take, which are at the end of its body."""

Render = Callable[[str, int, bytes], bytes]
"""Makes a whole document from id, first revision and body."""
ReadBodies = Callable[[Resource, Collection[str]], Sequence[Body]]
"""Returns the bodies of the newest versions of some ids that are at hand without the database."""


def document_renderer(resource: Resource, base: str) -> Render:
    """Return the function that makes a whole document: what serving adds, then the stored body.

    It is spliced here and not in SQL: PostgreSQL spent more time on joining texts than on finding
    them.
    """
    head = f'{{"{resource.key}":"'.encode()
    address = f'","{resource.url}":"{base}/v1/{resource.path}/'.encode()
    tail = f'{resource.below}","revision":'.encode()
    waves = f'","waves_url":"{base}/v1/waves?{resource.waves}='.encode()
    notices = f'","notices_url":"{base}/v1/notices?{STANDING}&{resource.notices}='.encode()

    def render(id_: str, first_revision: int, body: bytes) -> bytes:
        id_bytes = id_.encode()
        revision = b"%d" % first_revision
        others = waves + id_bytes if resource.waves else b""
        # A version from before there were notices stays as it was answered then, to the byte.
        if resource.notices and body.rfind(b'"notices":', -_NOTICES_BYTES) >= 0:
            others += notices + id_bytes
        return b"".join((head, id_bytes, address, id_bytes, others, tail, revision, b",", body))

    return render


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
        self, resource: Resource, versions: Iterable[tuple[str, int]], *, base: str
    ) -> list[bytes]:
        """Return the documents of some versions, by id and first revision, in their order.

        Raises `UnavailableError` if one no longer exists: the ledger was restored in between.
        """
        memory, name = self.memory, resource.name
        keys = [(base, name, id_, first_revision) for id_, first_revision in versions]
        found = memory.find(keys)
        documents = [one for one in found if one is not None]
        memory.hits += len(documents)
        if len(documents) == len(keys):
            return documents
        missing = {key for key, one in zip(keys, found, strict=True) if one is None}
        memory.misses += len(missing)
        at_hand = self._at_hand(resource, [key[2] for key in missing])
        read = self._keep(resource, at_hand, base, memory.generation)
        if missing := missing - read.keys():
            arguments = (name, [key[2] for key in missing], [key[3] for key in missing])
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
        return {key[2]: document for key, document in read.items()}

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
    ) -> dict[VersionKey, bytes]:
        """Read some versions from the database, and keep them."""
        generation = self.memory.generation
        return self._keep(resource, await self._pool.fetch(statement), base, generation)

    def _keep(
        self,
        resource: Resource,
        found: Iterable[Body] | Iterable[asyncpg.Record],
        base: str,
        generation: int,
    ) -> dict[VersionKey, bytes]:
        """Make whole documents of bodies that were requested in a generation, and keep them."""
        render, kept = document_renderer(resource, base), {}
        for id_, first_revision, body in found:
            key = (base, resource.name, id_, first_revision)
            kept[key] = document = render(id_, first_revision, body)
            self.memory.put(key, document, generation)
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
