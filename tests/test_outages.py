"""What readers get while the database is away, slow, full, behind or another one by now.

Cached answers, with an honest `Age` if nobody can say whether they are the newest; or 503 with
`Retry-After`; never a wrong answer, nor one that mixes two revisions.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from layoff_ledger.store.hosts import Hosts
from support.clusters import Cluster, primary_and_replica
from support.databases import execute, make_database, publish_folder, value
from support.outages import FAKE_CLOCK, Disk, Slow, faked_clock, held_up, read_only
from support.readers import Readers
from support.revisions import FIXTURE, edit
from support.services import Started, run, started, wait_for_revision
from support.waiting import wait_until

FIELDS = ["id", "id,headcount", "id,share", "id,title", "id,roles", "id,events"]
EDITED = ("waves/globex-2023-09.toml", "low = 300", "low = 400")


def status(client: httpx.Client, path: str) -> int:
    answer = client.get(path)
    assert answer.status_code in {200, 503}
    assert answer.status_code == 200 or int(answer.headers["retry-after"]) > 0
    return answer.status_code


@pytest.fixture(scope="module")
def user(server: str, home: Path) -> int | None:
    """The user that a server may run as: as root, the one that the embedded server made."""
    assert server
    return (home / "postgres").stat().st_uid if os.geteuid() == 0 else None


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "data"))


Pair = tuple[Cluster, Cluster, Started]


@pytest.fixture
def pair(user: int | None, data: Path) -> Iterator[Pair]:
    """A ledger on a primary with its replica, and a service of two workers that may ask both."""
    with primary_and_replica(user) as (primary, replica, url):
        asyncio.run(publish_folder(primary.url, data))
        with started("--workers", "2", DATABASE_URL=url) as serve:
            yield primary, replica, serve


@pytest.mark.slow
def test_readers_hardly_notice_that_a_replica_takes_over(pair: Pair, data: Path) -> None:
    primary, replica, serve = pair
    with Readers(serve.client.base_url.port or 0) as readers:
        time.sleep(2)
        readers.begin()
        primary.kill()
        time.sleep(2)
        replica.ask("select pg_promote()")
        edit(data, *EDITED)
        published = run("publish", str(data), DATABASE_URL=replica.url)
        wait_for_revision(serve.client, 2)
        wait_until(lambda: 2 in readers.revisions)
        time.sleep(2)

    assert published.returncode == 0, published.stderr
    assert readers.wrong == []
    assert readers.revisions == {1, 2}
    assert readers.failures() <= 0.01 * sum(readers.statuses.values()), readers.statuses


@pytest.mark.slow
def test_a_replica_that_is_behind_answers_no_newer_revision(pair: Pair, data: Path) -> None:
    primary, replica, serve = pair
    replica.ask("select pg_wal_replay_pause()")
    edit(data, *EDITED)
    asyncio.run(publish_folder(primary.url, data))
    wait_until(lambda: {ask(serve, "/v1/waves?limit=2").json()["meta"]["revision"]} == {2})
    cached = [ask(serve, "/v1/waves?limit=2") for _ in range(20)][-1]
    primary.kill()

    statuses = []
    for number in range(len(FIELDS)):
        answer = ask(serve, f"/v1/waves?company=globex&select={FIELDS[number]}")
        statuses.append(answer.status_code)
        assert answer.status_code == 503, answer.text
        assert answer.headers["retry-after"]
    again = ask(serve, "/v1/waves?limit=2")
    replica.ask("select pg_wal_replay_resume()")
    wait_until(lambda: status(serve.client, "/v1/waves/globex-2023-09") == 200)
    back = serve.client.get("/v1/waves/globex-2023-09").json()

    assert 503 in statuses
    assert again.content == cached.content
    assert (back["revision"], back["headcount"]["low"]) == (2, 400)


def ask(serve: Started, path: str) -> httpx.Response:
    """Ask over a separate connection, which either worker may get."""
    return httpx.get(f"{serve.client.base_url}{path}", timeout=30)


@pytest.mark.slow
def test_a_host_that_hangs_is_left_for_another_one(pair: Pair) -> None:
    """It accepts connections and says nothing, like a host whose disk is gone."""
    primary, _, serve = pair
    cached = serve.client.get("/v1/waves?limit=2")
    primary.signal(signal.SIGSTOP)
    numbers = iter(range(1, 1_000_000))
    wait_until(lambda: status(serve.client, f"/v1/waves?headcount_gte={next(numbers)}") == 200, 40)
    again = serve.client.get("/v1/waves?limit=2")

    assert again.content == cached.content


async def test_hosts_are_read_as_libpq_reads_them() -> None:
    written = [
        "postgresql://u:p%40@a:1,b,[::1]:3/d?x=y",
        "postgresql://u@/d?host=/run/a,/run/b&port=1,2",
        "postgresql:///d?host=a,b&port=7&target_session_attrs=prefer-standby",
        "postgresql://a/d",
    ]
    read = [Hosts(one) for one in written]

    assert read[0]._hosts == [("a", 1), ("b", 5432), ("::1", 3)]
    assert read[1]._hosts == [("/run/a", 1), ("/run/b", 2)]
    assert read[2]._hosts == [("a", 7), ("b", 7)]
    assert read[2]._kinds == ["standby", "any"]
    assert len(read[3]) == 1


@pytest.fixture
def slow(fixture_database: str) -> Iterator[tuple[Slow, Started]]:
    with (
        held_up(fixture_database) as (between, url),
        started(DATABASE_URL=url, LEDGER_STATEMENT_TIMEOUT_MS="1000") as serve,
    ):
        yield between, serve


@pytest.mark.slow
def test_a_database_that_is_slow_holds_up_who_has_to_ask_it(slow: tuple[Slow, Started]) -> None:
    between, serve = slow
    cached = serve.client.get("/v1/waves?limit=2")
    right = serve.client.get("/v1/waves?limit=3").json()
    between.seconds = 0.4
    late = serve.client.get("/v1/waves?limit=3&count=exact")
    begun = time.monotonic()
    ready = serve.client.get("/v1/waves?limit=2")
    took = time.monotonic() - begun

    between.seconds = 20.0
    begun = time.monotonic()
    away = serve.client.get("/v1/waves?limit=4")
    away_took = time.monotonic() - begun
    wait_until(lambda: "age" in serve.client.get("/v1/waves?limit=2").headers, 40)
    old = serve.client.get("/v1/waves?limit=2")
    dated = serve.client.get("/v1/waves?limit=2", headers={"if-none-match": cached.headers["etag"]})
    between.seconds = 0.0
    wait_until(lambda: "age" not in serve.client.get("/v1/waves?limit=2").headers, 60)

    assert late.json()["data"] == right["data"]
    assert ready.content == cached.content
    assert took < 0.3
    assert away.status_code == 503
    assert away.headers["retry-after"]
    assert away_took < 20, (
        "five seconds for a connection, and the time of a statement and five more"
    )
    assert old.content == cached.content
    assert 10 <= int(old.headers["age"]) < 90
    assert dated.status_code == 304
    assert dated.headers["age"]
    assert serve.client.get("/v1/waves?limit=4").status_code == 200


def own_time(serve: Started, request_id: str) -> datetime.datetime:
    """Return what time it is for the service: that of the line of a request."""
    serve.client.get("/v1/waves?limit=1", headers={"x-request-id": request_id})
    for _ in range(100):
        for line in serve.log.read_text().splitlines():
            if f'"request_id":"{request_id}"' in line:
                return datetime.datetime.fromisoformat(json.loads(line)["timestamp"])
        time.sleep(0.05)
    pytest.fail("no line has the request")


@pytest.mark.slow
def test_a_clock_that_jumps_changes_no_answer(fixture_database: str, tmp_path: Path) -> None:
    """Three days on, a year on and back: workers are not taken for dead, nor answers for old."""
    clock = tmp_path / "clock"
    faked = faked_clock(clock)
    with started(
        *("--workers", "2"),
        **{"DATABASE_URL": fixture_database, "LEDGER_RATE_LIMIT": "100000/minute", **faked},
        LEDGER_LOG="json",
    ) as serve:
        workers = psutil.Process(serve.process.pid).children()
        with Readers(serve.client.base_url.port or 0) as readers:
            for offset in ("+3d", "+365d", "-3d", "+0d"):
                clock.write_text(offset)
                time.sleep(3)
                if FAKE_CLOCK is not None:
                    days = (
                        own_time(serve, offset.replace("+", "on-"))
                        - datetime.datetime.now(datetime.UTC)
                    ) / DAY
                    assert abs(days - float(offset.removesuffix("d"))) < 0.1
        still = psutil.Process(serve.process.pid).children()

    assert set(readers.statuses) == {"200"}, readers.statuses
    assert readers.wrong == []
    assert readers.ages == []
    assert readers.longest_gap < 2
    assert {one.pid for one in still} == {one.pid for one in workers}


async def test_a_publication_is_not_before_the_one_before_it(
    server: str, fixture_template: str, data: Path
) -> None:
    """The clock was set back since: what was said `as_of` a day stays true for good."""
    url = await make_database(server, fixture_template)
    await execute(url, "update ledger.revision set published_at = published_at + interval '2 days'")
    edit(data, *EDITED)
    await publish_folder(url, data)

    order = "select array_agg(number order by published_at, number) from ledger.revision"
    assert await value(url, order) == [1, 2]


DAY = datetime.timedelta(days=1)


@pytest.fixture
def disk() -> Iterator[Disk]:
    # A path of a socket has at most 107 bytes, so not in the folder of the tests.
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    one = Disk(folder)
    one.mount()
    try:
        yield one
    finally:
        one.unmount()
        shutil.rmtree(folder)


@pytest.mark.slow
def test_a_full_disk_takes_no_answer_and_no_revision_with_it(disk: Disk, data: Path) -> None:
    """Neither what the service stores about itself, which is on that disk too, nor its database."""
    temporary = disk.folder / "tmp"
    temporary.mkdir(mode=0o777)
    environment = {"LEDGER_HOME": str(disk.folder / "home"), "TMPDIR": str(temporary)}
    (disk.folder / "home").mkdir(mode=0o755)
    with started("--workers", "2", LEDGER_METRICS="loopback", **environment) as serve:
        with Readers(serve.client.base_url.port or 0) as readers:
            time.sleep(1)
            disk.fill()
            edit(data, *EDITED)
            failed = run("publish", str(data), **environment)
            export = serve.client.get("/v1/exports/1/waves.csv")
            # As long as a worker may be silent before it is taken for dead.
            time.sleep(13)
            full = dict(readers.statuses)
            ready = serve.client.get("/health/ready").text
            disk.empty()
            wait_until(lambda: status(serve.client, "/health/ready") == 200, 60)
            published = run("publish", str(data), **environment)
            wait_for_revision(serve.client, 2)
            wait_until(lambda: 2 in readers.revisions)
        text = serve.log.read_text()
        assert serve.process.poll() is None

    assert failed.returncode != 0
    assert "Traceback" not in failed.stderr
    assert failed.stderr.startswith("layoff-ledger: ")
    assert export.status_code in {200, 503}
    assert set(full) <= {"200", "503"}, full
    assert full["200"] > 100
    assert "the disk of the database is full" in ready or not disk.is_mounted
    assert published.returncode == 0, published.stderr
    assert readers.wrong == []
    assert readers.revisions == {1, 2}
    assert "hangs" not in text


@pytest.mark.slow
def test_readers_go_on_where_a_folder_turns_read_only(disk: Disk, data: Path) -> None:
    home = disk.folder / "home"
    home.mkdir(mode=0o755)
    environment = {"LEDGER_HOME": str(home), "LEDGER_METRICS": "loopback"}
    with started("--workers", "2", **environment) as serve:
        with Readers(serve.client.base_url.port or 0) as readers:
            time.sleep(3)
            with read_only(home):
                edit(data, *EDITED)
                refused = run("publish", str(data), **environment)
                time.sleep(12)
                seen = dict(readers.statuses)
                ready = serve.client.get("/health/ready")
                metrics = serve.client.get("/metrics").text
            wait_until(lambda: status(serve.client, "/health/ready") == 200, 60)
            wait_until(lambda: not serve.client.get("/health/ready").json().get("warnings"))
            published = run("publish", str(data), **environment)
            wait_for_revision(serve.client, 2)
            wait_until(lambda: 2 in readers.revisions)
        text = serve.log.read_text()

    assert refused.returncode == 1
    assert f"cannot write to {home / 'postgres'}: " in refused.stderr
    assert set(seen) <= {"200", "503"}, seen
    assert seen["200"] > 100
    assert "nothing can be published" in ready.text
    assert 'ledger_read_only{folder="database"} 1.0' in metrics
    assert readers.longest_gap < 2
    assert published.returncode == 0, published.stderr
    assert readers.wrong == []
    assert readers.revisions == {1, 2}
    assert "hangs" not in text


def test_a_folder_that_cannot_be_written_is_said_at_the_start(disk: Disk) -> None:
    home = disk.folder / "home"
    home.mkdir()
    if disk.is_mounted:
        subprocess.run(["mount", "-o", "remount,ro", disk.folder], check=True)
    else:
        home.chmod(0o555)

    done = run("serve", "--port", "1024", LEDGER_HOME=str(home))

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert f"cannot write to {home / 'postgres'}: " in done.stderr
    assert "set LEDGER_HOME to another folder" in done.stderr
