"""Files of columns and of postings: written, and waited for until a service answers from them."""

from __future__ import annotations

import itertools
from pathlib import Path

import httpx

from support.services import run
from support.waiting import wait_until


def write(url: str, folder: Path) -> Path:
    """Write the newest revision by columns, as the service has it done."""
    done = run("columns", str(folder), DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.split(maxsplit=1)[1].removeprefix("has ").strip())


def with_columns(url: str, home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a service that has files even for a small ledger."""
    return {"DATABASE_URL": url, "LEDGER_HOME": str(home), "LEDGER_COLUMNS": "1", **more}


def wait_for_columns(client: httpx.Client) -> None:
    """Ask, each time at another address, until columns answer."""
    limits = itertools.count(1)
    path = "/v1/statistics?group_by=year&announced_gte=1900&limit="
    wait_until(lambda: is_by_columns(client.get(f"{path}{next(limits)}")))


def is_by_columns(answer: httpx.Response) -> bool:
    return "columns;dur=" in answer.headers["server-timing"]


def is_by_postings(answer: httpx.Response) -> bool:
    return "postings;dur=" in answer.headers["server-timing"]
