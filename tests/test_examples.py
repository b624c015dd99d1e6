"""Every example of the document is one that works, on the real ledger."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from layoff_ledger import paths
from layoff_ledger.site.document import resolve

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
