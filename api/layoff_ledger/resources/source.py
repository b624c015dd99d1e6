"""Sources: texts that are cited, what they are worth, and which claims they support."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import (
    BY_ID,
    BY_RELEVANCE,
    Facet,
    Listing,
    Resource,
    SearchEntry,
    Single,
    Table,
    as_words,
    both_ways,
    by_day,
    columns,
    each,
    newest_by,
)
from layoff_ledger.resources.bibliography import BibliographyEntry, Consulted, date_parts
from layoff_ledger.resources.feed_texts import source_text
from layoff_ledger.resources.fields import (
    ArchivedUrl,
    Note,
    Precision,
    Public,
    Revision,
    SourceUrl,
    address_of_record,
    list_of,
    open_vocabulary,
)
from layoff_ledger.resources.filters import Known, compares, one_of, overlaps
from layoff_ledger.resources.parameters import AsOf, Codes, Names, Searchable, select_of, sort_of
from layoff_ledger.resources.periods import Edge, Period, Periods, within


class SupportedClaim(Public, frozen=True, kw_only=True):
    """A claim that a source supports."""

    wave: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])] | None
    indicator: (
        Annotated[str, Meta(description="Id of the series, if it is a figure of one.")] | None
    )
    kind: Annotated[
        str,
        open_vocabulary(
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


class SourceDetails(Public, frozen=True, kw_only=True):
    """A text that is cited, and what it is worth."""

    id: Annotated[
        str,
        Meta(description="Stable identifier.", examples=["meta-about-2023-03-14"]),
    ]
    record_url: Annotated[str, address_of_record("/v1/sources/meta-about-2023-03-14")]
    revision: Revision
    url: SourceUrl | None
    archived_url: ArchivedUrl | None
    title: Annotated[str, Meta(description="Title as published; null if unknown.")] | None
    publisher: Annotated[str, Meta(description="Who publishes it.", examples=["Reuters"])]
    author: Annotated[str, Meta(description="Byline.")] | None
    kind: Annotated[str, open_vocabulary(vocabulary.SOURCE_KINDS, "Kind of source.")]
    standing: Annotated[vocabulary.Standing, Meta(description="What the source is worth.")]
    original_publisher: (
        Annotated[str, Meta(description="Whose text a republication copies.")] | None
    )
    language: Annotated[str, Meta(description="ISO 639 code.", examples=["en"])]
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
    retrieved_precision: Precision | None
    note: Note | None


class Source(SourceDetails, frozen=True, kw_only=True):
    """A text that is cited, what it is worth, and which claims it supports."""

    supports: Annotated[list[SupportedClaim], Meta(description="The claims that cite it.")]


if TYPE_CHECKING:
    SourceFields = list[str]
    SourceSort = str
else:
    SourceFields = select_of(Source, "id", "url")
    SourceSort = sort_of(
        ("-published_on", "published_on", "id", "-id", "publisher", "-publisher", "-relevance"),
        "Order; `-` is descending, unknown comes last, `id` breaks ties. `-relevance` only "
        "together with `q`.",
    )


class SourceListParameters(Searchable, frozen=True, kw_only=True):
    """Which sources, and which part of the list."""

    kind: Annotated[
        Codes,
        Meta(description="Only of these kinds.", examples=[["filing"]]),
        one_of("kind"),
        Known("kind of source"),
    ] = []
    standing: Annotated[
        list[vocabulary.Standing],
        Meta(description="Only sources of these standings.", examples=[["primary"]]),
        one_of("standing"),
    ] = []
    id: Annotated[
        Codes,
        Meta(
            description="Only these sources, by id: up to 100 in one request.",
            examples=[["meta-about-2023-03-14"]],
        ),
        one_of("id", is_looked_up=True),
        Known("source"),
    ] = []
    wave: Annotated[
        Codes,
        Meta(
            description="Only sources that one of these waves cites, by id.",
            examples=[["meta-2023-03"]],
        ),
        overlaps("waves"),
        Known("wave"),
    ] = []
    publisher: Annotated[
        Names,
        Meta(
            description="Only sources by exactly these publishers. Repeat the parameter for "
            "several; a comma is part of a name.",
            examples=[["SEC EDGAR"]],
        ),
        one_of("publisher"),
    ] = []
    language: Annotated[
        Codes,
        Meta(description="Only sources in these languages, ISO 639.", examples=[["en"]]),
        one_of("language"),
    ] = []
    published: Annotated[
        list[Period],
        Meta(
            description="Published in this year, quarter or month, or on this day: 2023, 2023-Q2, "
            "2023-06 or 2023-06-15. A less precise date counts by its first day.",
            examples=[["2023-06"]],
        ),
        within("published_on"),
        Periods(),
    ] = []
    published_gte: (
        Annotated[
            datetime.date,
            Meta(
                description="Published on this day or later; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts from its first day.",
                examples=["2023-01-01"],
            ),
            Edge("first"),
            compares("published_on", ">=", "date"),
        ]
        | None
    ) = None
    published_lte: (
        Annotated[
            datetime.date,
            Meta(
                description="Published on this day or earlier; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts to its last day.",
                examples=["2023-12-31"],
            ),
            Edge("last"),
            compares("published_on", "<=", "date"),
        ]
        | None
    ) = None
    select: SourceFields = []
    sort: SourceSort = "-published_on"


FACETS = (
    Facet("publisher", 'text collate "C" not null', "Who publishes it.", lambda source: source.publisher),
    Facet("kind", "text not null", "Kind of source.", lambda source: source.kind),
    Facet("standing", "text not null", "What the source is worth.", lambda source: source.standing),
    Facet("language", "text not null", "ISO 639 code.", lambda source: source.language),
    Facet("published_on", "date", "When it was published.", lambda source: source.published_on),
    Facet("titled", "boolean not null", "Whether its title is known.", lambda source: source.title is not None),
    Facet("waves", "text[] not null", "Ids of the waves that cite it.", lambda source: sorted({one.wave for one in source.supports if one.wave is not None})),
    Facet("archived", "boolean not null", "Whether a copy that stays is known.", lambda source: source.archived_url is not None),
)  # fmt: skip

COLUMNS = columns(
    """
= id
url                      string    Address of the text; null where none is known.
= archived_url
title                    string    Title as published.
= publisher author
kind                     string!   Kind of source: filing, company_statement, news and the like.
standing                 string!   What it is worth: primary, established, republication, secondary, machine_summary.
= original_publisher language published_on
published_precision      string    How precise published_on is.
= retrieved_on
note                     string    A caution for readers.
waves                    list      Ids of the waves that cite it.
claims                   integer!  Claims and values of indicators that cite it.
= revision record_url
""",
    {
        "waves": each("supports", lambda one: one["wave"]),
        "claims": ("supports", lambda document: len(document["supports"])),
    },
    of=Source,
)


def search_entry(source: Any) -> SearchEntry:
    """Return the search entry of a source: title, publisher, byline, and words cited from it."""
    label = source.title or source.publisher
    entry = SearchEntry(label, [label, as_words(source.id)])
    entry.add("A", label)
    entry.hidden = as_words(source.id).split()
    entry.add("B", source.publisher, source.author, source.original_publisher)
    entry.add("C", source.note)
    for claim in source.supports:
        entry.add("C", claim.fragment)
    return entry


def bibliography(source: Any, _: Consulted) -> list[BibliographyEntry]:
    """Cite the source as itself; it was accessed when the ledger read it, if that is recorded."""
    return [
        BibliographyEntry(
            key=source.id,
            kind=source.kind,
            title=source.title,
            author=source.author,
            publisher=source.publisher,
            issued=date_parts(source.published_on, source.published_precision),
            url=source.url,
            archived_url=source.archived_url,
            accessed=date_parts(source.retrieved_on, source.retrieved_precision),
            language=source.language,
        )
    ]


SOURCE = Resource(
    name="source",
    path="sources",
    tag="Sources",
    struct=Source,
    listing=Listing(
        summary="List sources",
        description="The latest publication comes first. Each source lists the claims that cite "
        "it. A citation of the list (CSL-JSON, BibTeX, RIS or text) has an entry for the question "
        "and one for each source: all of them unless `limit` is given, up to 10,000.",
        is_bibliography=True,
        parameters=SourceListParameters,
        answer=list_of(Source, "sources"),
        links={
            "get_source": ("The first source of the page.", {"id": "$response.body#/data/0/id"}),
        },
    ),
    single=Single(
        summary="Get one source",
        description="One source with the claims that cite it; also as CSL-JSON, BibTeX, RIS or "
        "text.",
        parameters=AsOf,
        path_parameter="Id of the source.",
        example="meta-about-2023-03-14",
        bibliography=bibliography,
        links={"list_waves": ("The waves that cite it.", {"source": "$response.body#/id"})},
    ),
    sorts={
        **by_day("published_on"),
        **both_ways("publisher", "facet.publisher", "text"),
        **BY_ID,
        "-relevance": BY_RELEVANCE,
    },
    facets=FACETS,
    indexes=(
        "(coalesce(published_on, date '9999-01-01'), id)",
        "(coalesce(published_on, date '0002-01-01'), id)",
        "(publisher, id)",
        "(kind, id)",
        "(standing, id)",
        "using gin (waves)",
    ),
    columns=COLUMNS,
    tables=(
        Table(
            "sources",
            "Sources",
            "One cited text on each row, and what it is worth.",
            COLUMNS,
            whole=True,
        ),
    ),
    search_entry=search_entry,
    shown=("title", "publisher", "published_on", "kind", "standing", "claims"),
    url="record_url",
    feed_text=source_text,
    newest=newest_by("facet.published_on"),
)
