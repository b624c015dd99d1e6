"""Changes → Atom (RFC 4287), for feed readers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from xml.etree import ElementTree as ET

import asyncpg

from layoff_ledger.formats.base import Format
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.fields import ListLinks

ATOM = Format(
    name="atom", media_type="application/atom+xml", meaning="A feed (RFC 4287).", is_feed=True
)

_ATOM = "http://www.w3.org/2005/Atom"
_VERBS = {"added": "New", "changed": "Changed", "withdrawn": "Withdrawn"}


def write(
    rows: Iterable[asyncpg.Record], *, base: str, links: ListLinks, published_at: datetime.datetime
) -> bytes:
    """Give a feed of changes, in the order of the rows."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _text(feed, "title", "Layoff Ledger: changes")
    _text(feed, "id", links.latest)
    _text(feed, "updated", _moment(published_at))
    author = ET.SubElement(feed, f"{{{_ATOM}}}author")
    _text(author, "name", "Layoff Ledger contributors")
    ET.SubElement(feed, f"{{{_ATOM}}}link", rel="self", href=links.latest)
    for row in rows:
        resource = RESOURCES[row["resource"]]
        address = f"{base}/v1/{resource.path}/{row['id']}{resource.below}"
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        what = row["resource"].replace("_", " ")
        _text(entry, "title", f"{_VERBS[row['change']]}: {what} {row['id']}")
        _text(entry, "id", f"{address}?as_of={row['revision']}")
        _text(entry, "updated", _moment(row["published_at"]))
        ET.SubElement(entry, f"{{{_ATOM}}}link", rel="alternate", href=address)
        summary = f"In revision {row['revision']}."
        if row["reason"] is not None:
            summary += f" {row['reason']}"
        if row["merged_into"] is not None:
            summary += f" Merged into {row['merged_into']}."
        _text(entry, "summary", summary)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _moment(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
