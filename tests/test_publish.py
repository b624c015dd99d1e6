"""Publishing: all of it or nothing, only what differs, and never twice."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from layoff_ledger import paths
from layoff_ledger.curation import documents, inputs, load, migrate, publish, read, records
from layoff_ledger.resources import RESOURCES
from layoff_ledger.statement import OPEN_END, Connection
from support.databases import make_database, publish_files
from support.revisions import FIXTURE, edit, retire
from support.services import run

pytestmark = pytest.mark.postgres


async def versions(connection: Connection, resource: str) -> dict[str, tuple[int, int]]:
    rows = await connection.fetch(
        "select id, first_revision, last_revision from ledger.document where resource = $1 "
        "order by id, first_revision",
        resource,
    )
    return {row["id"]: (row["first_revision"], row["last_revision"]) for row in rows}


async def changed_in(connection: Connection, revision: int) -> set[str]:
    """Return `resource/id` of all documents that begin or end with a revision."""
    rows = await connection.fetch(
        "select resource, id from ledger.document "
        "where first_revision = $1 or last_revision = $1 - 1",
        revision,
    )
    return {f"{row['resource']}/{row['id']}" for row in rows}


async def test_the_first_publication_is_revision_1(empty: Connection, data: Path) -> None:
    revision = await publish_files(empty, data)

    assert revision == publish.Revision(1, added=34, changed=0, withdrawn=0)
    row = await empty.fetchrow("select * from api.revision")
    assert row is not None
    assert msgspec.json.decode(row["counts"]) == {
        "wave": 8,
        "company": 5,
        "company_indicators": 5,
        "source": 6,
        "driver": 5,
        "role": 4,
        "collection": 1,
        "notice": 0,
    }


@contextlib.asynccontextmanager
async def publishing_waits(
    connection: Connection, url: str, data: Path
) -> AsyncIterator[asyncio.Task[subprocess.CompletedProcess[str]]]:
    """Publish files by the command, which waits until the block is left."""
    async with connection.transaction():
        await migrate.take_turn(connection)
        waiting = asyncio.create_task(
            asyncio.to_thread(run, "publish", str(data), DATABASE_URL=url)
        )
        waits = (
            "select count(*) from pg_locks where locktype = 'advisory' and not granted "
            "and database = (select oid from pg_database where datname = current_database())"
        )
        while not await connection.fetchval(waits):
            assert not waiting.done()
            await asyncio.sleep(0.02)
        yield waiting


async def test_who_waits_for_another_one_that_writes_says_so(
    server: str, fixture_template: str
) -> None:
    url = await make_database(server, fixture_template)
    connection = await asyncpg.connect(url)
    try:
        async with publishing_waits(connection, url, FIXTURE) as waiting:
            pass
        done = await waiting
    finally:
        await connection.close()

    assert done.returncode == 0
    assert done.stderr.count("another process that is publishing, importing or migrating") == 1


async def test_a_file_that_is_saved_after_it_was_read_is_published_the_next_time(
    server: str, fixture_template: str, data: Path
) -> None:
    url = await make_database(server, fixture_template)
    connection = await asyncpg.connect(url)
    try:
        async with publishing_waits(connection, url, data) as waiting:
            edit(data, "companies.toml", "[hooli]", "# Saved meanwhile.\n[hooli]")
        done = await waiting
        is_published = await inputs.is_published(connection, data)
    finally:
        await connection.close()

    assert done.returncode == 0
    assert is_published is False


async def test_unchanged_files_make_no_revision(published: Connection, data: Path) -> None:
    assert await publish_files(published, data) is None
    assert await published.fetchval("select count(*) from api.revision") == 1


async def test_a_comment_makes_no_revision(published: Connection, data: Path) -> None:
    edit(data, "companies.toml", "[hooli]", "# A comment.\n[hooli]")

    assert await inputs.is_published(published, data) is False
    assert await publish_files(published, data) is None
    assert await inputs.is_published(published, data) is True


async def test_a_changed_figure_changes_what_shows_it_and_nothing_else(
    published: Connection, data: Path
) -> None:
    edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")

    revision = await publish_files(published, data)

    assert revision == publish.Revision(2, added=0, changed=2, withdrawn=0)
    assert await changed_in(published, 2) == {"wave/globex-2023-09", "company/globex"}


async def test_a_renamed_company_is_renamed_wherever_it_is_shown(
    published: Connection, data: Path
) -> None:
    edit(data, "companies.toml", 'name = "Globex"\n', 'name = "Globex Group"\n')

    await publish_files(published, data)

    assert await changed_in(published, 2) == {
        "company/globex",
        "company/globex-games",
        "company_indicators/globex",
        "wave/globex-2023-01",
        "wave/globex-2023-09",
    }


async def test_a_renamed_driver_is_renamed_wherever_it_is_shown(
    published: Connection, data: Path
) -> None:
    edit(data, "drivers.toml", 'label = "Cost control"', 'label = "Costs"')

    await publish_files(published, data)

    assert await changed_in(published, 2) == {
        "driver/cost_control",
        "wave/initech-2022-11",
        "wave/umbrella-2023-04",
    }


async def test_a_renamed_sector_is_renamed_wherever_it_is_shown(
    published: Connection, data: Path
) -> None:
    edit(data, "industries.toml", 'label = "Information"', 'label = "Information and media"')

    await publish_files(published, data)

    assert await changed_in(published, 2) == {"company/globex", "company/globex-games"}


async def test_a_changed_source_is_changed_wherever_it_is_cited(
    published: Connection, data: Path
) -> None:
    edit(data, "sources/others.toml", 'title = "Overheard"', 'title = "Heard"')

    await publish_files(published, data)

    assert await changed_in(published, 2) == {"source/rumour-mill", "wave/initech-2023-03"}


async def test_a_changed_indicator_changes_what_shows_it_and_nothing_else(
    published: Connection, data: Path
) -> None:
    edit(data, "indicators/globex.toml", "value = 9000000", "value = 9100000")

    await publish_files(published, data)

    assert await changed_in(published, 2) == {"company_indicators/globex"}


async def test_a_wave_that_changes_hands_changes_both_companies(
    published: Connection, data: Path
) -> None:
    edit(data, "waves/globex-2023-09.toml", 'company = "globex"', 'company = "hooli"')

    await publish_files(published, data)

    assert {"company/globex", "company/hooli"} < await changed_in(published, 2)


async def test_a_relation_changes_whether_the_other_wave_counts(
    published: Connection, data: Path
) -> None:
    before = await published.fetchval(
        "select canonical from ledger.wave_facet where id = 'initech-2023-03'"
    )
    edit(data, "waves/initech-2023-04.toml", 'relation = "supersedes"', 'relation = "follows"')

    await publish_files(published, data)

    assert before is False
    assert "wave/initech-2023-03" in await changed_in(published, 2)
    assert await published.fetchval(
        "select canonical from ledger.wave_facet "
        "where id = 'initech-2023-03' and last_revision = $1",
        OPEN_END,
    )


UMBRELLA, INITECH = "waves/umbrella-2023-04.toml", "waves/initech-2022-11.toml"


@pytest.mark.parametrize(
    ("edits", "recounted"),
    [
        (
            [(UMBRELLA, 'driver = "closure"', 'driver = "over_hiring"')],
            {"driver/closure", "driver/over_hiring"},
        ),
        ([(UMBRELLA, 'stance = "denies"', 'stance = "states"')], {"driver/cost_control"}),
        ([(UMBRELLA, 'weight = "primary"', 'weight = "contributing"')], set()),
        # Each loses a wave and gains one.
        (
            [
                (UMBRELLA, 'driver = "closure"', 'driver = "over_hiring"'),
                ("waves/globex-2023-01.toml", 'driver = "over_hiring"', 'driver = "closure"'),
            ],
            set(),
        ),
        (
            [("waves/initech-2023-04.toml", 'effect = "spared"', 'effect = "cut"')],
            {"role/recruiting"},
        ),
        ([("waves/globex-2023-01.toml", 'effect = "hired"', 'effect = "spared"')], set()),
        ([("collections.toml", "Invented", "Made up")], {"collection/curated"}),
    ],
)
async def test_waves_are_counted_again_where_there_are_more_or_fewer(
    edits: list[tuple[str, str, str]], recounted: set[str], published: Connection, data: Path
) -> None:
    for one in edits:
        edit(data, *one)

    await publish_files(published, data)

    counted = ("driver/", "role/", "collection/")
    assert {one for one in await changed_in(published, 2) if one.startswith(counted)} == recounted
    await assert_counts_are_those_of_the_views(published)


async def test_a_withdrawn_wave_is_no_longer_counted(published: Connection, data: Path) -> None:
    (data / INITECH).unlink()
    retire(data, "wave", "initech-2022-11")

    await publish_files(published, data)

    assert await changed_in(published, 2) >= {"driver/cost_control", "collection/curated"}
    await assert_counts_are_those_of_the_views(published)


async def test_a_part_of_a_collection_changes_what_counts_it(
    published: Connection, data: Path
) -> None:
    """A wave that is given alone is counted, and what is not given is still there."""
    curated = read.read(data)
    wave = curated.waves["initech-2022-11"]
    new = msgspec.structs.replace(wave, id="initech-2022-12")
    given = publish.CollectionInput(
        collection=curated.collections["curated"], waves=[wave, new], partial=True
    )

    revision = await publish.publish(published, given)

    assert revision == publish.Revision(2, added=1, changed=4, withdrawn=0)
    assert await changed_in(published, 2) == {
        "wave/initech-2022-12",
        "company/initech",
        "source/weekly-2023",
        "driver/cost_control",
        "collection/curated",
    }
    await assert_counts_are_those_of_the_views(published)


async def assert_counts_are_those_of_the_views(connection: Connection) -> None:
    for resource in (RESOURCES[name] for name in ("driver", "role", "collection")):
        stored = await connection.fetch(
            f"select id, waves from ledger.{resource.name}_facet "
            "where last_revision = $1 order by 1",
            OPEN_END,
        )
        told = await connection.fetch(
            f"select {resource.key}::text, waves from api.{resource.name} order by 1"
        )
        assert list(map(tuple, stored)) == list(map(tuple, told))


async def test_a_deleted_record_is_withdrawn_and_its_versions_stay(
    published: Connection, data: Path
) -> None:
    (data / "waves" / "hooli-2023-12.toml").unlink()
    retire(data, "wave", "hooli-2023-12")

    revision = await publish_files(published, data)

    assert revision is not None
    assert revision.withdrawn == 1
    assert (await versions(published, "wave"))["hooli-2023-12"] == (1, 1)
    assert (await versions(published, "wave"))["globex-2023-01"] == (1, OPEN_END)
    counts = await published.fetchval("select counts from api.revision where number = 2")
    assert msgspec.json.decode(counts)["wave"] == 7


@pytest.mark.parametrize(
    ("place", "into", "told"),
    [
        ("wave/globex-2023-01", None, "it has a tombstone, but is still in the files"),
        (
            "company/nobody",
            "nowhere",
            "the company 'nowhere' that stands for it is not in the files",
        ),
        ("driver/tariffs", "offers", "the driver 'offers' that stands for it is not in the files"),
    ],
)
async def test_a_tombstone_that_misleads_publishes_nothing(
    published: Connection, data: Path, place: str, into: str | None, told: str
) -> None:
    """What no rule saw because the rules were not run: in an import, for example."""
    curated = read.read(data)
    curated.tombstones[place] = records.Tombstone(
        id=place, retired_on=records.partial_date("2024-02-01"), reason="r", merged_into=into
    )
    del curated.drivers["tariffs"]
    curated.tombstones.setdefault(
        "driver/tariffs",
        records.Tombstone(
            id="driver/tariffs", retired_on=records.partial_date("2024-02-01"), reason="r"
        ),
    )

    with pytest.raises(publish.PublishError) as refused:
        await publish.publish(published, publish.collection_input(curated))

    assert [violation.message for violation in refused.value.violations] == [told]
    assert await published.fetchval("select count(*) from api.revision") == 1


async def test_a_record_that_stood_for_another_is_not_retired_alone(
    empty: Connection, data: Path
) -> None:
    """The id that led to it would lead nowhere."""
    retire(data, "driver", "tariff", into="tariffs")
    await publish_files(empty, data)
    curated = read.read(data)
    del curated.drivers["tariffs"]
    curated.tombstones["driver/tariffs"] = records.Tombstone(
        id="driver/tariffs", retired_on=records.partial_date("2024-02-01"), reason="r"
    )

    with pytest.raises(publish.PublishError) as refused:
        await publish.publish(empty, publish.collection_input(curated))

    assert [violation.record for violation in refused.value.violations] == ["driver tariff"]


async def test_a_renamed_record_is_withdrawn_under_its_old_id(
    published: Connection, data: Path
) -> None:
    """Addresses and identifiers are unique, but during a rename two records share them briefly."""
    for name in ("sources/globex.toml", "waves/globex-2023-01.toml"):
        edit(data, name, "globex-memo-2023-01-10", "globex-note-2023-01-10")
    edit(data, "companies.toml", "[initech]", "[initech-inc]")
    for wave in ("2022-11", "2023-03", "2023-04"):
        edit(data, f"waves/initech-{wave}.toml", 'company = "initech"', 'company = "initech-inc"')
    retire(data, "source", "globex-memo-2023-01-10", into="globex-note-2023-01-10")
    retire(data, "company", "initech", into="initech-inc")

    await publish_files(published, data)

    assert (await versions(published, "source"))["globex-memo-2023-01-10"] == (1, 1)
    assert (await versions(published, "source"))["globex-note-2023-01-10"] == (2, OPEN_END)
    assert (await versions(published, "company"))["initech"] == (1, 1)


async def references_of(connection: Connection) -> list[tuple[str, str, str]]:
    rows = await connection.fetch(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint "
        "where contype = 'f' and connamespace = 'ledger'::regnamespace order by 1, 2"
    )
    return [(table, name, text) for table, name, text in rows]


async def test_references_are_the_same_after_the_first_publication(
    empty: Connection, data: Path
) -> None:
    before = await references_of(empty)

    await publish_files(empty, data)

    assert await references_of(empty) == before
    assert len(before) > 40
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="claim_citation_wave_n_fkey"):
        await empty.execute("update ledger.claim_citation set n = 99 where wave = 'globex-2023-09'")


async def test_the_first_publication_refuses_a_reference_to_nothing(
    empty: Connection, data: Path
) -> None:
    """Although it checks them only at the end, and then has to restore everything."""
    before = await references_of(empty)
    curated = read.read(data)
    curated.sources.pop("globex-memo-2023-01-10")

    with pytest.raises(publish.PublishError) as told:
        await publish.publish(empty, publish.collection_input(curated))

    (violation,) = told.value.violations
    assert "citation_source_fkey" in str(violation)
    assert "globex-memo-2023-01-10" in str(violation)
    assert await references_of(empty) == before
    assert await empty.fetchval("select count(*) from ledger.wave") == 0


async def test_a_violation_in_the_database_publishes_nothing(
    published: Connection, data: Path
) -> None:
    """What no rule saw because the rules were not run, the database still refuses."""
    curated = read.read(data)
    wave = curated.waves["globex-2023-09"]
    curated.waves["globex-2023-09"] = msgspec.structs.replace(wave, company="nobody")

    with pytest.raises(publish.PublishError) as told:
        await publish.publish(published, publish.collection_input(curated))

    (violation,) = told.value.violations
    assert "wave_company_fkey" in str(violation)
    assert await published.fetchval("select count(*) from api.revision") == 1
    assert await published.fetchval(
        "select company from ledger.wave where id = 'globex-2023-09'"
    ) == ("globex")


UNCITED = records.Event(
    on=records.partial_date("2023-01-01"), kind="announced", speaker="press", citations=[]
)

# Check → what plants its violation.
PLANTED = {
    "claim_is_cited": "delete from ledger.claim_citation where wave = 'globex-2023-09' and claim = 1",
    "citation_is_used": "insert into ledger.citation (wave, n, source, evidence) "
    "values ('globex-2023-09', 99, 'weekly-2023', 'url_listed')",
    "claim_has_its_typed_row": "delete from ledger.driver_claim where wave = 'globex-2023-09'",
    "event_is_not_in_the_future": 'update ledger.event set "on" = current_date + 1 '
    "where wave = 'globex-2023-09'",
    "wave_has_an_event": "update ledger.claim set rank = 'deprecated' "
    "where wave = 'globex-2023-09' and kind = 'event'",
    "company_driver_has_a_source_in_which_it_speaks": "update ledger.citation "
    "set evidence = 'url_listed', fragment = null where wave = 'globex-2023-09' and n = 2",
}


def test_every_check_has_a_planted_violation() -> None:
    assert set(paths.statements("checks")) == set(PLANTED)


@pytest.mark.parametrize("name", sorted(PLANTED))
async def test_a_check_finds_its_planted_violation(
    name: str, scratch: Connection, data: Path
) -> None:
    await publish_files(scratch, data)
    query = paths.statements("checks")[name]
    waves = ["globex-2023-09", "globex-2023-01"]
    before = await scratch.fetch(query, waves)

    await scratch.execute(PLANTED[name])
    found = await scratch.fetch(query, waves)

    assert before == []
    assert {row["wave"] for row in found} == {"globex-2023-09"}


async def test_a_check_stops_a_publication(empty: Connection, data: Path) -> None:
    curated = read.read(data)
    wave = curated.waves["globex-2023-09"]
    curated.waves["globex-2023-09"] = msgspec.structs.replace(wave, events=[UNCITED])

    with pytest.raises(publish.PublishError) as told:
        await publish.publish(empty, publish.collection_input(curated))

    assert [violation.rule for violation in told.value.violations] == ["claim_is_cited"]
    assert await empty.fetchval("select count(*) from ledger.wave") == 0


async def test_a_new_shape_writes_every_document_that_it_changes(
    published: Connection, data: Path
) -> None:
    await published.execute("update ledger.input set digest = 'x' where name = 'shape'")
    await published.execute(
        """
        create or replace view api.role as
        select
            role.code, role.label || '!' as label, role.axis, role.definition,
            '[]'::json as synonyms, '[]'::json as crosswalks, 0::bigint as waves
        from ledger.role
        """
    )

    revision = await publish_files(published, data)

    assert revision == publish.Revision(2, added=0, changed=4, withdrawn=0)


async def test_collections_are_published_independently(published: Connection) -> None:
    """The input of one collection leaves the records of all others alone."""
    other = publish.CollectionInput(
        collection=records.Collection(
            id="imported", name="I", description="d", license="CC0-1.0", origin="o"
        ),
        companies=[records.Company(id="acme", name="Acme")],
        waves=[
            records.Wave(
                id="acme-2020-01",
                company="acme",
                events=[
                    records.Event(
                        on=records.partial_date("2020-01"),
                        kind="announced",
                        speaker="press",
                        citations=[records.Citation(source="weekly-2023", evidence="excerpt_read")],
                    )
                ],
            )
        ],
    )

    added = await publish.publish(published, other)
    gone = [
        records.Tombstone(id=place, retired_on=records.partial_date("2024-02-01"), reason="r")
        for place in ("wave/acme-2020-01", "company/acme")
    ]
    without = msgspec.structs.replace(other, companies=[], waves=[])
    with pytest.raises(publish.PublishError) as told:
        await publish.publish(published, without)
    withdrawn = await publish.publish(published, msgspec.structs.replace(without, tombstones=gone))

    # The collection, a wave, its company, and that company's (published) indicators; the source lists
    # a claim more.
    assert added == publish.Revision(2, added=4, changed=1, withdrawn=0)
    assert [violation.record for violation in told.value.violations] == [
        "company acme",
        "wave acme-2020-01",
    ]
    assert withdrawn == publish.Revision(3, added=0, changed=2, withdrawn=3)
    assert await published.fetchval("select count(*) from ledger.wave") == 8


async def test_tombstones_may_be_a_stream(published: Connection, data: Path) -> None:
    (data / "waves" / "hooli-2023-12.toml").unlink()
    retire(data, "wave", "hooli-2023-12")
    collection = publish.collection_input(read.read(data))

    assert collection.tombstones is not None
    streamed = msgspec.structs.replace(collection, tombstones=iter(collection.tombstones))
    await publish.publish(published, streamed)

    assert await published.fetchval("select id from api.tombstone_version") == "hooli-2023-12"


async def test_more_records_than_a_batch_are_published(
    empty: Connection, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "BATCH", 3)
    monkeypatch.setattr(documents, "BATCH", 3)

    revision = await publish_files(empty, data)

    assert revision == publish.Revision(1, added=34, changed=0, withdrawn=0)


async def test_waves_lie_in_the_order_of_their_days(real_database: str) -> None:
    """The records of one page of a list are stored close to each other."""
    connection = await asyncpg.connect(real_database)
    rows = await connection.fetch(
        "select facet.announced_on from ledger.document "
        "inner join ledger.wave_facet as facet using (id, first_revision) "
        "where document.resource = 'wave' order by document.ctid"
    )
    await connection.close()

    days = [row["announced_on"] for row in rows]
    assert len(days) > documents.MANY
    # Now and then, PostgreSQL puts a short one where there is room.
    backwards = sum(before > after for before, after in itertools.pairwise(days))
    assert backwards < len(days) / 10


async def test_the_planner_takes_no_table_for_empty_that_has_many_rows(real_database: str) -> None:
    """It was analysed while it was: a list of claims by a filter of waves took two seconds."""
    connection = await asyncpg.connect(real_database)
    try:
        empty = await connection.fetch(
            "select relname from pg_class where reltuples = 0 and relkind = 'r' "
            "and relnamespace = 'ledger'::regnamespace"
        )
        rows = {
            table: await connection.fetchval(f"select count(*) from ledger.{table}")
            for (table,) in empty
        }
    finally:
        await connection.close()

    assert {table: count for table, count in rows.items() if count >= documents.MANY} == {}


async def test_readers_are_not_held_up_by_a_publication(
    server: str, fixture_template: str, data: Path
) -> None:
    url = await make_database(server, fixture_template)
    writer, reader = await asyncpg.connect(url), await asyncpg.connect(url)
    edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
    outer = writer.transaction()
    await outer.start()
    await publish_files(writer, data)

    await reader.execute("set lock_timeout = '100ms'")
    seen = await reader.fetchval("select max(number) from api.revision")
    bodies = await reader.fetch(
        "select body from api.document where resource = 'wave' and last_revision >= 1"
    )
    await outer.commit()

    assert seen == 1
    assert len(bodies) == 8
    assert await reader.fetchval("select max(number) from api.revision") == 2
    await writer.close()
    await reader.close()
