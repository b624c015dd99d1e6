"""Questions → SQL: what is meant by a few words, where they stand, and what is typed so far.

All words must occur, in any order; each also in its other English forms, the last one also where it
is only a beginning. A word that occurs nowhere is taken for the known one that it is most like.
Words have letters and digits only (`words.py`) and are always arguments. Lists take the same
meaning of `q` through `Ledger.meant` and `queries`.
"""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger import files, types, words
from layoff_ledger.queries import RELEVANCE, Conditions, Meant, Statement, revision_of

MOST_CORRECTED = 8
"""Words of a question that are put right: each costs a search of its own."""
MOST_WORDS = 40
"""Words of a question that count."""
MOST_SUGGESTIONS = 10
MOST_READINGS = 3
"""Other readings of a mistyped name that are looked up."""
INDEXED = 3
"""First letters by which names are indexed in their order."""
FEW_NAMES = 1_000
"""So many are sorted more quickly than they are picked out of others."""
LONGEST_SNIPPET = 240
BEFORE_A_MARK = 60
"""Characters of a long line that a snippet shows before the first word that was found."""

Fetch = Callable[[Statement], Awaitable[Sequence[Any]]]


class _Word(Struct, frozen=True):
    """A word of a question as it is understood."""

    word: str
    stem: str
    is_stop: bool = False
    corrected: bool = False


async def understand(fetch: Fetch, asked: str, revision: int, *, quick: bool = False) -> Meant:
    """Say what a question means to the ledger as of a revision.

    With `quick`, only words with a single wrong letter are put right.
    """
    runs = words.parts(asked)
    typed = [word for run in runs for word in run]
    if not typed:
        return Meant("", (), (), None, None)
    compounds = [whole for run in runs if (whole := words.joined(run)) is not None]
    rows = await fetch(
        Statement(
            files.statement("queries/understand_words.sql"),
            # While a word is typed, its beginning is all that there is.
            (sorted({*typed, *compounds}), revision, typed[-1]),
        )
    )
    known = {row["word"]: row for row in rows}
    kept: list[str] = []
    for run in runs:
        whole = words.joined(run)
        kept += [whole] if whole is not None and known[whole]["is_known"] else run
    kept = kept[:MOST_WORDS]
    wrong = [
        word
        for word in dict.fromkeys(kept)
        if words.is_correctable(word) and not (known[word]["is_known"] or known[word]["is_opening"])
    ]
    right = await _correct(fetch, wrong[:MOST_CORRECTED], revision, quick=quick)
    read = [
        right.get(word) or _Word(word, known[word]["stem"], known[word]["is_stop"]) for word in kept
    ]
    counted = [one for one in read if not one.is_stop] or read
    # A single letter begins too much to stand alone.
    opens = counted[-1] is read[-1] and (len(counted) > 1 or len(counted[0].word) > 1)
    terms = [
        _term(one, opens=opens and place == len(counted) - 1) for place, one in enumerate(counted)
    ]
    corrected = " ".join(one.word for one in read) if any(one.corrected for one in read) else None
    return Meant(
        " & ".join(terms),
        tuple({" ".join(typed), " ".join(kept), *([corrected] if corrected else [])}),
        tuple(dict.fromkeys(form for one in counted for form in (one.word, one.stem))),
        counted[-1].word if opens else None,
        corrected,
    )


async def _correct(
    fetch: Fetch, wrong: list[str], revision: int, *, quick: bool
) -> dict[str, _Word]:
    """Give the known words that were probably meant by words that occur nowhere."""
    found: dict[str, _Word] = {}
    if wrong:
        pairs = [(word, variant) for word in wrong for variant in words.variants(word)]
        mistyped, variants = ([pair[place] for pair in pairs] for place in (0, 1))
        statement = files.statement("queries/edited_words.sql")
        found = _nearest(await fetch(Statement(statement, (mistyped, variants, revision))))
    left = [word for word in wrong if word not in found and words.most_wrong(word) > 1]
    if left and not quick:
        statement = files.statement("queries/alike_words.sql")
        found |= _nearest(await fetch(Statement(statement, (left, revision))))
    return found


def _nearest(rows: Iterable[Any]) -> dict[str, _Word]:
    candidates: dict[str, dict[str, str]] = {}
    for row in rows:
        candidates.setdefault(row["word"], {})[row["known"]] = row["stem"]
    return {
        word: _Word(meant, stems[meant], corrected=True)
        for word, stems in candidates.items()
        if (meant := words.nearest(word, stems)) is not None
    }


def _term(one: _Word, *, opens: bool) -> str:
    forms = [f"'{one.word}'{':*' if opens else ''}"]
    if one.stem != one.word:
        forms.append(f"'{one.stem}'")
    return f"({' | '.join(forms)})"


def hits(meant: Meant, kinds: Iterable[str], limit: int, *, revision: int) -> Statement:
    """Give the statement of the best hits, each with its text and the places that were found.

    A company whose name, identifier or listing was written exactly comes first, then any other
    record that is called so; then what has the words more often, nearer together and in better
    places.
    """
    conditions = Conditions()
    revision_of(conditions, revision, "entry")
    query = conditions.argument(meant.query, "tsquery")
    exact = conditions.argument(sorted(meant.exact), "text[]")
    conditions.texts.append(f"entry.words @@ {query}")
    if wanted := list(kinds):
        conditions.texts.append(f"entry.resource = any({conditions.argument(wanted, 'text[]')})")
    found = conditions.argument(list(meant.forms), "text[]")
    opening = conditions.argument(meant.opening, "text")
    text = f"""
        with best as (
            select
                entry.resource,
                entry.id,
                entry.first_revision,
                entry.label,
                {RELEVANCE.format(query)} + case
                    when not entry.exact && {exact} then 0
                    when entry.resource = 'company' then 2
                    else 1
                end as score,
                count(*) over () as count
            from api.search_version as entry
            where {conditions.text}
            order by score desc, entry.resource, entry.id collate "C"
            limit {int(limit)}
        )
        select
            best.*,
            entry.body,
            (
                select array_agg(distinct place)
                from unnest(entry.words) as one (lexeme, places, weights), unnest(places) as place
                where one.lexeme = any({found}) or starts_with(one.lexeme, {opening})
            ) as places
        from best
        inner join api.search_version as entry
            on
                entry.resource = best.resource
                and entry.id = best.id
                and entry.first_revision = best.first_revision
        order by best.score desc, best.resource, best.id collate "C"
        """
    return Statement(text, tuple(conditions.arguments))


def snippet(body: str, places: Sequence[int], meant: Meant) -> str:
    """Give the line that has most of the words, as HTML: words in `<mark>`, all else escaped."""
    wanted = set(places)
    number = 0
    best: tuple[int, str, list[words.Token]] = (0, body.partition("\n")[0], [])
    for line in body.split("\n"):
        marked = []
        for run in words.runs(line):
            whole = number + 1 in wanted and _is_whole([token.word for token in run], meant)
            for token in run:
                number += 1
                if whole or number in wanted:
                    marked.append(token)
        different = len({token.word for token in marked})
        if different > best[0]:
            best = (different, line, marked)
    _, line, marked = best
    start, end = _window(line, marked)
    pieces = ["… " if start else ""]
    at = start
    for token in marked:
        # One that `&` or an apostrophe joins may give two words at one place.
        if token.start >= at and token.end <= end:
            pieces.append(html.escape(line[at : token.start]))
            pieces.append(f"<mark>{html.escape(line[token.start : token.end])}</mark>")
            at = token.end
    pieces.append(html.escape(line[at:end]))
    return "".join(pieces) + (" …" if end < len(line) else "")


def _is_whole(run: list[str], meant: Meant) -> bool:
    """Say whether a hyphened word was asked for, and not only its first part."""
    whole = words.joined(run)
    if whole is None or run[0] in meant.forms:
        return False
    begins = meant.opening is not None and whole.startswith(meant.opening)
    return whole in meant.forms or (begins and len(meant.opening or "") > len(run[0]))


def _window(line: str, marked: list[words.Token]) -> tuple[int, int]:
    """Give which part of a line is shown; a cut falls between words."""
    if len(line) <= LONGEST_SNIPPET:
        return 0, len(line)
    first = marked[0] if marked else words.Token("", 0, 0)
    start = max(0, min(first.start - BEFORE_A_MARK, len(line) - LONGEST_SNIPPET))
    if start:
        blank = line.find(" ", start, first.start)
        start = first.start if blank < 0 else blank + 1
    end = min(len(line), start + LONGEST_SNIPPET)
    if end < len(line):
        blank = line.rfind(" ", first.end, end)
        end = max(first.end, end) if blank < 0 else blank
    return start, end


class Suggestion(Struct):
    """A company that may be meant by what is typed so far, and by what it was found."""

    id: str
    body: str
    kind: str
    written: str


class _Known(Struct):
    """What a suggestion shows of the stored document."""

    name: str
    country: types.CompanyCountry | None
    industry: types.CompanyIndustry | None
    identifiers: list[types.Identifier]


_KNOWN = msgspec.json.Decoder(_Known)


async def complete(fetch: Fetch, typed: str, revision: int) -> list[types.SuggestedCompany]:
    """Give the companies that may be meant, the likeliest first, without their addresses.

    What is called exactly so comes first, then names that begin so, then other names and
    identifiers, then later words of names, at last what is spelt much like it. Of equals, the one
    with more waves comes first.
    """
    parts = words.words(typed)
    if len(parts) > 1 and parts[0] in _SCHEMES and parts[1].isdecimal():
        # "CIK 1326801" is what a filing has.
        parts = parts[1:]
    found: dict[str, Any] = {}
    for reading in dict.fromkeys([" ".join(parts), "".join(parts), "".join(parts).lstrip("0")]):
        await _look_up(fetch, reading, revision, found)
    for reading in await _readings(fetch, parts, revision, found):
        await _look_up(fetch, reading, revision, found)
    return [_suggestion(row) for row in list(found.values())[:MOST_SUGGESTIONS]]


_SCHEMES = frozenset({"cik", "lei", "wikidata", "ticker"})


async def _look_up(fetch: Fetch, text: str, revision: int, found: dict[str, Any]) -> None:
    """Add what is called so or begins so, the best first, unless enough is found."""
    for places in ((1,), (2, 3)):
        if text and len(found) < MOST_SUGGESTIONS:
            for row in await fetch(names(text, places, revision=revision)):
                found.setdefault(row["id"], row)


async def _readings(
    fetch: Fetch, parts: list[str], revision: int, found: dict[str, Any]
) -> list[str]:
    """Give what may have been meant where a letter is wrong, the likeliest first."""
    if len(found) >= MOST_SUGGESTIONS or not any(map(words.is_correctable, parts)):
        return []
    *whole, last = parts
    start = ""
    if whole:
        meant = await understand(fetch, " ".join([*whole, "x"]), revision, quick=True)
        start = (meant.corrected or " ".join([*whole, "x"])).removesuffix(" x") + " "
    ends = [last]
    if words.is_correctable(last):
        statement = files.statement("queries/edited_openings.sql")
        rows = await fetch(Statement(statement, (words.variants(last), revision)))
        ends += [row["variant"] for row in rows[:MOST_READINGS]]
    return [start + end for end in ends]


def names(text: str, places: tuple[int, ...], *, revision: int) -> Statement:
    """Give the statement of the companies that are called so, or whose names begin so.

    `places` says in which kinds of names (`company_name_version.place`); with 1, what is called
    exactly so is looked for in all of them. Each branch reads few rows of one index, whatever the
    number of companies and whatever the planner knows of them: a short beginning, and a longer
    one of many names, is looked for among the names with the same first letters, those of companies
    with most waves first; one of few names is found by itself, and sorted.
    """
    conditions = Conditions()
    revision_of(conditions, revision, "name")
    folded = conditions.argument(text, "text")
    first = folded if len(text) <= INDEXED else conditions.argument(text[:INDEXED], "text")
    ranged = f"name.folded >= {folded} and name.folded < {folded} || chr(1114111)"
    ordered = f"left(name.folded, {min(len(text), INDEXED)}) = {first}"
    branches = []
    if 1 in places:
        branches.append((0, f"name.folded = {folded} and name.place in (1, 2, 4)"))
    for place in places:
        if len(text) <= INDEXED:
            branches.append((place, f"{ordered} and name.place = {place}"))
            continue
        few = (
            f"(select count(*) < {FEW_NAMES} from (select from api.company_name_version as name "
            f"where {ranged} and name.place = {place} "
            # Of any revision, and in the order of the index: so nothing but the index is read.
            f"order by name.folded limit {FEW_NAMES}) as probe)"
        )
        branches += [
            (place, f"{few} and {ranged} and name.place = {place}"),
            # Written so that no other index fits and that the planner expects many: it reads the
            # names in their order until there are enough, and does not sort them all.
            (
                place,
                f"not {few} and {ordered} and name.place = {place} "
                f"and coalesce(starts_with(name.folded, {folded}), false)",
            ),
        ]
    # A company has several names, and each branch must find ten companies.
    union = " union all ".join(
        f"(select name.company, {tier} as tier, name.kind, name.written, name.waves "
        f"from api.company_name_version as name where {conditions.text} and {condition} "
        f'order by {"" if tier else "name.place, "}name.waves desc, name.company collate "C" '
        f"limit {3 * MOST_SUGGESTIONS})"
        for tier, condition in branches
    )
    text = f"""
        select
            best.company::text as id,
            best.kind,
            best.written,
            version.body
        from (
            select distinct on (hit.company) hit.*
            from ({union}) as hit
            order by hit.company, hit.tier, hit.kind, hit.written
        ) as best
        inner join api.company_version as version
            on
                version.id = best.company
                and version.first_revision <= $1::integer
                and version.last_revision >= $1::integer
        order by best.tier, best.waves desc, best.company collate "C"
        limit {MOST_SUGGESTIONS}
        """
    return Statement(text, tuple(conditions.arguments))


def _suggestion(row: Any) -> types.SuggestedCompany:
    known = _KNOWN.decode("{" + row["body"])
    return types.SuggestedCompany(
        id=row["id"],
        url="",
        name=known.name,
        hint=_hint(row["kind"], row["written"], known),
        identifiers=known.identifiers,
    )


def _hint(kind: str, written: str, known: _Known) -> str | None:
    """Say by what a company was found; where that is its name, what kind of company it is."""
    told = {
        "legal_name": "registered as {}",
        "alias": "also {}",
        "former_name": "formerly {}",
        "cik": "CIK {}",
        "lei": "LEI {}",
        "wikidata": "Wikidata {}",
        "ticker": "{}",
    }.get(kind)
    if told is not None:
        return told.format(written)
    about = [
        *([known.country.name] if known.country else []),
        *([known.industry.label] if known.industry else []),
    ]
    return ", ".join(about) or None
