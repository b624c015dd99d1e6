"""Writes what statistics of waves count as a file of columns: one DuckDB file per revision.

PostgreSQL reads whole rows to count one of their columns, which takes seconds for a million waves.
The file has the same facets under the same names, so that the conditions of a question are the
same. It also has the value of every dimension, as computed by PostgreSQL: what a quarter is, or to
which group a driver belongs, remains defined in one place.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import logging
import re
import shutil
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from msgspec import Struct

from layoff_ledger import paths, vocabulary
from layoff_ledger.exports import bodies, postings
from layoff_ledger.exports.folders import NOTHING, alone, newest_first
from layoff_ledger.query.claim_groups import KINDS, ClaimKind
from layoff_ledger.query.dimensions import DIMENSIONS
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.statement import Connection
from layoff_ledger.store.columns import ColumnsError
from layoff_ledger.store.columns_file import (
    BODIES_SUFFIX,
    POSTINGS_SUFFIX,
    STATED,
    SUFFIX,
    file_name,
    list_table,
    number_of_kind,
    numbers_of,
    words_of,
)
from layoff_ledger.store.pool import fingerprint_of
from layoff_ledger.store.postings_file import ASCRIPTIONS

logger = logging.getLogger(__name__)

SEPARATOR = "chr(31)"
"""SQL of the separator between the values of a list while they are copied: no code contains it."""
_TYPES = {
    "text": "varchar",
    "text[]": "varchar[]",
    "date": "date",
    "boolean": "boolean",
    "smallint": "smallint",
    "integer": "integer",
    "double precision": "double",
}
_FACETS = {facet.name: facet.plain_type for facet in WAVE.facets}
_LISTS = (ASCRIPTIONS, *(kind.claims for kind in KINDS))
"""The lists for which the file only has numbers: no filter uses them."""
_MEMORY = "512MB"
"""Memory that DuckDB may use while it writes a file."""
_KEPT = 2
"""How many files stay: the newest one, and the one before it, which somebody may be reading."""
_TABLE = WAVE.facet_view


class Copied(Struct, frozen=True):
    """A column that is copied from PostgreSQL to DuckDB."""

    written: str
    """Its SQL in PostgreSQL."""
    type: str
    """Its type while it is copied."""
    read: dict[str, str]
    """The columns of the file that are made from it → their SQL."""


async def write(connection: Connection, folder: Path) -> tuple[Path, bool]:
    """Write the file of the newest revision; return its path, and whether anything was written.

    What has not changed is taken from the file of an earlier revision, if there is one. Processes
    that write to the same folder wait for each other; a crash leaves nothing that looks finished.
    Raises `ColumnsError` if nothing has been published yet.
    """
    is_new = False
    with alone(folder):
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            fingerprints = await _fingerprints(connection)
            path = folder / file_name(len(fingerprints), fingerprints[-1])
            with _workshop(folder) as workshop:
                if not path.exists():
                    is_new, partial = True, workshop / path.name
                    await _write(connection, folder, partial, fingerprints)
                    partial.rename(path)
                numbered = path.with_suffix(POSTINGS_SUFFIX)
                if not numbered.exists():
                    is_new, partial = True, workshop / numbered.name
                    await asyncio.to_thread(postings.write, path, partial, memory=_MEMORY)
                    partial.rename(numbered)
                beside = path.with_suffix(BODIES_SUFFIX)
                if not beside.exists():
                    is_new, partial = True, workshop / beside.name
                    before = _before(folder, fingerprints, BODIES_SUFFIX)
                    await bodies.write(connection, numbered, partial, before and before[1])
                    partial.rename(beside)
        _make_room(folder, path)
        return path, is_new


async def _write(
    connection: Connection, folder: Path, partial: Path, fingerprints: list[bytes]
) -> None:
    """Write a file of columns, from an earlier one if there is one that is not damaged."""
    since = await _begin(connection, folder, partial, fingerprints)
    try:
        await _bring_up(connection, partial, since, len(fingerprints))
    except duckdb.Error as error:
        if not since:
            raise
        logger.warning("all waves are counted anew, because of the file before: %s", error)
        for path in partial.parent.iterdir():
            path.unlink()
        await _bring_up(connection, partial, 0, len(fingerprints))


@contextlib.contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """Yield a folder for unfinished files; whatever is in it was left by a run that was killed."""
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


def _before(folder: Path, fingerprints: list[bytes], suffix: str) -> tuple[int, Path] | None:
    """Return the number and the file of the latest earlier revision that has one."""
    for number in range(len(fingerprints) - 1, 0, -1):
        path = (folder / file_name(number, fingerprints[number - 1])).with_suffix(suffix)
        if path.exists():
            return number, path
    return None


async def _begin(
    connection: Connection, folder: Path, partial: Path, fingerprints: list[bytes]
) -> int:
    """Begin with the file of the latest earlier revision; return its number, or 0 without one."""
    before = _before(folder, fingerprints, SUFFIX)
    if before is None:
        return 0
    number, path = before
    # Every wave with a driver says to which group the driver belongs.
    changed = await connection.fetchval(
        "select exists (select from api.change where revision > $1 "
        "and resource in ('driver', 'role'))",
        number,
    )
    if changed:
        return 0
    await asyncio.to_thread(shutil.copyfile, path, partial)
    return number


async def _bring_up(connection: Connection, path: Path, since: int, revision: int) -> None:
    """Copy what PostgreSQL says by way of the disk: it is never in memory as a whole."""
    columns = _columns()
    selected = ", ".join(f'{one.written} as "{name}"' for name, one in columns.items())
    ended = await connection.fetch(
        f"select id from {_TABLE} where last_revision >= $1 and last_revision < $2",
        max(since, 1),
        revision,
    )
    copied = path.with_suffix(".csv")
    with _taking(copied) as take:
        await connection.copy_from_query(
            f"select {selected} from {_TABLE} as facet where first_revision > {since:d} "
            f"and first_revision <= {revision:d} and last_revision >= {revision:d} "
            # The waves of a company lie together, which makes it faster to count companies.
            "order by facet.industry, facet.company",
            output=take,
            format="csv",
        )
    with duckdb.connect(path, config={"threads": 2, "memory_limit": _MEMORY}) as file:
        await asyncio.to_thread(_stage, file, path, copied, columns)
        for facets, names in _dimensions_by_facets().items():
            await _number(connection, file, facets, names, revision)
        for name in _LISTS:
            _number_lists(file, name)
        for kind in KINDS:
            await _write_codes(connection, file, kind, revision)
        await asyncio.to_thread(_load, file, columns, [row["id"] for row in ended])


@contextlib.contextmanager
def _taking(path: Path) -> Iterator[Callable[[bytes], Coroutine[Any, Any, None]]]:
    """Yield what writes pieces directly: the driver would use a thread for every few kilobytes."""
    with path.open("wb") as file:

        async def take(piece: bytes) -> None:
            file.write(piece)

        yield take


def _stage(
    file: duckdb.DuckDBPyConnection, path: Path, copied: Path, columns: dict[str, Copied]
) -> None:
    """Read from the copy what dimensions are made from, into a temporary file.

    Reading the rest a second time costs less than writing it twice.
    """
    types = ", ".join(f"'{name}': '{one.type}'" for name, one in columns.items())
    read = ", ".join(
        f'{written} as "{name}"' for one in columns.values() for name, written in one.read.items()
    )
    file.execute("create schema if not exists api")
    file.execute(f"attach {_literal(path.with_suffix('.staging'))} as staging")
    file.execute(
        f"create view staging.copied as select {read} from read_csv({_literal(copied)}, "
        "header = false, auto_detect = false, allow_quoted_nulls = false, "
        f"columns = {{{types}}})"
    )
    facets = sorted({*_LISTS, *itertools.chain(*_dimensions_by_facets())})
    file.execute(f"create table staging.waves as select {', '.join(facets)} from staging.copied")


@functools.cache
def _dimensions_by_facets() -> dict[tuple[str, ...], list[str]]:
    """Return the dimensions by the facets from which PostgreSQL makes their values."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name, dimension in DIMENSIONS.items():
        facets = sorted(set(re.findall(r"facet\.(\w+)", dimension.key)) & _FACETS.keys())
        found.setdefault(tuple(facets), []).append(name)
    return found


async def _number(
    connection: Connection,
    file: duckdb.DuckDBPyConnection,
    facets: tuple[str, ...],
    names: list[str],
    revision: int,
) -> None:
    """Number the values of some dimensions; new ones continue after those of earlier revisions.

    PostgreSQL computes the values, once for all waves with the same facets. Unknown has the number
    0. Numbers are counted and compared several times as fast as words.
    """
    by = ", ".join(facets)
    # Companies of an industry get numbers next to each other, as their waves are, too.
    distinct = file.execute(
        f"select {by} from staging.waves group by {by} order by min(industry), {by}"
    ).fetchall()
    asked = [dict(zip(facets, values, strict=True)) for values in distinct]
    keys = []
    for name in names:
        # As of the revision of the file.
        key = DIMENSIONS[name].key.replace("$1::integer", str(revision))
        keys.append(f"array({key}) as {name}" if DIMENSIONS[name].many else f"{key} as {name}")
    types = ", ".join(f"{facet} {_FACETS[facet]}" for facet in facets)
    rows = await connection.fetch(
        f"select {', '.join(keys)} from rows from (jsonb_to_recordset($1::jsonb) "
        f"as ({types})) with ordinality as facet ({by}, nth) order by nth",
        msgspec.json.encode(asked).decode(),
    )
    numbered = {name: _numbers(file, name, [row[name] for row in rows]) for name in names}
    selected = [
        f"unnest(${n}::{_TYPES[_FACETS[facet]]}[]) as {facet}" for n, facet in enumerate(facets, 1)
    ]
    for n, name in enumerate(names, len(facets) + 1):
        type_ = "integer[]" if DIMENSIONS[name].many else "integer"
        selected.append(f"unnest(${n}::{type_}[]) as {numbers_of(name)}")
    file.execute(
        f"create table {_numbered(facets)} as select {', '.join(selected)}",
        [*([one[facet] for one in asked] for facet in facets), *numbered.values()],
    )


def _number_lists(file: duckdb.DuckDBPyConnection, name: str) -> None:
    """Number the lists that waves have: a million waves have a few thousand."""
    table = list_table(name)
    file.execute(
        f"create table if not exists {table} (number integer, value varchar[]); "
        f"insert into {table} select (select count(*) from {table}) + row_number() "
        f"over (), value from (select distinct {name} as value from staging.waves) as new "
        f"where not exists (from {table} as known where known.value = new.value)"
    )


async def _write_codes(
    connection: Connection, file: duckdb.DuckDBPyConnection, kind: ClaimKind, revision: int
) -> None:
    """Write to which groups the codes of claims belong, as PostgreSQL has it at the revision."""
    _, facet = kind.belongs
    rows = await connection.fetch(
        f'select id, "{facet}" as value, first_revision, last_revision '
        f"from api.{kind.name}_facet where first_revision <= $1 and last_revision >= $1",
        revision,
    )
    columns = {"id": "varchar", "value": "varchar"} | dict.fromkeys(
        ("first_revision", "last_revision"), "integer"
    )
    selected = ", ".join(
        f'unnest(${n}::{type_}[]) as "{facet if name == "value" else name}"'
        for n, (name, type_) in enumerate(columns.items(), start=1)
    )
    file.execute(
        f"create or replace table api.{kind.name}_facet as select {selected}",
        [[row[name] for row in rows] for name in columns],
    )


def _numbers(file: duckdb.DuckDBPyConnection, dimension: str, values: list[Any]) -> list[Any]:
    """Return the numbers of words, or of lists of words."""
    words = words_of(dimension)
    file.execute(f"create table if not exists {words} (number integer, value varchar)")
    known = dict(file.execute(f"select value, number from {words}").fetchall())
    is_list, before = DIMENSIONS[dimension].many, len(known)
    for value in itertools.chain.from_iterable(values) if is_list else values:
        if value is not None:
            known.setdefault(value, len(known) + 1)
    new = list(itertools.islice(known.items(), before, None))
    file.execute(
        f"insert into {words} select unnest($1::integer[]), unnest($2::varchar[])",
        [[number for _, number in new], [value for value, _ in new]],
    )
    known[None] = 0
    # A wave without any of them is in the group of the unknown.
    return [[known[one] for one in value] or [0] if is_list else known[value] for value in values]


def _numbered(facets: tuple[str, ...]) -> str:
    """Return the name of the table with the numbers of the dimensions of some facets."""
    return f"staging.numbers_{'_'.join(facets)}"


def _load(file: duckdb.DuckDBPyConnection, columns: dict[str, Copied], ended: list[str]) -> None:
    """Put the waves into the permanent file, in the order in which they came."""
    joins, numbers = [], []
    for facets, names in _dimensions_by_facets().items():
        table = _numbered(facets)
        same = " and ".join(f"{table}.{one} is not distinct from copied.{one}" for one in facets)
        joins.append(f"inner join {table} on {same}")
        numbers += [numbers_of(name) for name in names]
    for name in _LISTS:
        joins.append(f"inner join {list_table(name)} as {name} on {name}.value = copied.{name}")
        numbers.append(f"{name}.number as {numbers_of(name)}")
    names_ = (name for one in columns.values() for name in one.read if name not in _LISTS)
    selected = ", ".join([*(f'copied."{name}"' for name in names_), *numbers])
    rows = f"select {selected} from staging.copied {' '.join(joins)}"
    # In the order of the statement: each wave is looked up in small tables, none is kept in memory.
    file.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
    file.execute(f"create table if not exists {_TABLE} as {rows} limit 0")
    file.execute(f"delete from {_TABLE} where id in (select unnest(?))", [ended])
    file.execute(f"insert into {_TABLE} {rows}; detach staging")
    for kind in KINDS:
        # Waves with the same claims have the same keys, which are then read only once.
        number, keys = numbers_of(kind.claims), kind.keys.facet
        file.execute(
            f"create or replace table {list_table(keys)} as select {number} as number, "
            f"any_value({keys}) as value from {_TABLE} group by {number}"
        )
    file.execute("checkpoint")


def _literal(path: Path) -> str:
    """Write the name of a file as a literal, for statements that take no arguments."""
    return "'" + str(path).replace("'", "''") + "'"


def _columns() -> dict[str, Copied]:
    """Return each column to copy: the facets, and what is stated for values of dimensions."""
    found = {"id": Copied("facet.id", "varchar", {"id": "id"})}
    for name in ("first_revision", "last_revision"):
        found[name] = Copied(f"facet.{name}", "integer", {name: name})
    for name, type_ in _FACETS.items():
        written = f"facet.{name}"
        if type_ == "text[]":
            # If one value of a list is unknown, it still keeps its place in the list.
            written = f"array_to_string({written}, {SEPARATOR}, '')"
            read = f"case when {name} = '' then [] else string_split({name}, {SEPARATOR}) end"
            found[name] = Copied(written, "varchar", {name: read})
        elif type_ != "jsonb":
            found[name] = Copied(written, _TYPES[type_], {name: name})
    for kind in KINDS:
        keys, full = found[kind.keys.facet], "not contains(one, '*') and one[1] <> '@'"
        (read,) = keys.read.values()
        keys.read[kind.claims] = f"list_filter({read}, lambda one: {full})"
    # Grouping by numbers takes half the time of grouping by words.
    whens = " ".join(f"when '{kind}' then {number_of_kind(kind)}" for kind in vocabulary.COUNTED)
    found["counts"].read[numbers_of("counts")] = f"(case counts {whens} else 0 end)::utinyint"
    for name, dimension in DIMENSIONS.items():
        if dimension.stated is not None:
            pairs = f"facet.{dimension.stated}"
            listed = f"array(select {pairs} -> item from ({dimension.key}) as one)"
            written = (
                f"case when {pairs} <> '{{}}' then array_to_string({listed}, {SEPARATOR}, '') end"
            )
            one_by_one = (
                f"list_transform(string_split({STATED}{name}, {SEPARATOR}), lambda one: {{}})"
            )
            found[f"{STATED}{name}"] = Copied(
                written,
                "varchar",
                {
                    f"{STATED}{name}{part}": one_by_one.format(value)
                    for part, value in {
                        "": "case when one <> '' then 1 end",
                        "_low": "try_cast(one as integer[])[1]",
                        "_high": "try_cast(one as integer[])[2]",
                    }.items()
                },
            )
    return found


def _make_room(folder: Path, written: Path) -> None:
    """Remove files that are no longer used; whoever still reads one has it open."""
    for suffix in (SUFFIX, POSTINGS_SUFFIX, BODIES_SUFFIX):
        others = [path for path in folder.glob(f"*{suffix}") if path.stem != written.stem]
        for path in newest_first(others)[_KEPT - 1 :]:
            path.unlink(missing_ok=True)
