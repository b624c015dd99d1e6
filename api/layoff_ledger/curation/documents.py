"""Tables of schema `ledger` → versions: each view's document of a record, from a revision on.

A document is read from its view, strictly decoded into its public struct and encoded again, so
nothing is stored that the API's contract does not describe. That costs about as much as writing it,
so a thread does it for one batch while PostgreSQL writes the previous one.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from msgspec import Struct

from layoff_ledger import copying
from layoff_ledger.curation import facets, parts
from layoff_ledger.curation.change_log import ChangeEntry, ChangeLog
from layoff_ledger.resources.base import Resource
from layoff_ledger.search import index
from layoff_ledger.statement import OPEN_END, Connection

BATCH = 1_000
"""The most records that are read and written at once; those of three batches are in memory."""
AHEAD = 1
"""Batches that are worked on before the previous one is written."""
LEAST = 100
"""A batch has at least this many records, if there are enough: each batch takes round trips."""
MANY = 100
"""From this many possibly new records on, the planner needs new statistics: each may have ten
parts.
"""
SIDE_BY_SIDE = 8
"""Batches that few records are divided into, so that reading and writing overlap."""
KNOWN = 100_000
"""Records whose versions are looked up at once."""


class Batch(Struct, frozen=True):
    """The documents of some records as their views give them, ready to be written."""

    found: set[str]
    """Ids of those that exist."""
    fresh: list[tuple[str, bytes]]
    """Id and digest of each that differs from the current version."""
    documents: bytes
    """The rows of these, in COPY format."""
    facets: facets.Lines
    parts: dict[str, parts.Parts]
    """Resource of parts → the parts of the new versions."""
    searched: index.Entries


class _Work(Struct, frozen=True):
    """Some records of one resource that are handled together."""

    resource: Resource
    ids: list[str]
    digests: dict[str, bytes]
    """Digests of the current versions, by id; of more records than these."""
    done: int
    """How many records of the resource are done after these."""
    total: int


Wanted = Iterable[tuple[Resource, Iterable[str]]]
"""Resources, each with the ids of the records that may differ."""


async def write_versions(
    connection: Connection,
    wanted: Wanted,
    revision: int,
    change_log: ChangeLog,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> None:
    """Bring the versions of these records up to what their view returns now.

    While a thread works on one batch, PostgreSQL writes the previous one and reads the next one,
    whichever resources they belong to: the views read what was loaded, and nothing that is written
    here.
    """
    words = index.Words(connection)
    ahead: deque[tuple[_Work, asyncio.Future[Batch]]] = deque()

    async def finish() -> None:
        work, coming = ahead.popleft()
        current = {id_ for id_ in work.ids if id_ in work.digests}
        await _write(connection, work.resource, await coming, current, revision, change_log, words)
        if progress is not None:
            progress(f"{work.resource.path} published", work.done, work.total)
        if work.done == work.total >= MANY:
            await facets.analyze(connection, work.resource)

    async for work in _divided(connection, wanted):
        written = await _written(connection, work.resource, work.ids)
        batch = asyncio.to_thread(_batch, work.resource, written, work.digests, revision)
        ahead.append((work, asyncio.ensure_future(batch)))
        if len(ahead) > AHEAD:
            await finish()
    while ahead:
        await finish()
    await words.write()


async def _divided(connection: Connection, wanted: Wanted) -> AsyncIterator[_Work]:
    """Divide records into batches."""
    for resource, ids in wanted:
        ordered = await _ordered(connection, resource, ids)
        for first in range(0, len(ordered), KNOWN):
            known = ordered[first : first + KNOWN]
            digests = await _current_digests(connection, resource, known)
            done = first
            for batch in _batches(known):
                done += len(batch)
                yield _Work(resource, batch, digests, done, len(ordered))


async def _ordered(connection: Connection, resource: Resource, ids: Iterable[str]) -> list[str]:
    """Return ids in the order in which their documents should be stored: that of their list.

    This puts the neighbours of a list next to each other: if a million documents are not in memory,
    the disk returns those of a page with a few reads instead of one for each.
    """
    ordered = sorted(ids)
    if resource.day is None or len(ordered) < MANY:
        return ordered
    rows = await connection.fetch(
        f"select {resource.key}::text as id from api.{resource.name} "
        f"where {resource.key} = any($1::text[]) order by {resource.day}, 1",
        ordered,
    )
    by_day = [row["id"] for row in rows]
    return [*by_day, *sorted(set(ordered).difference(by_day))]


def _batches(ids: list[str]) -> Iterator[list[str]]:
    size = min(BATCH, max(LEAST, -(-len(ids) // SIDE_BY_SIDE)))
    return (ids[start : start + size] for start in range(0, len(ids), size))


async def _current_digests(
    connection: Connection, resource: Resource, ids: list[str]
) -> dict[str, bytes]:
    """Return the digests of the current versions, by id.

    They are read for many records at once, before any is written: within a transaction the planner
    does not know what that transaction wrote, so if each batch asked, it would scan more each time.
    """
    rows = await connection.fetch(
        "select document.id, document.digest from unnest($2::text[]) as wanted (id) "
        "inner join ledger.document on document.resource = $1 and document.id = wanted.id "
        "and document.last_revision = $3",
        resource.name,
        ids,
        OPEN_END,
    )
    return {row["id"]: row["digest"] for row in rows}


async def _written(connection: Connection, resource: Resource, ids: list[str]) -> list[str]:
    """Read documents from their view, in the order of the ids; some ids may have none."""
    name, key = resource.name, resource.key
    rows = await connection.fetch(
        f"select {key}::text as id, row_to_json({name})::text as document "
        f"from api.{name} where {key} = any($1::text[])",
        ids,
    )
    found: dict[str, str] = {row["id"]: row["document"] for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def _batch(
    resource: Resource, written: list[str], digests: dict[str, bytes], revision: int
) -> Batch:
    key = resource.key
    decode = resource.decoder()
    found = set()
    fresh = []
    rows = []
    versions = []
    for text in written:
        document = decode(text)
        id_ = getattr(document, key)
        found.add(id_)
        body = parts.body(key, id_, document)
        digest = hashlib.sha256(body.encode()).digest()
        if digests.get(id_) != digest:
            fresh.append((id_, digest))
            rows.append((resource.name, id_, revision, digest, body))
            versions.append(index.Version(id_, revision, OPEN_END, document))
    return Batch(
        found,
        fresh,
        copying.lines(rows),
        facets.lines(
            resource,
            [facets.row(resource, one.id, revision, OPEN_END, one.document) for one in versions],
        ),
        parts.parts_of(resource, [one.document for one in versions], revision),
        index.entries(resource, versions),
    )


async def _write(
    connection: Connection,
    resource: Resource,
    batch: Batch,
    current: set[str],
    revision: int,
    change_log: ChangeLog,
    words: index.Words,
) -> None:
    """Write what is new; `current` has the ids of the batch that have a current version."""
    name = resource.name
    gone = sorted(current - batch.found)
    ended = [id_ for id_, _ in batch.fresh if id_ in current] + gone
    await index.learn(connection, batch.searched)
    lines = asyncio.ensure_future(asyncio.to_thread(index.lines, resource, batch.searched))
    if ended:
        await connection.execute(
            "update ledger.document set last_revision = $1 "
            "where resource = $2 and id = any($3::text[]) and last_revision = $4",
            revision - 1,
            name,
            ended,
            OPEN_END,
        )
        await facets.end(connection, resource, ended, revision)
    columns = ("resource", "id", "first_revision", "digest", "body")
    await copying.copy(connection, "document", columns, batch.documents)
    await facets.write(connection, resource, batch.facets)
    await parts.write(connection, batch.parts, ended, revision)
    await index.end(connection, resource, revision, ended)
    await index.write(connection, resource, batch.searched, await lines, words)
    entries = [
        ChangeEntry(id_, "changed" if id_ in current else "added", digest)
        for id_, digest in batch.fresh
    ]
    entries += [ChangeEntry(id_, "withdrawn", None) for id_ in gone]
    await change_log.write(name, entries)
    change_log.grow(name, sum(id_ not in current for id_, _ in batch.fresh) - len(gone))
