"""Groups of statistics and of attributions, as the tables of their pages have them."""

from __future__ import annotations

from urllib.parse import urlencode

from msgspec import Struct

from layoff_ledger.pages.subject import Subject
from layoff_ledger.query.claim_groups import KINDS
from layoff_ledger.query.dimensions import DIMENSIONS
from layoff_ledger.resources.base import Json

# Dimension → the filter of waves that finds the waves with one of its values.
_FILTERS = {
    **{name: name for name in DIMENSIONS},
    "year": "announced",
    "quarter": "announced",
    "month": "announced",
}
_WITHOUT = frozenset({"role_axis", "size_band", "week"})
"""Dimensions by whose values waves cannot be filtered."""
_OF_CLAIMS = frozenset(name for kind in KINDS for name in kind.dimensions) - _WITHOUT
"""Dimensions that only count claims that match."""
_REASONS = {"driver", "driver_group"}
"""What lists ask about two claims, and groups about one."""
SHAPING = frozenset(
    {
        "group_by", "sort", "limit", "spread", "cumulative", "fill", "top", "within_months",
        "busiest_waves_gte", "format", "bom", "measure",
    }
)  # fmt: skip
"""Parameters of statistics that say how to count, not what."""


class KeyedRows(Struct, frozen=True):
    """The rows of one key, in the order of the rules."""

    key: str | None
    label: str | None
    rows: list[Json]


def dimensions(answer: Json) -> list[str]:
    """Return the dimensions of statistics."""
    return list(answer["data"][0]["keys"])


def address(subject: Subject, keys: dict[str, str | None]) -> str | None:
    """Return the address of the waves of a group; None if no filter says the same."""
    asked = {one.name for one in subject.query.parameters}
    is_cumulative = subject.query.last("cumulative") == "true"
    if is_cumulative or _WITHOUT & keys.keys() or None in keys.values():
        return None
    filters = {_FILTERS[name]: value for name, value in keys.items()}
    if len(filters) < len(keys) or _is_of_one_claim(subject, keys):
        return None
    if "speaker" in keys and "stance" not in asked:
        # The dimension counts who affirms a reason.
        filters["stance"] = "states,reports"
    # Only the requested claims have a group, so its value replaces that of the question.
    if filters.keys() & asked - _OF_CLAIMS:
        return None
    kept = subject.query.written(without=SHAPING | filters.keys() & _OF_CLAIMS)
    if "canonical" not in asked:
        filters["canonical"] = "true"
    return f"{subject.base}/v1/waves?{'&'.join([*kept, urlencode(filters, safe=',')])}"


def _is_of_one_claim(subject: Subject, keys: dict[str, str | None]) -> bool:
    """Return whether one claim has to match a driver and a group, which no list can ask for."""
    asked = {name for name in _REASONS if subject.query.names(name)}
    if not asked or not _REASONS & keys.keys():
        return False
    if "driver" in keys:
        return len(asked) > 1
    given = [one.value for one in subject.query.parameters if one.name == "driver_group"]
    # If it is an umbrella, or there are several groups, not every driver of the group was
    # requested.
    return "driver" in asked or given != [keys["driver_group"]]


def by_key(rows: list[Json]) -> list[KeyedRows]:
    """Put the rows with the same key together."""
    found: dict[str | None, KeyedRows] = {}
    for row in rows:
        found.setdefault(row["key"], KeyedRows(row["key"], row["label"], [])).rows.append(row)
    return list(found.values())
