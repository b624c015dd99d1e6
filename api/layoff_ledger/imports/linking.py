"""Links notices to companies and waves: only by matches that are sure, explained and repeatable.

A company is found by an identifier from the collection, or by a name or alias that is the same
without case, accents, punctuation, legal form, site and store number. A name that is only similar
links nothing. A curator's judgement in `data/links/` takes precedence over both.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from cleanco import termdata
from msgspec import Struct

from layoff_ledger import paths
from layoff_ledger.curation.notices import Link, Notice
from layoff_ledger.search import tokens
from layoff_ledger.statement import Connection

BEFORE = datetime.timedelta(days=30)
"""How long before its announcement a wave may have notices."""
AFTER = datetime.timedelta(days=270)
_SCORES = {
    "cik": 0.98, "lei": 0.98, "wikidata": 0.97, "ticker": 0.95, "name": 0.95, "alias": 0.93,
    "name_and_region": 0.9, "parent_cik": 0.9,
}  # fmt: skip
"""How sure a match by each method is: judged on `tests/fixtures/linking.csv`, not computed."""
# Legal forms as folded words, longest first: those that `cleanco` knows from all countries, and
# some other endings that are just as meaningless.
_FORMS = {
    tuple(tokens.words(term))
    for terms in termdata.terms_by_type.values()
    for term in terms
} | {
    (word,)
    for word in (
        "aktiengesellschaft", "cos", "companies", "holding", "holdings", "incorporation", "limited",
        "na", "pbc", "pc", "se", "asa", "spa",
    )
}  # fmt: skip
_LONGEST_FORM = max(map(len, _FORMS))
_REGIONS = {
    ("usa",), ("us",), ("u", "s"), ("u", "s", "a"), ("america",), ("of", "america"),
    ("north", "america"), ("americas",), ("of", "north", "america"),
}  # fmt: skip
"""Regions after which groups name their business in the United States."""
# `(site)`, `- site`, `/ site`, `#123` and the like, from the right to the left.
_AFTER_NAME = re.compile(
    r"\s*(?:\(.*|\s[-\N{EN DASH}\N{EM DASH}]{1,2}\s.*|\s@\s.*|#\s*\d.*|\bstore\b.*|/.*|:.*|;.*"
    # A street address, a year, and affiliates that filed together with the employer.
    r"|\s\d{3,5}\s+\w.*|\s(?:19|20)\d\d|\scovid.?19|,?\s(?:and|&)\s(?:its\s)?(?:operating\s)?"
    r"(?:affiliates|subsidiaries).*)$",
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
    """What a curator says about a link. Names the notice, or the employer as filed."""

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
    """Read what curators say about links; raise `LinksError` with the file that is wrong."""
    every = Judgements([], [])
    for path in sorted(folder.glob("*.toml")):
        try:
            one = msgspec.toml.decode(path.read_bytes(), type=Judgements)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
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


async def read_companies(connection: Connection) -> list[Company]:
    """Read all companies, each with its names and identifiers."""
    found = []
    for row in await connection.fetch(paths.statement("queries/read_linkable_companies.sql")):
        identifiers: dict[str, list[str]] = {}
        for one in row["identifiers"]:
            scheme, _, value = one.partition(" ")
            identifiers.setdefault(scheme, []).append(value)
        names = [("name", row["name"])]
        names += [("name", row["legal_name"])] if row["legal_name"] else []
        names += [("alias", name) for name in row["names"]]
        found.append(Company(row["id"], row["industry"], names, identifiers))
    return found


async def read_waves(connection: Connection) -> list[Wave]:
    """Read all waves that notices may belong to."""
    rows = await connection.fetch(paths.statement("queries/read_linkable_waves.sql"))
    return [msgspec.convert(dict(row), Wave) for row in rows]


@functools.lru_cache(maxsize=100_000)
def bare(name: str) -> str:
    """Return a name as folded words without a leading `the` and its legal form at the end."""
    words = tokens.words(name)
    while _drop_end(words, _FORMS):
        pass
    if len(words) > 1 and words[0] == "the":
        words.pop(0)
    return " ".join(words)


def without_region(name: str) -> str | None:
    """Return a bare name without the region at its end, or None if it has none."""
    words = name.split(" ")
    if not _drop_end(words, _REGIONS):
        return None
    while _drop_end(words, _FORMS):
        pass
    return " ".join(words)


def _drop_end(words: list[str], ends: set[tuple[str, ...]]) -> bool:
    """Remove the longest of some endings, unless nothing is left; return whether there was one."""
    for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        if tuple(words[-length:]) in ends:
            del words[-length:]
            return True
    return False


@functools.lru_cache(maxsize=100_000)
def variants(employer: str) -> tuple[str, ...]:
    """Return the names an employer may have: the whole, then without site and d/b/a."""
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


class _Judged:
    """Judgements by what they name."""

    def __init__(self, judgements: list[Judgement]) -> None:
        self._by_notice: dict[str, list[Judgement]] = {}
        self._by_employer: dict[str, list[Judgement]] = {}
        for one in judgements:
            if one.notice is not None:
                self._by_notice.setdefault(one.notice, []).append(one)
            if one.employer is not None:
                self._by_employer.setdefault(bare(one.employer), []).append(one)

    def of(self, notice: Notice) -> Iterator[Judgement]:
        """Yield those that are about a notice."""
        yield from self._by_notice.get(notice.id, ())
        for name in variants(notice.employer):
            for one in self._by_employer.get(name, ()):
                if one.jurisdiction in (None, notice.jurisdiction):
                    yield one


class Linker:
    """Links notices to records of the ledger, the same way each time."""

    def __init__(self, companies: list[Company], waves: list[Wave], judgements: Judgements) -> None:
        """Index the companies by identifier and name, and the waves by company."""
        self._confirmed, self._denied = _Judged(judgements.confirm), _Judged(judgements.deny)
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
        """Return a notice with its links."""
        company = self.company(notice)
        wave = self.wave(notice, company)
        return msgspec.structs.replace(notice, company=company, wave=wave)

    def company(self, notice: Notice) -> Link | None:
        """Find the company that filed a notice."""
        for judgement in self._confirmed.of(notice):
            if judgement.company is not None and judgement.company in self._companies:
                return Link(judgement.company, "curator", 1.0)
        denied = {one.company for one in self._denied.of(notice)}
        for id_, method in self._candidates(notice):
            if id_ not in denied:
                return Link(id_, method, _SCORES[method])
        return None

    def _candidates(self, notice: Notice) -> Iterator[tuple[str, str]]:
        """Yield the companies that may have filed a notice with the method, the surest first."""
        for scheme in ("cik", "lei", "wikidata"):
            value = getattr(notice, scheme)
            if value is not None and (scheme, value.upper()) in self._by_identifier:
                yield self._by_identifier[scheme, value.upper()], scheme
        ticker = self._by_identifier.get(("ticker", (notice.ticker or "").upper()))
        # A symbol of another exchange may be somebody else's.
        if ticker is not None and self._is_called_after(notice.employer, ticker):
            yield ticker, "ticker"
        for name in variants(notice.employer):
            for called, is_regional in ((name, False), (without_region(name), True)):
                found = self._by_name.get(called or "", set())
                ids = {id_ for id_, _ in found}
                # Two companies share the name: nobody knows which one it is.
                if called and len(ids) == 1 and self._is_likely(called, next(iter(ids)), notice):
                    method = "name" if any(one == "name" for _, one in found) else "alias"
                    yield next(iter(ids)), "name_and_region" if is_regional else method
        parent = self._by_identifier.get(("cik", notice.parent_cik or ""))
        # The register finds parents by their names, often wrongly: only a subsidiary that is named
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
        """Return whether a name of one word, such as Unity or Target, is that of this company.

        Many have such a name: if the collection knows another SEC number, or another sector, it is
        somebody else. Nobody else is called American Airlines, so another number there is its
        subsidiary's.
        """
        if " " in name:
            return True
        company = self._companies[id_]
        ciks = company.identifiers.get("cik", [])
        if notice.cik is not None and ciks and notice.cik not in ciks:
            return False
        if notice.industry is None or company.industry is None:
            return True
        return notice.industry == company.industry

    def wave(self, notice: Notice, company: Link | None) -> Link | None:
        """Find the wave that a notice belongs to: the nearest announcement before it."""
        for judgement in self._confirmed.of(notice):
            if judgement.wave is not None:
                return Link(judgement.wave, "curator", 1.0)
        day = notice.notice_on or notice.received_on
        if company is None or day is None:
            return None
        denied = {one.wave for one in self._denied.of(notice)}
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
        # Parts and duplicates only if no counted wave fits.
        chosen = [one for one in fitting if one.canonical] or fitting
        before = [one for one in chosen if one.announced_on <= day]
        nearest = before[-1] if before else chosen[0]
        gap = abs((day - nearest.announced_on).days) / AFTER.days
        score = 0.9 - 0.3 * gap - (0.1 if len(chosen) > 1 else 0)
        return Link(nearest.id, "company_and_dates", round(score * company.score, 3))
