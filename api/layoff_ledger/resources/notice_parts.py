"""What a notice is made of: its jobs, its identifiers, and how it was linked."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from msgspec import Meta

from layoff_ledger.resources.fields import Public, open_vocabulary, uri

Score = Annotated[
    float, Meta(ge=0, le=1, description="How certain the match is, from 0 to 1.", examples=[0.95])
]


class NoticeJobs(Public, frozen=True, kw_only=True):
    """How many jobs a notice says are affected; both bounds are the same where it gives a number."""

    low: Annotated[int, Meta(ge=1, description="At least.", examples=[120])] | None
    high: Annotated[int, Meta(ge=1, description="At most.", examples=[120])] | None


class NoticeCompany(Public, frozen=True, kw_only=True):
    """The company of the ledger that filed a notice, and how the two were matched."""

    id: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    method: Annotated[
        str,
        open_vocabulary(
            (
                "curator",
                "cik",
                "lei",
                "wikidata",
                "ticker",
                "parent_cik",
                "name",
                "alias",
                "name_and_region",
            ),
            "How it was matched: by an identifier from the collection, by a name or alias without its legal form (or also without the region of a business in the United States), or by a curator.",
        ),
    ]
    score: Score


class NoticeWave(Public, frozen=True, kw_only=True):
    """The wave that a notice may belong to, and how the two were matched. Never add their jobs."""

    id: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2022-11"])]
    method: Annotated[
        str,
        open_vocabulary(
            ("curator", "company_and_dates"),
            "company_and_dates: of that company, from 30 days before to 270 days after its "
            "announcement, the nearest one before the notice. It may be about other jobs.",
        ),
    ]
    score: Score


class NoticeRelation(Public, frozen=True, kw_only=True):
    """How a notice relates to another one, as the collection or the ledger found it."""

    relation: Annotated[
        Literal["amends", "possible_duplicate"],
        Meta(description="amends: it stands for the other; possible_duplicate: it may repeat it."),
    ]
    notice: Annotated[str, Meta(description="Id of the other notice.")]
    method: Annotated[
        str,
        open_vocabulary(
            ("declared", "amendment", "marker", "dated-twin", "fuzzy", "read_again"),
            "How it was found. read_again is the ledger's own: the collection read the same filing "
            "twice, and no longer saw this reading; the others are the collection's own.",
        ),
    ]
    score: Score | None


class NoticeIdentifiers(Public, frozen=True, kw_only=True):
    """Identifiers of the employer as the collection has them: it matched them, not the authority."""

    cik: Annotated[str, Meta(description="SEC number, ten digits.")] | None
    lei: Annotated[str, Meta(description="Legal entity identifier, ISO 17442.")] | None
    wikidata: Annotated[str, Meta(description="Wikidata item.", examples=["Q66"])] | None
    ticker: Annotated[str, Meta(description="Symbol without its exchange.")] | None
    parent: Annotated[str, Meta(description="Name of the company that owns it.")] | None
    parent_cik: Annotated[str, Meta(description="SEC number of that company.")] | None


class NoticeSource(Public, frozen=True, kw_only=True):
    """Where the collection took a notice from."""

    url: (
        Annotated[
            str,
            uri("The portal of the authority; null where unknown.", "https://jobs.mo.gov/warn/"),
        ]
        | None
    )
    retrieved_on: Annotated[datetime.date, Meta(description="When it was read there.")] | None
    id: (
        Annotated[str, Meta(description="Number of the notice there.", examples=["2015-0052"])]
        | None
    )
    key: Annotated[str, Meta(description="Key of its row at the origin of the collection.")]
