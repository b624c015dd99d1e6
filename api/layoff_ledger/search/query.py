"""A few words → what they mean here: terms, exact names, a beginning, what was corrected.

All words must occur, in any order; each also in its other English forms. The last one may be only a
beginning, unless it occurs as a word in some text: "ai" does not ask for airlines. A word that
occurs nowhere is taken for the known one that is most similar. Words consist of letters and digits
only (`tokens.py`) and are always arguments.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.search import stems, tokens
from layoff_ledger.search.operators import not_understood
from layoff_ledger.statement import Statement

MAX_CORRECTED = 8
"""How many words of a query are corrected: each costs a separate search."""
MAX_WORDS = 40
"""Words of a query that count."""
WEIGHTS = ("0.05", "0.2", "0.5", "1")
"""The weight of a word in each kind of place: D, C, B, A."""
RELEVANCE = f"ts_rank_cd('{{{{{','.join(WEIGHTS)}}}}}'::real[], entry.words, {{}}, 33)"
"""Rank of an entry of `search_version` for a tsquery: 0 to 1, less in a long text."""

Fetch = Callable[[Statement], Awaitable[Sequence[Any]]]


def having(words: Iterable[str]) -> str:
    """Return the tsquery of all entries whose name may be these words, as text.

    An index answers it; whether it is their name is another question. The name of an identifier
    scheme is not a word in every entry that has such an identifier.
    """
    telling = [f"'{word}'" for word in words if word not in vocabulary.IDENTIFIER_SCHEMES]
    return " & ".join(telling)


class SearchQuery(Struct, frozen=True):
    """What a query means to the ledger as of a revision."""

    tsquery: str
    """A tsquery as text; empty if the query has no word."""
    exact: tuple[str, ...]
    """The folded words joined by spaces, as in `exact` of an entry: as typed and as corrected."""
    forms: tuple[str, ...]
    """The words and their stems, by which the positions are found."""
    beginning: str | None
    """The last word, if it may be only a beginning, because it occurs in no text as a word."""
    corrected: str | None
    """The words as they were understood, if one of them was corrected."""
    alone: str | None = None
    """The word of the query, if there is only one; only stop words may come before it."""
    stop_words: tuple[str, ...] = ()
    """Those stop words: the name of a record may be all of them and the word."""
    terms: dict[str, str] = {}
    """Each word that counts, and its tsquery: all of them together are `tsquery`."""
    not_understood: tuple[str, ...] = ()
    """What else the query contains, in words: operators of other search engines."""


def parts_without_effect(query: SearchQuery | None) -> tuple[str, ...]:
    """Say in words which operators of a query, if there is one, have no effect here."""
    return () if query is None else query.not_understood


class _Word(Struct, frozen=True):
    """A word of a query as it is understood."""

    word: str
    stem: str
    is_stop: bool = False
    is_whole: bool = True
    """Whether it occurs as a word in some text, not only as the beginning of one."""
    corrected: bool = False


async def parse_query(
    fetch: Fetch, question: str, revision: int, *, quick: bool = False
) -> SearchQuery:
    """Say what a query means to the ledger as of a revision.

    With `quick`, only words with a single wrong letter are corrected.
    """
    runs = tokens.parts(question)
    typed = [word for run in runs for word in run]
    if not typed:
        return SearchQuery("", (), (), None, None)
    compounds = [whole for run in runs if (whole := tokens.joined(run)) is not None]
    asked = sorted({*typed, *compounds})
    rows = await fetch(
        Statement.named(
            "understand_words",
            asked,
            revision,
            # While a word is being typed, only its beginning exists.
            typed[-1],
            [stems.OWN.get(word) for word in asked],
        )
    )
    known = {row["word"]: row for row in rows}
    kept: list[str] = []
    for run in runs:
        whole = tokens.joined(run)
        kept += [whole] if whole is not None and known[whole]["is_known"] else run
    kept = kept[:MAX_WORDS]
    wrong = [
        word
        for word in dict.fromkeys(kept)
        if tokens.is_correctable(word)
        and not (known[word]["is_known"] or known[word]["is_opening"])
    ]
    right = await _correct(fetch, wrong[:MAX_CORRECTED], revision, quick=quick)
    read = [
        right.get(word)
        or _Word(word, *(known[word][name] for name in ("stem", "is_stop", "is_whole")))
        for word in kept
    ]
    counted = [one for one in read if not one.is_stop] or read
    opens = (
        counted[-1] is read[-1]
        and not read[-1].is_whole
        # A single letter is the beginning of too many words to stand alone.
        and (len(counted) > 1 or len(counted[0].word) > 1)
    )
    last = len(counted) - 1
    terms = {
        one.word: _term(one, opens=opens and place == last) for place, one in enumerate(counted)
    }
    corrected = " ".join(one.word for one in read) if any(one.corrected for one in read) else None
    exact = {" ".join(typed), " ".join(kept), *([corrected] if corrected else [])}
    stop_words = {one.word for one in read} - {one.word for one in counted}
    return SearchQuery(
        " & ".join(terms.values()),
        tuple(exact),
        tuple(dict.fromkeys(form for one in counted for form in (one.word, one.stem))),
        counted[-1].word if opens else None,
        corrected,
        _alone(read, counted, [set(name.split(" ")) - stop_words for name in exact], wrong),
        tuple(stop_words),
        terms,
        tuple(not_understood(question)),
    )


def _alone(
    read: list[_Word], counted: list[_Word], names: Iterable[set[str]], wrong: list[str]
) -> str | None:
    """Return the only word that counts, if it is the last one and no name differs from it.

    `names` have the words that may be names of records, without stop words.
    """
    word = counted[-1].word
    # Corrected words occur nowhere, so they are nobody's name.
    is_alone = all(name == {word} or not name.isdisjoint(wrong) for name in names)
    return word if counted == read[-1:] and is_alone else None


async def _correct(
    fetch: Fetch, wrong: list[str], revision: int, *, quick: bool
) -> dict[str, _Word]:
    """Return the known words that were probably meant by words that occur nowhere."""
    found: dict[str, _Word] = {}
    if wrong:
        pairs = [
            (word, variant)
            for word in wrong
            for variant in tokens.variants(word)
            # A word that is too short to be corrected is not a mistyped longer one, either.
            if tokens.is_correctable(variant)
        ]
        mistyped, variants = ([pair[place] for pair in pairs] for place in (0, 1))
        statement = Statement.named("edited_words", mistyped, variants, revision)
        found = _nearest(await fetch(statement))
    left = [word for word in wrong if word not in found and tokens.most_wrong(word) > 1]
    if left and not quick:
        found |= _nearest(await fetch(Statement.named("alike_words", left, revision)))
    return found


def _nearest(rows: Iterable[Any]) -> dict[str, _Word]:
    candidates: dict[str, dict[str, str]] = {}
    for row in rows:
        candidates.setdefault(row["word"], {})[row["known"]] = row["stem"]
    return {
        word: _Word(nearest, stem_of[nearest], corrected=True)
        for word, stem_of in candidates.items()
        if (nearest := tokens.nearest(word, stem_of)) is not None
    }


def _term(one: _Word, *, opens: bool) -> str:
    forms = [f"'{one.word}'{':*' if opens else ''}"]
    if one.stem != one.word:
        forms.append(f"'{one.stem}'")
    return f"({' | '.join(forms)})"
