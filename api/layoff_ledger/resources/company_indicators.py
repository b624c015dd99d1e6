"""Indicators: a company's figures over time, each cited, and what follows from them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import Json, Resource, Single, Table, columns
from layoff_ledger.resources.claim_tables import (
    CITATION_COLUMNS,
    CITATIONS,
    cited,
    places_of,
    series_of,
)
from layoff_ledger.resources.claims import Citation
from layoff_ledger.resources.feed_texts import indicators_text
from layoff_ledger.resources.fields import (
    CitationNumbers,
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
    open_vocabulary,
)
from layoff_ledger.resources.filters import one_of
from layoff_ledger.resources.parameters import AsOf


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


_Definition = Annotated[str, Meta(description="What is counted.")]
_Values = Annotated[list[IndicatorValue], Meta(description="By the end of their periods.")]


class IndicatorSeries(Public, frozen=True, kw_only=True):
    """Figures of one metric under one definition; each definition is a separate series."""

    id: Annotated[str, Meta(description="Id of the series.", examples=["meta-employees"])]
    metric: Annotated[vocabulary.Metric, Meta(description="What is measured.")]
    kind: SeriesKind
    unit: SeriesUnit
    definition: _Definition
    note: Note | None
    values: _Values


class RestructuringSeries(Public, frozen=True, kw_only=True):
    """What a company tags about its restructurings, under one definition."""

    id: Annotated[
        str, Meta(description="Id of the series.", examples=["sec-meta-restructuring-charges"])
    ]
    metric: Annotated[
        str,
        open_vocabulary(("restructuring_positions", "restructuring_charges"), "What is measured."),
    ]
    kind: Annotated[SeriesKind, Meta(examples=["outcome"])]
    unit: Annotated[SeriesUnit, Meta(examples=["USD"])]
    definition: Annotated[
        _Definition,
        Meta(
            examples=["Charges of restructurings in the period, as tagged in filings with the SEC."]
        ),
    ]
    note: (
        Annotated[Note, Meta(examples=["Charges of some years are of continuing operations only."])]
        | None
    )
    values: _Values


class DerivedRatio(Public, frozen=True, kw_only=True):
    """A year's capital expenditure per person employed at its end; computed by the ledger."""

    period_start: Annotated[datetime.date, Meta(description="First day of the year.")]
    period_end: Annotated[datetime.date, Meta(description="Last day of the year.")]
    low: Annotated[int, Meta(description="At least, USD per person.")] | None
    high: Annotated[int, Meta(description="At most, USD per person.")] | None
    unit: Annotated[vocabulary.Unit, Meta(description="USD, per person employed.")]
    qualifier: Annotated[vocabulary.Qualifier, Meta(description="Always derived.")]
    capital_expenditure: Annotated[str, Meta(description="Id of the series that is divided.")]
    employees: Annotated[str, Meta(description="Id of the series that it is divided by.")]


class CompanyIndicators(Public, frozen=True, kw_only=True):
    """A company's figures over time, each cited, and what follows from them."""

    id: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    url: Annotated[str, address_of_record("/v1/companies/meta/indicators")]
    revision: Revision
    name: Annotated[str, Meta(description="Common name.", examples=["Meta Platforms"])]
    series: Annotated[
        list[IndicatorSeries],
        Meta(description="Each under one definition; guidance apart from outcomes."),
    ]
    capital_expenditure_per_employee: Annotated[
        list[DerivedRatio], Meta(description="Derived; empty where either is unknown.")
    ]
    citations: Annotated[
        list[Citation], Meta(description="The citations; values refer to them by number.")
    ]
    restructuring: Annotated[
        list[RestructuringSeries],
        Meta(
            description="Positions eliminated and charges of restructurings, as filings tag them. "
            "Never added to waves: they are about the same jobs."
        ),
    ] = []


def value_rows(document: Json) -> Iterator[Json]:
    """Yield a row for each value of each series."""
    places = places_of(document)
    for series in series_of(document):
        for number, value in enumerate(series["values"], start=1):
            yield {
                **value,
                "id": f"{series['id']}:{number}",
                "series": series["id"],
                "number": number,
                "company": document["id"],
                "company_name": document["name"],
                "metric": series["metric"],
                "kind": series["kind"],
                "unit": series["unit"],
                "definition": series["definition"],
                "series_note": series["note"],
                **cited(value["citations"], places),
            }


INDICATORS = Table(
    "indicators",
    "Indicators",
    "One figure of a company's time series on each row: capital expenditure, employees, revenue, "
    "restructurings. Another definition is another series. What is computed of them is left out.",
    columns(
        """
id                       string!   series:number. Numbers may move in a later revision: cite it with the revision.
series                   string!   Id of the series.
number                   integer!  Order of the value within the series.
company                  string!   Id of the company.
company_name             string!   Its common name.
metric                   string!   capital_expenditure, employees, revenue, restructuring_positions, restructuring_charges.
kind                     string!   outcome, or guidance for a period that was not yet over.
unit                     string!   USD or people.
definition               string!   What is counted.
series_note              string    A caution for readers about the series.
period_start             date      First day; null for a count on one day.
period_end               date!     Last day, or the day of the count.
precision                string!   How precise period_end is.
low                      number    At least, in the unit.
high                     number    At most, in the unit.
qualifier                string!   How the source hedges the figure.
rank                     string!   preferred, normal, or deprecated.
stated_on                date      When it was said.
note                     string    A caution for readers about the value.
"""
        + CITATION_COLUMNS.lstrip("\n")
    ),
    value_rows,
    references={"company": "companies", "source": "sources"},
)

COMPANY_INDICATORS = Resource(
    name="company_indicators",
    path="companies",
    below="/indicators",
    record_of="company",
    tag="Companies",
    struct=CompanyIndicators,
    single=Single(
        summary="Get a company's indicators",
        description="Capital expenditure, employees and revenue per period, each cited, a series "
        "per definition.\n\nGuidance is kept apart from outcomes. `capital_expenditure_per_employee` "
        "is derived: a year's capital\nexpenditure per person employed at its end.",
        parameters=AsOf,
        path_parameter="Id of the company.",
        example="meta",
        rows=INDICATORS,
    ),
    feed_text=indicators_text,
    followed={"company": one_of("id")},
    tables=(
        INDICATORS,
        CITATIONS,
    ),
)
