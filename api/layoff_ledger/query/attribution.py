"""How much is ascribed to a reason, by every rule at once: from what a company states to hearsay.

The rules are read from the driver claims of each wave (`api.claim_facet`), without deprecated ones;
columns read a facet made from them. The jobs are those of whole waves: hardly anybody states how
many of them are due to the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct, field

from layoff_ledger import vocabulary
from layoff_ledger.query.attribution_columns import ALL, ascriptions_by_columns, ids_by_rule
from layoff_ledger.query.dimensions import DEFAULT_GROUPS, DIMENSIONS, GroupLimit
from layoff_ledger.query.grouping import bounds
from layoff_ledger.query.lists import add_filters
from layoff_ledger.resources.base import columns_of
from layoff_ledger.resources.claim import CLAIM
from layoff_ledger.resources.claims import DENIED, NESTED_RULES
from layoff_ledger.resources.fields import (
    AnsweringRevision,
    License,
    Public,
    PublishedAt,
    address_of_answer,
    summed,
)
from layoff_ledger.resources.filters import Known
from layoff_ledger.resources.parameters import Codes
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.resources.wave_parameters import WaveFilter, WhatAddsUp
from layoff_ledger.search.query import SearchQuery
from layoff_ledger.statement import Conditions, Statement

MAX_IDS = 1_000
"""Ids behind one cell."""


class Rule(Struct, frozen=True):
    """A rule by which a wave is ascribed to a reason."""

    label: str
    condition: str
    """SQL over one driver claim about the reason; `NESTED_RULES` says the same about one claim."""


_COMPANY = "claim.speaker = 'company' and claim.stance = 'states'"
_AUTHORITIES = "claim.speaker in ('regulator', 'union', 'analyst') and claim.stance <> 'denies'"
_PRESS = "claim.speaker = 'press' and claim.stance <> 'denies'"

RULES = {
    "company_primary": Rule(
        "The company states it as a primary reason", f"{_COMPANY} and claim.weight = 'primary'"
    ),
    "company": Rule(
        "The company states it, or mentions it as context; includes the above", _COMPANY
    ),
    "authority": Rule(
        "A regulator, a union or an analyst says so; includes the above",
        f"({_COMPANY}) or ({_AUTHORITIES})",
    ),
    "press": Rule(
        "The press reports it; includes the above",
        f"({_COMPANY}) or ({_AUTHORITIES}) or ({_PRESS})",
    ),
    "anyone": Rule("Anyone mentions it, denials included; includes the above", "true"),
    DENIED: Rule(
        "The company denies it; part of `anyone`, and it may state it elsewhere",
        "claim.speaker = 'company' and claim.stance = 'denies'",
    ),
}
"""The rules in their order; each nested one includes those before it."""
_LABELS = {**{name: rule.label for name, rule in RULES.items()}, ALL: "All waves of the question"}
_NESTED = list(NESTED_RULES)

_NARROWS = (
    "Narrows the waves, in the row `all` and in every share too, to those with a driver claim {}, "
    "for any reason and not only the one in question. Other such filters have to match the same "
    "claim. Leave it out to compare: the rows already say who gives the reason, and how."
)
_OF_ANY_REASON = ("speaker", "stance", "weight", "standing")
"""The filters of claims, which apply to the waves and not to the reason."""

BY = ("year", "quarter", "month", "company", "industry", "company_country")

if TYPE_CHECKING:
    AttributionBy = str
    RuleName = str
else:
    AttributionBy = Literal[BY]
    RuleName = Literal[(*RULES, ALL)]


class AttributionParameters(WaveFilter, frozen=True, kw_only=True):
    """Which reason, and over which waves."""

    asked_first: ClassVar[tuple[str, ...]] = ("by", *WaveFilter.asked_first)
    driver: Annotated[
        Codes,
        Meta(
            description="The reason: any of these drivers. Together with `driver_group`, either.",
            examples=[["ai_automation"]],
        ),
        Known("driver"),
    ] = []
    driver_group: Annotated[
        Codes,
        Meta(
            description="The reason: any driver of one of these groups, or of an umbrella over "
            "them. `ai` where neither this nor `driver` is given.",
            examples=[["ai"]],
        ),
        Known("driver group"),
    ] = []
    # Here they filter the waves, not the reason: the rows say who gives it.
    speaker: Annotated[
        list[vocabulary.Speaker],
        Meta(description=_NARROWS.format("by one of these speakers"), examples=[["company"]]),
    ] = []
    stance: Annotated[
        list[vocabulary.Stance],
        Meta(description=_NARROWS.format("of one of these stances"), examples=[["states"]]),
    ] = []
    weight: Annotated[
        list[vocabulary.Weight],
        Meta(description=_NARROWS.format("of one of these weights"), examples=[["primary"]]),
    ] = []
    standing: Annotated[
        list[vocabulary.Standing],
        Meta(
            description="Narrows the waves, in the row `all` and in every share too, to those with "
            "a claim that a source of one of these standings supports: the driver claim of "
            "`speaker`, `stance` or `weight`, the role claim of `role` or `effect`, else any. The "
            "claims that the rules look at need not have it.",
            examples=[["primary"]],
        ),
    ] = []
    # Here the default is waves that may be added up.
    canonical: WhatAddsUp = field(default_factory=lambda: [True])
    by: (
        Annotated[
            AttributionBy,
            Meta(
                description="What the waves are grouped by; without it, all are one group.",
                examples=["year"],
            ),
        ]
        | None
    ) = None
    limit: GroupLimit = DEFAULT_GROUPS
    ids: Annotated[
        bool, Meta(description="Whether each row has the ids of its waves.", examples=[True])
    ] = True


def _summed(counts: str, bound: str) -> Meta:
    null = "none is known" if bound == "lower" else "none has a bound, or one has none"
    return summed(counts, bound, null=null, of=" in these waves")


def _share(of: str) -> Meta:
    return Meta(ge=0, le=1, description=f"{of}, as a fraction of the row `all` of the group.")


class AttributionRow(Public, frozen=True, kw_only=True):
    """One rule in one group; unknown sizes are left out of the sums, never taken as 0."""

    key: (
        Annotated[
            str,
            Meta(description="Value of `by`; null where it is unknown.", examples=["2025"]),
        ]
        | None
    )
    label: Annotated[str, Meta(description="Name of that value, where it has one.")] | None
    rule: Annotated[
        RuleName,
        Meta(description="The rule; `all` stands for every wave, whatever is claimed about it."),
    ]
    meaning: Annotated[str, Meta(description="The rule in words.")]
    includes: Annotated[
        list[RuleName], Meta(description="The rules whose waves are all among these.")
    ]
    waves: Annotated[int, Meta(ge=0, description="Waves.")]
    companies: Annotated[int, Meta(ge=0, description="Number of companies with one of them.")]
    waves_with_headcount: Annotated[
        int, Meta(ge=0, description="Number of waves whose size is known: the sums rest on these.")
    ]
    headcount_gross_low: Annotated[int, _summed("gross", "lower")] | None
    headcount_gross_high: Annotated[int, _summed("gross", "upper")] | None
    headcount_net_low: Annotated[int, _summed("net", "lower")] | None
    headcount_net_high: Annotated[int, _summed("net", "upper")] | None
    headcount_affected_low: Annotated[int, _summed("affected", "lower")] | None
    headcount_affected_high: Annotated[int, _summed("affected", "upper")] | None
    headcount_unstated_low: Annotated[int, _summed("unstated", "lower")] | None
    headcount_unstated_high: Annotated[int, _summed("unstated", "upper")] | None
    share_of_waves: Annotated[float, _share("Waves")] | None
    share_of_companies: Annotated[float, _share("Companies")] | None
    share_of_headcount_gross: Annotated[float, _share("Lower bounds of posts cut")] | None
    share_of_headcount_net: Annotated[float, _share("Lower bounds of net changes")] | None
    share_of_headcount_affected: (
        Annotated[float, _share("Lower bounds of posts that may be moved")] | None
    )
    share_of_headcount_unstated: (
        Annotated[
            float, _share("Lower bounds of jobs where the source does not say what it counts")
        ]
        | None
    )
    ids: Annotated[
        list[str],
        Meta(
            description=f"Ids of the waves, at most {MAX_IDS:,} even if there "
            "are more; empty with `ids=false`."
        ),
    ]


class AttributionMeta(Public, frozen=True, kw_only=True):
    """What was asked, and what the answer rests on."""

    count: Annotated[
        int, Meta(ge=0, description="Waves that match, whatever is claimed about them.")
    ]
    groups: Annotated[
        int, Meta(ge=0, description="Number of groups, including those beyond `limit`.")
    ]
    drivers: Annotated[list[str], Meta(description="The drivers that count as the reason.")]
    basis: Annotated[str, Meta(description="What the figures rest on, and what they do not say.")]
    revision: AnsweringRevision
    published_at: PublishedAt
    license: License


class Attribution(Public, frozen=True, kw_only=True):
    """How much is ascribed to a reason, under nested rules."""

    url: Annotated[str, address_of_answer("/v1/attribution?driver_group=ai&as_of=1")]
    data: Annotated[
        list[AttributionRow],
        Meta(description="The rows of each group, the narrowest rule first, all waves last."),
    ]
    meta: AttributionMeta


BASIS = (
    "Jobs are those of whole waves to which the rule applies, not those cut for the reason: where "
    "a source gives that number, it is in the claims of the wave and in no sum. Jobs that overlap "
    "are counted once; gross, net, affected and unstated figures are not added together; sums "
    "leave out waves of unknown size (waves_with_headcount counts those of known size). The "
    "figures cover only what the ledger's sources say: see /v1/coverage."
)


def basis_of(parameters: AttributionParameters) -> str:
    """Say in words what the figures rest on, and what shares refer to, if not to all waves."""
    asked = [name for name in _OF_ANY_REASON if getattr(parameters, name)]
    if not asked:
        return BASIS
    return (
        f"{BASIS} Because of the filters ({', '.join(asked)}), `all` and the other rows contain "
        "only waves with a matching claim, whatever its reason: shares are of these waves."
    )


FIGURES = (
    "waves",
    "companies",
    "waves_with_headcount",
    *(f"headcount_{kind}_{bound}" for kind in vocabulary.COUNTED for bound in ("low", "high")),
)
_SHARES = {
    "share_of_waves": "waves",
    "share_of_companies": "companies",
    **{f"share_of_headcount_{kind}": f"headcount_{kind}_low" for kind in vocabulary.COUNTED},
}
COLUMNS = columns_of(
    AttributionRow,
    [name for name in AttributionRow.__struct_fields__ if name not in {"includes", "meaning"}],
)
"""The columns of a flat table."""


def attribution(
    parameters: AttributionParameters,
    drivers: list[str],
    *,
    revision: int,
    search_query: SearchQuery | None = None,
    words: Mapping[str, int] | None = None,
    has_ids: bool = True,
) -> Statement:
    """Return the statement of the figures per rule and group; rules without waves are absent.

    With `words`, the number of values of each dimension, it is for columns, and leaves out ids
    unless it `has_ids`. `rows_of` reads both.
    """
    conditions = conditions_of(parameters, revision, search_query)
    if words is None:
        return _of_rows(parameters, drivers, conditions)
    return ascriptions_by_columns(
        parameters.by,
        drivers,
        conditions,
        words,
        limit=parameters.limit,
        most_ids=MAX_IDS if parameters.ids and has_ids else 0,
    )


def conditions_of(
    parameters: AttributionParameters, revision: int, search_query: SearchQuery | None
) -> Conditions:
    """Return the conditions for the waves of a revision: everything but the reason itself."""
    conditions = Conditions.holding_at(revision, "facet")
    add_filters(conditions, WAVE, _of_waves(parameters), search_query)
    return conditions


def _of_rows(
    parameters: AttributionParameters, drivers: list[str], conditions: Conditions
) -> Statement:
    """Return the statement for PostgreSQL, over the waves that meet `conditions`.

    The waves are selected once, with only the values that are counted; then what is claimed about
    each is looked up once. Groups are numbered in their order, so that the first ones can be kept
    by number: a join by a key that may be null would compare each wave with each group.
    """
    reason = conditions.argument(drivers, "text[]")
    key = "null::text" if parameters.by is None else DIMENSIONS[parameters.by].key
    limit = conditions.argument(parameters.limit, "integer")
    tested = ", ".join(f"bool_or({rule.condition}) as {name}" for name, rule in RULES.items())
    applied = ", ".join(f"('{name}', ascribed.{name})" for name in RULES)
    ids = (
        f"(array_agg(facet.id order by facet.announced_on, facet.id))[1:{MAX_IDS}]"
        if parameters.ids
        else "array[]::text[]"
    )
    sums = (
        one
        for kind in vocabulary.COUNTED
        for one in bounds(f"headcount_{kind}", f"facet.counts = '{kind}'")
    )
    return conditions.statement(
        f"with asked as materialized (select {_COUNTED}, {key} as key "
        f"from {WAVE.facet_view} as facet where {conditions.text}), "
        f"ascribed as (select claim.wave, {tested} from {CLAIM.facet_view} as claim "
        "where claim.first_revision <= $1::integer and claim.last_revision >= $1::integer "
        "and claim.kind = 'driver' and claim.rank <> 'deprecated' "
        f"and claim.code = any({reason}) and claim.wave in (select asked.id from asked) "
        "group by claim.wave), "
        "grouped as (select facet.key, dense_rank() over (order by facet.key nulls last) as nth, "
        "rule.name as rule, count(*) as waves, "
        "count(distinct facet.company) as companies, "
        "count(coalesce(facet.headcount_low, facet.headcount_high)) as waves_with_headcount, "
        f"{', '.join(sums)}, {ids} as ids "
        "from asked as facet left join ascribed on ascribed.wave = facet.id "
        f"cross join lateral (values {applied}, ('{ALL}', true)) as rule (name, applies) "
        "where rule.applies group by facet.key, rule.name) "
        "select grouped.*, (select max(nth) from grouped) as groups, "
        "(select count(*) from asked) as count "
        f"from grouped where nth <= {limit} order by nth"
    )


_COUNTED = ", ".join(
    f"facet.{name}"
    for name in (
        "id",
        "announced_on",
        "company",
        "counts",
        "counted_low",
        "counted_high",
        "headcount_low",
        "headcount_high",
    )
)
"""SQL of what is read for each wave."""


def _of_waves(parameters: AttributionParameters) -> WaveFilter:
    """Return the filters of the waves: everything but the reason itself."""
    names = (
        name for name in WaveFilter.__struct_fields__ if name not in {"driver", "driver_group"}
    )
    return WaveFilter(**{name: getattr(parameters, name) for name in names})


def rows_of(found: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> list[AttributionRow]:
    """Return the rows, every rule in every group, from the result of either statement."""
    groups: dict[str | None, dict[str, Mapping[str, Any]]] = {}
    for row in found:
        groups.setdefault(row["key"], {})[row["rule"]] = row
    rows = []
    for key, group in groups.items():
        label, ids = labels.get(key) if key is not None else None, _ids(group)
        rows += [_row(key, label, name, group, ids) for name in _LABELS]
    return rows


def _ids(group: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the ids of each rule of a group; columns return them in one text."""
    listed = group[ALL]["ids"]
    if listed is None:
        return {name: [] for name in group}
    if isinstance(listed, str):
        return ids_by_rule(listed, group, MAX_IDS)
    return {name: row["ids"] for name, row in group.items()}


def _row(
    key: str | None,
    label: str | None,
    name: str,
    group: Mapping[str, Mapping[str, Any]],
    ids: Mapping[str, list[str]],
) -> AttributionRow:
    words = _WORDS[name]
    row = group.get(name)
    if row is None:
        # Most rules of most groups, if there are many groups.
        return AttributionRow(key=key, label=label, ids=[], **words, **_NOTHING)
    figures: dict[str, Any] = dict(zip(FIGURES, _figures(row), strict=True))
    of = figures if name == ALL else group[ALL]
    for share, figure in _SHARES.items():
        figures[share] = _fraction(figures[figure], of[figure])
    return AttributionRow(key=key, label=label, ids=ids[name], **words, **figures)


_figures = itemgetter(*FIGURES)


def _included(name: str) -> list[str]:
    """Return the rules all of whose waves are also waves of this rule."""
    if name == ALL:
        return list(RULES)
    if name not in _NESTED:
        return []
    before = _NESTED[: _NESTED.index(name)]
    return [*before, "company_denies"] if name == "anyone" else before


_WORDS: dict[str, Any] = {
    name: {"rule": name, "meaning": meaning, "includes": _included(name)}
    for name, meaning in _LABELS.items()
}
"""The label, the meaning and the contents of each rule."""
_NOTHING: dict[str, Any] = {
    figure: None if "headcount_" in figure else zero
    for figures, zero in ((FIGURES, 0), (_SHARES, 0.0))
    for figure in figures
}
"""The figures of a rule that applies to no wave of a group, and its shares: a group always has
waves.
"""


def _fraction(part: int | None, whole: int | None) -> float | None:
    """Divide, to six digits; null if either is unknown, or the whole is zero."""
    return None if part is None or not whole else round(part / whole, 6)
