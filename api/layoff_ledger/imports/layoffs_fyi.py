"""Rows in the layout of layoffs.fyi → waves of a collection of the importer's own, never shipped.

A row says who, when, and maybe how many or what share; its place and country are those of the seat,
so it says nothing about where the cuts are made. Each claim cites the row's source, whose text
nobody read. A row that reports a wave that already exists is `same_as` it, and so is counted in no
total.
"""

from __future__ import annotations

import datetime
import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pycountry
from msgspec import Struct

from layoff_ledger import paths, vocabulary
from layoff_ledger.curation import publish, records
from layoff_ledger.imports import linking, run, tables
from layoff_ledger.statement import Connection

COLLECTION = "layoffs-fyi"
PREFIX = "fyi"
"""The ids of these records begin with this, so that they cannot clash with curated ones."""
NEAR = datetime.timedelta(days=14)
"""Within this many days, two reports on a company are one event, unless their sizes differ."""
FAR = datetime.timedelta(days=45)
"""Within this many days, they are one event if they give the same number."""
_COLUMNS = {
    "jobs": ("total_laid_off", "num_laid_off", "laid_off_count"),
    "share": ("percentage_laid_off", "percentage"),
}
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_\w+|ref|guccounter|guce_\w+", re.IGNORECASE)
_LISTED = "layoffs.fyi lists a cut."


class Row(Struct, frozen=True):
    """The contents of a row, in order."""

    name: str
    on: datetime.date
    jobs: int | None
    share: float | None
    source: str
    """An address, or whatever is there instead."""
    country: str | None


class Known(Struct, frozen=True):
    """A wave that may be the same event as a row."""

    id: str
    company: str
    announced_on: datetime.date
    headcount_low: int | None
    headcount_high: int | None


def described() -> records.Collection:
    """Return the default description of the collection, which `collections.toml` can replace."""
    return records.Collection(
        id=COLLECTION,
        name="layoffs.fyi, an import of one's own",
        description="Rows in the layout of layoffs.fyi, as waves. Nobody has read their sources.",
        license="LicenseRef-unknown",
        origin="layoffs.fyi",
        attribution="layoffs.fyi",
        missing="Reasons, roles and where the cuts fall. Mostly technology companies.",
    )


def read_rows(files: Iterable[Path], report: run.Report) -> list[Row]:
    """Read the rows of files; refuse those without a company or a day, and repeated ones."""
    found: dict[Row, None] = {}
    for path in files:
        try:
            for table in tables.tables_of(path):
                for number, cells in table.rows:
                    report.read += 1
                    row = _row(cells)
                    if isinstance(row, str) or row in found:
                        reason = row if isinstance(row, str) else "repeats another row"
                        report.refused.append(run.Refused(table.name, number, reason, cells))
                    else:
                        found[row] = None
        except tables.TableError as error:
            raise run.ImportFailedError(str(error)) from error
    return list(found)


def _row(cells: tables.Row) -> Row | str:
    """Read a row, or say what is wrong with it."""
    if "company" not in cells or "date" not in cells:
        return "this is not the layout of layoffs.fyi, which has a column company and a column date"
    name = " ".join(cells["company"].split())
    on = _day(cells["date"])
    if not linking.bare(name):
        return "no company"
    if on is None:
        return f"no day: {cells['date'][:20]!r}"
    if on > datetime.datetime.now(tz=datetime.UTC).date():
        return f"a day in the future: {on}"
    jobs, share = (
        _number(next((cells[one] for one in _COLUMNS[what] if cells.get(one)), ""))
        for what in ("jobs", "share")
    )
    if share is not None and not 0 < share <= 1:
        return f"a share that is not a fraction of one: {share}"
    return Row(
        name,
        on,
        None if jobs is None or jobs < 1 else int(jobs),
        # 0.35000000000000003 is what a sheet makes of 35%.
        None if share is None else round(share, 6),
        _address(cells.get("source", "")),
        _country(cells.get("country", "")),
    )


def _day(written: str) -> datetime.date | None:
    for format_ in _DATES:
        try:
            return datetime.datetime.strptime(written.strip(), format_).date()  # noqa: DTZ007 a day
        except ValueError:
            continue
    return None


def _number(written: str) -> float | None:
    try:
        value = float(written.replace(",", "").removesuffix("%"))
    except ValueError:
        return None
    return (value / 100 if written.endswith("%") else value) if math.isfinite(value) else None


def _address(written: str) -> str:
    """Return an address without tracking parameters; other text stays as it is."""
    text = " ".join(written.split())
    if not re.fullmatch(records.ADDRESS, text):
        return text
    parts = urlsplit(text)
    kept = [pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])]
    return urlunsplit((*parts[:3], urlencode(kept), ""))


def _country(written: str) -> str | None:
    try:
        return str(pycountry.countries.lookup(written.strip()).alpha_2)
    except LookupError:
        return None


class Made(Struct):
    """The records that rows became."""

    companies: dict[str, records.Company] = {}
    sources: dict[str, records.Source] = {}
    waves: dict[str, records.Wave] = {}


def make_records(
    rows: Iterable[Row], companies: list[linking.Company], known: Iterable[Known]
) -> Made:
    """Make the records of rows; companies that the ledger has keep their ids."""
    made = Made()
    ids: dict[str, set[str]] = {}
    for company in companies:
        if not company.id.startswith(f"{PREFIX}-"):
            for _, name in company.names:
                ids.setdefault(linking.bare(name), set()).add(company.id)
    of: dict[str, list[Known]] = {}
    for one in known:
        of.setdefault(one.company, []).append(one)
    ordered = sorted(rows, key=lambda row: (row.on, row.name, row.jobs or 0, row.share or 0))
    spellings = Counter((linking.bare(row.name), row.name) for row in ordered)
    for row in ordered:
        folded = linking.bare(row.name)
        found = ids.get(folded, set())
        id_ = next(iter(found)) if len(found) == 1 else f"{PREFIX}-{_slug(folded)}"
        if len(found) != 1 and id_ not in made.companies:
            name = max(
                (name for bare, name in spellings if bare == folded),
                key=lambda name: (spellings[folded, name], name),
            )
            made.companies[id_] = records.Company(id=id_, name=name, country=row.country)
        wave = _wave(row, id_, made, of.get(id_, []))
        made.waves[wave.id] = wave
    return made


def _slug(folded: str) -> str:
    return (
        re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
        or hashlib.sha256(folded.encode()).hexdigest()[:10]
    )


def _wave(row: Row, company: str, made: Made, known: list[Known]) -> records.Wave:
    cited = [_citation(row, made)]
    day = records.PartialDate(row.on, "day")
    figures: list[tuple[vocabulary.Measure, float | None]] = [
        ("headcount", row.jobs),
        ("share", row.share),
    ]
    magnitudes = [
        records.Magnitude(
            measure=measure, value=value, qualifier="approximately", speaker="press",
            rank="preferred", citations=cited,
        )
        for measure, value in figures
        if value is not None
    ]  # fmt: skip
    stem = f"{PREFIX}-{company.removeprefix(f'{PREFIX}-')}-{row.on}"
    id_ = next(
        one
        for number in range(1, len(made.waves) + 2)
        if (one := stem if number == 1 else f"{stem}-{number}") not in made.waves
    )
    same = same_event(row, known)
    relations = []
    if same is not None:
        apart = abs((row.on - same.announced_on).days)
        note = f"The same company, {apart} {'day' if apart == 1 else 'days'} apart."
        relations = [records.RelationTo(relation="same_as", wave=same.id, note=note)]
    event = records.Event(
        on=day, kind="reported", statement=_LISTED, speaker="press", citations=cited
    )
    return records.Wave(
        id=id_, company=company, events=[event], magnitudes=magnitudes, relations=relations
    )


def same_event(row: Row, known: list[Known]) -> Known | None:
    """Find the wave that a row reports again: the nearest of those that it may be."""

    def may_be(wave: Known) -> bool:
        apart = abs(row.on - wave.announced_on)
        low, high = wave.headcount_low, wave.headcount_high
        if row.jobs is None or (low is None and high is None):
            return apart <= NEAR
        is_alike = (low or 0) * 0.9 <= row.jobs <= (high or math.inf) * 1.1
        return (apart <= NEAR and is_alike) or (apart <= FAR and row.jobs in (low, high))

    return min(
        filter(may_be, known),
        key=lambda wave: (abs(row.on - wave.announced_on), wave.id),
        default=None,
    )


def _citation(row: Row, made: Made) -> records.Citation:
    """Cite what a row names; what is not an address is a locator in layoffs.fyi itself."""
    is_address = row.source.startswith("http")
    url = row.source if is_address else "https://layoffs.fyi/"
    id_ = f"{PREFIX}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    if id_ not in made.sources:
        host = (urlsplit(url).hostname or url).removeprefix("www.")
        made.sources[id_] = records.Source(
            id=id_,
            url=url,
            publisher=host,
            kind="news" if is_address else "dataset",
            standing="secondary",
        )
    locator = None if is_address or not row.source else row.source
    return records.Citation(source=id_, locator=locator, evidence="url_listed")


async def import_rows(
    connection: Connection, files: list[Path], collection: records.Collection
) -> run.Report:
    """Import files as one revision of a collection; raise `run.ImportFailedError`.

    Records of an earlier import that these files lack stay: a missing row is not a withdrawal.
    """
    report = run.Report()
    rows = read_rows(files, report)
    companies = await linking.read_companies(connection)
    found = await connection.fetch(
        paths.statement("queries/read_waves_to_match.sql"), collection.id
    )
    made = make_records(rows, companies, [Known(**dict(one)) for one in found])
    given = publish.CollectionInput(
        collection=collection,
        companies=made.companies.values(),
        sources=made.sources.values(),
        waves=made.waves.values(),
        partial=True,
    )
    note = f"Rows in the layout of layoffs.fyi, collection {collection.id}"
    revision = await run.publish_input(connection, given, note=note)
    report.linked = sum(bool(wave.relations) for wave in made.waves.values())
    if revision is not None:
        report.revision, report.new = revision.number, revision.added
        report.changed = revision.changed
    return report


def lines(report: run.Report) -> Iterator[str]:
    """Yield what an operator reads."""
    yield (
        f"read {report.read} rows: {len(report.refused)} refused, {report.linked} report a wave "
        f"that the ledger already has; {report.new} records are new, {report.changed} changed"
    )
    for one in report.refused:
        yield f"refused {one.file}, row {one.row}: {one.reason}"
