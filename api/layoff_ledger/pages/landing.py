"""What a page shows whose reader asked for nothing yet: what is new, instead of all from the start.

Programs that ask for nothing get everything, oldest first, for they read on to its end. A reader
who follows a link to `/v1/timeline` would see a factory in Oregon in 1989.
"""

from __future__ import annotations

import datetime

from msgspec import Struct

from layoff_ledger.store.revisions import Snapshot

RECENT_DAYS = 30
"""Days before the newest announcement from which the timeline begins."""


class Landing(Struct, frozen=True):
    """The span in which a page begins by itself."""

    parameter: str
    """The one that a reader did not give."""
    everything: str
    """The value of it that leaves nothing out."""
    narrowed_by: frozenset[str]
    """Parameters of which a reader who gives one has asked for something."""


LANDINGS = {
    # No event is from before 1970: a rule of publishing.
    "get_timeline": Landing("from", "1970", frozenset({"from", "to", "company", "kind", "cursor"})),
    "list_changes": Landing(
        "since", "0", frozenset({"since", "published_gte", "company", "driver", "cursor"})
    ),
}
"""Operation → where its page begins."""


def beginning(operation: str, snapshot: Snapshot) -> str | None:
    """Give the value with which a page begins; None where it begins with everything."""
    if operation == "list_changes":
        return str(snapshot.revision - 1)
    if snapshot.span is None:
        return None
    return (snapshot.span[1] - datetime.timedelta(days=RECENT_DAYS)).isoformat()
