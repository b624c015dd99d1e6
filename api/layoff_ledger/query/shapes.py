"""Records in the shape that is asked for: fewer fields (`select`), whole records beside (`expand`).

Documents pass through as they are stored, and are decoded only where this is asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, Protocol

import msgspec

from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Column, Json, Resource
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


class Shape(Protocol):
    """Gives documents the shape that a request asks for."""

    def __call__(
        self, ledger: Ledger, documents: list[bytes], *, base: str, snapshot: Snapshot
    ) -> Awaitable[list[bytes]]:
        """Shape some documents."""


def shape_of(resource: Resource, parameters: Parameters, *, is_flat: bool) -> Shape | None:
    """Give the shape that is asked for, None for documents as they are.

    What is flat has columns instead: `selected_columns`.
    """
    select: list[str] = getattr(parameters, "select", [])
    expand: list[str] = getattr(parameters, "expand", [])
    if is_flat or not (select or expand):
        return None

    async def shape(
        ledger: Ledger, documents: list[bytes], *, base: str, snapshot: Snapshot
    ) -> list[bytes]:
        decoded: list[Json] = [msgspec.json.decode(one) for one in documents]
        beside = (
            await _expansions(ledger, resource, decoded, expand, base=base, snapshot=snapshot)
            if expand
            else None
        )
        if select:
            wanted = set(select)
            documents = [
                msgspec.json.encode({name: one[name] for name in one if name in wanted})
                for one in decoded
            ]
        if beside is None:
            return documents
        return [
            _append(document, b'"expanded":' + expansion)
            for document, expansion in zip(documents, beside, strict=True)
        ]

    return shape


def _append(document: bytes, member: bytes) -> bytes:
    return document[:-1] + (b"" if document == b"{}" else b",") + member + b"}"


async def _expansions(
    ledger: Ledger,
    resource: Resource,
    documents: list[Json],
    expand: Sequence[str],
    *,
    base: str,
    snapshot: Snapshot,
) -> list[bytes]:
    """Give what stands beside each document, in the order in which it is declared.

    Each other record is read once.
    """
    members: list[dict[str, Any]] = [{} for _ in documents]
    for name, expansion in resource.expansions.items():
        if name not in expand:
            continue
        ids = [expansion.ids(document) for document in documents]
        wanted = {id_ for some in ids for id_ in some}
        found = {
            id_: msgspec.Raw(_without(document, expansion.without))
            for id_, document in (
                await ledger.documents.find(
                    RESOURCES[expansion.resource], wanted, base=base, snapshot=snapshot
                )
            ).items()
        }
        for member, some in zip(members, ids, strict=True):
            records = [found[id_] for id_ in some]
            member[name] = records if expansion.many else records[0]
    return [msgspec.json.encode(member) for member in members]


def _without(document: bytes, names: Sequence[str]) -> bytes:
    if not names:
        return document
    decoded = msgspec.json.decode(document)
    for name in names:
        del decoded[name]
    return msgspec.json.encode(decoded)


def selected_columns(resource: Resource, parameters: Parameters) -> tuple[Column, ...]:
    """Give the columns of a flat list: with `select` those that are made of its fields."""
    wanted = set(getattr(parameters, "select", []))
    if not wanted:
        return resource.columns
    return tuple(one for one in resource.columns if one.field in wanted)
