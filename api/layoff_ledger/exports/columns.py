"""What statistics of waves count, column by column: one file of DuckDB per revision.

PostgreSQL reads whole rows to count one of their columns, which takes seconds for a million waves.
The file has the same facets under the same names, so that the conditions of a question are the
same, and beside them the value of every dimension, which PostgreSQL computes: what a quarter is, or
to which group a driver belongs, stays said in one place.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
from msgspec import Struct

from layoff_ledger import paths
from layoff_ledger.exports.folders import NOTHING, alone
from layoff_ledger.query.dimensions import DIMENSIONS
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.statement import Connection
from layoff_ledger.store.columns import (
    MEMORY,
    NUMBERED,
    STATED,
    SUFFIX,
    ColumnsError,
    file_name,
    numbers_of,
    words_of,
)
from layoff_ledger.store.pool import fingerprint_of

__all__ = ["ColumnsError", "write"]
SEPARATOR = "chr(31)"
"""SQL of what stands between the values of a list on their way: no code has it."""
_TYPES = {
    "text": "varchar",
    "date": "date",
    "boolean": "boolean",
    "smallint": "smallint",
    "integer": "integer",
    "double precision": "double",
}
_KEPT = 2
"""Files that stay: the newest one, and the one before it, which somebody may be reading."""
_TABLE = WAVE.facet_view


class Copied(Struct, frozen=True):
    """A column on its way from PostgreSQL to DuckDB."""

    written: str
    """Its SQL in PostgreSQL."""
    type: str
    """Its type on the way."""
    read: str
    """Its SQL in DuckDB, from what came."""


async def write(connection: Connection, folder: Path) -> tuple[Path, bool]:
    """Write the file of the newest revision; give its place, and whether it was not there yet.

    What has not changed is taken from the file of an earlier revision, where there is one. Whoever
    writes to the same folder waits; a crash leaves nothing that looks finished. Raises
    `ColumnsError` where nothing was published yet.
    """
    with alone(folder):
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            fingerprints = await _fingerprints(connection)
            path = folder / file_name(len(fingerprints), fingerprints[-1])
            if path.exists():
                return path, False
            with _workshop(folder) as workshop:
                partial = workshop / path.name
                since = await _begin(connection, folder, partial, fingerprints)
                await _bring_up(connection, partial, since, len(fingerprints))
                partial.rename(path)
        _make_room(folder, path)
        return path, True


@contextlib.contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """Give a folder for what is not finished; what is in it is of a run that was killed."""
    workshop = folder / ".partial"
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir()
    try:
        yield workshop
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


async def _fingerprints(connection: Connection) -> list[bytes]:
    if await connection.fetchval("select to_regclass('api.revision')") is None:
        raise ColumnsError(NOTHING)
    await connection.execute("set local role ledger_reader; set local jit to off")
    newest = await connection.fetchval("select max(number) from api.revision")
    if newest is None:
        raise ColumnsError(NOTHING)
    statement = paths.statement("queries/read_fingerprints.sql")
    return [fingerprint_of(row) for row in await connection.fetch(statement, newest)]


async def _begin(
    connection: Connection, folder: Path, partial: Path, fingerprints: list[bytes]
) -> int:
    """Begin with the file of the latest earlier revision; give its number, or 0 without any."""
    for number in range(len(fingerprints) - 1, 0, -1):
        before = folder / file_name(number, fingerprints[number - 1])
        if before.exists():
            # To which group a driver belongs is said of every wave that has it.
            changed = await connection.fetchval(
                "select exists (select from api.change where revision > $1 "
                "and resource in ('driver', 'role'))",
                number,
            )
            if changed:
                return 0
            await asyncio.to_thread(shutil.copyfile, before, partial)
            return number
    return 0


async def _bring_up(connection: Connection, path: Path, since: int, revision: int) -> None:
    """Copy what PostgreSQL says, by way of the disk: nothing of it is whole in memory."""
    columns = _columns(revision)
    selected = ", ".join(f'{one.written} as "{name}"' for name, one in columns.items())
    ended = await connection.fetch(
        f"select id from {_TABLE} where last_revision >= $1 and last_revision < $2",
        max(since, 1),
        revision,
    )
    copied = path.with_suffix(".csv")
    await connection.copy_from_query(
        f"select {selected} from {_TABLE} as facet where first_revision > {since:d} "
        f"and first_revision <= {revision:d} and last_revision >= {revision:d}",
        output=copied,
        format="csv",
    )
    await asyncio.to_thread(_load, path, copied, columns, [row["id"] for row in ended])


def _load(path: Path, copied: Path, columns: dict[str, Copied], ended: list[str]) -> None:
    types = ", ".join(f"'{name}': '{one.type}'" for name, one in columns.items())
    read = ", ".join(f'{one.read} as "{name}"' for name, one in columns.items())
    with duckdb.connect(path, config={"threads": 2, "memory_limit": MEMORY}) as file:
        # In a file of its own, so that the one that stays has no room for it.
        file.execute(f"attach {_literal(path.with_suffix('.staging'))} as staging")
        file.execute(
            f"create table staging.waves as select {read} from read_csv({_literal(copied)}, "
            "header = false, auto_detect = false, allow_quoted_nulls = false, "
            f"columns = {{{types}}})"
        )
        file.execute("create schema if not exists api")
        coded = ", ".join(_coded(file, name) for name in columns)
        rows = f"select {coded} from staging.waves"
        file.execute(f"create table if not exists {_TABLE} as {rows} limit 0")
        file.execute(f"delete from {_TABLE} where id in (select unnest(?))", [ended])
        file.execute(f"insert into {_TABLE} {rows}; detach staging; checkpoint")


def _coded(file: duckdb.DuckDBPyConnection, name: str) -> str:
    """Give the SQL of a column; number the values of a dimension, and those that are new after it.

    Numbers are counted and told apart several times as fast as words.
    """
    dimension = name.removeprefix(NUMBERED)
    if dimension == name:
        return f'"{name}"'
    words = words_of(dimension)
    is_list = DIMENSIONS[dimension].many
    value = f"unnest({name})" if is_list else name
    file.execute(
        f"create table if not exists {words} (number integer, value varchar);"
        f"insert into {words} select (select count(*) from {words}) + row_number() over (), value "
        f"from (select distinct {value} as value from staging.waves) "
        f"where value is not null and value not in (select value from {words})"
    )
    known = file.execute(f"select value from {words} order by number").fetchall()
    written = ", ".join(_literal(value) for (value,) in known)
    if not written:
        return f"null::integer{'[]' if is_list else ''} as {name}"
    # The only words that DuckDB looks up at once; it counts them from 0.
    file.execute(f"create or replace temporary type word_of_{dimension} as enum ({written})")
    code = f"enum_code({{}}::word_of_{dimension})::integer + 1"
    if is_list:
        return f"list_transform({name}, lambda one: {code.format('one')}) as {name}"
    return f"{code.format(name)} as {name}"


def _literal(value: object) -> str:
    """Write what takes no arguments: names of files, and members of a type."""
    return "'" + str(value).replace("'", "''") + "'"


def _columns(revision: int) -> dict[str, Copied]:
    """Give each column of the file: the facets, and the values of the dimensions."""
    found = {"id": Copied("facet.id", "varchar", "id")}
    for name in ("first_revision", "last_revision"):
        found[name] = Copied(f"facet.{name}", "integer", name)
    for facet in WAVE.facets:
        type_, written = facet.type.removesuffix(" not null"), f"facet.{facet.name}"
        if type_ == "text[]":
            found[facet.name] = _list(facet.name, written)
        elif type_ != "jsonb":
            found[facet.name] = Copied(written, _TYPES[type_], facet.name)
    for name, dimension in DIMENSIONS.items():
        # As of the revision that the file is of.
        key = dimension.key.replace("$1::integer", str(revision))
        column = numbers_of(name)
        if not dimension.many:
            found[column] = Copied(key, "varchar", column)
            continue
        # Who has none of them is in the group of the unknown.
        found[column] = _list(column, f"array({key})", empty="[null]")
        if dimension.stated is not None:
            pair = f"facet.{dimension.stated} -> item"
            for part, value in {
                "": f"case when {pair} is not null then 1 end",
                "_low": f"{pair} ->> 0",
                "_high": f"{pair} ->> 1",
            }.items():
                column = f"{STATED}{name}{part}"
                written = f"array(select {value} from ({key}) as one)"
                found[column] = _list(column, written, empty="[null]", type_="integer")
    return found


def _list(name: str, written: str, *, empty: str = "[]", type_: str = "varchar") -> Copied:
    parts = f"string_split({name}, {SEPARATOR})"
    if type_ != "varchar":
        parts = f"list_transform({parts}, lambda one: try_cast(one as {type_}))"
    return Copied(
        # What is unknown of one value is a value too.
        f"array_to_string({written}, {SEPARATOR}, '')",
        "varchar",
        f"case when {name} = '' then {empty}::{type_}[] else {parts} end",
    )


def _make_room(folder: Path, written: Path) -> None:
    """Remove what nobody asks any more; who still reads one has it open."""
    others = [path for path in folder.glob(f"*{SUFFIX}") if path != written]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[_KEPT - 1 :]:
        path.unlink(missing_ok=True)
