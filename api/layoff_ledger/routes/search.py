"""Search: ranked hits over all that the ledger has."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency

from layoff_ledger import queries, types
from layoff_ledger import search as search_
from layoff_ledger.db import Ledger
from layoff_ledger.parameters import SearchParameters
from layoff_ledger.routes.answers import addresses, answer, base_of
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/search",
    summary="Search everything",
    tag="Search",
    parameters=SearchParameters,
    answer=types.SearchResults,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def search(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SearchParameters],
) -> Response[bytes]:
    """Full text over names, identifiers, titles, statements and cited sources, best hits first.

    All words must occur, in any order; other English forms of a word count too, case and accents do
    not matter. A company that is called exactly so comes first.
    """
    snapshot = await ledger.at(parameters.as_of)
    meant = await search_.understand(ledger.fetch, parameters.q, snapshot.revision)
    rows = []
    if meant.query:
        rows = await ledger.fetch(
            search_.hits(meant, parameters.kind, parameters.limit, revision=snapshot.revision)
        )
    base = base_of(request)
    told = types.SearchResults(
        url=addresses(request, snapshot).self,
        data=[
            types.SearchHit(
                kind=row["resource"],
                id=row["id"],
                url=f"{base}/v1/{queries.RESOURCES[row['resource']].path}/{row['id']}",
                label=row["label"],
                snippet=search_.snippet(row["body"], row["places"] or [], meant),
                score=row["score"],
            )
            for row in rows
        ],
        meta=types.SearchMeta(
            count=rows[0]["count"] if rows else 0,
            limit=parameters.limit,
            corrected=meant.corrected,
            revision=snapshot.revision,
            published_at=snapshot.published_at,
            license=snapshot.license,
        ),
    )
    return answer(request, msgspec.json.encode(told), snapshot)
