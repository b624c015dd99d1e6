"""Starts a server as a separate process, and ends it by its id, whatever happens in between."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from msgspec import Struct

BENCH = Path(__file__).parent
SECONDS_TO_START = 30
SECONDS_TO_STOP = 15


class ServerError(Exception):
    """A server does not start, or does not answer as it should."""


class Answer(Struct, frozen=True):
    """An answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@contextlib.contextmanager
def serving(
    target: str, environment: dict[str, str], *, ready: str, factory: bool = False
) -> Iterator[int]:
    """Serve an ASGI app, and return its port once it answers `ready` with 200.

    Every server runs as the product's own command runs it: Granian, one worker, uvloop.
    """
    port = _free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop"),
        *("--workers", "1", "--host", "127.0.0.1", "--port", str(port)),
        *("--log-level", "warning", "--workers-kill-timeout", "10"),
        *(["--factory"] if factory else []),
        target,
    ]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=BENCH,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
            # In its own process group, so that a worker cannot outlive it.
            start_new_session=True,
        )
        try:
            if not _is_ready(process, port, ready):
                log.seek(0)
                said = log.read().decode(errors="replace").strip()[-2_000:]
                message = f"{target} does not answer {ready}:\n{said}"
                raise ServerError(message)
            yield port
        finally:
            _end(process)


def worker(port: int) -> psutil.Process:
    """Find the process that answers, among those that the server has started."""
    (server,) = (one for one in psutil.Process().children() if str(port) in one.cmdline())
    return max(server.children(recursive=True), key=lambda one: one.memory_info().rss)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_ready(process: subprocess.Popen[bytes], port: int, path: str) -> bool:
    begun = time.monotonic()
    while process.poll() is None and time.monotonic() - begun < SECONDS_TO_START:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ask(port, path).status == 200:
                return True
        time.sleep(0.1)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS_TO_STOP)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ask(port: int, path: str, headers: dict[str, str] | None = None) -> Answer:
    """Send one request on a new connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Accept": "*/*", **(headers or {})})
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
