"""Which notices are asked for: the filters of their list, each declared once."""

from __future__ import annotations

import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.filters import (
    Known,
    Where,
    compares,
    equals,
    is_known,
    is_one_of,
    not_one_of,
    one_of,
    overlaps,
    overlaps_not,
)
from layoff_ledger.resources.parameters import AsOf, ChangedSince, Codes, Jobs, Question
from layoff_ledger.resources.periods import Edge, Period, Periods, within
from layoff_ledger.statement import Conditions

COUNTY_NAME = "facet.county || ', ' || substr(facet.jurisdiction, 4)"
"""SQL for what people call a county: several states have counties with the same name."""
STANDING = ("filed", "amended")
"""The statuses of notices that still say something about jobs."""
_LEFT_OUT = ",".join(one for one in vocabulary.NOTICE_STATUSES if one not in STANDING)
COUNTED = f"status_not={_LEFT_OUT}&possible_duplicate=false"
"""The query that finds the notices that may be counted, for links from other records."""
IS_POSSIBLE_DUPLICATE = is_one_of("possible_duplicate")
"""Keep the notices that may repeat an earlier one, or those that do not."""


def _add_counted(conditions: Conditions, counted: bool) -> None:  # noqa: FBT001 the value of a parameter
    if counted:
        one_of("status").add(conditions, STANDING)
        IS_POSSIBLE_DUPLICATE.add(conditions, [False])
    else:
        # Postings have no sets for alternatives across facets.
        others = "(facet.possible_duplicate or facet.status <> all({}))"
        conditions.add(others, STANDING, "text[]")


class NoticeFilter(AsOf, frozen=True, kw_only=True):
    """Which notices are asked for: values of one parameter mean or, several parameters mean and."""

    asked_first: ClassVar[tuple[str, ...]] = (
        "q",
        "jurisdiction",
        "county",
        "company",
        "industry",
        "kind",
        "notice_gte",
        "notice_lte",
        "jobs_gte",
    )

    q: Question | None = None
    changed_since: ChangedSince | None = None

    jurisdiction: Annotated[
        Codes,
        Meta(
            description="Only notices filed in these jurisdictions, ISO 3166-2.",
            examples=[["US-TX"]],
        ),
        one_of("jurisdiction"),
        Known("subdivision"),
    ] = []
    county: Annotated[
        Codes,
        Meta(
            description="Only sites in these counties, by code: FIPS in the United States.",
            examples=[["48201"]],
        ),
        one_of("county_code"),
        Known("county", of="notice", facet="county_code", label=COUNTY_NAME),
    ] = []
    company: Annotated[
        Codes,
        Meta(
            description="Only notices that are linked to these companies, by id.",
            examples=[["meta"]],
        ),
        one_of("company"),
        Known("company"),
    ] = []
    wave: Annotated[
        Codes,
        Meta(
            description="Only notices that are linked to these waves, by id.",
            examples=[["meta-2022-11"]],
        ),
        one_of("wave"),
        Known("wave"),
    ] = []
    id: Annotated[
        Codes,
        Meta(
            description="Only these notices, by id: up to 100 in one request.",
            examples=[["us-mo-26abba1652"]],
        ),
        one_of("id", is_looked_up=True),
        Known("notice"),
    ] = []
    linked: (
        Annotated[
            bool,
            Meta(
                description="Only notices that are linked to a company of the ledger (true), or "
                "to none (false).",
                examples=[True],
            ),
            is_known("company"),
        ]
        | None
    ) = None
    has_wave: (
        Annotated[
            bool,
            Meta(
                description="Only notices that are linked to a wave of the ledger (true), or to "
                "none (false): a company may file notices for cuts that are not in the ledger.",
                examples=[True],
            ),
            is_known("wave"),
        ]
        | None
    ) = None
    kind: Annotated[
        Codes,
        Meta(
            description="Only of these kinds: closure, mass_layoff, unknown.",
            examples=[["closure"]],
        ),
        one_of("kind"),
        Known("kind of notice"),
    ] = []
    temporary: (
        Annotated[
            bool,
            Meta(
                description="Only reductions that are said to be temporary (true) or not (false).",
                examples=[False],
            ),
            equals("temporary"),
        ]
        | None
    ) = None
    status: Annotated[
        Codes,
        Meta(
            description="Only of these statuses: filed, amended, superseded, rescinded.",
            examples=[["filed"]],
        ),
        one_of("status"),
        Known("status of a notice"),
    ] = []
    status_not: Annotated[
        Codes,
        Meta(
            description="Leave out notices of these statuses. `superseded,rescinded` keeps those "
            "that still stand.",
            examples=[["rescinded"]],
        ),
        not_one_of("status"),
        Known("status of a notice"),
    ] = []
    possible_duplicate: Annotated[
        list[bool],
        Meta(
            description="Only notices that may repeat an earlier one (true), that do not (false), "
            "or both (true,false).",
            examples=[[False]],
        ),
        IS_POSSIBLE_DUPLICATE,
    ] = []
    counted: (
        Annotated[
            bool,
            Meta(
                description="Only notices that statistics count (true): neither superseded nor "
                "rescinded, and none that may repeat an earlier one; or all others (false).",
                examples=[True],
            ),
            Where(_add_counted),
        ]
        | None
    ) = None
    industry: Annotated[
        Codes,
        Meta(description="Only employers of these NAICS 2022 sectors.", examples=[["51"]]),
        one_of("industry"),
        Known("industry"),
    ] = []
    collection: Annotated[
        Codes,
        Meta(description="Only notices of these collections.", examples=[["us-warn"]]),
        one_of("collection"),
        Known("collection", of="notice"),
    ] = []
    notice: Annotated[
        list[Period],
        Meta(
            description="Date of the notice in this year, quarter or month, or on this day: 2023, "
            "2023-Q2, 2023-06 or 2023-06-15.",
            examples=[["2023-06"]],
        ),
        within("notice_on"),
        Periods(),
    ] = []
    notice_gte: (
        Annotated[
            datetime.date,
            Meta(
                description="Date of the notice: this day or later; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts from its first day.",
                examples=["2023-01-01"],
            ),
            Edge("first"),
            compares("notice_on", ">=", "date"),
        ]
        | None
    ) = None
    notice_lte: (
        Annotated[
            datetime.date,
            Meta(
                description="Date of the notice: this day or earlier; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts to its last day.",
                examples=["2023-12-31"],
            ),
            Edge("last"),
            compares("notice_on", "<=", "date"),
        ]
        | None
    ) = None
    received: Annotated[
        list[Period],
        Meta(
            description="Received in this year, quarter or month, or on this day: 2023, 2023-Q2, "
            "2023-06 or 2023-06-15.",
            examples=[["2023-06"]],
        ),
        within("received_on"),
        Periods(),
    ] = []
    received_gte: (
        Annotated[
            datetime.date,
            Meta(
                description="Received on this day or later; a month, a quarter or a year (2023-06, "
                "2023-Q2, 2023) counts from its first day.",
                examples=["2023-01-01"],
            ),
            Edge("first"),
            compares("received_on", ">=", "date"),
        ]
        | None
    ) = None
    received_lte: (
        Annotated[
            datetime.date,
            Meta(
                description="Received on this day or earlier; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts to its last day.",
                examples=["2023-12-31"],
            ),
            Edge("last"),
            compares("received_on", "<=", "date"),
        ]
        | None
    ) = None
    effective: Annotated[
        list[Period],
        Meta(
            description="Takes effect in this year, quarter or month, or on this day: 2023, "
            "2023-Q2, 2023-06 or 2023-06-15.",
            examples=[["2023-06"]],
        ),
        within("effective_on"),
        Periods(),
    ] = []
    effective_gte: (
        Annotated[
            datetime.date,
            Meta(
                description="Takes effect on this day or later; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts from its first day.",
                examples=["2026-09-01"],
            ),
            Edge("first"),
            compares("effective_on", ">=", "date"),
        ]
        | None
    ) = None
    effective_lte: (
        Annotated[
            datetime.date,
            Meta(
                description="Takes effect on this day or earlier; a month, a quarter or a year "
                "(2023-06, 2023-Q2, 2023) counts to its last day.",
                examples=["2026-10-31"],
            ),
            Edge("last"),
            compares("effective_on", "<=", "date"),
        ]
        | None
    ) = None
    jobs_gte: (
        Annotated[
            Jobs,
            Meta(description="At least this many jobs (by the lower bound).", examples=[100]),
            compares("jobs_low", ">=", "integer"),
        ]
        | None
    ) = None
    jobs_lte: (
        Annotated[
            Jobs,
            Meta(description="At most this many jobs (by the upper bound).", examples=[500]),
            compares("jobs_high", "<=", "integer"),
        ]
        | None
    ) = None
    jobs_known: (
        Annotated[
            bool,
            Meta(
                description="Only notices whose jobs are known (true) or not (false).",
                examples=[True],
            ),
            is_known("jobs_low"),
        ]
        | None
    ) = None
    flag: Annotated[
        Codes,
        Meta(
            description="Only notices with one of these flags.",
            examples=[["notice_date_unknown"]],
        ),
        overlaps("flags"),
        Known("flag of a notice"),
    ] = []
    flag_not: Annotated[
        Codes,
        Meta(
            description="Leave out notices with one of these flags.",
            examples=[["gone_from_source"]],
        ),
        overlaps_not("flags"),
        Known("flag of a notice"),
    ] = []
    amended: (
        Annotated[
            bool,
            Meta(
                description="Only notices that amend another or were amended (true), or neither "
                "(false).",
                examples=[False],
            ),
            equals("amended"),
        ]
        | None
    ) = None
