"""What the status of a wave rests on, in words: the latest event that the ledger knows about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from layoff_ledger.resources.wave_parameters import WaveFilter

LATEST_KNOWN = (
    "a status comes from the latest event in this ledger: if no event follows the announcement, "
    "the cut may still have been made"
)


_ANNOUNCED = b'"status":"announced"'
"""What a document contains if the ledger knows of no later event."""


def words_of_status(
    parameters: WaveFilter, group_by: Sequence[str] = (), documents: Iterable[bytes] = ()
) -> list[str]:
    """Say so if waves are filtered or grouped by status: few of them have a later event.

    A page of some companies' waves says so, too: without it, a reader who follows a company would
    take a cut of years ago for one that is still to come.
    """
    is_asked = bool(parameters.status) or "status" in group_by
    if not is_asked and parameters.company:
        is_asked = any(_ANNOUNCED in one for one in documents)
    return [LATEST_KNOWN] if is_asked else []
