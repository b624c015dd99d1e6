"""The rows of capital expenditure against staff: their fields, and what they rest on."""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import columns_of
from layoff_ledger.resources.fields import (
    AnsweringRevision,
    Hint,
    License,
    Public,
    PublishedAt,
    address_of_answer,
)


class Gap(Public, frozen=True, kw_only=True):
    """Why a field of a row is null."""

    field: Annotated[str, Meta(description="The field.", examples=["employees"])]
    reason: Annotated[str, Meta(description="Why it is not known.")]


def _bound(what: str, which: str, example: int | None = None) -> Meta:
    examples = None if example is None else [example]
    meaning = f"{what}, at {which}; null where it is not known."
    return Meta(description=meaning, examples=examples)


_SPENT = "Capital expenditure of the fiscal year in USD"
_CHANGE = "Its change from the previous fiscal year in USD"
_STAFF = "Employees at the end of the fiscal year"
_RATIO = "Capital expenditure divided by these employees, USD per person"
_GROSS = "Posts cut by the waves of the year"
_NET = "Net changes of headcount by the waves of the year"
_AFFECTED = "Posts that may be moved by the waves of the year"
_UNSTATED = "Jobs of the waves of the year where the source does not say what it counts"


class RebalancingRow(Public, frozen=True, kw_only=True):
    """One company in one of its fiscal years, under one definition of capital expenditure."""

    company: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    company_name: Annotated[str, Meta(description="Its common name.")]
    year: Annotated[
        int, Meta(description="Calendar year in which the fiscal year ends.", examples=[2023])
    ]
    fiscal_year_start: Annotated[datetime.date, Meta(description="First day of the fiscal year.")]
    fiscal_year_end: Annotated[datetime.date, Meta(description="Last day of the fiscal year.")]
    is_calendar_year: Annotated[
        bool, Meta(description="Whether the fiscal year ends on 31 December.")
    ]
    capital_expenditure_series: (
        Annotated[str, Meta(description="Id of the series; null where there is none.")] | None
    )
    capital_expenditure_definition: (
        Annotated[str, Meta(description="What is counted as capital expenditure.")] | None
    )
    capital_expenditure_low: Annotated[int, _bound(_SPENT, "least")] | None
    capital_expenditure_high: Annotated[int, _bound(_SPENT, "most")] | None
    capital_expenditure_qualifier: (
        Annotated[vocabulary.Qualifier, Meta(description="How the source hedges it.")] | None
    )
    capital_expenditure_change_low: Annotated[int, _bound(_CHANGE, "least")] | None
    capital_expenditure_change_high: Annotated[int, _bound(_CHANGE, "most")] | None
    employees_series: (
        Annotated[str, Meta(description="Id of the series; null where there is none.")] | None
    )
    employees_on: (
        Annotated[
            datetime.date,
            Meta(description="Day of the count, at most 31 days from the end of the year."),
        ]
        | None
    )
    employees_low: Annotated[int, _bound(_STAFF, "least")] | None
    employees_high: Annotated[int, _bound(_STAFF, "most")] | None
    capital_expenditure_per_employee_low: Annotated[int, _bound(_RATIO, "least")] | None
    capital_expenditure_per_employee_high: Annotated[int, _bound(_RATIO, "most")] | None
    waves: Annotated[
        int,
        Meta(
            ge=0,
            description="Waves that were announced in the fiscal year and may be added up; 0 means "
            "that the ledger has none, not that there was none.",
        ),
    ]
    waves_with_headcount: Annotated[
        int, Meta(ge=0, description="Number of waves whose size is known: the sums rest on these.")
    ]
    waves_of_uncertain_year: Annotated[
        int,
        Meta(
            ge=0,
            description="Waves whose date is not precise enough to tell whether they fall into the "
            "fiscal year; they are in no sum.",
        ),
    ]
    headcount_gross_low: Annotated[int, _bound(_GROSS, "least")] | None
    headcount_gross_high: Annotated[int, _bound(_GROSS, "most")] | None
    headcount_net_low: Annotated[int, _bound(_NET, "least")] | None
    headcount_net_high: Annotated[int, _bound(_NET, "most")] | None
    headcount_affected_low: Annotated[int, _bound(_AFFECTED, "least", 500)] | None
    headcount_affected_high: Annotated[int, _bound(_AFFECTED, "most", 500)] | None
    headcount_unstated_low: Annotated[int, _bound(_UNSTATED, "least")] | None
    headcount_unstated_high: Annotated[int, _bound(_UNSTATED, "most")] | None
    gaps: Annotated[list[Gap], Meta(description="Which fields of this row are null, and why.")]
    wave_ids: Annotated[list[str], Meta(description="Ids of these waves.")]


class RebalancingMeta(Public, frozen=True, kw_only=True):
    """What the table rests on."""

    count: Annotated[int, Meta(ge=0, description="Number of rows, including those beyond `limit`.")]
    hint: Hint | None
    basis: Annotated[str, Meta(description="What the figures rest on, and what they do not say.")]
    revision: AnsweringRevision
    published_at: PublishedAt
    license: License


class Rebalancing(Public, frozen=True, kw_only=True):
    """Capital expenditure against staff: company by fiscal year."""

    url: Annotated[str, address_of_answer("/v1/rebalancing?company=meta&as_of=1")]
    data: Annotated[list[RebalancingRow], Meta(description="By company, series and fiscal year.")]
    meta: RebalancingMeta


BASIS = (
    "Figures are the preferred outcomes of the ledger's indicators, each cited in /v1/indicators; "
    "employees were counted at most 31 days from the end of the fiscal year; changes and ratios "
    "are computed from the bounds. Waves are canonical ones announced within the fiscal year; jobs "
    "of gross, net, affected and unstated figures are not added together. Two figures in one row "
    "do not mean that one caused the other."
)
REPEATED = (
    "Some years of a company have a row for each series of capital expenditure, with the same "
    "employees, waves and jobs: before you add rows up, ask for one `series` of each company."
)
"""What to bear in mind if a year of a company appears in several rows."""
COLUMNS = columns_of(RebalancingRow, RebalancingRow.__struct_fields__)
"""The columns of a flat table."""


def cells(row: RebalancingRow) -> list[object]:
    """Return a row of the flat table."""
    gaps = [f"{gap.field}: {gap.reason}" for gap in row.gaps]
    names = (column.name for column in COLUMNS)
    return [gaps if name == "gaps" else getattr(row, name) for name in names]
