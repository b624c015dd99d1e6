"""Measures the service against the floor and its peers, and prints one table of ratios.

Usage: bench/run.py [--waves 10000] [--large] [--only-large] [--only-real] [--seconds 5]. README.md
says what is compared.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import signal
import sys
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from types import FrameType

import asyncpg
import msgspec
from msgspec import Struct

import before
import database
import endurance
import large
import load
import real
import servers
import service
from layoff_ledger import postgres
from layoff_ledger.http.cache import CACHE_BYTES
from load import Walk
from report import Machine, Report
from table import Row

SOAK_MINUTES = 10.0
LARGE = 1_000_000


class BenchError(Exception):
    """What is measured is not what should be measured."""


class Ports(Struct, frozen=True):
    """The address on which the servers listen."""

    ours: int
    floor: int
    fastapi: int
    datasette: int


def main() -> int:
    """Run all of it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--waves", type=int, default=large.SMALL, help="waves to publish (%(default)s)"
    )
    parser.add_argument(
        "--large", nargs="?", type=int, const=LARGE, help=f"also %(const)s against {large.SMALL}"
    )
    parser.add_argument("--only-large", action="store_true", help="leave out the peers")
    parser.add_argument("--only-real", action="store_true", help="only the ledger that is shipped")
    parser.add_argument(
        "--only-endurance", action="store_true", help="only the rows of p99 and of memory"
    )
    parser.add_argument(
        "--before",
        type=Path,
        metavar="CHECKOUT",
        help="also against the code of another checkout, on waves that it publishes itself",
    )
    parser.add_argument("--only-before", action="store_true", help="only what --before adds")
    parser.add_argument(
        "--soak-minutes",
        type=float,
        default=SOAK_MINUTES,
        help="of mixed load, after which memory is looked at; 0 leaves it out (%(default)s)",
    )
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement (%(default)s)")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    report, status = Report(datetime.datetime.now().astimezone(), Machine.look()), 0
    try:
        load.find()
        only_some = given.only_large or given.only_real or given.only_before
        if not only_some:
            report.rows.extend(_against_peers(given))
        without_real = given.only_large or given.only_endurance or given.only_before
        if not without_real:
            report.filled, report.costs = _of_questions()
        if given.before is not None:
            service.load(given.waves)
            report.rows.extend(before.compare(given.before.resolve(), given.waves, given.seconds))
        if given.large or given.only_large:
            report.rows.extend(large.against_small(given.large or LARGE))
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
        status = 1
    except KeyboardInterrupt:
        status = 130
    if report.rows or report.costs:
        # What was measured before a failure is not lost.
        report.print()
    return status


def _stop(_: int, __: FrameType | None) -> None:
    """Let SIGTERM unwind like Ctrl-C, so that every process is ended."""
    raise KeyboardInterrupt


# ---------------------------------------------------------------------------------- against peers


def _against_peers(given: argparse.Namespace) -> Iterator[Row]:
    waves, seconds = given.waves, given.seconds
    service.load(waves)
    queries = service.queries()
    pages = [f"/v1/waves?{query}" for query in queries]
    sqlite = database.folder_of(waves) / "waves.sqlite"
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres.embedded(database.folder_of(waves)))
        ours = stack.enter_context(service.serving(url, database.folder_of(waves)))
        service.say("asking for every page once, for the floor to send the same bytes …")
        _store(ours, url, queries)
        database.export_to_sqlite(url, service.BASE, sqlite)
        tag = dict(servers.ask(ours, pages[0]).headers)["etag"]
        unchanged = servers.ask(ours, pages[0], {"If-None-Match": tag})
        environment = {
            "DATABASE_URL": url,
            "LEDGER_URL": service.BASE,
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
            yield from endurance.tails(work, ours_, floor, seconds)
        if given.soak_minutes:
            yield from endurance.memory(ours, given.soak_minutes)


def _datasette(query: str) -> str:
    return f"/waves/page.json?_shape=array&_json=document&{query.rsplit('&', maxsplit=1)[1]}"


def _headers(answer: servers.Answer) -> str:
    """Return the headers that the app has set and that do not depend on the body."""
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


def _uncached(ports: Ports, queries: list[str], seconds: int) -> Iterator[Row]:
    pages = [f"/v1/waves?{query}" for query in queries]
    speed = load.per_second(
        {
            "uncached, ours": Walk(ports.ours, pages),
            "uncached, floor": Walk(ports.floor, pages),
            "uncached, FastAPI + SQLAlchemy": Walk(ports.fastapi, pages),
            "uncached, Datasette": Walk(ports.datasette, [_datasette(query) for query in queries]),
        },
        seconds,
    )
    (_, ours), *others = speed.items()
    for (name, other), least in zip(others, (0.6, 6, 10), strict=True):
        yield Row(f"{name} (page of 25)", ours, other, "/s", least=least)


def _cached(ports: Ports, page: str, tag: str, seconds: int) -> Iterator[Row]:
    speed = load.per_second(
        {"cached, ours": Walk(ports.ours, [page]), "cached, floor": Walk(ports.floor, ["/cached"])},
        seconds,
    )
    ours, floor = speed.values()
    yield Row("cached, bare ASGI (page of 25)", ours, floor, "/s", least=0.85)
    headers = {"If-None-Match": tag}
    speed = load.per_second(
        {
            "304, ours": Walk(ports.ours, [page], headers),
            "304, floor": Walk(ports.floor, ["/unchanged"], headers),
        },
        seconds,
    )
    ours, floor = speed.values()
    yield Row("304, bare ASGI", ours, floor, "/s", least=0.85)


# ---------------------------------------------------------------------------------- real ledger


def _of_questions() -> tuple[real.Done, list[real.Cost]]:
    """Measure every kind of question to the shipped ledger with its notices."""
    service.say("the real ledger: looking for it, or publishing it and its notices …")
    done = real.fill()
    with contextlib.ExitStack() as stack:
        folder = database.folder_of(0).with_name(real.NAME)
        url = stack.enter_context(postgres.embedded(folder))
        port = stack.enter_context(service.serving(url, folder))
        found = list(real.costs(port))
    return done, found


if __name__ == "__main__":
    sys.exit(main())
