"""What libraries would import, and nothing here uses, stays out of a process."""

from __future__ import annotations

import subprocess
import sys

CONVERT = """
import sys
from layoff_ledger import cli

def main():
    import duckdb
    import pyarrow
    (row,) = duckdb.connect().execute("select $1::int, $2::text", [1, "a"]).fetchall()
    assert row == (1, "a")
    assert pyarrow.array([1, None], pyarrow.int64()).null_count == 1
    return 0 if "pandas" not in sys.modules else "pandas is imported"

cli.main = main
cli.run()
"""


def test_no_command_imports_pandas_which_is_there() -> None:
    """An argument of DuckDB and an array of Arrow are what makes them look for it."""
    there = subprocess.run([sys.executable, "-c", "import pandas"], check=False)
    done = subprocess.run(
        [sys.executable, "-c", CONVERT], capture_output=True, text=True, check=False
    )

    assert there.returncode == 0
    assert (done.returncode, done.stderr) == (0, "")
