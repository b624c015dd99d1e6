"""Waves → a table: a row for each aspect, a cell for each wave, every entry with its citations.

It only uses decoded documents, so a comparison says nothing that the waves do not say.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any

from msgspec import Meta

from layoff_ledger.resources.base import columns as flat_columns
from layoff_ledger.resources.bibliography import date_text
from layoff_ledger.resources.claims import Citation, DriverClaim, Event, Magnitude, RoleClaim
from layoff_ledger.resources.company import CompanyReference
from layoff_ledger.resources.fields import (
    AnswerMeta,
    CitationNumbers,
    Precision,
    Public,
    Rank,
    Speaker,
    address_of_answer,
    address_of_record,
    open_vocabulary,
)
from layoff_ledger.resources.parameters import AsOf, Codes
from layoff_ledger.resources.wave import Wave

MAX_WAVES = 10
"""Waves that one comparison takes."""


class ComparisonParameters(AsOf, frozen=True, kw_only=True):
    """Which waves are compared."""

    wave: Annotated[
        Codes,
        Meta(
            min_length=2,
            max_length=MAX_WAVES,
            description=f"2 to {MAX_WAVES} ids of waves, in the order of the columns, each once.",
            examples=[["meta-2023-03", "meta-2026-03"]],
        ),
    ]


class ComparedWave(Public, frozen=True, kw_only=True):
    """A column of a comparison."""

    id: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])]
    url: Annotated[str, address_of_record("/v1/waves/meta-2023-03")]
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
    """What is said about one aspect of one wave; no entries if nobody says anything."""

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
    label: Annotated[str, Meta(description="Display name of the aspect.")]
    cells: Annotated[list[ComparisonCell], Meta(description="One per wave, in the same order.")]


class Comparison(Public, frozen=True, kw_only=True):
    """Waves side by side: a row for each aspect, a cell for each wave."""

    url: Annotated[
        str, address_of_answer("/v1/comparisons?wave=meta-2023-03&wave=meta-2026-03&as_of=1")
    ]
    waves: Annotated[
        list[ComparedWave], Meta(description="The columns, in the order of the request.")
    ]
    rows: Annotated[
        list[ComparisonRow], Meta(description="The aspects that at least one of the waves has.")
    ]
    citations: Annotated[
        list[Citation], Meta(description="The citations; cells refer to them by number.")
    ]
    meta: AnswerMeta


Entries = Callable[[Wave], Iterable[ComparisonEntry]]


def columns(waves: list[Wave]) -> list[ComparedWave]:
    """Return the heads of the columns."""
    return [
        ComparedWave(
            id=wave.id,
            url=wave.url,
            company=wave.company,
            title=wave.title,
            announced_on=wave.announced_on,
            announced_precision=wave.announced_precision,
        )
        for wave in waves
    ]


def compare(waves: list[Wave]) -> tuple[list[ComparisonRow], list[Citation]]:
    """Return the rows that at least one wave fills, and the citations of all, renumbered."""
    numbers: dict[tuple[Any, ...], int] = {}
    citations: list[Citation] = []

    def renumbered(wave: Wave, entry: ComparisonEntry) -> ComparisonEntry:
        places = {one.n: one for one in wave.citations}
        ns = []
        for n in entry.citations:
            one = places[n]
            key = (one.source.id, one.locator, one.fragment, one.evidence)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                citations.append(
                    Citation(
                        n=numbers[key],
                        locator=one.locator,
                        fragment=one.fragment,
                        evidence=one.evidence,
                        source=one.source,
                    )
                )
            ns.append(numbers[key])
        return ComparisonEntry(
            text=entry.text,
            code=entry.code,
            statement=entry.statement,
            speaker=entry.speaker,
            rank=entry.rank,
            citations=ns,
        )

    rows = []
    for aspect, label, entries in ASPECTS:
        cells = [
            ComparisonCell(
                wave=wave.id,
                entries=[
                    renumbered(wave, entry)
                    for entry in sorted(entries(wave), key=lambda one: _RANKS[one.rank])
                ],
            )
            for wave in waves
        ]
        if any(cell.entries for cell in cells):
            rows.append(ComparisonRow(aspect=aspect, label=label, cells=cells))
    return rows, citations


COLUMNS = flat_columns(
    """
aspect                   string!   What is compared.
label                    string!   Display name of the aspect.
wave                     string!   Id of the wave.
company                  string!   Id of its company.
company_name             string!   Its common name.
number                   integer!  Place of the entry within its cell.
text                     string!   The claim in a few words.
code                     string    Driver, role, measure or status.
statement                string    The claim's own sentence.
speaker                  string!   Who says it.
rank                     string!   preferred, normal, or deprecated.
sources                  list      Ids of the cited sources.
source_urls              list      Their addresses.
"""
)


def flat_rows(
    waves: list[Wave], rows: list[ComparisonRow], citations: list[Citation]
) -> Iterator[list[Any]]:
    """Yield a row for each entry, in the order of the aspects and of the waves."""
    companies = {wave.id: wave.company for wave in waves}
    places = {one.n: one.source for one in citations}
    for row in rows:
        for cell in row.cells:
            company = companies[cell.wave]
            for number, entry in enumerate(cell.entries, start=1):
                sources = {places[n].id: places[n].url for n in entry.citations}
                yield [
                    row.aspect,
                    row.label,
                    cell.wave,
                    company.id,
                    company.name,
                    number,
                    entry.text,
                    entry.code,
                    entry.statement,
                    entry.speaker,
                    entry.rank,
                    list(sources),
                    [url for url in sources.values() if url is not None],
                ]


_RANKS = {"preferred": 0, "normal": 1, "deprecated": 2}
_WORDS = {"at_least": "{low} or more", "up_to": "up to {high}", "range": "{low}–{high}"}
_MEASURES = {
    "headcount": "{} jobs",
    "share": "{} of {base}",
    "workforce_before": "of {} people employed before",
}


def magnitude_text(claim: Magnitude) -> str:
    """Write a figure as a reader would: `20% or more of the workforce`, `about 10,000 jobs`."""
    return figure_text(claim.measure, claim.low, claim.high, claim.qualifier, claim.base)


def figure_text(
    measure: str, lowest: float | None, highest: float | None, qualifier: str, base: str | None
) -> str:
    """Write a figure from its bounds as a reader would, with the hedge of its source."""
    low, high = (_number(measure, one) for one in (lowest, highest))
    form = "range" if low and high and low != high else qualifier
    text = _WORDS.get(form, "{low}").format(low=low, high=high)
    if qualifier == "approximately":
        text = f"approximately {text}"
    if qualifier == "derived":
        text = f"{text} (derived)"
    return _MEASURES[measure].format(text, base=base or "the workforce")


def _number(measure: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value * 100:.4g}%" if measure == "share" else f"{value:,.0f}"


def _magnitudes(wave: Wave) -> Iterator[ComparisonEntry]:
    for claim in wave.magnitudes:
        yield _entry(claim, magnitude_text(claim), claim.measure, None)


def _drivers(weight: str, *, denied: bool = False) -> Entries:
    def entries(wave: Wave) -> Iterator[ComparisonEntry]:
        for claim in wave.drivers:
            if (claim.stance == "denies") == denied and (denied or claim.weight == weight):
                yield _entry(claim, claim.driver.label, claim.driver.code, claim.statement)

    return entries


def _roles(effect: str) -> Entries:
    def entries(wave: Wave) -> Iterator[ComparisonEntry]:
        for claim in wave.roles:
            if claim.effect == effect:
                text = claim.wording or claim.role.label
                if claim.headcount is not None:
                    text = f"{text} ({claim.headcount:,})"
                yield _entry(claim, text, claim.role.code, None)

    return entries


def _context(kind: str) -> Entries:
    def entries(wave: Wave) -> Iterator[ComparisonEntry]:
        for claim in wave.context:
            if claim.kind == kind:
                yield _entry(claim, claim.statement, None, None)

    return entries


def _events(wave: Wave) -> Iterator[ComparisonEntry]:
    for claim in wave.events:
        text = f"{claim.kind.replace('_', ' ')} {date_text(claim.on, claim.precision)}"
        yield _entry(claim, text, claim.kind, claim.statement)


def _entry(
    claim: Magnitude | DriverClaim | RoleClaim | Event | Any,
    text: str,
    code: str | None,
    statement: str | None,
) -> ComparisonEntry:
    return ComparisonEntry(
        text=text,
        code=code,
        statement=statement,
        speaker=claim.speaker,
        rank=claim.rank,
        citations=claim.citations,
    )


ASPECTS: tuple[tuple[str, str, Entries], ...] = (
    ("events", "Events", _events),
    ("primary_driver", "Primary driver", _drivers("primary")),
    ("contributing_driver", "Contributing driver", _drivers("contributing")),
    ("background", "Background", _drivers("context")),
    ("denied_driver", "Denied driver", _drivers("", denied=True)),
    ("target_areas", "Target areas", _roles("cut")),
    ("magnitude", "Magnitude", _magnitudes),
    ("strategic_focus", "Strategic focus", _context("strategy")),
    ("market_context", "Market context", _context("market")),
    ("outlook", "Outlook", _context("outlook")),
    ("spared", "Spared", _roles("spared")),
    ("still_hiring", "Still hiring", _roles("hired")),
)
