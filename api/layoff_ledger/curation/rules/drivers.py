"""Drivers: who gives a reason, and how it is coded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import all_claims, rule, violation, violation_of_claim


@rule
def company_speaks_in_its_source(curated: Curated) -> Iterator[Violation]:
    """A driver that the company states or denies cites a text of its own, or one that was read."""
    for located in all_claims(curated):
        claim = located.claim
        if isinstance(claim, records.DriverClaim) and claim.speaker == "company":
            if claim.stance == "reports":
                yield violation_of_claim(
                    curated,
                    located,
                    company_speaks_in_its_source,
                    "a company states or denies its own reasons; it does not report them",
                    'set stance = "states", or speaker = "press"',
                )
            elif not any(_lets_company_speak(curated, one) for one in claim.citations):
                yield violation_of_claim(
                    curated,
                    located,
                    company_speaks_in_its_source,
                    "it cites no source in which the company speaks",
                    "cite its statement or a report that quotes it, or set speaker = 'press'",
                )


def _lets_company_speak(curated: Curated, citation: records.Citation) -> bool:
    """Either its own statement or filing, or a text that was read and so was seen to quote it."""
    source = curated.sources.get(citation.source)
    return (
        source is None
        or source.kind in {"filing", "company_statement"}
        or citation.evidence != "url_listed"
    )


@rule
def denial_is_not_a_driver_of_weight(curated: Curated) -> Iterator[Violation]:
    """A denied driver has the weight `context`: it is neither a primary nor contributing reason."""
    for located in all_claims(curated):
        claim = located.claim
        if (
            isinstance(claim, records.DriverClaim)
            and claim.stance == "denies"
            and claim.weight != "context"
        ):
            message = f"a denied driver has the weight {claim.weight}"
            hint = 'set weight = "context"'
            yield violation_of_claim(
                curated, located, denial_is_not_a_driver_of_weight, message, hint
            )


_NOT_A_REASON = re.compile(
    r"\bnot (?:\w+ ){0,3}?(?:as )?(?:its|the|a|their) (?:\w+ )?(?:reason|cause|ground|motive)\b"
    r"|\bnot (?:given|named|stated|cited|called|meant) as\b|\bno reason\b(?! of| beside)"
    r"|\bnot because\b|\b(?:does|do|did) not (?:tie|link|connect|attribute|ascribe)\b"
    r"|\bno (?:post|job|cut)s? (?:is|are) said to\b|\bonly (?:as )?(?:the )?background\b"
    r"|\bonly after\b|\bin general\b.*\bnot\b|\bnot by or of the company\b"
    r"|(?<!nor )(?<!neither )\bdenie[sd]\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|no|nor|without|rather than|never)\b"
    r"(?! (?:only|merely|in so many|the whole|all|just|solely|alone|fully|entirely|quite|longer"
    r"|den(?:y|ied)|confirm\w*|verbatim|in them|say how|put all))([^.;]{0,60})",
    re.IGNORECASE,
)
_WORDS_OF_CODE = {
    "ai_automation": r"\bAI\b|replac\w+",
    "ai_investment": r"\bAI\b",
    "ai_disruption": r"\bAI\b",
    "automation": r"automat\w+",
    "over_hiring": r"\bhir(?:ed|ing)\b",
    "cost_control": r"\b(?:costs?|savings?|saving)\b",
    "demand_decline": r"\b(?:demand|audience|used less)\b",
    "revenue_decline": r"\brevenues?\b",
    "financial_difficulty": r"\b(?:losses|financial difficult\w+)\b",
    "offshoring": r"\b(?:abroad|offshor\w+)\b",
    "outsourcing": r"\boutsourc\w+",
    "restructuring": r"\b(?:restructur|reorgani[sz])\w+",
    "competition": r"\bcompetit\w+",
    "merger_integration": r"\b(?:merger|acquisition|takeover)\b",
    "tariffs": r"\btariffs?\b",
    "delayering": r"\blayers?\b",
    "performance_management": r"\bperformance\b",
    "bankruptcy": r"\b(?:bankrupt\w*|insolven\w+)\b",
    "market_slump": r"\b(?:slump|market)\b",
}  # fmt: skip


@rule
def driver_note_agrees_with_its_code(curated: Curated) -> Iterator[Violation]:
    """The note of a reason that counts does not say that it was no reason, or contradict its code.

    A reason that is only mentioned, or that preceded the cut ("after" is not "because of"), has the
    weight `context`; words that do not say what the code means get a wider code.
    """
    for located in all_claims(curated):
        claim = located.claim
        if not isinstance(claim, records.DriverClaim) or claim.note is None:
            continue
        if claim.weight == "context" or claim.stance == "denies" or claim.rank == "deprecated":
            continue
        found = _NOT_A_REASON.search(claim.note)
        if found is None and claim.driver in _WORDS_OF_CODE:
            words = re.compile(_WORDS_OF_CODE[claim.driver], re.IGNORECASE)
            found = next(
                (one for one in _NEGATED.finditer(claim.note) if words.search(one[1])), None
            )
        if found is not None:
            yield violation_of_claim(
                curated,
                located,
                driver_note_agrees_with_its_code,
                f"{claim.weight} {claim.driver}, but the note says “{found[0].strip()}”",
                'set weight = "context" or a wider code, or correct the note',
            )


_DENIES = re.compile(
    # English
    r"\b(?:not|no|nor|never|none|nothing|neither|without|cannot|un(?:related|connected)|rather than"
    r"|instead of|(?:deny|den(?:ied|ies|ying)|disput|reject|refut|dismiss|rul(?:ed?|es|ing) out)\w*"
    r"|cover|pretext|excuse|myth|false)\b|n[\u2019']t\b"
    # German, French, Spanish, Italian, Portuguese, Dutch, Polish, the Nordic languages
    r"|\b(?:nicht|kein\w*|weder|bestreite\w*|aucun\w*|pas|ni|dément\w*|nie|niega\w*|ningun\w*|non"
    r"|nessun\w*|não|nega\w*|nenhum\w*|niet|geen|ontken\w*|żaden|inte|ingen|inga|ikke|ikkje)\b",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(
    r"\b(?:to|of|by|with|for|from|in|on|the|an?|or|and|that|not|than|as|its|their|our)$",
    re.IGNORECASE,
)


@rule
def denial_has_words_that_deny(curated: Curated) -> Iterator[Violation]:
    """The words quoted for a denial deny something, and include what they deny.

    Doubts, warnings and praise of something else are not denials: they are context.
    """
    for located in all_claims(curated):
        claim = located.claim
        if not isinstance(claim, records.DriverClaim) or claim.stance != "denies":
            continue
        quoted = [one.fragment for one in claim.citations if one.fragment]
        if not quoted:
            continue
        if not any(_DENIES.search(one) for one in quoted):
            message = "it is a denial, but no fragment has words that deny"
            hint = "quote the words that do, or turn the claim into [[context]]"
        elif all(_CUT_OFF.search(one) for one in quoted):
            message = f"“{quoted[0]}” ends before it says what is denied"
            hint = "quote as far as what is denied, with a second fragment if need be"
        else:
            continue
        yield violation_of_claim(curated, located, denial_has_words_that_deny, message, hint)


_SLOWED = re.compile(
    r"\b(?:slow(?:s|ed|er|ing)?|decelerat\w+)\b[^.;]{0,30}\bgrowth\b"
    r"|\bgrowth\b[^.;]{0,30}\b(?:slow(?:s|ed|er|ing)?|decelerat\w+)\b",
    re.IGNORECASE,
)
_MISSED = re.compile(
    r"\b(?:expect|anticipat|plan|project|forecast|prepar|target|budget|guid)\w*"
    r"|\b(?:fell|fall(?:s|ing|en)?|declin\w+|drop\w*|down|less|lower|shr[iau]nk\w*|decreas\w+)\b",
    re.IGNORECASE,
)


@rule
def slower_growth_is_no_decline(curated: Curated) -> Iterator[Violation]:
    """`revenue_decline` needs words for a fall, a standstill or a missed plan, not slow growth."""
    for located in all_claims(curated):
        claim = located.claim
        if not isinstance(claim, records.DriverClaim) or claim.driver != "revenue_decline":
            continue
        if claim.rank == "deprecated":
            continue
        quoted = " / ".join(one.fragment for one in claim.citations if one.fragment)
        if (found := _SLOWED.search(quoted)) and not _MISSED.search(quoted):
            yield violation_of_claim(
                curated,
                located,
                slower_growth_is_no_decline,
                f"revenue_decline, but the source says “{found[0]}”",
                "use the code of what is done about it (cost_control), or turn the claim into "
                "[[context]]",
            )


_NO_REASON_KNOWN = "not_stated"


@rule
def not_stated_stands_alone(curated: Curated) -> Iterator[Violation]:
    """A speaker who is said to give no reason gives none in the same wave."""
    for wave in curated.waves.values():
        silent = {
            one.speaker
            for one in wave.drivers
            if one.driver == _NO_REASON_KNOWN and one.rank != "deprecated"
        }
        for number, one in enumerate(wave.drivers, start=1):
            if (
                one.speaker in silent
                and one.driver != _NO_REASON_KNOWN
                and one.stance == "states"
                and one.weight != "context"
                and one.rank != "deprecated"
            ):
                yield violation(
                    curated,
                    "waves",
                    wave.id,
                    not_stated_stands_alone,
                    f"the {one.speaker} gives {one.driver} as a reason, and is also said to give "
                    "none",
                    "remove one of the two claims",
                    path=f"drivers[{number}]",
                )
