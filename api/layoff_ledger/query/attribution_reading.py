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
from layoff_ledger.query.attribution_ids import can_list, list_ids
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
    terms = conditions_of(parameters, snapshot.revision, search_query).terms
    postings = ledger.postings(WAVE, snapshot) if parameters.ids else None
    by = parameters.by
    if terms is None or postings is None or not can_list(postings, by, drivers, terms):
        postings = None

    def statement(words: Mapping[str, int] | None) -> Statement:
        return attribution(
            parameters,
            drivers,
            revision=snapshot.revision,
            search_query=search_query,
            words=words,
            has_ids=postings is None,
        )

    # Columns cannot search.
    is_columnar = search_query is None
    found = await ledger.count(snapshot, statement, is_columnar=is_columnar)
    if postings is None or terms is None or any(row["ids"] for row in found):
        # PostgreSQL returns ids with its figures.
        return found
    groups = list_ids(found, postings, by, drivers, terms, most=MAX_IDS)
    for _ in {row["key"] for row in found}:
        if ledger.read_postings(lambda: next(groups)) is None:
            postings = None
            return await ledger.count(snapshot, statement, is_columnar=is_columnar)
        # A group takes a few milliseconds, in which nothing else is served.
        await asyncio.sleep(0)
    return found
