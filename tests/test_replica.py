"""The example that keeps a copy: up to date over three publications, whenever it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from layoff_ledger import paths
from support.databases import execute, make_database, publish_folder
from support.history import KINDS
from support.revisions import FIXTURE, edit, retire
from support.services import run, serving, wait_for_revision
from support.waiting import wait_until

pytestmark = pytest.mark.thorough

PROGRAM = paths.ROOT / "examples" / "replica.py"


def program(url: str, file: Path) -> list[str]:
    return [sys.executable, "-I", str(PROGRAM), url, str(file)]


def copied(url: str, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        program(url, file), capture_output=True, text=True, check=False, timeout=150
    )


def in_the_copy(file: Path) -> tuple[int, dict[str, list[str]]]:
    """Return the revision of a copy, and its documents by resource."""
    with contextlib.closing(sqlite3.connect(file)) as copy:
        found: dict[str, list[str]] = {}
        query = "select resource, body from document order by resource, id"
        for resource, body in copy.execute(query):
            found.setdefault(resource, []).append(body)
        number = copy.execute("select coalesce(max(number), 0) from revision").fetchone()[0]
    return number, found


def in_the_ledger(client: httpx.Client, number: int) -> dict[str, list[str]]:
    """Return all documents as the API's own lists have them."""
    found = {}
    for name, kind in KINDS.items():
        order = "code" if name in {"drivers", "roles"} else "id"
        answer = client.get(f"/v1/{name}?format=ndjson&sort={order}&as_of={number}")
        assert answer.status_code == 200, answer.text
        found[kind] = sorted(answer.text.splitlines())
    companies = client.get(f"/v1/companies?limit=200&as_of={number}").json()["data"]
    found["company_indicators"] = sorted(
        client.get(f"/v1/companies/{one['id']}/indicators?as_of={number}").text for one in companies
    )
    return found


def assert_in_step(client: httpx.Client, file: Path, number: int) -> None:
    at, documents = in_the_copy(file)
    assert at == number
    assert {kind: sorted(bodies) for kind, bodies in documents.items()} == in_the_ledger(
        client, number
    )


@contextlib.contextmanager
def in_between(
    client: httpx.Client, cut: bytes, *, hang: bool
) -> Iterator[tuple[str, threading.Event]]:
    """Relay between the ledger and a copy: the changes stop at some byte, for good or for a while.

    Yields the address, and an event that is set once the changes have stopped.
    """
    stopped, over = threading.Event(), threading.Event()

    class Between(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = client.get(self.path)
            body, is_stream = answer.content, self.path.startswith("/v1/changes")
            if is_stream:
                body = body[: body.index(cut)]
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers["content-type"])
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))
            self.wfile.flush()
            if is_stream:
                stopped.set()
                if hang:
                    over.wait(60)
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", stopped
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Growing:
    """A ledger that is published three times, with what a test may do to it."""

    def __init__(self, client: httpx.Client, url: str, data: Path) -> None:
        self.client, self.url, self.data = client, url, data

    @property
    def address(self) -> str:
        return str(self.client.base_url).rstrip("/")

    def publish(self, number: int) -> None:
        asyncio.run(publish_folder(self.url, self.data))
        wait_for_revision(self.client, number)

    def edit(self) -> None:
        edit(self.data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
        self.publish(2)

    def withdraw(self) -> None:
        (self.data / "waves" / "hooli-2023-12.toml").unlink()
        retire(self.data, "wave", "hooli-2023-12")
        edit(self.data, "companies.toml", "[umbrella]", "[umbrella-group]")
        edit(self.data, "waves/umbrella-2023-04.toml", '"umbrella"', '"umbrella-group"')
        retire(self.data, "company", "umbrella", into="umbrella-group")
        self.publish(3)

    def add(self) -> None:
        wave = (self.data / "waves" / "globex-2023-09.toml").read_text()
        added = self.data / "waves" / "globex-2023-11.toml"
        added.write_text(wave.replace("2023-09", "2023-11"))
        self.publish(4)


@pytest.fixture
def growing(server: str, fixture_template: str, tmp_path: Path) -> Iterator[Growing]:
    data = Path(shutil.copytree(FIXTURE, tmp_path / "data"))
    url = asyncio.run(make_database(server, fixture_template))
    with serving("--data", str(data), environment={"DATABASE_URL": url}) as client:
        yield Growing(client, url, data)


def test_a_copy_is_in_step_after_each_publication(growing: Growing, tmp_path: Path) -> None:
    file = tmp_path / "copy.sqlite"
    publications = (lambda: None, growing.edit, growing.withdraw, growing.add)
    for number, published in enumerate(publications, start=1):
        published()

        done = copied(growing.address, file)

        assert done.returncode == 0, done.stderr
        assert done.stdout == f"at revision {number}, was at {number - 1}\n"
        assert_in_step(growing.client, file, number)
    assert copied(growing.address, file).stdout == "at revision 4\n"


def test_a_killed_run_leaves_a_whole_revision_and_the_next_goes_on(
    growing: Growing, tmp_path: Path
) -> None:
    growing.edit()
    growing.withdraw()
    file = tmp_path / "copy.sqlite"
    # In the midst of a line, when one of its revision has come.
    cut = b'"revision":3,"position":2,'
    with in_between(growing.client, cut, hang=True) as (address, stopped):
        process = subprocess.Popen(program(address, file))
        try:
            assert stopped.wait(30)
            wait_until(lambda: has_come(file, 2))
        finally:
            process.kill()
            process.wait(timeout=60)
    at, documents = in_the_copy(file)
    assert at == 2
    assert len(documents["wave"]) == 8

    done = copied(growing.address, file)

    assert done.stdout == "at revision 3, was at 2\n", done.stderr
    assert_in_step(growing.client, file, 3)


def has_come(file: Path, number: int) -> bool:
    with contextlib.suppress(sqlite3.OperationalError):
        return in_the_copy(file)[0] == number
    return False


@pytest.mark.parametrize("cut", [b'{"revision":2,"position":2,', b'"position":2,"published_at"'])
def test_an_answer_that_is_cut_off_is_not_stored(
    growing: Growing, tmp_path: Path, cut: bytes
) -> None:
    """Between two lines, and within one."""
    growing.edit()
    file = tmp_path / "copy.sqlite"
    with in_between(growing.client, cut, hang=False) as (address, _):
        done = copied(address, file)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert in_the_copy(file)[0] < 2
    assert copied(growing.address, file).stdout.startswith("at revision 2, was at ")
    assert_in_step(growing.client, file, 2)


def test_a_document_that_was_altered_on_the_way_is_not_stored(
    growing: Growing, tmp_path: Path
) -> None:
    file = tmp_path / "copy.sqlite"
    assert copied(growing.address, file).returncode == 0
    growing.edit()
    asyncio.run(
        execute(
            growing.url,
            "update ledger.document set body = replace(body, '400', '401') "
            "where resource = 'wave' and id = 'globex-2023-09' and first_revision = 2",
        )
    )

    done = copied(growing.address, file)

    assert done.returncode == 1
    assert "wave globex-2023-09 of revision 2 is not as it was published" in done.stderr
    assert in_the_copy(file)[0] == 1


def test_a_ledger_that_was_restored_is_said(growing: Growing, tmp_path: Path) -> None:
    """To a state that is older than the copy, and then with another history."""
    file, backup = tmp_path / "copy.sqlite", tmp_path / "ledger.dump"
    assert run("backup", str(backup), DATABASE_URL=growing.url).returncode == 0
    growing.edit()
    assert copied(growing.address, file).returncode == 0
    assert run("restore", str(backup), "--replace", DATABASE_URL=growing.url).returncode == 0
    wait_for_revision(growing.client, 1)

    older = copied(growing.address, file)
    edit(growing.data, "waves/globex-2023-09.toml", "low = 400", "low = 500")
    growing.publish(2)
    other = copied(growing.address, file)

    for done, said in (
        (older, "the ledger does not have the revision of this copy any more: it was restored"),
        (other, "revision 2 of the ledger is not the one of this copy: it was restored"),
    ):
        assert done.returncode == 1
        assert said in done.stderr
    assert in_the_copy(file)[0] == 2
