"""Operations → the OpenAPI document.

The framework's own generator is not used: it loses patterns, bounds of 0 and formats, and its names
are unusable for client generators. Here every schema is what `msgspec` enforces, and every
parameter is what `query.parse` reads.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from layoff_ledger.formats.base import Format
from layoff_ledger.formats.json import SELECTION
from layoff_ledger.http.problems import KINDS, MEDIA_TYPE
from layoff_ledger.openapi.schemas import Json, reference, schemas, tidy
from layoff_ledger.openapi.text import DESCRIPTION, TAGS
from layoff_ledger.query.parse import MAX_VALUES, fields
from layoff_ledger.resources.parameters import AsOf, Searchable
from layoff_ledger.resources.periods import PATTERN
from layoff_ledger.routes.operation import Operation

VERSION = "1.3.0"
"""Version of the contract; `openapi/CHANGELOG.md` names what each one changed."""

# In which order the document has the paths, by their first word; others follow by name.
_ORDER = (
    "waves", "claims", "notices", "comparisons", "statistics", "attribution", "timeline", "search",
    "companies", "indicators", "rebalancing", "drivers", "roles", "sources", "collections",
    "revisions", "changes", "exports", "coverage", "dictionary", "health",
)  # fmt: skip


def document(operations: Iterable[Operation]) -> bytes:
    """Give the OpenAPI document as it is committed."""
    ordered = sorted(operations, key=_rank)
    content = {
        "openapi": "3.1.1",
        "info": {
            "title": "Layoff Ledger",
            "version": VERSION,
            "summary": "A curated, citable knowledge base of layoffs.",
            "description": DESCRIPTION,
            "contact": {"name": "Layoff Ledger contributors"},
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "security": [],
        "tags": [{"name": name, "description": what} for name, what in TAGS.items()],
        "paths": {
            operation.path.replace(":str", ""): {"get": _operation(operation)}
            for operation in ordered
        },
        "components": {
            "schemas": schemas([answer for one in ordered for answer in _answers(one)]),
            "responses": _problem_responses(),
            "headers": _HEADERS,
        },
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _rank(operation: Operation) -> tuple[int, str]:
    first = operation.path.removeprefix("/v1").split("/")[1]
    return (_ORDER.index(first) if first in _ORDER else len(_ORDER), operation.path)


def _operation(operation: Operation) -> Json:
    # What is asked comes first, what all lists have in common last.
    common = (*Searchable.__struct_fields__, "format")[::-1]
    common = ("q", "format", *(name for name in common if name not in {"q", "format"}))
    names = sorted(
        operation.parameters.__struct_fields__,
        key=lambda name: common.index(name) if name in common else -1,
    )
    parameters = [_parameter(operation.parameters, name) for name in names]
    if operation.path_parameter is not None:
        name = operation.path.partition("{")[2].partition(":")[0]
        parameters.insert(
            0,
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": operation.path_parameter,
                "schema": operation.path_schema,
                "example": operation.example,
            },
        )
    parameters[1:1] = [
        {
            "name": one.name,
            "in": "path",
            "required": True,
            "description": one.meaning,
            "schema": {"type": "string", "minLength": 1},
            "example": one.example,
        }
        for one in operation.more_path_parameters
    ]
    success: Json = {
        "description": (operation.answer.__doc__ or "").partition("\n")[0],
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"}
            for name in _HEADERS
            if name != "Link" or issubclass(operation.parameters, AsOf)
        },
        "content": {
            one.media_type: {"schema": _body_schema(operation, one)}
            for one in operation.formats.formats
        },
    }
    if "select" in operation.parameters.__struct_fields__:
        success["content"][SELECTION] = {"schema": reference("SelectionList")}
    links = {
        id_: {"operationId": id_, "description": what, "parameters": expressions}
        for id_, (what, expressions) in operation.links.items()
    }
    if operation.answer.__name__.endswith("List"):
        links["next_page"] = {
            "operationId": operation.id,
            "description": "The next page, with the same other parameters.",
            "parameters": {"cursor": "$response.body#/meta/next_cursor"},
        }
    if links:
        success["links"] = links
    responses = {"200": success}
    if operation.moves:
        responses["301"] = {"$ref": "#/components/responses/Moved"}
    for status in sorted({KINDS[code].status for code in (*operation.problems, *_ANY_PROBLEM)}):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.tag],
        "parameters": parameters,
        "responses": responses,
    }


def _answers(operation: Operation) -> tuple[type[Struct], ...]:
    return (operation.answer, *operation.other_answers)


def _body_schema(operation: Operation, format_: Format) -> Json:
    if format_.is_enveloped:
        if operation.other_answers:
            return {"oneOf": [reference(one.__name__) for one in _answers(operation)]}
        return reference(operation.answer.__name__)
    return format_.schema or {"type": "string", "description": format_.meaning}


_ANY_PROBLEM = ("malformed_request", "uri_too_long", "internal_error")


_HEADERS: dict[str, Json] = {
    "ETag": {
        "description": "Tag of the answer: send it back as `If-None-Match` to get 304.",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": "Addresses by relation: `next` page, `self` and `cite-as` for good (with "
        "`as_of`), `latest-version`, `describedby` (this document; of statistics in CSV also the "
        "same question as JSON, which says what it rests on), `license`, `alternate` (its feeds).",
        "schema": {"type": "string"},
    },
    "X-Request-Id": {
        "description": "The id that the request brought, or a new one.",
        "schema": {"type": "string"},
    },
}


def _problem_responses() -> Json:
    responses: Json = {}
    for status in sorted({kind.status for kind in KINDS.values()}):
        kinds = [kind for kind in KINDS.values() if kind.status == status]
        headers: Json = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
        if status == 503:  # noqa: PLR2004 the only one that asks to come back
            headers["Retry-After"] = {
                "description": "Seconds after which to ask again.",
                "schema": {"type": "integer", "minimum": 0},
            }
        responses[f"Problem{status}"] = {
            "description": " ".join(f"`{kind.code}`: {kind.title}." for kind in kinds),
            "headers": headers,
            "content": {MEDIA_TYPE: {"schema": reference("Problem")}},
        }
    responses["Moved"] = {
        "description": "The record was merged into the one at `Location`.",
        "headers": {
            "Location": {
                "description": "Address of the record that stands for it.",
                "schema": {"type": "string", "format": "uri"},
            }
        },
    }
    return {name: response for name, response in responses.items() if name not in _UNDOCUMENTED}


# No operation of the document answers with these: they are for other methods, and for files.
_UNDOCUMENTED = {"Problem405", "Problem416"}


_PERIOD: Json = {
    "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "pattern": PATTERN}]
}


def _parameter(struct: type[Struct], name: str) -> Json:
    one = fields(struct)[name]
    schema = tidy(msgspec.json.schema(one.type))
    parameter: Json = {"name": name, "in": "query"}
    if one.required:
        parameter["required"] = True
    parameter["description"] = schema.pop("description")
    default = next(field.default for field in msgspec.structs.fields(struct) if field.name == name)
    if one.edge is not None:
        # A date as before, and what else people write.
        schema = {key: value for key, value in schema.items() if key not in {"type", "format"}}
        schema |= _PERIOD
    if one.has_periods:
        schema["items"] = _PERIOD
    if isinstance(default, (str, int)):
        schema["default"] = default
    examples = schema.pop("examples", None)
    if one.item is not None:
        parameter |= {"style": "form", "explode": True}
        schema["maxItems"] = schema.get("maxItems", MAX_VALUES)
    if examples:
        parameter["example"] = examples[0]
    return parameter | {"schema": schema}
