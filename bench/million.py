"""Fills a cluster with 1,000,000 waves in minutes, and measures publishing one that has changed.

Usage: bench/million.py [--waves 1000000] [--rounds 5]. It needs 25 GB of disk and 8 GB of memory.

10,000 generated waves enter through the publishing path. Then every row that belongs to them, to
their companies or to their sources is repeated inside PostgreSQL, in all tables of schema `ledger`:
`gen-00042-…` becomes `gen-7-00042-…` in ids, references, addresses, titles and bodies. So each
company keeps its few waves, every document is what its view says, and a publication continues from
there as if everything had been published. What depends on all records (drivers, roles, the
collection, the revision with its counts and its digest) is written again by the code that always
writes it. Days do not change: the copies of a wave share its days.

The cluster stays in `bench/.cache/<number>`, where `run.py --large` finds it, too. Copying does not
maintain the digests of curated records, so publishing an unchanged wave only discovers from its
document that it is unchanged. Only the claims of the 10,000 waves are records, so PostgreSQL
ascribes fewer waves to reasons than columns do.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterable

import asyncpg
import msgspec

import database
import generate
from layoff_ledger import paths, postgres
from layoff_ledger.curation import documents, migrate, publish, records
from layoff_ledger.curation.change_log import ChangeLog
from layoff_ledger.resources import RESOURCES
from layoff_ledger.search import frequent
from layoff_ledger.statement import Connection

WAVES = 1_000_000
SEED = 10_000
CONNECTIONS = 2
SETTINGS = {
    "fsync": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "16GB",
    "autovacuum": "off",
}
"""While the cluster is filled: after a power failure, it has to be filled again."""
COLUMNS = (
    "id", "wave", "company", "source", "other", "url", "title", "body", "sources", "parent",
)  # fmt: skip
"""The columns with ids of repeated records, alone or inside a text."""
TABLES = (
    "document", "claim", "claim_citation", "citation", "magnitude", "driver_claim", "event",
    "wave_facet_wide", "wave_facet", "source", "form", "wave", "scope", "scope_country",
    "role_claim", "context", "relation", "source_facet", "company_facet",
    "company_indicators_facet", "company", "company_name", "company_identifier", "search_version",
    "company_name_version",
)  # fmt: skip
"""The tables to repeat, the longest first, so that two connections end at the same time."""
MIXED = {"document", "search_version"}
"""Tables that also have records that are not repeated: drivers, roles and the collection."""


def load(waves: int = WAVES) -> tuple[database.Loaded, bool]:
    """Ensure that a cluster holds these waves; return also whether it already held them."""
    return database.keep(waves, _fill, SETTINGS)


async def _fill(connection: Connection, url: str, waves: int) -> float:
    if waves % SEED or waves <= SEED:
        message = f"{waves:,} is not a multiple of {SEED:,}"
        raise ValueError(message)
    begun = time.perf_counter()
    await migrate.migrate(connection)
    await publish.publish(connection, generate.collection_input(SEED, paths.DATA))
    _say("repeating them …", begun)
    constraints, indexes = await _take_off(connection)
    await _repeat(connection, url, waves // SEED)
    _say("indexes …", begun)
    await _in_parallel(url, constraints["p"] + constraints["u"] + constraints["x"] + indexes)
    await _in_parallel(url, [f"analyze ledger.{table}" for table in TABLES])
    for statement in constraints["f"]:
        await connection.execute(statement)
    _say("what depends on everything …", begun)
    await _complete(connection)
    _say("vacuum …", begun)
    await _in_parallel(url, [f"vacuum (analyze) ledger.{table}" for table in (*TABLES, "change")])
    for setting in SETTINGS:
        await connection.execute(f"alter system reset {setting}")
    await connection.execute("checkpoint")
    return time.perf_counter() - begun


def _say(text: str, begun: float) -> None:
    print(f"{time.perf_counter() - begun:4.0f} s  {text}", file=sys.stderr, flush=True)


@contextlib.asynccontextmanager
async def _connections(url: str) -> AsyncIterator[list[Connection]]:
    async with contextlib.AsyncExitStack() as stack:
        opened = []
        for _ in range(CONNECTIONS):
            connection = await asyncpg.connect(url)
            stack.push_async_callback(connection.close)
            await connection.execute(
                "set maintenance_work_mem = '1GB'; set work_mem = '256MB'; set jit = off; "
                "set synchronize_seqscans = off"
            )
            opened.append(connection)
        yield opened


async def _in_parallel(url: str, statements: Iterable[str]) -> None:
    """Run statements that do not wait for each other, in their order."""
    waiting = iter(list(statements))

    async def work(connection: Connection) -> None:
        for statement in waiting:
            await connection.execute(statement)

    async with _connections(url) as connections:
        await asyncio.gather(*map(work, connections))


async def _take_off(connection: Connection) -> tuple[dict[str, list[str]], list[str]]:
    """Drop the keys and indexes of these tables; return the statements that restore them."""
    found = await connection.fetch(
        """
        select
            contype::text as kind,
            format('alter table %s drop constraint %I', conrelid::regclass, conname) as off,
            format(
                'alter table %s add constraint %I %s',
                conrelid::regclass,
                conname,
                -- Whole records were repeated with all that they refer to: looking costs minutes.
                pg_get_constraintdef(oid) || case contype when 'f' then ' not valid' else '' end
            ) as back
        from pg_constraint
        where
            connamespace = 'ledger'::regnamespace
            and (
                (contype in ('p', 'u', 'x') and conrelid = any($1::text[]::regclass[]))
                or (
                    contype = 'f'
                    and (conrelid = any($1::text[]::regclass[])
                        or confrelid = any($1::text[]::regclass[]))
                )
            )
        -- What refers goes before what is referred to.
        order by contype <> 'f', array_position($1::text[]::regclass[], conrelid::regclass)
        """,
        [f"ledger.{table}" for table in TABLES],
    )
    constraints: dict[str, list[str]] = {"p": [], "u": [], "x": [], "f": []}
    for row in found:
        constraints[row["kind"]].append(row["back"])
        await connection.execute(row["off"])
    indexes = await connection.fetch(
        "select indexname, indexdef from pg_indexes "
        "where schemaname = 'ledger' and tablename = any($1::text[]) "
        "order by array_position($1::text[], tablename::text), indexdef not like '% gin %'",
        list(TABLES),
    )
    for row in indexes:
        await connection.execute(f"drop index ledger.{row['indexname']}")
    return constraints, [row["indexdef"] for row in indexes]


async def _repeat(connection: Connection, url: str, times: int) -> None:
    """Write every row again under other ids, until there are this many copies."""
    copies = []
    await connection.execute("drop schema if exists bench cascade; create schema bench")
    for table in TABLES:
        await connection.execute(f"create unlogged table bench.{table} as table ledger.{table}")
        columns = await connection.fetch(
            "select column_name, data_type from information_schema.columns "
            "where table_schema = 'ledger' and table_name = $1 and is_generated = 'NEVER'",
            table,
        )
        names = ", ".join(f'"{row["column_name"]}"' for row in columns)
        values = ", ".join(_value(table, row["column_name"], row["data_type"]) for row in columns)
        first = f'original."{columns[0]["column_name"]}"'
        kept = " where id like 'gen-%'" if table in MIXED else ""
        copies.append(
            # Writing into an emptied table needs no log (wal_level = minimal). All copies of a row
            # lie together, as if the waves of a day had been published in turn; since they depend
            # on the row, the planner does not repeat the whole table.
            f"do $$ begin truncate ledger.{table}; "
            f"insert into ledger.{table} ({names}) select {names} from bench.{table}; "
            f"insert into ledger.{table} ({names}) select {values} "
            f"from (select * from bench.{table}{kept}) as original, "
            f"lateral generate_series(1, {times - 1} + 0 * num_nulls({first})) as copy; "
            "end $$"
        )
    await _in_parallel(url, copies)
    await connection.execute("drop schema bench cascade")


def _value(table: str, column: str, type_: str) -> str:
    """Return the SQL of what a copy has in a column, from the row that is copied."""
    quoted, ids = f'"{column}"', "'gen-', 'gen-' || copy || '-'"
    if (table, column) == ("document", "digest"):
        return f"sha256(convert_to({_value(table, 'body', 'text')}, 'UTF8'))"
    # A company register does not assign a number twice: generated ones begin with 9000.
    if column == "value":
        return "regexp_replace(value, '^9000', '9' || lpad(copy::text, 3, '0'))"
    if column == "identifiers":
        return "replace(identifiers::text, ':9000', ':9' || lpad(copy::text, 3, '0'))::text[]"
    if column not in COLUMNS:
        return quoted
    value = f"replace({quoted}::text, {ids})" + ("::text[]" if type_ == "ARRAY" else "")
    if column == "body":
        return f"replace({value}, '\"value\":\"9000', '\"value\":\"9' || lpad(copy::text, 3, '0'))"
    return value


async def _complete(connection: Connection) -> None:
    """Write what depends on everything: some documents, the changes, the revision."""
    # Their lines are written together with all others below.
    await connection.execute("truncate ledger.change")
    change_log = ChangeLog(connection, 1, b"")
    for name in ("driver", "role", "collection"):
        resource = RESOURCES[name]
        await connection.execute(f"truncate ledger.{name}_facet")
        for table in MIXED:
            await connection.execute(f"delete from ledger.{table} where resource = $1", name)
        ids = await connection.fetch(f"select {resource.key}::text from api.{name}")
        wanted = [(resource, [row[0] for row in ids])]
        await documents.write_versions(connection, wanted, 1, change_log)
    order = ", ".join(f"'{name}'" for name in RESOURCES)
    await connection.execute(
        f"""
        truncate ledger.change;
        insert into ledger.change (revision, position, resource, id, change, digest)
        select
            1,
            row_number() over (
                order by array_position(array[{order}], document.resource), document.id
            ),
            document.resource,
            document.id,
            'added',
            document.digest
        from ledger.document;
        update ledger.revision set
            added = (select count(*) from ledger.change),
            counts = (
                select counts || jsonb_object_agg(counted.resource, counted.documents)
                from (
                    select change.resource, count(*) as documents
                    from ledger.change group by change.resource
                ) as counted
            ),
            digest = (
                select sha256(convert_to(string_agg(
                    'added ' || change.resource || ' ' || change.id || ' '
                    || encode(change.digest, 'hex') || chr(10), '' order by change.position
                ), 'UTF8'))
                from ledger.change
            )
        """
    )
    await frequent.bring_up(connection)


# ------------------------------------------------------------------------------ one changed wave


def changed_wave(number: int, copy: int, note: str) -> records.Wave:
    """Return a wave that is stored, as a curator might have changed it."""
    original = next(
        itertools.islice(iter(generate.collection_input(SEED, paths.DATA).waves), number, None)
    )
    written = msgspec.json.encode(original).replace(b"gen-", f"gen-{copy}-".encode())
    wave = msgspec.json.decode(written, type=records.Wave)
    return msgspec.structs.replace(wave, note=note)


def collection_input(wave: records.Wave) -> publish.CollectionInput:
    """Return the input that an importer publishes for one wave."""
    return publish.CollectionInput(collection=generate.COLLECTION, waves=[wave], partial=True)


async def _publish_one(connection: Connection, wave: records.Wave) -> float:
    begun = time.perf_counter()
    revision = await publish.publish(connection, collection_input(wave))
    seconds = time.perf_counter() - begun
    if revision is None:
        message = f"{wave.id} was not changed"
        raise ValueError(message)
    return seconds


async def _measure(url: str, rounds: int, copies: int) -> list[float]:
    found = []
    for number in range(rounds):
        copy = 1 + 7 * number % (copies - 1)
        wave = changed_wave(100 + 977 * number, copy, f"Read again, {time.time():.0f}.")
        # Each on a new connection, like the command: no statement is prepared yet.
        connection = await asyncpg.connect(url)
        try:
            found.append(await _publish_one(connection, wave))
        finally:
            await connection.close()
        print(f"  {wave.id}: {found[-1]:.2f} s")
    return found


def main() -> int:
    """Load, publish a few changed waves one by one, and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waves", type=int, default=WAVES, help="in the ledger (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="waves to change (%(default)s)")
    given = parser.parse_args()
    try:
        loaded, kept = load(given.waves)
        when = f"on {loaded.on}, kept since" if kept else "now"
        print(f"{loaded.waves:,} waves, loaded in {loaded.seconds:.0f} s ({when})")
        with postgres.embedded(database.folder_of(given.waves)) as url:
            found = asyncio.run(_measure(url, given.rounds, given.waves // SEED))
    except (postgres.PostgresError, asyncpg.PostgresError, OSError, ValueError) as error:
        print(f"million: {error}", file=sys.stderr)
        return 1
    print(f"one changed wave: first {found[0]:.2f} s, median {statistics.median(found):.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
