"""A feed → Atom (RFC 4287), in pages (RFC 5005), for feed readers."""

from __future__ import annotations

import datetime
import re
from xml.etree import ElementTree as ET

from layoff_ledger.formats.base import Feed, Format
from layoff_ledger.resources.bibliography import AUTHOR

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"
# Characters that XML 1.0 cannot express.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ET.register_namespace("", _ATOM)
ET.register_namespace("fh", _HISTORY)


def write(feed: Feed) -> bytes:
    """Return a page of a feed, in the order of its entries."""
    root = ET.Element(f"{{{_ATOM}}}feed")
    _text(root, "title", feed.title)
    _text(root, "id", feed.id)
    _text(root, "updated", _moment(feed.updated_at))
    author = ET.SubElement(root, f"{{{_ATOM}}}author")
    _text(author, "name", AUTHOR)
    _link(root, "self", feed.self, ATOM.media_type)
    _link(root, "alternate", feed.alternate, "application/json")
    _link(root, "first", feed.current, ATOM.media_type)
    _link(root, "current", feed.current, ATOM.media_type)
    if feed.next is not None:
        _link(root, "next", feed.next, ATOM.media_type)
        _link(root, "prev-archive", feed.next, ATOM.media_type)
    if feed.license is not None:
        _link(root, "license", feed.license, None)
    if not feed.is_current:
        ET.SubElement(root, f"{{{_HISTORY}}}archive")
    for one in feed.entries:
        entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
        _text(entry, "title", one.title)
        _text(entry, "id", one.id)
        if one.published_at is not None:
            _text(entry, "published", _moment(one.published_at))
        _text(entry, "updated", _moment(one.updated_at))
        _link(entry, "alternate", one.url, None)
        _text(entry, "summary", one.summary)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = _FORBIDDEN.sub("\ufffd", text)


def _link(parent: ET.Element, relation: str, address: str, media_type: str | None) -> None:
    found = ET.SubElement(parent, f"{{{_ATOM}}}link", rel=relation, href=address)
    if media_type is not None:
        found.set("type", media_type)


def _moment(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


ATOM = Format(
    name="atom",
    media_type="application/atom+xml",
    meaning="A feed (RFC 4287): what changed last comes first, a sentence for each record.",
    feed=write,
)
