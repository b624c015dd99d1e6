"""The pages for people besides the reference, in one style; nothing here knows a request.

They need nothing from elsewhere: one style that the page itself contains, and no script.
"""

from __future__ import annotations

import functools
from typing import Any

import msgspec

from layoff_ledger import paths
from layoff_ledger.formats import LIST_FORMATS
from layoff_ledger.http import problems as problems_
from layoff_ledger.http.problems import KINDS, InvalidParametersError, Kind, LedgerError, mistake
from layoff_ledger.nearest import did_you_mean
from layoff_ledger.resources.bibliography import LEDGER
from layoff_ledger.site import environment, markdown, reference, reference_text
from layoff_ledger.site import guide as guide_
from layoff_ledger.site.environment import BASE, with_base
from layoff_ledger.site.guide import Guide
from layoff_ledger.store.revisions import Snapshot
from layoff_ledger.vocabulary import license_url

EXPORTS = "/v1/exports"
PROFILE = "https://www.rfc-editor.org/info/rfc9727"
_DESCRIPTION = (
    "A curated, citable knowledge base of layoffs: who cut how many jobs, when, why (as stated, "
    "and by whom), whose jobs they were, and which source says so. Every claim carries its "
    "speaker, "
    "its citations and an evidence grade."
)
_EXPORTED = (
    ("csv", "text/csv"),
    ("ndjson", "application/x-ndjson"),
    ("parquet", "application/vnd.apache.parquet"),
)
# What a wave measures, for people who search for data sets, in the words of the contract.
_MEASURED = ("status", "announced_on", "headcount", "share", "drivers", "roles", "forms", "scope")


def _render(template: str, title: str, *, base: str, **values: Any) -> str:
    """Render a whole page; all values are text, or HTML made by `markdown`."""
    frame = {
        "title": f"{LEDGER}: job cuts, and where it says so"
        if title == LEDGER
        else f"{title} · {LEDGER}",
        "description": _DESCRIPTION,
        "base": base,
        "here": {"docs.html": "/docs", "method.html": "/method", "guide_index.html": "/guide"}.get(
            template
        ),
        "has_guide": guide_.guide() is not None,
    }
    return environment.render(template, **{**frame, **values})


Codes = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""Parameter → the codes that it takes at a revision, each with its name."""
_WITH_CODES = ("driver", "driver_group", "role")


def codes_of(snapshot: Snapshot) -> Codes:
    """Return the codes that the reference shows in place."""
    known = snapshot.codes
    return tuple((name, tuple(known[name].items())) for name in _WITH_CODES if name in known)


# One revision after the other.
@functools.lru_cache(maxsize=1)
def _docs(codes: Codes) -> str:
    return _render(
        "docs.html",
        "Reference",
        base=BASE,
        description="The reference of the API: every operation, parameter, answer and field.",
        reference=reference.read(reference.document()),
        codes=dict(codes),
    )


def docs(base: str, codes: Codes) -> str:
    """Return the reference as a page, with the codes of a revision."""
    return with_base(_docs(codes), base)


@functools.lru_cache(maxsize=1)
def _docs_as_markdown(codes: Codes) -> str:
    return reference_text.write(reference.document(), BASE, dict(codes))


def docs_as_markdown(base: str, codes: Codes) -> str:
    """Return the reference as Markdown, with the codes of a revision."""
    return _docs_as_markdown(codes).replace(BASE, base)


@functools.cache
def _method() -> str:
    article = markdown.article((paths.DATA / "METHOD.md").read_text(encoding="utf-8"))
    return _render(
        "method.html",
        article.title,
        base=BASE,
        description="What the ledger includes, how a claim is judged, and what figures do not say.",
        article=article,
    )


def method(base: str) -> str:
    """Return the method as a page, each section with an anchor."""
    return with_base(_method(), base)


def guide(base: str) -> str | None:
    """Return the contents of the guide; None if there is no guide."""
    found = guide_.guide()
    return None if found is None else with_base(render_guide(found), base)


def guide_page(name: str, base: str) -> str | None:
    """Return a page of the guide by its path below `/guide/`; None if it does not exist."""
    found = guide_.guide()
    if found is None or name not in found.pages:
        return None
    return with_base(_guide_page(name), base)


@functools.cache
def _guide_page(name: str) -> str:
    found = guide_.guide()
    if found is None:
        raise KeyError(name)
    return render_guide_page(found, name)


def render_guide(guide: Guide) -> str:
    """Render the contents of a guide."""
    return _render(
        "guide_index.html",
        guide.index.title,
        base=BASE,
        description=guide.index.summary,
        guide=guide,
    )


def render_guide_page(guide: Guide, name: str) -> str:
    """Render a page of a guide."""
    article = guide.pages[name]
    return _render(
        "guide.html",
        article.title,
        base=BASE,
        description=article.summary,
        guide=guide,
        name=name,
        article=article,
    )


def problems(base: str) -> str:
    """Return the list of all types of problems."""
    return _render(
        "problems.html",
        "Problems",
        base=base,
        description="The problems that the API can answer with, and what to do about each.",
        media_type=problems_.MEDIA_TYPE,
        kinds=list(KINDS.values()),
    )


def problem(kind: Kind, base: str) -> str:
    """Explain one type of problem: what it means, what to do, and what it looks like."""
    instance, error = _example_of(kind, base)
    described = problems_.problem(
        error, base=base, instance=instance, request_id="6f1ed002ab5595859014ebf0951522d9"
    )
    return _render(
        "problem.html",
        kind.title,
        base=base,
        description=f"{kind.code}: {kind.title}. What it means and what to do.",
        kind=kind,
        phrase=problems_.phrase(kind.status),
        explanation=markdown.block(kind.explanation),
        example=msgspec.json.format(msgspec.json.encode(described), indent=2).decode(),
        operations=[
            id_
            for id_, (_, operation) in reference.operations(reference.document()).items()
            if str(kind.status) in operation["responses"]
        ],
    )


def _example_of(kind: Kind, base: str) -> tuple[str, LedgerError]:
    """Return an address that is answered with such a problem, and the problem."""
    error = LedgerError(_DETAILS.get(kind.code, kind.title).format(base=base))
    if kind.code == InvalidParametersError.code:
        error = InvalidParametersError(
            mistake("driver", "no driver 'over_hirng'", did_you_mean("over_hiring"))
        )
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
    "too_many_requests": "more than 600 units in 60 seconds; try again in 12 seconds",
    "not_acceptable": (
        "this resource is available as " + ", ".join(one.media_type for one in LIST_FORMATS.formats)
    ),
    "uri_too_long": "the address has more than 8000 bytes",
    "internal_error": "the log has details under 6f1ed002ab5595859014ebf0951522d9",
    "unavailable": "the database does not answer; try again in a few seconds",
}


def start(snapshot: Snapshot, companies: int, base: str) -> str:
    """Say what this is and where to look, for people and for those who search for data sets.

    `companies` is the number of those that have a wave.
    """
    document = reference.document()
    first, last = snapshot.span or (snapshot.published_at, snapshot.published_at)
    return _render(
        "start.html",
        LEDGER,
        base=base,
        waves=snapshot.counts["wave"],
        companies=companies,
        sources=snapshot.counts["source"],
        revision=snapshot.revision,
        published_on=f"{snapshot.published_at:%-d %B %Y}",
        first_year=first.year,
        last_year=last.year,
        creator=document["info"]["contact"]["name"],
        license=snapshot.license,
        license_url=license_url(snapshot.license),
        has_exports=EXPORTS in document["paths"],
        dataset=dataset(snapshot, document, base),
    )


def dataset(snapshot: Snapshot, document: dict[str, Any], base: str) -> dict[str, Any]:
    """Describe the ledger as a `Dataset` of schema.org."""
    creator = {"@type": "Organization", "name": document["info"]["contact"]["name"]}
    distribution = [
        {
            "@type": "DataDownload",
            "name": "The API",
            "encodingFormat": "application/json",
            "contentUrl": f"{base}/v1/waves",
        }
    ]
    if EXPORTS in document["paths"]:
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
        "name": LEDGER,
        "alternateName": f"{LEDGER}: a curated, citable knowledge base of layoffs",
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
        "variableMeasured": [
            _measured(name, document["components"]["schemas"]) for name in _MEASURED
        ],
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
    """Return the catalogue of APIs (RFC 9727) as a linkset (RFC 9264): there is one API."""
    json, html = "application/json", "text/html"
    documentation = [
        {"href": f"{base}/docs", "type": html, "title": "The reference"},
        {"href": f"{base}/method", "type": html, "title": "The method"},
    ]
    if guide_.guide() is not None:
        documentation.append({"href": f"{base}/guide", "type": html, "title": "The guide"})
    return {
        "linkset": [
            {
                "anchor": f"{base}/v1",
                "service-desc": [
                    {"href": f"{base}/openapi.json", "type": json},
                    {"href": f"{base}/openapi.yaml", "type": "application/yaml"},
                    {"href": f"{base}/openapi.sdk.json", "type": json, "title": "JSON only"},
                ],
                "service-doc": documentation,
                "service-meta": [
                    {"href": f"{base}/v1/dictionary", "type": json, "title": "What fields mean"},
                    {"href": f"{base}/v1/coverage", "type": json, "title": "How complete it is"},
                ],
                "status": [{"href": f"{base}/health/ready", "type": json}],
                "license": [{"href": license_url(license_), "title": license_}],
            }
        ]
    }
