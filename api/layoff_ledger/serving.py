"""The command `serve`, apart from its database: its arguments, and what runs beside the workers."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from layoff_ledger import garbage, postgres, threads
from layoff_ledger.commands import add_data_folder
from layoff_ledger.settings import Settings, SettingsError

if TYPE_CHECKING:
    # What other commands do not need is imported on demand.
    from layoff_ledger.processes import RunFolder
    from layoff_ledger.stopping import Stopping


T = TypeVar("T")
U = TypeVar("U")

LOOK_SECONDS = 0.05
"""How often to check whether a worker has begun."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `serve` takes."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--port", type=_port, default=8000, help="port to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--workers",
        type=_workers,
        help="worker processes (default: 2 if cores and memory allow, otherwise 1)",
    )
    parser.add_argument(
        "--http2", action="store_true", help="also accept HTTP/2 without TLS, from a proxy"
    )
    add_data_folder(parser, "--data")


def _port(written: str) -> int:
    if not written.isdecimal() or not 0 < int(written) < 65_536:  # noqa: PLR2004 TCP's own bound
        message = f"{written!r} is not a port: give a number from 1 to 65535"
        raise argparse.ArgumentTypeError(message)
    return int(written)


def _workers(written: str) -> int:
    if not written.isdecimal() or int(written) < 1:
        message = f"{written!r} is not a number of processes: give at least 1"
        raise argparse.ArgumentTypeError(message)
    return int(written)


class Beginning(Generic[T]):
    """What runs in a thread while a database is started, made and published to.

    Everything has to be imported, and the app made; if there is no ledger yet, that begins with
    reading and checking the files that publishing needs.
    """

    def __init__(
        self, configured: Settings, read: Callable[[], T], check: Callable[[T], None]
    ) -> None:
        """Begin; until everything is made, garbage is seldom collected, because there is none."""
        self._start = contextlib.ExitStack()
        self._start.enter_context(garbage.seldom_collected())
        self._start.enter_context(threads.short_turns())
        self._configured = configured
        self._url: Future[str] = Future()
        self._ready: Future[None] = Future()
        self._files: Future[T] = Future()
        self._checked: Future[None] = Future()
        self._is_new = configured.database_url is None and postgres.is_new(configured.home)
        # An interrupted command does not wait for it.
        threading.Thread(target=self._run, args=(read, check), daemon=True).start()

    @property
    def files(self) -> Callable[[], T] | None:
        """Return a function that waits until files are read, and raises what that raises.

        None if there is already a database, which may not need them: then it was not begun.
        """
        return self._files.result if self._is_new else None

    @property
    def approve(self) -> Callable[[], None] | None:
        """Return a function that waits until `files` are checked, and raises what that raises."""
        return self._checked.result if self._is_new else None

    def tell(self, url: str) -> None:
        """Pass on the address of the database, once it is known."""
        self._url.set_result(url)

    def wait(self) -> None:
        """Wait until the app is made; raise what that raises."""
        self._ready.result()
        self._start.close()

    def _run(self, read: Callable[[], T], check: Callable[[T], None]) -> None:
        if self._is_new:
            _settle(self._files, read)
            _settle(self._checked, lambda: check(self._files.result()))
        _settle(self._ready, self._prepare)

    def _prepare(self) -> None:
        from layoff_ledger import app  # noqa: PLC0415 takes longer than all else here

        app.prepare(self._configured, self._url.result())


def _settle(future: Future[U], work: Callable[[], U]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 raised where the result is asked for
        future.set_exception(error)


def address(host: str, port: int) -> str:
    """Return the address at which this machine may reach a service that listens on a host."""
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 listens on all
    return f"http://[{asked}]:{port}" if ":" in asked else f"http://{asked}:{port}"


def check(configured: Settings) -> None:
    """Raise `SettingsError` if something that a setting needs is missing, before all else."""
    if configured.traces and not _is_installed("opentelemetry.exporter.otlp.proto.http"):
        message = (
            "LEDGER_TRACES is set, but OpenTelemetry's exporter is not installed: "
            "pip install 'layoff-ledger[otel]'"
        )
        raise SettingsError(message)
    if configured.bucket is not None:
        from layoff_ledger.exports import bucket  # noqa: PLC0415 most have none

        try:
            bucket.check_beside(configured.bucket)
        except bucket.BucketError as error:
            raise SettingsError(str(error)) from error


def _is_installed(module: str) -> bool:
    """Return whether a module is installed; the packages that contain it are imported for that."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _written(configured: Settings) -> dict[str, Path]:
    """Return the folders that the service writes to, by purpose."""
    folders = {"exports": configured.exports}
    if configured.database_url is None:
        folders["database"] = configured.home / "postgres"
    return folders


def _keep(url: str, folder: RunFolder) -> None:
    """Make the embedded server write everything to its files, while nobody waits.

    This happens only after workers have begun: they are copies of this process, but with only one
    of its threads, so a lock that another thread holds at that moment would never be released in
    the copy.
    """
    while not folder.has_begun():
        if not folder.path.exists():
            return
        time.sleep(LOOK_SECONDS)
    postgres.checkpoint(url)


def serve(
    arguments: argparse.Namespace,
    configured: Settings,
    url: str,
    folder: RunFolder,
    beginning: Beginning[Any],
    stopping: Stopping,
) -> None:
    """Serve the ledger at an address until a signal ends it; raise `ServerError` in words."""
    from layoff_ledger import server  # noqa: PLC0415
    from layoff_ledger.observation.sampling import sampling  # noqa: PLC0415
    from layoff_ledger.store import pool  # noqa: PLC0415

    log_config = None
    if configured.log:
        from layoff_ledger.observation import logs  # noqa: PLC0415

        log_config = logs.configure()
    try:
        if configured.database_url is not None:
            stopping.run(pool.check_sessions(configured, url))
    except pool.UnpreparedSessionError as error:
        raise server.ServerError(str(error)) from error
    workers = arguments.workers or server.default_workers()
    folder.update(workers=workers)
    # A worker begins as a copy of this process: what is imported and made here need not be imported
    # and made again, so a dead one is replaced in a third of the time.
    beginning.wait()
    garbage.exempt_existing()
    if configured.database_url is None:
        threading.Thread(target=_keep, args=(url, folder), daemon=True).start()
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
