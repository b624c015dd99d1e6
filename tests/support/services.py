"""The real command as a process, its service with a client, and the service in this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from layoff_ledger.settings import Settings
from support import broken, replay, warm
from support.revisions import FIXTURE
from support.waiting import PATIENCE_SECONDS, wait_until

Json = dict[str, Any]
Process = subprocess.Popen[bytes] | warm.Process
NOWHERE = "postgresql://ledger:secret@127.0.0.1:1/ledger"


PORTS = range(10_000, 32_000)
"""Below the ports that the system gives to outgoing connections, of which the tests make thousands:
one of them may get a port that was free a second ago.
"""


def free_port() -> int:
    """Return a port that is free, and that nobody is likely to take before it is used."""
    while True:
        port = secrets.choice(PORTS)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def command(*arguments: str) -> list[str]:
    # `make broken` plants faults: `support/broken.py`.
    program = "support.broken" if broken.FAULT in os.environ else "layoff_ledger.cli"
    return [sys.executable, "-m", program, *arguments]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, in a process of its own that has already imported it."""
    if broken.FAULT in os.environ:
        return run_cold(*arguments, **environment)
    return warm.run([*arguments], _environment(environment), PATIENCE_SECONDS)


def run_cold(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does, in an interpreter that is started for it."""
    return subprocess.run(
        command(*arguments),
        env=_environment(environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def _environment(given: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, **given}


def failed(done: subprocess.CompletedProcess[str]) -> str:
    """Check that a failure is one clear sentence and a non-zero exit, and return the sentence."""
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "Traceback" not in done.stdout
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("layoff-ledger: ")
    return line


@contextlib.contextmanager
def serving(*arguments: str, environment: dict[str, str]) -> Iterator[httpx.Client]:
    """Run the real command until the test is over, and yield a client of it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        process = start(
            # One worker, so that a test always talks to the same one.
            ["serve", "--port", str(port), "--workers", "1", *arguments],
            {**os.environ, "LEDGER_EXPORTS": f"{folder}/exports", **environment},
            log,
        )
        try:
            with replay.Client(f"http://127.0.0.1:{port}", PATIENCE_SECONDS) as client:
                wait_until_ready(client, process, log)
                yield client
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE_SECONDS)
            finally:
                process.kill()


def start(arguments: list[str], environment: dict[str, str], log: Path) -> Process:
    """Start a command that keeps running; it prints to a file."""
    # A library is loaded before a program, but a copied process is past that.
    if broken.FAULT not in os.environ and "LD_PRELOAD" not in environment:
        return warm.Process(arguments, environment, log, log)
    with log.open("wb") as output:
        return subprocess.Popen(
            command(*arguments), env=environment, stdout=output, stderr=subprocess.STDOUT
        )


def is_ready(client: httpx.Client) -> bool:
    """Return whether a service answers and has a revision."""
    with contextlib.suppress(httpx.TransportError):
        return client.get("/health/ready").status_code == 200
    return False


def wait_until_ready(client: httpx.Client, process: Process, log: Path) -> None:
    def begins() -> bool:
        if process.poll() is not None:
            pytest.fail(f"serve ended: {log.read_text()}")
        return is_ready(client)

    wait_until(begins, told=log.read_text)


def wait_for_revision(client: httpx.Client, number: int) -> None:
    """Wait until a service answers from a revision."""
    wait_until(lambda: client.get("/health/ready").json()["revision"] == number)


def get_when_available(
    client: httpx.Client, path: str, *, follow_redirects: bool = False
) -> httpx.Response:
    """Ask again as long as the answer is 503 with `Retry-After`, as a client does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        answer = client.get(path, follow_redirects=follow_redirects)
        if answer.status_code != 503:
            return answer
        assert "retry-after" in answer.headers, path
        time.sleep(0.1)
    pytest.fail(f"{path} does not become available")


class Started:
    """A running `serve`, with a client of it."""

    def __init__(self, process: Process, client: httpx.Client, log: Path) -> None:
        self.process, self.client, self.log = process, client, log

    def workers(self) -> list[psutil.Process]:
        """Return the processes that listen; the other children are Python's own and webhooks."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if any(one.status == psutil.CONN_LISTEN for one in child.net_connections()):
                    found.append(child)
        return found

    def end(self, how: signal.Signals = signal.SIGTERM) -> str:
        """End it and return what it printed."""
        self.process.send_signal(how)
        self.process.wait(timeout=PATIENCE_SECONDS)
        return self.log.read_text()


@contextlib.contextmanager
def started(*arguments: str, **environment: str) -> Iterator[Started]:
    """Run `serve` until the test ends it.

    It prints to a file: a pipe would stay open as long as anything that it started lives.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        process = start(
            ["serve", "--port", str(port), "--data", str(FIXTURE), "--workers", "1", *arguments],
            {**os.environ, **environment},
            log,
        )
        try:
            with replay.Client(f"http://127.0.0.1:{port}", PATIENCE_SECONDS) as client:
                wait_until_ready(client, process, log)
                yield Started(process, client, log)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and was not yet reaped does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


@contextlib.asynccontextmanager
async def running(url: str, home: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Run the real service in this process, as its server would, and yield a client of it.

    It fails if HEAD is answered with a body, which httpx would drop, as servers do.
    """
    from layoff_ledger import app as application

    app = application.create_app(
        Settings(database_url=url, home=home, exports=home / "exports"), url
    )
    received: asyncio.Queue[Json] = asyncio.Queue()
    sent: asyncio.Queue[Json] = asyncio.Queue()
    with_body: list[str] = []

    async def send(message: Any) -> None:
        await sent.put(message)

    async def with_state(
        scope: MutableMapping[str, Any], receive: Any, send: Callable[[Any], Awaitable[None]]
    ) -> None:
        async def note(message: Any) -> None:
            if scope.get("method") == "HEAD" and message.get("body"):
                with_body.append(scope["path"])
            await send(message)

        scope["state"] = {}
        given: Any = scope
        await app(given, receive, note)

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
    life = asyncio.create_task(with_state(scope, received.get, send))
    await received.put({"type": "lifespan.startup"})
    assert (await sent.get())["type"] == "lifespan.startup.complete"
    try:
        transport = httpx.ASGITransport(with_state)
        async with replay.AsyncClient(transport=transport, base_url="http://ledger") as client:
            yield client
    finally:
        await received.put({"type": "lifespan.shutdown"})
        assert (await sent.get())["type"] == "lifespan.shutdown.complete"
        await life
    assert not with_body, f"HEAD with a body: {with_body}"
