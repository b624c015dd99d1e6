"""create_app: routes, the ledger and the middleware meet here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.types import ASGIApp

from layoff_ledger import garbage, orphans, processes, resources, settings, unused_imports
from layoff_ledger.assistants import address, transport
from layoff_ledger.assistants.transport import Assistants
from layoff_ledger.charts.drawing import Drawer
from layoff_ledger.exports.bucket import Bucket
from layoff_ledger.exports.store import ExportStore
from layoff_ledger.http.keys import RevisionKeys
from layoff_ledger.http.middleware import HttpMiddleware
from layoff_ledger.http.negotiation import Representations
from layoff_ledger.http.purging import Purger
from layoff_ledger.routes import (
    about,
    attribution,
    companies,
    documentation,
    embed,
    explore,
    exports,
    failures,
    health,
    history,
    indicators,
    machines,
    records,
    revisions,
    search,
    statistics,
    timeline,
    waves,
)
from layoff_ledger.routes.operation import Operation, operation_of
from layoff_ledger.settings import Settings
from layoff_ledger.store.ledger import Ledger, connect

if TYPE_CHECKING:
    from layoff_ledger.http.limits import RateLimits
    from layoff_ledger.observation.metrics import Metrics
    from layoff_ledger.observation.traces import Traces


def handlers() -> list[HTTPRouteHandler]:
    """Return the handlers of all operations: those of every resource, then all others."""
    return [
        *records.handlers(),
        *history.handlers(),
        waves.compare_waves,
        statistics.get_statistics,
        statistics.get_notice_statistics,
        attribution.get_attribution,
        indicators.get_rebalancing,
        timeline.get_timeline,
        companies.get_company_by_identifier,
        search.search,
        search.autocomplete_companies,
        revisions.list_revisions,
        revisions.get_revision,
        revisions.list_changes,
        exports.list_exports,
        exports.get_export,
        exports.get_export_file,
        about.get_coverage,
        about.get_dictionary,
        health.get_liveness,
        health.get_readiness,
    ]


def operations() -> list[Operation]:
    """Return what every operation is declared with."""
    return [operation_of(handler) for handler in handlers()]


class _Router(Litestar):
    """The framework without its support for pydantic and attrs, which nothing here uses.

    If another package has installed them, the framework would import them: an eighth of the start.
    """

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def _ledger_of(state: State) -> Ledger:
    """Return the ledger for what is not an operation."""
    ledger: Ledger = state["ledger"]
    return ledger


def create_app(configured: Settings, url: str) -> ASGIApp:
    """Make the service for a database; its role there is `ledger_reader`."""
    # Structs cache what decoders need, and half-made data crashes a process: so it is made before
    # there are threads, which decode pages with decoders of their own.
    for resource in resources.served():
        resource.decoder()
    keys = RevisionKeys()
    drawer = Drawer(configured.chart_processes)
    metrics, traces = _metrics(configured), _traces(configured)
    export_store = ExportStore(
        configured.exports,
        url,
        configured.url,
        None if metrics is None else metrics.observe_export,
        bucket=None if configured.bucket is None else Bucket(configured.bucket),
    )
    talking = Assistants(operations(), lambda: middleware)

    @contextlib.asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with connect(configured, url, keys) as ledger:
            app.state["ledger"] = ledger
            heart = asyncio.create_task(_beat(ledger, metrics))
            export_store.make_at_publication(ledger.revisions)
            purging = asyncio.create_task(_purge(configured, ledger, metrics))
            try:
                yield
            finally:
                heart.cancel()
                purging.cancel()
                await talking.close()
                await drawer.close()
                await export_store.close()
                if traces is not None:
                    await asyncio.to_thread(traces.close)

    made = [*handlers(), explore.explore]
    served = [
        *made,
        explore.explore_as_markdown,
        *documentation.HANDLERS,
        *embed.HANDLERS,
        *address.HANDLERS,
        *machines.HANDLERS,
    ]
    templates = [path for handler in served for path in handler.paths]
    router = _Router(
        route_handlers=served,
        dependencies={"ledger": Provide(_ledger_of, sync_to_thread=False)},
        state=State(
            {
                "drawer": drawer,
                "exports": export_store,
                "security_contact": configured.security_contact,
            }
        ),
        exception_handlers=failures.handlers(templates),
        lifespan=[lifespan],
        # `openapi/` makes the document from the same declarations, and it is served from its file.
        openapi_config=None,
        logging_config=None,
    )
    middleware = HttpMiddleware(
        router,
        keys,
        url=configured.url,
        representations=representations(made),
        limits=_rate_limits(configured),
        hosts=configured.hosts,
        conversations={transport.PATH: talking},
    )
    return _observed(middleware, configured, served, (metrics, traces), lambda: keys.newest[0])


def _metrics(configured: Settings) -> Metrics | None:
    if configured.metrics is None:
        return None
    from layoff_ledger.observation.metrics import Metrics  # noqa: PLC0415 as for limits

    return Metrics(processes.folder_of_worker())


def _traces(configured: Settings) -> Traces | None:
    if configured.traces is None:
        return None
    from layoff_ledger.observation.traces import Traces  # noqa: PLC0415 as for limits

    return Traces(configured.traces)


def _observed(
    app: ASGIApp,
    configured: Settings,
    served: list[HTTPRouteHandler],
    noted: tuple[Metrics | None, Traces | None],
    revision: Callable[[], int],
) -> ASGIApp:
    """Put the observer before an app; if nothing is observed there is none, and no cost."""
    metrics, traces = noted
    if metrics is None and traces is None and not configured.log:
        return app
    from layoff_ledger.observation import names, observer  # noqa: PLC0415 as for limits

    log = None
    if configured.log:
        from layoff_ledger.observation import logs  # noqa: PLC0415 as for limits

        logs.configure()
        log = logs.RequestLog(
            with_addresses=configured.log_addresses,
            trusted=configured.trusted_proxies,
            header=configured.forwarded,
        )
    offered = [one for paths_ in representations(handlers()).values() for one in paths_]
    templates = {path: _operation_name(one) for one in served for path in one.paths}
    return observer.Observer(
        app,
        names=names.OperationNames(templates),
        formats=names.format_names((one.name, one.media_type) for one in offered),
        revision=revision,
        metrics=metrics,
        metrics_for=configured.metrics or observer.LOOPBACK,
        log=log,
        traces=traces,
    )


def _rate_limits(configured: Settings) -> RateLimits | None:
    if configured.rate_limit is None:
        return None
    # Imports a library that a service without limits does not need.
    from layoff_ledger.http.limits import RateLimits  # noqa: PLC0415

    return RateLimits(
        configured.rate_limit,
        trusted=configured.trusted_proxies,
        header=configured.forwarded,
        folder=processes.folder_of_worker(),
    )


async def _purge(configured: Settings, ledger: Ledger, metrics: Metrics | None) -> None:
    """Tell the caches about each revision from which this process answers, also about its first.

    The first one may have been published while nothing was serving, or be answered by other code.
    """
    if not configured.purge:
        return
    observe = (lambda _: None) if metrics is None else metrics.observe_purge
    purger = Purger(configured.purge, lambda: ledger.revisions.number, observe)
    ledger.revisions.on_newest.append(purger.notice)
    if ledger.revisions.number:
        purger.notice()
    await purger.run()


BEAT_SECONDS = 0.5


async def _beat(ledger: Ledger, metrics: Metrics | None) -> None:
    """Show the process that started this one that the loop is running, and record the state."""
    folder = processes.folder_of_worker()
    heart = None if folder is None else processes.Heart(folder)
    while heart is not None or metrics is not None:
        if heart is not None:
            heart.beat()
        if metrics is not None:
            metrics.sample(ledger)
        await asyncio.sleep(BEAT_SECONDS)


def _operation_name(handler: HTTPRouteHandler) -> str:
    """Return the operation id, or the name of a handler for people."""
    return operation_of(handler).id if "operation" in handler.opt else handler.handler_name


def representations(made: list[HTTPRouteHandler]) -> dict[str, Representations]:
    """Return what each path of an operation offers, by the router's template of the path."""
    declared = [operation_of(handler) for handler in made]
    return {operation.path: operation.representations for operation in declared}


_prepared: list[ASGIApp] = []
"""The result of `prepare`, if it ran."""


def prepare(configured: Settings, url: str) -> None:
    """Make the app before there are workers, which are copies of this process and start with it.

    It begins nothing before its lifespan, which each worker has for itself. Numbers and traces are
    the exception, because they belong to a process from the beginning: with them, each worker makes
    its own app.
    """
    if configured.metrics is None and configured.traces is None:
        _prepared[:] = [create_app(configured, url)]


def serve_app() -> ASGIApp:
    """Return the service, or make it from the environment: what a server process calls."""
    orphans.end_with_parent()
    if _prepared:
        return _prepared[0]
    # No command began this process.
    unused_imports.prevent()
    configured = settings.read()
    if configured.database_url is None:
        message = "DATABASE_URL is not set: start the service with `layoff-ledger serve`"
        raise settings.SettingsError(message)
    app = create_app(configured, configured.database_url)
    garbage.exempt_existing()
    return app
