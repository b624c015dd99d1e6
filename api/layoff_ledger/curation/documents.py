"""Tables of schema `ledger` → versions: what each view says of a record, kept from revision on.

A document is read from its view, decoded strictly into its public struct and encoded again, so
nothing is stored that the API's promise does not describe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger import types
from layoff_ledger.curation import search_entries
from layoff_ledger.curation.journal import Entry, Journal
from layoff_ledger.curation.load import BATCH, Connection

NOW = 2_147_483_647
"""The last revision of a version that still holds."""


class Resource(Struct, frozen=True):
    """A kind of document: its public struct, its key, and what its lists filter and sort by."""

    name: str
    struct: type[Struct]
    key: str
    columns: tuple[str, ...]
    """What is stored beside the body."""
    facets: Callable[[Any], tuple[Any, ...]]
    """Gives the values of `columns` for a stored document."""


def _bounds(figure: Any) -> tuple[Any, Any]:
    return (None, None) if figure is None else (figure.low, figure.high)


def _standings(document: Any, claim: Any) -> set[str]:
    """Give the standings of the sources that support a claim, and `*` for any."""
    places = {one.n: one.source.standing for one in document.citations}
    return {"*", *(places[n] for n in claim.citations)}


def driver_keys(document: Any) -> list[str]:
    """Give `driver|speaker|stance|standing` of each driver claim, with `*` for any but the stance.

    One key is one claim, so a filter by several of the four matches one and the same claim.
    Deprecated claims are known to be wrong and are not found.
    """
    return sorted(
        {
            f"{driver}|{speaker}|{claim.stance}|{standing}"
            for claim in document.drivers
            if claim.rank != "deprecated"
            for driver in (claim.driver.code, "*")
            for speaker in (claim.speaker, "*")
            for standing in _standings(document, claim)
        }
    )


def role_keys(document: Any) -> list[str]:
    """Give `role|effect|standing` of each role claim, with `*` for any, as for drivers."""
    return sorted(
        {
            f"{role}|{claim.effect}|{standing}"
            for claim in document.roles
            if claim.rank != "deprecated"
            for role in (claim.role.code, "*")
            for standing in _standings(document, claim)
        }
    )


def _affirmed(document: Any) -> list[Any]:
    """Give the driver claims that give a reason: neither denials nor what is known to be wrong."""
    return [
        claim
        for claim in document.drivers
        if claim.stance != "denies" and claim.rank != "deprecated"
    ]


def _number_of_claims(document: Any) -> int:
    lists = ("events", "magnitudes", "drivers", "roles", "context")
    one_each = (document.scope is not None) + bool(document.forms)
    return one_each + sum(len(getattr(document, name)) for name in lists)


def _wave_facets(document: Any) -> tuple[Any, ...]:
    return (
        document.announced_on,
        document.announced_precision,
        document.company.id,
        document.company.country,
        document.company.industry,
        document.collection,
        document.status,
        document.canonical,
        [] if document.scope is None else document.scope.countries,
        document.forms,
        sorted({claim.driver.code for claim in _affirmed(document)}),
        sorted({claim.speaker for claim in _affirmed(document)}),
        sorted(
            {
                claim.role.code
                for claim in document.roles
                if claim.effect == "cut" and claim.rank != "deprecated"
            }
        ),
        driver_keys(document),
        role_keys(document),
        sorted({citation.source.id for citation in document.citations}),
        sorted({citation.source.standing for citation in document.citations}),
        [citation.evidence for citation in document.citations],
        _number_of_claims(document),
        max(event.on for event in document.events),
        *_bounds(document.headcount),
        *_bounds(document.share),
    )


RESOURCES = {
    resource.name: resource
    for resource in (
        Resource(
            "wave",
            types.Wave,
            "id",
            (
                "announced_on", "announced_precision", "company", "company_country", "industry",
                "collection", "status", "canonical", "countries", "forms", "drivers", "speakers",
                "roles", "driver_keys", "role_keys", "sources", "standings", "evidence", "claims",
                "newest_event_on", "headcount_low", "headcount_high", "share_low", "share_high",
            ),
            _wave_facets,
        ),
        Resource(
            "company",
            types.Company,
            "id",
            ("name", "country", "industry", "parent", "identifiers", "waves"),
            lambda document: (
                document.name,
                None if document.country is None else document.country.code,
                None if document.industry is None else document.industry.code,
                None if document.parent is None else document.parent.id,
                [f"{one.scheme}:{one.value}" for one in document.identifiers],
                document.totals.waves,
            ),
        ),
        Resource(
            "company_indicators", types.CompanyIndicators, "id", (), lambda _: ()
        ),
        Resource(
            "source",
            types.Source,
            "id",
            ("publisher", "kind", "standing", "language", "published_on", "archived"),
            lambda document: (
                document.publisher,
                document.kind,
                document.standing,
                document.language,
                document.published_on,
                document.archived_url is not None,
            ),
        ),
        Resource(
            "driver",
            types.Driver,
            "code",
            ("label", "group", "waves"),
            lambda document: (document.label, document.group, document.waves),
        ),
        Resource(
            "role",
            types.Role,
            "code",
            ("label", "axis", "waves"),
            lambda document: (document.label, document.axis, document.waves),
        ),
        Resource(
            "collection",
            types.Collection,
            "id",
            ("name", "waves"),
            lambda document: (document.name, document.waves),
        ),
    )
}  # fmt: skip


async def write_versions(
    connection: Connection, resource: Resource, ids: Iterable[str], revision: int, journal: Journal
) -> None:
    """Bring the versions of these records to what their view says now."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        await _write_batch(connection, resource, ordered[start : start + BATCH], revision, journal)


async def _write_batch(
    connection: Connection, resource: Resource, ids: list[str], revision: int, journal: Journal
) -> None:
    name, key = resource.name, resource.key
    decode = msgspec.json.Decoder(types.stored(resource.struct)).decode
    current = {
        row["id"]: row["digest"]
        for row in await connection.fetch(
            f"select id::text, md5(body) as digest from ledger.{name}_version "
            "where id = any($1::text[]) and last_revision = $2",
            ids,
            NOW,
        )
    }
    fresh = []
    searched = []
    found = set()
    for row in await connection.fetch(
        f"select to_jsonb({name})::text as document from api.{name} where {key} = any($1::text[])",
        ids,
    ):
        document = decode(row["document"])
        id_ = getattr(document, key)
        found.add(id_)
        body = _body(key, id_, document)
        if current.get(id_) != hashlib.md5(body.encode(), usedforsecurity=False).hexdigest():
            fresh.append((id_, revision, body, *resource.facets(document)))
            searched.append((id_, document))
    gone = current.keys() - found
    ended = [row[0] for row in fresh if row[0] in current] + sorted(gone)
    if ended:
        await connection.execute(
            f"update ledger.{name}_version set last_revision = $1 "
            "where id = any($2::text[]) and last_revision = $3",
            revision - 1,
            ended,
            NOW,
        )
    if fresh:
        await connection.copy_records_to_table(
            f"{name}_version",
            schema_name="ledger",
            columns=["id", "first_revision", "body", *resource.columns],
            records=fresh,
        )
    await search_entries.write(connection, name, revision, ended, searched)
    entries = [
        Entry(row[0], "changed" if row[0] in current else "added", _digest(row[2])) for row in fresh
    ]
    entries += [Entry(id_, "withdrawn", None) for id_ in gone]
    await journal.write(name, entries)
    journal.grow(name, sum(row[0] not in current for row in fresh) - len(gone))


def _digest(body: str) -> bytes:
    return hashlib.sha256(body.encode()).digest()


def _body(key: str, id_: str, document: Struct) -> str:
    """Give the document after its id: `"name":…}`; what serving adds goes before it."""
    encoded = msgspec.json.encode(document).decode()
    opening = f'{{"{key}":"{id_}",'
    if not encoded.startswith(opening):
        message = f"{key} is not the first field of {type(document).__name__}"
        raise TypeError(message)
    return encoded[len(opening) :]
