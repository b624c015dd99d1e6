"""Collections: where records come from, and on what terms."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from layoff_ledger.resources.base import BY_ID, BY_WAVES, Facet, Listing, Resource, Single, columns
from layoff_ledger.resources.feed_texts import collection_text
from layoff_ledger.resources.fields import (
    License,
    Precision,
    Public,
    Revision,
    address_of_record,
    list_of,
    uri,
)
from layoff_ledger.resources.parameters import AsOf, Paging, select_of, sort_of

Attribution = Annotated[str, Meta(description="The attribution to give when you use its records.")]
Missing = Annotated[
    str, Meta(description="What it does not contain, so that absence is not read as zero.")
]


class Collection(Public, frozen=True, kw_only=True):
    """Where records come from, and on what terms."""

    id: Annotated[str, Meta(description="Stable identifier.", examples=["curated"])]
    url: Annotated[str, address_of_record("/v1/collections/curated")]
    waves_url: Annotated[str, uri("Address of its waves.")]
    revision: Revision
    name: Annotated[str, Meta(description="Display name.")]
    description: Annotated[str, Meta(description="What it contains.")]
    license: License
    origin: Annotated[str, Meta(description="Where it was taken from.")]
    retrieved_on: (
        Annotated[
            datetime.date,
            Meta(description="When it was taken from there; null for what is curated here."),
        ]
        | None
    )
    retrieved_precision: Precision | None
    waves: Annotated[int, Meta(ge=0, description="Its waves.")]
    attribution: Attribution | None = None
    missing: Missing | None = None
    notices: Annotated[int, Meta(ge=0, description="Its notices.")] = 0


if TYPE_CHECKING:
    CollectionFields = list[str]
    CollectionSort = str
else:
    CollectionFields = select_of(Collection, "id", "license")
    CollectionSort = sort_of(
        ("id", "-id", "-waves", "waves"),
        "Order; `-` is descending, `id` breaks ties.",
    )


class CollectionListParameters(Paging, frozen=True, kw_only=True):
    """Which part of the collections."""

    select: CollectionFields = []
    sort: CollectionSort = "id"


COLLECTION = Resource(
    name="collection",
    path="collections",
    tag="Sources",
    struct=Collection,
    listing=Listing(
        summary="List collections",
        description="Where records come from, and on what terms.",
        parameters=CollectionListParameters,
        answer=list_of(Collection, "collections"),
        links={
            "get_collection": ("The first collection.", {"id": "$response.body#/data/0/id"}),
        },
    ),
    single=Single(
        summary="Get one collection",
        description="One collection with its licence and the number of its waves and notices.",
        parameters=AsOf,
        path_parameter="Id of the collection.",
        example="curated",
        links={"list_waves": ("Its waves.", {"collection": "$response.body#/id"})},
    ),
    sorts={**BY_ID, **BY_WAVES},
    facets=(
        Facet("name", "text not null", "Display name.", lambda collection: collection.name),
        Facet(
            "waves",
            "integer not null",
            "Waves of the collection.",
            lambda collection: collection.waves,
        ),
    ),
    columns=columns(
        """
= id name description license origin retrieved_on
retrieved_precision      string    How precise retrieved_on is.
= waves revision url waves_url attribution missing
notices                  integer   Its notices.
""",
        of=Collection,
    ),
    shown=("name", "description", "license", "waves"),
    waves="collection",
    feed_text=collection_text,
    in_feed=False,
    retirable=False,
)
