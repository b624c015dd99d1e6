"""What the tests stand on: one embedded PostgreSQL, filled by the production code, once.

Two ledgers are served by the real command: the small made-up one of `fixtures/ledger`, whose every
record a test may name, and the real one of `data/`. Tests that write get a database of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio

from layoff_ledger import db, files, postgres
from layoff_ledger.curation import migrate, publish, read
from layoff_ledger.curation.load import Connection

HERE = Path(__file__).parent
FIXTURE = HERE / "fixtures" / "ledger"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[str]:
    """The address of the embedded server's own database."""
    with postgres.embedded(home) as url:
        yield url


def address(server: str, database: str) -> str:
    """Give the address of another database of the same server."""
    before, _, after = server.partition("/postgres?")
    return f"{before}/{database}?{after}"


async def make_database(server: str, template: str | None = None) -> str:
    """Create an empty database, or a copy of another one, and give its address."""
    name = f"test_{next(_numbers)}"
    connection = await asyncpg.connect(server)
    await connection.execute(
        f"create database {name}" + (f" template {template}" if template else "")
    )
    await connection.close()
    return address(server, name)


async def publish_folder(url: str, data: Path) -> publish.Revision | None:
    connection = await asyncpg.connect(url)
    try:
        await migrate.migrate(connection)
        return await publish.publish(connection, publish.edition(read.read(data)), data=data)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def fixture_database(server: str) -> str:
    """A database with the made-up ledger. Nobody writes to it."""

    async def make() -> str:
        url = await make_database(server)
        await publish_folder(url, FIXTURE)
        return url

    return asyncio.run(make())


@pytest.fixture(scope="session")
def real_database(server: str) -> str:
    """A database with the curated data. Nobody writes to it."""

    async def make() -> str:
        url = await make_database(server)
        await publish_folder(url, files.DATA)
        return url

    return asyncio.run(make())


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a migrated database without any record, from which others are copied."""

    async def make() -> str:
        url = await make_database(server)
        connection = await asyncpg.connect(url)
        await migrate.migrate(connection)
        name = await connection.fetchval("select current_database()")
        await connection.close()
        return str(name)

    return asyncio.run(make())


@pytest_asyncio.fixture
async def empty(server: str, template: str) -> AsyncIterator[Connection]:
    """A migrated database without any record, of one test's own."""
    connection = await asyncpg.connect(await make_database(server, template))
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="session")
async def scratch_connection(server: str, template: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(await make_database(server, template))
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def scratch(scratch_connection: Connection) -> AsyncIterator[Connection]:
    """A migrated database without any record, whose changes are rolled back: quicker than a copy."""
    transaction = scratch_connection.transaction()
    await transaction.start()
    yield scratch_connection
    await transaction.rollback()


@pytest_asyncio.fixture
async def reader(fixture_database: str) -> AsyncIterator[Connection]:
    """A connection to the made-up ledger with the service's role, which alone keeps it read-only."""
    kept = {name: db.SESSION[name] for name in ("role", "search_path")}
    connection = await asyncpg.connect(fixture_database, server_settings=kept)
    yield connection
    await connection.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the made-up ledger's files, of one test's own."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "data"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "layoff_ledger.cli", *arguments]


@contextlib.contextmanager
def serving(*arguments: str, environment: dict[str, str]) -> Iterator[httpx.Client]:
    """Run the real command until the test is over, and give a client of it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command("serve", "--port", str(port), *arguments),
                env={**os.environ, "LEDGER_EXPORTS": f"{folder}/exports", **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                wait_until_ready(client, process, log)
                yield client
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            pytest.fail(f"serve ended: {log.read_text()}")
        with contextlib.suppress(httpx.TransportError):
            if client.get("/health/ready").status_code == 200:
                return
        time.sleep(0.05)
    pytest.fail(f"serve did not become ready: {log.read_text()}")


def wait_for_revision(client: httpx.Client, number: int) -> None:
    """Wait until a service answers from a revision."""
    for _ in range(200):
        if client.get("/health/ready").json()["revision"] == number:
            return
        time.sleep(0.05)
    pytest.fail(f"revision {number} is not served")


@pytest.fixture(scope="session")
def api(fixture_database: str) -> Iterator[httpx.Client]:
    """A client of the made-up ledger."""
    with serving("--data", str(FIXTURE), environment={"DATABASE_URL": fixture_database}) as client:
        yield client


@pytest.fixture(scope="session")
def real(real_database: str) -> Iterator[httpx.Client]:
    """A client of the real ledger."""
    with serving(environment={"DATABASE_URL": real_database}) as client:
        yield client


def retire(data: Path, kind: str, id_: str, into: str | None = None) -> None:
    """Write a tombstone into curated files."""
    path = data / "tombstones.toml"
    written = path.read_text() if path.exists() else ""
    merged = "" if into is None else f'merged_into = "{into}"\n'
    path.write_text(
        f'{written}\n["{kind}/{id_}"]\nretired_on = "2024-02-01"\n'
        f'reason = "It was no cut of its own."\n{merged}'
    )
