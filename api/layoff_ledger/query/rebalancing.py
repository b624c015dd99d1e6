"""Capital expenditure against staff: company by fiscal year, with the cuts announced in that year.

Unknown values are null, and `gaps` says why. Nothing is carried over from one definition to
another: each series of capital expenditure has rows of its own.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from typing import Annotated

import asyncpg
from msgspec import Meta, Struct

from layoff_ledger import vocabulary
from layoff_ledger.query.absence import hints_of_removed
from layoff_ledger.query.indicator_coverage import lacking_indicators
from layoff_ledger.query.rebalancing_rows import (
    BASIS,
    REPEATED,
    Gap,
    RebalancingMeta,
    RebalancingRow,
)
from layoff_ledger.query.vocabularies import names_of
from layoff_ledger.resources.claim_parts import last_day
from layoff_ledger.resources.filters import Known
from layoff_ledger.resources.indicator import INDICATOR
from layoff_ledger.resources.parameters import AsOf, Codes
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

NEAR_DAYS = 31
"""Days by which a count of employees may differ from the end of the year it is used for."""
NO_YEAR_BEFORE = "there is no figure under this definition for the year before"
Bounds = tuple[int | None, int | None]
UNKNOWN: Bounds = (None, None)


class RebalancingParameters(AsOf, frozen=True, kw_only=True):
    """Which companies and years."""

    company: Annotated[
        Codes,
        Meta(description="Only these companies, by id.", examples=[["meta"]]),
        Known("company"),
    ] = []
    series: Annotated[
        Codes,
        Meta(
            description="Only these series of capital expenditure, by id.",
            examples=[["meta-capital-expenditure"]],
        ),
        Known("series", of="indicator"),
    ] = []
    year_gte: (
        Annotated[
            int,
            Meta(
                ge=1, le=9999, description="Fiscal years that end in this year or later.",
                examples=[2020],
            ),
        ]
        | None
    ) = None  # fmt: skip
    year_lte: (
        Annotated[
            int,
            Meta(
                ge=1, le=9999, description="Fiscal years that end in this year or earlier.",
                examples=[2025],
            ),
        ]
        | None
    ) = None  # fmt: skip
    limit: Annotated[
        int,
        Meta(
            ge=1,
            le=10_000,
            description="Maximum number of rows; `meta.count` has the total.",
            examples=[100],
        ),
    ] = 1_000


class Value(Struct, frozen=True):
    """A preferred outcome of one series."""

    series: str
    definition: str
    start: datetime.date
    end: datetime.date
    bounds: Bounds
    qualifier: str | None


class Company(Struct):
    """What is known about one company."""

    spending: dict[str, list[Value]]
    """Series of capital expenditure → its fiscal years, oldest first."""
    staff: list[Value]
    waves: list[asyncpg.Record]


def values_statement(parameters: RebalancingParameters, *, revision: int) -> Statement:
    """Return the statement of the preferred outcomes from which the table is made."""
    conditions = Conditions.holding_at(revision, "facet")
    if parameters.company:
        conditions.add("facet.company = any({})", parameters.company, "text[]")
    return conditions.statement(
        "select facet.company, facet.series, facet.metric, facet.definition, facet.period_start, "
        "facet.period_end, facet.low, facet.high, facet.qualifier "
        f"from {INDICATOR.facet_view} as facet where {conditions.text} "
        "and facet.kind = 'outcome' and facet.rank = 'preferred' and facet.precision = 'day' "
        "and ((facet.metric = 'capital_expenditure' and facet.frequency = 'year') "
        "or (facet.metric = 'employees' and facet.frequency = 'day')) "
        "order by facet.company, facet.series, facet.period_end"
    )


def waves_statement(companies: list[str], *, revision: int) -> Statement:
    """Return the statement of the canonical waves of some companies."""
    conditions = Conditions.holding_at(revision, "facet")
    conditions.add("facet.company = any({})", companies, "text[]")
    return conditions.statement(
        "select facet.id, facet.company, facet.announced_on, facet.announced_precision, "
        "facet.counts, facet.counted_low, facet.counted_high, "
        "coalesce(facet.headcount_low, facet.headcount_high) is not null as is_known "
        f"from {WAVE.facet_view} as facet where {conditions.text} and facet.canonical "
        "order by facet.announced_on, facet.id"
    )


async def read_rebalancing(
    ledger: Ledger, parameters: RebalancingParameters, snapshot: Snapshot
) -> tuple[list[RebalancingRow], RebalancingMeta]:
    """Read the rows and what they rest on."""
    of_companies = await _rows_of_companies(ledger, parameters, snapshot)
    rows = [row for row in of_companies if _matches(row, parameters)]

    async def count(without: RebalancingParameters) -> int:
        found = of_companies
        if without.company != parameters.company:
            found = await _rows_of_companies(ledger, without, snapshot)
        return sum(_matches(row, without) for row in found)

    hints = []
    if not rows:
        hints += await lacking_indicators(ledger, parameters.company, snapshot)
        hints += await hints_of_removed(parameters, count)
    meta = RebalancingMeta(
        count=len(rows),
        hint="; ".join(hints) or None,
        basis=f"{BASIS} {REPEATED}" if _is_repeated(rows) else BASIS,
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        license=snapshot.license,
    )
    return rows[: parameters.limit], meta


def _is_repeated(rows: list[RebalancingRow]) -> bool:
    """Return whether a year of a company appears in several rows."""
    return len({(row.company, row.year) for row in rows}) < len(rows)


def _matches(row: RebalancingRow, parameters: RebalancingParameters) -> bool:
    """Return whether a row of a requested company meets the other conditions."""
    return (
        (not parameters.series or row.capital_expenditure_series in parameters.series)
        and (parameters.year_gte is None or row.year >= parameters.year_gte)
        and (parameters.year_lte is None or row.year <= parameters.year_lte)
    )


async def _rows_of_companies(
    ledger: Ledger, parameters: RebalancingParameters, snapshot: Snapshot
) -> list[RebalancingRow]:
    """Read all rows of the requested companies."""
    companies: dict[str, Company] = {}
    for row in await ledger.fetch_costly(values_statement(parameters, revision=snapshot.revision)):
        company = companies.setdefault(row["company"], Company({}, [], []))
        end, start = row["period_end"], row["period_start"]
        value = Value(
            row["series"], row["definition"], start or end, end, (row["low"], row["high"]),
            row["qualifier"],
        )  # fmt: skip
        if row["metric"] == "employees":
            company.staff.append(value)
        else:
            company.spending.setdefault(row["series"], []).append(value)
    ids = sorted(companies)
    for row in await ledger.fetch_costly(waves_statement(ids, revision=snapshot.revision)):
        companies[row["company"]].waves.append(row)
    names = await names_of(ledger, ids, snapshot)
    return [row for id_ in ids for row in company_rows(id_, names.get(id_, id_), companies[id_])]


def company_rows(id_: str, name: str, company: Company) -> Iterator[RebalancingRow]:
    """Yield the rows of one company: each series of capital expenditure by year, without gaps.

    Year-end counts of employees that match no series get rows of their own; counts within a year do
    not.
    """
    used: set[datetime.date] = set()
    for series in company.spending.values():
        before: Value | None = None
        for year in filled(series):
            staff = _near(company.staff, year.end)
            used.update(one.end for one in staff)
            counts: list[Value | None] = [*staff] or [None]
            for one in counts:
                yield _row(id_, name, company.waves, year, before, one)
            before = year
    ends = [year.end for series in company.spending.values() for year in series]
    for count in company.staff:
        if count.end not in used and (end := _year_of(count.end, ends)) is not None:
            start = _years_later(end, -1) + datetime.timedelta(days=1)
            year = Value("", "", start, end, UNKNOWN, None)
            yield _row(id_, name, company.waves, year, None, count)


def _year_of(day: datetime.date, ends: list[datetime.date]) -> datetime.date | None:
    """Return the end of the fiscal year that a count is close to; None for one within a year.

    `ends` has the ends of the company's known fiscal years; if none is known, the count stands for
    the twelve months before it.
    """
    if not ends:
        return day
    near = (
        _years_later(end, distance)
        for end in ends[-1:]
        for distance in range(day.year - end.year - 1, day.year - end.year + 2)
    )
    return next((one for one in near if abs((one - day).days) <= NEAR_DAYS), None)


def filled(series: list[Value]) -> Iterator[Value]:
    """Yield the years of a series from its first to its last one; missing ones are unknown."""
    yield from series[:1]
    for earlier, later in itertools.pairwise(series):
        for distance in range(1, later.end.year - earlier.end.year):
            start = earlier.end + datetime.timedelta(days=1)
            yield Value(
                later.series,
                later.definition,
                _years_later(start, distance - 1),
                _years_later(earlier.end, distance),
                UNKNOWN,
                None,
            )
        yield later


def _years_later(day: datetime.date, years: int) -> datetime.date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if is_leap_day else day.day)


def _near(staff: list[Value], end: datetime.date) -> list[Value]:
    """Return the count of each series that is nearest to the end of a year, if one is near."""
    nearest: dict[str, Value] = {}
    for one in staff:
        days = abs((one.end - end).days)
        best = nearest.get(one.series)
        if days <= NEAR_DAYS and (best is None or days < abs((best.end - end).days)):
            nearest[one.series] = one
    return list(nearest.values())


def _row(
    id_: str,
    name: str,
    waves: list[asyncpg.Record],
    year: Value,
    before: Value | None,
    staff: Value | None,
) -> RebalancingRow:
    gaps = []
    spent = year.bounds
    has_change = before is not None and UNKNOWN not in (before.bounds, spent)
    employees = UNKNOWN if staff is None else staff.bounds
    change = _difference(spent, before.bounds) if has_change and before else UNKNOWN
    if spent == UNKNOWN:
        reason = "no figure for this fiscal year"
        if not year.series:
            reason = "no series of capital expenditure has this year"
        gaps.append(Gap(field="capital_expenditure", reason=reason))
    if not has_change:
        reason = "there is no figure to compare" if spent == UNKNOWN else NO_YEAR_BEFORE
        gaps.append(Gap(field="capital_expenditure_change", reason=reason))
    if staff is None:
        reason = f"no preferred count within {NEAR_DAYS} days of the end of the fiscal year"
        gaps.append(Gap(field="employees", reason=reason))
    per_employee = _quotient(spent, employees)
    if per_employee == UNKNOWN:
        gaps.append(
            Gap(field="capital_expenditure_per_employee", reason="one of the two is not known")
        )
    within, uncertain = _waves_of(waves, year.start, year.end)
    if not within:
        reason = (
            "the ledger has no wave in this fiscal year, which does not mean that there was none"
        )
        gaps.append(Gap(field="headcount", reason=reason))
    return RebalancingRow(
        company=id_,
        company_name=name,
        year=year.end.year,
        fiscal_year_start=year.start,
        fiscal_year_end=year.end,
        is_calendar_year=(year.end.month, year.end.day) == (12, 31),
        capital_expenditure_series=year.series or None,
        capital_expenditure_definition=year.definition or None,
        capital_expenditure_low=spent[0],
        capital_expenditure_high=spent[1],
        capital_expenditure_qualifier=year.qualifier,  # type: ignore[arg-type]
        capital_expenditure_change_low=change[0],
        capital_expenditure_change_high=change[1],
        employees_series=None if staff is None else staff.series,
        employees_on=None if staff is None else staff.end,
        employees_low=employees[0],
        employees_high=employees[1],
        capital_expenditure_per_employee_low=per_employee[0],
        capital_expenditure_per_employee_high=per_employee[1],
        waves=len(within),
        waves_with_headcount=sum(one["is_known"] for one in within),
        waves_of_uncertain_year=uncertain,
        **_sums(within),
        gaps=gaps,
        wave_ids=[one["id"] for one in within],
    )


def _waves_of(
    waves: list[asyncpg.Record], start: datetime.date, end: datetime.date
) -> tuple[list[asyncpg.Record], int]:
    """Return the waves announced within a span, and how many may or may not be in it."""
    within, uncertain = [], 0
    for wave in waves:
        first = wave["announced_on"]
        last = last_day(first, wave["announced_precision"])
        if start <= first and last <= end:
            within.append(wave)
        elif first <= end and start <= last:
            uncertain += 1
    return within, uncertain


def _sums(waves: list[asyncpg.Record]) -> dict[str, int | None]:
    """Add up the bounds of each kind of figure; the upper one only if all have one."""
    found: dict[str, int | None] = {}
    for kind in vocabulary.COUNTED:
        of = [one for one in waves if one["counts"] == kind]
        lows = [one["counted_low"] for one in of if one["counted_low"] is not None]
        highs = [one["counted_high"] for one in of if one["counted_high"] is not None]
        known = sum(one["is_known"] for one in of)
        found[f"headcount_{kind}_low"] = sum(lows) if lows else None
        found[f"headcount_{kind}_high"] = sum(highs) if highs and len(highs) == known else None
    return found


def _difference(now: Bounds, before: Bounds) -> Bounds:
    (low, high), (least, most) = now, before
    return (
        None if low is None or most is None else low - most,
        None if high is None or least is None else high - least,
    )


def _quotient(spent: Bounds, staff: Bounds) -> Bounds:
    (low, high), (least, most) = spent, staff
    return (
        None if low is None or not most else round(low / most),
        None if high is None or not least else round(high / least),
    )
