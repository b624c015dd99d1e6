"""What the tests rest on: one real PostgreSQL, filled by the production code, once.

With `LEDGER_TEST_SERVER=15` it is an installed version instead of the embedded one.

Two ledgers are served by the real command: the small made-up one of `fixtures/ledger`, whose every
record a test may name, and the real one of `data/`. Tests that write get a database of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest
import pytest_asyncio
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from layoff_ledger import paths
from layoff_ledger.curation import migrate
from layoff_ledger.statement import Connection
from layoff_ledger.store import pool
from support import broken, replay, servers, temporary
from support.columns import wait_for_columns, with_columns
from support.databases import make_database, name_of, publish_folder
from support.eventful import make_eventful
from support.filed import import_folder, write_folder
from support.filters import DERANDOMIZE
from support.revisions import FIXTURE, OVERLAPS
from support.services import serving
from support.tools import environment

# The real ledger is served without its 66,675 notices: they would arrive while tests run.
os.environ.setdefault("LEDGER_NOTICES", "0")

# A failing example is printed with what repeats it, even if the machine is gone by then. The cases
# are the same each time, so that a failure comes from a change; `make fuzz` uses random ones.
settings.register_profile("ledger", print_blob=True, derandomize=DERANDOMIZE)
settings.load_profile("ledger")

# A shell makes its background processes ignore Ctrl-C, and so everything that they start: what the
# tests interrupt would not stop.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# As root, the server runs as another user, who needs access to its folder. pytest closes its own
# folder, /tmp/pytest-of-root, to others each time it starts, even to the servers of another run.
# It also keeps the gigabytes of the last three runs.
OWN_FOLDER = pytest.StashKey[temporary.Folder]()
FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Give each session its own folder: `make broken` has several in one process."""
    if temporary.ENVIRONMENT not in os.environ:
        folder = config.stash[OWN_FOLDER] = temporary.folder()
        os.environ[temporary.ENVIRONMENT] = str(folder.path)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the folder only if something in it says why a test failed."""
    session.config.stash[FAILED] = exitstatus != pytest.ExitCode.OK


def pytest_unconfigure(config: pytest.Config) -> None:
    if OWN_FOLDER in config.stash:
        del os.environ[temporary.ENVIRONMENT]
        config.stash[OWN_FOLDER].close(keep=config.stash.get(FAILED, False))


TOGETHER = {
    "contract": "contract promises replay",
    "notices": "notices notice_answers notice_charts notice_recipes openapi readme sec_facts",
    "overlaps": "statistics overlaps lists",
}
"""Files that need a ledger that takes seconds to publish and serve: one process runs them all."""
LONGEST = (
    *("contract", "notices", "exports", "overlaps", "charts", "assistants", "columns"),
    *("postings_memory", "cli", "supervision", "documentation", "publish", "http", "files"),
    *("search", "postings", "made_up_resource", "counts", "webhooks", "replica", "time"),
)
"""What is dealt first: what is left at the end is then short for each process."""
_UNIT_OF = {file: unit for unit, files in TOGETHER.items() for file in files.split()}


def unit_of(path: str) -> str:
    """Return the unit of work that a file of tests belongs to."""
    name = path.rpartition("/")[2].removeprefix("test_").removesuffix(".py")
    return _UNIT_OF.get(name, name)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the longest units of work to the front; the order within a file stays."""
    places = {unit: place for place, unit in enumerate(LONGEST)}
    items.sort(key=lambda one: places.get(unit_of(one.path.as_posix()), len(LONGEST)))


def pytest_collection_finish() -> None:
    """Exempt what was imported and collected from all later garbage collections.

    It stays until the end, and examining it again and again takes a fifth of the time of the tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class Units(LoadScopeScheduling):  # type: ignore[misc]
    """Deals files to processes, like `--dist loadfile`, but some files in one piece."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are cores: each sometimes waits for what it has started."""
    return (psutil.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    config.option.loadscopereorder = False
    # The process that deals the tests collects none.
    pytest_collection_finish()
    return Units(config, log)


SHARED: dict[str, str] = json.loads(os.environ.get("LEDGER_TEST_SHARED", "{}"))
"""What `make broken` made once for its many sessions: a server, and databases to copy."""
VERSION = os.environ.get("LEDGER_TEST_SERVER") or None
"""Major version of an installed server; None is the embedded one."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that the processes of pytest-xdist wait for."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if broken.FAULT in os.environ:
    broken.plant()


@pytest.fixture(autouse=True)
def _replayed() -> Iterator[None]:
    """Check the answers of a test against the document, by another validator than schemathesis."""
    yield
    found = replay.judge()
    assert not found, "\n".join(found)


@pytest.fixture(scope="session", autouse=True)
def _judged_together(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Judge the first answer of a kind in only one of the processes of pytest-xdist."""
    if hasattr(request.config, "workerinput"):
        folder = tmp_path_factory.getbasetemp().parent / "judged"
        folder.mkdir(exist_ok=True)
        replay.share(folder)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[str]:
    """The address of the server's own database."""
    if SHARED:
        yield SHARED["server"]
        return
    with servers.started(VERSION, home) as url:
        yield url


@pytest.fixture(scope="session")
def fixture_template(server: str) -> str:
    """The name of a database with the made-up ledger, from which others are copied."""

    async def make() -> str:
        url = await make_database(server)
        await publish_folder(url, FIXTURE)
        return name_of(url)

    return SHARED["template"] if SHARED else asyncio.run(make())


@pytest.fixture(scope="session")
def fixture_database(server: str, fixture_template: str) -> str:
    """A database with the made-up ledger. Nobody writes to it."""
    return asyncio.run(make_database(server, fixture_template))


@pytest.fixture(scope="session")
def real_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with the curated data. Nobody writes to it.

    Publishing them takes long, so the processes of pytest-xdist share one, on an embedded server of
    its own that the last of them stops.
    """

    async def make(server: str) -> str:
        url = await make_database(server)
        await publish_folder(url, paths.DATA)
        return url

    if VERSION is not None or not hasattr(request.config, "workerinput"):
        yield asyncio.run(make(request.getfixturevalue("server")))
        return
    folder = tmp_path_factory.getbasetemp().parent / "shared"
    folder.mkdir(exist_ok=True)
    address = folder / "address"
    with contextlib.ExitStack() as running:
        with locked(folder / "lock"):
            server = running.enter_context(servers.started(None, folder))
            if not address.exists():
                address.write_text(asyncio.run(make(server)))
        yield address.read_text()


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a migrated database without any record, from which others are copied."""

    async def make() -> str:
        url = await make_database(server)
        connection = await asyncpg.connect(url)
        await migrate.migrate(connection)
        await connection.close()
        return name_of(url)

    return asyncio.run(make())


@pytest_asyncio.fixture
async def empty(server: str, template: str) -> AsyncIterator[Connection]:
    """A migrated database without any record, for a single test."""
    connection = await asyncpg.connect(await make_database(server, template))
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def published(server: str, fixture_template: str) -> AsyncIterator[Connection]:
    """A database with the made-up ledger for one test: what `data` would make of an empty one."""
    connection = await asyncpg.connect(await make_database(server, fixture_template))
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="session")
async def scratch_connection(server: str, template: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(await make_database(server, template))
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def scratch(scratch_connection: Connection) -> AsyncIterator[Connection]:
    """A migrated database without any record, whose changes are rolled back: faster than a copy."""
    transaction = scratch_connection.transaction()
    await transaction.start()
    yield scratch_connection
    await transaction.rollback()


@pytest_asyncio.fixture
async def reader(fixture_database: str) -> AsyncIterator[Connection]:
    """A connection to the made-up ledger with the service's role, which by itself only reads."""
    kept = {name: pool.SESSION[name] for name in ("role", "search_path")}
    connection = await asyncpg.connect(fixture_database, server_settings=kept)
    yield connection
    await connection.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the made-up ledger's files for a single test."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "data"))


@pytest.fixture(scope="session")
def api(fixture_database: str) -> Iterator[httpx.Client]:
    """A client of the made-up ledger."""
    with serving("--data", str(FIXTURE), environment={"DATABASE_URL": fixture_database}) as client:
        yield client


@pytest.fixture(scope="session")
def eventful(
    server: str, fixture_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of the made-up ledger with a past, tombstones and notices."""
    data = tmp_path_factory.mktemp("eventful") / "data"

    async def make() -> str:
        if SHARED:
            shutil.copytree(SHARED["data"], data)
            return await make_database(server, SHARED["eventful"])
        url = await make_database(server, fixture_template)
        await make_eventful(url, data)
        return url

    environment = {"DATABASE_URL": asyncio.run(make())}
    with serving("--data", str(data), environment=environment) as client:
        yield client


@pytest.fixture(scope="session")
def filed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of three real companies with their waves, and some of the real notices."""
    return write_folder(tmp_path_factory.mktemp("filed"))


@pytest.fixture(scope="session")
def filed_database(server: str, filed_folder: Path) -> str:
    """A database with real waves and real notices, of each a part. Nobody writes to it."""

    async def make() -> str:
        url = await make_database(server)
        await publish_folder(url, filed_folder)
        connection = await asyncpg.connect(url)
        await import_folder(connection, filed_folder)
        await connection.close()
        return url

    return asyncio.run(make())


@pytest.fixture(scope="session")
def filed(filed_database: str, filed_folder: Path) -> Iterator[httpx.Client]:
    """A client of the ledger with real waves and real notices."""
    environment = {"DATABASE_URL": filed_database}
    with serving("--data", str(filed_folder), environment=environment) as client:
        yield client


@pytest.fixture(scope="session")
def overlapping_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up ledger with waves whose figures include each other, and with parts and places."""
    folder = Path(shutil.copytree(FIXTURE, tmp_path_factory.mktemp("overlapping") / "data"))
    shutil.copytree(OVERLAPS, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def overlapping(server: str, overlapping_folder: Path) -> Iterator[httpx.Client]:
    """A client of the made-up ledger with overlapping figures."""

    async def make() -> str:
        url = await make_database(server)
        await publish_folder(url, overlapping_folder)
        return url

    environment = {"DATABASE_URL": asyncio.run(make())}
    with serving("--data", str(overlapping_folder), environment=environment) as client:
        yield client


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with the programs of the recipes: `jq`, and `duckdb` with httpfs."""
    return environment(tmp_path_factory.mktemp("tools"))


@pytest.fixture(scope="session")
def real(real_database: str) -> Iterator[httpx.Client]:
    """A client of the real ledger."""
    with serving(environment={"DATABASE_URL": real_database}) as client:
        yield client


@pytest.fixture(scope="session")
def by_rows(real_database: str) -> Iterator[httpx.Client]:
    """A client of the real ledger, with PostgreSQL alone counting and listing."""
    with serving(environment={"DATABASE_URL": real_database, "LEDGER_POSTINGS": "0"}) as client:
        yield client


@pytest.fixture(scope="session")
def columnar(
    real_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of the real ledger, with columns counting and postings listing."""
    home = tmp_path_factory.mktemp("home")
    environment = with_columns(real_database, home, LEDGER_POSTINGS="0")
    with serving(environment=environment) as client:
        wait_for_columns(client)
        yield client
