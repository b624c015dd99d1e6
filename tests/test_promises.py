"""What is promised of every answer holds for one of each operation, format and kind of refusal.

schemathesis asks more of each in `test_contract.py`; here are the questions that people ask.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from support import promises, replay
from support.history import READS
from support.promises import Answer
from support.services import running

pytestmark = pytest.mark.thorough

PATHS = [
    *READS,
    "/v1/waves?limit=2",
    "/v1/companies?limit=2",
    "/v1/sources?limit=2",
    "/v1/claims?limit=3",
    "/v1/claims/globex-2023-09:magnitude:8e94fff436",
    "/v1/notices?limit=1",
    "/v1/notices/us-ca-2123456789",
    "/v1/notices/us-ca-2123456789/history",
    "/v1/notices/statistics?group_by=month",
    "/v1/attribution",
    "/v1/timeline?limit=3",
    "/v1/rebalancing",
    "/v1/indicators?limit=2",
    "/v1/indicators/globex-employees:2022-12-31:294be07f06",
    "/v1/companies/globex/history",
    "/v1/sources/weekly-2023",
    "/v1/drivers/cost_control",
    "/v1/roles/engineering",
    "/v1/collections/curated",
    "/v1/revisions?limit=1",
    "/v1/revisions/1",
    "/v1/exports/4",
    "/v1/exports/4/waves.csv",
    "/v1/waves?format=atom",
    "/v1/waves/globex-2023-01?format=csl",
    "/v1/statistics?group_by=year&format=vega",
    "/health/live",
    "/health/ready",
]
ELSEWHERE = {
    "/v1/companies/by/cik/0000000001": 301,
    "/v1/waves/initech-2023-03": 301,
    "/v1/waves/hooli-2023-12": 410,
    "/v1/waves/nowhere": 404,
    "/v1/roles/nowhere": 404,
    "/v1/revisions/99": 404,
    "/v1/waves?as_of=99": 404,
    "/v1/waves?limit=0": 400,
    "/v1/waves?nonsense=1": 400,
    "/v1/statistics?group_by=nonsense": 400,
}


def ask(client: httpx.Client, address: str, method: str = "GET", **headers: str) -> Answer:
    given = client.request(method, address, headers=headers)
    return Answer(
        method=method,
        url=str(given.url),
        asked=headers,
        status=given.status_code,
        headers=dict(given.headers),
        body=given.content,
    )


def operation_of(address: str) -> promises.Json:
    id_ = replay.operation_of(urlsplit(address).path)
    return next(
        methods["get"]
        for methods in promises.DOCUMENT["paths"].values()
        if methods["get"]["operationId"] == id_
    )


ONE_OF_EACH = {
    str(operation_of(path)["operationId"]): path for path in PATHS if "format=" not in path
}
"""An address of each operation."""


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_keeps_what_is_promised_of_every_one(path: str, eventful: httpx.Client) -> None:
    operation, first = operation_of(path), ask(eventful, path)

    assert first.status == 200
    promises.hold(operation, first)
    head = ask(eventful, path, "HEAD")
    promises.hold(operation, head)
    promises.hold_together(first, head)
    if "etag" in first.headers:
        again = ask(eventful, path, **{"If-None-Match": first.headers["etag"]})
        promises.hold(operation, again)
        promises.hold_unchanged(first, again)


@pytest.mark.parametrize("path", ONE_OF_EACH.values())
def test_who_needs_no_body_leaves_it_whole_for_others(path: str, eventful: httpx.Client) -> None:
    offered = promises.formats_of(operation_of(path))
    for format_ in sorted(offered):
        address = f"{path}{'&' if '?' in path else '?'}format={format_}"
        # Under names of their own they are the first to ask, so they get what is then cached.
        bodiless = ask(eventful, address, "HEAD", host="head.localhost")
        ask(eventful, address, host="tag.localhost", **{"if-none-match": "*"})
        got = ask(eventful, address, host="head.localhost")

        assert bodiless.status == got.status
        assert got.body
        assert bodiless.headers.get("content-length") in {None, got.headers.get("content-length")}
        assert ask(eventful, address, host="tag.localhost").body


@pytest.mark.parametrize("path", [one for one in PATHS if "format=" not in one])
def test_every_address_that_belongs_to_an_answer_leads_to_one(
    path: str, eventful: httpx.Client
) -> None:
    mark = "&" if "?" in path else "?"
    formats = promises.formats_of(operation_of(path))
    found = set()
    for address in [path, *(f"{path}{mark}format={one}" for one in formats)]:
        related = promises.related(ask(eventful, address))
        assert not related or {relation for relation, _ in related} >= promises.RELATIONS
        for relation, target in related:
            # Licences are elsewhere; all formats of an answer name each other.
            if relation != "license" and target not in found:
                found.add(target)
                led = ask(eventful, target, "HEAD")
                assert led.status == 200, f"{relation} of {address}: {target}"


def test_a_part_of_a_file_is_what_the_document_says(eventful: httpx.Client) -> None:
    part = ask(eventful, "/v1/exports/4/waves.csv", range="bytes=0-9")

    assert part.status == 206
    promises.hold(operation_of("/v1/exports/4/waves.csv"), part)


@pytest.mark.parametrize("path", [one for one in PATHS if "limit=" in one and "sample" not in one])
def test_a_walk_is_the_list_in_pieces(path: str, eventful: httpx.Client) -> None:
    page = ask(eventful, path)
    found = page.json()["data"]
    while (following := page.json()["links"]["next"]) is not None:
        after = ask(eventful, following)
        promises.hold(operation_of(path), after)
        promises.hold_onwards(page, after)
        page = after
        found += page.json()["data"]

    start, _, _ = path.partition("limit=")
    whole = ask(
        eventful, f"{start}limit=200" if "sort" not in path else f"{start}limit=200&sort=id"
    )
    assert found == whole.json()["data"]


@pytest.mark.parametrize(("path", "status"), ELSEWHERE.items())
def test_a_refusal_keeps_what_is_promised_of_every_one(
    path: str, status: int, eventful: httpx.Client
) -> None:
    answer = ask(eventful, path)

    assert answer.status == status
    promises.hold(operation_of(path), answer)
    if status == 400:
        assert all(one["parameter"] for one in answer.json()["errors"])


def test_tags_differ_where_answers_do(eventful: httpx.Client) -> None:
    tags = [ask(eventful, path).headers["etag"] for path in PATHS if path.startswith("/v1/")]

    assert len(set(tags)) == len(tags)


async def test_head_has_no_body_without_a_server_that_would_cut_it_off(
    fixture_database: str, tmp_path: Path
) -> None:
    """It is `running` that sees a body."""
    async with running(fixture_database, tmp_path) as client:
        for path in ("/v1/waves", "/v1/waves?format=ndjson", "/v1/drivers/closure", "/v1/coverage"):
            assert (await client.head(path)).status_code == 200, path
