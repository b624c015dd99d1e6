"""Versions of a wave → its history: what each revision changed, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from layoff_ledger import queries, types
from layoff_ledger.db import Ledger, Snapshot
from layoff_ledger.http.problems import NotFoundError
from layoff_ledger.queries import Statement

_CHANGES = (
    "select change.revision, change.published_at, change.change, change.reason, "
    "change.merged_into, revision.note from api.change "
    "inner join api.revision on revision.number = change.revision "
    "where change.resource = 'wave' and change.id = $1::text "
    "and change.revision <= $2::integer order by change.revision"
)


async def of_wave(
    ledger: Ledger, id_: str, *, base: str, snapshot: Snapshot
) -> list[types.HistoryEntry]:
    """Give every change of a wave up to a revision; raise `NotFoundError` if it never was."""
    changes = await ledger.fetch(Statement(_CHANGES, (id_, snapshot.revision)))
    if not changes:
        message = f"no wave {id_!r}; {base}/v1/waves lists them"
        raise NotFoundError(message)
    versions = {
        row["first_revision"]: msgspec.json.decode(b"{" + row["body"])
        for row in await ledger.fetch(
            queries.versions_of(queries.WAVE, id_, revision=snapshot.revision)
        )
    }
    entries = []
    before: dict[str, Any] | None = None
    for row in changes:
        after = versions.get(row["revision"])
        gone = row["change"] == "withdrawn"
        entries.append(
            types.HistoryEntry(
                revision=row["revision"],
                published_at=row["published_at"],
                note=row["note"],
                change=row["change"],
                fields=[] if before is None or after is None else list(differences(before, after)),
                url=None if gone else f"{base}/v1/waves/{id_}?as_of={row['revision']}",
                reason=row["reason"],
                merged_into=row["merged_into"],
            )
        )
        before = after
    return entries


def differences(
    old: dict[str, Any], new: dict[str, Any], within: str = ""
) -> Iterator[types.FieldChange]:
    """Give the fields that differ: objects field by field, lists as a whole."""
    for name in dict.fromkeys((*old, *new)):
        path = f"{within}{name}"
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            yield from differences(before, after, f"{path}.")
        else:
            yield types.FieldChange(field=path, old=before, new=after)
