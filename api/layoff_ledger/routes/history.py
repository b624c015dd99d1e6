"""The history of a record, for every resource that declares one."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from layoff_ledger.formats import READ_FORMATS
from layoff_ledger.pages.subject import NOTHING, Beside
from layoff_ledger.query.changes import HISTORY_COLUMNS, history_rows, read_history
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import HistoryOperation, Resource
from layoff_ledger.resources.fields import Links
from layoff_ledger.resources.parameters import AsOf
from layoff_ledger.resources.revision import History, HistoryEntry
from layoff_ledger.routes.links import addresses, base_of
from layoff_ledger.routes.operation import AnyRequest, format_of, operation
from layoff_ledger.routes.responses import meta_of
from layoff_ledger.routes.rows import respond_with_records
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


def handlers() -> list[HTTPRouteHandler]:
    """Make the handlers of the resources that have a history."""
    return [
        _history_handler(resource, resource.history)
        for resource in RESOURCES.values()
        if resource.history is not None
    ]


def _history_handler(resource: Resource, declared: HistoryOperation) -> HTTPRouteHandler:
    @operation(
        f"/v1/{resource.path}/{{{resource.key}:str}}/history",
        id=f"get_{resource.name}_history",
        summary=f"Get the history of a {resource.name}",
        description=declared.description,
        tag="Time",
        answer=History,
        formats=READ_FORMATS,
        parameters=AsOf,
        problems=("invalid_parameters", "not_found", "not_acceptable", "unavailable"),
        path_parameter=declared.path_parameter,
        example=resource.single.example,
    )
    async def get_history(
        request: AnyRequest,
        ledger: Ledger,
        parameters: AsOf,
    ) -> Response[bytes] | Stream:
        id_ = request.path_params[resource.key]
        snapshot = await ledger.snapshot_at(parameters.as_of)
        entries = await read_history(
            ledger, resource, id_, base=base_of(request), snapshot=snapshot
        )
        snapshot = snapshot.on_terms_of(resource)
        beside = NOTHING
        if format_of(request).is_page:
            beside = Beside(of=await _name_of(ledger, resource, id_, entries, snapshot))
        links = addresses(request, snapshot)
        history = History(
            id=id_,
            data=entries,
            links=Links(self=links.self, latest=links.latest),
            meta=meta_of(snapshot),
        )
        return await respond_with_records(
            request,
            f"history of {id_}",
            HISTORY_COLUMNS,
            history_rows(entries) if format_of(request).is_flat else entries,
            history,
            snapshot=snapshot,
            beside=beside,
        )

    return get_history


async def _name_of(
    ledger: Ledger, resource: Resource, id_: str, entries: list[HistoryEntry], snapshot: Snapshot
) -> str | None:
    """Return what a record is called, or was called last if it was taken out since."""
    there = [one.revision for one in entries if one.url is not None]
    if not there or resource.feed_text is None:
        return None
    if entries[-1].url is None:
        snapshot = await ledger.snapshot_at(there[-1])
    found = await ledger.documents.find(resource, [id_], base="", snapshot=snapshot)
    return resource.feed_text(msgspec.json.decode(found[id_])).title if found else None
