"""Figures from companies' series → panels, one for each metric and length of period.

Only preferred outcomes are joined by a line; what a company expected, and figures that are not
preferred, are separate points.
"""

from __future__ import annotations

from layoff_ledger.charts.colours import MAX_SERIES
from layoff_ledger.charts.figure import Figure, Panel, Unit, Value, marks_of
from layoff_ledger.charts.periods import label_spans, span_of
from layoff_ledger.charts.question import Question, listed, only
from layoff_ledger.query.dimensions import periods
from layoff_ledger.resources.indicator import Indicator

MAX_PANELS = 6
MAX_DEFINITIONS = 3
_METRICS = {
    "capital_expenditure": "Capital expenditure",
    "employees": "Employees",
    "revenue": "Revenue",
}
_FREQUENCIES = {
    "year": "fiscal years",
    "quarter": "quarters",
    "day": "on a day",
    "other": "other periods",
}
_UNITS = {
    "USD": Unit("billion USD", divisor=1e9, digits=2),
    "people": Unit("people"),
}


def draw(figures: list[Indicator], question: Question) -> Figure:
    """Return the chart of some figures."""
    companies = _companies(figures)
    drawn = companies[:MAX_SERIES]
    kept = [one for one in figures if one.company in drawn]
    boxes: dict[tuple[str, str], list[Indicator]] = {}
    for one in sorted(kept, key=lambda one: (one.series, one.period_end, one.rank)):
        boxes.setdefault((one.metric, one.frequency), []).append(one)
    order = sorted(
        boxes, key=lambda box: ([*_METRICS].index(box[0]), [*_FREQUENCIES].index(box[1]))
    )
    names = {one.company: one.company_name for one in kept}
    has_legend = len(drawn) > 1
    panels = [_panel(*box, boxes[box], drawn if has_legend else []) for box in order[:MAX_PANELS]]
    notes = []
    if any(not _is_joined(one) for one in kept):
        notes.append("Points without a line: expected, or not preferred.")
    if len(companies) > len(drawn):
        notes.append(f"{len(drawn)} of {len(companies)} companies are drawn.")
    if len(order) > MAX_PANELS:
        notes.append(f"{MAX_PANELS} of {len(order)} panels are drawn.")
    notes += marks_of(panels) if panels else []
    what = listed(list(dict.fromkeys(_METRICS[metric].lower() for metric, _ in order)))
    of = ", ".join(names[company] for company in drawn) if len(drawn) <= MAX_DEFINITIONS else ""
    return Figure(
        title=f"{of or 'Companies'}: {what or 'indicators'}",
        basis=[
            one
            for one in (only(_without_companies(question)), _definitions(kept), " ".join(notes))
            if one
        ],
        panels=panels or [Panel(form="lines", unit=_UNITS["people"], values=[], keys=[])],
        series={company: names[company] for company in drawn} if has_legend else {},
        source=question.source,
        address=question.address,
        kind="Line chart" if len(panels) == 1 else "Line charts, one above the other",
    )


def _without_companies(question: Question) -> list[str]:
    """Return what narrows a question, without what the title or the legend says."""
    return [one for one in question.narrowed if not one.startswith(("company ", "metric "))]


def _companies(figures: list[Indicator]) -> list[str]:
    """Return the companies, the one with the greatest figure first."""
    greatest: dict[str, float] = {}
    for one in figures:
        value = float(one.low or one.high or 0)
        greatest[one.company] = max(greatest.get(one.company, 0), value)
    return sorted(greatest, key=lambda company: (-greatest[company], company))


def _definitions(figures: list[Indicator]) -> str:
    definitions = {one.series: one.definition for one in figures}
    if len(definitions) > MAX_DEFINITIONS:
        return "Each series has its own definition, which is given with the numbers."
    return " ".join(f"{one.rstrip('.')}." for one in dict.fromkeys(definitions.values()))


def _is_joined(one: Indicator) -> bool:
    return one.rank == "preferred" and one.kind == "outcome"


def _panel(metric: str, frequency: str, figures: list[Indicator], series: list[str]) -> Panel:
    by = "year" if frequency == "year" else "quarter"
    placed = [(_key(one, by), one) for one in figures]
    spans = [key for key, _ in placed]
    keys: list[str | None] = [*periods(by, min(spans), max(spans))]
    labels, ticks = label_spans(by, keys)
    unit = _UNITS[figures[0].unit]
    return Panel(
        form="lines",
        unit=unit,
        values=[
            Value(
                key=key,
                low=_number(one.low),
                high=_number(one.high) if one.low is not None else None,
                series=one.company if series else None,
                line=one.series if _is_joined(one) else one.id,
            )
            for key, one in sorted(placed, key=lambda pair: pair[0])
        ],
        keys=keys,
        labels=labels,
        heading=f"{_METRICS[metric]}, {unit.name} ({_FREQUENCIES[frequency]})",
        series=series,
        ticks=ticks,
        # Counts on a day come once a year or less often: nothing is missing between them.
        is_joined=frequency in {"day", "other"},
    )


def _key(one: Indicator, by: str) -> str:
    return str(one.year) if by == "year" else span_of(by, one.period_end)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
