"""A feed → JSON Feed 1.1, for feed readers and programs that would rather not parse XML."""

from __future__ import annotations

from typing import Any

import msgspec

from layoff_ledger.formats.base import Feed, Format
from layoff_ledger.resources.bibliography import AUTHOR


def write(feed: Feed) -> bytes:
    """Return a page of a feed, in the order of its entries."""
    content: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.alternate,
        "feed_url": feed.current,
        "next_url": feed.next,
        "language": "en",
        "authors": [{"name": AUTHOR}],
        "items": [
            _written(
                {
                    "id": one.id,
                    "url": one.url,
                    "title": one.title,
                    "content_text": one.summary,
                    "date_published": one.published_at,
                    "date_modified": one.updated_at,
                }
            )
            for one in feed.entries
        ],
    }
    return msgspec.json.encode(_written(content))


def _written(members: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known: JSON Feed has no null."""
    return {name: value for name, value in members.items() if value is not None}


JSON_FEED = Format(
    name="jsonfeed",
    media_type="application/feed+json",
    schema={
        "type": "object",
        "description": "JSON Feed 1.1: what changed last comes first, a sentence for each record.",
        "required": ["version", "title", "items"],
        "properties": {
            "version": {"type": "string"},
            "title": {"type": "string"},
            "items": {"type": "array", "items": {"type": "object"}},
        },
    },
    feed=write,
)
