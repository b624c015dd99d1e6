"""Documents → facets: the narrow rows that lists and statistics filter, sort and count.

A resource declares its facets; the tables are made of that declaration and belong to no migration.
They carry the digest of the code that computes them, and are computed anew from the documents when
it differs: so no row is ever what an older version of the code took a document for.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from layoff_ledger import paths, resources
from layoff_ledger.curation import parts
from layoff_ledger.resources.base import Resource
from layoff_ledger.statement import OPEN_END, Connection

BATCH = 1_000
"""Documents that are in memory at once while facets are computed anew."""
_COMMON = (
    ("id", 'text collate "C" not null', "Id or code of the record."),
    ("first_revision", "integer not null", "First revision that says so."),
    (
        "last_revision",
        "integer not null",
        "Last revision that says so; 2147483647 while it holds.",
    ),
)
"""Name, type and meaning of the columns that every facet table begins with."""


_PART = (
    ("resource", "Kind of record."),
    *((name, meaning) for name, _, meaning in _COMMON),
    ("digest", "SHA-256 of the body."),
    ("body", "The part after its id, url and revision, as JSON."),
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
    """End the rows of some records with the revision before."""
    await connection.execute(
        f"update ledger.{resource.name}_facet set last_revision = $1 "
        "where id = any($2::text[]) and last_revision = $3",
        revision - 1,
        ids,
        OPEN_END,
    )


async def write(
    connection: Connection, resource: Resource, rows: Iterable[tuple[Any, ...]]
) -> None:
    """Add rows that `row` computed."""
    await _copy(connection, resource, f"{resource.name}_facet", rows)


async def bring_up(connection: Connection) -> bool:
    """Compute anew what other code than this has computed; return whether there was anything.

    Drops the views over tables that it replaces: whoever calls it makes the views anew. Those who
    read the old tables are waited for at the end only. Needs memory for one batch.
    """
    code = _digest()
    stored = await connection.fetchval("select digest from ledger.input where name = 'facets'")
    if stored == code:
        return False
    for resource in resources.served():
        name = f"{resource.name}_facet"
        await connection.execute(f"drop table if exists ledger.{name}_new")
        await connection.execute(_table(resource, f"{name}_new"))
        await _compute(connection, resource, f"{name}_new")
        await connection.execute(_indexes(resource, f"{name}_new"))
        await connection.execute(f"drop table if exists ledger.{name} cascade")
        await connection.execute(f"alter table ledger.{name}_new rename to {name}")
        await connection.execute(_comments(resource, f"ledger.{name}", "table"))
        await connection.execute(f"analyze ledger.{name}")
    await connection.execute(
        "insert into ledger.input (name, digest) values ('facets', $1) "
        "on conflict (name) do update set digest = excluded.digest",
        code,
    )
    return True


def views() -> dict[str, str]:
    """Give the statements of the views over the facets, by name."""
    made = {}
    for resource in resources.served():
        name = f"{resource.name}_facet"
        columns = ",\n    ".join(f'{name}."{one}"' for one in column_names(resource))
        view = f"create view {resource.facet_view} as\nselect\n    {columns}\nfrom ledger.{name};"
        made[name] = f"{view}\n{_comments(resource, resource.facet_view, 'view')}"
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


def _digest() -> bytes:
    """Give the digest of all code that computes facets: of this module and of the resources."""
    return paths.digest(Path(__file__), Path(parts.__file__), Path(resources.__file__).parent)


async def _compute(connection: Connection, resource: Resource, table: str) -> None:
    if resource.part is not None:
        async for rows in parts.compute(connection, resource, BATCH):
            await connection.copy_records_to_table(
                table, schema_name="ledger", columns=parts.names(resource), records=rows
            )
        return
    decode = resource.decoder()
    cursor = await connection.cursor(
        "select id, first_revision, last_revision, body from ledger.document "
        "where resource = $1 order by id, first_revision",
        resource.name,
    )
    while found := await cursor.fetch(BATCH):
        rows = [
            row(
                resource,
                one["id"],
                one["first_revision"],
                one["last_revision"],
                decode(f'{{"{resource.key}":"{one["id"]}",{one["body"]}'),
            )
            for one in found
        ]
        await _copy(connection, resource, table, rows)


async def _copy(
    connection: Connection, resource: Resource, table: str, rows: Iterable[tuple[Any, ...]]
) -> None:
    await connection.copy_records_to_table(
        table, schema_name="ledger", columns=column_names(resource), records=rows
    )


def _table(resource: Resource, table: str) -> str:
    columns = [
        *(f"{name} {type_}" for name, type_, _ in _COMMON),
        *(f'"{facet.name}" {facet.type}' for facet in resource.facets),
    ]
    if resource.part is not None:
        columns.append("body text not null")
    statement = f"create table ledger.{table} ({', '.join(columns)});"
    if resource.part is not None:
        # Not compressed, as those of documents.
        statement += f"alter table ledger.{table} alter column body set storage external;"
    wide = [facet.name for facet in resource.facets if facet.wide]
    if wide:
        # What only indexes are asked for goes out of the row early; everything else stays in it.
        statement += f"alter table ledger.{table} set (toast_tuple_target = 256);"
        statement += "".join(
            f'alter table ledger.{table} alter column "{facet.name}" set storage main;'
            for facet in resource.facets
            if not facet.wide and facet.type.startswith("text")
        )
    return statement


def _indexes(resource: Resource, table: str) -> str:
    """Give the statements of the indexes: made after the rows, which is quicker."""
    declared = "".join(f"create index on ledger.{table} {one};" for one in resource.indexes)
    return (
        f"alter table ledger.{table} add primary key (id, first_revision);"
        f"create unique index on ledger.{table} (id) where last_revision = {OPEN_END};"
        f"{declared}"
    )


def _comments(resource: Resource, relation: str, kind: str) -> str:
    meanings = [
        *((name, meaning) for name, _, meaning in _COMMON),
        *((facet.name, facet.meaning) for facet in resource.facets),
    ]
    if resource.part is not None and kind == "table":
        meanings.append(_PART[-1])
    what = f"What lists of {resource.path} filter, sort and count by, for each version of a record."
    return f"comment on {kind} {relation} is '{what}';" + "".join(
        f"""comment on column {relation}."{name}" is '{meaning.replace("'", "''")}';"""
        for name, meaning in meanings
    )
