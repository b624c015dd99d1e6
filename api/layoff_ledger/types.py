"""The public structs: one for each view of schema `api`, and the source of the OpenAPI schemas.

A field is a column of its view and a key of the JSON, under one name. Three keys are added when a
document is served, because they are not part of what the ledger says: the address of the record,
the revision in which it last changed, and links. `stored` gives the struct without them.
"""

from __future__ import annotations

import datetime
import functools
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from layoff_ledger import vocabulary

SERVED_ONLY = ("url", "record_url", "waves_url", "revision", "expanded")
"""Keys that are put before or after a stored document when it is served."""


def _open(codes: Any, what: str) -> Meta:
    """Describe a vocabulary that may grow: an open string with the codes of today as examples."""
    listed = list(codes)
    return Meta(description=f"{what} More codes may be added.", examples=listed)


Url = Annotated[
    str,
    Meta(
        description="Address of this record in the API.",
        examples=["http://localhost:8000/v1/waves/meta-2023-03"],
        extra_json_schema={"format": "uri"},
    ),
]
PermanentUrl = Annotated[
    str,
    Meta(
        description="Address of this very answer: it holds `as_of`, so it says the same a year "
        "later. Cite this one.",
        examples=["http://localhost:8000/v1/waves?company=meta&as_of=1"],
        extra_json_schema={"format": "uri"},
    ),
]
LatestUrl = Annotated[
    str,
    Meta(
        description="Address of the same question to the newest revision. Ask this one again.",
        examples=["http://localhost:8000/v1/waves?company=meta"],
        extra_json_schema={"format": "uri"},
    ),
]
Revision = Annotated[
    int,
    Meta(ge=1, description="Revision of the ledger in which this record last changed."),
]
Precision = Annotated[vocabulary.Precision, Meta(description="How precise the date is.")]
Speaker = Annotated[vocabulary.Speaker, Meta(description="Who says it.")]
Rank = Annotated[
    vocabulary.Rank,
    Meta(
        description="preferred feeds the headline; deprecated is known to be wrong or superseded."
    ),
]
Note = Annotated[str, Meta(description="What a reader has to mind; null if nothing.")]
CitationNumbers = Annotated[
    list[Annotated[int, Meta(ge=1)]],
    Meta(description="Numbers `n` in the list `citations` of this document."),
]
Country = Annotated[
    str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2 code.", examples=["US"])
]
IndustryCode = Annotated[str, Meta(description="NAICS 2022 sector.", examples=["51"])]
Jobs = Annotated[int, Meta(ge=1, description="Jobs.", examples=[10000])]
Share = Annotated[
    float, Meta(gt=0, le=1, description="Fraction of the workforce.", examples=[0.13])
]
Figure = Annotated[
    int | float,
    Meta(description="Jobs, or a fraction of one where the measure is share.", examples=[10000]),
]
Qualifier = Annotated[
    vocabulary.Qualifier, Meta(description="How the source hedges the figure.", examples=["range"])
]
Address = Annotated[
    str,
    Meta(
        description="Web address.",
        examples=["https://about.fb.com/news/"],
        extra_json_schema={"format": "uri"},
    ),
]


class Public(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an answer; a field that is unknown is null and present."""


class CompanyReference(Public, frozen=True, kw_only=True):
    """The company that cuts."""

    id: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    name: Annotated[str, Meta(description="Name as people know it.", examples=["Meta Platforms"])]
    country: Annotated[Country, Meta(description="Country of its seat.")] | None
    industry: IndustryCode | None


class Scope(Public, frozen=True, kw_only=True):
    """Where the cuts fall."""

    worldwide: (
        Annotated[bool, Meta(description="In more than the listed countries; null if not said.")]
        | None
    )
    countries: Annotated[list[Country], Meta(description="Countries that are named.")]
    units: Annotated[list[str], Meta(description="Divisions, sites, brands.")]
    speaker: Speaker
    note: Note | None
    citations: CitationNumbers


class Headcount(Public, frozen=True, kw_only=True):
    """Jobs, from the preferred claim."""

    low: Annotated[Jobs, Meta(description="At least so many jobs; null is no bound.")] | None
    high: Annotated[Jobs, Meta(description="At most so many jobs; null is no bound.")] | None
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
        Annotated[bool, Meta(description="Earlier waves are included; null if not said.")] | None
    )
    citations: CitationNumbers


class ShareOfWorkforce(Public, frozen=True, kw_only=True):
    """Share of the workforce, from the preferred claim."""

    low: Annotated[Share, Meta(description="At least; null is no bound.")] | None
    high: Annotated[Share, Meta(description="At most; null is no bound.")] | None
    qualifier: Qualifier
    base: Annotated[str, Meta(description="What it is a share of; null is the company.")] | None
    citations: CitationNumbers


class Magnitude(Public, frozen=True, kw_only=True):
    """How large, as one speaker puts it."""

    measure: Annotated[
        vocabulary.Measure,
        Meta(description="headcount and workforce_before in jobs, share as a fraction of one."),
    ]
    low: Annotated[Figure, Meta(description="At least; null is no bound.")] | None
    high: Annotated[Figure, Meta(description="At most; null is no bound.")] | None
    qualifier: Qualifier
    counts: (
        Annotated[vocabulary.Counts, Meta(description="gross, net or affected; null if not said.")]
        | None
    )
    cumulative: (
        Annotated[bool, Meta(description="Earlier waves are included; null if not said.")] | None
    )
    contractors_included: (
        Annotated[bool, Meta(description="Not only employees; null if not said.")] | None
    )
    base: Annotated[str, Meta(description="What it is a share of; null is the company.")] | None
    rank: Rank
    speaker: Speaker
    stated_on: Annotated[datetime.date, Meta(description="When it was said.")] | None
    stated_precision: Precision | None
    note: Note | None
    citations: CitationNumbers


class DriverReference(Public, frozen=True, kw_only=True):
    """A driver of the taxonomy."""

    code: Annotated[str, Meta(description="Code of the driver.", examples=["over_hiring"])]
    label: Annotated[str, Meta(description="Name as people read it.", examples=["Over-hiring"])]
    group: Annotated[str, _open(vocabulary.DRIVER_GROUPS, "What the driver belongs to.")]


class DriverClaim(Public, frozen=True, kw_only=True):
    """Why, as one speaker puts it; with the stance `denies`, that it was not the reason."""

    driver: DriverReference
    weight: Annotated[
        vocabulary.Weight, Meta(description="How much weight the speaker gives to it.")
    ]
    speaker: Speaker
    stance: Annotated[
        vocabulary.Stance,
        Meta(description="states it as its own, reports it, or denies that it was the reason."),
    ]
    statement: Annotated[str, Meta(description="One sentence in the ledger's words.")]
    fragment: Annotated[str, Meta(description="Verbatim words of the source, at most 12.")] | None
    rank: Rank
    note: Note | None
    citations: CitationNumbers


class RoleReference(Public, frozen=True, kw_only=True):
    """A role of the taxonomy."""

    code: Annotated[str, Meta(description="Code of the role.", examples=["recruiting"])]
    label: Annotated[str, Meta(description="Name as people read it.", examples=["Recruiting"])]
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
    kind: Annotated[str, _open(vocabulary.STATUSES, "What the wave was from then on.")]
    statement: Annotated[str, Meta(description="One sentence in the ledger's words.")] | None
    speaker: Speaker
    rank: Rank
    note: Note | None
    citations: CitationNumbers


class Context(Public, frozen=True, kw_only=True):
    """What the cut is read against."""

    kind: Annotated[str, _open(vocabulary.CONTEXT_KINDS, "What it tells about.")]
    statement: Annotated[
        str, Meta(description="A few words of the ledger's.", examples=["High interest rates."])
    ]
    speaker: Speaker
    rank: Rank
    note: Note | None
    citations: CitationNumbers


class WaveRelation(Public, frozen=True, kw_only=True):
    """How the wave stands to another one."""

    relation: Annotated[
        vocabulary.Relation, Meta(description="Read: this wave `relation` the other.")
    ]
    wave: Annotated[str, Meta(description="Id of the other wave.", examples=["meta-2022-11"])]
    note: Annotated[str, Meta(description="Why; null if obvious.")] | None


class CitedSource(Public, frozen=True, kw_only=True):
    """A source as a citation shows it."""

    id: Annotated[str, Meta(description="Id of the source.", examples=["meta-newsroom-2023-03-14"])]
    title: Annotated[str, Meta(description="Title as published; null if unknown.")] | None
    publisher: Annotated[str, Meta(description="Whose page it is.", examples=["Reuters"])]
    kind: Annotated[str, _open(vocabulary.SOURCE_KINDS, "Kind of source.")]
    standing: Annotated[
        vocabulary.Standing,
        Meta(
            description="primary: the company, a filing, a notice; established: an outlet with an "
            "editorial desk; republication: a copy of another outlet's text; secondary: a blog or "
            "aggregator; machine_summary: written by a machine."
        ),
    ]
    url: Annotated[Address, Meta(description="Address; null where none is known.")] | None
    archived_url: Annotated[Address, Meta(description="A copy that stays.")] | None
    published_on: (
        Annotated[datetime.date, Meta(description="First day of the span of publication.")] | None
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
            "known to exist, its text not read; filing: the phrase stands in a filing."
        ),
    ]
    source: CitedSource


class Wave(Public, frozen=True, kw_only=True):
    """One coherent reduction by one company, with all its claims and their citations."""

    id: Annotated[
        str,
        Meta(
            description="Stable identifier, `<company>-<yyyy>-<mm>`; never reused.",
            examples=["meta-2023-03"],
        ),
    ]
    url: Url
    revision: Revision
    company: CompanyReference
    title: (
        Annotated[
            str,
            Meta(description="Name of its own, where it has one.", examples=["Year of Efficiency"]),
        ]
        | None
    )
    note: Note | None
    collection: Annotated[
        str, Meta(description="The collection that it belongs to.", examples=["curated"])
    ]
    canonical: Annotated[
        bool,
        Meta(
            description="Whether statistics count it: false for a part or copy of another wave, "
            "and for reports that an announcement superseded."
        ),
    ]
    status: Annotated[
        str,
        _open(
            vocabulary.STATUSES,
            "Kind of the latest event; a report counts only where nothing firmer is known.",
        ),
    ]
    announced_on: Annotated[
        datetime.date,
        Meta(
            description="First announcement, else the first event; the first day of the span "
            "where the date is not precise to the day.",
            examples=["2023-03-14"],
        ),
    ]
    announced_precision: Precision
    forms: Annotated[
        list[Annotated[str, _open(vocabulary.FORMS, "How posts go.")]],
        Meta(description="How the posts go."),
    ]
    form_citations: CitationNumbers
    scope: Scope | None
    headcount: Headcount | None
    share: ShareOfWorkforce | None
    magnitudes: Annotated[
        list[Magnitude],
        Meta(description="Every figure that somebody gives, also the conflicting ones."),
    ]
    drivers: Annotated[list[DriverClaim], Meta(description="Reasons, each with who gives it.")]
    roles: Annotated[
        list[RoleClaim], Meta(description="Whose jobs are cut, spared, or hired instead.")
    ]
    events: Annotated[list[Event], Meta(description="What happened, oldest first.")]
    context: Annotated[list[Context], Meta(description="What the cut is read against.")]
    relations: Annotated[list[WaveRelation], Meta(description="How it stands to other waves.")]
    citations: Annotated[
        list[Citation], Meta(description="The places that the claims cite by number.")
    ]
    expanded: (
        Annotated[
            WaveExpansion,
            Meta(description="What `expand` asks for; absent where nothing was asked for."),
        ]
        | UnsetType
    ) = UNSET


class WaveExpansion(Public, frozen=True, kw_only=True):
    """The records that `expand` asks for, whole; one that was not asked for is absent."""

    company: Annotated[Company, Meta(description="The company.")] | UnsetType = UNSET
    sources: (
        Annotated[list[Source], Meta(description="The sources, as they are first cited.")]
        | UnsetType
    ) = UNSET


class CompanyCountry(Public, frozen=True, kw_only=True):
    """The country of a company's seat."""

    code: Country
    name: Annotated[str, Meta(description="English short name.", examples=["United States"])]


class CompanyIndustry(Public, frozen=True, kw_only=True):
    """A sector of NAICS 2022."""

    code: IndustryCode
    label: Annotated[str, Meta(description="Name of the sector.", examples=["Information"])]


class ParentCompany(Public, frozen=True, kw_only=True):
    """The company that owns another one."""

    id: Annotated[str, Meta(description="Id of the company.", examples=["amazon"])]
    name: Annotated[str, Meta(description="Name as people know it.", examples=["Amazon"])]


class Identifier(Public, frozen=True, kw_only=True):
    """An identifier that joins a company to other data."""

    scheme: Annotated[
        str, _open(vocabulary.IDENTIFIER_SCHEMES, "cik: SEC; lei: ISO 17442; ticker: listing.")
    ]
    value: Annotated[str, Meta(description="A ticker is exchange:symbol.", examples=["0001326801"])]


class CompanyTotals(Public, frozen=True, kw_only=True):
    """A company's waves, counted and added up; unknown sizes are left out, never taken as 0."""

    waves: Annotated[int, Meta(ge=0, description="Waves of any kind.")]
    canonical_waves: Annotated[
        int, Meta(ge=0, description="Waves without parts, copies and superseded reports.")
    ]
    waves_with_headcount: Annotated[
        int, Meta(ge=0, description="Canonical waves whose headcount is known.")
    ]
    headcount_low: (
        Annotated[int, Meta(ge=0, description="Sum of their lower bounds; null if none is known.")]
        | None
    )
    headcount_high: (
        Annotated[
            int,
            Meta(ge=0, description="Sum of their upper bounds; null if one of them has no bound."),
        ]
        | None
    )
    first_announced_on: (
        Annotated[datetime.date, Meta(description="The earliest announcement.")] | None
    )
    last_announced_on: Annotated[datetime.date, Meta(description="The latest announcement.")] | None


class Company(Public, frozen=True, kw_only=True):
    """An employer, with its identifiers and the totals of its waves."""

    id: Annotated[str, Meta(description="Stable identifier; never reused.", examples=["meta"])]
    url: Url
    waves_url: Annotated[
        str,
        Meta(
            description="Address of its waves.",
            examples=["http://localhost:8000/v1/waves?company=meta"],
            extra_json_schema={"format": "uri"},
        ),
    ]
    revision: Revision
    name: Annotated[str, Meta(description="Name as people know it.", examples=["Meta Platforms"])]
    legal_name: Annotated[str, Meta(description="Name as registered.")] | None
    aliases: Annotated[list[str], Meta(description="Other names in use.")]
    former_names: Annotated[list[str], Meta(description="Names given up.")]
    country: CompanyCountry | None
    industry: CompanyIndustry | None
    parent: ParentCompany | None
    identifiers: Annotated[
        list[Identifier], Meta(description="Identifiers that join it to other data.")
    ]
    note: Note | None
    totals: CompanyTotals


class IndicatorValue(Public, frozen=True, kw_only=True):
    """One figure of a series."""

    period_start: (
        Annotated[datetime.date, Meta(description="First day; null for a count on one day.")] | None
    )
    period_end: Annotated[datetime.date, Meta(description="Last day, or the day of the count.")]
    precision: Precision
    low: Annotated[Figure, Meta(description="At least, in the series' unit.")] | None
    high: Annotated[Figure, Meta(description="At most, in the series' unit.")] | None
    qualifier: Qualifier
    rank: Rank
    stated_on: Annotated[datetime.date, Meta(description="When it was said.")] | None
    note: Note | None
    citations: CitationNumbers


class IndicatorSeries(Public, frozen=True, kw_only=True):
    """Figures of one metric under one definition; another definition is another series."""

    id: Annotated[str, Meta(description="Id of the series.", examples=["meta-employees"])]
    metric: Annotated[vocabulary.Metric, Meta(description="What is measured.")]
    kind: Annotated[
        vocabulary.IndicatorKind,
        Meta(description="outcome, or guidance for a period that was not over."),
    ]
    unit: Annotated[vocabulary.Unit, Meta(description="USD or people.")]
    definition: Annotated[str, Meta(description="What is counted.")]
    note: Note | None
    values: Annotated[list[IndicatorValue], Meta(description="By the end of their periods.")]


class DerivedRatio(Public, frozen=True, kw_only=True):
    """A year's capital expenditure by the people employed at its end; computed by the ledger."""

    period_start: Annotated[datetime.date, Meta(description="First day of the year.")]
    period_end: Annotated[datetime.date, Meta(description="Last day of the year.")]
    low: Annotated[int, Meta(description="At least, USD per person.")] | None
    high: Annotated[int, Meta(description="At most, USD per person.")] | None
    unit: Annotated[vocabulary.Unit, Meta(description="USD, per person employed.")]
    qualifier: Annotated[vocabulary.Qualifier, Meta(description="Always derived.")]
    capital_expenditure: Annotated[str, Meta(description="Id of the series that is divided.")]
    employees: Annotated[str, Meta(description="Id of the series by which it is divided.")]


class CompanyIndicators(Public, frozen=True, kw_only=True):
    """A company's figures over time, each cited, and what follows from them."""

    id: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    url: Url
    revision: Revision
    name: Annotated[str, Meta(description="Name as people know it.", examples=["Meta Platforms"])]
    series: Annotated[
        list[IndicatorSeries],
        Meta(description="Each under one definition; guidance apart from outcomes."),
    ]
    capital_expenditure_per_employee: Annotated[
        list[DerivedRatio], Meta(description="Derived; empty where either is unknown.")
    ]
    citations: Annotated[
        list[Citation], Meta(description="The places that the values cite by number.")
    ]


class SupportedClaim(Public, frozen=True, kw_only=True):
    """A claim that a source supports."""

    wave: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])] | None
    indicator: (
        Annotated[str, Meta(description="Id of the series, if it is a figure of one.")] | None
    )
    kind: Annotated[
        str,
        _open(
            ("event", "magnitude", "driver", "role", "context", "scope", "form", "indicator"),
            "Kind of claim.",
        ),
    ]
    about: (
        Annotated[
            str,
            Meta(
                description="Status, measure, driver, role or aspect; null for scope and form.",
                examples=["over_hiring"],
            ),
        ]
        | None
    )
    fragment: Annotated[str, Meta(description="Verbatim words, at most 12.")] | None
    evidence: Annotated[vocabulary.Evidence, Meta(description="Whether its text was read.")]


class Source(Public, frozen=True, kw_only=True):
    """A text that is cited, what it is worth, and which claims it supports."""

    id: Annotated[
        str,
        Meta(description="Stable identifier.", examples=["meta-newsroom-2023-03-14"]),
    ]
    record_url: Url
    revision: Revision
    url: Annotated[Address, Meta(description="Address of the text; null where unknown.")] | None
    archived_url: Annotated[Address, Meta(description="A copy that stays.")] | None
    title: Annotated[str, Meta(description="Title as published; null if unknown.")] | None
    publisher: Annotated[str, Meta(description="Whose page it is.", examples=["Reuters"])]
    author: Annotated[str, Meta(description="Byline.")] | None
    kind: Annotated[str, _open(vocabulary.SOURCE_KINDS, "Kind of source.")]
    standing: Annotated[vocabulary.Standing, Meta(description="What the source is worth.")]
    original_publisher: (
        Annotated[str, Meta(description="Whose text a republication copies.")] | None
    )
    language: Annotated[str, Meta(description="ISO 639 code.", examples=["en"])]
    published_on: (
        Annotated[datetime.date, Meta(description="First day of the span of publication.")] | None
    )
    published_precision: Precision | None
    retrieved_on: (
        Annotated[datetime.date, Meta(description="When its text was read; null if not recorded.")]
        | None
    )
    retrieved_precision: Precision | None
    note: Note | None
    supports: Annotated[list[SupportedClaim], Meta(description="The claims that cite it.")]


class Crosswalk(Public, frozen=True, kw_only=True):
    """What a code corresponds to in another scheme."""

    scheme: Annotated[
        str,
        _open(
            ("bls_mls", "challenger", "erm", "soc_2018", "isco_08"),
            "bls_mls: Mass Layoff Statistics; challenger: Challenger reports; erm: Eurofound; "
            "soc_2018, isco_08: occupations.",
        ),
    ]
    codes: Annotated[list[str], Meta(description="Codes or labels of that scheme.")]


class Driver(Public, frozen=True, kw_only=True):
    """A reason for a cut, as a code of the driver taxonomy."""

    code: Annotated[str, Meta(description="Stable code.", examples=["over_hiring"])]
    url: Url
    waves_url: Annotated[
        str,
        Meta(
            description="Address of the waves for which somebody gives this reason.",
            examples=["http://localhost:8000/v1/waves?driver=over_hiring"],
            extra_json_schema={"format": "uri"},
        ),
    ]
    revision: Revision
    label: Annotated[str, Meta(description="Name as people read it.", examples=["Over-hiring"])]
    group: Annotated[str, _open(vocabulary.DRIVER_GROUPS, "What the driver belongs to.")]
    definition: Annotated[str, Meta(description="What it covers, and what it does not.")]
    crosswalks: Annotated[list[Crosswalk], Meta(description="Codes of other schemes.")]
    waves: Annotated[
        int,
        Meta(
            ge=0,
            description="Waves for which somebody gives this reason; denials are not counted.",
        ),
    ]


class Role(Public, frozen=True, kw_only=True):
    """A category of staff, as a code of the role taxonomy."""

    code: Annotated[str, Meta(description="Stable code.", examples=["recruiting"])]
    url: Url
    waves_url: Annotated[
        str,
        Meta(
            description="Address of the waves in which such posts are cut.",
            examples=["http://localhost:8000/v1/waves?role=recruiting"],
            extra_json_schema={"format": "uri"},
        ),
    ]
    revision: Revision
    label: Annotated[str, Meta(description="Name as people read it.", examples=["Recruiting"])]
    axis: Annotated[
        vocabulary.Axis,
        Meta(description="function: what they do; level: where they stand; unit: which teams."),
    ]
    definition: Annotated[str, Meta(description="What it covers, and what it does not.")]
    synonyms: Annotated[list[str], Meta(description="Wordings of sources that mean it.")]
    crosswalks: Annotated[list[Crosswalk], Meta(description="Codes of other schemes.")]
    waves: Annotated[int, Meta(ge=0, description="Waves in which such posts are cut.")]


class Collection(Public, frozen=True, kw_only=True):
    """Where records come from, and on what terms."""

    id: Annotated[str, Meta(description="Stable identifier.", examples=["curated"])]
    url: Url
    waves_url: Annotated[
        str,
        Meta(description="Address of its waves.", extra_json_schema={"format": "uri"}),
    ]
    revision: Revision
    name: Annotated[str, Meta(description="Name as people read it.")]
    description: Annotated[str, Meta(description="What it holds.")]
    license: Annotated[str, Meta(description="SPDX identifier.", examples=["CC-BY-4.0"])]
    origin: Annotated[str, Meta(description="Where it was taken from.")]
    retrieved_on: (
        Annotated[
            datetime.date,
            Meta(description="When it was taken from there; null for what is curated here."),
        ]
        | None
    )
    retrieved_precision: Precision | None
    waves: Annotated[int, Meta(ge=0, description="Its waves.")]


class Links(Public, frozen=True, kw_only=True):
    """Where an answer is, now and for good."""

    self: PermanentUrl
    latest: LatestUrl


class AnswerMeta(Public, frozen=True, kw_only=True):
    """Which revision answered, and on what terms."""

    revision: Annotated[int, Meta(ge=1, description="Revision of the ledger that answered.")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When that revision was published, UTC.")
    ]
    license: Annotated[str, Meta(description="SPDX identifier.", examples=["CC-BY-4.0"])]


class ListLinks(Public, frozen=True, kw_only=True):
    """Where a page is, now and for good, and where the next one is."""

    self: PermanentUrl
    latest: LatestUrl
    next: (
        Annotated[
            str, Meta(description="Address of the next page.", extra_json_schema={"format": "uri"})
        ]
        | None
    )


class ListMeta(Public, frozen=True, kw_only=True):
    """What a page is a part of."""

    count: (
        Annotated[
            int,
            Meta(ge=0, description="Records on all pages, exact; null with `count=none`."),
        ]
        | None
    )
    limit: Annotated[int, Meta(ge=1, le=200, description="Most records on a page.")]
    next_cursor: (
        Annotated[str, Meta(description="The cursor of the next page, as in `links.next`.")] | None
    )
    revision: Annotated[int, Meta(ge=1, description="Revision of the ledger that answered.")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When that revision was published, UTC.")
    ]
    license: Annotated[
        str, Meta(description="SPDX identifier of the data's licence.", examples=["CC-BY-4.0"])
    ]


class SelectionList(Public, frozen=True, kw_only=True):
    """A page of records that have only the fields of `select`."""

    data: Annotated[
        list[dict[str, Any]], Meta(description="The records, with the selected fields.")
    ]
    links: ListLinks
    meta: ListMeta


class WaveList(Public, frozen=True, kw_only=True):
    """A page of waves."""

    data: Annotated[list[Wave], Meta(description="The waves of this page.")]
    links: ListLinks
    meta: ListMeta


class CompanyList(Public, frozen=True, kw_only=True):
    """A page of companies."""

    data: Annotated[list[Company], Meta(description="The companies of this page.")]
    links: ListLinks
    meta: ListMeta


class SourceList(Public, frozen=True, kw_only=True):
    """A page of sources."""

    data: Annotated[list[Source], Meta(description="The sources of this page.")]
    links: ListLinks
    meta: ListMeta


class DriverList(Public, frozen=True, kw_only=True):
    """A page of drivers."""

    data: Annotated[list[Driver], Meta(description="The drivers of this page.")]
    links: ListLinks
    meta: ListMeta


class RoleList(Public, frozen=True, kw_only=True):
    """A page of roles."""

    data: Annotated[list[Role], Meta(description="The roles of this page.")]
    links: ListLinks
    meta: ListMeta


class CollectionList(Public, frozen=True, kw_only=True):
    """A page of collections."""

    data: Annotated[list[Collection], Meta(description="The collections of this page.")]
    links: ListLinks
    meta: ListMeta


class PublishedRevision(Public, frozen=True, kw_only=True):
    """A publication of the ledger, and what it changed."""

    number: Annotated[int, Meta(ge=1, description="Number of the revision.", examples=[1])]
    url: Url
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When it became visible, UTC.")
    ]
    note: Annotated[str, Meta(description="What the publisher says about it.")] | None
    added: Annotated[int, Meta(ge=0, description="Records that are new.")]
    changed: Annotated[int, Meta(ge=0, description="Records that say something else.")]
    withdrawn: Annotated[int, Meta(ge=0, description="Records that are no longer given.")]
    counts: Annotated[dict[str, int], Meta(description="Records of each kind as of this revision.")]
    digest: Annotated[
        str,
        Meta(
            description="SHA-256, as hexadecimal digits, over the digest of the revision before "
            "(32 bytes; none before the first) and a line `change resource id digest` for each of "
            "its changes, in order, with `-` for no digest. Equal digests mean equal histories.",
            pattern="^[0-9a-f]{64}$",
        ),
    ]
    changes_url: Annotated[
        str,
        Meta(
            description="Address of what it changed.",
            extra_json_schema={"format": "uri"},
        ),
    ]


class RevisionList(Public, frozen=True, kw_only=True):
    """A page of revisions."""

    data: Annotated[list[PublishedRevision], Meta(description="The revisions of this page.")]
    links: ListLinks
    meta: ListMeta


class LedgerChange(Public, frozen=True, kw_only=True):
    """A record that a revision added, changed or withdrew."""

    revision: Annotated[int, Meta(ge=1, description="The revision.", examples=[1])]
    position: Annotated[int, Meta(ge=1, description="Place within the revision, without gaps.")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When the revision became visible, UTC.")
    ]
    change: Annotated[vocabulary.Change, Meta(description="What became of the record.")]
    resource: Annotated[str, Meta(description="Kind of record.", examples=["wave"])]
    id: Annotated[str, Meta(description="Id of the record.", examples=["meta-2023-03"])]
    url: Annotated[
        str,
        Meta(description="Address of the record.", extra_json_schema={"format": "uri"}),
    ]
    digest: (
        Annotated[
            str,
            Meta(
                description="SHA-256 of the bytes of `document` after its `revision` and the comma "
                "that follows, as hexadecimal digits; null where there is none.",
                pattern="^[0-9a-f]{64}$",
            ),
        ]
        | None
    )
    reason: Annotated[str, Meta(description="Why it was withdrawn.")] | None
    merged_into: (
        Annotated[str, Meta(description="Id of the record that stands for it, if one does.")] | None
    )
    document: (
        Annotated[
            dict[str, Any],
            Meta(description="The whole record as of this revision; null where it was withdrawn."),
        ]
        | None
    )


class LedgerChangeList(Public, frozen=True, kw_only=True):
    """A page of changes, in the order in which they were made."""

    data: Annotated[list[LedgerChange], Meta(description="The changes of this page.")]
    links: ListLinks
    meta: ListMeta


class FieldChange(Public, frozen=True, kw_only=True):
    """A field that says something else than before."""

    field: Annotated[
        str, Meta(description="Path of the field in the record.", examples=["headcount.low"])
    ]
    old: Annotated[Any, Meta(description="What it said before; null if nothing.")]
    new: Annotated[Any, Meta(description="What it says now; null if nothing.")]


class HistoryEntry(Public, frozen=True, kw_only=True):
    """A revision in which a wave was added, changed or withdrawn."""

    revision: Annotated[int, Meta(ge=1, description="The revision.", examples=[1])]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When the revision became visible, UTC.")
    ]
    note: Annotated[str, Meta(description="What the publisher says about the revision.")] | None
    change: Annotated[vocabulary.Change, Meta(description="What became of the wave.")]
    fields: Annotated[
        list[FieldChange],
        Meta(description="The fields that differ from the version before; empty for a new wave."),
    ]
    url: (
        Annotated[
            str,
            Meta(
                description="Address of the wave as of this revision; null where it was withdrawn.",
                extra_json_schema={"format": "uri"},
            ),
        ]
        | None
    )
    reason: Annotated[str, Meta(description="Why it was withdrawn.")] | None
    merged_into: (
        Annotated[str, Meta(description="Id of the wave that stands for it, if one does.")] | None
    )


class History(Public, frozen=True, kw_only=True):
    """Every revision that changed a wave, the first one first."""

    id: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])]
    data: Annotated[list[HistoryEntry], Meta(description="The changes, the first one first.")]
    links: Links
    meta: AnswerMeta


class ComparedWave(Public, frozen=True, kw_only=True):
    """A column of a comparison."""

    id: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])]
    url: Url
    company: CompanyReference
    title: Annotated[str, Meta(description="Name of its own; null if it has none.")] | None
    announced_on: Annotated[datetime.date, Meta(description="First announcement.")]
    announced_precision: Precision


class ComparisonEntry(Public, frozen=True, kw_only=True):
    """One claim in a cell."""

    text: Annotated[
        str, Meta(description="The claim in a few words.", examples=["approximately 13%–15%"])
    ]
    code: (
        Annotated[
            str, Meta(description="Driver, role, measure or status; null where there is none.")
        ]
        | None
    )
    statement: Annotated[str, Meta(description="The claim's own sentence, if it has one.")] | None
    speaker: Speaker
    rank: Rank
    citations: CitationNumbers


class ComparisonCell(Public, frozen=True, kw_only=True):
    """What is said of one aspect of one wave; no entries where nobody says anything."""

    wave: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])]
    entries: Annotated[list[ComparisonEntry], Meta(description="Claims, preferred ones first.")]


class ComparisonRow(Public, frozen=True, kw_only=True):
    """One aspect of all compared waves."""

    aspect: Annotated[
        str,
        _open(
            (
                "events",
                "primary_driver",
                "contributing_driver",
                "background",
                "denied_driver",
                "target_areas",
                "magnitude",
                "strategic_focus",
                "market_context",
                "outlook",
                "spared",
                "still_hiring",
            ),
            "What is compared.",
        ),
    ]
    label: Annotated[str, Meta(description="The aspect as people read it.")]
    cells: Annotated[list[ComparisonCell], Meta(description="One per wave, in the same order.")]


class Comparison(Public, frozen=True, kw_only=True):
    """Waves side by side: a row for each aspect, a cell for each wave."""

    url: Url
    waves: Annotated[list[ComparedWave], Meta(description="The columns, as asked for.")]
    rows: Annotated[list[ComparisonRow], Meta(description="The aspects that at least one has.")]
    citations: Annotated[
        list[Citation], Meta(description="The places that the cells cite by number.")
    ]
    meta: AnswerMeta


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
        Annotated[int, Meta(ge=0, description="Sum of their lower bounds; null if none is known.")]
        | None
    )
    headcount_high: (
        Annotated[
            int,
            Meta(ge=0, description="Sum of their upper bounds; null if one has no bound."),
        ]
        | None
    )


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


class SearchHit(Public, frozen=True, kw_only=True):
    """A record that has the words that were asked for."""

    kind: Annotated[
        str,
        _open(("wave", "company", "source", "driver", "role"), "Kind of record."),
    ]
    id: Annotated[str, Meta(description="Id or code of the record.", examples=["meta-2023-03"])]
    url: Url
    label: Annotated[
        str,
        Meta(
            description="What the record is called, as plain text.",
            examples=["Meta Platforms: Year of Efficiency"],
        ),
    ]
    snippet: Annotated[
        str,
        Meta(
            description="Where the words stand, as HTML: they are in `<mark>` elements, everything "
            "else is escaped.",
            examples=["cuts in <mark>recruiting</mark> &amp; HR"],
        ),
    ]
    score: Annotated[
        float,
        Meta(
            ge=0,
            description="The higher, the better, within one answer; from 1 where the record is "
            "called exactly so, from 2 if it is a company.",
            examples=[0.42],
        ),
    ]


class SearchMeta(Public, frozen=True, kw_only=True):
    """What was searched."""

    count: Annotated[int, Meta(ge=0, description="Hits, also those beyond `limit`.")]
    limit: Annotated[int, Meta(ge=1, le=50, description="Most hits of an answer.")]
    corrected: (
        Annotated[
            str,
            Meta(
                description="The words that were searched for, where a mistyped one was put right.",
                examples=["microsoft recruiting"],
            ),
        ]
        | None
    )
    revision: Annotated[int, Meta(ge=1, description="Revision of the ledger that answered.")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When that revision was published, UTC.")
    ]
    license: Annotated[str, Meta(description="SPDX identifier.", examples=["CC-BY-4.0"])]


class SearchResults(Public, frozen=True, kw_only=True):
    """The best hits over waves, companies, sources, drivers and roles."""

    url: Url
    data: Annotated[list[SearchHit], Meta(description="The hits, the best one first.")]
    meta: SearchMeta


class SuggestedCompany(Public, frozen=True, kw_only=True):
    """A company that may be meant."""

    id: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    url: Url
    name: Annotated[str, Meta(description="Name as people know it.", examples=["Meta Platforms"])]
    hint: (
        Annotated[
            str,
            Meta(
                description="By what it was found, where that is not its name; else its country "
                "and sector.",
                examples=["formerly Facebook"],
            ),
        ]
        | None
    )
    identifiers: Annotated[
        list[Identifier], Meta(description="Identifiers that join it to other data.")
    ]


class SuggestionMeta(Public, frozen=True, kw_only=True):
    """What was looked through."""

    revision: Annotated[int, Meta(ge=1, description="Revision of the ledger that answered.")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When that revision was published, UTC.")
    ]
    license: Annotated[str, Meta(description="SPDX identifier.", examples=["CC-BY-4.0"])]


class Suggestions(Public, frozen=True, kw_only=True):
    """Companies that may be meant by what is typed so far."""

    url: Url
    data: Annotated[
        list[SuggestedCompany], Meta(description="At most ten, the likeliest one first.")
    ]
    meta: SuggestionMeta


class CoveredYear(Public, frozen=True, kw_only=True):
    """How many waves of a year a collection has."""

    year: Annotated[int, Meta(description="Year of the announcement.", examples=[2023])]
    collection: Annotated[str, Meta(description="Id of the collection.", examples=["curated"])]
    waves: Annotated[int, Meta(ge=0, description="Waves.")]
    waves_with_headcount: Annotated[int, Meta(ge=0, description="Those whose size is known.")]


class Part(Public, frozen=True, kw_only=True):
    """A part of a whole."""

    name: Annotated[str, Meta(description="What the part has.", examples=["headcount"])]
    count: Annotated[int, Meta(ge=0, description="How many have it.")]
    of: Annotated[int, Meta(ge=0, description="How many there are.")]
    share: Annotated[float, Meta(ge=0, le=1, description="The fraction; 0 of nothing is 0.")]


class CoveredCollection(Public, frozen=True, kw_only=True):
    """A collection, on what terms, and how much of it is here."""

    id: Annotated[str, Meta(description="Id of the collection.", examples=["curated"])]
    name: Annotated[str, Meta(description="Name as people read it.")]
    description: Annotated[str, Meta(description="What it holds.")]
    license: Annotated[str, Meta(description="SPDX identifier.", examples=["CC-BY-4.0"])]
    origin: Annotated[str, Meta(description="Where it was taken from.")]
    waves: Annotated[int, Meta(ge=0, description="Its waves.")]


class Coverage(Public, frozen=True, kw_only=True):
    """How complete and how fresh the ledger is, so that absence is never read as zero."""

    url: Url
    method_url: Annotated[
        str,
        Meta(
            description="What is included, and how it is curated.",
            extra_json_schema={"format": "uri"},
        ),
    ]
    revision: Annotated[int, Meta(ge=1, description="Revision of the ledger that answered.")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When that revision was published, UTC.")
    ]
    waves: Annotated[int, Meta(ge=0, description="Waves.")]
    canonical_waves: Annotated[
        int, Meta(ge=0, description="Waves without parts, copies and superseded reports.")
    ]
    companies: Annotated[int, Meta(ge=0, description="Companies that have a wave.")]
    claims: Annotated[int, Meta(ge=0, description="Claims; every one has at least one citation.")]
    sources: Annotated[int, Meta(ge=0, description="Cited sources.")]
    countries: Annotated[int, Meta(ge=0, description="Countries that scopes name.")]
    first_announced_on: (
        Annotated[datetime.date, Meta(description="The earliest announcement.")] | None
    )
    last_announced_on: Annotated[datetime.date, Meta(description="The latest announcement.")] | None
    newest_event_on: Annotated[datetime.date, Meta(description="The latest event.")] | None
    years: Annotated[list[CoveredYear], Meta(description="Waves per year and collection.")]
    waves_with: Annotated[list[Part], Meta(description="Which waves have what, of all waves.")]
    evidence: Annotated[list[Part], Meta(description="Citations of waves by evidence grade.")]
    standings: Annotated[list[Part], Meta(description="Sources by what they are worth.")]
    archived_sources: Annotated[Part, Meta(description="Sources with a copy that stays.")]
    collections: Annotated[list[CoveredCollection], Meta(description="Where records come from.")]


class DictionaryField(Public, frozen=True, kw_only=True):
    """A field of a resource, what it means, and how often it is unknown."""

    resource: Annotated[str, Meta(description="Name of the resource.", examples=["Wave"])]
    field: Annotated[
        str,
        Meta(
            description="Path of the field; `[]` stands for each item of a list.",
            examples=["headcount.low"],
        ),
    ]
    type: Annotated[str, Meta(description="JSON type.", examples=["integer or null"])]
    meaning: Annotated[str, Meta(description="What it says, with its unit.")]
    values: Annotated[
        list[str], Meta(description="The codes of a vocabulary as of today; else empty.")
    ]
    occurrences: Annotated[
        int, Meta(ge=0, description="How often it occurs in the records that were looked at.")
    ]
    null_share: Annotated[float, Meta(ge=0, le=1, description="Fraction of these that is null.")]
    example: (
        Annotated[str, Meta(description="A value that occurs, as JSON; null if there is none.")]
        | None
    )


class Dictionary(Public, frozen=True, kw_only=True):
    """Every field of every resource."""

    url: Url
    revision: Annotated[int, Meta(ge=1, description="Revision of the ledger that answered.")]
    looked_at: Annotated[
        int, Meta(ge=1, description="Most records per resource that rates are taken from.")
    ]
    fields: Annotated[list[DictionaryField], Meta(description="In the order of the answers.")]


class ExportFile(Public, frozen=True, kw_only=True):
    """A file of a bulk export; it never changes."""

    name: Annotated[str, Meta(description="Name of the file.", examples=["waves.parquet"])]
    url: Annotated[
        str,
        Meta(
            description="Address of the file.",
            examples=["http://localhost:8000/v1/exports/1/waves.parquet"],
            extra_json_schema={"format": "uri"},
        ),
    ]
    table: (
        Annotated[
            str, Meta(description="The table that it has; null for what describes the tables.")
        ]
        | None
    )
    format: Annotated[
        str, _open(("csv", "ndjson", "parquet", "json", "cff", "md", "text"), "Format of the file.")
    ]
    media_type: Annotated[str, Meta(description="Media type.", examples=["text/csv"])]
    bytes: Annotated[int, Meta(ge=0, description="Size in bytes.")]
    sha256: Annotated[str, Meta(description="SHA-256 of its bytes, as hexadecimal digits.")]
    rows: Annotated[int, Meta(ge=0, description="Rows of the table; null if there is none.")] | None


class Export(Public, frozen=True, kw_only=True):
    """A whole revision as files."""

    url: Url
    revision: Annotated[int, Meta(ge=1, description="The revision that the files say.")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When that revision was published, UTC.")
    ]
    license: Annotated[
        str, Meta(description="SPDX identifier of the data's licence.", examples=["CC-BY-4.0"])
    ]
    files: Annotated[list[ExportFile], Meta(description="Tables first, then what describes them.")]


class ExportedRevision(Public, frozen=True, kw_only=True):
    """A revision that can be had as files."""

    revision: Annotated[int, Meta(ge=1, description="Number of the revision.")]
    url: Annotated[
        str,
        Meta(
            description="Address of the export, which lists the files.",
            examples=["http://localhost:8000/v1/exports/1"],
            extra_json_schema={"format": "uri"},
        ),
    ]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When it was published, UTC.")
    ]


class Exports(Public, frozen=True, kw_only=True):
    """The bulk exports that can be had."""

    url: Url
    newest: Annotated[Export, Meta(description="The newest revision, with its files.")]
    revisions: Annotated[
        list[ExportedRevision], Meta(description="Every revision, the newest first.")
    ]


class Health(Public, frozen=True, kw_only=True):
    """Whether the service works."""

    status: Annotated[Literal["ok"], Meta(description="Always ok: a failure is a problem.")]
    revision: Annotated[int, Meta(ge=1, description="Revision that is served.")] | None


class ProblemError(Public, frozen=True, kw_only=True):
    """One mistake in a request."""

    parameter: Annotated[str, Meta(description="Name of the parameter.", examples=["driver"])]
    detail: Annotated[
        str, Meta(description="What is wrong with it.", examples=["no driver 'over_hirng'"])
    ]
    suggestion: (
        Annotated[str, Meta(description="What to do.", examples=["did you mean 'over_hiring'?"])]
        | None
    )


class Tombstone(Public, frozen=True, kw_only=True):
    """What became of a record that is no longer given."""

    resource: Annotated[str, Meta(description="Kind of record.", examples=["wave"])]
    id: Annotated[str, Meta(description="Id that it had.", examples=["acme-2023-01"])]
    revision: Annotated[int, Meta(ge=1, description="Revision that withdrew it.")]
    retired_on: Annotated[datetime.date, Meta(description="When the curators withdrew it.")]
    reason: Annotated[str, Meta(description="Why, in one sentence.")]
    history_url: (
        Annotated[
            str,
            Meta(
                description="Address of all that it said, for a wave.",
                extra_json_schema={"format": "uri"},
            ),
        ]
        | None
    )


class Problem(Public, frozen=True, kw_only=True):
    """What went wrong (RFC 9457)."""

    type: Annotated[
        str,
        Meta(
            description="Address of the documentation of this kind of problem.",
            examples=["http://localhost:8000/problems/invalid_parameters"],
            extra_json_schema={"format": "uri"},
        ),
    ]
    title: Annotated[str, Meta(description="The same for every problem of this type.")]
    status: Annotated[int, Meta(ge=400, le=599, description="The HTTP status.", examples=[400])]
    detail: Annotated[str, Meta(description="What went wrong this time, and what to do.")]
    instance: Annotated[
        str,
        Meta(description="Path and query that were asked for.", examples=["/v1/waves?driver=x"]),
    ]
    code: Annotated[
        str,
        Meta(description="Stable name of this type.", examples=["invalid_parameters"]),
    ]
    request_id: Annotated[str, Meta(description="Also in the header X-Request-Id.")]
    errors: Annotated[
        list[ProblemError], Meta(description="The mistakes of a bad request; else empty.")
    ]
    tombstone: Tombstone | None


StructT = TypeVar("StructT", bound=Struct)


@functools.cache
def stored(struct: type[StructT]) -> type[StructT]:
    """Give the struct of a document as it is stored: the public one without what serving adds."""
    fields = [
        (field.name, field.type)
        for field in msgspec.structs.fields(struct)
        if field.name not in served_only(struct)
    ]
    return msgspec.defstruct(  # type: ignore[return-value]
        f"Stored{struct.__name__}", fields, frozen=True, kw_only=True, forbid_unknown_fields=True
    )


def served_only(struct: type[Struct]) -> tuple[str, ...]:
    """Name the keys of a struct that serving adds; a source's `url` is its own."""
    return tuple(
        field.name
        for field in msgspec.structs.fields(struct)
        if field.name in SERVED_ONLY and not (struct is Source and field.name == "url")
    )
