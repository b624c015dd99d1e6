"""Specifications → images, by a limited number of processes that are started when needed.

If an image takes too long, its process is ended; it may not exceed a size, either. If too many
images are waiting already, another one raises `UnavailableError` at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import Any

import msgspec

from layoff_ledger.charts.worker import DRAWN, LENGTH, Task
from layoff_ledger.http.problems import NotInstalledError, UnavailableError

PACKAGE, EXTRA = "vl_convert", "layoff-ledger[charts]"
MAX_WAITING = 16
"""How many images may be drawn or wait for a process."""
MAX_SECONDS = 20.0
"""How long one image may take; the first one of a process has to load JavaScript before."""
MAX_BYTES = 16 * 1024**2
"""The size of one image, at most."""
MAX_DRAWN = 500
"""How many images a process draws before it is replaced, in case it has leaked memory."""
IDLE_SECONDS = 300.0
"""How long the processes stay without drawing a chart."""


class _EndedError(Exception):
    """A process has ended, as far as is known not because of what it had to draw."""


def is_installed() -> bool:
    """Return whether the package that draws images is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


class Drawer:
    """Draws images; each process of the service has one."""

    def __init__(
        self,
        processes: int = 1,
        *,
        max_waiting: int = MAX_WAITING,
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        """Start nothing yet: a service without requests for charts needs no process."""
        self._max_waiting = max_waiting
        self._max_seconds = max_seconds
        self._free = asyncio.Semaphore(processes)
        self._idle: list[tuple[Process, int]] = []
        self._asked = 0
        self._ending: asyncio.TimerHandle | None = None

    async def svg(self, specification: dict[str, Any]) -> str:
        """Draw as SVG."""
        return (await self._draw(specification, None)).decode()

    async def png(self, specification: dict[str, Any], *, scale: int) -> bytes:
        """Draw as PNG, with this many pixels for each CSS pixel."""
        return await self._draw(specification, scale)

    async def close(self) -> None:
        """End all processes."""
        if self._ending is not None:
            self._ending.cancel()
        idle, self._idle = self._idle, []
        for process, _ in idle:
            await _end(process)

    async def _draw(self, specification: dict[str, Any], scale: int | None) -> bytes:
        if not is_installed():
            message = (
                f"this server draws no images: its operator can install {EXTRA}; format=vega "
                "gives the specification of the chart, which other programs draw"
            )
            raise NotInstalledError(message)
        if self._asked >= self._max_waiting:
            message = "too many charts are being drawn; try again in a few seconds"
            raise UnavailableError(message)
        self._asked += 1
        try:
            async with self._free:
                return await self._draw_in_process(specification, scale)
        finally:
            self._asked -= 1

    async def _draw_in_process(self, specification: dict[str, Any], scale: int | None) -> bytes:
        if self._ending is not None:
            self._ending.cancel()
        encoded = msgspec.Raw(msgspec.json.encode(specification))
        task = msgspec.json.encode(Task(specification=encoded, scale=scale))
        idle = self._take()
        if idle is not None:
            # It ended while drawing, or so shortly before that nobody knew yet: a new one draws it.
            with contextlib.suppress(_EndedError):
                return await self._draw_by(*idle, task)
        try:
            return await self._draw_by(await _start(), 0, task)
        except _EndedError as error:
            raise UnavailableError(str(error)) from error

    def _take(self) -> tuple[Process, int] | None:
        """Take a process that is alive: the system may have ended one while it was idle."""
        while self._idle:
            process, drawn = self._idle.pop()
            if _is_alive(process):
                return process, drawn
        return None

    async def _draw_by(self, process: Process, drawn: int, task: bytes) -> bytes:
        """Let a process draw that has drawn this many; raise `_EndedError` if it has ended."""
        try:
            async with asyncio.timeout(self._max_seconds):
                image = await _ask(process, task)
        except BaseException as error:
            # Also if the client has left: nobody would read what the process still writes.
            await _end(process)
            if isinstance(error, TimeoutError):
                message = f"drawing the chart took more than {self._max_seconds:g} seconds"
                raise UnavailableError(message) from error
            raise
        if drawn + 1 < MAX_DRAWN:
            self._idle.append((process, drawn + 1))
        else:
            await _end(process)
        loop = asyncio.get_running_loop()
        self._ending = loop.call_later(IDLE_SECONDS, self._end_idle)
        return image

    def _end_idle(self) -> None:
        idle, self._idle = self._idle, []
        for process, _ in idle:
            # It ends when its input does, and is reaped by the loop.
            if process.stdin is not None:
                process.stdin.close()


async def _start() -> Process:
    command = (sys.executable, "-m", "layoff_ledger.charts.worker")
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=MAX_BYTES
    )


def _is_alive(process: Process) -> bool:
    return (
        process.returncode is None and process.stdin is not None and not process.stdin.is_closing()
    )


async def _end(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def _ask(process: Process, task: bytes) -> bytes:
    """Send a task and wait for its image.

    Raises `RuntimeError` if it cannot be drawn, and `_EndedError` if the process has ended.
    """
    if process.stdin is None or process.stdout is None:
        raise TypeError
    process.stdin.write(LENGTH.pack(len(task)) + task)
    try:
        await process.stdin.drain()
        what = await process.stdout.readexactly(1)
        (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        if size > MAX_BYTES:
            message = f"the image has {size} bytes"
            raise RuntimeError(message)
        content = await process.stdout.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        message = "the process that draws has ended; try again in a few seconds"
        raise _EndedError(message) from error
    if what != DRAWN:
        raise RuntimeError(content.decode(errors="replace"))
    return content
