"""Facets: lists filter by what today's code computes from documents, in SQL and Python alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from layoff_ledger.curation import facets, migrate
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.claims import affirmed, cut_roles
from layoff_ledger.statement import Connection
from support.databases import publish_files
from support.revisions import edit, retire

pytestmark = [pytest.mark.postgres, pytest.mark.thorough]

WAVE = RESOURCES["wave"]


@pytest_asyncio.fixture
async def twice(published: Connection, data: Path) -> AsyncIterator[Connection]:
    """Two revisions, so that there are versions that no longer hold."""
    edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
    (data / "waves" / "umbrella-2023-04.toml").unlink()
    retire(data, "wave", "umbrella-2023-04")
    await publish_files(published, data)
    yield published


async def rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return all facets, read as the service reads them."""
    found = {}
    for name, resource in RESOURCES.items():
        query = f"select * from {resource.facet_view} order by id, first_revision"
        found[name] = [tuple(one) for one in await connection.fetch(query)]
    return found


def plain(resource: Resource, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return rows with JSON decoded: PostgreSQL puts spaces of its own into it."""
    names = facets.column_names(resource)
    written = {names.index(one.name) for one in resource.facets if one.type.startswith("jsonb")}
    return [
        tuple(json.loads(value) if place in written else value for place, value in enumerate(one))
        for one in found
    ]


async def test_facets_are_what_the_code_computes_of_each_version(twice: Connection) -> None:
    found = await rows(twice)

    for name, resource in RESOURCES.items():
        decode = resource.decoder()
        versions = await twice.fetch(
            "select id, first_revision, last_revision, body from ledger.document "
            "where resource = $1 order by id, first_revision",
            name,
        )
        computed = [
            facets.row(
                resource,
                one["id"],
                one["first_revision"],
                one["last_revision"],
                decode(f'{{"{resource.key}":"{one["id"]}",{one["body"]}'),
            )
            for one in versions
        ]
        assert plain(resource, found[name]) == plain(resource, computed)


async def test_facets_of_other_code_are_computed_anew(
    twice: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those of versions that no longer hold; nothing else is written."""
    monkeypatch.setattr(facets, "BATCH", 3)
    before = await rows(twice)
    untouched = "select md5(string_agg(one::text, ' ' order by one::text)) from ledger.{} as one"
    tables = ("document", "change", "revision", "search_version")
    others = [await twice.fetchval(untouched.format(table)) for table in tables]
    # As if an older version of the code had computed other values, and left one out.
    await twice.execute(
        "update ledger.wave_facet set status = 'rumoured', drivers = '{stale}', "
        "headcount_low = 1 where first_revision = 1; "
        "update ledger.wave_facet_wide set driver_keys = '{stale}'; "
        "delete from ledger.company_facet where id = 'globex'; "
        "insert into ledger.role_facet select 'nobody', first_revision, last_revision, label, "
        "axis, waves from ledger.role_facet limit 1; "
        "update ledger.input set digest = 'of other code' where name = 'facets'"
    )
    assert await rows(twice) != before

    assert await migrate.migrate(twice) is True
    assert await rows(twice) == before
    assert await migrate.migrate(twice) is False
    assert [await twice.fetchval(untouched.format(table)) for table in tables] == others


async def test_what_is_wide_is_read_only_where_it_is_asked_for(twice: Connection) -> None:
    """Neither by lists nor by statistics: their rows stay narrow."""

    async def plan(query: str) -> str:
        rows_ = await twice.fetch(f"explain {query}")
        return "\n".join(row[0] for row in rows_)

    asked = "select count(*), max(headcount_low) from api.wave_facet where drivers && '{closure}'"
    assert "_wide" not in await plan(asked)
    assert "_wide" in await plan(f"{asked} and driver_keys && '{{closure|*|denies|*}}'")


async def test_facets_of_this_code_are_left_alone(twice: Connection) -> None:
    await twice.execute("update ledger.wave_facet set status = 'rumoured'")

    assert await migrate.migrate(twice) is False
    assert await twice.fetchval("select count(distinct status) from ledger.wave_facet") == 1


async def test_facets_made_anew_have_their_indexes_and_their_readers(twice: Connection) -> None:
    """However often: the names that PostgreSQL gives to indexes are no obstacle."""
    query = (
        "select tablename, replace(indexdef, '_new', '') as definition from pg_indexes "
        "where schemaname = 'ledger' and tablename ~ '_facet' order by 1, indexdef"
    )

    def columns_of(found: list[asyncpg.Record]) -> Counter[tuple[str, str]]:
        return Counter((one["tablename"], one["definition"].partition(" ON ")[2]) for one in found)

    before = columns_of(await twice.fetch(query))
    # One that other code than this had goes with its table.
    await twice.execute("create index on ledger.wave_facet using gin (roles)")
    for _ in range(3):
        await twice.execute("update ledger.input set digest = 'x' where name = 'facets'")
        await migrate.migrate(twice)
    assert columns_of(await twice.fetch(query)) == before
    assert (
        await twice.fetchval(
            "select count(*) from pg_class where relname ~ 'facet.*_new$' and relkind = 'r'"
        )
        == 0
    )
    await twice.execute("set role ledger_reader")
    await rows(twice)


def test_any_change_of_a_resource_is_other_code(tmp_path: Path) -> None:
    """Whoever edits how a facet is computed need not do anything else."""
    package = Path(facets.__file__).parents[1]
    copied = tmp_path / "layoff_ledger"
    subprocess.run(["cp", "-r", package, copied], check=True)
    subprocess.run(["cp", "-r", package.parents[1] / "sql", copied / "sql"], check=True)

    def digest() -> str:
        code = "from layoff_ledger.curation import facets; print(facets._digest().hex())"
        return subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    found = [digest()]
    for name in ("resources/wave.py", "resources/claims.py", "curation/facets.py"):
        with (copied / name).open("a") as file:
            file.write("# Edited.\n")
        found.append(digest())

    assert len(set(found)) == 4


# The same in SQL and in Python, on the real data


@pytest_asyncio.fixture
async def real_connection(real_database: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(real_database)
    yield connection
    await connection.close()


async def waves(connection: Connection) -> list[Any]:
    decode = WAVE.decoder()
    query = "select to_jsonb(wave)::text as document from api.wave"
    return [decode(one["document"]) for one in await connection.fetch(query)]


async def test_sql_and_python_agree_on_who_gives_a_reason(real_connection: Connection) -> None:
    found = await real_connection.fetch("select wave, driver from api.affirmed_driver")

    expected = [
        (wave.id, one.driver.code)
        for wave in await waves(real_connection)
        for one in affirmed(wave)
    ]
    assert Counter((one["wave"], one["driver"]) for one in found) == Counter(expected)
    assert len(expected) > 100


async def test_sql_and_python_agree_on_whose_posts_go(real_connection: Connection) -> None:
    found = await real_connection.fetch("select wave, role from api.cut_role")

    expected = [
        (wave.id, one.role.code) for wave in await waves(real_connection) for one in cut_roles(wave)
    ]
    assert Counter((one["wave"], one["role"]) for one in found) == Counter(expected)
    assert len(expected) > 100


async def test_the_data_has_what_counts_and_what_does_not(real_connection: Connection) -> None:
    """Otherwise the two tests before would agree whatever they said."""
    found = await waves(real_connection)

    assert any(len(affirmed(wave)) < len(wave.drivers) for wave in found)
    assert any(one.rank == "deprecated" for wave in found for one in wave.roles)
    assert any(one.effect != "cut" for wave in found for one in wave.roles)


async def test_the_standing_of_a_wave_is_read_off_its_events_and_relations(
    real_connection: Connection,
) -> None:
    """What `wave_standing` says, by a plain reading of the documents, which have both."""
    found = {
        one["id"]: tuple(one)[1:]
        for one in await real_connection.fetch(
            "select id, company, canonical, status, announced_on, announced_precision "
            "from api.wave_standing"
        )
    }
    read = await waves(real_connection)
    superseded = {
        one.wave for wave in read for one in wave.relations if one.relation == "supersedes"
    }
    expected = {}
    for wave in read:
        # What is expected has not happened.
        events = [one for one in wave.events if one.rank != "deprecated" and one.kind != "expected"]
        firm = [one for one in events if one.kind not in {"rumoured", "reported"}]
        announced = [one for one in events if one.kind == "announced"] or events
        counted_elsewhere = any(one.relation in {"part_of", "same_as"} for one in wave.relations)
        expected[wave.id] = (
            wave.company.id,
            not counted_elsewhere and wave.id not in superseded,
            (firm or events)[-1].kind,
            announced[0].on,
            announced[0].precision,
        )

    assert found == expected
    assert len({canonical for _, canonical, *_ in found.values()}) == 2
    # The documents and the facets say what the view says.
    for wave in read:
        stated = (wave.company.id, wave.canonical, wave.status)
        assert (*stated, wave.announced_on, wave.announced_precision) == found[wave.id]
    rows = await real_connection.fetch(
        "select id, company, canonical, status, announced_on, announced_precision "
        "from api.wave_facet where last_revision = 2147483647"
    )
    assert {one["id"]: tuple(one)[1:] for one in rows} == found
