"""What became of an id that no record has: it was merged, withdrawn, or never there."""

from __future__ import annotations

from urllib.parse import quote

from layoff_ledger.http.problems import GoneError, LedgerError, MovedError, NotFoundError
from layoff_ledger.http.schemas import Tombstone
from layoff_ledger.nearest import did_you_mean
from layoff_ledger.resources.base import Resource
from layoff_ledger.statement import Statement
from layoff_ledger.store.pool import Pool
from layoff_ledger.store.revisions import Snapshot


async def missing_record(
    pool: Pool,
    resource: Resource,
    id_: str,
    *,
    base: str,
    snapshot: Snapshot,
    is_newest: bool,
    hint: str | None,
) -> LedgerError | MovedError:
    """Say what became of an id that no record has as of a revision.

    `hint` is the id of a record that was probably meant.
    """
    statement = Statement.named("read_tombstones", resource.kind, [id_], snapshot.revision)
    for row in await pool.fetch(statement):
        if row["merged_into"] is not None:
            return MovedError(f"/v1/{resource.path}/{row['merged_into']}{resource.below}")
        history = f"{base}/v1/{resource.path}/{id_}/history"
        return GoneError(
            Tombstone(
                resource=resource.kind,
                id=id_,
                revision=row["first_revision"],
                retired_on=row["retired_on"],
                reason=row["reason"],
                history_url=history if resource.history else None,
            )
        )
    past = None if is_newest else snapshot.revision
    return unknown_id(resource, id_, base=base, past=past, hint=hint)


def unknown_id(
    resource: Resource, id_: str, *, base: str, past: int | None, hint: str | None
) -> NotFoundError:
    """Say that an id is unknown, and which one was probably meant, or else where all are listed.

    `past` is the revision that was asked, if it is not the newest: later ones may have the id.
    """
    if hint is None and past is not None:
        return NotFoundError(f"no {resource.kind} {id_!r} as of revision {past}")
    lists = f"{base}/v1/{resource.path} lists them"
    if resource.part is not None and ":" in id_:
        # A figure that was corrected has another id: it is among those of the same record.
        of = quote(id_.partition(":")[0])
        lists = f"{base}/v1/{resource.path}?{resource.part.named}={of} lists them"
    advice = lists if hint is None else did_you_mean(hint)
    return NotFoundError(f"no {resource.kind} {id_!r}", advice, named=id_)
