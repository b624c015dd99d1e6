"""Notices: what employers filed with an authority about coming reductions, linked and never added."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import (
    BY_ID,
    BY_RELEVANCE,
    Facet,
    HistoryOperation,
    Listing,
    Moment,
    Resource,
    SearchEntry,
    Single,
    Table,
    at,
    both_ways,
    by_day,
    columns,
    each,
    inside,
    newest_by,
)
from layoff_ledger.resources.feed_texts import notice_text
from layoff_ledger.resources.fields import (
    IndustryCode,
    Public,
    Revision,
    Subdivision,
    address_of_record,
    list_of,
    open_vocabulary,
)
from layoff_ledger.resources.filters import one_of
from layoff_ledger.resources.hidden import token_of
from layoff_ledger.resources.notice_parameters import NoticeFilter
from layoff_ledger.resources.notice_parts import (
    NoticeCompany,
    NoticeIdentifiers,
    NoticeJobs,
    NoticeRelation,
    NoticeSource,
    NoticeWave,
)
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
from layoff_ledger.resources.places import subdivision_names


class Notice(Public, frozen=True, kw_only=True):
    """A filing as its collection has it: not a claim of the ledger, and not counted in any of its totals."""

    id: Annotated[
        str,
        Meta(
            description="Stable identifier: jurisdiction and the beginning of the key at its origin.",
            examples=["us-mo-26abba1652"],
        ),
    ]
    url: Annotated[str, address_of_record("/v1/notices/us-mo-26abba1652")]
    revision: Revision
    collection: Annotated[
        str, Meta(description="The collection that it belongs to.", examples=["us-warn"])
    ]
    jurisdiction: Annotated[
        Subdivision, Meta(description="Whose authority it was filed with.", examples=["US-TX"])
    ]
    authority: (
        Annotated[
            str,
            Meta(
                description="Name of that authority: the one that runs the portal today.",
                examples=["Texas Workforce Commission"],
            ),
        ]
        | None
    )
    employer: Annotated[
        str, Meta(description="The employer as filed.", examples=["Tokheim Equipment Corporation"])
    ]
    company: (
        Annotated[
            NoticeCompany,
            Meta(description="The company that it is linked to; null if it is linked to none."),
        ]
        | None
    )
    wave: (
        Annotated[
            NoticeWave,
            Meta(description="The wave that it is linked to; null if it is linked to none."),
        ]
        | None
    )
    place: Annotated[str, Meta(description="Town of the site.", examples=["Bonham"])] | None
    county: Annotated[str, Meta(description="Its county.", examples=["Fannin County"])] | None
    county_code: (
        Annotated[
            str,
            Meta(description="Code of the county; FIPS in the United States.", examples=["48147"]),
        ]
        | None
    )
    address: Annotated[str, Meta(description="Address of the site as filed.")] | None
    notice_on: Annotated[datetime.date, Meta(description="Date of the notice.")] | None
    received_on: (
        Annotated[
            datetime.date,
            Meta(description="When the authority received it.", examples=["2023-03-17"]),
        ]
        | None
    )
    effective_from: (
        Annotated[
            datetime.date,
            Meta(description="When it takes effect; the first day where there are several."),
        ]
        | None
    )
    effective_to: (
        Annotated[
            datetime.date,
            Meta(description="The last of several such days.", examples=["2023-06-30"]),
        ]
        | None
    )
    first_seen_on: (
        Annotated[datetime.date, Meta(description="When the collection first saw it.")] | None
    )
    last_seen_on: (
        Annotated[datetime.date, Meta(description="When the collection last saw it, if it says.")]
        | None
    )
    jobs: Annotated[NoticeJobs, Meta(description="Jobs affected; null is unknown.")] | None
    kind: Annotated[str, open_vocabulary(vocabulary.NOTICE_KINDS, "What happens at the site.")]
    temporary: (
        Annotated[bool, Meta(description="Whether it is temporary; null if not said.")] | None
    )
    industry: IndustryCode | None
    naics: (
        Annotated[
            str,
            Meta(description="NAICS code as the collection has it.", examples=["334517"]),
        ]
        | None
    )
    stated_cause: (
        Annotated[
            str,
            Meta(
                description="The cause that the employer states.", examples=["Loss of a contract"]
            ),
        ]
        | None
    )
    occupations: Annotated[
        list[str], Meta(description="Occupations as filed.", examples=[["Assemblers"]])
    ]
    status: Annotated[
        str,
        open_vocabulary(
            vocabulary.NOTICE_STATUSES,
            "What became of it: the jobs of superseded and rescinded notices no longer stand.",
        ),
    ]
    amended: Annotated[bool, Meta(description="Whether it was amended, or amends another one.")]
    relations: Annotated[
        list[NoticeRelation], Meta(description="How it relates to earlier notices.")
    ]
    flags: Annotated[
        list[Annotated[str, open_vocabulary(vocabulary.NOTICE_FLAGS, "A caution.")]],
        Meta(description="Cautions for readers."),
    ]
    identifiers: NoticeIdentifiers
    source: NoticeSource
    license: Annotated[
        str,
        Meta(
            description="SPDX identifier of the licence of its collection.",
            examples=["Apache-2.0"],
        ),
    ]
    attribution: Annotated[str, Meta(description="The attribution to give when you use it.")] | None


if TYPE_CHECKING:
    NoticeFields = list[str]
    NoticeSort = str
else:
    NoticeFields = select_of(Notice, "id", "employer", "jobs")
    NoticeSort = sort_of(
        (
            "-notice_on", "notice_on", "-effective_on", "effective_on", "-jobs", "jobs", "id",
            "-id", "-relevance",
        ),
        "Order; `-` is descending, unknown comes last, `id` breaks ties. `-relevance` only "
        "together with `q`.",
    )  # fmt: skip


class NoticeListParameters(NoticeFilter, frozen=True, kw_only=True):
    """Which notices, and which part of the list."""

    # A struct has one base with fields, so the fields of `Paging` are repeated here.
    limit: Limit | None = None
    cursor: Cursor | None = None
    count: Count = "exact"
    select: NoticeFields = []
    sample: Sample | None = None
    seed: Seed | None = None
    sort: NoticeSort = "-notice_on"


def _id(link: Any) -> str | None:
    return None if link is None else link.id


def is_possible_duplicate(notice: Any) -> bool:
    """Return whether a notice may repeat an earlier one."""
    return any(one.relation == "possible_duplicate" for one in notice.relations)


FACETS = (
    Facet("jurisdiction", 'text collate "C" not null', "Whose authority it was filed with.", lambda notice: notice.jurisdiction),
    Facet("county_code", 'text collate "C"', "Code of the county.", lambda notice: notice.county_code),
    Facet("county", "text", "Name of the county.", lambda notice: notice.county),
    Facet("company", 'text collate "C"', "Id of the company.", lambda notice: _id(notice.company)),
    Facet("wave", 'text collate "C"', "Id of the wave.", lambda notice: _id(notice.wave)),
    Facet("collection", 'text collate "C" not null', "Id of the collection.", lambda notice: notice.collection),
    Facet("kind", 'text collate "C" not null', "closure, mass_layoff or unknown.", lambda notice: notice.kind),
    Facet("status", 'text collate "C" not null', "filed, amended, superseded or rescinded.", lambda notice: notice.status),
    Facet("industry", 'text collate "C"', "NAICS 2022 sector.", lambda notice: notice.industry),
    Facet("temporary", "boolean", "Whether it is temporary.", lambda notice: notice.temporary),
    Facet("amended", "boolean not null", "Whether it was amended or amends.", lambda notice: notice.amended),
    Facet("possible_duplicate", "boolean not null", "Whether it may repeat an earlier one.", is_possible_duplicate),
    Facet("notice_on", "date", "Date of the notice.", lambda notice: notice.notice_on),
    Facet("received_on", "date", "When it was received.", lambda notice: notice.received_on),
    Facet("effective_on", "date", "When it takes effect.", lambda notice: notice.effective_from),
    Facet("effective_until", "date", "The last day of it.", lambda notice: notice.effective_to or notice.effective_from),
    Facet("last_seen_on", "date", "When it was last seen, or first.", lambda notice: notice.last_seen_on or notice.first_seen_on),
    Facet("jobs_low", "integer", "Jobs, at least.", lambda notice: notice.jobs and notice.jobs.low),
    Facet("jobs_high", "integer", "Jobs, at most.", lambda notice: notice.jobs and notice.jobs.high),
    Facet("flags", "text[] not null", "Cautions for readers.", lambda notice: notice.flags),
)  # fmt: skip

COLUMNS = columns(
    """
= id collection
jurisdiction             string!   Whose authority it was filed with, ISO 3166-2.
= employer
company                  string    Id of the company that it is linked to.
company_method           string    By what the two were matched.
company_score            number    How sure that is, from 0 to 1.
wave                     string    Id of the wave that it may belong to. Never add the jobs of both.
wave_method              string    By what the two were matched.
wave_score               number    How sure that is, from 0 to 1.
= place county county_code address notice_on received_on effective_from effective_to first_seen_on
= last_seen_on
jobs_low                 integer   Jobs affected, at least; null is unknown, never 0.
jobs_high                integer   Jobs affected, at most.
kind                     string!   closure, mass_layoff or unknown.
= temporary industry naics stated_cause
occupations              list      Occupations as filed.
status                   string!   filed, amended, superseded or rescinded.
= amended
amends                   list      Ids of the notices that it amends.
possible_duplicate_of    list      Ids of the notices that it may repeat.
flags                    list      Cautions for readers.
cik                      string    SEC number of the employer, as the collection matched it.
lei                      string    Its legal entity identifier.
wikidata                 string    Its Wikidata item.
ticker                   string    Its symbol.
parent                   string    Name of the company that owns it.
source_url               string    The portal of the authority.
retrieved_on             date      When it was read there.
source_id                string    Number of the notice there.
= license attribution
authority                string    Name of the authority that it was filed with.
= revision url
industry_label           string    Name of the sector.
""",
    {
        "company": at("company", "id"),
        **inside("company", "method", "score", prefix="company_"),
        "wave": at("wave", "id"),
        **inside("wave", "method", "score", prefix="wave_"),
        **inside("jobs", "low", "high", prefix="jobs_"),
        "amends": each(
            "relations", lambda one: one["notice"] if one["relation"] == "amends" else None
        ),
        "possible_duplicate_of": each(
            "relations",
            lambda one: one["notice"] if one["relation"] == "possible_duplicate" else None,
        ),
        **inside("identifiers", "cik", "lei", "wikidata", "ticker", "parent"),
        "source_url": at("source", "url"),
        "retrieved_on": at("source", "retrieved_on"),
        "source_id": at("source", "id"),
        "industry_label": at("industry"),
    },
    {"industry_label": "industry"},
    of=Notice,
)


def search_entry(notice: Any) -> SearchEntry:
    """Return the search entry of a notice: employer and place, kept short as there are many."""
    entry = SearchEntry(notice.employer)
    entry.add("C", notice.employer)
    entry.add("D", notice.place, notice.county, subdivision_names().get(notice.jurisdiction))
    if notice.company is not None:
        # Counts little: who types another name of a company means its waves first.
        entry.implied = [token_of(notice.company.id)]
    return entry


NOTICE = Resource(
    name="notice",
    path="notices",
    tag="Notices",
    struct=Notice,
    listing=Listing(
        summary="List notices",
        description="What employers filed with an authority about coming reductions, the latest "
        "notice first. Each is a record of its collection with its own licence and attribution; it "
        "is linked to a wave by company and date, and may be about the same jobs as the wave or "
        "others: never add the two.",
        parameters=NoticeListParameters,
        answer=list_of(Notice, "notices"),
        links={
            "get_notice": ("The first notice of the page.", {"id": "$response.body#/data/0/id"}),
        },
    ),
    single=Single(
        summary="Get one notice",
        description="One notice with its links and where it was taken from.",
        parameters=AsOf,
        path_parameter="Id of the notice.",
        example="us-mo-26abba1652",
        links={
            "get_notice_history": ("What changed in it, and when.", {"id": "$response.body#/id"}),
        },
    ),
    sorts={
        **by_day("notice_on"),
        **by_day("effective_on"),
        **both_ways(
            "jobs",
            "coalesce(facet.jobs_low, 2147483647)",
            "integer",
            down="coalesce(facet.jobs_low, -1)",
        ),
        **BY_ID,
        "-relevance": BY_RELEVANCE,
    },
    facets=FACETS,
    indexes=(
        # Other orders are sorted: every additional index would slow down each import.
        "(coalesce(notice_on, date '0002-01-01'), id)",
        "(effective_on)",
        # Those that take effect on several days, which are few.
        "(effective_until) where effective_until > effective_on",
        "(jurisdiction, notice_on)",
        "(county_code)",
        "(company) where company is not null",
        "(wave) where wave is not null",
    ),
    columns=COLUMNS,
    tables=(
        Table(
            "notices",
            "Notices",
            "One filing on each row. It may be about the same jobs as the wave that it names: never "
            "add them up.",
            COLUMNS,
            references={"company": "companies", "wave": "waves"},
            whole=True,
        ),
    ),
    search_entry=search_entry,
    retirable=False,
    followed={"company": one_of("company")},
    moment=Moment(
        what="notice",
        condition="facet.status in ('filed', 'amended') and not facet.possible_duplicate",
        first="facet.effective_on",
        last="facet.effective_until",
        kind=f"'{vocabulary.TAKES_EFFECT}'",
        company="facet.company",
        wave="facet.wave",
        entry=lambda notice: {
            "precision": "day",
            "company_name": None,
            "statement": notice_text(notice).sentence,
            "speaker": None,
            "citations": [],
            "employer": notice["employer"],
        },
    ),
    feed_text=notice_text,
    newest=newest_by("facet.notice_on"),
    history=HistoryOperation(
        "Every revision that changed the notice: when, and each field with old and new value.",
        "Id of the notice.",
    ),
    collection="us-warn",
)
