"""Notices → tables of schema `ledger`: the filings in a collection, with their links.

A notice that its source no longer shows is never deleted: it gets a flag, and keeps its id.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from layoff_ledger.curation import load
from layoff_ledger.statement import Connection

GONE = "gone_from_source"
"""The flag of a notice that is missing from the newest file of its jurisdiction."""


class Link(Struct, frozen=True):
    """A link of a notice to a record: to what, by which method, and how sure it is (0 to 1)."""

    id: str
    method: str
    score: float


class NoticeRelation(Struct, frozen=True):
    """How a notice stands to an earlier one."""

    relation: Literal["amends", "possible_duplicate"]
    other: str
    method: str
    score: float | None


class Notice(Struct, frozen=True, kw_only=True):
    """A filing as its collection has it; None is unknown. The table's comments say what is what."""

    id: str
    collection: str
    jurisdiction: str
    authority: str | None = None
    employer: str
    place: str | None = None
    county: str | None = None
    county_code: str | None = None
    address: str | None = None
    notice_on: datetime.date | None = None
    received_on: datetime.date | None = None
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
    first_seen_on: datetime.date | None = None
    last_seen_on: datetime.date | None = None
    jobs_low: int | None = None
    jobs_high: int | None = None
    kind: Literal["closure", "mass_layoff", "unknown"] = "unknown"
    temporary: bool | None = None
    industry: str | None = None
    naics: str | None = None
    stated_cause: str | None = None
    occupations: tuple[str, ...] = ()
    status: Literal["filed", "amended", "superseded", "rescinded"] = "filed"
    amended: bool = False
    flags: tuple[str, ...] = ()
    cik: str | None = None
    lei: str | None = None
    wikidata: str | None = None
    ticker: str | None = None
    parent: str | None = None
    parent_cik: str | None = None
    source_url: str | None = None
    source_id: str | None = None
    key: str
    relations: tuple[NoticeRelation, ...] = ()
    company: Link | None = None
    wave: Link | None = None


class NoticeInput(Struct, frozen=True):
    """What an import passes on: notices, and the jurisdictions for which it has all of them."""

    notices: Iterable[Notice]
    """Iterated over once."""
    jurisdictions: frozenset[str]
    """Notices from one of these that are not given are marked as gone from their source."""


class Loaded(Struct, frozen=True):
    """What loading notices did, by id."""

    added: list[str]
    changed: list[str]
    gone: list[str]
    waves: set[str]
    """The waves that sum up one of those, before or after."""

    @property
    def affected(self) -> list[str]:
        """Return the ids of all records whose documents may differ."""
        return [*self.added, *self.changed, *self.gone]


async def ids_of(connection: Connection, collection: str) -> set[str]:
    """Return the ids of the notices of a collection."""
    query = "select id from ledger.notice where collection = $1"
    return {row["id"] for row in await connection.fetch(query, collection)}


async def load_notices(connection: Connection, collection: str, given: NoticeInput) -> Loaded:
    """Write the notices that differ from what is stored, and flag those that are gone."""
    before = await ids_of(connection, collection)
    waves: set[str] = set()

    async def note_waves(ids: list[str]) -> None:
        if ids:
            rows = await connection.fetch(
                "select distinct notice_wave.wave::text as wave "
                "from unnest($1::text[]) as one (id) "
                "inner join ledger.notice_wave on notice_wave.notice = one.id",
                ids,
            )
            waves.update(row["wave"] for row in rows)

    change = await load.load(
        connection, "notice", given.notices, _add_rows, collection=collection, before=note_waves
    )
    await note_waves(change.written)
    gone = await connection.fetch(
        "update ledger.notice set flags = array_append(flags, $3), digest = ''::bytea, "
        "last_seen_on = greatest("
        "  first_seen_on, coalesce(last_seen_on, collection.retrieved_on, first_seen_on)) "
        "from ledger.collection "
        "where collection.id = notice.collection and notice.id = any($1::text[]) "
        "and notice.jurisdiction = any($2::text[]) and not $3 = any(flags) returning notice.id",
        change.missing,
        sorted(given.jurisdictions),
        GONE,
    )
    return Loaded(
        added=[id_ for id_ in change.written if id_ not in before],
        changed=[id_ for id_ in change.written if id_ in before],
        gone=[row["id"] for row in gone],
        waves=waves,
    )


_VALUES = operator.attrgetter(*load.COLUMNS["notice"][:-1])


async def unlink(connection: Connection, companies: list[str], waves: list[str]) -> list[str]:
    """Remove links to records that are about to go; return the ids of those notices.

    The next import will match them again.
    """
    if not companies and not waves:
        return []
    rows = await connection.fetch(
        "with ended as ("
        "  delete from ledger.notice_company where company = any($1::text[]) returning notice"
        "), parted as ("
        "  delete from ledger.notice_wave where wave = any($2::text[]) returning notice"
        ") update ledger.notice set digest = ''::bytea "
        "where id in (select notice from ended union select notice from parted) returning id",
        companies,
        waves,
    )
    return [row["id"] for row in rows]


def _add_rows(notice: Notice, digest: bytes, rows: load.Rows) -> None:
    rows.setdefault("notice", []).append((*_VALUES(notice), digest))
    for position, one in enumerate(notice.relations, start=1):
        rows.setdefault("notice_relation", []).append(
            (notice.id, position, one.relation, one.other, one.method, one.score)
        )
    for table, link in (("notice_company", notice.company), ("notice_wave", notice.wave)):
        if link is not None:
            rows.setdefault(table, []).append((notice.id, link.id, link.method, link.score))
