"""What all operations have in common: how a handler is declared, and how its answer is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from layoff_ledger import parameters as parameters_
from layoff_ledger.db import Ledger
from layoff_ledger.errors import NotAcceptableError
from layoff_ledger.http import accepts
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
    example: str | None = None
    """An id that exists, for those who try it."""


def operation(path: str, **described: Any) -> Callable[[HandlerT], HTTPRouteHandler]:
    """Make a GET handler: its query is read strictly, its media type negotiated, both documented.

    The name of the function is the operation id, its docstring the description.
    """
    told = Operation(**described)

    def read_parameters(
        request: AnyRequest,
        ledger: NamedDependency[Ledger],  # noqa: ARG001 one after the other: side by side they would be tasks
    ) -> Parameters:
        if not accepts(request.scope, JSON):
            message = f"this resource is available as {JSON} only"
            raise NotAcceptableError(message)
        return parameters_.read(told.parameters, request.scope["query_string"])

    def decorate(function: HandlerT) -> HTTPRouteHandler:
        return get(
            path,
            name=function.__name__,
            operation_id=function.__name__,
            dependencies={"parameters": Provide(read_parameters, sync_to_thread=False)},
            opt={"operation": told},
        )(function)

    return decorate


def base_of(request: AnyRequest) -> str:
    """Give the address under which the request sees the API."""
    base: str = request.scope["state"]["base"]
    return base


async def list_answer(
    request: AnyRequest, ledger: Ledger, resource: Resource, parameters: Parameters
) -> Response[bytes]:
    """Answer with one page: the documents as they are stored, in an envelope."""
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
    meta = {
        "count": page.count,
        "limit": getattr(parameters, "limit"),  # noqa: B009 every list has it, the base has not
        "next_cursor": page.next,
        "revision": page.revision,
        "published_at": page.published_at,
        "license": ledger.snapshot.license,
    }
    body = b"".join(
        (
            b'{"data":[',
            page.data,
            b'],"links":',
            msgspec.json.encode(links),
            b',"meta":',
            msgspec.json.encode(meta),
            b"}",
        )
    )
    return Response(body, media_type=JSON, headers=headers)


async def single_answer(
    request: AnyRequest, ledger: Ledger, resource: Resource, id_: str
) -> Response[bytes]:
    """Answer with one record as it is stored."""
    return Response(await ledger.document(resource, id_, base=base_of(request)), media_type=JSON)
