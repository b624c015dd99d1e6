"""What is cited, in terms that all citation formats share (`formats/citation.py` writes them).

The ledger's own record is a dataset with its revision as version and the day of access; a source is
cited as itself. Unknown fields are left out. A byline stays as it was printed: names cannot be told
apart safely.
"""

from __future__ import annotations

import datetime
import hashlib

from msgspec import Struct

LEDGER = "Layoff Ledger"
AUTHOR = "Layoff Ledger contributors"
_PARTS = {"day": 3, "month": 2, "quarter": 1, "year": 1}


class BibliographyEntry(Struct, frozen=True, kw_only=True):
    """One thing that is cited."""

    key: str
    kind: str
    """Kind of source, or `dataset` for a record of the ledger."""
    title: str | None
    author: str | None
    publisher: str
    issued: tuple[int, ...] = ()
    """Year, month, day: as much as is known."""
    url: str | None
    archived_url: str | None = None
    accessed: tuple[int, ...] = ()
    """Year, month, day of access: as much as is known."""
    version: str | None = None
    note: str | None = None
    """Anything else that a citation has to say, such as the collection of the records."""
    language: str | None = None


class Consulted(Struct, frozen=True):
    """Where, in which revision and when something in the ledger was read."""

    url: str
    """Its permanent address."""
    revision: int
    published_at: datetime.datetime
    accessed: datetime.date
    attribution: str | None = None
    """How the collection of the records is credited, if it is not the ledger's own."""


def of_ledger(key: str, title: str, consulted: Consulted) -> BibliographyEntry:
    """Cite the ledger itself; `key` gets the revision as its suffix if it has none."""
    return BibliographyEntry(
        key=key,
        kind="dataset",
        title=title,
        author=AUTHOR,
        publisher=LEDGER,
        issued=date_parts(consulted.published_at.astimezone(datetime.UTC).date(), "day"),
        url=consulted.url,
        accessed=date_parts(consulted.accessed, "day"),
        version=f"revision {consulted.revision}",
        note=None if consulted.attribution is None else f"Made of: {consulted.attribution}",
        language="en",
    )


def of_question(title: str, consulted: Consulted) -> list[BibliographyEntry]:
    """Cite the ledger as the answer to a question, at the permanent address of that answer.

    The key depends on the address, so that answers to two questions fit into one bibliography.
    """
    which = hashlib.sha256(consulted.url.encode()).hexdigest()[:8]
    return [of_ledger(f"layoff-ledger-r{consulted.revision}-{which}", title, consulted)]


def date_parts(on: datetime.date | None, precision: str | None) -> tuple[int, ...]:
    """Return year, month and day of a date as far as its precision goes."""
    if on is None:
        return ()
    return (on.year, on.month, on.day)[: _PARTS[precision or "day"]]


def date_text(on: datetime.date, precision: str) -> str:
    """Write a date as precisely as it is known: `2023-03-14`, `2023-03`, `2023-Q1`, `2023`."""
    return {
        "day": on.isoformat(),
        "month": f"{on:%Y-%m}",
        "quarter": f"{on.year}-Q{(on.month + 2) // 3}",
        "year": f"{on.year}",
    }[precision]
