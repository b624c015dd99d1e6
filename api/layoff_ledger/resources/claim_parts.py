"""A wave's document → its claims as records of their own, each with a stable id.

The id is the wave, the kind and a digest of what identifies the claim: what it is about, who says
it, its figures and its days. Wording, rank, notes and citations are not part of it.
"""

from __future__ import annotations

import calendar
import datetime
import functools
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.claims import CitedSource, group_keys, is_standing
from layoff_ledger.resources.fields import (
    Country,
    Figure,
    Jobs,
    Note,
    Precision,
    Public,
    Qualifier,
    Rank,
    Revision,
    Speaker,
    Subdivision,
    address_of_record,
    open_vocabulary,
    stored,
)

KINDS = ("form", "scope", "event", "magnitude", "driver", "role", "context")
DIGEST_CHARACTERS = 10
"""Characters of the digest in an id: 40 bits, among the claims of one kind and wave."""


class ClaimCitation(Public, frozen=True, kw_only=True):
    """A place in a source that supports the claim, and whether its text was read."""

    locator: Annotated[str, Meta(description="Page, paragraph, section or item.")] | None
    fragment: Annotated[str, Meta(description="Verbatim words, at most 12.")] | None
    evidence: Annotated[
        vocabulary.Evidence,
        Meta(description="excerpt_read, url_listed (its text not read), or filing."),
    ]
    source: CitedSource


class Claim(Public, frozen=True, kw_only=True):
    """What one speaker says about a wave; fields that do not apply to its kind are null or empty."""

    id: Annotated[
        str,
        Meta(
            description="Stable identifier, `<wave>:<kind>:<digest>`: the same while what "
            "identifies the claim is the same.",
            examples=["meta-2023-03:magnitude:a324c8b9e6"],
        ),
    ]
    url: Annotated[str, address_of_record("/v1/claims/meta-2023-03:magnitude:a324c8b9e6")]
    revision: Revision
    wave: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])]
    company: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    company_name: Annotated[str, Meta(description="Its common name.")]
    announced_on: Annotated[datetime.date, Meta(description="When the wave was announced.")]
    announced_precision: Precision
    canonical: Annotated[bool, Meta(description="Whether statistics count the wave.")]
    kind: Annotated[str, open_vocabulary(KINDS, "Kind of claim.")]
    code: (
        Annotated[
            str,
            Meta(
                description="Status of an event, measure of a figure, driver, role, or aspect of "
                "context; null for scope and form.",
                examples=["over_hiring"],
            ),
        ]
        | None
    )
    label: Annotated[str, Meta(description="Name of the driver or role.")] | None
    driver_groups: Annotated[
        list[str],
        Meta(description="Group of the driver, and umbrellas over it.", examples=[["ai"]]),
    ]
    speaker: Speaker | None
    stance: (
        Annotated[
            vocabulary.Stance, Meta(description="Of a driver claim: states, reports, or denies it.")
        ]
        | None
    )
    weight: Annotated[vocabulary.Weight, Meta(description="Of a driver claim.")] | None
    effect: Annotated[vocabulary.Effect, Meta(description="Of a role claim.")] | None
    rank: Rank | None
    low: Annotated[Figure, Meta(description="Lower bound; null if there is none.")] | None
    high: Annotated[Figure, Meta(description="Upper bound; null if there is none.")] | None
    qualifier: Qualifier | None
    counts: (
        Annotated[vocabulary.Counts, Meta(description="gross, net or affected; null if not said.")]
        | None
    )
    base: (
        Annotated[str, Meta(description="What the figure covers; null means the whole company.")]
        | None
    )
    cumulative: (
        Annotated[bool, Meta(description="Whether earlier waves are included; null if not stated.")]
        | None
    )
    increment: (
        Annotated[Jobs, Meta(description="The jobs of a cumulative figure that are new.")] | None
    )
    includes: Annotated[
        list[str], Meta(description="Ids of the waves whose jobs the figure contains.")
    ]
    contractors_included: (
        Annotated[
            bool,
            Meta(
                description="Whether contractors are included; null if not stated.",
                examples=[False],
            ),
        ]
        | None
    )
    conflicts_with: Annotated[
        list[str],
        Meta(
            description="Ids of other figures of the wave that disagree with this one: of the same "
            "measure, base and places, neither deprecated, with bounds that do not meet, and "
            "without two known days, ways to count or scopes that differ."
        ),
    ]
    dated_on: (
        Annotated[
            datetime.date,
            Meta(description="When it happened, or when the figure was said; first day of a span."),
        ]
        | None
    )
    dated_until: Annotated[datetime.date, Meta(description="Last day of that span.")] | None
    dated_precision: Precision | None
    statement: Annotated[str, Meta(description="One sentence, in the ledger's own words.")] | None
    fragment: Annotated[str, Meta(description="Verbatim words of a driver claim.")] | None
    wording: Annotated[str, Meta(description="How the source names the role.")] | None
    forms: Annotated[list[str], Meta(description="Of a form claim: how the jobs are cut.")]
    worldwide: (
        Annotated[
            bool,
            Meta(
                description="Of a scope claim: whether cuts fall in more countries than those "
                "listed."
            ),
        ]
        | None
    )
    countries: Annotated[
        list[Country], Meta(description="Of a scope claim, or of a figure that covers only a part.")
    ]
    subdivisions: Annotated[
        list[Subdivision],
        Meta(description="Of a scope claim, or of a figure that covers only a part."),
    ]
    units: Annotated[list[str], Meta(description="Of a scope: divisions, sites, brands.")]
    sites: Annotated[list[str], Meta(description="Of a scope: towns and plants.")]
    note: Note | None
    citations: Annotated[list[ClaimCitation], Meta(description="The sources that say so.")]


StoredClaim: Any = stored(Claim)
_LISTS = ("driver_groups", "includes", "conflicts_with", "forms", "countries", "subdivisions", "units", "sites")  # fmt: skip
_SCALARS = (
    "code", "label", "speaker", "stance", "weight", "effect", "rank", "low", "high", "qualifier",
    "counts", "base", "cumulative", "increment", "contractors_included", "dated_on", "dated_until",
    "dated_precision", "statement", "fragment", "wording", "worldwide", "note",
)  # fmt: skip
_NOTHING: dict[str, Any] = dict.fromkeys((*_SCALARS, *_LISTS))


def last_day(first: datetime.date, precision: str) -> datetime.date:
    """Return the last day of a span that begins on a day."""
    months = {"day": 0, "month": 1, "quarter": 3, "year": 12}[precision]
    if not months:
        return first
    month = first.month + months - 1
    year, month = first.year + (month - 1) // 12, (month - 1) % 12 + 1
    return first.replace(year=year, month=month, day=calendar.monthrange(year, month)[1])


def _dated(on: datetime.date | None, precision: str | None) -> dict[str, Any]:
    if on is None or precision is None:
        return {}
    return {"dated_on": on, "dated_precision": precision, "dated_until": last_day(on, precision)}


def _event(claim: Any) -> dict[str, Any]:
    return {"code": claim.kind, **_dated(claim.on, claim.precision)}


def _magnitude(claim: Any) -> dict[str, Any]:
    return {"code": claim.measure, **_dated(claim.stated_on, claim.stated_precision)}


def _driver(claim: Any) -> dict[str, Any]:
    groups = [key.removeprefix("@") for key in group_keys(claim.driver)]
    return {"code": claim.driver.code, "label": claim.driver.label, "driver_groups": groups}


def _role(claim: Any) -> dict[str, Any]:
    jobs = claim.headcount
    figure = {} if jobs is None else {"low": jobs, "high": jobs}
    return {"code": claim.role.code, "label": claim.role.label, **figure}


# Kind → the list of the wave that has it, and its content beyond fields of the same name.
_KINDS: dict[str, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    "event": ("events", _event),
    "magnitude": ("magnitudes", _magnitude),
    "driver": ("drivers", _driver),
    "role": ("roles", _role),
    "context": ("context", lambda claim: {"code": claim.kind}),
}

IDENTITY: dict[str, tuple[str, ...]] = {
    "form": (),
    "scope": (),
    "event": ("code", "dated_on", "speaker"),
    "magnitude": (
        "code", "low", "high", "base", "counts", "speaker", "dated_on", "countries", "subdivisions",
    ),
    "driver": ("code", "speaker", "stance"),
    "role": ("code", "effect", "speaker"),
    "context": ("code", "speaker", "statement"),
}  # fmt: skip
"""Kind → what identifies a claim of it within its wave."""


def parts(wave: Any) -> Iterator[Any]:
    """Yield the claims of a wave, in the order of its document."""
    whole = {
        "wave": wave.id,
        "company": wave.company.id,
        "company_name": wave.company.name,
        "announced_on": wave.announced_on,
        "announced_precision": wave.announced_precision,
        "canonical": wave.canonical,
    }
    cited = {
        one.n: ClaimCitation(
            locator=one.locator, fragment=one.fragment, evidence=one.evidence, source=one.source
        )
        for one in wave.citations
    }
    next_id = ids_of_claims(wave.id)

    def made(kind: str, values: dict[str, Any], n: list[int]) -> Any:
        fields = _NOTHING | values
        fields |= {name: fields[name] or [] for name in _LISTS}
        return StoredClaim(
            id=next_id(kind, fields),
            kind=kind,
            **whole,
            **fields,
            citations=[cited[one] for one in n],
        )

    if wave.forms:
        yield made("form", {"forms": wave.forms}, wave.form_citations)
    if wave.scope is not None:
        yield made("scope", _fields(wave.scope), wave.scope.citations)
    for kind, (name, say) in _KINDS.items():
        claims = getattr(wave, name)
        found = [made(kind, _fields(claim) | say(claim), claim.citations) for claim in claims]
        yield from _with_conflicts(found) if kind == "magnitude" else found


def ids_of_claims(wave: str) -> Callable[[str, dict[str, Any]], str]:
    """Return the function that returns the ids of a wave's claims, in the order of its document.

    It takes the kind of a claim and its fields by name, dates as they are or as ISO 8601. Two
    claims with the same identity are numbered.
    """
    occurred: Counter[str] = Counter()

    def next_id(kind: str, fields: dict[str, Any]) -> str:
        identity = [
            fields.get(name) or [] if name in _LISTS else fields.get(name)
            for name in IDENTITY[kind]
        ]
        id_ = claim_id(wave, kind, identity)
        occurred[id_] += 1
        return id_ if occurred[id_] == 1 else f"{id_}-{occurred[id_]}"

    return next_id


def claim_id(wave: str, kind: str, identity: list[Any]) -> str:
    """Return the id of a claim from what identifies it: dates as ISO 8601, the rest as JSON."""
    digest = hashlib.sha256(msgspec.json.encode([kind, *identity])).hexdigest()
    return f"{wave}:{kind}:{digest[:DIGEST_CHARACTERS]}"


def _fields(claim: Any) -> dict[str, Any]:
    return {name: getattr(claim, name) for name in _names(claim.__class__)}


@functools.cache
def _names(kind: type) -> list[str]:
    """Return the fields that a kind of claim has out of all that claims have."""
    return [name for name in _NOTHING if hasattr(kind, name)]


def _with_conflicts(figures: list[Any]) -> Iterator[Any]:
    for figure in figures:
        others = [other.id for other in figures if other is not figure and disagree(figure, other)]
        yield msgspec.structs.replace(figure, conflicts_with=others) if others else figure


def disagree(figure: Any, other: Any) -> bool:
    """Return whether two figures of a wave cannot both be right.

    An unknown field differs from nothing: an undated figure may be from the same day.
    """
    for name in ("code", "base", "countries", "subdivisions"):
        if getattr(figure, name) != getattr(other, name):
            return False
    for name in ("dated_on", "counts", "cumulative", "contractors_included"):
        one, two = getattr(figure, name), getattr(other, name)
        if one is not None and two is not None and one != two:
            return False
    if not (is_standing(figure) and is_standing(other)):
        return False
    return _below(figure, other) or _below(other, figure)


def _below(figure: Any, other: Any) -> bool:
    return figure.high is not None and other.low is not None and figure.high < other.low
