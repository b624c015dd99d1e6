"""What a format is: its name, its media type, what it means, and how it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from layoff_ledger.resources.base import Column
from layoff_ledger.resources.bibliography import BibliographyEntry


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
    is_feed: bool = False
    """Whether it has the newest first, without pages and documents."""
    streams: bool = False
    """Whether a whole list is sent piece by piece, without a bound."""
    head: Callable[[Sequence[Column]], bytes] = _no_head
    """Gives what comes before the rows."""
    rows: Callable[[Sequence[Column], Iterable[bytes]], bytes] | None = None
    """Gives the rows or lines of some documents."""
    table: Callable[[Sequence[str], Iterable[Sequence[Any]]], bytes] | None = None
    """Gives a whole table of rows that are values already."""
    cite: Callable[[Iterable[BibliographyEntry]], bytes] | None = None
    """Gives the citation of what was asked, which has the day of access."""

    @property
    def response_type(self) -> str:
        """Give the value of the header `Content-Type`."""
        return self.content_type or self.media_type
