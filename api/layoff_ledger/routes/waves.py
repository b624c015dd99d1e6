"""Layoff waves: who cut how many jobs, when, why, and whose."""

from __future__ import annotations

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from layoff_ledger import queries, types
from layoff_ledger.db import Ledger
from layoff_ledger.parameters import Parameters, WaveListParameters
from layoff_ledger.routes.operation import AnyRequest, list_answer, operation, single_answer


@operation(
    "/v1/waves",
    summary="List waves",
    tag="Waves",
    parameters=WaveListParameters,
    answer=types.WaveList,
    formats=("json", "csv", "ndjson"),
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
    problems=("invalid_parameters", "not_found", "not_acceptable", "unavailable"),
    path_parameter="Id of the wave.",
    example="meta-2023-03",
)
async def get_wave(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Parameters],  # noqa: ARG001 read so that unknown ones are refused
    id: FromPath[str],
) -> Response[bytes]:
    """One wave with all its claims, events and citations."""
    return await single_answer(request, ledger, queries.WAVE, id)
