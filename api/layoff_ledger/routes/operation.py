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
from layoff_ledger.http import context
from layoff_ledger.http.context import Context
from layoff_ledger.http.negotiation import Representation, Representations
from layoff_ledger.http.problems import NotAcceptableError
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

    @property
    def representations(self) -> Representations:
        """Give what the operation offers, for the negotiation of a request.

        What comes as NDJSON is a list, and is streamed where no page of it is asked for: as CSV,
        too. A citation has the day of access.
        """
        is_list = "ndjson" in self.formats
        return tuple(
            Representation(
                name=one,
                media_type=formats.MEDIA_TYPES[one],
                streams=is_list and one in {"csv", "ndjson"},
                dated=one in formats.CITATION_FORMATS,
            )
            for one in self.formats
        )


def operation(path: str, **described: Any) -> Callable[[HandlerT], HTTPRouteHandler]:
    """Make a GET handler: its query is read strictly, its media type negotiated, both documented.

    The name of the function is the operation id, its docstring the description.
    """
    declared = Operation(**described)
    if issubclass(declared.parameters, Reading):
        problems = (*declared.problems, "unknown_revision")
        declared = msgspec.structs.replace(declared, problems=problems)

    def read_parameters(
        request: AnyRequest,
        ledger: NamedDependency[Ledger],  # noqa: ARG001 one after the other: side by side they would be tasks
    ) -> Parameters:
        asked = context.of(request.scope)
        _refuse_what_is_not_offered(asked, declared)
        return parameters_.read(declared.parameters, asked.query)

    def decorate(function: HandlerT) -> HTTPRouteHandler:
        return get(
            path,
            name=function.__name__,
            operation_id=function.__name__,
            dependencies={"parameters": Provide(read_parameters, sync_to_thread=False)},
            opt={"operation": declared},
        )(function)

    return decorate


def _refuse_what_is_not_offered(asked: Context, declared: Operation) -> None:
    """Raise `NotAcceptableError` where `Accept` rules out every format.

    A parameter `format` comes before it; a wrong one is refused with the other parameters.
    """
    if asked.representation is None and not asked.query.names("format"):
        offered = ", ".join(one.media_type for one in declared.representations)
        message = f"this resource is available as {offered}"
        raise NotAcceptableError(message)
