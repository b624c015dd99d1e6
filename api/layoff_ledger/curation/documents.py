"""Tables of schema `ledger` → versions: what each view says of a record, kept from revision on.

A document is read from its view, decoded strictly into its public struct and encoded again, so
nothing is stored that the API's promise does not describe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from msgspec import Struct

from layoff_ledger.curation import facets, parts
from layoff_ledger.curation.change_log import ChangeEntry, ChangeLog
from layoff_ledger.curation.load import BATCH
from layoff_ledger.resources.base import Resource
from layoff_ledger.search import index
from layoff_ledger.statement import OPEN_END, Connection

KNOWN = 50 * BATCH
"""Records whose versions are looked up at once."""


async def write_versions(
    connection: Connection,
    resource: Resource,
    ids: Iterable[str],
    revision: int,
    change_log: ChangeLog,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> None:
    """Bring the versions of these records to what their view says now."""
    ordered = sorted(ids)
    words = index.Words(connection)
    for first in range(0, len(ordered), KNOWN):
        known = ordered[first : first + KNOWN]
        digests = await _current_digests(connection, resource, known)
        for start in range(0, len(known), BATCH):
            batch = known[start : start + BATCH]
            current = {id_: digests.pop(id_) for id_ in batch if id_ in digests}
            await _write_batch(connection, resource, batch, current, revision, change_log, words)
            if progress is not None:
                progress(f"{resource.path} published", first + start + len(batch), len(ordered))
    await words.write()


async def _current_digests(
    connection: Connection, resource: Resource, ids: list[str]
) -> dict[str, bytes]:
    """Give the digests of the versions that hold, by id.

    For many records at once, before any is written: within a transaction the planner knows nothing
    of what that wrote, and asked for each batch it would scan more with each.
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


async def _write_batch(
    connection: Connection,
    resource: Resource,
    ids: list[str],
    current: dict[str, bytes],
    revision: int,
    change_log: ChangeLog,
    words: index.Words,
) -> None:
    name, key = resource.name, resource.key
    decode = resource.decoder()
    fresh: list[tuple[str, bytes, str, Struct]] = []
    found = set()
    for row in await connection.fetch(
        f"select to_jsonb({name})::text as document from api.{name} where {key} = any($1::text[])",
        ids,
    ):
        document = decode(row["document"])
        id_ = getattr(document, key)
        found.add(id_)
        body = parts.body(key, id_, document)
        digest = hashlib.sha256(body.encode()).digest()
        if current.get(id_) != digest:
            fresh.append((id_, digest, body, document))
    gone = sorted(current.keys() - found)
    ended = [id_ for id_, *_ in fresh if id_ in current] + gone
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
    if fresh:
        await connection.copy_records_to_table(
            "document",
            schema_name="ledger",
            columns=["resource", "id", "first_revision", "digest", "body"],
            records=[(name, id_, revision, digest, body) for id_, digest, body, _ in fresh],
        )
        await facets.write(
            connection,
            resource,
            [
                facets.row(resource, id_, revision, OPEN_END, document)
                for id_, _, _, document in fresh
            ],
        )
    wholes = {id_: document for id_, _, _, document in fresh}
    await parts.write(connection, resource, wholes, ended, revision)
    searched = [(id_, document) for id_, _, _, document in fresh]
    await index.write(connection, resource, revision, ended, searched, words)
    entries = [
        ChangeEntry(id_, "changed" if id_ in current else "added", digest)
        for id_, digest, _, _ in fresh
    ]
    entries += [ChangeEntry(id_, "withdrawn", None) for id_ in gone]
    await change_log.write(name, entries)
    change_log.grow(name, sum(id_ not in current for id_, *_ in fresh) - len(gone))
