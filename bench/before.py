"""The service of another checkout, on a ledger that its own code has published: before and after.

Called by run.py; what is compared stands in README.md.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import database
import large
import servers
import service
from layoff_ledger import postgres
from load import LoadError, Walk
from table import NOT_MEASURED, Row, number

LOAD = "import sys, database; database.load(int(sys.argv[1]))"
CONNECTIONS = 16
ROUNDS = 3


def compare(checkout: Path, waves: int, seconds: int) -> Iterator[Row]:
    """Ask both the same, in turns: what they answer a second, and how long one answer takes."""
    service.say(f"{waves:,} waves before: looking for them, or publishing them …")
    _load(checkout, waves)
    with contextlib.ExitStack() as stack:
        folders = [database.folder_of(waves), checkout / "bench" / ".cache" / str(waves)]
        urls = [stack.enter_context(postgres.embedded(folder)) for folder in folders]
        after = stack.enter_context(service.serving(urls[0], folders[0]))
        before = stack.enter_context(service.serving(urls[1], folders[1], checkout / "api"))
        questions = large.questions(list(database.pairs(urls[0])))
        pages = [f"/v1/waves?{query}" for query in service.queries()]
        tags = [dict(servers.ask(port, pages[0]).headers)["etag"] for port in (after, before)]
        for work, paths, headers in (
            ("uncached page", pages, [None, None]),
            ("cached page", pages[:1], [None, None]),
            ("304", pages[:1], [{"If-None-Match": tag} for tag in tags]),
            ("200 waves with companies and sources", _expanded(pages), [None, None]),
        ):
            walks = [
                Walk(port, paths, one) for port, one in zip((after, before), headers, strict=True)
            ]
            yield _row(work, waves, *_per_second(walks, seconds), unit="/s")
        for work, question in questions.items():
            if servers.ask(before, question.paths(before)[0]).status != HTTPStatus.OK:
                service.say(f"{work}: could not be asked before")
                continue
            walks = [Walk(port, question.paths(port)) for port in (after, before)]
            yield _row(work, waves, *large.times(walks, question), unit=" ms")


def _load(checkout: Path, waves: int) -> None:
    """Publish the waves by the code of the checkout, unless it has done so already."""
    bench = checkout / "bench"
    code = os.pathsep.join(map(str, (checkout / "api", bench)))
    command = [sys.executable, "-c", LOAD, str(waves)]
    done = subprocess.run(
        command, cwd=bench, env={**os.environ, "PYTHONPATH": code}, check=False, stdout=sys.stderr
    )
    if done.returncode:
        message = f"the code of {checkout} does not publish {waves:,} waves"
        raise servers.ServerError(message)


def _expanded(pages: list[str]) -> list[str]:
    return [f"{page}&expand=company,sources".replace("limit=25", "limit=200") for page in pages]


def _per_second(walks: list[Walk], seconds: int) -> list[float]:
    found: list[list[float]] = [[] for _ in walks]
    for _ in range(ROUNDS):
        for walk, speeds in zip(walks, found, strict=True):
            with contextlib.suppress(LoadError):
                speeds.append(walk.measure(seconds=seconds, connections=CONNECTIONS).per_second)
    return [sorted(one)[len(one) // 2] if one else NOT_MEASURED for one in found]


def _row(work: str, waves: int, after: float, before: float, *, unit: str) -> Row:
    digits = 0 if unit == "/s" else 2
    cells = number(after, unit, digits=digits), number(before, unit, digits=digits)
    service.say(f"{work}: {cells[0]}, before {cells[1]}")
    gained = after / before if unit == "/s" else before / after
    return Row(f"{work} of {waves:,} waves, before", *cells, gained)
