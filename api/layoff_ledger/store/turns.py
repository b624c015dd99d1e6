"""Turns for costly questions, so that pages are not kept waiting."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from layoff_ledger.http.problems import UnavailableError

TURN_SECONDS = 5.0
"""How long a request waits for its turn before its client is asked to come back."""


@contextlib.asynccontextmanager
async def turn(turns: asyncio.Semaphore) -> AsyncIterator[None]:
    """Wait for a turn, and hold it for the block; raise `UnavailableError` if none comes."""
    try:
        async with asyncio.timeout(TURN_SECONDS):
            await turns.acquire()
    except TimeoutError as error:
        message = "too many costly questions are being answered at once; try again in a few seconds"
        raise UnavailableError(message) from error
    try:
        yield
    finally:
        turns.release()
