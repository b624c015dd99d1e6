"""Documents → their parts: records that a document contains, each with versions of its own.

A part is computed from the document that contains it and nowhere else, so it says nothing that the
document does not say. Its version goes on over the versions of the document in which it is the
same, so that its revision is the one in which the part itself last changed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger import resources
from layoff_ledger.resources.base import Part, Resource
from layoff_ledger.statement import OPEN_END, Connection

Row = tuple[Any, ...]


class Version(Struct):
    """A version of a part."""

    document: Struct
    body: str
    first_revision: int
    last_revision: int


def body(key: str, id_: str, document: Struct) -> str:
    """Give the document after its id: `"name":…}`; what serving adds goes before it."""
    encoded = msgspec.json.encode(document).decode()
    start = f'{{"{key}":"{id_}",'
    if not encoded.startswith(start):
        message = f"{key} is not the first field of {type(document).__name__}"
        raise TypeError(message)
    return encoded[len(start) :]


def part_of(resource: Resource) -> Part:
    """Give what a resource is a part of; raise `TypeError` for one with documents of its own."""
    if resource.part is None:
        raise TypeError(resource.name)
    return resource.part


def _parts(resource: Resource, document: Any) -> Iterator[tuple[str, str, Any]]:
    """Give id, body and document of each part of a document."""
    for one in part_of(resource).parts(document):
        id_ = getattr(one, resource.key)
        yield id_, body(resource.key, id_, one), one


def _row(resource: Resource, id_: str, version: Version) -> Row:
    values = resource.facet_values(version.document)
    return (id_, version.first_revision, version.last_revision, *values, version.body)


async def write(
    connection: Connection,
    whole: Resource,
    fresh: dict[str, Any],
    ended: Iterable[str],
    revision: int,
) -> None:
    """Bring the parts of these documents to what they say now.

    `fresh` has the new versions of documents by id, `ended` the ids of which a version ends.
    """
    for resource in resources.PARTS.values():
        part = part_of(resource)
        if part.whole != whole.name:
            continue
        table = f"ledger.{resource.name}_facet"
        now = {
            id_: (text, one)
            for document in fresh.values()
            for id_, text, one in _parts(resource, document)
        }
        stored = await connection.fetch(
            f"select id, body from {table} "
            f"where {part.column} = any($1::text[]) and last_revision = $2",
            list(ended),
            OPEN_END,
        )
        same = {row["id"] for row in stored if now.get(row["id"], ("",))[0] == row["body"]}
        await connection.execute(
            f"update {table} set last_revision = $1 "
            "where id = any($2::text[]) and last_revision = $3",
            revision - 1,
            [row["id"] for row in stored if row["id"] not in same],
            OPEN_END,
        )
        rows = [
            _row(resource, id_, Version(one, text, revision, OPEN_END))
            for id_, (text, one) in now.items()
            if id_ not in same
        ]
        await connection.copy_records_to_table(
            f"{resource.name}_facet",
            schema_name="ledger",
            columns=names(resource),
            records=rows,
        )


def names(resource: Resource) -> list[str]:
    """Name the columns of a table of parts, in their order."""
    facets = (facet.name for facet in resource.facets)
    return ["id", "first_revision", "last_revision", *facets, "body"]


async def compute(
    connection: Connection, resource: Resource, batch: int
) -> AsyncIterator[list[Row]]:
    """Give the rows of all versions of all parts, as they follow from the stored documents."""
    whole = resources.RESOURCES[part_of(resource).whole]
    decode = whole.version_decoder()
    cursor = await connection.cursor(
        "select id, first_revision, last_revision, body from ledger.document "
        "where resource = $1 order by id, first_revision",
        whole.name,
    )
    of, current = "", dict[str, Version]()
    while found := await cursor.fetch(batch):
        rows: list[Row] = []
        for one in found:
            if one["id"] != of:
                rows += [_row(resource, id_, version) for id_, version in current.items()]
                of, current = one["id"], {}
            document = decode(of, one["body"])
            for id_, text, part in _parts(resource, document):
                version = current.get(id_)
                first = one["first_revision"]
                if version and version.body == text and version.last_revision == first - 1:
                    version.last_revision = one["last_revision"]
                    continue
                if version:
                    rows.append(_row(resource, id_, version))
                current[id_] = Version(part, text, first, one["last_revision"])
        yield rows
    yield [_row(resource, id_, version) for id_, version in current.items()]
