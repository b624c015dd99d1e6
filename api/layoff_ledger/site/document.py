"""The committed OpenAPI document as it is served: at this address, as YAML, or with JSON only."""

from __future__ import annotations

import functools
import re
from typing import Any

import msgspec
import yaml

from layoff_ledger import paths
from layoff_ledger.formats.json import JSON
from layoff_ledger.resources.base import Json
from layoff_ledger.settings import LOCAL_URL

_KEPT = 8
"""Addresses for which a document is cached; behind a proxy that hides them, there is one."""
# What selects another answer than the JSON that is described.
_SHAPING = {"format", "bom", "select"}
_REFERENCE = "$ref"


@functools.lru_cache(maxsize=_KEPT)
def as_json(base: str) -> bytes:
    """Return the document with this server's address in place of the one it was made with."""
    return _at(paths.OPENAPI.read_bytes(), base)


@functools.lru_cache(maxsize=_KEPT)
def as_yaml(base: str) -> bytes:
    """Return the document as YAML, the same in 1.1 and 1.2; the first call takes a moment."""
    content = msgspec.json.decode(as_json(base))
    written: bytes = yaml.dump(
        content, Dumper=_Dumper, encoding="utf-8", allow_unicode=True, sort_keys=False
    )
    return written


class _Dumper(yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper):  # type: ignore[misc]
    """Quotes each text that a reader would take for something else.

    The library only knows what YAML 1.1 takes for a number. In YAML 1.2 `0001326801` is one, too,
    and the identifier of a company would lose its zeros.
    """


_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^0o[0-7]+$"),
    [*"-+.0123456789"],
)


@functools.lru_cache(maxsize=_KEPT)
def for_generators(base: str) -> bytes:
    """Return the operations that answer with JSON, with only that answer."""
    content = json_only(msgspec.json.decode(as_json(base)))
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _at(document: bytes, base: str) -> bytes:
    # As it is written in a JSON string: an address may be set by hand.
    return document.replace(LOCAL_URL.encode(), msgspec.json.encode(base)[1:-1])


def json_only(document: Json) -> Json:
    """Reduce a document to what answers with JSON, and its components to what that refers to."""
    paths_: Json = {}
    for path, methods in document["paths"].items():
        kept = {method: _json_only(document, one) for method, one in methods.items()}
        found = {method: one for method, one in kept.items() if one is not None}
        if found:
            paths_[path] = found
    reduced = {**document, "paths": paths_}
    return {**reduced, "components": _reachable(reduced)}


def json_body(operation: Json) -> Json | None:
    """Return the JSON answer of an operation in a document; None for a file, even of JSON."""
    body: Json | None = operation["responses"]["200"]["content"].get(JSON.media_type)
    return None if body is None or body["schema"].get("format") == "binary" else body


def _json_only(document: Json, operation: Json) -> Json | None:
    success, body = operation["responses"]["200"], json_body(operation)
    if body is None:
        return None
    content = {JSON.media_type: {"schema": body["schema"]}}
    parameters = [
        one for one in operation["parameters"] if resolve(document, one)["name"] not in _SHAPING
    ]
    return {
        **{key: value for key, value in operation.items() if key != "x-codeSamples"},
        "parameters": parameters,
        "responses": {**operation["responses"], "200": {**success, "content": content}},
    }


def resolve(document: Json, value: Json) -> Json:
    """Follow a reference into the components of a document, if it is one."""
    if _REFERENCE not in value:
        return value
    _, _, room, name = value[_REFERENCE].split("/")
    found: Json = document["components"][room][name]
    return found


def _reachable(document: Json) -> Json:
    """Return the components that the paths of a document refer to, also through each other."""
    seen: set[str] = set()
    queue: list[Any] = [document["paths"]]
    while queue:
        for pointer in _references(queue.pop()) - seen:
            seen.add(pointer)
            queue.append(resolve(document, {_REFERENCE: pointer}))
    return {
        room: kept
        for room, components in document["components"].items()
        if (
            kept := {
                name: one
                for name, one in components.items()
                if f"#/components/{room}/{name}" in seen
            }
        )
    }


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_references, value))
    if not isinstance(value, dict):
        return set()
    own = value.get(_REFERENCE)
    here = {own} if isinstance(own, str) else set()
    return here.union(*map(_references, value.values()))
