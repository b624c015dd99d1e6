"""Relations between waves, and what a cumulative figure includes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from layoff_ledger.curation.read import Curated, Violation, nearest
from layoff_ledger.curation.rules.base import announced, rule, violation


@rule
def relation_is_sound(curated: Curated) -> Iterator[Violation]:
    """A related wave exists, is another one, and is not named twice in the same relation."""
    known = curated.known("waves")
    for wave in curated.waves.values():
        seen: set[tuple[str, str]] = set()
        for relation in wave.relations:
            message, hint = None, None
            if relation.wave == wave.id:
                message = "a wave is not related to itself"
            elif relation.wave not in known:
                message = f"no wave {relation.wave!r}"
                hint = nearest(relation.wave, known - {wave.id})
            elif (relation.relation, relation.wave) in seen:
                message = f"{relation.relation} {relation.wave!r} stands twice"
            seen.add((relation.relation, relation.wave))
            if message is not None:
                yield violation(
                    curated, "waves", wave.id, relation_is_sound, message, hint, "relations"
                )


@rule
def close_waves_are_related(curated: Curated) -> Iterator[Violation]:
    """Two waves of one company within 10 days say how they stand to each other."""
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
            message = f"{(second - first).days} days after {one!r} and not related to it"
            yield violation(
                curated,
                "waves",
                other,
                close_waves_are_related,
                message,
                "add [[relations]] to one of them",
            )
