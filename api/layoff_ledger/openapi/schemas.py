"""Public structs → schemas: what `msgspec` enforces, written as generators understand it best."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger.formats import jsonfeed
from layoff_ledger.formats.citation import CSL_DATE, CSL_ITEM, CSL_NAME
from layoff_ledger.http.problems import KINDS
from layoff_ledger.http.schemas import Problem
from layoff_ledger.openapi import field_examples
from layoff_ledger.openapi.enums import Enums, reference
from layoff_ledger.resources import RESOURCES, served
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.deprecation import MARK, mark_of
from layoff_ledger.resources.fields import ListLinks, ListMeta
from layoff_ledger.resources.parameters import AS_OF_PATTERN, INT32_MAX

_LEFT_OUT = {"title", "default"}
_OF_FORMATS = {
    "CslItem": CSL_ITEM,
    "CslName": CSL_NAME,
    "CslDate": CSL_DATE,
    "JsonFeed": jsonfeed.FEED,
    "JsonFeedItem": jsonfeed.ITEM,
    "JsonFeedAuthor": jsonfeed.AUTHOR_OF_FEED,
}
"""What formats of others consist of, by name."""
_AS_OF = [{"type": "integer"}, {"type": "string", "format": "date"}]


def schemas(
    answers: list[type[Struct]], selected: list[type[Struct]], enums: Enums, examples: Json
) -> Json:
    """Return the schemas of the answers and of everything that they consist of, by name.

    For the records of `selected`, which are pages, it adds those with only some of their fields.
    `examples` has examples for fields that have none of their own.
    """
    _, found = msgspec.json.schema_components(
        [*answers, ListLinks, ListMeta, Problem], ref_template="#/components/schemas/{name}"
    )
    made = {name: enums.name_fields(name, tidy(one)) for name, one in found.items()}
    _describe_records(made, answers)
    stored = _reached([one.struct.__name__ for one in served()], made)
    for name in made.keys() - stored:
        # What is made for an answer has all of its fields; a version that was stored before a field
        # existed lacks it.
        if "properties" in made[name]:
            made[name]["required"] = list(made[name]["properties"])
    _name_kinds(made)
    made |= {name: tidy(schema) for name, schema in _OF_FORMATS.items()}
    field_examples.add(made, examples)
    for page in selected:
        made |= _selection(page.__name__, made)
    return made


def _name_kinds(made: Json) -> None:
    """Name the kinds of problems and of records, and the schema of each kind of record."""
    made["Problem"]["properties"]["code"]["examples"] = list(KINDS)
    made["Tombstone"]["properties"]["resource"]["examples"] = [
        name for name, one in RESOURCES.items() if one.retirable and one.record_of is None
    ]
    if "LedgerChange" in made:
        of_change = made["LedgerChange"]["properties"]
        of_change["resource"]["examples"] = list(RESOURCES)
        of_change["document"]["description"] += (
            " Its schema is that of `resource`: "
            + ", ".join(f"`{one.struct.__name__}` ({name})" for name, one in RESOURCES.items())
            + "."
        )


def _describe_records(made: Json, answers: list[type[Struct]]) -> None:
    """Describe the fields that are a record or null: the library describes only the record."""
    for (struct, field), description in _of_records(answers):
        properties = made[struct]["properties"]
        if "oneOf" in properties[field]:
            properties[field] = {"description": description, **properties[field]}


def _of_records(types: Iterable[Any]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield struct and field with the description of each field that is a record or null."""
    left, seen = list(msgspec.inspect.multi_type_info(types)), set()
    while left:
        one: Any = left.pop()
        if isinstance(one, msgspec.inspect.StructType) and one.cls not in seen:
            seen.add(one.cls)
            for field in one.fields:
                left.append(field.type)
                for branch in getattr(field.type, "types", ()):
                    described = getattr(branch, "extra_json_schema", None) or {}
                    is_record = isinstance(
                        getattr(branch, "type", None), msgspec.inspect.StructType
                    )
                    if is_record and "description" in described:
                        yield (one.cls.__name__, field.encode_name), described["description"]
        within = [getattr(one, name, ()) for name in ("type", "item_type", "value_type")]
        left += [inner for inner in within if inner]
        left += getattr(one, "types", ())


def _reached(names: list[str], made: Json) -> set[str]:
    """Return the names of some schemas, and of those that they consist of."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name in made and name not in found:
            found.add(name)
            names += _REFERENCE.findall(msgspec.json.encode(made[name]).decode())
    return found


_REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')


def selection_name(page: str) -> str:
    """Name the page of records with only some fields: `WaveSelectionList` of `WaveList`."""
    return f"{page.removesuffix('List')}SelectionList"


def _selection(page: str, made: Json) -> Json:
    """Return the schemas of a page, and of its records, with only some fields of each record."""
    record, name = page.removesuffix("List"), selection_name(page)
    one = name.removesuffix("List")
    whole = {key: value for key, value in made[record].items() if key != "required"}
    return {
        one: {**whole, "description": f"The fields of `{record}` that `select` names."},
        name: {
            "type": "object",
            "description": f"A page with the selected fields of each `{record}`.",
            "properties": {
                **made[page]["properties"],
                "data": {
                    "type": "array",
                    "description": "The records of this page, with the selected fields.",
                    "items": reference(one),
                },
            },
            "required": ["data", "links", "meta"],
        },
    }


def tidy(schema: Any) -> Any:
    """Write the same in the way that client generators understand best."""
    if isinstance(schema, list):
        return [tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    # Clients must ignore what they do not know, so nothing forbids it.
    tidied = {
        key: tidy(value) if key not in {"examples", "example", "enum"} else value
        for key, value in schema.items()
        # A default is not in answers, either: a field that may be absent is not required.
        if not (key == "additionalProperties" and value is False) and key not in _LEFT_OUT
    }
    if schema.get("type") == "object" and "properties" in schema:
        tidied["properties"] = {name: tidy(one) for name, one in schema["properties"].items()}
    elif schema.get("type") == "object":
        # Without it, TypeScript's clients read an object that may have any field as an empty one.
        tidied.setdefault("additionalProperties", True)
    if not tidied.get("required", True):
        # JSON Schema allows an empty list only since draft 6, and many tools still read draft 4.
        del tidied["required"]
    if "enum" in tidied:
        return {"type": "string", **tidied}
    if "exclusiveMinimum" in tidied and tidied["exclusiveMinimum"] == 0:
        # As written in 3.1, some generators cannot read it; invalid values are refused all the
        # same.
        tidied["minimum"] = tidied.pop("exclusiveMinimum")
    mark = mark_of(tidied) if "deprecated" in tidied else None
    if mark is not None:
        tidied["description"] = f"{tidied['description']} {mark.sentence}"
    branches = tidied.get("anyOf")
    if branches:
        return _united(branches, tidied)
    return _sized(tidied)


def _united(branches: list[Json], around: Json) -> Json:
    rest = {key: value for key, value in around.items() if key != "anyOf"}
    plain = [{key: one[key] for key in ("type", "format") if key in one} for one in branches]
    if {one.get("type") for one in plain} == {"integer", "number"}:
        return {"type": "number", "format": "double", **rest}
    if [one["type"] for one in plain if "type" in one] == [one["type"] for one in _AS_OF]:
        # Many clients cannot read a union of two types: in a query it is text anyway.
        examples = {"examples": list(map(str, rest.pop("examples", [])))}
        return {"type": "string", "pattern": AS_OF_PATTERN, **rest, **examples}
    if branches[-1] == {"type": "null"} and len(branches) == 2:  # noqa: PLR2004
        return _nullable(branches[0], around)
    return around


def _sized(schema: Json) -> Json:
    """Say how wide a number is: otherwise some clients read it into a type that is too small."""
    types = schema.get("type")
    named = {types} if isinstance(types, str) else set(types or ())
    if "number" in named:
        return {**schema, "format": "double"}
    if "integer" in named:
        fits = schema.get("maximum", INT32_MAX + 1) <= INT32_MAX
        return {**schema, "format": "int32" if fits else "int64"}
    return schema


def _nullable(branch: Json, around: Json) -> Json:
    if isinstance(branch.get("type"), str) and "enum" not in branch:
        return {**branch, "type": [branch["type"], "null"]}
    around_it = ("description", "examples", *MARK)
    described: Json = {key: branch[key] for key in around_it if key in branch}
    kept = {key: value for key, value in branch.items() if key not in described}
    rest = {key: value for key, value in around.items() if key != "anyOf"}
    return {**rest, **described, "oneOf": [kept, {"type": "null"}]}
