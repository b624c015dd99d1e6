"""Views, structs and documents: the same fields in the same order, and every document decodes."""

from __future__ import annotations

import datetime
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from layoff_ledger import paths
from layoff_ledger.curation import read, rules
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.company import Company, CompanyTotals
from layoff_ledger.resources.company_indicators import CompanyIndicators
from layoff_ledger.resources.fields import served_only, stored
from layoff_ledger.resources.source import Source, SupportedClaim
from layoff_ledger.resources.wave import Wave
from layoff_ledger.statement import Connection
from support.revisions import FIXTURE

ALL = sorted(RESOURCES.values(), key=lambda resource: resource.name)
NAMES = [resource.name for resource in ALL]


async def columns(connection: Connection, view: str) -> list[str]:
    rows = await connection.fetch(
        "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0 "
        "order by attnum",
        f"api.{view}",
    )
    return [row["attname"] for row in rows]


@pytest.mark.parametrize("resource", ALL, ids=NAMES)
async def test_columns_are_fields_in_the_same_order(resource: Resource, reader: Connection) -> None:
    added = served_only(resource.struct)
    fields = [name for name in resource.struct.__struct_fields__ if name not in added]

    assert await columns(reader, resource.name) == fields


@pytest.mark.parametrize("resource", ALL, ids=NAMES)
async def test_facets_are_columns(resource: Resource, reader: Connection) -> None:
    common = ["id", "first_revision", "last_revision"]
    facets = [facet.name for facet in resource.facets]

    assert await columns(reader, f"{resource.name}_facet") == [*common, *facets]


@pytest.mark.parametrize("resource", ALL, ids=NAMES)
def test_what_is_served_comes_right_after_the_key(resource: Resource) -> None:
    """The stored body is spliced behind it, so no other order would be true."""
    added = [one for one in served_only(resource.struct) if one != "expanded"]

    assert resource.struct.__struct_fields__[: len(added) + 1] == (resource.key, *added)


@pytest.mark.parametrize("resource", ALL, ids=NAMES)
async def test_every_document_of_the_real_data_decodes_strictly(
    resource: Resource, real_database: str
) -> None:
    connection = await asyncpg.connect(real_database)
    rows = await connection.fetch(
        "select id, body from api.document where resource = $1", resource.name
    )
    await connection.close()

    # The real ledger of the tests has no notices: `test_notices.py` has its own.
    assert rows or resource.name == "notice"
    for row in rows:
        text = f'{{"{resource.key}":"{row["id"]}",{row["body"]}'
        document = msgspec.json.decode(text, type=stored(resource.struct))
        assert msgspec.json.encode(document).decode() == text


async def document(connection: Connection, id_: str) -> Wave:
    body = await connection.fetchval(
        "select body from api.document where resource = 'wave' and id = $1", id_
    )
    return msgspec.json.decode(
        f'{{"id":"{id_}","url":"","notices_url":"","revision":1,{body}', type=Wave
    )


async def test_a_wave_says_what_its_file_says(reader: Connection) -> None:
    wave = await document(reader, "globex-2023-01")
    record = read.read(FIXTURE).waves["globex-2023-01"]

    assert wave.title == "Project Slim"
    assert wave.forms == ["layoff", "closure"]
    assert wave.scope is not None
    assert wave.scope.countries == ["US", "DE"]
    assert [one.driver.code for one in wave.drivers] == [one.driver for one in record.drivers]
    assert [one.role.code for one in wave.roles] == [one.role for one in record.roles]
    assert [one.wording for one in wave.roles] == ["talent acquisition", None, None]
    for written, told in zip(record.magnitudes, wave.magnitudes, strict=True):
        assert rules.base.bounds(written) == (told.low, told.high)
        assert written.rank == told.rank
        assert written.note == told.note


async def test_every_claim_cites_what_its_file_cites(reader: Connection) -> None:
    wave = await document(reader, "globex-2023-01")
    record = read.read(FIXTURE).waves["globex-2023-01"]
    places = {one.n: one for one in wave.citations}

    told: list[Any] = [*wave.events, *wave.magnitudes, *wave.drivers, *wave.roles, *wave.context]
    written = [
        *record.events,
        *record.magnitudes,
        *record.drivers,
        *record.roles,
        *record.context,
    ]
    for claim, curated in zip(told, written, strict=True):
        cited = [
            (places[n].source.id, places[n].locator, places[n].fragment, places[n].evidence)
            for n in claim.citations
        ]
        assert cited == [
            (one.source, one.locator, one.fragment, one.evidence) for one in curated.citations
        ]


async def test_one_place_is_listed_once(reader: Connection) -> None:
    wave = await document(reader, "globex-2023-01")

    places = [(one.source.id, one.locator, one.fragment, one.evidence) for one in wave.citations]
    assert len(places) == len(set(places))
    assert [one.n for one in wave.citations] == list(range(1, len(places) + 1))


async def test_the_headline_is_the_preferred_claim(reader: Connection) -> None:
    wave = await document(reader, "globex-2023-01")

    assert wave.headcount is not None
    assert (wave.headcount.low, wave.headcount.high) == (1200, 1200)
    assert wave.share is not None
    assert wave.share.low == 0.12


async def test_unknown_is_null_and_never_0(reader: Connection) -> None:
    wave = await document(reader, "initech-2022-11")

    assert wave.headcount is None
    assert wave.share is None
    assert wave.magnitudes == []


@pytest.mark.parametrize(
    ("id_", "status", "announced_on", "precision"),
    [
        ("globex-2023-01", "completed", datetime.date(2023, 1, 10), "day"),
        ("initech-2022-11", "reported", datetime.date(2022, 11, 1), "month"),
        ("hooli-2023-12", "withdrawn", datetime.date(2023, 10, 1), "quarter"),
        ("umbrella-2023-04", "disputed", datetime.date(2023, 4, 2), "day"),
    ],
)
async def test_status_and_date_are_read_off_the_events(
    reader: Connection, id_: str, status: str, announced_on: datetime.date, precision: str
) -> None:
    wave = await document(reader, id_)

    assert (wave.status, wave.announced_on, wave.announced_precision) == (
        status,
        announced_on,
        precision,
    )


ANNOUNCED = ("2023-04-14", "day", "announced")


@pytest.mark.parametrize(
    ("events", "status"),
    [
        # A report that comes after the announcement does not undo it.
        ([ANNOUNCED, ("2023-05-01", "day", "reported")], "announced"),
        # What became of a cut comes after its announcement, even if its span began before.
        ([ANNOUNCED, ("2023-04-01", "quarter", "completed")], "completed"),
        ([("2023-01-01", "year", "withdrawn"), ANNOUNCED], "withdrawn"),
        ([ANNOUNCED, ("2023-01-01", "year", "revised"), ("2023-05-01", "month", "completed")], "completed"),
        ([ANNOUNCED, ("2023-04-01", "month", "rumoured")], "announced"),
        # The days say that it was cut again after it was completed.
        ([("2023-01-01", "quarter", "completed"), ANNOUNCED], "announced"),
    ],
)  # fmt: skip
async def test_the_status_is_the_latest_event(
    scratch: Connection, events: list[tuple[str, str, str]], status: str
) -> None:
    await scratch.execute(
        """
        insert into ledger.collection (id, name, description, license, origin)
        values ('c', 'c', '', '', '');
        insert into ledger.company (id, name, collection, digest) values ('a', 'A', 'c', '');
        insert into ledger.wave (id, collection, company, digest) values ('a-1', 'c', 'a', '');
        """
    )
    for number, (day, precision, kind) in enumerate(events, start=1):
        await scratch.execute(
            "insert into ledger.claim (wave, number, kind, speaker, rank) "
            f"values ('a-1', {number}, 'event', 'company', 'normal')"
        )
        await scratch.execute(
            'insert into ledger.event (wave, claim, "on", precision, status) '
            "values ('a-1', $1, $2, $3, $4)",
            number, datetime.date.fromisoformat(day), precision, kind,
        )  # fmt: skip

    found = await scratch.fetchrow("select status, events from api.wave where id = 'a-1'")
    assert found is not None
    assert (found["status"], latest(msgspec.json.decode(found["events"]))) == (status, status)


def latest(events: list[dict[str, Any]]) -> str:
    """Return the kind of the last event of a list that is neither expected nor a mere report."""
    kinds = [one["kind"] for one in events if one["rank"] != "deprecated"]
    happened: list[str] = [one for one in kinds if one != "expected"]
    return max(happened[::-1], key=lambda kind: kind not in REPORTS)


REPORTS = ("rumoured", "reported")


def test_the_real_events_end_with_the_status_and_what_became_of_a_cut_follows_it(
    real: httpx.Client,
) -> None:
    answer = real.get("/v1/waves?select=id,status,events&format=ndjson")
    waves = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    coarse = 0
    for wave in waves:
        assert latest(wave["events"]) == wave["status"], wave["id"]
        said = {one["on"][:7] for one in wave["events"] if one["kind"] == "announced"}
        months = [
            place
            for place, one in enumerate(wave["events"])
            if one["kind"] in {"completed", "withdrawn", "revised", "under_way"}
            and one["precision"] == "month"
            and one["on"][:7] in said
        ]
        coarse += len(months)
        assert all(
            any(one["kind"] == "announced" for one in wave["events"][:place]) for place in months
        ), wave["id"]
    assert coarse
    assert len(waves) > 1_000


@pytest.mark.parametrize(
    ("id_", "canonical"),
    [
        ("globex-2023-01", True),
        ("globex-games-2023-01", False),
        ("initech-2023-03", False),
        ("initech-2023-04", True),
    ],
)
async def test_parts_copies_and_superseded_reports_do_not_count(
    reader: Connection,
    id_: str,
    canonical: bool,  # noqa: FBT001 what is expected
) -> None:
    assert (await document(reader, id_)).canonical is canonical


async def test_totals_add_bounds_and_never_guess(reader: Connection) -> None:
    async def totals(id_: str) -> CompanyTotals:
        body = await reader.fetchval(
            "select body from api.document where resource = 'company' and id = $1", id_
        )
        company = msgspec.json.decode(f'{{"id":"{id_}",{body}', type=stored(Company))
        found: CompanyTotals = company.totals
        return found

    globex, initech, hooli = [await totals(one) for one in ("globex", "initech", "hooli")]

    # 1,200 and "300 or more": at least 1,500, and no upper bound.
    assert (globex.headcount_low, globex.headcount_high) == (1500, None)
    # "Up to 500", a share without a number that is superseded, and one without any size.
    assert (initech.waves, initech.canonical_waves, initech.waves_with_headcount) == (3, 2, 1)
    assert (initech.headcount_low, initech.headcount_high) == (None, 500)
    assert (hooli.headcount_low, hooli.waves_with_headcount) == (None, 0)


async def test_a_source_lists_the_claims_that_cite_it(reader: Connection) -> None:
    body = await reader.fetchval(
        "select body from api.document where resource = 'source' and id = 'rumour-mill'"
    )
    source = msgspec.json.decode(f'{{"id":"rumour-mill",{body}', type=stored(Source))

    supports: list[SupportedClaim] = source.supports
    assert [(one.wave, one.kind, one.about, one.fragment) for one in supports] == [
        ("initech-2023-03", "event", "reported", None),
        ("initech-2023-03", "magnitude", "share", "20% or more"),
    ]


async def test_indicators_keep_definitions_apart_and_divide_what_compares(
    reader: Connection,
) -> None:
    body = await reader.fetchval(
        "select body from api.document where resource = 'company_indicators' and id = 'globex'"
    )
    told: Any = msgspec.json.decode(f'{{"id":"globex",{body}', type=stored(CompanyIndicators))

    assert [one.id for one in told.series] == [
        "globex-capital-expenditure",
        "globex-capital-expenditure-guidance",
        "globex-employees",
    ]
    # 5,000,000 by 10,000: the preferred value and not the one that includes leases; 2023 has no
    # count of employees, and guidance is never divided.
    (ratio,) = told.capital_expenditure_per_employee
    assert (ratio.low, ratio.high, ratio.qualifier) == (500, 500, "derived")
    assert ratio.period_end == datetime.date(2022, 12, 31)
    cited = {n for series in told.series for value in series.values for n in value.citations}
    assert cited == {one.n for one in told.citations} == {1, 2, 3, 4}


async def test_a_company_without_indicators_has_an_empty_list(reader: Connection) -> None:
    body = await reader.fetchval(
        "select body from api.document where resource = 'company_indicators' and id = 'hooli'"
    )

    assert body == (
        '"name":"Hooli","series":[],"capital_expenditure_per_employee":[],"citations":[],'
        '"restructuring":[]}'
    )


async def test_denials_are_not_counted_as_a_reason(reader: Connection) -> None:
    """A union denies costs at Umbrella; the press gives them for Initech."""
    assert (
        await reader.fetchval("select waves from api.driver_facet where id = 'cost_control'") == 1
    )


def test_the_real_data_has_the_size_that_the_readme_says() -> None:
    curated = read.read(paths.DATA)

    assert len(curated.waves) >= 240
    assert len({wave.company for wave in curated.waves.values()}) >= 165
    assert sum(1 for wave in curated.waves.values() for _ in rules.base.claims(wave)) >= 2_000


async def test_long_bodies_are_compressed_in_their_rows(real_database: str) -> None:
    connection = await asyncpg.connect(real_database)
    sizes = await connection.fetchrow(
        "select sum(length(body)) as written, sum(pg_column_size(body)) as kept, "
        "count(*) filter (where pg_column_compression(body) is null) as plain "
        "from ledger.document where length(body) > 4000"
    )
    await connection.close()

    assert sizes is not None
    assert sizes["plain"] == 0
    assert sizes["kept"] < 0.6 * sizes["written"]
