"""Records → tables of schema `ledger`. Only writes what differs from what is stored.

Every record has a digest. A record whose digest is already stored is skipped; a changed one is
written again with everything that belongs to it; one that is no longer given is deleted. Records
come as iterables and are written in batches, so memory does not limit their number.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Awaitable, Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from layoff_ledger import copying
from layoff_ledger.curation import records
from layoff_ledger.curation.rules.base import bounds, claims
from layoff_ledger.statement import Connection

BATCH = 2_000
"""The most records in one statement."""
WRITTEN_AT_ONCE = 500
"""Records that are written at once: those of the next batch are prepared meanwhile."""
Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
RecordT = TypeVar("RecordT", bound=Struct)
Before = Callable[[list[str]], Awaitable[None]]
"""Awaited with the ids of records that are about to be rewritten."""

# The columns that are filled in each table, in the order in which tables refer to each other.
COLUMNS: dict[str, tuple[str, ...]] = {
    "company": (
        "id", "name", "legal_name", "country", "industry", "parent", "note", "collection", "digest",
    ),
    "company_name": ("company", "kind", "position", "name"),
    "company_identifier": ("company", "scheme", "value"),
    "source": (
        "id", "url", "archived_url", "title", "publisher", "author", "kind", "standing",
        "original_publisher", "language", "published_on", "published_precision", "retrieved_on",
        "retrieved_precision", "note", "collection", "digest",
    ),
    "indicator": (
        "id", "company", "metric", "kind", "unit", "definition", "note", "collection", "digest",
    ),
    "indicator_value": (
        "indicator", "position", "period_start", "period_start_precision", "period_end",
        "period_end_precision", "low", "high", "qualifier", "rank", "stated_on",
        "stated_precision", "note",
    ),
    "indicator_citation": (
        "indicator", "value", "position", "source", "locator", "fragment", "evidence",
    ),
    "driver": ("code", "label", "group", "definition", "digest"),
    "driver_crosswalk": ("driver", "scheme", "position", "code"),
    "role": ("code", "label", "axis", "definition", "digest"),
    "role_synonym": ("role", "position", "name"),
    "role_crosswalk": ("role", "scheme", "position", "code"),
    "wave": ("id", "collection", "company", "title", "note", "digest"),
    "relation": ("wave", "position", "relation", "other", "note"),
    "claim": ("wave", "number", "kind", "speaker", "rank", "note"),
    "citation": ("wave", "n", "source", "locator", "fragment", "evidence"),
    "claim_citation": ("wave", "claim", "position", "n"),
    "event": ("wave", "claim", "on", "precision", "status", "statement"),
    "magnitude": (
        "wave", "claim", "rank", "measure", "low", "high", "qualifier", "counts", "cumulative",
        "contractors_included", "base", "increment", "countries", "subdivisions", "stated_on",
        "stated_precision",
    ),
    "magnitude_inclusion": ("wave", "claim", "position", "included"),
    "driver_claim": ("wave", "claim", "driver", "weight", "stance", "statement"),
    "role_claim": ("wave", "claim", "role", "effect", "headcount", "wording"),
    "context": ("wave", "claim", "aspect", "statement"),
    "scope": ("wave", "claim", "worldwide", "subdivisions", "sites", "units"),
    "scope_country": ("wave", "position", "country"),
    "form": ("wave", "claim", "position", "form"),
    "notice": (
        "id", "collection", "jurisdiction", "authority", "employer", "place", "county",
        "county_code", "address", "notice_on", "received_on", "effective_from", "effective_to",
        "first_seen_on", "last_seen_on", "jobs_low", "jobs_high", "kind", "temporary",
        "industry", "naics", "stated_cause", "occupations", "status", "amended", "flags", "cik",
        "lei", "wikidata", "ticker", "parent", "parent_cik", "source_url", "source_id",
        "key", "digest",
    ),
    "notice_relation": ("notice", "position", "relation", "other", "method", "score"),
    "notice_company": ("notice", "company", "method", "score"),
    "notice_wave": ("notice", "wave", "method", "score"),
}  # fmt: skip
# Tables whose rows stay when their record changes, because others refer to them.
KEPT = {
    "company": "id",
    "source": "id",
    "indicator": "id",
    "driver": "code",
    "role": "code",
    "wave": "id",
    "notice": "id",
}


class Change(Struct, frozen=True):
    """What loading one kind of record did."""

    written: list[str]
    """Ids that are new or differ."""
    missing: list[str]
    """Ids that are stored but no longer given; `delete` removes them when nothing needs them."""


class _Batch(Struct, frozen=True):
    """Some records that are new or differ, ready to be written."""

    ids: list[str]
    existing: list[str]
    """The ids of those that are stored already."""
    replaced: list[Row]
    """The rows of these in the table of the records."""
    copied: dict[str, bytes]
    """Table → lines of all other rows."""


async def load(
    connection: Connection,
    table: str,
    supplied: Iterable[RecordT],
    rows_of: Callable[[RecordT, bytes, Rows], None],
    *,
    collection: str | None = None,
    partial: bool = False,
    before: Before | None = None,
) -> Change:
    """Bring one kind of record up to what is given.

    `collection` limits what counts as "no longer given"; with `partial`, nothing does, and only the
    given records are looked up. `before` is awaited for each batch.
    """
    ids: list[str] | None = None
    if partial:
        supplied = list(supplied)
        ids = [record.id for record in supplied]  # type: ignore[attr-defined]
    stored = await _stored_digests(connection, table, collection, ids)
    seen: set[str] = set()
    written: list[str] = []
    batches = _batches(_changed(supplied, stored, seen))

    def prepare() -> _Batch | None:
        batch = next(batches, None)
        return None if batch is None else _prepared(table, batch, stored, rows_of)

    # A thread prepares the next batch while PostgreSQL writes this one.
    coming = asyncio.ensure_future(asyncio.to_thread(prepare))
    try:
        while (batch := await coming) is not None:
            coming = asyncio.ensure_future(asyncio.to_thread(prepare))
            if before is not None:
                await before(batch.existing)
            await _write(connection, table, batch)
            written += batch.ids
    finally:
        # When an error reaches the caller, nothing must still be reading the input.
        await asyncio.wait([coming])
    return Change(written, sorted(stored.keys() - seen))


async def delete(connection: Connection, table: str, ids: list[str]) -> None:
    """Remove records with everything that belongs to them."""
    await connection.execute(
        f"delete from ledger.{table} where {KEPT[table]} = any($1)",
        ids,
    )


async def _stored_digests(
    connection: Connection, table: str, collection: str | None, ids: list[str] | None
) -> dict[str, bytes]:
    key = KEPT[table]
    query = f"select {key}::text as id, digest from ledger.{table}"
    conditions, arguments = [], []
    for condition, value in ((f"{key} = any({{}}::text[])", ids), ("collection = {}", collection)):
        if value is not None:
            arguments.append(value)
            conditions.append(condition.format(f"${len(arguments)}"))
    if conditions:
        query += f" where {' and '.join(conditions)}"
    found = await connection.fetch(query, *arguments)
    return {row["id"]: row["digest"] for row in found}


def _changed(
    supplied: Iterable[RecordT], stored: dict[str, bytes], seen: set[str]
) -> Iterator[tuple[RecordT, bytes]]:
    for record in supplied:
        digest = hashlib.sha256(msgspec.msgpack.encode(record)).digest()
        id_: str = record.id  # type: ignore[attr-defined]
        seen.add(id_)
        if stored.get(id_) != digest:
            yield record, digest


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, WRITTEN_AT_ONCE)):
        yield batch


def _prepared(
    table: str,
    batch: list[tuple[RecordT, bytes]],
    stored: dict[str, bytes],
    rows_of: Callable[[RecordT, bytes, Rows], None],
) -> _Batch:
    rows: Rows = {}
    for record, digest in batch:
        rows_of(record, digest, rows)
    replaced = [row for row in rows[table] if row[0] in stored]
    rows[table] = [row for row in rows[table] if row[0] not in stored]
    ids = [record.id for record, _ in batch]  # type: ignore[attr-defined]
    existing = [id_ for id_ in ids if id_ in stored]
    return _Batch(ids, existing, replaced, {name: copying.lines(one) for name, one in rows.items()})


async def _write(connection: Connection, table: str, batch: _Batch) -> None:
    """Replace the rows of some records: delete what belongs to them, then copy everything in."""
    if batch.existing:
        for child, column in _CHILDREN[table]:
            await connection.execute(
                f"delete from ledger.{child} where {column} = any($1)",
                batch.existing,
            )
        assignments = ", ".join(
            f'"{column}" = ${number}' for number, column in enumerate(COLUMNS[table], start=1)
        )
        await connection.executemany(
            f"update ledger.{table} set {assignments} where {KEPT[table]} = $1",
            batch.replaced,
        )
    for name, columns in COLUMNS.items():
        await copying.copy(connection, name, columns, batch.copied.get(name, b""))


_CHILDREN: dict[str, tuple[tuple[str, str], ...]] = {
    "company": (("company_name", "company"), ("company_identifier", "company")),
    "source": (),
    "indicator": (("indicator_value", "indicator"),),
    "driver": (("driver_crosswalk", "driver"),),
    "role": (("role_synonym", "role"), ("role_crosswalk", "role")),
    # Typed claims and their citations go with the claim and the citation.
    "wave": (("relation", "wave"), ("claim", "wave"), ("citation", "wave")),
    "notice": (
        ("notice_relation", "notice"),
        ("notice_company", "notice"),
        ("notice_wave", "notice"),
    ),
}


def _add(rows: Rows, table: str, *row: Any) -> None:
    rows.setdefault(table, []).append(row)


def _date(day: records.PartialDate | None) -> tuple[Any, Any]:
    return (None, None) if day is None else (day.on, day.precision)


def _figure(value: float | None) -> Decimal | None:
    """Return 11000.0 as 11000, because its digits end up in the documents."""
    if value is None:
        return None
    return Decimal(int(value)) if value == int(value) else Decimal(str(value))


def rows_of_company(collection: str, company: records.Company, digest: bytes, rows: Rows) -> None:
    """Turn a company of a collection into rows."""
    _add(
        rows, "company", company.id, company.name, company.legal_name, company.country,
        company.industry, company.parent, company.note, collection, digest,
    )  # fmt: skip
    for kind, names in (("alias", company.aliases), ("former", company.former_names)):
        for position, name in enumerate(names, start=1):
            _add(rows, "company_name", company.id, kind, position, name)
    for scheme, value in company.identifiers.items():
        _add(rows, "company_identifier", company.id, scheme, value)


def rows_of_source(collection: str, source: records.Source, digest: bytes, rows: Rows) -> None:
    """Turn a source of a collection into rows."""
    _add(
        rows, "source", source.id, source.url, source.archived_url, source.title,
        source.publisher, source.author, source.kind, source.standing,
        source.original_publisher, source.language, *_date(source.published_on),
        *_date(source.retrieved_on), source.note, collection, digest,
    )  # fmt: skip


def rows_of_indicator(
    collection: str, indicator: records.Indicator, digest: bytes, rows: Rows
) -> None:
    """Turn a series of a collection into rows."""
    _add(
        rows, "indicator", indicator.id, indicator.company, indicator.metric, indicator.kind,
        indicator.unit, indicator.definition, indicator.note, collection, digest,
    )  # fmt: skip
    for number, value in enumerate(indicator.values, start=1):
        low, high = (_figure(one) for one in bounds(value))
        _add(
            rows, "indicator_value", indicator.id, number, *_date(value.period_start),
            *_date(value.period_end), low, high, value.qualifier, value.rank,
            *_date(value.stated_on), value.note,
        )  # fmt: skip
        for position, one in enumerate(value.citations, start=1):
            _add(
                rows, "indicator_citation", indicator.id, number, position, one.source,
                one.locator, one.fragment, one.evidence,
            )  # fmt: skip


def rows_of_driver(driver: records.Driver, digest: bytes, rows: Rows) -> None:
    """Turn a driver into rows."""
    _add(rows, "driver", driver.id, driver.label, driver.group, driver.definition, digest)
    for scheme, codes in driver.crosswalks.items():
        for position, code in enumerate(codes, start=1):
            _add(rows, "driver_crosswalk", driver.id, scheme, position, code)


def rows_of_role(role: records.Role, digest: bytes, rows: Rows) -> None:
    """Turn a role into rows."""
    _add(rows, "role", role.id, role.label, role.axis, role.definition, digest)
    for position, name in enumerate(role.synonyms, start=1):
        _add(rows, "role_synonym", role.id, position, name)
    for scheme, codes in role.crosswalks.items():
        for position, code in enumerate(codes, start=1):
            _add(rows, "role_crosswalk", role.id, scheme, position, code)


def rows_of_wave(collection: str, wave: records.Wave, digest: bytes, rows: Rows) -> None:
    """Turn a wave of a collection into rows."""
    _add(rows, "wave", wave.id, collection, wave.company, wave.title, wave.note, digest)
    for position, one in enumerate(wave.relations, start=1):
        _add(rows, "relation", wave.id, position, one.relation, one.wave, one.note)
    numbers: dict[records.Citation, int] = {}
    for number, located in enumerate(claims(wave), start=1):
        claim = located.claim
        _add(
            rows, "claim", wave.id, number, _KINDS[type(claim)], claim.speaker, claim.rank,
            claim.note,
        )  # fmt: skip
        for position, citation in enumerate(claim.citations, start=1):
            n = numbers.setdefault(citation, len(numbers) + 1)
            _add(rows, "claim_citation", wave.id, number, position, n)
        _add_typed(rows, wave.id, number, claim)
    for cited, n in numbers.items():
        _add(
            rows, "citation", wave.id, n, cited.source, cited.locator, cited.fragment,
            cited.evidence,
        )  # fmt: skip


_KINDS: dict[type[records.Claim], str] = {
    records.Event: "event",
    records.Magnitude: "magnitude",
    records.DriverClaim: "driver",
    records.RoleClaim: "role",
    records.Context: "context",
    records.Scope: "scope",
    records.Forms: "form",
}


def _add_typed(rows: Rows, wave: str, number: int, claim: records.Claim) -> None:
    match claim:
        case records.Event():
            _add(rows, "event", wave, number, *_date(claim.on), claim.kind, claim.statement)
        case records.Magnitude():
            low, high = (_figure(one) for one in bounds(claim))
            _add(
                rows, "magnitude", wave, number, claim.rank, claim.measure, low, high,
                claim.qualifier, claim.counts, claim.cumulative, claim.contractors_included,
                claim.base, claim.increment, claim.countries, claim.subdivisions,
                *_date(claim.stated_on),
            )  # fmt: skip
            for position, included in enumerate(claim.includes, start=1):
                _add(rows, "magnitude_inclusion", wave, number, position, included)
        case records.DriverClaim():
            _add(
                rows, "driver_claim", wave, number, claim.driver, claim.weight, claim.stance,
                claim.statement,
            )  # fmt: skip
        case records.RoleClaim():
            _add(
                rows, "role_claim", wave, number, claim.role, claim.effect, claim.headcount,
                claim.wording,
            )  # fmt: skip
        case records.Context():
            _add(rows, "context", wave, number, claim.kind, claim.statement)
        case records.Scope():
            _add(
                rows, "scope", wave, number, claim.worldwide, claim.subdivisions, claim.sites,
                claim.units,
            )  # fmt: skip
            for position, country in enumerate(claim.countries, start=1):
                _add(rows, "scope_country", wave, position, country)
        case records.Forms():
            for position, code in enumerate(claim.codes, start=1):
                _add(rows, "form", wave, number, position, code)
