"""The publications of the ledger, and what each changed, for those who keep a copy."""

from __future__ import annotations

from litestar import Response
from litestar.response import Stream

from layoff_ledger.formats import CHANGE_FORMATS, LISTED_READ_FORMATS, READ_FORMATS
from layoff_ledger.pages.subject import NOTHING, Beside
from layoff_ledger.query.changes import (
    COLUMNS,
    ChangeListParameters,
    change_renderer,
    count_changes,
    follows_many,
    hint_of_changes,
    read_changed,
    read_position,
    render_change,
    snapshot_of_changes,
    walk_name,
)
from layoff_ledger.query.changes import (
    list_changes as changes_statement,
)
from layoff_ledger.query.cursor import (
    BY_NUMBER,
    Position,
    limit_of,
    paginate,
    read_cursor,
    signature,
    snapshot_of_cursor,
)
from layoff_ledger.query.feeds import change_entry
from layoff_ledger.query.lists import Page
from layoff_ledger.query.revisions import COLUMNS as REVISION_COLUMNS
from layoff_ledger.query.revisions import (
    get_revision as revision_statement,
)
from layoff_ledger.query.revisions import (
    list_revisions as revisions_statement,
)
from layoff_ledger.query.revisions import (
    published_revision,
    revision_renderer,
    snapshot_of_path,
)
from layoff_ledger.resources.base import Column
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.resources.revision import (
    LedgerChangeList,
    PublishedRevision,
    RevisionList,
    RevisionListParameters,
)
from layoff_ledger.routes.beside import read_beside
from layoff_ledger.routes.feeds import respond_with_feed
from layoff_ledger.routes.files import refuse_too_many
from layoff_ledger.routes.landing import land
from layoff_ledger.routes.links import base_of
from layoff_ledger.routes.operation import AnyRequest, asked_of, format_of, operation
from layoff_ledger.routes.responses import respond_with_page
from layoff_ledger.routes.rows import respond_with_all, respond_with_documents, respond_with_records
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


@operation(
    "/v1/revisions",
    summary="List revisions",
    tag="Time",
    parameters=RevisionListParameters,
    answer=RevisionList,
    formats=LISTED_READ_FORMATS,
    links={
        "get_revision": ("The newest revision.", {"number": "$response.body#/data/0/number"}),
        "list_changes": ("What changed after it.", {"since": "$response.body#/data/0/number"}),
    },
)
async def list_revisions(
    request: AnyRequest,
    ledger: Ledger,
    parameters: RevisionListParameters,
) -> Response[bytes] | Stream:
    """Every publication, with how much it changed and the digest of the ledger as of it."""
    format_, base = format_of(request), base_of(request)
    after = read_cursor("revision", BY_NUMBER, parameters)
    snapshot = await snapshot_of_cursor(ledger.revisions, parameters, after)
    if asked_of(request).context.is_stream:
        refuse_too_many(format_, snapshot.revision)
        statement = revisions_statement(
            parameters, revision=snapshot.revision, after=None, limit=None
        )
        batches = ledger.pool.stream(statement, revision_renderer(base))
        return await respond_with_all(
            request,
            "revisions",
            REVISION_COLUMNS,
            batches,
            snapshot=snapshot,
        )
    limit = limit_of(parameters)
    belongs_to = signature("revision", parameters)
    rows, following = paginate(
        await ledger.fetch(
            revisions_statement(parameters, revision=snapshot.revision, after=after, limit=limit)
        ),
        limit,
        lambda last: Position(snapshot.revision, snapshot.revision, last["number"], "", belongs_to),
    )
    documents = list(map(revision_renderer(base), rows))
    page = Page(documents, snapshot.revision, following, snapshot)
    return await _respond_with_part(request, "revisions", REVISION_COLUMNS, page, limit=limit)


@operation(
    "/v1/revisions/{number:str}",
    summary="Get one revision",
    tag="Time",
    answer=PublishedRevision,
    formats=READ_FORMATS,
    problems=("invalid_parameters", "unknown_revision", "not_acceptable", "unavailable"),
    path_parameter="Number of the revision.",
    path_schema={"type": "integer", "minimum": 1},
    example=1,
    links={"list_waves": ("The waves as of it.", {"as_of": "$response.body#/number"})},
)
async def get_revision(
    request: AnyRequest,
    ledger: Ledger,
    parameters: Parameters,  # noqa: ARG001 read so that unknown ones are refused
) -> Response[bytes] | Stream:
    """One publication: when, how much it changed, and the digest of the ledger as of it.

    `/v1/revisions/latest` is the newest one.
    """
    number = request.path_params["number"]
    snapshot = await snapshot_of_path(ledger, number)
    (row,) = await ledger.fetch(revision_statement(snapshot.revision))
    published = published_revision(row, base_of(request))
    return await respond_with_records(
        request,
        f"revision {number}",
        REVISION_COLUMNS,
        [published],
        published,
        snapshot=snapshot,
    )


@operation(
    "/v1/changes",
    summary="List changes",
    tag="Time",
    parameters=ChangeListParameters,
    answer=LedgerChangeList,
    formats=CHANGE_FORMATS,
)
async def list_changes(
    request: AnyRequest,
    ledger: Ledger,
    parameters: ChangeListParameters,
) -> Response[bytes] | Stream:
    """What changed after a revision, oldest first: replayed from 0 it gives the present state.

    To keep a copy: read all pages with `since`, store each document, and delete those that were
    withdrawn; next time, ask with `since=` the `meta.revision` that you have reached. Atom and JSON
    Feed have the newest change first, without documents, and without drivers, roles and collections
    unless `resource` asks for them.
    """
    format_ = format_of(request)
    parameters = await land(request, ledger, parameters)
    after = read_position(parameters, newest_first=format_.is_feed)
    snapshot = await snapshot_of_changes(ledger, parameters, after)
    if asked_of(request).context.is_stream:
        return await _stream_changes(request, ledger, parameters, snapshot)
    limit = limit_of(parameters)
    rows = await ledger.fetch(
        changes_statement(
            parameters,
            revision=snapshot.revision,
            after=after,
            limit=limit,
            newest_first=format_.is_feed,
            is_many=follows_many(ledger, parameters),
        )
    )
    count = None if after is None else after.count
    if count is None and not format_.is_feed:
        is_whole = after is None and len(rows) <= limit
        count = len(rows) if is_whole else await count_changes(ledger, parameters, snapshot)
    belongs_to = signature(walk_name(newest_first=format_.is_feed), parameters)
    page_rows, following = paginate(
        rows,
        limit,
        lambda last: Position(
            snapshot.revision, count, last["revision"], str(last["position"]), belongs_to
        ),
    )
    base = base_of(request)
    if format_.is_flat or format_.is_page:
        documents: list[bytes | None] = [None] * len(page_rows)
    else:
        documents = await read_changed(ledger, page_rows, base=base)
    changes = list(zip(page_rows, documents, strict=True))
    if format_.is_feed:
        entries = [change_entry(row, document, base) for row, document in changes]
        return await respond_with_feed(request, entries, snapshot=snapshot, following=following)
    rendered = [render_change(row, document, base) for row, document in changes]
    page = Page(rendered, count, following, snapshot)
    return await _respond_with_part(
        request,
        "changes",
        COLUMNS,
        page,
        limit=limit,
        hint=hint_of_changes(parameters),
        beside=await read_beside(request, ledger, parameters, snapshot),
    )


async def _respond_with_part(
    request: AnyRequest,
    what: str,
    columns: tuple[Column, ...],
    page: Page,
    *,
    limit: int,
    hint: str | None = None,
    beside: Beside = NOTHING,
) -> Response[bytes] | Stream:
    """Answer with a page in the negotiated format."""
    if not format_of(request).has_rows:
        return respond_with_page(
            request, page, page.documents, limit=limit, hint=hint, beside=beside
        )
    return await respond_with_documents(
        request,
        what,
        columns,
        page.documents,
        snapshot=page.snapshot,
        following=page.next,
    )


async def _stream_changes(
    request: AnyRequest, ledger: Ledger, parameters: ChangeListParameters, snapshot: Snapshot
) -> Stream:
    format_ = format_of(request)
    if format_.max_rows is not None:
        refuse_too_many(format_, await count_changes(ledger, parameters, snapshot))
    statement = changes_statement(
        parameters,
        revision=snapshot.revision,
        after=None,
        limit=None,
        bodies=not format_.is_flat,
    )
    batches = ledger.pool.stream(statement, change_renderer(base_of(request)))
    return await respond_with_all(request, "changes", COLUMNS, batches, snapshot=snapshot)
