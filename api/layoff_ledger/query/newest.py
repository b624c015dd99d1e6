"""The day of the newest wave: the ledger knows nothing about later days, which is not zero."""

from __future__ import annotations

import datetime

from layoff_ledger.resources.periods import span
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.resources.wave_parameters import WaveFilter
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


async def newest_wave(ledger: Ledger, snapshot: Snapshot) -> datetime.date | None:
    """Return the day of the newest announcement; None if there are no waves.

    It is looked up once per revision.
    """
    found: datetime.date | None = await ledger.once(
        snapshot, b"newest wave", lambda: _newest(snapshot.revision)
    )
    return found


def _newest(revision: int) -> Statement:
    conditions = Conditions.holding_at(revision, "facet")
    return conditions.statement(
        f"select max(facet.announced_on) as newest from {WAVE.facet_view} as facet "
        f"where {conditions.text}"
    )


def after_newest(parameters: WaveFilter, newest: datetime.date | None) -> list[str]:
    """Say so if the requested days go beyond what the ledger has; otherwise nothing."""
    if newest is None:
        return []
    asked = [span(one)[1] for one in parameters.announced]
    if parameters.announced_lte is not None:
        asked.append(parameters.announced_lte)
    if asked and max(asked) <= newest:
        return []
    return [f"the newest wave is from {newest}: the ledger has nothing that was announced later"]
