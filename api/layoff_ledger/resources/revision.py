"""Revisions: the publications of the ledger, and what each of them changed."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.fields import (
    AnswerMeta,
    Links,
    Public,
    address_of_record,
    list_of,
    open_vocabulary,
    uri,
)
from layoff_ledger.resources.parameters import AsOf, Cursor, Limit

Reason = Annotated[
    str,
    Meta(
        description="Why it was withdrawn.",
        examples=["It is the same cut as another wave."],
    ),
]


class PublishedRevision(Public, frozen=True, kw_only=True):
    """A publication of the ledger, and what it changed."""

    number: Annotated[int, Meta(ge=1, description="Number of the revision.", examples=[1])]
    url: Annotated[str, address_of_record("/v1/revisions/1")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When it became visible, UTC.")
    ]
    note: Annotated[str, Meta(description="What the publisher says about it.")] | None
    added: Annotated[int, Meta(ge=0, description="Records that are new.")]
    changed: Annotated[int, Meta(ge=0, description="Records that changed.")]
    withdrawn: Annotated[int, Meta(ge=0, description="Records that are no longer served.")]
    counts: Annotated[dict[str, int], Meta(description="Records of each kind as of this revision.")]
    digest: Annotated[
        str,
        Meta(
            description="SHA-256, as hexadecimal digits, over the digest of the revision before "
            "(32 bytes; none before the first) and a line `change resource id digest` for each of "
            "its changes, in order, with `-` for no digest. Equal digests mean equal histories.",
            pattern="^[0-9a-f]{64}$",
        ),
    ]
    changes_url: Annotated[str, uri("Address of what it changed.")]


class LedgerChange(Public, frozen=True, kw_only=True):
    """A record that a revision added, changed or withdrew."""

    revision: Annotated[int, Meta(ge=1, description="The revision.", examples=[1])]
    position: Annotated[int, Meta(ge=1, description="Position within the revision, without gaps.")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When the revision became visible, UTC.")
    ]
    change: Annotated[vocabulary.Change, Meta(description="What became of the record.")]
    resource: Annotated[str, open_vocabulary(("wave",), "Kind of record.")]
    id: Annotated[str, Meta(description="Id of the record.", examples=["meta-2023-03"])]
    url: Annotated[str, uri("Address of the record.", "/v1/waves/meta-2023-03")]
    digest: (
        Annotated[
            str,
            Meta(
                description="SHA-256 of the bytes of `document` after its `revision` and the comma "
                "that follows, as hexadecimal digits; null where there is none.",
                pattern="^[0-9a-f]{64}$",
            ),
        ]
        | None
    )
    reason: Reason | None
    merged_into: (
        Annotated[
            str,
            Meta(
                description="Id of the record that replaces it, if there is one.",
                examples=["fiverr-globes-2025-09-17"],
            ),
        ]
        | None
    )
    document: (
        Annotated[
            dict[str, Any],
            Meta(description="The whole record as of this revision; null where it was withdrawn."),
        ]
        | None
    )


class FieldChange(Public, frozen=True, kw_only=True):
    """A field that says something else than before."""

    field: Annotated[
        str, Meta(description="Path of the field in the record.", examples=["headcount.low"])
    ]
    old: Annotated[Any, Meta(description="What it said before; null if nothing.", examples=[9000])]
    new: Annotated[Any, Meta(description="What it says now; null if nothing.", examples=[10000])]


class HistoryEntry(Public, frozen=True, kw_only=True):
    """A revision in which the record was added, changed or withdrawn."""

    revision: Annotated[int, Meta(ge=1, description="The revision.", examples=[1])]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When the revision became visible, UTC.")
    ]
    note: Annotated[str, Meta(description="What the publisher says about the revision.")] | None
    change: Annotated[vocabulary.Change, Meta(description="What became of the record.")]
    fields: Annotated[
        list[FieldChange],
        Meta(description="The fields that differ from the version before; empty for a new record."),
    ]
    url: (
        Annotated[
            str,
            uri(
                "Address of the record as of this revision; null where it was withdrawn.",
                "/v1/waves/meta-2023-03?as_of=1",
            ),
        ]
        | None
    )
    reason: Reason | None
    merged_into: (
        Annotated[
            str,
            Meta(
                description="Id of the record that replaces it, if there is one.",
                examples=["meta-2023-03"],
            ),
        ]
        | None
    )


class History(Public, frozen=True, kw_only=True):
    """Every revision that changed a record, the first one first."""

    id: Annotated[str, Meta(description="Id of the record.", examples=["meta-2023-03"])]
    data: Annotated[list[HistoryEntry], Meta(description="The changes, the first one first.")]
    links: Links
    meta: AnswerMeta


RevisionList = list_of(PublishedRevision, "revisions", name="RevisionList")
LedgerChangeList = list_of(
    LedgerChange, "changes", ordered=", in the order in which they were made"
)


class RevisionListParameters(AsOf, frozen=True, kw_only=True):
    """Which part of the revisions."""

    limit: Limit | None = None
    cursor: Cursor | None = None
    sort: Annotated[
        Literal["-number", "number"], Meta(description="Order; `-` is the newest first.")
    ] = "-number"
