"""The service of another checkout, on a ledger that its own code has published: before and after.

Called by run.py; README.md says what is compared.
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
import load
import servers
import service
from layoff_ledger import postgres
from load import Walk
from table import Row

LOAD = "import sys, database; database.load(int(sys.argv[1]))"


def compare(checkout: Path, waves: int, seconds: int) -> Iterator[Row]:
    """Ask both the same, in turn: how many answers per second, and how long one answer takes."""
    service.say(f"{waves:,} waves before: looking for them, or publishing them …")
    _load(checkout, waves)
    with contextlib.ExitStack() as stack:
        folders = [database.folder_of(waves), checkout / "bench" / ".cache" / str(waves)]
        urls = [stack.enter_context(postgres.embedded(folder)) for folder in folders]
        codes = {"now": None, "before": checkout / "api"}
        ports = {
            name: stack.enter_context(service.serving(url, folder, code))
            for (name, code), url, folder in zip(codes.items(), urls, folders, strict=True)
        }
        service.wait_for_files(ports["now"])
        questions = large.questions(list(database.pairs(urls[0])))
        pages = [f"/v1/waves?{query}" for query in service.queries()]
        tags = [dict(servers.ask(port, pages[0]).headers)["etag"] for port in ports.values()]
        for work, paths, headers in (
            ("uncached page", pages, [None, None]),
            ("cached page", pages[:1], [None, None]),
            ("304", pages[:1], [{"If-None-Match": tag} for tag in tags]),
            ("200 waves with companies and sources", _expanded(pages), [None, None]),
        ):
            walks = {
                f"{work}, {name}": Walk(port, paths, one)
                for (name, port), one in zip(ports.items(), headers, strict=True)
            }
            yield _row(work, waves, *load.per_second(walks, seconds).values(), unit="/s")
        for work, question in questions.items():
            walks = {name: Walk(port, question.paths(port)) for name, port in ports.items()}
            if servers.ask(ports["before"], walks["before"].paths[0]).status != HTTPStatus.OK:
                service.say(f"{work}: could not be asked before")
                continue
            is_dear = question.most_ms is not None
            yield _row(work, waves, *large.times(work, walks, is_dear=is_dear), unit="ms")


def _load(checkout: Path, waves: int) -> None:
    """Publish the waves with the code of the checkout, unless it has done so already."""
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


def _row(work: str, waves: int, after: list[float], before: list[float], *, unit: str) -> Row:
    is_time = unit == "ms"
    return Row(
        f"{work} of {waves:,} waves, before",
        *(after, before),
        unit,
        digits=2 if is_time else 0,
        is_of_times=is_time,
    )
