"""The mark of a deprecated parameter or field, for code, document and headers alike.

The mark stands where the parameter or the field is declared:
`Meta(description=…, extra_json_schema=deprecated(since=…, sunset=…, instead="…"))`. The document
takes it from there, and answers get the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).
Within `/v1` nothing is removed, so a sunset is the day from which a later major version may lack
it.
"""

from __future__ import annotations

import datetime
import email.utils
import functools
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

Json = dict[str, Any]

SINCE, SUNSET, INSTEAD = "x-deprecated-on", "x-sunset-on", "x-use-instead"
MARK = ("deprecated", SINCE, SUNSET, INSTEAD)
"""The keys of a mark in a schema."""


class Deprecation(Struct, frozen=True):
    """Since when something is deprecated, from when it may be gone, and what to use instead."""

    since: datetime.date
    sunset: datetime.date
    instead: str

    @property
    def sentence(self) -> str:
        """Return it as a sentence for readers."""
        return f"Deprecated since {self.since}, and may be gone from {self.sunset}: {self.instead}."


def deprecated(*, since: datetime.date, sunset: datetime.date, instead: str) -> Json:
    """Mark a parameter or a field as deprecated; `instead` says what to do, without a full stop."""
    return {"deprecated": True, SINCE: str(since), SUNSET: str(sunset), INSTEAD: instead}


def mark_of(schema: Json) -> Deprecation | None:
    """Read the mark from a schema, also from the non-null type of a nullable one."""
    for one in (schema, *schema.get("anyOf", ())):
        if one.get("deprecated"):
            return Deprecation(
                datetime.date.fromisoformat(one[SINCE]),
                datetime.date.fromisoformat(one[SUNSET]),
                one[INSTEAD],
            )
    return None


@functools.cache
def deprecated_parameters(struct: type[Struct]) -> dict[str, Deprecation]:
    """Return the deprecated parameters of a struct."""
    schema = msgspec.json.schema(struct)["$defs"].get(struct.__name__, {})
    return _marks(schema)


@functools.cache
def deprecated_fields(struct: type[Struct]) -> dict[str, Deprecation]:
    """Return the deprecated fields of an answer and everything inside it, such as `Wave.title`."""
    _, found = msgspec.json.schema_components([struct])
    return {
        f"{name}.{field}": mark
        for name, schema in found.items()
        for field, mark in _marks(schema).items()
    }


def _marks(schema: Json) -> dict[str, Deprecation]:
    marks = {name: mark_of(one) for name, one in schema.get("properties", {}).items()}
    return {name: mark for name, mark in marks.items() if mark is not None}


def headers(marks: Iterable[Deprecation]) -> dict[str, str]:
    """Return the headers of an answer that involves something deprecated: the earliest days."""
    known = list(marks)
    if not known:
        return {}
    since, sunset = min(one.since for one in known), min(one.sunset for one in known)
    return {
        "deprecation": f"@{int(_midnight(since).timestamp())}",
        "sunset": email.utils.format_datetime(_midnight(sunset), usegmt=True),
    }


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
