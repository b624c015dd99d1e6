"""Packages that libraries would import, and nothing here uses, stay out of a process."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

from support.services import NOWHERE

pytestmark = pytest.mark.thorough

CONVERT = """
import sys

def convert():
    import duckdb
    import pyarrow
    (row,) = duckdb.connect().execute("select $1::int, $2::text", [1, "a"]).fetchall()
    assert row == (1, "a")
    assert pyarrow.array([1, None], pyarrow.int64()).null_count == 1
    return 0 if "pandas" not in sys.modules else "pandas is imported"
"""
COMMAND = "from layoff_ledger import cli; cli.main = convert; cli.run()"
WORKER = "from layoff_ledger.app import serve_app; serve_app(); sys.exit(convert())"


@pytest.mark.parametrize("begin", [COMMAND, WORKER])
def test_no_process_imports_pandas_which_is_there(begin: str) -> None:
    """An argument of DuckDB and an array of Arrow are what makes them look for it."""
    done = subprocess.run(
        [sys.executable, "-c", CONVERT + begin],
        env={**os.environ, "DATABASE_URL": NOWHERE},
        capture_output=True,
        text=True,
        check=False,
    )

    assert importlib.util.find_spec("pandas")
    assert (done.returncode, done.stderr) == (0, "")
