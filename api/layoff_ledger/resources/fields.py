"""What all public structs are made of: shared types with their meanings, and the list envelope.

A field is a column of its view and a key of the JSON, under one name. Some keys are added when a
document is served, because they are not part of what the ledger says: the address of the record,
the revision in which it last changed, and links. `stored` returns the struct without them.
"""

from __future__ import annotations

import datetime
import functools
from typing import Annotated, Any, TypeVar
from urllib.parse import urljoin

import msgspec
from msgspec import Meta, Struct

from layoff_ledger import vocabulary

StructT = TypeVar("StructT", bound=Struct)


def open_vocabulary(codes: Any, what: str) -> Meta:
    """Describe a vocabulary that may grow: an open string with today's codes as examples."""
    return Meta(description=f"{what} More codes may be added.", examples=list(codes))


def uri(meaning: str, example: str = "") -> Meta:
    """Describe an address; `example` is without its host if it is one of the API."""
    examples = [urljoin("http://localhost:8000", example)] if example else None
    return Meta(description=meaning, examples=examples, extra_json_schema={"format": "uri"})


_COUNTED = {
    "gross": "Posts cut",
    "net": "Net changes of headcount",
    "affected": "Posts that may be moved",
    "unstated": "Jobs where the source does not say what it counts",
}
"""What figures count → the words for a sum of such figures."""


def summed(counts: str, bound: str, *, null: str = "", of: str = "") -> Meta:
    """Describe one bound of the sum of figures that count the same; `null` says when it is null."""
    unknown = f"; null if {null}" if null else ""
    return Meta(ge=0, description=f"{_COUNTED[counts]}{of}, summed {bound} bounds{unknown}.")


def address_of_record(example: str) -> Meta:
    """Describe the address of a record; the example is that of a record of the same kind."""
    return uri("Address of this record in the API.", example)


def address_of_answer(example: str) -> Meta:
    """Describe the address of an answer that is computed, and so belongs to no record."""
    return uri(_PERMANENT, example)


_PERMANENT = (
    "Permanent address of this answer: it contains `as_of`, so it will always say the same. Cite "
    "this one."
)
NoticesUrl = Annotated[
    str,
    uri(
        "Address of the notices that are linked to it, without superseded and "
        "rescinded ones and those that may repeat another one.",
        "/v1/notices?status_not=superseded,rescinded&possible_duplicate=false&wave=meta-2023-03",
    ),
]
PermanentUrl = Annotated[str, uri(_PERMANENT, "/v1/waves?company=meta&as_of=1")]
LatestUrl = Annotated[
    str,
    uri(
        "Address of the same question at the newest revision. Use this one to ask again.",
        "/v1/waves?company=meta",
    ),
]
Revision = Annotated[
    int,
    Meta(ge=1, description="Revision of the ledger in which this record last changed."),
]
Precision = Annotated[vocabulary.Precision, Meta(description="How precise the date is.")]
Speaker = Annotated[vocabulary.Speaker, Meta(description="Who says it.")]
Rank = Annotated[
    vocabulary.Rank,
    Meta(
        description="preferred feeds the headline; deprecated is known to be wrong or superseded."
    ),
]
Note = Annotated[str, Meta(description="A caution for readers; null if there is none.")]
CitationNumbers = Annotated[
    list[Annotated[int, Meta(ge=1)]],
    Meta(description="Numbers `n` in the list `citations` of this document."),
]
Country = Annotated[
    str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2 code.", examples=["US"])
]
Subdivision = Annotated[
    str,
    Meta(pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$", description="ISO 3166-2 code.", examples=["US-CA"]),
]
IndustryCode = Annotated[str, Meta(description="NAICS 2022 sector.", examples=["51"])]
Jobs = Annotated[int, Meta(ge=1, description="Jobs.", examples=[10000])]
Share = Annotated[
    float, Meta(gt=0, le=1, description="Fraction of the workforce.", examples=[0.13])
]
Figure = Annotated[
    int | float,
    Meta(description="Jobs, or a fraction of one where the measure is share.", examples=[10000]),
]
Qualifier = Annotated[
    vocabulary.Qualifier, Meta(description="How the source hedges the figure.", examples=["range"])
]
SourceUrl = Annotated[
    str,
    uri(
        "Address of the text; null where unknown.",
        "https://about.fb.com/news/2023/03/mark-zuckerberg-meta-year-of-efficiency/",
    ),
]
ArchivedUrl = Annotated[
    str,
    uri(
        "Address of a permanent copy; null if there is none.",
        "https://webarchive.library.unt.edu/dentonfracking/20141022175640/"
        "http://bizbeatblog.dallasnews.com/2014/10/kimberly-clark-to-cut-more-than-1000-jobs.html/",
    ),
]


class Public(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an answer; a field that is unknown is null and present."""


class Links(Public, frozen=True, kw_only=True):
    """Addresses of an answer: the permanent one, and that of the newest revision."""

    self: PermanentUrl
    latest: LatestUrl


AnsweringRevision = Annotated[int, Meta(ge=1, description="Revision of the ledger that answered.")]
PublishedAt = Annotated[
    datetime.datetime, Meta(tz=True, description="When that revision was published, UTC.")
]
SeriesKind = Annotated[
    vocabulary.IndicatorKind,
    Meta(description="outcome, or guidance for a period that was not yet over."),
]
SeriesUnit = Annotated[vocabulary.Unit, Meta(description="USD or people.")]
License = Annotated[str, Meta(description="SPDX identifier.", examples=["CC-BY-4.0"])]


class AnswerMeta(Public, frozen=True, kw_only=True):
    """Which revision answered, and on what terms."""

    revision: AnsweringRevision
    published_at: PublishedAt
    license: License


class ListLinks(Public, frozen=True, kw_only=True):
    """Addresses of a page: the permanent one, that of the newest revision, and the next page."""

    self: PermanentUrl
    latest: LatestUrl
    next: Annotated[str, uri("Address of the next page.")] | None


Hint = Annotated[
    str,
    Meta(
        description="A note on this answer, in words: why nothing matches, what the ledger lacks "
        "of what was asked for, such as identifiers that no company has, or how a mistyped `q` was "
        "read. Null if there is nothing to note, and after the first page.",
        examples=["this ledger has no notices from US-CA: see /v1/coverage"],
    ),
]


AttributionOfRecords = Annotated[
    str,
    Meta(
        description="The attribution to give when you use the records; null where they are the "
        "ledger's own. Where an answer may mix records, it says which of them belong to another "
        "collection and are on its terms.",
        examples=["WARN Notice Register (bchaps1999), Apache-2.0"],
    ),
]


class ListMeta(Public, frozen=True, kw_only=True):
    """About the list that a page is part of."""

    count: (
        Annotated[
            int,
            Meta(ge=0, description="Records on all pages, exact; null with `count=none`."),
        ]
        | None
    )
    limit: Annotated[int, Meta(ge=1, le=200, description="Maximum number of records on a page.")]
    next_cursor: (
        Annotated[str, Meta(description="The cursor of the next page, as in `links.next`.")] | None
    )
    revision: AnsweringRevision
    published_at: PublishedAt
    license: Annotated[
        str, Meta(description="SPDX identifier of the data's licence.", examples=["CC-BY-4.0"])
    ]
    hint: Hint | None = None
    attribution: AttributionOfRecords | None = None


def list_of(
    struct: type[Struct], what: str, *, ordered: str = "", name: str | None = None
) -> type[Struct]:
    """Return the struct of a page of records; `what` is their plural."""
    data = Annotated[list[struct], Meta(description=f"The {what} of this page.")]  # type: ignore[valid-type]
    return msgspec.defstruct(
        name or f"{struct.__name__}List",
        [("data", data), ("links", ListLinks), ("meta", ListMeta)],
        bases=(Public,),
        namespace={"__doc__": f"A page of {what}{ordered}."},
        frozen=True,
        kw_only=True,
    )


def _default_of(field: msgspec.structs.FieldInfo) -> Any:
    if field.default is msgspec.NODEFAULT:
        # A list, because no two documents may share it.
        return msgspec.field(default_factory=field.default_factory)
    return field.default


SERVED_ONLY = ("url", "record_url", "waves_url", "notices_url", "revision", "expanded")
"""Keys that are put before or after a stored document when it is served."""


@functools.cache
def stored(struct: type[StructT]) -> type[StructT]:
    """Return the struct of a document as it is stored: the public one without what serving adds."""
    fields = [
        (field.name, field.type) if field.required else (field.name, field.type, _default_of(field))
        for field in msgspec.structs.fields(struct)
        if field.name not in served_only(struct)
    ]
    return msgspec.defstruct(  # type: ignore[return-value]
        f"Stored{struct.__name__}", fields, frozen=True, kw_only=True, forbid_unknown_fields=True
    )


@functools.cache
def served_only(struct: type[Struct]) -> tuple[str, ...]:
    """Return the keys of a struct that serving adds.

    If the address of the record is in `record_url`, `url` is a field of the record itself.
    """
    names = struct.__struct_fields__
    return tuple(
        name
        for name in names
        if name in SERVED_ONLY and not (name == "url" and "record_url" in names)
    )
