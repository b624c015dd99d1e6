"""The command `serve`, beyond its database: its arguments, and what runs beside the workers."""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib
import importlib.util
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from layoff_ledger import postgres

if TYPE_CHECKING:
    # What other commands do without is imported when it is needed.
    from layoff_ledger.processes import RunFolder
    from layoff_ledger.settings import Settings


T = TypeVar("T")

SETTLE_SECONDS = 2.0
"""How long after its start the embedded server is told to write to its files what it has."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what `serve` takes."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=8000, help="port to listen on (%(default)s)")
    parser.add_argument(
        "--workers",
        type=_workers,
        help="processes that answer (2 where there are cores and memory)",
    )
    parser.add_argument(
        "--http2", action="store_true", help="also HTTP/2 without TLS, for a proxy that speaks it"
    )
    parser.add_argument("--data", type=Path, help="folder of curated files")


def _port(written: str) -> int:
    if not written.isdecimal() or not 0 < int(written) < 65_536:  # noqa: PLR2004 TCP's own bound
        message = f"{written!r} is no port: give a number from 1 to 65535"
        raise argparse.ArgumentTypeError(message)
    return int(written)


def _workers(written: str) -> int:
    if not written.isdecimal() or int(written) < 1:
        message = f"{written!r} is no number of processes: give at least 1"
        raise argparse.ArgumentTypeError(message)
    return int(written)


def begun(configured: Settings, work: Callable[[], T]) -> Callable[[], T] | None:
    """Begin what has to be imported while the embedded database starts, and before it some work.

    Gives the function that waits for what the work gives, or raises what it raises; None where
    there is a database, which may not need it, so that it was not begun.
    """
    if configured.database_url is not None:
        return None
    result: Future[T] | None = Future() if postgres.is_new(configured.home) else None

    def run() -> None:
        if result is not None:
            try:
                result.set_result(work())
            except BaseException as error:  # noqa: BLE001 raised where the result is asked for
                result.set_exception(error)
        importlib.import_module("layoff_ledger.app")

    # Who is interrupted meanwhile does not wait for it.
    threading.Thread(target=run, daemon=True).start()
    return None if result is None else result.result


def _written(configured: Settings) -> dict[str, Path]:
    """Give the folders that the service writes to, by what they are for."""
    folders = {"exports": configured.exports}
    if configured.database_url is None:
        folders["database"] = configured.home / "postgres"
    return folders


def serve(arguments: argparse.Namespace, configured: Settings, url: str, folder: RunFolder) -> None:
    """Serve the ledger at an address until a signal ends it; raise `ServerError` in words."""
    # A worker begins as a copy of this process: what is imported and made here, none has to import
    # and make again, so that one that died is replaced in a third of the time.
    from layoff_ledger import app, server  # noqa: PLC0415
    from layoff_ledger.exports import bucket  # noqa: PLC0415
    from layoff_ledger.observation.sampling import sampling  # noqa: PLC0415
    from layoff_ledger.store import pool  # noqa: PLC0415

    if configured.traces and importlib.util.find_spec("opentelemetry") is None:
        message = (
            "LEDGER_TRACES is set, but OpenTelemetry is not installed: "
            "pip install 'layoff-ledger[otel]'"
        )
        raise server.ServerError(message)
    log_config = None
    if configured.log:
        from layoff_ledger.observation import logs  # noqa: PLC0415

        log_config = logs.configure()
    try:
        if configured.database_url is not None:
            asyncio.run(pool.check_sessions(configured, url))
        if configured.bucket is not None:
            bucket.check_beside(configured.bucket)
    except (pool.UnpreparedSessionError, bucket.BucketError) as error:
        raise server.ServerError(str(error)) from error
    workers = arguments.workers or server.default_workers()
    folder.update(workers=workers)
    app.prepare(configured, url)
    gc.freeze()
    if configured.database_url is None:
        # Once workers have begun, which are copies of this process: of one of its threads alone.
        settling = threading.Timer(SETTLE_SECONDS, postgres.checkpoint, (url,))
        settling.daemon = True
        settling.start()
    at = arguments.host, arguments.port
    with sampling(url, folder):
        server.run_server(
            *at,
            workers,
            folder,
            http2=arguments.http2,
            log_config=log_config,
            written=_written(configured),
        )
