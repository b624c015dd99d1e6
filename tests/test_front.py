"""Real fronts: nginx, Varnish and PgBouncer with the files of `deploy/`, and a replica."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from support import fronts
from support.clusters import Cluster, primary_and_replica
from support.databases import make_database, publish_folder
from support.revisions import FIXTURE, edit
from support.services import command, free_port, wait_until_ready
from support.waiting import wait_until

pytestmark = pytest.mark.slow
NEWS = ("waves/globex-2023-09.toml", "low = 300", "low = 400")
WAVE = "/v1/waves/globex-2023-09"
TOKEN = "a token for tests"  # noqa: S105 of the tests alone


def client_of(port: int, address: str = "127.0.0.1") -> httpx.Client:
    """A client that asks from one of the machine's own addresses."""
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(
        base_url=f"http://127.0.0.1:{port}",
        transport=transport,
        timeout=30,
        headers={"accept-encoding": "identity"},
    )


SOON = 20.0
"""Seconds within which a publication shows: an answer that nobody purges stays for five minutes.

On a machine that nobody else uses it takes less than one.
"""


def headcount(client: httpx.Client, path: str = WAVE) -> int:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    low: int = answer.json()["headcount"]["low"]
    return low


class Service:
    """A separate ledger with two processes, whose log can be read."""

    def __init__(self, url: str, data: Path, port: int, log: Path) -> None:
        self.url, self.data, self.port, self.log = url, data, port, log

    def asked(self, after: int = 0, count: int = 0) -> list[dict[str, object]]:
        """Return the requests that came to the service after this many, once there are `count`."""
        if count:
            wait_until(lambda: len(self.asked()) >= after + count)
        # A line is written after its answer was sent.
        time.sleep(0.1)
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        found = [json.loads(line) for line in lines]
        requests = [one for one in found if one.get("event") == "request"]
        return [one for one in requests if not one["path"].startswith(("/health", "/metrics"))][
            after:
        ]

    def purges(self) -> int:
        """Return how often a cache has accepted a purge."""
        with client_of(self.port) as client:
            page = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
        found = re.search(r'ledger_purges_total{outcome="taken"} (\d+)', page)
        return 0 if found is None else int(found[1])

    def publish(self) -> None:
        edit(self.data, *NEWS)
        asyncio.run(publish_folder(self.url, self.data))


@contextlib.contextmanager
def service(
    url: str, data: Path, *, workers: int = 2, port: int | None = None, **environment: str
) -> Iterator[Service]:
    port = port or free_port()
    log = data.parent / f"log-{port}"
    arguments = ("serve", "--port", str(port), "--workers", str(workers), "--data", str(data))
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(*arguments),
            env={
                **os.environ,
                "DATABASE_URL": url,
                "LEDGER_LOG": "json",
                "LEDGER_LOG_ADDRESSES": "1",
                "LEDGER_TRUSTED_PROXIES": "127.0.0.1",
                "LEDGER_METRICS": TOKEN,
                **environment,
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        with client_of(port) as client:
            wait_until_ready(client, process, log)
        yield Service(url, data, port, log)
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def own(server: str, fixture_template: str, tmp_path: Path) -> tuple[str, Path]:
    """A database with the made-up ledger and its files, of one test's own."""
    data = Path(shutil.copytree(FIXTURE, tmp_path / "data"))
    return asyncio.run(make_database(server, fixture_template)), data


PAGES = [
    "/v1/waves?limit=2", "/v1/waves?limit=2&select=id,status", "/v1/companies", "/v1/sources?limit=3",
    WAVE, "/v1/statistics?group_by=year", "/v1/timeline", "/v1/waves?format=csv&limit=5", "/v1/coverage",
]  # fmt: skip
ENCODINGS = (
    "identity",
    "gzip",
    "br",
    "zstd",
    "gzip, deflate, br, zstd",
    "br, gzip",
    "zstd;q=0.1, br",
)


@fronts.needs("varnishd")
def test_varnish_keeps_what_it_may_and_turns_to_a_new_revision_within_a_second(
    own: tuple[str, Path],
) -> None:
    url, data = own
    purged, origin = free_port(), free_port()
    with (
        fronts.varnish([f"127.0.0.1:{origin}"], purged) as port,
        service(url, data, port=origin, LEDGER_PURGE=f"http://127.0.0.1:{purged}") as behind,
        client_of(port) as client,
    ):
        # Two processes tell it of the first revision, at once, a second and ten seconds later.
        wait_until(lambda: behind.purges() >= 6, 40)
        wait_until(lambda: client.get(WAVE).status_code == 200)

        seen: Counter[str] = Counter()
        for _ in range(5):
            for path in PAGES:
                for encoding in ENCODINGS:
                    answer = client.get(path, headers={"accept-encoding": encoding})
                    assert answer.status_code == 200, answer.text
                    assert answer.headers["vary"] == "Accept, Accept-Encoding"
                    seen[answer.headers["x-cache"]] += 1
                    is_large = int(answer.headers["content-length"]) >= 1_000
                    encoded = answer.headers.get("content-encoding", "identity")
                    chosen = {"gzip, deflate, br, zstd": "zstd", "br, gzip": "br"}
                    expected = chosen.get(encoding, encoding.rpartition(" ")[2])
                    assert encoded == expected or not is_large, (path, encoding)
        # identity, gzip, br, zstd and the one with weights: five of each page, and everything else
        # from memory.
        assert seen["miss"] == 5 * len(PAGES) - 1
        assert seen["hit"] == len(PAGES) * len(ENCODINGS) * 5 - seen["miss"]

        # Varnish alone answers HEAD and If-None-Match.
        before = len(behind.asked())
        got = client.get(WAVE)
        head = client.head(WAVE)
        assert head.headers["etag"] == got.headers["etag"]
        assert head.content == b""
        assert client.get(WAVE, headers={"if-none-match": got.headers["etag"]}).status_code == 304
        assert (
            client.get(WAVE, headers={"x-request-id": "mine-1"}).headers["x-request-id"] == "mine-1"
        )
        assert len(behind.asked()) == before

        # Problems are not cached.
        for _ in range(2):
            assert client.get("/v1/waves/none").headers["x-cache"] == "miss"
        assert [one["status"] for one in behind.asked(before, 2)] == [404, 404]

        # Answers `as_of` a revision outlive the publication, everything else is new within a
        # second.
        dated = f"{WAVE}?as_of=1"
        assert headcount(client, dated) == headcount(client) == 300
        behind.publish()
        wait_until(lambda: headcount(client) == 400, SOON)
        for _ in range(40):
            assert headcount(client) == 400
        again = client.get(dated)
        assert again.headers["x-cache"] == "hit"
        assert again.json()["headcount"]["low"] == 300
        assert behind.purges() >= 8

        # Nobody else can empty it, neither from another address nor through another proxy.
        with client_of(port, "127.0.0.2") as stranger:
            assert stranger.request("PURGE", "/").status_code == 405
        passed = client.request("PURGE", "/", headers={"x-forwarded-for": "192.0.2.1"})
        assert passed.status_code == 405
        assert client.get(WAVE).headers["x-cache"] == "hit"

        # The address of a client comes through, and not what the client says it is.
        with client_of(port, "127.0.0.3") as other:
            before = len(behind.asked())
            other.get("/v1/waves?limit=1", headers={"x-forwarded-for": "192.0.2.9"})
        assert [one["address"] for one in behind.asked(before, 1)] == ["127.0.0.3"]


@fronts.needs("varnishd")
def test_varnish_asks_again_by_tag_and_answers_meanwhile(own: tuple[str, Path]) -> None:
    url, data = own
    short = {"set beresp.keep = 1h;": "set beresp.keep = 1h; set beresp.ttl = 0.5s;"}
    with (
        service(url, data) as behind,
        fronts.varnish([f"127.0.0.1:{behind.port}"], more=short) as port,
        client_of(port) as client,
    ):
        assert client.get(WAVE).headers["x-cache"] == "miss"
        time.sleep(0.7)
        # Stale, but within the time of `stale-while-revalidate`.
        assert client.get(WAVE).headers["x-cache"] == "hit"
        wait_until(lambda: [one["status"] for one in behind.asked()] == [200, 304])

        behind.publish()
        time.sleep(0.7)
        assert headcount(client) == 300
        wait_until(lambda: headcount(client) == 400, SOON)


def cached_by_second(client: httpx.Client, seconds: float) -> dict[int, list[str]]:
    """Ask for a while, and return what nginx says about its answers by the second of the clock.

    A request in one second that is answered in the next one counts in both; the second that has
    already begun is left out.
    """
    found: dict[int, list[str]] = {}
    begun = time.time()
    while (asked := time.time()) < begun + seconds:
        shown = client.get(WAVE).headers["x-cache"]
        for second in {int(asked), int(time.time())}:
            found.setdefault(second, []).append(shown)
        time.sleep(0.02)
    return {second: shown for second, shown in found.items() if second > int(begun)}


@fronts.needs("nginx")
def test_nginx_keeps_for_a_second_and_asks_again_by_tag(own: tuple[str, Path]) -> None:
    url, data = own
    with (
        service(url, data) as behind,
        fronts.nginx(f"127.0.0.1:{behind.port}") as port,
        client_of(port) as client,
    ):
        got = [client.get(WAVE) for _ in range(20)]
        cached = [one.headers["x-cache"] for one in got]
        assert cached[0] == "MISS"
        # Unless a second begins meanwhile.
        assert set(cached[1:]) <= {"HIT", "MISS"}
        assert "HIT" in cached
        assert len({one.content for one in got}) == 1
        head = client.head(WAVE)
        assert head.headers["etag"] == got[0].headers["etag"]
        etag = {"if-none-match": got[0].headers["etag"]}
        assert client.get(WAVE, headers=etag).status_code == 304
        before = len(behind.asked())
        seconds = cached_by_second(client, 7.5)
        # No second shows what was requested in an earlier one.
        assert all(set(shown) - {"HIT"} for shown in seconds.values()), seconds
        # One slot for each second of five: from the sixth on it is revalidated.
        assert any("REVALIDATED" in shown for shown in seconds.values()), seconds
        assert 304 in [one["status"] for one in behind.asked(before)]
        for encoding in ("gzip", "br", "zstd"):
            again = {"accept-encoding": encoding}
            got = [client.get("/v1/waves?limit=5", headers=again) for _ in range(5)]
            assert {one.headers["content-encoding"] for one in got} == {encoding}
            assert got[0].headers["x-cache"] == "MISS"
            assert "HIT" in [one.headers["x-cache"] for one in got]
        assert (
            client.get("/v1/waves?limit=5", headers={"accept": "text/csv"}).headers["x-cache"]
            == "MISS"
        )

        before = len(behind.asked())
        for _ in range(2):
            assert client.get("/v1/waves/none").status_code == 404
        assert [one["status"] for one in behind.asked(before, 2)] == [404, 404]

        dated = f"{WAVE}?as_of=1"
        assert headcount(client, dated) == headcount(client) == 300
        behind.publish()
        # The second in which it was requested, and the time that the service takes to notice.
        wait_until(lambda: headcount(client) == 400, SOON)
        assert client.get(dated).headers["x-cache"] == "HIT"
        assert client.request("PURGE", "/").status_code == 405

        with client_of(port, "127.0.0.3") as other:
            before = len(behind.asked())
            other.get("/v1/waves?limit=1", headers={"x-forwarded-for": "192.0.2.9"})
        assert [one["address"] for one in behind.asked(before, 1)] == ["127.0.0.3"]


@pytest.mark.parametrize("program", ["nginx", "varnishd"])
def test_parts_of_exports_and_whole_lists_come_through(own: tuple[str, Path], program: str) -> None:
    if fronts.find(program) is None:
        pytest.skip(f"{program} is not installed")
    url, data = own
    front = fronts.nginx if program == "nginx" else lambda origin: fronts.varnish([origin])
    with (
        service(url, data, LEDGER_URL="https://ledger.example.org") as behind,
        front(f"127.0.0.1:{behind.port}") as port,
        client_of(port) as client,
        client_of(behind.port) as direct,
    ):
        path = "/v1/exports/1/waves.csv"
        whole = direct.get(path)
        assert client.get(path).content == whole.content
        before = len(behind.asked(0, 2))
        ranged = client.get(path, headers={"range": "bytes=100-199"})
        assert ranged.status_code == 206
        assert ranged.content == whole.content[100:200]
        assert ranged.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
        assert [one["status"] for one in behind.asked(before, 1)] == [206]
        resumed = {"range": "bytes=5-", "if-range": whole.headers["etag"]}
        assert client.get(path, headers=resumed).content == whole.content[5:]
        assert client.get(path, headers={"if-none-match": whole.headers["etag"]}).status_code == 304

        before += len(behind.asked(before, 3))
        lines = [client.get("/v1/claims?format=ndjson").text for _ in range(2)]
        assert lines[0] == lines[1] == direct.get("/v1/claims?format=ndjson").text
        # Nothing of unknown length is cached.
        assert len(behind.asked(before, 3)) == 3


@contextlib.contextmanager
def halting() -> Iterator[tuple[int, threading.Event]]:
    """An origin that sends a piece, and the next one only once it is told to."""
    go_on = threading.Event()

    class Halting(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("x-accel-buffering", "no")
            self.send_header("cache-control", "public, max-age=60")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"6\r\nfirst \r\n")
            self.wfile.flush()
            go_on.wait(20)
            self.wfile.write(b"4\r\nlast\r\n0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Halting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, go_on
    finally:
        go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("program", ["nginx", "varnishd"])
def test_a_piece_of_a_stream_is_passed_on_before_the_next_one_comes(program: str) -> None:
    if fronts.find(program) is None:
        pytest.skip(f"{program} is not installed")
    front = fronts.nginx if program == "nginx" else lambda origin: fronts.varnish([origin])
    with (
        halting() as (origin, go_on),
        front(f"127.0.0.1:{origin}") as port,
        client_of(port) as client,
    ):
        if program == "varnishd":
            go_on.set()
            wait_until(lambda: client.get("/other").status_code == 200)
            go_on.clear()
        with client.stream("GET", "/v1/waves") as answer:
            pieces = answer.iter_raw()
            assert next(pieces) == b"first "
            go_on.set()
            assert b"".join(pieces) == b"last"


@pytest.mark.parametrize("program", ["nginx", "varnishd"])
def test_what_a_client_says_of_itself_is_not_passed_on(program: str) -> None:
    if fronts.find(program) is None:
        pytest.skip(f"{program} is not installed")
    front = fronts.nginx if program == "nginx" else lambda origin: fronts.varnish([origin])
    received: list[dict[str, str]] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith("/health"):
                received.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with front(f"127.0.0.1:{server.server_port}") as port, client_of(port) as client:
            wait_until(lambda: client.get("/other").status_code == 200)
            own = {"forwarded": "for=192.0.2.8", "x-forwarded-for": "192.0.2.9"}
            for path in ("/v1/waves", "/v1/waves?as_of=1", "/v1/exports/1/waves.csv", "/mcp"):
                client.get(path, headers=own)
                assert "forwarded" not in received[-1], path
                assert received[-1]["x-forwarded-for"] == "192.0.2.9, 127.0.0.1", path
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def socket_of(url: str) -> tuple[str, int, str]:
    """Return folder, port and database of an address of a socket."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return query["host"][-1], int(query.get("port", ["5432"])[-1]), parts.path.removeprefix("/")


@fronts.needs("pgbouncer")
def test_answers_are_read_through_pgbouncer_in_transaction_mode(own: tuple[str, Path]) -> None:
    url, data = own
    asked = [f"{path}{'&' if '?' in path else '?'}as_of=1" for path in PAGES]
    with fronts.pgbouncer(*socket_of(url)) as pooler, service(url, data) as plain:
        with client_of(plain.port) as direct:
            expected = {
                path: direct.get(path).json() if "csv" not in path else None for path in asked
            }
            whole = direct.get("/v1/claims?format=ndjson&as_of=1").text
        with service(url, data, LEDGER_POOLER=pooler, LEDGER_POOL_SIZE="8") as behind:

            async def ask() -> None:
                base = f"http://127.0.0.1:{behind.port}"
                async with httpx.AsyncClient(base_url=base, timeout=30) as client:
                    # Each question is asked under a name of its own, so that none comes from
                    # memory.
                    turns = [(path, n) for n in range(8) for path in asked]

                    async def one(path: str, number: int) -> None:
                        host = {"host": f"n{number}.localhost"}
                        answer = await client.get(path, headers=host)
                        assert answer.status_code == 200, answer.text
                        if expected[path] is not None:
                            text = answer.text.replace(
                                f"n{number}.localhost", f"127.0.0.1:{plain.port}"
                            )
                            assert json.loads(text) == expected[path]

                    await asyncio.gather(*[one(*turn) for turn in turns])
                    lines = await asyncio.gather(
                        *[client.get("/v1/claims?format=ndjson&as_of=1") for _ in range(6)]
                    )
                    taken = [one for one in lines if one.status_code == 200]
                    assert taken
                    for answer in taken:
                        assert answer.text.replace(str(behind.port), str(plain.port)) == whole

            asyncio.run(ask())
            # Listening for revisions happens at PostgreSQL itself.
            behind.publish()
            with client_of(behind.port) as client:
                wait_until(lambda: headcount(client) == 400, SOON)


@fronts.needs("pgbouncer")
def test_a_pooler_that_is_away_is_named_and_not_the_database(own: tuple[str, Path]) -> None:
    url, data = own
    with contextlib.ExitStack() as pooling:
        pooler = pooling.enter_context(fronts.pgbouncer(*socket_of(url)))
        address = pooler.replace("@", ":hunter2@")
        with service(url, data, LEDGER_POOLER=address) as behind, client_of(behind.port) as client:
            pooling.close()
            wait_until(lambda: client.get("/health/ready").status_code == 503)
            told = client.get("/health/ready").json()["detail"]
            log = behind.log.read_text()

    assert "the pooler of LEDGER_POOLER" in told
    assert "127.0.0.1" not in told
    assert f"the pooler of LEDGER_POOLER at {pooler} does not answer" in log
    assert "hunter2" not in log


@fronts.needs("pgbouncer")
def test_sessions_that_are_not_prepared_are_refused_in_words(own: tuple[str, Path]) -> None:
    url, data = own
    with fronts.pgbouncer(*socket_of(url), connect_query=False) as pooler:
        for settings, reason in (
            (
                {"DATABASE_URL": url, "LEDGER_POOLER": pooler},
                "connect_query of deploy/pgbouncer.ini",
            ),
            ({"DATABASE_URL": pooler}, "DATABASE_URL has to name PostgreSQL itself"),
            ({"LEDGER_POOLER": pooler}, "LEDGER_POOLER needs DATABASE_URL"),
        ):
            kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
            done = subprocess.run(
                command("serve", "--port", str(free_port()), "--data", str(data)),
                env={**kept, **settings},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 1
            assert reason in done.stderr
            assert "Traceback" not in done.stderr


@fronts.needs("varnishd")
def test_two_services_on_a_replica_show_a_publication_soon(tmp_path: Path) -> None:
    user = None
    if os.getuid() == 0:
        import pwd

        user = pwd.getpwnam("nobody").pw_uid
    data = Path(shutil.copytree(FIXTURE, tmp_path / "data"))
    purged = free_port()
    with contextlib.ExitStack() as stack:
        primary, replica, _ = stack.enter_context(primary_and_replica(user))
        asyncio.run(publish_folder(primary.url, data))
        caught_up(primary, replica)
        told = f"http://127.0.0.1:{purged}"
        services = [
            stack.enter_context(service(replica.url, data, workers=1, LEDGER_PURGE=told))
            for _ in range(2)
        ]
        origins = [f"127.0.0.1:{one.port}" for one in services]
        port = stack.enter_context(fronts.varnish(origins, purged))
        client = stack.enter_context(client_of(port))
        wait_until(lambda: all("is told again" in one.log.read_text() for one in services))
        assert headcount(client) == 300

        edit(data, *NEWS)
        asyncio.run(publish_folder(primary.url, data))
        wait_until(lambda: headcount(client) == 400, SOON)
        # Neither of them says the old figure any more.
        for one in services:
            with client_of(one.port) as direct:
                wait_until(lambda: headcount(direct) == 400, SOON)
        time.sleep(1.2)
        assert headcount(client) == 400


def caught_up(primary: Cluster, replica: Cluster) -> None:
    written = primary.ask("select pg_current_wal_lsn()::text")
    wait_until(
        lambda: replica.ask(f"select pg_last_wal_replay_lsn() >= '{written}'::pg_lsn") is True
    )
