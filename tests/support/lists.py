"""Lists as a client reads them: page after page, each checked against what it says about itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

Document = dict[str, Any]
Query = list[tuple[str, str]]


def everything(client: httpx.Client, path: str) -> list[Document]:
    return walk(client, path, [("limit", "200")])


def walk(client: httpx.Client, path: str, query: Query) -> list[Document]:
    """Follow `links.next` to the end, checking every page against what it says about itself."""
    found: list[Document] = []
    answer = client.get(path, params=httpx.QueryParams(tuple(query)))
    for _ in range(1_000):
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["data"]
        following = page["links"]["next"]
        assert len(page["data"]) <= page["meta"]["limit"]
        if following is None:
            assert "next" not in answer.links
            if page["meta"]["count"] is not None:
                assert page["meta"]["count"] == len(found)
            return found
        assert answer.links["next"]["url"] == following
        assert page["meta"]["next_cursor"] in following
        answer = client.get(following)
    pytest.fail("the walk does not end")
