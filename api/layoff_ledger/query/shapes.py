"""Records in the requested shape: fewer fields (`select`), whole records beside them (`expand`).

Documents pass through as they are stored, and are only decoded if this is requested.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from layoff_ledger.formats.base import Format
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Column, Resource
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
"""Takes a document apart without reading the contents of its fields."""


Shape = Callable[[list[bytes]], Awaitable[list[bytes]]]
"""Gives documents the shape that a request asks for."""


def shape_of(
    ledger: Ledger,
    resource: Resource,
    parameters: Parameters,
    format_: Format,
    *,
    base: str,
    snapshot: Snapshot,
) -> Shape | None:
    """Return the requested shape, None for documents as they are.

    Flat formats have columns instead (`selected_columns`), and pages are made from whole documents.
    """
    select: list[str] = getattr(parameters, "select", [])
    expand: list[str] = getattr(parameters, "expand", [])
    if format_.is_flat or format_.is_page or not (select or expand):
        return None

    async def shape(documents: list[bytes]) -> list[bytes]:
        shaped = _selected(documents, frozenset(select)) if select else documents
        if not expand:
            return shaped
        beside = await _expansions(
            ledger, resource, documents, expand, base=base, snapshot=snapshot
        )
        return [
            _append(document, b'"expanded":' + expansion)
            for document, expansion in zip(shaped, beside, strict=True)
        ]

    return shape


def _selected(documents: Sequence[bytes], names: frozenset[str]) -> list[bytes]:
    """Leave out all but some fields; those stay as they are stored, to the byte."""
    decoded = map(_MEMBERS.decode, documents)
    return [
        msgspec.json.encode({name: value for name, value in one.items() if name in names})
        for one in decoded
    ]


def _append(document: bytes, member: bytes) -> bytes:
    return document[:-1] + (b"" if document == b"{}" else b",") + member + b"}"


async def _expansions(
    ledger: Ledger,
    resource: Resource,
    documents: list[bytes],
    expand: Sequence[str],
    *,
    base: str,
    snapshot: Snapshot,
) -> list[bytes]:
    """Return what stands beside each document, in the declared order.

    Each other record is read once, and appears as it is stored: it is only decoded to leave out a
    field.
    """
    members: list[list[bytes]] = [[] for _ in documents]
    for name, expansion in resource.expansions.items():
        if name not in expand:
            continue
        ids = [expansion.ids(document) for document in documents]
        wanted = {id_ for some in ids for id_ in some}
        others = await ledger.documents.find_all(
            RESOURCES[expansion.resource], wanted, base=base, snapshot=snapshot
        )
        found = {id_: _without(one, expansion.without) for id_, one in others.items()}
        for member, some in zip(members, ids, strict=True):
            records = b",".join([found[id_] for id_ in some])
            member.append(
                b'"%b":%b' % (name.encode(), b"[%b]" % records if expansion.many else records)
            )
    return [b"{%b}" % b",".join(member) for member in members]


def _without(document: bytes, names: Sequence[str]) -> bytes:
    if not names:
        return document
    members = _MEMBERS.decode(document)
    for name in names:
        del members[name]
    return msgspec.json.encode(members)


def selected_columns(resource: Resource, parameters: Parameters) -> tuple[Column, ...]:
    """Return the columns of a flat list: with `select`, those made from the selected fields."""
    wanted = set(getattr(parameters, "select", []))
    if not wanted:
        return resource.columns
    return tuple(one for one in resource.columns if one.field in wanted)
