"""Answers that are problems: what is raised → what a program gets, or a page for people."""

from __future__ import annotations

import errno
import logging
from collections.abc import Collection

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from layoff_ledger.formats.html import HTML
from layoff_ledger.http import conditional, context, policy
from layoff_ledger.http.problems import (
    LedgerError,
    MethodNotAllowedError,
    MovedError,
    NotFoundError,
    UnavailableError,
    problem_response,
)
from layoff_ledger.http.responses import Response as Answered
from layoff_ledger.pages.render import render_problem
from layoff_ledger.query.suggestions import nearest_path
from layoff_ledger.routes.operation import AnyRequest
from layoff_ledger.site import environment

logger = logging.getLogger(__name__)


def handlers(templates: Collection[str]) -> ExceptionHandlersMap:
    """Return what answers each kind of error; `templates` are the paths of the router."""
    return {
        LedgerError: _respond_with_problem,
        MovedError: _redirect,
        HTTPException: lambda request, error: _respond_to_framework(request, error, templates),
        Exception: _respond_to_fault,
    }


def _respond_with_problem(request: AnyRequest, error: LedgerError) -> Response[bytes]:
    response = problem_response(context.of(request.scope), error)
    if context.of(request.scope).is_for_people:
        elsewhere = error.elsewhere if isinstance(error, NotFoundError) else None
        return _respond_with_problem_page(request, response, elsewhere)
    return Response(
        response.body,
        status_code=response.status,
        headers={name.decode(): value.decode() for name, value in response.headers},
    )


def _respond_with_problem_page(
    request: AnyRequest, problem: Answered, elsewhere: tuple[str, str] | None
) -> Response[bytes]:
    """Tell a reader what is wrong: the same as the problem says, with its status.

    `elsewhere` is a part of the path that names nothing, and what was probably meant by it.
    """
    asked = context.of(request.scope)
    headers = {name.decode(): value.decode() for name, value in problem.headers}
    headers |= {
        "content-type": f"{HTML.media_type}; charset=utf-8",
        "content-security-policy": environment.policy(),
        "vary": policy.VARY.decode(),
    }
    page = render_problem(msgspec.json.decode(problem.body), asked, elsewhere)
    return Response(
        page.encode(), status_code=problem.status, headers=headers, media_type=HTML.media_type
    )


def _redirect(request: AnyRequest, moved: MovedError) -> Response[bytes]:
    """Redirect the client to the answer, with its parameters."""
    asked = context.of(request.scope)
    query = asked.query.raw.decode("latin-1") if moved.query is None else moved.query
    location = f"{asked.base}{moved.path}" + (f"?{query}" if query else "")
    return Response(
        b"",
        status_code=301,
        headers={
            "location": location,
            # Tombstones have revisions, too: as of one, an id leads to the same record for good.
            "cache-control": conditional.freshness(asked).decode(),
            "vary": policy.VARY.decode(),
        },
        media_type="application/json",
    )


def _respond_to_framework(
    request: AnyRequest, error: HTTPException, templates: Collection[str]
) -> Response[bytes]:
    """Translate errors of the router itself; `templates` are its paths."""
    if error.status_code == 404:  # noqa: PLR2004
        path = request.scope["path"][:200]
        lists = "/guide" if path.startswith("/guide/") else "/openapi.json"
        advice = nearest_path(path, templates) or f"{lists} lists them"
        missing = NotFoundError(f"no path {path!r}", advice, named=path)
        return _respond_with_problem(request, missing)
    if error.status_code == 405:  # noqa: PLR2004
        allowed = {"allow": "GET, HEAD, OPTIONS"}
        message = f"{request.method} is not allowed: the API is read-only"
        return _respond_with_problem(request, MethodNotAllowedError(message, headers=allowed))
    return _respond_to_fault(request, error)


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""What the system reports if nothing can be written."""


def _respond_to_fault(request: AnyRequest, error: Exception) -> Response[bytes]:
    request_id = context.of(request.scope).request_id
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        logger.error("request %s needs disk space to write to: %s", request_id, error)
        message = "the service has no disk space left to make this answer; try again later"
        return _respond_with_problem(request, UnavailableError(message, retry_after_seconds=60))
    logger.error("request %s failed", request_id, exc_info=error)
    return _respond_with_problem(request, LedgerError(f"the log has details under {request_id}"))
