"""Employers that may be companies of the ledger: alike in spelling, for a curator to judge.

A candidate links nothing. Who finds that it is right says so in `data/links/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from rapidfuzz import fuzz, process

from layoff_ledger.imports.linking import Company, bare, variants

CLOSE = 88.0
"""From here on two names are shown as alike, of 100."""
_SHORTEST = 4
"""Letters from which on a name is compared: shorter ones are alike by chance."""


class Candidate(Struct, frozen=True, order=True):
    """An employer and the company that it may be; the best come first."""

    rank: float
    employer: str
    company: str
    name: str
    """The name of the company that is alike."""
    score: float
    """How alike, from 0 to 100."""
    notices: int
    jobs: int | None
    example: str
    """The id of one of its notices."""


def candidates(
    employers: Iterable[Any], companies: Iterable[Company], limit: int
) -> list[Candidate]:
    """Give the candidates among rows of `read_unlinked_employers.sql`, best first."""
    names = {
        name: (company.id, written)
        for company in companies
        for _, written in company.names
        if len(name := bare(written)) >= _SHORTEST
    }
    known = list(names)
    found = []
    for row in employers:
        written = variants(row["employer"])
        if not written or len(written[-1]) < _SHORTEST:
            continue
        best = process.extractOne(
            written[-1], known, scorer=fuzz.token_sort_ratio, score_cutoff=CLOSE
        )
        if best is None:
            continue
        company, name = names[best[0]]
        score = round(best[1], 1)
        # Of equally alike ones, the one with the most notices.
        rank = -score - min(row["notices"], 99) / 100
        found.append(
            Candidate(
                rank, row["employer"], company, name, score, row["notices"], row["jobs"],
                row["example"],
            )
        )  # fmt: skip
    return sorted(found)[:limit]
