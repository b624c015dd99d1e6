"""Drivers: who gives a reason, and how it is coded."""

from __future__ import annotations

from collections.abc import Iterator

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import all_claims, rule, violation_of_claim


@rule
def company_speaks_in_its_source(curated: Curated) -> Iterator[Violation]:
    """A driver that the company states or denies has a source whose text was read or is its own."""
    for located in all_claims(curated):
        claim = located.claim
        if isinstance(claim, records.DriverClaim) and claim.speaker == "company":
            if claim.stance == "reports":
                yield violation_of_claim(
                    curated,
                    located,
                    company_speaks_in_its_source,
                    "a company states or denies its own reasons, it does not report them",
                    'set stance = "states", or speaker = "press"',
                )
            elif not any(_lets_company_speak(curated, one) for one in claim.citations):
                yield violation_of_claim(
                    curated,
                    located,
                    company_speaks_in_its_source,
                    "no source in which the company speaks",
                    "cite its statement or a report that quotes it, or set the speaker to press",
                )


def _lets_company_speak(curated: Curated, citation: records.Citation) -> bool:
    """A statement or filing of its own, or a text that was read and so was seen to quote it."""
    source = curated.sources.get(citation.source)
    return (
        source is None
        or source.kind in {"filing", "company_statement"}
        or citation.evidence != "url_listed"
    )


@rule
def denial_is_not_a_driver_of_weight(curated: Curated) -> Iterator[Violation]:
    """What is denied has the weight `context`: it is no reason, primary or contributing."""
    for located in all_claims(curated):
        claim = located.claim
        if (
            isinstance(claim, records.DriverClaim)
            and claim.stance == "denies"
            and claim.weight != "context"
        ):
            message = f"a denied driver with the weight {claim.weight}"
            hint = 'set weight = "context"'
            yield violation_of_claim(
                curated, located, denial_is_not_a_driver_of_weight, message, hint
            )
