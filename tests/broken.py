"""The deliberately broken copies (`make broken`): plant a fault, run the tests, print the catch.

Each fault of `support/broken.py` is a copy of the service with one mistake. The contract tests run
against it until one fails, first those that found it before, and against those of
`support/broken_code.py` the tests that it names; the table says which one it was. Without any fault
all of them have to pass. The exit status is 1 if a fault was not caught. `make broken
FAULT=vary_missing` runs one.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

# What the tests import is imported once.
from support import broken_code, cases, replay, servers  # noqa: F401
from support.broken import FAULT, FOUND_BY, names
from support.databases import make_database, name_of, publish_folder
from support.eventful import make_eventful
from support.revisions import FIXTURE

SOUND = "nothing"
QUICK = (
    "promises",
    "formats",
    "lists",
    "errors",
    "http",
    "exports",
    "time",
    "counts",
    "statistics",
)
"""Tests of the contract; if all of them miss a fault, schemathesis runs."""
SCHEMATHESIS = ("contract",)
WITHIN = sorted({one for fault in broken_code.FAULTS.values() for one in fault.tests})
CAUGHT = re.compile(r"^(?:FAILED|ERROR) (\S+?)(?: - (.*))?$", re.MULTILINE)


def prepared(server: str, home: Path) -> dict[str, str]:
    """Publish the made-up ledgers once for all sessions; yield what `conftest.py` needs of them."""
    data = home / "data"

    async def make() -> dict[str, str]:
        plain = await make_database(server)
        await publish_folder(plain, FIXTURE)
        eventful = await make_database(server, name_of(plain))
        await make_eventful(eventful, data)
        return {
            "server": server,
            "template": name_of(plain),
            "eventful": name_of(eventful),
            "data": str(data),
        }

    return asyncio.run(make())


def caught_by(fault: str, shared: dict[str, str], home: Path) -> tuple[str, str, float]:
    """Run the tests against a fault; return the failed test, the reason, and the seconds it took.

    They run in a copy of this process: importing what they need takes longer than most need to find
    the fault.
    """
    begun = time.monotonic()
    output = home / f"{fault}.txt"
    child = os.fork()
    if child == 0:
        _run_tests(fault, shared, output)
    _, ended = os.waitpid(child, 0)
    said = output.read_text()
    found = CAUGHT.search(said)
    if found is None and os.waitstatus_to_exitcode(ended) != 0:
        sys.exit(f"{fault}: the tests could not run\n{said}")
    test = "" if found is None else found[1].removeprefix("tests/")
    return test, ("" if found is None else (found[2] or ""))[:90], time.monotonic() - begun


def groups(fault: str) -> list[Sequence[str]]:
    """Return the tests to run against a fault, one group after the other until one fails."""
    if fault in broken_code.FAULTS:
        return [broken_code.FAULTS[fault].tests]
    first = [(FOUND_BY[fault],)] if fault in FOUND_BY else []
    return [*first, QUICK, SCHEMATHESIS, *([WITHIN] if fault == SOUND else [])]


def _run_tests(fault: str, shared: dict[str, str], output: Path) -> NoReturn:
    """Run the tests in a copied process, and end it before it cleans up what is not its own."""
    status = 1
    try:
        file = output.open("w")
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        os.environ[FAULT], os.environ["LEDGER_TEST_SHARED"] = fault, json.dumps(shared)
        # The real ledger takes longer to publish than the made-up one takes to test, and a copy
        # that changes bodies encodes none: that is not the fault to be found.
        options = [
            "-k",
            "not real and not encoding",
            "-p",
            "no:cacheprovider",
            "-q",
            "-x",
            "--tb=line",
        ]
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        for group in groups(fault):
            files = [f"tests/test_{one}.py" for one in group]
            status = int(pytest.main([*options, *files]))
            if status:
                break
    except BaseException:  # noqa: BLE001 whatever it was, the other process tells of it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main(chosen: list[str]) -> int:
    """Run the named faults, or all of them; return the exit status."""
    known = names()
    faults = chosen or list(known)
    if unknown := [one for one in faults if one not in known]:
        sys.exit(f"no such fault: {', '.join(unknown)}")
    missed = []
    print("| fault | what is wrong | caught by | seconds |\n| --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(prefix="ledger-broken-") as name:
        home = Path(name)
        home.chmod(0o755)
        with servers.started(None, home) as server:
            shared = prepared(server, home)
            for fault in faults:
                test, why, seconds = caught_by(fault, shared, home)
                if (test == "") != (fault == SOUND):
                    missed.append(fault)
                said = (
                    f"`{test}`" if test else "**nothing**" if fault != SOUND else "nothing, rightly"
                )
                print(f"| `{fault}` | {known[fault]} | {said} | {seconds:.0f} |", flush=True)
                if why and fault == SOUND:
                    print(why, file=sys.stderr)
    if missed:
        print(f"not as it has to be: {', '.join(missed)}", file=sys.stderr)
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
