"""The records and answers of the ledger, as the contract describes them.

Made of the contract by generate_client.py; an edit here is lost.
"""

from __future__ import annotations

import datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class AnswerMeta(Struct, frozen=True, kw_only=True):
    """Which revision answered, and on what terms."""

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier."""


class Attribution(Struct, frozen=True, kw_only=True):
    """How much is ascribed to a reason, under nested rules."""

    url: str
    """Address of this record in the API."""

    data: list[AttributionRow]
    """The rows of each group, the narrowest rule first, all waves last."""

    meta: AttributionMeta


class AttributionMeta(Struct, frozen=True, kw_only=True):
    """What was asked, and what the answer rests on."""

    count: int
    """Waves that match, whatever is claimed about them."""

    groups: int
    """Number of groups, including those beyond `limit`."""

    drivers: list[str]
    """The drivers that count as the reason."""

    basis: str
    """What the figures rest on, and what they do not say."""

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier."""


class AttributionRow(Struct, frozen=True, kw_only=True):
    """One rule in one group; unknown sizes are left out of the sums, never taken as 0."""

    key: str | None
    """Value of `by`; null where it is unknown."""

    label: str | None
    """Name of that value, where it has one."""

    rule: str
    """The rule; `all` stands for every wave, whatever is claimed about it. One of all, anyone,
    authority, company, company_denies, company_primary, press.
    """

    meaning: str
    """The rule in words."""

    includes: list[str]
    """The rules whose waves are all among these. One of all, anyone, authority, company,
    company_denies, company_primary, press.
    """

    waves: int
    """Waves."""

    companies: int
    """Number of companies with one of them."""

    waves_with_headcount: int
    """Number of waves whose size is known: the sums rest on these."""

    headcount_gross_low: int | None
    """Posts cut in these waves, summed lower bounds; null if none is known."""

    headcount_gross_high: int | None
    """Posts cut in these waves, summed upper bounds; null if none has a bound, or one has none."""

    headcount_net_low: int | None
    """Net changes of headcount in these waves, summed lower bounds; null if none is known."""

    headcount_net_high: int | None
    """Net changes of headcount in these waves, summed upper bounds; null if none has a bound, or
    one has none.
    """

    headcount_affected_low: int | None
    """Posts that may be moved in these waves, summed lower bounds; null if none is known."""

    headcount_affected_high: int | None
    """Posts that may be moved in these waves, summed upper bounds; null if none has a bound, or
    one has none.
    """

    headcount_unstated_low: int | None
    """Jobs where the source does not say what it counts in these waves, summed lower bounds;
    null if none is known.
    """

    headcount_unstated_high: int | None
    """Jobs where the source does not say what it counts in these waves, summed upper bounds;
    null if none has a bound, or one has none.
    """

    share_of_waves: float | None
    """Waves, as a fraction of the row `all` of the group."""

    share_of_companies: float | None
    """Companies, as a fraction of the row `all` of the group."""

    share_of_headcount_gross: float | None
    """Lower bounds of posts cut, as a fraction of the row `all` of the group."""

    share_of_headcount_net: float | None
    """Lower bounds of net changes, as a fraction of the row `all` of the group."""

    share_of_headcount_affected: float | None
    """Lower bounds of posts that may be moved, as a fraction of the row `all` of the group."""

    share_of_headcount_unstated: float | None
    """Lower bounds of jobs where the source does not say what it counts, as a fraction of the
    row `all` of the group.
    """

    ids: list[str]
    """Ids of the waves, at most 1,000 even if there are more; empty with `ids=false`."""


class Citation(Struct, frozen=True, kw_only=True):
    """A place in a source, and whether its text was read."""

    n: int
    """The number by which claims cite it."""

    locator: str | None
    """Page, paragraph, section or item."""

    fragment: str | None
    """Verbatim words, at most 12."""

    evidence: str
    """excerpt_read: its text, or a republication of it, was read; url_listed: known to exist,
    its text not read; filing: the words are in a filing. One of excerpt_read, url_listed,
    filing.
    """

    source: CitedSource


class CitedSource(Struct, frozen=True, kw_only=True):
    """A source as a citation shows it."""

    id: str
    """Id of the source."""

    title: str | None
    """Title as published; null if unknown."""

    publisher: str
    """Who publishes it."""

    kind: str
    """Kind of source. More codes may be added."""

    standing: str
    """primary: the company, a filing, a notice; established: an outlet with an editorial desk;
    republication: a copy of another outlet's text; secondary: a blog or aggregator;
    machine_summary: written by a machine. One of primary, established, republication, secondary,
    machine_summary.
    """

    url: str | None
    """Address; null where none is known."""

    archived_url: str | None
    """Address of a permanent copy."""

    published_on: datetime.date | None
    """Day of publication; the first day of its span if it is less precise."""

    published_precision: str | None
    """How precise the date is. One of day, month, quarter, year."""

    retrieved_on: datetime.date | None
    """When its text was read; null if not recorded."""


class Claim(Struct, frozen=True, kw_only=True):
    """What one speaker says about a wave; fields that do not apply to its kind are null or
    empty.
    """

    id: str
    """Stable identifier, `<wave>:<kind>:<digest>`: the same while what identifies the claim is
    the same.
    """

    url: str
    """Address of this record in the API."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    wave: str
    """Id of the wave."""

    company: str
    """Id of the company."""

    company_name: str
    """Its common name."""

    announced_on: datetime.date
    """When the wave was announced."""

    announced_precision: str
    """How precise the date is. One of day, month, quarter, year."""

    canonical: bool
    """Whether statistics count the wave."""

    kind: str
    """Kind of claim. More codes may be added."""

    code: str | None
    """Status of an event, measure of a figure, driver, role, or aspect of context; null for
    scope and form.
    """

    label: str | None
    """Name of the driver or role."""

    driver_groups: list[str]
    """Group of the driver, and umbrellas over it."""

    speaker: str | None
    """Who says it. One of company, press, analyst, regulator, union."""

    stance: str | None
    """Of a driver claim: states, reports, or denies it. One of states, reports, denies."""

    weight: str | None
    """Of a driver claim. One of primary, contributing, context."""

    effect: str | None
    """Of a role claim. One of cut, spared, hired."""

    rank: str | None
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    low: float | None
    """Lower bound; null if there is none."""

    high: float | None
    """Upper bound; null if there is none."""

    qualifier: str | None
    """How the source hedges the figure. One of exact, approximately, at_least, up_to, range,
    derived.
    """

    counts: str | None
    """gross, net or affected; null if not said. One of gross, net, affected."""

    base: str | None
    """What the figure covers; null means the whole company."""

    cumulative: bool | None
    """Whether earlier waves are included; null if not stated."""

    increment: int | None
    """The jobs of a cumulative figure that are new."""

    includes: list[str]
    """Ids of the waves whose jobs the figure contains."""

    contractors_included: bool | None
    """Whether contractors are included; null if not stated."""

    conflicts_with: list[str]
    """Ids of other figures of the wave that disagree with this one: of the same measure, base
    and places, neither deprecated, with bounds that do not meet, and without two known days,
    ways to count or scopes that differ.
    """

    dated_on: datetime.date | None
    """When it happened, or when the figure was said; first day of a span."""

    dated_until: datetime.date | None
    """Last day of that span."""

    dated_precision: str | None
    """How precise the date is. One of day, month, quarter, year."""

    statement: str | None
    """One sentence, in the ledger's own words."""

    fragment: str | None
    """Verbatim words of a driver claim."""

    wording: str | None
    """How the source names the role."""

    forms: list[str]
    """Of a form claim: how the jobs are cut."""

    worldwide: bool | None
    """Of a scope claim: whether cuts fall in more countries than those listed."""

    countries: list[str]
    """Of a scope claim, or of a figure that covers only a part."""

    subdivisions: list[str]
    """Of a scope claim, or of a figure that covers only a part."""

    units: list[str]
    """Of a scope: divisions, sites, brands."""

    sites: list[str]
    """Of a scope: towns and plants."""

    note: str | None
    """A caution for readers; null if there is none."""

    citations: list[ClaimCitation]
    """The sources that say so."""


class ClaimCitation(Struct, frozen=True, kw_only=True):
    """A place in a source that supports the claim, and whether its text was read."""

    locator: str | None
    """Page, paragraph, section or item."""

    fragment: str | None
    """Verbatim words, at most 12."""

    evidence: str
    """excerpt_read, url_listed (its text not read), or filing. One of excerpt_read, url_listed,
    filing.
    """

    source: CitedSource


class ClaimList(Struct, frozen=True, kw_only=True):
    """A page of claims."""

    data: list[Claim]
    """The claims of this page."""

    links: ListLinks

    meta: ListMeta


class ClaimSelection(Struct, frozen=True, kw_only=True):
    """The fields of `Claim` that `select` names."""

    id: UnsetType | str = UNSET
    """Stable identifier, `<wave>:<kind>:<digest>`: the same while what identifies the claim is
    the same.
    """

    url: UnsetType | str = UNSET
    """Address of this record in the API."""

    revision: UnsetType | int = UNSET
    """Revision of the ledger in which this record last changed."""

    wave: UnsetType | str = UNSET
    """Id of the wave."""

    company: UnsetType | str = UNSET
    """Id of the company."""

    company_name: UnsetType | str = UNSET
    """Its common name."""

    announced_on: UnsetType | datetime.date = UNSET
    """When the wave was announced."""

    announced_precision: UnsetType | str = UNSET
    """How precise the date is. One of day, month, quarter, year."""

    canonical: UnsetType | bool = UNSET
    """Whether statistics count the wave."""

    kind: UnsetType | str = UNSET
    """Kind of claim. More codes may be added."""

    code: UnsetType | str | None = UNSET
    """Status of an event, measure of a figure, driver, role, or aspect of context; null for
    scope and form.
    """

    label: UnsetType | str | None = UNSET
    """Name of the driver or role."""

    driver_groups: UnsetType | list[str] = UNSET
    """Group of the driver, and umbrellas over it."""

    speaker: UnsetType | str | None = UNSET
    """Who says it. One of company, press, analyst, regulator, union."""

    stance: UnsetType | str | None = UNSET
    """Of a driver claim: states, reports, or denies it. One of states, reports, denies."""

    weight: UnsetType | str | None = UNSET
    """Of a driver claim. One of primary, contributing, context."""

    effect: UnsetType | str | None = UNSET
    """Of a role claim. One of cut, spared, hired."""

    rank: UnsetType | str | None = UNSET
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    low: UnsetType | float | None = UNSET
    """Lower bound; null if there is none."""

    high: UnsetType | float | None = UNSET
    """Upper bound; null if there is none."""

    qualifier: UnsetType | str | None = UNSET
    """How the source hedges the figure. One of exact, approximately, at_least, up_to, range,
    derived.
    """

    counts: UnsetType | str | None = UNSET
    """gross, net or affected; null if not said. One of gross, net, affected."""

    base: UnsetType | str | None = UNSET
    """What the figure covers; null means the whole company."""

    cumulative: UnsetType | bool | None = UNSET
    """Whether earlier waves are included; null if not stated."""

    increment: UnsetType | int | None = UNSET
    """The jobs of a cumulative figure that are new."""

    includes: UnsetType | list[str] = UNSET
    """Ids of the waves whose jobs the figure contains."""

    contractors_included: UnsetType | bool | None = UNSET
    """Whether contractors are included; null if not stated."""

    conflicts_with: UnsetType | list[str] = UNSET
    """Ids of other figures of the wave that disagree with this one: of the same measure, base
    and places, neither deprecated, with bounds that do not meet, and without two known days,
    ways to count or scopes that differ.
    """

    dated_on: UnsetType | datetime.date | None = UNSET
    """When it happened, or when the figure was said; first day of a span."""

    dated_until: UnsetType | datetime.date | None = UNSET
    """Last day of that span."""

    dated_precision: UnsetType | str | None = UNSET
    """How precise the date is. One of day, month, quarter, year."""

    statement: UnsetType | str | None = UNSET
    """One sentence, in the ledger's own words."""

    fragment: UnsetType | str | None = UNSET
    """Verbatim words of a driver claim."""

    wording: UnsetType | str | None = UNSET
    """How the source names the role."""

    forms: UnsetType | list[str] = UNSET
    """Of a form claim: how the jobs are cut."""

    worldwide: UnsetType | bool | None = UNSET
    """Of a scope claim: whether cuts fall in more countries than those listed."""

    countries: UnsetType | list[str] = UNSET
    """Of a scope claim, or of a figure that covers only a part."""

    subdivisions: UnsetType | list[str] = UNSET
    """Of a scope claim, or of a figure that covers only a part."""

    units: UnsetType | list[str] = UNSET
    """Of a scope: divisions, sites, brands."""

    sites: UnsetType | list[str] = UNSET
    """Of a scope: towns and plants."""

    note: UnsetType | str | None = UNSET
    """A caution for readers; null if there is none."""

    citations: UnsetType | list[ClaimCitation] = UNSET
    """The sources that say so."""


class ClaimSelectionList(Struct, frozen=True, kw_only=True):
    """A page with the selected fields of each `Claim`."""

    data: list[ClaimSelection]
    """The records of this page, with the selected fields."""

    links: ListLinks

    meta: ListMeta


class Collection(Struct, frozen=True, kw_only=True):
    """Where records come from, and on what terms."""

    id: str
    """Stable identifier."""

    url: str
    """Address of this record in the API."""

    waves_url: str
    """Address of its waves."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    name: str
    """Display name."""

    description: str
    """What it contains."""

    license: str
    """SPDX identifier."""

    origin: str
    """Where it was taken from."""

    retrieved_on: datetime.date | None
    """When it was taken from there; null for what is curated here."""

    retrieved_precision: str | None
    """How precise the date is. One of day, month, quarter, year."""

    waves: int
    """Its waves."""

    attribution: str | None = None
    """The attribution to give when you use its records."""

    missing: str | None = None
    """What it does not contain, so that absence is not read as zero."""

    notices: int | None = None
    """Its notices."""


class CollectionList(Struct, frozen=True, kw_only=True):
    """A page of collections."""

    data: list[Collection]
    """The collections of this page."""

    links: ListLinks

    meta: ListMeta


class CollectionSelection(Struct, frozen=True, kw_only=True):
    """The fields of `Collection` that `select` names."""

    id: UnsetType | str = UNSET
    """Stable identifier."""

    url: UnsetType | str = UNSET
    """Address of this record in the API."""

    waves_url: UnsetType | str = UNSET
    """Address of its waves."""

    revision: UnsetType | int = UNSET
    """Revision of the ledger in which this record last changed."""

    name: UnsetType | str = UNSET
    """Display name."""

    description: UnsetType | str = UNSET
    """What it contains."""

    license: UnsetType | str = UNSET
    """SPDX identifier."""

    origin: UnsetType | str = UNSET
    """Where it was taken from."""

    retrieved_on: UnsetType | datetime.date | None = UNSET
    """When it was taken from there; null for what is curated here."""

    retrieved_precision: UnsetType | str | None = UNSET
    """How precise the date is. One of day, month, quarter, year."""

    waves: UnsetType | int = UNSET
    """Its waves."""

    attribution: UnsetType | str | None = UNSET
    """The attribution to give when you use its records."""

    missing: UnsetType | str | None = UNSET
    """What it does not contain, so that absence is not read as zero."""

    notices: UnsetType | int = UNSET
    """Its notices."""


class CollectionSelectionList(Struct, frozen=True, kw_only=True):
    """A page with the selected fields of each `Collection`."""

    data: list[CollectionSelection]
    """The records of this page, with the selected fields."""

    links: ListLinks

    meta: ListMeta


class Company(Struct, frozen=True, kw_only=True):
    """An employer, with its identifiers and the totals of its waves."""

    id: str
    """Stable identifier; never reused."""

    url: str
    """Address of this record in the API."""

    waves_url: str
    """Address of its waves."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    name: str
    """Common name."""

    legal_name: str | None
    """Name as registered."""

    aliases: list[str]
    """Other names in use."""

    former_names: list[str]
    """Names that it no longer uses."""

    country: CompanyCountry | None

    industry: CompanyIndustry | None

    parent: ParentCompany | None

    identifiers: list[Identifier]
    """Identifiers that join it to other data."""

    note: str | None
    """A caution for readers; null if there is none."""

    totals: CompanyTotals


class CompanyCountry(Struct, frozen=True, kw_only=True):
    """The country of a company's seat."""

    code: str
    """ISO 3166-1 alpha-2 code."""

    name: str
    """English short name."""


class CompanyIndicators(Struct, frozen=True, kw_only=True):
    """A company's figures over time, each cited, and what follows from them."""

    id: str
    """Id of the company."""

    url: str
    """Address of this record in the API."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    name: str
    """Common name."""

    series: list[IndicatorSeries]
    """Each under one definition; guidance apart from outcomes."""

    capital_expenditure_per_employee: list[DerivedRatio]
    """Derived; empty where either is unknown."""

    citations: list[Citation]
    """The citations; values refer to them by number."""

    restructuring: list[RestructuringSeries] | None = None
    """Positions eliminated and charges of restructurings, as filings tag them. Never added to
    waves: they are about the same jobs.
    """


class CompanyIndustry(Struct, frozen=True, kw_only=True):
    """A sector of NAICS 2022."""

    code: str
    """NAICS 2022 sector."""

    label: str
    """Name of the sector."""


class CompanyList(Struct, frozen=True, kw_only=True):
    """A page of companies."""

    data: list[Company]
    """The companies of this page."""

    links: ListLinks

    meta: ListMeta


class CompanyReference(Struct, frozen=True, kw_only=True):
    """The company that cuts."""

    id: str
    """Id of the company."""

    name: str
    """Common name."""

    country: str | None
    """Country of its seat."""

    industry: str | None
    """NAICS 2022 sector."""


class CompanySelection(Struct, frozen=True, kw_only=True):
    """The fields of `Company` that `select` names."""

    id: UnsetType | str = UNSET
    """Stable identifier; never reused."""

    url: UnsetType | str = UNSET
    """Address of this record in the API."""

    waves_url: UnsetType | str = UNSET
    """Address of its waves."""

    revision: UnsetType | int = UNSET
    """Revision of the ledger in which this record last changed."""

    name: UnsetType | str = UNSET
    """Common name."""

    legal_name: UnsetType | str | None = UNSET
    """Name as registered."""

    aliases: UnsetType | list[str] = UNSET
    """Other names in use."""

    former_names: UnsetType | list[str] = UNSET
    """Names that it no longer uses."""

    country: UnsetType | CompanyCountry | None = UNSET

    industry: UnsetType | CompanyIndustry | None = UNSET

    parent: UnsetType | ParentCompany | None = UNSET

    identifiers: UnsetType | list[Identifier] = UNSET
    """Identifiers that join it to other data."""

    note: UnsetType | str | None = UNSET
    """A caution for readers; null if there is none."""

    totals: UnsetType | CompanyTotals = UNSET


class CompanySelectionList(Struct, frozen=True, kw_only=True):
    """A page with the selected fields of each `Company`."""

    data: list[CompanySelection]
    """The records of this page, with the selected fields."""

    links: ListLinks

    meta: ListMeta


class CompanyTotals(Struct, frozen=True, kw_only=True):
    """A company's waves, counted and added up; unknown sizes are left out, never taken as 0."""

    waves: int
    """Waves of any kind."""

    canonical_waves: int
    """Waves without parts, copies and superseded reports."""

    waves_with_headcount: int
    """Canonical waves whose headcount is known."""

    headcount_low: int | None
    """Sum of their lower bounds, whatever their status: reported and withdrawn ones, too. Null
    if none is known.
    """

    headcount_high: int | None
    """Sum of their upper bounds; null if one of them has no bound."""

    first_announced_on: datetime.date | None
    """Date of the earliest announcement."""

    last_announced_on: datetime.date | None
    """Date of the latest announcement."""

    gross_low: int | None = None
    """Posts cut, summed lower bounds."""

    gross_high: int | None = None
    """Posts cut, summed upper bounds; null if one has none."""

    net_low: int | None = None
    """Net changes of headcount, summed lower bounds."""

    net_high: int | None = None
    """Net changes of headcount, summed upper bounds; null if one has none."""

    affected_low: int | None = None
    """Posts that may be moved, summed lower bounds."""

    affected_high: int | None = None
    """Posts that may be moved, summed upper bounds; null if one has none."""

    unstated_low: int | None = None
    """Jobs where the source does not say what it counts, summed lower bounds."""

    unstated_high: int | None = None
    """Jobs where the source does not say what it counts, summed upper bounds; null if one has
    none.
    """

    overlap_low: int | None = None
    """Jobs that the sums leave out because the figure of another counted wave already includes
    them, by the lower bounds; null if none is known.
    """

    overlap_high: int | None = None
    """The same by the upper bounds; null if one of them has none."""


class ComparedWave(Struct, frozen=True, kw_only=True):
    """A column of a comparison."""

    id: str
    """Id of the wave."""

    url: str
    """Address of this record in the API."""

    company: CompanyReference

    title: str | None
    """Name of its own; null if it has none."""

    announced_on: datetime.date
    """First announcement."""

    announced_precision: str
    """How precise the date is. One of day, month, quarter, year."""


class Comparison(Struct, frozen=True, kw_only=True):
    """Waves side by side: a row for each aspect, a cell for each wave."""

    url: str
    """Address of this record in the API."""

    waves: list[ComparedWave]
    """The columns, in the order of the request."""

    rows: list[ComparisonRow]
    """The aspects that at least one of the waves has."""

    citations: list[Citation]
    """The citations; cells refer to them by number."""

    meta: AnswerMeta


class ComparisonCell(Struct, frozen=True, kw_only=True):
    """What is said about one aspect of one wave; no entries if nobody says anything."""

    wave: str
    """Id of the wave."""

    entries: list[ComparisonEntry]
    """Claims, preferred ones first."""


class ComparisonEntry(Struct, frozen=True, kw_only=True):
    """One claim in a cell."""

    text: str
    """The claim in a few words."""

    code: str | None
    """Driver, role, measure or status; null where there is none."""

    statement: str | None
    """The claim's own sentence, if it has one."""

    speaker: str
    """Who says it. One of company, press, analyst, regulator, union."""

    rank: str
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""


class ComparisonRow(Struct, frozen=True, kw_only=True):
    """One aspect of all compared waves."""

    aspect: str
    """What is compared. More codes may be added."""

    label: str
    """Display name of the aspect."""

    cells: list[ComparisonCell]
    """One per wave, in the same order."""


class Context(Struct, frozen=True, kw_only=True):
    """Background against which to read the cut."""

    kind: str
    """What it is about. More codes may be added."""

    statement: str
    """A few words, in the ledger's own wording."""

    speaker: str
    """Who says it. One of company, press, analyst, regulator, union."""

    rank: str
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    note: str | None
    """A caution for readers; null if there is none."""

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""


class Coverage(Struct, frozen=True, kw_only=True):
    """How complete and how fresh the ledger is, so that absence is never read as zero."""

    url: str
    """Address of this record in the API."""

    method_url: str
    """What is included, and how it is curated."""

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    waves: int
    """Waves."""

    canonical_waves: int
    """Waves without parts, copies and superseded reports."""

    companies: int
    """Companies that have a wave."""

    claims: int
    """Claims; every one has at least one citation."""

    sources: int
    """Cited sources."""

    countries: int
    """Countries that scopes name."""

    first_announced_on: datetime.date | None
    """Date of the earliest announcement."""

    last_announced_on: datetime.date | None
    """Date of the latest announcement."""

    newest_event_on: datetime.date | None
    """The latest event."""

    years: list[CoveredYear]
    """Waves per year and collection."""

    waves_with: list[Part]
    """How many of all waves have each kind of information."""

    evidence: list[Part]
    """Citations of waves by evidence grade."""

    standings: list[Part]
    """Sources by how much they are worth."""

    archived_sources: Part
    """Sources with a permanent copy."""

    titled_sources: Part
    """Sources whose title is known."""

    dated_sources: Part
    """Sources whose date is known."""

    collections: list[CoveredCollection]
    """Where records come from."""

    jurisdictions: list[CoveredJurisdiction]
    """Notices by collection and jurisdiction."""


class CoveredCollection(Struct, frozen=True, kw_only=True):
    """A collection, its terms, and how much of it is here."""

    id: str
    """Id of the collection."""

    name: str
    """Display name."""

    description: str
    """What it contains."""

    license: str
    """SPDX identifier."""

    origin: str
    """Where it was taken from."""

    waves: int
    """Its waves."""

    notices: int
    """Its notices."""

    attribution: str | None
    """The attribution to give when you use its records."""

    missing: str | None
    """What it does not contain, so that absence is not read as zero."""


class CoveredJurisdiction(Struct, frozen=True, kw_only=True):
    """A collection's notices from one jurisdiction; from those not listed it has none."""

    jurisdiction: str
    """Whose authority they were filed with."""

    name: str | None
    """Its name."""

    collection: str
    """Id of the collection."""

    notices: int
    """Notices."""

    standing: int
    """Those that are neither superseded nor rescinded, and repeat nothing."""

    first_notice_on: datetime.date | None
    """Date of the first one."""

    last_notice_on: datetime.date | None
    """Date of the last one, not counting those dated after the day on which they were seen, and
    those that may repeat another one.
    """

    last_effective_on: datetime.date | None
    """The last day on which one takes effect."""

    last_retrieved_on: datetime.date | None
    """When the collection last saw one: anything filed since is not here."""

    notices_with: list[Part]
    """How many notices have each kind of information: one whose date is unknown is in no span of
    days.
    """


class CoveredYear(Struct, frozen=True, kw_only=True):
    """How many waves of a year a collection has."""

    year: int
    """Year of the announcement."""

    collection: str
    """Id of the collection."""

    waves: int
    """Waves."""

    waves_with_headcount: int
    """Those whose size is known."""


class Crosswalk(Struct, frozen=True, kw_only=True):
    """What a code corresponds to in another scheme."""

    scheme: str
    """bls_mls: Mass Layoff Statistics; challenger: Challenger reports; erm: Eurofound; soc_2018,
    isco_08: occupations. More codes may be added.
    """

    codes: list[str]
    """Codes or labels of that scheme."""


class DerivedRatio(Struct, frozen=True, kw_only=True):
    """A year's capital expenditure per person employed at its end; computed by the ledger."""

    period_start: datetime.date
    """First day of the year."""

    period_end: datetime.date
    """Last day of the year."""

    low: int | None
    """At least, USD per person."""

    high: int | None
    """At most, USD per person."""

    unit: str
    """USD, per person employed. One of USD, people."""

    qualifier: str
    """Always derived. One of exact, approximately, at_least, up_to, range, derived."""

    capital_expenditure: str
    """Id of the series that is divided."""

    employees: str
    """Id of the series that it is divided by."""


class Dictionary(Struct, frozen=True, kw_only=True):
    """Every field of every resource."""

    url: str
    """Address of this record in the API."""

    revision: int
    """Revision of the ledger that answered."""

    looked_at: int
    """The most records per resource from which rates are computed; if there are more, a random
    sample of them, which is fixed for each revision.
    """

    fields: list[DictionaryField]
    """In the order of the answers."""


class DictionaryField(Struct, frozen=True, kw_only=True):
    """A field of a resource, what it means, and how often it is unknown."""

    resource: str
    """Name of the resource."""

    field: str
    """Path of the field; `[]` stands for each item of a list."""

    type: str
    """JSON type."""

    meaning: str
    """What it means, with its unit."""

    values: list[str]
    """The codes of a vocabulary as of today; otherwise empty."""

    occurrences: int
    """How often it occurs in the records that were looked at."""

    null_share: float
    """Fraction of these that is null."""

    example: str | None
    """A value that occurs, as JSON; null if there is none."""


class Driver(Struct, frozen=True, kw_only=True):
    """A reason for a cut, as a code of the driver taxonomy."""

    code: str
    """Stable code."""

    url: str
    """Address of this record in the API."""

    waves_url: str
    """Address of the waves for which somebody gives this reason."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    label: str
    """Display name."""

    group: str
    """What the driver belongs to. More codes may be added."""

    definition: str
    """What it covers, and what it does not."""

    crosswalks: list[Crosswalk]
    """Codes of other schemes."""

    waves: int
    """Waves for which somebody gives this reason; denials are not counted."""


class DriverClaim(Struct, frozen=True, kw_only=True):
    """Why, as one speaker puts it; with the stance `denies`, that it was not the reason."""

    driver: DriverReference

    weight: str
    """How much weight the speaker gives to it: a main reason, one among others, or context,
    which is mentioned but not as a reason. One of primary, contributing, context.
    """

    speaker: str
    """Who says it. One of company, press, analyst, regulator, union."""

    stance: str
    """states it as its own, reports it, or denies that it was the reason. One of states,
    reports, denies.
    """

    statement: str
    """One sentence, in the ledger's own words."""

    fragment: str | None
    """Verbatim words of the source, at most 12."""

    rank: str
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    note: str | None
    """A caution for readers; null if there is none."""

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""


class DriverList(Struct, frozen=True, kw_only=True):
    """A page of drivers."""

    data: list[Driver]
    """The drivers of this page."""

    links: ListLinks

    meta: ListMeta


class DriverReference(Struct, frozen=True, kw_only=True):
    """A driver of the taxonomy."""

    code: str
    """Code of the driver."""

    label: str
    """Display name."""

    group: str
    """What the driver belongs to. More codes may be added."""


class DriverSelection(Struct, frozen=True, kw_only=True):
    """The fields of `Driver` that `select` names."""

    code: UnsetType | str = UNSET
    """Stable code."""

    url: UnsetType | str = UNSET
    """Address of this record in the API."""

    waves_url: UnsetType | str = UNSET
    """Address of the waves for which somebody gives this reason."""

    revision: UnsetType | int = UNSET
    """Revision of the ledger in which this record last changed."""

    label: UnsetType | str = UNSET
    """Display name."""

    group: UnsetType | str = UNSET
    """What the driver belongs to. More codes may be added."""

    definition: UnsetType | str = UNSET
    """What it covers, and what it does not."""

    crosswalks: UnsetType | list[Crosswalk] = UNSET
    """Codes of other schemes."""

    waves: UnsetType | int = UNSET
    """Waves for which somebody gives this reason; denials are not counted."""


class DriverSelectionList(Struct, frozen=True, kw_only=True):
    """A page with the selected fields of each `Driver`."""

    data: list[DriverSelection]
    """The records of this page, with the selected fields."""

    links: ListLinks

    meta: ListMeta


class Event(Struct, frozen=True, kw_only=True):
    """What happened to the wave, and when."""

    on: datetime.date
    """First day of the span in which it happened."""

    precision: str
    """How precise the date is. One of day, month, quarter, year."""

    kind: str
    """The status of the wave from then on; `expected` is still to come, may lie in the future,
    and decides neither status nor date of the wave. More codes may be added.
    """

    statement: str | None
    """One sentence, in the ledger's own words."""

    speaker: str
    """Who says it. One of company, press, analyst, regulator, union."""

    rank: str
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    note: str | None
    """A caution for readers; null if there is none."""

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""


class Export(Struct, frozen=True, kw_only=True):
    """A whole revision as files."""

    url: str
    """Address of this record in the API."""

    revision: int
    """The revision that the files contain."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier of the data's licence."""

    files: list[ExportFile]
    """Tables first, then the files that describe them."""


class ExportFile(Struct, frozen=True, kw_only=True):
    """A file of a bulk export."""

    name: str
    """Name of the file."""

    url: str
    """Address of the file."""

    table: str | None
    """The table that it contains; null for files that describe the tables."""

    format: str
    """Format of the file. More codes may be added."""

    media_type: str
    """Media type."""

    bytes: int
    """Size in bytes."""

    sha256: str
    """SHA-256 of its bytes, as hexadecimal digits."""

    rows: int | None
    """Rows of the table; null if there is none."""


class ExportedRevision(Struct, frozen=True, kw_only=True):
    """A revision that is available as files."""

    revision: int
    """Number of the revision."""

    url: str
    """Address of the export, which lists the files."""

    published_at: datetime.datetime
    """When it was published, UTC."""


class Exports(Struct, frozen=True, kw_only=True):
    """The bulk exports that are available."""

    url: str
    """Address of this record in the API."""

    newest: Export
    """The newest revision, with its files."""

    revisions: list[ExportedRevision]
    """Every revision, the newest first."""


class FieldChange(Struct, frozen=True, kw_only=True):
    """A field that says something else than before."""

    field: str
    """Path of the field in the record."""

    old: Any
    """What it said before; null if nothing."""

    new: Any
    """What it says now; null if nothing."""


class Gap(Struct, frozen=True, kw_only=True):
    """Why a field of a row is null."""

    field: str
    """The field."""

    reason: str
    """Why it is not known."""


class Headcount(Struct, frozen=True, kw_only=True):
    """Jobs, from the preferred claim."""

    low: int | None
    """At least this many jobs; null if unbounded."""

    high: int | None
    """At most this many jobs; null if unbounded."""

    qualifier: str
    """How the source hedges the figure. One of exact, approximately, at_least, up_to, range,
    derived.
    """

    counts: str | None
    """gross: posts cut; net: change of headcount; affected: posts that may be moved; null if not
    said. One of gross, net, affected.
    """

    cumulative: bool | None
    """Whether earlier waves are included; null if not stated."""

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""

    base: str | None = None
    """What the figure covers; null means the whole company."""

    counted_low: int | None = None
    """How many of these jobs totals count, at least: without those of other counted waves that
    the figure includes.
    """

    counted_high: int | None = None
    """How many of these jobs totals count, at most; null if there is no bound."""


class Health(Struct, frozen=True, kw_only=True):
    """Whether the service works."""

    status: str
    """Always ok: a failure is a problem."""

    revision: int | None
    """Revision that is served."""

    warnings: list[str]
    """What needs the operator's attention although readers are answered, in words, such as a
    disk that turned read-only.
    """


class History(Struct, frozen=True, kw_only=True):
    """Every revision that changed a wave, the first one first."""

    id: str
    """Id of the wave."""

    data: list[HistoryEntry]
    """The changes, the first one first."""

    links: Links

    meta: AnswerMeta


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """A revision in which a wave was added, changed or withdrawn."""

    revision: int
    """The revision."""

    published_at: datetime.datetime
    """When the revision became visible, UTC."""

    note: str | None
    """What the publisher says about the revision."""

    change: str
    """What became of the wave. One of added, changed, withdrawn."""

    fields: list[FieldChange]
    """The fields that differ from the version before; empty for a new wave."""

    url: str | None
    """Address of the wave as of this revision; null where it was withdrawn."""

    reason: str | None
    """Why it was withdrawn."""

    merged_into: str | None
    """Id of the wave that replaces it, if there is one."""


class Identifier(Struct, frozen=True, kw_only=True):
    """An identifier that joins a company to other data."""

    scheme: str
    """cik: SEC; lei: ISO 17442; ticker: listing. More codes may be added."""

    value: str
    """A ticker is exchange:symbol."""


class Indicator(Struct, frozen=True, kw_only=True):
    """One figure of a company under one definition, for a period or on a day."""

    id: str
    """Stable identifier, `<series>:<end of the period>:<digest>`: the same while period and
    figure are the same.
    """

    url: str
    """Address of this record in the API."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    company: str
    """Id of the company."""

    company_name: str
    """Its common name."""

    series: str
    """Id of the series."""

    metric: str
    """What is measured. One of capital_expenditure, employees, revenue."""

    kind: str
    """outcome, or guidance for a period that was not yet over. One of outcome, guidance."""

    unit: str
    """USD or people. One of USD, people."""

    definition: str
    """What is counted; each definition is a separate series."""

    series_note: str | None
    """A caution for readers about the series."""

    frequency: str
    """How long the period is: a year (52 or 53 weeks, or a calendar year), a quarter, day for a
    count on one day, or other. One of day, other, quarter, year.
    """

    year: int
    """Calendar year in which the period ends."""

    is_calendar_year: bool | None
    """Whether a year ends on 31 December; false for any other fiscal year; null if the period is
    not a year.
    """

    period_start: datetime.date | None
    """First day; null for a count on one day."""

    period_end: datetime.date
    """Last day, or the day of the count."""

    precision: str
    """How precise the date is. One of day, month, quarter, year."""

    low: float | None
    """At least, in the unit."""

    high: float | None
    """At most, in the unit."""

    qualifier: str
    """How the source hedges the figure. One of exact, approximately, at_least, up_to, range,
    derived.
    """

    rank: str
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    stated_on: datetime.date | None
    """When it was said."""

    note: str | None
    """A caution for readers; null if there is none."""

    citations: list[ClaimCitation]
    """The sources that say so."""


class IndicatorList(Struct, frozen=True, kw_only=True):
    """A page of figures."""

    data: list[Indicator]
    """The figures of this page."""

    links: ListLinks

    meta: ListMeta


class IndicatorSelection(Struct, frozen=True, kw_only=True):
    """The fields of `Indicator` that `select` names."""

    id: UnsetType | str = UNSET
    """Stable identifier, `<series>:<end of the period>:<digest>`: the same while period and
    figure are the same.
    """

    url: UnsetType | str = UNSET
    """Address of this record in the API."""

    revision: UnsetType | int = UNSET
    """Revision of the ledger in which this record last changed."""

    company: UnsetType | str = UNSET
    """Id of the company."""

    company_name: UnsetType | str = UNSET
    """Its common name."""

    series: UnsetType | str = UNSET
    """Id of the series."""

    metric: UnsetType | str = UNSET
    """What is measured. One of capital_expenditure, employees, revenue."""

    kind: UnsetType | str = UNSET
    """outcome, or guidance for a period that was not yet over. One of outcome, guidance."""

    unit: UnsetType | str = UNSET
    """USD or people. One of USD, people."""

    definition: UnsetType | str = UNSET
    """What is counted; each definition is a separate series."""

    series_note: UnsetType | str | None = UNSET
    """A caution for readers about the series."""

    frequency: UnsetType | str = UNSET
    """How long the period is: a year (52 or 53 weeks, or a calendar year), a quarter, day for a
    count on one day, or other. One of day, other, quarter, year.
    """

    year: UnsetType | int = UNSET
    """Calendar year in which the period ends."""

    is_calendar_year: UnsetType | bool | None = UNSET
    """Whether a year ends on 31 December; false for any other fiscal year; null if the period is
    not a year.
    """

    period_start: UnsetType | datetime.date | None = UNSET
    """First day; null for a count on one day."""

    period_end: UnsetType | datetime.date = UNSET
    """Last day, or the day of the count."""

    precision: UnsetType | str = UNSET
    """How precise the date is. One of day, month, quarter, year."""

    low: UnsetType | float | None = UNSET
    """At least, in the unit."""

    high: UnsetType | float | None = UNSET
    """At most, in the unit."""

    qualifier: UnsetType | str = UNSET
    """How the source hedges the figure. One of exact, approximately, at_least, up_to, range,
    derived.
    """

    rank: UnsetType | str = UNSET
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    stated_on: UnsetType | datetime.date | None = UNSET
    """When it was said."""

    note: UnsetType | str | None = UNSET
    """A caution for readers; null if there is none."""

    citations: UnsetType | list[ClaimCitation] = UNSET
    """The sources that say so."""


class IndicatorSelectionList(Struct, frozen=True, kw_only=True):
    """A page with the selected fields of each `Indicator`."""

    data: list[IndicatorSelection]
    """The records of this page, with the selected fields."""

    links: ListLinks

    meta: ListMeta


class IndicatorSeries(Struct, frozen=True, kw_only=True):
    """Figures of one metric under one definition; each definition is a separate series."""

    id: str
    """Id of the series."""

    metric: str
    """What is measured. One of capital_expenditure, employees, revenue."""

    kind: str
    """outcome, or guidance for a period that was not yet over. One of outcome, guidance."""

    unit: str
    """USD or people. One of USD, people."""

    definition: str
    """What is counted."""

    note: str | None
    """A caution for readers; null if there is none."""

    values: list[IndicatorValue]
    """By the end of their periods."""


class IndicatorValue(Struct, frozen=True, kw_only=True):
    """One figure of a series."""

    period_start: datetime.date | None
    """First day; null for a count on one day."""

    period_end: datetime.date
    """Last day, or the day of the count."""

    precision: str
    """How precise the date is. One of day, month, quarter, year."""

    low: float | None
    """At least, in the series' unit."""

    high: float | None
    """At most, in the series' unit."""

    qualifier: str
    """How the source hedges the figure. One of exact, approximately, at_least, up_to, range,
    derived.
    """

    rank: str
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    stated_on: datetime.date | None
    """When it was said."""

    note: str | None
    """A caution for readers; null if there is none."""

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""


class LedgerChange(Struct, frozen=True, kw_only=True):
    """A record that a revision added, changed or withdrew."""

    revision: int
    """The revision."""

    position: int
    """Position within the revision, without gaps."""

    published_at: datetime.datetime
    """When the revision became visible, UTC."""

    change: str
    """What became of the record. One of added, changed, withdrawn."""

    resource: str
    """Kind of record."""

    id: str
    """Id of the record."""

    url: str
    """Address of the record."""

    digest: str | None
    """SHA-256 of the bytes of `document` after its `revision` and the comma that follows, as
    hexadecimal digits; null where there is none.
    """

    reason: str | None
    """Why it was withdrawn."""

    merged_into: str | None
    """Id of the record that replaces it, if there is one."""

    document: dict[str, Any] | None
    """The whole record as of this revision; null where it was withdrawn."""


class LedgerChangeList(Struct, frozen=True, kw_only=True):
    """A page of changes, in the order in which they were made."""

    data: list[LedgerChange]
    """The changes of this page."""

    links: ListLinks

    meta: ListMeta


class Links(Struct, frozen=True, kw_only=True):
    """Addresses of an answer: the permanent one, and that of the newest revision."""

    self: str
    """Permanent address of this answer: it contains `as_of`, so it will always say the same.
    Cite this one.
    """

    latest: str
    """Address of the same question at the newest revision. Use this one to ask again."""


class ListLinks(Struct, frozen=True, kw_only=True):
    """Addresses of a page: the permanent one, that of the newest revision, and the next page."""

    self: str
    """Permanent address of this answer: it contains `as_of`, so it will always say the same.
    Cite this one.
    """

    latest: str
    """Address of the same question at the newest revision. Use this one to ask again."""

    next: str | None
    """Address of the next page."""


class ListMeta(Struct, frozen=True, kw_only=True):
    """About the list that a page is part of."""

    count: int | None
    """Records on all pages, exact; null with `count=none`."""

    limit: int
    """Maximum number of records on a page."""

    next_cursor: str | None
    """The cursor of the next page, as in `links.next`."""

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier of the data's licence."""

    hint: str | None
    """A note on this answer, in words: why nothing matches, what the ledger lacks of what was
    asked for, or how a mistyped `q` was read. Null if there is nothing to note, and after the
    first page.
    """

    attribution: str | None
    """The attribution to give when you use the records; null where they are the ledger's own.
    Where an answer may mix records, it says which of them belong to another collection and are
    on its terms.
    """


class Magnitude(Struct, frozen=True, kw_only=True):
    """How large, as one speaker puts it."""

    measure: str
    """headcount and workforce_before in jobs, share as a fraction of one. One of headcount,
    share, workforce_before.
    """

    low: float | None
    """Lower bound; null if there is none."""

    high: float | None
    """Upper bound; null if there is none."""

    qualifier: str
    """How the source hedges the figure. One of exact, approximately, at_least, up_to, range,
    derived.
    """

    counts: str | None
    """gross, net or affected; null if not said. One of gross, net, affected."""

    cumulative: bool | None
    """Whether earlier waves are included; null if not stated."""

    contractors_included: bool | None
    """Whether contractors are included; null if not stated."""

    base: str | None
    """What the figure covers; null means the whole company."""

    rank: str
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    speaker: str
    """Who says it. One of company, press, analyst, regulator, union."""

    stated_on: datetime.date | None
    """When it was said."""

    stated_precision: str | None
    """How precise the date is. One of day, month, quarter, year."""

    note: str | None
    """A caution for readers; null if there is none."""

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""

    countries: list[str] | None = None
    """The figure is of these countries only; empty where it is not."""

    subdivisions: list[str] | None = None
    """The figure is of these subdivisions only; empty where it is not."""

    increment: int | None = None
    """The jobs of a cumulative figure that are new; null if not said."""

    includes: list[str] | None = None
    """Ids of the waves whose jobs the figure contains."""


class Notice(Struct, frozen=True, kw_only=True):
    """A filing as its collection has it: not a claim of the ledger, and not counted in any of
    its totals.
    """

    id: str
    """Stable identifier: jurisdiction and the beginning of the key at its origin."""

    url: str
    """Address of this record in the API."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    collection: str
    """The collection that it belongs to."""

    jurisdiction: str
    """Whose authority it was filed with."""

    authority: str | None
    """Name of that authority: the one that runs the portal today."""

    employer: str
    """The employer as filed."""

    company: NoticeCompany | None

    wave: NoticeWave | None

    place: str | None
    """Town of the site."""

    county: str | None
    """Its county."""

    county_code: str | None
    """Code of the county; FIPS in the United States."""

    address: str | None
    """Address of the site as filed."""

    notice_on: datetime.date | None
    """Date of the notice."""

    received_on: datetime.date | None
    """When the authority received it."""

    effective_from: datetime.date | None
    """When it takes effect; the first day where there are several."""

    effective_to: datetime.date | None
    """The last of several such days."""

    first_seen_on: datetime.date | None
    """When the collection first saw it."""

    last_seen_on: datetime.date | None
    """When the collection last saw it, if it says."""

    jobs: NoticeJobs | None

    kind: str
    """What happens at the site. More codes may be added."""

    temporary: bool | None
    """Whether it is temporary; null if not said."""

    industry: str | None
    """NAICS 2022 sector."""

    naics: str | None
    """NAICS code as the collection has it."""

    stated_cause: str | None
    """The cause that the employer states."""

    occupations: list[str]
    """Occupations as filed."""

    status: str
    """What became of it: the jobs of superseded and rescinded notices no longer stand. More
    codes may be added.
    """

    amended: bool
    """Whether it was amended, or amends another one."""

    relations: list[NoticeRelation]
    """How it relates to earlier notices."""

    flags: list[str]
    """Cautions for readers."""

    identifiers: NoticeIdentifiers

    source: NoticeSource

    license: str
    """SPDX identifier of the licence of its collection."""

    attribution: str | None
    """The attribution to give when you use it."""


class NoticeCompany(Struct, frozen=True, kw_only=True):
    """The company of the ledger that filed a notice, and how the two were matched."""

    id: str
    """Id of the company."""

    method: str
    """How it was matched: by an identifier from the collection, by a name or alias without its
    legal form (or also without the region of a business in the United States), or by a curator.
    More codes may be added.
    """

    score: float
    """How certain the match is, from 0 to 1."""


class NoticeIdentifiers(Struct, frozen=True, kw_only=True):
    """Identifiers of the employer as the collection has them: it matched them, not the
    authority.
    """

    cik: str | None
    """SEC number, ten digits."""

    lei: str | None
    """Legal entity identifier, ISO 17442."""

    wikidata: str | None
    """Wikidata item."""

    ticker: str | None
    """Symbol without its exchange."""

    parent: str | None
    """Name of the company that owns it."""

    parent_cik: str | None
    """SEC number of that company."""


class NoticeJobs(Struct, frozen=True, kw_only=True):
    """How many jobs a notice says are affected; both bounds are the same where it gives a
    number.
    """

    low: int | None
    """At least."""

    high: int | None
    """At most."""


class NoticeList(Struct, frozen=True, kw_only=True):
    """A page of notices."""

    data: list[Notice]
    """The notices of this page."""

    links: ListLinks

    meta: ListMeta


class NoticeRelation(Struct, frozen=True, kw_only=True):
    """How a notice relates to another one, as the collection or the ledger found it."""

    relation: str
    """amends: it stands for the other; possible_duplicate: it may repeat it. One of amends,
    possible_duplicate.
    """

    notice: str
    """Id of the other notice."""

    method: str
    """How it was found. read_again is the ledger's own: the collection read the same filing
    twice, and no longer saw this reading; the others are the collection's own. More codes may be
    added.
    """

    score: float | None
    """How certain the match is, from 0 to 1."""


class NoticeSelection(Struct, frozen=True, kw_only=True):
    """The fields of `Notice` that `select` names."""

    id: UnsetType | str = UNSET
    """Stable identifier: jurisdiction and the beginning of the key at its origin."""

    url: UnsetType | str = UNSET
    """Address of this record in the API."""

    revision: UnsetType | int = UNSET
    """Revision of the ledger in which this record last changed."""

    collection: UnsetType | str = UNSET
    """The collection that it belongs to."""

    jurisdiction: UnsetType | str = UNSET
    """Whose authority it was filed with."""

    authority: UnsetType | str | None = UNSET
    """Name of that authority: the one that runs the portal today."""

    employer: UnsetType | str = UNSET
    """The employer as filed."""

    company: UnsetType | NoticeCompany | None = UNSET

    wave: UnsetType | NoticeWave | None = UNSET

    place: UnsetType | str | None = UNSET
    """Town of the site."""

    county: UnsetType | str | None = UNSET
    """Its county."""

    county_code: UnsetType | str | None = UNSET
    """Code of the county; FIPS in the United States."""

    address: UnsetType | str | None = UNSET
    """Address of the site as filed."""

    notice_on: UnsetType | datetime.date | None = UNSET
    """Date of the notice."""

    received_on: UnsetType | datetime.date | None = UNSET
    """When the authority received it."""

    effective_from: UnsetType | datetime.date | None = UNSET
    """When it takes effect; the first day where there are several."""

    effective_to: UnsetType | datetime.date | None = UNSET
    """The last of several such days."""

    first_seen_on: UnsetType | datetime.date | None = UNSET
    """When the collection first saw it."""

    last_seen_on: UnsetType | datetime.date | None = UNSET
    """When the collection last saw it, if it says."""

    jobs: UnsetType | NoticeJobs | None = UNSET

    kind: UnsetType | str = UNSET
    """What happens at the site. More codes may be added."""

    temporary: UnsetType | bool | None = UNSET
    """Whether it is temporary; null if not said."""

    industry: UnsetType | str | None = UNSET
    """NAICS 2022 sector."""

    naics: UnsetType | str | None = UNSET
    """NAICS code as the collection has it."""

    stated_cause: UnsetType | str | None = UNSET
    """The cause that the employer states."""

    occupations: UnsetType | list[str] = UNSET
    """Occupations as filed."""

    status: UnsetType | str = UNSET
    """What became of it: the jobs of superseded and rescinded notices no longer stand. More
    codes may be added.
    """

    amended: UnsetType | bool = UNSET
    """Whether it was amended, or amends another one."""

    relations: UnsetType | list[NoticeRelation] = UNSET
    """How it relates to earlier notices."""

    flags: UnsetType | list[str] = UNSET
    """Cautions for readers."""

    identifiers: UnsetType | NoticeIdentifiers = UNSET

    source: UnsetType | NoticeSource = UNSET

    license: UnsetType | str = UNSET
    """SPDX identifier of the licence of its collection."""

    attribution: UnsetType | str | None = UNSET
    """The attribution to give when you use it."""


class NoticeSelectionList(Struct, frozen=True, kw_only=True):
    """A page with the selected fields of each `Notice`."""

    data: list[NoticeSelection]
    """The records of this page, with the selected fields."""

    links: ListLinks

    meta: ListMeta


class NoticeSource(Struct, frozen=True, kw_only=True):
    """Where the collection took a notice from."""

    url: str | None
    """The portal of the authority."""

    retrieved_on: datetime.date | None
    """When it was read there."""

    id: str | None
    """Number of the notice there."""

    key: str
    """Key of its row at the origin of the collection."""


class NoticeStatistics(Struct, frozen=True, kw_only=True):
    """Counts and sums of notices by up to three dimensions."""

    url: str
    """Address of this record in the API."""

    data: list[NoticeStatisticsGroup]
    """The groups."""

    meta: NoticeStatisticsMeta


class NoticeStatisticsGroup(Struct, frozen=True, kw_only=True):
    """A group of notices; unknown jobs are left out of the sums, never taken as 0."""

    keys: dict[str, str | None]
    """Value of each dimension; null where it is unknown."""

    labels: dict[str, str | None]
    """Display names of the values, where there are any."""

    notices: int
    """Notices."""

    linked: int
    """Those that are linked to a company of the ledger."""

    notices_with_jobs: int
    """Those whose jobs are known."""

    jobs_low: int | None
    """Their jobs, summed lower bounds; null if none is known. Never add them to jobs of waves:
    they may be the same ones.
    """

    jobs_high: int | None
    """The same, upper bounds; null if one has no bound."""

    filled: bool
    """Whether the span has no notice, and the group is there because of `fill`."""


class NoticeStatisticsMeta(Struct, frozen=True, kw_only=True):
    """What was counted."""

    count: int
    """Notices that match: the groups add up to it."""

    groups: int
    """Number of groups, including those beyond `limit`."""

    overlapping: bool
    """Whether a notice may be in several groups: none is."""

    of: str
    """What was counted."""

    filled: int
    """Groups that `fill` added."""

    date: str
    """By which date notices fall into a span of days."""

    basis: str
    """What the figures rest on, in words."""

    jobs_unusually_high: int
    """Jobs in the sums, by their lower bounds, that come from notices flagged
    `jobs_unusually_high`, which may be totals for more than a site.
    `flag_not=jobs_unusually_high` leaves these notices out.
    """

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier."""

    attribution: str | None
    """The attribution to give when you use the notices."""


class NoticeWave(Struct, frozen=True, kw_only=True):
    """The wave that a notice may belong to, and how the two were matched. Never add their jobs."""

    id: str
    """Id of the wave."""

    method: str
    """company_and_dates: of that company, from 30 days before to 270 days after its
    announcement, the nearest one before the notice. It may be about other jobs. More codes may
    be added.
    """

    score: float
    """How certain the match is, from 0 to 1."""


class ParentCompany(Struct, frozen=True, kw_only=True):
    """The company that owns another one."""

    id: str
    """Id of the company."""

    name: str
    """Common name."""


class Part(Struct, frozen=True, kw_only=True):
    """A part of a whole."""

    name: str
    """What the part has."""

    count: int
    """How many have it."""

    of: int
    """How many there are."""

    share: float
    """The fraction; 0 of nothing is 0."""


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong (RFC 9457)."""

    type: str
    """Address of the documentation of this kind of problem."""

    title: str
    """The same for every problem of this type."""

    status: int
    """The HTTP status."""

    detail: str
    """What went wrong this time, and what to do."""

    instance: str
    """Path and query that were asked for."""

    code: str
    """Stable name of this type. More may be added."""

    request_id: str
    """Also in the header X-Request-Id."""

    errors: list[ProblemError]
    """The mistakes of a bad request; else empty."""

    tombstone: Tombstone | None
    """What became of a record that was withdrawn; else null."""


class ProblemError(Struct, frozen=True, kw_only=True):
    """One mistake in a request."""

    parameter: str
    """Name of the parameter."""

    detail: str
    """What is wrong with it."""

    suggestion: str | None
    """What to do."""

    suggested_value: str | None
    """What was probably meant, bare: a value, or the name of a parameter. Null where nothing, or
    more than one thing, is near.
    """


class PublishedRevision(Struct, frozen=True, kw_only=True):
    """A publication of the ledger, and what it changed."""

    number: int
    """Number of the revision."""

    url: str
    """Address of this record in the API."""

    published_at: datetime.datetime
    """When it became visible, UTC."""

    note: str | None
    """What the publisher says about it."""

    added: int
    """Records that are new."""

    changed: int
    """Records that changed."""

    withdrawn: int
    """Records that are no longer served."""

    counts: dict[str, int]
    """Records of each kind as of this revision."""

    digest: str
    """SHA-256, as hexadecimal digits, over the digest of the revision before (32 bytes; none
    before the first) and a line `change resource id digest` for each of its changes, in order,
    with `-` for no digest. Equal digests mean equal histories.
    """

    changes_url: str
    """Address of what it changed."""


class Rebalancing(Struct, frozen=True, kw_only=True):
    """Capital expenditure against staff: company by fiscal year."""

    url: str
    """Address of this record in the API."""

    data: list[RebalancingRow]
    """By company, series and fiscal year."""

    meta: RebalancingMeta


class RebalancingMeta(Struct, frozen=True, kw_only=True):
    """What the table rests on."""

    count: int
    """Number of rows, including those beyond `limit`."""

    hint: str | None
    """A note on this answer, in words: why nothing matches, what the ledger lacks of what was
    asked for, or how a mistyped `q` was read. Null if there is nothing to note, and after the
    first page.
    """

    basis: str
    """What the figures rest on, and what they do not say."""

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier."""


class RebalancingRow(Struct, frozen=True, kw_only=True):
    """One company in one of its fiscal years, under one definition of capital expenditure."""

    company: str
    """Id of the company."""

    company_name: str
    """Its common name."""

    year: int
    """Calendar year in which the fiscal year ends."""

    fiscal_year_start: datetime.date
    """First day of the fiscal year."""

    fiscal_year_end: datetime.date
    """Last day of the fiscal year."""

    is_calendar_year: bool
    """Whether the fiscal year ends on 31 December."""

    capital_expenditure_series: str | None
    """Id of the series; null where there is none."""

    capital_expenditure_definition: str | None
    """What is counted as capital expenditure."""

    capital_expenditure_low: int | None
    """Capital expenditure of the fiscal year in USD, at least; null where it is not known."""

    capital_expenditure_high: int | None
    """Capital expenditure of the fiscal year in USD, at most; null where it is not known."""

    capital_expenditure_qualifier: str | None
    """How the source hedges it. One of exact, approximately, at_least, up_to, range, derived."""

    capital_expenditure_change_low: int | None
    """Its change from the previous fiscal year in USD, at least; null where it is not known."""

    capital_expenditure_change_high: int | None
    """Its change from the previous fiscal year in USD, at most; null where it is not known."""

    employees_series: str | None
    """Id of the series; null where there is none."""

    employees_on: datetime.date | None
    """Day of the count, at most 31 days from the end of the year."""

    employees_low: int | None
    """Employees at the end of the fiscal year, at least; null where it is not known."""

    employees_high: int | None
    """Employees at the end of the fiscal year, at most; null where it is not known."""

    capital_expenditure_per_employee_low: int | None
    """Capital expenditure divided by these employees, USD per person, at least; null where it is
    not known.
    """

    capital_expenditure_per_employee_high: int | None
    """Capital expenditure divided by these employees, USD per person, at most; null where it is
    not known.
    """

    waves: int
    """Waves that were announced in the fiscal year and may be added up; 0 means that the ledger
    has none, not that there was none.
    """

    waves_with_headcount: int
    """Number of waves whose size is known: the sums rest on these."""

    waves_of_uncertain_year: int
    """Waves whose date is not precise enough to tell whether they fall into the fiscal year;
    they are in no sum.
    """

    headcount_gross_low: int | None
    """Posts cut by the waves of the year, at least; null where it is not known."""

    headcount_gross_high: int | None
    """Posts cut by the waves of the year, at most; null where it is not known."""

    headcount_net_low: int | None
    """Net changes of headcount by the waves of the year, at least; null where it is not known."""

    headcount_net_high: int | None
    """Net changes of headcount by the waves of the year, at most; null where it is not known."""

    headcount_affected_low: int | None
    """Posts that may be moved by the waves of the year, at least; null where it is not known."""

    headcount_affected_high: int | None
    """Posts that may be moved by the waves of the year, at most; null where it is not known."""

    headcount_unstated_low: int | None
    """Jobs of the waves of the year where the source does not say what it counts, at least; null
    where it is not known.
    """

    headcount_unstated_high: int | None
    """Jobs of the waves of the year where the source does not say what it counts, at most; null
    where it is not known.
    """

    gaps: list[Gap]
    """Which fields of this row are null, and why."""

    wave_ids: list[str]
    """Ids of these waves."""


class RestructuringSeries(Struct, frozen=True, kw_only=True):
    """What a company tags about its restructurings, under one definition."""

    id: str
    """Id of the series."""

    metric: str
    """What is measured. More codes may be added."""

    kind: str
    """outcome, or guidance for a period that was not yet over. One of outcome, guidance."""

    unit: str
    """USD or people. One of USD, people."""

    definition: str
    """What is counted."""

    note: str | None
    """A caution for readers; null if there is none."""

    values: list[IndicatorValue]
    """By the end of their periods."""


class RevisionList(Struct, frozen=True, kw_only=True):
    """A page of revisions."""

    data: list[PublishedRevision]
    """The revisions of this page."""

    links: ListLinks

    meta: ListMeta


class Role(Struct, frozen=True, kw_only=True):
    """A category of staff, as a code of the role taxonomy."""

    code: str
    """Stable code."""

    url: str
    """Address of this record in the API."""

    waves_url: str
    """Address of the waves in which such posts are cut."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    label: str
    """Display name."""

    axis: str
    """function: what they do; level: where they stand; unit: which teams. One of function,
    level, unit.
    """

    definition: str
    """What it covers, and what it does not."""

    synonyms: list[str]
    """Wordings that sources use for it."""

    crosswalks: list[Crosswalk]
    """Codes of other schemes."""

    waves: int
    """Waves in which such posts are cut."""


class RoleClaim(Struct, frozen=True, kw_only=True):
    """Whose jobs, as one speaker puts it."""

    role: RoleReference

    effect: str
    """cut, spared, or hired while others are cut. One of cut, spared, hired."""

    headcount: int | None
    """Jobs of this role; null if not said."""

    wording: str | None
    """How the source names them."""

    speaker: str
    """Who says it. One of company, press, analyst, regulator, union."""

    rank: str
    """preferred feeds the headline; deprecated is known to be wrong or superseded. One of
    preferred, normal, deprecated.
    """

    note: str | None
    """A caution for readers; null if there is none."""

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""


class RoleList(Struct, frozen=True, kw_only=True):
    """A page of roles."""

    data: list[Role]
    """The roles of this page."""

    links: ListLinks

    meta: ListMeta


class RoleReference(Struct, frozen=True, kw_only=True):
    """A role of the taxonomy."""

    code: str
    """Code of the role."""

    label: str
    """Display name."""

    axis: str
    """function: what they do; level: where they stand; unit: which teams. One of function,
    level, unit.
    """


class RoleSelection(Struct, frozen=True, kw_only=True):
    """The fields of `Role` that `select` names."""

    code: UnsetType | str = UNSET
    """Stable code."""

    url: UnsetType | str = UNSET
    """Address of this record in the API."""

    waves_url: UnsetType | str = UNSET
    """Address of the waves in which such posts are cut."""

    revision: UnsetType | int = UNSET
    """Revision of the ledger in which this record last changed."""

    label: UnsetType | str = UNSET
    """Display name."""

    axis: UnsetType | str = UNSET
    """function: what they do; level: where they stand; unit: which teams. One of function,
    level, unit.
    """

    definition: UnsetType | str = UNSET
    """What it covers, and what it does not."""

    synonyms: UnsetType | list[str] = UNSET
    """Wordings that sources use for it."""

    crosswalks: UnsetType | list[Crosswalk] = UNSET
    """Codes of other schemes."""

    waves: UnsetType | int = UNSET
    """Waves in which such posts are cut."""


class RoleSelectionList(Struct, frozen=True, kw_only=True):
    """A page with the selected fields of each `Role`."""

    data: list[RoleSelection]
    """The records of this page, with the selected fields."""

    links: ListLinks

    meta: ListMeta


class Scope(Struct, frozen=True, kw_only=True):
    """Where the cuts fall."""

    worldwide: bool | None
    """Whether cuts fall in more countries than those listed; null if not stated."""

    countries: list[str]
    """Countries that are named."""

    units: list[str]
    """Divisions, sites, brands."""

    subdivisions: list[str] | None = None
    """Subdivisions that are named."""

    sites: list[str] | None = None
    """Towns and plants that a source names."""

    speaker: str
    """Who says it. One of company, press, analyst, regulator, union."""

    note: str | None
    """A caution for readers; null if there is none."""

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""


class SearchHit(Struct, frozen=True, kw_only=True):
    """A record that contains the words."""

    kind: str
    """Kind of record. More codes may be added."""

    id: str
    """Id or code of the record."""

    url: str
    """Address of this record in the API."""

    label: str
    """What the record is called, as plain text."""

    snippet: str
    """Where the words occur, as HTML: they are in `<mark>` elements, everything else is escaped."""

    score: float
    """Higher is better, within one answer; at least 1 where the name matches exactly, at least 2
    if it is that of a company.
    """


class SearchMeta(Struct, frozen=True, kw_only=True):
    """What was searched."""

    count: int
    """Number of hits, including those beyond `limit`."""

    limit: int
    """Maximum number of hits in an answer."""

    corrected: str | None
    """The words that were searched for, if a mistyped one was corrected."""

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier."""

    hint: str | None
    """A note on this answer, in words: why nothing matches, what the ledger lacks of what was
    asked for, or how a mistyped `q` was read. Null if there is nothing to note, and after the
    first page.
    """

    attribution: str | None
    """The attribution to give when you use the records; null where they are the ledger's own.
    Where an answer may mix records, it says which of them belong to another collection and are
    on its terms.
    """


class SearchResults(Struct, frozen=True, kw_only=True):
    """The best hits over waves, companies, sources, drivers and roles."""

    url: str
    """Address of this record in the API."""

    data: list[SearchHit]
    """The hits, the best one first."""

    meta: SearchMeta


class ShareOfWorkforce(Struct, frozen=True, kw_only=True):
    """Share of the workforce, from the preferred claim."""

    low: float | None
    """Lower bound; null if there is none."""

    high: float | None
    """Upper bound; null if there is none."""

    qualifier: str
    """How the source hedges the figure. One of exact, approximately, at_least, up_to, range,
    derived.
    """

    base: str | None
    """What it is a share of; null is the company."""

    citations: list[int]
    """Numbers `n` in the list `citations` of this document."""


class Source(Struct, frozen=True, kw_only=True):
    """A text that is cited, what it is worth, and which claims it supports."""

    id: str
    """Stable identifier."""

    record_url: str
    """Address of this record in the API."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    url: str | None
    """Address of the text; null where unknown."""

    archived_url: str | None
    """Address of a permanent copy."""

    title: str | None
    """Title as published; null if unknown."""

    publisher: str
    """Who publishes it."""

    author: str | None
    """Byline."""

    kind: str
    """Kind of source. More codes may be added."""

    standing: str
    """What the source is worth. One of primary, established, republication, secondary,
    machine_summary.
    """

    original_publisher: str | None
    """Whose text a republication copies."""

    language: str
    """ISO 639 code."""

    published_on: datetime.date | None
    """Day of publication; the first day of its span if it is less precise."""

    published_precision: str | None
    """How precise the date is. One of day, month, quarter, year."""

    retrieved_on: datetime.date | None
    """When its text was read; null if not recorded."""

    retrieved_precision: str | None
    """How precise the date is. One of day, month, quarter, year."""

    note: str | None
    """A caution for readers; null if there is none."""

    supports: list[SupportedClaim]
    """The claims that cite it."""


class SourceDetails(Struct, frozen=True, kw_only=True):
    """A text that is cited, and what it is worth."""

    id: str
    """Stable identifier."""

    record_url: str
    """Address of this record in the API."""

    revision: int
    """Revision of the ledger in which this record last changed."""

    url: str | None
    """Address of the text; null where unknown."""

    archived_url: str | None
    """Address of a permanent copy."""

    title: str | None
    """Title as published; null if unknown."""

    publisher: str
    """Who publishes it."""

    author: str | None
    """Byline."""

    kind: str
    """Kind of source. More codes may be added."""

    standing: str
    """What the source is worth. One of primary, established, republication, secondary,
    machine_summary.
    """

    original_publisher: str | None
    """Whose text a republication copies."""

    language: str
    """ISO 639 code."""

    published_on: datetime.date | None
    """Day of publication; the first day of its span if it is less precise."""

    published_precision: str | None
    """How precise the date is. One of day, month, quarter, year."""

    retrieved_on: datetime.date | None
    """When its text was read; null if not recorded."""

    retrieved_precision: str | None
    """How precise the date is. One of day, month, quarter, year."""

    note: str | None
    """A caution for readers; null if there is none."""


class SourceList(Struct, frozen=True, kw_only=True):
    """A page of sources."""

    data: list[Source]
    """The sources of this page."""

    links: ListLinks

    meta: ListMeta


class SourceSelection(Struct, frozen=True, kw_only=True):
    """The fields of `Source` that `select` names."""

    id: UnsetType | str = UNSET
    """Stable identifier."""

    record_url: UnsetType | str = UNSET
    """Address of this record in the API."""

    revision: UnsetType | int = UNSET
    """Revision of the ledger in which this record last changed."""

    url: UnsetType | str | None = UNSET
    """Address of the text; null where unknown."""

    archived_url: UnsetType | str | None = UNSET
    """Address of a permanent copy."""

    title: UnsetType | str | None = UNSET
    """Title as published; null if unknown."""

    publisher: UnsetType | str = UNSET
    """Who publishes it."""

    author: UnsetType | str | None = UNSET
    """Byline."""

    kind: UnsetType | str = UNSET
    """Kind of source. More codes may be added."""

    standing: UnsetType | str = UNSET
    """What the source is worth. One of primary, established, republication, secondary,
    machine_summary.
    """

    original_publisher: UnsetType | str | None = UNSET
    """Whose text a republication copies."""

    language: UnsetType | str = UNSET
    """ISO 639 code."""

    published_on: UnsetType | datetime.date | None = UNSET
    """Day of publication; the first day of its span if it is less precise."""

    published_precision: UnsetType | str | None = UNSET
    """How precise the date is. One of day, month, quarter, year."""

    retrieved_on: UnsetType | datetime.date | None = UNSET
    """When its text was read; null if not recorded."""

    retrieved_precision: UnsetType | str | None = UNSET
    """How precise the date is. One of day, month, quarter, year."""

    note: UnsetType | str | None = UNSET
    """A caution for readers; null if there is none."""

    supports: UnsetType | list[SupportedClaim] = UNSET
    """The claims that cite it."""


class SourceSelectionList(Struct, frozen=True, kw_only=True):
    """A page with the selected fields of each `Source`."""

    data: list[SourceSelection]
    """The records of this page, with the selected fields."""

    links: ListLinks

    meta: ListMeta


class Statistics(Struct, frozen=True, kw_only=True):
    """Counts and sums of waves by up to three dimensions."""

    url: str
    """Address of this record in the API."""

    data: list[StatisticsGroup]
    """The groups."""

    meta: StatisticsMeta


class StatisticsGroup(Struct, frozen=True, kw_only=True):
    """A group of waves; unknown sizes are left out of the sums, never taken as 0."""

    keys: dict[str, str | None]
    """Value of each dimension; null where it is unknown."""

    labels: dict[str, str | None]
    """Display names of the values, where there are any."""

    waves: int
    """Waves."""

    companies: int
    """Number of companies with one of them."""

    waves_with_headcount: int
    """Waves whose size is known."""

    headcount_low: int | None
    """All jobs of the waves in this group, lower bounds: gross, net and other figures alike,
    overlaps counted only once, waves of any status. These are not the jobs of the group's role,
    reason or country: see `headcount_stated_low`. Null if none is known.
    """

    headcount_high: int | None
    """The same, upper bounds; null if one has no bound."""

    headcount_gross_low: int | None
    """Posts cut, summed lower bounds; null if none is known."""

    headcount_gross_high: int | None
    """Posts cut, summed upper bounds; null if one has no bound."""

    headcount_net_low: int | None
    """Net changes of headcount, summed lower bounds; null if none is known."""

    headcount_net_high: int | None
    """Net changes of headcount, summed upper bounds; null if one has no bound."""

    headcount_affected_low: int | None
    """Posts that may be moved, summed lower bounds; null if none is known."""

    headcount_affected_high: int | None
    """Posts that may be moved, summed upper bounds; null if one has no bound."""

    headcount_unstated_low: int | None
    """Jobs where the source does not say what it counts, summed lower bounds; null if none is
    known.
    """

    headcount_unstated_high: int | None
    """Jobs where the source does not say what it counts, summed upper bounds; null if one has no
    bound.
    """

    waves_with_stated_headcount: int | None
    """Waves for which somebody states how many jobs are cut in exactly this role, country or
    subdivision; null for other dimensions, and for roles if `standing` or an `effect` other than
    cut is given.
    """

    headcount_stated_low: int | None
    """Sum of what is stated for exactly this role, country or subdivision, lower bounds; null if
    nothing is stated.
    """

    headcount_stated_high: int | None
    """The same, upper bounds; null if one has none."""

    headcount_values: int | None
    """Number of waves behind the median and the other quantiles: of the jobs that each wave
    adds, by its lower bound. Null unless `spread` is given.
    """

    headcount_min: int | None
    """Minimum; null without any."""

    headcount_q1: float | None
    """First quartile; null without any."""

    headcount_median: float | None
    """Median; null without any."""

    headcount_q3: float | None
    """Third quartile; null without any."""

    headcount_max: int | None
    """Maximum; null without any."""

    share_values: int | None
    """Number of waves behind the median and the other quantiles: of shares of the whole company,
    by their lower bounds. Null unless `spread` is given.
    """

    share_min: float | None
    """Minimum; null without any."""

    share_q1: float | None
    """First quartile; null without any."""

    share_median: float | None
    """Median; null without any."""

    share_q3: float | None
    """Third quartile; null without any."""

    share_max: float | None
    """Maximum; null without any."""

    busiest_waves: int | None
    """The most waves of the group in any window of `within_months`; null unless that is given."""

    busiest_from: datetime.date | None
    """The first announcement in the first such window."""

    busiest_to: datetime.date | None
    """The last announcement in that window."""

    busiest_waves_with_headcount: int | None
    """Waves of that window whose size is known."""

    busiest_headcount_low: int | None
    """All jobs of the waves in that window, lower bounds, added up as in `headcount_low`; null
    if none is known. All other figures cover all waves of the group.
    """

    filled: bool
    """Whether the span has no wave, and the group is there because of `fill`."""


class StatisticsMeta(Struct, frozen=True, kw_only=True):
    """What was counted."""

    count: int
    """Waves that match, each once."""

    groups: int
    """Groups, including those beyond `limit`."""

    overlapping: bool
    """Whether a wave may be in several groups, so that they do not add up."""

    cumulative: bool
    """Whether a group has the waves of all earlier spans, too."""

    filled: int
    """Groups that `fill` added."""

    basis: str
    """What the figures rest on, in words."""

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier."""


class SuggestedCompany(Struct, frozen=True, kw_only=True):
    """A company that may be meant."""

    id: str
    """Id of the company."""

    url: str
    """Address of this record in the API."""

    name: str
    """Common name."""

    hint: str | None
    """What it was found by, if that is not its name; otherwise its country and sector."""

    identifiers: list[Identifier]
    """Identifiers that join it to other data."""


class SuggestionMeta(Struct, frozen=True, kw_only=True):
    """What was looked through."""

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier."""


class Suggestions(Struct, frozen=True, kw_only=True):
    """Companies that may be meant by what has been typed so far."""

    url: str
    """Address of this record in the API."""

    data: list[SuggestedCompany]
    """At most ten, the likeliest one first."""

    meta: SuggestionMeta


class SupportedClaim(Struct, frozen=True, kw_only=True):
    """A claim that a source supports."""

    wave: str | None
    """Id of the wave."""

    indicator: str | None
    """Id of the series, if it is a figure of one."""

    kind: str
    """Kind of claim. More codes may be added."""

    about: str | None
    """Status, measure, driver, role or aspect; null for scope and form."""

    fragment: str | None
    """Verbatim words, at most 12."""

    evidence: str
    """Whether its text was read. One of excerpt_read, url_listed, filing."""


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """One moment."""

    on: datetime.date
    """First day of the span in which it happens."""

    until: datetime.date
    """Last day of that span."""

    precision: str
    """How precise the date is. One of day, month, quarter, year."""

    what: str
    """event: something that happens to a wave; notice: the day on which a notice takes effect.
    More kinds may be added.
    """

    kind: str | None
    """The status of the wave from then on, for an event; takes_effect for a notice."""

    company: str | None
    """Id of the company."""

    company_name: str | None
    """Its common name."""

    wave: str | None
    """Id of the wave."""

    statement: str | None
    """One sentence, in the ledger's own words."""

    speaker: str | None
    """Who says it. One of company, press, analyst, regulator, union."""

    id: str
    """Id of the record."""

    url: str
    """Address of this record in the API."""

    citations: list[ClaimCitation]
    """The sources that say so."""


class TimelineList(Struct, frozen=True, kw_only=True):
    """A page of moments, oldest first."""

    data: list[TimelineEntry]
    """The moments of this page."""

    links: ListLinks

    meta: TimelineMeta


class TimelineMeta(Struct, frozen=True, kw_only=True):
    """About the list that a page is part of, and how fresh the ledger is."""

    count: int | None
    """Records on all pages, exact; null with `count=none`."""

    limit: int
    """Maximum number of records on a page."""

    next_cursor: str | None
    """The cursor of the next page, as in `links.next`."""

    revision: int
    """Revision of the ledger that answered."""

    published_at: datetime.datetime
    """When that revision was published, UTC."""

    license: str
    """SPDX identifier of the data's licence."""

    hint: str | None
    """A note on this answer, in words: why nothing matches, what the ledger lacks of what was
    asked for, or how a mistyped `q` was read. Null if there is nothing to note, and after the
    first page.
    """

    attribution: str | None
    """The attribution to give when you use the records; null where they are the ledger's own.
    Where an answer may mix records, it says which of them belong to another collection and are
    on its terms.
    """

    newest_event_on: datetime.date | None
    """Day of the newest event in the whole ledger that had happened when the revision was
    published: a span after it is empty because nothing was recorded, not because nothing
    happened.
    """

    basis: str
    """What the moments rest on."""


class Tombstone(Struct, frozen=True, kw_only=True):
    """What became of a record that is no longer served."""

    resource: str
    """Kind of record."""

    id: str
    """Id that it had."""

    revision: int
    """Revision that withdrew it."""

    retired_on: datetime.date
    """When the curators withdrew it."""

    reason: str
    """Why, in one sentence."""

    history_url: str | None
    """Address of its history, for a wave."""


class Wave(Struct, frozen=True, kw_only=True):
    """One coherent reduction by one company, with all its claims and their citations."""

    id: str
    """Stable identifier, `<company>-<yyyy>-<mm>`; never reused."""

    url: str
    """Address of this record in the API."""

    notices_url: str | None = None
    """Address of the notices that are linked to it, without superseded and rescinded ones and
    those that may repeat another one.
    """

    revision: int
    """Revision of the ledger in which this record last changed."""

    company: CompanyReference

    title: str | None
    """Name of its own, if it has one."""

    note: str | None
    """A caution for readers; null if there is none."""

    collection: str
    """The collection that it belongs to."""

    canonical: bool
    """Whether statistics count it: false for a part or copy of another wave, and for reports
    that an announcement superseded.
    """

    status: str
    """Kind of the latest event; a report counts only where nothing firmer is known. More codes
    may be added.
    """

    announced_on: datetime.date
    """First announcement, else the first event; the first day of the span where the date is not
    precise to the day.
    """

    announced_precision: str
    """How precise the date is. One of day, month, quarter, year."""

    forms: list[str]
    """How the jobs are cut."""

    form_citations: list[int]
    """Numbers `n` in the list `citations` of this document."""

    scope: Scope | None

    headcount: Headcount | None

    share: ShareOfWorkforce | None

    magnitudes: list[Magnitude]
    """Every figure that somebody gives, including conflicting ones."""

    drivers: list[DriverClaim]
    """Reasons, each with who gives it."""

    roles: list[RoleClaim]
    """Whose jobs are cut, spared, or hired instead."""

    events: list[Event]
    """What happened, oldest first."""

    context: list[Context]
    """Background against which to read the cut."""

    relations: list[WaveRelation]
    """How it relates to other waves."""

    citations: list[Citation]
    """The citations; claims refer to them by number."""

    notices: WaveNotices | None = None

    expanded: WaveExpansion | None = None
    """What `expand` asks for; absent without it."""


class WaveExpansion(Struct, frozen=True, kw_only=True):
    """The whole records that `expand` asks for; the others are absent."""

    company: Company | None = None
    """The company."""

    sources: list[SourceDetails] | None = None
    """The sources, as they are first cited, without all the claims that cite them."""


class WaveList(Struct, frozen=True, kw_only=True):
    """A page of waves."""

    data: list[Wave]
    """The waves of this page."""

    links: ListLinks

    meta: ListMeta


class WaveNotices(Struct, frozen=True, kw_only=True):
    """The notices that are linked to a wave and still stand, without those that may repeat one.

    They are linked by company and date, and may be about the same jobs as the wave or others:
    never add the two.
    """

    count: int
    """Notices."""

    with_jobs: int
    """Notices whose jobs are known."""

    jobs_low: int | None
    """Their jobs, summed lower bounds."""

    jobs_high: int | None
    """The same, upper bounds; null if one has no bound."""

    first_notice_on: datetime.date | None
    """Date of the first one."""

    last_notice_on: datetime.date | None
    """Date of the last one."""

    first_effective_on: datetime.date | None
    """First day on which one takes effect."""

    last_effective_on: datetime.date | None
    """Last day on which one takes effect."""

    exceeds_headcount: bool | None
    """Whether their jobs exceed the upper bound of the wave's headcount: then a link is wrong,
    or the figure covers something else. Null where the wave has no upper bound, or no notice
    states its jobs.
    """

    against_headcount: str | None = None
    """How their jobs compare with the wave's headcount: in every case but `within` they may be
    other jobs. Null in revisions from before this field. More codes may be added.
    """


class WaveRelation(Struct, frozen=True, kw_only=True):
    """How the wave relates to another one."""

    relation: str
    """Read: this wave `relation` the other. One of part_of, same_as, follows, supersedes,
    precedent_for.
    """

    wave: str
    """Id of the other wave."""

    note: str | None
    """Why; null if obvious."""


class WaveSelection(Struct, frozen=True, kw_only=True):
    """The fields of `Wave` that `select` names."""

    id: UnsetType | str = UNSET
    """Stable identifier, `<company>-<yyyy>-<mm>`; never reused."""

    url: UnsetType | str = UNSET
    """Address of this record in the API."""

    notices_url: UnsetType | str | None = UNSET
    """Address of the notices that are linked to it, without superseded and rescinded ones and
    those that may repeat another one.
    """

    revision: UnsetType | int = UNSET
    """Revision of the ledger in which this record last changed."""

    company: UnsetType | CompanyReference = UNSET

    title: UnsetType | str | None = UNSET
    """Name of its own, if it has one."""

    note: UnsetType | str | None = UNSET
    """A caution for readers; null if there is none."""

    collection: UnsetType | str = UNSET
    """The collection that it belongs to."""

    canonical: UnsetType | bool = UNSET
    """Whether statistics count it: false for a part or copy of another wave, and for reports
    that an announcement superseded.
    """

    status: UnsetType | str = UNSET
    """Kind of the latest event; a report counts only where nothing firmer is known. More codes
    may be added.
    """

    announced_on: UnsetType | datetime.date = UNSET
    """First announcement, else the first event; the first day of the span where the date is not
    precise to the day.
    """

    announced_precision: UnsetType | str = UNSET
    """How precise the date is. One of day, month, quarter, year."""

    forms: UnsetType | list[str] = UNSET
    """How the jobs are cut."""

    form_citations: UnsetType | list[int] = UNSET
    """Numbers `n` in the list `citations` of this document."""

    scope: UnsetType | Scope | None = UNSET

    headcount: UnsetType | Headcount | None = UNSET

    share: UnsetType | ShareOfWorkforce | None = UNSET

    magnitudes: UnsetType | list[Magnitude] = UNSET
    """Every figure that somebody gives, including conflicting ones."""

    drivers: UnsetType | list[DriverClaim] = UNSET
    """Reasons, each with who gives it."""

    roles: UnsetType | list[RoleClaim] = UNSET
    """Whose jobs are cut, spared, or hired instead."""

    events: UnsetType | list[Event] = UNSET
    """What happened, oldest first."""

    context: UnsetType | list[Context] = UNSET
    """Background against which to read the cut."""

    relations: UnsetType | list[WaveRelation] = UNSET
    """How it relates to other waves."""

    citations: UnsetType | list[Citation] = UNSET
    """The citations; claims refer to them by number."""

    notices: UnsetType | WaveNotices | None = UNSET

    expanded: UnsetType | WaveExpansion = UNSET
    """What `expand` asks for; absent without it."""


class WaveSelectionList(Struct, frozen=True, kw_only=True):
    """A page with the selected fields of each `Wave`."""

    data: list[WaveSelection]
    """The records of this page, with the selected fields."""

    links: ListLinks

    meta: ListMeta
