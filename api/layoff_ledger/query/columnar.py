"""Groups of waves, counted and added up by columns: the same figures as `grouping`, but faster.

In ledgers with many waves, what they are grouped by is also kept in columns of numbers
(`exports/columns.py`), which DuckDB adds up many times as fast as PostgreSQL adds up rows. Only the
sums are written differently here: what matches, and how groups are sorted, kept and named, is
defined once for both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from layoff_ledger import vocabulary
from layoff_ledger.query.claim_groups import by_numbers, claim_groups, matching_claims, stated_of
from layoff_ledger.query.dimensions import DIMENSIONS, MAX_GROUPS
from layoff_ledger.query.statistics_parameters import StatisticsParameters
from layoff_ledger.query.sums import bounds_of
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.statement import Conditions
from layoff_ledger.store.columns_file import (
    STATED,
    list_table,
    number_of_kind,
    numbers_of,
    words_of,
)

BLOCK = 63
"""How many companies have a bit in one number; its sign bit is not used."""


FIGURES = (
    f"facet.{numbers_of('counts')} as counts, facet.headcount_low, facet.headcount_high, "
    "facet.counted_low, facet.counted_high"
)
"""SQL of what is added up for each wave."""
PARTS = (
    "count(*) as waves, count(coalesce(headcount_low, headcount_high)) as known, "
    "sum(counted_low) as low, count(counted_high) as bounded, sum(counted_high) as high"
)
"""SQL of what is added up over waves whose figures count the same thing (`counts`)."""


def is_columnar(parameters: StatisticsParameters) -> bool:
    """Return whether columns can answer a question: not if its figures cannot be added up in parts.

    Nor if it sorts by what is stated: columns choose the groups before they add that up.
    """
    is_by_stated = parameters.sort == "-headcount_stated_low"
    is_of_all = parameters.spread or parameters.cumulative or parameters.within_months is not None
    return not (is_by_stated or is_of_all)


def groups_by_columns(
    parameters: StatisticsParameters,
    conditions: Conditions,
    words: Mapping[str, int],
    kept: Callable[[str], str],
    order: str,
) -> str:
    """Return the SQL of the groups of the waves that meet `conditions`, with words as keys.

    Waves are first added up by what their figures count, and then these sums are: a tenth of the
    work of a filter for each sum. `kept` returns the SQL of the groups of an answer, chosen by what
    they are sorted by; if there may be many, everything else is added up only for these. `words`
    says how many values each dimension has.
    """
    group_by = parameters.group_by
    of_claims, claims, joined = _of_claims(parameters, conditions)
    asked = by_numbers(conditions.text)
    rows = f"from {WAVE.facet_view} as facet where {asked}"
    members = f"from {WAVE.facet_view} as facet {joined} where {asked}"
    stated = stated_of(group_by, parameters)
    keys = [f"n{number}" for number in range(1, len(group_by) + 1)]
    by_keys = ", ".join(keys)
    # In dimensions of claims, the words themselves are the keys.
    named = ", ".join(
        f"nullif(total.{key}, '') as key_{key[1:]}"
        if name in of_claims
        else f"word_{key}.value as key_{key[1:]}"
        for key, name in zip(keys, group_by, strict=True)
    )
    joins = " ".join(
        f"left join {words_of(name)} as word_{key} on word_{key}.number = total.{key}"
        for key, name in zip(keys, group_by, strict=True)
        if name not in of_claims
    )
    # A table of all parts costs more than going through the waves twice.
    is_many = math.prod(words[name] + 1 for name in group_by) > MAX_GROUPS
    of_chosen = f" semi join chosen using ({by_keys})" if is_many else ""
    waves, low, of = (
        ("count(*)", "counted_low", "member") if is_many else ("sum(waves)", "low", "parts")
    )
    totals = (
        f"select total.*, {named} from (select {by_keys}, {waves}::bigint as waves, "
        f"sum({low})::bigint as headcount_low from {of} group by {by_keys}) as total {joins}"
    )
    parts = (
        f"select {by_keys}, counts, {PARTS}, count(stated) as stated, "
        "sum(stated_low) as stated_low, count(stated_high) as stated_bounded, "
        f"sum(stated_high) as stated_high from facet{of_chosen} group by {by_keys}, counts"
    )
    steps = (
        {"chosen": kept(totals), "parts": parts}
        if is_many
        else {"parts": parts, "chosen": kept(totals)}
    )
    written = ", ".join(f"{name} as ({step})" for name, step in steps.items())
    return (
        # Not materialized, so that only the columns that are needed are read.
        f"with {claims}"
        f"facet as not materialized ({_numbered(group_by, keys, members, of_claims, stated)}), "
        f"member as not materialized ({_numbered(group_by, keys, members, of_claims, None)}), "
        f"{written}, "
        f"sums as (select {by_keys}, sum(known) as waves_with_headcount, "
        f"{', '.join([*_bounds('headcount', 'true')[1:], *kinds_of_jobs(), *_stated(stated)])} "
        f"from parts group by {by_keys}), "
        f"firms as ({_companies(group_by, by_keys, f'member{of_chosen}')}) "
        f"select chosen.* exclude ({by_keys}), sums.* exclude ({by_keys}), firms.companies, "
        f"(select count(*) {rows}) as count from chosen inner join sums using ({by_keys}) "
        f"inner join firms using ({by_keys}) order by {order}"
    )


def _of_claims(
    parameters: StatisticsParameters, conditions: Conditions
) -> tuple[dict[str, str], str, str]:
    """Return the SQL of the values that dimensions have in claims that match.

    It comes with the steps that find these claims, once for all waves with the same claims, and
    with the joins.
    """
    values, steps, joins = dict[str, str](), "", []
    for groups in claim_groups(parameters.group_by, parameters):
        kind, listed = groups.kind, groups.kind.claims
        source = f"(select number, unnest(value) as key from {list_table(listed)}) as source"
        claims = matching_claims(groups, parameters, conditions, source=source, of=["number"])
        steps += f"{kind.alias} as materialized ({claims}), "
        joins.append(f"left join {kind.alias} on {kind.alias}.number = facet.{numbers_of(listed)}")
        values |= {name: f"{kind.alias}.{name}" for name in groups.names}
    return values, steps, " ".join(joins)


def _numbered(
    group_by: Sequence[str],
    keys: Sequence[str],
    rows: str,
    of_claims: Mapping[str, str],
    stated_of: str | None,
) -> str:
    """Return the SQL of waves, each once per group that it is in, with the numbers of the group.

    `of_claims` has the SQL of the values of those dimensions whose values are words of claims;
    `stated_of` is the dimension for which figures are stated.
    """
    figures = f"{FIGURES}, facet.{numbers_of('company')}"
    stated = "null::integer as stated, null::integer as stated_low, null::integer as stated_high"
    values, lists = [], []
    for key, name in zip(keys, group_by, strict=True):
        if name in of_claims:
            values.append(f"coalesce({of_claims[name]}, '') as {key}")
        else:
            values.append(f"facet.{numbers_of(name)} as {key}")
            if DIMENSIONS[name].many:
                lists.append([key])
        if name != stated_of:
            continue
        # These lists are as long as the list of the dimension's values.
        place = f"[list_position(facet.roles, {of_claims[name]})]" if name in of_claims else ""
        stated = ", ".join(
            f"facet.{STATED}{name}{part}{place} as stated{part}" for part in ("", "_low", "_high")
        )
        if name not in of_claims:
            lists[-1] += ["stated", "stated_low", "stated_high"]
    found = f"select {', '.join(values)}, {figures}, {stated} {rows}"
    for together in lists:
        each = ", ".join(f"unnest({name}) as {name}" for name in together)
        found = f"select * replace ({each}) from ({found})"
    return found


def _companies(group_by: Sequence[str], by_keys: str, rows: str) -> str:
    """Return the SQL that counts the companies of each group.

    The companies of a block are bits of a number, and the counts of blocks are added up: half the
    work of counting distinct numbers, as the waves of a company lie together. In groups by company,
    each group has one.
    """
    if "company" in group_by:
        return f"select {by_keys}, 1 as companies from chosen"
    number = numbers_of("company")
    return (
        f"select {by_keys}, sum(bit_count(bits))::bigint as companies from ("
        f"select {by_keys}, bit_or(1::bigint << ({number} % {BLOCK})) as bits "
        f"from {rows} group by {by_keys}, {number} // {BLOCK}) group by {by_keys}"
    )


def _bounds(name: str, condition: str) -> list[str]:
    """Return the SQL of the bounds of a sum of parts, as `grouping.bounds` does for waves."""
    low, known, bounded, high = (
        f"sum({part}) filter (where {condition})" for part in ("low", "known", "bounded", "high")
    )
    return bounds_of(name, low=low, known=known, bounded=bounded, high=high)


def kinds_of_jobs() -> list[str]:
    """Return the SQL of the bounds of each kind of jobs, over `PARTS` by what they count."""
    return [
        bound
        for kind in vocabulary.COUNTED
        for bound in _bounds(f"headcount_{kind}", f"counts = {number_of_kind(kind)}")
    ]


def _stated(dimension: str | None) -> list[str]:
    count = "null::integer" if dimension is None else "sum(stated)"
    bounds = bounds_of(
        "headcount_stated",
        low="sum(stated_low)",
        known="sum(stated)",
        bounded="sum(stated_bounded)",
        high="sum(stated_high)",
    )
    return [f"{count} as waves_with_stated_headcount", *bounds]
