"""Notices counted and added up by up to three dimensions: separate from waves, never with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.query.absence import hints_of_nothing
from layoff_ledger.query.dimensions import (
    DEFAULT_GROUPS,
    MAX_GROUPS,
    Dimension,
    GroupLimit,
    beyond,
    keys_and_labels,
    repeated,
    time_dimensions,
)
from layoff_ledger.query.fill import FILLED, fill_spans
from layoff_ledger.query.lists import add_filters
from layoff_ledger.query.notice_coverage import (
    AFTER_FIRST_SEEN,
    UNUSUALLY_HIGH,
    lacking,
    misread,
    unusually_high,
)
from layoff_ledger.query.vocabularies import codes, names_of
from layoff_ledger.resources.fields import (
    AnsweringRevision,
    Public,
    PublishedAt,
    address_of_answer,
)
from layoff_ledger.resources.filters import Known, one_of
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.resources.notice_parameters import (
    COUNTY_NAME,
    IS_POSSIBLE_DUPLICATE,
    STANDING,
    NoticeFilter,
)
from layoff_ledger.resources.parameters import Codes
from layoff_ledger.search.query import SearchQuery, parts_without_effect
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

DATES = {"notice": "notice_on", "effective": "effective_on", "received": "received_on"}
"""The date that decides to which period a notice belongs → the facet that has it."""


class NoticeDimension(Dimension, frozen=True, kw_only=True):
    """What notices are grouped by: each is in one group.

    In `key`, `{date}` is the requested date.
    """

    value: str = "{}"
    """SQL of the value of a group, made from its key: once per group, not for each notice."""
    label: str | None = None
    """SQL of the name of a value, if the facets have it."""


def _span(name: str, form: str) -> NoticeDimension:
    key = f"date_trunc('{name}', facet.{{date}}::timestamp)"
    return NoticeDimension(key, value=f"to_char({{}}, '{form}')", is_time=True)


DIMENSIONS = {
    "jurisdiction": NoticeDimension("facet.jurisdiction", vocabulary="subdivision"),
    "county": NoticeDimension("facet.county_code", label=COUNTY_NAME),
    "company": NoticeDimension("facet.company", vocabulary="company"),
    "wave": NoticeDimension("facet.wave"),
    "industry": NoticeDimension("facet.industry", vocabulary="industry"),
    "kind": NoticeDimension("facet.kind"),
    "status": NoticeDimension("facet.status"),
    "collection": NoticeDimension("facet.collection", vocabulary="collection"),
    "year": _span("year", "YYYY"),
    "quarter": _span("quarter", 'YYYY"-Q"Q'),
    "month": _span("month", "YYYY-MM"),
    # As in ISO 8601: a week belongs to the year of its Thursday.
    "week": _span("week", 'IYYY"-W"IW'),
}
SORTS = {
    "key": "",
    "-notices": "notices desc, ",
    "-jobs_low": "jobs_low desc nulls last, ",
}
FIGURES = ("notices", "linked", "notices_with_jobs", "jobs_low", "jobs_high")
"""The figures of each group, in the order of the columns of CSV."""

if TYPE_CHECKING:
    DateName = str
    DimensionName = str
    StatisticsSort = str
else:
    DateName = Literal[tuple(DATES)]
    DimensionName = Literal[tuple(DIMENSIONS)]
    StatisticsSort = Literal[tuple(SORTS)]


class NoticeStatisticsParameters(NoticeFilter, frozen=True, kw_only=True):
    """Which notices are counted, and by what."""

    group_by: Annotated[
        list[DimensionName],
        Meta(
            min_length=1,
            max_length=3,
            description="One to three dimensions.",
            examples=[["jurisdiction"]],
        ),
    ]
    of: Annotated[Literal["notices"], Meta(description="What is counted.")] = "notices"
    date: Annotated[
        DateName,
        Meta(
            description="Of notices: the date that decides to which year, quarter, month or week "
            "they belong: that of the notice, the one on which it takes effect, or the one on "
            "which the authority received it. Notices without this date form the unknown group.",
        ),
    ] = "notice"
    # By default, only what may be added up.
    status: Annotated[
        Codes,
        Meta(
            description="Only these statuses; by default filed and amended, because the jobs of "
            "superseded and rescinded notices no longer stand.",
            examples=[["filed"]],
        ),
        one_of("status"),
        Known("status of a notice"),
    ] = field(default_factory=lambda: [*STANDING])
    possible_duplicate: Annotated[
        list[bool],
        Meta(
            description="Of notices: those that may repeat an earlier one (true), that do not "
            "(false, the default), or both (true,false).",
            examples=[[False]],
        ),
        IS_POSSIBLE_DUPLICATE,
    ] = field(default_factory=lambda: [False])
    sort: Annotated[
        StatisticsSort,
        Meta(description="Order of the groups; unknown keys come last, keys break ties."),
    ] = "key"
    limit: GroupLimit = DEFAULT_GROUPS
    fill: Annotated[
        bool,
        Meta(
            description="Adds the spans without a notice between the first and the last one, for "
            "each value of the other dimensions; such groups are marked `filled`. Needs one "
            "dimension of time."
        ),
    ] = False


class NoticeStatisticsGroup(Public, frozen=True, kw_only=True):
    """A group of notices; unknown jobs are left out of the sums, never taken as 0."""

    keys: Annotated[
        dict[str, str | None],
        Meta(
            description="Value of each dimension; null where it is unknown.",
            examples=[{"jurisdiction": "US-TX"}],
        ),
    ]
    labels: Annotated[
        dict[str, str | None],
        Meta(
            description="Display names of the values, where there are any.",
            examples=[{"jurisdiction": "Texas, United States"}],
        ),
    ]
    notices: Annotated[int, Meta(ge=0, description="Notices.")]
    linked: Annotated[
        int, Meta(ge=0, description="Those that are linked to a company of the ledger.")
    ]
    notices_with_jobs: Annotated[int, Meta(ge=0, description="Those whose jobs are known.")]
    jobs_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Their jobs, summed lower bounds; null if none is known. Never add "
                "them to jobs of waves: they may be the same ones.",
            ),
        ]
        | None
    )
    jobs_high: (
        Annotated[int, Meta(ge=0, description="The same, upper bounds; null if one has no bound.")]
        | None
    )
    filled: Annotated[
        bool,
        Meta(
            description="Whether the span has no notice, and the group is there because of `fill`."
        ),
    ] = False


class NoticeStatisticsMeta(Public, frozen=True, kw_only=True):
    """What was counted."""

    count: Annotated[int, Meta(ge=0, description="Notices that match: the groups add up to it.")]
    groups: Annotated[
        int, Meta(ge=0, description="Number of groups, including those beyond `limit`.")
    ]
    overlapping: Annotated[
        bool, Meta(description="Whether a notice may be in several groups: never.")
    ]
    of: Annotated[Literal["notices"], Meta(description="What was counted.")]
    filled: Annotated[int, Meta(ge=0, description="Groups that `fill` added.")] = 0
    date: Annotated[
        str,
        Meta(
            description="The date that decides to which period a notice belongs.",
            examples=["notice"],
        ),
    ]
    basis: Annotated[str, Meta(description="What the figures rest on, in words.")]
    jobs_unusually_high: Annotated[
        int,
        Meta(
            ge=0,
            description="Jobs in the sums, by their lower bounds, that come from notices flagged "
            "`jobs_unusually_high`, which may be totals for more than a site. "
            "`flag_not=jobs_unusually_high` leaves these notices out.",
            examples=[27762],
        ),
    ] = 0
    revision: AnsweringRevision
    published_at: PublishedAt
    license: Annotated[str, Meta(description="SPDX identifier.", examples=["Apache-2.0"])]
    attribution: (
        Annotated[str, Meta(description="The attribution to give when you use the notices.")] | None
    ) = None


class NoticeStatistics(Public, frozen=True, kw_only=True):
    """Counts and sums of notices by up to three dimensions."""

    url: Annotated[str, address_of_answer("/v1/notices/statistics?group_by=jurisdiction&as_of=2")]
    data: Annotated[list[NoticeStatisticsGroup], Meta(description="The groups.")]
    meta: NoticeStatisticsMeta


def check_question(parameters: NoticeStatisticsParameters) -> None:
    """Refuse parameters that do not go together; raises `InvalidParametersError`."""
    mistakes = repeated(parameters.group_by)
    if parameters.fill and len(time_dimensions(parameters.group_by, DIMENSIONS)) != 1:
        known = ", ".join(time_dimensions(DIMENSIONS, DIMENSIONS))
        mistakes.append(mistake("fill", "needs one dimension of time", f"group by one of {known}"))
    if parameters.counted is False:
        hint = "to include them, use status=superseded,rescinded or possible_duplicate=true"
        mistakes.append(mistake("counted", "asks for notices that statistics leave out", hint))
    if mistakes:
        raise InvalidParametersError(*mistakes)


def statistics(
    parameters: NoticeStatisticsParameters,
    *,
    revision: int,
    search_query: SearchQuery | None = None,
) -> Statement:
    """Return the statement of groups: counts, and sums of bounds that never treat unknown as 0."""
    conditions = Conditions.holding_at(revision, "facet")
    add_filters(conditions, NOTICE, parameters, search_query)
    date = DATES[parameters.date]
    inner, outer = [], []
    for number, name in enumerate(parameters.group_by, start=1):
        dimension = DIMENSIONS[name]
        inner.append(f"{dimension.key.format(date=date)} as key_{number}")
        outer.append(f"{dimension.value.format(f'one.key_{number}')} as key_{number}")
    keys = [f"key_{number}" for number in range(1, len(inner) + 1)]
    figures = [
        "count(*) as notices",
        "count(facet.company) as linked",
        f"count({_KNOWN}) as notices_with_jobs",
        "sum(facet.jobs_low) as jobs_low",
        f"case when count({_KNOWN}) = count(facet.jobs_high) then sum(facet.jobs_high) end "
        "as jobs_high",
        # Otherwise nobody sees such a date, and counting them has to read each notice.
        f"count(*) filter (where '{AFTER_FIRST_SEEN}' = any(facet.flags)) as misread"
        if _is_by_date(parameters)
        else "0 as misread",
        f"sum(facet.jobs_low) filter (where '{UNUSUALLY_HIGH}' = any(facet.flags)) as unusual",
    ]
    grouped = (
        f"select {', '.join([*inner, *figures])} from {NOTICE.facet_view} as facet "
        f"where {conditions.text} group by {', '.join(keys)}"
    )
    by = SORTS[parameters.sort] + ", ".join(f"one.{key} nulls last" for key in keys)
    most = MAX_GROUPS if parameters.fill else parameters.limit
    limit = conditions.argument(most, "integer")
    # Keys sort like their values, so that only those of the page have to be written as text.
    return conditions.statement(
        f"with grouped as materialized ({grouped}), total as (select count(*) as groups, "
        "sum(notices) as count, sum(notices_with_jobs) as with_jobs, sum(misread) as misread, "
        "coalesce(sum(unusual), 0) as unusual from grouped) "
        f"select {', '.join([*outer, *(f'one.{name}' for name in FIGURES)])}, total.* "
        f"from (select * from grouped as one order by {by} limit {limit}) as one "
        f"cross join total order by {by}"
    )


def _is_by_date(parameters: NoticeStatisticsParameters) -> bool:
    """Return whether notices are grouped by the date of the notice."""
    return parameters.date == "notice" and bool(time_dimensions(parameters.group_by, DIMENSIONS))


def _names(dimension: NoticeDimension, label: str, *, revision: int) -> Statement:
    """Return the statement of the names of all values of a dimension, as one JSON object."""
    conditions = Conditions.holding_at(revision, "facet")
    return conditions.statement(
        "select json_object_agg(one.value, one.label) from ("
        f"select {dimension.key} as value, min({label}) as label from {NOTICE.facet_view} as facet "
        f"where {conditions.text} group by 1) as one "
        "where one.value is not null and one.label is not null"
    )


_KNOWN = "coalesce(facet.jobs_low, facet.jobs_high)"


async def read_statistics(
    ledger: Ledger,
    parameters: NoticeStatisticsParameters,
    snapshot: Snapshot,
    search_query: SearchQuery | None,
) -> tuple[list[NoticeStatisticsGroup], NoticeStatisticsMeta]:
    """Read the groups, each with the names of its values, and what they rest on."""
    rows: list[Any] = await ledger.fetch_costly(
        statistics(parameters, revision=snapshot.revision, search_query=search_query)
    )
    count, known, wrong, unusual, groups_in_all = (
        int(rows[0][name]) if rows else 0
        for name in ("count", "with_jobs", "misread", "unusual", "groups")
    )
    filled = 0
    if parameters.fill:
        empty = dict.fromkeys(FIGURES, 0)
        rows = fill_spans(rows, parameters.group_by, DIMENSIONS, empty=empty, sort=parameters.sort)
        filled = sum(FILLED in row for row in rows)
        groups_in_all = len(rows)
        rows = rows[: parameters.limit]
    named: dict[str, dict[str, str]] = {}
    for number, name in enumerate(parameters.group_by, start=1):
        dimension = DIMENSIONS[name]
        keys = {row[f"key_{number}"] for row in rows}
        if (label := dimension.label) is not None:
            named[name] = await _names_of(ledger, name, label, snapshot)
        elif dimension.vocabulary == "company":
            named[name] = await names_of(ledger, [key for key in keys if key], snapshot)
        elif dimension.vocabulary is not None:
            named[name] = codes(dimension.vocabulary, snapshot)
    groups = [
        NoticeStatisticsGroup(
            **keys_and_labels(row, parameters.group_by, named),
            **{name: row[name] for name in FIGURES},
            filled=FILLED in row,
        )
        for row in rows
    ]
    lacks = [*beyond(len(groups), groups_in_all), *parts_without_effect(search_query)]
    lacks += await lacking(ledger, parameters, snapshot)
    if not rows:
        lacks += await hints_of_nothing(ledger, NOTICE, parameters, snapshot, search_query)
    meta = NoticeStatisticsMeta(
        count=count,
        groups=groups_in_all,
        overlapping=False,
        of="notices",
        filled=filled,
        date=parameters.date,
        basis=basis(parameters, count, known, [*misread(wrong), *unusually_high(unusual), *lacks]),
        jobs_unusually_high=unusual,
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        license=snapshot.license,
        attribution=snapshot.attribution,
    )
    return groups, meta


async def _names_of(ledger: Ledger, name: str, label: str, snapshot: Snapshot) -> dict[str, str]:
    """Return the names of all values of a dimension whose facets name them: read once per revision.

    Reading them with the groups would write a name for each notice.
    """
    found = await ledger.once(
        snapshot,
        f"names of {name} of notices".encode(),
        lambda: _names(DIMENSIONS[name], label, revision=snapshot.revision),
    )
    return {} if found is None else msgspec.json.decode(found, type=dict[str, str])


DATES_IN_WORDS = {
    "notice": "by the date of the notice",
    "effective": "by the day they take effect",
    "received": "by the day they were received",
}


def basis(
    parameters: NoticeStatisticsParameters, count: int, with_jobs: int, lacks: list[str]
) -> str:
    """Return in words what the figures rest on, and what they do not include."""
    words = [
        f"notices {DATES_IN_WORDS[parameters.date]}",
        f"jobs known for {with_jobs:,} of {count:,}",
    ]
    return "; ".join([*words, *left_out(parameters), *lacks])


def left_out(parameters: NoticeStatisticsParameters) -> list[str]:
    """Return in words which notices are left out because the question does not ask for them."""
    statuses = [one for one in ("superseded", "rescinded") if one not in parameters.status]
    found = [f"{' or '.join(statuses)} notices"] if statuses else []
    if True not in parameters.possible_duplicate:
        found.append("possible duplicates")
    return [f"without {' or '.join(found)}"] if found else []
