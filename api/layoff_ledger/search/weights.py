"""Scores the words of an entry for every term that may be searched for alone.

PostgreSQL ranks an entry by the positions of its words (`query.RELEVANCE`). This computes the same
for very many terms at once: a term is a word with its English stem, or the beginning of words. For
few entries it is done here, for many by arrays (`arrays.py`).
"""

from __future__ import annotations

import functools
import math
import struct
from collections import defaultdict
from collections.abc import Collection, Iterable

from layoff_ledger.search.query import WEIGHTS

_REAL = struct.Struct("f")


def _float4(value: float) -> float:
    found: float = _REAL.unpack(_REAL.pack(value))[0]
    return found


# PostgreSQL divides by the inverse of each weight.
WEIGHT_OF = {
    letter: 1.0 / (1.0 / _float4(float(weight)))
    for letter, weight in zip("DCBA", WEIGHTS, strict=True)
}
Key = tuple[float, str]
"""Score and id of a hit."""
_MEMORY = 500_000
"""How many lexemes are cached with the terms that find them."""


@functools.lru_cache(maxsize=100_000)
def openings_of(lexeme: str) -> tuple[str, ...]:
    """Return the terms that find a lexeme by its beginning when they are searched for alone.

    A single letter is the beginning of too many words: it only stands for itself.
    """
    return tuple(lexeme[:end] for end in range(2, len(lexeme) + 1)) or (lexeme,)


def lexemes_of(words: str) -> list[str]:
    """Return the lexemes of an entry from its words as PostgreSQL writes them."""
    return [lexeme for lexeme, _ in _items(words)]


def _items(words: str) -> Iterable[tuple[str, str]]:
    # Lexemes consist of letters and digits only, so they contain neither a space nor a quote.
    for item in words[1:].split(" '"):
        lexeme, _, places = item.partition("':")
        yield lexeme, places


class Terms:
    """Some terms; tells which of them find an entry, and how well."""

    def __init__(
        self, stems: dict[str, str], whole: Collection[str], stop_words: Iterable[str] = ()
    ) -> None:
        """Take the terms with their English stems, which are whole words, and known stop words.

        A term that occurs as a word in some text does not find words that only begin like it.
        """
        self.stems = stems
        self.stop_words = frozenset(stop_words)
        self.names = list(stems)
        self.number_of = {name: number for number, name in enumerate(self.names)}
        self._by_stem: defaultdict[str, list[int]] = defaultdict(list)
        for term, stem in stems.items():
            if stem != term:
                self._by_stem[stem].append(self.number_of[term])
        self._whole = frozenset(whole)
        self._of_lexeme: dict[str, list[int]] = {}

    def scores(self, words: str, exact: Iterable[str], resource: str) -> dict[str, float]:
        """Return the score of an entry for each term that finds it, from its words as text.

        To the last digit, it is the score of a query for the term alone: weights are added up in
        the order of their positions.
        """
        at_place: defaultdict[str, list[int]] = defaultdict(list)
        number = 0
        for lexeme, places in _items(words):
            for place in places.split(","):
                number += 1
                # A word and its stem at one position count twice if both are found.
                at_place[place] += self.of_lexeme(lexeme)
        sums: dict[int, float] = {}
        for place in sorted(at_place, key=lambda written: int(written.rstrip("ABCD"))):
            weight = WEIGHT_OF.get(place[-1], WEIGHT_OF["D"])
            for term in at_place[place]:
                sums[term] = sums.get(term, 0.0) + weight
        length = math.log(number + 1)
        found = {}
        for term, total in sums.items():
            weight = total / length
            found[self.names[term]] = _float4(weight / (weight + 1))
        for name in exact:
            if name in found:
                found[name] += 2.0 if resource == "company" else 1.0
        return found

    def called(self, exact: Iterable[str]) -> Iterable[str]:
        """Yield the terms that, with stop words, are one of an entry's names."""
        for name in exact:
            words = name.split(" ")
            if len(words) > 1:
                telling = [word for word in words if word not in self.stop_words]
                if len(telling) == 1 and telling[0] in self.number_of:
                    yield telling[0]

    def of_lexeme(self, lexeme: str) -> list[int]:
        """Return the terms that find an entry by a lexeme, and cache them."""
        found = self._of_lexeme.get(lexeme)
        if found is None:
            if len(self._of_lexeme) > _MEMORY:
                self._of_lexeme.clear()
            opening = [
                self.number_of[one]
                for one in openings_of(lexeme)
                if one in self.number_of and (one == lexeme or one not in self._whole)
            ]
            found = list(dict.fromkeys([*opening, *self._by_stem.get(lexeme, ())]))
            self._of_lexeme[lexeme] = found
        return found
