"""The OpenAPI document → the reference that people read, in HTML and without any script.

All that it says is in the document, so it cannot say something else. Addresses of this server stand
as `BASE`, which is replaced by the one that a request sees.
"""

from __future__ import annotations

import functools
import html
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from markdown_it import MarkdownIt

from layoff_ledger import paths
from layoff_ledger.http.problems import KINDS

Json = dict[str, Any]

BASE = "\0base\0"
_SCHEMAS = "#/components/schemas/"
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
# Keys of a schema that bound it → how a person says it, `{}` being the bound.
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
    "default": "default {}",
}


def document() -> Json:
    """Give the committed OpenAPI document."""
    found: Json = msgspec.json.decode(paths.OPENAPI.read_bytes())
    return found


def operations(told: Json) -> dict[str, tuple[str, Json]]:
    """Give path and operation by operation id, in the order of the document."""
    return {
        operation["operationId"]: (path, operation)
        for path, methods in told["paths"].items()
        for operation in methods.values()
    }


@functools.cache
def body() -> str:
    """Render the committed document: made once in a process."""
    return render(document())


def render(told: Json) -> str:
    """Give the reference as the body of a page."""
    info = told["info"]
    parts = [_section_of_tag(told, tag) for tag in told["tags"]]
    schemas = told["components"]["schemas"]
    users = _users(told)
    parts.append('<h2 id="schemas">Schemas</h2>')
    parts += [_schema(name, schema, users.get(name, [])) for name, schema in schemas.items()]
    return (
        f'<div class="reference">{_contents(told)}<div>'
        f"<h1>Reference</h1>"
        f'<p class="soft">Version {html.escape(info["version"])} of the contract, made from '
        f'<a href="{BASE}/openapi.json">openapi.json</a>. The data is read at '
        f"<code>{BASE}/v1</code>, with GET.</p>"
        f"{_MARKDOWN.render(info['description'])}{''.join(parts)}</div></div>"
    )


def _contents(told: Json) -> str:
    parts = []
    for tag in told["tags"]:
        listed = "".join(
            f'<li><a href="#{id_}">{html.escape(operation["summary"])}</a></li>'
            for id_, (_, operation) in operations(told).items()
            if tag["name"] in operation["tags"]
        )
        parts.append(
            f'<div><strong><a href="#{_tag_anchor(tag)}">{html.escape(tag["name"])}</a></strong>'
            f"<ul>{listed}</ul></div>"
        )
    listed = "".join(
        f'<li><a href="#{name}">{name}</a></li>' for name in told["components"]["schemas"]
    )
    parts.append(
        '<details><summary>Schemas</summary><ul><li><a href="#schemas">All</a></li>'
        f"{listed}</ul></details>"
    )
    return f'<nav aria-label="Contents">{"".join(parts)}</nav>'


def _tag_anchor(tag: Json) -> str:
    return f"tag-{tag['name'].lower().replace(' ', '-')}"


def _section_of_tag(told: Json, tag: Json) -> str:
    parts = [
        _operation(told, path, operation)
        for path, operation in operations(told).values()
        if tag["name"] in operation["tags"]
    ]
    return (
        f'<h2 id="{_tag_anchor(tag)}">{html.escape(tag["name"])}</h2>'
        f"{_MARKDOWN.render(tag['description'])}{''.join(parts)}"
    )


def _operation(told: Json, path: str, operation: Json) -> str:
    id_ = operation["operationId"]
    address = f"{BASE}{html.escape(example(path, operation))}"
    parameters = "".join(_parameter(id_, one) for one in operation["parameters"])
    if parameters:
        parameters = f'<h4>Parameters</h4><dl class="fields">{parameters}</dl>'
    return (
        f'<section class="part" id="{id_}"><h3><a href="#{id_}">{html.escape(operation["summary"])}'
        f'</a></h3><p class="call"><code>GET {html.escape(path)}</code> '
        f'<span class="type">{id_}</span></p>'
        f"{_MARKDOWN.render(operation['description'])}"
        f"<pre><code>curl '<a href=\"{address}\">{address}</a>'</code></pre>"
        f"{parameters}{_answers(told, operation)}</section>"
    )


def example(path: str, operation: Json) -> str:
    """Give path and query of a request that this operation answers.

    Required parameters with their examples; else the first that has one.
    """
    given = [one for one in operation["parameters"] if "example" in one]
    for one in given:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(str(one["example"]), safe=""))
    queried = [one for one in given if one["in"] == "query"]
    queried = [one for one in queried if one.get("required")] or queried[:1]
    pairs = [pair for one in queried for pair in _pairs(one)]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _pairs(parameter: Json) -> list[tuple[str, str]]:
    """Give the example of a parameter as it is written in a query."""
    given = parameter["example"]
    return [
        (parameter["name"], _written(one))
        for one in (given if isinstance(given, list) else [given])
    ]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _parameter(operation: str, told: Json) -> str:
    must = ' <span class="must">required</span>' if told.get("required") else ""
    place = " in the path" if told["in"] == "path" else ""
    schema = told["schema"]
    facts = _facts(schema)
    if "example" in told:
        written = told["example"] if told["in"] == "path" else urlencode(_pairs(told))
        facts.append(f"example {_value(written)}")
    return _field(
        f"{operation}.{told['name']}",
        told["name"],
        f"{_type(schema)}{place}{must}",
        told["description"],
        facts,
    )


def _field(anchor: str, name: str, type_: str, description: str, facts: list[str]) -> str:
    told = _MARKDOWN.renderInline(description)
    listed = f'<div class="facts">{"; ".join(facts)}</div>' if facts else ""
    return (
        f'<div id="{anchor}"><dt><a href="#{anchor}"><code>{name}</code></a> '
        f'<span class="type">{type_}</span></dt><dd>{told}{listed}</dd></div>'
    )


def _answers(told: Json, operation: Json) -> str:
    responses = operation["responses"]
    success = responses["200"]
    formats = ", ".join(
        f"<code>{html.escape(media_type)}</code> ({_format(content['schema'])})"
        for media_type, content in success["content"].items()
    )
    items = [f"<li>200: {html.escape(success['description'])} {formats}</li>"]
    items += [
        f'<li>Then <a href="#{link["operationId"]}">{link["operationId"]}</a>: '
        f"{html.escape(link['description'])}</li>"
        for link in success.get("links", {}).values()
    ]
    items += [_problem(told, status) for status in responses if status != "200"]
    names = ", ".join(f"<code>{name}</code>" for name in success.get("headers", {}))
    headers = f'<p class="facts">Headers: {names}.</p>' if names else ""
    return f'<h4>Answers</h4><ul class="plain">{"".join(items)}</ul>{headers}'


def _format(schema: Json) -> str:
    return _type(schema) if "$ref" in schema else html.escape(schema.get("description", ""))


def _problem(told: Json, status: str) -> str:
    known = f"Problem{status}" in told["components"]["responses"]
    kinds = [kind for kind in KINDS.values() if str(kind.status) == status and known]
    links = ", ".join(
        f'<a href="{BASE}/problems/{kind.code}"><code>{kind.code}</code></a>' for kind in kinds
    )
    return f"<li>{status}: {links}</li>"


def _schema(name: str, schema: Json, users: list[str]) -> str:
    fields = "".join(
        _field(
            f"{name}.{field}",
            field,
            _type(one),
            one.get("description", ""),
            [*_facts(one), *_examples(one)],
        )
        for field, one in schema.get("properties", {}).items()
    )
    rest = f'<dl class="fields">{fields}</dl>' if fields else _listed(schema)
    used = ", ".join(f'<a href="#{one}">{one}</a>' for one in users)
    return (
        f'<section class="part" id="{name}"><h3><a href="#{name}">{name}</a></h3>'
        f"{_MARKDOWN.render(schema.get('description', ''))}{rest}"
        + (f'<p class="facts">Used by {used}.</p>' if used else "")
        + "</section>"
    )


def _listed(schema: Json) -> str:
    return f'<p><span class="type">{_type(schema)}</span> {"; ".join(_facts(schema))}</p>'


def _type(schema: Json) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_SCHEMAS)
        return f'<a href="#{name}">{name}</a>'
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return " or ".join(_type(one) for one in schema[key])
    given = schema.get("type", "any")
    return " or ".join(
        _single(one, schema) for one in ([given] if isinstance(given, str) else given)
    )


def _single(type_: str, schema: Json) -> str:
    if type_ == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if type_ == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {_type(schema['additionalProperties'])}"
    return f"{type_} ({schema['format']})" if type_ == "string" and "format" in schema else type_


def _facts(schema: Json) -> list[str]:
    """Give bounds and values of a schema, and those of the items of a list after them."""
    # That a string is not empty goes without saying.
    facts = [
        what.format(_value(schema[key]))
        for key, what in _BOUNDS.items()
        if key in schema and (key, schema[key]) != ("minLength", 1)
    ]
    if "enum" in schema:
        facts.insert(0, f"one of {', '.join(map(_value, schema['enum']))}")
    if schema.get("uniqueItems"):
        facts.append("no value twice")
    if "items" in schema and (inner := _facts(schema["items"])):
        facts.append(f"each: {', '.join(inner)}")
    return facts


def _examples(schema: Json) -> list[str]:
    found = schema.get("examples") or schema.get("items", {}).get("examples")
    return [f"for example {', '.join(map(_value, found))}"] if found else []


def _value(value: Any) -> str:
    return f"<code>{html.escape(_written(value))}</code>"


def _users(told: Json) -> dict[str, list[str]]:
    """Give what refers to each schema: operations first, then schemas."""
    found: dict[str, list[str]] = {}
    places = [(id_, operation) for id_, (_, operation) in operations(told).items()]
    places += list(told["components"]["schemas"].items())
    for name, place in places:
        for one in sorted(_references(place)):
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
