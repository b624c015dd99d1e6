"""Exports of the service: made on first request, kept on disk, and served from there.

`layoff-ledger export` does the work in a process of its own, so the only requests that wait for it
are those that ask for the export. Equal requests share one run; other processes of the service wait
for each other by the lock that the command takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from msgspec import Struct

from layoff_ledger.exports import describe
from layoff_ledger.exports.bucket import Bucket
from layoff_ledger.exports.describe import File, folder_name
from layoff_ledger.exports.folders import newest_first
from layoff_ledger.http import timing
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.http.ranges import Read, open_file
from layoff_ledger.store.revisions import Revisions, Snapshot
from layoff_ledger.subcommand import run_command

logger = logging.getLogger(__name__)

MAX_STORED = 16
"""Exports that stay on disk; others are made again on request."""
MAX_WAITING = 4
"""Exports that may wait to be made; whoever asks for one more is asked to come back."""
WAIT_SECONDS = 20.0
"""How long a request waits for an export that is being made before it is asked to come back."""
LOCK_SECONDS = 0.2
"""How often to check whether another process has written an export."""


class StoredExport(Struct, frozen=True):
    """An export on disk, or one in a bucket with its description on disk."""

    folder: Path
    files: dict[str, File]
    """Name → file."""


class ExportStore:
    """The exports of one ledger. One per process."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        base: str | None,
        observe: Callable[[float, bool], None] | None = None,
        *,
        bucket: Bucket | None = None,
    ) -> None:
        """Keep exports in a folder; `base` is the public address that is written into them.

        If there is a bucket, it holds the tables, and the folder what describes them.

        `observe` is told how many seconds an export took, and whether it succeeded.
        """
        self._observe = observe
        self._folder = folder
        self._database_url = database_url
        self._base = base or ""
        self._bucket = bucket
        self._stored: dict[Path, StoredExport] = {}
        self._making: dict[Path, asyncio.Task[None]] = {}
        self._begun: set[asyncio.Task[None]] = set()
        # Exports of several revisions are made one after the other: each takes a core for itself.
        self._turn = asyncio.Semaphore(1)

    async def get(self, snapshot: Snapshot) -> StoredExport:
        """Return the export of a revision, made now if necessary.

        Raises `UnavailableError` if it is not ready within some seconds (it continues to be made)
        or cannot be made.
        """
        revision = snapshot.revision
        # Not the number alone: the folder may have served another ledger, or under another address,
        # or an earlier version may have written it.
        folder = self._folder / folder_name(revision, snapshot.published_at, self._base)
        if not await asyncio.to_thread(_is_there, folder):
            self._stored.pop(folder, None)
            await self._make(folder, revision)
        # The least recently used ones are removed first. One that cannot be marked, because the
        # disk is read-only or belongs to another user, can still be read.
        with contextlib.suppress(OSError):
            await asyncio.to_thread(os.utime, folder)
        if folder not in self._stored:
            try:
                package = await asyncio.to_thread(describe.read, folder)
            except (OSError, ValueError) as error:
                logger.exception("the export in %s cannot be read", folder)
                raise UnavailableError(_CANNOT, retry_after_seconds=60) from error
            self._stored[folder] = StoredExport(folder, {file.name: file for file in package.files})
        return self._stored[folder]

    async def _make(self, folder: Path, revision: int) -> None:
        task = self._making.get(folder)
        if task is None and len(self._making) >= MAX_WAITING:
            message = "too many exports are being made; try again in a minute"
            raise UnavailableError(message, retry_after_seconds=60)
        if task is None:
            task = asyncio.create_task(self._run(folder, revision))
            self._making[folder] = task
            task.add_done_callback(lambda _: self._making.pop(folder))
        # Shielded by `wait`: the work continues when the client that asked for it has left. It is
        # done once for all, so no client is charged for the time it waits.
        begun = time.monotonic()
        try:
            done, _ = await asyncio.wait([task], timeout=WAIT_SECONDS)
        finally:
            timing.forgive(time.monotonic() - begun)
        if not done:
            message = f"the export of revision {revision} is being made; try again in a few seconds"
            raise UnavailableError(message, retry_after_seconds=10)
        if task.cancelled() or (failure := task.exception()) is not None:
            if not task.cancelled() and not isinstance(failure, RuntimeError):
                logger.error("the export of revision %s cannot be kept: %r", revision, failure)
            raise UnavailableError(_CANNOT, retry_after_seconds=60)

    async def _run(self, folder: Path, revision: int) -> None:
        """Make it, in the bucket if there is one and it is not there yet."""
        async with self._turn, self._alone():
            if self._bucket is not None and await asyncio.to_thread(self._fetch, folder):
                return
            await self._export(folder, revision)
            if self._bucket is not None:
                await asyncio.to_thread(self._store, self._bucket, folder)
        await asyncio.to_thread(self._make_room, folder)

    async def _export(self, folder: Path, revision: int) -> None:
        """Run the command; raise `RuntimeError` if it fails, and log its output."""
        begun, is_made = time.monotonic(), False
        try:
            is_made, output = await run_command(
                "export", str(folder), "--revision", str(revision),
                DATABASE_URL=self._database_url, LEDGER_URL=self._base,
            )  # fmt: skip
        finally:
            if self._observe is not None:
                self._observe(time.monotonic() - begun, is_made)
        if not is_made:
            logger.error("the export of revision %s failed: %s", revision, output)
            raise RuntimeError(output)

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Make other processes wait that would write the same export to the bucket."""
        if self._bucket is None:
            yield
            return
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        with (self._folder / ".bucket").open("wb") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(LOCK_SECONDS)
            yield

    def _fetch(self, folder: Path) -> bool:
        """Fetch the description of an export in the bucket; return whether it is there."""
        if self._bucket is None or not self._bucket.has(folder.name):
            return False
        if folder.is_dir():
            return True
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".fetched-") as name:
            partial = Path(name) / folder.name
            partial.mkdir()
            self._bucket.download_described(partial)
            partial.rename(folder)
        return True

    def _store(self, bucket: Bucket, folder: Path) -> None:
        """Move an export from disk to the bucket; its description also stays here."""
        try:
            bucket.upload(folder)
        except BaseException:
            # Otherwise the local files would be taken for those in the bucket.
            shutil.rmtree(folder, ignore_errors=True)
            raise
        for file in describe.read(folder).files:
            if file.table is not None:
                (folder / file.name).unlink()

    async def open(self, stored: StoredExport, file: File) -> Read:
        """Return a reader of a file; raise `OSError` if it is gone."""
        if self._bucket is None or file.table is None:
            return await open_file(stored.folder / file.name, file.bytes)
        return await self._bucket.open(stored.folder.name, file.name, file.bytes)

    def forget(self, stored: StoredExport) -> None:
        """Look again for an export with a missing part: a bucket may be emptied."""
        if self._bucket is not None:
            self._stored.pop(stored.folder, None)
            shutil.rmtree(stored.folder, ignore_errors=True)

    def make_at_publication(self, revisions: Revisions) -> None:
        """Write each new revision to the bucket as soon as it is the newest one."""
        if self._bucket is None:
            return

        def notice() -> None:
            task = asyncio.create_task(self._make_newest(revisions))
            self._begun.add(task)
            task.add_done_callback(self._begun.discard)

        revisions.on_newest.append(notice)
        if revisions.number:
            notice()

    async def _make_newest(self, revisions: Revisions) -> None:
        # If it takes long, it continues; if it fails, it is made on request.
        with contextlib.suppress(UnavailableError):
            await self.get(revisions.newest)

    def _make_room(self, made: Path) -> None:
        """Remove the exports that were not requested for longest; they can be made again."""
        kept = [one for one in self._folder.glob("r*-*") if one.is_dir() and one != made]
        for folder in newest_first(kept)[MAX_STORED - 1 :]:
            logger.info("the export in %s makes room", folder)
            shutil.rmtree(folder, ignore_errors=True)

    async def close(self) -> None:
        """Cancel what is being made; nothing of it is left behind."""
        tasks = [*self._making.values(), *self._begun]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_there(folder: Path) -> bool:
    """Return whether an export exists, as far as can be seen; if not, it has to be made."""
    try:
        return folder.is_dir()
    except OSError:
        return False


_CANNOT = "the export cannot be made at the moment; the log of the service says why"
