"""The fault suite (`make faults`): break what can break while readers ask; print what they saw.

It runs the real command with two workers on an embedded PostgreSQL, three readers that ask all the
while, each by a new connection, and breaks one thing after the other. Every answer is held to the
first one of its question and revision: the same bytes, whoever answers and whatever is broken. The
last two columns are the longest times without any answer, and without one that was not in memory. It
takes some three minutes, and ends with 1 where an answer was wrong or something did not come back.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import psutil

from support.revisions import FIXTURE
from support.services import Started, command, started

MAX_RECOVERY_SECONDS = 60.0
CACHED = ["/v1/waves?limit=5", "/v1/companies?limit=5", "/v1/statistics?group_by=company"]


class Readers:
    """Ask until they are told to stop: what is in memory, what is not, and whether it is ready."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.statuses: dict[str, int] = {}
        self.seconds: list[float] = []
        self.wrong: list[str] = []
        self.longest_gap = 0.0
        self.uncached_at = time.monotonic()
        """When a question that no memory has was last answered."""
        self.uncached_gap = 0.0
        """The longest time for which none was."""
        self._stopped = threading.Event()
        self._known: dict[tuple[str, int], str] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._answered_at = time.monotonic()
        self._threads = [
            threading.Thread(target=self._run, args=(one,))
            for one in (self._cached, self._uncached, self._cached)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def begin(self) -> None:
        """Forget what was seen, but not what answers have to be."""
        with self._lock:
            self.statuses, self.seconds = {}, []
            self.longest_gap = self.uncached_gap = 0.0
            self._answered_at = time.monotonic()

    def failures(self) -> int:
        """Give how many answers were none or a problem."""
        with self._lock:
            return sum(self.statuses.values()) - self.statuses.get("200", 0)

    def _run(self, ask: Callable[[], None]) -> None:
        while not self._stopped.is_set():
            ask()
            time.sleep(0.01)

    def _cached(self) -> None:
        for path in CACHED:
            self._ask(path)

    def _uncached(self) -> None:
        if self._ask(f"/v1/waves?limit=3&headcount_gte={next(self._numbers)}") == 200:
            now = time.monotonic()
            self.uncached_gap = max(self.uncached_gap, now - self.uncached_at)
            self.uncached_at = now

    def _ask(self, path: str) -> int:
        begun = time.monotonic()
        status, body, what = 0, b"", ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=8)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            status, body = answer.status, answer.read()
            what = str(status)
            if status == 503 and not answer.getheader("retry-after"):
                what = "503 without Retry-After"
        except (OSError, http.client.HTTPException) as error:
            what = "no answer" if isinstance(error, TimeoutError) else "refused"
        finally:
            connection.close()
        now = time.monotonic()
        with self._lock:
            self.statuses[what] = self.statuses.get(what, 0) + 1
            self.seconds.append(now - begun)
            if status == 200:
                self.longest_gap = max(self.longest_gap, now - self._answered_at)
                self._answered_at = now
                self._hold(path, body)
            elif status not in {0, 503, 429}:
                self.wrong.append(f"{path}: {status}")
        return status

    def _hold(self, path: str, body: bytes) -> None:
        try:
            revision = json.loads(body)["meta"]["revision"]
        except (ValueError, KeyError) as error:
            self.wrong.append(f"{path}: {error!r}")
            return
        digest = hashlib.sha256(body).hexdigest()
        if self._known.setdefault((path, revision), digest) != digest:
            self.wrong.append(f"{path}: two answers of revision {revision}")


class Service:
    """What is broken."""

    def __init__(self, serve: Started, home: Path, data: Path) -> None:
        self.serve, self.home, self.data = serve, home, data
        self.port = serve.client.base_url.port or 0

    def postmaster(self) -> psutil.Process:
        left = (self.home / "postgres" / "postmaster.pid").read_text()
        return psutil.Process(int(left.splitlines()[0]))

    def workers(self) -> list[psutil.Process]:
        found = []
        for child in psutil.Process(self.serve.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if any(one.status == psutil.CONN_LISTEN for one in child.net_connections()):
                    found.append(child)
        return found

    def run(self, *arguments: str) -> None:
        done = subprocess.run(
            command(*arguments),
            env={**os.environ, "LEDGER_HOME": str(self.home)},
            capture_output=True,
            check=False,
        )
        if done.returncode:
            sys.exit(done.stderr.decode())

    def edit(self, note: str) -> None:
        for path in (self.data / "waves").glob("*.toml"):
            lines = [one for one in path.read_text().splitlines() if not one.startswith("note =")]
            path.write_text("\n".join([f'note = "{note}"', *lines, ""]))


Fault = Callable[[Service], None]


def kill_database(service: Service) -> None:
    service.postmaster().kill()


def kill_a_backend(service: Service) -> None:
    backends = [one for one in service.postmaster().children() if "ledger" in str(one.cmdline())]
    (backends or service.postmaster().children())[-1].kill()


def stop_database_for_good(service: Service) -> None:
    service.postmaster().send_signal(signal.SIGINT)


def freeze_database(service: Service) -> None:
    processes = [service.postmaster(), *service.postmaster().children()]
    for one in processes:
        one.suspend()
    time.sleep(7)
    for one in processes:
        with contextlib.suppress(psutil.Error):
            one.resume()


def kill_a_worker(service: Service) -> None:
    service.workers()[0].kill()


def kill_all_workers(service: Service) -> None:
    for worker in service.workers():
        worker.kill()


def hang_a_worker(service: Service) -> None:
    worker = service.workers()[0]
    worker.suspend()
    with contextlib.suppress(psutil.TimeoutExpired):
        worker.wait(40)


def reload_workers(service: Service) -> None:
    service.serve.process.send_signal(signal.SIGHUP)
    time.sleep(9)


def publish(service: Service) -> None:
    service.edit("published amid faults")
    service.run("publish", str(service.data))


def kill_a_publisher(service: Service) -> None:
    service.edit("never published")
    environment = {**os.environ, "LEDGER_HOME": str(service.home)}
    process = subprocess.Popen(
        command("publish", str(service.data)), env=environment, stderr=subprocess.DEVNULL
    )
    time.sleep(2)
    process.kill()
    process.wait()


def back_up(service: Service) -> None:
    service.run("backup", "--force", str(service.home.parent / "ledger.dump"))


def restore(service: Service) -> None:
    service.run("restore", "--replace", str(service.home.parent / "ledger.dump"))


CONNECTIONS = """
import resource, socket, sys, time
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
port, count, start = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode()
held = []
for _ in range(count):
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(start) if start else None
    held.append(one)
time.sleep(8)
"""


def connections(count: int, start: str) -> Fault:
    def hold(service: Service) -> None:
        arguments = [sys.executable, "-c", CONNECTIONS, str(service.port), str(count), start]
        subprocess.run(arguments, check=False, stderr=subprocess.DEVNULL)

    return hold


def costly_questions(service: Service) -> None:
    """Ask from 64 connections at once for ten seconds what takes long to answer."""
    until = time.monotonic() + 10

    def ask(number: int) -> None:
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
            with contextlib.suppress(OSError, http.client.HTTPException):
                words = f"layoffs+at+{number}+{time.monotonic_ns()}"
                connection.request("GET", f"/v1/search?q={words}&limit=200")
                connection.getresponse().read()
            connection.close()

    threads = [threading.Thread(target=ask, args=(one,)) for one in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def stalled_streams(service: Service) -> None:
    """Ask for whole lists and read none of them."""
    held = []
    for _ in range(50):
        one = socket.create_connection(("127.0.0.1", service.port))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        one.sendall(b"GET /v1/waves?format=ndjson HTTP/1.1\r\nHost: a\r\n\r\n")
        held.append(one)
    time.sleep(5)
    for one in held:
        one.close()


FAULTS: list[tuple[str, Fault]] = [
    ("nothing", lambda _: time.sleep(3)),
    ("kill -9 of the embedded PostgreSQL", kill_database),
    ("kill -9 of one of its backends", kill_a_backend),
    ("PostgreSQL is stopped by somebody", stop_database_for_good),
    ("PostgreSQL hangs for 7 s", freeze_database),
    ("kill -9 of one worker", kill_a_worker),
    ("kill -9 of all workers", kill_all_workers),
    ("a worker hangs", hang_a_worker),
    ("SIGHUP", reload_workers),
    ("backup", back_up),
    ("publication", publish),
    ("kill -9 of a publisher", kill_a_publisher),
    ("restore of the backup", restore),
    ("10,000 idle connections", connections(10_000, "")),
    ("2,000 slow headers", connections(2_000, "GET /v1/waves HTTP/1.1\r\nHost: a\r\nX-A: ")),
    ("50 whole lists that nobody reads", stalled_streams),
    ("64 connections with costly questions", costly_questions),
]


@contextlib.contextmanager
def service() -> Iterator[Service]:
    with tempfile.TemporaryDirectory(prefix="layoff-ledger-faults-") as name:
        folder = Path(name)
        # As root the embedded server runs as another user, who has to reach its folder.
        folder.chmod(0o755)
        data = Path(shutil.copytree(FIXTURE, folder / "data"))
        home = folder / "home"
        with started("--workers", "2", LEDGER_HOME=str(home)) as serve:
            yield Service(serve, home, data)


def recovers(readers: Readers, mended: Callable[[], bool]) -> bool:
    """Wait until nothing fails for a while, and what no memory has is answered."""
    begun = time.monotonic()
    while time.monotonic() - begun < MAX_RECOVERY_SECONDS:
        before, failures = readers.uncached_at, readers.failures()
        time.sleep(1.5)
        is_right = readers.uncached_at > before and readers.failures() == failures
        if is_right and mended():
            return True
    return False


def main() -> int:
    """Break one thing after the other; give 1 where something stayed broken or an answer wrong."""
    head = f"{'what was broken':<38}{'answers':>8}{'200':>8}{'503':>6}{'none':>6}{'wrong':>6}"
    print(f"{head}{'p50 ms':>8}{'p99 ms':>8}{'gap s':>7}{'again s':>9}", flush=True)
    failed = False
    with service() as broken, Readers(broken.port) as readers:
        for name, fault in FAULTS:
            # The memory of workers is filled before each.
            time.sleep(2)
            readers.begin()
            fault(broken)
            is_back = recovers(readers, lambda: len(broken.workers()) == 2)
            wrong, seconds = readers.wrong, sorted(readers.seconds)
            statuses = readers.statuses
            none = statuses.get("refused", 0) + statuses.get("no answer", 0)
            failed |= bool(wrong) or not is_back or broken.serve.process.poll() is not None
            half, most = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
            print(
                f"{name:<38}{len(seconds):>8}{statuses.get('200', 0):>8}"
                f"{statuses.get('503', 0):>6}{none:>6}{len(wrong):>6}{half * 1000:>8.1f}"
                f"{most * 1000:>8.1f}{readers.longest_gap:>7.2f}"
                f"{f'{readers.uncached_gap:.2f}' if is_back else 'never':>9}",
                flush=True,
            )
            for one in wrong[:5]:
                print(f"    {one}")
            wrong.clear()
        if failed:
            print(broken.serve.log.read_text()[-4_000:])
    print("FAILED" if failed else "nothing stayed broken, and no answer was wrong")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
