"""The public structs of what can go wrong (RFC 9457)."""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import Meta

from layoff_ledger.resources.fields import Public, open_vocabulary, uri


class ProblemError(Public, frozen=True, kw_only=True):
    """One mistake in a request."""

    parameter: Annotated[str, Meta(description="Name of the parameter.", examples=["driver"])]
    detail: Annotated[
        str, Meta(description="What is wrong with it.", examples=["no driver 'over_hirng'"])
    ]
    suggestion: (
        Annotated[str, Meta(description="What to do.", examples=["did you mean 'over_hiring'?"])]
        | None
    )
    suggested_value: (
        Annotated[
            str,
            Meta(
                description="What was probably meant, bare: a value, or the name of a parameter. "
                "Null where nothing, or more than one thing, is near.",
                examples=["over_hiring"],
            ),
        ]
        | None
    ) = None


class Tombstone(Public, frozen=True, kw_only=True):
    """What became of a record that is no longer served."""

    resource: Annotated[str, open_vocabulary(("wave",), "Kind of record.")]
    id: Annotated[str, Meta(description="Id that it had.", examples=["acme-2023-01"])]
    revision: Annotated[int, Meta(ge=1, description="Revision that withdrew it.")]
    retired_on: Annotated[datetime.date, Meta(description="When the curators withdrew it.")]
    reason: Annotated[str, Meta(description="Why, in one sentence.")]
    history_url: (
        Annotated[str, uri("Address of its history, for a wave.", "/v1/waves/meta-2023-03/history")]
        | None
    )


class Problem(Public, frozen=True, kw_only=True):
    """What went wrong (RFC 9457)."""

    type: Annotated[
        str,
        uri(
            "Address of the documentation of this kind of problem.", "/problems/invalid_parameters"
        ),
    ]
    title: Annotated[str, Meta(description="The same for every problem of this type.")]
    status: Annotated[int, Meta(ge=400, le=599, description="The HTTP status.", examples=[400])]
    detail: Annotated[str, Meta(description="What went wrong this time, and what to do.")]
    instance: Annotated[
        str,
        Meta(
            description="Path and query that were asked for.",
            examples=["/v1/waves?driver=x"],
            extra_json_schema={"format": "uri-reference"},
        ),
    ]
    code: Annotated[
        str,
        Meta(
            description="Stable name of this type. More may be added.",
            examples=["invalid_parameters"],
        ),
    ]
    request_id: Annotated[str, Meta(description="Also in the header X-Request-Id.")]
    errors: Annotated[
        list[ProblemError], Meta(description="The mistakes of a bad request; else empty.")
    ]
    tombstone: Annotated[
        Tombstone | None, Meta(description="What became of a record that was withdrawn; else null.")
    ]
