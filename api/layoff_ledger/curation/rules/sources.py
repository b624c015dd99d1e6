"""Sources: addresses, hosts, standing, titles and dates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import rule, violation


@rule
def republication_names_its_original(curated: Curated) -> Iterator[Violation]:
    """A republication names the publisher whose text it copies."""
    for source in curated.sources.values():
        if (source.standing == "republication") != (source.original_publisher is not None):
            yield violation(
                curated,
                "sources",
                source.id,
                republication_names_its_original,
                "it is a republication, but names no original publisher"
                if source.original_publisher is None
                else "it has an original publisher, but is not a republication",
                'set original_publisher, or another standing than "republication"',
            )


@rule
def address_is_one_sources(curated: Curated) -> Iterator[Violation]:
    """No two sources have the same address, and a source without an address has a title.

    `http` or `https`, `www.` and a slash at the end make no difference.
    """
    owner: dict[str, str] = {}
    for source in curated.sources.values():
        if source.url is None:
            if source.title is None:
                message = "it has neither an address nor a title"
                yield violation(curated, "sources", source.id, address_is_one_sources, message)
            continue
        parts = urlsplit(source.url)
        host = (parts.hostname or "").removeprefix("www.")
        address = f"{host}{parts.path.rstrip('/')}?{parts.query}"
        first = owner.setdefault(address, source.id)
        if first != source.id:
            message = f"{first!r} has the same address"
            yield violation(curated, "sources", source.id, address_is_one_sources, message)


_TRACKING = re.compile(
    r"(?:utm_\w+|ns_\w+|mc_[ce]id|fbclid|gclid|dclid|msclkid|igshid|yclid|ref|ref_src|ref_url|ito"
    r"|cmp|cmpid|campaign|ncid|smid|smtyp|guccounter|guce_\w+|partner|referring_guid|noamp|amp"
    r"|outputtype|__twitter_impression|_hsenc|_hsmi|spm|pagesource|sref|leadsource|traffic_source)",
    re.IGNORECASE,
)
_BAD_HOST = re.compile(
    r"(?:^|\.)(?:amp|mail|webmail|email|feeds?|rss|mirror\d*|staging\d*|stage|stg|uat|qa|dev|test"
    r"|preview|beta|iframe|proxy|translate|webcache)\."
    r"|(?:^|[.-])(?:staging|stage|release|preview|test|dev)[.-](?=\w+\.\w+\.\w+|\w+\.\w+$)"
    r"|-(?:stage|staging|release|test|preview|dev)\."
    r"|\.(?:pages\.dev|vercel\.app|ampproject\.org|translate\.goog)$",
)
_AMP_PATH = re.compile(r"/amp(?:/|$)|\.amp(?:\.html)?$|/amp[-_]?stories/", re.IGNORECASE)


@rule
def address_is_plain(curated: Curated) -> Iterator[Violation]:
    """An address is the page's own: no staging, mirror, mail, feed or AMP host, no tracking."""
    for source in curated.sources.values():
        if source.url is None:
            continue
        parts = urlsplit(source.url)
        message = hint = None
        tracking = [name for name, _ in parse_qsl(parts.query, True) if _TRACKING.fullmatch(name)]
        if _BAD_HOST.search((parts.hostname or "").removeprefix("www.")):
            message = f"{parts.hostname} serves copies for machines, tests or mail"
            hint = "give the address on the outlet's own host"
        elif _AMP_PATH.search(parts.path):
            message, hint = f"an AMP address: {source.url}", "give the address of the plain page"
        elif tracking:
            message, hint = f"{', '.join(tracking)} only tracks readers", "remove it"
        if message is not None:
            yield violation(curated, "sources", source.id, address_is_plain, message, hint)


_OWN_KINDS = {"filing", "company_statement", "union_statement", "government_notice"}


@rule
def standing_is_one_per_host(curated: Curated) -> Iterator[Violation]:
    """Sources of one kind on one host have the same standing, unless the source's note explains.

    Republications name their original and are not compared.
    """
    order = vocabulary.codes(vocabulary.Standing)
    by_host: dict[tuple[str, str], dict[str, list[records.Source]]] = {}
    for source in curated.sources.values():
        if source.url is not None and source.standing != "republication":
            host = (urlsplit(source.url).hostname or "").removeprefix("www.")
            kind = "own" if source.kind in _OWN_KINDS else source.kind
            by_host.setdefault((host, kind), {}).setdefault(source.standing, []).append(source)
    for (host, _), standings in by_host.items():
        usual = max(standings, key=lambda one: (len(standings[one]), -order.index(one)))
        for standing, sources in standings.items():
            for source in sources:
                if standing != usual and source.note is None:
                    message = f"its standing is {standing}, but that of others on {host} is {usual}"
                    hint = "use one standing for the host, or say in the note why not"
                    yield violation(
                        curated, "sources", source.id, standing_is_one_per_host, message, hint
                    )


TITLED_SHARE = 0.8
FEWEST_SOURCES = 50
"""Below this number of news sources and filings, a percentage says nothing."""


class Described(Struct, frozen=True):
    """How many news sources and filings there are, and how many have a title and a date."""

    sources: int
    titled: int
    dated: int


def described(curated: Curated) -> Described:
    """Count news sources and filings, and those of them with a title and with a date."""
    counted = [one for one in curated.sources.values() if one.kind in {"news", "filing"}]
    return Described(
        len(counted),
        sum(one.title is not None for one in counted),
        sum(one.published_on is not None for one in counted),
    )


@rule
def sources_have_titles_and_dates(curated: Curated) -> Iterator[Violation]:
    """At least four fifths of the news sources and filings have a title, and as many a date."""
    counts = described(curated)
    if counts.sources < FEWEST_SOURCES:
        return
    for what, number in (("title", counts.titled), ("date", counts.dated)):
        if number < TITLED_SHARE * counts.sources:
            yield Violation(
                "sources/",
                "-",
                sources_have_titles_and_dates.__name__,
                f"{number} of {counts.sources} news sources and filings have a {what}",
                f"at least {TITLED_SHARE:.0%} need one; add title and published_on where known",
            )


@rule
def source_is_read_after_it_is_published(curated: Curated) -> Iterator[Violation]:
    """No source was retrieved before it was published, or has another date than its address.

    An address such as `/2023/03/14/` contains the day; the date may differ from it by a week.
    """
    for source in curated.sources.values():
        published = source.published_on
        if published is None:
            continue
        message = None
        if source.retrieved_on is not None and source.retrieved_on.on < published.on:
            message = f"retrieved on {source.retrieved_on.on}, published on {published.on}"
        elif published.precision == "day" and source.url is not None:
            in_url = _day_in(source.url)
            if in_url and abs((in_url - published.on).days) > DAYS_BESIDE_THE_ADDRESS:
                message = f"published on {published.on}, but its address says {in_url}"
        if message is not None:
            yield violation(
                curated,
                "sources",
                source.id,
                source_is_read_after_it_is_published,
                message,
                "correct the date",
            )


DAYS_BESIDE_THE_ADDRESS = 7
_DAY_IN_ADDRESS = re.compile(r"/(20\d\d)[/-]?([01]\d)[/-]?([0-3]\d)(?:/|-|$)")


def _day_in(url: str) -> datetime.date | None:
    found = _DAY_IN_ADDRESS.search(url)
    try:
        return None if found is None else datetime.date(*map(int, found.groups()))
    except ValueError:
        return None
