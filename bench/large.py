"""Every kind of question of a large ledger, against the same of another one or a limit.

Called by run.py; what is compared stands in README.md.
"""

from __future__ import annotations

import contextlib
import datetime
import http.client
import statistics
import time
from collections.abc import Callable, Iterator

import asyncpg
import msgspec
from msgspec import Struct

import database
import load
import million
import servers
import service
from layoff_ledger import postgres
from load import Walk
from table import NOT_MEASURED, Row, number

SMALL = 10_000
"""Waves of the ledger that a large one is compared with."""
MOST_GROWTH = 1.5
"""How much longer a page may take with so many more waves."""
STATISTICS_MS = 300.0
"""How long a table of two dimensions may take that nobody has asked for."""
SEARCH_MS = 50.0
ATTRIBUTION_MS = 100.0
LEAST_OF_COPY = 0.5
"""How quickly a whole list has to come, of what PostgreSQL alone needs for the same text."""
COLUMNS_SECONDS = 900
"""How long the first file of columns may take."""
ROUNDS = 3
SECONDS = 2
MOST = 100
"""Requests of one measurement: what is slow needs fewer."""
TABLES = (
    ("year", "status"),
    ("driver", "year"),
    ("size_band", "form"),
    ("industry", "month"),
    ("role", "country"),
    ("driver_group", "country"),
    ("country", "driver"),
    ("company", "year"),
)
"""Two dimensions each, of which tables are asked for."""
WORDS = ("restructuring", "demand", "costs", "revenue", "herald", "customer")
"""Words that many waves have."""


class Question(Struct, frozen=True):
    """A kind of question."""

    paths: Callable[[int], list[str]]
    """Gives its different addresses, to be asked of the service at a port."""
    most_ms: float | None = None
    """How long it may take, whatever the size; else it is held to another ledger."""


def against_small(waves: int) -> Iterator[Row]:
    """Ask a ledger of so many waves and one of `SMALL` the same; load both first."""
    for size, loading in ((SMALL, database.load), (waves, million.load)):
        service.load(size, loading)
    with contextlib.ExitStack() as stack:
        folders = [database.folder_of(size) for size in (waves, SMALL)]
        urls = [stack.enter_context(postgres.embedded(folder)) for folder in folders]
        large, small = (
            stack.enter_context(service.serving(url, folder))
            for url, folder in zip(urls, folders, strict=True)
        )
        _wait_for_columns(large)
        for work, question in questions(list(database.pairs(urls[0]))).items():
            limit = question.most_ms
            ports = (large, small) if limit is None else (large,)
            walks = [Walk(port, question.paths(port)) for port in ports]
            slow, quick = (*times(walks, question), limit or NOT_MEASURED)[:2]
            other = f"{SMALL:,}" if limit is None else "limit"
            cells = number(slow, " ms", digits=2), number(quick, " ms", digits=2)
            service.say(f"{work}: {cells[0]}, {cells[1]}")
            most = MOST_GROWTH if limit is None else 1.0
            yield Row(f"{work}: {waves:,} / {other}", *cells, slow / quick, most=most)
        yield _whole(large, urls[0], waves)


def _wait_for_columns(port: int) -> None:
    """Wait until waves are counted by columns, which takes minutes the first time."""
    service.say("waiting until they are counted by columns …")
    for limit in range(1, COLUMNS_SECONDS):
        answer = servers.ask(
            port, f"/v1/statistics?group_by=status&announced_gte=2026&limit={limit}"
        )
        if "columns" in dict(answer.headers).get("server-timing", ""):
            return
        time.sleep(1)
    message = f"nothing is counted by columns after {COLUMNS_SECONDS} s"
    raise servers.ServerError(message)


def questions(pairs: list[tuple[str, str]]) -> dict[str, Question]:
    """Give each kind of question; `pairs` are a driver and a country each, frequent ones first."""
    # Before all but a few waves: it makes the address another one, and hardly the page.
    early = [datetime.date(2008, 1, 1) + datetime.timedelta(day) for day in range(600)]
    first = [f"/v1/waves?limit=25&announced_gte={day}" for day in early]
    filtered = [f"/v1/waves?limit=25&driver={one}&country={other}" for one, other in pairs[:400]]
    drivers = list(dict.fromkeys(one for one, _ in pairs))
    months = [f"announced_gte={day}&announced_lte={day.replace(day=28)}" for day in _months()]

    def deep(port: int) -> list[str]:
        middle = [datetime.date(2017, 6, 1) + datetime.timedelta(day) for day in range(400)]
        return [_next(port, f"/v1/waves?limit=25&count=none&announced_lte={day}") for day in middle]

    def of_companies(port: int) -> list[str]:
        found = _ids(port, "/v1/companies?limit=200&count=none")
        return [f"/v1/waves?limit=25&company={one}" for one in found]

    def histories(port: int) -> list[str]:
        return [f"/v1/waves/{one}/history" for one in _ids(port, "/v1/waves?limit=200&count=none")]

    def statistics_of(*dimensions: str) -> list[str]:
        grouped = "&".join(f"group_by={one}" for one in dimensions)
        return [f"/v1/statistics?{grouped}&announced_gte={day}" for day in early]

    def plainly(paths: list[str], most_ms: float | None = None) -> Question:
        return Question(lambda _: paths, most_ms)

    return {
        "first page, count=none": plainly([f"{path}&count=none" for path in first]),
        "first page, exact count": plainly(first),
        "filtered page, count=none": plainly([f"{path}&count=none" for path in filtered]),
        "filtered page, exact count": plainly(filtered),
        "page of a driver, count=none": plainly(
            [
                f"/v1/waves?limit=25&count=none&driver={one}&announced_gte={day}"
                for day in early[::20]
                for one in drivers
            ]
        ),
        "page of a company, exact count": Question(of_companies),
        "page of a month, exact count": plainly([f"/v1/waves?limit=25&{one}" for one in months]),
        "page by headcount, count=none": plainly(
            [f"{path}&count=none&sort=-headcount" for path in first]
        ),
        "deep page, by cursor": Question(deep),
        "page of changes": plainly(
            [
                f"/v1/changes?since=0&limit={size}{resource}"
                for size in range(1, 101)
                for resource in ("", "&resource=wave", "&resource=company", "&resource=source")
            ]
        ),
        "history": Question(histories),
        **{
            f"statistics by {one} and {other}": plainly(statistics_of(one, other), STATISTICS_MS)
            for one, other in TABLES
        },
        "search of a frequent word": plainly(
            [f"/v1/search?q={word}&limit={size}" for size in range(1, 51) for word in WORDS],
            SEARCH_MS,
        ),
        "attribution by year": plainly(
            [f"/v1/attribution?by=year&announced_gte={day}" for day in early], ATTRIBUTION_MS
        ),
    }


def _months() -> list[datetime.date]:
    return [datetime.date(year, month, 1) for year in range(2008, 2026) for month in range(1, 13)]


def _ids(port: int, path: str) -> list[str]:
    found = msgspec.json.decode(servers.ask(port, path).body)["data"]
    return [one["id"] for one in found]


def _next(port: int, path: str) -> str:
    links = msgspec.json.decode(servers.ask(port, path).body)["links"]
    following: str = links["next"]
    return following.removeprefix(service.BASE)


def times(walks: list[Walk], question: Question) -> list[float]:
    """Ask in turns on one connection each; give the medians of the rounds' p50, in ms."""
    found: dict[Walk, list[float]] = {walk: [] for walk in walks}
    # A window in which even the slowest is answered a few times.
    seconds = SECONDS if question.most_ms is None else 4 * SECONDS
    for _ in range(ROUNDS):
        for walk, measured in found.items():
            try:
                done = walk.measure(seconds=seconds, connections=1, most=MOST)
            except load.LoadError as error:
                service.say(f"not measured: {error}")
            else:
                measured.append(done.p50_ms)
    return [statistics.median(one) if one else NOT_MEASURED for one in found.values()]


def _whole(port: int, url: str, waves: int) -> Row:
    """Read all waves as NDJSON, and the same documents as PostgreSQL alone copies them."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        try:
            found[0].append(_streamed(port))
            found[1].append(database.run(url, _copied))
        except (OSError, http.client.HTTPException, asyncpg.PostgresError) as error:
            service.say(f"whole list: not measured: {error!r}")
    ours, other = (statistics.median(one) if one else NOT_MEASURED for one in found)
    cells = number(ours, " MB/s"), number(other, " MB/s")
    return Row(
        f"{waves:,} waves as NDJSON, COPY of them", *cells, ours / other, least=LEAST_OF_COPY
    )


def _streamed(port: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    with contextlib.closing(connection):
        begun, size = time.perf_counter(), 0
        connection.request("GET", "/v1/waves?format=ndjson")
        answer = connection.getresponse()
        while piece := answer.read1(1 << 18):
            size += len(piece)
        return size / 1e6 / (time.perf_counter() - begun)


async def _copied(connection: asyncpg.Connection[asyncpg.Record]) -> float:
    size = 0

    async def take(piece: bytes) -> None:
        nonlocal size
        size += len(piece)

    begun = time.perf_counter()
    await connection.copy_from_query(
        "select body from api.document where resource = 'wave'", output=take
    )
    return size / 1e6 / (time.perf_counter() - begun)
