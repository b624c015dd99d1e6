"""Which waves are asked for: the filters of lists and statistics, each declared once."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from layoff_ledger import vocabulary
from layoff_ledger.resources.filters import (
    IS_CANONICAL,
    Known,
    compares,
    equals,
    is_known,
    not_one_of,
    one_of,
    overlap,
    overlaps,
    overlaps_not,
)
from layoff_ledger.resources.parameters import (
    AsOf,
    ChangedSince,
    Codes,
    CountryCodes,
    Jobs,
    Question,
    Share,
)
from layoff_ledger.resources.periods import Edge, Period, Periods, within
from layoff_ledger.statement import Conditions

AFFIRMING = ("states", "reports")
"""The stances that give a reason: a denial does not."""
EVERY_STANCE = (*AFFIRMING, "denies")


WhatAddsUp = Annotated[
    list[bool],
    Meta(
        description="Waves that may be added up (true, the default), only parts, copies and "
        "superseded reports (false), or both (true,false).",
        examples=[[True]],
    ),
    IS_CANONICAL,
]
"""`canonical` where waves are counted: by default, only those that may be added up."""

ONE_CLAIM = (
    "Of `driver` (or `driver_group`), `speaker`, `stance`, `weight` and `standing`, all that are "
    "given must match one and the same claim."
)
"""What the parameters that `match_claims` combines say about each other."""


class WaveFilter(AsOf, frozen=True, kw_only=True):
    """Which waves are asked for: values of one parameter mean or, several parameters mean and."""

    asked_first: ClassVar[tuple[str, ...]] = (
        "q",
        "driver_group",
        "driver",
        "speaker",
        "stance",
        "weight",
        "role",
        "company",
        "country",
        "subdivision",
        "announced_gte",
        "announced_lte",
        "headcount_gte",
    )
    q: Question | None = None
    company: Annotated[
        Codes,
        Meta(description="Only these companies' waves, by id.", examples=[["meta"]]),
        one_of("company", is_looked_up=True),
        Known("company"),
    ] = []
    company_not: Annotated[
        Codes,
        Meta(description="Leave out these companies' waves.", examples=[["meta"]]),
        not_one_of("company"),
        Known("company"),
    ] = []
    id: Annotated[
        Codes,
        Meta(
            description="Only these waves, by id: up to 100 in one request.",
            examples=[["meta-2022-11", "meta-2023-03"]],
        ),
        one_of("id", is_looked_up=True),
        Known("wave"),
    ] = []
    driver: Annotated[
        Codes,
        Meta(
            description="Only waves for which somebody gives one of these drivers. "
            "Denials do not count, unless `stance` asks for them. With `driver_group` as well, there "
            f"must be a claim for each. {ONE_CLAIM}",
            examples=[["over_hiring"]],
        ),
        Known("driver"),
    ] = []
    driver_not: Annotated[
        Codes,
        Meta(
            description="Leave out waves for which somebody gives one of these drivers.",
            examples=[["ai_automation"]],
        ),
        overlaps_not("drivers"),
        Known("driver"),
    ] = []
    driver_group: Annotated[
        Codes,
        Meta(
            description="Only waves for which somebody gives a driver of one of these groups, or "
            "of an umbrella over them: `ai` is ai_automation, ai_disruption and ai_investment. "
            f"{ONE_CLAIM}",
            examples=[["ai"]],
        ),
        Known("driver group"),
    ] = []
    speaker: Annotated[
        list[vocabulary.Speaker],
        Meta(
            description="Only waves with a driver claim by one of these speakers. Claims of any "
            "weight count, even mere context, unless `weight` says otherwise. For anything else that "
            "a speaker says, such as a figure of a union, ask `/v1/claims?speaker=union`. "
            f"{ONE_CLAIM}",
            examples=[["company"]],
        ),
    ] = []
    stance: Annotated[
        list[vocabulary.Stance],
        Meta(
            description="Only waves with a driver claim of one of these stances. Claims of any "
            f"weight count, even mere context, unless `weight` says otherwise. {ONE_CLAIM}",
            examples=[["states"]],
        ),
    ] = []
    weight: Annotated[
        list[vocabulary.Weight],
        Meta(
            description="Only waves with a driver claim of one of these weights: "
            "`primary,contributing` are reasons, `context` is what is mentioned beside them. "
            f"{ONE_CLAIM}",
            examples=[["primary", "contributing"]],
        ),
    ] = []
    standing: Annotated[
        list[vocabulary.Standing],
        Meta(
            description="Only claims that a source of one of these standings supports: the driver "
            "claim of `driver`, `speaker`, `stance` or `weight`, the role claim of `role` or "
            "`effect`, else any claim of the wave.",
            examples=[["primary"]],
        ),
    ] = []
    role: Annotated[
        Codes,
        Meta(
            description="Only waves with one of these roles: among the cut ones, "
            "unless `effect` says otherwise.",
            examples=[["recruiting"]],
        ),
        Known("role"),
    ] = []
    role_not: Annotated[
        Codes,
        Meta(description="Leave out waves that cut one of these roles.", examples=[["recruiting"]]),
        overlaps_not("roles"),
        Known("role"),
    ] = []
    effect: Annotated[
        list[vocabulary.Effect],
        Meta(
            description="What happens to the roles of `role`; one and the same claim must match.",
            examples=[["cut"]],
        ),
    ] = []
    industry: Annotated[
        Codes,
        Meta(description="Only waves of companies of these NAICS 2022 sectors.", examples=[["51"]]),
        one_of("industry"),
        Known("industry"),
    ] = []
    country: Annotated[
        CountryCodes,
        Meta(description="Only waves whose scope names one of these countries.", examples=[["US"]]),
        overlaps("countries"),
        Known("country"),
    ] = []
    country_not: Annotated[
        CountryCodes,
        Meta(
            description="Leave out waves whose scope names one of these countries.",
            examples=[["US"]],
        ),
        overlaps_not("countries"),
        Known("country"),
    ] = []
    subdivision: Annotated[
        Codes,
        Meta(
            description="Only waves whose scope names one of these subdivisions, ISO 3166-2.",
            examples=[["US-CA"]],
        ),
        overlaps("subdivisions"),
        Known("subdivision"),
    ] = []
    company_country: Annotated[
        CountryCodes,
        Meta(
            description="Only waves of companies with their seat in one of these countries.",
            examples=[["US"]],
        ),
        one_of("company_country"),
        Known("country"),
    ] = []
    status: Annotated[
        Codes,
        Meta(description="Only waves of these statuses.", examples=[["announced"]]),
        one_of("status"),
        Known("status"),
    ] = []
    status_not: Annotated[
        Codes,
        Meta(description="Leave out waves of these statuses.", examples=[["withdrawn"]]),
        not_one_of("status"),
        Known("status"),
    ] = []
    form: Annotated[
        Codes,
        Meta(
            description="Only waves whose jobs are cut in one of these ways.", examples=[["layoff"]]
        ),
        overlaps("forms"),
        Known("form"),
    ] = []
    collection: Annotated[
        Codes,
        Meta(description="Only waves of these collections.", examples=[["curated"]]),
        one_of("collection"),
        Known("collection"),
    ] = []
    source: Annotated[
        Codes,
        Meta(
            description="Only waves that cite one of these sources, by id.",
            examples=[["meta-about-2023-03-14"]],
        ),
        overlaps("sources"),
        Known("source"),
    ] = []
    announced: Annotated[
        list[Period],
        Meta(
            description="Announced in this year, quarter or month, or on this day: 2023, 2023-Q2, "
            "2023-06 or 2023-06-15. A less precise date counts by its first day.",
            examples=[["2023-06"]],
        ),
        within("announced_on"),
        Periods(),
    ] = []
    announced_gte: (
        Annotated[
            datetime.date,
            Meta(
                description="Announced on this day or later; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts from its first day.",
                examples=["2023-01-01"],
            ),
            Edge("first"),
            compares("announced_on", ">=", "date"),
        ]
        | None
    ) = None
    announced_lte: (
        Annotated[
            datetime.date,
            Meta(
                description="Announced on this day or earlier; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts to its last day.",
                examples=["2023-12-31"],
            ),
            Edge("last"),
            compares("announced_on", "<=", "date"),
        ]
        | None
    ) = None
    headcount_gte: (
        Annotated[
            Jobs,
            Meta(
                description="At least this many jobs for certain (by the lower bound).",
                examples=[1000],
            ),
            compares("headcount_low", ">=", "integer"),
        ]
        | None
    ) = None
    headcount_lte: (
        Annotated[
            Jobs,
            Meta(
                description="At most this many jobs for certain (by the upper bound).",
                examples=[5000],
            ),
            compares("headcount_high", "<=", "integer"),
        ]
        | None
    ) = None
    share_gte: (
        Annotated[
            Share,
            Meta(
                description="At least this share for certain (by the lower bound). Includes shares "
                "of a part of the company, unless `share_of` says otherwise.",
                examples=[0.1],
            ),
            compares("share_low", ">=", "double precision"),
        ]
        | None
    ) = None
    share_lte: (
        Annotated[
            Share,
            Meta(
                description="At most this share for certain (by the upper bound).", examples=[0.2]
            ),
            compares("share_high", "<=", "double precision"),
        ]
        | None
    ) = None
    share_of: Annotated[
        list[vocabulary.ShareOf],
        Meta(
            description="Only waves whose share is of the whole company (company), or of what its "
            "`base` names: a plant, a country, a group of staff, two companies together (part).",
            examples=[["company"]],
        ),
        one_of("share_of"),
    ] = []
    counts: Annotated[
        list[vocabulary.Counted],
        Meta(
            description="Only waves whose headcount counts posts cut (gross), the change of "
            "headcount (net), posts that may be moved (affected), or where it is not said "
            "(unstated).",
            examples=[["gross"]],
        ),
        one_of("counts"),
    ] = []
    headcount_known: (
        Annotated[
            bool,
            Meta(
                description="Only waves whose headcount is known (true) or not (false).",
                examples=[True],
            ),
            is_known("headcount_low", "headcount_high"),
        ]
        | None
    ) = None
    canonical: Annotated[
        list[bool],
        Meta(
            description="Only waves that statistics count (true), only parts, copies and "
            "superseded reports (false), or both (true,false).",
            examples=[[True]],
        ),
        IS_CANONICAL,
    ] = []
    has_notices: (
        Annotated[
            bool,
            Meta(
                description="Only waves with linked notices of employers (true), or without "
                "(false). A wave may have none because the notices of its place are not here: see "
                "/v1/coverage.",
                examples=[True],
            ),
            equals("has_notices"),
        ]
        | None
    ) = None
    changed_since: ChangedSince | None = None


class ClaimKeys(Struct, frozen=True):
    """A facet with keys of claims, so that conditions that go together apply to the same claim."""

    facet: str
    parts: tuple[str, ...]
    """The parts of a key, in this order; each is a parameter."""
    default: tuple[str, tuple[str, ...]]
    """The part of which only some values count by default, and those values."""

    def asked(self, parameters: WaveFilter) -> dict[str, Sequence[str]]:
        """Return what is asked about one claim: part → values."""
        return {part: values for part in self.parts if (values := getattr(parameters, part))}

    def keys(self, asked: Mapping[str, Sequence[str]]) -> list[str]:
        """Return the keys of the claims that meet all conditions."""
        values = (asked.get(part) or ("*",) for part in self.parts)
        return ["|".join(one) for one in itertools.product(*values)]


DRIVER_CLAIMS = ClaimKeys(
    "driver_keys",
    ("driver", "speaker", "stance", "standing", "weight"),
    ("stance", AFFIRMING),
)
ROLE_CLAIMS = ClaimKeys("role_keys", ("role", "effect", "standing"), ("effect", ("cut",)))


_OF_CLAIMS = frozenset({"driver_group", *DRIVER_CLAIMS.parts, *ROLE_CLAIMS.parts})


def match_claims(conditions: Conditions, parameters: WaveFilter) -> None:
    """Match conditions that belong together on one and the same claim, by its key."""
    if _OF_CLAIMS.isdisjoint(parameters.present):
        return
    asked = DRIVER_CLAIMS.asked(parameters)
    groups = tuple(f"@{group}" for group in parameters.driver_group)
    alternatives = [one for one in (tuple(parameters.driver), groups) if one]
    of_claim = parameters.speaker or parameters.stance or parameters.weight
    by_driver = bool(alternatives or of_claim)
    plain = not (groups or of_claim or parameters.standing)
    if parameters.driver and plain:
        # The same as the keys with `*` for everything else, in a short list that stays in the row.
        overlap(conditions, "drivers", parameters.driver)
    elif by_driver:
        # Whoever filters only by a speaker wants to see denials, too; whoever filters by a driver
        # does not.
        asked.setdefault("stance", AFFIRMING if alternatives else EVERY_STANCE)
        for drivers in alternatives or [()]:
            keys = DRIVER_CLAIMS.keys({**asked, "driver": drivers})
            overlap(conditions, DRIVER_CLAIMS.facet, keys)
    by_role = parameters.role or parameters.effect
    if parameters.role and not parameters.standing and set(parameters.effect) <= {"cut"}:
        overlap(conditions, "roles", parameters.role)
    elif by_role:
        part, values = ROLE_CLAIMS.default
        keys = ROLE_CLAIMS.keys({part: values, **ROLE_CLAIMS.asked(parameters)})
        overlap(conditions, ROLE_CLAIMS.facet, keys)
    if parameters.standing and not by_driver and not by_role:
        overlap(conditions, "standings", parameters.standing)
