"""Answers that are feeds: of any list, and of all changes."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Response

from layoff_ledger import vocabulary
from layoff_ledger.formats.base import Feed, FeedEntry
from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.query.feeds import read_feed
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.citations import question_title
from layoff_ledger.routes.links import base_of, link, question_as
from layoff_ledger.routes.operation import AnyRequest, asked_of, format_of
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


async def respond_with_list_feed(
    request: AnyRequest, ledger: Ledger, resource: Resource, parameters: Parameters
) -> Response[bytes]:
    """Answer with a page of the feed of a list."""
    if asked_of(request).context.query.names("sort"):
        raise InvalidParametersError(
            mistake(
                "sort",
                "a feed always lists the latest changes first",
                "leave it out, or choose another format",
            )
        )
    entries, page = await read_feed(ledger, resource, parameters, base=base_of(request))
    return await respond_with_feed(request, entries, snapshot=page.snapshot, following=page.next)


async def respond_with_feed(
    request: AnyRequest,
    entries: Sequence[FeedEntry],
    *,
    snapshot: Snapshot,
    following: str | None,
) -> Response[bytes]:
    """Answer with a page of a feed; `following` is the cursor of the older entries."""
    format_, sent = format_of(request), asked_of(request).context
    if format_.feed is None:
        raise TypeError(format_.name)
    path, query = f"{sent.base}{sent.path}", sent.query
    # With the format, because a reader that follows a link does not repeat it.
    asked = [*query.written(without={"as_of", "cursor", "format"}), f"format={format_.name}"]
    current = f"{path}?{'&'.join(asked)}"
    pin = f"as_of={snapshot.revision}"
    is_current = not (query.names("as_of") or query.names("cursor"))
    cursor = query.last("cursor")
    here = [*asked, pin] if cursor is None else [*asked, pin, f"cursor={cursor}"]
    feed = Feed(
        id=current,
        title=await question_title(request, snapshot),
        self=current if is_current else f"{path}?{'&'.join(here)}",
        current=current,
        alternate=question_as(request, "json"),
        next=None
        if following is None
        else f"{path}?{'&'.join([*asked, pin, f'cursor={following}'])}",
        is_current=is_current,
        updated_at=snapshot.published_at,
        license=vocabulary.LICENSES.get(snapshot.license),
        entries=entries,
    )
    headers = link(request, snapshot, following=following)
    return Response(format_.feed(feed), media_type=format_.response_type, headers=headers)
