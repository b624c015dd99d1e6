"""Lists by postings: the same bytes as PostgreSQL's, for each revision, and never for another."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from layoff_ledger.exports import postings as export
from layoff_ledger.http.context import parse_query
from layoff_ledger.query.cursor import Position, cursor_key
from layoff_ledger.query.lists import Plan, plan
from layoff_ledger.query.parse import read
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.statement import IsKnown, OneOf, Term, Within
from layoff_ledger.store import checksum, postings_file
from layoff_ledger.store.bodies_file import FileBodies
from layoff_ledger.store.columns_file import BODIES_SUFFIX, POSTINGS_SUFFIX, SUFFIX
from layoff_ledger.store.postings import MAX_LOOKED_UP
from layoff_ledger.store.postings_file import FilePostings
from support.columns import is_by_postings, wait_for_columns, with_columns, write
from support.databases import copy_of, publish_first, publish_folder
from support.filters import FUZZ, FUZZ_REAL, choices, queries
from support.lists import Query, everything
from support.revisions import REVISIONS, revise
from support.services import run, serving, wait_for_revision

pytestmark = [pytest.mark.postgres, pytest.mark.thorough]

Place = tuple[datetime.date, str]
SORTS = {one for one in WAVE.sorts if one.lstrip("-") in {"announced_on", "headcount", "share"}}
PERIODS = ["2023", "2023-Q2", "2022-11", "2023-01-20"]
PLACES = st.none() | st.tuples(
    st.dates(datetime.date(2021, 1, 1), datetime.date(2024, 12, 31))
    | st.sampled_from([datetime.date.min, datetime.date.max]),
    st.sampled_from(["", "amazon-2023", "globex-2023-01", "meta-2023-03", "zzz", "ü"]),
)


class Lists:
    """A ledger as rows and as sets of numbers, asked the same."""

    def __init__(self, url: str, file: Path, revision: int = 1) -> None:
        self._loop, self.revision = asyncio.new_event_loop(), revision
        self._rows: Any = self._loop.run_until_complete(asyncpg.connect(url))
        self.postings = FilePostings(file.with_suffix(POSTINGS_SUFFIX))

    def plan(self, query: Query) -> Plan:
        written = str(httpx.QueryParams(tuple(query))).encode()
        assert WAVE.listing is not None
        parameters = read(WAVE.listing.parameters, parse_query(written))
        return plan(WAVE, parameters, revision=self.revision)

    def rows(self, planned: Plan, after: Place | None, limit: int) -> tuple[int, list[Any]]:
        """Return the count and a page with one row more, as PostgreSQL has them."""
        place = None
        if after is not None:
            place = Position(self.revision, None, cursor_key(after[0]), after[1], b"")
        counted, page = planned.count(), planned.page(after=place, limit=limit)
        count = self._loop.run_until_complete(self._rows.fetchval(counted.text, *counted.arguments))
        found = self._loop.run_until_complete(self._rows.fetch(page.text, *page.arguments))
        return count, [tuple(row) for row in found]

    def sets(self, planned: Plan, after: Place | None, limit: int) -> tuple[int, list[Any]]:
        """Return the same as postings have it."""
        assert planned.terms is not None
        found = self.postings.find(planned.terms)
        page = found.page(by=planned.sort, after=after, limit=limit + 1)
        assert page is not None
        return found.count, page

    def close(self) -> None:
        self.postings.close()
        self._loop.run_until_complete(self._rows.close())
        self._loop.close()


@pytest.fixture(scope="module", params=["fixture", "real"])
def ledger(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, httpx.Client, Lists]]:
    """The made-up ledger and the real one."""
    url = request.getfixturevalue(f"{request.param}_database")
    client = request.getfixturevalue("api" if request.param == "fixture" else "real")
    file = write(url, tmp_path_factory.mktemp("postings"))
    with contextlib.closing(Lists(url, file)) as lists:
        yield request.param, client, lists


def test_any_filters_find_alike(ledger: tuple[str, httpx.Client, Lists]) -> None:
    name, client, lists = ledger
    waves = everything(client, "/v1/waves")
    # Also those that begin and end with a day on which something was announced.
    days = sorted({one["announced_on"] for one in waves})
    answered = 0

    @FUZZ
    @given(
        query=queries(choices(waves)),
        periods=st.lists(st.sampled_from([*PERIODS, *days[-20:]]), max_size=2),
        sort=st.sampled_from(sorted(SORTS)),
        limit=st.sampled_from([1, 5, 200]),
        place=PLACES,
    )
    def holds(query: Query, periods: list[str], sort: str, limit: int, place: Place | None) -> None:
        nonlocal answered
        if not sort.endswith("announced_on"):
            # These are places in the order of days.
            place = None
        asked = [*query, *(("announced", one) for one in periods), ("sort", sort)]
        planned = lists.plan(asked)
        assert planned.terms is not None
        if not lists.postings.can_find(planned.terms):
            # Bounds of figures, which a file does not have, or one claim with several drivers,
            # speakers, stances and standings at once.
            looked_up = [one for one in planned.terms if isinstance(one, OneOf)]
            figures = any(one.startswith(("headcount", "share")) for one, _ in query)
            assert figures or sum(len(one.values) for one in looked_up) > MAX_LOOKED_UP
            return
        count, page = lists.rows(planned, place, limit)
        assert lists.sets(planned, place, limit) == (count, page)
        if page:
            # The page after it begins at an existing record, and not only where one could be.
            last = (page[-1][2], page[-1][0])
            assert lists.sets(planned, last, limit) == lists.rows(planned, last, limit)
            answered += 1

    holds()
    assert answered, name


def test_every_facet_means_the_same_to_both(ledger: tuple[str, httpx.Client, Lists]) -> None:
    """Each value of each parameter that takes some, alone and excluded."""
    _, client, lists = ledger
    for name, values in choices(everything(client, "/v1/waves")).items():
        for value in values[:20]:
            planned = lists.plan([(name, value)])
            assert lists.sets(planned, None, 200) == lists.rows(planned, None, 200), (name, value)


def test_what_a_facet_is_unknown_of_is_neither_one_value_nor_another(
    ledger: tuple[str, httpx.Client, Lists],
) -> None:
    _, client, lists = ledger
    waves = everything(client, "/v1/waves")
    known = {one["company"]["industry"] for one in waves} - {None}
    value = max(known)

    found = lists.postings.find([OneOf("industry", (value,), is_negated=True)])

    others = [one for one in waves if one["company"]["industry"] not in {value, None}]
    assert found.count == len(others)


def test_postings_leave_to_postgresql_what_they_do_not_have(
    ledger: tuple[str, httpx.Client, Lists],
) -> None:
    _, _, lists = ledger
    many = tuple(map(str, range(MAX_LOOKED_UP + 1)))

    def can_find(term: Term) -> bool:
        return lists.postings.can_find([term])

    assert not can_find(OneOf("no such facet", ("x",)))
    assert not can_find(Within("newest_event_on", ((None, None),)))
    assert not can_find(IsKnown(("headcount_low",)))
    assert not can_find(OneOf("industry", many))
    assert can_find(OneOf("industry", many[:MAX_LOOKED_UP]))
    assert can_find(IsKnown(("industry",)))


def paths(client: httpx.Client, query: Query, pages: int) -> Iterator[tuple[str, str]]:
    """Follow some pages; return the address of each without its host, and its answer."""
    path = f"/v1/waves?{httpx.QueryParams(tuple(query))}"
    for _ in range(pages):
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        yield path, answer.text.replace(str(client.base_url), "")
        following = answer.json()["links"]["next"]
        if following is None:
            return
        path = following.removeprefix(str(client.base_url).rstrip("/"))


def test_pages_and_cursors_are_the_same_to_the_byte(
    columnar: httpx.Client, by_rows: httpx.Client
) -> None:
    waves = everything(by_rows, "/v1/waves")

    @FUZZ_REAL
    @given(
        query=queries(choices(waves)),
        sort=st.sampled_from(sorted(SORTS)),
        limit=st.sampled_from(["3", "20"]),
        count=st.sampled_from(["exact", "none"]),
    )
    def holds(query: Query, sort: str, limit: str, count: str) -> None:
        asked = [*query, ("sort", sort), ("limit", limit), ("count", count)]
        assert list(paths(columnar, asked, 3)) == list(paths(by_rows, asked, 3))

    holds()


@pytest.mark.parametrize(
    "asked",
    [
        "driver=restructuring&country=US&limit=3",
        "announced=2023-06&limit=3",
        "limit=3&count=none",
        "sort=announced_on&limit=3",
        "role=recruiting&effect=spared,cut&speaker=company&status_not=withdrawn&limit=3",
        # Only counted, in an order for which there are no numbers.
        "industry=51&canonical=true&sort=-headcount&limit=3",
    ],
)
def test_the_service_lists_by_postings(
    columnar: httpx.Client, by_rows: httpx.Client, asked: str
) -> None:
    answer = columnar.get(f"/v1/waves?{asked}")

    assert is_by_postings(answer)
    assert not is_by_postings(by_rows.get(f"/v1/waves?{asked}"))


@pytest.mark.parametrize(
    "asked",
    ["q=meta", "sample=3", "sort=id&count=none", "headcount_gte=9", "as_of=1&limit=4"],
)
def test_postgresql_lists_what_postings_do_not(columnar: httpx.Client, asked: str) -> None:
    answer = columnar.get(f"/v1/waves?{asked}")

    assert answer.status_code == 200
    assert answer.json()["data"]
    # The newest revision is the same whether or not it is asked for by its number.
    assert is_by_postings(answer) is ("as_of" in asked)


def test_each_revision_has_postings_of_its_own(server: str, template: str, tmp_path: Path) -> None:
    url = asyncio.run(copy_of(server, f"/{template}"))
    data, kept = tmp_path / "data", tmp_path / "kept"
    counts = []
    for revision in range(1, REVISIONS + 1):
        revise(data, revision)
        asyncio.run(publish_folder(url, data))
        for file in (write(url, kept), write(url, tmp_path / f"anew-{revision}")):
            with contextlib.closing(Lists(url, file, revision)) as lists:
                for query in ([], [("country_not", "US")], [("stance", "denies")]):
                    planned = lists.plan(query)
                    count, page = lists.rows(planned, None, 200)
                    assert lists.sets(planned, None, 200) == (count, page)
                    counts.append(count)
    assert len(set(counts)) > 1


def test_a_place_is_the_same_by_id_by_one_query_and_by_bisection(
    real_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on days on which very many waves were announced."""
    path = write(real_database, tmp_path)
    with (
        contextlib.closing(FilePostings(path.with_suffix(POSTINGS_SUFFIX))) as postings,
        contextlib.closing(FileBodies(path.with_suffix(BODIES_SUFFIX))) as bodies,
    ):
        there = [postings.at(number) for number in range(postings.total)]
        places = [
            *there,
            *((day, f"{id_}{more}") for day, id_ in there for more in ("", "0", "~")),
            *((day + datetime.timedelta(1), id_[:3]) for day, id_ in there),
        ]

        def found() -> list[int]:
            return [
                postings.place(day, id_, is_behind=is_behind)
                for day, id_ in places
                for is_behind in (False, True)
            ]

        by_query = found()
        postings.bodies = bodies
        assert found() == by_query
        postings.bodies = None
        monkeypatch.setattr(postings_file, "_MAX_SCANNED", -1)
        assert found() == by_query
    assert by_query[: 2 * len(there)] == [
        number + is_behind for number in range(len(there)) for is_behind in (False, True)
    ]


def test_a_page_whose_waves_are_far_behind_is_left_to_postgresql(
    ledger: tuple[str, httpx.Client, Lists], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of few waves among a million in the order of their size."""
    _, _, lists = ledger
    planned = lists.plan([("sort", "-headcount")])
    last = lists.postings.page(
        BitMap(range(lists.postings.total)), by=planned.sort, after=None, limit=lists.postings.total
    )
    assert last is not None
    monkeypatch.setattr(postings_file, "_MAX_RANKED", 1)
    by_id = {id_: number for number, id_ in enumerate(lists.postings.ids(range(len(last))))}

    def first(id_: str) -> list[Any] | None:
        numbers = BitMap([by_id[id_]])
        return lists.postings.page(numbers, by=planned.sort, after=None, limit=1)

    assert first(last[-1][0]) is None
    assert first(last[0][0]) == last[:1]


def test_a_file_that_is_made_piece_by_piece_has_the_same_sets(
    fixture_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a million waves, of which a quarter is in memory at once."""
    columns, pieces = write(fixture_database, tmp_path), tmp_path / "pieces"
    monkeypatch.setattr(export, "_ROWS", 3)

    export.write(columns, pieces, memory="256MB")

    at_once, in_pieces = (sets(path) for path in (columns.with_suffix(POSTINGS_SUFFIX), pieces))
    assert at_once == in_pieces
    assert max(len(numbers) for numbers in at_once.values()) > 3


def sets(path: Path) -> dict[tuple[str, str | None], BitMap]:
    with contextlib.closing(sqlite3.connect(path)) as file:
        rows = file.execute("select facet, value, numbers from posting").fetchall()
    return {(facet, value): BitMap.deserialize(numbers) for facet, value, numbers in rows}


def test_postings_alone_are_written_where_the_columns_are_there(
    server: str, template: str, data: Path, tmp_path: Path
) -> None:
    """As after an upgrade."""
    url = asyncio.run(copy_of(server, f"/{template}"))
    asyncio.run(publish_folder(url, data))

    columns = write(url, tmp_path / "kept")
    columns.with_suffix(POSTINGS_SUFFIX).unlink()
    before = columns.stat().st_mtime_ns

    assert "wrote" in run("columns", str(columns.parent), DATABASE_URL=url).stdout
    assert columns.stat().st_mtime_ns == before
    assert columns.with_suffix(POSTINGS_SUFFIX).exists()


@pytest.mark.slow
def test_a_service_never_lists_another_revision_and_mends_damaged_postings(
    server: str, template: str, tmp_path: Path
) -> None:
    data, home = tmp_path / "data", tmp_path / "home"
    url = publish_first(server, template, data)
    environment = with_columns(url, home, LEDGER_POSTINGS="0")
    asked, attribution = "/v1/waves?status_not=withdrawn", "/v1/attribution?driver=over_hiring"
    with serving("--data", str(data), environment=environment) as client:
        wait_for_columns(client)
        first = client.get(asked)
        revise(data, 2)
        asyncio.run(publish_folder(url, data))
        wait_for_revision(client, 2)
        at_once = client.get(f"{asked}&limit=99")
        wait_for_columns(client)
        second, past = client.get(asked), client.get(f"{asked}&as_of=1&limit=99")
        ascribed = client.get(attribution)

        assert is_by_postings(first)
        assert is_by_postings(second)
        assert second.json()["data"] != first.json()["data"]
        assert at_once.json()["data"] == second.json()["data"]
        assert not is_by_postings(past)
        assert [one["id"] for one in past.json()["data"]] == [
            one["id"] for one in first.json()["data"]
        ]

    (newest,) = (home / "columns").glob(f"waves-r2-*{POSTINGS_SUFFIX}")
    columns = newest.with_suffix(SUFFIX).read_bytes()
    asked += "&country_not=US"
    # Damage may only be found when it is read: here, the checksum does not show it.
    with contextlib.closing(sqlite3.connect(newest)) as file, file:
        file.execute(
            "update posting set numbers = x'00' where facet in ('countries', 'ascriptions')"
        )
    checksum.write(newest)
    with serving("--data", str(data), environment=environment) as client:
        wait_for_columns(client)
        ascribed_once_more = client.get(attribution)

    assert is_by_postings(ascribed)
    assert is_by_postings(ascribed_once_more)
    assert ascribed_once_more.json()["data"] == ascribed.json()["data"]
    assert any(row["ids"] for row in ascribed.json()["data"] if row["rule"] == "anyone")
    with serving("--data", str(data), environment=environment) as client:
        wait_for_columns(client)
        whole = client.get("/v1/waves?status_not=withdrawn&limit=97")
        broken, after = client.get(asked), client.get("/v1/waves?status_not=withdrawn&limit=98")

    assert is_by_postings(whole)
    assert broken.status_code == 200
    assert not is_by_postings(after)
    assert after.json()["data"] == whole.json()["data"]

    newest.write_bytes(b"no file of SQLite")
    with serving("--data", str(data), environment=environment) as client:
        wait_for_columns(client)
        mended = client.get(asked)

    assert is_by_postings(mended)
    # Each service has an address of its own.
    assert [one["id"] for one in mended.json()["data"]] == [
        one["id"] for one in broken.json()["data"]
    ]
    assert newest.with_suffix(SUFFIX).read_bytes() == columns
