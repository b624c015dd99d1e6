"""Responses: what a handler returns, with the addresses that belong to it."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response
from litestar.types import Receive, Scope, Send

from layoff_ledger import vocabulary
from layoff_ledger.formats.base import Format
from layoff_ledger.formats.html import HTML
from layoff_ledger.formats.json import JSON
from layoff_ledger.formats.markdown import MARKDOWN
from layoff_ledger.http import context
from layoff_ledger.http.problems import UnknownRevisionError
from layoff_ledger.pages.render import render
from layoff_ledger.pages.subject import NOTHING, Beside, Subject
from layoff_ledger.pages.titles import title_of
from layoff_ledger.query import parse
from layoff_ledger.query.lists import Page
from layoff_ledger.query.vocabularies import names_of
from layoff_ledger.resources import deprecation
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.bibliography import LEDGER, BibliographyEntry, Consulted, of_question
from layoff_ledger.resources.fields import AnswerMeta, ListLinks
from layoff_ledger.resources.parameters import SHAPING, AsOf, Parameters
from layoff_ledger.routes.operation import AnyRequest, Asked, Operation, asked_of
from layoff_ledger.site import environment
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


class Answer(Response[bytes]):
    """A response whose bytes already exist, so that the framework has nothing to encode."""

    def __init__(self, content: bytes, *, media_type: str, headers: dict[str, str]) -> None:
        """Take the body, its type, and whatever else the headers say."""
        self.content = content
        self.sent_headers = [(one.encode(), headers[one].encode("latin-1")) for one in headers]
        self.sent_headers.append((b"content-type", media_type.encode()))

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """Return the ASGI app that sends it; the middleware adds its length."""

        async def answer(_: Scope, __: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": self.sent_headers})
            await send({"type": "http.response.body", "body": self.content, "more_body": False})

        return answer


def format_of(request: AnyRequest) -> Format:
    """Return the format that was negotiated."""
    return asked_of(request).format


def base_of(request: AnyRequest) -> str:
    """Return the address under which the client sees the API."""
    return context.of(request.scope).base


def addresses(
    request: AnyRequest, snapshot: Snapshot, *, following: str | None = None
) -> ListLinks:
    """Return an answer's permanent address, that of its newest version, and of the next page.

    `following` is the cursor of the next page, which stays at its revision and never changes.
    """
    asked = asked_of(request)
    drawn, pin = _drawn(asked), _pin(asked, snapshot)
    written = asked.context.query.written(without={"as_of", "cursor", *drawn})
    return ListLinks(
        self=_pinned(asked, snapshot, without={"as_of", *drawn}),
        latest=_address(asked, written),
        next=None
        if following is None
        else _address(asked, [*written, *pin, f"cursor={following}"]),
    )


def _drawn(asked: Asked) -> frozenset[str]:
    """Return the parameters that say how the chart of a page looks: other formats refuse them."""
    return asked.format.looks if asked.format.is_page else frozenset()


def _pinned(asked: Asked, snapshot: Snapshot, *, without: set[str]) -> str:
    """Return the address of the request, as of the revision, without some of its parameters."""
    written = asked.context.query.written(without=without)
    return _address(asked, [*written, *_pin(asked, snapshot)])


def _pin(asked: Asked, snapshot: Snapshot) -> list[str]:
    # A path that names its revision is permanent as it is, and takes no `as_of`.
    is_dated = isinstance(asked.parameters, AsOf)
    return [f"as_of={snapshot.revision}"] if is_dated else []


def _address(asked: Asked, written: Sequence[str]) -> str:
    path = f"{asked.context.base}{asked.context.path}"
    return f"{path}?{'&'.join(written)}" if written else path


def link(
    request: AnyRequest, snapshot: Snapshot, *, following: str | None = None
) -> dict[str, str]:
    """Return the header `Link` (RFC 8288): what belongs to an answer."""
    links = addresses(request, snapshot, following=following)
    return _link(asked_of(request), snapshot, links)


def _link(
    asked: Asked, snapshot: Snapshot, links: ListLinks, *, cited: str | None = None
) -> dict[str, str]:
    base = asked.context.base
    written = [] if links.next is None else [f'<{links.next}>; rel="next"']
    written += (
        f'<{links.self}>; rel="self"',
        f'<{cited or links.self}>; rel="cite-as"',
        f'<{links.latest}>; rel="latest-version"',
        f'<{base}/openapi.json>; rel="describedby"',
    )
    if snapshot.license in vocabulary.LICENSES:
        written.append(f'<{vocabulary.LICENSES[snapshot.license]}>; rel="license"')
    declared, query = asked.operation, asked.context.query
    marks = [mark for name, mark in declared.deprecated.items() if query.names(name)]
    gone = deprecation.headers([*marks, *deprecation.deprecated_fields(declared.answer).values()])
    if gone:
        written.append(f'<{base}/guide/clients#deprecations>; rel="deprecation"')
    if feeds := declared.formats.feeds:
        question = _question(asked)
        written += [
            f'<{question}format={one.name}>; rel="alternate"; type="{one.media_type}"'
            for one in feeds
        ]
    return {"link": ", ".join(written), **gone}


def question_as(request: AnyRequest, format_: str) -> str:
    """Return the address of the same question to the newest revision in a format."""
    return f"{_question(asked_of(request))}format={format_}"


def _question(asked: Asked) -> str:
    """Return the address of the question up to its format."""
    written = asked.context.query.written(without=_NOT_OF_FEEDS)
    path = f"{asked.context.base}{asked.context.path}"
    return "".join([f"{path}?", *[f"{one}&" for one in written]])


_NOT_OF_FEEDS = SHAPING | {"sort"}
"""Parameters that a feed does not use: it has an order of its own."""


def meta_of(snapshot: Snapshot) -> AnswerMeta:
    """Say which revision answered, and on what terms."""
    return AnswerMeta(
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        license=snapshot.license,
    )


def respond(
    request: AnyRequest,
    body: bytes,
    snapshot: Snapshot,
    *,
    following: str | None = None,
    beside: Beside = NOTHING,
) -> Response[bytes]:
    """Answer with JSON made from one revision, or with a page that says the same."""
    if format_of(request).is_page:
        return respond_with_html(request, body, snapshot, following=following, beside=beside)
    headers = link(request, snapshot, following=following)
    return Answer(body, media_type=JSON.response_type, headers=headers)


def respond_with_citation(
    request: AnyRequest,
    entries: list[BibliographyEntry],
    snapshot: Snapshot,
    *,
    following: str | None = None,
) -> Response[bytes]:
    """Answer with a citation instead of what is cited."""
    asked, links = asked_of(request), addresses(request, snapshot, following=following)
    format_ = asked.format
    if format_.cite is None:
        raise TypeError(format_.name)
    what = asked.context.path.removeprefix("/v1/")
    return Response(
        format_.cite(entries),
        media_type=format_.response_type,
        headers={
            **_link(asked, snapshot, links, cited=cited_address(request, snapshot)),
            **saved_as(what, format_, snapshot),
        },
    )


def saved_as(what: str, format_: Format, snapshot: Snapshot) -> dict[str, str]:
    """Return the header with the name of the file as which a browser saves an answer, if it does.

    Without it, the file would be called like the last part of the address, and BibTeX would have no
    extension by which a reference manager knows it.
    """
    if not format_.suffix:
        return {}
    name = f"layoff-ledger-{_UNSAFE.sub('-', what)}-r{snapshot.revision}{format_.suffix}"
    return {"content-disposition": f'attachment; filename="{name}"'}


_UNSAFE = re.compile("[^A-Za-z0-9.-]+")
"""What no name of a file has on some system, such as the colon in the id of a claim."""


async def respond_with_question(
    request: AnyRequest, snapshot: Snapshot, document: Json | None = None
) -> Response[bytes]:
    """Answer with a citation of this query; for `document` see `question_title`."""
    title = await question_title(request, snapshot, document)
    return respond_with_citation(request, question_entries(request, title, snapshot), snapshot)


def question_entries(
    request: AnyRequest, title: str, snapshot: Snapshot
) -> list[BibliographyEntry]:
    """Cite the ledger as the answer to exactly this question."""
    return of_question(title, consulted(snapshot, cited_address(request, snapshot)))


async def question_title(
    request: AnyRequest, snapshot: Snapshot, document: Json | None = None
) -> str:
    """Return the question in the words of the page that answers it; its address has the codes.

    `document` has the parts of the answer that the page is named after, such as the waves that are
    compared. One record is named by its path.
    """
    asked = asked_of(request)
    if asked.operation.path_parameter is not None:
        return f"{LEDGER}: {asked.context.path.removeprefix('/v1/')}"
    names = await read_names(asked.ledger, asked.parameters, snapshot)
    of = asked.context.query.last("of") or _COUNTS.get(asked.operation.id)
    subject = _subject(
        request,
        {"meta": {"of": None if of == "waves" else of}, **(document or {})},
        snapshot,
        addresses(request, snapshot),
        Beside(names=names),
    )
    return f"{LEDGER}: {title_of(subject)}"


async def read_names(ledger: Ledger, parameters: Parameters, snapshot: Snapshot) -> dict[str, str]:
    """Read the names of the requested companies, by their ids."""
    asked = {
        one
        for _, known, values in parse.given_codes(parameters)
        if known.vocabulary == "company"
        for one in values
    }
    return await names_of(ledger, asked, snapshot) if asked else {}


_COUNTS = {"get_notice_statistics": "notices"}
"""Operation → what it counts, if not waves."""


def cited_address(request: AnyRequest, snapshot: Snapshot) -> str:
    """Return the address of what is cited, rather than that of the citation."""
    asked = asked_of(request)
    return _pinned(asked, snapshot, without={"as_of", "format", *_drawn(asked)})


def consulted(snapshot: Snapshot, url: str) -> Consulted:
    """Say where, in which revision, and that today (UTC), something is read."""
    today = datetime.datetime.now(datetime.UTC).date()
    return Consulted(url, snapshot.revision, snapshot.published_at, today, snapshot.attribution)


def respond_with_page(
    request: AnyRequest,
    page: Page,
    documents: list[bytes],
    *,
    limit: int,
    media_type: str = JSON.media_type,
    hint: str | None = None,
    beside: Beside = NOTHING,
) -> Response[bytes]:
    """Answer with a page of ready documents, as JSON or for people.

    `hint` says what to bear in mind about it.
    """
    snapshot, asked = page.snapshot, asked_of(request)
    links = addresses(request, snapshot, following=page.next)
    meta = {
        "count": page.count,
        "limit": limit,
        "next_cursor": page.next,
        "revision": snapshot.revision,
        "published_at": snapshot.published_at,
        "license": snapshot.license,
        "hint": hint,
        "attribution": snapshot.attribution,
    }
    end = b'],"links":%b,"meta":%b}' % (msgspec.json.encode(links), msgspec.json.encode(meta))
    pieces = [*documents] or [b""]
    pieces[0] = b'{"data":[' + pieces[0]
    pieces[-1] += end
    # Joined once, because it is large.
    body = b",".join(pieces)
    if asked.format.is_page:
        return respond_with_html(request, body, snapshot, following=page.next, beside=beside)
    return Answer(body, media_type=media_type, headers=_link(asked, snapshot, links))


def respond_with_html(
    request: AnyRequest,
    body: bytes,
    snapshot: Snapshot,
    *,
    following: str | None = None,
    beside: Beside = NOTHING,
) -> Response[bytes]:
    """Answer with a page for people that says what the JSON says."""
    links = addresses(request, snapshot, following=following)
    document = _document(asked_of(request).operation, body)
    subject = _subject(request, document, snapshot, links, beside)
    return respond_with_subject(request, subject)


def _subject(
    request: AnyRequest, document: Json, snapshot: Snapshot, links: ListLinks, beside: Beside
) -> Subject:
    asked = asked_of(request)
    declared, sent = asked.operation, asked.context
    return Subject(
        operation=declared.id,
        summary=declared.summary,
        resource=declared.resource,
        is_record=declared.path_parameter is not None,
        parameters=type(asked.parameters),
        formats=declared.formats.formats,
        document=document,
        base=sent.base,
        path=sent.path,
        query=sent.query,
        snapshot=snapshot,
        links=links,
        cited=cited_address(request, snapshot),
        beside=beside,
    )


def _document(declared: Operation, body: bytes) -> Json:
    """Decode what a page shows: for each record of a list, only the fields it shows."""
    resource = declared.resource
    if resource is None or declared.path_parameter is not None:
        decoded: Json = msgspec.json.decode(body)
        return decoded
    return msgspec.structs.asdict(_list_decoder(resource.brief).decode(body))


@functools.cache
def _list_decoder(brief: Any) -> msgspec.json.Decoder[Any]:
    parts = [("data", list[brief]), ("links", Json), ("meta", Json)]
    return msgspec.json.Decoder(msgspec.defstruct("List", parts))


def as_markdown(page: str) -> str:
    """Return the text of a page as Markdown."""
    # Imports a library that pages do not need.
    from layoff_ledger.site import plain  # noqa: PLC0415

    return plain.as_markdown(page)


def respond_with_subject(request: AnyRequest, subject: Subject) -> Response[bytes]:
    """Answer with the page of a subject."""
    headers = _link(asked_of(request), subject.snapshot, subject.links, cited=subject.cited)
    if format_of(request) is MARKDOWN:
        text = as_markdown(render(subject)).encode()
        return Response(text, media_type=MARKDOWN.media_type, headers=headers)
    headers["content-security-policy"] = environment.policy_with_script()
    return Response(render(subject).encode(), media_type=HTML.media_type, headers=headers)


LATEST = "latest"
"""Stands for the number of the newest revision in a path."""
_REVISION = re.compile(r"[1-9][0-9]{0,8}")


async def snapshot_of_path(ledger: Ledger, written: str) -> Snapshot:
    """Read a revision's number from a path; raise `UnknownRevisionError` if there is none."""
    if written == LATEST:
        return ledger.revisions.newest
    if _REVISION.fullmatch(written) is None:
        newest = ledger.revisions.number
        message = f"there is no revision {written[:50]!r}: the newest one is {newest}"
        raise UnknownRevisionError(message)
    return await ledger.snapshot_at(int(written))
