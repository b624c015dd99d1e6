"""Notices: read with care, linked by what is sure, imported once, and added to no total."""

from __future__ import annotations

import asyncio
import csv
import datetime
import io
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from layoff_ledger import paths
from layoff_ledger.curation import inputs
from layoff_ledger.curation.notices import Link, Notice
from layoff_ledger.formats import DRAWN_FORMATS, LIST_FORMATS, READ_FORMATS, TABLE_FORMATS
from layoff_ledger.imports import linking, mapping, shipped, warn_register
from layoff_ledger.imports.notices import Context, RefusedError, notice_of
from layoff_ledger.query.dimensions import DIMENSIONS
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.statement import Connection
from support.databases import make_database
from support.register import imported
from support.revisions import FIXTURE
from support.services import serving

LINKING = Path(__file__).parent / "fixtures" / "linking.csv"
CONTEXT = Context("us-warn", frozenset({"31-33", "44-45", "51"}), ("%m/%d/%Y",))


def row(**fields: str) -> dict[str, str]:
    return {"key": "0123456789abcdef", "jurisdiction": "US-TX", "employer": "Globex", **fields}


def made(**fields: str) -> Notice:
    return notice_of(row(**fields), CONTEXT)


# What a row says


def test_an_id_has_the_jurisdiction_and_the_key_of_origin() -> None:
    assert made().id == "us-tx-0123456789"


@pytest.mark.parametrize(
    ("written", "bounds", "flag"),
    [
        ("120", (120, 120), None),
        ("1,200", (1200, 1200), None),
        ("50-60", (50, 60), "jobs_are_a_range"),
        ("", (None, None), None),
        ("TBD", (None, None), "jobs_unreadable"),
        ("12.5", (None, None), "jobs_unreadable"),
        ("0", (None, None), "jobs_not_positive"),
        ("-3", (None, None), "jobs_not_positive"),
        ("9266", (9266, 9266), "jobs_unusually_high"),
    ],
)
def test_jobs_are_read_or_flagged_and_never_guessed(
    written: str, bounds: tuple[int | None, int | None], flag: str | None
) -> None:
    notice = made(jobs=written, notice_on="2024-01-02")

    assert (notice.jobs_low, notice.jobs_high) == bounds
    assert list(notice.flags) == ([flag] if flag else [])


@pytest.mark.parametrize(
    ("written", "span", "flag"),
    [
        ("2024-03-01", ("2024-03-01", None), None),
        ("3/1/2024", ("2024-03-01", None), None),
        ("2024-03-01; 2024-05-31", ("2024-03-01", "2024-05-31"), "several_effective_dates"),
        ("3/1/2024 and 5/31/2024", ("2024-03-01", "2024-05-31"), "several_effective_dates"),
        ("2106-01-01", (None, None), "effective_date_unreadable"),
        ("2024-02-30", (None, None), "effective_date_unreadable"),
        ("TBD", (None, None), "effective_date_unreadable"),
        ("1995-03-01", ("1995-03-01", None), "effective_long_before_notice"),
    ],
)
def test_dates_of_effect_are_read_or_flagged(
    written: str, span: tuple[str | None, str | None], flag: str | None
) -> None:
    notice = made(effective_on=written, notice_on="2024-01-02")

    days = (notice.effective_from, notice.effective_to)
    assert tuple(day and day.isoformat() for day in days) == span
    assert list(notice.flags) == ([flag] if flag else [])


def test_a_missing_notice_date_stays_missing() -> None:
    notice = made(effective_on="2024-03-01")

    assert notice.notice_on is None
    assert notice.flags == ("notice_date_unknown",)


def test_a_name_that_says_rescinded_is_the_status() -> None:
    assert made(employer="*RESCINDED* Globex, Inc.").status == "rescinded"


@pytest.mark.parametrize(
    "fields",
    [
        {"employer": "  "},
        {"employer": "Test Employer"},
        {"jurisdiction": "Texas"},
        {"key": "?"},
        {"jobs": "78788"},
    ],
)
def test_what_is_no_notice_is_refused_with_a_reason(fields: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match=r"\w+"):
        made(**fields)


def test_the_register_is_read_as_its_columns_say() -> None:
    own = warn_register.own(
        {
            "state": "TX", "employer_name": "Globex", "place_name": "Irving city",
            "location": "Irving", "dedupe_key": "0123456789abcdef", "is_temporary": "0",
            "layoff_type": "closure", "cik": "313216", "source_notice_id": "a" * 56,
        }
    )  # fmt: skip
    notice = notice_of(own, CONTEXT)

    assert (notice.place, notice.address, notice.source_id) == ("Irving", None, None)
    assert (notice.kind, notice.temporary, notice.cik) == ("closure", False, "0000313216")


def test_a_mapping_that_no_notice_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text('columns = { employer = "Company", jobz = "Workers" }')

    with pytest.raises(mapping.MappingError, match="no field 'jobz'"):
        mapping.read(path)


# What it is linked to


@pytest.fixture(scope="module")
def linker() -> linking.Linker:
    written = tomllib.loads((paths.DATA / "companies.toml").read_text())
    companies = [
        linking.Company(
            id_,
            one.get("industry"),
            [
                ("name", one["name"]),
                *([("name", one["legal_name"])] if "legal_name" in one else []),
                *(("alias", name) for name in one.get("aliases", [])),
                *(("alias", name) for name in one.get("former_names", [])),
            ],
            {
                scheme: [value] if isinstance(value, str) else value
                for scheme, value in one.get("identifiers", {}).items()
            },
        )
        for id_, one in written.items()
    ]
    return linking.Linker(companies, [], linking.read_judgements(paths.DATA / "links"))


def test_names_that_were_judged_by_reading_are_linked_as_judged(linker: linking.Linker) -> None:
    with LINKING.open() as file:
        judged = list(csv.DictReader(file))
    found = []
    for one in judged:
        fields = {name: text for name, text in one.items() if text}
        right, _, industry = (fields.pop(name, None) for name in ("company", "hard", "industry"))
        notice = msgspec.structs.replace(notice_of(row(**fields), CONTEXT), industry=industry)
        link = linker.company(notice)
        found.append((one["employer"], link and link.id, right))
    linked = [one for one in found if one[1]]
    of_a_company = [one for one in found if one[2]]
    precision = sum(link == right for _, link, right in linked) / len(linked)
    recall = sum(link == right for _, link, right in of_a_company) / len(of_a_company)
    wrong = [one for one in found if one[1] != one[2]]

    assert (len(judged), sum(bool(one["hard"]) for one in judged)) >= (150, 40)
    assert precision >= 0.99, (precision, wrong)
    assert recall >= 0.9, (recall, wrong)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("The Boeing Company", "boeing"),
        ("Globex L.L.C.", "globex"),
        ("Globex Holdings, Inc.", "globex"),
        ("Macy's", "macys"),
        ("S.A.", "s a"),
    ],
)
def test_a_name_is_compared_without_its_legal_form(written: str, name: str) -> None:
    assert linking.bare(written) == name


def wave(id_: str, announced_on: str, **fields: Any) -> linking.Wave:
    day = datetime.date.fromisoformat(announced_on)
    return linking.Wave(
        id_, "globex", day, fields.get("canonical", True), fields.get("countries", []), False
    )


@pytest.mark.parametrize(
    ("notice_on", "found"),
    [
        ("2022-12-01", None),
        ("2022-12-02", "first"),
        ("2023-01-20", "first"),
        ("2023-02-20", "second"),
        ("2023-11-10", "second"),
        ("2023-11-18", None),
    ],
)
def test_a_wave_has_the_notices_of_its_days_and_the_nearest_before_wins(
    notice_on: str, found: str | None
) -> None:
    waves = [wave("first", "2023-01-01"), wave("second", "2023-02-20")]
    waves.append(wave("abroad", "2023-02-21", countries=["DE"]))
    waves.append(wave("part", "2023-02-19", canonical=False))
    globex = linking.Company("globex", None, [("name", "Globex")], {})
    link = linking.Linker([globex], waves, linking.Judgements()).link(made(notice_on=notice_on))

    assert link.company == Link("globex", "name", 0.95)
    assert (link.wave and link.wave.id) == found


def test_a_curator_confirms_and_denies() -> None:
    globex = linking.Company("globex", None, [("name", "Globex")], {})
    judgements = linking.Judgements(
        [linking.Judgement("Its plant.", employer="Springfield Works", company="globex")],
        [linking.Judgement("Another one.", employer="Globex, Inc.", jurisdiction="US-TX", company="globex")],
    )  # fmt: skip
    linker = linking.Linker([globex], [], judgements)

    assert linker.company(made()) is None
    assert linker.company(made(jurisdiction="US-NY")) is not None
    confirmed = linker.company(made(employer="Springfield Works LLC"))
    assert confirmed == Link("globex", "curator", 1.0)


# What an import does


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    fields = [field for field in mapping.FIELDS if any(field in one for one in rows)]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fields)
        writer.writeheader()
        writer.writerows(rows)
    return path


ROWS = [
    row(key="a" * 12, employer="Globex", notice_on="2026-01-20", jobs="40"),
    row(key="b" * 12, employer="Initech", notice_on="2026-02-20", jobs="50-60"),
    row(key="c" * 12, employer="Hooli", notice_on="2026-03-20", effective_on="2026-05-19"),
    row(key="d" * 12, employer="", notice_on="2026-03-20"),
]


async def test_the_same_files_twice_are_one_revision(published: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "tx.csv", ROWS)

    first, second = await imported(published, path), await imported(published, path)

    assert (first.read, first.new, first.revision) == (4, 3, 2)
    assert [(one.row, one.reason) for one in first.refused] == [(5, "no employer")]
    assert (second.new, second.changed, second.unchanged, second.revision) == (0, 0, 3, None)


async def test_a_changed_row_is_one_changed_notice(published: Connection, tmp_path: Path) -> None:
    await imported(published, write(tmp_path / "tx.csv", ROWS))
    rows = [{**ROWS[0], "jobs": "45"}, *ROWS[1:]]

    report = await imported(published, write(tmp_path / "tx.csv", rows))

    assert (report.new, report.changed, report.unchanged) == (0, 1, 2)
    changes = await published.fetch("select id, change from ledger.change where revision = 3")
    assert [tuple(one) for one in changes] == [("us-tx-aaaaaaaaaa", "changed")]
    bodies = await published.fetch(
        "select body from ledger.document where id = 'us-tx-aaaaaaaaaa' order by first_revision"
    )
    assert ['"low":40' in one["body"] for one in bodies] == [True, False]


async def test_a_row_that_vanishes_is_marked_and_comes_back(
    published: Connection, tmp_path: Path
) -> None:
    await imported(published, write(tmp_path / "tx.csv", ROWS))

    gone = await imported(published, write(tmp_path / "tx.csv", ROWS[1:]))
    still_gone = await imported(published, write(tmp_path / "tx.csv", ROWS[1:]))
    elsewhere = await imported(
        published, write(tmp_path / "ny.csv", [{**ROWS[0], "jurisdiction": "US-NY"}])
    )

    marked = await published.fetchrow(
        "select last_seen_on, flags from ledger.notice where id = 'us-tx-aaaaaaaaaa'"
    )
    assert marked is not None
    assert marked["last_seen_on"] == datetime.date(2026, 8, 8)
    assert marked["flags"] == ["gone_from_source"]
    assert (gone.gone, still_gone.revision, elsewhere.gone) == (1, None, 0)
    back = await imported(published, write(tmp_path / "tx.csv", ROWS))
    assert (back.changed, back.unchanged) == (1, 2)


async def test_what_amends_a_notice_supersedes_it(published: Connection, tmp_path: Path) -> None:
    relations = tmp_path / "relations.csv"
    relations.write_text(
        f"relation,key,other_key,method,score\namends,{'b' * 12},{'a' * 12},declared,0.9\n"
    )
    path = write(tmp_path / "tx.csv", ROWS)
    await imported(published, path, relations)
    without = await imported(published, path)

    found = await published.fetch("select id, status, amended from ledger.notice order by id")
    assert [one["status"] for one in found] == ["superseded", "amended", "filed"]
    assert without.revision is None


async def test_a_wave_sums_up_the_notices_that_stand(published: Connection, tmp_path: Path) -> None:
    def filed(letter: str, notice_on: str, jobs: str = "", **fields: str) -> dict[str, str]:
        return row(key=letter * 12, notice_on=notice_on, jobs=jobs, **fields)

    rows = [
        filed("a", "2023-01-20", "700", effective_on="2023-03-21"),
        filed("b", "2023-02-20", "500-600", effective_on="2023-04-21"),
        filed("c", "2023-02-21"),
        filed("d", "2023-02-22", "600", employer="Globex (rescinded)"),
        filed("e", "2023-02-23", "700"),
        filed("f", "2023-09-20", "5"),
    ]
    relations = tmp_path / "relations.csv"
    relations.write_text(
        f"relation,key,other_key,method,score\npossible_duplicate,{'e' * 12},{'a' * 12},fuzzy,0.8\n"
    )
    report = await imported(published, write(tmp_path / "tx.csv", rows), relations)

    first, second = [
        msgspec.json.decode(
            "{" + await published.fetchval(
                "select body from ledger.document where resource = 'wave' and id = $1 "
                "and last_revision = 2147483647",
                id_,
            )
        )["notices"]
        for id_ in ("globex-2023-01", "globex-2023-09")
    ]  # fmt: skip
    assert first == {
        "count": 3, "with_jobs": 2, "jobs_low": 1200, "jobs_high": 1300,
        "first_notice_on": "2023-01-20", "last_notice_on": "2023-02-21",
        "first_effective_on": "2023-03-21", "last_effective_on": "2023-04-21",
        "exceeds_headcount": False, "against_headcount": "within",
    }  # fmt: skip
    # The company said "at least 300": no sum of notices can be more than that.
    assert (second["count"], second["jobs_high"], second["exceeds_headcount"]) == (1, 5, None)
    assert second["against_headcount"] == "within"
    assert report.exceeding == []
    rows[0]["jobs"] = "701"
    again = await imported(published, write(tmp_path / "tx.csv", rows), relations)
    assert [(one.wave, one.jobs_low, one.headcount_high) for one in again.exceeding] == [
        ("globex-2023-01", 1201, 1200)
    ]
    assert (again.changed, again.revision) == (1, 3)


async def test_a_wave_says_how_its_notices_stand_to_its_headcount(
    published: Connection, tmp_path: Path
) -> None:
    """The company cut at least 300 in September and 1,200 in January; a figure may be of a part."""
    rows = [
        row(key="a" * 12, notice_on="2023-01-20", jobs="1201"),
        row(key="b" * 12, notice_on="2023-09-20", jobs="301"),
    ]
    query = "select notices ->> 'against_headcount' from api.wave where id = 'globex-2023-09'"
    unit = "update ledger.magnitude set base = 'the robotics unit' where wave like 'globex-2023-__'"

    await imported(published, write(tmp_path / "tx.csv", rows))

    assert await published.fetchval(query) == "exceeds_lower_bound"
    assert await published.fetchval(query.replace("-09", "-01")) == "exceeds"
    await published.execute(unit)
    assert await published.fetchval(query) == "of_a_part"
    assert await published.fetchval(query.replace("-09", "-01")) == "exceeds"
    await published.execute("update ledger.notice set jobs_low = null, jobs_high = null")
    assert await published.fetchval(query) == "unknown"
    await published.execute("update ledger.notice set jobs_low = 1, jobs_high = 1")
    await published.execute("delete from ledger.magnitude where wave = 'globex-2023-09'")
    assert await published.fetchval(query) == "unknown"


async def test_a_company_that_goes_takes_its_link_along(
    published: Connection, tmp_path: Path
) -> None:
    await imported(published, write(tmp_path / "tx.csv", ROWS))
    linked = await published.fetchval("select count(*) from ledger.notice_company")

    assert linked == await published.fetchval(
        "select count(*) from api.notice_facet where company is not null and last_revision = $1",
        2_147_483_647,
    )
    assert linked > 0


# What the service answers


@pytest.fixture(scope="module")
def asked(
    server: str, fixture_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    url = asyncio.run(make_database(server, fixture_template))
    path = write(tmp_path_factory.mktemp("notices") / "tx.csv", ROWS)

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        await imported(connection, path)
        await connection.close()

    asyncio.run(fill())
    with serving("--data", str(FIXTURE), environment={"DATABASE_URL": url}) as client:
        yield client


def test_notices_are_listed_filtered_and_on_their_own_terms(asked: httpx.Client) -> None:
    page = asked.get("/v1/notices").json()
    ranged = asked.get("/v1/notices?jobs_gte=50&jobs_lte=60").json()["data"]
    effective = asked.get("/v1/notices?effective_gte=2026-05-01&effective_lte=2026-05-31").json()

    assert [one["employer"] for one in page["data"]] == ["Hooli", "Initech", "Globex"]
    assert page["meta"]["license"] == "Apache-2.0"
    assert {one["attribution"] for one in page["data"]} == {"The made-up register"}
    assert [one["id"] for one in ranged] == ["us-tx-bbbbbbbbbb"]
    assert [one["id"] for one in effective["data"]] == ["us-tx-cccccccccc"]
    assert asked.get("/v1/notices?flag=nope").status_code == 400


def test_a_revision_without_notices_says_so_of_itself_alone(asked: httpx.Client) -> None:
    words = "revision 1 has no notices: if this server ships with some, a later revision has them"

    listed = asked.get("/v1/notices?as_of=1&limit=1").json()["meta"]
    counted = asked.get("/v1/notices/statistics?as_of=1&group_by=year").json()["meta"]

    assert words in listed["hint"]
    assert words in counted["basis"]
    assert "no notices:" not in asked.get("/v1/notices/statistics?group_by=year").text


@pytest.mark.parametrize("value", ["true", "false"])
@pytest.mark.parametrize(
    "path",
    ["waves?limit=1", "claims?limit=1", "statistics?group_by=year", "attribution?by=year"],
)
def test_what_is_asked_by_notices_says_where_there_are_none(
    asked: httpx.Client, path: str, value: str
) -> None:
    """As lists of notices do: that no wave has one is not an answer if nobody has filed any yet."""
    words = "revision 1 has no notices: if this server ships with some, a later revision has them"
    by_notices = f"/v1/{path}&has_notices={value}"
    meta = asked.get(f"{by_notices}&as_of=1").json()["meta"]

    assert words in (meta["basis"] if "basis" in meta else meta["hint"]).lower()
    assert "no notices" not in asked.get(by_notices).text
    assert "no notices" not in asked.get(f"/v1/{path}&as_of=1").text


@pytest.mark.parametrize(
    ("kind", "has_hint"), [("", True), ("takes_effect", True), ("announced", False)]
)
def test_the_timeline_says_where_there_are_no_notices(
    asked: httpx.Client, kind: str, *, has_hint: bool
) -> None:
    path = f"/v1/timeline?kind={kind}" if kind else "/v1/timeline?limit=1"

    assert ("no notices" in str(asked.get(f"{path}&as_of=1").json()["meta"]["hint"])) == has_hint
    assert asked.get(path).json()["meta"]["hint"] is None


@pytest.mark.parametrize("path", ["/v1/notices?", "/v1/notices/statistics?group_by=year&"])
def test_answers_and_citations_name_the_collection(asked: httpx.Client, path: str) -> None:
    meta = asked.get(path).json()["meta"]
    text, bibtex, ris, csl = (
        asked.get(f"{path}format={name}") for name in ("text", "bibtex", "ris", "csl")
    )

    assert (meta["license"], meta["attribution"]) == ("Apache-2.0", "The made-up register")
    assert text.text.endswith("Made of: The made-up register.\n")
    assert "  note = {Made of: The made-up register},\n" in bibtex.text
    assert "N1  - Made of: The made-up register\r\n" in ris.text
    assert "licenses/LICENSE-2.0" in text.headers["link"]
    assert csl.json()[0]["note"] == "Made of: The made-up register"
    assert asked.get("/v1/waves?limit=1").json()["meta"]["attribution"] is None
    assert "Made of" not in asked.get("/v1/waves?format=text").text


def test_answers_of_several_kinds_say_which_are_on_other_terms(asked: httpx.Client) -> None:
    named = "notices: The made-up register"
    for path in ("/v1/search?q=hooli", "/v1/timeline?limit=1", "/v1/changes?limit=1"):
        meta = asked.get(path).json()["meta"]
        assert (meta["license"], meta["attribution"]) == ("CC-BY-4.0", named), path
        assert asked.get(f"{path}&as_of=1").json()["meta"]["attribution"] is None, path
        assert named in asked.get(f"{path}&format=html").text, path
    assert asked.get("/v1/timeline?format=text").text.endswith(f"Made of: {named}.\n")


@pytest.mark.parametrize(
    ("path", "notices", "others"),
    [
        ("/v1/search?q=hooli&kind=", "notice", "wave,company"),
        ("/v1/timeline?kind=", "takes_effect", "announced"),
        ("/v1/changes?resource=", "notice", "wave,source"),
    ],
)
def test_answers_of_one_kind_are_on_its_terms(
    asked: httpx.Client, path: str, notices: str, others: str
) -> None:
    own, of_waves = (asked.get(f"{path}{kinds}").json()["meta"] for kinds in (notices, others))

    assert (own["license"], own["attribution"]) == ("Apache-2.0", "The made-up register")
    assert (of_waves["license"], of_waves["attribution"]) == ("CC-BY-4.0", None)


TERMS = {
    "/v1/notices": LIST_FORMATS,
    "/v1/notices/us-tx-aaaaaaaaaa": READ_FORMATS,
    "/v1/notices/us-tx-aaaaaaaaaa/history": READ_FORMATS,
    "/v1/notices/statistics?group_by=year": TABLE_FORMATS,
    "/v1/statistics?of=notices&group_by=year": DRAWN_FORMATS,
}


@pytest.mark.parametrize(
    ("path", "format_"),
    [(path, one.name) for path, offered in TERMS.items() for one in offered.formats],
)
def test_notices_are_on_their_own_terms_in_every_format(
    asked: httpx.Client, path: str, format_: str
) -> None:
    answer = asked.get(f"{path}{'&' if '?' in path else '?'}format={format_}")

    assert answer.status_code == 200, answer.text
    assert '<https://www.apache.org/licenses/LICENSE-2.0>; rel="license"' in answer.headers["link"]


@pytest.mark.parametrize("limit", ["", "&limit=1"])
def test_files_and_feeds_of_notices_name_their_licence(asked: httpx.Client, limit: str) -> None:
    workbook, table, feed = (
        asked.get(f"/v1/notices?format={name}{limit}").content
        for name in ("xlsx", "parquet", "atom")
    )
    about = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_name("About")

    assert ["Licence", "", "Apache-2.0"] in about.to_python()
    assert pq.read_schema(io.BytesIO(table)).metadata[b"license"] == b"Apache-2.0"
    assert b'rel="license" href="https://www.apache.org/licenses/LICENSE-2.0"' in feed


def test_a_notice_has_csv_changes_search_and_a_dictionary(asked: httpx.Client) -> None:
    text = asked.get("/v1/notices?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    fields = asked.get("/v1/dictionary").json()["fields"]

    assert [one["jobs_high"] for one in rows] == ["", "60", "40"]
    assert asked.get("/v1/changes?resource=notice").json()["meta"]["count"] == 3
    assert asked.get("/v1/search?q=hooli&kind=notice").json()["meta"]["count"] == 1
    assert {"employer", "effective_from"} <= {
        one["field"] for one in fields if one["resource"] == "Notice"
    }


def test_coverage_says_of_each_jurisdiction_what_it_has(asked: httpx.Client) -> None:
    coverage = asked.get("/v1/coverage").json()
    (texas,) = coverage["jurisdictions"]
    parts = {one["name"]: one["count"] for one in texas.pop("notices_with")}

    assert texas == {
        "jurisdiction": "US-TX", "name": "Texas, United States", "collection": "us-warn",
        "notices": 3, "standing": 3, "first_notice_on": "2026-01-20",
        "last_notice_on": "2026-03-20", "last_effective_on": "2026-05-19",
        "last_retrieved_on": None,
    }  # fmt: skip
    assert (parts["jobs"], parts["effective_date"], parts["county"]) == (2, 1, 0)
    described = {one["id"]: one for one in coverage["collections"]}
    assert described["us-warn"]["missing"] == "Everything else."
    assert described["us-warn"]["notices"] == 3
    assert asked.get("/v1/coverage?as_of=1").json()["jurisdictions"] == []


def test_a_notice_names_its_authority(asked: httpx.Client) -> None:
    notice = asked.get("/v1/notices/us-tx-aaaaaaaaaa").json()

    assert notice["authority"] == "Texas Workforce Commission"


def test_a_notice_has_a_history(asked: httpx.Client) -> None:
    history = asked.get("/v1/notices/us-tx-aaaaaaaaaa/history").json()

    assert [(one["revision"], one["change"]) for one in history["data"]] == [(2, "added")]
    assert asked.get("/v1/notices/us-tx-nope/history").status_code == 404
    # It is no mistake in the id: the revision is from before the notice.
    for path in ("us-tx-aaaaaaaaaa", "us-tx-aaaaaaaaaa/history"):
        told = asked.get(f"/v1/notices/{path}?as_of=1").json()
        assert told["detail"] == "no notice 'us-tx-aaaaaaaaaa' as of revision 1"


def test_no_total_counts_a_notice(asked: httpx.Client) -> None:
    for dimension in DIMENSIONS:
        now, before = (
            asked.get(f"/v1/statistics?group_by={dimension}&as_of={revision}").json()["data"]
            for revision in (2, 1)
        )
        assert now == before, dimension
        assert now, dimension
    company = asked.get("/v1/companies/globex").json()
    waves = asked.get("/v1/waves?company=globex&canonical=true").json()["data"]
    lows = [one["headcount"]["counted_low"] or 0 for one in waves if one["headcount"]]
    assert company["totals"]["headcount_low"] == sum(lows)


def test_shipped_notices_are_due_once(tmp_path: Path) -> None:
    shutil.copytree(FIXTURE, tmp_path / "data")
    (tmp_path / "data" / "notices").mkdir()

    assert shipped.files(tmp_path / "data") == []
    before = inputs.input_digest(tmp_path / "data")
    write(tmp_path / "data" / "notices" / "tx.csv", ROWS)
    assert inputs.input_digest(tmp_path / "data") == before
    assert shipped.digest(tmp_path / "data") != before


def test_the_example_of_the_reference_is_shipped() -> None:
    with (paths.DATA / "notices" / "us" / "mo.csv").open() as file:
        ids = {f"us-mo-{one['key'][:10]}" for one in csv.DictReader(file)}

    assert NOTICE.single.example in ids


def test_what_is_shipped_stays_small_and_in_our_columns() -> None:
    files = shipped.files(paths.DATA)
    rows = 0
    for path in files:
        with path.open() as file:
            reader = csv.DictReader(file)
            known = {*mapping.FIELDS, *mapping.RELATION_FIELDS}
            assert {*(reader.fieldnames or [])} <= known, path
            rows += sum(1 for _ in reader) if path.name != "relations.csv" else 0

    assert rows == 66_676
    assert sum(path.stat().st_size for path in files) < 25_000_000
