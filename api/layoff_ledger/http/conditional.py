"""Conditional requests and freshness (RFC 9110, 13; RFC 9111): tags, their comparison, validators.

A tag is made from what decides the response, not from its bytes, so a client that has the tag is
answered without any SQL.
"""

from __future__ import annotations

import datetime
import hashlib
import re

from msgspec import Struct

from layoff_ledger.http import policy
from layoff_ledger.http.context import Context
from layoff_ledger.http.keys import RevisionKeys
from layoff_ledger.http.responses import Headers

_PINNED_PATH = re.compile(r"/v1/(?:exports|revisions)/(\d{1,10})")
_EXPORTS = "/v1/exports"
_MAX_REVISION_DIGITS = 10


class Version(Struct, frozen=True):
    """Which response a request gets, known before it is made."""

    digest: bytes
    """Of everything that decides the response, except its content encoding."""
    tag: bytes
    validators: Headers
    """The headers that tell a cache how to keep the response and revalidate it."""


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


def version_of(context: Context, keys: RevisionKeys, code: bytes) -> Version:
    """Return the version that a request asks for: of the revision it names, or of the newest one.

    `code` is a digest of the code that writes the response: pinned answers outlive the newest
    revision, but not that code.
    """
    pinned = is_pinned(context)
    number, fingerprint = keys.of(pinned_revision(context)) if pinned else keys.newest
    day = str(datetime.datetime.now(datetime.UTC).date()).encode() if context.is_dated else b""
    base = context.base.encode()
    decides = b"\0".join((context.raw_path, context.query.raw, base, context.accept, day))
    digest = hashlib.sha256(code + fingerprint + decides)
    tag = f'W/"{"as-of" if pinned else number}-{digest.hexdigest()[:16]}"'.encode()
    kept = _freshness(context, is_pinned=pinned)
    validators = [(b"etag", tag), (b"cache-control", kept), (b"vary", policy.VARY)]
    return Version(digest.digest(), tag, validators)


def freshness(context: Context) -> bytes:
    """Return for how long a response may be kept, whether it is an answer or a redirect."""
    return _freshness(context, is_pinned=is_pinned(context))


def _freshness(context: Context, *, is_pinned: bool) -> bytes:
    if context.path.startswith(_EXPORTS):
        return policy.EXPORTED
    if is_pinned and not context.is_dated:
        return policy.IMMUTABLE
    return policy.FRESH
