"""How an operation is declared: its path, its parameters, its formats, and what documents it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from layoff_ledger import formats
from layoff_ledger import parameters as parameters_
from layoff_ledger.db import Ledger
from layoff_ledger.errors import NotAcceptableError
from layoff_ledger.http import best_accepted
from layoff_ledger.parameters import Parameters, Reading

HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])
AnyRequest = Request[Any, Any, Any]


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
    moves: bool = False
    """Whether a record may have been merged into another one, where the client is sent."""


def operation(path: str, **described: Any) -> Callable[[HandlerT], HTTPRouteHandler]:
    """Make a GET handler: its query is read strictly, its media type negotiated, both documented.

    The name of the function is the operation id, its docstring the description.
    """
    told = Operation(**described)
    if issubclass(told.parameters, Reading):
        told = msgspec.structs.replace(told, problems=(*told.problems, "unknown_revision"))

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
