"""Waves counted and added up by one or two dimensions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct, field

from layoff_ledger import paths, vocabulary
from layoff_ledger.query.lists import add_filters
from layoff_ledger.query.vocabularies import codes
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.fields import Public, Url
from layoff_ledger.resources.filters import IS_CANONICAL
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.resources.wave_parameters import WaveFilter
from layoff_ledger.search.query import SearchQuery
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


class Dimension(Struct, frozen=True):
    """What waves are grouped by."""

    key: str
    """SQL of its value over the facets; of its values, where a wave may have several."""
    many: bool = False
    """Whether a wave may be in several groups; one without any value is in that of the unknown."""
    vocabulary: str | None = None
    """What names its values."""
    stated: str | None = None
    """The facet with the bounds of what is stated of each of its values."""


def _items(facet: str) -> str:
    return f"select item from unnest(facet.{facet}) as item"


def _of_code(resource: str, facet: str, value: str) -> str:
    """Give the SQL of what the codes of a list belong to, as of the same revision."""
    return f"""select distinct {resource}_facet."{value}" as item
        from unnest(facet.{facet}) as code
        inner join api.{resource}_facet
            on {resource}_facet.id = code
            and {resource}_facet.first_revision <= $1::integer
            and {resource}_facet.last_revision >= $1::integer"""


DIMENSIONS = {
    "company": Dimension("facet.company", vocabulary="company"),
    "industry": Dimension("facet.industry", vocabulary="industry"),
    "country": Dimension(
        _items("countries"), many=True, vocabulary="country", stated="country_headcounts"
    ),
    "subdivision": Dimension(
        _items("subdivisions"),
        many=True,
        vocabulary="subdivision",
        stated="subdivision_headcounts",
    ),
    "driver": Dimension(_items("drivers"), many=True, vocabulary="driver"),
    "driver_group": Dimension(_of_code("driver", "drivers", "group"), many=True),
    "role": Dimension(_items("roles"), many=True, vocabulary="role", stated="role_headcounts"),
    "role_axis": Dimension(_of_code("role", "roles", "axis"), many=True),
    "status": Dimension("facet.status"),
    "form": Dimension(_items("forms"), many=True),
    "speaker": Dimension(_items("speakers"), many=True),
    "collection": Dimension("facet.collection", vocabulary="collection"),
    "year": Dimension("to_char(facet.announced_on, 'YYYY')"),
    "quarter": Dimension(
        "case when facet.announced_precision <> 'year' "
        """then to_char(facet.announced_on, 'YYYY"-Q"Q') end"""
    ),
    "month": Dimension(
        "case when facet.announced_precision in ('day', 'month') "
        "then to_char(facet.announced_on, 'YYYY-MM') end"
    ),
}
_SORTS = {
    "key": "",
    "-waves": "count(*) desc, ",
    "-headcount_low": "sum(facet.counted_low) desc nulls last, ",
}

if TYPE_CHECKING:
    DimensionName = str
    StatisticsSort = str
else:
    DimensionName = Literal[tuple(DIMENSIONS)]
    StatisticsSort = Literal[tuple(_SORTS)]


class StatisticsParameters(WaveFilter, frozen=True, kw_only=True):
    """Which waves are counted, and by what."""

    group_by: Annotated[
        list[DimensionName],
        Meta(
            min_length=1,
            max_length=2,
            description="One or two dimensions. `country` and `subdivision` are where the cuts "
            "fall; `driver` and `speaker` count affirmed reasons, `role` the cut ones.",
            examples=[["year"]],
            extra_json_schema={"uniqueItems": True},
        ),
    ]
    # Here the default is what may be added up.
    canonical: Annotated[
        list[bool],
        Meta(
            description="Waves that may be added up (true, the default), parts, copies and "
            "superseded reports (false), or both (true,false).",
            examples=[[True]],
        ),
        IS_CANONICAL,
    ] = field(default_factory=lambda: [True])
    sort: Annotated[
        StatisticsSort,
        Meta(description="Order of the groups; unknown keys come last, keys break ties."),
    ] = "key"
    limit: Annotated[
        int, Meta(ge=1, le=10_000, description="Most groups; `meta.groups` tells of how many.")
    ] = 1_000


class StatisticsGroup(Public, frozen=True, kw_only=True):
    """A group of waves; unknown sizes are left out of the sums, never taken as 0."""

    keys: Annotated[
        dict[str, str | None],
        Meta(
            description="Dimension and value; null is the group of the unknown.",
            examples=[{"year": "2023"}],
        ),
    ]
    labels: Annotated[
        dict[str, str | None],
        Meta(
            description="Names of the values as people know them, where they have one.",
            examples=[{"driver": "Over-hiring"}],
        ),
    ]
    waves: Annotated[int, Meta(ge=0, description="Waves.")]
    companies: Annotated[int, Meta(ge=0, description="Companies that have one of them.")]
    waves_with_headcount: Annotated[int, Meta(ge=0, description="Waves whose size is known.")]
    headcount_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="All jobs of the waves in this group, lower bounds: gross, net and other "
                "figures alike, what overlaps once. They are not the jobs of the role, reason or "
                "country of the group: see `headcount_stated_low`. Null if none is known.",
            ),
        ]
        | None
    )
    headcount_high: (
        Annotated[
            int,
            Meta(ge=0, description="The same, upper bounds; null if one has no bound."),
        ]
        | None
    )
    headcount_gross_low: (
        Annotated[
            int, Meta(ge=0, description="Posts cut, summed lower bounds; null if none is known.")
        ]
        | None
    ) = None
    headcount_gross_high: (
        Annotated[
            int, Meta(ge=0, description="Posts cut, summed upper bounds; null if one has no bound.")
        ]
        | None
    ) = None
    headcount_net_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Net changes of headcount, summed lower bounds; null if none is known.",
            ),
        ]
        | None
    ) = None
    headcount_net_high: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Net changes of headcount, summed upper bounds; null if one has no bound.",
            ),
        ]
        | None
    ) = None
    headcount_affected_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Posts that may be moved, summed lower bounds; null if none is known.",
            ),
        ]
        | None
    ) = None
    headcount_affected_high: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Posts that may be moved, summed upper bounds; null if one has no bound.",
            ),
        ]
        | None
    ) = None
    headcount_unstated_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Jobs of which is not said what they count, summed lower bounds; null if none is known.",
            ),
        ]
        | None
    ) = None
    headcount_unstated_high: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Jobs of which is not said what they count, summed upper bounds; null if one has no bound.",
            ),
        ]
        | None
    ) = None
    waves_with_stated_headcount: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Waves of which somebody states how many jobs fall to this very role, "
                "country or subdivision; null for other dimensions.",
            ),
        ]
        | None
    ) = None
    headcount_stated_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Sum of what is stated of this very role, country or subdivision, lower "
                "bounds; null if nothing is.",
            ),
        ]
        | None
    ) = None
    headcount_stated_high: (
        Annotated[int, Meta(ge=0, description="The same, upper bounds; null if one has none.")]
        | None
    ) = None


class StatisticsMeta(Public, frozen=True, kw_only=True):
    """What was counted."""

    count: Annotated[int, Meta(ge=0, description="Waves that match, each once.")]
    groups: Annotated[int, Meta(ge=0, description="Groups, also those beyond `limit`.")]
    overlapping: Annotated[
        bool,
        Meta(description="Whether a wave may be in several groups, so that they do not add up."),
    ]
    revision: Annotated[int, Meta(ge=1, description="Revision of the ledger that answered.")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When that revision was published, UTC.")
    ]
    license: Annotated[str, Meta(description="SPDX identifier.", examples=["CC-BY-4.0"])]


class Statistics(Public, frozen=True, kw_only=True):
    """Counts and sums of waves by one or two dimensions."""

    url: Url
    data: Annotated[list[StatisticsGroup], Meta(description="The groups.")]
    meta: StatisticsMeta


STATED = ("waves_with_stated_headcount", "headcount_stated_low", "headcount_stated_high")
FIGURES = (
    "waves",
    "companies",
    "waves_with_headcount",
    "headcount_low",
    "headcount_high",
    *(f"headcount_{kind}_{bound}" for kind in vocabulary.COUNTED for bound in ("low", "high")),
    *STATED,
)
"""What each group is measured by, in the order of the columns of CSV."""


def is_overlapping(group_by: Iterable[str]) -> bool:
    """Say whether a wave may be in several groups, so that they do not add up."""
    return any(DIMENSIONS[name].many for name in group_by)


def statistics(
    parameters: StatisticsParameters, *, revision: int, search_query: SearchQuery | None = None
) -> Statement:
    """Give the statement of groups: counts, and sums of bounds that never take unknown as 0.

    The lower sum adds what is known; the upper one exists only where every counted wave of the
    group whose size is known has an upper bound.
    """
    conditions = Conditions()
    conditions.hold_at(revision, "facet")
    add_filters(conditions, WAVE, parameters, search_query)
    keys, joins = [], []
    for number, name in enumerate(parameters.group_by, start=1):
        dimension = DIMENSIONS[name]
        if dimension.many:
            keys.append(f"d{number}.item")
            joins.append(f"left join lateral ({dimension.key}) as d{number} on true")
        else:
            keys.append(dimension.key)
    numbers = range(1, len(keys) + 1)
    columns = ", ".join(f"{key} as key_{number}" for number, key in enumerate(keys, start=1))
    order = _SORTS[parameters.sort] + ", ".join(f"{number} nulls last" for number in numbers)
    limit = conditions.argument(parameters.limit, "integer")
    figures = [
        "count(*) as waves",
        "count(distinct facet.company) as companies",
        f"count({_KNOWN}) as waves_with_headcount",
        *_bounds("headcount", "true"),
        *(
            one
            for kind in vocabulary.COUNTED
            for one in _bounds(f"headcount_{kind}", f"facet.counts = '{kind}'")
        ),
        *_stated(parameters.group_by),
    ]
    return conditions.statement(
        f"select {columns}, {', '.join(figures)}, count(*) over () as groups, "
        f"(select count(*) from {WAVE.facet_view} as facet where {conditions.text}) as count "
        f"from {WAVE.facet_view} as facet {' '.join(joins)} where {conditions.text} "
        f"group by {', '.join(map(str, numbers))} order by {order} limit {limit}"
    )


_KNOWN = "coalesce(facet.headcount_low, facet.headcount_high)"


def _bounds(name: str, condition: str) -> list[str]:
    """Give the SQL of the bounds of a sum; the upper one only where every known size has one."""
    low = f"sum(facet.counted_low) filter (where {condition}) as {name}_low"
    high = (
        f"case when count({_KNOWN}) filter (where {condition}) "
        f"= count(facet.counted_high) filter (where {condition}) "
        f"then sum(facet.counted_high) filter (where {condition}) end as {name}_high"
    )
    return [low, high]


def _stated(group_by: Sequence[str]) -> list[str]:
    """Give the SQL of what is stated of the very values of the one dimension that has such figures.

    Of two that have, nothing is stated together.
    """
    having = [
        (number, DIMENSIONS[name].stated)
        for number, name in enumerate(group_by, start=1)
        if DIMENSIONS[name].stated is not None
    ]
    if len(having) != 1:
        return [f"null::integer as {name}" for name in STATED]
    ((number, facet),) = having
    value = f"(facet.{facet} -> d{number}.item)"
    low, high = (f"({value} ->> {place})::integer" for place in (0, 1))
    return [
        f"count({value}) as {STATED[0]}",
        f"sum({low}) as {STATED[1]}",
        f"case when count({value}) = count({high}) then sum({high}) end as {STATED[2]}",
    ]


async def read_statistics(
    ledger: Ledger,
    parameters: StatisticsParameters,
    snapshot: Snapshot,
    search_query: SearchQuery | None,
) -> tuple[list[StatisticsGroup], StatisticsMeta]:
    """Read the groups, each with the names of its values, and what they rest on."""
    rows = await ledger.fetch(
        statistics(parameters, revision=snapshot.revision, search_query=search_query)
    )
    labels = {
        name: await _labels(ledger, name, {row[f"key_{n}"] for row in rows}, snapshot)
        for n, name in enumerate(parameters.group_by, start=1)
        if DIMENSIONS[name].vocabulary is not None
    }
    groups = []
    for row in rows:
        keys = {name: row[f"key_{n}"] for n, name in enumerate(parameters.group_by, start=1)}
        groups.append(
            StatisticsGroup(
                keys=keys,
                labels={
                    name: labels[name].get(key)
                    for name, key in keys.items()
                    if name in labels and key is not None
                },
                **{name: row[name] for name in FIGURES},
            )
        )
    meta = StatisticsMeta(
        count=rows[0]["count"] if rows else 0,
        groups=rows[0]["groups"] if rows else 0,
        overlapping=is_overlapping(parameters.group_by),
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        license=snapshot.license,
    )
    return groups, meta


async def _labels(
    ledger: Ledger, name: str, keys: set[str | None], snapshot: Snapshot
) -> dict[str, str]:
    """Give the names of the values of a dimension by their codes."""
    named_by = DIMENSIONS[name].vocabulary or name
    known = codes(named_by, snapshot)
    if known or named_by not in RESOURCES:
        return known
    # Too many to be kept in memory.
    wanted = sorted(key for key in keys if key is not None)
    statement = Statement(
        paths.statement("queries/read_company_names.sql"), (wanted, snapshot.revision)
    )
    return {row["id"]: row["name"] for row in await ledger.fetch(statement)}
