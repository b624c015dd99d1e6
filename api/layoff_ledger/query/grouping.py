"""A question of statistics → its statement: groups of waves, counted and added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from layoff_ledger import vocabulary
from layoff_ledger.query.claim_groups import claim_groups, matching_claims, stated_of
from layoff_ledger.query.columnar import groups_by_columns
from layoff_ledger.query.dimensions import DIMENSIONS, MAX_GROUPS, time_dimensions
from layoff_ledger.query.lists import add_filters
from layoff_ledger.query.running import FIRST_ONES, NTH, in_every_span, running, with_first_ones
from layoff_ledger.query.statistics_parameters import SORTS, StatisticsParameters
from layoff_ledger.query.sums import bounds_of
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.search.query import SearchQuery
from layoff_ledger.statement import Conditions, Statement

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
"""The measures of each group, in the order of the columns of CSV."""


SPREAD = tuple(
    f"{of}_{what}"
    for of in ("headcount", "share")
    for what in ("values", "min", "q1", "median", "q3", "max")
)
"""How a measure is distributed over the waves of a group."""

BUSIEST = (
    "busiest_waves",
    "busiest_from",
    "busiest_to",
    "busiest_waves_with_headcount",
    "busiest_headcount_low",
)
"""Where most waves of a group were announced within a window of some months."""


def measures_of(parameters: StatisticsParameters) -> tuple[str, ...]:
    """Return the measures of each group that a question asks for."""
    spread = SPREAD if parameters.spread else ()
    return (*FIGURES, *spread, *(() if parameters.within_months is None else BUSIEST))


def statistics(
    parameters: StatisticsParameters,
    *,
    revision: int,
    search_query: SearchQuery | None = None,
    words: Mapping[str, int] | None = None,
) -> Statement:
    """Return the statement of groups: counts, and sums of bounds that never take unknown as 0.

    The lower sum adds what is known; there is an upper one only if every counted wave of the group
    whose size is known has an upper bound. With `words`, the number of values of each dimension, it
    is for columns, and for a question that `is_columnar`.
    """
    conditions = Conditions.holding_at(revision, "facet")
    add_filters(conditions, WAVE, parameters, search_query)
    most = MAX_GROUPS if parameters.fill else parameters.limit
    limit = conditions.argument(most, "integer")
    order = _order(parameters)
    if words is not None:
        return conditions.statement(
            groups_by_columns(
                parameters,
                conditions,
                words,
                lambda groups: _kept(parameters, groups, limit),
                order,
            )
        )
    grouped = _grouped(parameters, conditions)
    if parameters.busiest_waves_gte is not None:
        grouped = (
            f"select grouped.* from ({grouped}) as grouped "
            f"where busiest_waves >= {parameters.busiest_waves_gte:d}"
        )
    matching = f"from {WAVE.facet_view} as facet where {conditions.text}"
    counted = f"(select count(*) {matching}) as count"
    return conditions.statement(_kept(parameters, grouped, limit, counted))


def _by_keys(parameters: StatisticsParameters) -> str:
    return ", ".join(_ascending(n, name) for n, name in enumerate(parameters.group_by, start=1))


def _order(parameters: StatisticsParameters) -> str:
    """Return the SQL of the order of the groups of an answer."""
    if parameters.top is not None:
        return f"{_ascending(1, parameters.group_by[0])}, place"
    return SORTS[parameters.sort] + _by_keys(parameters)


def _kept(parameters: StatisticsParameters, grouped: str, limit: str, *more: str) -> str:
    """Return the SQL of the groups in an answer, with their total number (`groups`).

    `grouped` has all groups, with their keys and the values that they are sorted by.
    """
    kept = ""
    if parameters.top is not None:
        # Unknown values have no place among the first ones.
        best = SORTS[parameters.sort] or SORTS["-waves"]
        known = " and ".join(
            f"key_{number} is not null" for number in range(2, len(parameters.group_by) + 1)
        )
        grouped = (
            "select grouped.*, row_number() over "
            f"(partition by key_1 order by {best}{_by_keys(parameters)}) as place "
            f"from ({grouped}) as grouped where {known}"
        )
        kept = f"where place <= {parameters.top:d}"
    selected = ", ".join(["grouped.*", "count(*) over () as groups", *more])
    return (
        f"select {selected} from ({grouped}) as grouped {kept} "
        f"order by {_order(parameters)} limit {limit}"
    )


def _grouped(parameters: StatisticsParameters, conditions: Conditions) -> str:
    """Return the SQL of the groups of the waves that match, with all figures."""
    # Quartiles do not add up: each later span needs the waves of all earlier ones.
    is_added_up = parameters.cumulative and not parameters.spread
    of_claims, joins = _of_claims(parameters, conditions)
    keys = []
    for number, name in enumerate(parameters.group_by, start=1):
        key, join = (
            (f"d{number}.item", _again(number, of_claims[name]))
            if name in of_claims
            else _key(number, name, repeats=parameters.cumulative and not is_added_up)
        )
        keys.append(key)
        joins.append(join)
    names = [f"key_{number}" for number in range(1, len(keys) + 1)]
    columns = ", ".join(f"{key} as {name}" for key, name in zip(keys, names, strict=True))
    total = running if is_added_up else str
    figures = [
        f"{total('count(*)')} as waves",
        f"{total(FIRST_ONES) if is_added_up else 'count(distinct facet.company)'} as companies",
        f"{total(f'count({_KNOWN})')} as waves_with_headcount",
        *bounds("headcount", "true", total),
        *(
            one
            for kind in vocabulary.COUNTED
            for one in bounds(f"headcount_{kind}", f"facet.counts = '{kind}'", total)
        ),
        *_stated(parameters, total),
        *(_spread() if parameters.spread else []),
    ]
    rows = f"{WAVE.facet_view} as facet {' '.join(joins)} where {conditions.text}"
    time = next(iter(time_dimensions(parameters.group_by)), None)
    key_of_time = None if time is None else names[parameters.group_by.index(time)]
    if is_added_up and key_of_time is not None:
        rows = with_first_ones(columns, names, key_of_time, rows)
        figures.append(NTH)
    if parameters.within_months is not None:
        rows = _with_windows(columns, names, parameters.within_months, rows)
        figures += _busiest()
    if is_added_up or parameters.within_months is not None:
        rows += "".join(
            f" {_again(number, f'facet.{name}')}" for number, name in enumerate(names, start=1)
        )
        columns = ", ".join(names)
    grouped = f"select {columns}, {', '.join(figures)} from {rows} group by {', '.join(names)}"
    if is_added_up and key_of_time is not None:
        return in_every_span(names, key_of_time, FIGURES, grouped)
    if parameters.cumulative and time is not None:
        # Once, and not for each wave.
        spans = (
            f"select distinct {DIMENSIONS[time].key} as item "
            f"from {WAVE.facet_view} as facet where {conditions.text}"
        )
        return f"with span as materialized ({spans}) {grouped}"
    return grouped


def _of_claims(
    parameters: StatisticsParameters, conditions: Conditions
) -> tuple[dict[str, str], list[str]]:
    """Return the SQL of the values of dimensions in claims that match, and of their joins."""
    values, joins = dict[str, str](), []
    for groups in claim_groups(parameters.group_by, parameters):
        # Full keys: in others, `*` stands for any value and `@` comes before a group.
        source = (
            f"(select key from unnest(facet.{groups.kind.keys.facet}) as key "
            "where key not like '%*%' and key not like '@%') as source"
        )
        claims = matching_claims(groups, parameters, conditions, source=source)
        joins.append(f"left join lateral ({claims}) as {groups.kind.alias} on true")
        values |= {name: f"{groups.kind.alias}.{name}" for name in groups.names}
    return values, joins


def _again(number: int, value: str) -> str:
    """Return the SQL of a value under the name that the values of lists have."""
    return f"cross join lateral (select {value} as item) as d{number}"


def _with_windows(columns: str, keys: Sequence[str], months: int, rows: str) -> str:
    """Return the SQL of waves in their groups, each with the window of its group that it begins.

    The maximum number of waves in a window of that many months is reached by a window that begins
    on the day of a wave. It ends on the day before the same day that many months later.
    """
    return (
        "(select facet.*, count(*) over months as window_waves, "
        "max(facet.announced_on) over months as window_to, "
        f"count({_KNOWN}) over months as window_known, "
        "sum(facet.counted_low) over months as window_low "
        f"from (select facet.*, {columns} from {rows}) as facet "
        f"window months as (partition by {', '.join(keys)} order by facet.announced_on "
        f"range between current row and interval '{months:d} months -1 days' following)"
        ") as facet"
    )


def _busiest() -> list[str]:
    """Return the SQL of the first of the windows that have the most waves of a group."""
    first = "order by facet.window_waves desc, facet.announced_on"
    return [
        "max(facet.window_waves) as busiest_waves",
        f"(array_agg(facet.announced_on {first}))[1] as busiest_from",
        f"(array_agg(facet.window_to {first}))[1] as busiest_to",
        f"(array_agg(facet.window_known {first}))[1] as busiest_waves_with_headcount",
        f"(array_agg(facet.window_low {first}))[1] as busiest_headcount_low",
    ]


def _key(number: int, name: str, *, repeats: bool) -> tuple[str, str]:
    """Return the SQL of the value of a dimension, and the join that it needs.

    With `repeats`, a wave is in the group of its own span and of every later one, so that all
    figures are running totals, including those that cannot be added up.
    """
    dimension = DIMENSIONS[name]
    if dimension.is_time and repeats:
        join = (
            f"left join lateral (select item from span where span.item >= {dimension.key}) "
            f"as d{number} on true"
        )
        return f"d{number}.item", join
    if dimension.many:
        return f"d{number}.item", f"left join lateral ({dimension.key}) as d{number} on true"
    return dimension.key, ""


def _ascending(number: int, name: str) -> str:
    """Return the SQL of the order of the values of a dimension; the unknown comes last."""
    order = DIMENSIONS[name].order
    if not order:
        return f"key_{number} nulls last"
    values = ", ".join(f"'{value}'" for value in order)
    return f"array_position(array[{values}], key_{number}) nulls last"


def _spread() -> list[str]:
    """Return the SQL of how sizes and shares are distributed: lower bounds, one per wave.

    A size is what the wave adds to a total, a share is one of the whole company.
    """
    found = []
    for of, value in (
        ("headcount", "nullif(facet.counted_low, 0)"),
        ("share", "facet.whole_share_low"),
    ):
        quartiles = f"percentile_cont(array[0.25, 0.5, 0.75]) within group (order by {value})"
        found += [
            f"count({value}) as {of}_values",
            f"min({value}) as {of}_min",
            *(
                # Halfway between two decimal shares, a float has digits that nobody stated.
                f"round(({quartiles})[{n}]::numeric, 6)::float8 as {of}_{name}"
                for n, name in enumerate(("q1", "median", "q3"), start=1)
            ),
            f"max({value}) as {of}_max",
        ]
    return found


_KNOWN = "coalesce(facet.headcount_low, facet.headcount_high)"


Total = Callable[[str], str]
"""SQL of an aggregate over a group → SQL of the figure: the same, or its running total."""


def bounds(name: str, condition: str, total: Total = str) -> list[str]:
    """Return the SQL of the bounds of a sum; an upper one only if every known size has one."""
    known, bounded, low, high = (
        total(f"{aggregate} filter (where {condition})")
        for aggregate in (
            f"count({_KNOWN})",
            "count(facet.counted_high)",
            "sum(facet.counted_low)",
            "sum(facet.counted_high)",
        )
    )
    return bounds_of(name, low=low, known=known, bounded=bounded, high=high)


def _stated(parameters: StatisticsParameters, total: Total) -> list[str]:
    """Return the SQL of the figures stated for the values of the dimension that has them."""
    name = stated_of(parameters.group_by, parameters)
    if name is None:
        return [f"null::integer as {one}" for one in STATED]
    place = parameters.group_by.index(name) + 1
    value = f"(facet.{DIMENSIONS[name].stated} -> d{place}.item)"
    low, high = (f"({value} ->> {place})::integer" for place in (0, 1))
    known = total(f"count({value})")
    bounds = bounds_of(
        "headcount_stated",
        low=total(f"sum({low})"),
        known=known,
        bounded=total(f"count({high})"),
        high=total(f"sum({high})"),
    )
    return [f"{known} as {STATED[0]}", *bounds]
