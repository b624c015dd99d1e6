"""The middleware: the order of things between the server and the router.

A known request is answered from what was sent before. Any other one is parsed once, refused if no
path could take it, answered with 304 or from the cache without any SQL, and otherwise by the
router: piece by piece for a whole list or a file, or else encoded and cached.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
import time
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final, Protocol

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from layoff_ledger import paths
from layoff_ledger.http import (
    compression,
    conditional,
    context,
    leaving,
    policy,
    timing,
    unread,
)
from layoff_ledger.http.cache import (
    CACHE_BYTES,
    LEDGER_PATHS,
    Cache,
    is_repeatable,
    request_key,
)
from layoff_ledger.http.conditional import Version
from layoff_ledger.http.context import Context
from layoff_ledger.http.keys import RevisionKey, RevisionKeys
from layoff_ledger.http.negotiation import Representations
from layoff_ledger.http.paths import PathTable
from layoff_ledger.http.problems import TooManyRequestsError, problem_response
from layoff_ledger.http.responses import (
    STALLED_SECONDS,
    Headers,
    Response,
    collect,
    send_response,
)

if TYPE_CHECKING:
    # Imports a library that a service without limits does not need.
    from layoff_ledger.http.limits import RateLimits

# Too large to be kept in memory or encoded again.
_FILE = re.compile(r"/v1/exports/[^/]+/[^/]+")
# Looking up a member of an enumeration takes longer than comparing it.
_HTTP: Final = ScopeType.HTTP
_OK, _NO_CONTENT, _NOT_MODIFIED, _NOT_FOUND = 200, 204, 304, 404
# Where a request keeps what its response says about the limits; no cached response has it.
_LIMIT_HEADERS = "limit_headers"
# Where a request notes that the body of its response is in the cache.
_IS_KEPT = "is_kept"


class Conversation(Protocol):
    """An app that reads what is posted to it, and answers by itself."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

    def refusal(self, request: Context) -> Response | None:
        """Return the problem if it cannot answer at all."""


class HttpMiddleware:
    """An ASGI app between the server and the router."""

    def __init__(
        self,
        app: ASGIApp,
        keys: RevisionKeys,
        *,
        url: str | None = None,
        representations: Mapping[str, Representations] | None = None,
        cache_bytes: int = CACHE_BYTES,
        limits: RateLimits | None = None,
        hosts: Collection[str] = (),
        conversations: Mapping[str, Conversation] | None = None,
    ) -> None:
        """Wrap an app.

        `keys` are those of the revisions from which it answers. `url` is the public address of the
        API, if a proxy hides it; `representations` has what each path offers, by the router's
        templates. `limits` bounds what a client may ask the router for; `hosts` are the names by
        which the API may be asked for, empty if any will do; `conversations` maps paths to the apps
        that take what is posted there.
        """
        self._app = app
        self._keys = keys
        self._url = url
        self._limits = limits
        self._hosts = context.allowed_hosts(hosts, url)
        self._conversations = conversations or {}
        self._representations = PathTable(representations or {})
        code = sorted(paths.PACKAGE.rglob("*.py"))
        digest = paths.digest(*code, paths.TEMPLATES, paths.PAGES, paths.SQL, paths.OPENAPI)
        # The address is part of the files of exports, whose digests a list contains.
        self._code = b"\0".join((digest, paths.library_versions(), (url or "").encode()))
        self._cache = Cache(cache_bytes)
        self._pending: dict[tuple[RevisionKey, bytes], asyncio.Future[Response | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != _HTTP:
            await self._app(scope, receive, send)
            return
        http: HTTPScope = scope
        revision, key = self._keys.newest, request_key(http)
        # What is kept is repeatable, so a request that is found needs no other check.
        ready = self._cache.get_ready(revision, key)
        if ready is not None:
            own = context.make_request_id()
            await send_response(ready, send, request_id=own, more=_age(self._keys.age()))
            return
        headers = context.combine_headers(http)
        if b"content-length" in headers or b"transfer-encoding" in headers:
            receive, send = unread.guard(http, receive, send)
        begun, waits = time.perf_counter(), timing.begin()
        offered = self._representations.find(http["path"]) or ()
        request = context.parse(http, url=self._url, offered=offered, hosts=self._hosts)
        http["state"]["context"] = request
        response = policy.refusal(request)
        if response is None and request.path in self._conversations and not request.is_read:
            await self._converse(http, request, receive, send)
            return
        if response is None and request.is_stream:
            await self._stream(http, request, receive, send)
            return
        if response is None and request.is_read and _FILE.fullmatch(request.path):
            await self._pass_on(http, request, receive, send)
            return
        response = response or await self._respond(http, request)
        if request.method == "OPTIONS":
            response = _response_to_options(http, response)
        completed = policy.complete(response, is_head=request.is_head)
        is_kept = _IS_KEPT in http["state"] or response.status == _NOT_MODIFIED
        more = list(http["state"].get(_LIMIT_HEADERS, ()))
        if is_kept and not request.is_dated and is_repeatable(http, key):
            hit = [*completed.headers, (b"server-timing", timing.HIT)]
            self._cache.put_ready(revision, key, Response(completed.status, hit, completed.body))
            more += _age(self._keys.age())
        await send_response(
            completed,
            send,
            request_id=request.request_id,
            server_timing=timing.server_timing(begun, waits),
            more=more,
        )

    async def _collect(self, scope: HTTPScope, request: Context) -> Response:
        """Let the router answer, and charge the client for it."""
        limits = self._limits
        if limits is None or request.path.startswith("/health/"):
            return await collect(self._app, scope)
        client = limits.client(scope)
        try:
            limits.take(client)
            begun = time.perf_counter()
            try:
                return await collect(self._app, scope)
            finally:
                limits.charge(client, time.perf_counter() - begun)
        except TooManyRequestsError as error:
            return problem_response(request, error)
        finally:
            scope["state"][_LIMIT_HEADERS] = limits.headers(client)

    async def _is_refused(
        self, scope: HTTPScope, request: Context, send: Send, *, is_whole: bool = True
    ) -> bool:
        """Charge the client for what is passed on; return whether it was refused instead.

        It pays for a whole list or a file if the answer `is_whole`.
        """
        limits = self._limits
        if limits is None:
            return False
        client = limits.client(scope)
        try:
            if is_whole and request.needs_body:
                limits.take_whole(client)
            else:
                limits.take(client)
        except TooManyRequestsError as error:
            response = problem_response(request, error)
            await _send_at_once(response, request, send, more=limits.headers(client))
            return True
        scope["state"][_LIMIT_HEADERS] = limits.headers(client)
        return False

    async def _respond(self, scope: HTTPScope, request: Context) -> Response:
        if request.is_read:
            # The router knows GET; the body of HEAD is cut off when it is sent.
            scope["method"] = "GET"
            if request.path.startswith(LEDGER_PATHS):
                return await self._respond_from_ledger(scope, request)
            return self._validate_page(await self._collect(scope, request), request)
        return await collect(self._app, scope)

    async def _respond_from_ledger(self, scope: HTTPScope, request: Context) -> Response:
        version = conditional.version_of(request, self._keys, self._code)
        # A client with this tag got 200 for exactly this request at this revision.
        if conditional.matches(request.if_none_match, version.tag):
            return Response(_NOT_MODIFIED, version.validators, b"")
        response = await self._share(scope, request, version)
        if response.status == _OK and request.matches_anything:
            return Response(_NOT_MODIFIED, version.validators, b"")
        return response

    def _validate_page(self, response: Response, request: Context) -> Response:
        """Give a page outside the ledger a tag, made from its bytes, and an encoding, if cacheable.

        A 304 has its headers, too: a cache would otherwise put others on what it kept.
        """
        if response.status != _OK or not policy.is_cacheable(response):
            return response
        tag = f'W/"{hashlib.sha256(response.body).hexdigest()[:16]}"'.encode()
        own = [*response.headers, (b"etag", tag), (b"vary", policy.VARY)]
        if request.matches_anything or conditional.matches(request.if_none_match, tag):
            kept = [pair for pair in own if pair[0] != b"content-type"]
            return Response(_NOT_MODIFIED, kept, b"")
        revision, key = self._keys.newest, b"\0".join((b"page", tag, request.encoding))
        encoded = self._cache.get(revision, key)
        if encoded is None:
            encoded = compression.encode(Response(_OK, [], response.body), request.encoding)
            self._cache.put(revision, key, encoded, seconds=math.inf)
        return Response(_OK, [*own, *encoded.headers], encoded.body)

    async def _share(self, scope: HTTPScope, request: Context, version: Version) -> Response:
        """Answer from the cache; of equal requests that miss it, one asks the router for all."""
        revision = self._keys.newest
        # A digest, because a request may be as long as the limit allows.
        key = version.digest + request.encoding
        cached = self._cache.get(revision, key)
        if cached is not None:
            scope["state"]["cache"] = "answers"
            scope["state"][_IS_KEPT] = True
            return cached
        # A request that comes after a publication must not share the answer to one from before it.
        pending = self._pending.get((revision, key))
        if pending is not None:
            await asyncio.wait([pending])
            if not pending.cancelled() and (response := pending.result()) is not None:
                return response
            # The other request failed or its client left: each gets a problem of its own.
            return await self._ask_router(scope, request, version.validators)
        future: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        self._pending[revision, key] = future
        begun = time.perf_counter()
        try:
            response = await self._ask_router(scope, request, version.validators)
            kept = response if response.status == _OK else None
            seconds = time.perf_counter() - begun
            if kept is not None and self._cache.put(revision, key, kept, seconds=seconds):
                scope["state"][_IS_KEPT] = True
            future.set_result(kept)
            return response
        finally:
            del self._pending[revision, key]
            future.cancel()

    async def _ask_router(
        self, scope: HTTPScope, request: Context, validators: Headers
    ) -> Response:
        response = await self._collect(scope, request)
        if response.status != _OK:
            return response
        valid = Response(_OK, [*response.headers, *validators], response.body)
        return compression.encode(valid, request.encoding)

    async def _converse(
        self, scope: HTTPScope, request: Context, receive: Receive, send: Send
    ) -> None:
        """Let an app answer that reads bodies; what it asks the API is a separate request."""
        app = self._conversations[request.path]
        if request.method == "OPTIONS":
            response: Response | None = Response(_NO_CONTENT, policy.PREFLIGHT_OF_POST, b"")
        else:
            response = app.refusal(request)
        if response is not None:
            await _send_at_once(response, request, send)
            return
        if await self._is_refused(scope, request, send, is_whole=False):
            return
        await app(scope, receive, _passing(scope, request, send))

    async def _pass_on(
        self, scope: HTTPScope, request: Context, receive: Receive, send: Send
    ) -> None:
        """Let the router send a file, or a part of one, with its own validators and ranges."""
        if await self._is_refused(scope, request, send):
            return
        scope["method"] = "GET"
        await self._app(scope, receive, _passing(scope, request, send))

    async def _stream(
        self, scope: HTTPScope, request: Context, receive: Receive, send: Send
    ) -> None:
        """Answer with a whole list, which is neither cached nor collected in memory."""
        version = conditional.version_of(request, self._keys, self._code)
        if conditional.matches(request.if_none_match, version.tag):
            response = Response(_NOT_MODIFIED, version.validators, b"")
            await _send_at_once(response, request, send)
            return
        if await self._is_refused(scope, request, send):
            return
        scope["method"] = "GET"
        passed = _passed_headers(scope, request)
        encoder = compression.StreamEncoder(request.encoding)
        is_bodiless = request.is_head

        async def forward(message: Message) -> None:
            nonlocal is_bodiless
            if message["type"] == "http.response.start":
                added: Headers = []
                is_ok = message["status"] == _OK
                if is_ok:
                    is_bodiless = not request.needs_body
                    added = [*version.validators]
                    if request.matches_anything:
                        # The same as for a client that has the tag.
                        message["status"], message["headers"] = _NOT_MODIFIED, []
                        is_ok = False
                if is_ok and request.encoding != compression.IDENTITY:
                    added.append((b"content-encoding", request.encoding))
                else:
                    encoder.stop()
                message["headers"] = [*message["headers"], *added, *passed]
            elif message["type"] == "http.response.body":
                body = encoder.encode(message["body"], more=message["more_body"])
                message["body"] = b"" if is_bodiless else body
            # A client that does not read must not keep others from the database.
            async with asyncio.timeout(STALLED_SECONDS):
                await send(message)

        # Its first piece may take long, and it is made for this client alone.
        await leaving.answer(self._app, scope, receive, forward)


def _response_to_options(scope: HTTPScope, response: Response) -> Response:
    """Say what is allowed, if the router knows the path or a browser asks before a request.

    A browser hides the answer of a request whose preflight fails: the page would see a network
    error, and not the problem that says what is wrong with its path.
    """
    is_preflight = any(name == b"access-control-request-method" for name, _ in scope["headers"])
    if response.status == _NO_CONTENT or (response.status == _NOT_FOUND and is_preflight):
        return Response(_NO_CONTENT, policy.PREFLIGHT, b"")
    return response


def _age(seconds: int) -> Headers:
    """State the age of an answer that cannot be checked against the database (RFC 9111, 5.1)."""
    return [(b"age", str(seconds).encode())] if seconds else []


async def _send_at_once(
    response: Response, request: Context, send: Send, *, more: Headers | None = None
) -> None:
    """Send a response that the router was not asked for, without its timing."""
    completed = policy.complete(response, is_head=request.is_head)
    await send_response(completed, send, request_id=request.request_id, more=more or ())


def _passing(scope: HTTPScope, request: Context, send: Send) -> Send:
    """Return what sends a response on as it comes: with more headers, and for HEAD without body."""
    passed = _passed_headers(scope, request)

    async def forward(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *passed]
        elif request.is_head and message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return forward


def _passed_headers(scope: HTTPScope, request: Context) -> Headers:
    """Return the headers of a response that is passed on as it comes."""
    own = [
        (b"x-request-id", request.request_id.encode()),
        # nginx obeys this header and does not pass it on: otherwise it would buffer what is sent
        # piece by piece.
        (b"x-accel-buffering", b"no"),
        *scope["state"].get(_LIMIT_HEADERS, ()),
    ]
    return [*policy.SECURITY, *policy.CORS, *own]
