"""A chart for other people's pages: the page to embed, and how to embed it (oEmbed)."""

from __future__ import annotations

from html import escape
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct
from msgspec.structs import replace

from layoff_ledger.charts.description import alternative
from layoff_ledger.charts.figure import Figure
from layoff_ledger.charts.layout import Size
from layoff_ledger.charts.table import tables
from layoff_ledger.formats.chart import DEFAULT_WIDTH, MAX_WIDTH, MIN_WIDTH
from layoff_ledger.formats.json import JSON
from layoff_ledger.http import context, policy
from layoff_ledger.http.context import Query, parse_query
from layoff_ledger.http.problems import InvalidParametersError, NotFoundError, mistake
from layoff_ledger.nearest import nearest
from layoff_ledger.query import parse
from layoff_ledger.resources.bibliography import LEDGER
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.charts import QuestionAddress, height_of, size_of, specified
from layoff_ledger.routes.computed import NOTICES
from layoff_ledger.routes.figures import FIGURES, name_of
from layoff_ledger.routes.operation import AnyRequest
from layoff_ledger.site import embedding
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

PATH, OEMBED = "/embed", "/oembed"
WIDTHS = {560: 480, 840: 720}
"""Up to this width of a page → the width of the image it shows, so that its text stays readable.

Both in pixels.
"""
CAPTION_HEIGHT = 64
"""Pixels that the page needs below the image."""
CARD_WIDTH = 800
"""Width in pixels of the image that previews of links show."""
_CARD = {"width": CARD_WIDTH, "scale": 1}


class _Chart(Struct, frozen=True):
    """A chart as the query of its page requests it."""

    address: QuestionAddress
    figure: Figure
    snapshot: Snapshot
    size: Size
    height: int

    def image(self, **looks: Any) -> str:
        """Return the address of an image of it, relative to the page."""
        # A card is as high as its content needs, whatever the page asks for.
        without = {*looks, "height"} if looks.get("format") == "png" else looks
        own = self.address.query.written(without=without)
        return (
            f"{self.address.path[1:]}?{'&'.join([*own, *(f'{n}={v}' for n, v in looks.items())])}"
        )


async def _read(ledger: Ledger, base: str, query: Query) -> _Chart:
    """Read what a page shows; raise the errors of the operation whose chart it is."""
    of = query.last("of") or next(iter(FIGURES))
    if of not in FIGURES:
        raise InvalidParametersError(
            mistake("of", f"{of[:100]!r} is not one of {', '.join(FIGURES)}", nearest(of, FIGURES))
        )
    mistakes = [
        mistake(
            name,
            "the page shows an SVG; ask the operation itself for other formats",
            "leave it out",
        )
        for name in ("format", "bom", "scale")
        if query.names(name)
    ]
    if mistakes:
        raise InvalidParametersError(*mistakes)
    drawn = FIGURES[of]
    of_chart = query
    # For notices, `of` is a parameter of the operation as well.
    if of != NOTICES:
        of_chart = replace(query, parameters=tuple(p for p in query.parameters if p.name != "of"))
    parameters = parse.read(drawn.parameters, of_chart)
    address = QuestionAddress(base, drawn.path, of_chart)
    answered = await drawn.read(ledger, parameters, base)
    figure = await drawn.figure(ledger, parameters, answered, address)
    size = size_of(parameters)
    height = height_of(figure, size)
    return _Chart(address, figure, answered.snapshot, size, height)


@get(PATH, include_in_schema=False)
async def get_embed(request: AnyRequest, ledger: NamedDependency[Ledger]) -> Response[str]:
    """Show a chart in a page that others may embed in theirs."""
    asked = context.of(request.scope)
    base, query = asked.base, asked.query
    chart = await _read(ledger, base, query)
    theme = chart.size.theme if query.names("theme") else None
    own = f"{base}{PATH}?{'&'.join(query.written())}"
    address = chart.address.pinned(chart.snapshot)
    page = embedding.render(
        title=chart.figure.title,
        alternative=alternative(chart.figure, chart.size.numbers),
        card=f"{base}/{chart.image(format='png', **_CARD)}",
        oembed=f"{base}{OEMBED}?url={quote(own, safe='')}",
        theme=theme,
        image=chart.image(format="svg"),
        sources=_sources(chart, has_theme=theme is not None, has_width=query.names("width")),
        width=chart.size.width,
        height=chart.height,
        address=address,
        csv=f"{address}&format=csv",
        home=f"{base}/",
        revision=chart.snapshot.revision,
        license=chart.snapshot.license,
        tables=tables(chart.figure, chart.size.numbers),
    )
    headers = {
        "cache-control": policy.PAGE,
        "content-security-policy": embedding.policy(),
        "link": f'<{base}{OEMBED}?url={quote(own, safe="")}>; rel="alternate"; '
        'type="application/json+oembed"',
    }
    return Response(page, media_type="text/html", headers=headers)


def _sources(chart: _Chart, *, has_theme: bool, has_width: bool) -> list[dict[str, Any]]:
    """Return the images for narrow and for dark pages, unless the page asks for one kind."""
    looks: list[tuple[list[str], dict[str, Any]]] = [([], {})]
    if not has_width:
        narrow = ((f"(max-width: {most}px)", width) for most, width in WIDTHS.items())
        looks = [*(([media], {"width": width}) for media, width in narrow), *looks]
    if not has_theme:
        dark = ["(prefers-color-scheme: dark)"]
        looks = [*((media + dark, more | {"theme": "dark"}) for media, more in looks), *looks]
    return [
        {
            "media": " and ".join(media),
            "address": chart.image(format="svg", **more),
            **_room(chart, more.get("width", chart.size.width)),
        }
        for media, more in looks
        if media
    ]


def _room(chart: _Chart, width: int) -> dict[str, int]:
    """Return the space that a page reserves for the image while it loads."""
    return {"width": width, "height": height_of(chart.figure, replace(chart.size, width=width))}


class OembedParameters(Parameters, frozen=True, kw_only=True):
    """Which chart to embed, and how large."""

    url: Annotated[str, Meta(min_length=1, max_length=8_000)]
    maxwidth: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    maxheight: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    format: Literal["json"] = "json"


@get(OEMBED, include_in_schema=False)
async def get_oembed(request: AnyRequest, ledger: NamedDependency[Ledger]) -> Response[bytes]:
    """Return how to embed a chart (oEmbed 1.0), given the address of its page or of its numbers."""
    base = context.of(request.scope).base
    parameters = parse.read(OembedParameters, context.of(request.scope).query)
    query = _query_of(parameters.url, base)
    if parameters.maxwidth is not None and not query.names("width"):
        width = max(MIN_WIDTH, min(parameters.maxwidth, DEFAULT_WIDTH, MAX_WIDTH))
        query = parse_query(query.raw + f"&width={width}".encode())
    chart = await _read(ledger, base, query)
    source = f"{base}{PATH}?{'&'.join(query.written())}"
    title = chart.figure.title
    width, height = chart.size.width, chart.height + CAPTION_HEIGHT
    if parameters.maxheight is not None:
        height = min(height, parameters.maxheight)
    if parameters.maxwidth is not None:
        width = min(width, parameters.maxwidth)
    card = specified(chart.figure, replace(chart.size, width=CARD_WIDTH, height=None))
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": LEDGER,
        "provider_url": f"{base}/",
        "cache_age": policy.PAGE_SECONDS,
        "width": width,
        "height": height,
        "html": f'<iframe src="{escape(source)}" width="{width}" height="{height}" '
        f'title="{escape(title)}" loading="lazy" style="border:0;max-width:100%"></iframe>',
        "thumbnail_url": f"{base}/{chart.image(format='png', **_CARD)}",
        "thumbnail_width": CARD_WIDTH,
        "thumbnail_height": card["usermeta"]["height"],
    }
    headers = {"cache-control": policy.PAGE}
    return Response(msgspec.json.encode(answer), media_type=JSON.media_type, headers=headers)


def _query_of(url: str, base: str) -> Query:
    """Return the query of the page for the question at an address of this server."""
    try:
        parts = urlsplit(url)
    except ValueError:
        # For example `http://[`, which is not a valid address.
        parts = urlsplit("")
    own = urlsplit(base)
    path = parts.path.removeprefix(own.path)
    is_ours = parts.netloc == own.netloc and parts.scheme in {"http", "https"}
    query = parse_query(parts.query.encode())
    if is_ours and path == PATH:
        return query
    of = name_of(path, query)
    if is_ours and of:
        # Including invalid parameters, which the operation refuses.
        kept = [
            one
            for one in parts.query.split("&")
            if one and one.partition("=")[0] not in {"format", "of"}
        ]
        return parse_query("&".join([f"of={of}", *kept]).encode())
    known = ", ".join(dict.fromkeys([PATH, *(one.path for one in FIGURES.values())]))
    message = f"nothing to embed at {url[:200]!r}; use an address at {base} under {known}"
    raise NotFoundError(message)


HANDLERS = [get_embed, get_oembed]
