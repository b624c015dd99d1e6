"""A question → the entries of its feed: what changed last comes first, a sentence for each record.

An entry keeps its id for good, whatever its record says later and wherever the API is hosted.
"""

from __future__ import annotations

import uuid

import asyncpg
import msgspec

from layoff_ledger.formats.base import FeedEntry
from layoff_ledger.query.lists import Page, read_page
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import FeedText, Json, Resource
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.statement import Statement
from layoff_ledger.store.ledger import Ledger

# The namespace of the ids of all records; it must never change.
_NAMESPACE = uuid.UUID("8e8f6f0c-3f0e-5c53-9d0c-6a5b1f0c7d21")
_VERBS = {"added": "New", "changed": "Changed", "withdrawn": "Withdrawn"}


def entry_id(resource: str, id_: str) -> str:
    """Return the id of a record's entry: a name-based UUID (RFC 9562) of its kind and its id."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{resource}/{id_}')}"


def text_of(resource: Resource, document: Json) -> FeedText:
    """Return what a feed says about a document."""
    if resource.feed_text is not None:
        return resource.feed_text(document)
    what = f"{resource.name.replace('_', ' ')} {document[resource.key]}"
    return FeedText(what, f"A record of the ledger: {what}.")


async def read_feed(
    ledger: Ledger, resource: Resource, parameters: Parameters, *, base: str
) -> tuple[list[FeedEntry], Page]:
    """Read a page of the feed of a list; raise `InvalidParametersError` as lists do."""
    page = await read_page(ledger, resource, parameters, base=base, sort=resource.newest)
    decode = msgspec.json.Decoder(resource.brief).decode
    documents: list[Json] = [decode(one) for one in page.documents]
    ids = [one[resource.key] for one in documents]
    first = await ledger.fetch(Statement.named("read_first_publications", resource.name, ids))
    published_at = {row["id"]: row["published_at"] for row in first}
    revisions = list({one["revision"] for one in documents})
    moments = await ledger.fetch(Statement.named("read_publication_moments", revisions))
    updated_at = {row["number"]: row["published_at"] for row in moments}
    entries = []
    for document, id_ in zip(documents, ids, strict=True):
        text = text_of(resource, document)
        entries.append(
            FeedEntry(
                id=entry_id(resource.name, id_),
                url=document[resource.url],
                title=text.title,
                summary=text.sentence,
                updated_at=updated_at[document["revision"]],
                published_at=published_at[id_],
            )
        )
    return entries, page


def change_entry(row: asyncpg.Record, document: bytes | None, base: str) -> FeedEntry:
    """Return the entry of a change and the record that it produced, unless that was withdrawn."""
    resource = RESOURCES[row["resource"]]
    address = f"{base}/v1/{resource.path}/{row['id']}{resource.below}"
    name = f"{row['resource'].replace('_', ' ')} {row['id']}"
    sentences = []
    if document is not None:
        text = text_of(resource, msgspec.json.decode(document))
        name = text.title
        sentences.append(text.sentence)
    sentences.append(f"In revision {row['revision']}.")
    if row["reason"] is not None:
        sentences.append(row["reason"])
    if row["merged_into"] is not None:
        sentences.append(f"Merged into {row['merged_into']}.")
    return FeedEntry(
        id=f"{address}?as_of={row['revision']}",
        url=address,
        title=f"{_VERBS[row['change']]}: {name}",
        summary=" ".join(sentences),
        updated_at=row["published_at"],
    )
