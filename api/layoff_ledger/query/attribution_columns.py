"""Attribution over columns: the same figures and ids as `attribution` gets from rows, but faster.

Waves are added up by the combination of rules that apply to them, a number with one bit per rule:
so the rules share one pass. Which rules apply is looked up once for all waves with the same claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, islice

from layoff_ledger.query.claim_groups import by_numbers
from layoff_ledger.query.columnar import BLOCK, FIGURES, PARTS, kinds_of_jobs
from layoff_ledger.query.dimensions import DIMENSIONS
from layoff_ledger.resources.claims import DENIED, NESTED_RULES
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.columns_file import list_table, numbers_of, words_of
from layoff_ledger.store.postings_file import ASCRIPTIONS

ALL = "all"
"""The row of all waves, whatever is claimed about them."""
BITS = {name: 1 << place for place, name in enumerate((*NESTED_RULES, DENIED, ALL))}
"""Rule → its bit in the number of the rules that apply to a wave."""


def ascriptions_by_columns(
    by: str | None,
    drivers: Sequence[str],
    conditions: Conditions,
    words: Mapping[str, int],
    *,
    limit: int,
    most_ids: int,
) -> Statement:
    """Return the statement of a row for each rule that applies in each group.

    `words` is the number of values of each dimension, `limit` the most groups, and `most_ids` how
    many ids a row needs, the first ones by day and id. The row of all waves has the ids for all
    rules of its group, as one text: see `ids_by_rule`.
    """
    asked, every = by_numbers(conditions.text), BITS[ALL]
    reason = _reason(drivers)
    values = conditions.argument(list(reason), "text[]")
    bits = conditions.argument(list(reason.values()), "integer[]")
    rules = ", ".join(f"('{name}', {bit})" for name, bit in BITS.items())
    # Then groups are selected first.
    has_more = by is not None and words[by] + 1 > limit
    group = "0" if by is None else f"facet.{numbers_of(by)}"
    is_time = by is None or DIMENSIONS[by].is_time
    of_chosen = " semi join chosen using (n)" if has_more else ""
    name = (
        "null::varchar as key from {} as number"
        if by is None
        else f"value as key from {{}} as number left join {words_of(by)} as word "
        "on word.number = number.n"
    ).format(f"(select distinct n from {'member' if has_more else 'parts'})")
    chosen = (
        f"chosen as materialized (select *, row_number() over (order by key nulls last) as nth, "
        f"count(*) over () as groups from (select n, {name}) order by nth "
        f"limit {conditions.argument(limit, 'integer')})"
    )
    # For dimensions of time, there are only a few more days of a group than groups: they are
    # counted along the way.
    days = ", announced_on" if most_ids and is_time else ""
    parts = (
        f"parts as materialized (select n, bits, counts{days}, {PARTS} from member{of_chosen} "
        f"group by n, bits, counts{days})"
    )
    steps = [
        f"reason (value, bits) as (select unnest({values}), unnest({bits}))",
        f"rule (name, bit) as (values {rules})",
        "ascribed as materialized (select number, bit_or(bits) as bits from "
        f"(select number, unnest(value) as value from {list_table(ASCRIPTIONS)}) inner join reason "
        "using (value) group by number)",
        # Each step reads only the columns that it needs: materialising it would take too much
        # memory.
        f"member as not materialized (select {group} as n, "
        f"coalesce(ascribed.bits, 0) | {every} as bits, {FIGURES}, "
        f"facet.{numbers_of('company')} as company, facet.announced_on, facet.id "
        f"from {WAVE.facet_view} as facet left join ascribed "
        f"on ascribed.number = facet.{numbers_of(ASCRIPTIONS)} where {asked})",
        *([chosen, parts] if has_more else [parts, chosen]),
        "sums as materialized (select n, bit, sum(waves)::bigint as waves, "
        f"sum(known)::bigint as waves_with_headcount, {', '.join(kinds_of_jobs())} "
        "from parts inner join rule on bits & bit <> 0 group by n, bit)",
        f"firms as ({_companies(by)})",
        f"listed as ({_ids(most_ids, of_chosen, has_days=bool(days))})",
    ]
    return conditions.statement(
        f"with {', '.join(steps)} select chosen.key, rule.name as rule, sums.waves, "
        "firms.companies, sums.* exclude (n, bit, waves), listed.ids, chosen.groups, "
        f"(select count(*) from {WAVE.facet_view} as facet where {asked}) as count "
        "from chosen inner join sums using (n) inner join rule using (bit) "
        "inner join firms using (n, bit) "
        f"left join listed on listed.n = chosen.n and bit = {every} order by nth, bit"
    )


def _reason(drivers: Sequence[str]) -> dict[str, int]:
    """Return the bits of the rules that apply for each ascription to one of the drivers.

    The narrowest rule implies all wider ones.
    """
    nested = [BITS[name] for name in NESTED_RULES]
    found = {
        f"{driver}|{name}": sum(nested[place:])
        for driver in drivers
        for place, name in enumerate(NESTED_RULES)
    }
    return found | {f"{driver}|{DENIED}": BITS[DENIED] for driver in drivers}


def ids_by_rule(ids: str, rules: Iterable[str], most: int) -> dict[str, list[str]]:
    """Read the ids of a group: the first ones for each rule."""
    found = ids.split(" ")
    applied = "".join([one[0] for one in found]).encode()
    names = [one[1:] for one in found]
    return {
        rule: list(islice(compress(names, applied.translate(_HAS[rule])), most)) for rule in rules
    }


_HAS = {rule: bytes(bits & bit > 0 for bits in range(256)) for rule, bit in BITS.items()}
"""Rule → for each combination of rules, whether it has the bit."""


def _companies(by: str | None) -> str:
    """Return the SQL of how many companies each rule has in each group, as `columnar` does."""
    if by == "company":
        return "select n, bit, 1 as companies from sums"
    return (
        "select n, bit, sum(bit_count(companies))::bigint as companies from ("
        "select n, bit, block, bit_or(companies) as companies from ("
        f"select n, bits, company // {BLOCK} as block, "
        f"bit_or(1::bigint << (company % {BLOCK})) as companies "
        f"from member group by n, bits, company // {BLOCK}"
        ") inner join rule on bits & bit <> 0 group by n, bit, block) group by n, bit"
    )


def _ids(most: int, of_chosen: str, *, has_days: bool) -> str:
    """Return the SQL of the ids of each group, by day and id, each after the character of its bits.

    They include at least the first ones of each rule: if a row has more than needed, days after the
    day of its last one are left out before anything is sorted.
    """
    if not most:
        return "select n, null::varchar as ids from chosen"
    counted = (
        "select n, bits, announced_on, sum(waves) as waves from parts"
        if has_days
        else "select n, bits, announced_on, count(*) as waves from member"
    )
    return (
        f"with large as (select distinct n from sums where waves > {most}), "
        f"days as materialized ({counted} semi join large using (n) "
        "group by n, bits, announced_on), "
        "ends as (select n, bit, max(announced_on) as last from ("
        "select n, bit, announced_on, waves, "
        "sum(waves) over (partition by n, bit order by announced_on) as waves_until from ("
        "select n, bit, announced_on, sum(waves) as waves "
        "from days inner join rule on bits & bit <> 0 group by n, bit, announced_on)) "
        f"where waves_until - waves < {most} group by n, bit), "
        "cut as (select n, bits, max(last) as last "
        "from (select distinct n, bits from days) inner join ends using (n) "
        "where bits & bit <> 0 group by n, bits), "
        "picked as (select n, bits, announced_on, id "
        f"from member{of_chosen} left join cut using (n, bits) "
        "where last is null or announced_on <= last) "
        # For 10,000 groups, an aggregate with an order takes more memory than there is.
        "select n, array_to_string(list_transform(list_sort(list("
        "{'day': announced_on, 'id': id, 'bits': chr(bits)})), "
        "lambda one: one.bits || one.id), ' ') as ids from picked group by n"
    )
