"""Hostile input gets a 4xx that says why: never a 5xx, never a hang, and the service goes on.

Requests are written to a socket byte by byte, because a client would tidy them up. An answer that
does not come ends the test with `TimeoutError`.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import socket
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from layoff_ledger.http import problems

SECONDS = 20
HOST = b"Host: localhost\r\n"
LISTS = ["waves", "companies", "sources", "drivers", "roles"]


class Answer(Struct, frozen=True):
    """What came back, read by the standard library's parser."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def code(self) -> str | None:
        """Return the code of a problem; None if the server refused before the service."""
        if self.headers.get("content-type") != problems.MEDIA_TYPE:
            return None
        told = json.loads(self.body)
        assert told["status"] == self.status
        assert told["request_id"] == self.headers["x-request-id"]
        return str(told["code"])


class _Socket:
    """What `http.client` needs from a socket to read an answer."""

    def __init__(self, received: io.BufferedIOBase) -> None:
        self._received = received

    def makefile(self, _: str) -> io.BufferedIOBase:
        return self._received


def exchange(client: httpx.Client, request: bytes) -> bytes:
    """Send bytes and return everything that comes back until the server closes."""
    port = client.base_url.port
    received = b""
    with socket.create_connection(("127.0.0.1", port or 80), SECONDS) as connection:
        try:
            connection.sendall(request)
            while piece := connection.recv(1 << 16):
                received += piece
        except (BrokenPipeError, ConnectionResetError):
            # It answered and closed before it had read everything.
            pass
    return received


def read_answers(received: bytes, method: str = "GET") -> list[Answer]:
    rest = io.BytesIO(received)
    answers = []
    while rest.tell() < len(received):
        response = http.client.HTTPResponse(_Socket(rest), method=method)  # type: ignore[arg-type]
        rest.close = lambda: None  # type: ignore[method-assign]
        response.begin()
        answers.append(Answer(response.status, response.headers, response.read()))
    return answers


def ask(
    client: httpx.Client,
    target: bytes,
    *headers: bytes,
    method: bytes = b"GET",
    version: bytes = b"1.1",
    host: bytes = HOST,
    body: bytes = b"",
) -> Answer:
    lines = b"".join(header + b"\r\n" for header in headers)
    request = b"%b %b HTTP/%b\r\n%b%bConnection: close\r\n\r\n%b" % (
        method,
        target,
        version,
        host,
        lines,
        body,
    )
    (answer,) = read_answers(exchange(client, request), method.decode("latin-1"))
    return answer


@pytest.fixture(autouse=True)
def still_ready(api: httpx.Client) -> Any:
    """Whatever was thrown at it, the service answers afterwards."""
    yield
    assert api.get("/health/ready").status_code == 200


REFUSED = {
    "NUL in a path": (b"/v1/waves/a%00b", 400, "malformed_request"),
    "NUL in a parameter": (b"/v1/waves?company=a%00", 400, "invalid_parameters"),
    "NUL in a name": (b"/v1/waves?%00=a", 400, "invalid_parameters"),
    "bytes that are no UTF-8 in a path": (b"/v1/waves/%ff%fe", 404, "not_found"),
    "bytes that are no UTF-8 in a parameter": (b"/v1/waves?company=%ff", 400, "invalid_parameters"),
    "a surrogate": (b"/v1/waves?company=%ed%a0%80", 400, "invalid_parameters"),
    "an overlong slash": (b"/v1/waves/%c0%af", 404, "not_found"),
    "half an escape": (b"/v1/waves/%zz%2", 404, "not_found"),
    "dots": (b"/v1/../v1/waves", 404, "not_found"),
    "dots out of the root": (b"/../../../etc/passwd", 404, "not_found"),
    "escaped dots": (b"/v1/%2e%2e/v1/waves", 404, "not_found"),
    "dots out of the reference": (b"/docs/%2e%2e/%2e%2e/etc/passwd", 404, "not_found"),
    "dots escaped twice": (b"/v1/waves/%252e%252e%252f", 404, "not_found"),
    "an escape of escapes": (b"/v1/waves/%" + b"25" * 1_000 + b"00", 404, "not_found"),
    "backslashes": (b"/v1/waves/..\\..\\windows", 404, "not_found"),
    "two slashes": (b"//v1//waves", 404, "not_found"),
    "the address of another server": (b"http://evil.example/v2", 404, "not_found"),
    "SQL in a path": (b"/v1/waves/';drop%20table%20ledger.wave;--", 404, "not_found"),
    "SQL in a code": (b"/v1/waves?driver=x'%20or%20'1'='1", 400, "invalid_parameters"),
    "SQL in an order": (b"/v1/waves?sort=id;select%20pg_sleep(9)", 400, "invalid_parameters"),
    "SQL in a date": (b"/v1/waves?announced_gte=now()", 400, "invalid_parameters"),
    "a huge number": (b"/v1/waves?headcount_gte=" + b"9" * 5_000, 400, "invalid_parameters"),
    "a number beyond the column": (b"/v1/waves?headcount_gte=2147483648", 400, "invalid_parameters"),
    "infinity": (b"/v1/waves?share_gte=1e999", 400, "invalid_parameters"),
    "no number": (b"/v1/waves?share_gte=nan", 400, "invalid_parameters"),
    "a negative limit": (b"/v1/waves?limit=-1", 400, "invalid_parameters"),
    "a day that is none": (b"/v1/waves?announced_gte=0000-00-00", 400, "invalid_parameters"),
    "a far year": (b"/v1/waves?announced_gte=99999-01-01", 400, "invalid_parameters"),
    "hundreds of names": (
        b"/v1/waves?" + b"&".join(b"p%d=1" % n for n in range(700)),
        400,
        "invalid_parameters",
    ),
    "one name hundreds of times": (b"/v1/waves?" + b"limit=1&" * 700, 400, "invalid_parameters"),
    "hundreds of values": (b"/v1/waves?company=" + b"a," * 700 + b"a", 400, "invalid_parameters"),
    "a long path": (b"/v1/waves/" + b"a" * 9_000, 414, "uri_too_long"),
    "a long query": (b"/v1/waves?company=" + b"a" * 60_000, 414, "uri_too_long"),
    "a long query for a whole list": (b"/v1/waves?format=csv&company=" + b"a" * 60_000, 414, "uri_too_long"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_meant_is_refused(what: str, api: httpx.Client) -> None:
    target, status, code = REFUSED[what]

    answer = ask(api, target)

    assert (answer.status, answer.code) == (status, code)
    assert len(answer.body) < 20_000, "the answer would be a lever"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /v1/waves/" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + HOST,
        b"GET /v1/waves?company=" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + HOST,
        b"GET /v1/waves?" + b"a=b&" * 250_000 + b" HTTP/1.1\r\n" + HOST,
        b"GET /v1/waves HTTP/1.1\r\n" + HOST + b"X-Long: " + b"a" * 1_000_000 + b"\r\n",
        b"GET /v1/waves HTTP/1.1\r\n" + HOST + b"X-Many: a\r\n" * 1_000,
        b"GET /v1/\0waves HTTP/1.1\r\n" + HOST,
        b"GET /v1/waves?company=\xff\xfe HTTP/1.1\r\n" + HOST,
        b"GET /v1/waves HTTP/9.9\r\n" + HOST,
        b"GET /v1/waves\r\n",
        b"G\xc3T /v1/waves HTTP/1.1\r\n" + HOST,
        b"nonsense\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
        b"GET /v1/waves HTTP/1.1\r\n" + HOST + b"X-\xe9: a\r\n",
        b"GET /v1/waves HTTP/1.1\r\n" + HOST + b"no colon\r\n",
        b"GET /v1/waves HTTP/1.1\r\n" + HOST + b"Accept: text/csv,\r\n folded\r\n",
        b"GET /v1/waves HTTP/1.1\r\n" + HOST + b"X-Request-Id: a\rSet-Cookie: b\r\n",
        b"GET /v1/waves HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n",
        b"GET /v1/waves HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n",
    ],
    ids=lambda request: repr(request[:60]),
)
def test_what_is_no_http_is_refused(request_: bytes, api: httpx.Client) -> None:
    (answer,) = read_answers(exchange(api, request_ + b"Connection: close\r\n\r\n"))

    assert 400 <= answer.status < 500


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b"Host:\r\n",
        b"Host: a\r\nHost: b\r\n",
        b"Host: a\r\nHost: a\r\n",
        b"Host: a/b\r\n",
        b"Host: a\xff\r\n",
        b'Host: "><script>\r\n',
        b"Host: a@b\r\n",
    ],
)
@pytest.mark.parametrize("target", [b"/v1/waves?limit=1", b"/v1/waves?format=csv", b"/"])
def test_a_strange_host_is_refused(host: bytes, target: bytes, api: httpx.Client) -> None:
    answer = ask(api, target, host=host)

    assert (answer.status, answer.code) == (400, "malformed_request")


def test_the_oldest_clients_need_no_host(api: httpx.Client) -> None:
    answer = ask(api, b"/v1/drivers/closure", version=b"1.0", host=b"")

    assert answer.status == 200
    assert json.loads(answer.body)["url"] == f"{api.base_url}/v1/drivers/closure"


@pytest.mark.parametrize("method", [b"get", b"Get", b"POST", b"DELETE", b"TRACE", b"CONNECT", b"X"])
def test_only_reading_is_a_method(method: bytes, api: httpx.Client) -> None:
    answer = ask(api, b"/v1/waves", method=method)

    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([b"Transfer-Encoding: chunked"], b"5\r\nhello\r\n0\r\n\r\n"),
        ([b"Content-Length: 5"], b"hello"),
        ([b"Content-Length: 5", b"Expect: 100-continue"], b"hello"),
        ([b"Content-Length: 1000000"], b"a" * 1_000_000),
    ],
)
def test_a_body_is_passed_over(headers: list[bytes], body: bytes, api: httpx.Client) -> None:
    answer = ask(api, b"/v1/drivers/closure", *headers, body=body)

    assert answer.status == 200
    assert json.loads(answer.body)["code"] == "closure"


def test_pipelined_requests_are_answered_in_their_order(api: httpx.Client) -> None:
    first = b"GET /v1/drivers/closure HTTP/1.1\r\n" + HOST + b"\r\n"
    bad = b"GET /v1/drivers?limit=0 HTTP/1.1\r\n" + HOST + b"\r\n"
    last = b"GET /v1/roles/recruiting HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"

    answers = read_answers(exchange(api, first + bad + last))

    assert [answer.status for answer in answers] == [200, 400, 200]
    assert json.loads(answers[2].body)["code"] == "recruiting"


@pytest.mark.parametrize("whole", [b"", b"?limit=200"])
def test_fields_of_one_name_are_one_list(whole: bytes, api: httpx.Client) -> None:
    target = b"/v1/drivers" + whole
    csv, image, zstd = b"Accept: text/csv", b"Accept: image/png", b"Accept-Encoding: zstd"

    for pair in ((csv, image), (image, csv)):
        assert ask(api, target, *pair).headers["content-type"].startswith("text/csv")
    assert ask(api, target, image, b"Accept: image/gif").code == "not_acceptable"
    encoded = ask(api, b"/v1/drivers?limit=200", zstd, b"Accept-Encoding: x-none")
    assert encoded.headers["content-encoding"] == "zstd"


@pytest.mark.parametrize("target", [b"/v1/drivers?limit=2", b"/v1/drivers?format=ndjson"])
def test_a_tag_may_stand_in_any_field_of_its_name(target: bytes, api: httpx.Client) -> None:
    tag = ask(api, target).headers["etag"].encode()

    for pair in ((tag, b'"other"'), (b'"other"', tag)):
        fields = [b"If-None-Match: " + one for one in pair]
        assert ask(api, target, *fields).status == 304


# However a whole list is requested: escaped, by a wildcard, or by what is left over.
@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (b"form%61t=csv", b"*/*", "text/csv"),
        (b"format=nd%6Ason", b"*/*", "application/x-ndjson"),
        (b"", b"TEXT/CSV", "text/csv"),
        (b"", b"text/*", "text/csv"),
        (b"", b"application/json;q=0.1, */*", "text/csv"),
        (b"", b"application/json;q=0, application/*", "application/x-ndjson"),
        (b"", b"text/csv;q=0, application/json", "application/json"),
        (b"l%69mit=2&format=csv", b"*/*", "text/csv"),
    ],
)
@pytest.mark.parametrize("path", LISTS)
def test_a_whole_list_ends(
    path: str, query: bytes, accept: bytes, content_type: str, api: httpx.Client
) -> None:
    answer = ask(api, b"/v1/%b?%b" % (path.encode(), query), b"Accept: " + accept)

    assert answer.status == 200
    assert answer.headers["content-type"].startswith(content_type)
    assert answer.body


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Accept-Encoding: " + b",".join(b"x%d;q=0.1" % n for n in range(5_000)), 200),
        (b"Accept-Encoding: gzip;q=nan, br;q=inf;;=,,;q, zstd;q=-1", 200),
        (b"Accept: " + b"a/b," * 5_000 + b"*/*", 200),
        (b"Accept: application/json;q=nan, text/csv;q=inf", 406),
        (b"Accept: \xff\xfe/\x80", 406),
        (b'If-None-Match: "a,, W/ \xff"", ', 200),
        (b"If-None-Match: " + b'"a",' * 5_000, 200),
        (b"If-Modified-Since: yesterday", 200),
        (b"Range: bytes=0-3", 200),
        (b"Range: bytes=9-0,-,a-b", 200),
        (b"X-Forwarded-Host: evil.example", 200),
    ],
    ids=lambda value: repr(value[:50]) if isinstance(value, bytes) else str(value),
)
@pytest.mark.parametrize("target", [b"/v1/drivers?limit=3", b"/v1/drivers/closure"])
def test_strange_headers_do_no_harm(
    header: bytes, status: int, target: bytes, api: httpx.Client
) -> None:
    answer = ask(api, target, header)

    assert answer.status == status
    if status == 200:
        assert answer.headers.get("content-encoding") is None
        assert b"evil" not in answer.body


@pytest.mark.parametrize(
    "given",
    [b"a%0d%0aSet-Cookie:%20b", b"a\xff", b"a b", b"x" * 129, b"", b"a\r\nX-Request-Id: b"],
)
def test_a_request_id_is_no_way_in(given: bytes, api: httpx.Client) -> None:
    answer = ask(api, b"/v1/drivers/closure", b"X-Request-Id: " + given)

    assert answer.status == 200
    assert answer.headers.get("set-cookie") is None
    assert answer.headers["x-request-id"].isalnum()
    assert len(answer.headers.get_all("x-request-id", [])) == 1
    assert len(answer.headers["x-request-id"]) == 32


def test_a_websocket_is_refused(api: httpx.Client) -> None:
    request = (
        b"GET /v1/waves HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    (answer,) = read_answers(exchange(api, request))

    assert 400 <= answer.status < 500


NAMES = [
    "q", "limit", "cursor", "driver", "company", "format", "sort", "announced_gte", "group_by", "x",
    "as_of", "f%6Frmat",
]  # fmt: skip
PATHS = [
    *(f"/v1/{name}" for name in LISTS),
    "/v1/statistics",
    "/v1/comparisons",
    "/v1/waves/x",
    "/",
]
# What an HTTP server lets through: everything but controls and spaces.
TARGET = st.binary(max_size=60).map(
    lambda some: bytes(byte for byte in some if 0x21 <= byte <= 0x7E and byte != 0x23)
)
ESCAPED = st.binary(max_size=12).map(lambda some: "".join(f"%{byte:02x}" for byte in some).encode())
# It looks like a parameter, but is only a value.
ALIKE = st.sampled_from([b"format=", b"format=csv", b"limit=1", b"cursor=x", b"%26format%3Dcsv"])
VALUE = st.one_of(TARGET, ESCAPED, ALIKE)
ACCEPT = st.sampled_from([b"image/png", b"text/*", b"text/csv", b"*/*;q=0.1, application/*;q=0"])
HEADER = st.binary(max_size=60).map(
    lambda some: bytes(byte for byte in some if byte >= 0x20 and byte != 0x7F)
)
FUZZ = settings(
    max_examples=int(os.environ.get("LEDGER_FUZZ_EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FUZZ
@given(
    path=st.one_of(
        st.sampled_from(PATHS).map(str.encode),
        st.builds(lambda start, rest: start.encode() + b"/" + rest, st.sampled_from(PATHS), VALUE),
        VALUE.map(lambda rest: b"/" + rest),
    ),
    query=st.lists(st.tuples(st.one_of(st.sampled_from(NAMES).map(str.encode), VALUE), VALUE), max_size=5),
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [b"Accept", b"Accept-Encoding", b"If-None-Match", b"X-Request-Id", b"Range", b"Host"]
            ),
            st.one_of(HEADER, ACCEPT),
        ),
        max_size=4,
    ),
)  # fmt: skip
def test_random_bytes_get_an_honest_answer(
    path: bytes,
    query: list[tuple[bytes, bytes]],
    headers: list[tuple[bytes, bytes]],
    api: httpx.Client,
) -> None:
    target = path + b"?" + b"&".join(name + b"=" + value for name, value in query)

    answer = ask(api, target, *(name + b": " + value for name, value in headers))

    assert 200 <= answer.status < 500
    if answer.status >= 400:
        # The server itself refuses without a body; what reached the service has a problem, or a page
        # that says the same to people.
        is_page = answer.headers["content-type"] == "text/html; charset=utf-8"
        assert is_page or answer.code in problems.KINDS or not answer.body
        assert not is_page or f"Status {answer.status}".encode() in answer.body
        assert "x-request-id" not in answer.headers or answer.code or is_page


@FUZZ
@given(some=st.binary(max_size=300))
def test_random_bytes_in_place_of_a_request_end(some: bytes, api: httpx.Client) -> None:
    received = exchange(api, some + b"\r\nConnection: close\r\n\r\n")

    assert not received or received.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), received[:100]
