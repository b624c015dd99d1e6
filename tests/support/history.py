"""The past as a client reads it: what is asked of each revision, and the changes, replayed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx

Json = dict[str, Any]
READS = (
    "/v1/waves",
    "/v1/waves?limit=3&sort=id",
    "/v1/waves?driver=cost_control&count=none",
    "/v1/waves?format=csv",
    "/v1/waves?format=ndjson",
    "/v1/waves?expand=company,sources&limit=2",
    "/v1/waves?select=id,status",
    "/v1/waves?sample=3&seed=5",
    "/v1/waves/globex-2023-09",
    "/v1/companies",
    "/v1/companies?format=csv",
    "/v1/companies/globex",
    "/v1/companies/globex/indicators",
    "/v1/sources?format=ndjson",
    "/v1/drivers",
    "/v1/roles?format=csv",
    "/v1/collections",
    "/v1/comparisons?wave=globex-2023-01&wave=globex-2023-09",
    "/v1/statistics?group_by=company,year",
    "/v1/statistics?group_by=country",
    "/v1/statistics?group_by=industry&format=csv",
    "/v1/coverage",
    "/v1/dictionary",
    "/v1/waves?q=globex&sort=-relevance",
    "/v1/search?q=globex",
    "/v1/search?q=umbrela",
    "/v1/companies/autocomplete?q=umb",
    "/v1/exports",
    "/v1/revisions",
    "/v1/changes",
    "/v1/changes?format=csv",
    "/v1/waves/globex-2023-09/history",
)


def pinned(path: str, as_of: object) -> str:
    return f"{path}{'&' if '?' in path else '?'}as_of={as_of}"


def answers(client: httpx.Client) -> dict[str, bytes]:
    told = {}
    for path in READS:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        told[path] = answer.content
    return told


def changes(client: httpx.Client, query: str = "limit=7") -> list[Json]:
    """Read all pages of the changes."""
    found: list[Json] = []
    address: str | None = f"/v1/changes?{query}"
    while address is not None:
        page = client.get(address).json()
        found += page["data"]
        address = page["links"]["next"]
    assert page["meta"]["count"] == len(found)
    return found


def digested_line(change: Json) -> str:
    """Return the line of a change for the digest of a revision, after checking its own digest."""
    if change["document"] is not None:
        text = json.dumps(change["document"], separators=(",", ":"), ensure_ascii=False)
        _, _, body = text.partition(f'"revision":{change["revision"]},')
        assert hashlib.sha256(body.encode()).hexdigest() == change["digest"], change["id"]
    return f"{change['change']} {change['resource']} {change['id']} {change['digest'] or '-'}\n"


State = dict[tuple[str, str], Json]
"""Resource and id → the document."""


def replayed(entries: list[Json], state: State | None = None) -> State:
    """Do with a copy, empty by default, what the documentation says."""
    state = dict(state or {})
    for one in entries:
        if one["change"] == "withdrawn":
            state.pop((one["resource"], one["id"]), None)
        else:
            state[one["resource"], one["id"]] = one["document"]
    return state


KINDS = {
    "waves": "wave",
    "companies": "company",
    "sources": "source",
    "drivers": "driver",
    "roles": "role",
    "collections": "collection",
}


def present(client: httpx.Client, as_of: int) -> State:
    state = {}
    for name, resource in KINDS.items():
        answer = client.get(f"/v1/{name}?format=ndjson&as_of={as_of}")
        for line in answer.text.splitlines():
            document = json.loads(line)
            state[resource, document.get("id") or document["code"]] = document
    for kind, id_ in list(state):
        if kind == "company":
            path = f"/v1/companies/{id_}/indicators?as_of={as_of}"
            state["company_indicators", id_] = client.get(path).json()
    return state
