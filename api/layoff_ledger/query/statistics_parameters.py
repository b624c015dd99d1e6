"""The parameters of statistics, and which of them cannot be combined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, field

from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.query.claim_groups import stated_of
from layoff_ledger.query.dimensions import (
    DEFAULT_GROUPS,
    DIMENSIONS,
    GroupLimit,
    repeated,
    time_dimensions,
)
from layoff_ledger.resources.wave_parameters import WaveFilter, WhatAddsUp

SORTS = {
    "key": "",
    "-waves": "waves desc, ",
    "-headcount_low": "headcount_low desc nulls last, ",
    "-headcount_stated_low": "headcount_stated_low desc nulls last, ",
    "-headcount_median": "headcount_median desc nulls last, ",
    "-share_median": "share_median desc nulls last, ",
    "-busiest_waves": "busiest_waves desc, ",
}

if TYPE_CHECKING:
    DimensionName = str
    StatisticsSort = str
else:
    DimensionName = Literal[tuple(DIMENSIONS)]
    StatisticsSort = Literal[tuple(SORTS)]


class StatisticsParameters(WaveFilter, frozen=True, kw_only=True):
    """Which waves are counted, and by what."""

    group_by: Annotated[
        list[DimensionName],
        Meta(
            min_length=1,
            max_length=3,
            description="One to three dimensions. `country` and `subdivision` are where the cuts "
            "are made, `company_country` where the company has its seat; `driver` and `speaker` "
            "count affirmed reasons, `role` the cut ones, unless "
            "`stance` or `effect` asks for others. With filters of claims, such as `speaker`, "
            "`weight` or `standing`, groups of reasons and roles count only the claims that match "
            "all of them; `driver` and `speaker` together are those of one and the same claim. "
            "`size_band` is of the employees of the whole company before the cut, `week` of ISO "
            "8601.",
            examples=[["year"]],
        ),
    ]
    of: Annotated[
        Literal["waves"],
        Meta(
            description="What is counted: waves. With `notices` the answer is that of "
            "`/v1/notices/statistics`, which takes parameters of its own."
        ),
    ] = "waves"
    # Here the default is what may be added up.
    canonical: WhatAddsUp = field(default_factory=lambda: [True])
    sort: Annotated[
        StatisticsSort,
        Meta(
            description="Order of the groups; unknown keys come last, keys break ties. "
            "`-headcount_stated_low` ranks roles, countries and subdivisions by the jobs that "
            "are stated for them; `-headcount_median` and `-share_median` need `spread`."
        ),
    ] = "key"
    limit: GroupLimit = DEFAULT_GROUPS
    spread: Annotated[
        bool,
        Meta(
            description="Adds minimum, quartiles, median and maximum of headcounts and shares, and "
            "on how many waves they rest."
        ),
    ] = False
    cumulative: Annotated[
        bool,
        Meta(
            description="Running totals: a group has the waves of its span and of all earlier "
            "ones. Needs one dimension of time. Waves whose span is unknown stay a group of their "
            "own."
        ),
    ] = False
    fill: Annotated[
        bool,
        Meta(
            description="Adds the spans without a wave between the first and the last one, for "
            "each value of the other dimensions; such groups are marked `filled`. Needs one "
            "dimension of time."
        ),
    ] = False
    top: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=100,
                description="Keeps only this many groups for each value of the first dimension: "
                "those with the highest value of `sort`, or else with the most waves. Groups of "
                "unknown values are left out. Needs two or three dimensions.",
                examples=[3],
            ),
        ]
        | None
    ) = None

    within_months: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=120,
                description="Adds the largest number of waves of each group in any window of this "
                "many months. A window ends on the day before the same day that many months "
                "later. A wave counts by the first day of its date.",
                examples=[12],
            ),
        ]
        | None
    ) = None
    busiest_waves_gte: (
        Annotated[
            int,
            Meta(
                ge=2,
                le=1000,
                description="Only groups with at least this many waves in some window of "
                "`within_months`: with `group_by=company`, the companies that cut repeatedly.",
                examples=[3],
            ),
        ]
        | None
    ) = None


def check_question(parameters: StatisticsParameters) -> None:
    """Refuse what cannot be combined; raises `InvalidParametersError` with all of it."""
    group_by = parameters.group_by
    has_one_time = len(time_dimensions(group_by)) == 1
    errors = []
    for name in ("cumulative", "fill"):
        if getattr(parameters, name) and not has_one_time:
            known = ", ".join(time_dimensions(list(DIMENSIONS)))
            errors.append((name, "needs one dimension of time", f"group by one of {known}"))
    if parameters.top is not None and len(group_by) == 1:
        errors.append(("top", "needs a second dimension", "use sort and limit"))
    if parameters.top is not None and parameters.fill:
        errors.append(("top", "cannot be combined with fill", "leave one of them out"))
    errors += _unsorted(parameters)
    if parameters.within_months is None:
        hint = "add within_months=12"
        if parameters.busiest_waves_gte is not None:
            errors.append(("busiest_waves_gte", "needs the length of the windows", hint))
        if parameters.sort == "-busiest_waves":
            errors.append(("sort", "needs the length of the windows", hint))
    else:
        errors += [
            ("within_months", f"cannot be combined with {name}", "leave one of them out")
            for name in ("cumulative", "fill")
            if getattr(parameters, name)
        ]
    mistakes = repeated(group_by) + [mistake(one, what, hint) for one, what, hint in errors]
    if mistakes:
        raise InvalidParametersError(*mistakes)


def _unsorted(parameters: StatisticsParameters) -> list[tuple[str, str, str]]:
    """Say what an order needs that the question lacks."""
    if parameters.sort in {"-headcount_median", "-share_median"} and not parameters.spread:
        return [("sort", f"{parameters.sort!r} needs medians", "add spread=true")]
    if (
        parameters.sort == "-headcount_stated_low"
        and stated_of(parameters.group_by, parameters) is None
    ):
        known = ", ".join(name for name, one in DIMENSIONS.items() if one.stated is not None)
        return [
            (
                "sort",
                f"{parameters.sort!r} needs one dimension for which jobs are stated",
                f"group by one of {known}, or use '-headcount_low'",
            )
        ]
    return []
