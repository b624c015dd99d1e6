"""What can be asked of companies beyond lists and records: their history, and by identifier."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from layoff_ledger.formats import READ_FORMATS
from layoff_ledger.http.problems import MovedError, NotFoundError
from layoff_ledger.query.changes import read_history
from layoff_ledger.query.companies import companies_with
from layoff_ledger.resources.company import COMPANY, SCHEMES, Company
from layoff_ledger.resources.fields import Links
from layoff_ledger.resources.parameters import AsOf
from layoff_ledger.resources.revision import History
from layoff_ledger.routes.operation import AnyRequest, PathParameter, operation
from layoff_ledger.routes.responses import addresses, base_of, meta_of, respond
from layoff_ledger.store.ledger import Ledger

_PROBLEMS = ("invalid_parameters", "not_found", "not_acceptable", "unavailable")


@operation(
    "/v1/companies/{id:str}/history",
    summary="Get the history of a company",
    tag="Time",
    answer=History,
    formats=READ_FORMATS,
    parameters=AsOf,
    problems=_PROBLEMS,
    path_parameter="Id of the company, also of one that was withdrawn or merged.",
    example="meta",
)
async def get_company_history(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SkipValidation[AsOf]],
    id: FromPath[str],
) -> Response[bytes]:
    """Every revision that changed the company or its totals: when, each field before and after."""
    snapshot = await ledger.snapshot_at(parameters.as_of)
    entries = await read_history(ledger, COMPANY, id, base=base_of(request), snapshot=snapshot)
    links = addresses(request, snapshot)
    history = History(
        id=id,
        data=entries,
        links=Links(self=links.self, latest=links.latest),
        meta=meta_of(snapshot),
    )
    return respond(request, msgspec.json.encode(history), snapshot)


@operation(
    "/v1/companies/by/{scheme:str}/{value:str}",
    summary="Find a company by an identifier",
    tag="Companies",
    answer=Company,
    parameters=AsOf,
    problems=_PROBLEMS,
    moves=True,
    path_parameter="Scheme of the identifier.",
    path_schema={"type": "string", "enum": list(SCHEMES)},
    example="cik",
    more_path_parameters=(
        PathParameter(
            "value",
            "The identifier: a CIK also without its zeros, a ticker as exchange:symbol or, where "
            "only one company has it, as the symbol alone.",
            "0001326801",
        ),
    ),
)
async def get_company_by_identifier(
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SkipValidation[AsOf]],
    scheme: FromPath[str],
    value: FromPath[str],
) -> Response[bytes]:
    """Leads (301) to the company that has the identifier, with the same parameters."""
    if scheme not in SCHEMES:
        message = f"no scheme {scheme[:50]!r}; known are {', '.join(SCHEMES)}"
        raise NotFoundError(message)
    snapshot = await ledger.snapshot_at(parameters.as_of)
    found = await companies_with(ledger, scheme, value, snapshot)
    if len(found) == 1:
        path = f"/v1/companies/{found[0]}"
        raise MovedError(path)
    message = f"no company with the {scheme} {value[:100]!r}"
    if found:
        message = f"several companies have the {scheme} {value[:100]!r}: {', '.join(found)}"
    raise NotFoundError(message)
