"""Companies, with identifiers and the totals of their waves."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import queries, search, types
from layoff_ledger.db import Ledger
from layoff_ledger.formats import LIST_FORMATS
from layoff_ledger.parameters import AutocompleteParameters, CompanyListParameters, Reading
from layoff_ledger.routes.answers import addresses, answer, base_of, list_answer, single_answer
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/companies",
    summary="List companies",
    tag="Companies",
    parameters=CompanyListParameters,
    answer=types.CompanyList,
    formats=LIST_FORMATS,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_companies(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[CompanyListParameters],
) -> Response[bytes] | Stream:
    """Companies by name, each with identifiers, totals and a link to its waves."""
    return await list_answer(request, ledger, queries.COMPANY, parameters)


@operation(
    "/v1/companies/autocomplete",
    summary="Complete the name of a company",
    tag="Search",
    parameters=AutocompleteParameters,
    answer=types.Suggestions,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def autocomplete_companies(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[AutocompleteParameters],
) -> Response[bytes]:
    """At most ten companies that may be meant by what is typed so far.

    Exact names and identifiers come first, then names that begin so, then other names and
    identifiers, then later words of names, at last what is spelt much like it.
    """
    base, snapshot = base_of(request), await ledger.at(parameters.as_of)
    found = await search.complete(ledger.fetch, parameters.q, snapshot.revision)
    told = types.Suggestions(
        url=addresses(request, snapshot).self,
        data=[msgspec.structs.replace(one, url=f"{base}/v1/companies/{one.id}") for one in found],
        meta=types.SuggestionMeta(
            revision=snapshot.revision,
            published_at=snapshot.published_at,
            license=snapshot.license,
        ),
    )
    return answer(request, msgspec.json.encode(told), snapshot)


@operation(
    "/v1/companies/{id:str}",
    summary="Get one company",
    tag="Companies",
    answer=types.Company,
    parameters=Reading,
    problems=("invalid_parameters", "not_found", "gone", "not_acceptable", "unavailable"),
    moves=True,
    path_parameter="Id of the company.",
    example="meta",
)
async def get_company(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
    id: FromPath[str],
) -> Response[bytes]:
    """One company with identifiers, totals and a link to its waves."""
    return await single_answer(request, ledger, queries.COMPANY, id, parameters)


@operation(
    "/v1/companies/{id:str}/indicators",
    summary="Get a company's indicators",
    tag="Companies",
    answer=types.CompanyIndicators,
    parameters=Reading,
    problems=("invalid_parameters", "not_found", "gone", "not_acceptable", "unavailable"),
    moves=True,
    path_parameter="Id of the company.",
    example="meta",
)
async def get_company_indicators(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
    id: FromPath[str],
) -> Response[bytes]:
    """Capital expenditure, employees and revenue per period, each cited, a series per definition.

    Guidance is apart from outcomes. `capital_expenditure_per_employee` is derived: a year's capital
    expenditure by the people employed at its end.
    """
    return await single_answer(request, ledger, queries.INDICATORS, id, parameters)
