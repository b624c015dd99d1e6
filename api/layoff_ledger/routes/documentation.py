"""What tells about the API itself: its document, its problems, and a first page.

These are no operations of the document: they are for people, and for the tools that read it.
"""

from __future__ import annotations

import hashlib
import html

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markdown_it import MarkdownIt

from layoff_ledger import errors, files
from layoff_ledger.db import Ledger
from layoff_ledger.errors import KINDS, NotFoundError
from layoff_ledger.routes.operation import AnyRequest, base_of

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<h1>{title}</h1>
{body}
</html>
"""


@get("/openapi.json", include_in_schema=False)
async def get_openapi(request: AnyRequest) -> Response[bytes]:
    """Give the committed OpenAPI document."""
    body = files.OPENAPI.read_bytes()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"etag": tag, "cache-control": "public, max-age=300"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@get("/problems/{code:str}", include_in_schema=False)
async def get_problem_page(code: FromPath[str]) -> Response[str]:
    """Explain one type of problem to a person."""
    kind = KINDS.get(code)
    if kind is None:
        message = f"no problem {code!r}; known are {', '.join(KINDS)}"
        raise NotFoundError(message)
    body = (
        f"<p><code>{kind.code}</code>, HTTP {kind.status} {errors.phrase(kind.status)}</p>"
        f"<p>{html.escape(kind.explanation)}</p>"
    )
    page = _PAGE.format(title=html.escape(kind.title), body=body)
    return Response(page, media_type="text/html")


@get("/method", include_in_schema=False)
async def get_method() -> Response[str]:
    """Tell people what is included and how claims are judged."""
    text = (files.DATA / "METHOD.md").read_text(encoding="utf-8")
    title, _, rest = text.removeprefix("# ").partition("\n")
    page = _PAGE.format(title=html.escape(title), body=MarkdownIt().render(rest))
    return Response(page, media_type="text/html")


@get("/", include_in_schema=False)
async def get_start_page(request: AnyRequest, ledger: NamedDependency[Ledger]) -> Response[str]:
    """Say what this is and where to look."""
    base = base_of(request)
    snapshot = ledger.snapshot
    paths = (
        ("/v1/waves?company=meta", "the waves of one company, with every claim and citation"),
        (
            "/v1/waves?driver=ai_automation&amp;speaker=company",
            "waves that a company ascribes to AI",
        ),
        ("/v1/comparisons?wave=meta-2023-03&amp;wave=meta-2026-03", "two waves side by side"),
        ("/v1/companies", "companies"),
        ("/v1/drivers", "the taxonomy of reasons"),
        ("/v1/roles", "the taxonomy of staff"),
        ("/v1/sources", "the sources"),
        ("/v1/coverage", "how complete it is"),
        ("/v1/dictionary", "what each field means"),
        ("/method", "what is included, and how claims are judged"),
        ("/openapi.json", "the OpenAPI document"),
    )
    items = "".join(
        f'<li><a href="{html.escape(base)}{path}">{path}</a> {what}</li>' for path, what in paths
    )
    body = (
        "<p>Who cut how many jobs, when, why (as stated, and by whom), whose jobs they were, "
        "and where it says so.</p>"
        f"<p>Revision {snapshot.revision}, published {snapshot.published_at:%Y-%m-%d}: "
        f"{snapshot.counts['wave']} waves of {snapshot.counts['company']} companies, "
        f"{snapshot.counts['source']} sources. Data under {html.escape(snapshot.license)}.</p>"
        f"<ul>{items}</ul>"
    )
    return Response(_PAGE.format(title="Layoff Ledger", body=body), media_type="text/html")
