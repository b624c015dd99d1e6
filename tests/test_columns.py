"""Statistics by columns: DuckDB counts what PostgreSQL counts, per revision, and heals itself."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import duckdb
import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layoff_ledger.http.context import parse_query
from layoff_ledger.query import attribution as attribution_module
from layoff_ledger.query.attribution import (
    BY,
    AttributionParameters,
    AttributionRow,
    attribution,
    conditions_of,
)
from layoff_ledger.query.attribution import rows_of as attribution_rows
from layoff_ledger.query.attribution_ids import IdsByRule, can_list
from layoff_ledger.query.columnar import is_columnar
from layoff_ledger.query.dimensions import DIMENSIONS
from layoff_ledger.query.grouping import statistics
from layoff_ledger.query.parse import read
from layoff_ledger.query.statistics_parameters import StatisticsParameters
from layoff_ledger.statement import Statement
from layoff_ledger.store import checksum
from layoff_ledger.store.columns import count_words
from layoff_ledger.store.columns_file import BODIES_SUFFIX, POSTINGS_SUFFIX, SUFFIX
from layoff_ledger.store.postings_file import FilePostings
from support.columns import is_by_columns, is_by_postings, wait_for_columns, with_columns, write
from support.databases import copy_of, publish_first, publish_folder
from support.filters import FUZZ, FUZZ_REAL, choices, queries
from support.groups import MULTIPLE, SINGLE, expected
from support.lists import Query, everything
from support.revisions import REVISIONS, revise
from support.services import command, failed, run, serving, started, wait_for_revision
from support.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.thorough]

Rows = list[dict[str, Any]]
PAIRS = [*itertools.pairwise([*DIMENSIONS, next(iter(DIMENSIONS))]), ("country", "role")]
"""Each dimension first and second; two of whose values figures are stated."""
NEIGHBOURS = PAIRS[: len(DIMENSIONS) : 2]
"""Each dimension at least once."""


class Both:
    """A ledger as rows and as columns, asked the same."""

    def __init__(self, url: str, file: Path) -> None:
        self._url, self._loop = url, asyncio.new_event_loop()
        self._rows: Any = self._loop.run_until_complete(asyncpg.connect(url))
        self._columns = duckdb.connect(file, read_only=True)
        self._words = count_words(self._columns)
        self._postings = FilePostings(file.with_suffix(POSTINGS_SUFFIX))

    def ask(self, parameters: StatisticsParameters, revision: int) -> tuple[Rows, Rows]:
        """Return what PostgreSQL and what DuckDB answers."""
        return self._run(
            statistics(parameters, revision=revision),
            statistics(parameters, revision=revision, words=self._words),
        )

    def ascribe(
        self, parameters: AttributionParameters, drivers: list[str], revision: int
    ) -> tuple[list[AttributionRow], list[AttributionRow]]:
        """Return what PostgreSQL and what DuckDB ascribes to drivers."""
        by_rows, by_columns = self._run(
            attribution(parameters, drivers, revision=revision),
            attribution(parameters, drivers, revision=revision, words=self._words),
        )
        totals = [
            {(row["key"], row["rule"], row["groups"], row["count"]) for row in found}
            for found in (by_rows, by_columns)
        ]
        assert totals[0] == totals[1]
        return attribution_rows(by_rows, {}), attribution_rows(by_columns, {})

    def list_ids(
        self, parameters: AttributionParameters, drivers: list[str], revision: int, most: int
    ) -> list[AttributionRow] | None:
        """Return what DuckDB ascribes to drivers, with the ids of postings; None if they cannot."""
        statement = attribution(
            parameters, drivers, revision=revision, words=self._words, has_ids=False
        )
        found = self._by_columns(statement)
        assert all(row["ids"] is None for row in found)
        terms = conditions_of(parameters, revision, None).terms
        if terms is None or not can_list(self._postings, parameters.by, drivers, terms):
            return None
        ids = IdsByRule(self._postings, parameters.by, drivers, terms, most=most)
        expected = ids.expected()
        for row in found:
            assert not expected or row["key"] in expected
            row["ids"] = ids.read(row["key"])[row["rule"]]
        return attribution_rows(found, {})

    def _run(self, by_rows: Statement, by_columns: Statement) -> tuple[Rows, Rows]:
        found = self._loop.run_until_complete(self._rows.fetch(by_rows.text, *by_rows.arguments))
        return [dict(row) for row in found], self._by_columns(by_columns)

    def _by_columns(self, statement: Statement) -> Rows:
        cursor = self._columns.execute(statement.text, list(statement.arguments))
        names = [one[0] for one in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def close(self) -> None:
        self._postings.close()
        self._columns.close()
        self._loop.run_until_complete(self._rows.close())
        self._loop.close()


@pytest.fixture(scope="module")
def both(real_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The real ledger."""
    with contextlib.closing(
        Both(real_database, write(real_database, tmp_path_factory.mktemp("columns")))
    ) as opened:
        yield opened


@pytest.mark.parametrize("pair", PAIRS, ids=",".join)
def test_two_dimensions_are_counted_alike(both: Both, pair: tuple[str, str]) -> None:
    parameters = StatisticsParameters(group_by=list(pair), limit=10_000, canonical=[True, False])

    by_rows, by_columns = both.ask(parameters, 1)

    assert by_rows == by_columns
    assert by_rows


@pytest.mark.parametrize(
    "asked",
    [
        {"group_by": ["company", "week"], "limit": 7},
        {"group_by": ["company", "country"], "sort": "-headcount_low", "limit": 40},
        {"group_by": ["driver", "week", "role"], "sort": "-waves", "limit": 25},
        {"group_by": ["country", "company"], "top": 2, "limit": 30},
    ],
    ids=str,
)
def test_the_first_ones_of_many_groups_are_counted_alike(both: Both, asked: dict[str, Any]) -> None:
    """Where there may be many groups, only those of the answer are added up."""
    by_rows, by_columns = both.ask(StatisticsParameters(**asked), 1)

    assert by_rows == by_columns
    assert len(by_rows) == asked["limit"] < by_rows[0]["groups"]


@pytest.fixture(scope="module")
def known(real: httpx.Client) -> dict[str, list[str]]:
    """Values to ask waves of the real ledger for: parameter → values."""
    return choices(everything(real, "/v1/waves"))


def test_any_question_is_counted_alike(both: Both, known: dict[str, list[str]]) -> None:
    @FUZZ
    @given(
        query=queries(known),
        group_by=st.lists(st.sampled_from(list(DIMENSIONS)), min_size=1, max_size=3, unique=True),
        sort=st.sampled_from(["key", "-waves", "-headcount_low"]),
        top=st.none() | st.integers(1, 4),
        limit=st.sampled_from([3, 1_000]),
    )
    def holds(query: Query, group_by: list[str], sort: str, top: int | None, limit: int) -> None:
        more = [("group_by", ",".join(group_by)), ("sort", sort), ("limit", str(limit))]
        if top is not None and len(group_by) > 1:
            more.append(("top", str(top)))
        written = str(httpx.QueryParams((*query, *more))).encode()

        by_rows, by_columns = both.ask(read(StatisticsParameters, parse_query(written)), 1)

        assert by_rows == by_columns

    holds()


REASONS = [
    ["ai_automation", "ai_disruption", "ai_investment"],
    ["over_hiring", "restructuring"],
    ["cost_control"],
    [],
]


@pytest.mark.parametrize("by", [None, *BY])
@pytest.mark.parametrize("most", [3, 1_000])
def test_any_attribution_is_alike(
    both: Both,
    known: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    by: str | None,
    most: int,
) -> None:
    """Even if a row has more ids than it shows: the limit here is so low that most rows do."""
    monkeypatch.setattr(attribution_module, "MAX_IDS", most)
    others = {one: known[one] for one in known if one not in {"driver", "driver_group"}}
    listed: list[int] = []

    @FUZZ_REAL
    @given(
        query=queries(others),
        drivers=st.sampled_from(REASONS),
        ids=st.booleans(),
        limit=st.sampled_from([3, 1_000]),
    )
    def holds(query: Query, drivers: list[str], ids: bool, limit: int) -> None:  # noqa: FBT001 drawn
        more = [("ids", str(ids).lower()), ("limit", str(limit)), *([("by", by)] if by else [])]
        written = str(httpx.QueryParams((*query, *more))).encode()
        parameters = read(AttributionParameters, parse_query(written))

        by_rows, by_columns = both.ascribe(parameters, drivers, 1)

        assert by_rows == by_columns
        by_postings = both.list_ids(parameters, drivers, 1, most) if ids else None
        if by_postings is not None:
            listed.append(sum(len(row.ids) for row in by_postings))
            assert by_rows == by_postings

    holds()
    # Each wave of a company would be looked up.
    assert any(listed) == (by != "company")


def test_the_service_ascribes_by_columns_to_the_byte(
    columnar: httpx.Client, real: httpx.Client
) -> None:
    """Ids come from postings, unless each company would be looked up."""
    for asked, has_postings in (
        ("", True),
        ("by=year", True),
        ("by=month&country=US", True),
        ("by=company&limit=20", False),
        ("by=month&driver=over_hiring&ids=false", False),
    ):
        found = columnar.get(f"/v1/attribution?{asked}")

        assert is_by_columns(found)
        assert is_by_postings(found) == has_postings
        for name in ("data", "meta"):
            one, other = (
                json.dumps(answer.json()[name]).replace(moment(answer), "")
                for answer in (found, real.get(f"/v1/attribution?{asked}"))
            )
            assert one == other
    assert not is_by_columns(columnar.get("/v1/attribution?q=meta"))


def moment(answer: httpx.Response) -> str:
    found: str = answer.json()["meta"]["published_at"]
    return found


def test_the_service_counts_by_columns_what_a_plain_reading_counts(columnar: httpx.Client) -> None:
    waves = everything(columnar, "/v1/waves")

    @FUZZ
    @given(
        query=queries(choices(waves)),
        group_by=st.lists(
            st.sampled_from([*SINGLE, *MULTIPLE]), min_size=1, max_size=2, unique=True
        ),
    )
    @example(query=[], group_by=["country"])
    @example(query=[], group_by=["subdivision"])
    @example(query=[], group_by=["role"])
    def holds(query: Query, group_by: list[str]) -> None:
        asked = httpx.QueryParams((*query, ("group_by", ",".join(group_by)), ("limit", "10000")))
        answer = columnar.get("/v1/statistics", params=asked)
        timing = answer.headers["server-timing"]

        assert "columns;dur=" in timing or timing.startswith("cache")
        found = {
            tuple(one["keys"][name] for name in group_by): one for one in answer.json()["data"]
        }
        plain = expected(waves, query, group_by)
        assert found.keys() == plain.keys()
        for key, figures in plain.items():
            assert {name: found[key][name] for name in figures} == figures

    holds()


def test_coverage_is_counted_alike(columnar: httpx.Client, real: httpx.Client) -> None:
    by_columns, by_rows = columnar.get("/v1/coverage"), real.get("/v1/coverage")

    assert is_by_columns(by_columns)
    assert not is_by_columns(by_rows)
    one, other = (answer.json() for answer in (by_columns, by_rows))
    for name in ("url", "method_url", "published_at"):
        del one[name], other[name]
    assert one == other


@pytest.mark.parametrize("asked", ["spread=true", "cumulative=true", "within_months=12", "q=meta"])
def test_what_columns_do_not_count_postgresql_does(columnar: httpx.Client, asked: str) -> None:
    answer = columnar.get(f"/v1/statistics?group_by=year&{asked}")

    assert answer.status_code == 200
    assert answer.json()["data"]
    assert not is_by_columns(answer)


def test_what_is_columnar_is_said_of_a_question() -> None:
    plain = StatisticsParameters(group_by=["year"], fill=True, sort="-waves")

    assert is_columnar(plain)
    assert not is_columnar(StatisticsParameters(group_by=["year"], spread=True))


@pytest.mark.parametrize("asked", ["headcount_gte=100", "share_gte=0.1&status=announced"])
def test_lists_are_counted_by_columns_where_no_index_helps(
    columnar: httpx.Client, real: httpx.Client, asked: str
) -> None:
    answer = columnar.get(f"/v1/waves?limit=1&{asked}")

    assert is_by_columns(answer)
    assert (
        answer.json()["meta"]["count"]
        == real.get(f"/v1/waves?limit=1&{asked}").json()["meta"]["count"]
    )


@pytest.mark.parametrize(
    "asked",
    [
        "country=DE&driver=restructuring",
        "standing=primary",
        "driver_not=restructuring",
        "company=meta",
        "announced=2023-06",
        "announced_gte=2023-06-01&announced_lte=2023-08-31",
        "announced=2023&announced_lte=2023-02",
    ],
)
def test_postgresql_counts_lists_and_what_an_index_finds(
    columnar: httpx.Client, asked: str
) -> None:
    """Together with a bound of what postings do not know."""
    assert not is_by_columns(columnar.get(f"/v1/waves?limit=1&headcount_gte=1&{asked}"))


OF_CLAIMS = [
    StatisticsParameters(group_by=["driver", "speaker"]),
    StatisticsParameters(
        group_by=["driver_group", "year"], weight=["primary"], driver_group=["ai", "financial"]
    ),
    StatisticsParameters(
        group_by=["speaker"],
        stance=["denies"],
        driver=["closure", "over_hiring"],
        driver_group=["technology"],
    ),
    StatisticsParameters(group_by=["role", "role_axis"], effect=["spared", "cut"]),
]
"""Groups for which claims are read."""


def test_a_new_revision_changes_only_what_is_new(
    server: str, template: str, tmp_path: Path
) -> None:
    """The file of a revision that starts from an earlier one equals one written at once."""
    url = asyncio.run(copy_of(server, f"/{template}"))
    data, kept = tmp_path / "data", tmp_path / "O'Brien's"
    found: dict[tuple[int, str], Rows] = {}
    for revision in range(1, REVISIONS + 1):
        revise(data, revision)
        asyncio.run(publish_folder(url, data))
        files = write(url, kept), write(url, tmp_path / f"anew-{revision}")
        for file in files:
            with contextlib.closing(Both(url, file)) as both:
                for names in NEIGHBOURS:
                    asked = StatisticsParameters(group_by=list(names), canonical=[True, False])
                    by_rows, by_columns = both.ask(asked, revision)
                    assert by_rows == by_columns, (file, names)
                for of_claims in OF_CLAIMS:
                    by_rows, by_columns = both.ask(of_claims, revision)
                    assert by_rows == by_columns, (file, of_claims)
                    found[revision, of_claims.group_by[0]] = by_columns
                of_canonical = StatisticsParameters(group_by=["year"])
                by_rows, by_columns = both.ask(of_canonical, revision)
                assert by_rows == by_columns, file
                for by in (None, "year", "company"):
                    of_all = AttributionParameters(by=by, canonical=[True, False])
                    reasons = ["closure", "over_hiring", "restructuring", "ai_automation"]
                    by_rules, also = both.ascribe(of_all, reasons, revision)
                    assert by_rules == also, (file, by)

    # As of each revision, rows have what columns had when it was the newest one.
    newest = next(iter(kept.glob(f"waves-r{REVISIONS}-*{SUFFIX}")))
    with contextlib.closing(Both(url, newest)) as both:
        for revision, of_claims in itertools.product(range(1, REVISIONS + 1), OF_CLAIMS):
            by_rows, _ = both.ask(of_claims, revision)
            assert by_rows == found[revision, of_claims.group_by[0]], (revision, of_claims)
    # The newest one and the one before it are enough, each with its postings.
    assert len(list(kept.iterdir())) == 6
    assert "already has" in run("columns", str(kept), DATABASE_URL=url).stdout


@pytest.mark.slow
def test_a_service_goes_on_with_each_revision_and_mends_a_damaged_file(
    server: str, template: str, tmp_path: Path
) -> None:
    data, home = tmp_path / "data", tmp_path / "home"
    url = publish_first(server, template, data)
    environment = with_columns(url, home)
    asked = "/v1/statistics?group_by=company"
    with serving("--data", str(data), environment=environment) as client:
        wait_for_columns(client)
        first = client.get(asked)
        revise(data, 2)
        asyncio.run(publish_folder(url, data))
        wait_for_revision(client, 2)
        wait_for_columns(client)
        second, past = client.get(asked), client.get(f"{asked}&as_of=1&limit=999")

        assert is_by_columns(second)
        assert second.json()["data"] != first.json()["data"]
        # Columns have no past revisions; PostgreSQL does.
        assert not is_by_columns(past)
        assert past.json()["data"] == first.json()["data"]

    (newest,) = (home / "columns").glob(f"waves-r2-*{SUFFIX}")
    newest.write_bytes(b"no file of DuckDB")
    with serving("--data", str(data), environment=environment) as client:
        wait_for_columns(client)

        assert client.get(asked).json()["data"] == second.json()["data"]


@pytest.mark.slow
def test_a_file_that_could_not_be_written_is_written_once_it_can_be(
    server: str, template: str, tmp_path: Path
) -> None:
    """And at once for a new revision, however long the pause until the next attempt is by then."""
    data, home = tmp_path / "data", tmp_path / "home"
    home.mkdir()
    # A folder cannot be made of this.
    (home / "columns").touch()
    url = publish_first(server, template, data)
    environment = with_columns(url, home, LEDGER_DATA=str(data))
    with started(**environment) as serve:
        wait_until(lambda: serve.log.read_text().count("not by columns") >= 2)
        (home / "columns").unlink()
        wait_for_columns(serve.client)
        shutil.rmtree(home / "columns")
        (home / "columns").touch()
        revise(data, 2)
        asyncio.run(publish_folder(environment["DATABASE_URL"], data))
        wait_until(lambda: serve.log.read_text().count("not by columns") >= 3)
        (home / "columns").unlink()
        revise(data, 3)
        asyncio.run(publish_folder(environment["DATABASE_URL"], data))
        wait_for_revision(serve.client, 3)
        wait_for_columns(serve.client)


@pytest.mark.slow
def test_a_service_writes_files_anew_of_which_a_bit_has_changed(
    server: str, template: str, tmp_path: Path
) -> None:
    """Of one, of two or of all three, while no service runs."""
    data, home = tmp_path / "data", tmp_path / "home"
    url = publish_first(server, template, data)
    environment = with_columns(url, home, LEDGER_POSTINGS="0")
    host, asked = {"Host": "ledger.example"}, "/v1/waves?limit=50"
    with serving("--data", str(data), environment=environment) as client:
        wait_for_columns(client)
        whole = client.get(asked, headers=host)
    assert is_by_postings(whole)

    for suffixes in (
        [BODIES_SUFFIX],
        [POSTINGS_SUFFIX, BODIES_SUFFIX],
        [SUFFIX, POSTINGS_SUFFIX, BODIES_SUFFIX],
    ):
        damaged = [next((home / "columns").glob(f"*{suffix}")) for suffix in suffixes]
        for path in damaged:
            # In files of SQLite, this is in an id.
            flip(path, path.read_bytes().rindex(b"globex-2023-09") if path.suffix != SUFFIX else 20)
        before = [path.read_bytes() for path in damaged]
        with serving("--data", str(data), environment=environment) as client:
            wait_for_columns(client)
            mended = client.get(asked, headers=host)

        assert is_by_postings(mended)
        assert mended.content == whole.content
        assert [path.read_bytes() for path in damaged] != before


@pytest.mark.slow
def test_columns_whose_damage_shows_once_they_are_read_are_written_again(
    real_database: str, real: httpx.Client, tmp_path: Path
) -> None:
    host, asked = {"Host": "ledger.example"}, "/v1/statistics?group_by=driver,country&limit=9999"
    environment = with_columns(real_database, tmp_path, LEDGER_POSTINGS="0")
    path = write(real_database, tmp_path / "columns")
    earlier = path.with_name(f"waves-r0-{SUFFIX}")
    shutil.copyfile(path, earlier)
    flip(path, place_of_damage(path))
    expected = real.get(asked, headers=host).json()["data"]

    with serving(environment=environment) as client:
        wait_until(lambda: is_by_postings(client.get(f"/v1/waves?_={next(COUNT)}")))
        found = client.get(asked, headers=host)
    assert found.json()["data"] == expected
    assert not path.exists()
    assert not earlier.exists()

    with serving(environment=environment) as client:
        wait_for_columns(client)
        again = client.get(asked, headers=host)
    assert is_by_columns(again)
    assert again.json()["data"] == expected


COUNT = itertools.count(1)


def place_of_damage(path: Path) -> int:
    """Return a byte of a file: if a bit of it changes, it can be opened, but not read."""
    query = "select * from api.wave_facet"
    for place in range(300_000, path.stat().st_size, 100_000):
        flip(path, place)
        try:
            with duckdb.connect(path, read_only=True) as file:
                count_words(file)
                with pytest.raises(duckdb.IOException, match="checksum"):
                    file.execute(query).fetchall()
        except (duckdb.Error, pytest.fail.Exception):
            continue
        else:
            return place
        finally:
            flip(path, place)
    pytest.fail("there is no such place")


def test_a_damaged_earlier_file_is_not_continued(
    server: str, template: str, tmp_path: Path
) -> None:
    url = asyncio.run(copy_of(server, f"/{template}"))
    data, kept = tmp_path / "data", tmp_path / "kept"
    revise(data, 1)
    asyncio.run(publish_folder(url, data))
    before = write(url, kept)
    before.write_bytes(before.read_bytes()[:20_000])
    revise(data, 2)
    asyncio.run(publish_folder(url, data))

    asked = StatisticsParameters(group_by=["company"])
    with contextlib.closing(Both(url, write(url, kept))) as both:
        by_rows, by_columns = both.ask(asked, 2)
    assert by_columns == by_rows


def test_a_full_disk_is_said_in_a_sentence(fixture_database: str, tmp_path: Path) -> None:
    """Whoever starts the command logs it; here, the disk has no room for any file."""
    limited = ["bash", "-c", 'ulimit -f 16; exec "$@"', "-"]
    done = subprocess.run(
        [*limited, *command("columns", str(tmp_path / "columns"))],
        env={**os.environ, "DATABASE_URL": fixture_database},
        capture_output=True,
        text=True,
        check=False,
    )

    assert len(failed(done).splitlines()) == 1


@pytest.mark.parametrize("suffix", [POSTINGS_SUFFIX, BODIES_SUFFIX])
def test_a_checksum_shows_any_bit_that_has_changed(
    fixture_database: str, tmp_path: Path, suffix: str
) -> None:
    path = write(fixture_database, tmp_path).with_suffix(suffix)
    size = path.stat().st_size

    checksum.check(path)
    for place in (0, 59, 60, 63, 64, *range(101, size, size // 50), size - 1):
        flip(path, place)
        with pytest.raises(sqlite3.DatabaseError, match="other bytes"):
            checksum.check(path)
        flip(path, place)
    checksum.check(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(sqlite3.DatabaseError, match="other bytes"):
        checksum.check(path)
    path.unlink()
    with pytest.raises(sqlite3.DatabaseError, match="No such file"):
        checksum.check(path)


def flip(path: Path, place: int) -> None:
    """Change a bit of one byte of a file."""
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 4]))


def test_a_ledger_without_a_revision_has_no_columns(
    server: str, template: str, tmp_path: Path
) -> None:
    url = asyncio.run(copy_of(server, f"/{template}"))

    message = failed(run("columns", str(tmp_path), DATABASE_URL=url))

    assert "nothing has been published" in message
    assert not list(tmp_path.iterdir())
