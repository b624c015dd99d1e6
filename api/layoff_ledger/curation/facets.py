"""Documents → facets: the narrow rows that lists and statistics filter, sort and count.

A resource declares its facets; the tables are made from that declaration and belong to no
migration. They carry the digest of the code that computes them, and are recomputed from the
documents when it differs, so no row ever shows what an older version of the code computed.

Wide facets have a table of their own: PostgreSQL moves nothing out of a row below 2 kB, whatever
`toast_tuple_target` says, so scans of the others would read them, too. A view joins both tables by
their key; if a query uses no wide facet, the planner leaves the join out.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from layoff_ledger import copying, input_digests, paths, resources
from layoff_ledger.curation import parts
from layoff_ledger.resources.base import Facet, Resource
from layoff_ledger.statement import OPEN_END, Connection

BATCH = 1_000
"""Documents that are in memory at once while facets are recomputed."""
_VACUUMED = "autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000"
"""Vacuum soon after this many new rows, whatever the size of the table: index-only scans need
vacuumed rows, and new list entries are only sorted into their index then.
"""
Column = tuple[str, str, str]
"""Name, type and meaning."""
_COMMON = (
    ("id", 'text collate "C" not null', "Id or code of the record."),
    ("first_revision", "integer not null", "First revision that says so."),
    (
        "last_revision",
        "integer not null",
        "Last revision that says so; 2147483647 while it holds.",
    ),
)
"""The columns with which the facets of every resource begin."""
_KEY = _COMMON[:2]
_BODY: Column = ("body", "text not null", "The part after its id, url and revision, as JSON.")
"""The column that the table of a part has besides its facets."""
_PART = (
    ("resource", "Kind of record."),
    *((name, meaning) for name, _, meaning in _COMMON),
    ("digest", "SHA-256 of the body."),
    (_BODY[0], _BODY[2]),
)
"""Name and meaning of the columns of the view over all parts."""


def column_names(resource: Resource) -> list[str]:
    """Name the columns of a facet table, in their order."""
    return [*(name for name, _, _ in _COMMON), *(facet.name for facet in resource.facets)]


def row(
    resource: Resource, id_: str, first_revision: int, last_revision: int, document: Any
) -> tuple[Any, ...]:
    """Compute the row of one version of a document."""
    return (id_, first_revision, last_revision, *resource.facet_values(document))


async def end(connection: Connection, resource: Resource, ids: list[str], revision: int) -> None:
    """End the rows of some records at the previous revision."""
    await connection.execute(
        f"update ledger.{resource.name}_facet set last_revision = $1 "
        "where id = any($2::text[]) and last_revision = $3",
        revision - 1,
        ids,
        OPEN_END,
    )


Lines = dict[str, bytes]
"""Table → lines that are copied into it."""


def lines(resource: Resource, rows: Iterable[tuple[Any, ...]]) -> Lines:
    """Write rows that `row` computed in PostgreSQL's COPY format. Works without a database."""
    place = {name: number for number, name in enumerate(column_names(resource))}
    rows = list(rows)
    written = {}
    for table, columns in _tables(resource).items():
        # A table that has all of them, in their order, needs no selection.
        places = [place[name] for name, _, _ in columns]
        pick = None if len(places) == len(place) else operator.itemgetter(*places)
        written[table] = copying.lines(rows if pick is None else map(pick, rows))
    return written


async def write(
    connection: Connection, resource: Resource, written: Lines, suffix: str = ""
) -> None:
    """Add what `lines` wrote to the tables whose names have this suffix."""
    for table, columns in _tables(resource).items():
        names = [name for name, _, _ in columns]
        await copying.copy(connection, f"{table}{suffix}", names, written[table])


async def analyze(connection: Connection, resource: Resource) -> None:
    """Give the planner statistics about a resource and its parts after many rows were added.

    Without them, it takes the table to be empty until PostgreSQL analyses it by itself, once a
    minute: statistics of 66,675 notices took three times as long until then.
    """
    parts_of_it = [
        one for one in resources.PARTS.values() if parts.part_of(one).whole == resource.name
    ]
    for one in (resource, *parts_of_it):
        for table in _tables(one):
            await connection.execute(f"analyze ledger.{table}")


async def are_due(connection: Connection) -> bool:
    """Return whether the stored facets were computed by other code than this."""
    return await input_digests.read(connection, "facets") != _digest()


async def bring_up(connection: Connection) -> bool:
    """Recompute what was computed by other code than this; return whether there was anything.

    Drops the views over tables that it replaces: the caller has to create the views again. Waits
    for readers of the old tables only at the end. Needs memory for one batch.
    """
    if not await are_due(connection):
        return False
    for resource in resources.served():
        tables = _tables(resource)
        # An older version may have had wide facets.
        await connection.execute(f"drop table if exists ledger.{resource.name}_facet_wide cascade")
        for name, columns in tables.items():
            await connection.execute(f"drop table if exists ledger.{name}_new")
            await connection.execute(_create(f"{name}_new", columns))
        await _compute(connection, resource)
        for name, columns in tables.items():
            await connection.execute(_indexes(resource, f"{name}_new", columns))
            await connection.execute(f"drop table if exists ledger.{name} cascade")
            await connection.execute(f"alter table ledger.{name}_new rename to {name}")
            await connection.execute(_comments(resource, f"ledger.{name}", "table", columns))
            await connection.execute(f"analyze ledger.{name}")
    await input_digests.write(connection, "facets", _digest())
    return True


def views() -> dict[str, str]:
    """Return the statements of the views over the facets, by name."""
    made = {}
    for resource in resources.served():
        name, *wide = tables = _tables(resource)
        # The key of both is read from the first table, which always exists.
        table_of = {column: table for table in reversed(tables) for column, _, _ in tables[table]}
        columns = ",\n    ".join(f'{table_of[one]}."{one}"' for one in column_names(resource))
        joins = "".join(
            f"\nleft join ledger.{one} on {one}.id = {name}.id "
            f"and {one}.first_revision = {name}.first_revision"
            for one in wide
        )
        view = (
            f"create view {resource.facet_view} as\nselect\n    {columns}\n"
            f"from ledger.{name}{joins};"
        )
        meanings = _comments(resource, resource.facet_view, "view", _columns(resource))
        made[name] = f"{view}\n{meanings}"
    bodies = [
        f"select '{name}'::text as resource, id, first_revision, last_revision, "
        f"sha256(convert_to(body, 'UTF8')) as digest, body from ledger.{name}_facet"
        for name in resources.PARTS
    ]
    union = "\nunion all\n".join(bodies)
    made["part"] = (
        f"create view api.part as\n{union};"
        "comment on view api.part is 'Versions of what is a part of documents.';"
        + "".join(f"comment on column api.part.{name} is '{what}';" for name, what in _PART)
    )
    return made


def _columns(resource: Resource) -> list[Column]:
    return [*_COMMON, *map(_column, resource.facets)]


def _column(facet: Facet) -> Column:
    return facet.name, facet.type, facet.meaning


def _tables(resource: Resource) -> dict[str, list[Column]]:
    """Return the tables that hold the facets of a resource, with their columns."""
    name = f"{resource.name}_facet"
    narrow = [_column(facet) for facet in resource.facets if not facet.wide]
    wide = [_column(facet) for facet in resource.facets if facet.wide]
    tables = {name: [*_COMMON, *narrow, *([] if resource.part is None else [_BODY])]}
    if wide:
        tables[f"{name}_wide"] = [*_KEY, *wide]
    return tables


def _digest() -> bytes:
    """Return the digest of all code that computes facets: this module and the resources."""
    return paths.digest(Path(__file__), Path(parts.__file__), Path(resources.__file__).parent)


async def _compute(connection: Connection, resource: Resource) -> None:
    if resource.part is not None:
        async for computed in parts.compute(connection, resource, BATCH):
            await copying.copy(
                connection, f"{resource.name}_facet_new", parts.names(resource), computed
            )
        return
    decode = resource.version_decoder()
    cursor = await parts.versions_cursor(connection, resource)
    while found := await cursor.fetch(BATCH):
        rows = [
            row(
                resource,
                one["id"],
                one["first_revision"],
                one["last_revision"],
                decode(one["id"], one["body"]),
            )
            for one in found
        ]
        await write(connection, resource, lines(resource, rows), "_new")


def _create(table: str, columns: list[Column]) -> str:
    written = ", ".join(f'"{name}" {type_}' for name, type_, _ in columns)
    statement = f"create table ledger.{table} ({written}) with ({_VACUUMED});"
    if _BODY in columns:
        # Not compressed: unlike documents, parts are short.
        statement += f"alter table ledger.{table} alter column body set storage external;"
    return statement


def _indexes(resource: Resource, table: str, columns: list[Column]) -> str:
    """Return the statements of the indexes: creating them after the rows is faster."""
    names = {name for name, _, _ in columns}
    others = set(column_names(resource)) - names
    statement = f"alter table ledger.{table} add primary key (id, first_revision);"
    if "last_revision" in names:
        statement += f"create unique index on ledger.{table} (id) where last_revision = {OPEN_END};"
    for one in resource.indexes:
        # Each belongs to the table that has its columns; none spans both.
        if not others & set(re.findall(r"\w+", one)):
            statement += f"create index on ledger.{table} {one};"
    return statement


def _comments(resource: Resource, relation: str, kind: str, columns: list[Column]) -> str:
    what = f"What lists of {resource.path} filter, sort and count by, for each version of a record."
    return f"comment on {kind} {relation} is '{what}';" + "".join(
        f"""comment on column {relation}."{name}" is '{meaning.replace("'", "''")}';"""
        for name, _, meaning in columns
    )
