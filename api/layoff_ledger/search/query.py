"""A few words → what they mean here: terms, exact names, a beginning, what was corrected.

All words must occur, in any order; each also in its other English forms. The last one may be only a
beginning, unless it occurs as a word in some text: "ai" does not ask for airlines. A word that
occurs nowhere is taken for the known one that is most similar. Words that are a name of a company
or a place also find what has its other names: Facebook's cuts are Meta's, Firenze is Florence.
Words consist of letters and digits only (`tokens.py`) and are always arguments.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.resources.hidden import token_of
from layoff_ledger.search import stems, tokens
from layoff_ledger.search.alternatives import ALTERNATIVES, Alternative
from layoff_ledger.search.operators import not_understood
from layoff_ledger.statement import Statement

MAX_CORRECTED = 8
"""How many words of a query are corrected: each costs a separate search."""
MAX_WORDS = 40
"""Words of a query that count."""
LONGEST_NAME = 5
"""Words of a name that is looked for within a query."""
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
    """Each word or name that counts, and its tsquery: all of them together are `tsquery`."""
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


async def parse_query(
    fetch: Fetch, question: str, revision: int, *, quick: bool = False, corrects: bool = True
) -> SearchQuery:
    """Say what a query means to the ledger as of a revision.

    With `quick`, only words with a single wrong letter are corrected; without `corrects`, none.
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
            sorted({" ".join(typed[start:end]) for start, end in _spans(len(typed[:MAX_WORDS]))}),
        )
    )
    known = {row["word"]: row for row in rows if row["company"] is None}
    # Each word that counts, with the words of which it is made.
    kept: list[tuple[str, Sequence[str]]] = []
    for run in runs:
        whole = tokens.joined(run)
        if whole is not None and known[whole]["is_known"]:
            kept.append((whole, run))
        else:
            kept += [(word, (word,)) for word in run]
    kept = kept[:MAX_WORDS]
    stop = {word for word, row in known.items() if row["is_stop"]}
    names = _names_in(kept, [row for row in rows if row["company"] is not None], stop)
    called = {word for start, name in names.items() for word, _ in kept[start : name.end]}
    wrong = [
        word
        for word in dict.fromkeys(word for word, _ in kept)
        if tokens.is_correctable(word)
        and word not in called
        and not (known[word]["is_known"] or known[word]["is_opening"])
    ]
    correctable = wrong[:MAX_CORRECTED] if corrects else []
    if right := await _correct(fetch, correctable, revision, quick=quick):
        corrected = " ".join(right.get(word, word) for word, _ in kept)
        # Once more, because what was meant may be part of a name.
        query = await parse_query(fetch, corrected, revision, corrects=False)
        return msgspec.structs.replace(
            query,
            exact=tuple({*query.exact, " ".join(typed), " ".join(word for word, _ in kept)}),
            corrected=corrected,
            not_understood=tuple(not_understood(question)),
        )
    read = [
        _Word(word, *(known[word][name] for name in ("stem", "is_stop", "is_whole")))
        for word, _ in kept
    ]
    counted = [one for one in read if not one.is_stop] or read
    opens = (
        counted[-1] is read[-1]
        and not read[-1].is_whole
        and read[-1].word not in called
        # A single letter is the beginning of too many words to stand alone.
        and (len(counted) > 1 or len(counted[0].word) > 1)
    )
    terms = _terms(read, counted, names, opens=opens)
    exact = {" ".join(typed), " ".join(word for word, _ in kept)}
    stop_words = {one.word for one in read} - {one.word for one in counted}
    others = [word for name in names.values() for one in name.others for word in one.words]
    forms = [form for one in counted for form in (one.word, one.stem)]
    return SearchQuery(
        " & ".join(terms.values()),
        tuple(exact),
        tuple(dict.fromkeys([*forms, *others])),
        counted[-1].word if opens else None,
        None,
        # What is kept for a word are the hits of the word alone, without those of other names.
        None if names else _alone(read, counted, exact, stop_words, wrong),
        tuple(stop_words),
        terms,
        tuple(not_understood(question)),
    )


class _Name(Struct, frozen=True):
    """Words of a query that are a name of something that has other names, too."""

    end: int
    """Position of the word after it."""
    others: list[Alternative]


def _spans(number: int) -> Iterable[tuple[int, int]]:
    """Yield where names may begin and end among so many words, the longest ones first."""
    for start in range(number):
        for end in range(min(number, start + LONGEST_NAME), start, -1):
            yield start, end


def _names_in(
    kept: Sequence[tuple[str, Sequence[str]]], companies: Iterable[Any], stop: set[str]
) -> dict[int, _Name]:
    """Return the names of companies and places within a query by where they begin.

    The longest ones are taken, from left to right; among other words, "who" is not the World Health
    Organization. A company's own name on its own only finds texts that have it, and so does any
    name between stop words.
    """
    hidden: dict[str, list[Alternative]] = {}
    is_alone = sum(word not in stop for word, _ in kept) <= 1
    for row in companies:
        if not is_alone or (row["is_other_name"] and len(kept) == 1):
            token = token_of(row["company"])
            hidden.setdefault(row["word"], []).append(Alternative(f"'{token}'", ()))
    found: dict[int, _Name] = {}
    after = 0
    for start, end in _spans(len(kept)):
        words = [word for _, parts in kept[start:end] for word in parts]
        if start < after or (stop.issuperset(words) and len(kept) > end - start):
            continue
        name = " ".join(words)
        if others := [*hidden.get(name, ()), *ALTERNATIVES.get(name, ())]:
            found[start] = _Name(end, others)
            after = end
    return found


def _terms(
    read: Sequence[_Word], counted: Sequence[_Word], names: dict[int, _Name], *, opens: bool
) -> dict[str, str]:
    """Return the tsquery of each word that counts, and of each name that has others."""
    counts = set(map(id, counted))
    found = {}
    place = 0
    while place < len(read):
        name = names.get(place)
        end = place + 1 if name is None else name.end
        words = [one for one in read[place:end] if name is not None or id(one) in counts]
        telling = [one for one in words if not one.is_stop] or words
        if telling:
            is_last = end == len(read)
            term = " & ".join(
                _term(one, opens=opens and is_last and one is read[-1]) for one in telling
            )
            if name is not None:
                others = " | ".join(f"({one.tsquery})" for one in name.others)
                term = f"(({term}) | {others})"
            found[" ".join(one.word for one in words)] = term
        place = end
    return found


def _alone(
    read: list[_Word],
    counted: list[_Word],
    exact: Iterable[str],
    stop_words: set[str],
    wrong: list[str],
) -> str | None:
    """Return the only word that counts, if it is the last one and no name differs from it."""
    word = counted[-1].word
    names = [set(name.split(" ")) - stop_words for name in exact]
    # Words that occur nowhere are nobody's name.
    is_alone = all(name == {word} or not name.isdisjoint(wrong) for name in names)
    return word if counted == read[-1:] and is_alone else None


async def _correct(fetch: Fetch, wrong: list[str], revision: int, *, quick: bool) -> dict[str, str]:
    """Return the known words that were probably meant by words that occur nowhere."""
    found: dict[str, str] = {}
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


def _nearest(rows: Iterable[Any]) -> dict[str, str]:
    candidates: dict[str, list[str]] = {}
    for row in rows:
        candidates.setdefault(row["word"], []).append(row["known"])
    return {
        word: nearest
        for word, known in candidates.items()
        if (nearest := tokens.nearest(word, known)) is not None
    }


def _term(one: _Word, *, opens: bool) -> str:
    forms = [f"'{one.word}'{':*' if opens else ''}"]
    if one.stem != one.word:
        forms.append(f"'{one.stem}'")
    return f"({' | '.join(forms)})"
