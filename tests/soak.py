"""The soak (`make soak`): ten minutes of publications, imports and kills every 20 s under readers.

It runs the real command with two workers, an embedded PostgreSQL and a receiver of webhooks. Every
answer is compared with the first one to its question and revision, and every page of waves with the
one note with which its revision was published. At the end nothing may be lost: each revision still
says what was published in it, every notice is there, every event was delivered, every digest is
correct, and the worker and the process that were never killed need no more memory than half-way.
`--seconds` makes it shorter.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil

import faults
from layoff_ledger import paths
from support.readers import CACHED, Readers
from support.services import command

EVERY_SECONDS = 20.0
MIB = 1024**2
SPARE_BYTES = 24 * MIB
"""How much more a process may need at the end than half-way: a revision may or may not have emptied
a cache.
"""
QUESTIONS = [*CACHED, "/v1/waves?limit=200", "/v1/waves?limit=3&as_of=2"]
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # noqa: S105 of this program
COLUMNS = ["key", "jurisdiction", "employer", "place", "notice_on", "effective_on", "jobs"]


class Receiver:
    """Receives webhooks, and records which revisions they reported."""

    def __init__(self) -> None:
        self.revisions: list[int] = []
        revisions = self.revisions

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                revisions.append(body["data"]["revision"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def write(self, path: Path) -> None:
        path.write_text(
            "delays_seconds = [0.5, 1, 2, 5, 10]\n[[subscriber]]\nname = 'soak'\n"
            f"address = 'http://127.0.0.1:{self.server.server_port}/'\nallow_private = true\n"
            f"question = '/v1/waves'\nsecret = '{SECRET}'\n"
        )


class Soak:
    """What was published and imported, and therefore has to be found."""

    def __init__(self, service: faults.Service) -> None:
        self.service, self.folder = service, service.home.parent
        self.notes: dict[int, str] = {}
        """Revision → the note that its waves have, as it was published or first seen."""
        self.published: list[int] = []
        """Revisions that changed waves."""
        self.rows = self.number = 0

    def judge(self, answer: dict[str, Any]) -> str:
        """Return what is wrong with a page of waves: two notes in it, or not the one of before."""
        found = {one["note"] for one in answer["data"] if "note" in one and "headcount" in one}
        revision = answer["meta"]["revision"]
        if len(found) > 1:
            return f"revision {revision} is of {sorted(found)}"
        for note in found:
            if self.notes.setdefault(revision, note) != note:
                return f"revision {revision} says {note!r} and {self.notes[revision]!r}"
        return ""

    def _command(self, *arguments: str, kill_after: float | None = None) -> str:
        with subprocess.Popen(
            command(*arguments),
            env={**os.environ, "LEDGER_HOME": str(self.service.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            if kill_after is not None:
                time.sleep(kill_after)
                process.kill()
            output, _ = process.communicate()
        if process.returncode and kill_after is None:
            sys.exit(f"{arguments}: {output}")
        return output

    def publish(self, *, kill_after: float | None = None) -> None:
        self.number += 1
        note = f"soak {self.number}"
        self.service.edit(note)
        output = self._command("publish", str(self.service.data), kill_after=kill_after)
        if "published revision " in output:
            revision = int(output.partition("published revision ")[2].partition(":")[0])
            self.published.append(revision)
            if self.notes.setdefault(revision, note) != note:
                sys.exit(f"readers saw {self.notes[revision]!r} in the revision of {note!r}")

    def import_(self, *, kill_after: float | None = None) -> None:
        """Import what was imported, and 200 rows more."""
        rows = self.rows + 200
        path = self.folder / "soak.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for number in range(rows):
                key = hashlib.sha256(b"%d" % number).hexdigest()[:40]
                employer = f"Employer {number % 97}"
                writer.writerow(
                    [key, "US-TX", employer, "Irving", "2024-01-04", "2024-03-05", 10 + number]
                )
        data = str(paths.DATA)
        self._command("import", "warn", str(path), "--data", data, kill_after=kill_after)
        self.rows = rows

    def workers(self) -> list[psutil.Process]:
        """The workers, the oldest one first, which is never killed."""
        return sorted(self.service.serve.workers(), key=lambda one: one.create_time())

    def kill_the_youngest(self) -> None:
        self.workers()[-1].kill()

    def webhooks(self) -> list[psutil.Process]:
        children = psutil.Process(self.service.serve.process.pid).children()
        return [one for one in children if "webhooks" in one.cmdline()]

    def kill_webhooks(self) -> None:
        for one in self.webhooks():
            one.kill()

    def rounds(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("publication", self.publish),
            ("kill -9 of a worker", self.kill_the_youngest),
            ("import", self.import_),
            ("kill -9 of PostgreSQL", lambda: faults.kill_database(self.service)),
            ("kill -9 of a publisher", lambda: self.publish(kill_after=2.0)),
            ("publication", self.publish),
            ("kill -9 of a backend", lambda: faults.kill_a_backend(self.service)),
            ("kill -9 of an import", lambda: self.import_(kill_after=2.0)),
            ("kill -9 of webhooks", self.kill_webhooks),
            ("import", self.import_),
        ]

    def memory(self) -> dict[str, int]:
        """Resident bytes of the processes that are never killed, and of all of them."""
        parent = psutil.Process(self.service.serve.process.pid)
        oldest = self.workers()[0]
        database = [self.service.postmaster(), *self.service.postmaster().children()]
        return {
            "oldest worker": oldest.memory_info().rss,
            "parent": parent.memory_info().rss,
            # Each of its processes counts the memory that they share.
            "PostgreSQL": sum(one.memory_info().rss for one in database),
        }


def losses(soak: Soak, receiver: Receiver) -> list[str]:
    """Return what was lost, if anything was."""
    client, lost = soak.service.serve.client, []
    newest = client.get("/v1/waves?limit=1").json()["meta"]["revision"]
    for revision in range(2, newest + 1):
        answer = client.get(f"/v1/waves?limit=200&as_of={revision}").json()
        if wrong := soak.judge(answer) or ("" if len(answer["data"]) == 8 else "a wave is lost"):
            lost.append(f"revision {revision}: {wrong}")
    notices = client.get("/v1/notices?limit=1&count=exact").json()["meta"]["count"]
    if notices != soak.rows:
        lost.append(f"{notices} notices of {soak.rows}")
    untold = set(soak.published) - set(receiver.revisions)
    for _ in range(30):
        if not untold:
            break
        time.sleep(1)
        untold = set(soak.published) - set(receiver.revisions)
    if untold:
        lost.append(f"webhooks of revisions {sorted(untold)}")
    done = soak._command("verify")
    print(f"verify: {done.strip()}", flush=True)
    if "every digest correct" not in done:
        lost.append("a digest")
    return lost


def show(soak: Soak, when: str) -> dict[str, int]:
    memory = soak.memory()
    sizes = ", ".join(f"{name} {size / MIB:.0f} MiB" for name, size in memory.items())
    print(f"memory {when}: {sizes}", flush=True)
    return memory


def run(soak: Soak, readers: Readers, seconds: float) -> list[str]:
    """Do one thing after the other; return what was wrong."""
    wrong: list[str] = []
    head = f"{'at s':>6} {'what':<26}{'revision':>9}{'answers':>9}{'503':>6}{'none':>6}"
    print(f"{head}{'wrong':>7}{'p99 ms':>8}{'again s':>9}", flush=True)
    begun = time.monotonic()
    rounds = soak.rounds()
    count = max(len(rounds), int(seconds / EVERY_SECONDS))
    half: dict[str, int] = {}
    for number in range(count):
        name, do = rounds[number % len(rounds)]
        at = time.monotonic() - begun
        readers.begin()
        do()
        is_back = faults.recovers(readers, lambda: len(soak.workers()) == 2)
        time.sleep(max(0.0, begun + (number + 1) * seconds / count - time.monotonic()))
        statuses, took = dict(readers.statuses), sorted(readers.seconds)
        none = statuses.get("refused", 0) + statuses.get("no answer", 0)
        print(
            f"{at:>6.0f} {name:<26}{max(readers.revisions):>9}{len(took):>9}"
            f"{statuses.get('503', 0):>6}{none:>6}{len(readers.wrong):>7}"
            f"{took[int(len(took) * 0.99)] * 1000:>8.1f}"
            f"{f'{readers.uncached_gap:.2f}' if is_back else 'never':>9}",
            flush=True,
        )
        wrong += readers.wrong
        readers.wrong.clear()
        if not is_back:
            wrong.append(f"after {name} not all answered again")
        if number == 0:
            show(soak, "at the start ")
        if number == count // 2:
            half = show(soak, "half-way     ")
    end = show(soak, "at the end   ")
    for name in ("oldest worker", "parent"):
        if end[name] > half[name] + SPARE_BYTES:
            wrong.append(f"{name} grew from {half[name] / MIB:.0f} to {end[name] / MIB:.0f} MiB")
    return wrong


def main() -> int:
    """Return 1 if an answer was wrong, something was lost, or memory grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    seconds: float = parser.parse_args().seconds
    receiver = Receiver()
    with faults.service(receiver.write) as broken:
        soak = Soak(broken)
        # From here on, every wave has one note.
        soak.publish()
        with Readers(broken.port, QUESTIONS, soak.judge) as readers:
            wrong = run(soak, readers, seconds)
        page = httpx.get(f"{broken.serve.client.base_url}/metrics").text
        restarts = [one for one in page.splitlines() if "_restarts_total " in one]
        print("; ".join(one for one in restarts if not one.startswith("#")), flush=True)
        wrong += losses(soak, receiver)
        if broken.serve.process.poll() is not None:
            wrong.append("the service ended")
        if wrong:
            print(broken.serve.log.read_text()[-4_000:])
    for one in wrong:
        print(f"WRONG: {one}")
    print("FAILED" if wrong else "nothing was lost, no answer was wrong, and memory is flat")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
