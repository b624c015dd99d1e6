"""The editorial rules: each is a function whose docstring is the rule, and yields its violations.

Rules look at records and need no database. What the database can enforce is a constraint as well
(`sql/migrations/`); what can only be seen in the whole that is stored is a check (`sql/checks/`).
"""

from __future__ import annotations

from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules import (
    base,
    citations,
    codes,
    companies,
    drivers,
    events,
    exemptions,
    figures,
    ids,
    indicators,
    relations,
    roles,
    scope,
    sources,
    tombstones,
    wording,
)

# Importing a module declares its rules.
SUBJECTS = (
    ids,
    codes,
    companies,
    citations,
    sources,
    events,
    figures,
    wording,
    drivers,
    roles,
    scope,
    relations,
    indicators,
    tombstones,
    exemptions,
)


def validate(curated: Curated) -> list[Violation]:
    """Run every rule; violations that a record exempts with a reason are not reported."""
    violations = set(curated.violations)
    for rule in base.RULES:
        violations.update(
            found
            for found in base.findings(curated, rule)
            if not exemptions.is_exempt(curated, found)
        )
    return sorted(violations)
