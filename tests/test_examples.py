"""Every example of the document is one that works, on the real ledger."""

from __future__ import annotations

import threading
import urllib.error
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import msgspec
import pytest

from layoff_ledger import paths
from layoff_ledger.openapi import field_examples
from layoff_ledger.site.document import resolve

pytestmark = pytest.mark.thorough

DOCUMENT: dict[str, Any] = msgspec.json.decode(paths.OPENAPI.read_bytes())
# The real ledger of the tests has no notices; `test_notices.py` has its own.
OF_NOTICES = {path for path in DOCUMENT["paths"] if path.startswith("/v1/notices/{id}")}


# Parameters that say something only beside others → one of these.
BESIDE = {
    "width": {"format": "svg"},
    "height": {"format": "svg"},
    "scale": {"format": "png"},
    "top": {"group_by": "year,company"},
    "busiest_waves_gte": {"within_months": "12"},
}


@pytest.mark.parametrize("path", sorted(DOCUMENT["paths"].keys() - OF_NOTICES))
def test_every_example_of_the_document_works(path: str, real: httpx.Client) -> None:
    parameters = [resolve(DOCUMENT, one) for one in DOCUMENT["paths"][path]["get"]["parameters"]]
    for one in parameters:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one["example"]))
    required = {
        one["name"]: one["example"]
        for one in parameters
        if one.get("required") and one["in"] == "query"
    }

    assert real.get(path, params=required, follow_redirects=True).status_code == 200
    for one in parameters:
        if one["in"] == "query" and "example" in one:
            asked = {**required, **BESIDE.get(one["name"], {}), one["name"]: one["example"]}
            answer = real.get(path, params=asked, follow_redirects=True)
            assert answer.status_code == 200, (one["name"], answer.text)


def test_an_answer_that_is_still_being_made_is_waited_for() -> None:
    pauses = ["0", "0", None, "86400"]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pause = pauses.pop(0)
            self.send_response(200 if pause is None else 503)
            if pause is not None:
                self.send_header("Retry-After", pause)
            self.end_headers()
            self.wfile.write(b"made")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/v1/exports"
    try:
        with field_examples.answer_of(address) as answer:
            assert answer.read() == b"made"
        assert pauses == ["86400"]
        with pytest.raises(urllib.error.HTTPError, match="503"):
            field_examples.answer_of(address)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
