"""A command of this program, in a process of its own: what takes a core holds up no request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys


async def run_command(*arguments: str, **environment: str) -> tuple[bool, str]:
    """Run a command to its end; say whether it did what it was to do, and what it printed.

    Where a signal ended it, as the system does where memory runs out, that is the last line. It has
    this process's environment and what is given beside. Who does not wait for it longer ends it.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "layoff_ledger.cli", *arguments,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
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
