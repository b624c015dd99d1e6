"""Every kind of question to a large ledger, compared with the same to another one or a limit.

Called by run.py; README.md says what is compared.
"""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException

import asyncpg
import msgspec
from msgspec import Struct

import database
import load
import million
import servers
import service
import stream
from layoff_ledger import postgres
from load import Walk
from table import NOT_MEASURED, Row

SMALL = 10_000
"""Waves of the ledger that a large one is compared with."""
MOST_GROWTH = 1.5
"""How many times longer a page may take with that many more waves."""
STATISTICS_MS = 300.0
"""How long a table of two dimensions may take that nobody has requested before."""
SEARCH_MS = 50.0
ATTRIBUTION_MS = 100.0
CHANGES_MS = 300.0
LEAST_OF_COPY = 0.5
"""How fast a whole list has to come, relative to PostgreSQL alone with the same text."""
SECONDS = 2
MOST = 100
"""Requests of one measurement: slow ones need fewer."""
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
"""Pairs of dimensions by which tables are requested."""
WORDS = ("restructuring", "demand", "costs", "revenue", "herald", "customer")
"""Words that many waves have."""


class Question(Struct, frozen=True):
    """A kind of question."""

    paths: Callable[[int], list[str]]
    """Returns its different addresses, to be asked of the service at a port."""
    most_ms: float | None = None
    """How long it may take, whatever the size; None compares it with another ledger."""


def against_small(waves: int) -> Iterator[Row]:
    """Ask a ledger of this many waves and one of `SMALL` the same; load both first."""
    for size, loading in ((SMALL, database.load), (waves, million.load)):
        service.load(size, loading)
    with contextlib.ExitStack() as stack:
        folders = [database.folder_of(size) for size in (waves, SMALL)]
        urls = [stack.enter_context(postgres.embedded(folder)) for folder in folders]
        large, small = (
            stack.enter_context(service.serving(url, folder))
            for url, folder in zip(urls, folders, strict=True)
        )
        for port in (large, small):
            service.wait_for_files(port)
        for work, question in questions(list(database.pairs(urls[0]))).items():
            limit = question.most_ms
            walks = {"large": Walk(large, question.paths(large))}
            if limit is None:
                walks["small"] = Walk(small, question.paths(small))
                slow, quick = times(work, walks, is_dear=False)
                against, most = f"{SMALL:,}", MOST_GROWTH
            else:
                (slow,), quick = times(work, walks, is_dear=True), [limit]
                against, most = "limit", 1.0
            yield Row(f"{work}: {waves:,} / {against}", slow, quick, "ms", digits=2, most=most)
        yield _whole(large, urls[0], waves)


def questions(pairs: list[tuple[str, str]]) -> dict[str, Question]:
    """Yield each kind of question; `pairs` are a driver and a country each, frequent ones first."""
    # Almost all waves are later than this: it changes the address, but hardly the page.
    early = [datetime.date(2008, 1, 1) + datetime.timedelta(day) for day in range(600)]
    first = [f"/v1/waves?limit=25&announced_gte={day}" for day in early]
    filtered = [f"/v1/waves?limit=25&driver={one}&country={other}" for one, other in pairs[:400]]
    drivers = list(dict.fromkeys(one for one, _ in pairs))
    months = [f"announced_gte={day}&announced_lte={day.replace(day=28)}" for day in _months()]

    def deep(port: int) -> list[str]:
        middle = [datetime.date(2017, 6, 1) + datetime.timedelta(day) for day in range(400)]
        return [_next(port, f"/v1/waves?limit=25&count=none&announced_lte={day}") for day in middle]

    def of_companies(port: int) -> list[str]:
        found = service.ids(port, "companies")
        return [f"/v1/waves?limit=25&company={one}" for one in found]

    def changes_of_companies(port: int) -> list[str]:
        return [f"/v1/changes?since=0&company={one}" for one in service.ids(port, "companies")]

    def histories(port: int) -> list[str]:
        return [f"/v1/waves/{one}/history" for one in service.ids(port, "waves")]

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
        "changes of a company": Question(changes_of_companies),
        "changes of a driver": plainly(
            [
                f"/v1/changes?since=0&driver={one}&limit={size}"
                for size in range(1, 21)
                for one in drivers
            ],
            CHANGES_MS,
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


def _next(port: int, path: str) -> str:
    links = msgspec.json.decode(servers.ask(port, path).body)["links"]
    following: str = links["next"]
    return following.removeprefix(service.BASE)


def times(work: str, walks: Mapping[str, Walk], *, is_dear: bool) -> list[list[float]]:
    """Ask in turn on one connection each; return the p50 of each one's rounds, in ms."""
    # A window in which even the slowest is answered a few times.
    seconds = 4 * SECONDS if is_dear else SECONDS

    def p50(walk: Walk) -> float:
        return walk.measure(seconds=seconds, connections=1, most=MOST).p50_ms

    named = {f"{work}, {name}": walk for name, walk in walks.items()}
    return list(load.in_turns(named, p50, " ms").values())


def _whole(port: int, url: str, waves: int) -> Row:
    """Read all waves as NDJSON, and the same documents as PostgreSQL alone copies them."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(load.ROUNDS):
        try:
            both = _streamed(port), database.run(url, _copied)
        except (stream.StreamError, OSError, HTTPException, asyncpg.PostgresError) as error:
            both = NOT_MEASURED, NOT_MEASURED
            service.say(f"whole list: not measured: {error!r}")
        for measured, value in zip(found, both, strict=True):
            measured.append(value)
    return Row(f"{waves:,} waves as NDJSON, COPY of them", *found, "MB/s", least=LEAST_OF_COPY)


def _streamed(port: int) -> float:
    whole = stream.read(port, "/v1/waves?format=ndjson")
    return whole.size / 1e6 / whole.seconds


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
