"""Connections: a client that sends nothing, or sends it slowly, is cut off and keeps nobody out."""

from __future__ import annotations

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from layoff_ledger.http import responses
from layoff_ledger.http.keys import RevisionKeys
from layoff_ledger.http.middleware import HttpMiddleware
from layoff_ledger.http.negotiation import Representation
from layoff_ledger.http.responses import PIECE_BYTES, Response, send_response
from layoff_ledger.http.unread import MAX_READING_SECONDS
from layoff_ledger.server import HEADER_SECONDS
from support.scopes import HOST, make_scope

pytestmark = pytest.mark.thorough

IDLE = 2_500
"""More than the 2,048 that used to be the server's limit."""


def connect(client: httpx.Client) -> socket.socket:
    return socket.create_connection(("127.0.0.1", client.base_url.port or 80), timeout=30)


def closed_after(client: httpx.Client, first: bytes, *, trickle: bool) -> float:
    """Send something, then nothing or a byte a second; return after how long the server closes."""
    with connect(client) as one:
        one.settimeout(1.0)
        one.sendall(first)
        begun = time.monotonic()
        while time.monotonic() - begun < 3 * HEADER_SECONDS:
            try:
                if trickle:
                    one.sendall(b"a")
                if not one.recv(65_536):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        return time.monotonic() - begun


START = b"GET /v1/waves?limit=2 HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.slow
def test_idle_and_slow_connections_are_closed(api: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool:
        asked = [(b"", False), (b"P", False), (START, False), (START + b"X-A: ", True)]
        asked.append((START + b"\r\n", False))
        waited = list(pool.map(lambda one: closed_after(api, one[0], trickle=one[1]), asked))

    assert all(HEADER_SECONDS - 2 < seconds < HEADER_SECONDS + 5 for seconds in waited), waited


def test_idle_connections_keep_no_reader_out(api: httpx.Client) -> None:
    idle = [connect(api) for _ in range(IDLE)]
    try:
        answers = [httpx.get(f"{api.base_url}/v1/waves?limit=2", timeout=60) for _ in range(5)]
        # No reader had to wait until the first of them was closed.
        idle[0].setblocking(False)
        with pytest.raises(BlockingIOError):
            idle[0].recv(1)
    finally:
        for one in idle:
            one.close()

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("path", ["/v1/waves?limit=1", "/mcp", "/nothing"])
@pytest.mark.parametrize("size", [10, 70_000, 200_000, 900_000])
def test_a_body_that_nobody_reads_costs_no_answer(real: httpx.Client, path: str, size: int) -> None:
    # The rest of it once closed the connection under the next request.
    for _ in range(5):
        refused = real.post(path, content=b"x" * size)
        assert refused.status_code in {400, 404, 405, 413}
        assert "connection" not in refused.headers
        assert real.get("/v1/waves?limit=1").status_code == 200


def test_a_body_that_is_too_large_or_never_comes_ends_the_connection(real: httpx.Client) -> None:
    large = real.post("/v1/waves", content=b"x" * 20_000_000)
    assert (large.status_code, large.headers["connection"]) == (405, "close")
    assert real.get("/v1/waves?limit=1").status_code == 200
    for method, status in (("POST", b"405"), ("GET", b"200")):
        with connect(real) as one:
            asked = f"{method} /v1/waves?limit=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"
            one.sendall(asked.encode())
            answer = b"".join(iter(lambda: one.recv(65_536), b""))
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b"connection: close" in answer


@pytest.mark.slow
def test_a_body_that_an_assistant_never_sends_is_not_waited_for(real: httpx.Client) -> None:
    real.post("/mcp", content=b"{")
    with connect(real) as one:
        one.sendall(
            b"POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Accept: application/json, text/event-stream\r\nContent-Length: 9\r\n\r\nx"
        )
        begun = time.monotonic()
        answer = b"".join(iter(lambda: one.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - begun > MAX_READING_SECONDS / 2


def test_requests_in_one_go_are_answered_in_their_order(api: httpx.Client) -> None:
    """Pipelining (RFC 9112, 9.3.2)."""
    with connect(api) as one:
        for path in (b"/v1/waves/globex-2023-09", b"/v1/waves/nothing", b"/health/live"):
            last = b"Connection: close\r\n" if path == b"/health/live" else b""
            one.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n" + last + b"\r\n")
        received = b""
        while piece := one.recv(65_536):
            received += piece

    statuses = [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"404", b"200"]


async def test_a_whole_list_is_not_made_for_a_client_that_has_left() -> None:
    begun, left, given_up = asyncio.Event(), asyncio.Event(), asyncio.Event()
    sent: list[Any] = []
    coming = [{"type": "http.request", "body": b"", "more_body": False}]

    async def writes_a_file(_: Any, __: Any, ___: Any) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    async def receive() -> Any:
        if coming:
            return coming.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    offered = {"/v1/waves": (Representation("xlsx", "application/xlsx", streams=True),)}
    front = HttpMiddleware(writes_a_file, RevisionKeys((1, b"")), representations=offered)
    scope = make_scope(b"format=xlsx", HOST)
    asked = asyncio.create_task(front(scope, receive, send))
    await begun.wait()
    assert not given_up.is_set()

    left.set()
    await asyncio.wait([asked], timeout=60)

    assert given_up.is_set()
    assert asked.result() is None
    assert sent == []


async def test_a_large_answer_is_sent_in_pieces_and_broken_off_if_nobody_takes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise the server would keep what is left of it as long as the client stays."""
    monkeypatch.setattr(responses, "STALLED_SECONDS", 0.1)
    sent: list[Any] = []
    reader = asyncio.Event()
    reader.set()

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) > 2:
            await reader.wait()

    for size in (0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES):
        sent.clear()
        body = bytes(place % 251 for place in range(size))
        await send_response(Response(200, [], body), send, request_id="a")
        _, *pieces = sent
        assert b"".join(one["body"] for one in pieces) == body
        assert [one["more_body"] for one in pieces] == [True] * (len(pieces) - 1) + [False]
        assert max(len(one["body"]) for one in pieces) <= PIECE_BYTES

    sent.clear()
    reader.clear()
    with pytest.raises(TimeoutError):
        await send_response(Response(200, [], bytes(9 * PIECE_BYTES)), send, request_id="a")
    assert len(sent) == 3
