"""Operations → the OpenAPI document.

The framework's own generator is not used: it loses patterns, bounds of 0 and formats, and its names
are unusable for client generators. Here every schema is what `msgspec` enforces, and every
parameter is what `query.parse` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from layoff_ledger import vocabulary
from layoff_ledger.openapi import examples as examples_
from layoff_ledger.openapi import field_examples
from layoff_ledger.openapi.enums import Enums
from layoff_ledger.openapi.parameters import parameters_of, share
from layoff_ledger.openapi.responses import HEADERS, responses_of, shared_responses
from layoff_ledger.openapi.schemas import schemas
from layoff_ledger.openapi.text import DESCRIPTION, GUIDES, TAGS
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.bibliography import AUTHOR, LEDGER
from layoff_ledger.routes.operation import Operation
from layoff_ledger.settings import LOCAL_URL
from layoff_ledger.site.document import json_body

VERSION = "1.5.0"
"""Version of the contract; `openapi/CHANGELOG.md` says what each one changed."""

_HEADER = re.compile(r'"#/components/headers/([\w-]+)"')
# The order of the paths in the document, by their first word; others follow by name.
_ORDER = (
    "waves", "claims", "notices", "comparisons", "statistics", "attribution", "timeline", "search",
    "companies", "indicators", "rebalancing", "drivers", "roles", "sources", "collections",
    "revisions", "changes", "exports", "coverage", "dictionary", "health",
)  # fmt: skip


def document(operations: Iterable[Operation]) -> bytes:
    """Return the OpenAPI document as it is committed."""
    return written(content(operations))


def written(content: Json) -> bytes:
    """Write a document the way it is committed."""
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def content(operations: Iterable[Operation], *, of_fields: Json | None = None) -> Json:
    """Return the OpenAPI document of some operations, with some examples of fields; None: all."""
    ordered = sorted(operations, key=_rank)
    enums = Enums()
    examples = examples_.read()
    paths_: Json = {
        _path(operation): {"get": _operation(operation, enums, examples)} for operation in ordered
    }
    found = schemas(
        [operation.answer for operation in ordered],
        [operation.answer for operation in ordered if operation.selects],
        enums,
        field_examples.read() if of_fields is None else of_fields,
    )
    found |= enums.schemas()
    responses = shared_responses()
    # While nothing is deprecated, no answer has the headers that say so.
    named = set(_HEADER.findall(msgspec.json.encode([paths_, responses]).decode()))
    return {
        "openapi": "3.1.1",
        "info": {
            "title": LEDGER,
            "version": VERSION,
            "summary": "A curated, citable knowledge base of layoffs.",
            "description": DESCRIPTION,
            "termsOfService": f"{LOCAL_URL}/guide/terms",
            "contact": {"name": AUTHOR, "url": f"{LOCAL_URL}/guide/terms"},
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
            "x-data-license": [
                {"identifier": identifier, "url": url}
                for identifier, url in vocabulary.LICENSES.items()
            ],
        },
        "externalDocs": {"description": "The guide.", "url": f"{LOCAL_URL}/guide"},
        "servers": [{"url": LOCAL_URL, "description": "This server."}],
        "security": [],
        "tags": [
            {
                "name": name,
                "description": what,
                "externalDocs": {"url": f"{LOCAL_URL}/{GUIDES[name]}"},
            }
            for name, what in TAGS.items()
        ],
        "paths": paths_,
        "components": {
            "schemas": dict(sorted(found.items())),
            "responses": responses,
            "parameters": share(paths_),
            "examples": {
                name: {"summary": f"GET {one['request']}", "value": one["response"]}
                for name, one in sorted(examples.items())
                if name in {operation.id for operation in ordered}
            },
            "headers": {name: one for name, one in HEADERS.items() if name in named},
        },
    }


def _path(operation: Operation) -> str:
    return operation.path.replace(":str", "")


def _rank(operation: Operation) -> tuple[int, str]:
    first = operation.path.removeprefix("/v1").split("/")[1]
    return (_ORDER.index(first) if first in _ORDER else len(_ORDER), operation.path)


def _operation(operation: Operation, enums: Enums, examples: dict[str, Json]) -> Json:
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.tag],
        "parameters": parameters_of(operation, enums),
        "responses": responses_of(operation),
    }
    example, body = examples.get(operation.id), json_body(described)
    if example is not None and body is not None:
        body["examples"] = {operation.id: {"$ref": f"#/components/examples/{operation.id}"}}
        described["x-codeSamples"] = [
            {"lang": "Shell", "label": "curl", "source": f"curl '{LOCAL_URL}{example['request']}'"}
        ]
    return described
