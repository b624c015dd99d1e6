"""The claims that make up a wave, their citations, and which of them count."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import Annotated, Any

import pycountry
from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.fields import (
    ArchivedUrl,
    CitationNumbers,
    Country,
    Figure,
    Jobs,
    Note,
    Precision,
    Public,
    Qualifier,
    Rank,
    Share,
    SourceUrl,
    Speaker,
    Subdivision,
    open_vocabulary,
)


class Scope(Public, frozen=True, kw_only=True):
    """Where the cuts fall."""

    worldwide: (
        Annotated[
            bool,
            Meta(
                description="Whether cuts fall in more countries than those listed; null if not stated."
            ),
        ]
        | None
    )
    countries: Annotated[list[Country], Meta(description="Countries that are named.")]
    units: Annotated[list[str], Meta(description="Divisions, sites, brands.")]
    subdivisions: Annotated[
        list[Subdivision], Meta(description="Subdivisions that are named.")
    ] = []
    sites: Annotated[list[str], Meta(description="Towns and plants that a source names.")] = []
    speaker: Speaker
    note: Note | None
    citations: CitationNumbers


class Headcount(Public, frozen=True, kw_only=True):
    """Jobs, from the preferred claim."""

    low: Annotated[Jobs, Meta(description="At least this many jobs; null if unbounded.")] | None
    high: Annotated[Jobs, Meta(description="At most this many jobs; null if unbounded.")] | None
    qualifier: Qualifier
    counts: (
        Annotated[
            vocabulary.Counts,
            Meta(
                description="gross: posts cut; net: change of headcount; affected: posts that may "
                "be moved; null if not said."
            ),
        ]
        | None
    )
    cumulative: (
        Annotated[bool, Meta(description="Whether earlier waves are included; null if not stated.")]
        | None
    )
    citations: CitationNumbers
    base: (
        Annotated[str, Meta(description="What the figure covers; null means the whole company.")]
        | None
    ) = None
    counted_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="How many of these jobs totals count, at least: without those of other counted waves that the figure includes.",
            ),
        ]
        | None
    ) = None
    counted_high: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="How many of these jobs totals count, at most; null if there is no bound.",
            ),
        ]
        | None
    ) = None


class ShareOfWorkforce(Public, frozen=True, kw_only=True):
    """Share of the workforce, from the preferred claim."""

    low: Annotated[Share, Meta(description="Lower bound; null if there is none.")] | None
    high: Annotated[Share, Meta(description="Upper bound; null if there is none.")] | None
    qualifier: Qualifier
    base: Annotated[str, Meta(description="What it is a share of; null is the company.")] | None
    citations: CitationNumbers


class Magnitude(Public, frozen=True, kw_only=True):
    """How large, as one speaker puts it."""

    measure: Annotated[
        vocabulary.Measure,
        Meta(description="headcount and workforce_before in jobs, share as a fraction of one."),
    ]
    low: Annotated[Figure, Meta(description="Lower bound; null if there is none.")] | None
    high: Annotated[Figure, Meta(description="Upper bound; null if there is none.")] | None
    qualifier: Qualifier
    counts: (
        Annotated[vocabulary.Counts, Meta(description="gross, net or affected; null if not said.")]
        | None
    )
    cumulative: (
        Annotated[bool, Meta(description="Whether earlier waves are included; null if not stated.")]
        | None
    )
    contractors_included: (
        Annotated[bool, Meta(description="Whether contractors are included; null if not stated.")]
        | None
    )
    base: (
        Annotated[str, Meta(description="What the figure covers; null means the whole company.")]
        | None
    )
    rank: Rank
    speaker: Speaker
    stated_on: Annotated[datetime.date, Meta(description="When it was said.")] | None
    stated_precision: Precision | None
    note: Note | None
    citations: CitationNumbers
    countries: Annotated[
        list[Country],
        Meta(description="The figure is of these countries only; empty where it is not."),
    ] = []
    subdivisions: Annotated[
        list[Subdivision],
        Meta(description="The figure is of these subdivisions only; empty where it is not."),
    ] = []
    increment: (
        Annotated[
            Jobs,
            Meta(description="The jobs of a cumulative figure that are new; null if not said."),
        ]
        | None
    ) = None
    includes: Annotated[
        list[Annotated[str, Meta(examples=["amazon-2022-11"])]],
        Meta(description="Ids of the waves whose jobs the figure contains."),
    ] = []


class DriverReference(Public, frozen=True, kw_only=True):
    """A driver of the taxonomy."""

    code: Annotated[str, Meta(description="Code of the driver.", examples=["over_hiring"])]
    label: Annotated[str, Meta(description="Display name.", examples=["Over-hiring"])]
    group: Annotated[str, open_vocabulary(vocabulary.DRIVER_GROUPS, "What the driver belongs to.")]


class DriverClaim(Public, frozen=True, kw_only=True):
    """Why, as one speaker puts it; with the stance `denies`, that it was not the reason."""

    driver: DriverReference
    weight: Annotated[
        vocabulary.Weight,
        Meta(
            description="How much weight the speaker gives to it: a main reason, one among others, "
            "or context, which is mentioned but not as a reason."
        ),
    ]
    speaker: Speaker
    stance: Annotated[
        vocabulary.Stance,
        Meta(description="states it as its own, reports it, or denies that it was the reason."),
    ]
    statement: Annotated[str, Meta(description="One sentence, in the ledger's own words.")]
    fragment: Annotated[str, Meta(description="Verbatim words of the source, at most 12.")] | None
    rank: Rank
    note: Note | None
    citations: CitationNumbers


class RoleReference(Public, frozen=True, kw_only=True):
    """A role of the taxonomy."""

    code: Annotated[str, Meta(description="Code of the role.", examples=["recruiting"])]
    label: Annotated[str, Meta(description="Display name.", examples=["Recruiting"])]
    axis: Annotated[
        vocabulary.Axis,
        Meta(description="function: what they do; level: where they stand; unit: which teams."),
    ]


class RoleClaim(Public, frozen=True, kw_only=True):
    """Whose jobs, as one speaker puts it."""

    role: RoleReference
    effect: Annotated[
        vocabulary.Effect, Meta(description="cut, spared, or hired while others are cut.")
    ]
    headcount: Annotated[Jobs, Meta(description="Jobs of this role; null if not said.")] | None
    wording: Annotated[str, Meta(description="How the source names them.")] | None
    speaker: Speaker
    rank: Rank
    note: Note | None
    citations: CitationNumbers


class Event(Public, frozen=True, kw_only=True):
    """What happened to the wave, and when."""

    on: Annotated[datetime.date, Meta(description="First day of the span in which it happened.")]
    precision: Precision
    kind: Annotated[
        str,
        open_vocabulary(
            vocabulary.EVENT_KINDS,
            "The status of the wave from then on; `expected` is still to come, may lie in the future, and "
            "decides neither status nor date of the wave.",
        ),
    ]
    statement: Annotated[str, Meta(description="One sentence, in the ledger's own words.")] | None
    speaker: Speaker
    rank: Rank
    note: Note | None
    citations: CitationNumbers


class Context(Public, frozen=True, kw_only=True):
    """Background against which to read the cut."""

    kind: Annotated[str, open_vocabulary(vocabulary.CONTEXT_KINDS, "What it is about.")]
    statement: Annotated[
        str,
        Meta(
            description="A few words, in the ledger's own wording.",
            examples=["High interest rates."],
        ),
    ]
    speaker: Speaker
    rank: Rank
    note: Note | None
    citations: CitationNumbers


class WaveRelation(Public, frozen=True, kw_only=True):
    """How the wave relates to another one."""

    relation: Annotated[
        vocabulary.Relation, Meta(description="Read: this wave `relation` the other.")
    ]
    wave: Annotated[str, Meta(description="Id of the other wave.", examples=["meta-2022-11"])]
    note: Annotated[str, Meta(description="Why; null if obvious.")] | None


class CitedSource(Public, frozen=True, kw_only=True):
    """A source as a citation shows it."""

    id: Annotated[str, Meta(description="Id of the source.", examples=["meta-about-2023-03-14"])]
    title: Annotated[str, Meta(description="Title as published; null if unknown.")] | None
    publisher: Annotated[str, Meta(description="Who publishes it.", examples=["Reuters"])]
    kind: Annotated[str, open_vocabulary(vocabulary.SOURCE_KINDS, "Kind of source.")]
    standing: Annotated[
        vocabulary.Standing,
        Meta(
            description="primary: the company, a filing, a notice; established: an outlet with an "
            "editorial desk; republication: a copy of another outlet's text; secondary: a blog or "
            "aggregator; machine_summary: written by a machine."
        ),
    ]
    url: SourceUrl | None
    archived_url: ArchivedUrl | None
    published_on: (
        Annotated[
            datetime.date,
            Meta(
                description="Day of publication; the first day of its span if it is less precise."
            ),
        ]
        | None
    )
    published_precision: Precision | None
    retrieved_on: (
        Annotated[datetime.date, Meta(description="When its text was read; null if not recorded.")]
        | None
    )


class Citation(Public, frozen=True, kw_only=True):
    """A place in a source, and whether its text was read."""

    n: Annotated[int, Meta(ge=1, description="The number by which claims cite it.")]
    locator: Annotated[str, Meta(description="Page, paragraph, section or item.")] | None
    fragment: Annotated[str, Meta(description="Verbatim words, at most 12.")] | None
    evidence: Annotated[
        vocabulary.Evidence,
        Meta(
            description="excerpt_read: its text, or a republication of it, was read; url_listed: "
            "known to exist, its text not read; filing: the words are in a filing."
        ),
    ]
    source: CitedSource


def is_standing(claim: Any) -> bool:
    """Return whether a claim counts: a deprecated one is known to be wrong and cannot be found."""
    return bool(claim.rank != "deprecated")


def affirmed(wave: Any) -> list[Any]:
    """Return the driver claims that give a reason: neither denials nor deprecated ones.

    The view `ledger.affirmed_driver` says the same in SQL.
    """
    return [one for one in wave.drivers if is_standing(one) and one.stance != "denies"]


def cut_roles(wave: Any) -> list[Any]:
    """Return the role claims that say whose jobs go; `ledger.cut_role` says the same in SQL."""
    return [one for one in wave.roles if is_standing(one) and one.effect == "cut"]


def standings(wave: Any, claim: Any) -> set[str]:
    """Return the standings of the sources that support a claim, and `*` for any."""
    cited = {one.n: one.source.standing for one in wave.citations}
    return {"*", *(cited[n] for n in claim.citations)}


def group_keys(driver: Any) -> list[str]:
    """Return the group of a driver and the umbrella over it as keys: `@technology`, `@ai`."""
    umbrellas = (name for name, one in vocabulary.UMBRELLAS.items() if driver.code in one.drivers)
    return [f"@{name}" for name in (driver.group, *umbrellas)]


def stated_headcounts(
    wave: Any, places: Callable[[Any], list[str]], whole: list[str]
) -> dict[str, list[int | None]]:
    """Return the bounds of what is stated for each place, from figures that name just one place.

    `places` returns the places of a figure; `whole` are those of the wave if all of it is in one.
    If a place has several figures, the preferred one stands for it.
    """
    found: dict[str, list[Any]] = {}
    for claim in wave.magnitudes:
        if claim.measure == "headcount" and is_standing(claim):
            of = places(claim) or (whole if claim.rank == "preferred" else [])
            if len(of) == 1:
                found.setdefault(of[0], []).append(claim)
    return {place: _stated_of(place, claims) for place, claims in found.items()}


def role_headcounts(wave: Any) -> dict[str, list[int | None]]:
    """Return the bounds of the jobs that are stated for each role that is cut.

    Figures that one source gives separately under one role are added up, such as 1,600 pilots and
    8,100 flight attendants; figures from several sources are about the same jobs, so they are
    bounds.
    """
    cited = {one.n: one.source.id for one in wave.citations}
    found: dict[str, dict[str, int]] = {}
    for claim in cut_roles(wave):
        if claim.headcount is not None:
            by_source = found.setdefault(claim.role.code, {})
            for source in {cited[n] for n in claim.citations}:
                by_source[source] = by_source.get(source, 0) + claim.headcount
    return {role: [min(of.values()), max(of.values())] for role, of in found.items()}


def _stated_of(place: str, claims: list[Any]) -> list[int | None]:
    """Return the bounds of what claims state about a place; each base but its name is a part of it.

    Parts may overlap: the place has at least the largest of them, and at most all of them together.
    """
    by_base: dict[str | None, list[Any]] = {}
    for one in [one for one in claims if one.rank == "preferred"] or claims:
        by_base.setdefault(one.base, []).append(one)
    if len(by_base) > 1:
        names = _names_of(place)
        # However they name it, figures of the whole place are about the same jobs.
        whole = [one for base, of in by_base.items() if base in names for one in of]
        by_base = {None: whole} if whole else by_base
    parts = [_bounds(of) for of in by_base.values()]
    lows = [low for low, _ in parts if low is not None]
    highs = [high for _, high in parts if high is not None]
    return [max(lows, default=None), sum(highs) if len(highs) == len(parts) else None]


@functools.cache
def _names_of(place: str) -> frozenset[str | None]:
    """Return the base that a figure of a whole country or subdivision names, if any."""
    if "-" in place:
        names = {one.name for one in pycountry.subdivisions if one.code == place}
    else:
        found = [one for one in pycountry.countries if one.alpha_2 == place]
        names = {getattr(one, name, one.name) for one in found for name in ("name", "common_name")}
    return frozenset({None, *names, *(f"the {name}" for name in names)})


def _bounds(claims: list[Any]) -> tuple[int | None, int | None]:
    """Return the widest bounds of figures about the same jobs."""
    lows = [one.low for one in claims if one.low is not None]
    highs = [one.high for one in claims]
    return (
        int(min(lows)) if lows else None,
        None if None in highs else int(max(highs)),
    )


def driver_keys(wave: Any) -> list[str]:
    """Return `driver|speaker|stance|standing|weight` per driver claim, with `*` for any value.

    The stance is never `*`. One key is one claim, so a filter by several of the five matches one
    and the same claim.
    """
    return sorted(
        {
            f"{driver}|{speaker}|{claim.stance}|{standing}|{weight}"
            for claim in wave.drivers
            if is_standing(claim)
            for driver in (claim.driver.code, *group_keys(claim.driver), "*")
            for speaker in (claim.speaker, "*")
            for standing in standings(wave, claim)
            for weight in (claim.weight, "*")
        }
    )


def _is_stated(claim: Any) -> bool:
    return bool(claim.speaker == "company" and claim.stance == "states")


NESTED_RULES: dict[str, Callable[[Any], bool]] = {
    "company_primary": lambda claim: _is_stated(claim) and claim.weight == "primary",
    "company": _is_stated,
    "authority": lambda claim: (
        claim.speaker in {"regulator", "union", "analyst"} and claim.stance != "denies"
    ),
    "press": lambda claim: claim.speaker == "press" and claim.stance != "denies",
    "anyone": lambda _: True,
}
"""The rules by which a wave is ascribed to a driver, the narrowest first, and what each adds.

Each includes everything in those before it.
"""
DENIED = "company_denies"
"""An additional rule: the company denies it."""


def ascriptions(wave: Any) -> list[str]:
    """Return `driver|rule` for each driver that anybody says anything about.

    The rule is the narrowest one; one more rule says that the company denies it.
    """
    standing = [one for one in wave.drivers if is_standing(one)]
    found = {
        f"{claim.driver.code}|{DENIED}"
        for claim in standing
        if claim.speaker == "company" and claim.stance == "denies"
    }
    narrowest: dict[str, str] = {}
    for name, adds in NESTED_RULES.items():
        for claim in standing:
            if adds(claim):
                narrowest.setdefault(claim.driver.code, name)
    return sorted(found | {f"{driver}|{name}" for driver, name in narrowest.items()})


def role_keys(wave: Any) -> list[str]:
    """Return `role|effect|standing` of each role claim, with `*` for any value, as for drivers."""
    return sorted(
        {
            f"{role}|{claim.effect}|{standing}"
            for claim in wave.roles
            if is_standing(claim)
            for role in (claim.role.code, "*")
            for standing in standings(wave, claim)
        }
    )


def number_of_claims(wave: Any) -> int:
    """Return the number of claims of a wave; its scope and its forms are one claim each."""
    lists = ("events", "magnitudes", "drivers", "roles", "context")
    one_each = (wave.scope is not None) + bool(wave.forms)
    return one_each + sum(len(getattr(wave, name)) for name in lists)
