"""x"""

from __future__ import annotations



class DictionaryField(Public, frozen=True, kw_only=True):
    """A field of a resource, what it means, and how often it is unknown."""

    resource: Annotated[str, Meta(description="Name of the resource.", examples=["Wave"])]
    field: Annotated[
        str,
        Meta(
            description="Path of the field; `[]` stands for each item of a list.",
            examples=["headcount.low"],
        ),
    ]
    type: Annotated[str, Meta(description="JSON type.", examples=["integer or null"])]
    meaning: Annotated[str, Meta(description="What it says, with its unit.")]
    values: Annotated[
        list[str], Meta(description="The codes of a vocabulary as of today; else empty.")
    ]
    occurrences: Annotated[
        int, Meta(ge=0, description="How often it occurs in the records that were looked at.")
    ]
    null_share: Annotated[float, Meta(ge=0, le=1, description="Fraction of these that is null.")]
    example: (
        Annotated[str, Meta(description="A value that occurs, as JSON; null if there is none.")]
        | None
    )


class Dictionary(Public, frozen=True, kw_only=True):
    """Every field of every resource."""

    url: Url
    revision: Annotated[int, Meta(ge=1, description="Revision of the ledger that answered.")]
    looked_at: Annotated[
        int, Meta(ge=1, description="Most records per resource that rates are taken from.")
    ]
    fields: Annotated[list[DictionaryField], Meta(description="In the order of the answers.")]
