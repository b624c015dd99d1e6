#!/usr/bin/env python3
"""Keeps a copy of a Layoff Ledger in an SQLite file up to date, by `/v1/changes`.

    python replica.py http://localhost:8000 copy.sqlite
    python replica.py http://localhost:8000 copy.sqlite --every 60

The first run reads everything, later ones only what was published since. Each publication is stored
in one transaction, and only if its digest is right: the file always has the ledger as of a
revision, whole and checked, and may be read meanwhile. If a run is killed, the next one continues
where it stopped. It needs Python 3.11 and nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import itertools
import json
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

TABLES = """
create table if not exists revision (number integer primary key, digest text not null) strict;
create table if not exists document (
    resource text not null,
    id text not null,
    revision integer not null,
    body text not null,
    primary key (resource, id)
) strict;
"""
TIMEOUT_SECONDS = 60
TRY_AGAIN = (OSError, http.client.HTTPException, ValueError, sqlite3.OperationalError)
"""What is raised if the ledger or the file is unavailable, too busy, or cut off."""


RESTORED = (
    "it was restored from an older state, or is another ledger. "
    "Put the copy away and begin a new one"
)


class CopyError(Exception):
    """The copy cannot be brought up to date by another attempt."""


class Change(NamedTuple):
    """One line of `/v1/changes?format=ndjson`."""

    told: dict[str, Any]
    document: bytes
    """The document as it was sent, because its digest is that of its bytes."""


def main() -> int:
    """Bring the copy up to date, once or repeatedly; return the exit status."""
    parser = argparse.ArgumentParser(description="Keep a copy of a Layoff Ledger in step.")
    parser.add_argument("url", help="address of the ledger, such as http://localhost:8000")
    parser.add_argument("file", help="SQLite file with the copy; made if there is none")
    parser.add_argument("--every", type=float, metavar="SECONDS", help="ask again and again")
    given = parser.parse_args()
    with closing(sqlite3.connect(given.file, isolation_level=None)) as copy:
        # So that readers of the copy do not have to wait for its writer.
        copy.execute("pragma journal_mode = wal")
        copy.executescript(TABLES)
        while True:
            try:
                before, after = bring_up(copy, given.url.rstrip("/"))
                print(f"at revision {after}" + (f", was at {before}" if after > before else ""))
            except CopyError as error:
                print(f"replica: {error}", file=sys.stderr)
                return 1
            except TRY_AGAIN as error:
                # What was stored stays, and the next run continues from there.
                print(f"replica: {error!r}", file=sys.stderr)
                if given.every is None:
                    return 1
            sys.stdout.flush()
            if given.every is None:
                return 0
            time.sleep(given.every)


def bring_up(copy: sqlite3.Connection, url: str) -> tuple[int, int]:
    """Store what was published since; return the revisions before and after. Raises `CopyError`."""
    before, digest = last(copy)
    if before and ask(url, before)["digest"] != digest:
        message = f"revision {before} of the ledger is not the one of this copy: {RESTORED}"
        raise CopyError(message)
    with get(f"{url}/v1/changes?format=ndjson&since={before}") as lines:
        for number, changes in itertools.groupby(read(lines), lambda one: one.told["revision"]):
            store(copy, url, number, changes)
    return before, last(copy)[0]


def last(copy: sqlite3.Connection) -> tuple[int, str]:
    """Return the number and the digest of the revision that the copy has."""
    query = "select number, digest from revision order by number desc limit 1"
    number, digest = copy.execute(query).fetchone() or (0, "")
    return number, digest


def get(url: str) -> http.client.HTTPResponse:
    """Request an address; raise `CopyError` if it names a revision that never existed."""
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        if error.code == http.client.NOT_FOUND and b'"unknown_revision"' in error.read():
            message = f"the ledger does not have the revision of this copy any more: {RESTORED}"
            raise CopyError(message) from error
        raise
    return answer


def ask(url: str, number: int) -> dict[str, Any]:
    """Return what the ledger says about one of its revisions."""
    with get(f"{url}/v1/revisions/{number}") as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def read(lines: Iterable[bytes]) -> Iterator[Change]:
    """Read the changes line by line; `document` is the last field of each."""
    for line in lines:
        if not line.endswith(b"\n"):
            raise http.client.IncompleteRead(line)
        _, _, rest = line.partition(b',"document":')
        yield Change(json.loads(line), rest.removesuffix(b"}\n"))


def store(copy: sqlite3.Connection, url: str, number: int, changes: Iterable[Change]) -> None:
    """Store one publication, if it is exactly what was published; otherwise nothing of it."""
    with copy:  # commits at the end, and rolls back what raises
        copy.execute("begin immediate")
        before, digest = last(copy)
        if number <= before:
            # Another run has stored it meanwhile.
            return
        if number > before + 1:
            message = f"revision {before + 1} is missing among the changes"
            raise CopyError(message)
        chain, count = hashlib.sha256(bytes.fromhex(digest)), 0
        for change in changes:
            chain.update(store_change(copy, change))
            count += 1
        told = ask(url, number)
        if count < told["added"] + told["changed"] + told["withdrawn"]:
            message = f"revision {number} was cut off"
            raise ConnectionError(message)
        if chain.hexdigest() != told["digest"]:
            message = f"the changes of revision {number} do not give its digest: it is not stored"
            raise CopyError(message)
        copy.execute("insert into revision values (?, ?)", (number, chain.hexdigest()))


def store_change(copy: sqlite3.Connection, change: Change) -> bytes:
    """Store one document, or remove it; return its line of the digest."""
    told = change.told
    resource, id_ = told["resource"], told["id"]
    if told["change"] == "withdrawn":
        copy.execute("delete from document where resource = ? and id = ?", (resource, id_))
    else:
        # The digest is that of the document after its field `revision`, which includes no address.
        _, _, body = change.document.partition(b'"revision":%d,' % told["revision"])
        if hashlib.sha256(body).hexdigest() != told["digest"]:
            message = f"{resource} {id_} of revision {told['revision']} is not as it was published"
            raise CopyError(message)
        copy.execute(
            "insert or replace into document values (?, ?, ?, ?)",
            (resource, id_, told["revision"], change.document.decode()),
        )
    return f"{told['change']} {resource} {id_} {told['digest'] or '-'}\n".encode()


if __name__ == "__main__":
    sys.exit(main())
