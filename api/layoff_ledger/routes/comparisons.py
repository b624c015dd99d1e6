"""Comparisons: waves side by side."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency

from layoff_ledger import comparison, queries, types
from layoff_ledger.db import Ledger
from layoff_ledger.http.problems import InvalidParametersError, LedgerError, MovedError
from layoff_ledger.parameters import ComparisonParameters
from layoff_ledger.routes.answers import addresses, answer, base_of
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/comparisons",
    summary="Compare waves",
    tag="Waves",
    parameters=ComparisonParameters,
    answer=types.Comparison,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def compare_waves(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[ComparisonParameters],
) -> Response[bytes]:
    """2 to 10 waves side by side: a row per aspect, a cell per wave, each entry with citations."""
    base = base_of(request)
    ids = list(dict.fromkeys(parameters.wave))
    if len(ids) < len(parameters.wave):
        raise InvalidParametersError([_mistake("a wave is named twice", "name each wave once")])
    snapshot = await ledger.at(parameters.as_of)
    documents = await ledger.documents(queries.WAVE, ids, base=base, snapshot=snapshot)
    missing = [id_ for id_ in ids if id_ not in documents]
    if missing:
        mistakes = []
        for id_ in missing:
            absence = await ledger.absence(queries.WAVE, id_, base=base, snapshot=snapshot)
            mistakes.append(_mistake(*_became(absence)))
        raise InvalidParametersError(mistakes)
    waves = [msgspec.json.decode(documents[id_], type=types.Wave) for id_ in ids]
    rows, citations = comparison.compare(waves)
    told = types.Comparison(
        url=addresses(request, snapshot).self,
        waves=comparison.columns(waves),
        rows=rows,
        citations=citations,
        meta=types.AnswerMeta(
            revision=snapshot.revision,
            published_at=snapshot.published_at,
            license=snapshot.license,
        ),
    )
    return answer(request, msgspec.json.encode(told), snapshot)


def _became(absence: LedgerError | MovedError) -> tuple[str, str]:
    """Say what became of a wave that is not there, and what to do."""
    if isinstance(absence, MovedError):
        survivor = absence.path.rpartition("/")[2]
        return "it was merged into another wave", f"did you mean {survivor!r}?"
    detail, _, hint = absence.detail.partition("; ")
    return detail, hint or "leave it out, or ask as_of an earlier revision"


def _mistake(detail: str, suggestion: str) -> types.ProblemError:
    return types.ProblemError(parameter="wave", detail=detail, suggestion=suggestion)
