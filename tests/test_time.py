"""Time: what was said stays, changes are reported, and no id vanishes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import asyncpg
import httpx
import msgspec
import pytest

from layoff_ledger import settings
from layoff_ledger.http import policy
from layoff_ledger.http.keys import RevisionKey
from layoff_ledger.query import cursor
from layoff_ledger.query.changes import ChangeListParameters
from layoff_ledger.resources.revision import RevisionListParameters
from layoff_ledger.statement import Statement
from layoff_ledger.store.hosts import Hosts, Session
from layoff_ledger.store.ledger import connect
from layoff_ledger.store.pool import Pool
from layoff_ledger.store.revisions import Revisions
from support.databases import make_database, publish_folder
from support.history import READS, answers, changes, digested_line, pinned, present, replayed
from support.revisions import FIXTURE, change_records, edit, retire, retire_waves
from support.services import serving, wait_for_revision

pytestmark = [pytest.mark.postgres, pytest.mark.thorough]

Json = dict[str, Any]

HOST = {"Host": "ledger.example"}


class Past:
    """A ledger with three revisions, and what it answered while each was the newest."""

    def __init__(self, client: httpx.Client, url: str, told: dict[int, dict[str, bytes]]) -> None:
        self.client = client
        self.url = url
        self.told = told


@pytest.fixture(scope="module")
def past(
    server: str, fixture_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Past]:
    data = tmp_path_factory.mktemp("past") / "data"
    url = asyncio.run(make_database(server, fixture_template))
    shutil.copytree(FIXTURE, data)
    with serving("--data", str(data), environment={"DATABASE_URL": url}) as client:
        told = {1: answers(client)}
        change_records(data)
        asyncio.run(publish_folder(url, data))
        wait_for_revision(client, 2)
        told[2] = answers(client)
        retire_waves(data)
        edit(data, "companies.toml", "[umbrella]", "[umbrella-group]")
        edit(data, "waves/umbrella-2023-04.toml", '"umbrella"', '"umbrella-group"')
        retire(data, "company", "umbrella", into="umbrella-group")
        asyncio.run(publish_folder(url, data))
        wait_for_revision(client, 3)
        told[3] = answers(client)
        yield Past(client, url, told)


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("revision", [1, 2, 3])
def test_the_past_is_told_byte_for_byte(past: Past, revision: int, path: str) -> None:
    answer = past.client.get(pinned(path, revision))

    assert answer.content == past.told[revision][path]
    # A list of files contains their digests, which may differ after an upgrade.
    kept = policy.EXPORTED if path == "/v1/exports" else policy.IMMUTABLE
    assert answer.headers["cache-control"] == kept.decode()


class Halting(Pool):
    """Holds back what it fetched until it is let go."""

    def __init__(self, connections: Any) -> None:
        super().__init__(connections, Hosts("postgresql://nowhere"))
        self.go = asyncio.Event()
        self.go.set()
        self.fetched = asyncio.Event()

    async def fetch(
        self, statement: Statement, of: RevisionKey | None = None
    ) -> list[asyncpg.Record]:
        go, rows = self.go, await super().fetch(statement, of)
        self.fetched.set()
        await go.wait()
        return rows


async def test_who_looked_first_does_not_undo_who_looked_last(
    server: str, data: Path, template: str
) -> None:
    url = await make_database(server, template)
    await publish_folder(url, data)
    async with asyncpg.create_pool(
        url, min_size=0, connection_class=Session, server_settings={"search_path": "api"}
    ) as pool:
        halting = Halting(pool)
        revisions = Revisions(halting)
        await revisions.refresh()
        edit(data, "drivers.toml", 'label = "Cost control"', 'label = "Costs"')
        await publish_folder(url, data)
        held = halting.go = asyncio.Event()
        halting.fetched.clear()
        first = asyncio.create_task(revisions.refresh())
        await halting.fetched.wait()
        edit(data, "drivers.toml", 'label = "Costs"', 'label = "Cost cuts"')
        await publish_folder(url, data)
        halting.go = asyncio.Event()
        halting.go.set()
        await revisions.refresh()
        assert revisions.number == 3
        held.set()
        await first
        await halting.close()

    assert revisions.number == 3


def test_the_three_states_differ(past: Past) -> None:
    for path in ("/v1/waves", "/v1/waves?format=csv", "/v1/statistics?group_by=company,year"):
        assert len({past.told[revision][path] for revision in (1, 2, 3)}) == 3


@pytest.mark.parametrize("path", ["/v1/waves", "/v1/waves?format=csv", "/v1/companies/globex"])
def test_a_tag_of_the_past_outlives_the_newest_revision(past: Past, path: str) -> None:
    tag = past.client.get(pinned(path, 1)).headers["etag"]

    again = past.client.get(pinned(path, 1), headers={"if-none-match": tag})
    other = past.client.get(pinned(path, 2), headers={"if-none-match": tag})

    assert again.status_code == 304
    assert again.headers["cache-control"].endswith("immutable")
    assert other.status_code == 200


def test_an_answer_names_where_it_stays(past: Past) -> None:
    page = past.client.get("/v1/waves?limit=2&company=globex")
    links = page.json()["links"]

    assert page.links["cite-as"]["url"] == page.links["self"]["url"] == links["self"]
    assert links["self"].endswith("/v1/waves?limit=2&company=globex&as_of=3")
    assert page.links["latest-version"]["url"] == links["latest"]
    assert page.links["license"]["url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert page.links["describedby"]["url"].endswith("/openapi.json")
    assert past.client.get(links["self"]).content == page.content
    assert past.client.get(links["latest"]).content == page.content


def is_asked_again(past: Past) -> None:
    """Make the service see at once that the revisions have changed, as after a restore.

    On its own it looks every few seconds, and meanwhile a new connection, which should show the
    earlier revision, gets 503.
    """
    assert past.client.get("/health/ready").status_code == 200


@contextlib.asynccontextmanager
async def dated(past: Past) -> AsyncIterator[None]:
    """Date the revisions to the 1st, the 2nd and the 2nd of March, and nothing to the 3rd."""
    connection = await asyncpg.connect(past.url)
    rows = await connection.fetch("select number, published_at from ledger.revision")
    before = {row["number"]: row["published_at"] for row in rows}
    days = {1: "2026-03-01 23:59:59Z", 2: "2026-03-02 00:00:00Z", 3: "2026-03-02 18:00:00Z"}
    for number, moment in days.items():
        await connection.execute(
            "update ledger.revision set published_at = $2::text::timestamptz where number = $1",
            number,
            moment,
        )
    is_asked_again(past)
    try:
        yield
    finally:
        for number, moment in before.items():
            await connection.execute(
                "update ledger.revision set published_at = $2 where number = $1", number, moment
            )
        is_asked_again(past)
        await connection.close()


async def test_a_day_means_the_last_revision_of_it(past: Past) -> None:
    async with dated(past):
        for day, revision in (("2026-03-01", 1), ("2026-03-02", 3), ("2026-03-03", 3)):
            answer = past.client.get(f"/v1/waves?count=none&limit=1&as_of={day}")
            assert answer.json()["meta"]["revision"] == revision
            assert answer.links["cite-as"]["url"].endswith(f"as_of={revision}")
        early = past.client.get("/v1/waves?as_of=2026-02-28")
    assert early.status_code == 404
    assert "the first revision is from 2026-03-01" in early.json()["detail"]


@pytest.mark.parametrize(
    ("as_of", "status", "told"),
    [
        ("4", 404, "there is no revision 4: the newest one is 3"),
        ("2147483646", 404, "there is no revision 2147483646"),
        ("9999-12-31", 404, "is not over yet"),
        ("0", 400, "neither the number of a revision nor a date"),
        ("-1", 400, "neither the number of a revision nor a date"),
        ("soon", 400, "neither the number of a revision nor a date"),
        ("2026-02-30", 400, "neither the number of a revision nor a date"),
        ("", 400, "neither the number of a revision nor a date"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/waves", "/v1/waves?format=csv", "/v1/waves/globex-2023-09"])
def test_a_revision_that_never_was_is_refused(
    past: Past, path: str, as_of: str, status: int, told: str
) -> None:
    answer = past.client.get(pinned(path, as_of))

    assert answer.status_code == status
    assert told in answer.json()["detail"]
    assert answer.headers["cache-control"] == "no-store"


def test_latest_is_the_newest_revision_for_now(past: Past) -> None:
    # In the document a revision has a number, so that clients have one type for it.
    answer = httpx.get(f"{past.client.base_url}/v1/revisions/latest")

    assert answer.json() == past.client.get("/v1/revisions/3").json()
    assert "immutable" not in answer.headers["cache-control"]
    assert past.client.get("/v1/revisions/last").status_code == 404


def test_a_withdrawn_id_says_when_and_why(past: Past) -> None:
    gone = past.client.get("/v1/waves/hooli-2023-12")

    assert gone.status_code == 410
    problem = gone.json()
    assert problem["code"] == "gone"
    assert problem["detail"].endswith("(revision 3): It was no cut of its own.")
    tombstone = problem["tombstone"]
    assert tombstone["retired_on"] == "2024-02-01"
    assert tombstone["revision"] == 3
    assert past.client.get(tombstone["history_url"]).status_code == 200
    assert past.client.get("/v1/waves/hooli-2023-12?as_of=2").status_code == 200
    assert past.client.get("/v1/waves/hooli-2023-12?as_of=3").status_code == 410


def test_a_list_says_what_became_of_a_retired_id(past: Past) -> None:
    """Whoever stored ids asks for many at once: "no wave" would sound as if it had never been."""
    path = "/v1/waves?id=globex-2023-09,hooli-2023-12,initech-2023-03,nobody-2023-01"
    answer = past.client.get(path)

    assert answer.status_code == 400
    withdrawn, merged, unknown = answer.json()["errors"]
    assert withdrawn["detail"] == (
        "the wave 'hooli-2023-12' was withdrawn on 2024-02-01 (revision 3): "
        "It was no cut of its own"
    )
    assert withdrawn["suggested_value"] is None
    assert merged["detail"] == "the wave 'initech-2023-03' was merged into 'initech-2023-04'"
    assert merged["suggested_value"] == "initech-2023-04"
    assert unknown["detail"] == "no wave 'nobody-2023-01'"
    # Before that, they were waves like any other.
    (unknown,) = past.client.get(f"{path}&as_of=2").json()["errors"]
    assert unknown["detail"] == "no wave 'nobody-2023-01'"


@pytest.mark.parametrize(
    ("path", "kind", "id_", "into"),
    [
        ("/v1/waves?company=", "company", "umbrella", "umbrella-group"),
        ("/v1/companies?id=", "company", "umbrella", "umbrella-group"),
        ("/v1/statistics?group_by=year&company=", "company", "umbrella", "umbrella-group"),
        ("/v1/waves?id=", "wave", "initech-2023-03", "initech-2023-04"),
        ("/v1/claims?wave=", "wave", "initech-2023-03", "initech-2023-04"),
    ],
)
def test_a_filter_leads_from_a_merged_id_to_the_one_that_stands_for_it(
    past: Past, path: str, kind: str, id_: str, into: str
) -> None:
    (error,) = past.client.get(f"{path}{id_}").json()["errors"]

    assert error["detail"] == f"the {kind} {id_!r} was merged into {into!r}"
    assert error["suggestion"] == f"use {into!r}"
    assert past.client.get(f"{path}{error['suggested_value']}").status_code == 200


def test_the_history_of_what_was_taken_out_has_its_last_name(past: Past) -> None:
    for path in ("waves/hooli-2023-12", "companies/umbrella"):
        called = re.compile("<h1>(.*?)</h1>")
        record = past.client.get(f"/v1/{path}?as_of=2&format=html").text
        history = past.client.get(f"/v1/{path}/history?format=html").text

        assert called.findall(history) == [f"History of {called.findall(record)[0]}"]


def test_the_id_of_a_claim_lives_as_long_as_what_it_says(past: Past) -> None:
    """Its figure changes, or its wave is withdrawn: only then it ends, and never before."""
    first, newest = (
        {
            one["id"]
            for one in past.client.get(f"/v1/claims?limit=200&as_of={number}").json()["data"]
        }
        for number in (1, 3)
    )

    assert first & newest
    assert first - newest
    for id_ in first - newest:
        assert past.client.get(f"/v1/claims/{id_}").status_code == 404
        assert past.client.get(f"/v1/claims/{id_}?as_of=1").status_code == 200


def test_a_merged_id_leads_to_the_one_that_stands_for_it(past: Past) -> None:
    moved = past.client.get("/v1/waves/initech-2023-03?expand=company")
    head = past.client.head("/v1/waves/initech-2023-03")

    assert moved.status_code == head.status_code == 301
    assert moved.headers["location"].endswith("/v1/waves/initech-2023-04?expand=company")
    followed = past.client.get(moved.headers["location"]).json()
    assert followed["id"] == "initech-2023-04"
    ids = [one["id"] for one in past.client.get("/v1/waves").json()["data"]]
    assert "initech-2023-04" in ids
    assert "initech-2023-03" not in ids
    before = past.client.get("/v1/waves/initech-2023-03?as_of=2")
    assert before.status_code == 200


def test_where_an_id_leads_as_of_a_revision_may_be_kept_for_good(past: Past) -> None:
    """A later revision, in which that record may be merged too, does not lead elsewhere, either."""
    for path in ("/v1/waves/initech-2023-03", "/v1/companies/by/cik/0000000001"):
        newest, pinned = past.client.get(path), past.client.get(f"{path}?as_of=3")
        assert newest.status_code == pinned.status_code == 301
        assert "immutable" not in newest.headers["cache-control"]
        kept = past.client.get(pinned.headers["location"]).headers["cache-control"]
        assert pinned.headers["cache-control"] == kept == "public, max-age=31536000, immutable"


def test_the_history_has_each_field_as_it_was_and_as_it_is(past: Past) -> None:
    history = past.client.get("/v1/waves/globex-2023-09/history").json()

    first, second = history["data"]
    assert (first["revision"], first["change"], first["fields"]) == (1, "added", [])
    fields = {one["field"]: (one["old"], one["new"]) for one in second["fields"]}
    assert (second["revision"], second["change"]) == (2, "changed")
    assert fields["headcount.low"] == (300, 400)
    for entry in (first, second):
        then = past.client.get(entry["url"]).json()
        assert then["headcount"]["low"] == {1: 300, 2: 400}[entry["revision"]]


def test_the_history_of_a_retired_wave_ends_with_why(past: Past) -> None:
    withdrawn = past.client.get("/v1/waves/hooli-2023-12/history").json()["data"]
    merged = past.client.get("/v1/waves/initech-2023-03/history").json()["data"]

    assert [one["change"] for one in withdrawn] == ["added", "withdrawn"]
    assert withdrawn[-1]["reason"] == "It was no cut of its own."
    assert withdrawn[-1]["url"] is None
    assert merged[-1]["merged_into"] == "initech-2023-04"
    assert past.client.get("/v1/waves/nobody-2023-01/history").status_code == 404


@pytest.mark.parametrize("revision", [1, 2, 3])
def test_replaying_the_changes_gives_the_state(past: Past, revision: int) -> None:
    entries = changes(past.client, f"limit=7&as_of={revision}")

    assert replayed(entries) == present(past.client, revision)
    for number in {one["revision"] for one in entries}:
        positions = [one["position"] for one in entries if one["revision"] == number]
        assert positions == list(range(1, len(positions) + 1))


def test_changes_after_a_revision_bring_a_copy_up_to_date(past: Past) -> None:
    old = past.client.get("/v1/changes?format=ndjson&as_of=1").text.splitlines()
    new = past.client.get("/v1/changes?format=ndjson&since=1").text.splitlines()
    entries = [json.loads(line) for line in [*old, *new]]

    assert replayed(entries) == present(past.client, 3)
    assert entries == changes(past.client)
    assert {one["revision"] for one in changes(past.client, "since=2")} == {3}
    assert changes(past.client, "since=3") == []
    waves = changes(past.client, "since=1&resource=wave&limit=1")
    assert {one["resource"] for one in waves} == {"wave"}


@pytest.mark.parametrize("kinds", ["", "&resource=wave"])
async def test_changes_are_asked_for_by_the_day_of_their_publication(
    past: Past, kinds: str
) -> None:
    async with dated(past):
        for day, since in (
            ("2026-02-28", 0),
            ("2026-03-01", 0),
            ("2026-03", 0),
            ("2026-03-02", 1),
            ("2026-03-03", 3),
        ):
            by_day = past.client.get(f"/v1/changes?limit=2&published_gte={day}{kinds}").json()
            by_number = past.client.get(f"/v1/changes?limit=2&since={since}{kinds}").json()
            assert by_day["meta"]["count"] == by_number["meta"]["count"]
            numbers = ("revision", "position", "id")
            assert [[one[name] for name in numbers] for one in by_day["data"]] == [
                [one[name] for name in numbers] for one in by_number["data"]
            ]
        walked = changes(past.client, f"published_gte=2026-03-02&limit=3{kinds}")
        both = changes(past.client, f"published_gte=2026-03-02&since=2{kinds}")
    assert {one["revision"] for one in walked} == {2, 3}
    assert {one["revision"] for one in both} == {3}


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        (
            "/v1/changes?since=2026-03-02",
            "give the number of a revision, or a day as published_gte",
        ),
        ("/v1/waves?changed_since=2026-03", "give the number of a revision: /v1/revisions says"),
    ],
)
def test_a_day_in_place_of_a_revision_is_told_what_to_do(
    past: Past, path: str, advice: str
) -> None:
    (error,) = past.client.get(path).json()["errors"]

    assert "is not the number of a revision" in error["detail"]
    assert error["suggestion"].startswith(advice)


def test_a_list_says_that_a_copy_is_ahead_of_it(past: Past) -> None:
    meta = past.client.get("/v1/waves?changed_since=9").json()["meta"]

    assert meta["count"] == 0
    assert meta["hint"].startswith(
        "there is no revision 9, the newest is 3: if your copy has that revision, "
    )

    # It exists, only not in what was requested: nothing was restored.
    earlier = past.client.get("/v1/waves?changed_since=2&as_of=1").json()["meta"]
    assert "restored" not in earlier["hint"]


def test_the_digest_of_a_revision_covers_all_that_went_before(past: Past) -> None:
    """Checked as a reader would: from what the API gives, and nothing else."""
    listed = past.client.get("/v1/revisions?sort=number").json()["data"]
    entries = changes(past.client)
    chained = b""

    for revision in listed:
        lines = [digested_line(one) for one in entries if one["revision"] == revision["number"]]
        chained = hashlib.sha256(chained + "".join(lines).encode()).digest()
        assert revision["digest"] == chained.hex()
        counted = [line.split()[0] for line in lines]
        for change in ("added", "changed", "withdrawn"):
            assert revision[change] == counted.count(change)


@pytest.mark.parametrize("resource", ["", "wave", "company,wave", "driver"])
@pytest.mark.parametrize("as_of", [1, 2, 3])
def test_changes_are_counted(past: Past, as_of: int, resource: str) -> None:
    """However they are counted: as a reader would who has all of them."""
    kinds = resource.split(",") if resource else None
    entries = [one for one in changes(past.client) if kinds is None or one["resource"] in kinds]
    for since in range(as_of + 1):
        asked = f"since={since}&as_of={as_of}&limit=1" + (f"&resource={resource}" if kinds else "")
        answer = past.client.get(f"/v1/changes?{asked}").json()
        expected = sum(since < one["revision"] <= as_of for one in entries)
        assert answer["meta"]["count"] == expected, asked


@pytest.mark.parametrize("resource", ["", "wave", "company,wave"])
@pytest.mark.parametrize("change", ["added", "changed", "withdrawn", "added,withdrawn"])
def test_changes_are_asked_for_by_what_became_of_a_record(
    past: Past, change: str, resource: str
) -> None:
    """Whoever waits for new waves need not read all that were edited."""
    asked = f"change={change}" + (f"&resource={resource}" if resource else "")
    expected = [
        one
        for one in changes(past.client)
        if one["change"] in change.split(",") and one["resource"] in (resource or one["resource"])
    ]

    assert changes(past.client, f"{asked}&limit=2") == expected
    for since in range(4):
        page = past.client.get(f"/v1/changes?{asked}&since={since}&limit=1").json()
        assert page["meta"]["count"] == sum(one["revision"] > since for one in expected)
    lines = past.client.get(f"/v1/changes?{asked}&format=ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == expected
    feed = past.client.get(f"/v1/changes?{asked}&format=jsonfeed&limit=200").json()
    taxonomies = set() if resource else {"driver", "role", "collection"}
    assert [one["id"] for one in feed["items"]] == [
        f"{one['url']}?as_of={one['revision']}"
        for one in expected[::-1]
        if one["resource"] not in taxonomies
    ]


def test_a_sector_is_named_as_it_was(past: Past) -> None:
    """A file as of a revision has the names of that revision, whatever became of them."""
    found = {}
    for revision in (1, 2):
        text = past.client.get(f"/v1/waves?company=globex&format=csv&as_of={revision}").text
        found[revision] = {line.rpartition(",")[2] for line in text.splitlines()[1:]}

    assert found == {1: {"Information"}, 2: {"Information and media"}}


def _is_about(change: Json, company: str, driver: str) -> bool:
    """Return whether a change is of a version that the requested company and driver match."""
    document, resource = change["document"], change["resource"]
    if document is None:
        return False
    if resource == "wave":
        given = {
            one["driver"]["code"]
            for one in document["drivers"]
            if one["stance"] != "denies" and one["rank"] != "deprecated"
        }
        return company in ("", document["company"]["id"]) and driver in ("", *given)
    if company:
        return not driver and resource.startswith("company") and bool(change["id"] == company)
    return resource == "driver" and bool(change["id"] == driver)


@pytest.mark.parametrize("resource", ["", "wave", "company,driver"])
@pytest.mark.parametrize(
    ("company", "driver"),
    [
        ("globex", ""),
        ("hooli", ""),
        ("initech", ""),
        ("umbrella-group", ""),
        ("", "cost_control"),
        ("", "closure"),
        ("globex", "cost_control"),
    ],
)
def test_changes_are_asked_for_by_company_and_driver(
    past: Past, company: str, driver: str, resource: str
) -> None:
    """Whoever follows a company or a reason sees everything, even what was withdrawn or moved."""
    subject = [f"company={company}"] * bool(company) + [f"driver={driver}"] * bool(driver)
    asked = "&".join([*subject, *[f"resource={resource}"] * bool(resource)])
    for as_of in (3, 1):
        entries = [one for one in changes(past.client) if one["revision"] <= as_of]
        found = {(one["resource"], one["id"]) for one in entries if _is_about(one, company, driver)}
        expected = [
            one
            for one in entries
            if (one["resource"], one["id"]) in found
            and one["resource"] in (resource or one["resource"])
        ]
        if as_of == 1 and company == "umbrella-group":
            assert past.client.get(f"/v1/changes?{asked}&as_of=1").status_code == 400
            continue

        assert changes(past.client, f"{asked}&limit=2&as_of={as_of}") == expected
        since = past.client.get(f"/v1/changes?{asked}&since=1&as_of={as_of}").json()
        assert since["data"] == [one for one in expected if one["revision"] > 1]
        assert since["meta"]["count"] == len(since["data"])
        lines = past.client.get(f"/v1/changes?{asked}&as_of={as_of}&format=ndjson").text
        assert [json.loads(line) for line in lines.splitlines()] == expected
    feed = past.client.get(f"/v1/changes?{asked}&format=jsonfeed&limit=200").json()
    assert [one["id"] for one in feed["items"]] == [
        f"{one['url']}?as_of={one['revision']}"
        for one in changes(past.client, asked)[::-1]
        if resource or one["resource"] != "driver"
    ]


def test_changes_are_the_same_whether_or_not_postings_say_that_they_are_many(
    columnar: httpx.Client, by_rows: httpx.Client
) -> None:
    drivers = [one["code"] for one in by_rows.get("/v1/drivers?limit=200").json()["data"]]
    for asked in (
        *(f"driver={one}" for one in drivers),
        f"driver={drivers[0]},{drivers[1]}&change=changed",
    ):
        for path in (f"/v1/changes?{asked}&limit=7", f"/v1/changes?{asked}&format=atom"):
            found, expected = (one.get(path, headers=HOST) for one in (columnar, by_rows))
            assert found.status_code == 200
            assert found.content == expected.content
            while "next" in found.links and "atom" not in path:
                following = found.links["next"]["url"].removeprefix(f"http://{HOST['Host']}")
                found, expected = (one.get(following, headers=HOST) for one in (columnar, by_rows))
                assert found.content == expected.content


def test_a_kind_without_companies_is_said_to_have_none(past: Past) -> None:
    answer = past.client.get("/v1/changes?company=globex&driver=closure&resource=company,wave")
    nothing = past.client.get("/v1/changes?driver=closure&resource=source")

    assert answer.json()["meta"]["hint"] == (
        "`company` with `driver` only finds changes of the kind wave, none of the kind company"
    )
    assert nothing.json()["meta"]["hint"] == (
        "`driver` only finds changes of the kind wave or driver, none of the kind source"
    )
    assert nothing.json()["data"] == []
    assert past.client.get("/v1/changes?company=globex").json()["meta"]["hint"] is None


@pytest.mark.parametrize(
    ("asked", "hint"),
    [("company=globx", "did you mean 'globex'?"), ("driver=costs_control", "'cost_control'")],
)
def test_changes_of_nobody_are_refused(past: Past, asked: str, hint: str) -> None:
    answer = past.client.get(f"/v1/changes?{asked}")

    assert answer.status_code == 400
    assert hint in answer.json()["detail"]


def test_a_copy_that_is_ahead_is_told_so(past: Past) -> None:
    answer = past.client.get("/v1/changes?since=9")

    assert answer.status_code == 404
    assert "start your copy again" in answer.json()["detail"]


def test_the_feed_has_the_newest_change_first(past: Past) -> None:
    answer = past.client.get("/v1/changes", headers={"accept": "application/atom+xml"})
    feed = ET.fromstring(answer.content)  # noqa: S314 our own answer
    atom = {"a": "http://www.w3.org/2005/Atom"}

    assert answer.headers["content-type"].startswith("application/atom+xml")
    entries = feed.findall("a:entry", atom)
    titles = [entry.findtext("a:title", namespaces=atom) for entry in entries]
    assert "Withdrawn: wave hooli-2023-12" in titles
    # Without what makes a list of codes and no news.
    taxonomies = {"driver", "role", "collection"}
    shown = [one for one in changes(past.client) if one["resource"] not in taxonomies]
    newest = shown[::-1][: len(entries)]
    assert [entry.findtext("a:id", namespaces=atom) for entry in entries] == [
        f"{one['url']}?as_of={one['revision']}" for one in newest
    ]
    assert all(entry.findtext("a:updated", namespaces=atom) for entry in entries)


def test_changed_since_finds_what_a_copy_lacks(past: Past) -> None:
    changed = past.client.get("/v1/waves?changed_since=1&limit=200").json()["data"]
    every = past.client.get("/v1/waves?limit=200").json()["data"]

    assert changed == [one for one in every if one["revision"] > 1]
    assert 0 < len(changed) < len(every)


def test_revisions_are_listed_and_given(past: Past) -> None:
    page = past.client.get("/v1/revisions?limit=2").json()
    rest = past.client.get(page["links"]["next"]).json()

    listed = [*page["data"], *rest["data"]]
    assert [one["number"] for one in listed] == [3, 2, 1]
    assert page["meta"]["count"] == 3
    for one in listed:
        assert past.client.get(one["url"]).json() == one
        told = past.client.get(one["changes_url"]).json()["data"]
        assert {entry["revision"] for entry in told} == {one["number"]}
    for never in ("0", "4", "x", "1.0", "²", "99999999999999999999"):
        assert past.client.get(f"/v1/revisions/{never}").status_code == 404


def test_a_merged_company_is_suggested_in_a_filter(past: Past) -> None:
    answer = past.client.get("/v1/waves?company=umbrella")
    moved = past.client.get("/v1/companies/umbrella/indicators?as_of=3")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["suggestion"] == "use 'umbrella-group'"
    assert past.client.get("/v1/waves?company=umbrella&as_of=2").status_code == 200
    assert moved.headers["location"].endswith("/v1/companies/umbrella-group/indicators?as_of=3")


def test_a_comparison_says_what_became_of_a_wave(past: Past) -> None:
    path = "/v1/comparisons?wave=globex-2023-01&wave="
    merged, withdrawn, never = (
        past.client.get(path + id_).json()["errors"][0]
        for id_ in ("initech-2023-03", "hooli-2023-12", "nobody-2023-01")
    )

    assert merged["suggestion"] == "did you mean 'initech-2023-04'?"
    assert "was withdrawn on 2024-02-01 (revision 3)" in withdrawn["detail"]
    assert never["detail"] == "no wave 'nobody-2023-01'"
    assert past.client.get(path + "hooli-2023-12&as_of=2").status_code == 200


def test_a_walk_goes_on_as_of_where_it_began(past: Past) -> None:
    page = past.client.get("/v1/waves?limit=3&sort=id&as_of=1").json()
    found = page["data"]
    while page["links"]["next"]:
        answer = past.client.get(page["links"]["next"])
        assert answer.headers["cache-control"].endswith("immutable")
        page = answer.json()
        assert page["meta"]["revision"] == 1
        found += page["data"]

    assert found == past.client.get("/v1/waves?sort=id&limit=200&as_of=1").json()["data"]


def test_a_cursor_of_another_revision_is_refused(past: Past) -> None:
    page = past.client.get("/v1/waves?limit=3&as_of=1").json()

    answer = past.client.get(f"/v1/waves?limit=3&as_of=2&cursor={page['meta']['next_cursor']}")

    assert answer.status_code == 400
    assert "belongs to revision 1" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("path", ["/v1/changes", "/v1/revisions"])
def test_a_forged_cursor_is_refused(past: Past, path: str) -> None:
    parameters = {"/v1/changes": ChangeListParameters(), "/v1/revisions": RevisionListParameters()}
    names = {"/v1/changes": "change", "/v1/revisions": "revision"}
    signature = cursor.signature(names[path], parameters[path])
    for revision, key in ((1, float("inf")), (1, 1.5), (1, "1"), (1, 2**40), (99, 1)):
        position = cursor.Position(revision, 1, key, "1", signature)
        answer = past.client.get(f"{path}?cursor={cursor.write_cursor(position)}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "cursor"


async def test_a_lagging_process_knows_what_another_one_gave(past: Past) -> None:
    async with connect(settings.read({}), past.url) as ledger:
        newest = ledger.revisions.newest
        ledger.revisions._newest = msgspec.structs.replace(
            await ledger.snapshot_at(2), counts={}, fingerprint=b"old"
        )
        assert (await ledger.snapshot_at(3)).revision == newest.revision == 3


def test_a_revision_is_dated_when_it_becomes_visible(past: Past) -> None:
    listed = past.client.get("/v1/revisions?sort=number").json()["data"]

    moments = [one["published_at"] for one in listed]
    assert moments == sorted(moments)
