"""Parameters → what the document says about them: once for each shared parameter."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger.openapi.enums import Enums, name_of_parameter
from layoff_ledger.openapi.schemas import tidy
from layoff_ledger.query.parse import MAX_VALUES, fields
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.deprecation import MARK
from layoff_ledger.resources.parameters import Searchable
from layoff_ledger.resources.periods import WRITTEN
from layoff_ledger.routes.operation import Operation

_PERIOD: Json = {"type": "string", "pattern": WRITTEN}


def parameters_of(operation: Operation, enums: Enums) -> list[Json]:
    """Return the parameters of an operation: of its path, of its question, and shared by lists."""
    shared = reversed(Searchable.__struct_fields__)
    common = ["q", "format", *(name for name in shared if name != "q")]
    names = sorted(
        operation.parameters.__struct_fields__,
        key=lambda name: common.index(name) if name in common else -1,
    )
    queried = [_of_query(operation, name, enums) for name in names]
    return [*_of_path(operation, enums), *queried]


def _of_path(operation: Operation, enums: Enums) -> list[Json]:
    if operation.path_parameter is None:
        return []
    name = operation.path.partition("{")[2].partition(":")[0]
    described = [
        (name, operation.path_parameter, operation.path_schema, operation.example),
        *(
            (one.name, one.meaning, {"type": "string", "minLength": 1}, one.example)
            for one in operation.more_path_parameters
        ),
    ]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning,
            "schema": _named(operation, name, tidy(schema), enums),
            "example": example,
        }
        for name, meaning, schema, example in described
    ]


def _of_query(operation: Operation, name: str, enums: Enums) -> Json:
    struct = operation.parameters
    one = fields(struct)[name]
    schema = tidy(msgspec.json.schema(one.type))
    parameter: Json = {"name": name, "in": "query"}
    if one.required:
        parameter["required"] = True
    meaning = schema.pop("description")
    says_so = "f it is not given" in meaning
    parameter["description"] = meaning if says_so else meaning + _without_it(struct, name)
    parameter |= {key: schema.pop(key) for key in MARK if key in schema}
    if one.edge is not None:
        schema = {key: value for key, value in schema.items() if key not in {"type", "format"}}
        schema |= _PERIOD
    if one.has_periods:
        schema["items"] = _PERIOD
    examples = schema.pop("examples", None)
    if one.item is not None:
        parameter |= {"style": "form", "explode": True}
        schema["maxItems"] = schema.get("maxItems", MAX_VALUES)
    if examples:
        parameter["example"] = examples[0]
    return parameter | {"schema": _named(operation, name, schema, enums)}


def _named(operation: Operation, name: str, schema: Json, enums: Enums) -> Json:
    called = operation.formats.name if name == "format" else ""
    named: Json = enums.name_all(
        schema,
        name=called or name_of_parameter(name, operation.answer.__name__),
        description=f"Values of the parameter `{name}`.",
    )
    return named


def _without_it(struct: type[Struct], name: str) -> str:
    """Say what an absent parameter means.

    As the `default` of the schema, clients would always send it, and links would repeat it.
    """
    default = next(field.default for field in msgspec.structs.fields(struct) if field.name == name)
    if not isinstance(default, (str, int)):
        return ""
    written = default if isinstance(default, str) else msgspec.json.encode(default).decode()
    return f" `{written}` if it is not given."


def share(paths: Json) -> Json:
    """Move what several operations have into components, which are returned; paths refer to them.

    If several parameters share a name, the one that most operations have gets it, and the others
    add the first operation that has them.
    """
    found = [
        (operation, parameter)
        for methods in paths.values()
        for operation in methods.values()
        for parameter in operation["parameters"]
    ]
    uses = Counter(_key(parameter) for _, parameter in found)
    shared: dict[str, str] = {}
    components: Json = {}
    # Sorting is stable: among equals, the one that comes first in the document stays first.
    for operation, parameter in sorted(found, key=lambda one: -uses[_key(one[1])]):
        key = _key(parameter)
        if uses[key] == 1 or key in shared:
            continue
        name = parameter["name"]
        if name in components:
            name = f"{name}_of_{operation['operationId']}"
        shared[key] = name
        components[name] = parameter
    for methods in paths.values():
        for operation in methods.values():
            operation["parameters"] = [
                {"$ref": f"#/components/parameters/{shared[key]}"}
                if (key := _key(parameter)) in shared
                else parameter
                for parameter in operation["parameters"]
            ]
    return dict(sorted(components.items()))


def _key(parameter: Any) -> str:
    return msgspec.json.encode(parameter, order="sorted").decode()
