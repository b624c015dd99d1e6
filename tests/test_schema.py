"""The database: its constraints hold, its comments are complete, its reader can only read."""

from __future__ import annotations

import asyncpg
import pytest

from layoff_ledger import paths
from layoff_ledger.curation import facets, load, migrate
from layoff_ledger.statement import Connection
from support.databases import address, make_database

pytestmark = pytest.mark.postgres

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


def claim(kind: str) -> str:
    return (
        "insert into ledger.claim (wave, number, kind, speaker, rank) "
        f"values ('acme-2023-01', 6, '{kind}', 'press', 'normal');"
    )


def driver_claim(weight: str = "primary", stance: str = "states", statement: str = "x") -> str:
    return (
        "insert into ledger.driver_claim (wave, claim, driver, weight, stance, statement) "
        f"values ('acme-2023-01', 5, 'costs', '{weight}', '{stance}', '{statement}')"
    )


INDICATOR = """
insert into ledger.indicator (id, company, metric, kind, unit, definition, collection, digest)
values ('i', 'acme', 'revenue', 'outcome', 'USD', 'x', 'c', '');
insert into ledger.indicator_value
    (indicator, position, period_end, period_end_precision, low, high, qualifier, rank)
values ('i', 1, '2023-12-31', 'day', 7, 7, 'exact', 'preferred');
"""

# Constraint → what it refuses.
NOTICE = (
    "insert into ledger.notice "
    "(id, collection, jurisdiction, employer, kind, status, amended, key, digest) values "
    "('us-tx-aaaaaa', 'c', 'US-TX', 'Acme', 'closure', 'filed', false, 'aaaaaa', ''); "
)
RELATED = (
    "insert into ledger.notice_relation (notice, position, relation, other, method, score) "
    "values ('us-tx-aaaaaa', 1, '{relation}', '{other}', 'declared', {score})"
)

REFUSED: list[tuple[str, str]] = [
    ("magnitude_check", magnitude(low="11")),
    ("magnitude_high_check", magnitude(low="0", high="0")),
    ("magnitude_low_check", magnitude(low="-1", qualifier="at_least", high="null")),
    ("magnitude_check1", magnitude(measure="share", low="1.2", high="1.2")),
    ("magnitude_check2", magnitude(low="1.5", high="1.5")),
    ("magnitude_increment_is_jobs", magnitude() + "; update ledger.magnitude set increment = 0"),
    ("magnitude_increment_is_a_part", magnitude() + "; update ledger.magnitude set increment = 11"),
    ("magnitude_includes_a_wave_once", magnitude() + "; insert into ledger.magnitude_inclusion (wave, claim, position, included) values ('acme-2023-01', 1, 1, 'x'), ('acme-2023-01', 1, 2, 'x')"),
    ("magnitude_includes_other_waves", magnitude() + "; insert into ledger.magnitude_inclusion (wave, claim, position, included) values ('acme-2023-01', 1, 1, 'acme-2023-01')"),
    ("magnitude_check4", magnitude(qualifier="at_least")),
    ("magnitude_check4", magnitude(qualifier="up_to")),
    ("magnitude_check4", magnitude(qualifier="range", high="null")),
    ("magnitude_check4", magnitude(low="null", high="null")),
    ("magnitude_wave_claim_kind_rank_fkey", magnitude(rank="normal")),
    ("magnitude_wave_claim_kind_rank_fkey", magnitude(claim=3)),
    ("magnitude_preferred", magnitude() + ";" + magnitude(claim=2)),
    ("citation_fragment_check", "insert into ledger.citation (wave, n, source, fragment, evidence) "
        f"values ('acme-2023-01', 1, 's', '{WORDS} thirteen', 'excerpt_read')"),
    ("citation_source_fkey", "insert into ledger.citation (wave, n, source, evidence) "
        "values ('acme-2023-01', 1, 'nobody', 'excerpt_read')"),
    ("citation_evidence_check", "insert into ledger.citation (wave, n, source, evidence) "
        "values ('acme-2023-01', 1, 's', 'memory')"),
    ("citation_wave_source_locator_fragment_evidence_key", "insert into ledger.citation (wave, n, source, evidence) "
        "values ('acme-2023-01', 1, 's', 'filing'), ('acme-2023-01', 2, 's', 'filing')"),
    ("event_on_check", 'insert into ledger.event (wave, claim, "on", precision, status) '
        "values ('acme-2023-01', 3, '1969-12-31', 'day', 'announced')"),
    ("date_precision_check", 'insert into ledger.event (wave, claim, "on", precision, status) '
        "values ('acme-2023-01', 3, '2023-01-01', 'week', 'announced')"),
    ("event_wave_claim_kind_fkey", 'insert into ledger.event (wave, claim, "on", precision, status) '
        "values ('acme-2023-01', 1, '2023-01-01', 'day', 'announced')"),
    ("role_claim_headcount_check", "insert into ledger.role_claim (wave, claim, role, effect, headcount) "
        "values ('acme-2023-01', 4, 'sales', 'cut', 0)"),
    ("role_claim_wording_check", "insert into ledger.role_claim (wave, claim, role, effect, wording) "
        f"values ('acme-2023-01', 4, 'sales', 'cut', '{WORDS} thirteen')"),
    ("driver_claim_check", "insert into ledger.driver_claim (wave, claim, driver, weight, stance, statement) "
        "values ('acme-2023-01', 5, 'costs', 'primary', 'denies', 'x')"),
    ("driver_claim_driver_fkey", "insert into ledger.driver_claim (wave, claim, driver, weight, stance, statement) "
        "values ('acme-2023-01', 5, 'weather', 'primary', 'states', 'x')"),
    ("relation_check", "insert into ledger.relation (wave, position, relation, other) "
        "values ('acme-2023-01', 1, 'follows', 'acme-2023-01')"),
    ("relation_other_fkey", "insert into ledger.relation (wave, position, relation, other) "
        "values ('acme-2023-01', 1, 'follows', 'acme-2022-01'); set constraints all immediate"),
    ("company_identifier_check", "insert into ledger.company_identifier (company, scheme, value) "
        "values ('acme', 'cik', '42')"),
    ("slug_check", "insert into ledger.company (id, name, collection, digest) values ('Acme!', 'x', 'c', '')"),
    ("company_check", "update ledger.company set parent = 'acme' where id = 'acme'"),
    ("company_country_fkey", "update ledger.company set country = 'XX' where id = 'acme'"),
    ("address_check", "update ledger.source set url = 'ftp://example.org' where id = 's'"),
    ("source_check", "update ledger.source set title = null where id = 's'"),
    ("source_check1", "update ledger.source set standing = 'republication' where id = 's'"),
    ("source_check2", "update ledger.source set published_on = '2023-01-01' where id = 's'"),
    ("wave_company_fkey", "delete from ledger.source where id = 's'; "
        "insert into ledger.wave (id, collection, company, digest) values ('b', 'c', 'nobody', '')"),
    ("claim_kind_check", "update ledger.claim set kind = 'rumour' where number = 1"),
    ("claim_rank_check", "update ledger.claim set rank = 'best' where number = 1"),
    ("claim_speaker_check", "update ledger.claim set speaker = 'ceo' where number = 1"),
    ("code_check", "insert into ledger.driver (code, label, \"group\", definition, digest) values ('a-b', 'x', 'x', 'x', '')"),
    ("driver_label_check", "update ledger.driver set label = ''"),
    ("driver_definition_check", "update ledger.driver set definition = ''"),
    ("driver_crosswalk_code_check", "insert into ledger.driver_crosswalk (driver, scheme, position, code) values ('costs', 'erm', 1, '')"),
    ("role_label_check", "update ledger.role set label = ''"),
    ("role_definition_check", "update ledger.role set definition = ''"),
    ("role_axis_check", "update ledger.role set axis = 'place'"),
    ("role_crosswalk_code_check", "insert into ledger.role_crosswalk (role, scheme, position, code) values ('sales', 'soc_2018', 1, '')"),
    ("role_synonym_name_check", "insert into ledger.role_synonym (role, position, name) values ('sales', 1, '')"),
    ("role_claim_effect_check", "insert into ledger.role_claim (wave, claim, role, effect) values ('acme-2023-01', 4, 'sales', 'kept')"),
    ("driver_claim_stance_check", driver_claim(stance="says")),
    ("driver_claim_weight_check", driver_claim(weight="main")),
    ("driver_claim_statement_check", driver_claim(statement="")),
    ("company_id_is_not_reserved", "insert into ledger.company (id, name, collection, digest) values ('autocomplete', 'x', 'c', '')"),
    ("company_name_check", "update ledger.company set name = ''"),
    ("company_name_name_check", "insert into ledger.company_name (company, kind, position, name) values ('acme', 'alias', 1, '')"),
    ("company_name_kind_check", "insert into ledger.company_name (company, kind, position, name) values ('acme', 'nick', 1, 'A')"),
    ("company_name_company_kind_name_key", "insert into ledger.company_name (company, kind, position, name) values ('acme', 'alias', 1, 'A'), ('acme', 'alias', 2, 'A')"),
    ("company_identifier_scheme_value_key", "insert into ledger.company (id, name, collection, digest) values ('b', 'B', 'c', ''); insert into ledger.company_identifier (company, scheme, value) values ('acme', 'cik', '0000000042'), ('b', 'cik', '0000000042'); set constraints all immediate"),
    ("source_url_key", "update ledger.source set url = 'https://example.org'; insert into ledger.source (id, url, publisher, kind, standing, language, collection, digest) values ('t', 'https://example.org', 'p', 'news', 'primary', 'en', 'c', ''); set constraints all immediate"),
    ("source_check3", "update ledger.source set retrieved_on = '2023-01-01'"),
    ("source_language_check", "update ledger.source set language = 'English'"),
    ("source_publisher_check", "update ledger.source set publisher = ''"),
    ("source_standing_check", "update ledger.source set standing = 'good'"),
    ("relation_relation_check", "insert into ledger.relation (wave, position, relation, other) values ('acme-2023-01', 1, 'like', 'acme-2023-02')"),
    ("relation_wave_relation_other_key", "insert into ledger.relation (wave, position, relation, other) values ('acme-2023-01', 1, 'follows', 'x'), ('acme-2023-01', 2, 'follows', 'x')"),
    ("magnitude_check5", magnitude() + "; update ledger.magnitude set stated_on = '2023-01-01'"),
    ("magnitude_counts_check", magnitude() + "; update ledger.magnitude set counts = 'half'"),
    ("magnitude_measure_check", magnitude(measure="salaries")),
    ("magnitude_qualifier_check", magnitude(qualifier="about")),
    ("context_statement_check", claim("context") + "insert into ledger.context (wave, claim, aspect, statement) values ('acme-2023-01', 6, 'market', '')"),
    ("form_wave_form_key", claim("form") + "insert into ledger.form (wave, claim, position, form) values ('acme-2023-01', 6, 1, 'layoff'), ('acme-2023-01', 6, 2, 'layoff')"),
    ("scope_country_wave_country_key", claim("scope") + "insert into ledger.country (code, name) values ('DE', 'Germany'); insert into ledger.scope (wave, claim, worldwide, units) values ('acme-2023-01', 6, false, '{}'); insert into ledger.scope_country (wave, position, country) values ('acme-2023-01', 1, 'DE'), ('acme-2023-01', 2, 'DE')"),
    ("indicator_check", INDICATOR + "update ledger.indicator set unit = 'people'"),
    ("indicator_definition_check", INDICATOR + "update ledger.indicator set definition = ''"),
    ("indicator_kind_check", INDICATOR + "update ledger.indicator set kind = 'wish'"),
    ("indicator_metric_check", INDICATOR + "update ledger.indicator set metric = 'mood'"),
    ("indicator_unit_check", INDICATOR + "update ledger.indicator set unit = 'EUR'"),
    ("indicator_company_metric_kind_definition_key", INDICATOR + INDICATOR.replace("'i'", "'j'") + "set constraints all immediate"),
    ("indicator_value_check", INDICATOR + "update ledger.indicator_value set low = null, high = null"),
    ("indicator_value_check1", INDICATOR + "update ledger.indicator_value set low = 9, high = 8"),
    ("indicator_value_check2", INDICATOR + "update ledger.indicator_value set period_start = '2024-01-01', period_start_precision = 'day'"),
    ("indicator_value_check3", INDICATOR + "update ledger.indicator_value set period_start = '2022-01-01'"),
    ("indicator_value_check4", INDICATOR + "update ledger.indicator_value set stated_on = '2023-01-01'"),
    ("indicator_value_low_check", INDICATOR + "update ledger.indicator_value set low = 0"),
    ("indicator_value_high_check", INDICATOR + "update ledger.indicator_value set low = null, high = 0"),
    ("indicator_value_qualifier_check", INDICATOR + "update ledger.indicator_value set qualifier = 'about'"),
    ("indicator_value_rank_check", INDICATOR + "update ledger.indicator_value set rank = 'best'"),
    ("indicator_citation_evidence_check", INDICATOR + "insert into ledger.indicator_citation (indicator, value, position, source, evidence) values ('i', 1, 1, 's', 'memory')"),
    ("indicator_citation_fragment_check", INDICATOR + f"insert into ledger.indicator_citation (indicator, value, position, source, fragment, evidence) values ('i', 1, 1, 's', '{WORDS} thirteen', 'filing')"),
    ("notice_id_check", NOTICE + "update ledger.notice set id = 'TX 1'"),
    ("notice_jurisdiction_check", NOTICE + "update ledger.notice set jurisdiction = 'Texas'"),
    ("notice_employer_check", NOTICE + "update ledger.notice set employer = ''"),
    ("notice_kind_check", NOTICE + "update ledger.notice set kind = 'strike'"),
    ("notice_status_check", NOTICE + "update ledger.notice set status = 'lost'"),
    ("notice_jobs_are_positive", NOTICE + "update ledger.notice set jobs_low = 0"),
    ("notice_jobs_are_in_order", NOTICE + "update ledger.notice set jobs_low = 9, jobs_high = 8"),
    ("notice_effect_is_in_order", NOTICE + "update ledger.notice set effective_from = '2024-02-01', effective_to = '2024-01-01'"),
    ("notice_was_seen_in_order", NOTICE + "update ledger.notice set first_seen_on = '2024-02-01', last_seen_on = '2024-01-01'"),
    ("notice_relation_relation_check", NOTICE + RELATED.format(relation="follows", other="us-tx-aaaaab", score=1)),
    ("notice_relation_score_check", NOTICE + RELATED.format(relation="amends", other="us-tx-aaaaab", score=2)),
    ("notice_is_related_to_others", NOTICE + RELATED.format(relation="amends", other="us-tx-aaaaaa", score=1)),
    ("notice_company_score_check", NOTICE + "insert into ledger.notice_company (notice, company, method, score) values ('us-tx-aaaaaa', 'acme', 'name', 2)"),
    ("notice_wave_score_check", NOTICE + "insert into ledger.notice_wave (notice, wave, method, score) values ('us-tx-aaaaaa', 'acme-2023-01', 'name', -1)"),
]  # fmt: skip


@pytest.mark.parametrize(("constraint", "statement"), REFUSED)
async def test_a_constraint_refuses_what_cannot_be(
    scratch: Connection, constraint: str, statement: str
) -> None:
    await scratch.execute(WAVE)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await scratch.execute(statement)

    assert refused.value.constraint_name == constraint


async def test_every_constraint_of_a_fact_has_something_that_it_refuses(
    scratch: Connection,
) -> None:
    rows = await scratch.fetch(
        "select conname from pg_constraint where contype in ('c', 'u') "
        "and (contypid <> 0 or conrelid = any ($1::text[]::regclass[])) "
        "and connamespace = 'ledger'::regnamespace",
        [f"ledger.{table}" for table in load.COLUMNS],
    )

    # These make what another table's foreign key refers to.
    keys = {"claim_wave_number_kind_key", "claim_wave_number_kind_rank_key"}
    assert {row["conname"] for row in rows} - keys <= {constraint for constraint, _ in REFUSED}


SPAN = (
    "insert into ledger.document (resource, id, first_revision, last_revision, digest, body) "
    "values ('{resource}', '{id_}', {first}, {last}, '', '');"
)
OPEN = 2_147_483_647


def span(first: int, last: int = OPEN, *, resource: str = "wave", id_: str = "acme-2023-01") -> str:
    """Write a version of a record that holds from one revision to another."""
    return SPAN.format(resource=resource, id_=id_, first=first, last=last)


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        ("document_versions_do_not_overlap", span(1) + span(2)),
        ("document_versions_do_not_overlap", span(1, 2) + span(2)),
        ("document_versions_do_not_overlap", span(1, 3) + span(2, 2)),
        ("document_versions_do_not_overlap", span(2) + span(1, OPEN - 1)),
        ("document_pkey", span(1, 1) + span(1, 1)),
        ("document_ends_after_it_begins", span(2, 1)),
        ("document_first_revision_fkey", span(4)),
    ],
)
async def test_versions_of_a_record_follow_each_other(
    scratch: Connection, constraint: str, statement: str
) -> None:
    await scratch.execute("insert into ledger.revision (number) values (1), (2), (3)")

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await scratch.execute(f"{statement} set constraints all immediate")

    assert refused.value.constraint_name == constraint


@pytest.mark.parametrize(
    "statement",
    [
        span(1, 1) + span(2, 2) + span(3),
        span(1, 1) + span(3),
        span(1) + span(1, id_="acme-2023-02") + span(1, resource="company"),
        # A publication ends the old version after it knows the new one, or before.
        span(1)
        + span(2)
        + "update ledger.document set last_revision = 1 where first_revision = 1;",
    ],
)
async def test_versions_of_one_record_or_of_several_may_be_told_apart(
    scratch: Connection, statement: str
) -> None:
    await scratch.execute("insert into ledger.revision (number) values (1), (2), (3)")

    await scratch.execute(f"{statement} set constraints all immediate")


@pytest.mark.parametrize(
    "statement",
    [
        magnitude(),
        magnitude(qualifier="at_least", high="null"),
        magnitude(qualifier="up_to", low="null"),
        magnitude(measure="share", low="0.13", high="0.15", qualifier="range", base="'staff'"),
        magnitude(base="'Germany'") + "; update ledger.magnitude set increment = 10",
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


async def test_what_is_joined_by_id_is_of_one_collation(scratch: Connection) -> None:
    """Otherwise no index could be used: a list by relevance would compare all entries with each."""
    joined = ["document", "search_version", *facets.views().keys() - {"part"}]

    rows = await scratch.fetch(
        "select relname || '.' || attname as name, collname from pg_attribute "
        "inner join pg_class on pg_class.oid = attrelid "
        "inner join pg_collation on pg_collation.oid = attcollation "
        "where relnamespace = 'ledger'::regnamespace and attname in ('resource', 'id') "
        "and relname = any($1::text[])",
        joined,
    )

    assert {row["collname"] for row in rows} == {"C"}, rows
    assert len(rows) == len(joined) + 2


async def test_the_reader_reads_every_view(reader: Connection) -> None:
    for name in (*paths.statements("views"), *facets.views()):
        await reader.fetch(f"select * from api.{name} limit 1")


@pytest.mark.parametrize(
    "statement",
    [
        "select * from ledger.wave",
        "select * from ledger_migration.applied",
        "insert into ledger.industry values ('99', 'x')",
        "update ledger.document set body = ''",
        "update api.revision set note = ''",
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
        for name, text in paths.statements(folder).items():
            try:
                await scratch.prepare(text)
            except asyncpg.PostgresError as error:
                pytest.fail(f"{folder}/{name}.sql: {error}")


def test_every_sql_file_begins_with_its_reason() -> None:
    for folder in ("migrations", "views", "queries", "checks"):
        for name, text in paths.statements(folder).items():
            assert text.startswith("-- "), f"{folder}/{name}.sql"


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(name[:4]) for name in paths.statements("migrations")]

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
    await empty.execute("drop view api.word")
    await empty.execute("update ledger_migration.applied set digest = 'x' where number = 0")

    assert await migrate.migrate(empty) is True
    assert await empty.fetch("select * from api.word") == []


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
    """A column that loading forgot would silently stay null."""
    for table, columns in load.COLUMNS.items():
        rows = await scratch.fetch(
            "select attname from pg_attribute "
            "where attrelid = $1::text::regclass and attnum > 0 and attgenerated = ''",
            f"ledger.{table}",
        )

        assert {row["attname"] for row in rows} == set(columns), table


def test_an_address_names_a_database_of_the_same_server() -> None:
    assert address("postgresql://p:@/postgres?host=/x", "y") == "postgresql://p:@/y?host=/x"
