"""A question of attribution → its rows: from columns and postings, or from PostgreSQL alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from layoff_ledger import vocabulary
from layoff_ledger.query.absence import hints_of_nothing
from layoff_ledger.query.attribution import (
    MAX_IDS,
    AttributionMeta,
    AttributionParameters,
    AttributionRow,
    attribution,
    basis_of,
    conditions_of,
    rows_of,
)
from layoff_ledger.query.attribution_ids import IdsByRule, can_list
from layoff_ledger.query.dimensions import beyond
from layoff_ledger.query.known_status import words_of_status
from layoff_ledger.query.notice_coverage import lacking_of_waves
from layoff_ledger.query.statistics import labels_of
from layoff_ledger.query.uneven_years import periods_of, sentences, uneven_years
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.search.query import SearchQuery, parts_without_effect
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


def drivers_of(parameters: AttributionParameters, groups: dict[str, list[str]]) -> list[str]:
    """Return the drivers that count as the reason; `groups` has those of each group."""
    chosen = parameters.driver_group or ([] if parameters.driver else ["ai"])
    found = set(parameters.driver)
    for name in chosen:
        umbrella = vocabulary.UMBRELLAS.get(name)
        found.update(umbrella.drivers if umbrella else groups.get(name, []))
    return sorted(found)


async def _groups(ledger: Ledger, snapshot: Snapshot) -> dict[str, list[str]]:
    conditions = Conditions.holding_at(snapshot.revision, "facet")
    found: dict[str, list[str]] = {}
    for row in await ledger.fetch(
        conditions.statement(
            f'select facet.id, facet."group" from api.driver_facet as facet where {conditions.text}'
        )
    ):
        found.setdefault(row["group"], []).append(row["id"])
    return found


async def read_attribution(
    ledger: Ledger,
    parameters: AttributionParameters,
    snapshot: Snapshot,
    search_query: SearchQuery | None,
) -> tuple[list[AttributionRow], AttributionMeta]:
    """Read the rows, every rule in every group, and what they rest on."""
    drivers = drivers_of(parameters, await _groups(ledger, snapshot))
    found = await _read_rows(ledger, parameters, drivers, snapshot, search_query)
    labels: dict[str, str] = {}
    if parameters.by is not None:
        keys = {row["key"] for row in found}
        labels = await labels_of(ledger, parameters.by, keys, snapshot)
    by = [] if parameters.by is None else [parameters.by]
    periods = periods_of([{one: row["key"]} for row in found for one in by], by)
    hints = await uneven_years(ledger, parameters, snapshot, periods) if found else []
    if found:
        hints += beyond(len({row["key"] for row in found}), found[0]["groups"])
    hints += parts_without_effect(search_query)
    hints += words_of_status(parameters)
    hints += await lacking_of_waves(ledger, parameters, snapshot)
    if not found or not found[0]["count"]:
        # The reason is what the question is about, not a filter.
        asked = msgspec.structs.replace(parameters, driver=[], driver_group=[])
        hints += await hints_of_nothing(ledger, WAVE, asked, snapshot, search_query)
    meta = AttributionMeta(
        count=found[0]["count"] if found else 0,
        groups=found[0]["groups"] if found else 0,
        drivers=drivers,
        basis=" ".join([basis_of(parameters), *sentences(hints)]),
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        license=snapshot.license,
    )
    return rows_of(found, labels), meta


async def _read_rows(
    ledger: Ledger,
    parameters: AttributionParameters,
    drivers: list[str],
    snapshot: Snapshot,
    search_query: SearchQuery | None,
) -> list[dict[str, Any]]:
    """Read the figures of each rule in each group, with ids: from postings, if they can."""

    async def count(*, has_ids: bool) -> list[dict[str, Any]]:
        def statement(words: Mapping[str, int] | None) -> Statement:
            return attribution(
                parameters,
                drivers,
                revision=snapshot.revision,
                search_query=search_query,
                words=words,
                has_ids=has_ids,
            )

        # Columns cannot search.
        return await ledger.count(snapshot, statement, is_columnar=search_query is None)

    ids = None
    # PostgreSQL returns ids with its figures.
    if parameters.ids and search_query is None and ledger.columns.of(snapshot) is not None:
        ids = _ids_of(ledger, parameters, drivers, snapshot)
    if ids is None:
        return await count(has_ids=True)
    # While DuckDB plans on one core and then counts, ids are read that will be needed.
    counting = asyncio.create_task(count(has_ids=False))
    try:
        await _read_ahead(ledger, ids, counting)
        found = await counting
    finally:
        counting.cancel()
    if any(row["ids"] for row in found):
        return found
    for key in {row["key"]: None for row in found}:
        if await _read_group(ledger, ids, key) is None:
            return await count(has_ids=True)
    for row in found:
        row["ids"] = ids.read(row["key"])[row["rule"]]
    return found


def _ids_of(
    ledger: Ledger, parameters: AttributionParameters, drivers: list[str], snapshot: Snapshot
) -> IdsByRule | None:
    """Find by postings the ids behind the rows; None if they cannot."""
    terms = conditions_of(parameters, snapshot.revision, None).terms
    postings = ledger.postings(WAVE, snapshot)
    if terms is None or postings is None:
        return None
    if not can_list(postings, parameters.by, drivers, terms):
        return None
    return ledger.read_postings(
        lambda: IdsByRule(postings, parameters.by, drivers, terms, most=MAX_IDS)
    )


async def _read_ahead(ledger: Ledger, ids: IdsByRule, counting: asyncio.Task[Any]) -> None:
    """Read ids of the groups that there may be until the figures are there."""
    # The question has to reach its thread first.
    await asyncio.sleep(0)
    for key in ledger.read_postings(ids.expected) or ():
        if counting.done() or await _read_group(ledger, ids, key) is None:
            return


async def _read_group(
    ledger: Ledger, ids: IdsByRule, key: str | None
) -> dict[str, list[str]] | None:
    """Read the ids of a group by rule; return None if the file of postings is damaged."""
    found = ledger.read_postings(lambda: ids.read(key))
    # A group takes a few milliseconds, in which nothing else is served.
    await asyncio.sleep(0)
    return found
