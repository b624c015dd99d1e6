"""Supervision: what is killed or hangs is replaced, and readers meet 503 at worst, for seconds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from layoff_ledger import paths, postgres, processes, server
from layoff_ledger.imports import shipped
from layoff_ledger.processes import Heart, RunFolder, read_state
from layoff_ledger.routes import health
from support.outages import read_only
from support.services import Started, is_alive, is_ready, started
from support.waiting import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.thorough


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def workers(serve: Started) -> list[int]:
    return [one.pid for one in serve.workers()]


def have_begun(serve: Started) -> bool:
    """Return whether two workers serve: each listens as soon as it exists, and begins later."""
    place = Path(tempfile.gettempdir())
    folders = [
        one
        for root in (Path(processes.MEMORY), place)
        for one in root.glob(f"{processes._PREFIX}{serve.process.pid}-*")
    ]
    found = workers(serve)
    return len(found) == 2 and all(
        any((folder / f"beat-{pid}").exists() for folder in folders) for pid in found
    )


def are_replaced(serve: Started, killed: list[int]) -> bool:
    return len(set(workers(serve)) - set(killed)) == len(killed)


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("supervised")


@pytest.fixture(scope="module")
def serve(own_home: Path) -> Iterator[Started]:
    """Two workers on an embedded server of their own; the tests kill them one after the other."""
    with started("--workers", "2", LEDGER_HOME=str(own_home)) as one:
        wait_until(lambda: len(workers(one)) == 2)
        yield one
        assert "Traceback" not in one.end()


def test_a_crashed_embedded_server_is_started_again(serve: Started, own_home: Path) -> None:
    cached = serve.client.get("/v1/waves?limit=2")
    before = postmaster(own_home)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: not is_alive(before))

    away = serve.client.get("/v1/waves?limit=3")
    again = serve.client.get("/v1/waves?limit=2")
    wait_until(lambda: is_ready(serve.client))
    back = serve.client.get("/v1/waves?limit=3")

    assert again.content == cached.content
    assert away.status_code in {200, 503}
    assert away.status_code == 200 or away.headers["retry-after"]
    assert back.status_code == 200
    assert postmaster(own_home) != before
    wait_until(lambda: "the embedded PostgreSQL is running again" in serve.log.read_text())


def test_killed_workers_are_replaced_and_never_end_the_service(serve: Started) -> None:
    """Twice within seconds, both of them: Granian alone would end the service for that."""
    for _ in range(2):
        killed = workers(serve)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        wait_until(partial(are_replaced, serve, killed))

    assert serve.process.poll() is None
    wait_until(lambda: is_ready(serve.client))


def test_one_worker_answers_while_the_other_one_is_replaced(serve: Started) -> None:
    # Otherwise the other one might also be about to begin, for minutes on a busy machine.
    wait_until(lambda: have_begun(serve))
    killed = workers(serve)[0]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not is_alive(killed))

    def alive() -> int:
        address = f"{serve.client.base_url}/health/live"
        return httpx.get(address, timeout=PATIENCE_SECONDS).status_code

    # On a busy machine, the other one may be back before it can be looked at.
    statuses = {alive()}
    while len(workers(serve)) < 2:
        statuses.add(alive())

    assert statuses == {200}


@pytest.mark.slow
def test_a_worker_that_hangs_is_replaced(serve: Started) -> None:
    wait_until(lambda: len(workers(serve)) == 2)
    hanging = workers(serve)[0]
    os.kill(hanging, signal.SIGSTOP)

    wait_until(lambda: not is_alive(hanging), seconds=6 * server.MAX_SILENT_LOOKS)
    wait_until(lambda: len(workers(serve)) == 2)
    assert "hangs: killing and replacing it" in serve.log.read_text()


def test_a_worker_is_silent_once_its_heart_stops(tmp_path: Path) -> None:
    folder, heart, pid = RunFolder(tmp_path), Heart(tmp_path), os.getpid()
    assert folder.silent_looks(pid) == (1, False)
    assert folder.silent_looks(pid) == (2, False)
    heart.beat()
    assert folder.silent_looks(pid) == (0, True)
    assert folder.silent_looks(pid) == (1, True)
    heart.beat()
    assert folder.silent_looks(pid) == (0, True)


def test_a_folder_that_turns_read_only_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told, folder = RunFolder(tmp_path), tmp_path / "exports"
    folder.mkdir()
    told.look_at({"exports": folder / "made later"})
    before = read_state(tmp_path).writable
    with read_only(folder):
        told.look_at({"exports": folder / "made later"})
        told.look_at({"exports": folder / "made later"})
        during = read_state(tmp_path).writable
    told.look_at({"exports": folder / "made later"})

    assert (before, during) == ({"exports": True}, {"exports": False})
    assert read_state(tmp_path).writable == {"exports": True}
    assert len([one for one in caplog.messages if "no export can be made" in one]) == 1
    assert len([one for one in caplog.messages if "can be written again" in one]) == 1


def test_a_disk_that_fills_up_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, folder = RunFolder(tmp_path), tmp_path / "made later"
    usage = shutil.disk_usage("/")
    found = []
    for free in (2**30, 2**20, 2**20, 2**30):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        told.look_at({"database": folder})
        found.append(read_state(tmp_path).full)

    assert found == [{"database": is_so} for is_so in (False, True, True, False)]
    assert read_state(tmp_path).writable == {"database": True}
    told_of = [one for one in caplog.messages if "the disk of the database is full" in one]
    assert len(told_of) == 1
    assert len([one for one in caplog.messages if "has room again" in one]) == 1


def test_what_a_killed_service_left_in_memory_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "MEMORY", str(tmp_path))
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    left = tmp_path / f"layoff-ledger-run-{ended.pid}-a"
    other = tmp_path / f"layoff-ledger-run-{os.getppid()}-a"
    left.mkdir()
    other.mkdir()
    with processes.run_folder() as folder:
        assert folder.path.parent == tmp_path
        assert sorted(tmp_path.iterdir()) == sorted([other, folder.path])


def test_notices_are_published_once_the_database_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Here it is away for good: each attempt ends with the status that says so."""
    monkeypatch.setattr(shipped, "PAUSES_SECONDS", (0.1,))
    address, folder = "postgresql://ledger@127.0.0.1:1/ledger", RunFolder(tmp_path)
    publisher = shipped._Publisher(address, paths.DATA, folder)
    publisher.start()
    # Not before a worker has begun.
    publisher.join(0.3)
    assert publisher.is_alive()
    assert caplog.messages == []
    Heart(tmp_path).beat()
    publisher.join(30)

    assert [one for one in caplog.messages if "not published" in one] == [
        "the notices were not published; trying again in 0 s"
    ]


def test_who_asks_is_told_that_notices_are_still_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(processes.VARIABLE, str(tmp_path))
    address, folder = "postgresql://ledger@127.0.0.1:1/ledger", RunFolder(tmp_path)

    assert health.warnings() == []
    with shipped.published_beside(address, paths.DATA, folder):
        # Whether any are is only known after comparing them with those in the ledger.
        assert health.warnings() == []
    with shipped.published_beside(address, paths.DATA, folder, is_new=True):
        assert health.warnings() == [processes.NOTICES_COMING]
    assert health.warnings() == []


def test_workers_know_what_their_parent_tells(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.report_database(postgres.Outages(restarts=3))
    folder.count("worker_restarts")

    assert read_state(tmp_path).database.restarts == 3
    assert read_state(tmp_path).worker_restarts == 1
    assert read_state(None).workers == 0


def test_a_worker_that_ended_between_two_looks_has_begun(tmp_path: Path) -> None:
    """Killing all of them, again and again, does not end a service that has answered."""
    served, never = RunFolder(tmp_path / "served"), RunFolder(tmp_path / "never")
    for folder in (served, never):
        folder.path.mkdir()
    Heart(served.path).beat()

    for folder in (served, never):
        for _ in range(server.MAX_FALSE_STARTS + 1):
            folder.count("worker_restarts")
            folder.forget(os.getpid())

    assert served.false_starts() == 0
    assert never.false_starts() > server.MAX_FALSE_STARTS


def test_workers_that_never_begin_end_the_service(tmp_path: Path) -> None:
    """Code that cannot be started is no use, however often it is tried."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(postgres.__file__).parents[1]), str(tmp_path)]),
        "DATABASE_URL": "",
        "LEDGER_RUN": str(tmp_path),
    }
    script = (
        "import sys\nfrom pathlib import Path\nfrom layoff_ledger import server, processes\n"
        "server.MAX_FALSE_STARTS = 0\n"
        "try:\n    server.run_server('127.0.0.1', 0, 1, processes.RunFolder(Path(sys.argv[1])))\n"
        "except server.ServerError as error:\n    sys.exit(str(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "no worker managed to start; the log says why" in done.stderr


EMBEDDED = """
import sys
from pathlib import Path
from layoff_ledger import postgres
with postgres.embedded(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def test_two_servers_that_start_at_once_do_not_shut_each_other_out(tmp_path: Path) -> None:
    """Their sockets are in one folder if their own have long paths."""
    homes = [tmp_path / (letter * 120) for letter in "xy"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", EMBEDDED, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for home in homes
    ]
    try:
        urls = []
        for process in processes:
            assert process.stdout is not None
            urls.append(process.stdout.readline().strip())
        for url in urls:
            folder = Path(url.partition("host=")[2])
            assert folder.stat().st_mode & 0o077 == 0, "others could log in without a password"
    finally:
        for process in processes:
            process.communicate()
    assert len(set(urls)) == 2
    assert all(url.startswith("postgresql://") for url in urls)


def test_the_number_of_a_dead_server_may_be_another_process(tmp_path: Path) -> None:
    """As in a container that was killed: the process id of its server is taken again."""
    with postgres.embedded(tmp_path):
        left = (tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()
    (tmp_path / "postgres" / "postmaster.pid").write_text(
        "\n".join([str(os.getpid()), *left[1:], ""])
    )

    with postgres.embedded(tmp_path):
        assert postmaster(tmp_path) != os.getpid()


async def test_pages_of_the_embedded_server_have_checksums(server: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        assert await connection.fetchval("show data_checksums") == "on"
    finally:
        await connection.close()


async def test_what_was_asked_is_answered_before_the_service_ends(own_home: Path) -> None:
    with postgres.embedded(own_home) as url, started(DATABASE_URL=url) as one:
        connection = await asyncpg.connect(url)
        answers: list[httpx.Response] = []
        async with connection.transaction():
            await connection.execute("lock table ledger.wave_facet in access exclusive mode")
            asking = threading.Thread(
                target=lambda: answers.append(one.client.get("/v1/waves?limit=4"))
            )
            asking.start()
            waiting = "select count(*) from pg_locks where not granted"
            while not await connection.fetchval(waiting):
                time.sleep(0.01)
            one.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
        asking.join(timeout=60)
        assert one.process.wait(timeout=60) == 0
        await connection.close()

    assert answers[0].status_code == 200
    assert len(answers[0].json()["data"]) == 4


def test_what_a_worker_consists_of_is_not_looked_through_for_garbage(
    fixture_database: str,
) -> None:
    # Examining them stopped all of its requests for 60 ms, every second.
    code = (
        "import gc; from layoff_ledger.app import serve_app; app = serve_app(); "
        "print(gc.get_freeze_count(), len(gc.get_objects()))"
    )
    done = subprocess.run(
        (sys.executable, "-c", code),
        env={**os.environ, "DATABASE_URL": fixture_database},
        capture_output=True,
        text=True,
        check=True,
    )

    exempt, looked_through = map(int, done.stdout.split())
    assert exempt > 50_000
    assert looked_through < exempt / 20


def test_who_was_orphaned_at_its_start_ends() -> None:
    """Before it could ask the kernel to be told: its parent is the first process by then."""
    orphan = (
        "import os, sys, time\nif os.fork():\n    os._exit(0)\n"
        "while os.getppid() != 1:\n    time.sleep(0.01)\n"
        "from layoff_ledger import orphans\norphans.end_with_parent()\nprint('goes on')"
    )
    for parent, said in (("2", "is gone"), ("1", "goes on")):
        done = subprocess.run(
            [sys.executable, "-c", orphan],
            env={**os.environ, "LEDGER_PARENT": parent},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert said in done.stdout


def test_a_process_in_which_python_does_not_run_any_more_is_ended() -> None:
    """A worker stood still when it was told to stop, and none of its threads could end it."""
    stuck = (
        "import ctypes\n"
        "from layoff_ledger import orphans\n"
        "orphans.STUCK_SECONDS = 2\n"
        "orphans.end_with_parent()\n"
        # It keeps Python's lock.
        "ctypes.PyDLL(None).sleep(600)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", stuck], stderr=subprocess.PIPE, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert "Timeout" in done.stderr


@pytest.mark.slow
def test_an_orphan_that_does_not_end_is_ended(tmp_path: Path) -> None:
    """A worker once outlived the process that had started it, and kept the port."""
    told = tmp_path / "pid"
    child = (
        "import os, pathlib, signal, time\n"
        "from layoff_ledger import orphans\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "orphans.end_with_parent()\n"
        f"pathlib.Path({str(told)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])",
        ]
    )
    try:
        wait_until(lambda: told.exists() and told.read_text() != "")
        orphan = psutil.Process(int(told.read_text()))
    finally:
        parent.kill()
        parent.wait()
    assert orphan.is_running()
    orphan.wait(timeout=60)
