"""Publishes records as a revision: all of it, or nothing.

One transaction loads what differs, runs the checks, writes the versions of what changed, and
announces the revision. If it is killed, the ledger is either at the old revision or at the new one.
Readers are never blocked: they read versions, and publishing only adds to them.
"""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from layoff_ledger import garbage, input_digests, paths, threads
from layoff_ledger.curation import (
    inputs,
    load,
    migrate,
    notices,
    records,
    references,
    tombstones,
)
from layoff_ledger.curation.change_log import ChangeLog
from layoff_ledger.curation.documents import write_versions
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.places import country_names, subdivision_names
from layoff_ledger.search import frequent, index
from layoff_ledger.statement import Connection
from layoff_ledger.store.revisions import CHANNEL

MANY_WAVES = 100
"""From this many rewritten waves on, the planner needs new statistics."""

_PLANNING = "set local random_page_cost = 1.1; set local jit = off"
"""Views are queried for a thousand records at once, which were just written and are in memory:
whole tables must not be scanned for each, and compiling takes longer than answering.
"""


class PublishError(Exception):
    """Nothing was published; `violations` says why."""

    def __init__(self, violations: list[Violation]) -> None:
        """Keep the violations for whoever prints them."""
        number = f"{len(violations)} violation{'' if len(violations) == 1 else 's'}"
        super().__init__(f"{number}, nothing was published")
        self.violations = violations


class CollectionInput(Struct, frozen=True):
    """All of one collection, or with `partial` some of it, ready to be published.

    Companies, sources and waves are iterated over once, so they may be streams of any length.
    """

    collection: records.Collection
    industries: Iterable[records.Industry] = ()
    drivers: Iterable[records.Driver] | None = None
    """The whole taxonomy; None leaves it as it is."""
    roles: Iterable[records.Role] | None = None
    companies: Iterable[records.Company] = ()
    sources: Iterable[records.Source] = ()
    indicators: Iterable[records.Indicator] = ()
    waves: Iterable[records.Wave] = ()
    tombstones: Iterable[records.Tombstone] | None = None
    """Every record that was ever retired; None leaves those that are published."""
    notices: notices.NoticeInput | None = None
    """None leaves those that are published."""
    partial: bool = False
    """Whether records that are not given stay as they are: then only those given are looked at."""


class Revision(Struct, frozen=True):
    """What a publication did."""

    number: int
    added: int
    changed: int
    withdrawn: int
    notices: notices.Loaded | None = None
    """What was done to notices, if the input gave some."""


def collection_input(curated: Curated) -> CollectionInput:
    """Return the contents of the curated files as the input of the collection `curated`."""
    return CollectionInput(
        collection=curated.collections["curated"],
        industries=curated.industries.values(),
        drivers=curated.drivers.values(),
        roles=curated.roles.values(),
        companies=curated.companies.values(),
        sources=curated.sources.values(),
        indicators=curated.indicators.values(),
        waves=curated.waves.values(),
        tombstones=curated.tombstones.values(),
    )


async def publish(
    connection: Connection,
    collection: CollectionInput,
    *,
    note: str | None = None,
    digests: dict[str, bytes] | None = None,
    approve: Callable[[], None] | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Revision | None:
    """Publish the input of a collection; return None if the ledger already says all of it.

    The `digests` of what it was made from, by name, are recorded in the same transaction.
    `approve` returns once the input is known to be right: a thread calls it while PostgreSQL loads
    the records, and what it raises rolls everything back. `progress` is told how many documents out
    of how many are written. Raises `PublishError` with every offender that a check or a constraint
    finds.
    """
    if collection.tombstones is not None:
        # They are iterated over twice.
        collection = msgspec.structs.replace(collection, tombstones=list(collection.tombstones))
    with garbage.seldom_collected(), threads.short_turns():
        async with connection.transaction():
            await migrate.take_turn(connection)
            await connection.execute(_PLANNING)
            approved = asyncio.ensure_future(asyncio.to_thread(approve or (lambda: None)))
            try:
                affected = await _load_and_check(connection, collection)
            finally:
                # If both find something, it names files and records, while a constraint does not.
                await approved
            await index.bring_up(connection)
            revision = await _write_revision(connection, affected, collection, note, progress)
            await frequent.bring_up(connection)
            for name, digest in (digests or {}).items():
                await input_digests.write(connection, name, digest)
            await input_digests.write(connection, "shape", inputs.shape())
            return revision


async def _load_and_check(connection: Connection, collection: CollectionInput) -> AffectedRecords:
    """Load what differs; raise `PublishError` if the tables or the checks refuse it."""
    try:
        async with references.checked_at_once(connection):
            affected = await _load(connection, collection)
        await connection.execute("set constraints all immediate")
    except asyncpg.IntegrityConstraintViolationError as error:
        raise PublishError([_violation_of(error)]) from error
    if len(affected.written_waves) > MANY_WAVES:
        # The planner has no statistics about what this very transaction wrote, and would scan whole
        # tables for every batch, or for every company. A few rows per table are enough, because
        # only publishing reads them.
        await connection.execute("set local default_statistics_target = 10")
        for table in load.COLUMNS:
            await connection.execute(f"analyze ledger.{table}")
        await connection.execute("set local default_statistics_target to default")
    await _check(connection, affected.written_waves)
    return affected


def _violation_of(error: asyncpg.IntegrityConstraintViolationError) -> Violation:
    detail = f"{error.args[0]}: {error.detail}" if error.detail else str(error.args[0])
    table = f"{error.schema_name}.{error.table_name}"
    return Violation("-", table, error.constraint_name or "constraint", detail)


class AffectedRecords(Struct):
    """The records whose documents may differ after a load."""

    ids: dict[str, set[str]]
    """Resource → ids."""
    written_waves: list[str]
    """The waves that were rewritten, which the checks look at."""
    growth: Counter[tuple[str, str]]
    """(resource, id) → how many waves more it counts, if it only shows their number."""
    notices: notices.Loaded | None = None


async def _load(connection: Connection, collection: CollectionInput) -> AffectedRecords:
    affected = AffectedRecords({name: set() for name in RESOURCES}, [], Counter())
    named = await _load_vocabularies(connection, collection, affected)
    changes = await _load_records(connection, collection, affected)
    waves, series = changes["wave"], changes["indicator"]
    for start in range(0, len(waves.written), load.BATCH):
        await _note_waves(connection, affected, waves.written[start : start + load.BATCH], +1)
    await _note_waves(connection, affected, waves.missing, -1)
    for (resource, id_), growth in affected.growth.items():
        if growth:
            affected.ids[resource].add(id_)
    await _note_indicators(connection, affected, [*series.written, *series.missing])
    await _note_records(connection, changes, named, affected)
    missing = {table: change.missing for table, change in changes.items()}
    if violations := await tombstones.violations(
        connection, collection.collection.id, missing, collection.tombstones
    ):
        raise PublishError(violations)
    affected.ids["notice"].update(
        await notices.unlink(connection, changes["company"].missing, waves.missing)
    )
    for table in reversed(changes):
        if changes[table].missing:
            await load.delete(connection, table, changes[table].missing)
    for table, change in changes.items():
        if table in affected.ids:
            affected.ids[table].update(change.written, change.missing)
    # A wave that changes the standing of another one changes that company's totals.
    for row in await connection.fetch(
        paths.statement("queries/companies_of_waves.sql"), sorted(affected.ids["wave"])
    ):
        affected.ids["company"].add(row["id"])
    affected.ids["company_indicators"].update(
        changes["company"].written, changes["company"].missing
    )
    affected.written_waves = waves.written
    await _load_notices(connection, collection, affected)
    return affected


async def _load_notices(
    connection: Connection, collection: CollectionInput, affected: AffectedRecords
) -> None:
    """Load the notices, and note their collection, because it counts them."""
    name = collection.collection.id
    if collection.notices is not None:
        done = await notices.load_notices(connection, name, collection.notices)
        affected.notices = done
        affected.ids["notice"].update(done.affected)
        affected.ids["wave"].update(done.waves)
        if done.added:
            affected.ids["collection"].add(name)
        if len(done.added) > load.BATCH:
            for table in ("notice", "notice_relation", "notice_company", "notice_wave"):
                await connection.execute(f"analyze ledger.{table}")


async def _load_records(
    connection: Connection, collection: CollectionInput, affected: AffectedRecords
) -> dict[str, load.Change]:
    """Load every kind of record, in the order in which they refer to each other."""
    name = collection.collection.id
    changes: dict[str, load.Change] = {}
    if collection.drivers is not None:
        changes["driver"] = await load.load(
            connection, "driver", collection.drivers, load.rows_of_driver
        )
    if collection.roles is not None:
        changes["role"] = await load.load(connection, "role", collection.roles, load.rows_of_role)
    supplied: tuple[tuple[str, Iterable[Any], Callable[..., None], load.Before | None], ...] = (
        ("company", collection.companies, load.rows_of_company, None),
        ("source", collection.sources, load.rows_of_source, None),
        (
            "indicator",
            collection.indicators,
            load.rows_of_indicator,
            lambda ids: _note_indicators(connection, affected, ids),
        ),
        (
            "wave",
            collection.waves,
            load.rows_of_wave,
            lambda ids: _note_waves(connection, affected, ids, -1),
        ),
    )
    for table, given, rows_of, before in supplied:
        changes[table] = await load.load(
            connection,
            table,
            given,
            functools.partial(rows_of, name),
            collection=name,
            partial=collection.partial,
            before=before,
        )
    return changes


async def _note_waves(
    connection: Connection, affected: AffectedRecords, ids: list[str], sign: int
) -> None:
    """Note the records that show something of these waves as they are stored right now.

    `sign` is -1 before they are rewritten or deleted, and +1 after they were written.
    """
    if ids:
        for row in await connection.fetch(paths.statement("queries/affected_by_waves.sql"), ids):
            if row["waves"] is None:
                affected.ids[row["resource"]].add(row["id"])
            else:
                affected.growth[row["resource"], row["id"]] += sign * row["waves"]


async def _note_indicators(
    connection: Connection, affected: AffectedRecords, ids: list[str]
) -> None:
    """Note the records that show something of these series as they are stored right now."""
    if ids:
        query = paths.statement("queries/affected_by_indicators.sql")
        for row in await connection.fetch(query, ids):
            affected.ids[row["resource"]].add(row["id"])


async def _load_vocabularies(
    connection: Connection, collection: CollectionInput, affected: AffectedRecords
) -> tuple[list[str], list[str]]:
    """Load what has no document of its own; return the countries and sectors that were renamed."""
    one = collection.collection
    day, precision = (
        (None, None)
        if one.retrieved_on is None
        else (one.retrieved_on.on, one.retrieved_on.precision)
    )
    described = await connection.fetchval(
        paths.statement("queries/write_collection.sql"),
        one.id, one.name, one.description, one.license, one.origin, day, precision,
        one.attribution, one.missing,
    )  # fmt: skip
    if described is not None:
        affected.ids["collection"].add(described)
        # A notice repeats the licence and the attribution of its collection.
        affected.ids["notice"].update(await notices.ids_of(connection, described))
    countries = await connection.fetch(
        "insert into ledger.country (code, name) select * from unnest($1::text[], $2::text[]) "
        "on conflict (code) do update set name = excluded.name "
        "where country.name <> excluded.name returning code",
        *_columns(country_names().items()),
    )
    await connection.execute(
        "insert into ledger.subdivision (code, name) select * from unnest($1::text[], $2::text[]) "
        "on conflict (code) do update set name = excluded.name "
        "where subdivision.name <> excluded.name",
        *_columns(
            (code, f"{name}, {country_names()[code.partition('-')[0]]}")
            for code, name in subdivision_names().items()
        ),
    )
    industries = await connection.fetch(
        "insert into ledger.industry (code, label) select * from unnest($1::text[], $2::text[]) "
        "on conflict (code) do update set label = excluded.label "
        "where industry.label <> excluded.label returning code",
        *_columns((industry.id, industry.label) for industry in collection.industries),
    )
    return [row["code"] for row in countries], [row["code"] for row in industries]


def _columns(pairs: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    ordered = list(pairs)
    return [code for code, _ in ordered], [name for _, name in ordered]


async def _note_records(
    connection: Connection,
    changes: dict[str, load.Change],
    named: tuple[list[str], list[str]],
    affected: AffectedRecords,
) -> None:
    """Note the documents that repeat something from changed companies, sources, drivers and roles.

    `named` has the countries and the sectors that were renamed.
    """
    arguments = [
        changes[name].written if name in changes else []
        for name in ("company", "source", "driver", "role")
    ]
    for row in await connection.fetch(
        paths.statement("queries/affected_by_records.sql"), *arguments, *named
    ):
        affected.ids[row["resource"]].add(row["id"])


async def _check(connection: Connection, waves: list[str]) -> None:
    violations = []
    for start in range(0, len(waves), load.BATCH):
        batch = waves[start : start + load.BATCH]
        for name, query in paths.statements("checks").items():
            violations += [
                Violation("-", row["wave"], name, row["message"])
                for row in await connection.fetch(query, batch)
            ]
    if violations:
        raise PublishError(sorted(violations))


async def _write_revision(
    connection: Connection,
    affected: AffectedRecords,
    collection: CollectionInput,
    note: str | None,
    progress: Callable[[str, int, int | None], None] | None,
) -> Revision | None:
    last = await connection.fetchrow(paths.statement("queries/read_revision.sql"))
    number = 1 if last is None else last["number"] + 1
    # The versions refer to it, so it comes first; its counts are only known at the end.
    await connection.execute(
        "insert into ledger.revision (number, note) values ($1, $2)", number, note
    )
    change_log = ChangeLog(connection, number, (last and last["digest"]) or b"")
    await _write_documents(connection, affected, number, change_log, progress)
    await tombstones.write_tombstones(
        connection, collection.collection.id, collection.tombstones, number, change_log
    )
    if change_log.is_empty:
        await connection.execute("delete from ledger.revision where number = $1", number)
        return None
    await connection.execute(paths.statement("queries/write_vocabularies.sql"), number)
    before: dict[str, int] = {} if last is None else msgspec.json.decode(last["counts"])
    counts = {name: before.get(name, 0) + change_log.growth.get(name, 0) for name in RESOURCES}
    await connection.execute(
        paths.statement("queries/complete_revision.sql"),
        number,
        *change_log.totals.values(),
        msgspec.json.encode(counts).decode(),
        change_log.digest,
    )
    await connection.execute("select pg_notify($1, $2)", CHANNEL, str(number))
    return Revision(number, **change_log.totals, notices=affected.notices)


async def _write_documents(
    connection: Connection,
    affected: AffectedRecords,
    revision: int,
    change_log: ChangeLog,
    progress: Callable[[str, int, int | None], None] | None,
) -> None:
    stored = await input_digests.read(connection, "shape")
    is_of_another_shape = stored != inputs.shape()
    wanted = []
    for name, resource in RESOURCES.items():
        ids = affected.ids[name]
        if resource.all_at_each_publication or is_of_another_shape:
            # Every document may differ: the views changed, or there is no more precise query.
            key = resource.key
            query = f"select {key}::text as id from api.{name}"
            ids = ids.union(row["id"] for row in await connection.fetch(query))
        wanted.append((resource, ids))
    await write_versions(connection, wanted, revision, change_log, progress)
