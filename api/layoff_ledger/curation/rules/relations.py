"""Relations between waves, and what a cumulative figure includes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import (
    all_claims,
    announced,
    bounds,
    rule,
    violation,
    violation_of_claim,
)
from layoff_ledger.nearest import nearest_word


@rule
def relation_is_sound(curated: Curated) -> Iterator[Violation]:
    """A related wave exists, is not the wave itself, and is named once per relation."""
    known = curated.known("waves")
    for wave in curated.waves.values():
        seen: set[tuple[str, str]] = set()
        for relation in wave.relations:
            message, hint = None, None
            if relation.wave == wave.id:
                message = "a wave is not related to itself"
            elif relation.wave not in known:
                message = f"no wave {relation.wave!r}"
                hint = nearest_word(relation.wave, known - {wave.id})
            elif (relation.relation, relation.wave) in seen:
                message = f"{relation.relation} {relation.wave!r} is given twice"
            seen.add((relation.relation, relation.wave))
            if message is not None:
                yield violation(
                    curated, "waves", wave.id, relation_is_sound, message, hint, "relations"
                )


@rule
def close_waves_are_related(curated: Curated) -> Iterator[Violation]:
    """Two waves of one company within 10 days of each other say how they are related."""
    dated = sorted(
        (wave.company, day.on, wave.id)
        for wave in curated.waves.values()
        if (day := announced(wave)) is not None and day.precision == "day"
    )
    for (company, first, one), (other_company, second, other) in itertools.pairwise(dated):
        if company != other_company or (second - first).days > 10:  # noqa: PLR2004 as the rule says
            continue
        if not any(
            relation.wave in {one, other}
            for id_ in (one, other)
            for relation in curated.waves[id_].relations
        ):
            message = f"{(second - first).days} days after {one!r}, but not related to it"
            yield violation(
                curated,
                "waves",
                other,
                close_waves_are_related,
                message,
                "add [[relations]] to one of them",
            )


@rule
def includes_is_sound(curated: Curated) -> Iterator[Violation]:
    """A figure that includes other waves of its company is cumulative or a net change.

    A wave never includes itself, not even through others, and its increment, the number of jobs
    that it adds, is no more than the figure. Without these keys a sum would count the same jobs
    twice.
    """
    known = curated.known("waves")
    included: dict[str, set[str]] = {}
    for located in all_claims(curated):
        claim, wave = located.claim, located.wave
        if not isinstance(claim, records.Magnitude):
            continue
        for message, hint in _faults_of_includes(curated, wave, claim, known):
            yield violation_of_claim(curated, located, includes_is_sound, message, hint)
        if claim.rank != "deprecated":
            included.setdefault(wave.id, set()).update(set(claim.includes) - {wave.id})
    for id_ in included:
        seen: set[str] = set()
        ahead = [id_]
        while ahead:
            for other in included.get(ahead.pop(), set()) - seen:
                seen.add(other)
                ahead.append(other)
        if id_ in seen:
            message = "it includes itself through others"
            yield violation(curated, "waves", id_, includes_is_sound, message, path="magnitudes")


def _faults_of_includes(
    curated: Curated, wave: records.Wave, claim: records.Magnitude, known: set[str]
) -> Iterator[tuple[str, str | None]]:
    overlaps = claim.cumulative is True or claim.counts == "net"
    if claim.includes and not overlaps:
        yield "it has includes, but is neither cumulative nor net", "set cumulative = true"
    if claim.increment is not None:
        if claim.cumulative is not True:
            yield "it has an increment, but the figure is not cumulative", "set cumulative = true"
        most = bounds(claim)[1]
        if most is not None and claim.increment > most:
            yield f"an increment of {claim.increment:,} in a figure of {most:,.0f}", None
    for other in claim.includes:
        if other == wave.id:
            yield "a wave does not include itself", None
        elif other not in known:
            yield f"includes: no wave {other!r}", nearest_word(other, known - {wave.id})
        elif other in curated.waves and curated.waves[other].company != wave.company:
            yield f"{other!r} is another company's", "includes names waves of the same company"
    if len(set(claim.includes)) != len(claim.includes):
        yield "includes names a wave twice", None


@rule
def part_says_how_many_are_new(curated: Curated) -> Iterator[Violation]:
    """A figure of a part of the company that includes a wave with another base has an `increment`.

    Totals subtract an included wave as a whole from a figure. If the bases differ, only some of its
    jobs are in the figure, and without the increment too many would be subtracted. A net change is
    not a sum of cuts.
    """
    preferred = {
        located.wave.id: (located, located.claim)
        for located in all_claims(curated)
        if isinstance(located.claim, records.Magnitude)
        and located.claim.measure == "headcount"
        and located.claim.rank == "preferred"
    }
    bases = {wave: claim.base for wave, (_, claim) in preferred.items()}
    for located, claim in preferred.values():
        if claim.base is None or claim.increment is not None or claim.counts == "net":
            continue
        known = [one for one in claim.includes if one in bases]
        other = next((one for one in known if bases[one] != claim.base), None)
        if other is not None:
            yield violation_of_claim(
                curated,
                located,
                part_says_how_many_are_new,
                f"it is of {claim.base!r} and includes {other!r}, which is of "
                f"{bases[other] or 'the whole company'!r}",
                "set increment to the number of jobs that are new",
            )
