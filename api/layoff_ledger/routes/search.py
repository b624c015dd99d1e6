"""Search: ranked hits over everything in the ledger, and companies by what is typed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from litestar import Response
from litestar.response import Stream
from msgspec import Meta

from layoff_ledger.formats import READ_FORMATS
from layoff_ledger.query.absence import hint_of_search
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.company import COMPANY
from layoff_ledger.resources.parameters import AsOf
from layoff_ledger.routes.links import addresses, base_of
from layoff_ledger.routes.operation import AnyRequest, operation
from layoff_ledger.routes.responses import respond
from layoff_ledger.routes.rows import respond_with_records
from layoff_ledger.search import hits
from layoff_ledger.search.complete import complete
from layoff_ledger.search.query import parse_query
from layoff_ledger.search.results import (
    HIT_COLUMNS,
    SearchHit,
    SearchMeta,
    SearchResults,
    SuggestionMeta,
    Suggestions,
)
from layoff_ledger.search.snippet import snippet
from layoff_ledger.store.ledger import Ledger

SEARCHED = tuple(name for name, one in RESOURCES.items() if one.search_entry is not None)
if TYPE_CHECKING:
    SearchedResource = str
else:
    SearchedResource = Literal[SEARCHED]


class SearchParameters(AsOf, frozen=True, kw_only=True):
    """What is searched for."""

    q: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="Words that must all occur, in any order and form. The last one may be the "
            "beginning of a word, unless it is a word itself; mistyped words are corrected. Other "
            "names of a company or a place count as its name. There are no phrases and no "
            "operators.",
            examples=["over-hiring recruiters"],
        ),
    ]
    kind: Annotated[
        list[SearchedResource],
        Meta(description="Only hits of these kinds.", examples=[["wave"]]),
    ] = []
    limit: Annotated[
        int,
        Meta(
            ge=1,
            le=50,
            description="Maximum number of hits; `meta.count` has the total.",
            examples=[5],
        ),
    ] = 20


class AutocompleteParameters(AsOf, frozen=True, kw_only=True):
    """What is typed so far."""

    q: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="The beginning of a name, former name, alias or later word of a name, an "
            "id, a ticker or a CIK; case, accents and punctuation do not matter.",
            examples=["faceb"],
        ),
    ]


@operation(
    "/v1/search",
    summary="Search everything",
    tag="Search",
    parameters=SearchParameters,
    answer=SearchResults,
    formats=READ_FORMATS,
    links={
        "get_wave": ("The first hit, with `kind=wave`.", {"id": "$response.body#/data/0/id"}),
        "get_company": ("The first hit, with `kind=company`.", {"id": "$response.body#/data/0/id"}),
        "get_source": ("The first hit, with `kind=source`.", {"id": "$response.body#/data/0/id"}),
    },
)
async def search(
    request: AnyRequest,
    ledger: Ledger,
    parameters: SearchParameters,
) -> Response[bytes] | Stream:
    """Full text over names, identifiers, titles, statements and cited sources, best hits first.

    All words must occur, in any order; other English forms of a word count too, case and accents do
    not matter. A company with exactly this name comes first.
    """
    searched = [RESOURCES[name] for name in parameters.kind or SEARCHED]
    snapshot = (await ledger.snapshot_at(parameters.as_of)).on_terms_of(*searched)
    query = await parse_query(ledger.fetch, parameters.q, snapshot.revision)
    rows = await hits.search(
        ledger.fetch,
        ledger.fetch_costly,
        query,
        parameters.kind,
        parameters.limit,
        revision=snapshot.revision,
    )
    base = base_of(request)
    results = SearchResults(
        url=addresses(request, snapshot).self,
        data=[
            SearchHit(
                kind=row["resource"],
                id=row["id"],
                url=f"{base}/v1/{RESOURCES[row['resource']].path}/{row['id']}",
                label=row["label"],
                snippet=snippet(row["body"], row["places"] or [], query),
                score=row["score"],
            )
            for row in rows
        ],
        meta=SearchMeta(
            count=rows[0]["count"] if rows else 0,
            limit=parameters.limit,
            corrected=query.corrected,
            revision=snapshot.revision,
            published_at=snapshot.published_at,
            license=snapshot.license,
            hint=await hint_of_search(ledger, query, parameters.kind, snapshot, hits=rows),
            attribution=snapshot.attribution,
        ),
    )
    return await respond_with_records(
        request,
        "search",
        HIT_COLUMNS,
        results.data,
        results,
        snapshot=snapshot,
    )


@operation(
    "/v1/companies/autocomplete",
    summary="Complete the name of a company",
    tag="Search",
    parameters=AutocompleteParameters,
    answer=Suggestions,
    links={
        "get_company": ("The likeliest company.", {"id": "$response.body#/data/0/id"}),
        "list_waves": ("Its waves.", {"company": "$response.body#/data/0/id"}),
    },
)
async def autocomplete_companies(
    request: AnyRequest,
    ledger: Ledger,
    parameters: AutocompleteParameters,
) -> Response[bytes]:
    """At most ten companies that may be meant by what has been typed so far.

    Exact names and identifiers come first, then names that begin with it, then other names and
    identifiers, then later words of names, and last similar spellings.
    """
    base, snapshot = base_of(request), await ledger.snapshot_at(parameters.as_of)
    found = await complete(ledger.fetch, parameters.q, snapshot.revision)
    suggestions = Suggestions(
        url=addresses(request, snapshot).self,
        data=[
            msgspec.structs.replace(one, url=f"{base}/v1/{COMPANY.path}/{one.id}") for one in found
        ],
        meta=SuggestionMeta(
            revision=snapshot.revision,
            published_at=snapshot.published_at,
            license=snapshot.license,
        ),
    )
    return respond(request, msgspec.json.encode(suggestions), snapshot)
