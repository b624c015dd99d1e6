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


ITEM: dict[str, Any] = {
    "type": "object",
    "description": "A record in a JSON Feed, or what a revision changed about it.",
    "required": ["id", "url", "title", "content_text", "date_modified"],
    "properties": {
        "id": {
            "type": "string",
            "description": "Stays the same for good, however the record changes.",
            "examples": ["urn:uuid:acb2f048-874a-5849-92bd-edba87ece387"],
        },
        "url": {
            "type": "string",
            "format": "uri",
            "description": "Address of the record in the API.",
            "examples": ["http://localhost:8000/v1/waves/meta-2026-04"],
        },
        "title": {
            "type": "string",
            "description": "What the record is called.",
            "examples": ["Meta Platforms, 23 April 2026"],
        },
        "content_text": {
            "type": "string",
            "description": "A sentence that a person understands.",
            "examples": [
                "Meta Platforms is cutting about 8,000 jobs (about 10% of its workforce)."
            ],
        },
        "date_published": {
            "type": "string",
            "format": "date-time",
            "description": "When the record was first published, UTC; absent where unknown.",
            "examples": ["2026-11-30T16:38:28.709659Z"],
        },
        "date_modified": {
            "type": "string",
            "format": "date-time",
            "description": "When it last changed, UTC.",
            "examples": ["2026-11-30T16:38:28.709659Z"],
        },
    },
}
AUTHOR_OF_FEED: dict[str, Any] = {
    "type": "object",
    "description": "Who publishes a JSON Feed.",
    "required": ["name"],
    "properties": {"name": {"type": "string", "description": "Name.", "examples": [AUTHOR]}},
}
FEED: dict[str, Any] = {
    "type": "object",
    "description": "JSON Feed 1.1: what changed last comes first, a sentence for each record.",
    "required": [
        "version", "title", "home_page_url", "feed_url", "language", "authors", "items",
    ],
    "properties": {
        "version": {
            "type": "string",
            "description": "Version of JSON Feed.",
            "examples": ["https://jsonfeed.org/version/1.1"],
        },
        "title": {
            "type": "string",
            "description": "The question, in words.",
            "examples": ["Layoff Ledger: Waves of job cuts: Meta Platforms"],
        },
        "home_page_url": {
            "type": "string",
            "format": "uri",
            "description": "Address of the same records as JSON.",
            "examples": ["http://localhost:8000/v1/waves?company=meta&format=json"],
        },
        "feed_url": {
            "type": "string",
            "format": "uri",
            "description": "Address to subscribe to: the first page of the newest revision.",
            "examples": ["http://localhost:8000/v1/waves?company=meta&format=jsonfeed"],
        },
        "next_url": {
            "type": "string",
            "format": "uri",
            "description": "Address of the page with older entries; absent on the last one.",
            "examples": ["http://localhost:8000/v1/waves?company=meta&format=jsonfeed&as_of=1"],
        },
        "language": {
            "type": "string",
            "description": "Language of titles and sentences.",
            "examples": ["en"],
        },
        "authors": {
            "type": "array",
            "description": "Who publishes it.",
            "items": {"$ref": "#/components/schemas/JsonFeedAuthor"},
        },
        "items": {
            "type": "array",
            "description": "The entries of this page.",
            "items": {"$ref": "#/components/schemas/JsonFeedItem"},
        },
    },
}  # fmt: skip
JSON_FEED = Format(
    name="jsonfeed",
    media_type="application/feed+json",
    # It is JSON, and may be read as such.
    schema={"$ref": "#/components/schemas/JsonFeed"},
    feed=write,
)
