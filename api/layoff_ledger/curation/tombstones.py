"""Keeps ids alive: a published record is still in the files, or a tombstone says why it is gone.

A tombstone has versions like a document, so that a read of the past gets what was true then.
"""

from __future__ import annotations

from collections.abc import Iterable

from layoff_ledger.curation import records
from layoff_ledger.curation.change_log import ChangeEntry, ChangeLog
from layoff_ledger.curation.read import Violation
from layoff_ledger.curation.rules.tombstones import KINDS
from layoff_ledger.resources import RESOURCES
from layoff_ledger.statement import OPEN_END, Connection

RULE = "published_id_lives"
"""The rule that is violated if a published id would be lost."""
_RETIRE = (
    "put it back, or say in tombstones.toml why it is gone: "
    '["{kind}/{id}"] with retired_on, reason and, if another record stands for it, merged_into'
)


async def violations(
    connection: Connection,
    collection: str,
    missing: dict[str, list[str]],
    tombstones: Iterable[records.Tombstone] | None,
) -> list[Violation]:
    """Report every published id that would answer 404, or lead nowhere, after this publication.

    `missing` has the records that the collection no longer has, by kind; they are still stored.
    Without `tombstones`, the published ones apply.
    """
    stored = await _stored(connection, collection)
    merged = (
        {place: into for place, (_, _, into) in stored.items()}
        if tombstones is None
        else {one.place: one.merged_into for one in tombstones}
    )
    found = [
        _violation(kind, id_, "it was published, but is no longer in the files", _RETIRE)
        for kind, ids in missing.items()
        for id_ in ids
        if kind in KINDS and (kind, id_) not in merged
    ]
    for kind in KINDS:
        asked = {id_ for kind_, id_ in (*stored, *merged) if kind_ == kind}
        asked |= {into for (kind_, _), into in merged.items() if kind_ == kind and into is not None}
        living = await _living(connection, kind, asked) - set(missing.get(kind, ()))
        gone = {id_ for kind_, id_ in stored if kind_ == kind} - living
        found += [
            _violation(kind, id_, "its tombstone is gone, but the record is not back", _RETIRE)
            for id_ in gone
            if (kind, id_) not in merged
        ]
        for (kind_, id_), into in merged.items():
            if kind_ != kind:
                continue
            if id_ in living:
                hint = "remove the record or the tombstone"
                found.append(
                    _violation(kind, id_, "it has a tombstone, but is still in the files", hint)
                )
            if into is not None and into not in living:
                hint = "let merged_into name a record in the files, or leave it out"
                message = f"the {kind} {into!r} that stands for it is not in the files"
                found.append(_violation(kind, id_, message, hint))
    return sorted(found)


async def _living(connection: Connection, kind: str, ids: Iterable[str]) -> set[str]:
    key = RESOURCES[kind].key
    query = f"select {key}::text as id from ledger.{kind} where {key} = any($1)"
    return {row["id"] for row in await connection.fetch(query, sorted(ids))}


def _violation(kind: str, id_: str, message: str, hint: str) -> Violation:
    suggestion = hint.format(kind=kind, id=id_)
    return Violation("tombstones.toml", f"{kind} {id_}", RULE, message, suggestion)


async def write_tombstones(
    connection: Connection,
    collection: str,
    tombstones: Iterable[records.Tombstone] | None,
    revision: int,
    change_log: ChangeLog,
) -> None:
    """Bring a collection's tombstones up to what is given; each new one is a change."""
    if tombstones is None:
        return
    stored = await _stored(connection, collection)
    supplied = {one.place: (one.retired_on.on, one.reason, one.merged_into) for one in tombstones}
    ended = [place for place, content in stored.items() if supplied.get(place) != content]
    fresh = [place for place, content in supplied.items() if stored.get(place) != content]
    await connection.executemany(
        "update ledger.tombstone_version set last_revision = $4 "
        "where resource = $1 and id = $2 and last_revision = $3",
        [(*place, OPEN_END, revision - 1) for place in ended],
    )
    await connection.executemany(
        "insert into ledger.tombstone_version "
        "(resource, id, first_revision, retired_on, reason, merged_into, collection) "
        "values ($1, $2, $3, $4, $5, $6, $7)",
        [(*place, revision, *supplied[place], collection) for place in fresh],
    )
    noted = {
        (row["resource"], row["id"])
        for row in await connection.fetch(
            "select resource, id from ledger.change where revision = $1 and change = 'withdrawn'",
            revision,
        )
    }
    # A tombstone for something this ledger never had, or with another reason, is also a change.
    for kind in KINDS:
        entries = [ChangeEntry(id_, "withdrawn", None) for kind_, id_ in fresh if kind_ == kind]
        await change_log.write(kind, [one for one in entries if (kind, one.id) not in noted])


async def _stored(
    connection: Connection, collection: str
) -> dict[tuple[str, str], tuple[object, str, str | None]]:
    rows = await connection.fetch(
        "select resource, id, retired_on, reason, merged_into from ledger.tombstone_version "
        "where last_revision = $1 and collection = $2",
        OPEN_END,
        collection,
    )
    return {
        (row["resource"], row["id"]): (row["retired_on"], row["reason"], row["merged_into"])
        for row in rows
    }
