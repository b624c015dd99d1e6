"""SQL of running totals: each span is added up once, instead of each wave into every later span.

A window adds counts and sums of a span to those of the spans before it. A company that has waves in
several spans is counted in the first of them, so that companies add up, too.
"""

from __future__ import annotations

from collections.abc import Sequence

FIRST_ONES = "count(*) filter (where facet.is_first)"
"""SQL of the waves that are the first ones of their company in their group."""


def running(aggregate: str) -> str:
    """Return the SQL of a running count or sum up to a span; it stays null without any values."""
    return f"(sum({aggregate}) over running)::bigint"


def with_first_ones(columns: str, keys: Sequence[str], time: str, rows: str) -> str:
    """Return the SQL of waves in their groups, each with whether it is its company's first.

    `columns` are the values of the dimensions, `keys` their names, and `time` says which of them is
    a span of days. The unknown span has first waves of its own.
    """
    others = [key for key in keys if key != time]
    company = ", ".join([*others, f"{time} is null", "facet.company"])
    return (
        f"(select facet.*, row_number() over (partition by {company} order by {time}) = 1 "
        f"as is_first from (select facet.*, {columns} from {rows}) as facet) as facet"
    )


def in_every_span(keys: Sequence[str], time: str, figures: Sequence[str], grouped: str) -> str:
    """Return the SQL of groups with running totals, including spans in which they have no wave.

    `grouped` is a select of all figures by keys from `with_first_ones`, up to its `group by`. The
    figures of a span hold until the next one of the same group; the unknown span stays by itself.
    """
    group = ", ".join([*(key for key in keys if key != time), f"{time} is null"])
    shown = [f"span.{time}" if key == time else f"own.{key}" for key in keys]
    return (
        f"with own as materialized ({grouped} "
        f"window running as (partition by {group} order by {time}), "
        f"spans as (order by {time})), "
        f"span as (select distinct nth, {time} from own) "
        f"select {', '.join([*shown, *(f'own.{name}' for name in figures)])} "
        f"from (select own.*, lead(nth) over (partition by {group} order by nth) as following "
        "from own) as own "
        # Spans are numbered, so that a group only meets those in which it is shown.
        f"cross join lateral generate_series(own.nth, case when own.{time} is null then own.nth "
        f"else coalesce(own.following - 1, (select count({time}) from span)) end) as shown (nth) "
        "inner join span on span.nth = shown.nth"
    )


NTH = "dense_rank() over spans as nth"
"""SQL of the position of a group's span among those of all groups; the unknown one is last."""
