"""The explorer: a search, a form and the newest waves, as an entrance for people."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from layoff_ledger.formats import LIST_FORMATS, PAGE_FORMATS
from layoff_ledger.formats.markdown import MARKDOWN
from layoff_ledger.http import context, policy
from layoff_ledger.http.problems import MovedError
from layoff_ledger.pages.render import render
from layoff_ledger.pages.subject import Beside, Subject
from layoff_ledger.query.lists import read_page
from layoff_ledger.resources.fields import ListLinks, list_of
from layoff_ledger.resources.wave import WAVE, Wave, WaveListParameters
from layoff_ledger.routes.beside import count_by_year
from layoff_ledger.routes.links import base_of
from layoff_ledger.routes.operation import AnyRequest, asked_of, operation
from layoff_ledger.routes.responses import as_markdown, respond_with_subject
from layoff_ledger.store.ledger import Ledger

NEWEST = 10
"""Number of waves that it shows."""
_WAVES = "/v1/waves"


@operation(
    "/explore",
    summary="Explore the ledger",
    tag="About",
    answer=list_of(Wave, "waves"),
    parameters=WaveListParameters,
    formats=PAGE_FORMATS,
    resource=WAVE,
)
async def explore(
    request: AnyRequest,
    ledger: Ledger,
    parameters: WaveListParameters,  # noqa: ARG001 they lead to the list
) -> Response[bytes]:
    """Offer people a place to begin; a request that already asks something is sent to the waves."""
    if asked_of(request).context.query.parameters:
        raise MovedError(_WAVES)
    return respond_with_subject(request, await _subject(request, ledger))


@get("/explore.md", include_in_schema=False)
async def explore_as_markdown(
    request: AnyRequest, ledger: NamedDependency[Ledger]
) -> Response[bytes]:
    """Return the same as Markdown, at a separate address."""
    if context.of(request.scope).query.parameters:
        raise MovedError(_WAVES, query=f"{request.url.query}&format={MARKDOWN.name}")
    text = as_markdown(render(await _subject(request, ledger)))
    return Response(text.encode(), media_type=MARKDOWN.media_type, headers=_FRESH)


_FRESH = {"cache-control": policy.PAGE}


async def _subject(request: AnyRequest, ledger: Ledger) -> Subject:
    asked, base = context.of(request.scope), base_of(request)
    newest = WaveListParameters(limit=NEWEST)
    page = await read_page(ledger, WAVE, newest, base=base)
    years = await count_by_year(ledger, WAVE, newest, page)
    latest = f"{base}{_WAVES}"
    pinned = f"{latest}?as_of={page.snapshot.revision}"
    waves = [msgspec.json.decode(one) for one in page.documents]
    return Subject(
        operation="explore",
        summary="Explore the ledger",
        resource=None,
        is_record=False,
        parameters=WaveListParameters,
        formats=LIST_FORMATS.formats,
        document={"data": waves, "meta": {"count": page.count}},
        base=base,
        path=_WAVES,
        query=asked.query,
        snapshot=page.snapshot,
        links=ListLinks(self=pinned, latest=latest, next=None),
        cited=pinned,
        beside=Beside(years=years),
    )
