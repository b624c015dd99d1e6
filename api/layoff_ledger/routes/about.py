"""What the ledger knows of itself: how complete it is, and what each field means."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency

from layoff_ledger import dictionary, files, queries, types
from layoff_ledger.db import Ledger
from layoff_ledger.parameters import Reading
from layoff_ledger.queries import Statement
from layoff_ledger.routes.answers import addresses, answer, base_of
from layoff_ledger.routes.operation import AnyRequest, operation

_PROBLEMS = ("invalid_parameters", "not_acceptable", "unavailable")
_DESCRIBED: tuple[tuple[queries.Resource, type[msgspec.Struct]], ...] = (
    (queries.WAVE, types.Wave),
    (queries.COMPANY, types.Company),
    (queries.INDICATORS, types.CompanyIndicators),
    (queries.SOURCE, types.Source),
    (queries.DRIVER, types.Driver),
    (queries.ROLE, types.Role),
    (queries.COLLECTION, types.Collection),
)


@operation(
    "/v1/coverage",
    summary="How complete is the ledger?",
    tag="About",
    answer=types.Coverage,
    parameters=Reading,
    problems=_PROBLEMS,
)
async def get_coverage(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
) -> Response[bytes]:
    """Waves per year, which waves have what, evidence grades, how fresh it is.

    Read it before you count: the ledger has what was curated, not everything that happened.
    """
    snapshot, base = await ledger.at(parameters.as_of), base_of(request)
    rows = await ledger.fetch(
        Statement(files.statement("queries/read_coverage.sql"), (snapshot.revision,))
    )
    figures: dict[str, Any] = msgspec.json.decode(rows[0]["figures"])
    waves, sources = figures["waves"], figures["sources"]
    citations = sum(figures["evidence"].values())
    archived = figures.pop("archived_sources")
    figures_told = {
        **figures,
        "url": addresses(request, snapshot).self,
        "method_url": f"{base}/method",
        "revision": snapshot.revision,
        "published_at": snapshot.published_at.isoformat(),
        "waves_with": _parts(figures["waves_with"], waves),
        "evidence": _parts(figures["evidence"], citations),
        "standings": _parts(figures["standings"], sources),
        "archived_sources": _part("archived", archived, sources),
    }
    told = msgspec.convert(figures_told, types.Coverage)
    return answer(request, msgspec.json.encode(told), snapshot)


def _parts(counts: dict[str, int], whole: int) -> list[dict[str, Any]]:
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return [_part(name, count, whole) for name, count in ordered]


def _part(name: str, count: int, whole: int) -> dict[str, Any]:
    share = round(count / whole, 4) if whole else 0.0
    return {"name": name, "count": count, "of": whole, "share": share}


@operation(
    "/v1/dictionary",
    summary="What does each field mean?",
    tag="About",
    answer=types.Dictionary,
    parameters=Reading,
    problems=_PROBLEMS,
)
async def get_dictionary(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[Reading],
) -> Response[bytes]:
    """Every field of every resource: type, meaning, how often it is null, an example."""
    snapshot, base = await ledger.at(parameters.as_of), base_of(request)
    fields: list[types.DictionaryField] = []
    for resource, struct in _DESCRIBED:
        comments = await ledger.fetch(
            Statement(files.statement("queries/read_comments.sql"), (resource.name,))
        )
        sample = await ledger.sample(resource, dictionary.LOOKED_AT, base=base, snapshot=snapshot)
        documents = [msgspec.json.decode(one) for one in sample]
        meanings = {row["name"]: row["meaning"] for row in comments}
        fields += dictionary.describe(struct, meanings, documents)
    told = types.Dictionary(
        url=addresses(request, snapshot).self,
        revision=snapshot.revision,
        looked_at=dictionary.LOOKED_AT,
        fields=fields,
    )
    return answer(request, msgspec.json.encode(told), snapshot)
