"""What every response carries, and which requests are refused before any path looks at them."""

from __future__ import annotations

from layoff_ledger.http.context import MAX_URI_BYTES, Context
from layoff_ledger.http.problems import (
    LedgerError,
    MalformedRequestError,
    NotFoundError,
    UriTooLongError,
    problem_response,
)
from layoff_ledger.http.responses import Headers, Response

FRESH = b"public, max-age=60, s-maxage=300, stale-while-revalidate=86400"
# Answers `as_of` a revision never change.
IMMUTABLE = b"public, max-age=31536000, immutable"
# Another version of the service may write the files of a revision with other bytes. So lists of
# files and the files are revalidated by their tags, and never served stale: after an upgrade they
# may disagree for five minutes, and no longer.
EXPORTED = b"public, max-age=60, s-maxage=300"
PAGE_SECONDS = 300
# For what is not an answer of the ledger, such as the reference and the site map. The middleware
# gives tags and encodings to everything that may be cached.
PAGE = f"public, max-age={PAGE_SECONDS}"
VARY = b"Accept, Accept-Encoding"

SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
# `*` and not the origin: there are no credentials, and caches keep one response for all.
CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Accept-Ranges, Age, Content-Disposition, Content-Range, Deprecation, ETag, Link, "
        b"RateLimit, RateLimit-Policy, Retry-After, Sunset, X-Request-Id",
    ),
]
# What a browser asks before a request with headers of its own; it may remember the answer for a
# day.
PREFLIGHT: Headers = [
    (b"allow", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    # `*` is any header but Authorization: what an app sends to all servers, such as `Content-Type`
    # or `traceparent`, is ignored here and is no reason to keep its page from an answer.
    (
        b"access-control-allow-headers",
        b"Accept, Authorization, If-None-Match, If-Range, Range, X-Request-Id, *",
    ),
    (b"access-control-max-age", b"86400"),
]
# For a path that takes posts (MCP), with the headers that its clients send.
PREFLIGHT_OF_POST: Headers = [
    (b"allow", b"POST, OPTIONS"),
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Accept, Content-Type, Last-Event-ID, Mcp-Method, Mcp-Name, Mcp-Protocol-Version, "
        b"Mcp-Session-Id, X-Request-Id",
    ),
    (b"access-control-max-age", b"86400"),
]


def complete(response: Response, *, is_head: bool) -> Response:
    """Add everything to a whole response that it always carries, except the id of the request."""
    # A page has a content security policy of its own.
    own = {name for name, _ in response.headers}
    headers = [*response.headers, *[pair for pair in SECURITY if pair[0] not in own], *CORS]
    if response.status not in {204, 304}:
        headers.append((b"content-length", str(len(response.body)).encode()))
    return Response(response.status, headers, b"" if is_head else response.body)


def is_cacheable(response: Response) -> bool:
    """Return whether the response itself allows caching."""
    return any(
        name == b"cache-control" and value.startswith(b"public") for name, value in response.headers
    )


def refusal(context: Context) -> Response | None:
    """Return the problem of a request that no path could take."""
    try:
        _refuse(context)
    except LedgerError as error:
        return problem_response(context, error)
    return None


def _refuse(context: Context) -> None:
    if context.has_foreign_host:
        message = "the Host header names another service; LEDGER_HOSTS lists the names of this one"
        raise MalformedRequestError(message)
    if not context.base:
        message = "the Host header is not a host name, or is given more than once"
        raise MalformedRequestError(message)
    if len(context.raw_path) + len(context.query.raw) > MAX_URI_BYTES:
        message = f"the address has more than {MAX_URI_BYTES} bytes"
        raise UriTooLongError(message)
    if context.has_encoded_body:
        message = "the request has an encoded body; this API reads no body, so leave it out"
        raise MalformedRequestError(message)
    path = context.path
    if "\0" in path:
        message = "the path has a NUL byte"
        raise MalformedRequestError(message)
    if "//" in path or (path != "/" and path.endswith("/")):
        message = f"no path {path[:200]!r}; try it without the extra slash"
        raise NotFoundError(message)
