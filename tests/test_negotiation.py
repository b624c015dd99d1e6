"""A request, parsed once: its context, what is negotiated, and how tags are compared."""

from __future__ import annotations

import re
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger import app
from layoff_ledger.http import conditional, context, policy
from layoff_ledger.http.cache import is_repeatable, request_key
from layoff_ledger.http.context import IGNORED, Context, parse_query
from layoff_ledger.http.keys import RevisionKeys
from layoff_ledger.http.negotiation import (
    Representation,
    best_accepted,
    choose,
    parse_accept,
)
from layoff_ledger.http.paths import PathTable
from layoff_ledger.query.parse import fields
from layoff_ledger.routes.operation import operation_of
from support.scopes import HOST, make_scope

JSON = Representation("json", "application/json")
CSV = Representation("csv", "text/csv", streams=True)
LINES = Representation("lines", "application/x-lines", streams=True)
NOTE = Representation("note", "text/x-note", dated=True)
OFFERED = (JSON, CSV, LINES, NOTE)


def parse(query: bytes = b"", *headers: tuple[bytes, bytes], **more: Any) -> Context:
    scope = make_scope(query, HOST, *headers, **more)
    context.combine_headers(scope)
    return context.parse(scope, url=None, offered=OFFERED)


def test_a_query_is_pairs_in_their_order() -> None:
    query = parse_query(b"a=1&&b=x+y%26z&a=2&c&d==&")

    assert [(one.name, one.value) for one in query.parameters] == [
        ("a", "1"),
        ("b", "x y&z"),
        ("a", "2"),
        ("c", ""),
        ("d", "="),
    ]
    assert query.last("a") == "2"
    assert query.last("z") is None
    assert query.names("c")
    assert not query.mistakes


@given(st.lists(st.tuples(st.text(), st.text())))
def test_whatever_is_encoded_is_decoded(pairs: list[tuple[str, str]]) -> None:
    sendable = [
        (name, value)
        for name, value in pairs
        # What spreadsheets add to get around a cache, or social networks to each link.
        if name not in IGNORED
        and "\0" not in name + value
        and not any("\ud800" <= one <= "\udfff" for one in name + value)
    ]
    query = parse_query(urlencode(sendable).encode())

    assert [(one.name, one.value) for one in query.parameters] == sendable


@given(st.binary(max_size=60))
def test_any_bytes_are_parsed_as_the_standard_library_does(raw: bytes) -> None:
    query = parse_query(raw)

    if query.mistakes:
        return
    parts = [one for one in raw.decode().split("&") if one.partition("=")[0] not in IGNORED]
    expected = parse_qsl("&".join(parts), keep_blank_values=True, errors="strict")
    assert [(one.name, one.value) for one in query.parameters] == expected


def test_what_gets_past_a_cache_or_tracks_a_link_is_no_parameter() -> None:
    raw = b"_&_=3&a=1&utm_source=chatgpt.com&utm_campaign=x&fbclid=IwAR0"

    assert [one.name for one in parse_query(raw).parameters] == ["a"]


@pytest.mark.parametrize(
    ("raw", "parameter", "detail"),
    [
        (b"a=\xff", "query", "is not UTF-8"),
        (b"a=%ff", "a", "is not UTF-8"),
        (b"%ff=a", "%ff", "is not UTF-8"),
        (b"a=%ed%a0%80", "a", "is not UTF-8"),
        (b"a=%00", "a", "has a NUL byte"),
        (b"a%00b=1", "ab", "has a NUL byte"),
    ],
)
def test_what_cannot_be_decoded_is_a_mistake(raw: bytes, parameter: str, detail: str) -> None:
    query = parse_query(raw + b"&ok=1") if parameter != "query" else parse_query(raw)

    (mistake,) = query.mistakes
    assert (mistake.parameter, mistake.detail) == (parameter, detail)
    assert not query.names("query")
    if parameter == "a":
        assert query.names("a")
        assert query.last("a") == ""


def test_a_long_query_is_not_parsed() -> None:
    raw = b"&".join(b"a%d=1" % number for number in range(5_000))
    request = parse(raw)

    assert request.query.raw == raw
    assert request.query.parameters == ()
    refused = policy.refusal(request)
    assert refused is not None
    assert refused.status == 414


def test_links_repeat_what_was_asked_byte_for_byte() -> None:
    query = parse_query(b"q=%C3%a9%3cb%3E+&as_of=1&a%73_of=2&limit=1&as_of")

    assert query.written(without={"as_of"}) == ["q=%C3%a9%3cb%3E+", "limit=1"]
    assert query.written() == ["q=%C3%a9%3cb%3E+", "as_of=1", "a%73_of=2", "limit=1", "as_of"]
    assert parse_query('q=é"<>'.encode()).written() == ["q=%C3%A9%22%3C%3E"]


def test_a_context_has_what_the_request_asks_for() -> None:
    request = parse(
        b"limit=1",
        (b"accept", b"text/csv"),
        (b"accept-encoding", b"br, gzip"),
        (b"if-none-match", b' "a", W/"b"'),
        (b"x-request-id", b"abc"),
        (b"range", b"bytes=0-3"),
        (b"if-range", b'"a"'),
        method="HEAD",
    )

    assert request.base == "http://ledger.example"
    assert request.representation == CSV
    assert request.encoding == b"br"
    assert request.if_none_match == b' "a", W/"b"'
    assert request.request_id == "abc"
    assert (request.range, request.if_range) == (b"bytes=0-3", b'"a"')
    assert request.is_head
    assert not request.needs_body
    assert request.is_page
    assert not request.is_stream


@pytest.mark.parametrize(
    ("query", "accept", "method", "streams"),
    [
        (b"format=csv", b"*/*", "GET", True),
        (b"format=csv", b"*/*", "HEAD", True),
        (b"format=csv", b"*/*", "OPTIONS", False),
        (b"f%6Frmat=csv", b"image/png", "GET", True),
        (b"format=csv&limit=2", b"*/*", "GET", False),
        (b"format=csv&l%69mit=2", b"*/*", "GET", False),
        (b"format=csv&limit=%ff", b"*/*", "GET", False),
        (b"format=csv&cursor", b"*/*", "GET", False),
        (b"format=csv&q=limit=2", b"*/*", "GET", True),
        (b"format=csv&xlimit=2", b"*/*", "GET", True),
        (b"q=format=csv", b"*/*", "GET", False),
        (b"", b"text/*", "GET", True),
        (b"", b"application/json;q=0.1, */*", "GET", True),
        (b"format=json", b"text/csv", "GET", False),
        (b"format=nope", b"text/csv", "GET", False),
        (b"format=note", b"*/*", "GET", False),
    ],
)
def test_a_list_is_streamed_where_no_page_is_asked_for(
    query: bytes,
    accept: bytes,
    method: str,
    streams: bool,  # noqa: FBT001
) -> None:
    assert parse(query, (b"accept", accept), method=method).is_stream is streams


@pytest.mark.parametrize(
    ("host", "version", "base"),
    [
        (b"ledger.example", "1.1", "http://ledger.example"),
        (b"[::1]:8000", "1.1", "http://[::1]:8000"),
        (b"a, b", "1.1", ""),
        (b"a/b", "1.1", ""),
        (b"", "1.1", ""),
        (b"", "1.0", "http://192.0.2.1:8000"),
        (b"a:123456", "1.1", ""),
    ],
)
def test_the_base_is_a_host_name_or_nothing(host: bytes, version: str, base: str) -> None:
    scope = make_scope(b"", (b"host", host), version=version)

    assert context.parse(scope, url=None, offered=()).base == base
    public = context.parse(scope, url="https://public.example", offered=()).base
    assert public == ("https://public.example" if base else "")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (b"", JSON),
        (b"*/*", JSON),
        (b"application/json", JSON),
        (b"text/*", CSV),
        (b"TEXT/CSV", CSV),
        (b"text/csv; header=present", CSV),
        (b"application/json;q=0.1, */*", CSV),
        (b"application/*;q=0.5, text/x-note", NOTE),
        (b"application/json;q=0, application/*", LINES),
        (b"text/csv, text/csv;q=0, application/x-lines;q=0.1", LINES),
        (b"*/*;q=0.1, text/*;q=0", JSON),
        (b"image/png", None),
        (b"*/*;q=0", None),
        (b"text/csv;q=nan", None),
        (b"text/csv;q=2", None),
        (b",;,", None),
        (b"\xff", None),
    ],
)
def test_the_best_accepted_representation_is_chosen(
    accept: bytes, chosen: Representation | None
) -> None:
    assert best_accepted(OFFERED, parse_accept(accept)) == chosen
    assert choose(OFFERED, requested=None, accept=accept) == chosen


def test_a_named_format_comes_before_what_is_accepted() -> None:
    assert choose(OFFERED, requested="note", accept=b"text/csv") == NOTE
    assert choose(OFFERED, requested="", accept=b"text/csv") is None
    assert choose(OFFERED, requested="nope", accept=b"*/*") is None
    assert choose((), requested=None, accept=b"*/*") is None


def test_a_path_offers_what_its_template_does() -> None:
    table = PathTable(
        {"/a": (JSON,), "/a/b": (CSV,), "/a/{id:str}": (LINES,), "/a/{id:str}/c": (NOTE,)}
    )

    assert table.find("/a") == (JSON,)
    assert table.find("/a/b") == (CSV,)
    assert table.find("/a/x.y") == (LINES,)
    assert table.find("/a/x\n") == (LINES,)
    assert table.find("/a/b/c") == (NOTE,)
    for path in ("/", "/a/", "/a/x/d", "/aXb", "/a/x/y/c"):
        assert table.find(path) is None
    assert PathTable[str]({}).find("/a") is None


def test_every_operation_is_negotiated_before_it_is_routed() -> None:
    handlers = app.handlers()
    table = PathTable(app.representations(handlers))
    for operation in map(operation_of, handlers):
        named = re.sub(r"\{\w+:str\}", "some-id", operation.path)
        assert "{" not in named
        # JSON is offered under two media types; a file is what it is.
        found = list(dict.fromkeys(one.name for one in table.find(named) or ()))
        offered = [] if operation.media_types else operation.formats.formats
        assert found == [one.name for one in offered]


def test_a_parameter_format_has_what_the_operation_offers() -> None:
    for operation in app.operations():
        field = fields(operation.parameters).get("format")
        names = tuple(one.name for one in operation.formats.formats)
        if field is not None:
            (choices, *_) = get_args(field.type)
            assert get_args(choices) == names
        else:
            assert names == ("json",)


@pytest.mark.parametrize(
    ("if_none_match", "matched"),
    [
        (b'W/"1"', True),
        (b'"1"', True),
        (b'"0", W/"1"', True),
        (b'W/"2"', False),
        (b"", False),
        (b"1", False),
        (b'"a,b"', False),
        (b"*", False),
        (None, False),
    ],
)
def test_tags_are_compared_weakly(if_none_match: bytes | None, matched: bool) -> None:  # noqa: FBT001
    assert conditional.matches(if_none_match, b'W/"1"') is matched


@pytest.mark.parametrize(
    ("query", "path", "pinned", "revision"),
    [
        (b"", "/v1/waves", False, None),
        (b"as_of=3", "/v1/waves", True, 3),
        (b"as%5Fof=3", "/v1/waves", True, 3),
        (b"as_of=2024-01-01", "/v1/waves", True, None),
        (b"as_of=%C2%B2", "/v1/waves", True, None),
        (b"as_of=99999999999", "/v1/waves", True, None),
        (b"as_of=%ff", "/v1/waves", True, None),
        (b"q=as_of=3", "/v1/waves", False, None),
        (b"q=a%26as_of=3", "/v1/waves", False, None),
        (b"", "/v1/exports/4", True, 4),
        (b"", "/v1/revisions/4", True, 4),
        (b"", "/v1/revisions/4a", False, None),
    ],
)
def test_a_request_is_pinned_to_a_revision(
    query: bytes,
    path: str,
    pinned: bool,  # noqa: FBT001
    revision: int | None,
) -> None:
    request = parse(query, path=path)

    assert conditional.is_pinned(request) is pinned
    assert conditional.pinned_revision(request) == revision
    freshness = conditional.freshness(request)
    if path.startswith("/v1/exports"):
        # It contains the digests of files, which another version may write differently.
        assert freshness == policy.EXPORTED
    else:
        assert freshness == (policy.IMMUTABLE if pinned else policy.FRESH)


def test_what_has_the_day_is_never_immutable() -> None:
    request = parse(b"as_of=1&format=note")

    assert request.is_dated
    assert conditional.freshness(request) == policy.FRESH


def test_a_tag_changes_with_all_that_decides_the_response() -> None:
    def tag(request: Context, *, number: int = 1, mark: bytes = b"a", code: bytes = b"c") -> bytes:
        keys = RevisionKeys((number, mark))
        keys.fingerprints = (b"first", b"second")
        version = conditional.version_of(request, keys, code)
        assert dict(version.validators)[b"etag"] == version.tag
        assert version.digest.hex().startswith(version.tag.decode()[-17:-1])
        return version.tag

    plain = parse()
    tags = [
        tag(plain),
        tag(plain, mark=b"b"),
        tag(plain, code=b"d"),
        tag(plain, number=2),
        tag(parse(b"limit=1")),
        tag(parse(path="/v1/companies")),
        tag(parse(b"", (b"accept", b"text/csv"))),
        tag(parse(b"as_of=1")),
    ]

    assert len(set(tags)) == len(tags)
    assert tag(plain) == tag(parse(b"", (b"accept-encoding", b"br")))
    assert tag(parse(b"as_of=1"), number=1) == tag(parse(b"as_of=1"), number=2)


def test_equal_requests_have_equal_keys() -> None:
    def key(*headers: tuple[bytes, bytes], **more: Any) -> Any:
        return request_key(make_scope(b"limit=1", HOST, *headers, **more))

    def repeats(*headers: tuple[bytes, bytes], **more: Any) -> bool:
        scope = make_scope(b"limit=1", HOST, *headers, **more)
        return is_repeatable(scope, request_key(scope))

    assert key((b"user-agent", b"a")) == key((b"user-agent", b"b"))
    assert key((b"accept", b"text/csv")) != key()
    assert key((b"accept-encoding", b"br")) != key()
    assert key(method="HEAD") != key()
    assert key((b"x-request-id", b"a")) != key()
    assert repeats((b"user-agent", b"a"))
    assert repeats(method="HEAD")
    assert not repeats((b"x-request-id", b"a"))
    assert not repeats((b"content-length", b"0"))
    assert not repeats(method="POST")
    assert not repeats(path="/docs")
