"""Waves: coherent reductions, each by one company, with claims and citations."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import (
    BY_ID,
    BY_RELEVANCE,
    HistoryOperation,
    Json,
    Listing,
    Reader,
    Resource,
    Single,
    Table,
    at,
    both_ways,
    columns,
    each,
    inside,
    newest_by,
)
from layoff_ledger.resources.bibliography import (
    BibliographyEntry,
    Consulted,
    date_parts,
    date_text,
    of_ledger,
)
from layoff_ledger.resources.claim_tables import CITATIONS, CLAIMS
from layoff_ledger.resources.claims import (
    Citation,
    Context,
    DriverClaim,
    Event,
    Headcount,
    Magnitude,
    RoleClaim,
    Scope,
    ShareOfWorkforce,
    WaveRelation,
)
from layoff_ledger.resources.company import Company, CompanyReference
from layoff_ledger.resources.feed_texts import wave_text
from layoff_ledger.resources.fields import (
    CitationNumbers,
    Note,
    NoticesUrl,
    Precision,
    Public,
    Revision,
    address_of_record,
    list_of,
    open_vocabulary,
)
from layoff_ledger.resources.filters import one_of, overlaps
from layoff_ledger.resources.parameters import (
    AsOf,
    Count,
    Cursor,
    Limit,
    Sample,
    Seed,
    select_of,
    sort_of,
)
from layoff_ledger.resources.source import SourceDetails
from layoff_ledger.resources.wave_brief import WaveBrief
from layoff_ledger.resources.wave_facets import FACETS, INDEXES
from layoff_ledger.resources.wave_notices import WaveNotices
from layoff_ledger.resources.wave_parameters import WaveFilter, match_claims
from layoff_ledger.resources.wave_references import EXPANSIONS
from layoff_ledger.resources.wave_search import search_entry


class Wave(Public, frozen=True, kw_only=True):
    """One coherent reduction by one company, with all its claims and their citations."""

    id: Annotated[
        str,
        Meta(
            description="Stable identifier, `<company>-<yyyy>-<mm>`; never reused.",
            examples=["meta-2023-03"],
        ),
    ]
    url: Annotated[str, address_of_record("/v1/waves/meta-2023-03")]
    notices_url: NoticesUrl | None = None
    revision: Revision
    company: CompanyReference
    title: (
        Annotated[
            str,
            Meta(description="Name of its own, if it has one.", examples=["Year of Efficiency"]),
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
        open_vocabulary(
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
        list[Annotated[str, open_vocabulary(vocabulary.FORMS, "How jobs are cut.")]],
        Meta(description="How the jobs are cut."),
    ]
    form_citations: CitationNumbers
    scope: (
        Annotated[Scope, Meta(description="Where the jobs are cut; null if no source says.")] | None
    )
    headcount: (
        Annotated[
            Headcount,
            Meta(description="Jobs, from the preferred claim; null if no source gives a number."),
        ]
        | None
    )
    share: (
        Annotated[
            ShareOfWorkforce,
            Meta(description="Share, from the preferred claim; null if no source gives one."),
        ]
        | None
    )
    magnitudes: Annotated[
        list[Magnitude],
        Meta(description="Every figure that somebody gives, including conflicting ones."),
    ]
    drivers: Annotated[list[DriverClaim], Meta(description="Reasons, each with who gives it.")]
    roles: Annotated[
        list[RoleClaim], Meta(description="Whose jobs are cut, spared, or hired instead.")
    ]
    events: Annotated[list[Event], Meta(description="What happened, oldest first.")]
    context: Annotated[list[Context], Meta(description="Background against which to read the cut.")]
    relations: Annotated[list[WaveRelation], Meta(description="How it relates to other waves.")]
    citations: Annotated[
        list[Citation], Meta(description="The citations; claims refer to them by number.")
    ]
    notices: (
        Annotated[
            WaveNotices,
            Meta(
                description="What its company filed with authorities at its time, beside its own "
                "figures and never added to them; null where no notice is linked, which does not "
                "say that none was filed."
            ),
        ]
        | None
    ) = None
    expanded: (
        Annotated[
            WaveExpansion,
            Meta(description="What `expand` asks for; absent without it."),
        ]
        | UnsetType
    ) = UNSET


class WaveExpansion(Public, frozen=True, kw_only=True):
    """The whole records that `expand` asks for; the others are absent."""

    company: Annotated[Company, Meta(description="The company.")] | UnsetType = UNSET
    sources: (
        Annotated[
            list[SourceDetails],
            Meta(
                description="The sources, as they are first cited, without all the claims that "
                "cite them."
            ),
        ]
        | UnsetType
    ) = UNSET


WAVE_SORTS = {
    **both_ways("announced_on", "facet.announced_on", "date"),
    # Unknown comes last in both directions.
    **both_ways(
        "headcount",
        "coalesce(facet.headcount_low, facet.headcount_high, 2147483647)",
        "integer",
        down="coalesce(facet.headcount_low, facet.headcount_high, -1)",
    ),
    # Shares of parts cannot be compared with those of whole companies.
    **both_ways(
        "share",
        "coalesce(facet.whole_share_low, 2)",
        "double precision",
        down="coalesce(facet.whole_share_low, -1)",
    ),
    **BY_ID,
    "-relevance": BY_RELEVANCE,
}

if TYPE_CHECKING:
    WaveFields = list[str]
    WaveSort = str
else:
    WaveFields = select_of(Wave, "id", "announced_on", "headcount")
    WaveSort = sort_of(
        # In the order of the contract.
        (
            *("-announced_on", "announced_on", "-headcount", "headcount", "id", "-id"),
            *("-relevance", "-share", "share"),
        ),
        "Order; `-` is descending, unknown comes last, `id` breaks ties. `share` is of whole "
        "companies, by its lower bound. `-relevance` only together with `q`.",
    )

Expand = Annotated[
    list[Literal["company", "sources"]],
    Meta(
        description="Adds whole records to each wave, under `expanded`: its company, the sources "
        "that it cites. CSV and citations leave them out.",
        examples=[["company"]],
    ),
]


class WaveSingleParameters(AsOf, frozen=True, kw_only=True):
    """In which shape one wave is asked for."""

    expand: Expand = []


class WaveListParameters(WaveFilter, frozen=True, kw_only=True):
    """Which waves, and which part of the list."""

    # A struct has one base with fields, so the fields of `Paging` are repeated here.
    limit: Limit | None = None
    cursor: Cursor | None = None
    count: Count = "exact"
    select: WaveFields = []
    expand: Expand = []
    sample: Sample | None = None
    seed: Seed | None = None
    sort: WaveSort = "-announced_on"


def _codes(name: str, key: str, keep: Callable[[Json], bool]) -> Reader:
    """Read the codes of the claims that are kept, each once, in the order of the claims."""

    def read(document: Json) -> list[str]:
        found = [
            claim[key]["code"]
            for claim in document[name]
            if claim["rank"] != "deprecated" and keep(claim)
        ]
        return list(dict.fromkeys(found))

    return name, read


COLUMNS = columns(
    """
id                       string!   Stable identifier, <company>-<yyyy>-<mm>; never reused.
company                  string!   Id of the company that cuts.
company_name             string!   Its common name.
company_country          string    Country of its seat, ISO 3166-1 alpha-2.
industry                 string    Its sector, NAICS 2022.
title                    string    Name of its own, where the wave has one.
status                   string!   Kind of the latest event; a report counts only where nothing firmer is known.
announced_on             date!     First announcement, else the first event; the first day of the span.
announced_precision      string!   How precise announced_on is: day, month, quarter or year.
canonical                boolean!  Whether statistics count it. Add up only rows where this is true.
collection               string!   The collection that it belongs to.
forms                    list      How the posts go: layoff, closure, attrition and the like.
worldwide                boolean   Whether cuts fall in more countries than those listed; null if not stated.
countries                list      Countries that are named, ISO 3166-1 alpha-2.
units                    list      Divisions, sites, brands.
headcount_low            integer   Jobs, at least; null is no bound, never 0.
headcount_high           integer   Jobs, at most; null if there is no bound.
headcount_qualifier      string    How the source hedges the figure.
headcount_counts         string    gross: posts cut; net: change of headcount; affected: posts that may be moved.
headcount_cumulative     boolean   Whether earlier waves are included; null if not stated.
share_low                number    Fraction of the workforce, at least.
share_high               number    Fraction of the workforce, at most.
share_qualifier          string    How the source hedges the share.
share_base               string    What it is a share of; null is the company.
drivers                  list      Reasons that somebody gives; codes of the table drivers. Denials are not among them.
drivers_stated_by_company list     Those that the company states as its own, also as mere context.
drivers_denied           list      Reasons that somebody denies.
roles_cut                list      Whose jobs are cut; codes of the table roles.
roles_spared             list      Whose jobs are spared.
roles_hired              list      Who is hired while others are cut.
sources                  list      Ids of the cited sources.
source_urls              list      Their addresses.
note                     string    A caution for readers.
revision                 integer!  Revision of the ledger in which the record last changed.
url                      string!   Address of the record in the API.
subdivisions             list      Subdivisions that are named, ISO 3166-2.
sites                    list      Towns and plants that a source names.
headcount_base           string    What the headcount is of; null is the whole company.
headcount_counted_low    integer   Jobs that totals count, at least: without those of other counted waves in the figure.
headcount_counted_high   integer   Jobs that totals count, at most; null if there is no bound.
notices                  integer   Notices that are linked to it and stand; null is none, not that none was filed.
notices_jobs_low         integer   Their jobs, summed lower bounds. Perhaps the same jobs as the wave's: never add the two.
notices_jobs_high        integer   Their jobs, summed upper bounds.
first_notice_on          date      Date of the first of them.
industry_label           string    Name of the sector.
""",
    {
        "company": at("company", "id"),
        "company_name": at("company", "name"),
        "company_country": at("company", "country"),
        "industry": at("company", "industry"),
        "industry_label": at("company", "industry"),
        **inside("scope", "worldwide", "countries", "subdivisions", "sites", "units"),
        **inside("headcount", "low", "high", "qualifier", "base", prefix="headcount_"),
        **inside("headcount", "counts", "cumulative", prefix="headcount_"),
        **inside("headcount", "counted_low", "counted_high", prefix="headcount_"),
        "notices": at("notices", "count"),
        **inside("notices", "jobs_low", "jobs_high", prefix="notices_"),
        **inside("notices", "first_notice_on"),
        **inside("share", "low", "high", "qualifier", "base", prefix="share_"),
        "drivers": _codes("drivers", "driver", lambda claim: claim["stance"] != "denies"),
        "drivers_stated_by_company": _codes(
            "drivers",
            "driver",
            lambda claim: claim["speaker"] == "company" and claim["stance"] == "states",
        ),
        "drivers_denied": _codes("drivers", "driver", lambda claim: claim["stance"] == "denies"),
        "roles_cut": _codes("roles", "role", lambda claim: claim["effect"] == "cut"),
        "roles_spared": _codes("roles", "role", lambda claim: claim["effect"] == "spared"),
        "roles_hired": _codes("roles", "role", lambda claim: claim["effect"] == "hired"),
        "sources": each("citations", lambda one: one["source"]["id"]),
        "source_urls": each("citations", lambda one: one["source"]["url"]),
    },
    {"industry_label": "industry"},
)


def cited_title(company: str, title: str | None, announced: str) -> str:
    """Return the title under which a wave is cited."""
    return f"{company}: {title or 'layoffs'} ({announced})"


def bibliography(wave: Any, consulted: Consulted) -> list[BibliographyEntry]:
    """Cite the record itself at its permanent address, then the sources as they are first cited."""
    announced = date_text(wave.announced_on, wave.announced_precision)
    title = cited_title(wave.company.name, wave.title, announced)
    key = f"layoff-ledger-{wave.id}-r{consulted.revision}"
    entries = {wave.id: of_ledger(key, title, consulted)}
    for one in wave.citations:
        cited = one.source
        entries.setdefault(
            f"source {cited.id}",
            BibliographyEntry(
                key=cited.id,
                kind=cited.kind,
                title=cited.title,
                author=None,
                publisher=cited.publisher,
                issued=date_parts(cited.published_on, cited.published_precision),
                url=cited.url,
                archived_url=cited.archived_url,
                # A citation does not say how precise `retrieved_on` is, so no day is claimed.
            ),
        )
    return list(entries.values())


WAVE = Resource(
    name="wave",
    path="waves",
    tag="Waves",
    struct=Wave,
    listing=Listing(
        summary="List waves",
        description="The newest announcement comes first. Each wave has all its claims and "
        "citations.",
        parameters=WaveListParameters,
        answer=list_of(Wave, "waves"),
        links={
            "get_wave": ("The first wave of the page.", {"id": "$response.body#/data/0/id"}),
            "get_company": ("Its company.", {"id": "$response.body#/data/0/company/id"}),
        },
    ),
    single=Single(
        summary="Get one wave",
        description="One wave with all its claims, events and citations.\n\n"
        "As CSL-JSON, BibTeX, RIS or text it is a bibliography: the record itself with its "
        "revision, then\nthe sources that it cites.",
        parameters=WaveSingleParameters,
        path_parameter="Id of the wave.",
        example="meta-2023-03",
        bibliography=bibliography,
        links={
            "get_company": ("The company that cuts.", {"id": "$response.body#/company/id"}),
            "get_wave_history": ("What changed in it, and when.", {"id": "$response.body#/id"}),
            "list_waves": (
                "All waves of that company.",
                {"company": "$response.body#/company/id"},
            ),
            "list_sources": ("All sources that it cites.", {"wave": "$response.body#/id"}),
            "get_source": (
                "The first cited source.",
                {"id": "$response.body#/citations/0/source/id"},
            ),
        },
    ),
    sorts=WAVE_SORTS,
    followed={"company": one_of("company"), "driver": overlaps("drivers")},
    day="announced_on",
    facets=FACETS,
    indexes=INDEXES,
    together=match_claims,
    notices="wave",
    history=HistoryOperation(
        "Every revision that changed the wave: when, and each field with its old and its new "
        "value.",
        "Id of the wave, also of one that was withdrawn or merged.",
    ),
    columns=COLUMNS,
    tables=(
        Table(
            "waves",
            "Waves",
            "One coherent reduction by one company on each row; figures are those of the preferred "
            "claim.",
            COLUMNS,
            references={"company": "companies"},
            whole=True,
        ),
        CLAIMS,
        CITATIONS,
    ),
    search_entry=search_entry,
    expansions=EXPANSIONS,
    feed_text=wave_text,
    brief=WaveBrief,
    newest=newest_by("facet.announced_on"),
)
