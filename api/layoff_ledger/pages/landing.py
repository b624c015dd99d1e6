"""What a page shows if its reader gave no parameters: what is new, not everything from the start.

Programs that give none get everything, oldest first, because they read on to the end. A person who
follows a link to `/v1/timeline` would see a factory in Oregon in 1989.
"""

from __future__ import annotations

import datetime

from msgspec import Struct

from layoff_ledger.store.revisions import Snapshot

RECENT_DAYS = 30
"""How many days before the newest announcement the timeline begins."""


class Landing(Struct, frozen=True):
    """The span at which a page begins by default."""

    parameter: str
    """The parameter that sets the span."""
    everything: str
    """Its value that leaves nothing out."""
    narrowed_by: frozenset[str]
    """If a reader gives one of these parameters, the page shows what it asks for."""


LANDINGS = {
    # No event is before 1970: publishing refuses it.
    "get_timeline": Landing("from", "1970", frozenset({"from", "to", "company", "kind", "cursor"})),
    "list_changes": Landing(
        "since", "0", frozenset({"since", "published_gte", "company", "driver", "cursor"})
    ),
}
"""Operation → where its page begins."""


def beginning(operation: str, snapshot: Snapshot) -> str | None:
    """Return the value with which a page begins; None if it begins with everything."""
    if operation == "list_changes":
        return str(snapshot.revision - 1)
    if snapshot.span is None:
        return None
    return (snapshot.span[1] - datetime.timedelta(days=RECENT_DAYS)).isoformat()
