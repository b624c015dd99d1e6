"""The pages for people beside the reference, in one dress; it knows no request.

They need nothing from elsewhere: one style that the page carries itself, and no script.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import itertools
import re
import string
from typing import Any

import msgspec
from markdown_it import MarkdownIt

from layoff_ledger import paths, vocabulary
from layoff_ledger.formats import LIST_FORMATS
from layoff_ledger.http import problems as problems_
from layoff_ledger.http.problems import KINDS, InvalidParametersError, Kind, LedgerError
from layoff_ledger.http.schemas import ProblemError
from layoff_ledger.site import reference
from layoff_ledger.store.revisions import Snapshot

NAME = "Layoff Ledger"
EXPORTS = "/v1/exports"
PROFILE = "https://www.rfc-editor.org/info/rfc9727"
_DESCRIPTION = (
    "A curated, citable knowledge base of layoffs: who cut how many jobs, when, why (as stated, "
    "and by whom), whose jobs they were, and where it says so. Every claim carries its speaker, "
    "its citations and an evidence grade."
)
_EXPORTED = (
    ("csv", "text/csv"),
    ("ndjson", "application/x-ndjson"),
    ("parquet", "application/vnd.apache.parquet"),
)
# What a wave measures, for those who search for data sets; described by the contract itself.
_MEASURED = ("status", "announced_on", "headcount", "share", "drivers", "roles", "forms", "scope")

_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@functools.cache
def _template(name: str) -> string.Template:
    return string.Template((paths.TEMPLATES / name).read_text(encoding="utf-8"))


@functools.cache
def _style() -> str:
    return (paths.TEMPLATES / "style.css").read_text(encoding="utf-8")


@functools.cache
def policy() -> str:
    """Give the content security policy of the pages: their own style, their own icon, no more."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page(
    title: str, body: str, *, base: str, description: str = _DESCRIPTION, head: str = ""
) -> str:
    """Give a whole page; title and description are text, body and head are HTML."""
    return _template("page.html").substitute(
        title=html.escape(title if title == NAME else f"{title} · {NAME}"),
        description=html.escape(description),
        base=html.escape(base),
        style=_style(),
        head=head,
        body=body,
    )


def docs(base: str) -> str:
    """Give the reference as a page."""
    description = "The reference of the API: every operation, parameter, answer and field."
    body = reference.body().replace(reference.BASE, html.escape(base))
    return page("Reference", body, base=base, description=description)


@functools.cache
def _method() -> tuple[str, str]:
    text = (paths.DATA / "METHOD.md").read_text(encoding="utf-8")
    title, _, rest = text.removeprefix("# ").partition("\n")
    tokens = _MARKDOWN.parse(rest)
    for opening, inside in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", re.sub(r"[^a-z0-9]+", "-", inside.content.lower()).strip("-"))
    return title, _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})


def method(base: str) -> str:
    """Give the method as a page, each section with an anchor."""
    title, body = _method()
    description = "What the ledger includes, how a claim is judged, and what figures do not say."
    return page(title, f"<h1>{html.escape(title)}</h1>{body}", base=base, description=description)


def problems(base: str) -> str:
    """Give the list of all types of problems."""
    rows = "".join(
        f"<tr><td>{kind.status}</td>"
        f'<td><a href="{html.escape(base)}/problems/{kind.code}"><code>{kind.code}</code></a></td>'
        f"<td>{html.escape(kind.title)}</td></tr>"
        for kind in KINDS.values()
    )
    body = (
        "<h1>Problems</h1><p>Whatever goes wrong has one shape, "
        f'<a href="{html.escape(base)}/docs#Problem"><code>Problem</code></a>, as '
        f"<code>{problems_.MEDIA_TYPE}</code> (RFC 9457). Its <code>type</code> leads to one of "
        "these pages; branch on <code>code</code>, which never changes.</p>"
        "<table><thead><tr><th>HTTP</th><th>code</th><th>title</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    description = "The problems that the API can answer with, and what to do about each."
    return page("Problems", body, base=base, description=description)


def problem(kind: Kind, base: str) -> str:
    """Explain one type of problem: what it means, what to do, and how it looks."""
    address = html.escape(base)
    instance, error = _example_of(kind, base)
    described = problems_.problem(
        error, base=base, instance=instance, request_id="6f1ed002ab5595859014ebf0951522d9"
    )
    body = msgspec.json.format(msgspec.json.encode(described), indent=2).decode()
    answered = [
        f'<a href="{address}/docs#{id_}"><code>{id_}</code></a>'
        for id_, (_, operation) in reference.operations(reference.document()).items()
        if str(kind.status) in operation["responses"]
    ]
    by = f"<h2>Who answers so</h2><p>{', '.join(answered)}.</p>" if answered else ""
    return page(
        kind.title,
        f'<h1>{html.escape(kind.title)}</h1><p class="soft"><code>{kind.code}</code>, HTTP '
        f"{kind.status} {problems_.phrase(kind.status)}</p>"
        f"{_MARKDOWN.render(kind.explanation)}"
        f"<h2>How it looks</h2><pre><code>{html.escape(body)}</code></pre>{by}"
        f'<p><a href="{address}/problems">All problems</a> have the shape '
        f'<a href="{address}/docs#Problem"><code>Problem</code></a>.</p>',
        base=base,
        description=f"{kind.code}: {kind.title}. What it means and what to do.",
    )


def _example_of(kind: Kind, base: str) -> tuple[str, LedgerError]:
    """Give an address that is answered with such a problem, and the problem."""
    error = LedgerError(_DETAILS.get(kind.code, kind.title).format(base=base))
    if kind.code == InvalidParametersError.code:
        mistake = ProblemError(
            parameter="driver",
            detail="no driver 'over_hirng'",
            suggestion="did you mean 'over_hiring'?",
        )
        error = InvalidParametersError([mistake])
    error.code = kind.code
    return _INSTANCES.get(kind.code, "/v1/waves"), error


_INSTANCES = {
    "invalid_parameters": "/v1/waves?driver=over_hirng",
    "malformed_request": "/v1/waves/a%00b",
    "not_found": "/v1/waves/meta-1999-01",
}
_DETAILS = {
    "malformed_request": "the path has a NUL byte",
    "not_found": "no wave 'meta-1999-01'; {base}/v1/waves lists them",
    "method_not_allowed": "DELETE is not allowed: the API is read-only",
    "not_acceptable": (
        "this resource is available as " + ", ".join(one.media_type for one in LIST_FORMATS.formats)
    ),
    "uri_too_long": "the address has more than 8000 bytes",
    "internal_error": "the log has more under 6f1ed002ab5595859014ebf0951522d9",
    "unavailable": "the database does not answer; ask again in a few seconds",
}


def start(snapshot: Snapshot, base: str) -> str:
    """Say what this is and where to look, for people and for those who search for data sets."""
    address = html.escape(base)
    told = reference.document()
    exports = ""
    if EXPORTS in told["paths"]:
        exports = (
            f'<li><a href="{address}{EXPORTS}">Exports</a>: the whole ledger as CSV, NDJSON and '
            "Parquet</li>\n"
        )
    first, last = snapshot.span or (snapshot.published_at, snapshot.published_at)
    body = _template("start.html").substitute(
        base=address,
        waves=f"{snapshot.counts['wave']:,}",
        companies=f"{snapshot.counts['company']:,}",
        sources=f"{snapshot.counts['source']:,}",
        revision=snapshot.revision,
        published_on=f"{snapshot.published_at:%Y-%m-%d}",
        first_year=first.year,
        last_year=last.year,
        creator=html.escape(told["info"]["contact"]["name"]),
        license=html.escape(snapshot.license),
        license_url=html.escape(license_url(snapshot.license)),
        exports=exports,
    )
    data = msgspec.json.encode(dataset(snapshot, told, base)).decode()
    # A data block and no script; what could end it early is escaped as JSON allows.
    for character in "<>&":
        data = data.replace(character, f"\\u{ord(character):04x}")
    head = f'<script type="application/ld+json">{data}</script>\n'
    return page(NAME, body, base=base, head=head)


def license_url(license_: str) -> str:
    """Give the address of a licence by its SPDX id."""
    return vocabulary.LICENSES.get(license_, f"https://spdx.org/licenses/{license_}.html")


def dataset(snapshot: Snapshot, told: dict[str, Any], base: str) -> dict[str, Any]:
    """Describe the ledger as a `Dataset` of schema.org."""
    creator = {"@type": "Organization", "name": told["info"]["contact"]["name"]}
    distribution = [
        {
            "@type": "DataDownload",
            "name": "The API",
            "encodingFormat": "application/json",
            "contentUrl": f"{base}/v1/waves",
        }
    ]
    if EXPORTS in told["paths"]:
        distribution += [
            {
                "@type": "DataDownload",
                "name": f"Waves as {name}",
                "encodingFormat": media_type,
                "contentUrl": f"{base}{EXPORTS}/{snapshot.revision}/waves.{name}",
            }
            for name, media_type in _EXPORTED
        ]
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": NAME,
        "alternateName": "Layoff Ledger: a curated, citable knowledge base of layoffs",
        "description": _DESCRIPTION,
        "url": f"{base}/",
        "license": license_url(snapshot.license),
        "creator": creator,
        "publisher": creator,
        "version": str(snapshot.revision),
        "dateModified": snapshot.published_at.isoformat(),
        "isAccessibleForFree": True,
        "inLanguage": "en",
        "keywords": ["layoffs", "job cuts", "workforce reductions", "labour market", "open data"],
        **({"temporalCoverage": "/".join(map(str, snapshot.span))} if snapshot.span else {}),
        "variableMeasured": [_measured(name, told["components"]["schemas"]) for name in _MEASURED],
        "measurementTechnique": f"{base}/method",
        "distribution": distribution,
    }


def _measured(name: str, schemas: dict[str, Any]) -> dict[str, str]:
    schema = schemas["Wave"]["properties"][name]
    described = schema.get("description")
    if described is None:
        target = schema["oneOf"][0]["$ref"].rpartition("/")[2]
        described = schemas[target]["description"]
    return {"@type": "PropertyValue", "name": name, "description": described}


def catalog(license_: str, base: str) -> dict[str, Any]:
    """Give the catalogue of APIs (RFC 9727) as a linkset (RFC 9264): there is one API."""
    json = "application/json"
    return {
        "linkset": [
            {
                "anchor": f"{base}/v1",
                "service-desc": [{"href": f"{base}/openapi.json", "type": json}],
                "service-doc": [
                    {"href": f"{base}/docs", "type": "text/html", "title": "The reference"},
                    {"href": f"{base}/method", "type": "text/html", "title": "The method"},
                ],
                "service-meta": [
                    {"href": f"{base}/v1/dictionary", "type": json, "title": "What fields mean"},
                    {"href": f"{base}/v1/coverage", "type": json, "title": "How complete it is"},
                ],
                "status": [{"href": f"{base}/health/ready", "type": json}],
                "license": [{"href": license_url(license_), "title": license_}],
            }
        ]
    }
