"""Rules of attribution → the chart of them: nested rules are never added up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from layoff_ledger.charts import text
from layoff_ledger.charts.figure import Figure, Form, Panel, Unit, Value, marks_of
from layoff_ledger.charts.groups import JOBS, Measure
from layoff_ledger.charts.periods import label_spans, span_of
from layoff_ledger.charts.question import Question, only
from layoff_ledger.query.attribution import (
    RULES,
    AttributionMeta,
    AttributionParameters,
    AttributionRow,
)
from layoff_ledger.query.attribution_columns import ALL
from layoff_ledger.query.dimensions import DIMENSIONS, periods
from layoff_ledger.query.uneven_years import sentences

PERCENT = Unit("percent", divisor=0.01, digits=1, suffix="%", limit=1)


_KINDS_OF_JOBS = {
    "headcount_gross": "Posts cut in waves",
    "headcount_net": "Net change of headcount in waves",
    "headcount_affected": "Posts that may be moved in waves",
    "headcount_unstated": "Jobs (not said whether gross or net) in waves",
}
MEASURES = {
    "share_of_waves": Measure("Share of waves", PERCENT, "share_of_waves"),
    "share_of_companies": Measure("Share of companies with waves", PERCENT, "share_of_companies"),
    **{
        f"share_of_{name}": Measure(
            f"Share of {title[:1].lower()}{title[1:]}", PERCENT, f"share_of_{name}"
        )
        for name, title in _KINDS_OF_JOBS.items()
    },
    "waves": Measure("Waves", Unit("waves"), "waves"),
    "companies": Measure("Companies with waves", Unit("companies"), "companies"),
    **{
        name: Measure(title, JOBS, f"{name}_low", f"{name}_high")
        for name, title in _KINDS_OF_JOBS.items()
    },
}
if TYPE_CHECKING:
    MeasureName = str
else:
    MeasureName = Literal[tuple(MEASURES)]
_SHORT = {
    "company_primary": "Company: as a primary reason",
    "company": "Company: also as context",
    "authority": "Or a regulator, a union, an analyst",
    "press": "Or the press",
    "anyone": "Anyone, denials included",
    "company_denies": "The company denies it",
}
MAX_KEYS = 30


class AttributionChartParameters(AttributionParameters, frozen=True, kw_only=True):
    """Which reason, among which waves, and which of their figures is drawn."""

    measure: Annotated[
        MeasureName,
        Meta(
            description="What a chart shows for each rule: a share, or waves, companies or jobs. "
            "It affects the formats svg, png and vega, and the page of an answer.",
        ),
    ] = "share_of_waves"


def draw(
    parameters: AttributionChartParameters,
    rows: list[AttributionRow],
    meta: AttributionMeta,
    question: Question,
    uneven: list[str],
) -> Figure:
    """Return the chart of the rules; `uneven` says for which years the ledger has few waves."""
    measure = MEASURES[parameters.measure]
    by = parameters.by
    reason = " or ".join(question.reasons[:3]) or "artificial intelligence"
    title = f"{measure.title} ascribed to {reason}, by rule{f' and {by}' if by else ''}"
    basis = [
        only(question.narrowed),
        f"{text.number(meta.count, question.numbers)} waves, without parts and copies. Each rule "
        "includes the ones before it; denials are separate.",
    ]
    if "headcount" in parameters.measure:
        basis.append("Jobs are those of whole waves, not only those cut for the reason.")
    figure = _by_rule(measure, rows) if by is None else _by_group(measure, rows, by, question)
    panel, form = figure
    if by is not None and meta.groups > len(panel.keys):
        drawn, groups = (
            text.number(one, question.numbers) for one in (len(panel.keys), meta.groups)
        )
        basis[-1] += f" {drawn} of {groups} groups are drawn."
    if panel.partial is not None:
        basis[-1] += f" * {panel.partial}: until {question.until}, the newest wave."
    basis[-1] = " ".join([basis[-1], *marks_of([panel]), *sentences(uneven)])
    return Figure(
        title=title,
        basis=[one for one in basis if one],
        panels=[panel],
        series={name: _SHORT[name] for name in panel.series},
        is_ordered=bool(panel.series),
        source=question.source,
        address=question.address,
        kind={"bars": "Bar chart", "lines": "Line chart"}.get(form, "Dot chart"),
    )


def _value(row: AttributionRow, measure: Measure, key: str | None, series: str | None) -> Value:
    high = getattr(row, measure.high) if measure.high else None
    return Value(key=key, low=getattr(row, measure.low), high=high, series=series)


def _by_rule(measure: Measure, rows: list[AttributionRow]) -> tuple[Panel, Form]:
    shown = [one for one in rows if one.rule != ALL or measure.unit is not PERCENT]
    panel = Panel(
        form="bars",
        unit=measure.unit,
        values=[_value(one, measure, one.rule, None) for one in shown],
        keys=[one.rule for one in shown],
        is_ordered=True,
        labels={one.rule: _SHORT.get(one.rule) or one.meaning for one in shown},
    )
    return panel, "bars"


def _by_group(
    measure: Measure, rows: list[AttributionRow], by: str, question: Question
) -> tuple[Panel, Form]:
    found = list(dict.fromkeys(one.key for one in rows))
    keys: list[str | None] = [*found]
    known = [key for key in found if key is not None]
    is_time = DIMENSIONS[by].is_time
    labels = {one.key: one.label for one in rows if one.key is not None and one.label}
    ticks: list[str] = []
    partial = None
    if is_time and known:
        keys = [*periods(by, min(known), max(known)), *([None] if None in found else [])]
        labels, ticks = label_spans(by, keys)
        partial = span_of(by, question.until)
    elif not is_time:
        order = {
            one.key: (-(getattr(one, measure.low) or 0), -one.waves)
            for one in rows
            if one.rule == "anyone"
        }
        keys = sorted(found, key=lambda key: (key is None, order.get(key, (0, 0)), key or ""))
        keys = keys[:MAX_KEYS]
    among = set(keys)
    form: Form = "lines" if is_time else "dots"
    panel = Panel(
        form=form,
        unit=measure.unit,
        values=[
            _value(one, measure, one.key, one.rule)
            for one in rows
            if one.rule in RULES and one.key in among
        ],
        keys=keys,
        labels=labels,
        series=list(RULES),
        ticks=ticks,
        partial=partial if partial in among else None,
    )
    return panel, form
