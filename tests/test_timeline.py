"""The timeline has what overlaps a span, by a plain reading; companies are found by identifier."""

from __future__ import annotations

import calendar
import csv
import datetime
import html
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from layoff_ledger.curation import read, rules
from support.databases import make_database, publish_folder
from support.filters import fuzz
from support.lists import everything, walk
from support.services import running

Json = dict[str, Any]


def until(event: Json) -> datetime.date:
    first = datetime.date.fromisoformat(event["on"])
    months = {"day": 0, "month": 1, "quarter": 3, "year": 12}[event["precision"]]
    if not months:
        return first
    month = first.month + months - 1
    return first.replace(month=month, day=calendar.monthrange(first.year, month)[1])


def plain(waves: list[Json]) -> list[tuple[Any, ...]]:
    """Return first and last day, wave, kind and company of each event that is not deprecated."""
    return [
        (
            datetime.date.fromisoformat(event["on"]),
            until(event),
            wave["id"],
            event["kind"],
            wave["company"]["id"],
        )
        for wave in waves
        for event in wave["events"]
        if event["rank"] != "deprecated"
    ]


@pytest.mark.parametrize("ledger", ["api", "real"])
def test_a_span_has_whatever_overlaps_it(ledger: str, request: pytest.FixtureRequest) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    events = plain(everything(client, "/v1/waves"))
    days = st.dates(datetime.date(2001, 1, 1), datetime.date(2027, 6, 1))

    @fuzz(ledger)
    @given(span=st.lists(days, min_size=2, max_size=2).map(sorted), is_open=st.integers(0, 2))
    def holds(span: list[datetime.date], is_open: int) -> None:
        first, last = span
        query = [("from", str(first)), ("to", str(last)), ("limit", "200")]
        if is_open:
            del query[is_open - 1]

        found = walk(client, "/v1/timeline", query)

        expected = sorted(
            (str(one[0]), str(one[1]), *one[2:])
            for one in events
            if (is_open == 1 or one[1] >= first) and (is_open == 2 or one[0] <= last)
        )
        assert [one["on"] for one in found] == [one[0] for one in expected]
        spans = ((one["on"], one["until"]) for one in found)
        rest = ((one["wave"], one["kind"], one["company"]) for one in found)
        assert sorted((*a, *b) for a, b in zip(spans, rest, strict=True)) == expected

    holds()


def test_an_empty_span_says_how_fresh_the_ledger_is(real: httpx.Client) -> None:
    answer = real.get("/v1/timeline?from=2099-01-01").json()

    newest = max(one["newest"] for one in newest_events(real))
    assert answer["data"] == []
    assert answer["meta"]["newest_event_on"] == newest


def newest_events(client: httpx.Client) -> list[Json]:
    waves = walk(client, "/v1/waves", [("limit", "200")])
    return [
        {"newest": max(one["on"] for one in wave["events"] if one["kind"] != "expected")}
        for wave in waves
    ]


def test_each_moment_leads_to_its_claim_and_csv_has_the_same(api: httpx.Client) -> None:
    listed = api.get("/v1/timeline?limit=5").json()
    text = api.get("/v1/timeline?limit=5&format=csv")
    lines = list(csv.DictReader(io.StringIO(text.content.decode("utf-8-sig"))))

    assert [line["id"] for line in lines] == [one["id"] for one in listed["data"]]
    assert text.links["next"]["url"].startswith(listed["links"]["next"].split("cursor=")[0][:20])
    for one in listed["data"]:
        claim = api.get(one["url"]).json()
        assert claim["statement"] == one["statement"]
        assert claim["citations"] == one["citations"]


@pytest.mark.parametrize("ledger", ["real", "filed"])
@pytest.mark.parametrize(
    "query", ["", "from=2025-01-01&to=2025-06-30", "company=meta", "kind=announced,takes_effect"]
)
def test_a_table_without_a_limit_has_everything_that_pages_have(
    request: pytest.FixtureRequest, ledger: str, query: str
) -> None:
    """Events dated to a month that began before the span, and notices, are in their places."""
    client: httpx.Client = request.getfixturevalue(ledger)
    given = parse_qsl(query)
    path = f"/v1/timeline?{query}&" if query else "/v1/timeline?"
    listed = walk(client, "/v1/timeline", [*given, ("limit", "200")])
    answer = client.get(f"{path}format=csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    parquet = pq.read_table(io.BytesIO(client.get(f"{path}format=parquet").content)).to_pylist()
    workbook = client.get(f"{path}format=xlsx").content
    (_, *rows) = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_name(
        "Data"
    ).to_python()  # fmt: skip

    assert len(listed) > 2
    assert "next" not in answer.links
    for name in ("on", "until", "id", "url"):
        expected = [one[name] for one in listed]
        assert [line[name] for line in lines] == expected
        assert [str(one[name]) for one in parquet] == expected
    assert len(rows) == len(listed)
    assert [line["source_urls"] for line in lines] == [
        ";".join(
            dict.fromkeys(
                cited["source"]["url"] for cited in one["citations"] if cited["source"]["url"]
            )
        )
        for one in listed
    ]


@pytest.mark.parametrize("name", ["csv", "xlsx", "parquet"])
def test_a_table_of_a_page_has_all_rows_of_the_question(real: httpx.Client, name: str) -> None:
    """A reader who sees 50 events and downloads them gets all of them."""
    shown = real.get("/v1/timeline?from=2026-06&format=html").text
    count = real.get("/v1/timeline?from=2026-06&limit=1").json()["meta"]["count"]
    (address, *_) = re.findall(f'href="([^"]+format={name})"', shown)
    answer = real.get(html.unescape(address))

    assert f"50 of {count:,} events" in shown
    assert "next" not in answer.links
    if name == "csv":
        assert len(list(csv.reader(io.StringIO(answer.text)))) == count + 1


@pytest.mark.parametrize(
    "query",
    [
        "from=2024-02-01&to=2024-01-01",
        "company=nobody",
        "kind=party",
        "from=soon",
        "until=2024-01-01",
    ],
)
def test_a_mistake_is_named(api: httpx.Client, query: str) -> None:
    assert api.get(f"/v1/timeline?{query}").status_code == 400


# Companies


@pytest.mark.parametrize(
    "written",
    ["cik/0001326801", "cik/1326801", "ticker/NASDAQ:META", "ticker/meta", "wikidata/Q380"],
)
def test_an_identifier_leads_to_the_company(real: httpx.Client, written: str) -> None:
    answer = real.get(f"/v1/companies/by/{written}?as_of=1")

    assert answer.status_code == 301
    assert answer.headers["location"].endswith("/v1/companies/meta?as_of=1")
    assert real.get(answer.headers["location"]).json()["name"] == "Meta Platforms"


@pytest.mark.parametrize("accept", ["text/html", "text/csv", "application/x-ndjson"])
def test_an_identifier_leads_on_in_any_format(real: httpx.Client, accept: str) -> None:
    """The company is there in all of them, so the way there must not be refused."""
    answer = real.get(
        "/v1/companies/by/cik/1326801", headers={"accept": accept}, follow_redirects=True
    )
    unknown = real.get("/v1/companies/by/cik/1", headers={"accept": accept})

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(accept)
    assert "Meta Platforms" in answer.text
    assert unknown.status_code == 404


def test_every_identifier_leads_back(real: httpx.Client) -> None:
    companies = walk(real, "/v1/companies", [("limit", "200")])
    named = [(one["id"], known) for one in companies for known in one["identifiers"]]
    for id_, known in named[:: max(1, len(named) // 40)]:
        answer = real.get(f"/v1/companies/by/{known['scheme']}/{known['value']}")
        assert answer.headers["location"].endswith(f"/v1/companies/{id_}")


@pytest.mark.parametrize("written", ["cik/1", "isin/US30303M1027", "ticker/%00", "lei/x"])
def test_an_unknown_identifier_is_not_found(real: httpx.Client, written: str) -> None:
    assert real.get(f"/v1/companies/by/{written}").status_code in {400, 404}


def test_a_company_has_its_history(api: httpx.Client) -> None:
    history = api.get("/v1/companies/globex/history").json()

    assert [one["change"] for one in history["data"]] == ["added"]
    assert api.get("/v1/companies/nobody/history").status_code == 404


def test_totals_say_what_they_count_once(real: httpx.Client) -> None:
    waves = walk(real, "/v1/waves", [("canonical", "true"), ("limit", "200")])
    overlapping = 0
    for company in walk(real, "/v1/companies", [("limit", "200")]):
        totals = company["totals"]
        figures = [
            one["headcount"]
            for one in waves
            if one["company"]["id"] == company["id"] and one["headcount"]
        ]
        lows = [one["low"] - one["counted_low"] for one in figures if one["low"] is not None]
        highs = [one["high"] - one["counted_high"] for one in figures if one["high"] is not None]
        assert totals["overlap_low"] == (sum(lows) if lows else None)
        whole = sum(highs) if highs and len(highs) == len(figures) else None
        assert totals["overlap_high"] == whole
        if lows:
            plain = sum(one["low"] for one in figures if one["low"] is not None)
            assert totals["headcount_low"] + totals["overlap_low"] == plain
            overlapping += totals["overlap_low"] > 0
    assert overlapping > 0


# What is expected

EXPECTED = """
[[events]]
on = "2099-06-30"
kind = "expected"
speaker = "company"
statement = "The company expects to be done by the middle of the year."
citations = [{ source = "weekly-2023", evidence = "excerpt_read" }]
"""


def expect(data: Path) -> None:
    path = data / "waves" / "globex-2023-09.toml"
    path.write_text(path.read_text() + EXPECTED)


def test_what_is_expected_may_lie_in_the_future_and_nothing_else(data: Path) -> None:
    expect(data)
    assert rules.validate(read.read(data)) == []
    path = data / "waves" / "globex-2023-09.toml"
    path.write_text(path.read_text().replace('"expected"', '"completed"'))

    found = {one.rule for one in rules.validate(read.read(data))}

    assert "date_is_not_in_the_future" in found


def test_a_wave_has_to_have_more_than_what_is_expected(data: Path) -> None:
    path = data / "waves" / "globex-2023-09.toml"
    path.write_text(path.read_text().replace('kind = "announced"', 'kind = "expected"'))

    assert "wave_has_an_event" in {one.rule for one in rules.validate(read.read(data))}


async def test_what_is_expected_decides_nothing_and_stands_on_the_timeline(
    server: str, data: Path, tmp_path: Path
) -> None:
    expect(data)
    url = await make_database(server)
    await publish_folder(url, data)
    async with running(url, tmp_path) as client:
        wave = (await client.get("/v1/waves/globex-2023-09")).json()
        coming = (await client.get("/v1/timeline?from=2099-01-01&to=2099-12-31")).json()
        coverage = (await client.get("/v1/coverage")).json()

    assert (wave["status"], wave["announced_on"]) == ("announced", "2023-09-01")
    assert [one["kind"] for one in wave["events"]] == ["announced", "expected"]
    (moment,) = coming["data"]
    assert (moment["wave"], moment["kind"], moment["on"]) == (
        "globex-2023-09",
        "expected",
        "2099-06-30",
    )
    assert coming["meta"]["newest_event_on"] < "2099"
    assert "2099" not in str(coverage)
