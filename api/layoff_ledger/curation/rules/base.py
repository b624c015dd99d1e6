"""What the rules are built from: their registry, violations, and iteration over claims."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation

Rule = Callable[[Curated], Iterator[Violation]]
RULES: list[Rule] = []
"""Every rule, in the order in which the modules declare them."""


def rule(function: Rule) -> Rule:
    """Add a rule to those that `check` runs."""
    RULES.append(function)
    return function


def findings(curated: Curated, one: Rule) -> list[Violation]:
    """Run a rule once over these files, without regard to exemptions."""
    name = one.__name__
    if name not in curated.derived:
        curated.derived[name] = list(one(curated))
    found: list[Violation] = curated.derived[name]
    return found


class LocatedClaim(Struct, frozen=True):
    """A claim of a wave and its path: `drivers[2]` is the second `[[drivers]]`."""

    wave: records.Wave
    path: str
    claim: records.Claim


class CitedRecord(Struct, frozen=True):
    """Anything that has citations: a claim of a wave or a value of an indicator."""

    kind: str
    id: str
    path: str
    content: records.Claim | records.IndicatorValue


def claims(wave: records.Wave) -> Iterator[LocatedClaim]:
    """Yield every claim of a wave in the order in which the ledger numbers them."""
    for name in ("events", "magnitudes", "drivers", "roles", "context"):
        for number, claim in enumerate(getattr(wave, name), start=1):
            yield LocatedClaim(wave, f"{name}[{number}]", claim)
    for name in ("scope", "forms"):
        if (claim := getattr(wave, name)) is not None:
            yield LocatedClaim(wave, name, claim)


def all_claims(curated: Curated) -> list[LocatedClaim]:
    """Return every claim of every wave."""
    if "claims" not in curated.derived:
        curated.derived["claims"] = [
            located for wave in curated.waves.values() for located in claims(wave)
        ]
    located_claims: list[LocatedClaim] = curated.derived["claims"]
    return located_claims


def all_cited(curated: Curated) -> Iterator[CitedRecord]:
    """Yield every claim of every wave and every value of every indicator."""
    for located in all_claims(curated):
        yield CitedRecord("waves", located.wave.id, located.path, located.claim)
    for indicator in curated.indicators.values():
        for number, value in enumerate(indicator.values, start=1):
            yield CitedRecord("indicators", indicator.id, f"values[{number}]", value)


def violation(
    curated: Curated,
    kind: str,
    id_: str,
    function: Callable[..., object],
    message: str,
    suggestion: str | None = None,
    path: str = "",
) -> Violation:
    """Report that a record of a kind (`waves`, `sources` …) breaks the rule `function`."""
    record = f"{id_} {path}".strip()
    return Violation(curated.files[kind, id_], record, function.__name__, message, suggestion)


def violation_of_claim(
    curated: Curated,
    located: LocatedClaim,
    function: Callable[..., object],
    message: str,
    suggestion: str | None = None,
) -> Violation:
    """Report that a claim of a wave breaks the rule `function`."""
    return violation(
        curated, "waves", located.wave.id, function, message, suggestion, path=located.path
    )


def bounds(claim: records.Magnitude | records.IndicatorValue) -> tuple[float | None, float | None]:
    """Return the least and the greatest value; `None` means no bound."""
    if claim.value is not None:
        return claim.value, claim.value
    return claim.low, claim.high


WORDS_IN_COMMON = 4
"""This many words in a row make two fragments the same; fewer may be chance ("of its jobs")."""


def runs_of_words(citation: records.Citation) -> set[tuple[str, ...]]:
    """Return every run of `WORDS_IN_COMMON` words in the fragment, or a shorter one whole.

    Each run follows the id of its source: words are only the same in the same text.
    """
    words = tuple(re.findall(r"\w+", (citation.fragment or "").lower()))
    starts = range(max(1, len(words) - WORDS_IN_COMMON + 1))
    runs = (words[start : start + WORDS_IN_COMMON] for start in starts)
    return {(citation.source, *run) for run in runs if run}


def announced(wave: records.Wave) -> records.PartialDate | None:
    """Return the date of the first announcement, or else of the first event of any kind.

    This is what `announced_on` means everywhere; deprecated events do not count.
    """
    events = [
        one for one in wave.events if one.rank != "deprecated" and one.kind != vocabulary.EXPECTED
    ]
    dates = [one.on for one in events if one.kind == "announced"]
    return min(dates or [one.on for one in events], default=None)
