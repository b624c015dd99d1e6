"""What a curator may write: one struct for each kind of record in `data/`.

Only curation uses these structs. The API's public structs are in `resources/`, and the two differ
on purpose: a person writes a file, a program reads an answer. A wave's id is the name of its file;
every other record's id is the key of its table.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from typing import Annotated

from msgspec import Meta, Struct, field

from layoff_ledger import vocabulary

Text = Annotated[str, Meta(min_length=1)]
ADDRESS = r"https?://[^\s/?#\[\]@]+([/?#]\S*)?"
"""How the address of a page is written: with a valid host, and without a user."""


class PartialDate(Struct, frozen=True, order=True):
    """A date as precise as its source: `on` is the first day of the span."""

    on: datetime.date
    precision: vocabulary.Precision


_FORMS_OF_A_DATE: tuple[tuple[re.Pattern[str], vocabulary.Precision], ...] = (
    (re.compile(r"(\d{4})-(\d\d)-(\d\d)"), "day"),
    (re.compile(r"(\d{4})-(\d\d)"), "month"),
    (re.compile(r"(\d{4})-Q([1-4])"), "quarter"),
    (re.compile(r"(\d{4})"), "year"),
)


def partial_date(written: object) -> PartialDate:
    """Read `2023-03-14`, `2023-03`, `2023-Q1` or `2023`; raise `ValueError` for anything else."""
    if isinstance(written, datetime.date) and not isinstance(written, datetime.datetime):
        return PartialDate(written, "day")
    if isinstance(written, str):
        for pattern, precision in _FORMS_OF_A_DATE:
            if found := pattern.fullmatch(written):
                year, *rest = (int(part) for part in found.groups())
                month = (rest[0] * 3 - 2) if precision == "quarter" else (rest or [1])[0]
                day = rest[1] if precision == "day" else 1
                # For month 13 or 30 February, Python's own message says no more than that.
                with contextlib.suppress(ValueError):
                    return PartialDate(datetime.date(year, month, day), precision)
                message = (
                    f"{written!r} does not exist in the calendar: correct the year, month or day"
                )
                raise ValueError(message)
    message = f'{written!r} is not a date: write "2023-03-14", "2023-03", "2023-Q1" or "2023"'
    raise ValueError(message)


class Record(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a curated file; unknown keys are refused."""


class Exemption(Record, frozen=True, kw_only=True):
    """A deliberate violation of one rule, with its reason."""

    rule: Annotated[Text, Meta(description="Name of the rule.")]
    claim: (
        Annotated[Text, Meta(description="Path of the only claim it covers: `magnitudes[2]`.")]
        | None
    ) = None
    reason: Annotated[Text, Meta(description="Why it does not hold here.")]


class Citation(Record, frozen=True, kw_only=True):
    """Where a claim is found, and whether that text was read."""

    source: Annotated[Text, Meta(description="Id of a source in `data/sources/`.")]
    locator: Annotated[Text, Meta(description="Page, paragraph, section or item.")] | None = None
    fragment: (
        Annotated[Text, Meta(description="Verbatim words of the source, at most 12.")] | None
    ) = None
    evidence: Annotated[vocabulary.Evidence, Meta(description="Whether the text was read.")]


class Claim(Record, frozen=True, kw_only=True):
    """What one speaker says; the common part of every kind of claim."""

    speaker: Annotated[vocabulary.Speaker, Meta(description="Who says it.")]
    rank: Annotated[vocabulary.Rank, Meta(description="Preferred, normal or deprecated.")] = (
        "normal"
    )
    note: (
        Annotated[Text, Meta(description="What a reader has to know to use it correctly.")] | None
    ) = None
    citations: Annotated[list[Citation], Meta(description="At least one.")] = field(
        default_factory=list
    )


class Magnitude(Claim, frozen=True, kw_only=True):
    """How large the cut is, according to one speaker: `value`, or `low` and `high`."""

    measure: Annotated[vocabulary.Measure, Meta(description="What is measured.")]
    value: (
        Annotated[float, Meta(gt=0, description="One figure: jobs, or a share of one.")] | None
    ) = None
    low: Annotated[float, Meta(gt=0, description="At least this.")] | None = None
    high: Annotated[float, Meta(gt=0, description="At most this.")] | None = None
    qualifier: Annotated[vocabulary.Qualifier, Meta(description="As the source hedges it.")]
    counts: Annotated[vocabulary.Counts, Meta(description="Gross, net or affected.")] | None = None
    cumulative: Annotated[bool, Meta(description="Whether earlier cuts are included.")] | None = (
        None
    )
    includes: Annotated[
        list[Text], Meta(description="Ids of the waves whose jobs a cumulative figure contains.")
    ] = field(default_factory=list)
    increment: (
        Annotated[
            int, Meta(ge=1, description="The jobs of it that this wave adds, where a source says.")
        ]
        | None
    ) = None
    contractors_included: (
        Annotated[bool, Meta(description="Whether it covers more than employees.")] | None
    ) = None
    base: (
        Annotated[
            Text,
            Meta(
                description="What the figure is of, where it is not the whole company: a division, "
                "a site, a country, contractors."
            ),
        ]
        | None
    ) = None
    countries: Annotated[
        list[str],
        Meta(description="ISO 3166-1 alpha-2 codes, where the figure is of these countries only."),
    ] = field(default_factory=list)
    subdivisions: Annotated[
        list[str],
        Meta(description="ISO 3166-2 codes, where the figure is of these subdivisions only."),
    ] = field(default_factory=list)
    stated_on: Annotated[PartialDate, Meta(description="When it was said.")] | None = None


class DriverClaim(Claim, frozen=True, kw_only=True):
    """Why, according to one speaker; `denies` means that it was *not* the reason."""

    driver: Annotated[Text, Meta(description="Code of a driver in `data/drivers.toml`.")]
    weight: Annotated[vocabulary.Weight, Meta(description="Primary, contributing or context.")]
    stance: Annotated[vocabulary.Stance, Meta(description="States, reports or denies.")]
    statement: Annotated[Text, Meta(description="One sentence in our own words.")]


class RoleClaim(Claim, frozen=True, kw_only=True):
    """Whose jobs: cut, spared, or hired instead."""

    role: Annotated[Text, Meta(description="Code of a role in `data/roles.toml`.")]
    effect: Annotated[vocabulary.Effect, Meta(description="Cut, spared or hired.")] = "cut"
    headcount: Annotated[int, Meta(ge=1, description="Jobs, where stated.")] | None = None
    wording: Annotated[Text, Meta(description="How the source names them.")] | None = None


class Event(Claim, frozen=True, kw_only=True):
    """What happened to the wave, and when."""

    on: Annotated[PartialDate, Meta(description="As precise as the source.")]
    kind: Annotated[Text, Meta(description="A status, such as `announced`.")]
    statement: Annotated[Text, Meta(description="One sentence in our own words.")] | None = None


class Context(Claim, frozen=True, kw_only=True):
    """The background of the cut: the market, the strategy, the outlook."""

    kind: Annotated[Text, Meta(description="market, strategy, outlook or company.")]
    statement: Annotated[Text, Meta(description="A few words of our own.")]


class Scope(Claim, frozen=True, kw_only=True):
    """Where the cuts are made."""

    worldwide: (
        Annotated[
            bool, Meta(description="Whether there are cuts in more countries than those listed.")
        ]
        | None
    ) = None
    countries: Annotated[list[str], Meta(description="ISO 3166-1 alpha-2 codes.")] = field(
        default_factory=list
    )
    subdivisions: Annotated[list[str], Meta(description="ISO 3166-2 codes, such as US-CA.")] = (
        field(default_factory=list)
    )
    sites: Annotated[list[str], Meta(description="Towns and plants that a source names.")] = field(
        default_factory=list
    )
    units: Annotated[list[str], Meta(description="Divisions, brands, teams.")] = field(
        default_factory=list
    )


class Forms(Claim, frozen=True, kw_only=True):
    """How the jobs are cut."""

    codes: Annotated[list[str], Meta(description="Such as `layoff` or `closure`.")]


class RelationTo(Record, frozen=True, kw_only=True):
    """How this wave is related to another; an editorial link, so citations are optional."""

    relation: Annotated[vocabulary.Relation, Meta(description="How it is related to the other.")]
    wave: Annotated[Text, Meta(description="Id of the other wave.")]
    note: Annotated[Text, Meta(description="Why.")] | None = None


class Wave(Record, frozen=True, kw_only=True):
    """One coherent reduction by one company, as a list of cited claims.

    Its date and status are not written a second time: they follow from its events, and its
    headcount and share from the preferred magnitudes.
    """

    id: str = ""
    company: Annotated[Text, Meta(description="Id of a company in `data/companies.toml`.")]
    title: Annotated[Text, Meta(description="Only if it has a name of its own.")] | None = None
    note: Annotated[Text, Meta(description="What a reader has to know.")] | None = None
    forms: Annotated[Forms, Meta(description="How the jobs are cut.")] | None = None
    scope: Annotated[Scope, Meta(description="Where the cuts fall.")] | None = None
    events: Annotated[list[Event], Meta(description="Dated and cited.")] = field(
        default_factory=list
    )
    magnitudes: Annotated[list[Magnitude], Meta(description="How large.")] = field(
        default_factory=list
    )
    drivers: Annotated[list[DriverClaim], Meta(description="Why.")] = field(default_factory=list)
    roles: Annotated[list[RoleClaim], Meta(description="Whose jobs.")] = field(default_factory=list)
    context: Annotated[list[Context], Meta(description="Read against.")] = field(
        default_factory=list
    )
    relations: Annotated[list[RelationTo], Meta(description="To other waves.")] = field(
        default_factory=list
    )
    exemptions: Annotated[list[Exemption], Meta(description="Deliberate violations.")] = field(
        default_factory=list
    )


class Source(Record, frozen=True, kw_only=True):
    """A text that can be cited, and how much it is worth."""

    id: str = ""
    url: (
        Annotated[
            str,
            Meta(pattern=f"^{ADDRESS}$", description="Left out only where none is known."),
        ]
        | None
    ) = None
    archived_url: (
        Annotated[str, Meta(pattern=f"^{ADDRESS}$", description="Address of a permanent copy.")]
        | None
    ) = None
    title: Annotated[Text, Meta(description="As published.")] | None = None
    publisher: Annotated[Text, Meta(description="Who publishes it.")]
    author: Annotated[Text, Meta(description="The byline.")] | None = None
    kind: Annotated[Text, Meta(description="filing, company_statement, news …")]
    standing: Annotated[vocabulary.Standing, Meta(description="What it is worth.")]
    original_publisher: (
        Annotated[Text, Meta(description="Whose text a republication copies.")] | None
    ) = None
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$", description="ISO 639.")] = "en"
    published_on: Annotated[PartialDate, Meta(description="As precise as known.")] | None = None
    retrieved_on: Annotated[PartialDate, Meta(description="When its text was read.")] | None = None
    note: Annotated[Text, Meta(description="A caution.")] | None = None
    exemptions: Annotated[list[Exemption], Meta(description="Deliberate violations.")] = field(
        default_factory=list
    )


class Company(Record, frozen=True, kw_only=True):
    """An employer, with the identifiers that join it to other data."""

    id: str = ""
    name: Annotated[Text, Meta(description="As people know it.")]
    legal_name: Annotated[Text, Meta(description="As registered.")] | None = None
    aliases: Annotated[list[Text], Meta(description="Other names in use.")] = field(
        default_factory=list
    )
    former_names: Annotated[list[Text], Meta(description="Names that it no longer uses.")] = field(
        default_factory=list
    )
    country: Annotated[str, Meta(description="ISO 3166-1 alpha-2, of the seat.")] | None = None
    industry: Annotated[str, Meta(description="NAICS 2022 sector.")] | None = None
    parent: Annotated[Text, Meta(description="Id of the company that owns it.")] | None = None
    identifiers: Annotated[dict[str, Text], Meta(description="cik, lei, wikidata, ticker.")] = (
        field(default_factory=dict)
    )
    note: Annotated[Text, Meta(description="A caution.")] | None = None
    exemptions: Annotated[list[Exemption], Meta(description="Deliberate violations.")] = field(
        default_factory=list
    )


class Driver(Record, frozen=True, kw_only=True):
    """A reason for a cut, as a code."""

    id: str = ""
    label: Annotated[Text, Meta(description="As people read it.")]
    group: Annotated[Text, Meta(description="What it belongs to.")]
    definition: Annotated[Text, Meta(description="What it covers, and what it does not.")]
    crosswalks: Annotated[dict[str, list[str]], Meta(description="Codes of other schemes.")] = (
        field(default_factory=dict)
    )


class Role(Record, frozen=True, kw_only=True):
    """A category of staff, as a code on one axis."""

    id: str = ""
    label: Annotated[Text, Meta(description="As people read it.")]
    axis: Annotated[vocabulary.Axis, Meta(description="function, level or unit.")]
    definition: Annotated[Text, Meta(description="What it covers, and what it does not.")]
    synonyms: Annotated[list[Text], Meta(description="Wordings of sources.")] = field(
        default_factory=list
    )
    crosswalks: Annotated[dict[str, list[str]], Meta(description="Codes of other schemes.")] = (
        field(default_factory=dict)
    )


class IndicatorValue(Record, frozen=True, kw_only=True):
    """One figure of a series: `value`, or `low` and `high` where a span is given."""

    period_start: (
        Annotated[PartialDate, Meta(description="First day; left out for a count on one day.")]
        | None
    ) = None
    period_end: Annotated[PartialDate, Meta(description="Last day, or the day of the count.")]
    value: (
        Annotated[float, Meta(gt=0, description="One figure, in the unit of the series.")] | None
    ) = None
    low: Annotated[float, Meta(gt=0, description="At least this.")] | None = None
    high: Annotated[float, Meta(gt=0, description="At most this.")] | None = None
    qualifier: Annotated[vocabulary.Qualifier, Meta(description="As the source hedges it.")] = (
        "exact"
    )
    stated_on: Annotated[PartialDate, Meta(description="When it was said.")] | None = None
    rank: Annotated[vocabulary.Rank, Meta(description="Preferred, normal or deprecated.")] = (
        "normal"
    )
    note: Annotated[Text, Meta(description="What a reader has to bear in mind.")] | None = None
    citations: Annotated[list[Citation], Meta(description="At least one.")] = field(
        default_factory=list
    )


class Indicator(Record, frozen=True, kw_only=True):
    """A company's figures over time under one definition; each definition is another series."""

    id: str = ""
    company: Annotated[Text, Meta(description="Id of a company in `data/companies.toml`.")]
    metric: Annotated[vocabulary.AnyMetric, Meta(description="What is measured.")]
    kind: Annotated[vocabulary.IndicatorKind, Meta(description="What came out, or guidance.")]
    unit: Annotated[vocabulary.Unit, Meta(description="USD or people.")]
    definition: Annotated[Text, Meta(description="What is counted, so that figures compare.")]
    note: Annotated[Text, Meta(description="What a reader has to bear in mind.")] | None = None
    values: Annotated[list[IndicatorValue], Meta(description="In the order of their periods.")]


class Industry(Record, frozen=True, kw_only=True):
    """A sector of NAICS 2022."""

    id: str = ""
    label: Annotated[Text, Meta(description="As NAICS names it.")]


class Tombstone(Record, frozen=True, kw_only=True):
    """Why a record is no longer in the files; its key is `kind/id`, such as `wave/acme-2023-01`."""

    id: str = ""
    retired_on: Annotated[PartialDate, Meta(description="The day on which it was taken out.")]
    reason: Annotated[Text, Meta(description="Why, in one sentence that readers see.")]
    merged_into: (
        Annotated[Text, Meta(description="Id of the record of that kind that stands for it.")]
        | None
    ) = None

    @property
    def place(self) -> tuple[str, str]:
        """Return the kind and the id of the retired record."""
        kind, _, id_ = self.id.partition("/")
        return kind, id_


class Collection(Record, frozen=True, kw_only=True):
    """Where records come from, and on what terms."""

    id: str = ""
    name: Annotated[Text, Meta(description="As people read it.")]
    description: Annotated[Text, Meta(description="What it contains.")]
    license: Annotated[Text, Meta(description="SPDX id.")]
    origin: Annotated[Text, Meta(description="Where it comes from.")]
    retrieved_on: Annotated[PartialDate, Meta(description="When.")] | None = None
    attribution: Annotated[Text, Meta(description="How its users have to credit it.")] | None = None
    missing: Annotated[Text, Meta(description="What it does not contain.")] | None = None
