"""Exemptions: a record says which rule rightly does not apply to it, and why."""

from __future__ import annotations

from collections.abc import Iterator

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import RULES, findings, rule, violation
from layoff_ledger.nearest import nearest_word


def _exempting(curated: Curated) -> Iterator[tuple[str, str, list[records.Exemption]]]:
    """Yield (kind, id, exemptions) of every record that may have exemptions."""
    for wave in curated.waves.values():
        yield "waves", wave.id, wave.exemptions
    for source in curated.sources.values():
        yield "sources", source.id, source.exemptions
    for company in curated.companies.values():
        yield "companies", company.id, company.exemptions


def _covers(exemption: records.Exemption, found: Violation) -> bool:
    """Return whether an exemption of the violation's record covers it."""
    _, _, path = found.record.partition(" ")
    return exemption.rule == found.rule and exemption.claim in {None, path}


def is_exempt(curated: Curated, found: Violation) -> bool:
    """Return whether the record that a violation names exempts it."""
    id_ = found.record.split(" ", maxsplit=1)[0]
    kinds: dict[str, records.Wave | records.Source | records.Company | None] = {
        "waves": curated.waves.get(id_),
        "sources": curated.sources.get(id_),
        "companies": curated.companies.get(id_),
    }
    for kind, record in kinds.items():
        if record is not None and curated.files[kind, id_] == found.file:
            return any(_covers(one, found) for one in record.exemptions)
    return False


@rule
def exemption_is_needed(curated: Curated) -> Iterator[Violation]:
    """An exemption names an existing rule, which the record would break without it.

    With `claim = "magnitudes[2]"` it covers only this claim, otherwise the whole record.
    """
    by_name = {one.__name__: one for one in RULES}
    for kind, id_, exemptions in _exempting(curated):
        for exemption in exemptions:
            message, hint = None, None
            if exemption.rule not in by_name:
                message, hint = f"no rule {exemption.rule!r}", nearest_word(exemption.rule, by_name)
            elif exemption.rule == exemption_is_needed.__name__:
                message = "nothing can be exempted from this rule"
            elif not any(
                _covers(exemption, found)
                and found.record.split(" ", maxsplit=1)[0] == id_
                and found.file == curated.files[kind, id_]
                for found in findings(curated, by_name[exemption.rule])
            ):
                on = "here" if exemption.claim is None else f"for {exemption.claim}"
                message = f"{exemption.rule!r} holds {on} without an exemption"
                hint = "delete it"
            if message is not None:
                yield violation(curated, kind, id_, exemption_is_needed, message, hint)
