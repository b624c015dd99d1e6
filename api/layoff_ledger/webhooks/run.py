"""Waits for revisions, and ensures that each subscriber gets each event: the work of one process.

The position of a subscriber is kept in a file of its own, so nothing is lost and nothing is sent
twice, unless the process ends before the file is written; then the id of the event reveals it. If
the file cannot be written, for example on a full disk, nothing is sent, and what was sent at that
moment is recorded again until that works. What fails is tried again at growing intervals; what
fails for good is written to `dead-letters.jsonl`. A problem with one subscriber does not affect the
others.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import fcntl
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from layoff_ledger import processes
from layoff_ledger.http.problems import InvalidParametersError, UnavailableError
from layoff_ledger.query.vocabularies import check_codes
from layoff_ledger.settings import Settings, SettingsError
from layoff_ledger.store.ledger import Ledger, connect
from layoff_ledger.webhooks import subscribers
from layoff_ledger.webhooks.delivery import Outcome, post
from layoff_ledger.webhooks.events import event_of
from layoff_ledger.webhooks.subscribers import Subscription, WebhooksError

if TYPE_CHECKING:
    from layoff_ledger.observation.metrics import Metrics

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
FAILED_SECONDS = 10.0
"""How long a subscriber pauses after an unforeseen error."""
_OWN_THREADS = 4
DEAD_LETTERS = "dead-letters.jsonl"


class State(Struct, frozen=True):
    """The position of a subscriber."""

    revision: int
    """The last one that was handled."""
    fingerprint: str
    """Of that revision: after a restore, the same number may mean another one."""


async def run(configured: Settings, url: str) -> None:
    """Serve all subscribers until cancelled; raise `WebhooksError` if the file is wrong."""
    if configured.webhooks is None:
        message = "LEDGER_WEBHOOKS is not set: give the path of the file of subscribers"
        raise SettingsError(message)
    if configured.url is None:
        message = "LEDGER_URL is not set: events name records by their public address"
        raise SettingsError(message)
    found, delays = subscribers.read(configured.webhooks)
    folder = configured.home / "webhooks"
    folder.mkdir(parents=True, exist_ok=True)
    # A thread for each receiver: slow ones delay neither others nor the ledger's own work.
    threads = ThreadPoolExecutor(len(found) + _OWN_THREADS, thread_name_prefix="webhooks")
    asyncio.get_running_loop().set_default_executor(threads)
    with _alone(folder):
        async with connect(configured, url) as ledger:
            for one in found:
                await _check(ledger, one)
            metrics = _metrics(configured)
            deliveries = [
                _Deliveries(ledger, one, folder, delays, configured.url, metrics) for one in found
            ]
            async with asyncio.TaskGroup() as group:
                group.create_task(_beat(deliveries, metrics))
                for each in deliveries:
                    group.create_task(each.serve())


def _metrics(configured: Settings) -> Metrics | None:
    """Count where the workers do, so that each of them reports deliveries, too."""
    folder = processes.folder_of_worker()
    if configured.metrics is None or folder is None:
        return None
    from layoff_ledger.observation.metrics import Metrics  # noqa: PLC0415 few need it

    return Metrics(folder)


async def _beat(deliveries: list[_Deliveries], metrics: Metrics | None) -> None:
    """Show `serve`, if that started this process, that the loop is running."""
    folder = processes.folder_of_worker()
    heart = None if folder is None else processes.Heart(folder)
    while heart is not None:
        heart.beat()
        if metrics is not None:
            metrics.note_behind(max((one.behind() for one in deliveries), default=0))
        await asyncio.sleep(LOOK_SECONDS)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process send; the kernel releases the lock with the process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        message = f"another process already sends webhooks from {folder}"
        raise WebhooksError(message) from error
    finally:
        os.close(descriptor)


async def _check(ledger: Ledger, subscription: Subscription) -> None:
    """Report a question about something that the ledger does not know: a slip, or something gone.

    It stops nobody: the others wait for their events, and what it names may still come.
    """
    try:
        await check_codes(ledger, subscription.question.parameters, ledger.revisions.newest)
    except InvalidParametersError as error:
        name = subscription.subscriber.name
        logger.error(  # noqa: TRY400 it says all that there is to know
            "LEDGER_WEBHOOKS: %s gets nothing until the ledger knows what it asks for: %s",
            name,
            error.detail,
        )
    except UnavailableError:
        # Nothing was published yet, so nothing is known.
        return


class _Deliveries:
    """What one subscriber gets, one event after the other."""

    def __init__(
        self,
        ledger: Ledger,
        subscription: Subscription,
        folder: Path,
        delays: tuple[float, ...],
        base: str,
        metrics: Metrics | None,
    ) -> None:
        self._metrics = metrics
        self._ledger, self._subscription = ledger, subscription
        self._folder, self._delays, self._base = folder, delays, base
        self._path = folder / f"{subscription.subscriber.name}.json"
        self._state: State | None = None

    def behind(self) -> int:
        """Return how many revisions the subscriber has not been told about."""
        state = self._state
        return 0 if state is None else max(0, self._ledger.revisions.number - state.revision)

    def _count(self, outcome: str) -> None:
        if self._metrics is not None:
            self._metrics.observe_post(outcome)

    async def serve(self) -> None:
        """Handle each revision in turn."""
        await self._insist(self._read)
        while True:
            try:
                if not await self._deal_with_next():
                    await asyncio.sleep(LOOK_SECONDS)
            except UnavailableError as error:
                logger.warning("webhooks are waiting for the database: %s", error.detail)
                await asyncio.sleep(LOOK_SECONDS)
            except Exception:
                logger.exception("webhooks to %s fail", self._subscription.subscriber.name)
                await asyncio.sleep(FAILED_SECONDS)

    async def _deal_with_next(self) -> bool:
        """Handle the next revision, if there is one; return whether there was."""
        revisions = self._ledger.revisions
        newest = revisions.number
        if newest == 0:
            return False
        state = self._state
        if state is None or state.revision > newest or not self._continues(state):
            # New, or of a ledger that was restored since: what came before is not news.
            await self._note(newest)
            return False
        if state.revision == newest:
            return False
        number = state.revision + 1
        snapshot = await self._ledger.snapshot_at(number)
        event = await event_of(self._ledger, self._subscription, snapshot, base=self._base)
        if event is not None:
            # A process that cannot record what was sent would send it again after each start.
            await self._insist(self._write)
            await self._deliver(number, *event)
        await self._note(number)
        return True

    def _continues(self, state: State) -> bool:
        return self._ledger.revisions.keys.of(state.revision)[1].hex() == state.fingerprint

    async def _deliver(self, revision: int, event_id: str, body: str) -> None:
        """Try until it is delivered, the receiver wants no more, or the delays are used up."""
        subscriber = self._subscription.subscriber
        outcome = Outcome(delivered=False, detail="was not tried")
        tries = 0
        for delay in (0.0, *self._delays):
            # Jitter, so that those who fail together do not return together.
            await asyncio.sleep(delay * (0.5 + secrets.SystemRandom().random()))
            outcome = await asyncio.to_thread(post, subscriber, event_id, body)
            tries += 1
            self._count("delivered" if outcome.delivered else "failed")
            if outcome.delivered:
                logger.info("%s has %s of revision %d", subscriber.name, event_id, revision)
                return
            logger.warning("%s did not accept %s: %s", subscriber.name, event_id, outcome.detail)
            if outcome.is_final:
                break
        letter = {
            "at": datetime.datetime.now(datetime.UTC),
            "subscriber": subscriber.name,
            "id": event_id,
            "revision": revision,
            "tries": tries,
            "error": outcome.detail,
            "body": msgspec.Raw(body.encode()),
        }
        line = msgspec.json.encode(letter) + b"\n"
        await self._insist(lambda: _append(self._folder / DEAD_LETTERS, line))
        self._count("dead")
        logger.error(
            "%s never accepted %s: it is now in %s", subscriber.name, event_id, DEAD_LETTERS
        )

    async def _note(self, revision: int) -> None:
        """Keep the position of the subscriber: in memory at once, and in its file."""
        fingerprint = self._ledger.revisions.keys.of(revision)[1].hex()
        self._state = State(revision, fingerprint)
        await self._insist(self._write)

    async def _insist(self, attempt: Callable[[], None]) -> None:
        """Read or write a file, again and again until it works."""
        name, is_failing = self._subscription.subscriber.name, False
        while True:
            try:
                attempt()
            except OSError as error:
                # Once, and not for every attempt.
                if not is_failing:
                    logger.error(  # noqa: TRY400 it says all that there is to know
                        "%s gets nothing more until a file can be read or written: %s", name, error
                    )
                is_failing = True
                await asyncio.sleep(LOOK_SECONDS)
            else:
                if is_failing:
                    logger.warning("%s goes on", name)
                return

    def _read(self) -> None:
        try:
            self._state = msgspec.json.decode(self._path.read_bytes(), type=State)
        except (FileNotFoundError, msgspec.MsgspecError):
            self._state = None

    def _write(self) -> None:
        """Write the file of the subscriber, whole or not at all."""
        partial = self._path.with_suffix(".partial")
        partial.write_bytes(msgspec.json.encode(self._state))
        partial.replace(self._path)


def _append(path: Path, line: bytes) -> None:
    """Add a line to a file, whole or not at all."""
    with path.open("ab", buffering=0) as file:
        before = file.seek(0, os.SEEK_END)
        written = 0
        try:
            # Partial writes end in the error that says why.
            while written < len(line):
                written += file.write(line[written:])
        except OSError:
            file.truncate(before)
            raise
