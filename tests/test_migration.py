"""Migration 0007: a published ledger is migrated whole; if killed half-way, it is the old one."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import subprocess
import time
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from layoff_ledger import paths
from layoff_ledger.curation import backup, migrate
from layoff_ledger.resources import RESOURCES
from layoff_ledger.statement import Connection
from support.databases import copy_of, make_database, name_of
from support.revisions import FIXTURE, REVISIONS
from support.services import command

pytestmark = pytest.mark.postgres

LEDGER = FIXTURE.parent / "ledgers" / "0.1.0.backup"
"""Three revisions, published when each resource had a table of versions of its own."""
BEFORE, AFTER = 6, 7
"""The newest migration that the ledger had, and the one that is held here."""

Version = tuple[str, str, int, int, str]
VERSIONED = [name for name in RESOURCES if name != "notice"]
"""What had a table of versions: notices came later."""


@pytest_asyncio.fixture(scope="module")
async def published(server: str) -> str:
    """The address of a database with the ledger as the version before left it. Nobody writes to it."""
    url = await make_database(server)
    connection = await asyncpg.connect(url)
    await connection.execute("create extension pg_trgm; create extension btree_gist")
    # As the command loads a backup, and without the migration that it does next.
    await backup._load(connection, LEDGER)
    await connection.close()
    return url


async def old_versions(connection: Connection) -> set[Version]:
    union = " union all ".join(
        f"select '{name}', id::text, first_revision, last_revision, body from ledger.{name}_version"
        for name in VERSIONED
    )
    return set(map(tuple, await connection.fetch(union)))


async def new_versions(connection: Connection) -> set[Version]:
    query = "select resource, id, first_revision, last_revision, body from ledger.document"
    return set(map(tuple, await connection.fetch(query)))


async def old_columns(connection: Connection) -> dict[str, str]:
    """Return the columns of each table that the migration does not touch."""
    tables = await connection.fetch(
        "select relname as name, string_agg(quote_ident(attname), ', ' order by attnum) as columns "
        "from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 "
        "and not attisdropped where relnamespace = 'ledger'::regnamespace and relkind = 'r' "
        "and relname not in ('input', 'document') and relname !~ '_facet' "
        "and not relname = any($1::text[]) group by relname",
        [f"{name}_version" for name in VERSIONED],
    )
    return {row["name"]: row["columns"] for row in tables}


async def unchanged(connection: Connection, columns: dict[str, str]) -> dict[str, Any]:
    """Return a digest of some columns of each table: later migrations may add others."""
    return {
        name: await connection.fetchval(
            "select md5(string_agg(one::text, ' ' order by one::text)) "
            f"from (select {some} from ledger.{name}) as one"
        )
        for name, some in columns.items()
    }


async def state(connection: Connection) -> int:
    """Check that a ledger has the schema before or after, whole; return its newest migration."""
    number: int = await connection.fetchval("select max(number) from ledger_migration.applied")
    tables = {
        row["name"]
        for row in await connection.fetch(
            "select relname as name from pg_class "
            "where relnamespace = 'ledger'::regnamespace and relkind = 'r'"
        )
    }
    old = {f"{name}_version" for name in VERSIONED}
    new = {"document", *(f"{name}_facet" for name in RESOURCES)}
    if number == BEFORE:
        assert old <= tables
        assert not [name for name in tables if name == "document" or "_facet" in name]
    else:
        assert number >= AFTER
        assert new <= tables
        assert not old & tables
        assert not [name for name in tables if name.endswith("_new")]
        for name in (*paths.statements("views"), *(f"{one}_facet" for one in RESOURCES)):
            await connection.fetch(f"select * from api.{name} limit 1")
    return number


async def test_every_version_is_brought_over_to_the_byte(server: str, published: str) -> None:
    connection = await asyncpg.connect(await copy_of(server, published))
    versions, columns = await old_versions(connection), await old_columns(connection)
    others = await unchanged(connection, columns)

    assert await migrate.migrate(connection) is True

    assert await state(connection) >= AFTER
    assert await new_versions(connection) == versions
    assert await unchanged(connection, columns) == others
    assert len(versions) > 34
    assert len({one[2] for one in versions}) == REVISIONS
    # The digests are those with which each version was published.
    for row in await connection.fetch(
        "select document.digest as stored, change.digest as published, document.body "
        "from ledger.document left join ledger.change "
        "on (change.resource, change.id, change.revision) "
        "= (document.resource, document.id, document.first_revision)"
    ):
        assert row["stored"] == row["published"] == hashlib.sha256(row["body"].encode()).digest()
    assert await migrate.migrate(connection) is False
    await connection.close()


# Position of the migration → the lock for which it waits there.
MOMENTS = {
    "nothing is done": f"select pg_advisory_xact_lock({migrate.LOCK})",
    "all versions are copied": "lock table ledger.role_version in access share mode",
    "all facets are computed": "select from ledger.input where name = 'x' for update",
    "only the commit is left": "select from ledger_migration.applied where number = 0 for update",
}
WAITS = (
    "select pid from pg_stat_activity where datname = current_database() "
    "and wait_event_type = 'Lock' and pid <> pg_backend_pid()"
)
OTHERS = (
    "select count(*) from pg_stat_activity where datname = current_database() "
    "and backend_type = 'client backend' and pid <> pg_backend_pid()"
)


def migrating(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command("migrate"),
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


async def waits(connection: Connection, process: subprocess.Popen[bytes]) -> int:
    """Wait until the migration waits for a lock; return its server process."""
    for _ in range(6_000):
        pid = await connection.fetchval(WAITS)
        if pid is not None:
            return int(pid)
        if process.poll() is not None:
            break
        await asyncio.sleep(0.01)
    pytest.fail("it does not wait")


async def alone(url: str) -> Connection:
    """Connect to a database once everybody else has left it."""
    connection: Connection = await asyncpg.connect(url)
    for _ in range(3_000):
        if await connection.fetchval(OTHERS) == 0:
            return connection
        await asyncio.sleep(0.01)
    pytest.fail("somebody is still there")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["kill -9", "backend terminated"])
async def test_a_migration_that_is_killed_half_way_leaves_the_old_schema_whole(
    server: str, published: str, how: str
) -> None:
    url = await copy_of(server, published)
    watcher: Connection = await asyncpg.connect(url)
    versions = await old_versions(watcher)
    # A row that the facets' digest overwrites, so that there is one to wait for.
    await watcher.execute("insert into ledger.input (name, digest) values ('facets', 'x')")
    await watcher.execute(
        "insert into ledger_migration.applied (number, name, digest) values (0, 'views', 'x') "
        "on conflict (number) do nothing"
    )
    columns = await old_columns(watcher)
    others = await unchanged(watcher, columns)
    for moment, lock in MOMENTS.items():
        holder = await asyncpg.connect(url)
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute(lock.replace("'x'", "'facets'"))
        process = migrating(url)
        pid = await waits(watcher, process)
        if how == "kill -9":
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
        else:
            await watcher.execute("select pg_terminate_backend($1)", pid)
            _, complaint = process.communicate(timeout=60)
            assert process.returncode != 0
            assert b"Traceback" not in complaint
        await transaction.rollback()
        await holder.close()
        await watcher.close()
        watcher = await alone(url)
        assert await state(watcher) == BEFORE, moment
        assert await old_versions(watcher) == versions
        assert await unchanged(watcher, columns) == others

    assert await migrate.migrate(watcher) is True
    assert await state(watcher) >= AFTER
    assert await new_versions(watcher) == versions
    await watcher.close()


@pytest.mark.slow
async def test_a_migration_that_is_killed_at_any_moment_leaves_one_schema_whole(
    server: str, published: str
) -> None:
    """Including around its commit, when the new schema may already be there."""
    dice = random.Random(20_240_229)  # noqa: S311 the same moments each time
    url = await copy_of(server, published)
    watcher: Connection = await asyncpg.connect(url)
    versions = await old_versions(watcher)
    await watcher.close()
    begun = time.monotonic()
    spare = await copy_of(server, published)
    process = migrating(spare)
    process.communicate(timeout=120)
    assert process.returncode == 0, name_of(spare)
    lasts = time.monotonic() - begun
    for _ in range(12):
        process = migrating(url)
        await asyncio.sleep(dice.random() * lasts * 1.1)
        process.kill()
        process.communicate()
        watcher = await alone(url)
        found = await state(watcher)
        assert await (old_versions if found == BEFORE else new_versions)(watcher) == versions
        await watcher.close()
        if found != BEFORE:
            url = await copy_of(server, published)
