"""Examples in the document: a request for each operation with the answer of the real ledger.

They are in `openapi/examples.json`. `layoff-ledger openapi --examples URL` asks a service for new
answers; the requests stay as they are, so a better one is written there by hand. Examples of fields
are taken from the same answers, and from some more (`field_examples`).
"""

from __future__ import annotations

from typing import Any

import msgspec

from layoff_ledger import paths
from layoff_ledger.openapi import field_examples
from layoff_ledger.resources.base import Json
from layoff_ledger.settings import LOCAL_URL
from layoff_ledger.site import reference
from layoff_ledger.site.document import json_body


def read() -> dict[str, Json]:
    """Return request and response by operation id."""
    found: dict[str, Json] = {}
    if paths.OPENAPI_EXAMPLES.exists():
        found = msgspec.json.decode(paths.OPENAPI_EXAMPLES.read_bytes())
    return found


def refresh(url: str, document: Json) -> int:
    """Send the requests of a document to a service; write the examples, return how many.

    The document has no examples of fields.

    Raises `OSError` if the service does not answer or refuses.
    """
    known = read()
    found: dict[str, Json] = {}
    of_fields = field_examples.Collector(document)
    for id_, (path, operation) in sorted(reference.operations(document).items()):
        if (content := json_body(operation)) is None:
            continue
        request = known.get(id_, {}).get("request") or _request(path, operation)
        with field_examples.answer_of(f"{url}{request}") as response:
            body = response.read().decode()
        answer = msgspec.json.decode(body.replace(url, LOCAL_URL))
        found[id_] = {"request": request, "response": shortened(answer)}
        of_fields.add(content["schema"], answer)
        of_fields.ask(url, id_, request, operation)
    encoded = msgspec.json.format(msgspec.json.encode(found), indent=1)
    paths.OPENAPI_EXAMPLES.write_bytes(encoded + b"\n")
    field_examples.write(of_fields.found())
    return len(found)


def _request(path: str, operation: Json) -> str:
    request = reference.example(path, operation)
    if any(one["name"] == "limit" for one in operation["parameters"]) and "limit=" not in request:
        request += ("&" if "?" in request else "?") + "limit=2"
    return request


def shortened(value: Any) -> Any:
    """Keep the first items of each list: an example is meant to be read."""
    if isinstance(value, list):
        return [shortened(one) for one in value[: field_examples.MAX_ITEMS]]
    if isinstance(value, dict):
        return {key: shortened(one) for key, one in value.items()}
    return value
