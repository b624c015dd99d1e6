"""Answers that are citations: of the records of an answer, or of the question itself."""

from __future__ import annotations

import datetime

from litestar import Response

from layoff_ledger.pages.subject import Beside
from layoff_ledger.pages.titles import title_of
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.bibliography import LEDGER, BibliographyEntry, Consulted, of_question
from layoff_ledger.routes.beside import read_names
from layoff_ledger.routes.links import addresses, cited_address, link_header
from layoff_ledger.routes.operation import AnyRequest, asked_of
from layoff_ledger.routes.responses import saved_as, subject_of
from layoff_ledger.store.revisions import Snapshot


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
            **link_header(asked, snapshot, links, cited=cited_address(request, snapshot)),
            **saved_as(what, format_, snapshot),
        },
    )


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
    subject = subject_of(
        request,
        {"meta": {"of": None if of == "waves" else of}, **(document or {})},
        snapshot,
        addresses(request, snapshot),
        Beside(names=names),
    )
    return f"{LEDGER}: {title_of(subject)}"


_COUNTS = {"get_notice_statistics": "notices"}
"""Operation → what it counts, if not waves."""


def consulted(snapshot: Snapshot, url: str) -> Consulted:
    """Say where, in which revision, and that today (UTC), something is read."""
    today = datetime.datetime.now(datetime.UTC).date()
    return Consulted(url, snapshot.revision, snapshot.published_at, today, snapshot.attribution)
