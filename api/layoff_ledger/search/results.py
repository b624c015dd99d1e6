"""What a search and a completion answer with."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from layoff_ledger.resources.base import columns_of
from layoff_ledger.resources.company import Identifier
from layoff_ledger.resources.fields import (
    AnsweringRevision,
    AttributionOfRecords,
    Hint,
    License,
    Public,
    PublishedAt,
    address_of_answer,
    address_of_record,
    open_vocabulary,
)


class SearchHit(Public, frozen=True, kw_only=True):
    """A record that contains the words."""

    kind: Annotated[
        str,
        open_vocabulary(
            ("wave", "company", "source", "driver", "role", "notice"), "Kind of record."
        ),
    ]
    id: Annotated[str, Meta(description="Id or code of the record.", examples=["meta-2023-03"])]
    url: Annotated[str, address_of_record("/v1/waves/meta-2023-03")]
    label: Annotated[
        str,
        Meta(
            description="What the record is called, as plain text.",
            examples=["Meta Platforms: Year of Efficiency"],
        ),
    ]
    snippet: Annotated[
        str,
        Meta(
            description="Where the words occur, as HTML: they are in `<mark>` elements, everything "
            "else is escaped.",
            examples=["cuts in <mark>recruiting</mark> &amp; HR"],
        ),
    ]
    score: Annotated[
        float,
        Meta(
            ge=0,
            description="Higher is better, within one answer; at least 1 where the name matches "
            "exactly, at least 2 if it is that of a company.",
            examples=[0.42],
        ),
    ]


HIT_COLUMNS = columns_of(SearchHit, SearchHit.__struct_fields__)


class SearchMeta(Public, frozen=True, kw_only=True):
    """What was searched."""

    count: Annotated[int, Meta(ge=0, description="Number of hits, including those beyond `limit`.")]
    limit: Annotated[int, Meta(ge=1, le=50, description="Maximum number of hits in an answer.")]
    corrected: (
        Annotated[
            str,
            Meta(
                description="The words that were searched for, if a mistyped one was corrected.",
                examples=["microsoft recruiting"],
            ),
        ]
        | None
    )
    revision: AnsweringRevision
    published_at: PublishedAt
    license: License
    hint: Hint | None = None
    attribution: AttributionOfRecords | None = None


class SearchResults(Public, frozen=True, kw_only=True):
    """The best hits over waves, companies, sources, drivers and roles."""

    url: Annotated[str, address_of_answer("/v1/search?q=recruiting&as_of=1")]
    data: Annotated[list[SearchHit], Meta(description="The hits, the best one first.")]
    meta: SearchMeta


class SuggestedCompany(Public, frozen=True, kw_only=True):
    """A company that may be meant."""

    id: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    url: Annotated[str, address_of_record("/v1/companies/meta")]
    name: Annotated[str, Meta(description="Common name.", examples=["Meta Platforms"])]
    hint: (
        Annotated[
            str,
            Meta(
                description=(
                    "What it was found by, if that is not its name; otherwise its country and "
                    "sector."
                ),
                examples=["formerly Facebook"],
            ),
        ]
        | None
    )
    identifiers: Annotated[
        list[Identifier], Meta(description="Identifiers that join it to other data.")
    ]


class SuggestionMeta(Public, frozen=True, kw_only=True):
    """What was looked through."""

    revision: AnsweringRevision
    published_at: PublishedAt
    license: License


class Suggestions(Public, frozen=True, kw_only=True):
    """Companies that may be meant by what has been typed so far."""

    url: Annotated[str, address_of_answer("/v1/companies/autocomplete?q=faceb&as_of=1")]
    data: Annotated[
        list[SuggestedCompany], Meta(description="At most ten, the likeliest one first.")
    ]
    meta: SuggestionMeta
