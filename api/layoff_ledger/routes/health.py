"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency

from layoff_ledger import types
from layoff_ledger.db import Ledger
from layoff_ledger.parameters import Parameters
from layoff_ledger.routes.answers import JSON
from layoff_ledger.routes.operation import AnyRequest, operation

_NEVER_STORED = {"cache-control": "no-store"}


@operation(
    "/health/live",
    summary="Is the process alive?",
    tag="Operations",
    answer=types.Health,
    problems=("invalid_parameters", "not_acceptable"),
)
async def get_liveness(
    request: AnyRequest,  # noqa: ARG001 every operation has it
    parameters: NamedDependency[Parameters],  # noqa: ARG001 read so that unknown ones are refused
) -> Response[bytes]:
    """Always ok while the process runs; the database is not asked."""
    body = msgspec.json.encode(types.Health(status="ok", revision=None))
    return Response(body, media_type=JSON, headers=_NEVER_STORED)


@operation(
    "/health/ready",
    summary="Can it answer?",
    tag="Operations",
    answer=types.Health,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def get_readiness(
    request: AnyRequest,  # noqa: ARG001 every operation has it
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Parameters],  # noqa: ARG001 read so that unknown ones are refused
) -> Response[bytes]:
    """Ok when the database answers and something is published; else a problem with 503."""
    await ledger.refresh()
    body = msgspec.json.encode(types.Health(status="ok", revision=ledger.snapshot.revision))
    return Response(body, media_type=JSON, headers=_NEVER_STORED)
