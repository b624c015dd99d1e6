"""What a page says to machines that do not read pages: schema.org as JSON-LD.

A wave is a data set about a company's cut, with its sources; it is not a news article, because
nobody here reports.
"""

from __future__ import annotations

from layoff_ledger import vocabulary
from layoff_ledger.pages.subject import Subject
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.bibliography import AUTHOR, LEDGER

MAX_SOURCES = 30
"""The most sources that are named; the page has all of them."""


def linked_data(subject: Subject, title: str, description: str) -> Json | None:
    """Describe the page of a wave; None for any other page."""
    if subject.operation != "get_wave":
        return None
    wave, snapshot = subject.document, subject.snapshot
    company = wave["company"]
    creator = {"@type": "Organization", "name": AUTHOR}
    found: Json = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": subject.links.latest,
        "name": title,
        "description": description,
        "url": subject.links.latest,
        "identifier": wave["id"],
        "version": str(snapshot.revision),
        "sameAs": subject.cited,
        "license": vocabulary.license_url(snapshot.license),
        "creator": creator,
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Dataset", "name": LEDGER, "url": f"{subject.base}/"},
        "about": {
            "@type": "Organization",
            "name": company["name"],
            "url": f"{subject.base}/v1/companies/{company['id']}",
        },
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/json",
                "contentUrl": subject.as_format("json"),
            }
        ],
        "citation": [_source(one["source"]) for one in _sources(wave)[:MAX_SOURCES]],
    }
    if wave["announced_on"]:
        found["temporalCoverage"] = wave["announced_on"]
    return found


def _sources(wave: Json) -> list[Json]:
    """Return the citations of a wave, each source once."""
    return list({one["source"]["id"]: one for one in wave["citations"]}.values())


def _source(source: Json) -> Json:
    named = {
        "name": source["title"] or f"{source['publisher']}: {source['id']}",
        "url": source["url"],
        "datePublished": source["published_on"],
    }
    publisher = {"@type": "Organization", "name": source["publisher"]}
    kept = {name: value for name, value in named.items() if value is not None}
    return {"@type": "CreativeWork", **kept, "publisher": publisher}
