"""What a format is: its name, its media type, its meaning, and how it writes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from layoff_ledger.resources.base import Column
from layoff_ledger.resources.bibliography import BibliographyEntry


class Provenance(Struct, frozen=True, kw_only=True):
    """What a file says about itself beside its rows."""

    title: str
    """The question, as people would read it."""
    url: str
    """Permanent address of the answer."""
    latest: str
    """Address of the same question to the newest revision."""
    revision: int
    published_at: datetime.datetime
    license: str
    """SPDX identifier."""
    citation: str
    """The citation, without a day of access."""
    next: str | None = None
    """Address of the file with the next page; None if this one has all that follows."""


class TableFile(Protocol):
    """A file of rows that is being written, in bounded memory."""

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write some rows; their values are those of the columns, as returned by `Column.read`."""

    def close(self) -> None:
        """Write the rest, which completes the file."""


class FeedEntry(Struct, frozen=True, kw_only=True):
    """An entry of a feed."""

    id: str
    """Stays the same for good, however the entry changes."""
    url: str
    title: str
    summary: str
    """A sentence that a person understands."""
    updated_at: datetime.datetime
    published_at: datetime.datetime | None = None


class Feed(Struct, frozen=True, kw_only=True):
    """A page of a feed, the newest entry first."""

    id: str
    title: str
    self: str
    """Address of this page."""
    current: str
    """Address of the first page of the newest revision, to which a reader subscribes."""
    alternate: str
    """Address of the same records as JSON."""
    next: str | None
    """Address of the page with older entries; it never changes."""
    is_current: bool
    """Whether it is the page that a reader subscribes to, not an older one."""
    updated_at: datetime.datetime
    license: str | None
    """Address of the licence."""
    entries: Sequence[FeedEntry]


def _no_head(_: Sequence[Column]) -> bytes:
    return b""


class Format(Struct, frozen=True, kw_only=True):
    """A format of answers. What it cannot write is None."""

    name: str
    """Value of the parameter `format`."""
    media_type: str
    """Used in content negotiation."""
    content_type: str = ""
    """The full content type of the answer, if it is more than the media type."""
    meaning: str = ""
    """Its description in the OpenAPI document."""
    schema: dict[str, Any] | None = None
    """Its schema in the OpenAPI document; None means a string with that description."""
    is_enveloped: bool = False
    """Whether a page comes as `data`, `links` and `meta`, described by the answer's own schema."""
    is_flat: bool = False
    """Whether it has columns, and so no room for nested records."""
    streams: bool = False
    """Whether a whole list is sent piece by piece, without a bound."""
    head: Callable[[Sequence[Column]], bytes] = _no_head
    """Returns what comes before the rows."""
    rows: Callable[[Sequence[Column], Iterable[bytes]], bytes] | None = None
    """Returns the rows or lines of some documents."""
    table: Callable[[Iterable[Sequence[Any]]], bytes] | None = None
    """Returns the lines of rows that are already values."""
    open: Callable[[Path, Sequence[Column], Provenance], TableFile] | None = None
    """Begins a file, for formats that cannot be sent before their end is known."""
    suffix: str = ""
    """The file extension, for answers that browsers save instead of showing them."""
    max_rows: int | None = None
    """The most rows of such a file."""
    is_chart: bool = False
    """Whether it is a chart, or the specification of one."""
    is_compressed: bool = False
    """Whether it is already compressed, so that no content encoding makes it smaller."""
    is_page: bool = False
    """Whether it is a page for people, made from what the JSON says."""
    looks: frozenset[str] = frozenset()
    """Parameters that say how its chart looks: formats without them refuse them."""
    feed: Callable[[Feed], bytes] | None = None
    """Returns a feed."""
    cite: Callable[[Iterable[BibliographyEntry]], bytes] | None = None
    """Returns the citation of the answer, with the day of access."""

    @property
    def has_rows(self) -> bool:
        """Return whether it has rows of records: flat ones, or a whole record on each line."""
        return self.rows is not None or self.open is not None

    @property
    def is_feed(self) -> bool:
        """Return whether it lists the newest first, an entry for each record, without documents."""
        return self.feed is not None

    @property
    def without(self) -> frozenset[str]:
        """Return the parameters that have no effect on it: pages link to no address with them."""
        if self.is_feed:
            return frozenset(("sort", "select", "expand"))
        if self.is_chart:
            return frozenset(("select", "expand"))
        return frozenset(("expand",)) if self.is_flat else frozenset()

    @property
    def response_type(self) -> str:
        """Return the value of the header `Content-Type`."""
        return self.content_type or self.media_type
