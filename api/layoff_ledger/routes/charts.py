"""Answers that are charts: what is read, the figure of it, and the image of the figure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Response
from msgspec import Struct

from layoff_ledger.charts.description import alternative, describe, long
from layoff_ledger.charts.drawing import Drawer
from layoff_ledger.charts.figure import Figure
from layoff_ledger.charts.layout import MAX_VALUES, Size, TooSmallError, specify
from layoff_ledger.charts.question import Question, ask
from layoff_ledger.formats import LOOKS
from layoff_ledger.formats.chart import SVG, VEGA
from layoff_ledger.http.context import Query
from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.links import link
from layoff_ledger.routes.operation import AnyRequest, asked_of, format_of
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


class QuestionAddress(Struct, frozen=True):
    """The address of a question, in its parts: the page that shows a chart may be at another."""

    base: str
    path: str
    query: Query

    def pinned(self, snapshot: Snapshot) -> str:
        """Return the permanent address of the numbers of its answer."""
        written = self.query.written(without={"as_of", *LOOKS})
        return f"{self.base}{self.path}?{'&'.join([*written, f'as_of={snapshot.revision}'])}"


class Answered(Struct, frozen=True, kw_only=True):
    """What is read for a question, once: its answer is both written and drawn from this."""

    rows: list[Any]
    drawn: list[Any]
    """The rows, including those beyond `limit` if no limit was requested."""
    meta: Any = None
    snapshot: Snapshot


class Drawn(Struct, frozen=True):
    """A question whose answer can be drawn."""

    path: str
    """The path of the operation that answers."""
    parameters: type[Parameters]
    """Including those that say how a chart looks."""
    read: Callable[[Ledger, Any, str], Awaitable[Answered]]
    """Reads what is drawn, with addresses under a base; raises the errors of the operation."""
    draw: Callable[[Ledger, Any, Answered, Question], Awaitable[Figure]]

    async def figure(
        self, ledger: Ledger, parameters: Any, answered: Answered, address: QuestionAddress
    ) -> Figure:
        """Draw what was read."""
        snapshot = answered.snapshot
        question = await ask(
            ledger,
            parameters,
            snapshot,
            address=address.pinned(snapshot),
            numbers=parameters.numbers,
        )
        return await self.draw(ledger, parameters, answered, question)


def size_of(parameters: Parameters) -> Size:
    """Return the size and the colour scheme of the requested chart."""
    looks = {name: getattr(parameters, name) for name in Size.__struct_fields__}
    return msgspec.convert(looks, Size)


async def respond_with_chart(
    request: AnyRequest, ledger: Ledger, parameters: Parameters, drawn: Drawn
) -> Response[bytes]:
    """Answer with a figure in the requested format."""
    asked, format_ = asked_of(request).context, format_of(request)
    drawer: Drawer = request.app.state.drawer
    address = QuestionAddress(asked.base, asked.path, asked.query)
    answered = await drawn.read(ledger, parameters, address.base)
    figure = await drawn.figure(ledger, parameters, answered, address)
    size = size_of(parameters)
    specification = specified(figure, size)
    if format_ is VEGA:
        specification["usermeta"] |= {
            "alternative": alternative(figure, size.numbers),
            "description": long(figure, size.numbers),
        }
        body = msgspec.json.encode(specification)
    elif format_ is SVG:
        image = await drawer.svg(specification)
        body = describe(image, figure, size.numbers).encode()
    else:
        scale: int = getattr(parameters, "scale")  # noqa: B009 declared by the formats
        body = await drawer.png(specification, scale=scale)
    return Response(
        body, media_type=format_.response_type, headers=link(request, answered.snapshot)
    )


def specified(figure: Figure, size: Size) -> dict[str, Any]:
    """Return the specification of a figure; raise `InvalidParametersError` if it has no room."""
    refuse_too_many(sum(len(panel.values) for panel in figure.panels))
    try:
        return specify(figure, size)
    except TooSmallError as error:
        raise InvalidParametersError(
            mistake(
                "height",
                f"this chart does not fit in {size.height} pixels",
                f"give at least {error.needed}, or leave it out",
            )
        ) from error


def height_of(figure: Figure, size: Size) -> int:
    """Return the height of an image of a figure, in CSS pixels; raise as `specified` does."""
    height: int = specified(figure, size)["usermeta"]["height"]
    return height


def refuse_too_many(values: int) -> None:
    """Raise `InvalidParametersError` if a chart has no room for this many values."""
    if values > MAX_VALUES:
        raise InvalidParametersError(
            mistake(
                "format",
                f"a chart has room for {MAX_VALUES:,} values, and this question has {values:,}",
                "narrow the question by a filter, or ask for csv",
            )
        )
