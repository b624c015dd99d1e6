"""Groups of notices → the chart of them: separate from waves, never together with them."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from layoff_ledger.charts import text
from layoff_ledger.charts.figure import Figure, Unit
from layoff_ledger.charts.groups import JOBS, Grouped, Measure, lay
from layoff_ledger.charts.periods import span_of
from layoff_ledger.charts.question import Question, listed, only
from layoff_ledger.query.notice_coverage import NoticeCoverage
from layoff_ledger.query.notice_statistics import (
    DATES_IN_WORDS,
    DIMENSIONS,
    NoticeStatisticsGroup,
    NoticeStatisticsMeta,
    NoticeStatisticsParameters,
    left_out,
)

MEASURES = {
    "notices": Measure("Notices of job cuts", Unit("notices"), "notices"),
    "jobs": Measure(
        "Jobs in notices of job cuts",
        JOBS,
        "jobs_low",
        "jobs_high",
        basis="Lower bounds; never add them to jobs of waves: they may be the same jobs.",
    ),
}
if TYPE_CHECKING:
    MeasureName = str
else:
    MeasureName = Literal[tuple(MEASURES)]

_DIMENSIONS = {"jurisdiction": "state", "collection": "collection of notices"}


class NoticeStatisticsChartParameters(NoticeStatisticsParameters, frozen=True, kw_only=True):
    """Which notices are counted, by what, and which of their figures is drawn."""

    measure: Annotated[
        MeasureName,
        Meta(
            description="What a chart shows for each group: its notices, or their jobs by their "
            "bounds.",
        ),
    ] = "notices"


def draw(
    parameters: NoticeStatisticsChartParameters,
    groups: list[NoticeStatisticsGroup],
    meta: NoticeStatisticsMeta,
    question: Question,
    coverage: NoticeCoverage,
) -> Figure:
    """Return the chart of some groups, without those dated after a list was last read.

    `coverage` is that of the requested jurisdictions.
    """
    measure = MEASURES[parameters.measure]
    until = None if parameters.date == "effective" else coverage.last_read_on
    shown = [one for one in groups if until is None or not _is_after(one, until)]
    laid = lay(
        Grouped(
            group_by=parameters.group_by,
            dimensions=DIMENSIONS,
            measure=measure,
            groups=shown,
            by_key=parameters.sort == "key",
            until=until,
            until_what="when a list was last read",
            numbers=question.numbers,
        )
    )
    write = functools.partial(text.number, numbers=question.numbers)
    notes = []
    if meta.groups > len(groups):
        notes.append(f"{write(len(groups))} of {write(meta.groups)} groups.")
    if len(shown) < len(groups):
        wrong = sum(one.notices for one in groups) - sum(one.notices for one in shown)
        notes.append(f"Not drawn: {write(wrong)} with a later date, which cannot be right.")
    by = listed([_DIMENSIONS.get(name, name) for name in parameters.group_by])
    return laid.figure(
        f"{measure.title}, by {by}",
        [
            only(question.narrowed),
            _basis(parameters, groups, meta, coverage, write),
            " ".join(notes + laid.notes),
        ],
        question,
    )


def _basis(
    parameters: NoticeStatisticsChartParameters,
    groups: list[NoticeStatisticsGroup],
    meta: NoticeStatisticsMeta,
    coverage: NoticeCoverage,
    write: Callable[[int], str],
) -> str:
    first = f"{write(meta.count)} notices {DATES_IN_WORDS[parameters.date]}"
    if parameters.measure == "jobs":
        known, counted = (sum(getattr(one, name) for one in groups) for name in _KNOWN_OF)
        first += f", jobs known for {write(known)} of {write(counted)}"
    absent = coverage.absent
    places = ", ".join(absent)
    if len(absent) > _FEW:
        places = f"{write(len(absent))} states and territories"
    words = [
        f"{', '.join([first, *left_out(parameters)])}.",
        f"The ledger has none from {places}: see /v1/coverage." if absent else "",
        MEASURES[parameters.measure].basis,
        f"{write(meta.jobs_unusually_high)} come from notices that may give a total for more than "
        "one site."
        if parameters.measure == "jobs" and meta.jobs_unusually_high
        else "",
    ]
    return " ".join(one for one in words if one)


_FEW = 3
"""How many places are named instead of counted."""
_KNOWN_OF = ("notices_with_jobs", "notices")


def _is_after(group: NoticeStatisticsGroup, day: datetime.date) -> bool:
    """Return whether a group is of a period that begins after a day."""
    return any(
        key is not None and DIMENSIONS[name].is_time and key > span_of(name, day)
        for name, key in group.keys.items()
    )
