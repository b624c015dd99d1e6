"""Two documents → what differs for clients, and whether it breaks them.

A client of the old document has to keep working with the new one. Requests may only be required to
contain less, answers may only be promised to contain more: so the same difference, such as a field
that is no longer required, is harmless in a request and breaks in an answer. Descriptions and
examples are not compared. References are followed, so that it does not matter which component says
something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from layoff_ledger.resources.base import Json
from layoff_ledger.resources.periods import WRITTEN

Direction = Literal["request", "response"]


class Difference(Struct, frozen=True, order=True):
    """One difference; `where` is the operation and the place in it, or a component."""

    where: str
    what: str
    breaks: bool

    def __str__(self) -> str:
        """Write it on one line."""
        return f"{'breaks' if self.breaks else 'compatible'}: {self.where}: {self.what}"


def read(path: Path) -> Json:
    """Read a document."""
    found: Json = msgspec.json.decode(path.read_bytes())
    return found


def differences(old: Json, new: Json) -> list[Difference]:
    """Return what differs between two documents, each difference once."""
    return sorted(set(_Comparison(old, new).all()))


def faults(old: Json, new: Json, found: Iterable[Difference], changelog: str) -> list[str]:
    """Say why a new document may not be published; nothing if it may.

    Breaking changes are never allowed; compatible ones need a version of their own and an entry in
    the changelog; new deprecations have to be named there.
    """
    found = list(found)
    reasons = [str(one) for one in found if one.breaks]
    version = new["info"]["version"]
    entry = re.search(
        rf"^## {re.escape(version)}\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
    )
    if found and version == old["info"]["version"]:
        reasons.append(f"what differs needs a version of its own: {version} is released")
    if found and (entry is None or not entry[1].strip()):
        reasons.append(f"openapi/CHANGELOG.md has no entry for {version}")
    named = "" if entry is None else entry[1]
    reasons += [
        f"openapi/CHANGELOG.md does not say in {version} that {one.where} is deprecated"
        for one in found
        if one.what == _DEPRECATED
        and not ("deprecated" in named.lower() and _last_word(one.where) in named)
    ]
    return reasons


_DEPRECATED = "is deprecated now"
# Bounds of a schema → whether a greater value allows less.
_BOUNDS = {
    "minimum": True,
    "exclusiveMinimum": True,
    "minLength": True,
    "minItems": True,
    "maximum": False,
    "exclusiveMaximum": False,
    "maxLength": False,
    "maxItems": False,
}
_UNIONS = ("oneOf", "anyOf")
_CLOSED = "enum"
# The same answers, whichever operations have them.
_LEAST_ERROR = 400


def _last_word(where: str) -> str:
    return re.split(r"[ .]", where)[-1].strip("`[]")


class _Comparison:
    """Two documents, side by side."""

    def __init__(self, old: Json, new: Json) -> None:
        self._old, self._new = old, new
        # Schemas refer to themselves, and many answers consist of the same ones.
        self._seen: set[tuple[str, str, Direction]] = set()

    def all(self) -> Iterator[Difference]:
        old, new = _operations(self._old), _operations(self._new)
        for name in old.keys() - new.keys():
            yield Difference(name, "is gone", breaks=True)
        for name in new.keys() - old.keys():
            yield Difference(name, "is new", breaks=False)
        for name in old.keys() & new.keys():
            yield from self._operation(name, old[name], new[name])

    def _operation(self, name: str, old: Json, new: Json) -> Iterator[Difference]:
        if old["operationId"] != new["operationId"]:
            what = f"is called {new['operationId']} and no longer {old['operationId']}"
            yield Difference(name, what, breaks=True)
        if old.get("tags") != new.get("tags"):
            yield Difference(name, "has another tag", breaks=True)
        if new.get("deprecated") and not old.get("deprecated"):
            yield Difference(name, _DEPRECATED, breaks=False)
        yield from self._parameters(name, old, new)
        yield from self._responses(name, old["responses"], new["responses"])

    def _parameters(self, name: str, old: Json, new: Json) -> Iterator[Difference]:
        before, after = (
            {(one["in"], one["name"]): one for one in map(resolved, operation["parameters"])}
            for resolved, operation in ((self._before, old), (self._after, new))
        )
        for key in before.keys() - after.keys():
            yield Difference(f"{name} {key[1]}", "the parameter is gone", breaks=True)
        for key in after.keys() - before.keys():
            required = bool(after[key].get("required"))
            what = f"the parameter is new{' and required' if required else ''}"
            yield Difference(f"{name} {key[1]}", what, breaks=required)
        for key in before.keys() & after.keys():
            where, one, other = f"{name} {key[1]}", before[key], after[key]
            if other.get("required") and not one.get("required"):
                yield Difference(where, "the parameter is required now", breaks=True)
            if one.get("required") and not other.get("required"):
                yield Difference(where, "the parameter is no longer required", breaks=False)
            if other.get("deprecated") and not one.get("deprecated"):
                yield Difference(where, _DEPRECATED, breaks=False)
            for word in ("style", "explode"):
                if one.get(word) != other.get(word):
                    what = f"{word} is {other.get(word)} and was {one.get(word)}"
                    yield Difference(where, what, breaks=True)
            yield from self._schema(where, one["schema"], other["schema"], "request")

    def _responses(self, name: str, old: Json, new: Json) -> Iterator[Difference]:
        for status in old.keys() - new.keys():
            yield Difference(f"{name} {status}", "the status is gone", breaks=True)
        for status in new.keys() - old.keys():
            # Any problem may come at any time; a new success status is one that no client reads.
            known = status == "default" or int(status) >= _LEAST_ERROR or status == "304"
            yield Difference(f"{name} {status}", "the status is new", breaks=not known)
        for status in old.keys() & new.keys():
            one, other = self._before(old[status]), self._after(new[status])
            yield from self._response(f"{name} {status}", one, other)

    def _response(self, where: str, old: Json, new: Json) -> Iterator[Difference]:
        before, after = old.get("content", {}), new.get("content", {})
        for media_type in before.keys() - after.keys():
            yield Difference(where, f"{media_type} is gone", breaks=True)
        for media_type in after.keys() - before.keys():
            yield Difference(where, f"{media_type} is new", breaks=False)
        for media_type in before.keys() & after.keys():
            yield from self._schema(
                f"{where} {media_type}",
                before[media_type].get("schema", {}),
                after[media_type].get("schema", {}),
                "response",
            )
        for what in ("header", "link"):
            had, has = (one.get(f"{what}s", {}).keys() for one in (old, new))
            for name in had - has:
                yield Difference(where, f"the {what} {name} is gone", breaks=True)
            for name in has - had:
                yield Difference(where, f"the {what} {name} is new", breaks=False)

    def _schema(self, where: str, old: Json, new: Json, way: Direction) -> Iterator[Difference]:
        named = old.get("$ref", ""), new.get("$ref", "")
        if all(named):
            # If all answers have the same difference, it is one of the component.
            where = named[0].rpartition("/")[2]
            if (*named, way) in self._seen:
                return
            self._seen.add((*named, way))
            if named[0] != named[1]:
                what = f"is called {named[1].rpartition('/')[2]} now"
                yield Difference(where, what, breaks=True)
        old, new = self._before(old), self._after(new)
        yield from _types(where, old, new, way)
        yield from _values(where, old, new, way)
        yield from _bounds(where, old, new, way)
        yield from self._unions(where, old, new, way)
        yield from self._fields(where, old, new, way)
        if new.get("deprecated") and not old.get("deprecated"):
            yield Difference(where, _DEPRECATED, breaks=False)
        for word in ("items", "additionalProperties"):
            one, other = old.get(word), new.get(word)
            if isinstance(one, dict) and isinstance(other, dict):
                yield from self._schema(f"{where}[]", one, other, way)
            elif isinstance(one, dict) or isinstance(other, dict):
                is_new = isinstance(other, dict)
                what = f"says {'now' if is_new else 'no longer'} what its {word} are"
                yield Difference(where, what, breaks=is_new == (way == "request"))

    def _unions(self, where: str, old: Json, new: Json, way: Direction) -> Iterator[Difference]:
        before, after = _branches(old), _branches(new)
        if not (before or after):
            return
        keys_before = {_key(one): one for one in before}
        keys_after = {_key(one): one for one in after}
        for key in keys_before.keys() - keys_after.keys():
            yield Difference(where, f"may no longer be {key}", breaks=way == "request")
        for key in keys_after.keys() - keys_before.keys():
            yield Difference(where, f"may be {key} now", breaks=way == "response")
        for key in keys_before.keys() & keys_after.keys():
            yield from self._schema(where, keys_before[key], keys_after[key], way)
        if old.get("discriminator", {}).get("propertyName") != new.get("discriminator", {}).get(
            "propertyName"
        ):
            yield Difference(where, "has another discriminator", breaks=True)

    def _fields(self, where: str, old: Json, new: Json, way: Direction) -> Iterator[Difference]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for field in before.keys() - after.keys():
            yield Difference(f"{where}.{field}", "the field is gone", breaks=True)
        for field in after.keys() - before.keys():
            required = way == "request" and field in new.get("required", [])
            yield Difference(f"{where}.{field}", "the field is new", breaks=required)
        for field in before.keys() & after.keys():
            was, is_ = (field in one.get("required", []) for one in (old, new))
            if was and not is_:
                what = "the field may be absent now"
                yield Difference(f"{where}.{field}", what, breaks=way == "response")
            if is_ and not was:
                what = "the field is always there now"
                yield Difference(f"{where}.{field}", what, breaks=way == "request")
            yield from self._schema(f"{where}.{field}", before[field], after[field], way)

    def _before(self, value: Json) -> Json:
        return _resolve(self._old, value)

    def _after(self, value: Json) -> Json:
        return _resolve(self._new, value)


def _operations(document: Json) -> dict[str, Json]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def _resolve(document: Json, value: Json) -> Json:
    """Follow a reference; what stands beside it takes precedence over its target."""
    if "$ref" not in value:
        return value
    found: Any = document
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    beside = {key: one for key, one in value.items() if key != "$ref"}
    return {**_resolve(document, found), **beside}


def _branches(schema: Json) -> list[Json]:
    return [one for word in _UNIONS for one in schema.get(word, [])]


def _key(schema: Json) -> str:
    """Return the name of a branch of a union: its reference, or its types."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return " or ".join(sorted(_named_types(schema))) or "anything"


def _named_types(schema: Json) -> set[str]:
    types = schema.get("type", [])
    return {types} if isinstance(types, str) else set(types)


def _types(where: str, old: Json, new: Json, way: Direction) -> Iterator[Difference]:
    before, after = _named_types(old), _named_types(new)
    if before != after and not (_branches(old) and _branches(new)):
        gone, added = before - after, after - before
        # A client that may send less, or reads something it did not read before, breaks.
        what = f"is {_words(after)} and was {_words(before)}"
        breaks = (
            bool(gone and after) or not before if way == "request" else bool(added) or not after
        )
        yield Difference(where, what, breaks=breaks)
    elif _becomes_a_span(old, new, way):
        yield Difference(where, "a day may be a month, a quarter or a year, too", breaks=False)
    elif old.get("format") != new.get("format"):
        what = f"has the format {new.get('format')} and had {old.get('format')}"
        yield Difference(where, what, breaks=True)


def _becomes_a_span(old: Json, new: Json, way: Direction) -> bool:
    """Return whether a parameter that took a day may be a span from now on; a day still is one."""
    is_wider = old.get("format") == "date" and new.get("pattern") == WRITTEN
    return way == "request" and is_wider and "pattern" not in old


def _words(types: set[str]) -> str:
    return " or ".join(sorted(types)) or "of any type"


def _values(where: str, old: Json, new: Json, way: Direction) -> Iterator[Difference]:
    before, after = old.get(_CLOSED), new.get(_CLOSED)
    if before is None and after is None:
        return
    if before is None or after is None:
        opened = after is None
        what = "is no longer a closed set" if opened else "is a closed set now"
        yield Difference(where, what, breaks=opened == (way == "response"))
        return
    for one in (value for value in before if value not in after):
        yield Difference(where, f"{one!r} is gone", breaks=way == "request")
    for one in (value for value in after if value not in before):
        yield Difference(where, f"{one!r} is new", breaks=way == "response")
    names = [
        dict(zip(one[_CLOSED], one.get("x-enum-varnames", ()), strict=False)) for one in (old, new)
    ]
    for value in names[0].keys() & names[1].keys():
        if names[0][value] != names[1][value]:
            what = f"{value!r} is called {names[1][value]} and was {names[0][value]}"
            yield Difference(where, what, breaks=True)


def _bounds(where: str, old: Json, new: Json, way: Direction) -> Iterator[Difference]:
    for word, greater_is_narrower in _BOUNDS.items():
        before, after = old.get(word), new.get(word)
        if before == after:
            continue
        narrower = before is None or (after is not None and (after > before) == greater_is_narrower)
        what = f"{word} is {after} and was {before}"
        yield Difference(where, what, breaks=narrower == (way == "request"))
    if old.get("pattern") != new.get("pattern") and not _becomes_a_span(old, new, way):
        what = f"has the pattern {new.get('pattern')} and had {old.get('pattern')}"
        # It cannot be seen which of two patterns allows less; no pattern allows the most.
        widened = new.get("pattern") is None if way == "request" else old.get("pattern") is None
        yield Difference(where, what, breaks=not widened)
