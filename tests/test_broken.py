"""The faults of `make broken` can still be planted: they have to keep up with the code."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.broken import FAULT, FOUND_BY, names
from support.broken_code import FAULTS
from support.temporary import ENVIRONMENT

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", FAULTS)
def test_the_code_has_what_a_fault_replaces(name: str) -> None:
    fault = FAULTS[name]
    source = inspect.getsource(importlib.import_module(f"layoff_ledger.{fault.module}"))

    assert source.count(fault.written) == 1, fault.module
    assert all((TESTS / f"test_{one}.py").exists() for one in fault.tests)


def test_what_is_asked_first_of_a_fault_is_there() -> None:
    assert FOUND_BY.keys() < names().keys()
    assert all((TESTS / f"test_{one}.py").exists() for one in FOUND_BY.values())


@pytest.mark.thorough
def test_a_planted_fault_is_caught_and_named() -> None:
    """A fault in COPY, because its tests are the fastest."""
    hidden = {ENVIRONMENT, FAULT, "LEDGER_TEST_SHARED", "PYTEST_XDIST_WORKER"}
    done = subprocess.run(
        [sys.executable, str(TESTS / "broken.py"), "backslash_as_it_is"],
        env={key: value for key, value in os.environ.items() if key not in hidden},
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "| `backslash_as_it_is` | " in done.stdout
    assert "`test_copying.py::" in done.stdout
