"""Responses: what a handler returns, as JSON or as a page."""

from __future__ import annotations

import functools
import re
from typing import Any

import msgspec
from litestar import Response
from litestar.types import Receive, Scope, Send

from layoff_ledger.formats.base import Format
from layoff_ledger.formats.html import HTML
from layoff_ledger.formats.json import JSON
from layoff_ledger.formats.markdown import MARKDOWN
from layoff_ledger.pages.render import render
from layoff_ledger.pages.subject import NOTHING, Beside, Subject
from layoff_ledger.query.lists import Page
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.fields import AnswerMeta, ListLinks
from layoff_ledger.routes.links import addresses, cited_address, link, link_header
from layoff_ledger.routes.operation import AnyRequest, Operation, asked_of, format_of
from layoff_ledger.site import environment
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
    return Answer(body, media_type=media_type, headers=link_header(asked, snapshot, links))


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
    subject = subject_of(request, document, snapshot, links, beside)
    return respond_with_subject(request, subject)


def subject_of(
    request: AnyRequest, document: Json, snapshot: Snapshot, links: ListLinks, beside: Beside
) -> Subject:
    """Return what a page of an answer, or the name of its question, is made from."""
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
    headers = link_header(asked_of(request), subject.snapshot, subject.links, cited=subject.cited)
    if format_of(request) is MARKDOWN:
        text = as_markdown(render(subject)).encode()
        return Response(text, media_type=MARKDOWN.media_type, headers=headers)
    headers["content-security-policy"] = environment.policy_with_script()
    return Response(render(subject).encode(), media_type=HTML.media_type, headers=headers)
