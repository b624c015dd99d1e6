"""The addresses that belong to an answer: permanent, newest, next, and cited; the header `Link`."""

from __future__ import annotations

from collections.abc import Sequence

from layoff_ledger import vocabulary
from layoff_ledger.http import context
from layoff_ledger.resources import deprecation
from layoff_ledger.resources.fields import ListLinks
from layoff_ledger.resources.parameters import SHAPING, AsOf
from layoff_ledger.routes.operation import AnyRequest, Asked, asked_of
from layoff_ledger.store.revisions import Snapshot


def base_of(request: AnyRequest) -> str:
    """Return the address under which the client sees the API."""
    return context.of(request.scope).base


def addresses(
    request: AnyRequest, snapshot: Snapshot, *, following: str | None = None
) -> ListLinks:
    """Return an answer's permanent address, that of its newest version, and of the next page.

    `following` is the cursor of the next page, which stays at its revision and never changes.
    """
    asked = asked_of(request)
    drawn, pin = _drawn(asked), _pin(asked, snapshot)
    written = asked.context.query.written(without={"as_of", "cursor", *drawn})
    return ListLinks(
        self=_pinned(asked, snapshot, without={"as_of", *drawn}),
        latest=_address(asked, written),
        next=None
        if following is None
        else _address(asked, [*written, *pin, f"cursor={following}"]),
    )


def _drawn(asked: Asked) -> frozenset[str]:
    """Return the parameters that say how the chart of a page looks: other formats refuse them."""
    return asked.format.looks if asked.format.is_page else frozenset()


def _pinned(asked: Asked, snapshot: Snapshot, *, without: set[str]) -> str:
    """Return the address of the request, as of the revision, without some of its parameters."""
    written = asked.context.query.written(without=without)
    return _address(asked, [*written, *_pin(asked, snapshot)])


def _pin(asked: Asked, snapshot: Snapshot) -> list[str]:
    # A path that names its revision is permanent as it is, and takes no `as_of`.
    is_dated = isinstance(asked.parameters, AsOf)
    return [f"as_of={snapshot.revision}"] if is_dated else []


def _address(asked: Asked, written: Sequence[str]) -> str:
    path = f"{asked.context.base}{asked.context.path}"
    return f"{path}?{'&'.join(written)}" if written else path


def link(
    request: AnyRequest, snapshot: Snapshot, *, following: str | None = None
) -> dict[str, str]:
    """Return the header `Link` (RFC 8288): what belongs to an answer."""
    links = addresses(request, snapshot, following=following)
    return link_header(asked_of(request), snapshot, links)


def link_header(
    asked: Asked, snapshot: Snapshot, links: ListLinks, *, cited: str | None = None
) -> dict[str, str]:
    """Return the same where the addresses are known; `cited` is what is cited instead of them."""
    base = asked.context.base
    written = [] if links.next is None else [f'<{links.next}>; rel="next"']
    written += (
        f'<{links.self}>; rel="self"',
        f'<{cited or links.self}>; rel="cite-as"',
        f'<{links.latest}>; rel="latest-version"',
        f'<{base}/openapi.json>; rel="describedby"',
    )
    if snapshot.license in vocabulary.LICENSES:
        written.append(f'<{vocabulary.LICENSES[snapshot.license]}>; rel="license"')
    declared, query = asked.operation, asked.context.query
    marks = [mark for name, mark in declared.deprecated.items() if query.names(name)]
    gone = deprecation.headers([*marks, *deprecation.deprecated_fields(declared.answer).values()])
    if gone:
        written.append(f'<{base}/guide/clients#deprecations>; rel="deprecation"')
    if feeds := declared.formats.feeds:
        question = _question(asked)
        written += [
            f'<{question}format={one.name}>; rel="alternate"; type="{one.media_type}"'
            for one in feeds
        ]
    return {"link": ", ".join(written), **gone}


def question_as(request: AnyRequest, format_: str) -> str:
    """Return the address of the same question to the newest revision in a format."""
    return f"{_question(asked_of(request))}format={format_}"


def _question(asked: Asked) -> str:
    """Return the address of the question up to its format."""
    written = asked.context.query.written(without=_NOT_OF_FEEDS)
    path = f"{asked.context.base}{asked.context.path}"
    return "".join([f"{path}?", *[f"{one}&" for one in written]])


_NOT_OF_FEEDS = SHAPING | {"sort"}
"""Parameters that a feed does not use: it has an order of its own."""


def cited_address(request: AnyRequest, snapshot: Snapshot) -> str:
    """Return the address of what is cited, rather than that of the citation."""
    asked = asked_of(request)
    return _pinned(asked, snapshot, without={"as_of", "format", *_drawn(asked)})
