"""Company facts of the SEC (XBRL as JSON) → indicator series, each figure with its filing.

Only whole years and whole quarters: spans from the beginning of a year to a later quarter overlap
with those, and are left out. The year of a figure follows from its days and not from `fy`, which is
that of the filing. A period that a later filing restates has both figures, with the newest
preferred.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.curation import publish, records
from layoff_ledger.imports import linking, run, sizes
from layoff_ledger.statement import Connection

COLLECTION = "sec-facts"
_YEAR, _QUARTER = range(350, 381), range(80, 101)
"""Days of a fiscal year, which may have 53 weeks, and of a quarter."""
_PEOPLE = (
    "Employee", "employee", "employees", "pure", "Person", "people", "position", "Position",
    "positions", "Positions",
)  # fmt: skip
"""The filers' words for people: they choose the unit."""
Shape = Literal["spans", "days", "both"]


class Concept(Struct, frozen=True):
    """What becomes a series."""

    metric: vocabulary.AnyMetric
    unit: vocabulary.Unit
    tags: tuple[str, ...]
    """In the order in which they are looked for; a company may switch from one to another."""
    units: tuple[str, ...]
    shape: Shape
    definition: str
    kind: vocabulary.IndicatorKind = "outcome"


CONCEPTS = (
    Concept(
        "capital_expenditure",
        "USD",
        ("PaymentsToAcquirePropertyPlantAndEquipment", "PaymentsToAcquireProductiveAssets"),
        ("USD",),
        "spans",
        "Purchases of property and equipment, in cash, as tagged in filings with the SEC.",
    ),
    Concept(
        "employees",
        "people",
        ("EntityNumberOfEmployees", "NumberOfEmployees"),
        _PEOPLE,
        "days",
        "Employees, as tagged in filings with the SEC.",
    ),
    Concept(
        "restructuring_positions",
        "people",
        ("RestructuringAndRelatedCostNumberOfPositionsEliminated",),
        _PEOPLE,
        "spans",
        "Positions eliminated in restructurings in the period, as tagged in filings with the SEC.",
    ),
    Concept(
        "restructuring_positions",
        "people",
        ("RestructuringAndRelatedCostExpectedNumberOfPositionsEliminated",),
        _PEOPLE,
        "both",
        "Positions that restructurings are expected to eliminate, as tagged in filings with the "
        "SEC.",
        "guidance",
    ),
    Concept(
        "restructuring_charges",
        "USD",
        ("RestructuringCharges", "RestructuringCosts"),
        ("USD",),
        "spans",
        "Charges of restructurings in the period, as tagged in filings with the SEC.",
    ),
    Concept(
        "restructuring_charges",
        "USD",
        ("RestructuringAndRelatedCostExpectedCost1", "RestructuringAndRelatedCostExpectedCost"),
        ("USD",),
        "both",
        "What restructurings are expected to cost in all, as tagged in filings with the SEC.",
        "guidance",
    ),
)


class Fact(Struct, frozen=True):
    """One value in the file."""

    end: datetime.date
    val: float
    accn: str
    form: str
    filed: datetime.date
    start: datetime.date | None = None


class Tag(Struct):
    """The values of one tag by unit."""

    units: dict[str, list[Fact]]


class CompanyFacts(Struct):
    """The file of one company."""

    cik: int
    entityName: str  # noqa: N815 the file's own
    facts: dict[str, dict[str, Tag]]


def described() -> records.Collection:
    """Return the default description of the collection."""
    return records.Collection(
        id=COLLECTION,
        name="Company facts of the SEC",
        description="Figures that companies tagged in their filings.",
        license="LicenseRef-public-domain",
        origin="data.sec.gov, companyfacts",
        attribution="U.S. Securities and Exchange Commission",
    )


def read_facts(path: Path) -> CompanyFacts:
    """Read a file; raise `run.ImportFailedError` if it is not one of company facts."""
    try:
        sizes.check_file(path)
        return msgspec.json.decode(path.read_bytes(), type=CompanyFacts)
    except sizes.SizeError as error:
        raise run.ImportFailedError(str(error)) from error
    except msgspec.DecodeError as error:
        message = f"{path} is not a file of company facts: {error}"
        raise run.ImportFailedError(message) from error


def series_of(facts: CompanyFacts, company: str) -> Iterator[records.Indicator]:
    """Yield the series of one company."""
    for concept in CONCEPTS:
        values = list(_values(facts, concept))
        if values:
            yield records.Indicator(
                id=series_id(company, concept),
                company=company,
                metric=concept.metric,
                kind=concept.kind,
                unit=concept.unit,
                definition=concept.definition,
                values=values,
            )


def series_id(company: str, concept: Concept) -> str:
    """Return the id of a series."""
    expected = "expected-" if concept.kind == "guidance" else ""
    return f"sec-{company}-{expected}{concept.metric.replace('_', '-')}"


def _values(facts: CompanyFacts, concept: Concept) -> Iterator[records.IndicatorValue]:
    stated: dict[tuple[datetime.date | None, datetime.date], dict[float, tuple[str, Fact]]] = {}
    for tag in concept.tags:
        # Two tags mean two things: a period under one is not restated by the next.
        taken = set(stated)
        for taxonomy, tags in facts.facts.items():
            units = tags[tag].units if tag in tags else {}
            for fact in (one for unit in concept.units for one in units.get(unit, ())):
                is_new = (fact.start, fact.end) not in taken
                if is_new and fact.val > 0 and _is_whole(fact, concept.shape):
                    figures = stated.setdefault((fact.start, fact.end), {})
                    # The same figure recurs in later filings: the first one stated it.
                    before = figures.get(fact.val)
                    if before is None or fact.filed < before[1].filed:
                        figures[fact.val] = (f"{taxonomy}:{tag}", fact)
    for (start, end), figures in sorted(
        stated.items(), key=lambda item: (item[0][1], str(item[0][0]))
    ):
        ordered = sorted(figures.items(), key=lambda item: item[1][1].filed)
        for place, (value, (tag, fact)) in enumerate(ordered, start=1):
            yield records.IndicatorValue(
                period_start=None if start is None else records.PartialDate(start, "day"),
                period_end=records.PartialDate(end, "day"),
                value=value,
                stated_on=records.PartialDate(fact.filed, "day"),
                rank="preferred" if place == len(ordered) else "normal",
                note=None if place == 1 else "Restated by a later filing.",
                citations=[
                    records.Citation(
                        source=_source_id(facts),
                        locator=f"{tag}; {fact.form} filed on {fact.filed}, accession {fact.accn}",
                        evidence="filing",
                    )
                ],
            )


def _is_whole(fact: Fact, shape: Shape) -> bool:
    if fact.start is None:
        return shape != "spans"
    if shape == "days":
        return False
    days = (fact.end - fact.start).days + 1
    return days in _YEAR or days in _QUARTER


def _source_id(facts: CompanyFacts) -> str:
    return f"sec-facts-{facts.cik:010d}"


def _source(facts: CompanyFacts) -> records.Source:
    return records.Source(
        id=_source_id(facts),
        url=f"https://data.sec.gov/api/xbrl/companyfacts/CIK{facts.cik:010d}.json",
        title=f"Company facts of {facts.entityName}",
        publisher="U.S. Securities and Exchange Commission",
        kind="filing",
        standing="primary",
    )


async def import_facts(connection: Connection, files: Iterable[Path]) -> run.Report:
    """Import files as one revision; raise `run.ImportFailedError`.

    The company is the one that has the CIK of the file.
    """
    companies = await linking.read_companies(connection)
    by_cik = {cik: one.id for one in companies for cik in one.identifiers.get("cik", ())}
    sources, indicators = [], []
    for path in files:
        facts = read_facts(path)
        company = by_cik.get(f"{facts.cik:010d}")
        if company is None:
            message = (
                f"{path}: no company in the ledger has the CIK {facts.cik:010d} "
                f"({facts.entityName})"
            )
            raise run.ImportFailedError(message)
        found = list(series_of(facts, company))
        indicators += found
        sources += [_source(facts)] if found else []
    report = run.Report(read=sum(len(one.values) for one in indicators))
    given = publish.CollectionInput(
        collection=described(), sources=sources, indicators=indicators, partial=True
    )
    revision = await run.publish_input(connection, given, note="Company facts of the SEC")
    report.revision = None if revision is None else revision.number
    return report
