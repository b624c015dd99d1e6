"""What is promised of every answer, whatever was asked: taken from the document and its prose.

No schema says these: which headers an answer has, that a problem's code goes with its status, that
a page, its count and its links agree, and what follows when the same is asked again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from layoff_ledger import paths
from layoff_ledger.site.document import resolve

Json = dict[str, Any]
DOCUMENT: Json = msgspec.json.decode(paths.OPENAPI.read_bytes())
PROBLEM = "application/problem+json"
OCCASIONAL = {
    "Age",
    "Deprecation",
    "Sunset",
    "RateLimit",
    "RateLimit-Policy",
    "Content-Disposition",
}
"""Headers of the document that only some answers have."""


class Answer(msgspec.Struct, frozen=True):
    """A request with its answer, whichever client sent it."""

    method: str
    url: str
    asked: Mapping[str, str]
    """Headers of the request; names are in lower case here and in `headers`."""
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    def json(self) -> Any:
        return json.loads(self.body)


def declared(operation: Json, status: int) -> Json | None:
    """Return what the document says about a status of an operation; None if it says nothing."""
    found = operation["responses"].get(str(status))
    return None if found is None else resolve(DOCUMENT, found)


def formats_of(operation: Json) -> list[str]:
    """Return the values of `format` that an operation takes; none if it has no such parameter."""
    asked = [resolve(DOCUMENT, one) for one in operation.get("parameters", ())]
    found = [resolve(DOCUMENT, one["schema"]) for one in asked if one["name"] == "format"]
    return [value for one in found for value in one["enum"]]


def hold(operation: Json, answer: Answer) -> None:
    """Check an answer of an operation against what is promised of every one."""
    found = declared(operation, answer.status)
    assert found is not None, f"{operation['operationId']}: {answer.status} is not documented"
    for name in found.get("headers", {}).keys() - OCCASIONAL:
        assert name.lower() in answer.headers, f"{answer.status} without {name}"
    if answer.status in {200, 206}:
        assert answer.media_type in {one.partition(";")[0] for one in found["content"]}
    if answer.method == "HEAD" or answer.status == 304:
        assert not answer.body, f"{answer.method} {answer.status} with a body"
        return
    if answer.status >= 400:
        _hold_problem(answer)
    elif answer.status == 200 and "Vary" in found["headers"]:
        assert {"Accept", "Accept-Encoding"} <= set(_listed(answer.headers["vary"]))
        if answer.media_type == "application/json":
            _hold_envelope(answer)


def _listed(written: str) -> list[str]:
    return [one.strip() for one in written.split(",")]


def _hold_problem(answer: Answer) -> None:
    assert answer.media_type == PROBLEM, answer.media_type
    problem = answer.json()
    assert problem["status"] == answer.status
    described = DOCUMENT["components"]["responses"][f"Problem{answer.status}"]["description"]
    codes = re.findall(r"`(\w+)`:", described)
    assert problem["code"] in codes, f"{problem['code']} with {answer.status}, which has {codes}"
    assert problem["type"].endswith(f"/problems/{problem['code']}")


def _hold_envelope(answer: Answer) -> None:
    """Check a page, its count and its links against each other."""
    body = answer.json()
    if not isinstance(body, dict) or not {"data", "links", "meta"} <= body.keys():
        return
    links, meta, data = body["links"], body["meta"], body["data"]
    following = links.get("next")
    if "next_cursor" in meta:
        assert (following is None) == (meta["next_cursor"] is None)
        assert following is None or meta["next_cursor"] in following
    assert ('rel="next"' in answer.headers.get("link", "")) == (following is not None)
    count, asked = meta.get("count"), parse_qs(urlsplit(answer.url).query)
    if count is None or "cursor" in asked or "limit" not in meta:
        return
    assert len(data) <= meta["limit"]
    if following is None:
        assert count == len(data), f"count is {count} of {len(data)}"
    else:
        assert count > len(data), f"count is {count}, and more than {len(data)} follow"


RELATIONS = {"self", "cite-as", "latest-version", "describedby", "license"}
"""What every `Link` names."""


def related(answer: Answer) -> list[tuple[str, str]]:
    """Return relation and address of each link in the header of an answer."""
    written = answer.headers.get("link", "")
    return [(relation, target) for target, relation in _LINK.findall(written)]


_LINK = re.compile(r'<([^>]*)>; rel="([^"]+)"')
REPEATED = ("etag", "vary", "link", "content-type", "cache-control")
"""Headers that HEAD shares with GET."""


def hold_together(first: Answer, head: Answer) -> None:
    """Compare HEAD with GET of the same address."""
    assert head.status == first.status
    assert not head.body
    for name in REPEATED:
        assert head.headers.get(name) == first.headers.get(name), name


def hold_unchanged(first: Answer, again: Answer) -> None:
    """Check the answer to `If-None-Match` with the tag of the first one."""
    assert again.status == 304, f"{again.status} for a tag that was just given"
    assert again.headers["etag"] == first.headers["etag"]
    assert not again.body


def hold_onwards(first: Answer, following: Answer) -> None:
    """Check a page against the one before it."""
    assert following.status == 200, following.body
    before, after = first.json(), following.json()
    seen = {json.dumps(one, sort_keys=True) for one in before["data"]}
    assert not any(json.dumps(one, sort_keys=True) in seen for one in after["data"])
    assert after["meta"]["count"] == before["meta"]["count"]
    assert after["meta"]["revision"] == before["meta"]["revision"]
