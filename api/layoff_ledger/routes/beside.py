"""What the page of an answer shows beside it, which programs request separately."""

from __future__ import annotations

from typing import Any

import msgspec

from layoff_ledger.pages.subject import NOTHING, Beside
from layoff_ledger.query import parse
from layoff_ledger.query.lists import Page, read_page, search_query_of
from layoff_ledger.query.statistics import read_statistics
from layoff_ledger.query.statistics_parameters import StatisticsParameters
from layoff_ledger.query.vocabularies import names_of
from layoff_ledger.resources.base import Json, Resource
from layoff_ledger.resources.company import COMPANY, CompanyListParameters
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.resources.wave import WAVE, WaveListParameters
from layoff_ledger.resources.wave_parameters import WaveFilter
from layoff_ledger.routes.operation import AnyRequest, format_of
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

WAVES_BESIDE = 25
"""The most waves on the page of a company, a driver or a role; a link leads to all of them."""
OWNED_BESIDE = 200
"""The most companies that the page of their owner lists."""


async def read_beside(
    request: AnyRequest, ledger: Ledger, parameters: Parameters, snapshot: Snapshot
) -> Beside:
    """Read what a page shows beside its answer; programs get nothing, which takes no query."""
    if not format_of(request).is_page:
        return NOTHING
    return Beside(names=await read_names(ledger, parameters, snapshot))


async def read_names(ledger: Ledger, parameters: Parameters, snapshot: Snapshot) -> dict[str, str]:
    """Read the names of the requested companies, by their ids."""
    asked = {
        one
        for _, known, values in parse.given_codes(parameters)
        if known.vocabulary == "company"
        for one in values
    }
    return await names_of(ledger, asked, snapshot) if asked else {}


async def read_beside_record(
    ledger: Ledger, resource: Resource, id_: str, *, base: str, snapshot: Snapshot
) -> Beside:
    """Read what the page of a record shows beside it: its newest waves, and what it owns."""
    waves = await _waves_of(ledger, resource, id_, base=base, snapshot=snapshot)
    owned = await _owned_by(ledger, resource, id_, base=base, snapshot=snapshot)
    return Beside(
        waves=[
            msgspec.json.decode(one, type=WAVE.brief)
            for one in ([] if waves is None else waves.documents)
        ],
        waves_in_all=None if waves is None else waves.count,
        owned=[msgspec.json.decode(one) for one in ([] if owned is None else owned.documents)],
    )


async def _waves_of(
    ledger: Ledger, resource: Resource, id_: str, *, base: str, snapshot: Snapshot
) -> Page | None:
    """Read the newest waves of a record for its page; None if it has no waves of its own."""
    if resource.waves is None:
        return None
    asked: dict[str, Any] = {
        resource.waves: [id_],
        "limit": WAVES_BESIDE,
        "as_of": snapshot.revision,
    }
    return await read_page(ledger, WAVE, WaveListParameters(**asked), base=base)


async def _owned_by(
    ledger: Ledger, resource: Resource, id_: str, *, base: str, snapshot: Snapshot
) -> Page | None:
    """Read the companies that a company owns for its page; their waves do not count as its own."""
    if resource is not COMPANY:
        return None
    asked = CompanyListParameters(parent=[id_], limit=OWNED_BESIDE, as_of=snapshot.revision)
    return await read_page(ledger, COMPANY, asked, base=base)


async def count_by_year(
    ledger: Ledger, resource: Resource, parameters: Parameters, page: Page
) -> list[Json]:
    """Count by year the waves that match, for the first page; nothing for other pages and lists."""
    is_first = getattr(parameters, "cursor", None) is None
    is_whole = getattr(parameters, "sample", None) is None
    if not isinstance(parameters, WaveFilter) or resource.part is not None:
        return []
    if not (is_first and is_whole and page.documents):
        return []
    asked = {name: getattr(parameters, name) for name in WaveFilter.__struct_fields__}
    asked |= {"canonical": parameters.canonical or [True], "as_of": page.snapshot.revision}
    question = StatisticsParameters(group_by=["year"], **asked)
    search_query = await search_query_of(ledger, question, page.snapshot)
    groups, _ = await read_statistics(ledger, question, page.snapshot, search_query)
    return [msgspec.to_builtins(one) for one in groups]
