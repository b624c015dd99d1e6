"""The data dictionary: every field of a struct with its meaning, how often it is null, an example.

Meanings of a record's own fields are the comments of its view; those of inner fields are the
struct's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, inspect

from layoff_ledger.resources import served
from layoff_ledger.resources.base import columns_of
from layoff_ledger.resources.fields import (
    AnsweringRevision,
    Public,
    address_of_answer,
)
from layoff_ledger.statement import Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

LOOKED_AT = 1_000
"""Most records per resource from which rates and examples are taken."""
MAX_EXAMPLE_CHARACTERS = 200
_NAMES: dict[type[inspect.Type], str] = {
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.StrType: "string",
    inspect.BoolType: "boolean",
    inspect.DateType: "string (date)",
    inspect.DateTimeType: "string (date-time)",
    inspect.LiteralType: "string",
    inspect.ListType: "array",
    inspect.StructType: "object",
}


class DictionaryField(Public, frozen=True, kw_only=True):
    """A field of a resource, what it means, and how often it is unknown."""

    resource: Annotated[str, Meta(description="Name of the resource.", examples=["Wave"])]
    field: Annotated[
        str,
        Meta(
            description="Path of the field; `[]` stands for each item of a list.",
            examples=["headcount.low"],
        ),
    ]
    type: Annotated[str, Meta(description="JSON type.", examples=["integer or null"])]
    meaning: Annotated[str, Meta(description="What it means, with its unit.")]
    values: Annotated[
        list[str], Meta(description="The codes of a vocabulary as of today; otherwise empty.")
    ]
    occurrences: Annotated[
        int, Meta(ge=0, description="How often it occurs in the records that were looked at.")
    ]
    null_share: Annotated[float, Meta(ge=0, le=1, description="Fraction of these that is null.")]
    example: (
        Annotated[str, Meta(description="A value that occurs, as JSON; null if there is none.")]
        | None
    )


FIELD_COLUMNS = columns_of(DictionaryField, DictionaryField.__struct_fields__)


class Dictionary(Public, frozen=True, kw_only=True):
    """Every field of every resource."""

    url: Annotated[str, address_of_answer("/v1/dictionary?as_of=1")]
    revision: AnsweringRevision
    looked_at: Annotated[
        int,
        Meta(
            ge=1,
            description=(
                "The most records per resource from which rates are computed; if there are "
                "more, a random sample of them, which is fixed for each revision."
            ),
        ),
    ]
    fields: Annotated[list[DictionaryField], Meta(description="In the order of the answers.")]


class Leaf(Struct, frozen=True):
    """A field of a struct, before any records are looked at."""

    path: str
    type: str
    meaning: str
    values: list[str]


def leaves(struct: type[Struct], prefix: str = "") -> Iterator[Leaf]:
    """Yield every field of a struct, the inner ones after their outer one."""
    info = inspect.type_info(struct)
    if not isinstance(info, inspect.StructType):
        raise TypeError(struct)
    # Only present on request, and described with its own resource.
    asked_for = {one.name for one in msgspec.structs.fields(struct) if one.default is UNSET}
    for field in info.fields:
        if field.name in asked_for:
            continue
        path = f"{prefix}{field.encode_name}"
        bare, meaning, examples, nullable = _unwrap(field.type)
        values = [str(one) for one in bare.values] if isinstance(bare, inspect.LiteralType) else []
        inner = bare
        if isinstance(bare, inspect.ListType):
            inner, item_meaning, item_examples, _ = _unwrap(bare.item_type)
            meaning = meaning or item_meaning
            examples = item_examples if len(item_examples) > 1 else []
        if len(examples) > 1 and all(isinstance(one, str) for one in examples):
            values = values or [str(one) for one in examples]
        name = "number" if isinstance(bare, inspect.UnionType) else _NAMES[type(bare)]
        if isinstance(inner, inspect.StructType):
            meaning = meaning or (inner.cls.__doc__ or "").partition("\n")[0]
        yield Leaf(path, f"{name} or null" if nullable else name, meaning, values)
        if isinstance(inner, inspect.StructType):
            mark = "[]." if isinstance(bare, inspect.ListType) else "."
            yield from leaves(inner.cls, f"{path}{mark}")


def _unwrap(type_: inspect.Type) -> tuple[inspect.Type, str, list[Any], bool]:
    """Take metadata and null off a type: the type, its description, its examples, nullable."""
    description, nullable = "", False
    examples: list[Any] = []
    while True:
        if isinstance(type_, inspect.Metadata):
            extra = type_.extra_json_schema or {}
            description = description or extra.get("description", "")
            examples = examples or extra.get("examples", [])
            type_ = type_.type
        elif isinstance(type_, inspect.UnionType) and type_.includes_none:
            nullable = True
            others = tuple(one for one in type_.types if not isinstance(one, inspect.NoneType))
            type_ = others[0] if len(others) == 1 else inspect.UnionType(others)
        else:
            return type_, description, examples, nullable


def describe(
    struct: type[Struct], comments: dict[str, str], documents: list[dict[str, Any]]
) -> list[DictionaryField]:
    """Return the dictionary of a resource from its struct, its view's comments and its records."""
    found = []
    known_leaves = list(leaves(struct))
    values_of = _values([leaf.path for leaf in known_leaves], documents)
    for leaf in known_leaves:
        values = values_of[leaf.path]
        known = [value for value in values if value not in (None, [])]
        example = next(
            (
                text
                for value in known
                if len(text := msgspec.json.encode(value).decode()) <= MAX_EXAMPLE_CHARACTERS
            ),
            None,
        )
        nulls = sum(value is None for value in values)
        found.append(
            DictionaryField(
                resource=struct.__name__,
                field=leaf.path,
                type=leaf.type,
                meaning=comments.get(leaf.path) or leaf.meaning,
                values=leaf.values,
                occurrences=len(values),
                null_share=round(nulls / len(values), 4) if values else 0.0,
                example=example,
            )
        )
    return found


def _values(paths_: list[str], documents: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the values at each path; nothing if an outer field is null.

    Each document is traversed once, not once for each of its fields.
    """
    values: dict[str, list[Any]] = {path: [] for path in paths_}
    inner: dict[str, list[tuple[str, str]]] = {}
    for path in paths_:
        outer, _, name = path.rpartition(".")
        inner.setdefault(outer, []).append((name, path))

    def walk(record: dict[str, Any], outer: str) -> None:
        for name, path in inner[outer]:
            if name not in record:
                # A document from before the field existed.
                continue
            value = record[name]
            values[path].append(value)
            if isinstance(value, dict) and path in inner:
                walk(value, path)
            elif isinstance(value, list) and (each := f"{path}[]") in inner:
                for one in value:
                    if isinstance(one, dict):
                        walk(one, each)

    for document in documents:
        walk(document, "")
    return values


async def read_fields(ledger: Ledger, snapshot: Snapshot, *, base: str) -> list[DictionaryField]:
    """Describe the fields of every resource, in the order of the answers; once per revision."""
    found: list[DictionaryField] = await ledger.kept(
        snapshot, f"dictionary at {base}", lambda: _read_fields(ledger, snapshot, base)
    )
    return found


async def _read_fields(ledger: Ledger, snapshot: Snapshot, base: str) -> list[DictionaryField]:
    found: list[DictionaryField] = []
    for resource in served():
        # Parts of documents have no view of their own.
        comments = await ledger.fetch(
            Statement.named("read_comments", resource.name if resource.part is None else "part")
        )
        sample = await ledger.documents.sample(resource, LOOKED_AT, base=base, snapshot=snapshot)
        meanings = {row["name"]: row["meaning"] for row in comments}
        # In a thread: all of it takes a second, in which nothing else would be answered.
        found += await asyncio.to_thread(_described, resource.struct, meanings, sample)
    return found


def _described(
    struct: type[Struct], meanings: dict[str, str], sample: Sequence[bytes]
) -> list[DictionaryField]:
    return describe(struct, meanings, [msgspec.json.decode(one) for one in sample])
