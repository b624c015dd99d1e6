"""What a register read twice: marked, one to one, and counted once."""

from __future__ import annotations

import asyncio
import csv
import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from layoff_ledger import paths
from layoff_ledger.curation.notices import Notice, NoticeRelation
from layoff_ledger.imports import mapping, readings, run
from layoff_ledger.imports.notices import Context
from layoff_ledger.statement import Connection
from support.databases import make_database
from support.register import imported
from support.revisions import FIXTURE
from support.services import serving

pytestmark = pytest.mark.thorough

OLD, NEW = ("2026-07-16", "2026-08-05"), ("2026-08-06", None)
"""When two readings were first and last seen; None is still."""


def notice(
    letter: str,
    notice_on: str,
    effective_on: str | None = None,
    seen: tuple[str, str | None] = NEW,
    **fields: Any,
) -> Notice:
    known = {"employer": "Globex, Inc.", "jobs_low": 40, "place": "Seattle", **fields}
    dates = [
        None if day is None else datetime.date.fromisoformat(day)
        for day in (notice_on, effective_on, *seen)
    ]
    return Notice(
        id=f"us-wa-{letter * 10}", collection="us-warn", jurisdiction="US-WA", key=letter * 12,
        notice_on=dates[0], effective_from=dates[1], first_seen_on=dates[2], last_seen_on=dates[3],
        **{"jobs_high": known["jobs_low"], **known},
    )  # fmt: skip


def repeated(*notices: Notice) -> dict[str, str]:
    """Return the letters of those that are found."""
    return {one[-1]: other[-1] for one, other in readings.repeated(notices).items()}


FIRST, LATER = ("2026-07-16", "2026-07-16"), ("2026-07-19", "2026-08-02")
MIDDLE, LONG = ("2026-07-26", "2026-07-26"), ("2026-07-16", "2026-08-02")
AREA, RENAMED = "4 - Workforce Investment Area IV", "4 - Workforce Alliance"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            notice("a", "2026-09-04", "2026-09-04", OLD),
            notice("b", "2026-07-06", "2026-09-04", NEW),
            id="the day of effect as that of the notice",
        ),
        pytest.param(
            notice("a", "2020-07-31", None, FIRST, place=AREA),
            notice("b", "2020-07-31", None, LATER, place=RENAMED),
            id="a region renamed",
        ),
        pytest.param(
            notice("a", "2020-07-31", None, FIRST, place=AREA),
            notice("b", "2020-07-31", None, LONG, place=RENAMED),
            id="a region renamed on the first day",
        ),
        pytest.param(
            notice("a", "2026-08-30", "2026-06-30", MIDDLE),
            notice("b", "2026-06-30", "2026-08-30", LONG),
            id="two days exchanged",
        ),
        pytest.param(
            notice("a", "2026-08-30", "2026-06-30", MIDDLE),
            notice("b", "2026-06-30", "2026-08-30", MIDDLE),
            id="two days exchanged in one reading",
        ),
        pytest.param(
            notice("a", "1990-08-16", None, MIDDLE, employer="UNISYS"),
            notice("b", "1990-08-16", None, ("2026-07-16", None), employer="Unisys Inc Micro"),
            id="less of the name at the same place",
        ),
    ],
)
def test_a_reading_that_was_not_seen_any_more_is_the_repeated_one(
    one: Notice, other: Notice
) -> None:
    assert repeated(one, other) == repeated(other, one) == {"a": "b"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            notice("a", "2026-09-04", "2026-09-04", ("2026-07-16", None)),
            notice("b", "2026-07-06", "2026-09-04", NEW),
            id="both still seen",
        ),
        pytest.param(
            notice("a", "2026-09-04", "2026-09-04", OLD, jobs_low=41),
            notice("b", "2026-07-06", "2026-09-04", NEW),
            id="other jobs",
        ),
        pytest.param(
            notice("a", "2026-09-04", "2026-09-04", OLD, jobs_low=None),
            notice("b", "2026-07-06", "2026-09-04", NEW, jobs_low=None),
            id="jobs unknown",
        ),
        pytest.param(
            notice("a", "2026-08-04", "2026-09-04", OLD),
            notice("b", "2026-07-06", "2026-09-04", NEW),
            id="two notices of one day of effect",
        ),
        pytest.param(
            notice("a", "2020-07-31", None, FIRST, place="Wichita"),
            notice("b", "2020-07-31", None, LONG, place="Salina"),
            id="two places at once",
        ),
        pytest.param(
            notice("a", "2020-07-31", None, FIRST, place="7 - Maricopa County"),
            notice("b", "2020-07-31", None, LONG, place="1 - Southeastern Arizona"),
            id="two regions at once",
        ),
        pytest.param(
            notice("a", "2020-07-31", None, FIRST, employer="UNISYS", place=None),
            notice("b", "2020-07-31", None, LATER, employer="Unisys Inc Micro", place=None),
            id="another name at no place",
        ),
    ],
)
def test_what_may_be_two_filings_is_left_alone(one: Notice, other: Notice) -> None:
    assert repeated(one, other) == {}


def test_two_sites_of_equal_jobs_are_matched_one_to_one() -> None:
    """Both are in the earlier reading, and one in the later: one is repeated, its own site."""
    seattle = notice("a", "2026-09-04", "2026-09-04", OLD)
    everett = notice("b", "2026-09-04", "2026-09-04", OLD, place="Everett")
    later = notice("c", "2026-07-06", "2026-09-04", place="Everett")
    again = notice("d", "2026-07-06", "2026-09-04")

    assert repeated(seattle, everett, later) == {"b": "c"}
    assert repeated(seattle, everett, later, again) == {"a": "d", "b": "c"}


# What an import does with them


ROWS = [
    {"key": "a" * 12, "notice_on": "2023-03-21", "effective_on": "2023-03-21", "jobs": "40",
     "first_seen_on": OLD[0], "last_seen_on": OLD[1]},
    {"key": "b" * 12, "notice_on": "2023-01-20", "effective_on": "2023-03-21", "jobs": "40",
     "first_seen_on": "2026-08-06"},
    {"key": "c" * 12, "notice_on": "2023-02-20", "effective_on": "2023-04-21", "jobs": "30",
     "first_seen_on": "2026-08-06"},
]  # fmt: skip
RELATIONS = f"""relation,key,other_key,method,score
amends,{"a" * 12},{"b" * 12},amendment,0.9
amends,{"a" * 12},{"c" * 12},amendment,0.9
possible_duplicate,{"b" * 12},{"a" * 12},fuzzy,0.8
"""
"""By the misread day, the first one is the latest of the three."""


def write(folder: Path) -> list[Path]:
    with (folder / "wa.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, mapping.FIELDS)
        writer.writeheader()
        for one in ROWS:
            writer.writerow({"jurisdiction": "US-WA", "employer": "Globex", **one})
    (folder / "relations.csv").write_text(RELATIONS)
    return [folder / "wa.csv", folder / "relations.csv"]


STORED = """
select notice.id, notice.status, notice_relation.relation, notice_relation.other, notice_relation.method
from ledger.notice left join ledger.notice_relation on notice_relation.notice = notice.id
order by notice.id
"""
MARKED = [
    ("us-wa-aaaaaaaaaa", "filed", "possible_duplicate", "us-wa-bbbbbbbbbb", "read_again"),
    ("us-wa-bbbbbbbbbb", "filed", None, None, None),
    ("us-wa-cccccccccc", "filed", None, None, None),
]


async def test_a_repeated_reading_is_counted_once_and_supersedes_nothing(
    published: Connection, tmp_path: Path
) -> None:
    files = write(tmp_path)
    await imported(published, *files)

    assert [tuple(one) for one in await published.fetch(STORED)] == MARKED
    wave = await published.fetchval(
        "select notices ->> 'jobs_low' from api.wave where id = 'globex-2023-01'"
    )
    assert wave == "70"
    # Stored ones are not relations of the collection, and are made again.
    again = await imported(published, files[0])
    assert again.revision is None


async def test_a_ledger_that_was_published_without_it_gets_only_what_differs(
    published: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = write(tmp_path)
    with monkeypatch.context() as earlier:
        earlier.setattr(readings, "repeated", lambda _: {})
        await imported(published, *files)
    report = await imported(published, *files)

    assert [tuple(one) for one in await published.fetch(STORED)] == MARKED
    assert (report.new, report.changed, report.unchanged, report.gone) == (0, 3, 0, 0)


# What is shipped


@pytest.fixture(scope="module")
def shipped() -> dict[str, Notice]:
    files = sorted((paths.DATA / "notices").glob("**/*.csv"))
    given = run.Relations()
    rows = run.read_files(files, given)
    notices = run.make_notices(rows, Context("us-warn", frozenset()), run.Report())
    ids = {one.key: one.id for one in notices.values()}
    run.relate(
        notices,
        [
            (
                ids[one["key"]],
                NoticeRelation(
                    one["relation"],  # type: ignore[arg-type]
                    ids[one["other_key"]],
                    one["method"],
                    None,
                ),
            )
            for one in given.rows
            if {one["key"], one["other_key"]} <= ids.keys()
        ],
    )
    return notices


def stands(one: Notice) -> bool:
    return one.status in ("filed", "amended") and all(
        relation.relation == "amends" for relation in one.relations
    )


def marks(shipped: dict[str, Notice]) -> Iterator[tuple[Notice, Notice]]:
    for one in shipped.values():
        for relation in one.relations:
            if relation.method == readings.METHOD:
                yield one, shipped[relation.other]


def test_the_figures_of_the_docs_are_those_of_the_files(shipped: dict[str, Notice]) -> None:
    text = (paths.ROOT / "docs" / "notices.md").read_text()
    marked = Counter(one.jurisdiction[3:] for one, _ in marks(shipped))
    jobs: Counter[str] = Counter()
    for one in shipped.values():
        if stands(one):
            jobs[one.jurisdiction[3:]] += one.jobs_low or 0

    for state in ("WA", "KS", "KY", "AZ", "IL", "MO"):
        row = next(line for line in text.splitlines() if line.startswith(f"| US-{state} "))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert (cells[1], cells[-1]) == (f"{marked[state]:,}", f"{jobs[state]:,}")
    assert f"{len(shipped):,} notices" in text
    assert f"{sum(marked.values()):,} readings" in " ".join(text.split())


def test_no_reading_stands_beside_the_one_that_it_repeats(shipped: dict[str, Notice]) -> None:
    standing = [one for one in shipped.values() if stands(one)]
    # Two sites of equal jobs in the earlier reading, one in the later: one of them is left.
    matched = {other.id for _, other in marks(shipped)}

    assert {*readings.repeated(standing).values()} <= matched
    # The same computed without the rule: Washington's old reading has no day of the notice.
    later = {
        (one.employer, one.jobs_low, one.effective_from)
        for one in standing
        if one.jurisdiction == "US-WA" and one.first_seen_on >= datetime.date(2026, 8, 6)  # type: ignore[operator]
    }
    assert not [
        one.id
        for one in standing
        if one.jurisdiction == "US-WA"
        and one.last_seen_on is not None
        and one.jobs_low is not None
        and (one.employer, one.jobs_low, one.effective_from) in later
    ]


def test_no_filing_is_lost_with_its_repeated_reading(shipped: dict[str, Notice]) -> None:
    pairs = list(marks(shipped))
    amended_by = {
        relation.other: one.id
        for one in shipped.values()
        for relation in one.relations
        if relation.relation == "amends"
    }

    assert len({other.id for _, other in pairs}) == len(pairs) > 2_000
    for one, other in pairs:
        assert (one.jobs_low, one.jobs_high) == (other.jobs_low, other.jobs_high)
        repeats = [relation for relation in other.relations if relation.relation != "amends"]
        assert all(relation.method != readings.METHOD for relation in repeats)
        assert stands(other) or repeats or other.id in amended_by or other.status == "rescinded"


def test_a_record_says_that_it_was_read_again(
    server: str, fixture_template: str, tmp_path: Path
) -> None:
    async def fill() -> str:
        url = await make_database(server, fixture_template)
        connection = await asyncpg.connect(url)
        await imported(connection, *write(tmp_path))
        await connection.close()
        return url

    environment = {"DATABASE_URL": asyncio.run(fill())}
    with serving("--data", str(FIXTURE), environment=environment) as client:
        found: httpx.Response = client.get("/v1/notices?possible_duplicate=true")
        by_state = client.get("/v1/notices/statistics?group_by=jurisdiction").json()["data"]

    (record,) = found.json()["data"]
    assert record["relations"] == [
        {"relation": "possible_duplicate", "notice": "us-wa-bbbbbbbbbb", "method": "read_again",
         "score": None}
    ]  # fmt: skip
    assert [(one["notices"], one["jobs_low"]) for one in by_state] == [(2, 70)]
