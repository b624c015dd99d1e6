"""Makes up waves of realistic shape, as a stream that enters through the publishing path.

This is not data: the companies, sources and words are invented, the taxonomies are the real ones. A
seed decides everything, so two machines measure the same documents. Companies, sources and waves
are three streams over the same plan, each with its own random numbers; none is held in memory.
"""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.curation import facets, read, records
from layoff_ledger.curation.publish import CollectionInput
from layoff_ledger.resources.wave import WAVE

SEED = 20_230_314
LAST_DAY = datetime.date(2026, 6, 30)
WAVES_PER_COMPANY = 50
MOST_WAVES_OF_A_COMPANY = 2_000

T = TypeVar("T")

COLLECTION = records.Collection(
    id="generated",
    name="Generated",
    description="Made up by bench/generate.py to measure with.",
    license="CC0-1.0",
    origin="bench/generate.py",
)


class Weighted(Generic[T]):
    """Things that come up with different frequency."""

    def __init__(self, things: Sequence[T], weights: Sequence[float] | None = None) -> None:
        """Use the given weights, or else Zipf's law: the first is the most frequent."""
        self._things = things
        given = weights or [1 / (rank + 1) ** 0.8 for rank in range(len(things))]
        self._sums = list(itertools.accumulate(given))

    def one(self, rng: random.Random) -> T:
        """Draw one."""
        return rng.choices(self._things, cum_weights=self._sums)[0]

    def some(self, rng: random.Random, number: int) -> list[T]:
        """Draw this many different ones, in the order in which they came up."""
        found: dict[T, None] = {}
        while len(found) < min(number, len(self._things)):
            found[self.one(rng)] = None
        return list(found)


COUNTRIES = Weighted(["US", "DE", "GB", "IN", "FR", "ES", "NL", "CA", "SE", "AU", "JP", "CN", "BR"])
FORMS = Weighted(list(vocabulary.FORMS), [60, 9, 2, 2, 2, 1, 2, 4, 2, 2, 1])
FIRST_WORDS = [
    "Alder", "Borealis", "Cobalt", "Drumlin", "Estuary", "Fathom", "Granite", "Harbour", "Isthmus",
    "Juniper", "Keystone", "Lantern", "Meridian", "Nimbus", "Orchard", "Pinnacle", "Quarry",
]  # fmt: skip
SECOND_WORDS = [
    "Air", "Analytics", "Bank", "Chemicals", "Foods", "Health", "Logistics", "Media", "Motors",
    "Networks", "Power", "Retail", "Semiconductors", "Software", "Steel", "Studios", "Telecom",
]  # fmt: skip
PUBLISHERS = Weighted([f"{word} Herald" for word in FIRST_WORDS])
KINDS: Weighted[tuple[str, vocabulary.Standing]] = Weighted(
    [
        ("news", "established"),
        ("news", "secondary"),
        ("news", "republication"),
        ("filing", "primary"),
        ("company_statement", "primary"),
        ("union_statement", "primary"),
    ],
    [49, 20, 13, 10, 6, 2],
)
FRAGMENTS = [
    "reduce the size of the company by approximately",
    "a difficult but necessary step for our future",
    "streamline our operations and lower our cost base",
    "notices will be given in the coming weeks",
    "will affect teams in several countries and functions",
    "in line with lower demand in the second half",
]
STATEMENTS = [
    "The company says that costs grew faster than its revenue and are to be brought into line.",
    "Orders fell short of the plan for the third quarter in a row, so lines are closed.",
    "Layers of management are taken out; decisions are to be made nearer to the customer.",
    "The outlet reports that work is moved to a smaller team with newer tools.",
    "After the takeover, functions that exist twice are merged at one site.",
    "Hiring of the past two years is said to have been ahead of what demand could bear.",
]
EVENTS = [
    "The chief executive announces the cut in a letter to all staff.",
    "A filing with the regulator names the number of posts and the expected charge.",
    "Notices are given at the sites concerned.",
]
NOTES = [
    "The outlet rounds the figure; the filing gives it exactly.",
    "The figure covers permanent staff; contractors are not counted in it.",
    "Said in a call with analysts, and not repeated in writing.",
]
ASPECTS = list(vocabulary.CONTEXT_KINDS)
UNITS = ["Cloud", "Consumer", "Corporate functions", "Devices", "Europe", "Plant 2", "Research"]
# More cuts in the years of a crisis, and in the first quarter.
YEARS = Weighted(
    list(range(2008, 2027)), [5, 6, 2, 2, 3, 3, 3, 4, 4, 3, 3, 4, 9, 3, 10, 12, 9, 9, 5]
)
MONTHS = Weighted(list(range(1, 13)), [14, 9, 9, 8, 8, 8, 7, 6, 7, 9, 11, 6])


class Sketch(Struct, frozen=True):
    """What the streams have to agree on about one wave."""

    company: str
    id: str
    announced_on: datetime.date
    sources: list[str]
    """Ids of its own sources, the first published on the day of the announcement."""
    previous: Sketch | None
    """The wave of the same company before it."""


def multiply() -> str:
    """Return the statement that repeats the served waves until there are `$1` of them."""
    # Wide facets, which have a table of their own, are not part of what is measured.
    wide = {facet.name for facet in WAVE.facets if facet.wide}
    names = ", ".join(f'"{one}"' for one in facets.column_names(WAVE) if one not in wide)
    template = Path(__file__).with_name("multiply.sql").read_text()
    return template.format(names=names, others=names.replace('"id", ', "", 1))


def collection_input(waves: int, data: Path, seed: int = SEED) -> CollectionInput:
    """Return this many waves, with their companies and sources, as the input of a collection."""
    curated = read.read(data)
    industries = list(curated.industries)
    return CollectionInput(
        collection=COLLECTION,
        industries=curated.industries.values(),
        drivers=curated.drivers.values(),
        roles=curated.roles.values(),
        companies=_companies(waves, seed, industries),
        sources=_sources(waves, seed),
        waves=_waves(waves, seed, list(curated.drivers), list(curated.roles)),
    )


def _rng(seed: int, stream: str) -> random.Random:
    return random.Random(f"{seed} {stream}")


def _portfolios(waves: int, seed: int) -> Iterator[tuple[str, int]]:
    """Yield each company's id and how many waves it has: many have few, few have many."""
    rng = _rng(seed, "portfolios")
    left = waves
    for number in itertools.count():
        # A log-normal distribution has the mean exp(mu + sigma² / 2).
        drawn = int(WAVES_PER_COMPANY * rng.lognormvariate(-0.72, 1.2)) + 1
        size = min(drawn, MOST_WAVES_OF_A_COMPANY, left)
        if not size:
            return
        yield f"gen-{number:05}", size
        left -= size


def _sketches(waves: int, seed: int) -> Iterator[Sketch]:
    rng = _rng(seed, "sketches")
    for company, size in _portfolios(waves, seed):
        previous = None
        for number, day in enumerate(sorted(_day(rng) for _ in range(size)), start=1):
            id_ = f"{company}-{day:%Y-%m}-{number:04}"
            sources = [f"{id_}-{letter}" for letter in ("ab" if rng.random() < 0.2 else "a")]
            sketch = Sketch(company, id_, day, sources, previous)
            yield sketch
            # Without its own predecessor, or all waves of a company would include one another.
            previous = Sketch(company, id_, day, sources, None)


def _day(rng: random.Random) -> datetime.date:
    day = datetime.date(YEARS.one(rng), MONTHS.one(rng), rng.randint(1, 28))
    return day if day <= LAST_DAY else day.replace(year=day.year - 1)


def _companies(waves: int, seed: int, industries: list[str]) -> Iterator[records.Company]:
    rng = _rng(seed, "companies")
    # The ones with most waves in the real data come first.
    frequent = Weighted(sorted(industries, key=lambda code: (code[:2] not in {"31", "51"}, code)))
    for number, (id_, _) in enumerate(_portfolios(waves, seed)):
        name = f"{rng.choice(FIRST_WORDS)} {rng.choice(SECOND_WORDS)} {number}"
        listed = rng.random() < 0.6
        yield records.Company(
            id=id_,
            name=name,
            legal_name=f"{name} Incorporated" if listed else None,
            aliases=[name.rsplit(" ", 1)[0]] if rng.random() < 0.2 else [],
            country=COUNTRIES.one(rng) if rng.random() < 0.97 else None,
            industry=frequent.one(rng) if rng.random() < 0.97 else None,
            identifiers={"cik": f"9{number:09}"} if listed else {},
        )


def _sources(waves: int, seed: int) -> Iterator[records.Source]:
    rng = _rng(seed, "sources")
    for sketch in _sketches(waves, seed):
        for id_ in sketch.sources:
            kind, standing = KINDS.one(rng)
            publisher = "SEC EDGAR" if kind == "filing" else PUBLISHERS.one(rng)
            copied = standing == "republication"
            yield records.Source(
                id=id_,
                url=f"https://news.example/{sketch.announced_on:%Y/%m/%d}/{id_}",
                title=f"{sketch.company} cuts posts, and says why ({rng.randint(1, 999)})",
                publisher=publisher,
                kind=kind,
                standing=standing,
                original_publisher=PUBLISHERS.one(rng) if copied else None,
                published_on=records.PartialDate(sketch.announced_on, "day"),
                retrieved_on=records.PartialDate(datetime.date(2026, 7, 1), "day"),
            )


class _Writer:
    """Writes the claims of one wave after the other."""

    def __init__(self, seed: int, drivers: list[str], roles: list[str]) -> None:
        self._rng = _rng(seed, "waves")
        self._drivers = Weighted(drivers)
        self._roles = Weighted(roles)

    def wave(self, sketch: Sketch) -> records.Wave:
        rng = self._rng
        previous = sketch.previous
        relations = []
        if previous is not None and rng.random() < 0.1:
            relation: vocabulary.Relation = "part_of" if rng.random() < 0.1 else "follows"
            relations.append(records.RelationTo(relation=relation, wave=previous.id))
        return records.Wave(
            id=sketch.id,
            company=sketch.company,
            note=rng.choice(NOTES) if rng.random() < 0.2 else None,
            forms=records.Forms(
                codes=FORMS.some(rng, 1 if rng.random() < 0.9 else 2),
                speaker="company",
                citations=self._cited(sketch),
            ),
            scope=self._scope(sketch) if rng.random() < 0.75 else None,
            events=list(self._events(sketch)),
            magnitudes=list(self._magnitudes(sketch)),
            drivers=[self._driver(sketch, one) for one in self._drivers.some(rng, self._few())],
            roles=[
                self._role(sketch, one)
                for one in self._roles.some(rng, rng.choice([0, 0, 0, 1, 1, 2, 3]))
            ],
            context=[
                records.Context(
                    kind=rng.choice(ASPECTS),
                    statement=rng.choice(STATEMENTS),
                    speaker="press",
                    citations=self._cited(sketch),
                )
                for _ in range(rng.choice([0, 0, 1]))
            ],
            relations=relations,
        )

    def _few(self) -> int:
        return self._rng.choice([1, 1, 2, 2, 3])

    def _cited(self, sketch: Sketch) -> list[records.Citation]:
        rng = self._rng
        source = rng.choice(sketch.sources)
        if sketch.previous is not None and rng.random() < 0.02:
            source = sketch.previous.sources[0]
        fragment = rng.choice(FRAGMENTS) if rng.random() < 0.4 else None
        return [records.Citation(source=source, fragment=fragment, evidence="excerpt_read")]

    def _scope(self, sketch: Sketch) -> records.Scope:
        rng = self._rng
        return records.Scope(
            worldwide=True if rng.random() < 0.1 else None,
            countries=COUNTRIES.some(rng, rng.choice([1, 1, 1, 2, 3])),
            units=rng.sample(UNITS, rng.choice([0, 0, 1, 2])),
            speaker="company",
            citations=self._cited(sketch),
        )

    def _events(self, sketch: Sketch) -> Iterator[records.Event]:
        rng = self._rng
        for kind, statement in itertools.islice(
            zip(("announced", "under_way", "completed"), EVENTS, strict=True),
            rng.choice([1, 1, 1, 1, 2, 3]),
        ):
            later = 0 if kind == "announced" else rng.randint(10, 90)
            yield records.Event(
                on=records.PartialDate(sketch.announced_on + datetime.timedelta(later), "day"),
                kind=kind,
                statement=statement,
                speaker="company",
                citations=self._cited(sketch),
            )

    def _magnitudes(self, sketch: Sketch) -> Iterator[records.Magnitude]:
        rng = self._rng
        jobs = max(5, int(rng.lognormvariate(5.5, 1.6)))
        share = round(min(0.9, max(0.01, rng.betavariate(1.2, 9))), 3)
        # One in eight only says how many people work there, not how many go: its size is unknown.
        measures: list[vocabulary.Measure] = ["headcount", "share", "workforce_before"]
        first = measures[0] if rng.random() > 0.12 else measures[2]
        others = [one for one in measures[1:] if one != first]
        for measure in [first, *rng.sample(others, min(len(others), self._few() - 1))]:
            low = {"headcount": jobs, "share": share, "workforce_before": int(jobs / share)}[
                measure
            ]
            yield self._magnitude(sketch, measure, low, preferred=True)
        if first == "headcount" and rng.random() < 0.15:
            yield self._magnitude(sketch, "headcount", jobs + rng.randint(1, 50), preferred=False)

    def _magnitude(
        self, sketch: Sketch, measure: vocabulary.Measure, value: float, *, preferred: bool
    ) -> records.Magnitude:
        rng = self._rng
        qualifiers: list[vocabulary.Qualifier] = ["exact", "approximately", "at_least", "up_to"]
        qualifier = rng.choice(qualifiers)
        one_figure = qualifier in {"exact", "approximately"}
        return records.Magnitude(
            measure=measure,
            value=value if one_figure else None,
            low=value if qualifier == "at_least" else None,
            high=value if qualifier == "up_to" else None,
            qualifier=qualifier,
            counts="gross" if measure == "headcount" and rng.random() < 0.5 else None,
            rank="preferred" if preferred else "normal",
            speaker="company" if preferred else "press",
            note=rng.choice(NOTES) if rng.random() < 0.3 else None,
            stated_on=records.PartialDate(sketch.announced_on, "day"),
            citations=self._cited(sketch),
        )

    def _driver(self, sketch: Sketch, driver: str) -> records.DriverClaim:
        rng = self._rng
        by_company, denied = rng.random() < 0.7, rng.random() < 0.04
        weights: list[vocabulary.Weight] = ["primary", "primary", "contributing"]
        spoken: vocabulary.Stance = "states" if by_company else "reports"
        return records.DriverClaim(
            driver=driver,
            weight="context" if denied else rng.choice(weights),
            stance="denies" if denied else spoken,
            speaker="company" if by_company else "press",
            statement=rng.choice(STATEMENTS),
            citations=self._cited(sketch),
        )

    def _role(self, sketch: Sketch, role: str) -> records.RoleClaim:
        rng = self._rng
        return records.RoleClaim(
            role=role,
            effect="cut" if rng.random() < 0.93 else "spared",
            headcount=rng.randint(5, 500) if rng.random() < 0.2 else None,
            wording=role.replace("_", " ") + " staff",
            speaker="press",
            citations=self._cited(sketch),
        )


def _waves(waves: int, seed: int, drivers: list[str], roles: list[str]) -> Iterator[records.Wave]:
    writer = _Writer(seed, drivers, roles)
    for sketch in _sketches(waves, seed):
        yield writer.wave(sketch)
