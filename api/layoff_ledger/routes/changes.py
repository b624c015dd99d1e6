"""Changes: what each publication added, changed and withdrew, for those who keep a copy."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg
import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.response import Stream

from layoff_ledger import feed, formats, queries, types
from layoff_ledger.db import Ledger, Page, Snapshot
from layoff_ledger.http import context
from layoff_ledger.http.problems import InvalidParametersError, UnknownRevisionError
from layoff_ledger.parameters import ChangeListParameters
from layoff_ledger.queries import RESOURCES
from layoff_ledger.routes.answers import addresses, base_of, format_of, link, page_answer, streamed
from layoff_ledger.routes.operation import AnyRequest, operation

COLUMNS = (
    "revision", "position", "published_at", "change", "resource", "id", "url", "digest", "reason",
    "merged_into",
)  # fmt: skip


@operation(
    "/v1/changes",
    summary="List changes",
    tag="Time",
    parameters=ChangeListParameters,
    answer=types.LedgerChangeList,
    formats=("json", "csv", "ndjson", "atom"),
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_changes(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[ChangeListParameters],
) -> Response[bytes] | Stream:
    """What changed after a revision, oldest first: replayed from 0 it gives the present state.

    To keep a copy: read all pages with `since` and put each document where it belongs, or take it
    away where it was withdrawn; then ask again later with `since=` the `meta.revision` that you
    have reached. Atom has the newest change first, without documents.
    """
    if format_of(request) == "atom" and parameters.cursor is not None:
        told = types.ProblemError(
            parameter="cursor",
            detail="a feed has the newest changes and no pages",
            suggestion="leave it out, or ask for json",
        )
        raise InvalidParametersError([told])
    after = queries.read_cursor("change", parameters)
    snapshot = await ledger.begun_at(parameters, after)
    if parameters.since > snapshot.revision:
        message = (
            f"since: there is no revision {parameters.since} as of {snapshot.revision}; "
            "if your copy has it, this ledger was restored from an older state: begin anew"
        )
        raise UnknownRevisionError(message)
    format_, opened = format_of(request), opening(base_of(request))
    if context.of(request.scope).is_stream:
        return await _whole(request, ledger, parameters, snapshot)
    limit = queries.limit_of(parameters)
    statement = queries.list_changes(
        parameters,
        revision=snapshot.revision,
        after=after,
        limit=limit,
        newest_first=format_ == "atom",
        documents=format_ in {"json", "ndjson"},
    )
    rows = await ledger.fetch(statement)
    if format_ == "atom":
        body = feed.write(
            rows[:limit],
            base=base_of(request),
            links=addresses(request, snapshot),
            published_at=snapshot.published_at,
        )
        headers = link(request, snapshot)
        return Response(body, media_type=formats.CONTENT_TYPES["atom"], headers=headers)
    count = None if after is None else after.count
    if count is None:
        counted = await ledger.fetch(queries.count_changes(parameters, revision=snapshot.revision))
        count = counted[0]["count"]
    signature = queries.signature("change", parameters)
    rows, following = queries.cut(
        rows,
        limit,
        lambda last: queries.Position(
            snapshot.revision, count, last["revision"], str(last["position"]), signature
        ),
    )
    documents = list(map(opened, rows))
    if format_ == "json":
        page = Page(documents, count, following, snapshot)
        return page_answer(request, page, documents, limit=limit)
    head = formats.csv_head(COLUMNS) if format_ == "csv" else b""
    body = head + _batch(format_, documents)
    headers = link(request, snapshot, following=following)
    return Response(body, media_type=formats.CONTENT_TYPES[format_], headers=headers)


async def _whole(
    request: AnyRequest, ledger: Ledger, parameters: ChangeListParameters, snapshot: Snapshot
) -> Stream:
    format_ = format_of(request)
    statement = queries.list_changes(
        parameters,
        revision=snapshot.revision,
        after=None,
        limit=None,
        documents=format_ == "ndjson",
    )
    batches = ledger.whole(statement, opening(base_of(request)))

    async def written(documents: list[bytes]) -> bytes:
        return _batch(format_, documents)

    head = formats.csv_head(COLUMNS) if format_ == "csv" else b""
    return await streamed(request, batches, written, head=head, snapshot=snapshot)


def _batch(format_: formats.Format, changes: list[bytes]) -> bytes:
    if format_ == "ndjson":
        return formats.ndjson_of(changes)
    decoded = map(msgspec.json.decode, changes)
    return formats.csv_rows([[one[name] for name in COLUMNS] for one in decoded])


def opening(base: str) -> Callable[[asyncpg.Record], bytes]:
    """Give the function that makes a change of a row, with the whole record as it was then."""
    documents = {name: queries.opening(one, base) for name, one in RESOURCES.items()}

    def opened(row: asyncpg.Record) -> bytes:
        name, id_ = row["resource"], row["id"]
        document = b"null" if row["body"] is None else documents[name](row)
        resource = RESOURCES[name]
        return msgspec.json.encode(
            {
                "revision": row["revision"],
                "position": row["position"],
                "published_at": row["published_at"],
                "change": row["change"],
                "resource": name,
                "id": id_,
                "url": f"{base}/v1/{resource.path}/{id_}{resource.below}",
                "digest": row["digest"],
                "reason": row["reason"],
                "merged_into": row["merged_into"],
                "document": msgspec.Raw(document),
            }
        )

    return opened
