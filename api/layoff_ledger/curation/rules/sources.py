"""Sources: addresses, hosts, standing, titles and dates."""

from __future__ import annotations

from collections.abc import Iterator

from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import rule, violation


@rule
def republication_names_its_original(curated: Curated) -> Iterator[Violation]:
    """A republication names the publisher whose text it copies."""
    for source in curated.sources.values():
        if (source.standing == "republication") != (source.original_publisher is not None):
            yield violation(
                curated,
                "sources",
                source.id,
                republication_names_its_original,
                "a republication without its original"
                if source.original_publisher is None
                else "an original publisher, but no republication",
                'set original_publisher, or another standing than "republication"',
            )


@rule
def address_is_one_sources(curated: Curated) -> Iterator[Violation]:
    """No two sources have the same address, and a source without one has a title."""
    owner: dict[str, str] = {}
    for source in curated.sources.values():
        if source.url is None:
            if source.title is None:
                message = "neither address nor title"
                yield violation(curated, "sources", source.id, address_is_one_sources, message)
            continue
        first = owner.setdefault(source.url, source.id)
        if first != source.id:
            message = f"{first!r} has the same address"
            yield violation(curated, "sources", source.id, address_is_one_sources, message)
