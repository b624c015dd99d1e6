"""Layoff waves: who cut how many jobs, when, why, and whose."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import citations, history, queries, shapes, types
from layoff_ledger.db import Ledger
from layoff_ledger.formats import LIST_FORMATS, RECORD_FORMATS
from layoff_ledger.parameters import Reading, WaveListParameters, WaveParameters
from layoff_ledger.routes.answers import (
    addresses,
    answer,
    base_of,
    cited,
    format_of,
    list_answer,
    today,
)
from layoff_ledger.routes.operation import AnyRequest, operation


@operation(
    "/v1/waves",
    summary="List waves",
    tag="Waves",
    parameters=WaveListParameters,
    answer=types.WaveList,
    formats=LIST_FORMATS,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def list_waves(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[WaveListParameters],
) -> Response[bytes] | Stream:
    """The newest announcement comes first. Each wave has all its claims and citations."""
    return await list_answer(request, ledger, queries.WAVE, parameters)


@operation(
    "/v1/waves/{id:str}",
    summary="Get one wave",
    tag="Waves",
    answer=types.Wave,
    parameters=WaveParameters,
    formats=RECORD_FORMATS,
    problems=("invalid_parameters", "not_found", "gone", "not_acceptable", "unavailable"),
    moves=True,
    path_parameter="Id of the wave.",
    example="meta-2023-03",
)
async def get_wave(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[WaveParameters],
    id: FromPath[str],
) -> Response[bytes]:
    """One wave with all its claims, events and citations.

    As CSL-JSON, BibTeX, RIS or text it is a bibliography: the record itself with its revision, then
    the sources that it cites.
    """
    snapshot, base = await ledger.at(parameters.as_of), base_of(request)
    document = await ledger.document(queries.WAVE, id, base=base, snapshot=snapshot)
    if format_of(request) != "json":
        entries = citations.of_wave(
            msgspec.json.decode(document, type=types.Wave),
            url=f"{base}/v1/waves/{id}?as_of={snapshot.revision}",
            revision=snapshot.revision,
            published_at=snapshot.published_at,
            accessed=today(),
        )
        return cited(request, entries, snapshot)
    shape = shapes.read(parameters, "json")
    if shape is not None:
        (document,) = await shape(ledger, [document], base=base, snapshot=snapshot)
    return answer(request, document, snapshot)


@operation(
    "/v1/waves/{id:str}/history",
    summary="Get the history of a wave",
    tag="Time",
    answer=types.History,
    parameters=Reading,
    problems=("invalid_parameters", "not_found", "not_acceptable", "unavailable"),
    path_parameter="Id of the wave, also of one that was withdrawn or merged.",
    example="meta-2023-03",
)
async def get_wave_history(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
    id: FromPath[str],
) -> Response[bytes]:
    """Every revision that changed the wave: when, and each field with its old and its new value."""
    snapshot = await ledger.at(parameters.as_of)
    entries = await history.of_wave(ledger, id, base=base_of(request), snapshot=snapshot)
    links = addresses(request, snapshot)
    told = types.History(
        id=id,
        data=entries,
        links=types.Links(self=links.self, latest=links.latest),
        meta=types.AnswerMeta(
            revision=snapshot.revision,
            published_at=snapshot.published_at,
            license=snapshot.license,
        ),
    )
    return answer(request, msgspec.json.encode(told), snapshot)
