"""Measures the service against the floor and its peers, and prints one table of ratios.

Usage: bench/run.py [--waves 10000] [--large] [--only-large] [--only-real] [--seconds 5]. What is
compared stands in README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from types import FrameType

import asyncpg
import msgspec
from msgspec import Struct

import database
import endurance
import load
import million
import real
import servers
from layoff_ledger import postgres
from layoff_ledger.http.cache import CACHE_BYTES
from load import Walk
from table import HEADER, NOT_MEASURED, Row, number, show

ROUNDS = 3
CONNECTIONS = 16
PAGES = 1_000
SOAK_MINUTES = 10.0
LARGE = 1_000_000
SMALL = 10_000
MOST_GROWTH = 1.5
"""How much longer a page may take with so many more waves."""
STATISTICS_MS = 300.0
"""How long a table of two dimensions may take that nobody has asked for."""
COLUMNS_SECONDS = 900
"""How long the first file of columns may take."""
LARGE_ROUNDS = 3
LARGE_SECONDS = 2
LARGE_MOST = 100
"""Requests of one measurement with --large: what is slow needs fewer."""
RESULTS = Path(__file__).parent / "results"
BASE = "http://ledger.example"
OURS = "layoff_ledger.app:serve_app"
FIRST_DATE = datetime.date(2010, 1, 1)
LAST_DATE = datetime.date(2026, 6, 30)


class BenchError(Exception):
    """What is measured is not what should be."""


class Ports(Struct, frozen=True):
    """Where the servers listen."""

    ours: int
    floor: int
    fastapi: int
    datasette: int


def main() -> int:
    """Run all of it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waves", type=int, default=SMALL, help="waves to publish (%(default)s)")
    parser.add_argument(
        "--large", nargs="?", type=int, const=LARGE, help=f"also %(const)s against {SMALL}"
    )
    parser.add_argument("--only-large", action="store_true", help="leave out the peers")
    parser.add_argument("--only-real", action="store_true", help="only the ledger that is shipped")
    parser.add_argument(
        "--only-endurance", action="store_true", help="only the rows of p99 and of memory"
    )
    parser.add_argument(
        "--soak-minutes",
        type=float,
        default=SOAK_MINUTES,
        help="of mixed load, after which memory is looked at; 0 leaves it out (%(default)s)",
    )
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement (%(default)s)")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    try:
        load.find()
        only_some = given.only_large or given.only_real
        rows = [] if only_some else list(_against_peers(given))
        found = None if given.only_large or given.only_endurance else _of_questions()
        if given.large or given.only_large:
            rows += _large_against_small(given.large or LARGE)
    except (
        BenchError,
        load.LoadError,
        servers.ServerError,
        postgres.PostgresError,
        asyncpg.PostgresError,
        HTTPException,
        OSError,
    ) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if rows:
        _print(rows)
    if found:
        _print_questions(*found)
    return 0


def _stop(_: int, __: FrameType | None) -> None:
    """Let SIGTERM unwind like Ctrl-C, so that every process is ended."""
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _load(waves: int, load: Callable[[int], tuple[database.Loaded, bool]] = database.load) -> None:
    _say(f"{waves:,} waves: looking for them, or publishing them …")
    loaded, kept = load(waves)
    when = f"on {loaded.on}, kept since" if kept else "now"
    print(
        f"publishing {waves:,} waves took {loaded.seconds:.1f} s "
        f"({waves / loaded.seconds:,.0f} waves/s, {when})"
    )


@contextlib.contextmanager
def _ours(url: str, home: Path) -> Iterator[int]:
    environment = {"DATABASE_URL": url, "LEDGER_URL": BASE, "LEDGER_HOME": str(home)}
    with servers.serving(OURS, environment, ready="/v1/waves?limit=1", factory=True) as port:
        yield port


def _dates(number: int) -> list[datetime.date]:
    """Spread so many different dates over the range, in order."""
    days = (LAST_DATE - FIRST_DATE).days
    return [FIRST_DATE + datetime.timedelta(days * one // number) for one in range(number)]


# ---------------------------------------------------------------------------------- against peers


def _against_peers(given: argparse.Namespace) -> Iterator[Row]:
    waves, seconds = given.waves, given.seconds
    _load(waves)
    queries = [f"limit=25&count=none&announced_lte={day}" for day in _dates(PAGES)]
    pages = [f"/v1/waves?{query}" for query in queries]
    sqlite = database.folder_of(waves) / "waves.sqlite"
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres.embedded(database.folder_of(waves)))
        ours = stack.enter_context(_ours(url, database.folder_of(waves)))
        _say("asking for every page once, for the floor to send the same bytes …")
        _store(ours, url, queries)
        database.export_to_sqlite(url, BASE, sqlite)
        tag = dict(servers.ask(ours, pages[0]).headers)["etag"]
        unchanged = servers.ask(ours, pages[0], {"If-None-Match": tag})
        environment = {
            "DATABASE_URL": url,
            "LEDGER_URL": BASE,
            "BENCH_CACHED": queries[0],
            "BENCH_UNCHANGED": _headers(unchanged),
            "BENCH_SQLITE": str(sqlite),
        }
        others = (
            stack.enter_context(servers.serving(f"peers.{name}:app", environment, ready=path))
            for name, path in (
                ("floor", "/cached"),
                ("fastapi_sqlalchemy", pages[0]),
                ("datasette_sqlite", _datasette(queries[0])),
            )
        )
        ports = Ports(ours, *others)
        _verify(ports, queries, tag)
        if not given.only_endurance:
            yield from _uncached(ports, queries, seconds)
            yield from _cached(ports, pages[0], tag, seconds)
        for work, ours_, floor in (
            ("uncached page of 25", Walk(ports.ours, pages), Walk(ports.floor, pages)),
            ("cached page of 25", Walk(ports.ours, pages[:1]), Walk(ports.floor, ["/cached"])),
        ):
            yield from endurance.tails(work, ours_, floor, seconds, _say)
        if given.soak_minutes:
            yield from endurance.memory(ours, given.soak_minutes, _say)


def _datasette(query: str) -> str:
    return f"/waves/page.json?_shape=array&_json=document&{query.rsplit('&', maxsplit=1)[1]}"


def _headers(answer: servers.Answer) -> str:
    """Give the headers that the app has set, and that belong to no one body."""
    left_out = {"date", "server", "content-length"}
    kept = [one for one in answer.headers if one[0].lower() not in left_out]
    return msgspec.json.encode(kept).decode()


def _store(ours: int, url: str, queries: list[str]) -> None:
    answers = [(query, servers.ask(ours, f"/v1/waves?{query}")) for query in queries]
    database.store_answers(url, ((query, _headers(one), one.body) for query, one in answers))
    size = sum(len(answer.body) for _, answer in answers)
    if any(answer.status != 200 for _, answer in answers):
        message = "a page is not answered with 200"
        raise BenchError(message)
    if size < 1.2 * CACHE_BYTES:
        message = f"{size:,} bytes of pages may be cached: nothing uncached would be measured"
        raise BenchError(message)


class _Page(Struct):
    data: msgspec.Raw


class _Found(Struct):
    document: msgspec.Raw


def _verify(ports: Ports, queries: list[str], tag: str) -> None:
    """Raise unless all servers answer the same requests with the same records."""
    for query in queries[:: len(queries) // 20]:
        path = f"/v1/waves?{query}"
        expected = servers.ask(ports.ours, path)
        answers = {
            "floor": servers.ask(ports.floor, path),
            "FastAPI": servers.ask(ports.fastapi, path),
            "Datasette": servers.ask(ports.datasette, _datasette(query)),
        }
        for name, answer in (("ours", expected), *answers.items()):
            if answer.status != 200:
                message = f"{name} answers {path} with {answer.status}"
                raise BenchError(message)
        data = msgspec.json.decode(msgspec.json.decode(expected.body, type=_Page).data)
        found = msgspec.json.decode(answers["Datasette"].body, type=list[_Found])
        same = {
            "floor": answers["floor"].body == expected.body,
            "FastAPI": msgspec.json.decode(answers["FastAPI"].body)["data"] == data,
            "Datasette": [msgspec.json.decode(one.document) for one in found] == data,
            "ours (25 waves)": len(data) == 25,
        }
        if not all(same.values()):
            message = f"{path}: {', '.join(one for one in same if not same[one])} differs"
            raise BenchError(message)
    cached = servers.ask(ports.ours, f"/v1/waves?{queries[0]}")
    unchanged = servers.ask(ports.ours, f"/v1/waves?{queries[0]}", {"If-None-Match": tag})
    for path, answer in (("/cached", cached), ("/unchanged", unchanged)):
        sent = servers.ask(ports.floor, path)
        if (sent.status, sent.body) != (answer.status, answer.body):
            message = f"the floor's {path} is not what we answer"
            raise BenchError(message)


def _interleave(walks: dict[str, Walk], seconds: int) -> dict[str, float]:
    """Measure in turns, so that a drift of the machine hits all alike; give medians per second."""
    found: dict[str, list[float]] = {name: [] for name in walks}
    for walk in walks.values():
        with contextlib.suppress(load.LoadError):
            walk.measure(seconds=1, connections=CONNECTIONS)
    for turn in range(1, ROUNDS + 1):
        for name, walk in walks.items():
            try:
                measured = walk.measure(seconds=seconds, connections=CONNECTIONS)
            except load.LoadError as error:
                _say(f"round {turn} of {ROUNDS}: {name}: not measured: {error}")
            else:
                found[name].append(measured.per_second)
                _say(f"round {turn} of {ROUNDS}: {name}: {measured.per_second:,.0f}/s")
    return {
        name: statistics.median(values) if values else NOT_MEASURED
        for name, values in found.items()
    }


def _uncached(ports: Ports, queries: list[str], seconds: int) -> Iterator[Row]:
    pages = [f"/v1/waves?{query}" for query in queries]
    speed = _interleave(
        {
            "uncached, ours": Walk(ports.ours, pages),
            "uncached, floor": Walk(ports.floor, pages),
            "uncached, FastAPI + SQLAlchemy": Walk(ports.fastapi, pages),
            "uncached, Datasette": Walk(ports.datasette, [_datasette(query) for query in queries]),
        },
        seconds,
    )
    first, *others = speed.items()
    for (name, value), least in zip(others, (0.6, 6, 10), strict=True):
        yield _faster(f"{name} (page of 25)", first[1], value, least=least)


def _cached(ports: Ports, page: str, tag: str, seconds: int) -> Iterator[Row]:
    speed = _interleave(
        {"cached, ours": Walk(ports.ours, [page]), "cached, floor": Walk(ports.floor, ["/cached"])},
        seconds,
    )
    yield _faster("cached, bare ASGI (page of 25)", *speed.values(), least=0.85)
    headers = {"If-None-Match": tag}
    speed = _interleave(
        {
            "304, ours": Walk(ports.ours, [page], headers),
            "304, floor": Walk(ports.floor, ["/unchanged"], headers),
        },
        seconds,
    )
    yield _faster("304, bare ASGI", *speed.values(), least=0.85)


def _faster(work: str, ours: float, other: float, *, least: float) -> Row:
    return Row(work, number(ours, "/s"), number(other, "/s"), ours / other, least=least)


# ---------------------------------------------------------------------------------- against size


def _large_against_small(waves: int) -> Iterator[Row]:
    _load(SMALL)
    _load(waves, million.load)
    with contextlib.ExitStack() as stack:
        folders = [database.folder_of(size) for size in (waves, SMALL)]
        urls = [stack.enter_context(postgres.embedded(folder)) for folder in folders]
        large, small = (
            stack.enter_context(_ours(url, folder))
            for url, folder in zip(urls, folders, strict=True)
        )
        _wait_for_columns(large)
        found = list(database.pairs(urls[0]))
        for work, paths in _kinds(found).items():
            walks = (Walk(large, paths(large)), Walk(small, paths(small)))
            # A window in which even the slowest is answered a few times.
            longer = 8 if work.startswith("statistics") else 1
            slow, quick = _times(*walks, seconds=LARGE_SECONDS * longer)
            _say(f"{work}: {slow:.2f} ms, {quick:.2f} ms")
            work_ = f"{work}: {waves:,} / {SMALL:,}"
            if work.startswith("statistics"):
                work_ = f"{work}: {waves:,} / limit"
                quick, most = STATISTICS_MS, 1.0
            else:
                most = MOST_GROWTH
            times = number(slow, " ms", digits=2), number(quick, " ms", digits=2)
            yield Row(work_, *times, slow / quick, most=most)


def _wait_for_columns(port: int) -> None:
    """Wait until waves are counted by columns, which takes minutes the first time."""
    _say("waiting until they are counted by columns …")
    for limit in range(1, COLUMNS_SECONDS):
        answer = servers.ask(
            port, f"/v1/statistics?group_by=status&announced_gte=2026&limit={limit}"
        )
        if "columns" in dict(answer.headers).get("server-timing", ""):
            return
        time.sleep(1)
    message = f"nothing is counted by columns after {COLUMNS_SECONDS} s"
    raise BenchError(message)


def _kinds(pairs: list[tuple[str, str]]) -> dict[str, Callable[[int], list[str]]]:
    """Give each kind of page as a function from a port to its different paths."""
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

    def statistics_of(*dimensions: str) -> Callable[[int], list[str]]:
        grouped = "&".join(f"group_by={one}" for one in dimensions)
        return lambda _: [f"/v1/statistics?{grouped}&announced_gte={day}" for day in early]

    return {
        "first page, count=none": lambda _: [f"{path}&count=none" for path in first],
        "first page, exact count": lambda _: first,
        "filtered page, count=none": lambda _: [f"{path}&count=none" for path in filtered],
        "filtered page, exact count": lambda _: filtered,
        "page of a driver, count=none": lambda _: [
            f"/v1/waves?limit=25&count=none&driver={one}&announced_gte={day}"
            for day in early[::20]
            for one in drivers
        ],
        "page of a company, exact count": of_companies,
        "page of a month, exact count": lambda _: [f"/v1/waves?limit=25&{one}" for one in months],
        "page by headcount, count=none": lambda _: [
            f"{path}&count=none&sort=-headcount" for path in first
        ],
        "deep page, by cursor": deep,
        "page of changes": lambda _: [
            f"/v1/changes?since=0&limit={size}{resource}"
            for size in range(1, 101)
            for resource in ("", "&resource=wave", "&resource=company", "&resource=source")
        ],
        "history": histories,
        "statistics by year and status": statistics_of("year", "status"),
        "statistics by driver and year": statistics_of("driver", "year"),
    }


def _months() -> list[datetime.date]:
    return [datetime.date(year, month, 1) for year in range(2008, 2026) for month in range(1, 13)]


def _ids(port: int, path: str) -> list[str]:
    found = msgspec.json.decode(servers.ask(port, path).body)["data"]
    return [one["id"] for one in found]


def _next(port: int, path: str) -> str:
    links = msgspec.json.decode(servers.ask(port, path).body)["links"]
    following: str = links["next"]
    return following.removeprefix(BASE)


def _times(large: Walk, small: Walk, *, seconds: int) -> tuple[float, float]:
    times: dict[Walk, list[float]] = {large: [], small: []}
    for _ in range(LARGE_ROUNDS):
        for walk, found in times.items():
            try:
                measured = walk.measure(seconds=seconds, connections=1, most=LARGE_MOST)
            except load.LoadError as error:
                _say(f"not measured: {error}")
            else:
                found.append(measured.p50_ms)
    slow, quick = (statistics.median(found) if found else NOT_MEASURED for found in times.values())
    return slow, quick


# ---------------------------------------------------------------------------------- real ledger


def _of_questions() -> tuple[real.Done, list[real.Cost]]:
    """Measure every kind of question of the ledger that is shipped, with its notices."""
    _say("the real ledger: looking for it, or publishing it and its notices …")
    done = real.fill()
    with contextlib.ExitStack() as stack:
        folder = database.folder_of(0).with_name(real.NAME)
        url = stack.enter_context(postgres.embedded(folder))
        port = stack.enter_context(_ours(url, folder))
        found = list(real.costs(port, _say))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "real.json").write_bytes(msgspec.json.encode({"filled": done, "costs": found}))
    return done, found


def _print_questions(done: real.Done, costs: list[real.Cost]) -> None:
    print(
        f"\nThe real ledger, published on {done.on}: {done.waves:,} waves in "
        f"{done.publishing_seconds:.1f} s, {done.notices:,} notices in "
        f"{done.importing_seconds:.1f} s (≤ 30), 200 notices more in {done.new_file_seconds:.1f} s "
        f"(≤ 2), one changed wave in {done.changed_wave_seconds:.1f} s (≤ 1)."
    )
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"One connection, median of {real.ROUNDS} rounds; load of the machine {load}.\n")
    show([real.HEADER, *(one.cells() for one in costs)])


def _print(rows: list[Row]) -> None:
    """Print the table: our number, the other one, their ratio, and what it has to be."""
    print(
        f"\n{os.cpu_count()} cores, Python {sys.version.split()[0]}, {CONNECTIONS} connections, "
        f"median of {ROUNDS} rounds\n"
    )
    show([HEADER, *(one.cells() for one in rows)])


if __name__ == "__main__":
    sys.exit(main())
