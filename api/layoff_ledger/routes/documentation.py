"""What describes the API itself: its document, its reference, its problems, and a start page.

They are not operations in the document: they are for people, and for the tools that read it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from layoff_ledger.formats.json import JSON
from layoff_ledger.formats.markdown import MARKDOWN
from layoff_ledger.http import context, negotiation
from layoff_ledger.http.negotiation import Representation
from layoff_ledger.http.policy import PAGE
from layoff_ledger.http.problems import KINDS, NotFoundError
from layoff_ledger.query.coverage import count_companies
from layoff_ledger.routes.links import base_of
from layoff_ledger.routes.operation import AnyRequest
from layoff_ledger.routes.responses import as_markdown
from layoff_ledger.site import document, environment, pages
from layoff_ledger.store.ledger import Ledger

SUFFIX = ".md"
"""Ends the address of a page as Markdown."""
_SHAPES = (
    Representation("html", "text/html"),
    Representation(MARKDOWN.name, MARKDOWN.media_type),
)


@get("/openapi.json", include_in_schema=False)
async def get_openapi(request: AnyRequest) -> Response[bytes]:
    """Return the committed OpenAPI document, with the address of this server."""
    headers = {"cache-control": PAGE}
    body = document.as_json(base_of(request))
    return Response(body, media_type=JSON.media_type, headers=headers)


@get("/openapi.sdk.json", include_in_schema=False)
async def get_openapi_for_generators(request: AnyRequest) -> Response[bytes]:
    """Return the document with JSON answers only, for generators that allow just one media type."""
    body = await asyncio.to_thread(document.for_generators, base_of(request))
    headers = {"cache-control": PAGE}
    return Response(body, media_type=JSON.media_type, headers=headers)


@get("/openapi.yaml", include_in_schema=False)
async def get_openapi_as_yaml(request: AnyRequest) -> Response[bytes]:
    """Return the document as YAML (RFC 9512)."""
    body = await asyncio.to_thread(document.as_yaml, base_of(request))
    headers = {"cache-control": PAGE}
    return Response(body, media_type="application/yaml", headers=headers)


@get("/.well-known/api-catalog", include_in_schema=False)
async def get_api_catalog(request: AnyRequest, ledger: NamedDependency[Ledger]) -> Response[bytes]:
    """Tell machines which API is here (RFC 9727)."""
    base = base_of(request)
    body = msgspec.json.encode(pages.catalog(ledger.revisions.newest.license, base))
    return Response(
        body,
        media_type=f'application/linkset+json; profile="{pages.PROFILE}"',
        headers={"cache-control": PAGE, "link": _catalog_link(base)},
    )


def _catalog_link(base: str) -> str:
    return f'<{base}/.well-known/api-catalog>; rel="api-catalog"'


def _page(
    request: AnyRequest, text: str, write: Callable[[str], str] | None = None
) -> Response[str]:
    """Answer with a page, or with its text if the client prefers Markdown.

    `write` makes the text of the page; the default is what every page uses.
    """
    base = base_of(request)
    links = (
        _catalog_link(base),
        f'<{base}/openapi.json>; rel="service-desc"; type="application/json"',
        f'<{base}/docs>; rel="service-doc"; type="text/html"',
    )
    headers = {"cache-control": PAGE, "link": ", ".join(links)}
    accept = context.of(request.scope).accept
    asked = request.scope["path"].endswith(SUFFIX)
    is_text = asked or negotiation.choose(_SHAPES, requested=None, accept=accept) is _SHAPES[1]
    if is_text:
        return Response(
            (write or as_markdown)(text), media_type=MARKDOWN.media_type, headers=headers
        )
    headers["content-security-policy"] = environment.policy()
    return Response(text, media_type="text/html", headers=headers)


@get(["/docs", "/docs.md"], include_in_schema=False)
async def get_docs(request: AnyRequest, ledger: NamedDependency[Ledger]) -> Response[str]:
    """Return the reference, made from the committed document."""
    base, codes = base_of(request), pages.codes_of(ledger.revisions.newest)
    page = _page(request, pages.docs(base, codes), lambda _: pages.docs_as_markdown(base, codes))
    if "content-security-policy" in page.headers:
        page.headers["content-security-policy"] = environment.policy_of_reference()
    return page


@get(["/problems", "/problems.md"], include_in_schema=False)
async def get_problems(request: AnyRequest) -> Response[str]:
    """List all types of problems."""
    base = base_of(request)
    return _page(request, pages.problems(base))


@get("/problems/{code:str}", include_in_schema=False)
async def get_problem_page(request: AnyRequest, code: FromPath[str]) -> Response[str]:
    """Explain one type of problem to a person."""
    kind = KINDS.get(code.removesuffix(SUFFIX))
    if kind is None:
        message = f"no problem {code!r}; the problems are {', '.join(KINDS)}"
        raise NotFoundError(message)
    base = base_of(request)
    return _page(request, pages.problem(kind, base))


@get(["/method", "/method.md"], include_in_schema=False)
async def get_method(request: AnyRequest) -> Response[str]:
    """Tell people what is included and how claims are judged."""
    base = base_of(request)
    return _page(request, pages.method(base))


@get(["/guide", "/guide.md"], include_in_schema=False)
async def get_guide(request: AnyRequest) -> Response[str]:
    """List the pages of the guide."""
    base = base_of(request)
    return _found_page(request, pages.guide(base))


@get("/guide/{name:str}", include_in_schema=False)
async def get_guide_page(request: AnyRequest, name: FromPath[str]) -> Response[str]:
    """Return a page of the guide."""
    base = base_of(request)
    return _found_page(request, pages.guide_page(name.removesuffix(SUFFIX), base))


@get("/guide/{folder:str}/{name:str}", include_in_schema=False)
async def get_guide_page_of_folder(
    request: AnyRequest, folder: FromPath[str], name: FromPath[str]
) -> Response[str]:
    """Return a page of the guide from a folder, such as a decision."""
    base = base_of(request)
    return _found_page(request, pages.guide_page(f"{folder}/{name.removesuffix(SUFFIX)}", base))


def _found_page(request: AnyRequest, text: str | None) -> Response[str]:
    if text is None:
        # As for any path that does not exist.
        raise NotFoundException
    return _page(request, text)


@get(["/", "/index.md"], include_in_schema=False)
async def get_start_page(request: AnyRequest, ledger: NamedDependency[Ledger]) -> Response[str]:
    """Say what this is and where to look."""
    base, snapshot = base_of(request), ledger.revisions.newest
    return _page(request, pages.start(snapshot, await count_companies(ledger, snapshot), base))


HANDLERS = [
    get_openapi,
    get_openapi_for_generators,
    get_openapi_as_yaml,
    get_api_catalog,
    get_docs,
    get_problems,
    get_problem_page,
    get_method,
    get_guide,
    get_guide_page,
    get_guide_page_of_folder,
    get_start_page,
]
