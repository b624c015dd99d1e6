"""The OpenAPI document → what the reference shows of it; `reference.html` says how.

Everything that it says is in the document, so it cannot say anything else.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from markupsafe import Markup
from msgspec import Struct

from layoff_ledger import paths
from layoff_ledger.http.problems import KINDS
from layoff_ledger.resources.base import Json
from layoff_ledger.site import environment, markdown
from layoff_ledger.site.document import resolve

_SCHEMAS = "#/components/schemas/"
# Keys of a schema that set bounds → how a person says it, with the bound as `{}`.
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} values",
    "maxItems": "at most {} values",
    "pattern": "pattern {}",
}


class Fragment(Struct, frozen=True):
    """A piece of a line: plain text, a value, or a link to a schema."""

    text: str
    is_code: bool = False
    schema: str | None = None


Line = list[Fragment]


class FieldEntry(Struct, frozen=True):
    """A parameter of an operation, or a field of a schema."""

    anchor: str
    name: str
    type: Line
    description: Markup
    facts: list[Line]
    is_required: bool = False
    is_in_path: bool = False
    shared: str | None = None
    """The document's shared parameter, if this is one."""
    brief: str = ""
    """Its meaning in a few words."""


class MediaType(Struct, frozen=True):
    """A representation of an answer, and its description."""

    name: str
    content: Line


class LinkEntry(Struct, frozen=True):
    """An operation that may come next."""

    operation: str
    description: str


class Failure(Struct, frozen=True):
    """An error status, with the codes of its problems."""

    status: str
    codes: list[str]


class OperationEntry(Struct, frozen=True):
    """An operation with a request and its answer."""

    id: str
    path: str
    summary: str
    description: Markup
    example: str
    parameters: list[FieldEntry]
    success: str
    media_types: list[MediaType]
    links: list[LinkEntry]
    failures: list[Failure]
    headers: list[str]


class TagEntry(Struct, frozen=True):
    """A group of operations."""

    anchor: str
    name: str
    description: Markup
    operations: list[OperationEntry]


class SchemaEntry(Struct, frozen=True):
    """A schema: its fields, or if it has none, its type and bounds."""

    name: str
    description: Markup
    fields: list[FieldEntry]
    type: Line
    facts: list[Line]
    users: list[str]


class Reference(Struct, frozen=True):
    """Everything that the reference shows."""

    version: str
    description: Markup
    tags: list[TagEntry]
    parameters: list[FieldEntry]
    """The shared ones."""
    schemas: list[SchemaEntry]


def document() -> Json:
    """Return the committed OpenAPI document."""
    found: Json = msgspec.json.decode(paths.OPENAPI.read_bytes())
    return found


def operations(document: Json) -> dict[str, tuple[str, Json]]:
    """Return path and operation by operation id, in the order of the document.

    Shared parameters are repeated in each operation.
    """
    return {
        operation["operationId"]: (
            path,
            {
                **operation,
                "parameters": [_resolved(document, one) for one in operation["parameters"]],
            },
        )
        for path, methods in document["paths"].items()
        for operation in methods.values()
    }


def _resolved(document: Json, parameter: Json) -> Json:
    """Follow a reference to a shared parameter, and keep its name."""
    shared = {"shared": parameter["$ref"].rpartition("/")[2]} if "$ref" in parameter else {}
    return {**resolve(document, parameter), **shared}


def render(document: Json, base: str = environment.BASE) -> str:
    """Return the reference as the body of a page."""
    return environment.render("reference.html", reference=read(document), base=base, codes={})


def read(document: Json) -> Reference:
    """Return what the reference shows of a document."""
    info = document["info"]
    users = _users(document)
    return Reference(
        version=info["version"],
        description=markdown.block(info["description"]),
        tags=[_tag(document, tag) for tag in document["tags"]],
        parameters=[
            _parameter("parameter", parameter, name)
            for name, parameter in document["components"]["parameters"].items()
        ],
        schemas=[
            _schema(name, schema, users.get(name, []))
            for name, schema in document["components"]["schemas"].items()
        ],
    )


def _tag(document: Json, tag: Json) -> TagEntry:
    return TagEntry(
        anchor=f"tag-{tag['name'].lower().replace(' ', '-')}",
        name=tag["name"],
        description=markdown.block(tag["description"]),
        operations=[
            _operation(document, path, operation)
            for path, operation in operations(document).values()
            if tag["name"] in operation["tags"]
        ],
    )


def _operation(document: Json, path: str, operation: Json) -> OperationEntry:
    id_ = operation["operationId"]
    responses = operation["responses"]
    success = responses["200"]
    return OperationEntry(
        id=id_,
        path=path,
        summary=operation["summary"],
        description=markdown.block(operation["description"]),
        example=example(path, operation),
        parameters=[_parameter(id_, parameter) for parameter in operation["parameters"]],
        success=success["description"],
        media_types=[
            MediaType(name, _content(content["schema"]))
            for name, content in success["content"].items()
        ],
        links=[
            LinkEntry(link["operationId"], link["description"])
            for link in success.get("links", {}).values()
        ],
        failures=[
            _failure(document, status) for status in responses if status not in {"200", "default"}
        ],
        headers=list(success.get("headers", {})),
    )


def example(path: str, operation: Json) -> str:
    """Return path and query of a request that this operation answers.

    It has the required parameters with their examples, or else the first one that has an example.
    None asks for a past revision, which lacks what the ledger got later.
    """
    exemplified = [one for one in operation["parameters"] if "example" in one]
    for one in exemplified:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(str(one["example"]), safe=""))
    queried = [one for one in exemplified if one["in"] == "query" and one["name"] != "as_of"]
    queried = [one for one in queried if one.get("required")] or queried[:1]
    pairs = [pair for one in queried for pair in _pairs(one)]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _pairs(parameter: Json) -> list[tuple[str, str]]:
    """Return the example of a parameter as it is written in a query."""
    value = parameter["example"]
    return [
        (parameter["name"], _written(one))
        for one in (value if isinstance(value, list) else [value])
    ]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _parameter(operation: str, parameter: Json, component: str | None = None) -> FieldEntry:
    is_in_path = parameter["in"] == "path"
    schema = parameter["schema"]
    facts = _facts(schema)
    if "example" in parameter:
        written = parameter["example"] if is_in_path else urlencode(_pairs(parameter))
        facts.append([Fragment("example "), _value(written)])
    return FieldEntry(
        anchor=f"{operation}.{component or parameter['name']}",
        name=parameter["name"],
        type=_type(schema),
        description=markdown.inline(parameter["description"]),
        facts=facts,
        is_required=parameter.get("required", False),
        is_in_path=is_in_path,
        shared=parameter.get("shared"),
        brief=_brief(parameter["description"]),
    )


_SENTENCE = re.compile(r".+?[.;:](?=\s|$)")
MAX_BRIEF = 90
"""Characters of the short meaning of a parameter."""


def _brief(description: str) -> str:
    found = _SENTENCE.match(description)
    text = (found[0] if found else description).rstrip(".;:").replace("`", "")
    return text if len(text) <= MAX_BRIEF else f"{text[:MAX_BRIEF].rpartition(' ')[0]} …"


def _content(schema: Json) -> Line:
    is_named = "$ref" in schema or "oneOf" in schema
    return _type(schema) if is_named else [Fragment(schema.get("description", ""))]


def _failure(document: Json, status: str) -> Failure:
    known = f"Problem{status}" in document["components"]["responses"]
    codes = [kind.code for kind in KINDS.values() if str(kind.status) == status and known]
    return Failure(status, codes)


def _schema(name: str, schema: Json, users: list[str]) -> SchemaEntry:
    fields = [
        FieldEntry(
            anchor=f"{name}.{field}",
            name=field,
            type=_type(one),
            description=markdown.inline(one.get("description", "")),
            facts=[*_facts(one), *_examples(one)],
        )
        for field, one in schema.get("properties", {}).items()
    ]
    return SchemaEntry(
        name=name,
        description=markdown.block(schema.get("description", "")),
        fields=fields,
        type=_type(schema),
        facts=_facts(schema),
        users=users,
    )


def _type(schema: Json) -> Line:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_SCHEMAS)
        return [Fragment(name, schema=name)]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return _joined([_type(one) for one in schema[key]], " or ")
    types = schema.get("type", "any")
    return _joined(
        [_single(one, schema) for one in ([types] if isinstance(types, str) else types)], " or "
    )


def _single(type_: str, schema: Json) -> Line:
    if type_ == "array":
        return [Fragment("list of "), *_type(schema.get("items", {}))]
    if type_ == "object" and isinstance(schema.get("additionalProperties"), dict):
        return [Fragment("map to "), *_type(schema["additionalProperties"])]
    text = f"{type_} ({schema['format']})" if type_ == "string" and "format" in schema else type_
    return [Fragment(text)]


def _facts(schema: Json) -> list[Line]:
    """Return bounds and values of a schema, followed by those of the items of a list."""
    # It goes without saying that a string is not empty.
    facts = [
        _bound(phrase, schema[key])
        for key, phrase in _BOUNDS.items()
        if key in schema and (key, schema[key]) != ("minLength", 1)
    ]
    if "enum" in schema:
        facts.insert(0, [Fragment("one of "), *_values(schema["enum"])])
    if "items" in schema and (inner := _facts(schema["items"])):
        facts.append([Fragment("each: "), *_joined(inner, ", ")])
    return facts


def _bound(phrase: str, bound: Any) -> Line:
    before, _, after = phrase.partition("{}")
    return [Fragment(before), _value(bound), Fragment(after)]


def _examples(schema: Json) -> list[Line]:
    found = schema.get("examples") or schema.get("items", {}).get("examples")
    return [[Fragment("for example "), *_values(found)]] if found else []


def _value(value: Any) -> Fragment:
    return Fragment(_written(value), is_code=True)


def _values(values: list[Any]) -> Line:
    return _joined([[_value(value)] for value in values], ", ")


def _joined(lines: list[Line], separator: str) -> Line:
    joined = list(lines[0])
    for line in lines[1:]:
        joined += [Fragment(separator), *line]
    return joined


def _users(document: Json) -> dict[str, list[str]]:
    """Return what refers to each schema: operations first, then schemas."""
    found: dict[str, list[str]] = {}
    parts = [(id_, operation) for id_, (_, operation) in operations(document).items()]
    parts += list(document["components"]["schemas"].items())
    for name, part in parts:
        for one in sorted(_references(part)):
            if one != name:
                found.setdefault(one, []).append(name)
    return found


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_references, value))
    if not isinstance(value, dict):
        return set()
    own = value.get("$ref")
    here = (
        {own.removeprefix(_SCHEMAS)} if isinstance(own, str) and own.startswith(_SCHEMAS) else set()
    )
    return here.union(*map(_references, value.values()))
