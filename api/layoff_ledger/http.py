"""Honest HTTP in front of the router: what the framework leaves out, at the cost of sending bytes.

A thin ASGI layer: request ids, HEAD, validators before any SQL, content encodings, security
headers, and a bounded cache of encoded answers that a new revision retires. Of the resources it
knows which paths answer with whole lists or files, and what never changes.
"""

from __future__ import annotations

import asyncio
import datetime
import gzip
import hashlib
import os
import re
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

import brotli
import zstandard
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from msgspec import Struct

from layoff_ledger import citations, errors, files, formats, timing
from layoff_ledger.errors import LedgerError, MalformedRequestError, NotFoundError, UriTooLongError

MOST_URI_BYTES = 8_000
LEAST_ENCODED_BYTES = 1_000
MOST_READY = 4_096
CACHE_BYTES = 64 * 1024**2
MOST_READY_BYTES = 16 * 1024**2
STALLED_SECONDS = 30.0
"""How long a piece of a whole result waits for its reader before it is broken off."""

FRESH = b"public, max-age=60, s-maxage=300, stale-while-revalidate=86400"
# What is asked `as_of` a revision never changes.
IMMUTABLE = b"public, max-age=31536000, immutable"
VARY = b"Accept, Accept-Encoding"
_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_SECURITY: list[tuple[bytes, bytes]] = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
# `*` and not the origin: there are no credentials, and caches keep one answer for all.
_CORS: list[tuple[bytes, bytes]] = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, RateLimit, "
        b"RateLimit-Policy, Retry-After, X-Request-Id",
    ),
]

# What a browser asks before a request with headers of its own; it may remember it for a day.
_PREFLIGHT: list[tuple[bytes, bytes]] = [
    (b"allow", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, If-None-Match, If-Range, Range, X-Request-Id"),
    (b"access-control-max-age", b"86400"),
]

Headers = list[tuple[bytes, bytes]]
RequestKey = tuple[str, bytes, bytes, tuple[tuple[bytes, bytes], ...]]
"""Method, path, query, and the headers that decide the answer."""
Said = tuple[int, bytes]
"""Number and mark of a revision: a ledger that is restored says something else by an old number."""


class Answer(Struct, frozen=True):
    """A whole answer, ready to be sent."""

    status: int
    headers: Headers
    body: bytes


class Cache:
    """Answers of one revision, the least recently used ones dropped first.

    Beside them, what was sent for each exact request: a second equal request costs one look-up.
    """

    def __init__(self, most_bytes: int) -> None:
        """Begin empty."""
        self._most_bytes = most_bytes
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._ready: dict[RequestKey, Answer] = {}
        self._bytes = self._ready_bytes = 0
        self._revision: Said = (0, b"")

    def _turn_to(self, revision: Said) -> None:
        """Empty the cache when there is a new revision."""
        if revision != self._revision:
            self._answers.clear()
            self._ready.clear()
            self._bytes = self._ready_bytes = 0
            self._revision = revision

    def ready(self, revision: Said, key: RequestKey) -> Answer | None:
        """Give what was sent for this very request at this revision."""
        return self._ready.get(key) if revision == self._revision else None

    def put_ready(self, revision: Said, key: RequestKey, ready: Answer) -> None:
        """Keep what was sent; its body is one that the cache has, or none."""
        if revision == self._revision:
            size = _size(ready.headers) + len(key[1]) + len(key[2]) + _size(key[3])
            if size > MOST_READY_BYTES // 8:
                return
            if len(self._ready) >= MOST_READY or self._ready_bytes + size > MOST_READY_BYTES:
                self._forget_ready()
            self._ready[key] = ready
            self._ready_bytes += size

    def _forget_ready(self) -> None:
        self._ready.clear()
        self._ready_bytes = 0

    def get(self, revision: Said, key: bytes) -> Answer | None:
        """Give an answer of this revision."""
        self._turn_to(revision)
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def fits(self, size: int) -> bool:
        """Say whether a body of so many bytes may be kept."""
        return size <= self._most_bytes // 8

    def put(self, revision: Said, key: bytes, answer: Answer) -> None:
        """Keep an answer, unless its revision has passed or it alone would fill the cache."""
        size = _kept_bytes(answer)
        if revision != self._revision or not self.fits(size) or key in self._answers:
            return
        self._answers[key] = answer
        self._bytes += size
        while self._bytes > self._most_bytes:
            _, dropped = self._answers.popitem(last=False)
            self._bytes -= _kept_bytes(dropped)
            # Some of these hold the body that is to go.
            self._forget_ready()


def _size(headers: Iterable[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)


def _kept_bytes(answer: Answer) -> int:
    """Say what an answer takes in the cache, with its headers: those hold the query, too."""
    return len(answer.body) + _size(answer.headers)


class Front:
    """The layer itself.

    `revision` gives number and mark of a revision by its number, and of the newest one for None or
    where there is no such revision; (0, b"") before there is any.
    """

    def __init__(
        self,
        app: ASGIApp,
        revision: Callable[[int | None], Said],
        *,
        url: str | None = None,
        lists: Mapping[str, Sequence[formats.Format]] | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        """Stand in front of an app.

        `url` is its public address, where a proxy hides it; `lists` has the paths that answer with
        whole results as CSV or NDJSON, and all formats that each of them has.
        """
        self._app = app
        self._revision = revision
        self._url = url
        self._lists = lists or {}
        code = sorted(files.PACKAGE.rglob("*.py"))
        self._code = files.digest(*code, files.SQL, files.OPENAPI)
        self._cache = Cache(cache_bytes)
        self._under_way: dict[tuple[Said, bytes], asyncio.Future[Answer | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        http: HTTPScope = scope
        _combine_headers(http)
        if self._is_whole(http):
            await self._stream(http, receive, send)
            return
        if _is_file(http):
            await self._pass_on(http, receive, send)
            return
        revision, key = self._revision(None), _request_key(http)
        ready = None if key is None else self._cache.ready(revision, key)
        if ready is not None:
            http["state"]["request_id"] = os.urandom(16).hex()
            await _send_ready(ready, http, send, _HIT)
            return
        headers = dict(http["headers"])
        begun, waited = time.perf_counter(), timing.begin()
        answer = self._refusal(http, headers) or await self._answer(http, headers)
        made = _make_ready(answer, http["method"])
        keepable = answer.status in {200, 304} and self._cache.fits(_kept_bytes(answer))
        if key is not None and keepable and not _is_dated(http):
            self._cache.put_ready(revision, key, made)
        await _send_ready(made, http, send, _spent(begun, waited))

    def _refusal(self, scope: HTTPScope, headers: dict[bytes, bytes]) -> Answer | None:
        """Note what every answer needs; give the problem of a request that no path could take."""
        scope["state"]["request_id"] = _request_id(headers)
        try:
            scope["state"]["base"] = self._base(scope, headers)
            _refuse_strange_paths(scope)
        except LedgerError as error:
            return problem_answer(scope, error)
        return None

    async def _pass_on(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Let the router send a file, or a part of one, with validators and ranges of its own."""
        scope["state"]["head"] = head = scope["method"] == "HEAD"
        refusal = self._refusal(scope, dict(scope["headers"]))
        if refusal is not None:
            await _send_ready(_make_ready(refusal, scope["method"]), scope, send)
            return
        scope["method"] = "GET"

        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_SECURITY, *_CORS, _own_id(scope)]
            elif head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        await self._app(scope, receive, forward)

    async def _stream(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer with a whole result, which is neither kept nor held in memory."""
        headers = dict(scope["headers"])
        head = scope["method"] == "HEAD"
        answer = self._refusal(scope, headers)
        given = headers.get(b"if-none-match")
        if answer is None:
            tag = self._tag(scope, _plain(scope, headers))
            validators = _validators(scope, tag)
            if _matches(given, tag):
                answer = Answer(304, validators, b"")
        if answer is not None:
            await _send_ready(_make_ready(answer, scope["method"]), scope, send)
            return
        # Whoever has anything of a list that exists has it: only its head is made.
        any_will_do = given is not None and given.strip() == b"*"
        scope["method"] = "GET"
        scope["state"]["head"] = head or any_will_do
        encoding = _choose_encoding(headers.get(b"accept-encoding", b""))
        encoder = _Encoder(encoding)
        bodiless = head

        async def forward(message: Message) -> None:
            nonlocal bodiless
            if message["type"] == "http.response.start":
                ok = message["status"] == 200  # noqa: PLR2004
                bodiless = head or (ok and any_will_do)
                own = [*validators] if ok else []
                if ok and any_will_do:
                    message["status"] = 304
                if ok and encoding != b"identity":
                    own.append((b"content-encoding", encoding))
                else:
                    encoder.stop()
                message["headers"] = [
                    *message["headers"], *own, *_SECURITY, *_CORS, _own_id(scope),
                ]  # fmt: skip
            elif message["type"] == "http.response.body":
                body = encoder.encode(message["body"], more=message["more_body"])
                message["body"] = b"" if bodiless else body
            # Who does not read must not keep others from the database.
            async with asyncio.timeout(STALLED_SECONDS):
                await send(message)

        await self._app(scope, receive, forward)

    def _is_whole(self, scope: HTTPScope) -> bool:
        """Say whether a list is asked for as a whole: as CSV or NDJSON, and without a limit.

        Exactly as the parameters and `Accept` are read later on, or a whole result would be
        collected.
        """
        offered = self._lists.get(scope["path"])
        if offered is None or scope["method"] not in {"GET", "HEAD"}:
            return False
        query = scope["query_string"]
        if _PAGE.search(query):
            # Most lists are asked for so, and need no more than a look.
            return False
        if any(_parameter(scope, name) is not None for name in (b"limit", b"cursor")):
            return False
        asked = _parameter(scope, b"format")
        if asked is not None:
            return asked in {b"csv", b"ndjson"}
        types = [formats.MEDIA_TYPES[one] for one in offered]
        return best_accepted(scope, types) in {
            formats.MEDIA_TYPES["csv"],
            formats.MEDIA_TYPES["ndjson"],
        }

    def _tag(self, scope: HTTPScope, plain: bytes) -> bytes:
        # An answer as of a revision outlives the newest one, but not the code that wrote it.
        number, mark = self._revision(_pinned_number(scope))
        revision = "as-of" if _is_pinned(scope) else number
        digest = hashlib.sha256(self._code + mark + plain).hexdigest()[:16]
        return f'W/"{revision}-{digest}"'.encode()

    def _base(self, scope: HTTPScope, headers: dict[bytes, bytes]) -> str:
        """Give the address under which this request sees the API."""
        host = headers.get(b"host", b"").decode("latin-1")
        if not host and scope["http_version"] in {"1", "1.0"} and scope["server"]:
            # HTTP/1.0 does not ask for one.
            host = "{}:{}".format(*scope["server"])
        if not _HOST.fullmatch(host):
            message = "the header Host is no host name, or is given more than once"
            raise MalformedRequestError(message)
        return self._url or f"{scope['scheme']}://{host}"

    async def _answer(self, scope: HTTPScope, headers: dict[bytes, bytes]) -> Answer:
        method = scope["method"]
        if method == "HEAD":
            # The router knows GET; the body is cut off when it is sent.
            scope["method"] = "GET"
            try:
                return await self._get(scope, headers)
            finally:
                scope["method"] = "HEAD"
        if method == "GET":
            return await self._get(scope, headers)
        answer = await _call(self._app, scope)
        if method == "OPTIONS" and answer.status == 204:  # noqa: PLR2004 the router knows the path
            return Answer(204, _PREFLIGHT, b"")
        return answer

    async def _get(self, scope: HTTPScope, headers: dict[bytes, bytes]) -> Answer:
        if not scope["path"].startswith("/v1/"):
            return self._page(await _call(self._app, scope), headers)
        plain = _plain(scope, headers)
        tag = self._tag(scope, plain)
        validators = _validators(scope, tag)
        # Whoever has this tag got 200 for this very request at this revision.
        if _matches(headers.get(b"if-none-match"), tag):
            return Answer(304, validators, b"")
        answer = await self._shared(scope, headers, plain, validators)
        if answer.status == 200 and headers.get(b"if-none-match", b"").strip() == b"*":  # noqa: PLR2004
            return Answer(304, validators, b"")
        return answer

    def _page(self, answer: Answer, headers: dict[bytes, bytes]) -> Answer:
        """Give an answer beside the ledger that may be kept its tag, by its bytes, and an encoding.

        Its own headers stand on a 304 too: a cache would else put other ones on what it kept.
        """
        if answer.status != 200 or not _may_be_kept(answer):  # noqa: PLR2004
            return answer
        tag = f'W/"{hashlib.sha256(answer.body).hexdigest()[:16]}"'.encode()
        own = [*answer.headers, (b"etag", tag), (b"vary", b"Accept-Encoding")]
        given = headers.get(b"if-none-match")
        if given is not None and (given.strip() == b"*" or _matches(given, tag)):
            kept = [pair for pair in own if pair[0] != b"content-type"]
            return Answer(304, kept, b"")
        encoding = _choose_encoding(headers.get(b"accept-encoding", b""))
        revision, key = self._revision(None), b"\0".join((b"page", tag, encoding))
        packed = self._cache.get(revision, key)
        if packed is None:
            packed = _encoded(Answer(200, [], answer.body), encoding)
            self._cache.put(revision, key, packed)
        return Answer(200, [*own, *packed.headers], packed.body)

    async def _shared(
        self,
        scope: HTTPScope,
        headers: dict[bytes, bytes],
        plain: bytes,
        validators: Headers,
    ) -> Answer:
        """Answer from the cache; of equal requests that miss it, one asks the router for all."""
        revision = self._revision(None)
        encoding = _choose_encoding(headers.get(b"accept-encoding", b""))
        # A digest, because a request may be as long as it is allowed to be.
        key = hashlib.sha256(plain + b"\0" + encoding).digest()
        cached = self._cache.get(revision, key)
        if cached is not None:
            return cached
        # Who asks after a publication is not given what was asked before it.
        shared = self._under_way.get((revision, key))
        if shared is not None:
            await asyncio.wait([shared])
            if not shared.cancelled() and (answer := shared.result()) is not None:
                return answer
            # The other request failed or its client left: a problem is told to each by itself.
            return await self._ask(scope, encoding, validators)
        future: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._under_way[revision, key] = future
        try:
            answer = await self._ask(scope, encoding, validators)
            kept = answer if answer.status == 200 else None  # noqa: PLR2004 the only one that may be kept
            if kept is not None:
                self._cache.put(revision, key, kept)
            future.set_result(kept)
            return answer
        finally:
            del self._under_way[revision, key]
            future.cancel()

    async def _ask(self, scope: HTTPScope, encoding: bytes, validators: Headers) -> Answer:
        answer = await _call(self._app, scope)
        if answer.status != 200:  # noqa: PLR2004 only what is there can be kept
            return answer
        told = Answer(200, [*answer.headers, *validators], answer.body)
        return _encoded(told, encoding)


def _combine_headers(scope: HTTPScope) -> None:
    """Make one field of those with the same name, as RFC 9110 (5.3) has it.

    A field that is no list becomes one that is refused, such as two `Host`.
    """
    headers = list(scope["headers"])
    combined: dict[bytes, bytes] = {}
    for name, value in headers:
        combined[name] = combined[name] + b", " + value if name in combined else value
    if len(combined) < len(headers):
        scope["headers"] = list(combined.items())


def _refuse_strange_paths(scope: HTTPScope) -> None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > MOST_URI_BYTES:
        message = f"the address has more than {MOST_URI_BYTES} bytes"
        raise UriTooLongError(message)
    path = scope["path"]
    if "\0" in path:
        message = "the path has a NUL byte"
        raise MalformedRequestError(message)
    if "//" in path or (path != "/" and path.endswith("/")):
        message = f"no path {path[:200]!r}; without the slash too many it may be one"
        raise NotFoundError(message)


def problem_answer(scope: HTTPScope, error: LedgerError) -> Answer:
    """Give the answer that tells of an error."""
    state = scope["state"]
    path = scope["raw_path"].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    told = errors.problem(
        error,
        base=state.get("base", ""),
        instance=f"{path}?{query}"[:2000] if query else path[:2000],
        request_id=state["request_id"],
    )
    extra = [(name.encode(), value.encode()) for name, value in error.headers.items()]
    return Answer(
        told.status,
        [
            (b"content-type", errors.MEDIA_TYPE.encode()),
            (b"cache-control", b"no-store"),
            *extra,
        ],
        errors.encode(told),
    )


async def _call(app: ASGIApp, scope: HTTPScope) -> Answer:
    """Run the router and collect what it sends.

    It is given a `receive` of ours: the server's own cannot be cancelled before all is sent. No
    request here has a body, and who leaves is told by cancelling.
    """
    ended = asyncio.Event()

    async def receive() -> Any:
        await ended.wait()
        return {"type": "http.disconnect"}

    status = 500
    headers: Headers = []
    parts: list[bytes] = []

    async def collect(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.extend(
                (name, value)
                for name, value in message["headers"]
                if name.lower() != b"content-length"
            )
        elif message["type"] == "http.response.body":
            parts.append(message["body"])
            if not message["more_body"]:
                ended.set()

    await app(scope, receive, collect)
    return Answer(status, headers, b"".join(parts))


def _plain(scope: HTTPScope, headers: dict[bytes, bytes]) -> bytes:
    """Give what the answer depends on, before its encoding: address, host and media type."""
    accept = headers.get(b"accept", b"*/*")
    day = str(_today()).encode() if _is_dated(scope) else b""
    base = scope["state"]["base"].encode()
    return b"\0".join((scope["raw_path"], scope["query_string"], base, accept, day))


_PINNED_PATH = re.compile(r"/v1/(?:exports|revisions)/(\d{1,10})")
_CITATIONS = frozenset(citations.MEDIA_TYPES.values())
_CITED = ["application/json", *citations.MEDIA_TYPES.values()]


def _parameter(scope: HTTPScope, name: bytes) -> bytes | None:
    """Give the last value of a parameter as it is read later on; None where it is not given."""
    query = scope["query_string"]
    if name not in query and b"%" not in query:
        return None
    value = None
    for part in query.split(b"&"):
        key, _, written = part.partition(b"=")
        if unquote_to_bytes(key) == name:
            value = unquote_to_bytes(written)
    return value


def _is_pinned(scope: HTTPScope) -> bool:
    """Say whether a request is for what was said as of a revision."""
    if _parameter(scope, b"as_of") is not None:
        return True
    return _PINNED_PATH.fullmatch(scope["path"]) is not None


def _pinned_number(scope: HTTPScope) -> int | None:
    """Give the revision that a request names; None where it names a day, or none at all."""
    named = _parameter(scope, b"as_of")
    if named is not None and named.isdigit() and len(named) <= 10:  # noqa: PLR2004
        return int(named)
    path = _PINNED_PATH.fullmatch(scope["path"])
    return int(path[1]) if path is not None else None


def _is_dated(scope: HTTPScope) -> bool:
    """Say whether the answer may hold the day on which it is asked for: citations do."""
    asked = _parameter(scope, b"format")
    if asked is not None:
        return asked.decode("latin-1") in citations.MEDIA_TYPES
    return best_accepted(scope, _CITED) in _CITATIONS


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _request_id(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    return given if _REQUEST_ID.fullmatch(given) else os.urandom(16).hex()


def _is_file(scope: HTTPScope) -> bool:
    """Say whether a file is asked for, which is too large to be held or to be encoded anew."""
    return scope["method"] in {"GET", "HEAD"} and _FILE.fullmatch(scope["path"]) is not None


_FILE = re.compile(r"/v1/exports/[^/]+/[^/]+")
_PAGE = re.compile(rb"(?:^|&)(?:limit|cursor)=")


_DECIDING = frozenset({b"host", b"accept", b"accept-encoding", b"if-none-match", b"x-request-id"})


def _request_key(scope: HTTPScope) -> RequestKey | None:
    """Give what decides the answer to a read of the ledger; None where each is made anew."""
    if scope["method"] not in {"GET", "HEAD"} or not scope["path"].startswith("/v1/"):
        return None
    deciding = tuple(pair for pair in scope["headers"] if pair[0] in _DECIDING)
    if any(name == b"x-request-id" for name, _ in deciding):
        return None
    return scope["method"], scope["raw_path"], scope["query_string"], deciding


def _make_ready(answer: Answer, method: str) -> Answer:
    # A page has a content security policy of its own.
    own = {name for name, _ in answer.headers}
    headers = [*answer.headers, *(pair for pair in _SECURITY if pair[0] not in own), *_CORS]
    if answer.status not in {204, 304}:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    return Answer(answer.status, headers, b"" if method == "HEAD" else answer.body)


_HIT = b'cache;desc="hit"'


def _spent(begun: float, waited: list[float]) -> bytes:
    """Say in `Server-Timing` what took how long, in milliseconds."""
    total = (time.perf_counter() - begun) * 1000
    if not waited:
        return f"total;dur={total:.2f}".encode()
    return f"db;dur={sum(waited) * 1000:.2f}, total;dur={total:.2f}".encode()


def _own_id(scope: HTTPScope) -> tuple[bytes, bytes]:
    return b"x-request-id", scope["state"]["request_id"].encode()


async def _send_ready(ready: Answer, scope: HTTPScope, send: Send, spent: bytes = b"") -> None:
    """Send an answer as it was made ready, with the id of this request."""
    headers = [*ready.headers, _own_id(scope)]
    if spent:
        headers.append((b"server-timing", spent))
    await send({"type": "http.response.start", "status": ready.status, "headers": headers})
    await send({"type": "http.response.body", "body": ready.body, "more_body": False})


def _validators(scope: HTTPScope, tag: bytes) -> Headers:
    freshness = IMMUTABLE if _is_pinned(scope) and not _is_dated(scope) else FRESH
    return [(b"etag", tag), (b"cache-control", freshness), (b"vary", VARY)]


def _matches(given: bytes | None, tag: bytes) -> bool:
    """Compare weakly (RFC 9110, 13.1.2): a list of tags, or `*` for any."""
    if given is None:
        return False
    weak = tag.removeprefix(b"W/")
    return any(one.strip().removeprefix(b"W/") == weak for one in given.split(b","))


def _may_be_kept(answer: Answer) -> bool:
    return any(
        name == b"cache-control" and value.startswith(b"public") for name, value in answer.headers
    )


def _encoded(answer: Answer, encoding: bytes) -> Answer:
    body, headers = answer.body, [*answer.headers]
    if encoding != b"identity" and len(body) >= LEAST_ENCODED_BYTES:
        body = _ENCODERS[encoding](body)
        headers.append((b"content-encoding", encoding))
    return Answer(answer.status, headers, body)


_ENCODERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    b"br": lambda body: brotli.compress(body, quality=4),
    b"gzip": lambda body: gzip.compress(body, compresslevel=5, mtime=0),
}


class _Encoder:
    """Encodes a body piece by piece; what was sent can be read before the end comes."""

    def __init__(self, encoding: bytes) -> None:
        self._stopped = False
        self._take: Callable[[bytes], bytes]
        self._end: Callable[[], bytes]
        if encoding == b"zstd":
            zstd = zstandard.ZstdCompressor(level=3).compressobj()
            self._take, self._end = zstd.compress, zstd.flush
        elif encoding == b"br":
            br = brotli.Compressor(quality=4)
            self._take, self._end = br.process, br.finish
        elif encoding == b"gzip":
            zipped = zlib.compressobj(level=5, wbits=31)
            self._take, self._end = zipped.compress, zipped.flush
        else:
            self._stopped = True

    def stop(self) -> None:
        """Let everything through as it is."""
        self._stopped = True

    def encode(self, body: bytes, *, more: bool) -> bytes:
        """Encode the next piece."""
        if self._stopped:
            return body
        taken: bytes = self._take(body)
        return taken if more else taken + self._end()


def _choose_encoding(given: bytes) -> bytes:
    """Choose the best encoding that is accepted; of equal ones, the quickest to make."""
    if not given:
        return b"identity"
    best, weight = b"identity", 0.0
    offered: dict[bytes, float] = {}
    for part in given.lower().split(b","):
        name, _, parameters = part.strip().partition(b";")
        offered[name.strip()] = _weight(parameters)
    for encoding in _ENCODERS:
        accepted = offered.get(encoding, offered.get(b"*", 0.0))
        if accepted > weight:
            best, weight = encoding, accepted
    return best if weight >= offered.get(b"identity", 0.0) else b"identity"


def _weight(parameters: bytes) -> float:
    for parameter in parameters.split(b";"):
        name, _, value = parameter.strip().partition(b"=")
        if name.strip() == b"q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0 <= weight <= 1 else 0.0
    return 1.0


def best_accepted(scope: HTTPScope, offered: list[str]) -> str | None:
    """Give the media type that the request likes best; of equal ones, the first that is offered."""
    given = dict(scope["headers"]).get(b"accept", b"").decode("latin-1").lower().strip()
    if given in {"", "*/*", offered[0]}:
        return offered[0]
    ranges = {}
    for part in given.split(","):
        name, _, parameters = part.strip().partition(";")
        ranges[name.strip()] = _weight(parameters.encode("latin-1"))
    best, weight = None, 0.0
    for media_type in offered:
        # The most precise range that names it decides.
        names = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
        accepted = next((ranges[name] for name in names if name in ranges), 0.0)
        if accepted > weight:
            best, weight = media_type, accepted
    return best
