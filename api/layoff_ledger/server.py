"""The HTTP server: Granian with its workers, on a port that is free.

Granian itself ends the service when a worker dies twice within seconds; here a worker that dies is
replaced for as long as it takes, and one that hangs is killed, and so replaced.
"""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels, logger
from granian.server.mp import MPServer

from layoff_ledger import backoff
from layoff_ledger.processes import RunFolder

MAX_DEFAULT_WORKERS = 2
"""Two, so that one answers while the other one is replaced; more are the operator's choice."""
WORKER_BYTES = 512 * 1024**2
"""Memory that a worker may need: its two caches of answers and documents, and its work."""

LOOK_SECONDS = 1.0
"""How often to check whether the workers live."""
MAX_SILENT_LOOKS = 10
"""A worker whose loop has not turned for this many checks hangs."""
MAX_STARTING_LOOKS = 120
"""A worker that has not begun for this many checks hangs."""
MAX_PAUSE_SECONDS = 30.0
"""The longest pause before a worker that keeps dying is replaced."""
STEADY_SECONDS = 10.0
"""A worker that has lived for this long is replaced at once."""
MAX_FALSE_STARTS = 3
"""This many workers may die before any ever began to serve; then the service gives up."""


HEADER_SECONDS = 10
"""How long a connection may be idle, and how long the headers of a request may take."""
BACKLOG = 4_096
"""Connections that the system queues until a worker takes them."""
MAX_CONNECTIONS = 16_384
"""Connections of a worker, as far as the system allows; an idle one costs about ten kilobytes."""
RESERVED_FILES = 256
"""Files of a worker for everything that is not a connection of a client."""


class ServerError(Exception):
    """The server cannot listen or serve; the message says what to do."""


def refuse_taken_port(host: str, port: int) -> None:
    """Find out now: the server would only find out after the database was started."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        message = (
            f"cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}; "
            "choose another one with --port"
        )
        raise ServerError(message) from error


def default_workers() -> int:
    """Return how many workers this machine has cores and memory for, at most two."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    fitting = _free_bytes() // WORKER_BYTES
    return max(1, min(MAX_DEFAULT_WORKERS, cores or 1, fitting))


def _free_bytes() -> int:
    free: int = psutil.virtual_memory().available
    try:
        # The limit of a container, which the machine does not know.
        allowed = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = Path("/sys/fs/cgroup/memory.current").read_text().strip()
    except OSError:
        return free
    return min(free, int(allowed) - int(used)) if allowed.isdecimal() else free


def _max_connections() -> int:
    """Allow the process as many open files as possible, and return how many connections fit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        most = MAX_CONNECTIONS + RESERVED_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return max(RESERVED_FILES, min(MAX_CONNECTIONS, most - RESERVED_FILES))


def run_server(
    host: str,
    port: int,
    workers: int,
    folder: RunFolder,
    *,
    http2: bool = False,
    log_config: dict[str, Any] | None = None,
    written: dict[str, Path] | None = None,
) -> None:
    """Serve until the process is ended; `DATABASE_URL` names the ledger.

    `http2` is for proxies that use it without TLS, `log_config` says where Granian's own messages
    go (a `dictConfig`), `written` has the folders that need to be writable, by purpose. Raises
    `ServerError` if no worker ever begins to serve.
    """
    server = _Server(
        "layoff_ledger.app:serve_app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=workers,
        loop=Loops.uvloop,
        log_level=LogLevels.warning,
        log_dictconfig=log_config,
        backlog=BACKLOG,
        backpressure=_max_connections(),
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        http2_settings=HTTP2Settings(
            keep_alive_interval=HEADER_SECONDS * 1000,
            keep_alive_timeout=HEADER_SECONDS,
            max_concurrent_streams=100,
            max_headers_size=64 * 1024,
        ),
        # Where Granian waits for either of them, a client that sends nothing at all could stay for
        # good.
        http=HTTPModes.auto if http2 else HTTPModes.http1,
        # A client that never reads must not delay the shutdown.
        workers_kill_timeout=10,
        respawn_failed_workers=True,
    )
    server.folder, server.written = folder, written or {}
    folder.look_at(server.written)
    server.serve()
    if server.is_no_use:
        message = "no worker managed to start; the log says why"
        raise ServerError(message)


class _Server(MPServer):
    """Granian with its own policy for workers that die or hang."""

    folder: RunFolder
    written: dict[str, Path]
    is_no_use = False

    def _serve_loop(
        self, spawn_target: Callable[..., None], target_loader: Callable[..., Callable[..., Any]]
    ) -> None:
        """Replace workers until a signal ends the service; overrides Granian's own loop."""
        due: dict[int, float] = {}
        pauses: dict[int, float] = {}
        looked = time.monotonic()
        while not self.interrupt_signal:
            now = time.monotonic()
            next_due = min([looked + LOOK_SECONDS, *due.values()])
            self.main_loop_interrupt.wait(timeout=max(0.0, next_due - now))
            self.main_loop_interrupt.clear()
            if self.interrupt_signal:
                break
            now = time.monotonic()
            while self.interrupt_children:
                index = self.interrupt_children.pop()
                is_steady = now - self.wrks[index].birth > STEADY_SECONDS
                pause = 0.0 if is_steady else pauses.get(index, 0.0)
                pauses[index] = backoff.longer(pause, MAX_PAUSE_SECONDS)
                due[index] = now + pause
                self.folder.count("worker_restarts")
                self.folder.forget(self.wrks[index].inner.pid)
            for index in [one for one, moment in due.items() if moment <= now]:
                del due[index]
                self._respawn_workers([index], spawn_target, target_loader)
            if now - looked >= LOOK_SECONDS:
                looked = now
                self.folder.look_at(self.written)
                self._kill_hanging(waited_for=set(due))
            if self.folder.false_starts() > MAX_FALSE_STARTS:
                self.is_no_use = True
                break
            if self.reload_signal:
                self._reload(spawn_target, target_loader)  # type: ignore[no-untyped-call]

    def _kill_hanging(self, *, waited_for: set[int]) -> None:
        for worker in self.wrks:
            if worker.idx in waited_for or not worker.inner.is_alive():
                continue
            silent, has_begun = self.folder.silent_looks(worker.inner.pid)
            if silent > (MAX_SILENT_LOOKS if has_begun else MAX_STARTING_LOOKS):
                logger.error("worker-%d hangs: killing and replacing it", worker.idx + 1)
                # Its end is unexpected, like that of any other worker that is to be replaced.
                worker.inner.kill()
