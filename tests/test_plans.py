"""How PostgreSQL reads a page: by which index, and whether it plans it for each request.

Plans are asserted, not times, over so many waves that reading all of them would cost too much.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from layoff_ledger.http.context import parse_query
from layoff_ledger.query.changes import ChangeListParameters, count_statement, list_changes
from layoff_ledger.query.lists import Plan, plan
from layoff_ledger.query.parse import read
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.wave import WaveListParameters
from layoff_ledger.statement import Connection, Statement
from layoff_ledger.store.pool import SESSION
from support.databases import execute, make_database

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

WAVE = RESOURCES["wave"]
COPIES = 1_000
_REPEAT = """
    insert into ledger.{0}
    select copy.*
    from ledger.{0} as facet
    cross join generate_series(1, {1}) as number
    cross join lateral jsonb_populate_record(facet, {2}) as copy
    -- What is published lies in no order.
    order by md5(copy.id)
"""
_CHANGES = """
    insert into ledger.change (revision, position, resource, id, change, digest)
    select 1, last.position + row_number() over (), 'wave', change.id || '-' || number, 'added', digest
    from (select max(position) as position from ledger.change where revision = 1) as last
    cross join ledger.change
    cross join generate_series(1, {0}) as number
    where change.revision = 1 and change.resource = 'wave'
"""
_ID = "'id', facet.id || '-' || number"
_DAY = "'announced_on', facet.announced_on - number"
_JOBS = "'headcount_low', facet.headcount_low + number, 'headcount_high', facet.headcount_high"


@pytest_asyncio.fixture(scope="module")
async def many_waves(server: str, fixture_template: str) -> str:
    """The facets of the made-up ledger over and over: each wave on many days."""
    url = await make_database(server, fixture_template)
    for table, values in (("wave_facet", f"{_ID}, {_DAY}, {_JOBS}"), ("wave_facet_wide", _ID)):
        await execute(url, _REPEAT.format(table, COPIES, f"jsonb_build_object({values})"))
        # As autovacuum does soon after so many new rows; it would not take for committed what is
        # not on disk, which the cluster of the tests writes later.
        await execute(url, "checkpoint")
        await execute(url, f"vacuum (analyze) ledger.{table}")
    await execute(url, _CHANGES.format(COPIES))
    await execute(url, "vacuum (analyze) ledger.change")
    return url


@pytest_asyncio.fixture
async def service(many_waves: str) -> AsyncIterator[Connection]:
    """A connection as the service has it."""
    connection = await asyncpg.connect(many_waves, server_settings=SESSION)
    yield connection
    await connection.close()


def planned(query: str, *, is_newest: bool = True) -> Plan:
    parameters = read(WaveListParameters, parse_query(query.encode()))
    return plan(WAVE, parameters, revision=1, is_newest=is_newest)


async def kinds_of_plans(connection: Connection, statement: Statement) -> tuple[int, int]:
    """Return how often a statement was planned for all, and how often for one request alone."""
    for _ in range(12):
        await connection.fetch(statement.text, *statement.arguments)
    row = await connection.fetchrow(
        "select generic_plans, custom_plans from pg_prepared_statements where statement = $1",
        statement.text,
    )
    assert row is not None
    return row["generic_plans"], row["custom_plans"]


@pytest.mark.parametrize(
    ("query", "alone"),
    [
        ("", 0),
        ("sort=id", 0),
        ("announced_lte=2023-06-30", 5),
        ("announced_gte=2020&sort=announced_on", 5),
    ],
)
async def test_a_page_of_its_own_order_is_planned_once(
    service: Connection, query: str, alone: int
) -> None:
    """With values, after the first five, which PostgreSQL plans one by one to compare."""
    statement = planned(query).page(after=None, limit=25)

    assert await kinds_of_plans(service, statement) == (12 - alone, alone)


@pytest.mark.parametrize(
    "query",
    ["driver=closure", "country=DE", "announced_lte=2023&sort=-headcount", "company=globex"],
)
async def test_a_page_that_depends_on_its_values_is_planned_by_them(
    service: Connection, query: str
) -> None:
    """A single plan would read a frequent driver like a rare one, or the other way round."""
    assert await kinds_of_plans(service, planned(query).page(after=None, limit=25)) == (0, 12)


def test_only_the_newest_revision_stands_in_the_statement() -> None:
    """Each text is a prepared statement, and there is no limit to past revisions."""
    texts = [planned("", is_newest=one).page(after=None, limit=25).text for one in (True, False)]

    assert ["first_revision <= 1 " in text for text in texts] == [True, False]


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for one in node.get("Plans", []):
        yield from nodes(one)


_IN_ORDER = "announced_on_id"
QUESTIONS = {
    "": _IN_ORDER,
    "announced_lte=2020": _IN_ORDER,
    "announced_gte=2000&announced_lte=2020": _IN_ORDER,
    "as_of=1": _IN_ORDER,
    "sort=id": "pkey",
    "sort=headcount": "coalesce_id",
    "sort=-headcount": "coalesce_id",
    # A value that many waves have is found soon in the requested order.
    "company=globex": _IN_ORDER,
    "driver=closure": _IN_ORDER,
    "driver=closure&country=DE": _IN_ORDER,
    "driver=closure&speaker=company": _IN_ORDER,
    "role=engineering": _IN_ORDER,
    "country=DE": _IN_ORDER,
    "form=layoff": _IN_ORDER,
    "status=announced": _IN_ORDER,
    "canonical=true": _IN_ORDER,
    "headcount_gte=100": _IN_ORDER,
    # What few have is looked up.
    "company=nobody": "company_announced_on_id",
    "driver=nothing": "drivers",
    "role=nobody": "roles",
    "country=ZW": "countries",
    "subdivision=ZW-HA": "subdivisions",
    "industry=nothing": "industry_announced_on_id",
    "company_country=ZW": "company_country_announced_on_id",
    "source=nothing": "sources",
}
"""A question → what the name of the index has by which its page is read."""


async def explain(connection: Connection, statement: Statement) -> list[dict[str, Any]]:
    text = f"explain (format json) {statement.text}"
    (row,) = await connection.fetch(text, *statement.arguments)
    return list(nodes(json.loads(row[0])[0]["Plan"]))


@pytest.mark.parametrize("query", QUESTIONS)
async def test_no_question_reads_every_wave(service: Connection, query: str) -> None:
    statement = planned(query, is_newest=False).page(after=None, limit=25)
    found = await explain(service, statement)

    assert "Seq Scan" not in {one["Node Type"] for one in found}
    indexes = [one["Index Name"] for one in found if "Index Name" in one]
    assert QUESTIONS[query] in indexes[0].replace("wave_facet_", "")


@pytest.mark.parametrize("query", ["", "driver=closure", "country=DE", "driver=closure&country=DE"])
async def test_who_walks_by_date_reads_no_row(service: Connection, query: str) -> None:
    """The index has what is needed: rows of a million waves are far apart."""
    found = await explain(service, planned(query).page(after=None, limit=25))

    assert [one["Node Type"] for one in found] == ["Limit", "Index Only Scan"]


COUNTED = {
    "driver=nothing": "drivers",
    "driver=closure&country=DE": "drivers",
    "driver=closure&country=DE&role=engineering&form=layoff": "drivers",
    "driver=closure&speaker=company": "driver_keys",
    "country=ZW&subdivision=ZW-HA": "drivers",
    "source=nothing": "sources",
    "company=nobody": "company_announced_on_id",
    "announced_gte=2023-06-01&announced_lte=2023-06-30": _IN_ORDER,
    "announced=2023-06": _IN_ORDER,
}
"""A question that PostgreSQL counts → what the name of the one index has that finds it."""


@pytest.mark.parametrize("query", COUNTED)
async def test_what_is_looked_up_is_counted_by_one_index(service: Connection, query: str) -> None:
    """Also several lists at once: sets of each of them would be nearly everything."""
    found = await explain(service, planned(query, is_newest=False).count())

    index, *others = [one["Index Name"] for one in found if "Index Name" in one]
    assert COUNTED[query] in index.replace("wave_facet_", "")
    # For what is in the wide table, the row is looked up.
    assert all(one.endswith("pkey") for one in others)


@pytest.mark.parametrize(
    "query", ["company=nobody", "driver=nothing", "company=nobody&driver=nothing"]
)
async def test_the_changes_of_few_records_are_looked_up(service: Connection, query: str) -> None:
    """An index can only compare ids of two collations if the comparison names the right one."""
    parameters = read(ChangeListParameters, parse_query(query.encode()))
    for statement in (
        list_changes(parameters, revision=1, after=None, limit=50),
        count_statement(parameters, revision=1),
    ):
        found = await explain(service, statement)
        assert "change_record" in {one.get("Index Name") for one in found}
        assert not [
            one
            for one in found
            if one.get("Relation Name") == "change" and "Seq" in one["Node Type"]
        ]


@pytest.mark.parametrize("newest_first", [False, True])
async def test_the_changes_of_many_records_are_read_in_order(
    service: Connection, *, newest_first: bool
) -> None:
    """A page of them is full long before all of their records are looked up."""
    parameters = ChangeListParameters(driver=["cost_control"])
    few, many = (
        list_changes(
            parameters,
            revision=1,
            after=None,
            limit=50,
            newest_first=newest_first,
            is_many=is_many,
        )
        for is_many in (False, True)
    )
    found = await explain(service, many)

    (read_changes,) = [one for one in found if one.get("Relation Name") == "change"]
    assert read_changes["Index Name"] == "change_pkey"
    assert not {"Sort", "Incremental Sort"} & {one["Node Type"] for one in found}
    assert await service.fetch(many.text, *many.arguments) == await service.fetch(
        few.text, *few.arguments
    )


async def test_a_wave_that_has_everything_fits_its_indexes(many_waves: str) -> None:
    """An entry of an index has a limit; this wave has each country and more drivers than exist."""
    await execute(
        many_waves,
        """
        insert into ledger.wave_facet
        select (jsonb_populate_record(facet, jsonb_build_object(
            'id', repeat('everything-', 10),
            'countries', (select jsonb_agg(code) from ledger.country),
            'drivers', (select jsonb_agg(md5(number::text)) from generate_series(1, 40) as number)
        ))).*
        from ledger.wave_facet as facet
        limit 1
        """,
    )
