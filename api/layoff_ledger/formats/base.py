"""What a format is: its name, its media type, what it means, and how it writes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from layoff_ledger.resources.base import Column
from layoff_ledger.resources.bibliography import BibliographyEntry


class Provenance(Struct, frozen=True, kw_only=True):
    """What a file says of itself beside its rows."""

    title: str
    """What was asked, as people read it."""
    url: str
    """Permanent address of the answer."""
    latest: str
    """Address of the same question to the newest revision."""
    revision: int
    published_at: datetime.datetime
    license: str
    """SPDX identifier."""
    citation: str
    """How it is cited, without a day of access."""


class TableFile(Protocol):
    """A file of rows that is being written, in bounded memory."""

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write some rows; their values are those of the columns, as `Column.read` gives them."""

    def close(self) -> None:
        """Write what is left: the file is whole then."""


class FeedEntry(Struct, frozen=True, kw_only=True):
    """An entry of a feed."""

    id: str
    """Is the same for good, however the entry changes."""
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
    """Address of the first page of the newest revision: what a reader subscribes to."""
    alternate: str
    """Address of the same records as JSON."""
    next: str | None
    """Address of the page with what is older; it never changes."""
    is_current: bool
    """Whether it is the page that a reader subscribes to, and no older one."""
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
    """By which it is negotiated."""
    content_type: str = ""
    """What the answer says it is, where that is more than the media type."""
    meaning: str = ""
    """What the OpenAPI document says of it."""
    schema: dict[str, Any] | None = None
    """Its schema in the OpenAPI document; else it is a string with that meaning."""
    is_enveloped: bool = False
    """Whether a page comes as `data`, `links` and `meta`, described by the answer's own schema."""
    is_flat: bool = False
    """Whether it has columns, and so no room for nested records."""
    streams: bool = False
    """Whether a whole list is sent piece by piece, without a bound."""
    head: Callable[[Sequence[Column]], bytes] = _no_head
    """Gives what comes before the rows."""
    rows: Callable[[Sequence[Column], Iterable[bytes]], bytes] | None = None
    """Gives the rows or lines of some documents."""
    table: Callable[[Iterable[Sequence[Any]]], bytes] | None = None
    """Gives the lines of rows that are values already."""
    open: Callable[[Path, Sequence[Column], Provenance], TableFile] | None = None
    """Begins a file, where the whole cannot be sent before its end is known."""
    suffix: str = ""
    """How the name of such a file ends."""
    max_rows: int | None = None
    """Most rows of such a file."""
    is_chart: bool = False
    """Whether it is a chart, or the specification of one."""
    is_compressed: bool = False
    """Whether it is compressed by itself, so that no content encoding makes it smaller."""
    is_page: bool = False
    """Whether it is a page for people, made of what the JSON says."""
    looks: frozenset[str] = frozenset()
    """Parameters that say how its chart looks: formats without them refuse them."""
    feed: Callable[[Feed], bytes] | None = None
    """Gives a feed."""
    cite: Callable[[Iterable[BibliographyEntry]], bytes] | None = None
    """Gives the citation of what was asked, which has the day of access."""

    @property
    def has_rows(self) -> bool:
        """Return whether it is rows of records: flat ones, or a whole record on each line."""
        return self.rows is not None or self.open is not None

    @property
    def is_feed(self) -> bool:
        """Return whether it has the newest first, an entry for each record, and no documents."""
        return self.feed is not None

    @property
    def without(self) -> frozenset[str]:
        """Return the parameters that it shows nothing of: pages lead to no address with them."""
        if self.is_feed:
            return frozenset(("sort", "select", "expand"))
        if self.is_chart:
            return frozenset(("select", "expand"))
        return frozenset(("expand",)) if self.is_flat else frozenset()

    @property
    def response_type(self) -> str:
        """Return the value of the header `Content-Type`."""
        return self.content_type or self.media_type
