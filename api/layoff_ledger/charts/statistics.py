"""Groups of waves → the chart of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from layoff_ledger.charts import text
from layoff_ledger.charts.figure import Figure, Unit
from layoff_ledger.charts.groups import JOBS, Grouped, Measure, lay
from layoff_ledger.charts.notice_statistics import MEASURES as OF_NOTICES
from layoff_ledger.charts.question import Question, listed, only
from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.query.claim_groups import claim_groups
from layoff_ledger.query.dimensions import DIMENSIONS, is_overlapping
from layoff_ledger.query.statistics import StatisticsGroup, StatisticsMeta
from layoff_ledger.query.statistics_parameters import StatisticsParameters
from layoff_ledger.query.uneven_years import sentences


def _jobs(title: str, field: str, basis: str) -> Measure:
    return Measure(title, JOBS, f"{field}_low", f"{field}_high", basis=basis)


_OF_KIND = "jobs are those of whole waves, overlaps counted once; lower bounds."
MEASURES = {
    "waves": Measure("Waves of job cuts", Unit("waves"), "waves"),
    "companies": Measure(
        "Companies with job cuts",
        Unit("companies"),
        "companies",
        adds_up=False,
        basis="A company may be in several groups.",
    ),
    "headcount": _jobs(
        "All jobs of waves of job cuts",
        "headcount",
        "Jobs are those of whole waves; gross, net and other figures together, overlaps counted "
        "once; lower bounds.",
    ),
    "headcount_gross": _jobs(
        "Posts cut in waves", "headcount_gross", f"Only figures said to be gross; {_OF_KIND}"
    ),
    "headcount_net": _jobs(
        "Net change of headcount in waves",
        "headcount_net",
        f"Only figures said to be net; {_OF_KIND}",
    ),
    "headcount_affected": _jobs(
        "Posts that may be moved in waves",
        "headcount_affected",
        f"Only figures of posts affected; {_OF_KIND}",
    ),
    "headcount_unstated": _jobs(
        "Jobs in waves that do not say whether gross or net",
        "headcount_unstated",
        f"Only figures whose source does not say what they count; {_OF_KIND}",
    ),
    "headcount_stated": _jobs(
        "Jobs stated",
        "headcount_stated",
        "Only jobs that a source states for exactly this group; lower bounds.",
    ),
    "headcount_median": Measure(
        "Median size of waves",
        JOBS,
        "headcount_median",
        adds_up=False,
        basis="By lower bounds.",
        rests_on="headcount_values",
    ),
    "share_median": Measure(
        "Median share of the workforce that is cut",
        Unit("percent", divisor=0.01, digits=1, suffix="%", limit=1),
        "share_median",
        adds_up=False,
        basis="By lower bounds, of the whole company.",
        rests_on="share_values",
    ),
}
if TYPE_CHECKING:
    MeasureName = str
else:
    MeasureName = Literal[(*MEASURES, *OF_NOTICES)]  # the same parameter chooses those of notices

_DIMENSIONS = {
    "company_country": "seat of the company",
    "subdivision": "state or province",
    "driver": "reason",
    "driver_group": "group of reasons",
    "role_axis": "kind of roles",
    "speaker": "who gives a reason",
    "form": "form",
    "size_band": "size of the company",
}


class StatisticsChartParameters(StatisticsParameters, frozen=True, kw_only=True):
    """Which waves are counted, by what, and which of their figures is drawn."""

    measure: Annotated[
        MeasureName,
        Meta(
            description="What a chart shows for each group: its waves, companies, jobs by their "
            "bounds, or a median; with `of=notices`, its notices (the default) or their jobs. It "
            "affects the formats svg, png and vega, and the page of an answer.",
        ),
    ] = "waves"


def check_measure(parameters: StatisticsChartParameters) -> None:
    """Refuse a measure that the question does not have; raises `InvalidParametersError`."""
    if parameters.measure in OF_NOTICES:
        raise InvalidParametersError(
            mistake(
                "measure",
                f"{parameters.measure!r} counts notices, and this question is about waves",
                "add of=notices, or use 'waves' or 'headcount'",
            )
        )
    named = (DIMENSIONS[name].stated for name in parameters.group_by)
    if parameters.measure == "headcount_stated" and sum(one is not None for one in named) != 1:
        known = ", ".join(name for name, one in DIMENSIONS.items() if one.stated is not None)
        raise InvalidParametersError(
            mistake(
                "measure",
                "'headcount_stated' needs one dimension for which jobs are stated",
                f"group by one of {known}, or use 'headcount'",
            )
        )


def with_spread(parameters: StatisticsChartParameters) -> StatisticsChartParameters:
    """Return the question, with medians if one of them is drawn."""
    spread = parameters.spread or bool(MEASURES[parameters.measure].rests_on)
    return msgspec.structs.replace(parameters, spread=spread)


def draw(
    parameters: StatisticsChartParameters,
    groups: list[StatisticsGroup],
    meta: StatisticsMeta,
    question: Question,
    uneven: list[str],
) -> Figure:
    """Return the chart of some groups; `uneven` says for which years the ledger has few waves."""
    measure = MEASURES[parameters.measure]
    *basis, overlap = _basis(parameters, measure, groups, meta, question)
    of_claims = {
        name for one in claim_groups(parameters.group_by, parameters) for name in one.names
    }
    # Groups by claims only count the requested ones anyway.
    chosen = [name for name in parameters.group_by if name not in of_claims]
    laid = lay(
        Grouped(
            group_by=parameters.group_by,
            dimensions=DIMENSIONS,
            measure=measure,
            groups=[one for one in groups if _is_asked(parameters, chosen, one)],
            by_key=parameters.sort == "key",
            is_running=parameters.cumulative,
            until=question.until,
            until_what="the newest wave",
            numbers=question.numbers,
        )
    )
    notes = [*([overlap] if overlap else []), *laid.notes, *sentences(uneven)]
    return laid.figure(_title(parameters, measure, question), [*basis, " ".join(notes)], question)


def _is_asked(
    parameters: StatisticsChartParameters, names: list[str], group: StatisticsGroup
) -> bool:
    """Return whether a group has a value that the question asks for, in each of some dimensions.

    A wave with a requested value may be in groups of other values, too, which the numbers show.
    """
    for name in names:
        asked = getattr(parameters, name, [])
        if isinstance(asked, list) and asked and group.keys[name] not in asked:
            return False
    return True


def _name_of(dimension: str) -> str:
    """Return what a dimension is called in a title."""
    return _DIMENSIONS.get(dimension, dimension)


def _title(parameters: StatisticsChartParameters, measure: Measure, question: Question) -> str:
    by = listed([_name_of(name) for name in parameters.group_by])
    reasons = f" for {' or '.join(question.reasons[:3])}" if question.reasons else ""
    running = ", running total" if parameters.cumulative else ""
    return f"{measure.title}{reasons}, by {by}{running}"


def _basis(
    parameters: StatisticsChartParameters,
    measure: Measure,
    groups: list[StatisticsGroup],
    meta: StatisticsMeta,
    question: Question,
) -> list[str]:
    write = functools.partial(text.number, numbers=question.numbers)
    counted = f"{write(meta.count)} waves" if meta.count != 1 else "1 wave"
    # Some groups may be left out, for example by `top`.
    shown = sum(one.waves for one in groups)
    if not meta.overlapping and shown != meta.count:
        counted = f"{write(shown)} of {counted}"
    left_out = "parts and copies are left out" if parameters.canonical == [True] else ""
    if parameters.measure == "waves":
        first = f"{counted}, each counted once"
    elif parameters.measure == "headcount" and not meta.overlapping:
        known = sum(one.waves_with_headcount for one in groups)
        first = f"Size known for {write(known)} of {counted}"
    elif measure.rests_on and not meta.overlapping:
        known = sum(getattr(one, measure.rests_on) or 0 for one in groups)
        first = f"Known for {write(known)} of {counted}"
    else:
        first = counted
    first = f"{first}; {left_out}." if left_out else f"{first}."
    several = [_name_of(name) for name in parameters.group_by if is_overlapping([name])]
    overlap = (
        f"A wave may have more than one {' and '.join(several)}: the groups do not add up."
        if several
        else ""
    )
    if meta.groups > len(groups):
        overlap += f" {write(len(groups))} of {write(meta.groups)} groups."
    return [only(question.narrowed), f"{first} {measure.basis}".strip(), overlap.strip()]
