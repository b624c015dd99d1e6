"""Measures a server with wrk, a load generator in C that runs as a separate process."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

import service
from table import NOT_MEASURED

ROUNDS = 3
CONNECTIONS = 16
"""Connections; each sends its next request as soon as it has an answer."""
SCRIPT = Path(__file__).parent / "walk.lua"


class LoadError(Exception):
    """Nothing was measured."""


class Measured(Struct, frozen=True):
    """What wrk saw; a failure is an error, never a slow number."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def per_second(self) -> float:
        """Return the throughput."""
        return self.requests / self.seconds


class Walk:
    """A list of paths that is requested in order, round and round, over several measurements.

    A least-recently-used cache that is smaller than the list never has what comes next; so each
    measurement begins where the one before it ended.
    """

    def __init__(self, port: int, paths: list[str], headers: dict[str, str] | None = None) -> None:
        """Begin at the first path."""
        self.port = port
        self.paths = paths
        self.headers = headers or {}
        self._at = 0

    def measure(self, *, seconds: int, connections: int, most: int = 0) -> Measured:
        """Send requests for this many seconds, or until `most` requests have been made."""
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(self.paths))
            file.flush()
            headers = [part for pair in self.headers.items() for part in ("-H", ": ".join(pair))]
            command = [
                *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"),
                *("-s", str(SCRIPT), *headers, f"http://127.0.0.1:{self.port}"),
                *("--", file.name, str(self._at), str(most)),
            ]
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=seconds + 60, check=False
                )
            except subprocess.TimeoutExpired as error:
                message = f"wrk does not end after {seconds} s at {self.paths[0]}"
                raise LoadError(message) from error
        if done.returncode:
            message = f"wrk failed: {(done.stderr or done.stdout).strip()[-500:]}"
            raise LoadError(message)
        measured = msgspec.json.decode(done.stdout.splitlines()[-1], type=Measured)
        if measured.errors or not measured.requests:
            message = f"{measured.errors} errors in {measured.requests} requests at {self.paths[0]}"
            raise LoadError(message)
        self._at = (self._at + measured.requests + connections) % len(self.paths)
        return measured


def find() -> None:
    """Raise `LoadError` in words if there is no load generator."""
    if shutil.which("wrk") is None:
        message = (
            "wrk is not on PATH: install it (`apt-get install wrk`, `brew install wrk`). "
            "A load generator in Python would measure itself, and hey and oha cannot walk over a "
            "list of addresses in order."
        )
        raise LoadError(message)


def in_turns(
    walks: Mapping[str, Walk], measure: Callable[[Walk], float], unit: str
) -> dict[str, list[float]]:
    """Measure in turn, so that a drift of the machine affects all alike; return what each did.

    A round that fails does not count: it is `NOT_MEASURED`.
    """
    found: dict[str, list[float]] = {name: [] for name in walks}
    for turn in range(1, ROUNDS + 1):
        for name, walk in walks.items():
            try:
                value = measure(walk)
            except LoadError as error:
                value = NOT_MEASURED
                service.say(f"round {turn} of {ROUNDS}: {name}: not measured: {error}")
            else:
                service.say(f"round {turn} of {ROUNDS}: {name}: {value:,.1f}{unit}")
            found[name].append(value)
    return found


def per_second(walks: Mapping[str, Walk], seconds: int) -> dict[str, list[float]]:
    """Measure how many answers per second each gives in each round, after one request to each."""
    for walk in walks.values():
        with contextlib.suppress(LoadError):
            walk.measure(seconds=1, connections=CONNECTIONS)
    return in_turns(
        walks, lambda walk: walk.measure(seconds=seconds, connections=CONNECTIONS).per_second, "/s"
    )
