"""A part of the shipped data, as files: three companies with their waves, and some of the notices.

It is enough for the recipes to have answers, and little enough to be published in a few seconds.
"""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

from layoff_ledger import paths
from layoff_ledger.curation import records
from layoff_ledger.curation.read import read_tables
from layoff_ledger.imports import linking, run
from layoff_ledger.imports.notices import UNUSUAL_JOBS
from layoff_ledger.statement import Connection

COMPANIES = ("meta", "boeing", "yellow-corp")
STATES = ("tx", "ny", "fl")
SINCE = "2026-01-01"
_OF_COMPANIES = re.compile(r"\b(?:meta platforms|facebook|boeing|yellow|yrc)\b", re.IGNORECASE)
CALIFORNIA = """\
state,employer_name,place_name,county_name,county_fips,notice_date,effective_date,employees_affected,layoff_type,is_temporary,dedupe_key
CA,Globex of Davis,Davis city,Yolo County,06113,2026-02-03,2026-04-04,30,closure,0,0123456789abcdef0123
CA,Hooli,Los Angeles city,Los Angeles County,06037,2026-02-20,2026-04-21,12,,,1123456789abcdef0123
CA,Hooli,Ojai city,Ventura County,06111,2026-03-20,2026-05-19,,,1,2123456789abcdef0123
"""
"""Made up, in the layout of the register: the real file of California is not shipped."""


def write_folder(folder: Path) -> Path:
    """Write the part as a folder of curated files with notices and links."""
    for name in ("collections", "companies", "drivers", "industries", "roles"):
        shutil.copy(paths.DATA / f"{name}.toml", folder)
    for name in ("sources", "links"):
        shutil.copytree(paths.DATA / name, folder / name)
    (folder / "waves").mkdir()
    for company in COMPANIES:
        for path in (paths.DATA / "waves").glob(f"{company}-[0-9]*.toml"):
            shutil.copy(path, folder / "waves")
    (folder / "notices" / "us").mkdir(parents=True)
    shutil.copy(paths.DATA / "notices" / "relations.csv", folder / "notices")
    for path in (paths.DATA / "notices" / "us").glob("*.csv"):
        _write_part(path, folder / "notices" / "us" / path.name)
    (folder / "notices" / "us" / "ca.csv").write_text(CALIFORNIA)
    return folder


def _write_part(path: Path, target: Path) -> None:
    with path.open(newline="") as file, target.open("w", newline="") as part:
        reader = csv.DictReader(file)
        writer = csv.DictWriter(part, reader.fieldnames or [])
        writer.writeheader()
        for row in reader:
            is_recent = path.stem in STATES and row.get("notice_on", "") >= SINCE
            # Those that the register misread, too: by their date they come first.
            is_misread = row.get("notice_on", "") > row.get("first_seen_on", "") > ""
            # Those that may be totals for more than a site: they stand out in sums.
            is_unusual = int(row.get("jobs") or 0) >= UNUSUAL_JOBS
            if is_recent or is_misread or is_unusual or _OF_COMPANIES.search(row["employer"]):
                writer.writerow(row)


async def import_folder(connection: Connection, folder: Path) -> run.Report:
    """Import the notices of such a folder."""
    known: dict[str, records.Collection] = read_tables(folder, ["collections"]).collections
    files = sorted((folder / "notices").glob("**/*.csv"))
    return await run.import_notices(
        connection, files, known["us-warn"], linking.read_judgements(folder / "links")
    )
