"""Finds the word that is spelt most like another one; `nearest` makes suggestions of it."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process


def closest(written: str, words: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Give the first of the words that are spelt most like one; None where none is like it.

    How like they are is twice the letters that both have in the same order, by the letters of both.
    """
    # Of a mapping it would take the values.
    found = process.extractOne(written, list(words), scorer=fuzz.ratio, score_cutoff=100 * cutoff)
    return None if found is None else found[0]
