"""Our own service on a database, set up the same way for every comparison."""

from __future__ import annotations

import contextlib
import datetime
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

import database
import servers

BASE = "http://ledger.example"
"""The base address in answers."""
PAGES = 1_000
FIRST_DATE = datetime.date(2010, 1, 1)
LAST_DATE = datetime.date(2026, 6, 30)
FILES_SECONDS = 900
"""How long the first files of postings and columns may take."""
OURS = "layoff_ledger.app:serve_app"


@contextlib.contextmanager
def serving(url: str, home: Path, code: Path | None = None) -> Iterator[int]:
    """Serve a database, and return the port; with `code`, by the modules of that folder."""
    environment = {"DATABASE_URL": url, "LEDGER_URL": BASE, "LEDGER_HOME": str(home)}
    if code is not None:
        environment["PYTHONPATH"] = str(code)
    with servers.serving(OURS, environment, ready="/v1/waves?limit=1", factory=True) as port:
        yield port


def queries() -> list[str]:
    """Return the queries of more pages of 25 waves than the cache of answers holds."""
    days = (LAST_DATE - FIRST_DATE).days
    dates = [FIRST_DATE + datetime.timedelta(days * one // PAGES) for one in range(PAGES)]
    return [f"limit=25&count=none&announced_lte={day}" for day in dates]


def ids(port: int, resource: str) -> list[str]:
    """Request the ids of the first 200 records of a resource."""
    answer = servers.ask(port, f"/v1/{resource}?limit=200&count=none")
    return [one["id"] for one in msgspec.json.decode(answer.body)["data"]]


def wait_for_files(port: int) -> None:
    """Wait until a worker has read its postings and columns, which takes minutes the first time.

    Raises `servers.ServerError` if they do not come.
    """
    say("waiting until waves are listed by postings and counted by columns …")
    for limit in range(1, FILES_SECONDS):
        asked = {
            # Addresses that were not requested before, because cached answers prove nothing.
            "postings": f"/v1/waves?announced_gte=2026&limit={1 + limit % 200}&count=none",
            "columns": f"/v1/statistics?group_by=status&announced_gte=2026&limit={limit}",
        }
        if all(
            name in dict(servers.ask(port, path).headers).get("server-timing", "")
            for name, path in asked.items()
        ):
            return
        time.sleep(1)
    message = f"postings or columns did not come within {FILES_SECONDS} s"
    raise servers.ServerError(message)


def load(
    waves: int, loading: Callable[[int], tuple[database.Loaded, bool]] = database.load
) -> None:
    """Ensure that a cluster holds this many waves, and print how long that took."""
    say(f"{waves:,} waves: looking for them, or publishing them …")
    loaded, kept = loading(waves)
    when = f"on {loaded.on}, kept since" if kept else "now"
    print(
        f"publishing {waves:,} waves took {loaded.seconds:.1f} s "
        f"({waves / loaded.seconds:,.0f} waves/s, {when})"
    )


def say(text: str) -> None:
    """Report the progress of a run, apart from its table."""
    print(text, file=sys.stderr, flush=True)
