"""Finds the word whose spelling is closest to another one; `nearest` makes suggestions of it."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process


def closest(written: str, words: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the word whose spelling is closest, the first one of several; None if none is close.

    The closeness is twice the letters that both words have in the same order, divided by the
    letters of both.
    """
    # Given a mapping, it would use the values.
    found = process.extractOne(written, list(words), scorer=fuzz.ratio, score_cutoff=100 * cutoff)
    return None if found is None else found[0]
