"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

import time
from typing import Annotated, Literal

import msgspec
from litestar import Response
from msgspec import Meta

from layoff_ledger import disks, processes
from layoff_ledger.formats.json import JSON
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.resources.fields import Public
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.operation import AnyRequest, operation
from layoff_ledger.store.ledger import Ledger


class Health(Public, frozen=True, kw_only=True):
    """Whether the service works."""

    status: Annotated[Literal["ok"], Meta(description="Always ok: a failure is a problem.")]
    revision: Annotated[int, Meta(ge=1, description="Revision that is served.")] | None
    warnings: Annotated[
        list[str],
        Meta(
            description="What needs the operator's attention although readers are answered, in "
            "words, such as a disk that turned read-only.",
            examples=[[disks.UNWRITABLE["database"]]],
        ),
    ] = []


def _diagnosis(ledger: Ledger, error: UnavailableError) -> str:
    """Say what is wrong, since when, and what is served meanwhile, without revealing secrets."""
    parts = [ledger.pool.what_is_wrong(error)]
    database = processes.read_state(processes.folder_of_worker()).database
    if database.down_since is not None:
        seconds = max(0, round(time.time() - database.down_since))
        parts.append(f"the embedded PostgreSQL is away for {seconds} s and being started again")
    parts += warnings()
    if ledger.revisions.number:
        parts.append(f"what is cached of revision {ledger.revisions.number} is still served")
    return "; ".join(parts)


def warnings() -> list[str]:
    """Say what needs attention or patience although readers are answered."""
    folder = processes.folder_of_worker()
    state = processes.read_state(folder)
    found = [disks.UNWRITABLE[name] for name, is_so in state.writable.items() if not is_so]
    found += [disks.FULL[name] for name, is_so in state.full.items() if is_so]
    return [*found, *([processes.NOTICES_COMING] if processes.are_notices_coming(folder) else [])]


_NEVER_STORED = {"cache-control": "no-store"}


@operation(
    "/health/live",
    summary="Is the process alive?",
    tag="Operations",
    answer=Health,
    problems=("invalid_parameters", "not_acceptable"),
)
async def get_liveness(
    request: AnyRequest,  # noqa: ARG001 every operation has it
    ledger: Ledger,  # noqa: ARG001
    parameters: Parameters,  # noqa: ARG001 read so that unknown ones are refused
) -> Response[bytes]:
    """Always ok while the process runs; the database is not asked."""
    body = msgspec.json.encode(Health(status="ok", revision=None))
    return Response(body, media_type=JSON.media_type, headers=_NEVER_STORED)


@operation(
    "/health/ready",
    summary="Can it answer?",
    tag="Operations",
    answer=Health,
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def get_readiness(
    request: AnyRequest,  # noqa: ARG001 every operation has it
    ledger: Ledger,
    parameters: Parameters,  # noqa: ARG001 read so that unknown ones are refused
) -> Response[bytes]:
    """Ok if the database answers and something is published; otherwise a problem with 503.

    Anything that only publishers notice is a warning: a service that answers is ready.
    """
    try:
        await ledger.revisions.refresh()
    except UnavailableError as error:
        raise UnavailableError(_diagnosis(ledger, error)) from error
    health = Health(status="ok", revision=ledger.revisions.newest.revision, warnings=warnings())
    body = msgspec.json.encode(health)
    return Response(body, media_type=JSON.media_type, headers=_NEVER_STORED)
