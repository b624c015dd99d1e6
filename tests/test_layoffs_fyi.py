"""The layout of layoffs.fyi: rows become waves of their own collection and are counted once."""

from __future__ import annotations

import datetime
from pathlib import Path

import asyncpg
import msgspec
import pytest

from layoff_ledger.imports import layoffs_fyi, run
from layoff_ledger.imports.layoffs_fyi import Known, Row, same_event
from layoff_ledger.statement import OPEN_END
from support.databases import make_database
from support.services import running

LIST = """\
company,location,total_laid_off,date,percentage_laid_off,industry,source,stage,funds_raised,country,date_added
Globex,Cleveland,1200,1/12/2023,0.12,Other,https://example.org/globex?utm_source=x&id=7,Post-IPO,1,United States,1/13/2023
GLOBEX ,Cleveland,93,07-23-2026,0.35000000000000003,Other,Internal memo,Post-IPO,1,United States,7/24/2026
Pied Piper,SF Bay Area,,2/3/2023,1,Data,https://example.org/piper,Seed,1,United States,2/4/2023
Pied Piper,SF Bay Area,,2/3/2023,1,Data,https://example.org/piper,Seed,1,United States,2/4/2023
PIED PIPER,SF Bay Area,7,2/3/2023,,Data,LinkedIn,Seed,1,United States,2/4/2023
Hooli,SF Bay Area,5,13/45/2023,,Data,,Seed,1,United States,
Hooli,SF Bay Area,5,2/3/2023,7,Data,,Seed,1,United States,
,SF Bay Area,5,2/3/2023,,Data,,Seed,1,United States,
"""
DAILY = """\
\ufeffcompany,location_hq,num_laid_off,date,percentage_laid_off,industry,source,stage,funds_raised_millions,country,date_added
Aviato,SF Bay Area,200.0,2026-08-21,,Hardware,https://example.org/aviato,Post-IPO,1200.0,United States,2026-08-21T16:00:28.000Z
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    (tmp_path / "list.csv").write_text(LIST)
    (tmp_path / "daily.csv").write_text(DAILY)
    return [tmp_path / "list.csv", tmp_path / "daily.csv"]


def test_rows_are_put_in_order_or_refused(files: list[Path]) -> None:
    report = run.Report()
    rows = layoffs_fyi.read_rows(files, report)

    assert rows[0] == Row(
        "Globex", datetime.date(2023, 1, 12), 1200, 0.12, "https://example.org/globex?id=7", "US"
    )
    assert (rows[1].name, rows[1].on, rows[1].share, rows[1].source) == (
        "GLOBEX", datetime.date(2026, 7, 23), 0.35, "Internal memo",
    )  # fmt: skip
    assert (rows[-1].name, rows[-1].jobs) == ("Aviato", 200)
    assert [(one.row, one.reason) for one in report.refused] == [
        (5, "repeats another row"),
        (7, "no day: '13/45/2023'"),
        (8, "a share that is not a fraction of one: 7.0"),
        (9, "no company"),
    ]
    assert report.read == len(rows) + 4


@pytest.mark.parametrize(
    ("days", "jobs", "low", "high", "is_same"),
    [
        (14, 1200, 1200, 1200, True),
        (14, 1300, 1200, 1200, True),
        (14, 1400, 1200, 1200, False),
        (14, None, 1200, 1200, True),
        (14, 1400, 1200, None, True),
        (15, 1250, 1200, 1200, False),
        (45, 1200, 1200, 1200, True),
        (46, 1200, 1200, 1200, False),
        (15, None, 1200, 1200, False),
    ],
)
def test_one_event_is_told_by_days_and_size(
    days: int,
    jobs: int | None,
    low: int,
    high: int | None,
    is_same: bool,  # noqa: FBT001
) -> None:
    begun = datetime.date(2023, 1, 1)
    row = Row("Globex", begun + datetime.timedelta(days), jobs, None, "", None)

    found = same_event(row, [Known("globex-2023-01", "globex", begun, low, high)])

    assert (found is not None) is is_same


async def test_rows_become_waves_that_are_counted_once(
    server: str, fixture_template: str, files: list[Path], tmp_path: Path
) -> None:
    url = await make_database(server, fixture_template)
    connection = await asyncpg.connect(url)
    first = await layoffs_fyi.import_rows(connection, files, layoffs_fyi.described())
    again = await layoffs_fyi.import_rows(connection, files, layoffs_fyi.described())
    bodies = await connection.fetch(
        "select id, body from ledger.document where resource = 'wave' and id like 'fyi-%' "
        "and last_revision = $1 order by id",
        OPEN_END,
    )
    await connection.close()
    waves = {row["id"]: msgspec.json.decode(f"{{{row['body']}") for row in bodies}

    assert (first.revision, first.linked, again.revision) == (2, 1, None)
    assert list(waves) == [
        "fyi-aviato-2026-08-21",
        "fyi-globex-2023-01-12",
        "fyi-globex-2026-07-23",
        "fyi-pied-piper-2023-02-03",
        "fyi-pied-piper-2023-02-03-2",
    ]
    same = waves["fyi-globex-2023-01-12"]
    assert (same["canonical"], same["company"]["id"]) == (False, "globex")
    assert [(one["relation"], one["wave"]) for one in same["relations"]] == [
        ("same_as", "globex-2023-01")
    ]
    assert {one["evidence"] for wave in waves.values() for one in wave["citations"]} == {
        "url_listed"
    }
    memo = waves["fyi-globex-2026-07-23"]["citations"][0]
    assert (memo["locator"], memo["source"]["url"]) == ("Internal memo", "https://layoffs.fyi/")
    assert waves["fyi-pied-piper-2023-02-03"]["company"]["name"] == "Pied Piper"
    async with running(url, tmp_path) as client:
        totals = (await client.get("/v1/companies/globex")).json()["totals"]
        before = (await client.get("/v1/companies/globex?as_of=1")).json()["totals"]
        listed = (await client.get("/v1/waves?collection=layoffs-fyi")).json()
    assert totals["headcount_low"] == before["headcount_low"] + 93
    assert listed["meta"]["count"] == 5
