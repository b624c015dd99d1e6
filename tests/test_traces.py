"""Traces (`LEDGER_TRACES`): a collector gets a span per request; otherwise nothing is imported."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from layoff_ledger import serving
from layoff_ledger.settings import SettingsError, read
from support.services import NOWHERE, Started, started

pytestmark = pytest.mark.thorough

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector:
    """A receiver of OTLP over HTTP, and the spans that it got."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.services: set[str] = set()
        self.paths: set[str] = set()

    def take(self, path: str, body: bytes) -> None:
        self.paths.add(path)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            attributes = {one.key: one.value.string_value for one in resource.resource.attributes}
            self.services.add(attributes["service.name"])
            for scope in resource.scope_spans:
                self.spans += scope.spans

    def find(self, path: str) -> Any:
        for _ in range(1_200):
            found = [one for one in self.spans if attributes(one)["url.path"] == path]
            if found:
                (one,) = found
                return one
            time.sleep(0.05)
        pytest.fail(f"no span of {path}")


def attributes(span: Any) -> dict[str, str | int]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


@pytest.fixture(scope="module")
def collected(fixture_database: str) -> Iterator[tuple[Collector, Started]]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.path, self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    # OpenTelemetry's own batch setting: five seconds are long for a test.
    environment = {"LEDGER_TRACES": address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    try:
        with started(DATABASE_URL=fixture_database, **environment) as serve:
            yield collector, serve
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_request_is_a_span_of_its_caller(collected: tuple[Collector, Started]) -> None:
    collector, serve = collected
    sent = {"traceparent": PARENT, "x-request-id": "mine", "authorization": "secret"}
    serve.client.get("/v1/waves/globex-2023-09?format=json", headers=sent)
    span = collector.find("/v1/waves/globex-2023-09")
    told = attributes(span)

    assert span.name == "GET get_wave"
    assert span.trace_id.hex() == PARENT.split("-")[1]
    assert span.parent_span_id.hex() == PARENT.split("-")[2]
    assert span.kind == 2, "a server's"
    assert told["http.request.method"] == "GET"
    assert told["http.response.status_code"] == 200
    assert told["url.query"] == "format=json"
    assert (told["ledger.revision"], told["ledger.request_id"]) == (1, "mine")
    assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 5_000_000_000
    assert abs(time.time_ns() - span.end_time_unix_nano) < 60_000_000_000
    assert "secret" not in str(span)
    assert "127.0.0.1" not in str(span)
    assert collector.services == {"layoff-ledger"}
    assert collector.paths == {"/v1/traces"}


def test_a_request_without_a_caller_begins_a_trace(collected: tuple[Collector, Started]) -> None:
    collector, serve = collected
    serve.client.get("/nothing/here", headers={"traceparent": "nonsense"})
    span = collector.find("/nothing/here")

    assert span.name == "GET unknown"
    assert span.parent_span_id == b""
    assert attributes(span)["http.response.status_code"] == 404


def test_a_collector_that_is_away_holds_up_nobody(fixture_database: str) -> None:
    environment = {"LEDGER_TRACES": "http://127.0.0.1:1", "OTEL_BSP_SCHEDULE_DELAY": "50"}
    with started(DATABASE_URL=fixture_database, **environment) as serve:
        begun = time.monotonic()
        for _ in range(20):
            assert serve.client.get("/v1/waves?limit=2").status_code == 200
        took = time.monotonic() - begun
        begun = time.monotonic()
        serve.end()
        end_took = time.monotonic() - begun

    # Held up by one that is away, each would wait for five seconds.
    assert took < 60
    assert end_took < 60


def test_without_the_setting_nothing_of_it_is_imported() -> None:
    script = (
        "import sys\nfrom layoff_ledger import app, settings\n"
        "made = app.create_app(settings.read(), settings.read().database_url)\n"
        # Litestar itself looks up names of attributes where the library is installed.
        "of_it = ('opentelemetry.sdk', 'opentelemetry.exporter', 'google.protobuf')\n"
        "print(type(made).__name__, [one for one in sys.modules if one.startswith(of_it)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "DATABASE_URL": NOWHERE},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "HttpMiddleware []\n"


def test_a_package_that_is_missing_is_named_before_anything_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another extra installs OpenTelemetry's interface, without what sends spans."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter", None)
    assert importlib.util.find_spec("opentelemetry") is not None

    with pytest.raises(SettingsError, match=r"^LEDGER_TRACES .*: pip install 'layoff-ledger\[otel"):
        serving.check(read({"LEDGER_TRACES": "http://127.0.0.1:4318"}))


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(
        SettingsError, match="LEDGER_TRACES='localhost:4318' is not a usable address"
    ):
        read({"LEDGER_TRACES": "localhost:4318"})
