"""Closed sets → named schemas, with names for their members that survive in every language.

A member is named after its set and its value (`WEIGHT_PRIMARY`): sets share values, some values are
reserved words, and some languages have one namespace for the members of all sets.
"""

from __future__ import annotations

import re
from typing import Any

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import Json

# Those in documents: a member of one of them is described by its field.
_DESCRIPTIONS = {
    "Precision": "How precise a date is.",
    "Measure": "What a figure measures.",
    "Qualifier": "How a source hedges a figure.",
    "Counts": "Posts cut (gross), change of headcount (net), posts that may be moved (affected).",
    "Counted": "What a headcount counts, or that it is not said.",
    "ShareOf": "What a share is of: the whole company, or a part of it.",
    "Speaker": "Who says something.",
    "Stance": "Whether the speaker states it, reports it, or denies it.",
    "Rank": "Whether a claim feeds the headline, stands beside it, or is known to be wrong.",
    "Weight": "How much weight the speaker gives to a driver.",
    "Effect": "What happens to the posts of a role.",
    "Axis": "What a role describes: function, level or unit.",
    "Relation": "How a wave relates to another one.",
    "Metric": "What an indicator measures.",
    "IndicatorKind": "An outcome, or guidance for a period that was not yet over.",
    "Unit": "What figures are counted in.",
    "Evidence": "Whether the cited text was read.",
    "Standing": "What a source is worth.",
    "Change": "What became of a record.",
}
DECLARED = {name: vocabulary.codes(getattr(vocabulary, name)) for name in _DESCRIPTIONS}
# Parameters whose closed set is the same wherever they occur.
_SHARED = {"count": "CountMode", "scheme": "IdentifierScheme"}


class Enums:
    """The named closed sets of a document, collected while it is made."""

    def __init__(self) -> None:
        """Begin with those in documents."""
        self._members: dict[str, tuple[str, ...]] = dict(DECLARED)
        self._descriptions = dict(_DESCRIPTIONS)

    def name_all(self, value: Any, *, name: str, description: str) -> Any:
        """Replace each closed set in a schema by a reference.

        `name` is that of a set that has none yet.
        """
        if isinstance(value, list):
            return [self.name_all(one, name=name, description=description) for one in value]
        if not isinstance(value, dict):
            return value
        if _is_enum(value):
            rest = {key: one for key, one in value.items() if key not in {"type", "enum"}}
            return {**reference(self._named(tuple(value["enum"]), name, description)), **rest}
        return {
            key: one
            if key in {"example", "examples", "default"}
            else self.name_all(one, name=name, description=description)
            for key, one in value.items()
        }

    def name_fields(self, name: str, schema: Json) -> Json:
        """Replace the closed sets of a struct by references, each named after its field."""
        properties = {
            field: self.name_all(
                one, name=f"{name}{_pascal(field)}", description=f"Values of `{name}.{field}`."
            )
            for field, one in schema.get("properties", {}).items()
        }
        return {**schema, "properties": properties} if properties else schema

    def _named(self, members: tuple[str, ...], name: str, description: str) -> str:
        for declared, known in DECLARED.items():
            if set(known) == set(members):
                return declared
        known = self._members.setdefault(name, members)
        if set(known) != set(members):
            message = f"{name} is both {', '.join(known)} and {', '.join(members)}"
            raise ValueError(message)
        self._descriptions.setdefault(name, description)
        return name

    def schemas(self) -> Json:
        """Return the schemas of all sets by name."""
        return {
            name: {
                "type": "string",
                "description": self._descriptions[name],
                "enum": list(members),
                "x-enum-varnames": variable_names(name, members),
            }
            for name, members in self._members.items()
        }


def name_of_parameter(parameter: str, record: str) -> str:
    """Name the closed set of a parameter; `record` is what its operation answers with."""
    return _SHARED.get(parameter) or f"{record.removesuffix('List')}{_pascal(parameter)}"


def variable_names(name: str, members: tuple[str, ...]) -> list[str]:
    """Return the names of the members of a set, each of them once."""
    prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()
    names = [f"{prefix}_{_word(member)}" for member in members]
    if len(set(names)) < len(names):
        message = f"members of {name} have one name: {names}"
        raise ValueError(message)
    return names


def _word(member: str) -> str:
    ending = "_DESC" if member.startswith("-") else ""
    plain = member.lstrip("-").replace("+", "_plus")
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).upper() + ending


def _is_enum(value: Json) -> bool:
    members = value.get("enum")
    return value.get("type") == "string" and isinstance(members, list) and len(members) > 1


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def reference(name: str) -> Json:
    """Refer to a schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}
