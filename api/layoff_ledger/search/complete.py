"""The beginning of a name → the companies that may be meant."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger.resources.company import CompanyCountry, CompanyIndustry, Identifier
from layoff_ledger.search import tokens
from layoff_ledger.search.query import Fetch, parse_query
from layoff_ledger.search.results import SuggestedCompany
from layoff_ledger.statement import Conditions, Statement

MAX_SUGGESTIONS = 10
MAX_READINGS = 3
"""Other readings of a mistyped name that are looked up."""
INDEXED = 3
"""First letters by which names are indexed in their order."""
SHORT = 3
"""A name with no more letters than this says too little to be a mistyped other one."""
FEW_NAMES = 1_000
"""This many are sorted faster than they are picked out of others."""


class _Known(Struct):
    """What a suggestion shows of the stored document."""

    name: str
    country: CompanyCountry | None
    industry: CompanyIndustry | None
    identifiers: list[Identifier]


_KNOWN = msgspec.json.Decoder(_Known)


async def complete(fetch: Fetch, typed: str, revision: int) -> list[SuggestedCompany]:
    """Return the companies that may be meant, the likeliest first, without their addresses.

    Exact names come first, then names that begin like this, then other names and identifiers, then
    later words of names, and last similar spellings. Among equals, the one with more waves comes
    first.
    """
    parts = tokens.words(typed)
    if len(parts) > 1 and parts[0] in _SCHEMES and parts[1].isdecimal():
        # "CIK 1326801" is how filings write it.
        parts = parts[1:]
    found: dict[str, Any] = {}
    for reading in dict.fromkeys([" ".join(parts), "".join(parts), "".join(parts).lstrip("0")]):
        await _look_up(fetch, reading, revision, found)
    for reading in await _readings(fetch, parts, revision, found):
        await _look_up(fetch, reading, revision, found)
    return [_suggestion(row) for row in list(found.values())[:MAX_SUGGESTIONS]]


_SCHEMES = frozenset({"cik", "lei", "wikidata", "ticker"})


async def called_almost_so(fetch: Fetch, typed: str, revision: int) -> str | None:
    """Return the id of the company with a name in which one letter differs, if there is one.

    This also applies if the typed word occurs in other records, which a search would not correct.
    With three letters, everything differs by one from some name or ticker: there two letters have
    to be swapped, in the name itself.
    """
    text = " ".join(tokens.words(typed))
    plain = text.replace(" ", "")
    if not tokens.is_correctable(plain):
        return None
    is_short = len(plain) <= SHORT
    conditions = Conditions.holding_at(revision, "name")
    written = tokens.swapped(text) if is_short else tokens.variants(text)
    conditions.add("name.folded = any({})", written, "text[]")
    places = "1" if is_short else "1, 2, 4"
    rows = await fetch(
        conditions.statement(
            "select name.folded, name.company from api.company_name_version as name "
            f"where {conditions.text} and name.place in ({places}) "
            'order by name.waves desc, name.company collate "C"'
        )
    )
    companies = {row["folded"]: row["company"] for row in reversed(rows)}
    near = tokens.nearest(text, (row["folded"] for row in rows))
    return None if near is None else companies[near]


async def _look_up(fetch: Fetch, text: str, revision: int, found: dict[str, Any]) -> None:
    """Add what has this name or begins like it, the best first, unless enough is found."""
    for places in ((1,), (2, 3)):
        if text and len(found) < MAX_SUGGESTIONS:
            for row in await fetch(names(text, places, revision=revision)):
                found.setdefault(row["id"], row)


async def _readings(
    fetch: Fetch, parts: list[str], revision: int, found: dict[str, Any]
) -> list[str]:
    """Return what may have been meant if a letter is wrong, the likeliest first."""
    if len(found) >= MAX_SUGGESTIONS or not any(map(tokens.is_correctable, parts)):
        return []
    *whole, last = parts
    start = ""
    if whole:
        typed = await parse_query(fetch, " ".join([*whole, "x"]), revision, quick=True)
        start = (typed.corrected or " ".join([*whole, "x"])).removesuffix(" x") + " "
    ends = [last]
    if tokens.is_correctable(last):
        rows = await fetch(Statement.named("edited_openings", tokens.variants(last), revision))
        ends += [row["variant"] for row in rows[:MAX_READINGS]]
    return [start + end for end in ends]


def names(text: str, places: tuple[int, ...], *, revision: int) -> Statement:
    """Return the statement of the companies whose names are this or begin like this.

    `places` says in which kinds of names (`company_name_version.place`); with 1, exact names are
    looked for in all of them. Each branch reads few rows of one index, whatever the number of
    companies and whatever the planner knows about them: a short beginning, and a longer one with
    many names, is looked for among the names with the same first letters, those of companies with
    most waves first; one with few names is found by itself, and sorted.
    """
    conditions = Conditions.holding_at(revision, "name")
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
            # Written so that no other index fits and that the planner expects many rows: it reads
            # the names in order until there are enough, and does not sort them all.
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
        f"limit {3 * MAX_SUGGESTIONS})"
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
        inner join api.whole_document as version
            on
                version.resource = 'company'
                and version.id = best.company
                and version.first_revision <= $1::integer
                and version.last_revision >= $1::integer
        order by best.tier, best.waves desc, best.company collate "C"
        limit {MAX_SUGGESTIONS}
        """
    return conditions.statement(text)


def _suggestion(row: Any) -> SuggestedCompany:
    known = _KNOWN.decode("{" + row["body"])
    return SuggestedCompany(
        id=row["id"],
        url="",
        name=known.name,
        hint=_hint(row["kind"], row["written"], known),
        identifiers=known.identifiers,
    )


def _hint(kind: str, written: str, known: _Known) -> str | None:
    """Say what a company was found by; if that is its name, what kind of company it is."""
    by = {
        "legal_name": "registered as {}",
        "alias": "also {}",
        "former_name": "formerly {}",
        "cik": "CIK {}",
        "lei": "LEI {}",
        "wikidata": "Wikidata {}",
        "ticker": "{}",
    }.get(kind)
    if by is not None:
        return by.format(written)
    about = [
        *([known.country.name] if known.country else []),
        *([known.industry.label] if known.industry else []),
    ]
    return ", ".join(about) or None
