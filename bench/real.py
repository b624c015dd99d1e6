"""The real ledger with its notices: what every kind of question costs, compared with a plain page.

Called by run.py; README.md says what is compared.
"""

from __future__ import annotations

import contextlib
import datetime
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

import database
import load
import servers
import service
from layoff_ledger import paths, postgres
from layoff_ledger.curation import inputs, migrate, publish, read
from layoff_ledger.imports import linking, run, shipped
from layoff_ledger.statement import Connection
from load import Measured, Walk

NAME = "real"
ADDRESSES = 240
"""Different addresses of a question, so that none is answered from memory."""
ROUNDS = 3
MOST = 25
"""Requests of one measurement: expensive questions need fewer."""
MOST_TIMES = 20.0
"""How many plain pages the most expensive question may cost, by the architecture; or 100 ms."""
FAILURES = (load.LoadError, servers.ServerError, OSError, KeyError, msgspec.DecodeError)


class Done(Struct, frozen=True):
    """How long it took to fill the cluster; kept beside its data."""

    digest: str
    waves: int
    notices: int
    publishing_seconds: float
    importing_seconds: float
    new_file_seconds: float
    """200 notices of one state among all others, in a separate file."""
    changed_wave_seconds: float
    on: datetime.date


class Question(Struct, frozen=True):
    """A kind of question: its different addresses, and the milliseconds that it may take."""

    paths: list[str]
    most_ms: float | None = None
    seconds: int = 2
    """How long a round lasts, however many answers come meanwhile."""
    bounded: str | None = None
    """What limits the cost of many at once, if one of them may cost more."""


class Cost(Struct, frozen=True):
    """What was measured for one kind of question; without figures if that failed."""

    work: str
    most_ms: float | None = None
    p50_ms: float = 0.0
    least_ms: float = 0.0
    greatest_ms: float = 0.0
    """The smallest and the largest median of a round."""
    p99_ms: float = 0.0
    plain_ms: float = 0.0
    failure: str | None = None
    bounded: str | None = None

    @property
    def ratio(self) -> float:
        """Return how many plain pages it costs."""
        return self.p50_ms / self.plain_ms

    def cells(self) -> tuple[str, ...]:
        """Return what is printed."""
        if self.failure is not None:
            return (self.work, "not measured", "", "", self.failure[:60], "")
        if self.bounded is not None:
            target, reached = self.bounded, True
        elif self.most_ms is None:
            target, reached = f"≤ {MOST_TIMES:g} pages or 100 ms", self._is_cheap()
        else:
            target, reached = f"≤ {self.most_ms:g} ms", self.p50_ms <= self.most_ms
        return (
            self.work,
            f"{self.p50_ms:.1f} ms ({self.least_ms:.1f} to {self.greatest_ms:.1f})",
            f"{self.p99_ms:.1f} ms",
            f"{self.ratio:.1f}",
            target,
            "✓" if reached else "✗",
        )

    def _is_cheap(self) -> bool:
        return self.ratio <= MOST_TIMES or self.p50_ms <= 100


HEADER = ("question", "p50 (least to greatest round)", "p99", "plain pages", "target", "")


def fill() -> Done:
    """Ensure that a cluster holds the real ledger and its notices, published by this code."""
    folder = database.folder_of(0).with_name(NAME)
    note = folder / "loaded.json"
    digest = inputs.input_digest(paths.DATA).hex() + shipped.digest(paths.DATA).hex()
    with contextlib.suppress(FileNotFoundError, msgspec.MsgspecError):
        known = msgspec.json.decode(note.read_bytes(), type=Done)
        if known.digest == digest:
            return known

    async def work(connection: Connection) -> Done:
        await connection.execute("drop schema if exists api, ledger, ledger_migration cascade")
        await migrate.migrate(connection)
        curated = read.read(paths.DATA)
        begun = time.perf_counter()
        digests = {inputs.INPUT: inputs.input_digest(paths.DATA)}
        given = publish.collection_input(curated)
        await publish.publish(connection, given, digests=digests)
        published = time.perf_counter() - begun
        begun = time.perf_counter()
        notices = await _import(connection, shipped.files(paths.DATA))
        imported = time.perf_counter() - begun
        # As autovacuum would do it a little later; measurements must not depend on when.
        await connection.execute("vacuum (analyze)")
        return Done(
            digest,
            len(curated.waves),
            notices,
            published,
            imported,
            await _new_file(connection),
            await _changed_wave(connection, curated),
            datetime.datetime.now(datetime.UTC).date(),
        )

    with postgres.embedded(folder) as url:
        note.unlink(missing_ok=True)
        done = database.run(url, work)
        note.write_bytes(msgspec.json.encode(done))
        return done


async def _import(connection: Connection, files: list[Path]) -> int:
    known = read.read_tables(paths.DATA, ["collections"]).collections
    collection = msgspec.structs.replace(known[shipped.COLLECTION], id=shipped.COLLECTION)
    judgements = linking.read_judgements(paths.DATA / "links")
    report = await run.import_notices(connection, files, collection, judgements)
    return report.new


NEW_NOTICES = 200


async def _new_file(connection: Connection) -> float:
    """Import a file of 200 notices of a separate jurisdiction, and take it back."""
    lines = ["key,jurisdiction,employer,place,notice_on,effective_on,jobs"]
    lines += [
        f"{number:010x},US-PR,Made-up Employer {number},San Juan,2026-05-{1 + number % 28:02},"
        f"2026-07-{1 + number % 28:02},{50 + number}"
        for number in range(NEW_NOTICES)
    ]
    file = database.CACHE / "new.csv"
    file.write_text("\n".join(lines))
    transaction = connection.transaction()
    await transaction.start()
    try:
        begun = time.perf_counter()
        await _import(connection, [file])
        return time.perf_counter() - begun
    finally:
        await transaction.rollback()


async def _changed_wave(connection: Connection, curated: read.Curated) -> float:
    """Publish everything with another note on one wave, and take it back."""
    id_, wave = next(iter(curated.waves.items()))
    changed = msgspec.structs.replace(wave, note="Changed to see how long that takes.")
    transaction = connection.transaction()
    await transaction.start()
    try:
        begun = time.perf_counter()
        given = publish.collection_input(curated)
        waves = [changed if one.id == id_ else one for one in curated.waves.values()]
        await publish.publish(connection, msgspec.structs.replace(given, waves=waves))
        return time.perf_counter() - begun
    finally:
        await transaction.rollback()


def questions(port: int) -> dict[str, Question]:
    """Yield every kind of question. Its addresses differ, but none of them leaves anything out."""
    early = [
        f"announced_gte={datetime.date(1990, 1, 1) + datetime.timedelta(one)}"
        for one in range(ADDRESSES)
    ]
    numbers = range(ADDRESSES)
    days = [datetime.date(2025, 1, 1) + datetime.timedelta(one) for one in numbers]

    def each(path: str) -> list[str]:
        return [f"{path}{'&' if '?' in path else '?'}{one}" for one in early]

    statistics_ = "/v1/statistics?group_by="
    notices = "/v1/notices/statistics?group_by="
    ids = msgspec.json.decode(servers.ask(port, "/v1/waves?limit=200").body)["data"]
    return {
        "claims, page of 50": Question(each("/v1/claims")),
        "claims, in conflict": Question(each("/v1/claims?conflicting=true")),
        "claims, primary sources only": Question(each("/v1/claims?standing_only=primary")),
        "attribution by year": Question(each("/v1/attribution?by=year")),
        "attribution by month": Question(each("/v1/attribution?by=month")),
        "attribution by company": Question(each("/v1/attribution?by=company")),
        "indicators, page of 50": Question(
            [f"/v1/indicators?year_gte={1900 + one % 100}&limit={50 + one // 100}" for one in numbers]
        ),
        "rebalancing": Question([f"/v1/rebalancing?limit={200 + one}" for one in numbers]),
        "timeline, 60 days": Question(
            [f"/v1/timeline?from={one}&to={one + datetime.timedelta(60)}" for one in days]
        ),
        "statistics by year and status": Question(each(f"{statistics_}year,status"), 300),
        "statistics by driver and year": Question(each(f"{statistics_}driver,year"), 300),
        "statistics by three dimensions": Question(each(f"{statistics_}year,industry,status")),
        "statistics with spread": Question(each(f"{statistics_}industry&spread=true")),
        "statistics, running total": Question(each(f"{statistics_}month&cumulative=true&fill=true")),
        "comparison of ten waves": Question(
            [
                "/v1/comparisons?" + "&".join(f"wave={ids[(one + n * 7) % 200]['id']}" for n in range(10))
                for one in range(200)
            ]
        ),
        "search of a frequent word": Question(
            [f"/v1/search?q=layoffs&limit={1 + one % 50}&{kind}" for one in range(50) for kind in _KINDS],
            50,
        ),
        "changes, page of 50": Question(
            # Everything was published after these days.
            [
                f"/v1/changes?limit=50&published_gte={_ANY_DAY - datetime.timedelta(one)}&{kind}"
                for one in range(100)
                for kind in _OF
            ],
            5,
        ),
        "notices, page of 50": Question([f"/v1/notices?limit=50&jobs_gte={one + 1}" for one in numbers]),
        "notices of a state": Question(
            [f"/v1/notices?jurisdiction=US-TX&jobs_gte={one + 1}" for one in numbers]
        ),
        "notices by jurisdiction and month": Question(
            [f"{notices}jurisdiction,month&limit={1000 + one}" for one in numbers], 60
        ),
        "notices by industry and year": Question(
            [f"{notices}industry,year&limit={1000 + one}" for one in numbers], 60
        ),
        "notices by county": Question([f"{notices}county&limit={1000 + one}" for one in numbers], 60),
        "notices by company": Question([f"{notices}company&limit={1000 + one}" for one in numbers], 60),
        "all waves as csv, streamed": Question(each("/v1/waves?format=csv"), seconds=4, bounded="streamed"),
        "all waves as xlsx": Question(each("/v1/waves?format=xlsx"), seconds=4, bounded="two files at once"),
        "all waves as parquet": Question(each("/v1/waves?format=parquet"), seconds=4, bounded="two files at once"),
        "statistics as svg": Question(each(f"{statistics_}year&format=svg"), bounded="a process of its own"),
    }  # fmt: skip


_KINDS = ("", "kind=wave", "kind=company", "kind=source", "kind=driver")
_ANY_DAY = datetime.date(2026, 1, 1)
_OF = ("", "resource=wave", "resource=company", "resource=source")


def costs(port: int) -> Iterator[Cost]:
    """Measure every kind of question in turn with a plain page, round by round."""
    # All waves are later than this: it changes the address, but not the page.
    early = [datetime.date(1970, 1, 1) + datetime.timedelta(one) for one in range(9_000)]
    plain = Walk(port, [f"/v1/waves?limit=25&count=none&announced_gte={day}" for day in early])
    for work, question in questions(port).items():
        walk = Walk(port, question.paths)
        try:
            cost = _cost(work, question, walk, plain)
        except FAILURES as error:
            cost = Cost(work, failure=" ".join(str(error).split()) or type(error).__name__)
        service.say(": ".join(cost.cells()[:3]))
        yield cost


def _cost(work: str, question: Question, walk: Walk, plain: Walk) -> Cost:
    with contextlib.suppress(load.LoadError):
        # The first of its kind, such as the first chart, may take longer than the whole round.
        walk.measure(seconds=1, connections=1, most=2)
    found: list[Measured] = []
    beside: list[Measured] = []
    for _ in range(ROUNDS):
        beside.append(plain.measure(seconds=1, connections=1, most=MOST))
        found.append(walk.measure(seconds=question.seconds, connections=1, most=MOST))
    medians = [one.p50_ms for one in found]
    return Cost(
        work,
        question.most_ms,
        statistics.median(medians),
        min(medians),
        max(medians),
        max(one.p99_ms for one in found),
        statistics.median(one.p50_ms for one in beside),
        bounded=question.bounded,
    )
