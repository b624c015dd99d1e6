"""A request, parsed once: everything behind this reads the context, and no raw query or header.

Parsing refuses nothing. Mistakes in the query are kept with it (`Query.mistakes`) and reported by
whoever reads parameters; `policy.refusal` judges the rest.
"""

from __future__ import annotations

import random
import re
from binascii import hexlify
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus, urlsplit

from msgspec import Struct

from layoff_ledger.http import compression, negotiation
from layoff_ledger.http.negotiation import Representation, Representations
from layoff_ledger.http.schemas import ProblemError

if TYPE_CHECKING:
    # Commands that serve nothing also read this module, and start half a second faster without it.
    from litestar.types import HTTPScope, Scope

MAX_URI_BYTES = 8_000
"""The most characters of path and query together; a longer query is not even parsed."""
CACHE_BUSTER = "_"
"""A parameter that spreadsheets and scripts send to get past a cache."""
IGNORED = frozenset(
    (
        f"{CACHE_BUSTER} utm_source utm_medium utm_campaign utm_term utm_content utm_id "
        "fbclid gclid msclkid igshid mc_cid mc_eid"
    ).split()
)
"""Parameters that the ledger ignores, because nobody typed them.

Social networks and newsletters add all but the first to each link that is shared there.
"""

# The media types of a problem.
_PROGRAM = Representation("json", "application/json")
_PERSON = Representation("html", "text/html")
_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# Printable ASCII except the characters that would end an address in a header.
_SAFE = "!#$%&'()*+,-./:;=?@[\\]^_`{|}~"
_IS_SAFE = re.compile(rf"[A-Za-z0-9{re.escape(_SAFE)}]*")
# The same without what stands for another character: nothing to decode, and nothing to quote.
_IS_PLAIN = re.compile(rf"[A-Za-z0-9{re.escape(_SAFE.replace('%', '').replace('+', ''))}]*")


class Parameter(Struct, frozen=True):
    """One parameter of a query string."""

    raw: str
    """Names and values as written, percent-encoded: links repeat them, also in headers."""
    name: str
    value: str


class Query(Struct, frozen=True):
    """A query string."""

    raw: bytes
    parameters: tuple[Parameter, ...] = ()
    """In their order; empty ones and those with a mistake are left out."""
    mistakes: tuple[ProblemError, ...] = ()
    """What cannot be decoded."""
    unreadable: tuple[str, ...] = ()
    """Names of parameters with a mistake, as far as they can be decoded."""

    def names(self, name: str) -> bool:
        """Return whether a parameter is given at all, whatever its value or its mistake."""
        for one in self.parameters:
            if one.name == name:
                return True
        return name in self.unreadable

    def last(self, name: str) -> str | None:
        """Return the last value of a parameter: None if it is absent, "" if it has a mistake."""
        for one in reversed(self.parameters):
            if one.name == name:
                return one.value
        return "" if name in self.unreadable else None

    @property
    def has_blanks(self) -> bool:
        """Return whether a parameter is empty, like the fields of a form that nobody filled in."""
        return any(not one.value for one in self.parameters)

    def written(self, *, without: Collection[str] = (), without_blanks: bool = False) -> list[str]:
        """Return the parameters as they were written, without some of them."""
        return [
            one.raw
            for one in self.parameters
            if one.name not in without and (one.value or not without_blanks)
        ]


class Context(Struct, frozen=True):
    """What a request asks for."""

    method: str
    path: str
    """Decoded."""
    raw_path: bytes
    query: Query
    accept: bytes
    """The header `Accept`; `*/*` without one."""
    representation: Representation | None
    """What was negotiated; None if the path has nothing that is requested or accepted."""
    encoding: bytes
    """The content encoding that was chosen."""
    base: str
    """Address under which the client sees the API; empty if `Host` is not a host name, or not one
    of the service's names.
    """
    has_foreign_host: bool
    """Whether `Host` is not one of the service's names."""
    has_encoded_body: bool
    """Whether the request says that its body has a content encoding."""
    request_id: str
    if_none_match: bytes | None
    if_range: bytes | None
    range: bytes | None

    @property
    def is_head(self) -> bool:
        """Return whether the response has no body, but the same headers as for GET."""
        return self.method == "HEAD"

    @property
    def is_read(self) -> bool:
        """Return whether the method is one that reads."""
        return self.method in {"GET", "HEAD"}

    @property
    def matches_anything(self) -> bool:
        """Return whether `If-None-Match` is `*`: anything that exists counts as not modified."""
        return self.if_none_match is not None and self.if_none_match.strip() == b"*"

    @property
    def needs_body(self) -> bool:
        """Return whether the body of a success is sent; otherwise none has to be made."""
        return not self.is_head and not self.matches_anything

    @property
    def is_for_people(self) -> bool:
        """Return whether the client prefers pages to JSON and asks for no other format.

        Only such a client gets mistakes explained on a page: a program gets problems, whatever it
        asks for.
        """
        if self.query.last("format") not in {None, _PERSON.name}:
            return False
        offered = (_PROGRAM, _PERSON)
        return negotiation.choose(offered, requested=None, accept=self.accept) is _PERSON

    @property
    def is_page(self) -> bool:
        """Return whether one page of a list is requested."""
        return self.query.names("limit") or self.query.names("cursor")

    @property
    def is_stream(self) -> bool:
        """Return whether a list is requested as a whole, which is sent piece by piece."""
        negotiated = self.representation
        return negotiated is not None and negotiated.streams and self.is_read and not self.is_page

    @property
    def needs_no_rows(self) -> bool:
        """Return whether only the headers of a whole list are sent, so that no rows are made.

        The body of any other answer is made for HEAD, too: it is cached, and the next GET gets it.
        """
        return self.is_stream and not self.needs_body

    @property
    def is_dated(self) -> bool:
        """Return whether the response contains the day on which it is requested."""
        return self.representation is not None and self.representation.dated


def of(scope: Scope) -> Context:
    """Return the context of a request that has come through the middleware."""
    context: Context = scope["state"]["context"]
    return context


def parse(
    scope: HTTPScope,
    *,
    url: str | None,
    offered: Representations,
    hosts: Collection[str] = (),
) -> Context:
    """Parse a request whose headers are combined (`combine_headers`).

    `url` is the public address of the API, if a proxy hides it; `offered` is what the path offers;
    `hosts` are the service's names (`allowed_hosts`), empty if any name is allowed.
    """
    headers: dict[bytes, bytes] = dict(scope["headers"])
    raw_query = scope["query_string"]
    is_long = len(scope["raw_path"]) + len(raw_query) > MAX_URI_BYTES
    query = Query(raw_query) if is_long or not raw_query else parse_query(raw_query)
    accept = headers.get(b"accept", b"*/*")
    chosen = negotiation.choose(
        offered,
        requested=query.last("format"),
        accept=accept,
        is_selection=query.names("select"),
    )
    encoding = compression.choose_encoding(headers.get(b"accept-encoding", b""))
    if chosen is not None and chosen.compressed:
        encoding = compression.IDENTITY
    base = _base(scope, headers.get(b"host", b""), url)
    is_foreign = bool(hosts) and not _is_one_of(headers.get(b"host", b""), hosts)
    return Context(
        method=scope["method"],
        path=scope["path"],
        raw_path=scope["raw_path"],
        query=query,
        accept=accept,
        representation=chosen,
        encoding=encoding,
        base="" if is_foreign else base,
        has_foreign_host=is_foreign,
        has_encoded_body=headers.get(b"content-encoding", b"identity").lower() != b"identity",
        request_id=_request_id(headers.get(b"x-request-id", b"")),
        if_none_match=headers.get(b"if-none-match"),
        if_range=headers.get(b"if-range"),
        range=headers.get(b"range"),
    )


def combine_headers(scope: HTTPScope) -> Mapping[bytes, bytes]:
    """Combine headers with the same name into one, as RFC 9110 (5.3) says, and return all by name.

    A header that is not a list becomes an invalid one that is refused, such as two `Host` headers.
    """
    headers = list(scope["headers"])
    combined: dict[bytes, bytes] = {}
    for name, value in headers:
        combined[name] = combined[name] + b", " + value if name in combined else value
    if len(combined) < len(headers):
        scope["headers"] = list(combined.items())
    return combined


def parse_query(raw: bytes) -> Query:
    """Parse a query string (application/x-www-form-urlencoded, strictly UTF-8, without NUL)."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Query(raw, mistakes=(_not_utf8("query"),))
    parameters: list[Parameter] = []
    mistakes: list[ProblemError] = []
    unreadable: list[str] = []
    is_plain = _IS_PLAIN.fullmatch(text) is not None
    for part in text.split("&"):
        if not part:
            continue
        raw_name, _, raw_value = part.partition("=")
        if raw_name in IGNORED:
            continue
        if is_plain:
            parameters.append(Parameter(part, raw_name, raw_value))
            continue
        try:
            name = unquote_plus(raw_name, errors="strict")
            value = unquote_plus(raw_value, errors="strict")
        except UnicodeDecodeError:
            mistakes.append(_not_utf8(raw_name[:50]))
            unreadable.append(unquote_plus(raw_name))
            continue
        if "\0" in name or "\0" in value:
            shown = name.replace("\0", "")[:50]
            mistakes.append(
                ProblemError(parameter=shown, detail="has a NUL byte", suggestion="leave it out")
            )
            unreadable.append(name)
        else:
            safe = part if _IS_SAFE.fullmatch(part) else quote(part, safe=_SAFE)
            parameters.append(Parameter(safe, name, value))
    return Query(raw, tuple(parameters), tuple(mistakes), tuple(unreadable))


def _not_utf8(name: str) -> ProblemError:
    suggestion = "percent-encode it as UTF-8"
    return ProblemError(parameter=name, detail="is not UTF-8", suggestion=suggestion)


def _base(scope: HTTPScope, header: bytes, url: str | None) -> str:
    host = header.decode("latin-1")
    if not host and scope["http_version"] in {"1", "1.0"} and scope["server"]:
        # HTTP/1.0 does not require one.
        host = "{}:{}".format(*scope["server"])
    if not _HOST.fullmatch(host):
        return ""
    return url or f"{scope['scheme']}://{host}"


def allowed_hosts(hosts: Collection[str], url: str | None) -> frozenset[str]:
    """Return the names of the service: those set, those in its address, and the machine's own.

    Empty if none are set: then any name is allowed.
    """
    if not hosts:
        return frozenset()
    own = urlsplit(url).netloc.lower() if url else ""
    return frozenset({*hosts, own, "localhost", "127.0.0.1", "[::1]"} - {""})


def _is_one_of(header: bytes, hosts: Collection[str]) -> bool:
    """Return whether a `Host` is one of the names, with or without its port; HTTP/1.0 has none."""
    host = header.decode("latin-1").lower()
    return not host or host in hosts or re.sub(r":\d*$", "", host) in hosts


def _request_id(header: bytes) -> str:
    if header and _REQUEST_ID.fullmatch(written := header.decode("latin-1")):
        return written
    return make_request_id()


def make_request_id() -> str:
    """Make an id for a request that brings none: 32 hexadecimal digits.

    It is not a secret, so it needs no system call, which would let another thread run first.
    """
    return hexlify(random.getrandbits(128).to_bytes(16)).decode()
