"""Tombstones: where a retired id leads."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import rule, violation
from layoff_ledger.nearest import nearest_word
from layoff_ledger.resources import RESOURCES

KINDS = {
    resource.name: resource.path
    for resource in RESOURCES.values()
    if resource.retirable and resource.record_of is None
}


@rule
def tombstone_stands_for_a_retired_record(curated: Curated) -> Iterator[Violation]:
    """A tombstone names a record that is gone, the day on which it went, and at most one successor.

    Ids are never reused and never vanish: whoever requests a retired id is sent to the record that
    stands for it (`merged_into`), or is told why it was withdrawn. Publishing refuses files from
    which a published record is missing without a tombstone.
    """
    for tombstone in curated.tombstones.values():
        kind, id_ = tombstone.place

        def report(message: str, hint: str | None = None, *, on: str = tombstone.id) -> Violation:
            function = tombstone_stands_for_a_retired_record
            return violation(curated, "tombstones", on, function, message, hint)

        if kind not in KINDS or not id_:
            hint = 'write the key as "wave/acme-2023-01"'
            yield report(f"{tombstone.id!r} is not one of {', '.join(KINDS)} with an id", hint)
            continue
        known = curated.known(KINDS[kind])
        if id_ in known:
            yield report(f"the {kind} {id_!r} is still there", "remove the record or the tombstone")
        if tombstone.retired_on.precision != "day":
            yield report("retired_on is not a day", "write it as 2023-03-14")
        elif tombstone.retired_on.on > datetime.datetime.now(datetime.UTC).date():
            yield report("retired_on is in the future")
        into = tombstone.merged_into
        if into is not None and into not in known:
            yield report(f"merged_into: no {kind} {into!r}", nearest_word(into, known))
