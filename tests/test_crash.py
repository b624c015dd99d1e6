"""Crashes: whatever is killed, and whenever, the ledger is at one revision, and whole.

Readers ask all the while. Each of their answers is from one revision, and none takes a second.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import asyncpg
import httpx
import pytest

from layoff_ledger import postgres
from layoff_ledger.statement import OPEN_END, Connection
from support.databases import make_database
from support.revisions import FIXTURE
from support.services import command, serving, wait_for_revision

pytestmark = pytest.mark.slow

Json = dict[str, Any]
WAVES = 8


def mark(data: Path, number: int) -> None:
    """Put a number on every wave, and into two figures that statistics add up."""
    shutil.copytree(FIXTURE, data, dirs_exist_ok=True)
    for path in (data / "waves").glob("*.toml"):
        lines = path.read_text().splitlines()
        kept = [line for line in lines if not line.startswith(('note = "The fil', 'note = "Rep'))]
        text = "\n".join([f'note = "marked {number}"', *kept, ""])
        text = text.replace("low = 300\n", f"low = {1000 + number}\n")
        path.write_text(text.replace("value = 500\n", f"value = {1000 + number}\n"))


def publisher(url: str, data: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command("publish", str(data)),
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def publishes(url: str, data: Path) -> bool:
    process = publisher(url, data)
    process.communicate()
    return process.returncode == 0


class Readers:
    """Query a service until told to stop; `broken` collects what is not whole."""

    def __init__(self, address: httpx.URL) -> None:
        self.address = address
        self.stop = threading.Event()
        self.broken: list[str] = []
        self.answers = 0
        self.marks: dict[int, int] = {}
        """Revision → the number on its waves."""
        self.newest = 1
        self.threads = [
            threading.Thread(target=self.read, args=(one,))
            for one in (self.waves, self.statistics, self.changes)
        ]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def read(self, once: Callable[[httpx.Client], None]) -> None:
        # Anything above a second is too long: httpx raises.
        with httpx.Client(base_url=self.address, timeout=1.0) as client:
            while not self.stop.is_set() and not self.broken:
                try:
                    once(client)
                except (AssertionError, httpx.HTTPError, KeyError, ValueError) as error:
                    self.broken.append(f"{once.__name__}: {error!r}")
                self.answers += 1
                time.sleep(0.005)

    def is_of(self, revision: int, number: int) -> None:
        """Compare every answer of a revision with the first one."""
        assert self.marks.setdefault(revision, number) == number

    def get(self, client: httpx.Client, path: str) -> Json:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        return told

    def waves(self, client: httpx.Client) -> None:
        page = self.get(client, "/v1/waves?count=exact&limit=200")
        assert page["meta"]["count"] == len(page["data"]) == WAVES
        (note,) = {one["note"] for one in page["data"]}
        self.is_of(page["meta"]["revision"], int(note.removeprefix("marked ")))
        assert page["meta"]["revision"] >= self.newest, "back in time"
        self.newest = page["meta"]["revision"]

    def statistics(self, client: httpx.Client) -> None:
        page = self.get(client, "/v1/statistics?group_by=company")
        groups = {one["keys"]["company"]: one for one in page["data"]}
        assert page["meta"]["count"] == sum(one["waves"] for one in groups.values())
        number = groups["umbrella"]["headcount_low"] - 1000
        assert groups["globex"]["headcount_low"] == 1200 + 1000 + number
        self.is_of(page["meta"]["revision"], number)

    def changes(self, client: httpx.Client) -> None:
        since = self.newest - 1
        page = self.get(client, f"/v1/changes?since={since}&limit=200")
        assert page["meta"]["count"] == len(page["data"])
        for revision in range(since + 1, page["meta"]["revision"] + 1):
            here = [one for one in page["data"] if one["revision"] == revision]
            assert [one["position"] for one in here] == list(range(1, len(here) + 1))
            waves = [one["document"] for one in here if one["resource"] == "wave"]
            assert len(waves) == WAVES
            (note,) = {one["note"] for one in waves}
            self.is_of(revision, int(note.removeprefix("marked ")))


# Migrating takes a transaction of its own before; only publishing writes to this table.
WRITERS = (
    "select pid from pg_locks where relation = 'ledger.collection'::regclass "
    "and mode = 'RowExclusiveLock' and pid <> pg_backend_pid()"
)
OTHERS = (
    "select count(*) from pg_stat_activity where datname = current_database() "
    "and backend_xid is not null and pid <> pg_backend_pid()"
)


async def writes(connection: Connection, process: subprocess.Popen[bytes]) -> int:
    """Wait until a publisher is in its transaction and has written; return its server process."""
    for _ in range(10_000):
        pid = await connection.fetchval(WRITERS)
        if pid is not None:
            return int(pid)
        if process.poll() is not None:
            break
        await asyncio.sleep(0.001)
    pytest.fail("nothing was written")


async def nobody_else_writes(connection: Connection) -> None:
    """Wait until the server has noticed that its client is gone."""
    for _ in range(400):
        if await connection.fetchval(OTHERS) == 0:
            return
        await asyncio.sleep(0.025)
    pytest.fail("the killed publisher's transaction is still open")


async def is_whole(connection: Connection, number: int) -> int:
    """Check that all waves are from one publication, with the right number; return the revision."""
    newest: int = await connection.fetchval("select max(number) from api.revision")
    rows = await connection.fetch(
        "select (body::jsonb ->> 'note') as note, first_revision from ("
        "select '{' || body as body, first_revision from ledger.document "
        "where resource = 'wave' and last_revision = $1) as version",
        OPEN_END,
    )
    assert len(rows) == WAVES
    ((note, first),) = {(row["note"], row["first_revision"]) for row in rows}
    assert first == newest
    assert note == f"marked {number}"
    return newest


async def test_a_killed_publisher_leaves_the_old_revision_or_the_new_one(
    server: str, data: Path
) -> None:
    """`kill -9` at 30 moments from its first breath to after its commit."""
    dice = random.Random(20_240_229)  # noqa: S311 the same moments each time
    url = await make_database(server)
    mark(data, 0)
    with serving("--data", str(data), environment={"DATABASE_URL": url}) as client:
        connection = await asyncpg.connect(url)
        with Readers(client.base_url) as readers:
            begins, lasts = await undisturbed(connection, url, data)
            newest, number, killed_writing = 2, 1, 0
            for attempt in range(30):
                mark(data, attempt + 2)
                process = publisher(url, data)
                if attempt % 3 == 0:
                    # From its first breath.
                    await asyncio.sleep(dice.random() * begins)
                else:
                    await writes(connection, process)
                    # One at once, so that at least one is certainly killed in its transaction.
                    moment = 0.0 if attempt == 1 else dice.random() * 1.2
                    await asyncio.sleep(moment * lasts)
                process.kill()
                process.communicate()
                await nobody_else_writes(connection)
                found = await connection.fetchval("select max(number) from api.revision")
                assert found in {newest, newest + 1}
                if found > newest:
                    newest, number = found, attempt + 2
                elif attempt % 3 != 0:
                    killed_writing += 1
                assert await is_whole(connection, number) == newest
                assert not readers.broken, readers.broken
            mark(data, 99)
            assert publishes(url, data)
            newest = await is_whole(connection, 99)
            wait_for_revision(client, newest)
        await connection.close()
    assert killed_writing > 0
    assert not readers.broken, readers.broken
    assert readers.answers > 100


async def undisturbed(connection: Connection, url: str, data: Path) -> tuple[float, float]:
    """Publish revision 2, and tell after how many seconds it writes and for how many."""
    mark(data, 1)
    begun = time.monotonic()
    process = publisher(url, data)
    await writes(connection, process)
    wrote = time.monotonic()
    while await connection.fetchval(WRITERS) is not None:
        await asyncio.sleep(0.001)
    ended = time.monotonic()
    process.communicate()
    assert process.returncode == 0
    assert await is_whole(connection, 1) == 2
    return wrote - begun, ended - wrote


async def test_a_killed_database_comes_back_at_the_old_revision(home: Path, data: Path) -> None:
    """`kill -9` of the server process that publishes: PostgreSQL recovers, and so does the rest."""
    own = home / "killed"
    mark(data, 0)
    with (
        postgres.embedded(own) as server,
        serving("--data", str(data), environment={"DATABASE_URL": server}) as client,
    ):
        connection = await asyncpg.connect(server)
        mark(data, 1)
        process = publisher(server, data)
        os.kill(await writes(connection, process), signal.SIGKILL)
        _, told = process.communicate()
        assert process.returncode == os.EX_TEMPFAIL
        assert told.startswith(b"layoff-ledger: ")
        assert b"Traceback" not in told
        connection.terminate()

        for _ in range(200):
            answer = client.get("/v1/waves?limit=200")
            if answer.status_code == 200:
                break
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            await asyncio.sleep(0.05)
        assert {one["note"] for one in answer.json()["data"]} == {"marked 0"}
        connection = await once_it_is_back(server)
        assert await is_whole(connection, 0) == 1
        assert publishes(server, data)
        assert await is_whole(connection, 1) == 2
        wait_for_revision(client, 2)
        assert {one["note"] for one in client.get("/v1/waves").json()["data"]} == {"marked 1"}
        await connection.close()


async def once_it_is_back(url: str) -> Connection:
    for _ in range(200):
        try:
            return await asyncpg.connect(url)
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)
    pytest.fail("the database did not come back")
