"""Public structs → schemas: what `msgspec` enforces, said as generators understand it best."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.http.schemas import Problem
from layoff_ledger.resources.fields import SelectionList

Json = dict[str, Any]

# Closed sets become schemas of their own, so that a generated client has one type for each.
_ENUMS = {
    name: vocabulary.codes(getattr(vocabulary, name))
    for name in (
        "Precision",
        "Measure",
        "Qualifier",
        "Counts",
        "Speaker",
        "Stance",
        "Rank",
        "Weight",
        "Effect",
        "Axis",
        "Relation",
        "Metric",
        "IndicatorKind",
        "Unit",
        "Evidence",
        "Standing",
        "Change",
    )
}
_ENUM_DESCRIPTIONS = {
    "Precision": "How precise a date is.",
    "Measure": "What a figure measures.",
    "Qualifier": "How a source hedges a figure.",
    "Counts": "Posts cut (gross), change of headcount (net), posts that may be moved (affected).",
    "Speaker": "Who says something.",
    "Stance": "Whether the speaker states it, reports it, or denies it.",
    "Rank": "Whether a claim feeds the headline, stands beside it, or is known to be wrong.",
    "Weight": "How much weight the speaker gives to a driver.",
    "Effect": "What happens to the posts of a role.",
    "Axis": "What a role tells: function, level or unit.",
    "Relation": "How a wave stands to another one.",
    "Metric": "What an indicator measures.",
    "IndicatorKind": "What came out, or guidance for a period that was not over.",
    "Unit": "What figures are counted in.",
    "Evidence": "Whether the cited text was read.",
    "Standing": "What a source is worth.",
    "Change": "What became of a record.",
}


def schemas(answers: list[type[Struct]]) -> Json:
    """Give the schemas of the answers and of all that they are made of, by name."""
    _, found = msgspec.json.schema_components(
        [*answers, SelectionList, Problem], ref_template="#/components/schemas/{name}"
    )
    enums = {
        name: {"type": "string", "description": _ENUM_DESCRIPTIONS[name], "enum": list(members)}
        for name, members in _ENUMS.items()
    }
    return dict(sorted({**{name: tidy(one) for name, one in found.items()}, **enums}.items()))


def reference(name: str) -> Json:
    """Refer to a schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def tidy(schema: Any) -> Any:
    """Say the same in the way that client generators understand best."""
    if isinstance(schema, list):
        return [tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    # Clients must ignore what they do not know, so nothing forbids it.
    tidied = {
        key: tidy(value)
        for key, value in schema.items()
        if not (key == "additionalProperties" and value is False) and key != "title"
    }
    if schema.get("type") == "object" and "properties" in schema:
        tidied["properties"] = {name: tidy(one) for name, one in schema["properties"].items()}
    if "enum" in tidied:
        return _enum(tidied)
    branches = tidied.get("anyOf")
    if branches == [{"type": "integer"}, {"type": "number"}]:
        del tidied["anyOf"]
        return {"type": "number", **tidied}
    if branches and branches[-1] == {"type": "null"} and len(branches) == 2:  # noqa: PLR2004
        return _nullable(branches[0], tidied)
    return tidied


def _enum(schema: Json) -> Json:
    members = schema.pop("enum")
    for name, declared in _ENUMS.items():
        if set(declared) == set(members):
            schema.pop("examples", None)
            return {**reference(name), **schema}
    return {"type": "string", "enum": members, **schema}


def _nullable(branch: Json, around: Json) -> Json:
    if isinstance(branch.get("type"), str) and "enum" not in branch:
        return {**branch, "type": [branch["type"], "null"]}
    described: Json = {key: branch[key] for key in ("description", "examples") if key in branch}
    kept = {key: value for key, value in branch.items() if key not in described}
    rest = {key: value for key, value in around.items() if key != "anyOf"}
    return {**rest, **described, "oneOf": [kept, {"type": "null"}]}
