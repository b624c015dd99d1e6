"""What the site says to machines: robots, site maps, llms.txt, security.txt, the icon."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape

from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Resource
from layoff_ledger.site import guide as guide_
from layoff_ledger.store.revisions import Snapshot
from layoff_ledger.vocabulary import license_url

PER_MAP = 10_000
"""Addresses in one site map; the protocol allows 50,000."""
ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
    "<path d='M2 14V2h3v9h9v3z' fill='#2a6fb0'/></svg>"
)
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES = "pages"


def robots(base: str) -> str:
    """Say what crawlers need not fetch: whole lists in every order and format never end."""
    return (
        "User-agent: *\n"
        "Allow: /\n"
        "# Every question has an address; what is worth finding is in the site map.\n"
        "Disallow: /*?*cursor=\n"
        "Disallow: /*?*format=\n"
        "Disallow: /*?*as_of=\n"
        "Disallow: /*?*sort=\n"
        "Disallow: /mcp\n"
        f"\nSitemap: {base}/sitemap.xml\n"
    )


SECURITY_DAYS = 180
"""For how many days security.txt is good; RFC 9116 recommends less than a year."""


def security(contacts: Iterable[str], today: datetime.date, base: str) -> str:
    """Say where a vulnerability is reported (RFC 9116)."""
    expires = today + datetime.timedelta(days=SECURITY_DAYS)
    found = guide_.guide()
    lines = [
        *(f"Contact: {one}" for one in contacts),
        f"Expires: {expires}T00:00:00Z",
        "Preferred-Languages: en",
        f"Canonical: {base}/.well-known/security.txt",
        *([f"Policy: {base}/guide/security"] if found and "security" in found.pages else []),
    ]
    return "".join(f"{line}\n" for line in lines)


def mapped() -> list[Resource]:
    """Return the kinds of records whose pages are in site maps: those that have a list."""
    return [one for one in RESOURCES.values() if one.listing is not None]


def maps(snapshot: Snapshot) -> list[tuple[str, int]]:
    """Return the name and number of each site map of a revision, the pages of the site first."""
    found = [(_PAGES, 1)]
    for one in mapped():
        pages = math.ceil(snapshot.counts.get(one.name, 0) / PER_MAP)
        found += [(one.path, number) for number in range(1, pages + 1)]
    return found


def index(snapshot: Snapshot, base: str) -> str:
    """List the site maps, each with its revision."""
    moment = snapshot.published_at.isoformat()
    entries = "".join(
        f"<sitemap><loc>{escape(base)}/sitemaps/{name}-{number}.xml</loc>"
        f"<lastmod>{moment}</lastmod></sitemap>\n"
        for name, number in maps(snapshot)
    )
    return _document("sitemapindex", entries)


def pages(base: str) -> str:
    """Write the site map of the site's own pages, and the lists."""
    found = guide_.guide()
    guides = [] if found is None else ["/guide", *(f"/guide/{quote(name)}" for name in found.pages)]
    lists = [f"/v1/{one.path}" for one in mapped()]
    about = ["/v1/coverage", "/v1/statistics?group_by=year", "/v1/attribution", "/v1/rebalancing"]
    paths = ["/", "/explore", "/docs", "/method", "/problems", *guides, *lists, *about]
    return site_map(base, paths)


def site_map(base: str, paths: Iterable[str]) -> str:
    """Write the site map of some addresses, given as paths with their query."""
    return _document(
        "urlset", "".join(f"<url><loc>{escape(base + path)}</loc></url>\n" for path in paths)
    )


def _document(root: str, entries: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="{_NAMESPACE}">\n{entries}</{root}>\n'
    )


def llms(snapshot: Snapshot, base: str) -> str:
    """Tell assistants what is here and how to query it (llmstxt.org)."""
    found = guide_.guide()
    guides = [
        (article.title, f"/guide/{quote(name)}", article.summary)
        for name, article in (found.pages if found is not None else {}).items()
        if not name.startswith("adr")
    ]
    waves, sources = snapshot.counts["wave"], snapshot.counts["source"]
    sections = (("Ask", _ASK), ("Know", _KNOW), ("Guide", guides))
    return "\n".join(
        [
            "# Layoff Ledger\n",
            "> A curated, citable knowledge base of layoffs: who cut how many jobs, when, why (as "
            f"stated, and by whom), whose jobs they were, and which source says so. Revision "
            f"{snapshot.revision} has {waves:,} waves and {sources:,} sources, under "
            f"{snapshot.license} ({license_url(snapshot.license)}).\n",
            _HONESTLY,
            *(
                line
                for title, entries in sections
                for line in (
                    f"\n## {title}",
                    *(f"- [{name}]({base}{path}): {what}" for name, path, what in entries),
                )
            ),
            "",
        ]
    )


_HONESTLY = (
    "Each claim has a speaker, a stance and sources: name the speaker when you repeat a reason. "
    "Unknown is null, never 0. Gross, net, affected and unstated jobs are different things: "
    "`headcount_low` is all of them, so call it jobs in question, and not posts cut "
    "(`headcount_gross_low`). Totals have waves of every status, reported and withdrawn ones, too. "
    "Never add waves and notices. Absence is not zero: see the coverage. Cite the permanent link "
    "(`as_of`), which never changes."
)
_ASK = (
    ("MCP server", "/mcp", "streamable HTTP, tools with citations; no key, no session"),
    ("OpenAPI document", "/openapi.json", "every operation, parameter and field"),
    ("Search", "/v1/search?q=meta&format=json", "ids by words, former names, tickers"),
    ("Waves", "/v1/waves?company=meta&limit=5&format=json", "filters by company, driver, role, …"),
    ("One wave", "/v1/waves/meta-2023-03?format=json", "all its claims and sources"),
    ("Statistics", "/v1/statistics?group_by=year&format=json", "counts and sums"),
    ("Attribution", "/v1/attribution?ids=false&format=json", "how much is ascribed to AI, by whom"),
    ("Coverage", "/v1/coverage?format=json", "how complete the ledger is"),
)
_KNOW = (
    ("Reference", "/docs.md", "every operation, parameter, code and field, as Markdown"),
    ("Explorer", "/explore.md", "the newest waves and the totals, as Markdown"),
    ("Method", "/method.md", "what is included, how a claim is judged, what figures do not say"),
    ("Dictionary", "/v1/dictionary?format=json", "what each field means"),
    ("Drivers", "/v1/drivers?limit=200&format=json", "the codes of reasons"),
    ("Roles", "/v1/roles?limit=200&format=json", "the codes of roles"),
    ("Exports", "/v1/exports", "whole revisions as CSV, NDJSON and Parquet"),
)
