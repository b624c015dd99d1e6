"""Figures against the words that are cited for them: the number, its hedge, and what it covers."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import pycountry
from msgspec import Struct

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import (
    LocatedClaim,
    all_claims,
    rule,
    runs_of_words,
    violation_of_claim,
)
from layoff_ledger.curation.rules.hedges import hedges
from layoff_ledger.curation.rules.numbers import Number, matches, numbers

ROUND = 50
"""Multiples of this are round: whoever counts says 1,013, whoever estimates says 1,000."""

_OWN_TEXT = {"filing", "company_statement", "government_notice", "union_statement"}
_EXPLAINED = re.compile(
    r"\d|hedge|half|third|quarter|all of|\bsums?\b|together|"
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand)\b",
    re.IGNORECASE,
)
"""Words in a claim's note that explain why its figure is not the cited one."""
_WHY_EXACT = re.compile(
    r"\bexact|precise|\bcounted\b|\bnotice|filing|own (?:words|text|figure)|\blist\b|agreed"
    r"|\bregister",
    re.IGNORECASE,
)
"""Words in a note that make a round or hedged figure exact; that it is round does not."""
_WHY_A_BOUND = re.compile(r"\b(?:at least|the least|at most|up to|bounds?|limit)\b", re.IGNORECASE)


class Quoted(Struct, frozen=True):
    """A fragment cited for a figure, and the numbers in it that agree with the figure."""

    citation: records.Citation
    fragment: str
    agreeing: tuple[Number, ...]


def _magnitudes(curated: Curated) -> Iterator[tuple[LocatedClaim, records.Magnitude]]:
    for located in all_claims(curated):
        if isinstance(located.claim, records.Magnitude):
            yield located, located.claim


def _quoted(claim: records.Magnitude) -> list[Quoted]:
    share = claim.measure == "share"
    targets = [one for one in (claim.value, claim.low, claim.high) if one is not None]
    return [
        Quoted(
            citation,
            citation.fragment,
            tuple(
                number
                for number in numbers(citation.fragment)
                if any(matches(number, target, share=share) for target in targets)
            ),
        )
        for citation in claim.citations
        if citation.fragment is not None
    ]


@rule
def qualifier_agrees_with_hedge(curated: Curated) -> Iterator[Violation]:
    """The qualifier of a figure is the hedge that comes before it in the cited words.

    About, around, nearly, almost, roughly, some: `approximately`. More than, over, at least, or
    more: `at_least`. Up to, as many as, less than: `up_to`. The same applies in other languages.
    "Just over" and "just under" may also be `approximately`. If sources hedge differently, the
    qualifier follows one of them; `at_least` and `up_to` without such a word need a note, and so
    does a figure that is `exact` although the words hedge it.
    """
    for located, claim in _magnitudes(curated):
        if claim.qualifier in {"range", "derived"}:
            continue
        seen = [
            (number, hedges(one.fragment, number), one.fragment)
            for one in _quoted(claim)
            for number in one.agreeing
        ]
        if not seen or any(claim.qualifier in allowed for _, allowed, _ in seen):
            continue
        bare = [fragment for _, allowed, fragment in seen if not allowed]
        if bare and claim.qualifier in {"exact", "approximately"}:
            continue
        _, allowed, fragment = seen[0]
        words = f"“{fragment}”"
        # "Up to 7 per cent, or 8,000 jobs": there is one hedge, and it applies to both.
        if claim.qualifier in {one for n in numbers(fragment) for one in hedges(fragment, n)}:
            continue
        if not allowed:
            if claim.note is not None:
                continue
            message = f"{claim.qualifier}, but the words have no such hedge: {words}"
            hint = "follow the words, or say in the note where the bound comes from"
        else:
            why = _WHY_EXACT if claim.qualifier == "exact" else _WHY_A_BOUND
            if claim.note and why.search(claim.note):
                continue
            message = f"{claim.qualifier}, but the words hedge it: {words}"
            hint = f"write {' or '.join(sorted(allowed))}"
        yield violation_of_claim(curated, located, qualifier_agrees_with_hedge, message, hint)


@rule
def number_is_the_one_that_is_cited(curated: Curated) -> Iterator[Violation]:
    """A fragment that gives a number of people, or a share, gives the claim's.

    If it does not, the note of the claim says why: it names the number, or how the two compare.

    A fragment may contain several numbers: one of them has to agree. Derived figures are computed,
    and their note says how.
    """
    for located, claim in _magnitudes(curated):
        if claim.qualifier == "derived":
            continue
        kind = "share" if claim.measure == "share" else "count"
        for one in _quoted(claim):
            others = [n for n in numbers(one.fragment) if n.kind == kind and n.certain]
            explained = claim.note is not None and _EXPLAINED.search(claim.note)
            if others and not one.agreeing and not explained:
                yield _mismatch(curated, located, others, one.fragment)
    for located in all_claims(curated):
        role = located.claim
        if not isinstance(role, records.RoleClaim) or role.headcount is None:
            continue
        fragments = [one.fragment for one in role.citations if one.fragment is not None]
        found = [n for text in fragments for n in numbers(text) if n.kind == "count"]
        certain = [n for n in found if n.certain]
        explained = role.note is not None and _EXPLAINED.search(role.note)
        agrees = any(matches(n, role.headcount, share=False) for n in found)
        if certain and not agrees and not explained:
            yield _mismatch(curated, located, certain, " / ".join(fragments))


def _mismatch(
    curated: Curated, located: LocatedClaim, others: list[Number], fragment: str
) -> Violation:
    listed = ", ".join(f"{number.values[0]:g}" for number in others)
    return violation_of_claim(
        curated,
        located,
        number_is_the_one_that_is_cited,
        f"the words say {listed}: “{fragment}”",
        "correct the figure or the citation, or say in the note how the two fit together",
    )


@rule
def round_figure_is_not_exact(curated: Curated) -> Iterator[Violation]:
    """A round figure that only the press gives is `approximately`, unless the note says why not.

    A number is round if it is a multiple of 50, and a share if it is a whole per cent. Figures are
    `exact` if the company's own text, a filing or a notice states them without a hedge, or if they
    are not round.
    """
    for located, claim in _magnitudes(curated):
        if claim.qualifier != "exact" or claim.value is None or claim.rank == "deprecated":
            continue
        if claim.speaker not in {"press", "analyst"}:
            continue
        if claim.measure == "share":
            is_round = abs(claim.value * 100 - round(claim.value * 100)) < 1e-6  # noqa: PLR2004
            is_round = is_round and claim.value < 1
        else:
            is_round = claim.value % ROUND == 0
        kinds = {
            curated.sources[one.source].kind
            for one in claim.citations
            if one.source in curated.sources
        }
        noted = claim.note is not None and _WHY_EXACT.search(claim.note)
        if is_round and not kinds & _OWN_TEXT and not noted:
            yield violation_of_claim(
                curated,
                located,
                round_figure_is_not_exact,
                f"{claim.value:g} is round and only the press gives it, but its qualifier is exact",
                'set qualifier = "approximately", or say in the note why it is exact',
            )


_ADJECTIVES = {
    "american": "US", "u.s.": "US", "us": "US", "british": "GB", "uk": "GB", "german": "DE",
    "french": "FR", "italian": "IT", "spanish": "ES", "dutch": "NL",
    "belgian": "BE", "swedish": "SE",
    "norwegian": "NO", "danish": "DK", "finnish": "FI", "polish": "PL",
    "irish": "IE", "swiss": "CH",
    "austrian": "AT", "canadian": "CA", "indian": "IN", "chinese": "CN", "japanese": "JP",
    "australian": "AU", "brazilian": "BR", "mexican": "MX", "south african": "ZA", "turkish": "TR",
    "israeli": "IL", "russian": "RU", "czech": "CZ", "portuguese": "PT", "greek": "GR",
    "korean": "KR", "singapore": "SG", "britain": "GB",
    "the united states": "US", "deutschland": "DE",
    "frankreich": "FR", "españa": "ES", "italia": "IT", "brasil": "BR", "turkey": "TR",
    "south korea": "KR", "russia": "RU", "northern ireland": "GB", "scotland": "GB", "wales": "GB",
    "czech republic": "CZ", "vietnam": "VN", "taiwan": "TW",
}  # fmt: skip
_WORLD = re.compile(
    r"\b(?:global\w*|worldwide|world|weltweit\w*|around the world|across the globe|countries|total|"
    r"insgesamt|overall|mondial\w*|mundial\w*)\b",
    re.IGNORECASE,
)
_NOT_EMPLOYEES = re.compile(
    r"[\s-]+(?:\w+[\s-]+){0,2}?(?:contractors|contract workers|contract staff|agency workers"
    r"|temporary workers|temps|freelancers|leiharbeit\w+)\b",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    r"^(?:[\s-]+[^\s,;:]+){1,4}?\s+(?:in|at|from|of|within)\s+(?:its|the|their|our|his)\s+"
    r"(?:[^\s,;:]+\s+){1,4}?(?:division|unit|plant|factory|segment|subsidiary|department|studio|site"
    r"|headquarters|mill|mine|smelter|refinery|arm|warehouse|branch|werk)\b",
    re.IGNORECASE,
)


@functools.cache
def _country_words() -> re.Pattern[str]:
    longest_first = sorted(_country_codes(), key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


@functools.cache
def _country_codes() -> dict[str, str]:
    names = {one.name.lower(): one.alpha_2 for one in pycountry.countries}
    # Names that are also words, people or places.
    for ambiguous in ("georgia", "chad", "jordan", "jersey", "guinea", "niger", "mali"):
        names.pop(ambiguous, None)
    return {**names, **_ADJECTIVES}


@rule
def part_has_a_base(curated: Curated) -> Iterator[Violation]:
    """A figure whose words name a country, a division, a site or contractors has a `base`.

    A figure without a base is of the whole company. Jobs in the only country of a wave are those of
    the whole wave, so they need no base; a share or a workforce there does.
    """
    for located, claim in _magnitudes(curated):
        if claim.base is not None or claim.rank == "deprecated":
            continue
        for one in _quoted(claim):
            part = next(
                (part for n in one.agreeing if (part := _part(located, one.fragment, n))), None
            )
            if part is not None:
                yield violation_of_claim(
                    curated,
                    located,
                    part_has_a_base,
                    f"the words name a part ({part}), but there is no base: “{one.fragment}”",
                    "set base, and countries if the part is a country",
                )
                break


def _part(located: LocatedClaim, fragment: str, number: Number) -> str | None:
    """Return the words for the part of the company that a number in a fragment counts."""
    others = [other.start for other in numbers(fragment) if other.start >= number.end]
    after = fragment[number.end : min(others, default=None)]
    found = _NOT_EMPLOYEES.match(after)
    if found and getattr(located.claim, "contractors_included", None) is None:
        return found[0].strip()
    if _WORLD.search(fragment):
        return None
    if found := _PART_AFTER.match(after):
        return found[0].strip()
    return _country_of(located, after)


def _country_of(located: LocatedClaim, after: str) -> str | None:
    """Return the only country named by the words after a number, unless it is the whole wave's."""
    near = re.split(r"[,;:.]\s|\)|\b(?:with|while|after|which|because|as|by)\b", after)[0]
    near = " ".join(near.split()[:8])
    found = _country_words().search(near)
    if found is None or found[1] == "us":  # the pronoun, not the country
        return None
    rest = after[after.find(found[1]) + len(found[1]) :]
    if re.search(r"abroad|subsidiaries|elsewhere", near) or _country_words().search(rest):
        return None  # a list of countries may be all of them
    claim, scope = located.claim, located.wave.scope
    code = _country_codes()[found[1].lower()]
    whole = scope is not None and scope.countries == [code] and not scope.worldwide
    headcount = isinstance(claim, records.Magnitude) and claim.measure == "headcount"
    return None if whole and headcount else found[1]


@rule
def same_words_have_the_same_base(curated: Curated) -> Iterator[Violation]:
    """If one figure has a `base`, others from the same words have one, or a note that says why not.

    "300 out of 3,000 jobs in Germany" is about Germany twice. Words are the same if four in a row
    come from one source, or if a shorter fragment matches as a whole.
    """
    for located, claim in _magnitudes(curated):
        if claim.base is not None or claim.note is not None or claim.rank == "deprecated":
            continue
        runs = _runs(claim)
        for other in located.wave.magnitudes:
            if other.base is not None and runs & _runs(other):
                yield violation_of_claim(
                    curated,
                    located,
                    same_words_have_the_same_base,
                    f"it has no base, but the {other.measure} from the same words is of "
                    f"{other.base!r}",
                    "set base, or say in the note what the figure is of",
                )
                break


def _runs(claim: records.Magnitude) -> set[tuple[str, ...]]:
    """Return every run of words in the fragments of a figure, each after the id of its source."""
    return {run for one in claim.citations for run in runs_of_words(one)}
