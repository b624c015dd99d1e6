"""What the status of a wave rests on, in words: the latest event that the ledger knows about."""

from __future__ import annotations

from collections.abc import Sequence

from layoff_ledger.resources.wave_parameters import WaveFilter

LATEST_KNOWN = (
    "a status comes from the latest event in this ledger: if no event follows the announcement, "
    "the cut may still have been made"
)


def words_of_status(parameters: WaveFilter, group_by: Sequence[str] = ()) -> list[str]:
    """Say so if waves are filtered or grouped by status: few of them have a later event."""
    return [LATEST_KNOWN] if parameters.status or "status" in group_by else []
