"""create_app: routes, pool, failures and the middleware meet here."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable

from litestar import Litestar, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from layoff_ledger import db, settings
from layoff_ledger.exports.shelf import Shelf
from layoff_ledger.http import context, policy
from layoff_ledger.http.cache import RevisionKey
from layoff_ledger.http.middleware import HttpMiddleware
from layoff_ledger.http.negotiation import Representations
from layoff_ledger.http.problems import LedgerError, MovedError, NotFoundError, problem_response
from layoff_ledger.routes import (
    about,
    changes,
    collections,
    companies,
    comparisons,
    documentation,
    drivers,
    exports,
    health,
    revisions,
    roles,
    search,
    sources,
    statistics,
    waves,
)
from layoff_ledger.routes.operation import AnyRequest
from layoff_ledger.settings import Settings

logger = logging.getLogger(__name__)

OPERATIONS = [
    waves.list_waves,
    waves.get_wave,
    waves.get_wave_history,
    comparisons.compare_waves,
    statistics.get_statistics,
    search.search,
    companies.list_companies,
    companies.autocomplete_companies,
    companies.get_company,
    companies.get_company_indicators,
    drivers.list_drivers,
    drivers.get_driver,
    roles.list_roles,
    roles.get_role,
    sources.list_sources,
    sources.get_source,
    collections.list_collections,
    collections.get_collection,
    revisions.list_revisions,
    revisions.get_revision,
    changes.list_changes,
    exports.list_exports,
    exports.get_export,
    about.get_coverage,
    about.get_dictionary,
    health.get_liveness,
    health.get_readiness,
]


class MethodNotAllowedError(LedgerError):
    """The API is read-only."""

    code = "method_not_allowed"


def create_app(given: Settings, url: str) -> ASGIApp:
    """Make the service for a database; its role there is `ledger_reader`."""
    held: dict[str, db.Ledger] = {}
    shelf = Shelf(given.exports, url, given.url)

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with db.connect(given, url) as ledger:
            held["ledger"] = ledger
            try:
                yield
            finally:
                await shelf.close()

    router = Litestar(
        route_handlers=[
            *OPERATIONS,
            *documentation.HANDLERS,
            exports.get_export_file,
        ],
        dependencies={
            "ledger": Provide(lambda: held["ledger"], sync_to_thread=False),
            "shelf": Provide(lambda: shelf, sync_to_thread=False),
        },
        exception_handlers={
            LedgerError: _tell,
            MovedError: _send_on,
            HTTPException: _tell_framework,
            Exception: _tell_fault,
        },
        lifespan=[lifespan],
        # The document is made by `docs.py` from the same declarations, and served from its file.
        openapi_config=None,
        logging_config=None,
    )
    return HttpMiddleware(
        router, _revision_of(held), url=given.url, representations=representations()
    )


def representations() -> dict[str, Representations]:
    """Give what each path of an operation offers, by the router's template of the path."""
    return {
        path: handler.opt["operation"].representations
        for handler in OPERATIONS
        for path in handler.paths
    }


def _revision_of(held: dict[str, db.Ledger]) -> Callable[[int | None], RevisionKey]:
    def revision(number: int | None) -> RevisionKey:
        ledger = held.get("ledger")
        return (0, b"") if ledger is None else ledger.said(number)

    return revision


def serve_app() -> ASGIApp:
    """Make the service from the environment: what a server process calls."""
    _end_with_parent()
    given = settings.read()
    if given.database_url is None:
        message = "DATABASE_URL is not set: start the service with `layoff-ledger serve`"
        raise settings.SettingsError(message)
    return create_app(given, given.database_url)


def _end_with_parent() -> None:
    """Let the kernel end this process when the one that started it is killed (Linux).

    Else a worker would keep the port for itself, and the database that nobody looks after.
    """
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _tell(request: AnyRequest, error: LedgerError) -> Response[bytes]:
    answer = problem_response(context.of(request.scope), error)
    return Response(
        answer.body,
        status_code=answer.status,
        headers={name.decode(): value.decode() for name, value in answer.headers},
    )


def _send_on(request: AnyRequest, moved: MovedError) -> Response[bytes]:
    """Send the client to the record that stands for a merged one, with its parameters."""
    asked = context.of(request.scope)
    query = asked.query.raw.decode("latin-1")
    location = f"{asked.base}{moved.path}" + (f"?{query}" if query else "")
    return Response(
        b"",
        status_code=301,
        headers={"location": location, "cache-control": policy.FRESH.decode()},
        media_type="application/json",
    )


def _tell_framework(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Translate what the router itself refuses."""
    if error.status_code == 404:  # noqa: PLR2004
        message = f"no path {request.scope['path'][:200]!r}; /openapi.json lists them"
        return _tell(request, NotFoundError(message))
    if error.status_code == 405:  # noqa: PLR2004
        allowed = {"allow": "GET, HEAD, OPTIONS"}
        message = f"{request.method} is not allowed: the API is read-only"
        return _tell(request, MethodNotAllowedError(message, headers=allowed))
    return _tell_fault(request, error)


def _tell_fault(request: AnyRequest, error: Exception) -> Response[bytes]:
    request_id = context.of(request.scope).request_id
    logger.error("request %s failed", request_id, exc_info=error)
    return _tell(request, LedgerError(f"the log has more under {request_id}"))
