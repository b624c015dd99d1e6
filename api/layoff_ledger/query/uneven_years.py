"""Warns if the ledger has few waves of some years: few records do not mean few cuts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from layoff_ledger.query.dimensions import time_dimensions
from layoff_ledger.resources.periods import span
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.resources.wave_parameters import WaveFilter
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

FEW = 1 / 3
"""A part of the fullest year's waves: a year that has less says little in comparison."""


async def uneven_years(
    ledger: Ledger, parameters: WaveFilter, snapshot: Snapshot, periods: Iterable[str]
) -> list[str]:
    """Say for which of the requested years the ledger has the fewest waves, if it has few.

    If no years are requested, those of the `periods` that an answer compares are meant; without
    either, nothing is said. It counts what the ledger has in all, whatever else is requested.
    """
    compared = {int(one[:4]) for one in periods}
    asked = _asked(parameters)
    if asked is None and compared:
        asked = min(compared), max(compared)
    if asked is None:
        return []
    waves = await _waves_by_year(ledger, snapshot)
    if not waves:
        return []
    fullest = max(waves, key=lambda year: (waves[year], year))
    first, last = asked
    years = [year for year in waves if first <= year <= last]
    least = min(years, key=lambda year: (waves[year], year), default=fullest)
    if waves[least] >= waves[fullest] * FEW:
        return []
    some = f"{waves[least]:,} wave{'' if waves[least] == 1 else 's'} for {least}"
    return [
        f"the ledger has {some} and {waves[fullest]:,} for {fullest}: fewer waves in the ledger do "
        "not mean fewer cuts"
    ]


def periods_of(groups: Iterable[Mapping[str, str | None]], group_by: Iterable[str]) -> list[str]:
    """Return the known periods among the keys of some groups."""
    names = time_dimensions(group_by)
    return [key for keys in groups for name in names if (key := keys[name]) is not None]


def sentences(phrases: Iterable[str]) -> list[str]:
    """Return such phrases as separate sentences, for a text that consists of sentences."""
    return [f"{one[:1].upper()}{one[1:]}." for one in phrases]


def _asked(parameters: WaveFilter) -> tuple[int, int] | None:
    """Return the first and the last requested year; None if no years are requested."""
    spans = [span(one) for one in parameters.announced]
    first, last = parameters.announced_gte, parameters.announced_lte
    if not spans and first is None and last is None:
        return None
    days = [day for one in spans for day in one]
    starts = [*([] if first is None else [first]), *([min(days)] if days else [])]
    ends = [*([] if last is None else [last]), *([max(days)] if days else [])]
    return (
        max((one.year for one in starts), default=0),
        min((one.year for one in ends), default=9999),
    )


async def _waves_by_year(ledger: Ledger, snapshot: Snapshot) -> dict[int, int]:
    """Count the waves of each year as statistics do by default, once per revision."""
    found: dict[int, int] = await ledger.kept(
        snapshot, "waves by year", lambda: _read(ledger, snapshot)
    )
    return found


async def _read(ledger: Ledger, snapshot: Snapshot) -> dict[int, int]:
    statement = _statement(snapshot.revision)
    rows = await ledger.count(snapshot, lambda _: statement, is_columnar=True)
    return {row["year"]: row["waves"] for row in rows}


def _statement(revision: int) -> Statement:
    conditions = Conditions.holding_at(revision, "facet")
    return conditions.statement(
        "select extract(year from facet.announced_on)::integer as year, count(*) as waves "
        f"from {WAVE.facet_view} as facet where {conditions.text} and facet.canonical "
        "group by 1 order by 1"
    )
