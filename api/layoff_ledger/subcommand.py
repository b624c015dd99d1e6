"""Runs a command of this program in its own process, so that heavy work delays no request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys


def begin(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """Begin a command, with this process's environment and the given additions."""
    return subprocess.Popen(_command(arguments), env={**os.environ, **environment})  # noqa: S603 ours


def end(process: subprocess.Popen[bytes], seconds: float) -> int:
    """End a command within some seconds, or else kill it; return its status."""
    process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "layoff_ledger.cli", *arguments]


async def run_command(*arguments: str, **environment: str) -> tuple[bool, str]:
    """Run a command to its end; return whether it succeeded, and what it printed.

    If a signal ended it, for example when memory ran out, that is the last line. It gets this
    process's environment and the given additions. If the caller stops waiting, the command ends.
    """
    process = await asyncio.create_subprocess_exec(
        *_command(arguments),
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
    text = output.decode(errors="replace").strip()
    if process.returncode is not None and process.returncode < 0:
        name = signal.Signals(-process.returncode).name
        text = f"{text}\nits process was ended by {name}".lstrip()
    return process.returncode == 0, text
