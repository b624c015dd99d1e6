"""How an operation is declared: its path, its parameters, its formats, and what documents it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from layoff_ledger.formats import ONLY_JSON, FormatSet
from layoff_ledger.http import context
from layoff_ledger.http.context import Context
from layoff_ledger.http.negotiation import Representation, Representations
from layoff_ledger.http.problems import NotAcceptableError
from layoff_ledger.query import parse
from layoff_ledger.resources.parameters import AsOf, Parameters
from layoff_ledger.store.ledger import Ledger

HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])
AnyRequest = Request[Any, Any, Any]
Links = dict[str, tuple[str, dict[str, str]]]

READS = ("invalid_parameters", "not_acceptable", "unavailable")
"""The problems of every operation that reads the ledger."""


class PathParameter(Struct, frozen=True):
    """A parameter of a path after its first one; any text."""

    name: str
    meaning: str
    example: str


class Operation(Struct, frozen=True, kw_only=True):
    """What the OpenAPI document says of a handler, and how its request is read."""

    path: str
    """The router's template, such as `/v1/waves/{id:str}`."""
    id: str
    """The operation id, by which clients call it."""
    summary: str
    description: str
    tag: str
    answer: type[Struct]
    other_answers: tuple[type[Struct], ...] = ()
    """What it answers with instead, where a parameter says so."""
    parameters: type[Parameters] = Parameters
    """Without `format`, which follows from the formats."""
    problems: tuple[str, ...] = READS
    """Codes of the problems that it can answer with."""
    path_parameter: str | None = None
    """What the `id` in its path is."""
    path_schema: dict[str, Any] = msgspec.field(
        default_factory=lambda: {"type": "string", "minLength": 1}
    )
    example: str | int | None = None
    """An id that exists, for those who try it."""
    more_path_parameters: tuple[PathParameter, ...] = ()
    """Those that follow the first one."""
    formats: FormatSet = ONLY_JSON
    moves: bool = False
    """Whether a record may have been merged into another one, where the client is sent."""
    links: Links = {}
    """Operation → what it leads to, and its parameters as expressions over the answer."""

    @property
    def representations(self) -> Representations:
        """Give what the operation offers, for the negotiation of a request."""
        return tuple(
            Representation(
                name=one.name,
                media_type=one.media_type,
                streams=one.streams and self.formats.has_streams,
                compressed=one.is_compressed,
                dated=one.cite is not None,
            )
            for one in self.formats.formats
        )


def operation(path: str, **declared: Any) -> Callable[[HandlerT], HTTPRouteHandler]:
    """Make a GET handler: its query is read strictly, its media type negotiated, both documented.

    The name of the function is the operation id, its docstring the description, unless they are
    declared.
    """

    def decorate(function: HandlerT) -> HTTPRouteHandler:
        one = Operation(
            **{
                "path": path,
                "id": function.__name__,
                "description": inspect.cleandoc(function.__doc__ or ""),
                **declared,
            }
        )
        if issubclass(one.parameters, AsOf):
            one = msgspec.structs.replace(one, problems=(*one.problems, "unknown_revision"))
        parameters = one.formats.with_parameter(one.parameters)
        one = msgspec.structs.replace(one, parameters=parameters)

        def read_parameters(
            request: AnyRequest,
            ledger: NamedDependency[Ledger],  # noqa: ARG001 one after the other: side by side they would be tasks
        ) -> Parameters:
            asked = context.of(request.scope)
            _refuse_what_is_not_offered(asked, one)
            return parse.read(one.parameters, asked.query)

        return get(
            path,
            name=one.id,
            operation_id=one.id,
            dependencies={"parameters": Provide(read_parameters, sync_to_thread=False)},
            opt={"operation": one},
        )(function)

    return decorate


def operation_of(handler: HTTPRouteHandler) -> Operation:
    """Give what a handler was declared with."""
    declared: Operation = handler.opt["operation"]
    return declared


def _refuse_what_is_not_offered(asked: Context, declared: Operation) -> None:
    """Raise `NotAcceptableError` where `Accept` rules out every format.

    A parameter `format` comes before it; a wrong one is refused with the other parameters.
    """
    if asked.representation is None and not asked.query.names("format"):
        offered = ", ".join(one.media_type for one in declared.representations)
        message = f"this resource is available as {offered}"
        raise NotAcceptableError(message)
