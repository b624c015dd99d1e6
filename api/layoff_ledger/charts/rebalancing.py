"""Capital expenditure against staff → panels, one above the other, that share their years.

Dollars and people share no axis: two scales in one panel would suggest what no source states.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from layoff_ledger import vocabulary
from layoff_ledger.charts.colours import MAX_SERIES
from layoff_ledger.charts.figure import Figure, Panel, Unit, Value
from layoff_ledger.charts.question import Question
from layoff_ledger.query.rebalancing_rows import RebalancingMeta, RebalancingRow

BILLIONS = Unit("billion USD", divisor=1e9, digits=1)
PEOPLE = Unit("people")
DOLLARS = Unit("USD")
_JOBS = {
    "gross": "Posts cut (gross) by waves announced in the year",
    "net": "Net change of headcount by waves announced in the year",
    "affected": "Posts that may be moved, by waves announced in the year",
    "unstated": "Jobs of waves announced in the year (not said whether gross or net)",
}
Bounds = Callable[[RebalancingRow], tuple[int | None, int | None]]


def draw(rows: list[RebalancingRow], meta: RebalancingMeta, question: Question) -> Figure:
    """Return the chart: the years of one company in detail, or each of several as a line."""
    companies = list(dict.fromkeys(row.company for row in rows))
    if len(companies) == 1:
        return _one(rows, question)
    return _several(rows, companies, meta, question)


def _years(rows: list[RebalancingRow]) -> list[str | None]:
    years = [row.year for row in rows]
    return [str(year) for year in range(min(years), max(years) + 1)] if years else []


def _spent(row: RebalancingRow) -> tuple[int | None, int | None]:
    return row.capital_expenditure_low, row.capital_expenditure_high


def _staff(row: RebalancingRow) -> tuple[int | None, int | None]:
    return row.employees_low, row.employees_high


def _ratio(row: RebalancingRow) -> tuple[int | None, int | None]:
    return row.capital_expenditure_per_employee_low, row.capital_expenditure_per_employee_high


def _jobs(kind: str) -> Bounds:
    return lambda row: (
        getattr(row, f"headcount_{kind}_low"),
        getattr(row, f"headcount_{kind}_high"),
    )


def _one(rows: list[RebalancingRow], question: Question) -> Figure:
    keys = _years(rows)
    definitions = {
        row.capital_expenditure_series: row.capital_expenditure_definition or ""
        for row in rows
        if row.capital_expenditure_series is not None
    }
    is_divided = len(definitions) > 1
    panels = []
    if definitions:
        panels.append(
            Panel(
                form="columns",
                unit=BILLIONS,
                values=_distinct(
                    Value(
                        key=str(row.year),
                        low=_spent(row)[0],
                        high=_spent(row)[1],
                        series=row.capital_expenditure_series if is_divided else None,
                    )
                    for row in rows
                    if row.capital_expenditure_series is not None
                ),
                keys=keys,
                heading="Capital expenditure of the fiscal year, billion USD",
                series=list(definitions) if is_divided else [],
            )
        )
    staff = list(dict.fromkeys(row.employees_series for row in rows if row.employees_series))
    for place, series in enumerate(staff, start=1):
        of = f" ({place})" if len(staff) > 1 else ""
        values = [_value(row, _staff) for row in rows if row.employees_series == series]
        panels.append(_panel(values, keys, PEOPLE, f"Employees at the end of the year{of}", 2))
    for kind in vocabulary.COUNTED:
        bounds = _jobs(kind)
        if any(bounds(row) != (None, None) for row in rows):
            values = [_value(row, bounds) for row in rows if bounds(row) != (None, None)]
            panels.append(_panel(values, keys, Unit("jobs"), _JOBS[kind], 3))
    name = rows[0].company_name
    ends = {(row.fiscal_year_end.month, row.fiscal_year_end.day) for row in rows}
    basis = []
    if definitions:
        common = _common(list(definitions.values()))
        ending = f" \u2026 ({len(definitions)} definitions)" if is_divided else ""
        common = common.rstrip(",") if is_divided else common
        if common:
            basis.append(f"Capital expenditure: {common[:1].lower()}{common[1:]}{ending}")
    basis.append("Fiscal years that do not end on 31 December." if ends != {(12, 31)} else "")
    basis.append(
        "No mark: the ledger has no figure, or no wave in that year, which does not mean that "
        "there was none. Two figures in one year do not mean that one caused the other."
    )
    return Figure(
        title=f"{name}: capital expenditure against staff",
        basis=[one for one in basis if one],
        panels=panels or [_panel([], keys, PEOPLE, "Employees", 2)],
        series=_short(definitions) if is_divided else {},
        source=question.source,
        address=question.address,
        kind="Bar charts, one above the other",
    )


def _common(definitions: list[str]) -> str:
    """Return the words with which all definitions begin; if there is one, all of its words."""
    words = [one.split() for one in definitions]
    same = itertools.takewhile(lambda some: len(set(some)) == 1, zip(*words, strict=False))
    return " ".join(some[0] for some in same)


def _short(definitions: dict[str, str]) -> dict[str, str]:
    """Return the definitions without the words with which all of them begin."""
    common = _common(list(definitions.values()))
    rest = {name: one.removeprefix(common).strip().rstrip(".") for name, one in definitions.items()}
    if not common or not all(rest.values()):
        return definitions
    return {name: f"\u2026 {one}" for name, one in rest.items()}


def _panel(
    values: list[Value], keys: list[str | None], unit: Unit, heading: str, hue: int
) -> Panel:
    return Panel(
        form="columns",
        unit=unit,
        values=_distinct(values),
        keys=keys,
        heading=heading,
        hue=hue,
    )


def _value(row: RebalancingRow, bounds: Bounds, series: str | None = None) -> Value:
    low, high = bounds(row)
    return Value(key=str(row.year), low=low, high=high, series=series)


def _distinct(values: object) -> list[Value]:
    """Return each value once: a year has a row for each definition and each count."""
    found: dict[tuple[str | None, str | None], Value] = {}
    for one in values:  # type: ignore[attr-defined]
        kept = found.get((one.key, one.series))
        if kept is None or kept.low is None:
            found[one.key, one.series] = one
    return list(found.values())


def _several(
    rows: list[RebalancingRow],
    companies: list[str],
    meta: RebalancingMeta,
    question: Question,
) -> Figure:
    """Draw each company as a line, by its definition that has the most years."""
    chosen: dict[str, list[RebalancingRow]] = {}
    for company in companies:
        of = [row for row in rows if row.company == company]
        spent = [row.capital_expenditure_series for row in of if _spent(row) != (None, None)]
        longest = max(spent, key=spent.count, default=None)
        chosen[company] = [row for row in of if row.capital_expenditure_series == longest]
    latest = {
        company: max((_spent(row)[0] or 0 for row in of), default=0)
        for company, of in chosen.items()
    }
    drawn = sorted(companies, key=lambda one: (-latest[one], one))[:MAX_SERIES]
    kept = [row for company in drawn for row in chosen[company]]
    keys = _years(kept)
    names = {row.company: row.company_name for row in kept}
    panels = [
        Panel(
            form="lines",
            unit=unit,
            values=_distinct(
                _value(row, bounds, row.company) for row in kept if bounds(row) != (None, None)
            ),
            keys=keys,
            heading=heading,
            series=drawn,
        )
        for heading, unit, bounds in (
            ("Capital expenditure of the fiscal year, billion USD", BILLIONS, _spent),
            ("Employees at the end of the year", PEOPLE, _staff),
            ("Capital expenditure per employee, USD", DOLLARS, _ratio),
        )
    ]
    left_out = len(companies) - len(drawn)
    basis = [
        "Companies define capital expenditure differently; of each, the definition with the most "
        "years is drawn. Fiscal years, by the year in which they end.",
    ]
    if left_out:
        basis.append(f"The {len(drawn)} that spend the most of {len(companies)} companies.")
    if meta.count > len(rows):
        basis.append(f"{len(rows)} of {meta.count} rows.")
    return Figure(
        title="Capital expenditure against staff",
        basis=basis,
        panels=panels,
        series={company: names[company] for company in drawn},
        source=question.source,
        address=question.address,
        kind="Line charts, one above the other",
    )
