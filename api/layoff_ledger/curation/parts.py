"""Documents → their parts: records that a document contains, each with versions of its own.

A part is computed only from the document that contains it, so it says nothing that the document
does not say. Its version spans all versions of the document in which it is the same; its revision
is therefore the one in which the part itself last changed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import msgspec
from asyncpg import Record
from asyncpg.cursor import Cursor
from msgspec import Struct

from layoff_ledger import copying, resources
from layoff_ledger.resources.base import Part, Resource
from layoff_ledger.statement import OPEN_END, Connection

Row = tuple[Any, ...]


class Version(Struct):
    """A version of a part."""

    values: Row
    """Its facets."""
    body: str
    first_revision: int
    last_revision: int


def body(key: str, id_: str, document: Struct) -> str:
    """Return the document after its id: `"name":…}`; serving adds what goes before it."""
    encoded = msgspec.json.encode(document).decode()
    start = f'{{"{key}":"{id_}",'
    if not encoded.startswith(start):
        message = f"{key} is not the first field of {type(document).__name__}"
        raise TypeError(message)
    return encoded[len(start) :]


def part_of(resource: Resource) -> Part:
    """Return what a resource is part of; raise `TypeError` for one that has its own documents."""
    if resource.part is None:
        raise TypeError(resource.name)
    return resource.part


def _parts(resource: Resource, document: Any) -> Iterator[tuple[str, str, Row]]:
    """Yield id, body and facets of each part of a document."""
    for one in part_of(resource).parts(document):
        id_ = getattr(one, resource.key)
        yield id_, body(resource.key, id_, one), resource.facet_values(one)


def _line(id_: str, version: Version) -> str:
    row = (id_, version.first_revision, version.last_revision, *version.values, version.body)
    return copying.line(row)


Parts = dict[str, tuple[str, str]]
"""Id → body of a part, and its row in COPY format."""


def parts_of(whole: Resource, documents: Iterable[Any], revision: int) -> dict[str, Parts]:
    """Return the parts in these documents of a resource, by the name of the parts' resource.

    `revision` is the one from which on they hold.
    """
    return {
        resource.name: {
            id_: (text, _line(id_, Version(values, text, revision, OPEN_END)))
            for document in documents
            for id_, text, values in _parts(resource, document)
        }
        for resource in resources.PARTS.values()
        if part_of(resource).whole == whole.name
    }


async def write(
    connection: Connection, fresh: dict[str, Parts], ended: Iterable[str], revision: int
) -> None:
    """Bring the parts of some documents up to what these say now.

    `fresh` has the parts of the new versions (`parts_of`), `ended` the ids whose version ends.
    """
    for name, now in fresh.items():
        resource = resources.PARTS[name]
        table = f"ledger.{name}_facet"
        stored = await connection.fetch(
            f"select id, body from {table} "
            f"where {part_of(resource).column} = any($1::text[]) and last_revision = $2",
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
        written = "".join([line for id_, (_, line) in now.items() if id_ not in same]).encode()
        await copying.copy(connection, f"{name}_facet", names(resource), written)


def names(resource: Resource) -> list[str]:
    """Name the columns of a table of parts, in their order."""
    facets = (facet.name for facet in resource.facets)
    return ["id", "first_revision", "last_revision", *facets, "body"]


async def versions_cursor(connection: Connection, resource: Resource) -> Cursor[Record]:
    """Open a cursor over all stored versions of a resource, by id and first revision."""
    return await connection.cursor(
        "select id, first_revision, last_revision, body from ledger.document "
        "where resource = $1 order by id, first_revision",
        resource.name,
    )


async def compute(connection: Connection, resource: Resource, batch: int) -> AsyncIterator[bytes]:
    """Yield the rows of all versions of all parts, as they follow from the stored documents.

    They are written in PostgreSQL's COPY format.
    """
    whole = resources.RESOURCES[part_of(resource).whole]
    decode = whole.version_decoder()
    cursor = await versions_cursor(connection, whole)
    of, current = "", dict[str, Version]()
    while found := await cursor.fetch(batch):
        lines: list[str] = []
        for one in found:
            if one["id"] != of:
                lines += [_line(id_, version) for id_, version in current.items()]
                of, current = one["id"], {}
            document = decode(of, one["body"])
            for id_, text, values in _parts(resource, document):
                version = current.get(id_)
                first = one["first_revision"]
                if version and version.body == text and version.last_revision == first - 1:
                    version.last_revision = one["last_revision"]
                    continue
                if version:
                    lines.append(_line(id_, version))
                current[id_] = Version(values, text, first, one["last_revision"])
        yield "".join(lines).encode()
    yield "".join([_line(id_, version) for id_, version in current.items()]).encode()
