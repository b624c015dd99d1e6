"""Notices → companies and waves of the ledger: by what is sure, explained, and repeatable.

A company is found by an identifier that the collection gives, then by a name or alias that is the
same once case, accents, punctuation, legal form, site and store number are taken away. A name that
is only alike links nothing. A curator's word in `data/links/` stands above both.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import tomli
from msgspec import Struct

from layoff_ledger.curation.notices import Link, Notice
from layoff_ledger.search import tokens
from layoff_ledger.search.index import LEGAL_FORMS

BEFORE = datetime.timedelta(days=30)
"""How long before its announcement a wave may have notices."""
AFTER = datetime.timedelta(days=270)
_SCORES = {
    "cik": 0.98, "lei": 0.98, "wikidata": 0.97, "ticker": 0.95, "name": 0.95, "alias": 0.93,
    "parent_cik": 0.9,
}  # fmt: skip
"""How sure a match by each method is: judged on `tests/fixtures/linking.csv`, not computed."""
_FORMS = LEGAL_FORMS | {
    "aktiengesellschaft", "cos", "companies", "holding", "holdings", "incorporation", "na",
    "pbc", "pc", "pllc", "pte", "pty", "sarl",
}  # fmt: skip
# `(site)`, `- site`, `, site`, `/ site`, `#123` and the like, from the right to the left.
_AFTER_NAME = re.compile(
    r"\s*(?:\(.*|\s[-\N{EN DASH}\N{EM DASH}]\s.*|\s@\s.*|#\s*\d.*|\bstore\b.*|/.*|:.*|;.*)$",
    re.IGNORECASE,
)
_ALIAS = re.compile(
    r"\b(?:d\s*[/.]\s*b\s*[/.]\s*a\b\.?|dba|doing business as)\s*:?\s*", re.IGNORECASE
)
_NOISE = re.compile(
    r"\*?\b(?:updated?|amended|revised|rescinded|supplemental|(?:\d\w\w )?amendment)\b\*?|\*+",
    re.IGNORECASE,
)


class LinksError(Exception):
    """A curator's file that cannot be used; the message says why."""


class Judgement(Struct, frozen=True, forbid_unknown_fields=True):
    """What a curator says of a link. Names the notice, or the employer as filed."""

    reason: str
    notice: str | None = None
    employer: str | None = None
    jurisdiction: str | None = None
    company: str | None = None
    wave: str | None = None


class Judgements(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of `data/links/`."""

    confirm: list[Judgement] = []
    deny: list[Judgement] = []


class Company(Struct, frozen=True):
    """What a company is found by."""

    id: str
    industry: str | None
    names: list[tuple[str, str]]
    """Method (name or alias) and the name."""
    identifiers: dict[str, list[str]]


class Wave(Struct, frozen=True):
    """What a wave is found by."""

    id: str
    company: str
    announced_on: datetime.date
    canonical: bool
    countries: list[str]
    worldwide: bool


def read_judgements(folder: Path) -> Judgements:
    """Read what curators say of links; raise `LinksError` with the file that is wrong."""
    every = Judgements([], [])
    for path in sorted(folder.glob("*.toml")):
        try:
            one = msgspec.convert(tomli.loads(path.read_text(encoding="utf-8")), Judgements)
        except (tomli.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            message = f"{path}: {error}"
            raise LinksError(message) from error
        for judgement in (*one.confirm, *one.deny):
            if (judgement.notice is None) == (judgement.employer is None):
                message = f"{path}: name either a notice or an employer: {judgement.reason!r}"
                raise LinksError(message)
            if judgement.company is None and judgement.wave is None:
                message = f"{path}: name a company or a wave: {judgement.reason!r}"
                raise LinksError(message)
        every.confirm.extend(one.confirm)
        every.deny.extend(one.deny)
    return every


def companies_of(rows: Iterable[Any]) -> list[Company]:
    """Give what `read_linkable_companies.sql` found."""
    found = []
    for row in rows:
        identifiers: dict[str, list[str]] = {}
        for one in row["identifiers"]:
            scheme, _, value = one.partition(" ")
            identifiers.setdefault(scheme, []).append(value)
        names = [("name", row["name"])]
        names += [("name", row["legal_name"])] if row["legal_name"] else []
        names += [("alias", name) for name in row["names"]]
        found.append(Company(row["id"], row["industry"], names, identifiers))
    return found


def waves_of(rows: Iterable[Any]) -> list[Wave]:
    """Give what `read_linkable_waves.sql` found."""
    return [msgspec.convert(dict(row), Wave) for row in rows]


def bare(name: str) -> str:
    """Give a name as folded words without the legal form at its end and `the` at its beginning."""
    words = tokens.words(name)
    while len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    # "L.L.C." and "U.S.A." are single letters to the folding.
    while len(words) > 1 and len(words[-1]) == 1 and len(words[-2]) == 1:
        run = len(words)
        while run and len(words[run - 1]) == 1:
            run -= 1
        if "".join(words[run:]) not in _FORMS or run == 0:
            break
        del words[run:]
        while len(words) > 1 and words[-1] in _FORMS:
            words.pop()
    if len(words) > 1 and words[0] == "the":
        words.pop(0)
    return " ".join(words)


@functools.lru_cache(maxsize=100_000)
def variants(employer: str) -> tuple[str, ...]:
    """Give what an employer may be called by, the whole first, then without site and d/b/a."""
    cleaned = _NOISE.sub(" ", employer)
    found: list[str] = []

    def add(text: str) -> None:
        name = bare(text)
        if name and name not in found:
            found.append(name)

    for part in (cleaned, *(_ALIAS.split(cleaned) if _ALIAS.search(cleaned) else ())):
        add(part)
        shorter = _AFTER_NAME.sub("", part)
        while shorter and shorter != part:
            add(shorter)
            part, shorter = shorter, _AFTER_NAME.sub("", shorter)  # noqa: PLW2901 walked from the right
    return tuple(found)


class Linker:
    """Links notices to what the ledger has, the same way each time."""

    def __init__(self, companies: list[Company], waves: list[Wave], judgements: Judgements) -> None:
        """Index the companies by identifier and name, and the waves by company."""
        self._judgements = judgements
        self._companies = {one.id: one for one in companies}
        self._by_identifier: dict[tuple[str, str], str] = {}
        self._by_name: dict[str, set[tuple[str, str]]] = {}
        for company in companies:
            for scheme, values in company.identifiers.items():
                for value in values:
                    # Ours name the exchange, those of collections do not.
                    symbol = value.rpartition(":")[2] if scheme == "ticker" else value
                    self._by_identifier.setdefault((scheme, symbol.upper()), company.id)
            for method, name in company.names:
                self._by_name.setdefault(bare(name), set()).add((company.id, method))
        self._waves: dict[str, list[Wave]] = {}
        for wave in sorted(waves, key=lambda one: (one.announced_on, one.id)):
            self._waves.setdefault(wave.company, []).append(wave)

    def link(self, notice: Notice) -> Notice:
        """Give a notice with its links."""
        company = self.company(notice)
        wave = self.wave(notice, company)
        return msgspec.structs.replace(notice, company=company, wave=wave)

    def company(self, notice: Notice) -> Link | None:
        """Find the company that filed a notice."""
        for judgement in self._judged(self._judgements.confirm, notice):
            if judgement.company is not None and judgement.company in self._companies:
                return Link(judgement.company, "curator", 1.0)
        denied = {one.company for one in self._judged(self._judgements.deny, notice)}
        for id_, method in self._candidates(notice):
            if id_ not in denied:
                return Link(id_, method, _SCORES[method])
        return None

    def _judged(self, judgements: list[Judgement], notice: Notice) -> Iterator[Judgement]:
        for one in judgements:
            if one.notice is not None:
                if one.notice == notice.id:
                    yield one
            elif (
                one.employer is not None
                and bare(one.employer) in variants(notice.employer)
                and one.jurisdiction in (None, notice.jurisdiction)
            ):
                yield one

    def _candidates(self, notice: Notice) -> Iterator[tuple[str, str]]:
        """Give the companies that a notice may be of with the method, the surest first."""
        for scheme in ("cik", "lei", "wikidata"):
            value = getattr(notice, scheme)
            if value is not None and (scheme, value.upper()) in self._by_identifier:
                yield self._by_identifier[scheme, value.upper()], scheme
        for name in variants(notice.employer):
            found = self._by_name.get(name, set())
            ids = {id_ for id_, _ in found}
            # Two companies of one name: nobody knows which.
            if len(ids) == 1 and self._is_likely(name, next(iter(ids)), notice):
                method = "name" if any(one == "name" for _, one in found) else "alias"
                yield next(iter(ids)), method
        parent = self._by_identifier.get(("cik", notice.parent_cik or ""))
        # A register finds parents by their names, often wrongly: only a subsidiary that is called
        # after its parent ("UPS Supply Chain Solutions") is sure enough.
        if parent is not None and self._is_called_after(notice.employer, parent):
            yield parent, "parent_cik"

    def _is_called_after(self, employer: str, id_: str) -> bool:
        words = set(tokens.words(employer))
        return any(
            {*bare(name).split()} <= words and len(bare(name)) > 1
            for _, name in self._companies[id_].names
        )

    def _is_likely(self, name: str, id_: str, notice: Notice) -> bool:
        """Say whether a name of one word, such as Unity or Target, is that of this company.

        Many are called so: where the collection knows another SEC number, or another sector, it is
        somebody else.
        """
        company = self._companies[id_]
        ciks = company.identifiers.get("cik", [])
        if notice.cik is not None and ciks and notice.cik not in ciks:
            return False
        if " " in name or notice.industry is None or company.industry is None:
            return True
        return notice.industry == company.industry

    def wave(self, notice: Notice, company: Link | None) -> Link | None:
        """Find the wave that a notice belongs to: the nearest announcement before it."""
        for judgement in self._judged(self._judgements.confirm, notice):
            if judgement.wave is not None:
                return Link(judgement.wave, "curator", 1.0)
        day = notice.notice_on or notice.received_on
        if company is None or day is None:
            return None
        denied = {one.wave for one in self._judged(self._judgements.deny, notice)}
        country = notice.jurisdiction[:2]
        fitting = [
            one
            for one in self._waves.get(company.id, ())
            if one.announced_on - BEFORE <= day <= one.announced_on + AFTER
            and (one.worldwide or not one.countries or country in one.countries)
            and one.id not in denied
        ]
        if not fitting:
            return None
        # Parts and copies only where nothing that counts fits.
        chosen = [one for one in fitting if one.canonical] or fitting
        before = [one for one in chosen if one.announced_on <= day]
        nearest = before[-1] if before else chosen[0]
        gap = abs((day - nearest.announced_on).days) / AFTER.days
        score = 0.9 - 0.3 * gap - (0.1 if len(chosen) > 1 else 0)
        return Link(nearest.id, "company_and_dates", round(score * company.score, 3))
