"""Fills an embedded PostgreSQL with generated waves, once, and keeps it for the next run."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import asyncpg
import msgspec
from msgspec import Struct

import generate
from layoff_ledger import paths, postgres, resources
from layoff_ledger.curation import facets, migrate, publish
from layoff_ledger.resources.notice_parameters import COUNTED
from layoff_ledger.statement import Connection

CACHE = Path(__file__).parent / ".cache"
T = TypeVar("T")


class Loaded(Struct, frozen=True):
    """What is known about a filled cluster; kept beside its data."""

    digest: str
    waves: int
    seconds: float
    """How long publishing took, from the first record to the commit."""
    on: datetime.date


def run(url: str, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Do some work on a separate connection."""

    async def connected() -> T:
        connection = await asyncpg.connect(url)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(connected())


def folder_of(waves: int) -> Path:
    """Return the folder that keeps the data of this size."""
    return CACHE / str(waves)


def stored_digest() -> bytes:
    """Return the digest of what decides what is stored: SQL, declared facets, and the generator."""
    resources_ = Path(resources.__file__).parent
    return paths.digest(paths.SQL, resources_, Path(facets.__file__), Path(generate.__file__))


def load(waves: int) -> tuple[Loaded, bool]:
    """Ensure that a cluster holds these waves; return also whether it already held them."""
    return keep(waves, _publish)


def keep(
    waves: int,
    fill: Callable[[Connection, str, int], Awaitable[float]],
    settings: Mapping[str, str] | None = None,
) -> tuple[Loaded, bool]:
    """Fill a cluster with this many waves, unless it has them; `fill` returns the seconds it took.

    Meanwhile the server has the `settings`; `fill` restores the old ones.
    """
    folder = folder_of(waves)
    note = folder / "loaded.json"
    digest = stored_digest().hex() + f"-{generate.SEED}"
    with contextlib.suppress(FileNotFoundError, msgspec.MsgspecError):
        known = msgspec.json.decode(note.read_bytes(), type=Loaded)
        if known.digest == digest:
            return known, True

    async def begin(connection: Connection) -> None:
        await connection.execute(
            "drop schema if exists api, ledger, ledger_migration, bench cascade"
        )
        # The pages of the floor and ours both fit into it.
        for name, value in {"shared_buffers": "512MB", **(settings or {})}.items():
            await connection.execute(f"alter system set {name} = '{value}'")

    with postgres.embedded(folder) as url:
        note.unlink(missing_ok=True)
        run(url, begin)
    with postgres.embedded(folder) as url:
        seconds = run(url, lambda connection: fill(connection, url, waves))
    loaded = Loaded(digest, waves, seconds, datetime.datetime.now(datetime.UTC).date())
    note.write_bytes(msgspec.json.encode(loaded))
    return loaded, False


async def _publish(connection: Connection, _: str, waves: int) -> float:
    await migrate.migrate(connection)
    begun = time.perf_counter()
    await publish.publish(connection, generate.collection_input(waves, paths.DATA))
    seconds = time.perf_counter() - begun
    # As autovacuum would do it a little later; measurements must not depend on when.
    await connection.execute("vacuum (analyze)")
    return seconds


def store_answers(url: str, answers: Iterable[tuple[str, str, bytes]]) -> None:
    """Store whole answers for the floor: query string, headers as JSON, body."""

    async def store(connection: Connection) -> None:
        await connection.execute(
            """
            create schema if not exists bench;
            drop table if exists bench.answer;
            create unlogged table bench.answer (
                query text primary key,
                headers text not null,
                body bytea not null
            );
            -- As the ledger keeps its documents: nothing has to be unpacked.
            alter table bench.answer alter column body set storage external;
            """
        )
        await connection.copy_records_to_table("answer", schema_name="bench", records=answers)
        await connection.execute("vacuum (analyze) bench.answer")

    run(url, store)


def export_to_sqlite(url: str, base: str, file: Path) -> None:
    """Write the waves as whole documents into SQLite, for the peer that reads nothing else."""

    async def export(connection: Connection) -> None:
        with contextlib.closing(sqlite3.connect(file)) as database, database:
            database.execute("drop table if exists wave")
            database.execute(
                "create table wave (id text primary key, announced_on text, document text)"
            )
            async with connection.transaction():
                async for row in connection.cursor(
                    "select wave_facet.id, announced_on, first_revision, body "
                    "from api.wave_facet inner join api.document using (id, first_revision) "
                    "where document.resource = 'wave'",
                    prefetch=1_000,
                ):
                    opening = (
                        f'{{"id":"{row["id"]}","url":"{base}/v1/waves/{row["id"]}",'
                        f'"notices_url":"{base}/v1/notices?{COUNTED}&wave={row["id"]}",'
                        f'"revision":{row["first_revision"]},'
                    )
                    database.execute(
                        "insert into wave values (?, ?, ?)",
                        (row["id"], row["announced_on"].isoformat(), opening + row["body"]),
                    )
            database.execute("create index wave_announced on wave (announced_on, id)")

    run(url, export)


def pairs(url: str) -> Iterator[tuple[str, str]]:
    """Yield every driver with every country that waves name, the frequent ones first."""

    async def fetch(connection: Connection) -> list[tuple[str, str]]:
        drivers = await connection.fetch(
            "select id as code from api.driver_facet order by waves desc, id"
        )
        countries = await connection.fetch(
            "select country as code from ledger.scope_country "
            "group by country order by count(*) desc, country"
        )
        return [(one["code"], other["code"]) for one in drivers for other in countries]

    yield from run(url, fetch)
