"""What all operations have in common: how a handler is declared, and how its answer is made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from msgspec import Struct

from layoff_ledger import formats, queries
from layoff_ledger import parameters as parameters_
from layoff_ledger.db import Ledger
from layoff_ledger.errors import NotAcceptableError
from layoff_ledger.http import best_accepted
from layoff_ledger.parameters import Parameters
from layoff_ledger.queries import Resource

HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])
AnyRequest = Request[Any, Any, Any]
JSON = "application/json"


class Operation(Struct, frozen=True):
    """What the OpenAPI document says of a handler beyond its name and docstring."""

    summary: str
    tag: str
    answer: type[Struct]
    parameters: type[Parameters] = Parameters
    problems: tuple[str, ...] = ()
    """Codes of the problems that it can answer with."""
    path_parameter: str | None = None
    """What the `id` in its path is."""
    path_schema: dict[str, Any] = msgspec.field(
        default_factory=lambda: {"type": "string", "minLength": 1}
    )
    example: str | int | None = None
    """An id that exists, for those who try it."""
    formats: tuple[formats.Format, ...] = ("json",)


def operation(path: str, **described: Any) -> Callable[[HandlerT], HTTPRouteHandler]:
    """Make a GET handler: its query is read strictly, its media type negotiated, both documented.

    The name of the function is the operation id, its docstring the description.
    """
    told = Operation(**described)

    def read_parameters(
        request: AnyRequest,
        ledger: NamedDependency[Ledger],  # noqa: ARG001 one after the other: side by side they would be tasks
    ) -> Parameters:
        accepted = _accepted(request, told)
        parameters = parameters_.read(told.parameters, request.scope["query_string"])
        asked: formats.Format | None = getattr(parameters, "format", None)
        request.scope["state"]["format"] = asked or accepted
        return parameters

    def decorate(function: HandlerT) -> HTTPRouteHandler:
        return get(
            path,
            name=function.__name__,
            operation_id=function.__name__,
            dependencies={"parameters": Provide(read_parameters, sync_to_thread=False)},
            opt={"operation": told},
        )(function)

    return decorate


def _accepted(request: AnyRequest, told: Operation) -> formats.Format | None:
    """Choose the format that `Accept` likes best; a parameter `format` comes before it."""
    offered = [formats.MEDIA_TYPES[one] for one in told.formats]
    chosen = best_accepted(request.scope, offered)
    if chosen is not None:
        return told.formats[offered.index(chosen)]
    if b"format=" in request.scope["query_string"]:
        return None
    message = f"this resource is available as {', '.join(offered)}"
    raise NotAcceptableError(message)


def format_of(request: AnyRequest) -> formats.Format:
    """Give the format that was negotiated."""
    chosen: formats.Format = request.scope["state"]["format"]
    return chosen


def base_of(request: AnyRequest) -> str:
    """Give the address under which the request sees the API."""
    base: str = request.scope["state"]["base"]
    return base


async def list_answer(
    request: AnyRequest, ledger: Ledger, resource: Resource, parameters: Parameters
) -> Response[bytes] | Stream:
    """Answer with one page, or with the whole result as CSV or NDJSON."""
    format_ = format_of(request)
    if format_ != "json" and not _is_page(parameters):
        return await _whole_answer(request, ledger, resource, parameters)
    base = base_of(request)
    page = await ledger.page(resource, parameters, base=base)
    path = f"{base}{request.scope['path']}"
    query = request.scope["query_string"].decode("latin-1")
    links: dict[str, str | None] = {
        "self": f"{path}?{query}" if query else path,
        "next": None,
    }
    headers = {}
    if page.next is not None:
        kept = [part for part in query.split("&") if part and part.partition("=")[0] != "cursor"]
        links["next"] = f"{path}?{'&'.join([*kept, f'cursor={page.next}'])}"
        headers["link"] = f'<{links["next"]}>; rel="next"'
    if format_ != "json":
        head = formats.csv_head(formats.COLUMNS[resource.name]) if format_ == "csv" else b""
        body = head + formats.batch_of(format_, resource.name, page.documents)
        return Response(body, media_type=formats.CONTENT_TYPES[format_], headers=headers)
    meta = {
        "count": page.count,
        "limit": queries.limit_of(parameters),
        "next_cursor": page.next,
        "revision": page.revision,
        "published_at": page.published_at,
        "license": ledger.snapshot.license,
    }
    body = b"".join(
        (
            b'{"data":[',
            b",".join(page.documents),
            b'],"links":',
            msgspec.json.encode(links),
            b',"meta":',
            msgspec.json.encode(meta),
            b"}",
        )
    )
    return Response(body, media_type=JSON, headers=headers)


def _is_page(parameters: Parameters) -> bool:
    """Say whether a part of the list is asked for; `http.py` looks for the same two names."""
    return any(getattr(parameters, name, None) is not None for name in ("limit", "cursor"))


async def _whole_answer(
    request: AnyRequest, ledger: Ledger, resource: Resource, parameters: Parameters
) -> Stream:
    """Answer with everything, piece by piece. What can fail early fails before the first byte."""
    format_ = format_of(request)
    batches = ledger.whole(resource, parameters, base=base_of(request))
    first = await anext(batches, None)

    async def all_batches() -> AsyncIterator[list[bytes]]:
        try:
            if first is not None:
                yield first
                async for batch in batches:
                    yield batch
        finally:
            await batches.aclose()

    if request.scope["state"].get("head"):
        await batches.aclose()
        return Stream(iter(()), media_type=formats.CONTENT_TYPES[format_])
    pieces = formats.stream_of(format_, resource.name, all_batches())
    return Stream(pieces, media_type=formats.CONTENT_TYPES[format_])


async def single_answer(
    request: AnyRequest, ledger: Ledger, resource: Resource, id_: str
) -> Response[bytes]:
    """Answer with one record as it is stored."""
    return Response(await ledger.document(resource, id_, base=base_of(request)), media_type=JSON)
