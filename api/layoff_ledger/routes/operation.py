"""How an operation is declared: its path, its parameters, its formats, and its documentation."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from msgspec import Struct

from layoff_ledger.formats import ONLY_JSON, FormatSet
from layoff_ledger.formats.base import Format
from layoff_ledger.formats.chart import CHART_ONLY
from layoff_ledger.formats.json import JSON, SELECTION
from layoff_ledger.http import context
from layoff_ledger.http.context import Context, Query
from layoff_ledger.http.negotiation import Representation, Representations
from layoff_ledger.http.problems import (
    InvalidParametersError,
    MovedError,
    NotAcceptableError,
    mistake,
)
from layoff_ledger.query import parse
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.deprecation import Deprecation, deprecated_parameters
from layoff_ledger.resources.parameters import AsOf, Parameters
from layoff_ledger.store.ledger import Ledger

ParametersT = TypeVar("ParametersT", bound=Parameters)
AnyRequest = Request[Any, Any, Any]
Handler = Callable[[AnyRequest, Ledger, Any], Awaitable[Response[bytes] | Stream]]
"""What answers an operation: it gets the request, the ledger and the parameters."""
Links = dict[str, tuple[str, dict[str, str]]]

_ASKED = "asked"
READS = ("invalid_parameters", "not_acceptable", "unavailable")
"""The problems of every operation that reads the ledger."""


class PathParameter(Struct, frozen=True):
    """A parameter of a path after its first one; any text."""

    name: str
    meaning: str
    example: str


class Alternative(Struct, frozen=True):
    """The parameters that are read instead if one parameter has a certain value.

    The operation then answers like another one, which documents them.
    """

    name: str
    value: str
    parameters: type[Parameters]


class Operation(Struct, frozen=True, kw_only=True):
    """What the OpenAPI document says about a handler, and how its request is read."""

    path: str
    """The router's template, such as `/v1/waves/{id:str}`."""
    id: str
    """The operation id, by which clients call it."""
    summary: str
    description: str
    tag: str
    answer: type[Struct]
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
    """The parameters of the path after the first one."""
    alternative: Alternative | None = None
    formats: FormatSet = ONLY_JSON
    media_types: tuple[str, ...] = ()
    """For a file: its media types, instead of the formats."""
    moves: bool = False
    """Whether a record may have been merged into another one, to which the client is then sent."""
    only_moves: bool = False
    """Whether it only leads elsewhere, where the media type is negotiated."""
    resource: Resource | None = None
    """The kind of record that it returns, if it is one record or a list of them."""
    links: Links = {}
    """Operation → what it leads to, with parameters as expressions over the answer."""

    def parameters_of(self, query: Query) -> type[Parameters]:
        """Return the parameters by which a query is read."""
        other = self.alternative
        if other is not None:
            wanted = other.name, other.value
            if any((one.name, one.value) == wanted for one in query.parameters):
                return other.parameters
        return self.parameters

    @property
    def representations(self) -> Representations:
        """Return what the operation offers, for content negotiation; nothing for a file."""
        if self.media_types:
            return ()
        offered = [
            Representation(
                name=one.name,
                media_type=one.media_type,
                streams=one.streams and self.formats.has_streams,
                compressed=one.is_compressed,
                dated=one.cite is not None,
            )
            for one in self.formats.formats
        ]
        if self.selects:
            # Last, so that only a client that names it, or asks for only some fields, gets it.
            offered.append(Representation(name=JSON.name, media_type=SELECTION, selects=True))
        return tuple(offered)

    @property
    def deprecated(self) -> dict[str, Deprecation]:
        """Return its deprecated parameters."""
        return deprecated_parameters(self.parameters)

    @property
    def selects(self) -> bool:
        """Return whether a request may ask for only some fields of its records."""
        return "select" in self.parameters.__struct_fields__


class Asked(Struct, frozen=True):
    """What a request asks an operation, read once before its handler runs."""

    context: Context
    operation: Operation
    format: Format
    """What was negotiated."""
    parameters: Parameters
    ledger: Ledger


def operation(path: str, **declared: Any) -> Callable[[Handler], HTTPRouteHandler]:
    """Make a GET handler, whose query is read strictly and whose media type is negotiated.

    Both are documented. The name of the function is the operation id, its docstring the
    description, unless they are declared. As dependencies that the framework makes, its arguments
    would cost a page of a list 6 % more.
    """

    def decorate(function: Handler) -> HTTPRouteHandler:
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
        has_charts = any(format_.is_chart for format_ in one.formats.formats)
        if has_charts:
            one = msgspec.structs.replace(one, problems=(*one.problems, "not_installed"))
        parameters = one.formats.with_parameter(one.parameters)
        one = msgspec.structs.replace(one, parameters=parameters)

        async def handle(request: AnyRequest) -> Response[bytes] | Stream:
            asked = context.of(request.scope)
            _refuse_what_is_not_offered(asked, one)
            _leave_out_blanks(asked, one)
            parameters = parse.read(one.parameters_of(asked.query), asked.query)
            if has_charts:
                _refuse_looks_without_chart(asked, one.formats)
            # Without a choice of formats, everything is JSON.
            chosen = asked.representation
            format_ = JSON if chosen is None else one.formats.named(chosen.name)
            ledger: Ledger = request.app.state["ledger"]
            request.scope["state"][_ASKED] = Asked(asked, one, format_, parameters, ledger)
            return await function(request, ledger, parameters)

        return get(path, name=one.id, operation_id=one.id, opt={"operation": one})(handle)

    return decorate


def asked_of(request: AnyRequest) -> Asked:
    """Return what a request asks; it is there once its parameters are read.

    What belongs to no operation, such as a page to embed, only has the context (`context.of`).
    """
    asked: Asked = request.scope["state"][_ASKED]
    return asked


def format_of(request: AnyRequest) -> Format:
    """Return the format that was negotiated."""
    return asked_of(request).format


def ask_instead(request: AnyRequest, parameters: ParametersT, query: Query) -> ParametersT:
    """Change a request as if it had come with another query; return the parameters of that."""
    asked = asked_of(request)
    parameters = parse.read(type(parameters), query)
    changed = msgspec.structs.replace(asked.context, query=query)
    state = request.scope["state"]
    state["context"] = changed
    state[_ASKED] = msgspec.structs.replace(asked, context=changed, parameters=parameters)
    return parameters


def operation_of(handler: HTTPRouteHandler) -> Operation:
    """Return what a handler was declared with."""
    declared: Operation = handler.opt["operation"]
    return declared


def _leave_out_blanks(asked: Context, declared: Operation) -> None:
    """Raise `MovedError` if a form was sent with fields that nobody filled in.

    This keeps the address of a page to the question and no more, and the same address gives JSON.
    """
    # Parameters that only forms have are looked for first: finding out what a client prefers takes
    # longer.
    if not asked.query.has_blanks or asked.query.mistakes or not asked.is_for_people:
        return
    chosen = asked.representation
    if chosen is not None and declared.formats.named(chosen.name).is_page:
        kept = asked.query.written(without_blanks=True)
        raise MovedError(asked.raw_path.decode("latin-1"), query="&".join(kept))


def _refuse_what_is_not_offered(asked: Context, declared: Operation) -> None:
    """Raise `NotAcceptableError` if `Accept` rules out every format.

    A parameter `format` takes precedence; a wrong one is refused with the other parameters.
    """
    if asked.representation is not None or asked.query.names("format") or declared.only_moves:
        return
    # They are made from the formats, so only for a refusal.
    representations = declared.representations
    if representations:
        offered = ", ".join(one.media_type for one in representations if not one.selects)
        message = f"this resource is available as {offered}"
        raise NotAcceptableError(message)


def _refuse_looks_without_chart(asked: Context, formats: FormatSet) -> None:
    """Raise `InvalidParametersError` if parameters style a chart, but no chart is requested.

    A parameter that is ignored would let a mistyped `format` look right.
    """
    chosen = None if asked.representation is None else asked.representation.name
    mistakes = []
    for name in CHART_ONLY:
        meant_for = [one.name for one in formats.formats if name in one.looks]
        if asked.query.names(name) and chosen not in meant_for:
            suggestion = f"ask for format={' or '.join(meant_for)}, or leave it out"
            mistakes.append(mistake(name, FOR_CHARTS, suggestion))
    if mistakes:
        raise InvalidParametersError(*mistakes)


FOR_CHARTS = "says how a chart looks, and no such chart is asked for"
