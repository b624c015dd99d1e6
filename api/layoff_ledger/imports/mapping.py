"""Which column of a file is which field of a notice; a layout is nothing more than that.

Every layout is translated into the ledger's own columns, those of `data/notices/`, and only these
are read (`notices.py`): so no layout has rules of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

FIELDS = (
    "key", "jurisdiction", "authority", "employer", "place", "county", "county_code", "address",
    "notice_on", "received_on", "effective_on", "jobs", "kind", "temporary", "naics",
    "stated_cause", "occupations", "amended", "first_seen_on", "last_seen_on", "cik", "lei",
    "wikidata", "ticker", "parent", "parent_cik", "source_id", "source_url",
)  # fmt: skip
"""The ledger's own columns of notices, in their order."""
DATES = ("notice_on", "received_on", "effective_on", "first_seen_on", "last_seen_on")
"""Those of them that are dates."""
RELATION_FIELDS = ("relation", "key", "other_key", "method", "score")
"""The ledger's own columns of relations between notices."""
_LAYOUTS = Path(__file__).parent / "layouts"


class MappingError(Exception):
    """A mapping that cannot be used; the message says why."""


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """What the columns of a file mean."""

    columns: dict[str, str | list[str]]
    """Field → column; if there are several columns, the first that has more than nothing or 0."""
    constants: dict[str, str] = {}
    """Field → what every row says, such as the jurisdiction of a state's own file."""
    dates: list[str] = []
    """The formats of its dates besides ISO 8601, for `strptime`: `%m/%d/%Y`."""
    only: dict[str, str] = {}
    """Column → the value it needs to have: other rows are not notices."""

    def of(self, row: dict[str, str]) -> dict[str, str]:
        """Return a row by fields; empty cells are left out."""
        found = {
            field: value
            for field, column in self.columns.items()
            if (
                value := (
                    (row.get(column) or "").strip()
                    if isinstance(column, str)
                    else _first(row, column)
                )
            )
        }
        return {**self.constants, **found} if self.constants else found

    def named(self) -> list[str]:
        """Return the columns that a file of this layout has."""
        names = [
            name
            for column in self.columns.values()
            for name in ([column] if isinstance(column, str) else column)
        ]
        return [*names, *self.only]


def _first(row: dict[str, str], columns: list[str]) -> str:
    for column in columns:
        value = (row.get(column) or "").strip()
        if value not in ("", "0", "0.0"):
            return value
    return ""


OWN = Mapping({field: field for field in FIELDS})


def read(path: Path) -> Mapping:
    """Read a mapping file; raise `MappingError` if it names fields that notices do not have."""
    try:
        mapping = msgspec.toml.decode(path.read_bytes(), type=Mapping)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"{path}: {error}"
        raise MappingError(message) from error
    unknown = sorted({*mapping.columns, *mapping.constants} - {*FIELDS})
    if unknown:
        message = (
            f"{path}: a notice has no field {unknown[0]!r}; its fields are {', '.join(FIELDS)}"
        )
        raise MappingError(message)
    missing = [
        name
        for name in ("employer", "jurisdiction")
        if name not in {**mapping.columns, **mapping.constants}
    ]
    if missing:
        message = f"{path}: nothing gives the {missing[0]} of a row: add it to columns or constants"
        raise MappingError(message)
    return mapping


def missing_columns(mapping: Mapping, header: list[str]) -> Iterator[str]:
    """Return the columns that a mapping reads and a file lacks."""
    yield from (column for column in mapping.named() if column not in header)


@functools.cache
def known() -> list[Mapping]:
    """Return the known layouts of states, those with the most columns first."""
    found = [read(path) for path in sorted(_LAYOUTS.glob("*.toml"))]
    return sorted(found, key=lambda one: -len(one.named()))


def layout_of(header: list[str]) -> Mapping | None:
    """Return the known layout that matches a header."""
    return next((one for one in known() if {*one.named()} <= {*header}), None)
