"""Companies: their entries, parents, identifiers and sectors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layoff_ledger import vocabulary
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import rule, violation
from layoff_ledger.nearest import nearest_word


@rule
def company_is_known(curated: Curated) -> Iterator[Violation]:
    """The company of a wave has an entry, and so does the parent of a company."""
    known = curated.known("companies")
    for wave in curated.waves.values():
        if wave.company not in known:
            message = f"no company {wave.company!r}"
            hint = nearest_word(wave.company, known)
            yield violation(curated, "waves", wave.id, company_is_known, message, hint, "company")
    for company in curated.companies.values():
        if company.parent is not None and company.parent not in known:
            message = f"no company {company.parent!r}"
            hint = nearest_word(company.parent, known)
            yield violation(
                curated, "companies", company.id, company_is_known, message, hint, "parent"
            )


@rule
def parents_form_no_circle(curated: Curated) -> Iterator[Violation]:
    """No company is its own parent, either directly or through others."""
    for company in curated.companies.values():
        seen, above = {company.id}, company.parent
        while above is not None and above in curated.companies:
            if above in seen:
                message = f"its parents lead back to {above!r}"
                yield violation(curated, "companies", company.id, parents_form_no_circle, message)
                break
            seen.add(above)
            above = curated.companies[above].parent


@rule
def identifier_is_well_formed(curated: Curated) -> Iterator[Violation]:
    """An identifier follows its scheme, and an LEI's check digits are right (ISO 7064 97-10)."""
    for company in curated.companies.values():
        for scheme, value in company.identifiers.items():
            pattern = vocabulary.IDENTIFIER_SCHEMES.get(scheme)
            message = None
            if pattern is None:
                message = f"no scheme {scheme!r}"
            elif not re.fullmatch(pattern, value):
                message = f"{value!r} is not a {scheme}, which looks like {pattern}"
            elif scheme == "lei" and int("".join(str(int(one, 36)) for one in value)) % 97 != 1:
                message = f"the check digits of {value!r} are wrong"
            if message is not None:
                hint = (
                    nearest_word(scheme, vocabulary.IDENTIFIER_SCHEMES) if pattern is None else None
                )
                yield violation(
                    curated, "companies", company.id, identifier_is_well_formed, message, hint
                )


@rule
def identifier_is_one_companys(curated: Curated) -> Iterator[Violation]:
    """No two companies share an identifier."""
    owner: dict[tuple[str, str], str] = {}
    for company in curated.companies.values():
        for identifier in company.identifiers.items():
            first = owner.setdefault(identifier, company.id)
            if first != company.id:
                message = f"{identifier[0]} {identifier[1]} is also {first!r}'s"
                yield violation(
                    curated, "companies", company.id, identifier_is_one_companys, message
                )


# Words in a company's name that say what it does → the sector (NAICS 2022) of all such companies.
_SECTOR_OF = (
    (r"therapeutics|pharma\w*|biopharma\w*|biosciences?|biotherapeutics|biologics|oncology"
     r"|vaccines|genomics|medicines", "31-33"),
    (r"airlines?|airways", "48-49"),
    (r"bank|bancorp|insurance|banca|banco", "52"),
    (r"university|college", "61"),
)  # fmt: skip


@rule
def sector_fits_the_name(curated: Curated) -> Iterator[Violation]:
    """Companies whose names say that they do the same have the same sector.

    Makers of medicines are `31-33`, even while they only do research; airlines `48-49`, banks and
    insurers `52`.
    """
    for company in curated.companies.values():
        for words, sector in _SECTOR_OF:
            if company.industry in {None, sector}:
                continue
            if re.search(rf"\b(?:{words})\b", company.name, re.IGNORECASE):
                yield violation(
                    curated,
                    "companies",
                    company.id,
                    sector_fits_the_name,
                    f"{company.name} is in {company.industry}, but companies with such names are "
                    f"in {sector}",
                    f'set industry = "{sector}", or exempt it and give the reason',
                )
