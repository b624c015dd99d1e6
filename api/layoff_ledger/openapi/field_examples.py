"""Examples of fields, taken from the real ledger.

They are in `openapi/field_examples.json`, and `layoff-ledger openapi --examples URL` takes new ones
from whole answers of a service. A field that has examples of its own, such as the codes of a
vocabulary, keeps them; one that occurs in no answer of the ledger needs its own.
"""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import msgspec

from layoff_ledger import paths
from layoff_ledger.resources.base import Json
from layoff_ledger.settings import LOCAL_URL
from layoff_ledger.site.document import resolve

MAX_BYTES = 200
"""The length of an example, if any is that short: it is meant to be read."""
MAX_ITEMS = 2
"""Items of a list that an example shows."""
PATIENCE_SECONDS = 600.0
"""How long to ask again for an answer that is still being made."""
MORE = {
    "get_attribution": ["/v1/attribution?by=industry"],
    "get_source": [
        "/v1/sources/meta-about-2023-03-14?format=csl",
        "/v1/sources/us-veterans-affairs-einpresswire",
        # It was withdrawn.
        "/v1/sources/coinbase-englishline-test-2026-05-05",
    ],
    "get_statistics": ["/v1/statistics?group_by=role&spread=true&within_months=12"],
    "get_wave": ["/v1/waves/meta-2023-03?format=csl"],
    "list_claims": ["/v1/claims?conflicting=true"],
    "list_waves": ["/v1/waves?source=us-veterans-affairs-einpresswire&expand=company,sources"],
}
"""Additional requests, for fields that only other questions have."""


def read() -> Json:
    """Return the examples by struct and field."""
    if not paths.OPENAPI_FIELD_EXAMPLES.exists():
        return {}
    found: Json = msgspec.json.decode(paths.OPENAPI_FIELD_EXAMPLES.read_bytes())
    return found


def write(found: Json) -> None:
    """Write the examples in a fixed order: a new one is one more line."""
    ordered = {name: dict(sorted(fields.items())) for name, fields in sorted(found.items())}
    encoded = msgspec.json.format(msgspec.json.encode(ordered), indent=1)
    paths.OPENAPI_FIELD_EXAMPLES.write_bytes(encoded + b"\n")


def add(made: Json, examples: Json) -> None:
    """Add the known example to each field of some schemas that has none."""
    for name, schema in made.items():
        for field, one in schema.get("properties", {}).items():
            known = examples.get(name, {})
            if field in known and not has_example(one):
                one["examples"] = [known[field]]


def has_example(schema: Json) -> bool:
    """Return whether a field has an example, either itself or in its items."""
    return "examples" in schema or "examples" in schema.get("items", {})


def is_plain(document: Json, schema: Json) -> bool:
    """Return whether a field has a value or a list of values, and nothing with its own fields."""
    schema = resolve(document, schema)
    parts = [*schema.get("oneOf", ()), *([schema["items"]] if "items" in schema else [])]
    return "object" not in schema.get("type", ()) and all(is_plain(document, one) for one in parts)


class Collector:
    """The examples in answers for fields without one of their own."""

    def __init__(self, document: Json) -> None:
        """Begin with none; the document has no examples of the fields in question."""
        self._document = document
        self._found: dict[str, dict[str, Json]] = {}

    def found(self) -> Json:
        """Return the examples by struct and field."""
        return {
            name: {field: one for together in groups.values() for field, one in together.items()}
            for name, groups in self._found.items()
            if groups
        }

    def ask(self, url: str, id_: str, request: str, operation: Json) -> None:
        """Ask for more than the example of an operation; raises `OSError` if nobody answers."""
        for address in _requests(id_, request, operation):
            status, media_type, body = _get(f"{url}{address}")
            response = resolve(self._document, operation["responses"][status])
            schema = response["content"][media_type]["schema"]
            self.add(schema, msgspec.json.decode(body.replace(url, LOCAL_URL)))

    def add(self, schema: Json, value: Any) -> None:
        """Take the fields of its schema from an answer, or from a part of one."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = resolve(self._document, schema)
            if isinstance(value, dict):
                self._add_fields(name, schema.get("properties", {}), value)
        for branch in schema.get("oneOf", ()):
            self.add(branch, value)
        if isinstance(value, list):
            for one in value:
                self.add(schema.get("items", {}), one)

    def _add_fields(self, name: str, properties: Json, value: Json) -> None:
        groups: dict[str, Json] = {}
        for field, one in value.items():
            schema = properties.get(field)
            # Null or an empty list shows nothing.
            if schema is None or one in (None, [], {}):
                continue
            self.add(schema, one)
            if is_plain(self._document, schema) and not has_example(schema):
                shown = one[:MAX_ITEMS] if isinstance(one, list) else one
                groups.setdefault(_BOUND.sub("", field), {})[field] = shown
        known = self._found.setdefault(name, {})
        for group, fields in groups.items():
            if group not in known or _rank(fields) < _rank(known[group]):
                known[group] = fields


_BOUND = re.compile(r"(?:^|_)(?:low|high|from|to|start|end|first|last)(?=_|$)")
"""What distinguishes the two ends of a span: both are shown from the same record."""


def _rank(fields: Json) -> tuple[int, bool, bool]:
    """Rank how much of a group records have: all of it, short, and neither zero nor false."""
    is_long = len(msgspec.json.encode(fields)) > MAX_BYTES
    return -len(fields), is_long, not all(fields.values())


def _requests(id_: str, request: str, operation: Json) -> Iterator[str]:
    yield from MORE.get(id_, ())
    path, _, query = request.partition("?")
    named = {one["name"]: one for one in operation["parameters"]}
    if "limit" in named:
        # From all records, and not only from those that the example shows.
        pairs = [one for one in query.split("&") if named[one.partition("=")[0]].get("required")]
        yield f"{path}?{'&'.join([*pairs, 'limit='])}{named['limit']['schema']['maximum']}"


def _get(url: str) -> tuple[str, str, str]:
    """Return status, media type and body; a problem is an answer, too."""
    try:
        with answer_of(url) as response:
            answer, body = response, response.read()
    except urllib.error.HTTPError as problem:
        answer, body = problem, problem.read()
    return str(answer.status), answer.headers.get_content_type(), body.decode()


def answer_of(url: str) -> Any:
    """Ask a service, and again as long as it says when to: an export takes a while to be made.

    Raises `OSError` if nobody answers; `HTTPError`, which is one, is a problem that persists.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return urllib.request.urlopen(url, timeout=60)  # noqa: S310 the command names the service
        except urllib.error.HTTPError as problem:
            pause = problem.headers.get("retry-after", "")
            if not pause.isdecimal() or time.monotonic() + int(pause) > end:
                raise
            problem.close()
            time.sleep(int(pause))
