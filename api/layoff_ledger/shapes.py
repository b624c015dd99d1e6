"""Records in the shape that is asked for: fewer fields (`select`), whole records beside (`expand`).

Documents pass through as they are stored, and are decoded only where this is asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import Any, Protocol

import msgspec

from layoff_ledger import formats, queries
from layoff_ledger.db import Ledger, Snapshot
from layoff_ledger.parameters import Parameters
from layoff_ledger.queries import Resource


class Shape(Protocol):
    """Gives documents the shape that a request asks for."""

    def __call__(
        self, ledger: Ledger, documents: list[bytes], *, base: str, snapshot: Snapshot
    ) -> Awaitable[list[bytes]]:
        """Shape some documents."""


def read(parameters: Parameters, format_: formats.Format) -> Shape | None:
    """Give the shape that is asked for, None for documents as they are; CSV is always flat."""
    select: list[str] = getattr(parameters, "select", [])
    expand: list[str] = getattr(parameters, "expand", [])
    if format_ == "csv" or not (select or expand):
        return None

    async def shape(
        ledger: Ledger, documents: list[bytes], *, base: str, snapshot: Snapshot
    ) -> list[bytes]:
        decoded: list[dict[str, Any]] = [msgspec.json.decode(one) for one in documents]
        beside = (
            await _expansions(ledger, decoded, expand, base=base, snapshot=snapshot)
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
    waves: list[dict[str, Any]],
    expand: Iterable[str],
    *,
    base: str,
    snapshot: Snapshot,
) -> list[bytes]:
    """Give what stands beside each wave; each other record is read once."""
    companies = {wave["company"]["id"] for wave in waves} if "company" in expand else set()
    cited = [
        list(dict.fromkeys(one["source"]["id"] for one in wave["citations"])) for wave in waves
    ]
    sources = {id_ for ids in cited for id_ in ids} if "sources" in expand else set()
    found_companies = await ledger.documents(
        queries.COMPANY, companies, base=base, snapshot=snapshot
    )
    found_sources = {
        id_: _without_claims(document)
        for id_, document in (
            await ledger.documents(queries.SOURCE, sources, base=base, snapshot=snapshot)
        ).items()
    }
    expansions = []
    for wave, ids in zip(waves, cited, strict=True):
        members: dict[str, Any] = {}
        if "company" in expand:
            members["company"] = msgspec.Raw(found_companies[wave["company"]["id"]])
        if "sources" in expand:
            members["sources"] = [msgspec.Raw(found_sources[id_]) for id_ in ids]
        expansions.append(msgspec.json.encode(members))
    return expansions


def _without_claims(source: bytes) -> bytes:
    """Take away what would grow with the ledger: a source may support very many claims."""
    document = msgspec.json.decode(source)
    del document["supports"]
    return msgspec.json.encode(document)


def columns(resource: Resource, parameters: Parameters) -> list[str]:
    """Give the names of the columns of a CSV: with `select` those that are made of its fields."""
    wanted = set(getattr(parameters, "select", []))
    return [
        name
        for name, column in formats.COLUMNS[resource.name].items()
        if not wanted or column.field in wanted
    ]


def batch(
    format_: formats.Format, resource: Resource, parameters: Parameters, documents: list[bytes]
) -> bytes:
    """Give the rows or lines of some documents, without a head."""
    if format_ == "csv":
        return formats.csv_of(resource.name, columns(resource, parameters), documents)
    return formats.ndjson_of(documents)
