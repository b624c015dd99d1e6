"""create_app: routes, the ledger, failures and the middleware meet here."""

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
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from layoff_ledger import settings
from layoff_ledger.exports.store import ExportStore
from layoff_ledger.http import context, policy
from layoff_ledger.http.cache import RevisionKey
from layoff_ledger.http.middleware import HttpMiddleware
from layoff_ledger.http.negotiation import Representations
from layoff_ledger.http.problems import LedgerError, MovedError, NotFoundError, problem_response
from layoff_ledger.routes import (
    about,
    attribution,
    companies,
    documentation,
    exports,
    health,
    indicators,
    notices,
    records,
    revisions,
    search,
    statistics,
    timeline,
    waves,
)
from layoff_ledger.routes.operation import AnyRequest, Operation, operation_of
from layoff_ledger.settings import Settings
from layoff_ledger.store.ledger import Ledger, connect

logger = logging.getLogger(__name__)


def handlers() -> list[HTTPRouteHandler]:
    """Give the handlers of all operations: those of every resource, then all others."""
    return [
        *records.handlers(),
        waves.get_wave_history,
        waves.compare_waves,
        statistics.get_statistics,
        notices.get_notice_history,
        attribution.get_attribution,
        indicators.get_rebalancing,
        timeline.get_timeline,
        companies.get_company_history,
        companies.get_company_by_identifier,
        search.search,
        search.autocomplete_companies,
        revisions.list_revisions,
        revisions.get_revision,
        revisions.list_changes,
        exports.list_exports,
        exports.get_export,
        about.get_coverage,
        about.get_dictionary,
        health.get_liveness,
        health.get_readiness,
    ]


def operations() -> list[Operation]:
    """Give what every operation is declared with."""
    return [operation_of(handler) for handler in handlers()]


class MethodNotAllowedError(LedgerError):
    """The API is read-only."""

    code = "method_not_allowed"


def create_app(configured: Settings, url: str) -> ASGIApp:
    """Make the service for a database; its role there is `ledger_reader`."""
    ledgers: list[Ledger] = []
    export_store = ExportStore(configured.exports, url, configured.url)

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with connect(configured, url) as ledger:
            ledgers.append(ledger)
            try:
                yield
            finally:
                await export_store.close()

    made = handlers()
    router = Litestar(
        route_handlers=[*made, *documentation.HANDLERS, exports.get_export_file],
        dependencies={
            "ledger": Provide(lambda: ledgers[0], sync_to_thread=False),
            "exports": Provide(lambda: export_store, sync_to_thread=False),
        },
        exception_handlers={
            LedgerError: _respond_with_problem,
            MovedError: _redirect,
            HTTPException: _respond_to_framework,
            Exception: _respond_to_fault,
        },
        lifespan=[lifespan],
        # The document is made by `openapi/` from the same declarations, and served from its file.
        openapi_config=None,
        logging_config=None,
    )
    return HttpMiddleware(
        router,
        _revision_key(ledgers),
        url=configured.url,
        representations=representations(made),
    )


def representations(made: list[HTTPRouteHandler]) -> dict[str, Representations]:
    """Give what each path of an operation offers, by the router's template of the path."""
    declared = [operation_of(handler) for handler in made]
    return {operation.path: operation.representations for operation in declared}


def _revision_key(ledgers: list[Ledger]) -> Callable[[int | None], RevisionKey]:
    def revision(number: int | None) -> RevisionKey:
        return ledgers[0].revisions.key(number) if ledgers else (0, b"")

    return revision


def serve_app() -> ASGIApp:
    """Make the service from the environment: what a server process calls."""
    _end_with_parent()
    configured = settings.read()
    if configured.database_url is None:
        message = "DATABASE_URL is not set: start the service with `layoff-ledger serve`"
        raise settings.SettingsError(message)
    return create_app(configured, configured.database_url)


def _end_with_parent() -> None:
    """Let the kernel end this process when the one that started it is killed (Linux).

    Else a worker would keep the port for itself, and the database that nobody looks after.
    """
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _respond_with_problem(request: AnyRequest, error: LedgerError) -> Response[bytes]:
    response = problem_response(context.of(request.scope), error)
    return Response(
        response.body,
        status_code=response.status,
        headers={name.decode(): value.decode() for name, value in response.headers},
    )


def _redirect(request: AnyRequest, moved: MovedError) -> Response[bytes]:
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


def _respond_to_framework(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Translate what the router itself refuses."""
    if error.status_code == 404:  # noqa: PLR2004
        message = f"no path {request.scope['path'][:200]!r}; /openapi.json lists them"
        return _respond_with_problem(request, NotFoundError(message))
    if error.status_code == 405:  # noqa: PLR2004
        allowed = {"allow": "GET, HEAD, OPTIONS"}
        message = f"{request.method} is not allowed: the API is read-only"
        return _respond_with_problem(request, MethodNotAllowedError(message, headers=allowed))
    return _respond_to_fault(request, error)


def _respond_to_fault(request: AnyRequest, error: Exception) -> Response[bytes]:
    request_id = context.of(request.scope).request_id
    logger.error("request %s failed", request_id, exc_info=error)
    return _respond_with_problem(request, LedgerError(f"the log has more under {request_id}"))
