"""Numbers for Prometheus (`LEDGER_METRICS`): those of all workers, whichever of them is asked.

Each worker counts in files in the folder that `serve` made, which outlive a worker that dies; the
worker that is asked adds them up. Without such a folder there is one process, and its own numbers.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layoff_ledger import processes

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

    from layoff_ledger.observation.names import Observed
    from layoff_ledger.store.ledger import Ledger

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_EXPORT_SECONDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The numbers of this process, and the page that has those of all."""

    def __init__(self, folder: Path | None) -> None:
        """Begin to count, in a folder that other workers share."""
        if folder is not None:
            (folder / "metrics").mkdir(exist_ok=True)
            # Read when the library is imported.
            os.environ[_FOLDER] = str(folder / "metrics")
        import prometheus_client as client  # noqa: PLC0415 only a service with metrics needs it

        self._client, self._folder = client, folder
        self._registry = registry = client.CollectorRegistry()
        self._requests = client.Counter(
            "ledger_requests",
            "Requests by operation, status, format and where the answer came from.",
            ["operation", "status", "format", "cache"],
            registry=registry,
        )
        self._seconds = client.Histogram(
            "ledger_request_seconds",
            "Time from a request to the end of its response.",
            ["operation"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._bytes = client.Counter(
            "ledger_response_bytes", "Bytes of bodies sent.", registry=registry
        )
        self._documents = client.Counter(
            "ledger_documents",
            "Documents read, by where they were found.",
            ["found"],
            registry=registry,
        )

        def gauge(name: str, what: str, mode: str = "livesum") -> client.Gauge:
            return client.Gauge(name, what, registry=registry, multiprocess_mode=mode)  # type: ignore[arg-type]

        self._open = gauge("ledger_pool_connections", "Connections to PostgreSQL that are open.")
        self._idle = gauge("ledger_pool_idle", "Open connections that are idle.")
        self._most = gauge("ledger_pool_size", "The most connections that may be open.")
        self._streams = gauge("ledger_streams", "Whole lists that are being read.")
        self._revision = gauge("ledger_revision", "Newest revision served.", "livemax")
        self._oldest = gauge(
            "ledger_revision_min", "Revision of the worker that is furthest behind.", "livemin"
        )
        self._published = gauge(
            "ledger_revision_published_seconds", "When it was published (Unix time).", "livemax"
        )
        self._exports = client.Counter(
            "ledger_exports",
            "Bulk exports, by whether making them succeeded.",
            ["outcome"],
            registry=registry,
        )
        self._export_seconds = client.Histogram(
            "ledger_export_seconds",
            "Time taken to make an export.",
            buckets=_EXPORT_SECONDS,
            registry=registry,
        )
        for outcome in ("made", "failed"):
            self._exports.labels(outcome)
        self._purges = client.Counter(
            "ledger_purges",
            "Attempts to tell a cache of a new revision, by whether they succeeded.",
            ["outcome"],
            registry=registry,
        )
        # They are counted where they are sent; declared here so that they exist before the first
        # one.
        self._posts, self._behind = _of_webhooks(client, registry)
        self._of: dict[tuple[str, int, str, str], tuple[client.Counter, client.Histogram]] = {}
        self._seen = (0, 0)
        if folder is not None:
            _take_room(folder / "metrics")

    def observe_purge(self, is_taken: bool) -> None:  # noqa: FBT001 all there is to say
        """Count an attempt to tell a cache about a revision."""
        self._purges.labels("taken" if is_taken else "failed").inc()

    def observe(self, one: Observed) -> None:
        """Count a request."""
        key = one.operation, one.status, one.format, one.cache
        found = self._of.get(key)
        if found is None:
            counter = self._requests.labels(*map(str, key))
            found = self._of[key] = counter, self._seconds.labels(one.operation)
        found[0].inc()
        found[1].observe(one.seconds)
        self._bytes.inc(one.bytes)

    def observe_export(self, seconds: float, made: bool) -> None:  # noqa: FBT001 as it is told
        """Count an export."""
        self._exports.labels("made" if made else "failed").inc()
        self._export_seconds.observe(seconds)

    def observe_post(self, outcome: str) -> None:
        """Count a webhook's attempt: it was `delivered`, it `failed`, or it is a `dead` letter."""
        self._posts.labels(outcome).inc()

    def note_behind(self, revisions: int) -> None:
        """Note by how many revisions the subscriber furthest behind is behind."""
        self._behind.set(revisions)

    def sample(self, ledger: Ledger) -> None:
        """Note the current state."""
        pool, memory = ledger.pool, ledger.documents.memory
        size, idle, most, streams = pool.usage()
        self._open.set(size)
        self._idle.set(idle)
        self._most.set(most)
        self._streams.set(streams)
        self._revision.set(ledger.revisions.number)
        self._oldest.set(ledger.revisions.number)
        if ledger.revisions.number:
            self._published.set(ledger.revisions.newest.published_at.timestamp())
        hits, misses = memory.hits, memory.misses
        self._documents.labels("memory").inc(hits - self._seen[0])
        self._documents.labels("database").inc(misses - self._seen[1])
        self._seen = hits, misses

    def page(self) -> bytes:
        """Return the numbers of all workers."""
        client, registry = self._client, self._registry
        if self._folder is not None:
            from prometheus_client import multiprocess  # noqa: PLC0415 as above

            registry = client.CollectorRegistry()
            multiprocess.MultiProcessCollector(registry, path=str(self._folder / "metrics"))  # type: ignore[no-untyped-call]
        state: CollectorRegistry = client.CollectorRegistry()
        state.register(_ServiceState(self._folder))
        page: bytes = client.generate_latest(registry) + client.generate_latest(state)
        return page


def _take_room(folder: Path) -> None:
    """Reserve disk space for all of this process's files, which are sparse and mapped.

    If a disk is full, the kernel kills a process that writes to a page without space.
    """
    for path in folder.glob(f"*_{os.getpid()}.db"):
        with contextlib.suppress(OSError), path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def _of_webhooks(client: Any, registry: CollectorRegistry) -> tuple[Any, Any]:
    posts = client.Counter(
        "ledger_webhook_posts",
        "Attempts to post an event, by their outcome.",
        ["outcome"],
        registry=registry,
    )
    for outcome in ("delivered", "failed", "dead"):
        posts.labels(outcome)
    behind = client.Gauge(
        "ledger_webhook_behind",
        "Revisions that the subscriber furthest behind has not been told of.",
        registry=registry,
        multiprocess_mode="livemax",
    )
    return posts, behind


class _ServiceState:
    """What the process knows that started the workers."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import (  # noqa: PLC0415 only a service with metrics needs it
            CounterMetricFamily as Counter,
        )
        from prometheus_client.core import GaugeMetricFamily as Gauge  # noqa: PLC0415

        state = processes.read_state(self._folder)
        database, verified = state.database, state.verified
        down = 0 if database.down_since is None else 1
        yield Gauge("ledger_workers", "Workers that were asked for.", state.workers)
        yield Counter(
            "ledger_worker_restarts", "Workers that died or hung.", value=state.worker_restarts
        )
        yield Counter(
            "ledger_webhook_restarts",
            "How often the process that sends webhooks ended.",
            value=state.webhook_restarts,
        )
        yield Counter(
            "ledger_database_restarts",
            "Crashes of the embedded PostgreSQL that it recovered from.",
            value=database.restarts,
        )
        yield Gauge("ledger_database_down", "1 while the embedded PostgreSQL is down.", down)
        read_only = Gauge(
            "ledger_read_only", "1 where a folder cannot be written.", labels=["folder"]
        )
        for name, is_writable in state.writable.items():
            read_only.add_metric([name], float(not is_writable))
        yield read_only
        yield Counter(
            "ledger_verified_documents",
            "Documents checked against their digests.",
            value=verified.documents,
        )
        yield Counter(
            "ledger_verify_failures", "Samples with a wrong digest.", value=verified.failures
        )
        yield Gauge(
            "ledger_verified_seconds", "When a sample was last correct (Unix time).", verified.at
        )
