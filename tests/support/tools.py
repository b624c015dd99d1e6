"""The tools of the recipes, as people have them: `jq`, and `duckdb` with httpfs."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import httpx

from support.markdown import HOST

# The `jq` of PyPI is jq's own engine without its command: this adds the options of the recipes.
JQ = """\
import sys
import jq
assert sys.argv[1] == "-r", sys.argv
for value in jq.compile(sys.argv[2]).input_text(sys.stdin.read()):
    print(value if isinstance(value, str) else jq.compile(".").input_value(value).text())
"""


def environment(folder: Path) -> dict[str, str]:
    """Return an environment whose `duckdb` has httpfs, and whose `jq` is the one of the lock file.

    With internet access, DuckDB would fetch httpfs itself; here it comes from a package. `folder`
    is the place for what that needs.
    """
    program = folder / "bin" / "jq"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{JQ}")
    program.chmod(0o755)
    scripts = str(Path(sys.executable).parent)
    path = os.pathsep.join((str(program.parent), scripts, os.environ["PATH"]))
    made = {**os.environ, "PATH": path, "HOME": str(folder)}
    subprocess.run(
        ["duckdb", "-c", f"install '{httpfs()}'"], env=made, check=True, capture_output=True
    )
    return made


def httpfs() -> Path:
    """Return the file of DuckDB's extension that reads over HTTP."""
    (extension,) = Path(str(resources.files("duckdb_extension_httpfs"))).rglob("*.duckdb_extension")
    return extension


def with_address(block: str, client: httpx.Client) -> str:
    """Return a block with the address of the test's service instead of the printed one."""
    return block.replace(HOST, str(client.base_url).rstrip("/"))


def shell(
    block: str, client: httpx.Client, environment: dict[str, str], *, folder: Path | None = None
) -> str:
    """Run a script as it is printed, in a folder, and return what it prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", with_address(block, client)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
