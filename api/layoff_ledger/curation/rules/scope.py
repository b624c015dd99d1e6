"""Scope and forms: where the cuts are made, and how the jobs go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import (
    LocatedClaim,
    all_claims,
    claims,
    rule,
    runs_of_words,
    violation,
    violation_of_claim,
)


@rule
def subdivision_lies_in_its_country(curated: Curated) -> Iterator[Violation]:
    """A claim that lists countries lists those of its subdivisions: US for US-CA."""
    for located in all_claims(curated):
        claim = located.claim
        if not isinstance(claim, records.Scope | records.Magnitude) or not claim.countries:
            continue
        for code in claim.subdivisions:
            if (country := code.partition("-")[0]) not in claim.countries:
                message = (
                    f"{code} lies in {country}, but countries has {', '.join(claim.countries)}"
                )
                yield violation_of_claim(
                    curated, located, subdivision_lies_in_its_country, message, "add the country"
                )


@rule
def words_of_the_company_are_its_own(curated: Curated) -> Iterator[Violation]:
    """Words for scope or forms that are all the company's elsewhere are the company's here, too.

    Words that support two claims have one speaker: an outlet that passes on where or how jobs go,
    in the same words in which it passes on the announcement, does not speak for itself. A note may
    say why it does.
    """
    for wave in curated.waves.values():
        located_claims = list(claims(wave))
        for located in located_claims:
            claim = located.claim
            if not isinstance(claim, records.Scope | records.Forms):
                continue
            if claim.speaker != "press" or claim.note is not None or claim.rank == "deprecated":
                continue
            others = [one for one in located_claims if one.path not in {"scope", "forms"}]
            if all(_speakers(one, others) == {"company"} for one in claim.citations):
                yield violation_of_claim(
                    curated,
                    located,
                    words_of_the_company_are_its_own,
                    "the speaker is the press, but in other claims all the quoted words are the "
                    "company's",
                    'set speaker = "company", or say in the note why it is the press',
                )


def _speakers(citation: records.Citation, others: list[LocatedClaim]) -> set[str]:
    """Return who speaks in the claims that these words support; empty if nothing is quoted."""
    runs = runs_of_words(citation)
    return {
        other.claim.speaker
        for other in others
        if other.claim.rank != "deprecated"
        and any(runs & runs_of_words(one) for one in other.claim.citations)
    }


# Form → (drivers that imply it as a reason, words in events and reasons that imply it).
_FORM_OF = {
    "bankruptcy": ({"bankruptcy"}, r"\b(?:insolven(?:cy|t)|bankrupt(?:cy)?|chapter (?:7|11))\b"),
    "offshoring": ({"offshoring"}, None),
    "outsourcing": ({"outsourcing"}, None),
    "closure": (
        {"closure"},
        r"\b(?:clos(?:es|ing|ure of)|shuts?|closed) (?:down )?(?:its|the|all|both|two|three|a)\b"
        r"[^.;]{0,40}\b(?:plants?|factor(?:y|ies)|sites?|stores|offices?|studios?|mines?|mills?)\b",
    ),
    "voluntary_exit": (
        set(),
        r"\b(?:voluntary (?:exit|departure|redundanc|severance|separation)\w*|buy-?outs?"
        r"|early retirement)\b",
    ),
    "attrition": (set(), r"\b(?:attrition|natural (?:turnover|wastage|fluctuation))\b"),
    "furlough": (set(), r"\bfurlough\w*\b"),
}  # fmt: skip


@rule
def forms_say_what_the_claims_say(curated: Curated) -> Iterator[Violation]:
    """`[forms]` is not empty if claims say how the jobs go: by closure, buy-outs, attrition.

    A driver such as `offshoring` that counts as a reason requires its form, and so do the words of
    an event (its statement, or a fragment).
    """
    for wave in curated.waves.values():
        if wave.forms is not None and wave.forms.codes:
            continue
        for form, (drivers, pattern) in _FORM_OF.items():
            path = _says(wave, drivers, pattern)
            if path is not None:
                yield violation(
                    curated,
                    "waves",
                    wave.id,
                    forms_say_what_the_claims_say,
                    f"there are no forms, but {path} speaks of {form}",
                    f'add [forms] with codes = ["{form}"], speaker and citations',
                )
                break


def _says(wave: records.Wave, drivers: set[str], pattern: str | None) -> str | None:
    """Return the path of the first claim that says how the jobs go."""
    for number, driver in enumerate(wave.drivers, start=1):
        counts = driver.stance != "denies" and driver.weight != "context"
        if counts and driver.rank != "deprecated" and driver.driver in drivers:
            return f"drivers[{number}]"
    if pattern is not None:
        words = re.compile(pattern, re.IGNORECASE)
        for number, event in enumerate(wave.events, start=1):
            quoted = [event.statement, *(one.fragment for one in event.citations)]
            if event.rank != "deprecated" and any(words.search(one) for one in quoted if one):
                return f"events[{number}]"
    return None
