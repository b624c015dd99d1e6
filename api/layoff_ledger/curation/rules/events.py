"""Events: their dates, and the status that follows from them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import all_claims, rule, violation, violation_of_claim

EARLIEST = datetime.date(1970, 1, 1)


@rule
def date_is_not_in_the_future(curated: Curated) -> Iterator[Violation]:
    """Nothing is dated after today, no event before 1970."""
    today = datetime.datetime.now(tz=datetime.UTC).date()
    for located in all_claims(curated):
        dates = [getattr(located.claim, name, None) for name in ("on", "stated_on")]
        for day in dates:
            if day is not None and not EARLIEST <= day.on <= today:
                bound = "in the future" if day.on > today else "before 1970"
                yield violation_of_claim(
                    curated,
                    located,
                    date_is_not_in_the_future,
                    f"{day.on} is {bound}",
                    "what is planned belongs into a statement, not into an event",
                )
    for source in curated.sources.values():
        for day in (source.published_on, source.retrieved_on):
            if day is not None and day.on > today:
                message = f"{day.on} is in the future"
                yield violation(curated, "sources", source.id, date_is_not_in_the_future, message)


@rule
def wave_has_an_event(curated: Curated) -> Iterator[Violation]:
    """A wave has at least one event: its date and status are read off its events."""
    for wave in curated.waves.values():
        if all(event.rank == "deprecated" for event in wave.events):
            hint = 'add [[events]] with on, kind = "announced", speaker and citations'
            yield violation(
                curated,
                "waves",
                wave.id,
                wave_has_an_event,
                "no event that is not deprecated",
                hint,
            )
