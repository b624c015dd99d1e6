"""Shows where the processor time of an uncached page goes, by packages and by functions.

Usage: bench/profiling.py [--waves 10000] [--seconds 30]. Needs `py-spy`, which samples a
hundred times a second what a worker does while it holds Python's lock and `wrk` requests the pages
of run.py, none of which is answered from memory. If it lacks a permission, it says how to give it.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

import large
import load
import servers
import service
from database import folder_of
from layoff_ledger import paths, postgres
from load import Walk
from table import show

RATE = 100
"""Samples per second; each stops the worker, so more would slow down what is measured."""
WARM_SECONDS = 10
"""Seconds in which a worker reads the rest of its postings besides answering."""
LEAST = 0.02
"""A function with a smaller share is left out."""
ELSEWHERE = {
    "litestar/": "the framework (Litestar)",
    "granian/": "the server (Granian)",
    "asyncio/": "the loop (asyncio)",
    "asyncpg/": "the driver (asyncpg)",
}


class ProfileError(Exception):
    """There are no samples; the message says why."""


class Profile(Struct):
    """How many samples each has."""

    looks: int = 0
    rooms: Counter[str] = Counter()
    """Whose function ran, or had called what ran: the innermost of ours and of `ELSEWHERE`."""
    functions: Counter[str] = Counter()
    """Our functions, with everything that they call."""
    alone: Counter[str] = Counter()
    """Our functions, without what others of ours or the framework do for them."""


def main() -> int:
    """Profile and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waves", type=int, default=large.SMALL, help="(%(default)s)")
    parser.add_argument("--seconds", type=int, default=30, help="to look (%(default)s)")
    given = parser.parse_args()
    try:
        load.find()
        service.load(given.waves)
        profile = count(_stacks(given.waves, given.seconds))
    except (ProfileError, load.LoadError, servers.ServerError, postgres.PostgresError) as error:
        print(f"profile: {error}", file=sys.stderr)
        return 1
    _print(profile)
    return 0


def _stacks(waves: int, seconds: int) -> Iterator[tuple[list[str], int]]:
    """Sample a worker under load; return each stack, outermost first, and its samples."""
    pages = [f"/v1/waves?{query}" for query in service.queries()]
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres.embedded(folder_of(waves)))
        port = stack.enter_context(service.serving(url, folder_of(waves)))
        service.wait_for_files(port)
        walk = Walk(port, pages)
        walk.measure(seconds=WARM_SECONDS, connections=load.CONNECTIONS)
        seen = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "stacks"
        command = [
            *("py-spy", "record", "--pid", str(servers.worker(port).pid), "--rate", str(RATE)),
            *("--duration", str(seconds), "--gil", "--format", "raw", "--function"),
            *("--full-filenames", "--output", str(seen)),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as looking:
            measured = walk.measure(seconds=seconds, connections=load.CONNECTIONS)
            told, _ = looking.communicate(timeout=60)
        if looking.returncode or not seen.exists():
            message = f"py-spy: {told.decode().strip()[-1_000:]}"
            raise ProfileError(message)
        service.say(f"{measured.per_second:,.0f} pages a second while it was looked at")
        for line in seen.read_text().splitlines():
            frames, _, times = line.rpartition(" ")
            yield frames.split(";"), int(times)


def count(stacks: Iterable[tuple[list[str], int]]) -> Profile:
    """Add up stacks by packages and functions."""
    profile = Profile()
    for frames, times in stacks:
        profile.looks += times
        for one in {name for name in map(_name, frames) if name}:
            profile.functions[one] += times
        innermost = next((one for one in reversed(frames) if _name(one) or _elsewhere(one)), "")
        name = _name(innermost)
        if name is not None:
            profile.alone[name] += times
        profile.rooms[_room(name) if name else _elsewhere(innermost) or "other"] += times
    return profile


def _name(frame: str) -> str | None:
    """Return module and function of a frame if it belongs to the service's own code."""
    function, _, file = frame.partition(" (")
    _, is_ours, place = file.rpartition(f"{paths.PACKAGE}/")
    return f"{place.partition(':')[0]}: {function}" if is_ours else None


def _elsewhere(frame: str) -> str | None:
    return next((room for place, room in ELSEWHERE.items() if f"/{place}" in frame), None)


def _room(name: str) -> str:
    module = name.partition(": ")[0]
    return module.partition("/")[0] + "/" if "/" in module else module


def _print(profile: Profile) -> None:
    def share(number: int) -> str:
        return f"{number / profile.looks:.1%}"

    print(f"\nAn uncached page of 25: {profile.looks:,} samples of a worker\n")
    rooms = [(room, share(number)) for room, number in profile.rooms.most_common()]
    show([("whose", "share"), *rooms])
    print()
    functions = [
        (name, share(number), share(profile.alone[name]))
        for name, number in profile.functions.most_common()
        if number >= LEAST * profile.looks
    ]
    show([("function of ours", "with what it calls", "alone"), *functions])


if __name__ == "__main__":
    sys.exit(main())
