"""Waves from the file of bodies: PostgreSQL's bytes without asking it, and mended if damaged."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from layoff_ledger.store import checksum
from layoff_ledger.store.bodies_file import FileBodies
from layoff_ledger.store.columns_file import BODIES_SUFFIX
from support.columns import wait_for_columns, with_columns, write
from support.databases import copy_of, publish_first, publish_folder
from support.overhearing import overhearing
from support.revisions import REVISIONS, edit, revise
from support.services import run, serving, wait_for_revision
from support.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.thorough]

HOST = {"Host": "ledger.example"}
FROM_FILE = (
    "/v1/waves?limit=40",
    "/v1/waves?limit=7&driver=ai_automation&sort=announced_on",
    "/v1/waves?limit=100&country=US&announced=2023",
    "/v1/waves?limit=9&sort=-headcount",
    "/v1/waves?format=ndjson",
    "/v1/waves?format=ndjson&sort=announced_on",
    "/v1/waves?format=ndjson&country=DE&driver_not=ai_automation",
    "/v1/waves?format=csv&announced=2023",
    "/v1/waves?format=csv&country=AQ",
)
FROM_POSTGRESQL = (
    # Another order, a search, a sample, and parts.
    "/v1/waves?format=ndjson&sort=-headcount",
    "/v1/waves?format=ndjson&q=restructuring",
    "/v1/waves?format=ndjson&sample=50&seed=7",
    "/v1/claims?format=ndjson&driver=ai_automation",
)
IN_MEMORY_OR_A_FILE = pytest.mark.parametrize(
    "postings", ["100000", "0"], ids=["in memory", "in a file"]
)
"""Which waves are on a page is known from postings; those in a file are read with their bodies."""


@pytest.fixture(scope="module", params=["100000", "0"], ids=["in memory", "in a file"])
def overheard(
    request: pytest.FixtureRequest, real_database: str
) -> Iterator[tuple[httpx.Client, list[str]]]:
    """The real ledger with files of its newest revision, and the statements that it runs.

    Which waves are on a page is known from postings in memory, or from those in a file.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        overhearing(real_database, Path(folder)) as (
            url,
            heard,
        ),
    ):
        environment = with_columns(url, Path(folder), LEDGER_POSTINGS=request.param)
        with serving(environment=environment) as client:
            wait_for_columns(client)
            yield client, heard


@pytest.mark.parametrize("path", [*FROM_FILE, *FROM_POSTGRESQL])
def test_answers_are_those_of_postgresql(
    by_rows: httpx.Client, overheard: tuple[httpx.Client, list[str]], path: str
) -> None:
    client, heard = overheard
    heard.clear()

    found = client.get(path, headers=HOST)

    are_read = any(".whole_document" in one or "api.part" in one for one in heard)
    assert found.status_code == 200, found.text
    assert are_read == (path in FROM_POSTGRESQL), heard
    assert found.content == by_rows.get(path, headers=HOST).content


def test_a_file_made_from_an_earlier_one_has_the_same_bodies(
    server: str, template: str, tmp_path: Path
) -> None:
    url = asyncio.run(copy_of(server, f"/{template}"))
    data, kept = tmp_path / "data", tmp_path / "kept"
    seen = []
    for revision in range(1, REVISIONS + 1):
        revise(data, revision)
        asyncio.run(publish_folder(url, data))
        found, expected = (
            bodies(write(url, folder)) for folder in (kept, tmp_path / f"anew-{revision}")
        )
        assert found == expected
        seen.append(found)
    assert len({len(one) for one in seen}) > 1
    assert seen[1].items() & seen[2].items() != seen[2].items()


async def test_a_list_that_is_broken_off_while_a_thread_reads_it_is_closed_after_that(
    real_database: str, tmp_path: Path
) -> None:
    """SQLite crashes if it is closed meanwhile; all that readers see then is a lost connection."""
    file = FileBodies(write(real_database, tmp_path).with_suffix(BODIES_SUFFIX))
    broken_off = 0

    async def stream() -> None:
        with contextlib.closing(file.again()) as own:
            for begin in itertools.count(0, 200):
                await asyncio.to_thread(own.read, range(begin % 1_200, begin % 1_200 + 200))

    with contextlib.closing(file):
        for number in range(300):
            streaming = asyncio.create_task(stream())
            # At another moment of its reading each time.
            await asyncio.sleep(number * 0.000_03)
            broken_off += streaming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await streaming

    assert broken_off == 300


def test_a_damaged_earlier_file_is_not_used(server: str, template: str, tmp_path: Path) -> None:
    url = asyncio.run(copy_of(server, f"/{template}"))
    data, kept = tmp_path / "data", tmp_path / "kept"
    revise(data, 1)
    asyncio.run(publish_folder(url, data))
    before = write(url, kept).with_suffix(BODIES_SUFFIX)
    before.write_bytes(before.read_bytes()[:20_000])
    revise(data, 2)
    asyncio.run(publish_folder(url, data))

    assert bodies(write(url, kept)) == bodies(write(url, tmp_path / "anew"))


def bodies(columns: Path) -> dict[tuple[str, int], bytes]:
    """Return what a file of bodies has, by id and first revision."""
    path = columns.with_suffix(BODIES_SUFFIX)
    with contextlib.closing(sqlite3.connect(path)) as file:
        ids = [id_ for (id_,) in file.execute("select id from wave order by number")]
    with contextlib.closing(FileBodies(path)) as opened:
        in_order = opened.read(range(len(ids)))
        assert opened.read(range(len(ids) - 1, -1, -1)) == in_order[::-1]
        assert sorted(opened.find(ids)) == sorted(in_order)
        assert opened.find(["nobody"]) == opened.read([]) == []
    assert [id_ for id_, _, _ in in_order] == ids
    return {(id_, first_revision): body for id_, first_revision, body in in_order}


@pytest.mark.slow
def test_a_restored_ledger_is_read_from_bodies_of_its_own(
    server: str, template: str, tmp_path: Path
) -> None:
    """Its second revision has another version of the same wave than the earlier one had."""
    data, kept = tmp_path / "data", tmp_path / "kept"
    url = publish_first(server, template, data)
    environment = with_columns(url, tmp_path / "home")
    assert run("backup", str(kept), **environment).returncode == 0
    hosts = itertools.count()

    def low(client: httpx.Client) -> tuple[int, bool]:
        """Return a figure of the wave, and whether a page with it is read from a file."""
        host = {"Host": f"ledger{next(hosts)}.example"}
        answer = client.get("/v1/waves?company=globex", headers=host)
        found = {one["id"]: one["headcount"]["low"] for one in answer.json()["data"]}
        return found["globex-2023-09"], "bodies;" in answer.headers["server-timing"]

    with serving("--data", str(data), environment=environment) as client:
        edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 700")
        asyncio.run(publish_folder(url, data))
        wait_for_revision(client, 2)
        wait_until(lambda: low(client) == (700, True))

        assert run("restore", "--replace", str(kept), **environment).returncode == 0
        wait_for_revision(client, 1)
        assert low(client)[0] == 300
        edit(data, "waves/globex-2023-09.toml", "low = 700", "low = 900")
        asyncio.run(publish_folder(url, data))
        wait_for_revision(client, 2)
        assert low(client)[0] == 900
        wait_until(lambda: low(client) == (900, True))


@pytest.mark.slow
@IN_MEMORY_OR_A_FILE
def test_bodies_that_are_cut_off_while_they_are_served_are_not_missed(
    server: str, template: str, tmp_path: Path, postings: str
) -> None:
    data, home = tmp_path / "data", tmp_path / "home"
    url = publish_first(server, template, data)
    environment = with_columns(url, home, LEDGER_POSTINGS=postings)
    with serving("--data", str(data), environment=environment) as client:
        whole = client.get("/v1/waves?limit=50", headers=HOST)
        wait_for_columns(client)
        (path,) = (home / "columns").glob(f"*{BODIES_SUFFIX}")
        with path.open("r+b") as file:
            file.truncate(8_192)
        # The address of the API is a part of documents, so none of these is in memory.
        cut_off = client.get("/v1/waves?limit=50", headers={"Host": "another.example"})

    assert cut_off.text.replace("another.example", HOST["Host"]) == whole.text
    assert not path.exists()


@pytest.mark.slow
@pytest.mark.parametrize("left", [None, b"", b"no file of SQLite"], ids=["gone", "empty", "other"])
def test_a_whole_list_does_without_a_file_that_cannot_be_opened_again(
    server: str, template: str, tmp_path: Path, left: bytes | None
) -> None:
    """As when another process has found that it is damaged, or somebody has emptied the folder."""
    data, home = tmp_path / "data", tmp_path / "home"
    environment = with_columns(publish_first(server, template, data), home)
    with serving("--data", str(data), environment=environment) as client:
        wait_for_columns(client)
        whole = client.get("/v1/waves?format=ndjson", headers=HOST)
        (path,) = (home / "columns").glob(f"*{BODIES_SUFFIX}")
        path.unlink() if left is None else path.write_bytes(left)
        found = [client.get("/v1/waves?format=ndjson", headers=HOST) for _ in range(2)]

    assert whole.status_code == 200
    assert [one.content for one in found] == [whole.content] * 2


@pytest.mark.slow
@IN_MEMORY_OR_A_FILE
def test_damaged_bodies_are_never_served_and_written_again(
    server: str, template: str, tmp_path: Path, postings: str
) -> None:
    data, home = tmp_path / "data", tmp_path / "home"
    url = publish_first(server, template, data)
    environment = with_columns(url, home, LEDGER_POSTINGS=postings)
    paths = ("/v1/waves?limit=50", "/v1/waves?format=ndjson")
    with serving("--data", str(data), environment=environment) as client:
        wait_for_columns(client)
        whole = [client.get(path, headers=HOST).content for path in paths]

    (path,) = (home / "columns").glob(f"*{BODIES_SUFFIX}")
    for asked, expected in zip(paths, whole, strict=True):
        with contextlib.closing(sqlite3.connect(path)) as file, file:
            # The checksum of each body is at its end.
            file.execute("update wave set body = substr(body, 1, length(body) - 1) || x'00'")
        # As if it happened once the file was open.
        checksum.write(path)
        with serving("--data", str(data), environment=environment) as client:
            wait_for_columns(client)
            answer = client.get(asked, headers=HOST)
            if "ndjson" in asked:
                # What was to be streamed is refused, because a part of it may be lost.
                assert answer.status_code == 503, answer.text
                answer = client.get(asked, headers=HOST)
            assert not path.exists()
            assert answer.content == expected
        with serving("--data", str(data), environment=environment) as client:
            wait_for_columns(client)
            assert path.exists()
            assert client.get(asked, headers=HOST).content == expected
