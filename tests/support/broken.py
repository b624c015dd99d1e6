"""The service with one fault planted in it: `LEDGER_FAULT=vary_missing python -m support.broken …`.

The product has no way to be broken; here its application is wrapped before its own command starts
it, or its functions are changed (`broken_code.py`). `tests/broken.py` (`make broken`) runs the
tests against each of these.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from msgspec.structs import replace

from support import broken_code

Scope = MutableMapping[str, Any]
Send = Callable[[Any], Awaitable[None]]
FAULT = "LEDGER_FAULT"


class Sent(msgspec.Struct, frozen=True):
    """An answer as it is sent."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Asked(msgspec.Struct, frozen=True):
    """A request as a fault sees it."""

    method: str
    path: str
    query: str
    accept: str


class Break(msgspec.Struct, frozen=True):
    """How answers are broken; requests elsewhere pass through untouched."""

    pattern: str
    """The paths, as a regular expression."""
    how: Callable[[Asked, Sent], Sent]
    needs_body: bool
    """Whether the body is changed, for which it has to be complete and not encoded."""


def on(
    pattern: str,
    how: Callable[[Sent], Sent],
    *,
    media: str = "",
    status: int = 0,
    needs_body: bool = True,
) -> Break:
    """Break the answers at some paths, of one media type and status if they are given."""

    def broken(_: Asked, sent: Sent) -> Sent:
        fits = media in sent.headers.get("content-type", "") and status in (0, sent.status)
        return how(sent) if fits else sent

    return Break(pattern, broken, needs_body)


def on_head(
    pattern: str, how: Callable[[Sent], Sent], *, media: str = "", status: int = 0
) -> Break:
    """Break status and headers only."""
    return on(pattern, how, media=media, status=status, needs_body=False)


def text(pattern: str, by: str) -> Callable[[Sent], Sent]:
    """Replace some text by another one."""
    return lambda sent: replace(sent, body=re.sub(pattern.encode(), by.encode(), sent.body))


def header(name: str, value: str | None) -> Callable[[Sent], Sent]:
    """Set a header, or leave it out."""

    def how(sent: Sent) -> Sent:
        if name not in sent.headers:
            return sent
        kept = {one: given for one, given in sent.headers.items() if one != name}
        return replace(sent, headers=kept if value is None else {**kept, name: value})

    return how


def document(change: Callable[[Any], Any]) -> Callable[[Sent], Sent]:
    """Change a JSON document in place."""

    def how(sent: Sent) -> Sent:
        found = sent.json()
        change(found)
        return replace(sent, body=json.dumps(found, separators=(",", ":")).encode())

    return how


def raise_count(page: Any) -> None:
    if isinstance(page.get("meta", {}).get("count"), int):
        page["meta"]["count"] += 1


def raise_groups(page: Any) -> None:
    for group in page["data"]:
        group["waves"] += 1


def move_column(sent: Sent) -> Sent:
    mark = "\ufeff" if sent.body.startswith(b"\xef\xbb\xbf") else ""
    rows = csv.reader(io.StringIO(sent.body.decode("utf-8-sig"), newline=""))
    written = io.StringIO(newline="")
    csv.writer(written).writerows([[*row[2:], *row[:2]] for row in rows])
    return replace(sent, body=(mark + written.getvalue()).encode())


def skip_first(asked: Asked, sent: Sent) -> Sent:
    if "cursor=" in asked.query and "json" in sent.headers.get("content-type", ""):
        return document(lambda page: page["data"].__delitem__(slice(0, 1)))(sent)
    return sent


def status(number: int) -> Callable[[Sent], Sent]:
    return lambda sent: replace(sent, status=number)


KEPT: dict[Asked, Sent] = {}


def keep_for_good(asked: Asked, sent: Sent) -> Sent:
    """Always give the first answer, whatever was published since."""
    if asked.method != "GET" or sent.status != 200 or not asked.path.startswith("/v1/"):
        return sent
    kept = KEPT.setdefault(asked, sent)
    return replace(sent, body=kept.body, headers={**sent.headers, "etag": kept.headers["etag"]})


def without(*names: str) -> Callable[[str], str]:
    """Remove parameters from a query before the service sees it."""

    def how(query: str) -> str:
        pairs = [one for one in query.split("&") if one.partition("=")[0] not in names]
        return "&".join(pairs)

    return how


JSON = "json"
WAVES = r"/v1/waves(/[^/]+)?"
ANY = r"/v1/.*"
FAULTS: dict[str, tuple[str, Break]] = {
    "nothing": ("nothing at all: every test has to pass", Break("", lambda _, sent: sent, needs_body=False)),
    "field_renamed": ("a field of waves has another name", on(WAVES, text('"announced_on"', '"announced"'), media=JSON)),
    "field_missing": ("sources have no publisher", on(r"/v1/sources(/[^/]+)?", text('"publisher":("[^"]*"|null),', ""), media=JSON)),
    "number_as_string": ("headcounts are text", on(WAVES, text(r'"low":(\d+)', r'"low":"\1"'), media=JSON)),
    "enum_unknown": ("a qualifier that the closed set has not", on(WAVES, text('"exact"', '"precisely"'), media=JSON)),
    "unknown_as_zero": ("what is unknown is 0", on(WAVES, text('"high":null', '"high":0'), media=JSON)),
    "server_error": ("500 at one path", on_head(r"/v1/roles/[^/]+", status(500))),
    "undocumented_status": ("202 where 200 is promised", on_head("/v1/coverage", status(202), status=200)),
    "wrong_content_type": ("JSON is called text", on_head(r"/v1/drivers.*", header("content-type", "text/plain"), status=200)),
    "problem_as_json": ("problems are plain JSON", on_head(ANY, header("content-type", "application/json"), media="problem")),
    "wrong_problem_code": ("404 says `gone`", on(ANY, text('"code":"not_found"', '"code":"gone"'), media="problem")),
    "problem_without_place": ("a refusal names no parameter", on(ANY, text('"parameter":"[a-z_]+"', '"parameter":""'), media="problem")),
    "count_off_by_one": ("counts are one too high", on(r"/v1/(waves|companies|sources)", document(raise_count), media=JSON, status=200)),
    "group_off_by_one": ("groups of statistics are one too high", on("/v1/statistics", document(raise_groups), media="application/json", status=200)),
    "cursor_skips": ("a page after a cursor lacks its first record", Break(r"/v1/.*", skip_first, needs_body=True)),
    "order_turned": ("waves come in the opposite order", on("/v1/waves", document(lambda page: page["data"].reverse()), media="application/json", status=200)),
    "csv_column_moved": ("the first two columns come last", on("/v1/waves", move_column, media="text/csv")),
    "line_missing": ("NDJSON lacks its first line", on(ANY, lambda sent: replace(sent, body=sent.body.partition(b"\n")[2]), media="ndjson")),
    "file_altered": ("an export has a byte more than its checksum says", on(r"/v1/exports/\d+/.*\.csv", lambda sent: replace(sent, body=sent.body + b"\n"), status=200)),
    "vary_missing": ("no `Vary`", on_head(ANY, header("vary", None))),
    "link_missing": ("no `Link`", on_head(ANY, header("link", None))),
    "request_id_missing": ("no `X-Request-Id`", on_head(ANY, header("x-request-id", None))),
    "etag_fixed": ("the ETag is always the same", on_head(ANY, header("etag", 'W/"0123456789abcdef"'))),
    "kept_for_good": ("`Cache-Control` lets what changes be kept for good", on_head(ANY, header("cache-control", "public, max-age=31536000, immutable"), status=200)),
    "stale_cache": ("the first answer is given for good, whatever is published", Break(r"/v1/.*", keep_for_good, needs_body=True)),
    "redirect_lost": ("merged records are 404", on_head(ANY, status(404), status=301)),
    "gone_is_missing": ("withdrawn records are 404", on_head(ANY, status(404), status=410)),
}  # fmt: skip
"""Faults of answers."""
QUESTIONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "filter_ignored": ("`company` filters nothing", without("company")),
    "past_ignored": ("`as_of` is read as the newest revision", without("as_of")),
    "unknown_accepted": ("unknown parameters are taken", without("compny", "limt", "nonsense")),
    "sort_ignored": ("`sort` orders nothing", without("sort")),
}  # fmt: skip
"""Faults in how questions are understood."""
METHODS = {
    "head_with_body": "HEAD has a body (only seen without a server, which would cut it off)",
    "head_refused": "HEAD is 405",
    "tag_ignored": "`If-None-Match` is not read: 200 and never 304",
}
"""Faults in how requests are handled."""

FOUND_BY = {
    "field_renamed": "promises",
    "field_missing": "promises",
    "number_as_string": "promises",
    "enum_unknown": "promises",
    "unknown_as_zero": "formats",
    "server_error": "promises",
    "undocumented_status": "promises",
    "wrong_content_type": "promises",
    "problem_as_json": "errors",
    "wrong_problem_code": "errors",
    "problem_without_place": "errors",
    "count_off_by_one": "counts",
    "group_off_by_one": "statistics",
    "cursor_skips": "lists",
    "order_turned": "lists",
    "csv_column_moved": "formats",
    "line_missing": "promises",
    "file_altered": "exports",
    "vary_missing": "promises",
    "link_missing": "promises",
    "request_id_missing": "promises",
    "etag_fixed": "promises",
    "kept_for_good": "http",
    "stale_cache": "time",
    "redirect_lost": "time",
    "gone_is_missing": "time",
    "filter_ignored": "lists",
    "past_ignored": "time",
    "unknown_accepted": "errors",
    "sort_ignored": "lists",
    "head_with_body": "promises",
    "head_refused": "http",
    "tag_ignored": "promises",
}
"""Fault → the file of tests that found it, which is asked first: all others take minutes."""


def names() -> dict[str, str]:
    """Return all faults with their descriptions."""
    return {
        **{name: what for name, (what, _) in (FAULTS | QUESTIONS).items()},
        **METHODS,
        **{name: fault.what for name, fault in broken_code.FAULTS.items()},
    }


def planted(app: Any, fault: str) -> Any:
    """Wrap an application so that it has a fault."""

    async def broken(scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] != "http" or not _concerns(fault, scope):
            await app(scope, receive, send)
            return
        asked = Asked(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            repr([one for one in scope["headers"] if one[0] in (b"accept", b"if-none-match")]),
        )
        if fault in QUESTIONS:
            query = QUESTIONS[fault][1](asked.query).encode("latin-1")
            await app({**scope, "query_string": query}, receive, send)
        elif fault == "head_with_body" or (
            fault in FAULTS and FAULTS[fault][1].needs_body and scope["method"] != "HEAD"
        ):
            sent = await _collected(app, _changed(scope, fault))
            await _send(_faulty(asked, sent, fault), send)
        else:
            await app(_changed(scope, fault), receive, _heading(asked, fault, send))

    return broken


def _concerns(fault: str, scope: Scope) -> bool:
    if fault in FAULTS:
        return re.fullmatch(FAULTS[fault][1].pattern, scope["path"]) is not None
    if fault in METHODS:
        is_ledger = scope["path"].startswith("/v1/")
        return is_ledger and (scope["method"] == "HEAD" or fault == "tag_ignored")
    return True


def _changed(scope: Scope, fault: str) -> Scope:
    left_out = {b"if-none-match"} if fault == "tag_ignored" else set()
    if fault in FAULTS and FAULTS[fault][1].needs_body:
        # An encoded body could not be changed.
        left_out = {b"accept-encoding"}
    headers = [one for one in scope["headers"] if one[0] not in left_out]
    method = "GET" if fault == "head_with_body" and scope["method"] == "HEAD" else scope["method"]
    return {**scope, "headers": headers, "method": method}


def _faulty(asked: Asked, sent: Sent, fault: str) -> Sent:
    if fault in FAULTS:
        return FAULTS[fault][1].how(asked, sent)
    if fault == "head_refused" and asked.method == "HEAD" and asked.path.startswith("/v1/"):
        return replace(sent, status=405, headers={**sent.headers, "allow": "GET"})
    return sent


def _heading(asked: Asked, fault: str, send: Send) -> Send:
    """Break the head of an answer that has no body, and pass on the rest as it comes."""

    async def forward(message: Any) -> None:
        if message["type"] == "http.response.start":
            about = on_no_body(Sent(message["status"], _headers(message), b""), asked, fault)
            message = {**message, "status": about.status, "headers": _written(about.headers)}
        await send(message)

    return forward


def on_no_body(sent: Sent, asked: Asked, fault: str) -> Sent:
    """Break what can be broken without a body."""
    try:
        return _faulty(asked, sent, fault)
    except (ValueError, KeyError):
        return sent


async def _collected(app: Any, scope: Scope) -> Sent:
    begun: dict[str, Any] = {}
    pieces: list[bytes] = []
    complete = asyncio.Event()

    async def receive() -> Any:
        # A stream waits for its client to go.
        await complete.wait()
        return {"type": "http.disconnect"}

    async def keep(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        else:
            pieces.append(message.get("body", b""))
            if not message.get("more_body", False):
                complete.set()

    await app(scope, receive, keep)
    return Sent(begun["status"], _headers(begun), b"".join(pieces))


def _headers(message: Any) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in message["headers"]:
        key = name.decode("latin-1").lower()
        both = (*([headers[key]] if key in headers else []), value.decode("latin-1"))
        headers[key] = ", ".join(both)
    return headers


def _written(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def _send(sent: Sent, send: Send) -> None:
    headers = dict(sent.headers)
    # A whole list is streamed and has no length, and HEAD says as much.
    is_stream = "content-length" not in headers
    if not is_stream:
        headers["content-length"] = str(len(sent.body))
    start = {"type": "http.response.start", "status": sent.status, "headers": _written(headers)}
    await send(start)
    body = {"type": "http.response.body", "body": sent.body, "more_body": is_stream}
    await send(body)
    if is_stream:
        await send({**body, "body": b"", "more_body": False})


def plant() -> None:
    """Break the service in this process, as `LEDGER_FAULT` says."""
    fault = os.environ[FAULT]
    if fault in broken_code.FAULTS:
        broken_code.plant(broken_code.FAULTS[fault])
        return
    from layoff_ledger import app

    whole = app.create_app

    def create_app(*arguments: Any, **options: Any) -> Any:
        return planted(whole(*arguments, **options), fault)

    app.create_app = create_app


if __name__ == "__main__":
    from layoff_ledger.cli import run

    plant()
    run()
