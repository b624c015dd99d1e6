"""The results of a run: its tables on standard output, and everything as JSON.

Called by run.py; README.md says how to read it.
"""

from __future__ import annotations

import datetime
import os
import sys
import timeit
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

import load
import real
from table import HEADER, Row, show

RESULTS = Path(__file__).parent / "results"
ADDITIONS = 10_000_000


class Machine(Struct, frozen=True):
    """The machine of a run, and how busy it was."""

    cores: int
    python: str
    additions_seconds: float
    """How long ten million additions of Python take: machines differ by a factor of two."""
    load: tuple[float, float, float]
    """The load average of the last one, five and fifteen minutes."""

    @classmethod
    def look(cls) -> Machine:
        """Measure its present state."""
        seconds = timeit.timeit("total += 1", "total = 0", number=ADDITIONS)
        return cls(os.cpu_count() or 1, sys.version.split()[0], seconds, os.getloadavg())

    def __str__(self) -> str:
        load = ", ".join(f"{one:.1f}" for one in self.load)
        return f"load {load}; ten million additions {self.additions_seconds:.2f} s"


class Report(Struct):
    """Everything that a run has measured."""

    begun_at: datetime.datetime
    before: Machine
    rows: list[Row] = []
    filled: real.Done | None = None
    costs: list[real.Cost] = []

    def print(self) -> None:
        """Print each table, and the state of the machine before and after."""
        after = Machine.look()
        print(
            f"\n{self.before.cores} cores, Python {self.before.python}\n"
            f"before: {self.before}\nafter: {after}"
        )
        if self.rows:
            print(
                f"\n{load.CONNECTIONS} connections, median of {load.ROUNDS} rounds that alternate, "
                "and the ratios of the rounds\n"
            )
            show([HEADER, *(one.cells() for one in self.rows)])
        if self.filled is not None:
            self._print_questions(self.filled)
        print(f"\nwritten to {self._write(after)}")

    def _print_questions(self, done: real.Done) -> None:
        print(
            f"\nThe real ledger, published on {done.on}: {done.waves:,} waves in "
            f"{done.publishing_seconds:.1f} s, {done.notices:,} notices in "
            f"{done.importing_seconds:.1f} s (≤ 30), 200 notices more in "
            f"{done.new_file_seconds:.1f} s (≤ 2), one changed wave in "
            f"{done.changed_wave_seconds:.1f} s (≤ 1).\n"
            f"One connection, median of {real.ROUNDS} rounds.\n"
        )
        show([real.HEADER, *(one.cells() for one in self.costs)])

    def _write(self, after: Machine) -> Path:
        """Write everything as JSON, each run to its own file; what failed is null."""
        rows: list[dict[str, Any]] = [
            {
                **msgspec.to_builtins(one),
                "ratio": one.ratio,
                "ratios": one.ratios,
                "is_reached": one.is_reached,
            }
            for one in self.rows
        ]
        content = {
            "begun_at": self.begun_at,
            "machine": {"before": self.before, "after": after},
            "rows": rows,
            "real": self.filled and {"filled": self.filled, "costs": self.costs},
        }
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.begun_at:%Y-%m-%dT%H-%M-%S}.json"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(content)))
        return path
