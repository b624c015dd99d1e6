"""Claims: what one speaker says about a wave, each a record of its own with all its citations.

A claim is a part of its wave's document, and versioned with it (`claim_parts.py` extracts it).
Parameters about a claim must all hold for the same claim; all others filter its wave.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import (
    BY_ID,
    Facet,
    Listing,
    Moment,
    Part,
    Resource,
    Single,
    both_ways,
    by_day,
    columns,
)
from layoff_ledger.resources.claim_parts import KINDS, Claim, parts
from layoff_ledger.resources.claim_tables import CITATION_COLUMNS, CITED
from layoff_ledger.resources.feed_texts import claim_text
from layoff_ledger.resources.fields import list_of
from layoff_ledger.resources.filters import (
    CLAIM_CODE,
    Known,
    Where,
    compares,
    equals,
    one_of,
    only,
    overlaps,
)
from layoff_ledger.resources.parameters import (
    AsOf,
    ChangedSince,
    Codes,
    Count,
    Cursor,
    Limit,
    Sample,
    Seed,
    select_of,
    sort_of,
)
from layoff_ledger.resources.periods import Edge
from layoff_ledger.resources.wave_parameters import WaveFilter
from layoff_ledger.statement import Conditions, OneOf


def _of_kind(kind: str) -> Where:
    """Keep the claims of a kind that have one of the codes."""
    has_code = one_of("code")

    def add(conditions: Conditions, codes: Sequence[str]) -> None:
        conditions.add_text(f"facet.kind = '{kind}'", OneOf("kind", (kind,)))
        has_code.add(conditions, codes)

    return Where(add)


if TYPE_CHECKING:
    ClaimKind = str
    ClaimFields = list[str]
    ClaimSort = str
else:
    ClaimKind = Literal[KINDS]
    ClaimFields = select_of(Claim, "id", "statement")
    ClaimSort = sort_of(
        ("-announced_on", "announced_on", "-dated_on", "dated_on", "id", "-id"),
        "Order; `-` is descending, unknown comes last, `id` breaks ties. `announced_on` is the "
        "wave's.",
    )


class ClaimListParameters(WaveFilter, frozen=True, kw_only=True):
    """Which claims, and which part of the list."""

    q: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=200,
                description="Only claims about waves that have all of these words somewhere, as "
                "`/v1/search?kind=wave` finds them: the claims themselves need not have them.",
                examples=["meta platforms"],
            ),
        ]
        | None
    ) = None
    wave: Annotated[
        Codes,
        Meta(description="Only claims about these waves, by id.", examples=[["meta-2023-03"]]),
        one_of("wave"),
        Known("wave"),
    ] = []
    id: Annotated[
        Codes,
        Meta(
            description="Only these claims, by id: up to 100 in one request. `meta.hint` names ids "
            "that no claim has: one whose figure was corrected has another id.",
            examples=[["meta-2023-03:driver:f9b3bb0966"]],
        ),
        one_of("id", is_looked_up=True),
    ] = []
    kind: Annotated[
        list[ClaimKind],
        Meta(description="Only claims of these kinds.", examples=[["driver"]]),
        one_of("kind"),
    ] = []
    code: Annotated[
        Codes,
        Meta(
            description="Only claims with one of these codes: of a driver, a role, a measure, a "
            "status or an aspect of context.",
            examples=[["headcount"]],
        ),
        one_of("code"),
        Known(CLAIM_CODE),
    ] = []
    driver: Annotated[
        Codes,
        Meta(
            description="Only claims about one of these drivers, denials included: see `stance`.",
            examples=[["over_hiring"]],
        ),
        _of_kind("driver"),
        Known("driver"),
    ] = []
    driver_group: Annotated[
        Codes,
        Meta(
            description="Only claims about a driver of one of these groups, or of an umbrella over "
            "them such as `ai`; denials included.",
            examples=[["ai"]],
        ),
        overlaps("driver_groups"),
        Known("driver group"),
    ] = []
    speaker: Annotated[
        list[vocabulary.Speaker],
        Meta(description="Only claims by one of these speakers.", examples=[["company"]]),
        one_of("speaker"),
    ] = []
    stance: Annotated[
        list[vocabulary.Stance],
        Meta(
            description="Only driver claims of one of these stances, of any weight; see `weight`.",
            examples=[["denies"]],
        ),
        one_of("stance"),
    ] = []
    weight: Annotated[
        list[vocabulary.Weight],
        Meta(
            description="Only driver claims of one of these weights: `primary,contributing` are "
            "reasons, `context` is what is mentioned beside them.",
            examples=[["primary"]],
        ),
        one_of("weight"),
    ] = []
    role: Annotated[
        Codes,
        Meta(
            description="Only claims about one of these roles: see `effect`.",
            examples=[["recruiting"]],
        ),
        _of_kind("role"),
        Known("role"),
    ] = []
    effect: Annotated[
        list[vocabulary.Effect],
        Meta(description="Only role claims of one of these effects.", examples=[["cut"]]),
        one_of("effect"),
    ] = []
    rank: Annotated[
        list[vocabulary.Rank],
        Meta(description="Only claims of one of these ranks.", examples=[["preferred"]]),
        one_of("rank"),
    ] = []
    standing: Annotated[
        list[vocabulary.Standing],
        Meta(
            description="Only claims that at least one source of one of these standings supports.",
            examples=[["primary"]],
        ),
        overlaps("standings"),
    ] = []
    standing_only: Annotated[
        list[vocabulary.Standing],
        Meta(
            description="Only claims all of whose sources have one of these standings: `primary` "
            "gives what rests on nothing but primary sources.",
            examples=[["primary"]],
        ),
        # Every claim has a source.
        only("standings", get_args(vocabulary.Standing)),
    ] = []
    evidence: Annotated[
        list[vocabulary.Evidence],
        Meta(
            description="Only claims with a citation of one of these grades.",
            examples=[["excerpt_read"]],
        ),
        overlaps("evidence"),
    ] = []
    source: Annotated[
        Codes,
        Meta(
            description="Only claims that cite one of these sources, by id.",
            examples=[["meta-about-2023-03-14"]],
        ),
        overlaps("sources"),
        Known("source"),
    ] = []
    conflicting: (
        Annotated[
            bool,
            Meta(
                description="Only figures with which another figure of the same wave disagrees "
                "(true), or all other claims (false). Such figures have the same measure, base and places, neither is deprecated, no two known days, ways to count or scopes differ, and their bounds do not meet. Both are shown: `conflicts_with` has the other.",
                examples=[True],
            ),
            equals("conflicting"),
        ]
        | None
    ) = None
    dated_gte: (
        Annotated[
            datetime.date,
            Meta(
                description="Only events on this day or later, and figures stated on it or later; a "
                "month, a quarter or a year (2023-06, 2023-Q2, 2023) counts from its first day.",
                examples=["2023-01-01"],
            ),
            Edge("first"),
            compares("dated_on", ">=", "date"),
        ]
        | None
    ) = None
    dated_lte: (
        Annotated[
            datetime.date,
            Meta(
                description="Only events that begin on this day or earlier, figures likewise; a "
                "month, a quarter or a year (2023-06, 2023-Q2, 2023) counts to its last day.",
                examples=["2023-12-31"],
            ),
            Edge("last"),
            compares("dated_on", "<=", "date"),
        ]
        | None
    ) = None
    changed_since: ChangedSince | None = None
    limit: Limit | None = None
    cursor: Cursor | None = None
    count: Count = "exact"
    sample: Sample | None = None
    seed: Seed | None = None
    select: ClaimFields = []
    sort: ClaimSort = "-announced_on"


_OF_CLAIM = {
    "driver", "driver_group", "speaker", "stance", "weight", "role", "effect", "standing", "source",
    "changed_since", "as_of", "id",
}  # fmt: skip
OF_WAVE = tuple(name for name in WaveFilter.__struct_fields__ if name not in _OF_CLAIM)
"""The parameters that filter the wave of a claim."""

FACETS = (
    Facet("wave", 'text collate "C" not null', "Id of the wave.", lambda claim: claim.wave),
    Facet("company", "text not null", "Id of the company.", lambda claim: claim.company),
    Facet("announced_on", "date not null", "When the wave was announced.", lambda claim: claim.announced_on),
    Facet("kind", "text not null", "Kind of claim.", lambda claim: claim.kind),
    Facet("code", "text", "What it is about.", lambda claim: claim.code),
    Facet("driver_groups", "text[] not null", "Groups and umbrellas of its driver.", lambda claim: claim.driver_groups),
    Facet("speaker", "text", "Who says it.", lambda claim: claim.speaker),
    Facet("stance", "text", "Stance of a driver claim.", lambda claim: claim.stance),
    Facet("weight", "text", "Weight of a driver claim.", lambda claim: claim.weight),
    Facet("effect", "text", "Effect of a role claim.", lambda claim: claim.effect),
    Facet("rank", "text", "Rank.", lambda claim: claim.rank),
    Facet("standings", "text[] not null", "What its sources are worth.", lambda claim: sorted({one.source.standing for one in claim.citations})),
    Facet("evidence", "text[] not null", "Grades of its citations.", lambda claim: sorted({one.evidence for one in claim.citations})),
    Facet("sources", "text[] not null", "Ids of its sources.", lambda claim: sorted({one.source.id for one in claim.citations})),
    Facet("conflicting", "boolean not null", "Whether another figure disagrees.", lambda claim: bool(claim.conflicts_with)),
    Facet("dated_on", "date", "First day of an event, or when a figure was said.", lambda claim: claim.dated_on),
    Facet("dated_until", "date", "Last day of that span.", lambda claim: claim.dated_until),
)  # fmt: skip


COLUMNS = columns(
    """
id                       string!   Stable identifier: the same while what the claim says is the same.
wave                     string!   Id of the wave.
company                  string!   Id of the company that cuts.
= company_name announced_on
announced_precision      string!   How precise that date is.
= canonical
kind                     string!   form, scope, event, magnitude, driver, role or context.
code                     string    Status, measure, driver, role or aspect of context; null for scope and form.
label                    string    Its name as people read it, for drivers and roles.
speaker                  string    Who says it; null for form.
stance                   string    Driver claims: states, reports, or denies that it was the reason.
weight                   string    Driver claims: primary, contributing or context.
effect                   string    Role claims: cut, spared or hired.
rank                     string    preferred feeds the wave's figures; deprecated is known to be wrong; null for scope and form.
low                      number    At least: jobs, or a fraction of one where code is share.
= high qualifier counts
base                     string    What the figure is of; null is the whole company.
= cumulative
increment                integer   The jobs of a cumulative figure that are new, if said.
includes                 list      Ids of the waves whose jobs the figure contains.
= contractors_included
conflicts_with           list      Ids of claims of the same wave that disagree with this figure.
dated_on                 date      When it happened, or when the figure was said: first day of the span.
= dated_until
dated_precision          string    How precise dated_on is.
= statement
fragment                 string    Driver claims: verbatim words of the source, at most 12.
wording                  string    Role claims: how the source names them.
forms                    list      Form claims: how the posts go.
worldwide                boolean   Scope claims: in more than the listed countries.
countries                list      Scope claims, and figures of these only: ISO 3166-1 alpha-2.
subdivisions             list      Scope claims, and figures of these only: ISO 3166-2.
units                    list      Scope claims: divisions, sites, brands.
sites                    list      Scope claims: towns and plants.
driver_groups            list      Driver claims: group of the driver and umbrellas over it.
note                     string    A caution for readers.
"""
    + CITATION_COLUMNS.lstrip("\n")
    + """revision                 integer!  Revision of the ledger in which the claim last changed.
url                      string!   Address of the claim in the API.
wave_path                string!   Path of the wave in the API, below its address.
""",
    {**CITED, "wave_path": ("wave", lambda claim: f"/v1/waves/{claim['wave']}")},
    of=Claim,
)

CLAIM = Resource(
    name="claim",
    path="claims",
    tag="Waves",
    struct=Claim,
    part=Part(
        whole="wave",
        column="wave",
        named="wave",
        parts=parts,
        question=WaveFilter,
        asked=OF_WAVE,
    ),
    listing=Listing(
        summary="List claims",
        description="What one speaker says about a wave is one record; those of the newest wave "
        "come first.\n\nParameters that are about claims (`kind`, `code`, `driver`, `speaker`, "
        "`stance`, `weight`,\n`role`, `effect`, `rank`, `standing`, `standing_only`, `evidence`, "
        "`source`, `conflicting`) must hold for one and\nthe same claim; all others filter "
        "its wave. Deprecated claims are listed, too: `rank` leaves them out.",
        parameters=ClaimListParameters,
        answer=list_of(Claim, "claims"),
        links={
            "get_claim": ("The first claim of the page.", {"id": "$response.body#/data/0/id"}),
            "get_wave": ("Its wave.", {"id": "$response.body#/data/0/wave"}),
        },
    ),
    single=Single(
        summary="Get one claim",
        description="One claim with its citations.\n\nIts id is the wave, the kind and a digest of "
        "what identifies it: what it is about, who says it, its\nfigures and days. So it stays the "
        "same while wording, rank, notes and citations are edited, and a claim\nthat says "
        "something else is another one.",
        parameters=AsOf,
        path_parameter="Id of the claim.",
        example="meta-2023-03:magnitude:a324c8b9e6",
        links={
            "get_wave": ("Its wave.", {"id": "$response.body#/wave"}),
            "get_company": ("The company that cuts.", {"id": "$response.body#/company"}),
        },
    ),
    sorts={
        **both_ways("announced_on", "facet.announced_on", "date"),
        **by_day("dated_on"),
        **BY_ID,
    },
    facets=FACETS,
    indexes=(
        "(wave)",
        "(announced_on, id)",
        "(kind, code)",
        "(coalesce(dated_on, date '9999-01-01'), id)",
        "(coalesce(dated_on, date '0002-01-01'), id)",
        "using gin (sources)",
    ),
    columns=COLUMNS,
    feed_text=claim_text,
    moment=Moment(
        what="event",
        condition="facet.kind = 'event' and facet.rank <> 'deprecated'",
        first="facet.dated_on",
        last="facet.dated_until",
        kind="facet.code",
        company="facet.company",
        wave="facet.wave",
        entry=lambda claim: {
            "precision": claim["dated_precision"],
            **{name: claim[name] for name in ("company_name", "statement", "speaker", "citations")},
            "employer": None,
        },
    ),
    retirable=False,
)
