"""Text → folded words with their positions: the same for what is searched and for queries.

A word is a run of letters and digits without case and accents, so "Nestlé" is "nestle". An
apostrophe joins ("Macy's" is "macys"), and so does `&` between single letters ("AT&T" is "att",
and so are "AT & T" and "AT and T"). Initials with full stops are one word, like hyphenated ones.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

LONGEST = 64
"""Letters of a word that count: nothing longer is a word in any language."""
LEAST_LETTERS = 3
"""Shorter words are too similar to each other to be corrected."""
MOST_LETTERS = 24
"""Longer ones are seldom typed, and have too many variants."""

# \u2019 is the apostrophe that typesetters use, \u2010 and \u2011 are their hyphens.
_LETTERS = r"[^\W_](?:[^\W_]|[\u0300-\u036f])*"
# What `&` joins: with blanks around it, or written as "and", the second has to be a single letter,
# because "IT & HR" are two words.
_JOINED_LETTERS = r"[^\W_]{1,2}&[^\W_]{1,2}|[^\W\d_]{1,2} & [^\W\d_]|[^\W\d_] [aA][nN][dD] [^\W\d_]"
_ONE = re.compile(rf"(?<![^\W_])(?:{_JOINED_LETTERS})(?![^\W_])|{_LETTERS}(?:['\u2019]{_LETTERS})*")
# The full stop of "U.S." or "J. C. Penney", between two single letters.
_STOP = r"(?<=(?<![^\W_])[^\W\d_])\. ?(?=[^\W\d_](?![^\W_]))"
_RUN = re.compile(rf"(?:{_ONE.pattern})(?:(?:[-\u2010\u2011]|{_STOP})(?:{_ONE.pattern}))*")
_WORD = re.compile(r"[^\W_]+")
# To Unicode, letters with a stroke or a ligature are not letters with an accent.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\u0131": "i",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
    }
)


class Token(Struct, frozen=True):
    """A word and its position in the text."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return a text without case, accents and variants of characters."""
    if text.isascii():
        return text.lower()
    opened = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(one for one in opened if unicodedata.category(one) != "Mn")
    return bare.translate(_PLAIN)


def runs(text: str) -> Iterator[list[Token]]:
    """Yield the words of a text; those that hyphens join come together."""
    for run in _RUN.finditer(text):
        found = [Token(word, one.start(), one.end()) for word, one in _divided(text, run)]
        if found:
            yield found


def _divided(text: str, run: re.Match[str]) -> list[tuple[str, re.Match[str]]]:
    """Return the words of a run, each with what was written for it."""
    written = run.group()
    if written.isascii() and written.isalnum():
        # Nearly all runs are like this; nothing is joined in them, and folding cannot divide them.
        return [(written.lower()[:LONGEST], run)]
    return [
        (word[:LONGEST], one)
        for one in _ONE.finditer(text, run.start(), run.end())
        for word in _WORD.findall(_JOINT.sub("", fold(one.group())))
    ]


_JOINT = re.compile("['\u2019]| ?& ?| and ")


@functools.lru_cache(maxsize=20_000)
def parts(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a text without their positions; those that hyphens join come together.

    The same labels, titles and publishers occur in one document after the other.
    """
    if (simple := _simple_words(text)) is not None:
        return tuple((word,) for word in simple)
    return tuple(_joined_parts(text))


_JOINING = re.compile(r"['&-]|(?<![^\W_])[^\W\d_](?:\. ?| [aA][nN][dD] )[^\W\d_](?![^\W_])")


def _simple_words(text: str) -> list[str] | None:
    """Return the words of a text without joins or folding, as in most texts; otherwise None."""
    if not text.isascii() or _JOINING.search(text):
        return None
    return [word[:LONGEST] for word in _WORD.findall(text.lower())]


def _joined_parts(text: str) -> Iterator[tuple[str, ...]]:
    for run in _RUN.findall(text):
        folded = fold(run)
        if folded.isalnum():
            yield (folded[:LONGEST],)
        elif words := _WORD.findall(_JOINT.sub("", folded)):
            # Only hyphens are left between them.
            yield tuple([word[:LONGEST] for word in words])


@functools.lru_cache(maxsize=20_000)
def places(text: str) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Return how many words a text has, and each with its position, counted from 0.

    A hyphenated word also counts as one word, at the position of its first part.
    """
    if (simple := _simple_words(text)) is not None:
        return len(simple), tuple(zip(simple, range(len(simple)), strict=True))
    number = 0
    found = []
    # Not from the cache of `parts`: there is one for the result here.
    for run in _joined_parts(text):
        if len(run) > 1 and (whole := joined(run)) is not None:
            found.append((whole, number))
        for word in run:
            found.append((word, number))
            number += 1
    return number, tuple(found)


def words(text: str) -> list[str]:
    """Return the folded words of a text in their order."""
    return [word for run in parts(text) for word in run]


def joined(run: Sequence[str]) -> str | None:
    """Return a hyphenated word as one, such as "layoffs"; None for one word, ids and dates."""
    return "".join(run) if len(run) > 1 and all(one.isalpha() for one in run) else None


def closed(text: str) -> str:
    """Return the folded words of a text joined by spaces, hyphenated ones as one."""
    return " ".join(joined(run) or " ".join(run) for run in parts(text))


def is_plain(word: str) -> bool:
    """Return whether a word has only letters, and not too many: it is not a number or a code."""
    return len(word) <= MOST_LETTERS and word.isalpha()


def is_correctable(word: str) -> bool:
    """Return whether a word may be a mistyped one; numbers and codes never are."""
    return len(word) >= LEAST_LETTERS and is_plain(word)


def distance(written: str, known: str) -> int:
    """Count the letters that are wrong, missing, too many, or swapped with their neighbour."""
    before: list[int] = []
    last = list(range(len(known) + 1))
    for row, letter in enumerate(written, start=1):
        this = [row]
        for column, other in enumerate(known, start=1):
            least = min(
                last[column] + 1, this[column - 1] + 1, last[column - 1] + (letter != other)
            )
            if row > 1 and column > 1 and letter == known[column - 2] and written[row - 2] == other:
                least = min(least, before[column - 2] + 1)
            this.append(least)
        before, last = last, this
    return last[-1]


def most_wrong(word: str) -> int:
    """Return how many letters may be wrong in a word of this length."""
    return 1 if len(word) < 8 else 2  # noqa: PLR2004 "zurich" is not "zuruck"


def nearest(written: str, candidates: Iterable[str]) -> str | None:
    """Return the word that was probably meant; among equally close ones, the first."""
    found = [
        # The first letter is seldom wrong.
        (wrong, known[0] != written[0], place, known)
        for place, known in enumerate(candidates)
        if (wrong := distance(written, known)) <= most_wrong(written)
    ]
    return min(found)[-1] if found else None


_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def variants(written: str) -> list[str]:
    """Return all words that differ in one letter, the likeliest mistakes first."""
    cuts = [(written[:place], written[place:]) for place in range(len(written) + 1)]
    found = swapped(written)
    found += [before + rest[1:] for before, rest in cuts if rest]
    found += [before + letter + rest for before, rest in cuts for letter in _ALPHABET]
    found += [before + letter + rest[1:] for before, rest in cuts if rest for letter in _ALPHABET]
    return [one for one in dict.fromkeys(found) if one != written]


def swapped(written: str) -> list[str]:
    """Return all words in which two adjacent letters have changed places."""
    found = [
        f"{written[:place]}{written[place + 1]}{written[place]}{written[place + 2 :]}"
        for place in range(len(written) - 1)
    ]
    return [one for one in dict.fromkeys(found) if one != written]


def all_but_first(written: list[str]) -> Iterator[list[str]]:
    """Yield the rest of a name from each later word on."""
    for start in itertools.count(1):
        if start >= len(written):
            return
        yield written[start:]
