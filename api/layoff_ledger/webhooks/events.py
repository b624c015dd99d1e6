"""A revision and a question → the event: what is new, changed, or no longer part of the answer."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from layoff_ledger.query.feeds import text_of
from layoff_ledger.query.lists import plan, search_query_of
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot
from layoff_ledger.webhooks.subscribers import Question, Subscription

MAX_LISTED = 200
"""The most records that an event lists; it counts them all."""
# The namespace of the ids of all events; it must never change.
_NAMESPACE = uuid.UUID("3b7f7a52-1f0d-5d5b-8e0e-9d1f4d6a2c10")


async def event_of(
    ledger: Ledger, subscription: Subscription, snapshot: Snapshot, *, base: str
) -> tuple[str, str] | None:
    """Return id and body of what a revision changed for a question; None if it changed nothing.

    The id is the same whenever the event is made, so that a receiver recognises it.
    """
    subscriber, question = subscription.subscriber, subscription.question
    now = await _matching(ledger, question, snapshot)
    before = {}
    if snapshot.revision > 1:
        earlier = await ledger.snapshot_at(snapshot.revision - 1)
        before = await _matching(ledger, question, earlier)
    kinds = {
        "added": sorted(now.keys() - before.keys()),
        "changed": sorted(id_ for id_ in now.keys() & before.keys() if now[id_] != before[id_]),
        # Withdrawn, merged, or no longer a match.
        "removed": sorted(before.keys() - now.keys()),
    }
    if not any(kinds.values()):
        return None
    named = f"{subscriber.name} {subscriber.question} {snapshot.revision}"
    event_id = f"evt_{uuid.uuid5(_NAMESPACE, f'{named} {snapshot.fingerprint.hex()}').hex}"
    path, _, query = subscriber.question.partition("?")
    asked = "&".join(one for one in (query, f"as_of={snapshot.revision}") if one)
    body = {
        "type": "ledger.revision",
        "timestamp": snapshot.published_at,
        "data": {
            "revision": snapshot.revision,
            "question": subscriber.question,
            "url": f"{base}{path}?{asked}",
            "counts": {kind: len(ids) for kind, ids in kinds.items()},
            "changes": await _changes(ledger, question, kinds, snapshot, base=base),
        },
    }
    return event_id, msgspec.json.encode(body).decode()


async def _matching(ledger: Ledger, question: Question, snapshot: Snapshot) -> dict[str, int]:
    """Return the versions that match a question as of a revision."""
    search_query = await search_query_of(ledger, question.parameters, snapshot)
    planned = plan(
        question.resource,
        question.parameters,
        revision=snapshot.revision,
        search_query=search_query,
    )
    rows = await ledger.fetch(planned.versions())
    return {row["id"]: row["first_revision"] for row in rows}


async def _changes(
    ledger: Ledger,
    question: Question,
    kinds: dict[str, list[str]],
    snapshot: Snapshot,
    *,
    base: str,
) -> list[dict[str, Any]]:
    resource = question.resource
    listed = [(kind, id_) for kind, ids in kinds.items() for id_ in ids][:MAX_LISTED]
    there = [id_ for kind, id_ in listed if kind != "removed"]
    documents = await ledger.documents.find(resource, there, base=base, snapshot=snapshot)
    found = []
    for kind, id_ in listed:
        one: dict[str, Any] = {
            "change": kind,
            "resource": resource.name,
            "id": id_,
            "url": f"{base}/v1/{resource.path}/{id_}{resource.below}",
        }
        if id_ in documents:
            text = text_of(resource, msgspec.json.decode(documents[id_]))
            one |= {"title": text.title, "sentence": text.sentence}
        found.append(one)
    return found
