"""Files of notices in any layout: recognised by their columns or a mapping, never lost silently."""

from __future__ import annotations

import csv
import datetime
import json
import os
import random
import subprocess
import tomllib
from pathlib import Path

import asyncpg
import pytest
import xlsxwriter

from layoff_ledger.cli import main
from layoff_ledger.curation.notices import Notice
from layoff_ledger.imports import mapping, run, tables
from layoff_ledger.imports.linking import Company, Judgements
from layoff_ledger.imports.notices import Context
from layoff_ledger.imports.review import candidates
from support.databases import make_database
from support.revisions import FIXTURE
from support.services import command

CONTEXT = Context("us-warn", frozenset({"31-33", "72"}))


def read(*files: Path, own: mapping.Mapping | None = None) -> tuple[list[Notice], run.Report]:
    report = run.Report()
    context = Context(CONTEXT.collection, CONTEXT.industries, made={})
    found = run.make_notices(run.read_files(files, run.Relations(), own), context, report)
    return list(found.values()), report


COLORADO = """\
company,notice_date,begin_date,jobs,permanent_job_losses,temporary_job_losses,furloughs,reason,naics,occupations,workforce_area
Globex,12/30/21,1/31/22,,160,0,0,Closure,Sector 72: Food,Cook; Waiter,Denver
Hooli,3/27/2020,"4/1/2020 and 5/1/2020",N/A,,,,COVID-19 - Temporary Closure,,Hooli,Boulder
"""
ILLINOIS = """\
Location Name,Location Address,Location City,County,Notification(s) Received,Initial Date Reported,Impact Date,Revised Layoff,Expected Layoff,Reason,Causes,NAICS Codes,IEBS Id,WARN Notice
Globex,1 Road,Rockford,Winnebago County,7/22/2020,2020-07-22 00:00:00,,0,107,Plant Closure,Restructuring,"333414 - Furnaces, 311340 - Sweets",20200723005,True
Hooli,2 Road,Chicago,Cook County,7/23/2020,2020-07-23 00:00:00,,9,8,Mass Layoff,Other,,20200723006,False
"""
MISSISSIPPI = """\
company,city,county,date_notice,date_effective,affected,action_type,reason,naics,event_number
Globex (Hancock),,,07/15/2020,09/15/2020,15,Layoff,WARN,721120 \u2013 Casino Hotels,RR-1
"""


def test_layouts_of_states_are_known_by_their_columns(tmp_path: Path) -> None:
    files = []
    for name, text in (("co", COLORADO), ("il", ILLINOIS), ("ms", MISSISSIPPI)):
        files.append(tmp_path / f"{name}.csv")
        files[-1].write_text(text)
    (globex, hooli, rockford, hancock), report = read(*files)

    assert (globex.jurisdiction, globex.jobs_low, globex.kind) == ("US-CO", 160, "closure")
    assert globex.notice_on == datetime.date(2021, 12, 30)
    assert (globex.industry, globex.occupations) == ("72", ("Cook", "Waiter"))
    assert (hooli.temporary, hooli.kind, hooli.occupations) == (True, "unknown", ())
    assert hooli.stated_cause == "COVID-19 - Temporary Closure"
    assert hooli.flags == ("jobs_unreadable", "several_effective_dates")
    assert (rockford.jobs_low, rockford.kind, rockford.naics) == (107, "closure", "333414")
    assert rockford.received_on == datetime.date(2020, 7, 22)
    assert (hancock.kind, hancock.industry, hancock.source_id) == ("unknown", "72", "RR-1")
    assert [(one.file, one.row, one.reason) for one in report.refused] == [
        ("il.csv", 3, "not a notice: its column 'WARN Notice' says 'False'")
    ]
    assert report.refused[0].content["employer"] == "Hooli"


OWN = mapping.Mapping(
    {"employer": "Company", "notice_on": "Notice Date", "jobs": "Workers", "place": "City"},
    {"jurisdiction": "US-CA"},
    ["%m/%d/%Y"],
)
ROWS = [
    {"Company": "Globex", "Notice Date": "1/2/2026", "Workers": "40", "City": "Davis"},
    {"Company": "Hooli", "Notice Date": "1/3/2026", "Workers": "50-60", "City": "Ojai"},
    {"Company": "Hooli", "Notice Date": "1/3/2026", "Workers": "7", "City": "Ojai"},
]


def of_suffix(folder: Path, suffix: str) -> Path:
    path = folder / f"ca.{suffix}"
    if suffix == "jsonl":
        path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    elif suffix == "xlsx":
        with xlsxwriter.Workbook(path, {"default_date_format": "m/d/yyyy"}) as book:
            for year, rows in (("2025", ROWS[:1]), ("2026", ROWS[1:])):
                sheet = book.add_worksheet(year)
                sheet.write(0, 0, "Notices of California")
                sheet.write_row(1, 0, ROWS[0])
                for number, row in enumerate(rows, start=2):
                    day = datetime.datetime.strptime(row["Notice Date"], "%m/%d/%Y")  # noqa: DTZ007
                    jobs = int(row["Workers"]) if row["Workers"].isdecimal() else row["Workers"]
                    sheet.write(number, 0, row["Company"])
                    sheet.write_datetime(number, 1, day)
                    sheet.write(number, 2, jobs)
                    sheet.write(number, 3, row["City"])
    else:
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, ROWS[0], delimiter="\t" if suffix == "tsv" else ",")
            writer.writeheader()
            writer.writerows(ROWS)
    return path


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "xlsx"])
def test_a_mapping_reads_each_kind_of_file_alike(tmp_path: Path, suffix: str) -> None:
    notices, report = read(of_suffix(tmp_path, suffix), own=OWN)

    assert [(one.employer, one.jobs_low, one.jobs_high, one.place) for one in notices] == [
        ("Globex", 40, 40, "Davis"),
        ("Hooli", 50, 60, "Ojai"),
        ("Hooli", 7, 7, "Ojai"),
    ]
    assert [str(one.notice_on) for one in notices] == ["2026-01-02", "2026-01-03", "2026-01-03"]
    assert (report.read, report.refused) == (3, [])


def test_a_row_without_a_key_gets_one_that_its_jobs_do_not_change(tmp_path: Path) -> None:
    before, _ = read(of_suffix(tmp_path, "csv"), own=OWN)
    text = (tmp_path / "ca.csv").read_text().replace(",40,", ",45,")
    (tmp_path / "ca.csv").write_text(text)
    after, _ = read(tmp_path / "ca.csv", own=OWN)

    assert len({one.id for one in before}) == 3
    assert [one.id for one in after] == [one.id for one in before]
    assert after[0].jobs_low == 45


def test_a_file_of_unknown_columns_says_what_to_do(tmp_path: Path) -> None:
    path = of_suffix(tmp_path, "csv")

    with pytest.raises(run.ImportFailedError, match=r"Company.*import --suggest FILE"):
        read(path)
    with pytest.raises(run.ImportFailedError, match="has no column 'Firm'"):
        read(path, own=mapping.Mapping({"employer": "Firm"}, {"jurisdiction": "US-CA"}))
    (tmp_path / "broken.jsonl").write_text("{}\nnothing\n")
    with pytest.raises(tables.TableError, match="line 2 is not a JSON object"):
        list(tables.tables_of(tmp_path / "broken.jsonl"))


def test_a_mapping_is_drafted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "--suggest", str(of_suffix(tmp_path, "csv"))]) == 0

    draft = capsys.readouterr().out
    drafted = tomllib.loads(draft)
    assert drafted["columns"] == {
        "employer": "Company", "notice_on": "Notice Date", "jobs": "Workers", "place": "City"
    }  # fmt: skip
    assert drafted["dates"] == ["%m/%d/%Y"]
    assert 'employer = "Company"  # Globex, Hooli' in draft


def test_names_that_are_only_alike_are_candidates_for_a_curator() -> None:
    companies = [
        Company("globex", None, [("name", "Globex Corporation")], {}),
        Company("hooli", None, [("name", "Hooli Software")], {}),
    ]
    rows = [
        {"employer": "Globbex Corp. - Dallas", "notices": 2, "jobs": 70, "example": "us-tx-1"},
        {"employer": "Software Hooli, Inc.", "notices": 9, "jobs": None, "example": "us-tx-2"},
        {"employer": "Springfield Works", "notices": 99, "jobs": 5, "example": "us-tx-3"},
    ]

    found = candidates(rows, companies, Judgements(), 10)

    assert [(one.employer, one.company) for one in found] == [
        ("Software Hooli, Inc.", "hooli"),
        ("Globbex Corp. - Dallas", "globex"),
    ]
    assert candidates(rows, companies, Judgements(), 1) == found[:1]


@pytest.mark.slow
async def test_an_import_that_is_killed_left_the_old_state_or_made_the_new_one(
    server: str, fixture_template: str, tmp_path: Path
) -> None:
    """At 20 moments of an import that takes as long as it takes."""
    url = await make_database(server, fixture_template)
    connection = await asyncpg.connect(url)
    (tmp_path / "collections.toml").write_text(
        (FIXTURE / "collections.toml").read_text()
        + '\n[us-warn]\nname = "Notices"\ndescription = "Made up."\nlicense = "Apache-2.0"\n'
        'origin = "Nowhere."\n'
    )
    path = tmp_path / "tx.csv"

    def importer(jobs: int) -> subprocess.Popen[bytes]:
        rows = "".join(
            f"{number:06d},US-TX,Globex,2023-01-{1 + number % 28:02d},{jobs}\n"
            for number in range(300)
        )
        path.write_text(f"key,jurisdiction,employer,notice_on,jobs\n{rows}")
        return subprocess.Popen(
            command("import", "warn", str(path), "--data", str(tmp_path)),
            env={**os.environ, "DATABASE_URL": url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def state() -> tuple[int, set[int], set[int]]:
        return (
            await connection.fetchval("select max(number) from ledger.revision"),
            {
                row["jobs_low"]
                for row in await connection.fetch("select jobs_low from ledger.notice")
            },
            {
                row["jobs_low"]
                for row in await connection.fetch(
                    "select jobs_low from api.notice_facet where last_revision = 2147483647"
                )
            },
        )

    begun = datetime.datetime.now(datetime.UTC)
    assert importer(1).wait() == 0
    took = (datetime.datetime.now(datetime.UTC) - begun).total_seconds()
    generator = random.Random(7)  # noqa: S311 moments, no secrets
    number, jobs, _ = await state()
    outcomes = set()
    for attempt in range(2, 22):
        process = importer(attempt)
        try:
            process.wait(timeout=took * generator.uniform(0.3, 1.2))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        after = await state()
        is_new = after[0] == number + 1
        assert after == ((number + 1, {attempt}, {attempt}) if is_new else (number, jobs, jobs))
        outcomes.add(is_new)
        number, jobs, _ = after
    await connection.close()

    assert False in outcomes
