"""The layout of the WARN notice register's export: 45 columns per notice, and links between them.

It says what the columns mean, and nothing else; `notices.py` reads the result.
"""

from __future__ import annotations

import re

from layoff_ledger.imports.mapping import Mapping

MARK = "dedupe_key"
"""The column that identifies a file of notices of this layout."""
LINKS_MARK = "related_dedupe_key"
"""The column that identifies its file of links."""
_MAPPING = Mapping(
    {
        "key": "dedupe_key",
        "employer": "employer_name",
        "county": "county_name",
        "county_code": "county_fips",
        "notice_on": "notice_date",
        "effective_on": "effective_date",
        "jobs": "employees_affected",
        "kind": "layoff_type",
        "temporary": "is_temporary",
        "naics": "naics",
        "first_seen_on": "first_seen",
        "last_seen_on": "last_seen",
        "cik": "cik",
        "lei": "lei",
        "wikidata": "wikidata_qid",
        "ticker": "ticker",
        "parent": "parent_company",
        "parent_cik": "parent_cik",
        "source_id": "source_notice_id",
        "source_url": "source_url",
    }
)
# What the Census Bureau adds to the name of a place, which nobody writes.
_LEGAL_STATUS = re.compile(
    r" (?:city|town|village|borough|CDP|township|municipality|urban county|"
    r"consolidated government(?: \(balance\))?|metro(?:politan)? government(?: \(balance\))?|"
    r"metro township|unified government(?: \(balance\))?|city \(balance\)|\(balance\))$"
)
_HASH = re.compile(r"[0-9a-f]{32,}")
_RELATIONS = {"amendment_of": "amends", "possible_duplicate": "possible_duplicate"}


def own(row: dict[str, str]) -> dict[str, str]:
    """Return a row of the register by the ledger's own columns; empty cells are left out."""
    found = _MAPPING.of(row)
    found["jurisdiction"] = f"US-{row.get('state', '').strip()}"
    location, address = row.get("location", "").strip(), row.get("site_address", "").strip()
    place = _LEGAL_STATUS.sub("", row.get("place_name", "").strip()) or location
    # The place as filed often contains more than the town.
    address = address or (location if location.casefold() != place.casefold() else "")
    found |= {name: text for name, text in (("place", place), ("address", address)) if text}
    if row.get("is_amendment") == "1" or row.get("is_amended") == "1":
        found["amended"] = "1"
    # A number that the register derived from the row means nothing to others.
    if _HASH.fullmatch(found.get("source_id", "")):
        del found["source_id"]
    if found.get("kind") == "unknown":
        del found["kind"]
    return found


def own_relation(row: dict[str, str]) -> dict[str, str]:
    """Return a link of the register by the ledger's own columns."""
    return {
        "relation": _RELATIONS.get(row["kind"], row["kind"]),
        "key": row["dedupe_key"],
        "other_key": row["related_dedupe_key"],
        "method": row["method"],
        "score": row["score"],
    }
