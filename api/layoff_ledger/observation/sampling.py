"""Checks a sample of the ledger against its digests each hour while it is served."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Iterator

import asyncpg

from layoff_ledger.curation import verify
from layoff_ledger.processes import RunFolder, Verification

logger = logging.getLogger(__name__)

FIRST_SECONDS = 60.0
"""How long to wait after a start, which has enough to do."""
PAUSE_SECONDS = 3_600.0
# A page that fails its checksum is an error of PostgreSQL, and as wrong as a digest.
_WRONG = (verify.VerifyError, asyncpg.DataCorruptedError, asyncpg.IndexCorruptedError)


@contextlib.contextmanager
def sampling(url: str, folder: RunFolder) -> Iterator[None]:
    """Take samples of the ledger at an address until the block is left."""
    stopped = threading.Event()
    thread = threading.Thread(target=_run, args=(url, folder, stopped), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(timeout=5)


def _run(url: str, folder: RunFolder, stopped: threading.Event) -> None:
    found = Verification()
    pause = FIRST_SECONDS
    while not stopped.wait(pause):
        pause = PAUSE_SECONDS
        try:
            found = asyncio.run(take_sample(url, found))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("no sample of the ledger could be verified: %r", error)
            pause = FIRST_SECONDS
        folder.update(verified=found)


async def take_sample(url: str, before: Verification) -> Verification:
    """Check a sample against its digests; return the combined results. Raises what asyncpg does."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        documents = await verify.verify_sample(connection)
    except _WRONG as error:
        # The sentence says where; how it was found adds nothing.
        logger.error("the ledger is damaged: %s; run `layoff-ledger verify`", error)  # noqa: TRY400
        return Verification(before.documents, before.failures + 1, before.at)
    finally:
        await connection.close()
    return Verification(before.documents + documents, before.failures, time.time())
