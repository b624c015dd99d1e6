"""Spans for OpenTelemetry (`LEDGER_TRACES`): one for each request, sent to a collector by OTLP.

They follow the conventions for HTTP servers. None has a header or an address of a client. Spans
wait in a bounded queue and are dropped if the collector does not accept them: no request waits.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from litestar.types import HTTPScope
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from layoff_ledger import __version__
from layoff_ledger.observation.names import MAX_LOGGED

if TYPE_CHECKING:
    from layoff_ledger.observation.names import Observed

_FAULT = 500


class Traces:
    """Makes a span of each request, after it ends; the caller's own span is its parent."""

    def __init__(self, endpoint: str) -> None:
        """Send to a collector, such as `http://localhost:4318`."""
        resource = Resource.create(
            {"service.name": "layoff-ledger", "service.version": __version__}
        )
        # Ended by `close`, with its loop; an exit handler would wait for a collector.
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("layoff_ledger", __version__)
        self._propagator = TraceContextTextMapPropagator()

    def write(self, one: Observed, scope: HTTPScope, *, path: str, revision: int) -> None:
        """Record a request that has just ended."""
        now = time.time_ns()
        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in {b"traceparent", b"tracestate"}
        }
        span = self._tracer.start_span(
            f"{one.method} {one.operation}",
            context=self._propagator.extract(carrier),
            kind=SpanKind.SERVER,
            start_time=now - int(one.seconds * 1e9),
            attributes={
                "http.request.method": one.method,
                "http.response.status_code": one.status,
                "http.response.body.size": one.bytes,
                "url.path": path[:MAX_LOGGED],
                "url.query": scope["query_string"].decode("latin-1")[:MAX_LOGGED],
                "ledger.operation": one.operation,
                "ledger.format": one.format,
                "ledger.cache": one.cache,
                "ledger.revision": revision,
                "ledger.request_id": one.request_id,
            },
        )
        if one.status >= _FAULT:
            span.set_status(Status(StatusCode.ERROR))
        span.end(now)

    def close(self) -> None:
        """Send what is waiting, for five seconds at most."""
        self._provider.force_flush(5_000)
        self._provider.shutdown()
