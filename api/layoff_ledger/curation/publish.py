"""Publishes records as a revision: all of it, or nothing.

One transaction loads what differs, runs the checks, writes the versions of what changed, and
announces the revision. Killed at any moment, the ledger is at the old revision or at the new one.
Readers are never blocked: they read versions, and publishing only adds to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import asyncpg
import msgspec
import pycountry
from msgspec import Struct

from layoff_ledger import files, types, words
from layoff_ledger.curation import load, migrate, records, retire, search_entries
from layoff_ledger.curation.documents import RESOURCES, write_versions
from layoff_ledger.curation.journal import Journal
from layoff_ledger.curation.read import Breach, Curated

CHANNEL = "ledger_revision"
"""Where a new revision is announced, with its number as payload."""


class PublishError(Exception):
    """Nothing was published; `breaches` says why."""

    def __init__(self, breaches: list[Breach]) -> None:
        """Keep the breaches for the one who prints them."""
        number = f"{len(breaches)} breach{'' if len(breaches) == 1 else 'es'}"
        super().__init__(f"{number}, nothing was published")
        self.breaches = breaches


class Edition(Struct, frozen=True):
    """The whole of one collection, or with `partial` a part of it, ready to be published.

    Companies, sources and waves are iterated once, so they may be streams of any length.
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
    """Of every record that was ever retired; None leaves those that are published."""
    partial: bool = False
    """Whether what is not given stays as it is: then only what is given is looked at."""


class Revision(Struct, frozen=True):
    """What a publication did."""

    number: int
    added: int
    changed: int
    withdrawn: int


def edition(curated: Curated) -> Edition:
    """Give what stands in the curated files as the edition of the collection `curated`."""
    return Edition(
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


def input_digest(data: Path) -> bytes:
    """Give the digest of all that decides what a publication of these files would say."""
    made_by = (types.__file__, search_entries.__file__, words.__file__)
    return files.digest(data, files.SQL, *map(Path, made_by))


async def is_published(connection: load.Connection, data: Path) -> bool:
    """Say whether these very files, with this very SQL, were published last."""
    stored = await connection.fetchval("select digest from ledger.input where name = 'curated'")
    return bool(stored == input_digest(data))


async def remember(connection: load.Connection, data: Path) -> None:
    """Note that these files are published."""
    await connection.execute(
        "insert into ledger.input (name, digest) values ('curated', $1) "
        "on conflict (name) do update set digest = excluded.digest",
        input_digest(data),
    )


async def publish(
    connection: load.Connection,
    given: Edition,
    *,
    note: str | None = None,
    data: Path | None = None,
) -> Revision | None:
    """Publish an edition; return None if the ledger already says all of it.

    With `data`, the folder that it was read from is remembered in the same transaction. Raises
    `PublishError` with every offender that a check or a constraint finds.
    """
    if given.tombstones is not None:
        # They are looked at twice.
        given = msgspec.structs.replace(given, tombstones=list(given.tombstones))
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", migrate.LOCK)
        try:
            touched = await _load(connection, given)
            await connection.execute("set constraints all immediate")
        except asyncpg.IntegrityConstraintViolationError as error:
            raise PublishError([_breach_of(error)]) from error
        if len(touched.written_waves) > load.BATCH:
            # The planner has no statistics of what this very transaction wrote, and would scan
            # whole tables for every batch.
            for table in load.COLUMNS:
                await connection.execute(f"analyze ledger.{table}")
        await _check(connection, touched.written_waves)
        await search_entries.bring_up(connection)
        revision = await _write_revision(connection, touched, given, note)
        if data is not None:
            await remember(connection, data)
        await connection.execute(
            "insert into ledger.input (name, digest) values ('shape', $1) "
            "on conflict (name) do update set digest = excluded.digest",
            _shape(),
        )
        return revision


def _breach_of(error: asyncpg.IntegrityConstraintViolationError) -> Breach:
    detail = f"{error.args[0]}: {error.detail}" if error.detail else str(error.args[0])
    table = f"{error.schema_name}.{error.table_name}"
    return Breach("-", table, error.constraint_name or "constraint", detail)


class Touched(Struct):
    """Whose documents may differ after a load."""

    ids: dict[str, set[str]]
    """Resource → ids."""
    written_waves: list[str]
    """The waves that were written anew, which the checks look at."""
    growth: Counter[tuple[str, str]]
    """(resource, id) → how many waves more it counts, where it shows only their number."""


async def _load(connection: load.Connection, given: Edition) -> Touched:
    touched = Touched({name: set() for name in RESOURCES}, [], Counter())
    named = await _load_vocabularies(connection, given, touched)
    changes = await _load_records(connection, given, touched)
    waves, series = changes["wave"], changes["indicator"]
    for start in range(0, len(waves.written), load.BATCH):
        await _note_waves(connection, touched, waves.written[start : start + load.BATCH], +1)
    await _note_waves(connection, touched, waves.missing, -1)
    for (resource, id_), growth in touched.growth.items():
        if growth:
            touched.ids[resource].add(id_)
    await _note_indicators(connection, touched, [*series.written, *series.missing])
    await _note_records(connection, changes, named, touched)
    missing = {table: change.missing for table, change in changes.items()}
    if breaches := await retire.breaches(
        connection, given.collection.id, missing, given.tombstones
    ):
        raise PublishError(breaches)
    for table in reversed(changes):
        if changes[table].missing:
            await load.delete(connection, table, changes[table].missing)
    for table, change in changes.items():
        if table in touched.ids:
            touched.ids[table].update(change.written, change.missing)
    # A wave that changes the standing of another one changes that company's totals.
    for row in await connection.fetch(
        files.statement("queries/companies_of_waves.sql"), sorted(touched.ids["wave"])
    ):
        touched.ids["company"].add(row["id"])
    touched.ids["company_indicators"].update(changes["company"].written, changes["company"].missing)
    touched.written_waves = waves.written
    return touched


async def _load_records(
    connection: load.Connection, given: Edition, touched: Touched
) -> dict[str, load.Change]:
    """Load every kind of record, in the order in which they refer to each other."""
    collection = given.collection.id

    async def before_waves(ids: list[str]) -> None:
        await _note_waves(connection, touched, ids, -1)

    async def before_indicators(ids: list[str]) -> None:
        await _note_indicators(connection, touched, ids)

    changes: dict[str, load.Change] = {}
    if given.drivers is not None:
        changes["driver"] = await load.load(
            connection, "driver", given.drivers, load.rows_of_driver
        )
    if given.roles is not None:
        changes["role"] = await load.load(connection, "role", given.roles, load.rows_of_role)
    changes["company"] = await load.load(
        connection,
        "company",
        given.companies,
        load.rows_of_company(collection),
        collection=collection,
        partial=given.partial,
    )
    changes["source"] = await load.load(
        connection,
        "source",
        given.sources,
        load.rows_of_source(collection),
        collection=collection,
        partial=given.partial,
    )
    changes["indicator"] = await load.load(
        connection,
        "indicator",
        given.indicators,
        load.rows_of_indicator(collection),
        collection=collection,
        partial=given.partial,
        before=before_indicators,
    )
    changes["wave"] = await load.load(
        connection,
        "wave",
        given.waves,
        load.rows_of_wave(collection),
        collection=collection,
        partial=given.partial,
        before=before_waves,
    )
    return changes


async def _note_waves(
    connection: load.Connection, touched: Touched, ids: list[str], sign: int
) -> None:
    """Note what shows something of these waves, as it is stored at this moment.

    `sign` is -1 before they are written anew or deleted, and +1 after they were written.
    """
    if ids:
        for row in await connection.fetch(files.statement("queries/affected_by_waves.sql"), ids):
            if row["waves"] is None:
                touched.ids[row["resource"]].add(row["id"])
            else:
                touched.growth[row["resource"], row["id"]] += sign * row["waves"]


async def _note_indicators(connection: load.Connection, touched: Touched, ids: list[str]) -> None:
    """Note what shows something of these series, as it is stored at this moment."""
    if ids:
        query = files.statement("queries/affected_by_indicators.sql")
        for row in await connection.fetch(query, ids):
            touched.ids[row["resource"]].add(row["id"])


async def _load_vocabularies(
    connection: load.Connection, given: Edition, touched: Touched
) -> tuple[list[str], list[str]]:
    """Load what has no document of its own; give the countries and sectors with another name."""
    one = given.collection
    day, precision = (
        (None, None)
        if one.retrieved_on is None
        else (one.retrieved_on.on, one.retrieved_on.precision)
    )
    described = await connection.fetchval(
        files.statement("queries/write_collection.sql"),
        one.id, one.name, one.description, one.license, one.origin, day, precision,
    )  # fmt: skip
    if described is not None:
        touched.ids["collection"].add(described)
    countries = await connection.fetch(
        "insert into ledger.country (code, name) select * from unnest($1::text[], $2::text[]) "
        "on conflict (code) do update set name = excluded.name "
        "where country.name <> excluded.name returning code",
        *_columns((country.alpha_2, country.name) for country in pycountry.countries),
    )
    industries = await connection.fetch(
        "insert into ledger.industry (code, label) select * from unnest($1::text[], $2::text[]) "
        "on conflict (code) do update set label = excluded.label "
        "where industry.label <> excluded.label returning code",
        *_columns((industry.id, industry.label) for industry in given.industries),
    )
    return [row["code"] for row in countries], [row["code"] for row in industries]


def _columns(pairs: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    ordered = list(pairs)
    return [code for code, _ in ordered], [name for _, name in ordered]


async def _note_records(
    connection: load.Connection,
    changes: dict[str, load.Change],
    named: tuple[list[str], list[str]],
    touched: Touched,
) -> None:
    """Note the documents that repeat something of changed companies, sources, drivers and roles.

    `named` has the countries and the sectors that got another name.
    """
    arguments = [
        changes[name].written if name in changes else []
        for name in ("company", "source", "driver", "role")
    ]
    for row in await connection.fetch(
        files.statement("queries/affected_by_records.sql"), *arguments, *named
    ):
        touched.ids[row["resource"]].add(row["id"])


async def _check(connection: load.Connection, waves: list[str]) -> None:
    breaches = []
    for start in range(0, len(waves), load.BATCH):
        batch = waves[start : start + load.BATCH]
        for name, query in files.statements("checks").items():
            breaches += [
                Breach("-", row["wave"], name, row["message"])
                for row in await connection.fetch(query, batch)
            ]
    if breaches:
        raise PublishError(sorted(breaches))


def _shape() -> bytes:
    return files.digest(files.SQL, Path(types.__file__))


async def _write_revision(
    connection: load.Connection, touched: Touched, given: Edition, note: str | None
) -> Revision | None:
    last = await connection.fetchrow(files.statement("queries/read_revision.sql"))
    number = 1 if last is None else last["number"] + 1
    # The versions refer to it, so it comes first; what it counts is known last.
    await connection.execute(
        "insert into ledger.revision (number, note) values ($1, $2)", number, note
    )
    journal = Journal(connection, number, (last and last["digest"]) or b"")
    await _write_documents(connection, touched, number, journal)
    await retire.write_tombstones(
        connection, given.collection.id, given.tombstones, number, journal
    )
    if journal.is_empty:
        await connection.execute("delete from ledger.revision where number = $1", number)
        return None
    await connection.execute(files.statement("queries/write_vocabularies.sql"), number)
    before: dict[str, int] = {} if last is None else msgspec.json.decode(last["counts"])
    counts = {name: before.get(name, 0) + journal.growth.get(name, 0) for name in RESOURCES}
    await connection.execute(
        files.statement("queries/complete_revision.sql"),
        number, *journal.totals.values(), msgspec.json.encode(counts).decode(), journal.digest,
    )  # fmt: skip
    await connection.execute("select pg_notify($1, $2)", CHANNEL, str(number))
    return Revision(number, **journal.totals)


async def _write_documents(
    connection: load.Connection, touched: Touched, revision: int, journal: Journal
) -> None:
    stored = await connection.fetchval("select digest from ledger.input where name = 'shape'")
    for name, resource in RESOURCES.items():
        ids = touched.ids[name]
        if stored != _shape():
            # The views say something else than before, so every document may differ.
            key = resource.key
            query = f"select {key}::text as id from api.{name}"
            ids = ids.union(row["id"] for row in await connection.fetch(query))
        await write_versions(connection, resource, ids, revision, journal)
