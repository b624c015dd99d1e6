"""Folders of killed runs of the tests do not fill the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support import temporary

pytestmark = pytest.mark.thorough

HOLDS = """
import sys, time
from pathlib import Path
from support import temporary
held = temporary.folder(Path(sys.argv[1]))
print(held.path, flush=True)
time.sleep(60)
"""


def hold(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, parent],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parent)},
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_new_run_removes_what_a_killed_one_left_and_leaves_what_is_in_use(tmp_path: Path) -> None:
    killed, left = hold(tmp_path)
    going_on, used = hold(tmp_path)
    (left / "base").write_bytes(b"0" * 1000)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    try:
        own = temporary.folder(tmp_path)
        assert not left.exists()
        assert used.is_dir()
        own.close(keep=True)
        assert own.path.is_dir()
        temporary.folder(tmp_path).close()
        assert list(tmp_path.iterdir()) == [used]
    finally:
        going_on.kill()
        going_on.communicate()


TWO_SESSIONS = """
import os, sys, pytest
options = ["-q", "-p", "no:cacheprovider", "-n", "0"]
for _ in range(2):
    status = pytest.main([*options, f"{sys.argv[1]}::{sys.argv[2]}"])
    if status:
        sys.exit(int(status))
from support import temporary
sys.exit(temporary.ENVIRONMENT in os.environ)
"""


def test_two_sessions_in_one_process_have_a_folder_each() -> None:
    name = test_a_new_run_removes_what_a_killed_one_left_and_leaves_what_is_in_use.__name__
    hidden = {temporary.ENVIRONMENT, "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"}
    done = subprocess.run(
        [sys.executable, "-c", TWO_SESSIONS, __file__, name],
        env={key: value for key, value in os.environ.items() if key not in hidden},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
