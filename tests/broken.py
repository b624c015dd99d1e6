"""The deliberately broken copies (`make broken`): plant a fault, run the tests, print what caught it.

Each fault of `support/broken.py` is a copy of the service in which one thing is wrong. The contract
tests run against it until one fails; the table says which one it was. Without any fault all of them
have to pass. It ends with 1 where a fault was not caught. `make broken FAULT=vary_missing` runs one.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support import servers
from support.broken import FAULT, names
from support.databases import make_database, name_of, publish_folder
from support.revisions import FIXTURE

SOUND = "nothing"
TESTS = [
    f"tests/test_{one}.py"
    for one in ("promises", "formats", "lists", "errors", "http", "exports", "time", "contract")
]
"""The quick ones first: each fault is done when it is caught."""
CAUGHT = re.compile(r"^(?:FAILED|ERROR) (\S+?)(?: - (.*))?$", re.MULTILINE)


def template(server: str) -> str:
    """Publish the made-up ledger once for all."""

    async def make() -> str:
        url = await make_database(server)
        await publish_folder(url, FIXTURE)
        return name_of(url)

    return asyncio.run(make())


def caught_by(fault: str, server: str, made: str) -> tuple[str, str, float]:
    """Run the tests against a fault; give the test that failed, why, and the seconds it took."""
    begun = time.monotonic()
    environment = {
        **os.environ,
        FAULT: fault,
        "LEDGER_TEST_ADDRESS": server,
        "LEDGER_TEST_TEMPLATE": made,
    }
    # The real ledger takes longer to publish than the made-up one to test.
    chosen = ["-k", "not real", "-p", "no:cacheprovider", "-q", "-x", "--tb=line", *TESTS]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *chosen],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = CAUGHT.search(done.stdout)
    if found is None and done.returncode != 0:
        sys.exit(f"{fault}: the tests could not run\n{done.stdout}\n{done.stderr}")
    test = "" if found is None else found[1].removeprefix("tests/")
    return test, ("" if found is None else (found[2] or ""))[:90], time.monotonic() - begun


def main(chosen: list[str]) -> int:
    """Run the faults that are named, all if none is; give the status to end with."""
    known = names()
    faults = chosen or list(known)
    missed = []
    print("| fault | what is wrong | caught by | seconds |\n| --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(prefix="ledger-broken-") as name:
        home = Path(name)
        home.chmod(0o755)
        with servers.started(None, home) as server, ThreadPoolExecutor(os.cpu_count()) as pool:
            made = template(server)
            runs = {fault: pool.submit(caught_by, fault, server, made) for fault in faults}
            for fault, run in runs.items():
                test, why, seconds = run.result()
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
