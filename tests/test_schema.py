"""The database: its constraints hold, its comments are complete, its reader can only read."""

from __future__ import annotations

import asyncpg
import pytest

from conftest import address, make_database
from layoff_ledger import files
from layoff_ledger.curation import load, migrate
from layoff_ledger.curation.load import Connection

WAVE = """
insert into ledger.collection (id, name, description, license, origin) values ('c', 'c', '', '', '');
insert into ledger.company (id, name, collection, digest) values ('acme', 'Acme', 'c', '');
insert into ledger.source (id, title, publisher, kind, standing, language, collection, digest)
values ('s', 't', 'p', 'news', 'primary', 'en', 'c', '');
insert into ledger.wave (id, collection, company, digest) values ('acme-2023-01', 'c', 'acme', '');
insert into ledger.claim (wave, number, kind, speaker, rank)
values ('acme-2023-01', 1, 'magnitude', 'press', 'preferred'),
    ('acme-2023-01', 2, 'magnitude', 'press', 'preferred'),
    ('acme-2023-01', 3, 'event', 'press', 'normal'),
    ('acme-2023-01', 4, 'role', 'press', 'normal'),
    ('acme-2023-01', 5, 'driver', 'press', 'normal');
insert into ledger.driver (code, label, "group", definition, digest)
values ('costs', 'Costs', 'financial', 'x', '');
insert into ledger.role (code, label, axis, definition, digest)
values ('sales', 'Sales', 'function', 'x', '');
"""
MAGNITUDE = (
    "insert into ledger.magnitude (wave, claim, rank, measure, low, high, qualifier, base) "
    "values ('acme-2023-01', {claim}, '{rank}', '{measure}', {low}, {high}, '{qualifier}', {base})"
)


def magnitude(
    claim: int = 1,
    rank: str = "preferred",
    measure: str = "headcount",
    low: str = "10",
    high: str = "10",
    qualifier: str = "exact",
    base: str = "null",
) -> str:
    return MAGNITUDE.format(
        claim=claim,
        rank=rank,
        measure=measure,
        low=low,
        high=high,
        qualifier=qualifier,
        base=base,
    )


WORDS = "one two three four five six seven eight nine ten eleven twelve"


@pytest.mark.parametrize(
    "statement",
    [
        magnitude(low="11"),
        magnitude(low="0", high="0"),
        magnitude(low="-1", qualifier="at_least", high="null"),
        magnitude(measure="share", low="1.2", high="1.2"),
        magnitude(low="1.5", high="1.5"),
        magnitude(base="'staff'"),
        magnitude(qualifier="at_least"),
        magnitude(qualifier="up_to"),
        magnitude(qualifier="range", high="null"),
        magnitude(low="null", high="null"),
        magnitude(rank="normal"),
        magnitude(claim=3),
        magnitude() + ";" + magnitude(claim=2),
        "insert into ledger.citation (wave, n, source, fragment, evidence) "
        f"values ('acme-2023-01', 1, 's', '{WORDS} thirteen', 'excerpt_read')",
        "insert into ledger.citation (wave, n, source, evidence) "
        "values ('acme-2023-01', 1, 'nobody', 'excerpt_read')",
        "insert into ledger.citation (wave, n, source, evidence) "
        "values ('acme-2023-01', 1, 's', 'memory')",
        "insert into ledger.citation (wave, n, source, evidence) "
        "values ('acme-2023-01', 1, 's', 'filing'), ('acme-2023-01', 2, 's', 'filing')",
        'insert into ledger.event (wave, claim, "on", precision, status) '
        "values ('acme-2023-01', 3, '1969-12-31', 'day', 'announced')",
        'insert into ledger.event (wave, claim, "on", precision, status) '
        "values ('acme-2023-01', 3, '2023-01-01', 'week', 'announced')",
        'insert into ledger.event (wave, claim, "on", precision, status) '
        "values ('acme-2023-01', 1, '2023-01-01', 'day', 'announced')",
        "insert into ledger.role_claim (wave, claim, role, effect, headcount) "
        "values ('acme-2023-01', 4, 'sales', 'cut', 0)",
        "insert into ledger.role_claim (wave, claim, role, effect, wording) "
        f"values ('acme-2023-01', 4, 'sales', 'cut', '{WORDS} thirteen')",
        "insert into ledger.driver_claim (wave, claim, driver, weight, stance, statement) "
        "values ('acme-2023-01', 5, 'costs', 'primary', 'denies', 'x')",
        "insert into ledger.driver_claim (wave, claim, driver, weight, stance, statement) "
        "values ('acme-2023-01', 5, 'weather', 'primary', 'states', 'x')",
        "insert into ledger.relation (wave, position, relation, other) "
        "values ('acme-2023-01', 1, 'follows', 'acme-2023-01')",
        "insert into ledger.relation (wave, position, relation, other) "
        "values ('acme-2023-01', 1, 'follows', 'acme-2022-01'); set constraints all immediate",
        "insert into ledger.company_identifier (company, scheme, value) "
        "values ('acme', 'cik', '42')",
        "insert into ledger.company (id, name, collection, digest) values ('Acme!', 'x', 'c', '')",
        "update ledger.company set parent = 'acme' where id = 'acme'",
        "update ledger.company set country = 'XX' where id = 'acme'",
        "update ledger.source set url = 'ftp://example.org' where id = 's'",
        "update ledger.source set title = null where id = 's'",
        "update ledger.source set standing = 'republication' where id = 's'",
        "update ledger.source set published_on = '2023-01-01' where id = 's'",
        "delete from ledger.source where id = 's'; "
        "insert into ledger.wave (id, collection, company, digest) values ('b', 'c', 'nobody', '')",
    ],
)
async def test_the_database_refuses_what_cannot_be(scratch: Connection, statement: str) -> None:
    await scratch.execute(WAVE)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await scratch.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        magnitude(),
        magnitude(qualifier="at_least", high="null"),
        magnitude(qualifier="up_to", low="null"),
        magnitude(measure="share", low="0.13", high="0.15", qualifier="range", base="'staff'"),
        "insert into ledger.citation (wave, n, source, fragment, evidence) "
        f"values ('acme-2023-01', 1, 's', '{WORDS}', 'excerpt_read')",
    ],
)
async def test_the_database_takes_what_can_be(scratch: Connection, statement: str) -> None:
    await scratch.execute(WAVE)

    await scratch.execute(statement)


async def test_every_table_view_and_column_has_a_comment(scratch: Connection) -> None:
    bare = await scratch.fetch(
        """
        select format('%s.%s.%s', nspname, relname, attname) as name
        from pg_class
        inner join pg_namespace on pg_namespace.oid = relnamespace
        left join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
        where
            nspname in ('ledger', 'api', 'ledger_migration')
            and relkind in ('r', 'v')
            and (
                col_description(pg_class.oid, attnum) is null
                or obj_description(pg_class.oid) is null
            )
        """
    )

    assert [row["name"] for row in bare] == []


async def test_the_reader_reads_every_view(reader: Connection) -> None:
    for name in files.statements("views"):
        await reader.fetch(f"select * from api.{name} limit 1")


@pytest.mark.parametrize(
    "statement",
    [
        "select * from ledger.wave",
        "select * from ledger_migration.applied",
        "insert into ledger.industry values ('99', 'x')",
        "update api.wave_version set body = ''",
        "delete from api.revision",
        "create table api.mine (x int)",
        "create table public.mine (x int)",
        "create schema mine",
        "drop view api.wave",
        "truncate ledger.wave cascade",
        "select pg_read_file('/etc/passwd')",
    ],
)
async def test_the_reader_can_do_nothing_else(reader: Connection, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reader.execute(statement)


async def test_every_statement_prepares(scratch: Connection) -> None:
    for folder in ("queries", "checks"):
        for name, text in files.statements(folder).items():
            try:
                await scratch.prepare(text)
            except asyncpg.PostgresError as error:
                pytest.fail(f"{folder}/{name}.sql: {error}")


def test_every_sql_file_begins_with_its_reason() -> None:
    for folder in ("migrations", "views", "queries", "checks"):
        for name, text in files.statements(folder).items():
            assert text.startswith("-- "), f"{folder}/{name}.sql"


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(name[:4]) for name in files.statements("migrations")]

    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_second_migration_changes_nothing(scratch: Connection) -> None:
    assert await migrate.migrate(scratch) is False


async def test_an_edited_migration_is_refused(empty: Connection) -> None:
    await empty.execute("update ledger_migration.applied set digest = 'x' where number = 1")

    with pytest.raises(migrate.MigrationError, match="was edited after it was applied"):
        await migrate.migrate(empty)


async def test_a_newer_database_is_refused(empty: Connection) -> None:
    await empty.execute(
        "insert into ledger_migration.applied (number, name, digest) values (9999, 'x', '')"
    )

    with pytest.raises(migrate.MigrationError, match="install a newer layoff-ledger"):
        await migrate.migrate(empty)


async def test_views_are_rebuilt_when_their_files_differ(empty: Connection) -> None:
    await empty.execute("drop view api.country")
    await empty.execute("update ledger_migration.applied set digest = 'x' where number = 0")

    assert await migrate.migrate(empty) is True
    assert await empty.fetch("select * from api.country") == []


async def test_two_migrations_at_once_wait_for_each_other(server: str) -> None:
    url = await make_database(server)
    one, other = await asyncpg.connect(url), await asyncpg.connect(url)
    transaction = one.transaction()
    await transaction.start()
    await one.execute("select pg_advisory_xact_lock($1)", migrate.LOCK)
    await other.execute("set lock_timeout = '100ms'")

    with pytest.raises(asyncpg.LockNotAvailableError):
        await migrate.migrate(other)

    await transaction.rollback()
    assert await migrate.migrate(other) is True
    await one.close()
    await other.close()


async def test_what_is_loaded_names_every_column(scratch: Connection) -> None:
    """A column that loading forgot would stay null without a word."""
    for table, columns in load.COLUMNS.items():
        rows = await scratch.fetch(
            "select attname from pg_attribute "
            "where attrelid = $1::text::regclass and attnum > 0 and attgenerated = ''",
            f"ledger.{table}",
        )

        assert {row["attname"] for row in rows} == set(columns), table


def test_an_address_names_a_database_of_the_same_server() -> None:
    assert address("postgresql://p:@/postgres?host=/x", "y") == "postgresql://p:@/y?host=/x"
