"""x"""

from __future__ import annotations



class ComparedWave(Public, frozen=True, kw_only=True):
    """A column of a comparison."""

    id: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])]
    url: Url
    company: CompanyReference
    title: Annotated[str, Meta(description="Name of its own; null if it has none.")] | None
    announced_on: Annotated[datetime.date, Meta(description="First announcement.")]
    announced_precision: Precision


class ComparisonEntry(Public, frozen=True, kw_only=True):
    """One claim in a cell."""

    text: Annotated[
        str, Meta(description="The claim in a few words.", examples=["approximately 13%–15%"])
    ]
    code: (
        Annotated[
            str, Meta(description="Driver, role, measure or status; null where there is none.")
        ]
        | None
    )
    statement: Annotated[str, Meta(description="The claim's own sentence, if it has one.")] | None
    speaker: Speaker
    rank: Rank
    citations: CitationNumbers


class ComparisonCell(Public, frozen=True, kw_only=True):
    """What is said of one aspect of one wave; no entries where nobody says anything."""

    wave: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])]
    entries: Annotated[list[ComparisonEntry], Meta(description="Claims, preferred ones first.")]


class ComparisonRow(Public, frozen=True, kw_only=True):
    """One aspect of all compared waves."""

    aspect: Annotated[
        str,
        open_vocabulary(
            (
                "events",
                "primary_driver",
                "contributing_driver",
                "background",
                "denied_driver",
                "target_areas",
                "magnitude",
                "strategic_focus",
                "market_context",
                "outlook",
                "spared",
                "still_hiring",
            ),
            "What is compared.",
        ),
    ]
    label: Annotated[str, Meta(description="The aspect as people read it.")]
    cells: Annotated[list[ComparisonCell], Meta(description="One per wave, in the same order.")]


class Comparison(Public, frozen=True, kw_only=True):
    """Waves side by side: a row for each aspect, a cell for each wave."""

    url: Url
    waves: Annotated[list[ComparedWave], Meta(description="The columns, as asked for.")]
    rows: Annotated[list[ComparisonRow], Meta(description="The aspects that at least one has.")]
    citations: Annotated[
        list[Citation], Meta(description="The places that the cells cite by number.")
    ]
    meta: AnswerMeta
