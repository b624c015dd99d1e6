"""What tells about the API itself: its document, its reference, its problems, and a first page.

These are no operations of the document: they are for people, and for the tools that read it.
"""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from layoff_ledger import paths
from layoff_ledger.formats.json import JSON
from layoff_ledger.http.problems import KINDS, NotFoundError
from layoff_ledger.routes.operation import AnyRequest
from layoff_ledger.routes.responses import base_of
from layoff_ledger.site import pages
from layoff_ledger.store.ledger import Ledger

# The middleware gives tags and encodings to what may be kept.
_FRESH = "public, max-age=300"


@get("/openapi.json", include_in_schema=False)
async def get_openapi() -> Response[bytes]:
    """Give the committed OpenAPI document."""
    headers = {"cache-control": _FRESH}
    return Response(paths.OPENAPI.read_bytes(), media_type=JSON.media_type, headers=headers)


@get("/.well-known/api-catalog", include_in_schema=False)
async def get_api_catalog(request: AnyRequest, ledger: NamedDependency[Ledger]) -> Response[bytes]:
    """Tell machines which API is here (RFC 9727)."""
    base = base_of(request)
    body = msgspec.json.encode(pages.catalog(ledger.revisions.newest.license, base))
    return Response(
        body,
        media_type=f'application/linkset+json; profile="{pages.PROFILE}"',
        headers={"cache-control": _FRESH, "link": _catalog_link(base)},
    )


def _catalog_link(base: str) -> str:
    return f'<{base}/.well-known/api-catalog>; rel="api-catalog"'


def _page(base: str, text: str) -> Response[str]:
    links = (
        _catalog_link(base),
        f'<{base}/openapi.json>; rel="service-desc"; type="application/json"',
        f'<{base}/docs>; rel="service-doc"; type="text/html"',
    )
    headers = {
        "cache-control": _FRESH,
        "content-security-policy": pages.policy(),
        "link": ", ".join(links),
    }
    return Response(text, media_type="text/html", headers=headers)


@get("/docs", include_in_schema=False)
async def get_docs(request: AnyRequest) -> Response[str]:
    """Give the reference, made from the committed document."""
    base = base_of(request)
    return _page(base, pages.docs(base))


@get("/problems", include_in_schema=False)
async def get_problems(request: AnyRequest) -> Response[str]:
    """List all types of problems."""
    base = base_of(request)
    return _page(base, pages.problems(base))


@get("/problems/{code:str}", include_in_schema=False)
async def get_problem_page(request: AnyRequest, code: FromPath[str]) -> Response[str]:
    """Explain one type of problem to a person."""
    kind = KINDS.get(code)
    if kind is None:
        message = f"no problem {code!r}; known are {', '.join(KINDS)}"
        raise NotFoundError(message)
    base = base_of(request)
    return _page(base, pages.problem(kind, base))


@get("/method", include_in_schema=False)
async def get_method(request: AnyRequest) -> Response[str]:
    """Tell people what is included and how claims are judged."""
    base = base_of(request)
    return _page(base, pages.method(base))


@get("/", include_in_schema=False)
async def get_start_page(request: AnyRequest, ledger: NamedDependency[Ledger]) -> Response[str]:
    """Say what this is and where to look."""
    base = base_of(request)
    return _page(base, pages.start(ledger.revisions.newest, base))


HANDLERS = [
    get_openapi,
    get_api_catalog,
    get_docs,
    get_problems,
    get_problem_page,
    get_method,
    get_start_page,
]
