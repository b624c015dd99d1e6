"""Conditional requests and freshness (RFC 9110, 13; RFC 9111): tags, their comparison, validators.

A tag is made from what decides the response, not from its bytes, so a client that has the tag is
answered without any SQL.
"""

from __future__ import annotations

import datetime
import hashlib
import re

from layoff_ledger.http import policy
from layoff_ledger.http.context import Context
from layoff_ledger.http.keys import RevisionKey
from layoff_ledger.http.responses import Headers

_PINNED_PATH = re.compile(r"/v1/(?:exports|revisions)/(\d{1,10})")
_EXPORTS = "/v1/exports"
_MAX_REVISION_DIGITS = 10


def matches(if_none_match: bytes | None, tag: bytes) -> bool:
    """Compare a list of tags weakly (RFC 9110, 13.1.2); `*` is handled elsewhere."""
    if if_none_match is None:
        return False
    weak = tag.removeprefix(b"W/")
    return any(one.strip().removeprefix(b"W/") == weak for one in if_none_match.split(b","))


def is_pinned(context: Context) -> bool:
    """Return whether a request asks for the state as of a revision, which never changes."""
    return context.query.names("as_of") or _PINNED_PATH.fullmatch(context.path) is not None


def pinned_revision(context: Context) -> int | None:
    """Return the revision that a request names; None if it names a day, or no revision at all."""
    named = context.query.last("as_of")
    if (
        named is not None
        and named.isascii()
        and named.isdigit()
        and len(named) <= _MAX_REVISION_DIGITS
    ):
        return int(named)
    path = _PINNED_PATH.fullmatch(context.path)
    return int(path[1]) if path is not None else None


def selection(context: Context) -> bytes:
    """Return what decides the response before it is encoded: address, host, media type and day."""
    day = str(datetime.datetime.now(datetime.UTC).date()).encode() if context.is_dated else b""
    base = context.base.encode()
    return b"\0".join((context.raw_path, context.query.raw, base, context.accept, day))


def entity_tag(context: Context, selected: bytes, *, revision: RevisionKey, code: bytes) -> bytes:
    """Make the tag of the response to a request; `selected` comes from `selection`.

    `revision` is the one that the request names, or the newest one; `code` is a digest of the code
    that writes the response: pinned answers outlive the newest revision, but not that code.
    """
    number, fingerprint = revision
    what = "as-of" if is_pinned(context) else number
    digest = hashlib.sha256(code + fingerprint + selected).hexdigest()[:16]
    return f'W/"{what}-{digest}"'.encode()


def validators(context: Context, tag: bytes) -> Headers:
    """Return the headers that tell a cache how to keep a response and revalidate it."""
    return [(b"etag", tag), (b"cache-control", freshness(context)), (b"vary", policy.VARY)]


def freshness(context: Context) -> bytes:
    """Return for how long a response may be kept, whether it is an answer or a redirect."""
    if context.path.startswith(_EXPORTS):
        return policy.EXPORTED
    if is_pinned(context) and not context.is_dated:
        return policy.IMMUTABLE
    return policy.FRESH
