"""The closed and open vocabularies that the curated files, the database and the API share.

A closed set is a `Literal`: nothing can be added to it within `/v1`. An open one is a plain tuple
of the codes that the ledger knows today; it may grow, so clients see it as a string with examples.
"""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

Precision = Literal["day", "month", "quarter", "year"]
Measure = Literal["headcount", "share", "workforce_before"]
Qualifier = Literal["exact", "approximately", "at_least", "up_to", "range", "derived"]
Counts = Literal["gross", "net", "affected"]
Speaker = Literal["company", "press", "analyst", "regulator", "union"]
Stance = Literal["states", "reports", "denies"]
Rank = Literal["preferred", "normal", "deprecated"]
Weight = Literal["primary", "contributing", "context"]
Effect = Literal["cut", "spared", "hired"]
Axis = Literal["function", "level", "unit"]
Relation = Literal["part_of", "same_as", "follows", "supersedes", "precedent_for"]
Metric = Literal["capital_expenditure", "employees", "revenue"]
AnyMetric = Literal[
    "capital_expenditure",
    "employees",
    "revenue",
    "restructuring_positions",
    "restructuring_charges",
]
"""For the files. The API lists what `Metric` lacks separately, in an open set."""
IndicatorKind = Literal["outcome", "guidance"]
Unit = Literal["USD", "people"]
Evidence = Literal["excerpt_read", "url_listed", "filing"]
Change = Literal["added", "changed", "withdrawn"]
Standing = Literal["primary", "established", "republication", "secondary", "machine_summary"]

LICENSES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
}
"""SPDX identifier → the address of the licence."""


def license_url(identifier: str) -> str:
    """Return the address of a licence by its SPDX identifier."""
    return LICENSES.get(identifier, f"https://spdx.org/licenses/{identifier}.html")


# Open: a code may be added in any revision.
STATUSES = {
    "rumoured": "Someone unnamed says so; nobody answers for it.",
    "reported": "A named outlet reports it; the company has not confirmed.",
    "announced": "The company or an authority says that it will happen.",
    "under_way": "Notices are given, or people have begun to leave.",
    "completed": "A source says that it is done.",
    "revised": "The company changed the size or the scope.",
    "withdrawn": "The company took it back.",
    "disputed": "The company or a union contradicts it.",
}
EXPECTED = "expected"
"""The kind of an event that a source expects by a certain day; not a status of a wave."""
EVENT_KINDS = {**STATUSES, EXPECTED: "A source says that it is to be done by then."}
TAKES_EFFECT = "takes_effect"
"""What happens on the timeline on the day of a notice."""
TIMELINE_KINDS = (*EVENT_KINDS, TAKES_EFFECT)
FORMS = {
    "layoff": "Permanent reduction of posts.",
    "closure": "A site or the company ends.",
    "offshoring": "Work goes abroad.",
    "outsourcing": "Work goes to another company.",
    "relocation": "Work moves to another site.",
    "bankruptcy": "In insolvency.",
    "merger": "After a merger or takeover.",
    "voluntary_exit": "Buy-outs and early retirement.",
    "attrition": "Leavers are not replaced.",
    "furlough": "Temporary.",
    "contract_termination": "Contracts with agencies or contractors end.",
}
SOURCE_KINDS = {
    "filing": "To a securities regulator or a court.",
    "company_statement": "Newsroom, memo, letter.",
    "union_statement": "A union or works council about its members.",
    "government_notice": "WARN notice and the like.",
    "news": "Outlet with a byline or a desk.",
    "report": "Study or statistic.",
    "dataset": "Collection of records.",
}
CONTEXT_KINDS = {
    "market": "The market around the company at the time.",
    "strategy": "Where the company says, or is said, to be heading.",
    "outlook": "What is expected to follow from the cut.",
    "company": "A fact about the company that the cut is read against.",
}
IDENTIFIER_SCHEMES = {
    "cik": r"\d{10}",
    "lei": r"[A-Z0-9]{18}\d{2}",
    "wikidata": r"Q[1-9]\d*",
    "ticker": r"[A-Z]{2,8}:[A-Z0-9.&-]{1,12}",
}


class Umbrella(Struct, frozen=True):
    """One word for drivers that readers ask for together, across the groups of the taxonomy."""

    label: str
    definition: str
    drivers: tuple[str, ...]


UMBRELLAS = {
    "ai": Umbrella(
        "Artificial intelligence",
        "AI as a reason in any way: AI does the work (`ai_automation`), money goes to AI instead "
        "(`ai_investment`), or AI takes the company's customers (`ai_disruption`).",
        ("ai_automation", "ai_disruption", "ai_investment"),
    ),
}
DRIVER_GROUPS = (
    "workforce",
    "financial",
    "demand",
    "organisation",
    "location",
    "technology",
    "external",
    "none",
)


SIZE_BANDS = {
    "1-49": 49,
    "50-249": 249,
    "250-999": 999,
    "1000-9999": 9_999,
    "10000-99999": 99_999,
    "100000+": None,
}
"""Employees of a company → the most that the band has."""


def size_band(employees: float | None, *, at_most: bool) -> str:
    """Return the band of a bound; an unknown one reaches to the last band, or to the first."""
    if employees is None:
        return list(SIZE_BANDS)[-1 if at_most else 0]
    return next(band for band, most in SIZE_BANDS.items() if most is None or employees <= most)


Counted = Literal["gross", "net", "affected", "unstated"]
"""What a headcount counts, including that it is not said."""
COUNTED = get_args(Counted)

ShareOf = Literal["company", "part"]
"""What a share refers to: the whole company, or a part of it, such as a plant or a country."""


def codes(closed: object) -> tuple[str, ...]:
    """Return the members of a closed set, in the order in which they are declared."""
    return get_args(closed)


NOTICE_KINDS = {
    "closure": "The site closes.",
    "mass_layoff": "A mass layoff as the law defines it; the site stays.",
    "unknown": "The source does not say.",
}
NOTICE_STATUSES = {
    "filed": "As filed.",
    "amended": "Amended since, or an amendment itself.",
    "superseded": "A later notice amends it and stands for it.",
    "rescinded": "The employer took it back.",
}
NOTICES_AGAINST_HEADCOUNT = {
    "within": "No more jobs than the headcount at most, or than it says at least.",
    "exceeds": "More jobs than the headcount at most: some are others than the wave's.",
    "exceeds_lower_bound": "More jobs than the headcount at least, and it has no upper bound.",
    "of_a_part": "The headcount is of a part, such as a unit or a country: they may be of others.",
    "unknown": "No size is known of the wave, or none of the notices says its jobs.",
}
NOTICE_FLAGS = {
    "notice_date_unknown": "No date of the notice; nothing was put in its place.",
    "notice_date_unreadable": "What stands as its date is none that can be.",
    "notice_date_after_first_seen": "Dated after the day on which the source was read.",
    "effective_date_unreadable": "What stands as the date of effect is none that can be.",
    "effective_long_before_notice": "Takes effect more than a year before the notice.",
    "effective_long_after_notice": "Takes effect more than two years after the notice.",
    "several_effective_dates": "Several dates of effect in one cell; the first and last are kept.",
    "jobs_unreadable": "What stands as the jobs is no number.",
    "jobs_not_positive": "The jobs are 0 or fewer at the source, which says nothing.",
    "jobs_are_a_range": "The source gives a range.",
    "jobs_unusually_high": "5,000 jobs or more: perhaps a total beyond the site.",
    "employer_says_rescinded": "The name of the employer says that it was rescinded.",
    "employer_is_mojibake": "The name of the employer was broken by a wrong encoding.",
    "gone_from_source": "The newest file of the source does not have it any more.",
}
