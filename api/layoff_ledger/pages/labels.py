"""Names of parameters → what people call them, in forms, chips, hints and titles."""

from __future__ import annotations

LABELS = {
    "q": "Words",
    "driver": "Reason",
    "driver_group": "Group of reasons",
    "driver_not": "Not this reason",
    "speaker": "Who gives the reason",
    "stance": "How it is said",
    "weight": "How much it weighs",
    "role": "Whose jobs",
    "role_not": "Not these jobs",
    "effect": "What happens to them",
    "company": "Company",
    "company_not": "Not this company",
    "country": "Country of the cuts",
    "country_not": "Not in this country",
    "subdivision": "State or region (ISO 3166-2)",
    "company_country": "Country of the company",
    "jurisdiction": "State (ISO 3166-2)",
    "county": "County, by FIPS code",
    "notice": "Date of the notice in",
    "notice_gte": "Date of the notice from",
    "notice_lte": "Date of the notice until",
    "received_gte": "Received from",
    "received_lte": "Received until",
    "effective_gte": "Takes effect from",
    "effective_lte": "Takes effect until",
    "jobs_gte": "Jobs, at least",
    "jobs_lte": "Jobs, at most",
    "jobs_known": "Jobs are known",
    "announced": "Announced in",
    "announced_gte": "Announced from",
    "announced_lte": "Announced until",
    "headcount_gte": "Jobs, at least",
    "headcount_lte": "Jobs, at most",
    "share_gte": "Share of the workforce, at least",
    "share_lte": "Share of the workforce, at most",
    "share_of": "What the share is of",
    "headcount_known": "Jobs are known",
    "counts": "What the figure counts",
    "canonical": "Counted by statistics",
    "has_notices": "Notices are linked",
    "flag": "With this flag",
    "flag_not": "Not with this flag",
    "linked": "Linked to a company",
    "has_wave": "Linked to a wave",
    "counted": "Counted by statistics",
    "id": "These, by id",
    "standing": "Standing of the source",
    "changed_since": "Changed after revision",
    "group_by": "Count by",
    "sort": "Order",
}
"""Name of a parameter → what people call it; others are called by their name."""
_THERE = {
    # Any reason of a wave, and not the one in the title.
    "get_attribution": {
        "speaker": "Who gives any reason",
        "stance": "How any reason is given",
        "weight": "How much any reason weighs",
        "standing": "Standing of the source of any reason",
    },
    # Of claims, most are no reasons.
    "list_claims": {"speaker": "Who says it"},
}
"""Operation → parameters that mean something else there → what people call them."""


def label(name: str, operation: str | None = None) -> str:
    """Return what people call a parameter, in an operation if it means something else there."""
    known = LABELS | _THERE.get(operation or "", {})
    if name in known:
        return known[name]
    written = name.replace("_", " ")
    for suffix, words in ((" gte", ", from"), (" lte", ", until"), (" not", ", not")):
        if written.endswith(suffix):
            return written.removesuffix(suffix).capitalize() + words
    return written.capitalize()
