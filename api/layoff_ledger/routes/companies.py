"""Operations on companies beyond lists and records: by identifier."""

from __future__ import annotations

from litestar import Response

from layoff_ledger.http.problems import MovedError, NotFoundError
from layoff_ledger.query.companies import companies_with
from layoff_ledger.resources.company import Company
from layoff_ledger.resources.company_identifiers import SCHEMES
from layoff_ledger.resources.parameters import AsOf
from layoff_ledger.routes.operation import AnyRequest, PathParameter, operation
from layoff_ledger.store.ledger import Ledger

_PROBLEMS = ("invalid_parameters", "not_found", "not_acceptable", "unavailable")


@operation(
    "/v1/companies/by/{scheme:str}/{value:str}",
    summary="Find a company by an identifier",
    tag="Companies",
    answer=Company,
    parameters=AsOf,
    problems=_PROBLEMS,
    moves=True,
    only_moves=True,
    path_parameter="Scheme of the identifier.",
    path_schema={"type": "string", "enum": list(SCHEMES)},
    example="cik",
    more_path_parameters=(
        PathParameter(
            "value",
            "The identifier: a CIK with or without leading zeros, a ticker as exchange:symbol or, "
            "where only one company has it, as the symbol alone.",
            "0001326801",
        ),
    ),
)
async def get_company_by_identifier(
    request: AnyRequest,
    ledger: Ledger,
    parameters: AsOf,
) -> Response[bytes]:
    """Redirects (301) to the company that has the identifier, with the same parameters."""
    scheme, value = request.path_params["scheme"], request.path_params["value"]
    if scheme not in SCHEMES:
        message = f"no scheme {scheme[:50]!r}; the schemes are {', '.join(SCHEMES)}"
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
