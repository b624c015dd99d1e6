"""Indicators: each figure of each company's series, a record of its own with all its citations.

A figure is a part of the document with its company's indicators, and versioned with it.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import (
    BY_ID,
    Facet,
    Listing,
    Part,
    Resource,
    Single,
    both_ways,
    columns,
)
from layoff_ledger.resources.claim_parts import DIGEST_CHARACTERS, ClaimCitation
from layoff_ledger.resources.claim_tables import CITATION_COLUMNS, CITED
from layoff_ledger.resources.feed_texts import indicator_text
from layoff_ledger.resources.fields import (
    Figure,
    Note,
    Precision,
    Public,
    Qualifier,
    Rank,
    Revision,
    SeriesKind,
    SeriesUnit,
    address_of_record,
    list_of,
    stored,
)
from layoff_ledger.resources.filters import Known, compares, one_of
from layoff_ledger.resources.parameters import (
    AsOf,
    Codes,
    Names,
    Paging,
    select_of,
    sort_of,
)
from layoff_ledger.resources.periods import Edge

Frequency = Literal["year", "quarter", "day", "other"]
YEAR_DAYS = range(358, 373)
"""Days of a fiscal year: 52 or 53 weeks, or a calendar year."""
QUARTER_DAYS = range(83, 99)


class Indicator(Public, frozen=True, kw_only=True):
    """One figure of a company under one definition, for a period or on a day."""

    id: Annotated[
        str,
        Meta(
            description="Stable identifier, `<series>:<end of the period>:<digest>`: the same "
            "while period and figure are the same.",
            examples=["meta-employees:2022-12-31:359eeb093e"],
        ),
    ]
    url: Annotated[str, address_of_record("/v1/indicators/meta-employees:2022-12-31:359eeb093e")]
    revision: Revision
    company: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    company_name: Annotated[str, Meta(description="Its common name.")]
    series: Annotated[str, Meta(description="Id of the series.", examples=["meta-employees"])]
    metric: Annotated[vocabulary.Metric, Meta(description="What is measured.")]
    kind: SeriesKind
    unit: SeriesUnit
    definition: Annotated[
        str, Meta(description="What is counted; each definition is a separate series.")
    ]
    series_note: Annotated[str, Meta(description="A caution for readers about the series.")] | None
    frequency: Annotated[
        Frequency,
        Meta(
            description="How long the period is: a year (52 or 53 weeks, or a calendar year), a "
            "quarter, day for a count on one day, or other."
        ),
    ]
    year: Annotated[
        int, Meta(description="Calendar year in which the period ends.", examples=[2023])
    ]
    is_calendar_year: (
        Annotated[
            bool,
            Meta(
                description="Whether a year ends on 31 December; false for any other fiscal year; null if the period is not a year."
            ),
        ]
        | None
    )
    period_start: (
        Annotated[datetime.date, Meta(description="First day; null for a count on one day.")] | None
    )
    period_end: Annotated[datetime.date, Meta(description="Last day, or the day of the count.")]
    precision: Precision
    low: Annotated[Figure, Meta(description="At least, in the unit.")] | None
    high: Annotated[Figure, Meta(description="At most, in the unit.")] | None
    qualifier: Qualifier
    rank: Rank
    stated_on: Annotated[datetime.date, Meta(description="When it was said.")] | None
    note: Note | None
    citations: Annotated[list[ClaimCitation], Meta(description="The sources that say so.")]


StoredIndicator: Any = stored(Indicator)


def frequency_of(start: datetime.date | None, end: datetime.date) -> Frequency:
    """Return what length of period lies between its first and last day."""
    if start is None:
        return "day"
    days = (end - start).days
    return "year" if days in YEAR_DAYS else "quarter" if days in QUARTER_DAYS else "other"


def parts(document: Any) -> Iterator[Any]:
    """Yield the figures of a company, in the order of its document."""
    cited = {
        one.n: ClaimCitation(
            locator=one.locator, fragment=one.fragment, evidence=one.evidence, source=one.source
        )
        for one in document.citations
    }
    occurred: Counter[str] = Counter()
    for series in document.series:
        for value in series.values:
            figure = [value.period_start, value.low, value.high, value.stated_on]
            digest = hashlib.sha256(msgspec.json.encode(figure)).hexdigest()[:DIGEST_CHARACTERS]
            id_ = f"{series.id}:{value.period_end}:{digest}"
            occurred[id_] += 1
            frequency = frequency_of(value.period_start, value.period_end)
            end = value.period_end
            yield StoredIndicator(
                id=id_ if occurred[id_] == 1 else f"{id_}-{occurred[id_]}",
                company=document.id,
                company_name=document.name,
                series=series.id,
                metric=series.metric,
                kind=series.kind,
                unit=series.unit,
                definition=series.definition,
                series_note=series.note,
                frequency=frequency,
                year=end.year,
                is_calendar_year=(end.month, end.day) == (12, 31) if frequency == "year" else None,
                period_start=value.period_start,
                period_end=end,
                precision=value.precision,
                low=value.low,
                high=value.high,
                qualifier=value.qualifier,
                rank=value.rank,
                stated_on=value.stated_on,
                note=value.note,
                citations=[cited[n] for n in value.citations],
            )


if TYPE_CHECKING:
    IndicatorFields = list[str]
    IndicatorSort = str
else:
    IndicatorFields = select_of(Indicator, "id", "low", "high")
    IndicatorSort = sort_of(
        ("series", "-period_end", "period_end", "id", "-id"),
        "Order; `-` is descending, `id` breaks ties. `series` has each series by its periods.",
    )


class IndicatorListParameters(Paging, frozen=True, kw_only=True):
    """Which figures, and which part of the list."""

    company: Annotated[
        Codes,
        Meta(description="Only of these companies, by id.", examples=[["meta"]]),
        one_of("company"),
        Known("company"),
    ] = []
    series: Annotated[
        Codes,
        Meta(description="Only figures of these series, by id.", examples=[["meta-employees"]]),
        one_of("series"),
        Known("series", of="indicator"),
    ] = []
    metric: Annotated[
        list[vocabulary.Metric],
        Meta(description="Only figures of these metrics.", examples=[["capital_expenditure"]]),
        one_of("metric"),
    ] = []
    kind: Annotated[
        list[vocabulary.IndicatorKind],
        Meta(description="Only outcomes, or only guidance.", examples=[["outcome"]]),
        one_of("kind"),
    ] = []
    definition: Annotated[
        Names,
        Meta(
            description="Only figures under exactly these definitions. Repeat the parameter for "
            "several; a comma is part of a definition.",
            examples=[["Employees at the end of the fiscal year."]],
        ),
        one_of("definition"),
        Known("definition", of="indicator"),
    ] = []
    frequency: Annotated[
        list[Frequency],
        Meta(
            description="Only for years, quarters, days (a count on one day) or other periods.",
            examples=[["year"]],
        ),
        one_of("frequency"),
    ] = []
    rank: Annotated[
        list[vocabulary.Rank],
        Meta(description="Only values of these ranks.", examples=[["preferred"]]),
        one_of("rank"),
    ] = []
    year_gte: (
        Annotated[
            int,
            Meta(ge=1, le=9999, description="Period ends in this year or later.", examples=[2020]),
            compares("year", ">=", "integer"),
        ]
        | None
    ) = None
    year_lte: (
        Annotated[
            int,
            Meta(
                ge=1, le=9999, description="Period ends in this year or earlier.", examples=[2025]
            ),
            compares("year", "<=", "integer"),
        ]
        | None
    ) = None
    period_gte: (
        Annotated[
            datetime.date,
            Meta(
                description="Period ends on this day or later; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts from its first day.",
                examples=["2023-01-01"],
            ),
            Edge("first"),
            compares("period_end", ">=", "date"),
        ]
        | None
    ) = None
    period_lte: (
        Annotated[
            datetime.date,
            Meta(
                description="Period ends on this day or earlier; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts to its last day.",
                examples=["2023-12-31"],
            ),
            Edge("last"),
            compares("period_end", "<=", "date"),
        ]
        | None
    ) = None
    select: IndicatorFields = []
    sort: IndicatorSort = "series"


FACETS = (
    Facet("company", "text not null", "Id of the company.", lambda one: one.company),
    Facet("series", 'text collate "C" not null', "Id of the series.", lambda one: one.series),
    Facet("metric", "text not null", "What is measured.", lambda one: one.metric),
    Facet("kind", "text not null", "outcome or guidance.", lambda one: one.kind),
    Facet("definition", "text not null", "What is counted.", lambda one: one.definition),
    Facet("frequency", "text not null", "How long the period is.", lambda one: one.frequency),
    Facet("rank", "text not null", "Rank.", lambda one: one.rank),
    Facet("qualifier", "text not null", "How the source hedges it.", lambda one: one.qualifier),
    Facet("year", "integer not null", "Year in which it ends.", lambda one: one.year),
    Facet("period_start", "date", "First day.", lambda one: one.period_start),
    Facet("period_end", "date not null", "Last day.", lambda one: one.period_end),
    Facet("precision", "text not null", "How precise that is.", lambda one: one.precision),
    # Exact beyond what a double can hold, and never rounded.
    Facet("low", "bigint", "At least.", lambda one: None if one.low is None else int(one.low)),
    Facet("high", "bigint", "At most.", lambda one: None if one.high is None else int(one.high)),
)

COLUMNS = columns(
    """
id                       string!   Stable identifier: the same while period and figure are the same.
= series company company_name
metric                   string!   capital_expenditure, employees or revenue.
= kind unit
definition               string!   What is counted.
= series_note
frequency                string!   year, quarter, day (a count on one day) or other.
= year
is_calendar_year         boolean   Whether a year ends on 31 December; null where the period is no year.
= period_start period_end
precision                string!   How precise period_end is.
= low high qualifier
rank                     string!   preferred, normal, or deprecated.
= stated_on
note                     string    A caution for readers about the value.
"""
    + CITATION_COLUMNS.lstrip("\n")
    + """revision                 integer!  Revision of the ledger in which the value last changed.
url                      string!   Address of the value in the API.
""",
    CITED,
    of=Indicator,
)

INDICATOR = Resource(
    name="indicator",
    path="indicators",
    tag="Companies",
    struct=Indicator,
    part=Part(whole="company_indicators", column="company", named="series", parts=parts),
    listing=Listing(
        summary="List indicators",
        description="Every figure of every company's series: capital expenditure, employees and "
        "revenue, each under one\ndefinition, with its citations. Fiscal years are marked. "
        "`rank=preferred&kind=outcome` gives one value for each period.",
        parameters=IndicatorListParameters,
        answer=list_of(Indicator, "figures"),
        links={
            "get_indicator": ("The first figure of the page.", {"id": "$response.body#/data/0/id"}),
            "get_company_indicators": (
                "All series of its company.",
                {"id": "$response.body#/data/0/company"},
            ),
        },
    ),
    single=Single(
        summary="Get one indicator",
        description="One figure of a company's series, with its citations.",
        parameters=AsOf,
        path_parameter="Id of the figure.",
        example="meta-employees:2022-12-31:359eeb093e",
        links={"get_company": ("The company.", {"id": "$response.body#/company"})},
    ),
    sorts={
        "series": both_ways("series", "facet.series || ' ' || facet.period_end::text", "text")[
            "series"
        ],
        **both_ways("period_end", "facet.period_end", "date"),
        **BY_ID,
    },
    facets=FACETS,
    indexes=("(company)", "(series, period_end)", "(period_end, id)"),
    columns=COLUMNS,
    feed_text=indicator_text,
    retirable=False,
)
