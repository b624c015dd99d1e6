"""Honest HTTP: HEAD, validators, encodings, cross-origin, security headers, request ids."""

from __future__ import annotations

import asyncio
import gzip
import itertools
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest
import zstandard

from layoff_ledger.formats import CHANGE_FORMATS, LIST_FORMATS
from layoff_ledger.http import context, timing
from layoff_ledger.http.cache import CHEAP_SECONDS, Cache
from layoff_ledger.http.keys import RevisionKeys
from layoff_ledger.http.middleware import HttpMiddleware
from layoff_ledger.http.responses import Response
from support.databases import make_database
from support.revisions import FIXTURE, retire
from support.scopes import HOST, make_scope
from support.services import run, serving, wait_for_revision

PATHS = [
    "/v1/waves",
    "/v1/waves?limit=2&sort=id",
    "/v1/waves/globex-2023-01",
    "/v1/companies",
    "/v1/companies/globex",
    "/v1/sources",
    "/v1/drivers/closure",
    "/v1/roles",
    "/v1/comparisons?wave=globex-2023-01&wave=globex-2023-09",
    "/v1/exports",
    "/v1/exports/1",
    "/v1/waves?format=csv",
    "/v1/waves?format=csv&limit=2",
    "/v1/waves?format=ndjson",
    "/v1/waves?format=bibtex",
    "/v1/waves/globex-2023-01?format=csl",
    "/v1/waves?as_of=1",
    "/v1/companies?format=ndjson&as_of=1",
    "/v1/waves?select=id&sample=3",
    "/v1/statistics?group_by=year",
    "/v1/statistics?group_by=year&format=csv",
    "/v1/collections",
    "/v1/coverage",
    "/v1/dictionary",
    "/v1/revisions",
    "/v1/revisions/1",
    "/v1/changes",
    "/v1/changes?format=atom",
    "/v1/changes?format=ndjson",
    "/v1/waves/globex-2023-01/history",
]
OTHERS = [
    "/v1/exports/1/waves.csv",
    "/",
    "/openapi.json",
    "/health/live",
    "/health/ready",
    "/problems/not_found",
]
BROKEN = ["/v1/waves/nope", "/v1/waves?limit=0", "/nope"]
DECODERS = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


def raw(client: httpx.Client, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """Return the answer with its body as it was sent."""
    request = client.build_request("GET", path, headers=headers)
    answer = client.send(request, stream=True)
    body = b"".join(answer.iter_raw())
    answer.close()
    return answer, body


@pytest.mark.parametrize("path", [*PATHS, *OTHERS, *BROKEN])
def test_head_is_get_without_a_body(api: httpx.Client, path: str) -> None:
    got = api.get(path, headers={"x-request-id": "same"})
    head = api.head(path, headers={"x-request-id": "same"})

    assert head.content == b""
    assert head.status_code == got.status_code
    # How a body is sent in pieces is only known when it is made; RFC 9110 (9.3.2) allows leaving it
    # out.
    volatile = {"date", "server-timing", "transfer-encoding"}
    assert {k: v for k, v in head.headers.items() if k not in volatile} == {
        k: v for k, v in got.headers.items() if k not in volatile
    }


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
def test_the_tag_just_given_is_not_modified(api: httpx.Client, path: str, encoding: str) -> None:
    headers = {"accept-encoding": encoding}
    first = api.get(path, headers=headers)

    again = api.get(path, headers={**headers, "if-none-match": first.headers["etag"]})

    assert first.status_code == 200
    assert again.status_code == 304
    assert again.content == b""
    for name in ("etag", "vary", "cache-control"):
        assert again.headers[name] == first.headers[name]


def test_a_tag_of_another_address_is_modified(api: httpx.Client) -> None:
    tag = api.get("/v1/waves").headers["etag"]

    assert api.get("/v1/companies", headers={"if-none-match": tag}).status_code == 200
    assert api.get("/v1/waves?limit=3", headers={"if-none-match": tag}).status_code == 200


def test_a_bad_request_is_never_not_modified(api: httpx.Client) -> None:
    for tag in ("*", api.get("/v1/waves").headers["etag"]):
        answer = api.get("/v1/waves?limit=0", headers={"if-none-match": tag})
        assert answer.status_code == 400


def test_a_star_matches_whatever_exists(api: httpx.Client) -> None:
    assert api.get("/v1/waves/globex-2023-01", headers={"if-none-match": "*"}).status_code == 304
    assert api.get("/v1/waves?format=csv", headers={"if-none-match": "*"}).status_code == 304
    assert api.get("/v1/waves/nope", headers={"if-none-match": "*"}).status_code == 404
    bad = api.get("/v1/waves?format=csv&status=nope", headers={"if-none-match": "*"})
    assert bad.status_code == 400
    assert bad.json()["code"] == "invalid_parameters"


MEDIA_TYPES = sorted(
    {
        *(one.media_type for one in (*LIST_FORMATS.formats, *CHANGE_FORMATS.formats)),
        "text/*",
        "*/*",
        "TEXT/CSV",
    }
)


PAIRS = list(itertools.product(MEDIA_TYPES, repeat=2))
SOME_PAIRS = [
    (first, second)
    for first, following in itertools.pairwise([*MEDIA_TYPES, MEDIA_TYPES[0]])
    for second in (following, "text/*", "*/*")
]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("path", "pairs"),
    [
        ("/v1/waves", PAIRS),
        ("/v1/changes", SOME_PAIRS),
        ("/v1/statistics?group_by=year", SOME_PAIRS),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_every_pair_of_media_types_is_answered(
    api: httpx.Client, path: str, pairs: list[tuple[str, str]]
) -> None:
    """What the layer in front takes for a whole list is what the router gives as one."""
    for first, second in pairs:
        answer = api.get(path, headers={"accept": f"{first}, {second};q=0.9"})
        assert answer.status_code in {200, 406}
        assert answer.content


def test_a_citation_is_of_the_day_however_it_is_asked_for(api: httpx.Client) -> None:
    path = "/v1/waves/globex-2023-01?as_of=1"
    for query, accept in (
        ("&format=bibtex", "*/*"),
        ("&f%6Frmat=bibtex", "*/*"),
        ("", "Application/X-BibTeX"),
        ("", "text/*"),
    ):
        answer = api.get(path + query, headers={"accept": accept})
        assert "urldate" in answer.text or "accessed" in answer.text
        assert "immutable" not in answer.headers["cache-control"]


def test_only_what_is_asked_as_of_a_revision_never_changes(api: httpx.Client) -> None:
    within = api.get("/v1/search?q=globex%26as_of%3D1")
    escaped = api.get("/v1/search?q=globex&as%5Fof=1")

    assert "immutable" not in within.headers["cache-control"]
    assert "immutable" in escaped.headers["cache-control"]
    assert escaped.links["cite-as"]["url"].endswith("/v1/search?q=globex&as_of=1")


def test_links_keep_what_was_asked(api: httpx.Client) -> None:
    path = "/v1/waves?q=%C3%A9%3Cb%3E%22&limit=1"
    answer = api.get(path)

    assert answer.json()["links"]["latest"] == f"{api.base_url}{path}"
    assert answer.links["latest-version"]["url"] == f"{api.base_url}{path}"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("encoding", sorted(DECODERS))
def test_every_encoding_carries_the_same_bytes(api: httpx.Client, path: str, encoding: str) -> None:
    plain, expected = raw(api, path, **{"accept-encoding": "identity"})
    packed, body = raw(api, path, **{"accept-encoding": encoding})

    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == "Accept, Accept-Encoding"
    streamed = "transfer-encoding" in packed.headers
    if not streamed:
        assert packed.headers["content-length"] == str(len(body))
    if streamed or len(expected) >= 1_000:
        assert packed.headers["content-encoding"] == encoding
        assert DECODERS[encoding](body) == expected
    else:
        assert body == expected


@pytest.mark.parametrize("path", [*PATHS, *OTHERS, *BROKEN])
def test_every_answer_is_safe_and_open_to_any_origin(api: httpx.Client, path: str) -> None:
    headers = api.get(path, headers={"origin": "https://example.org"}).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["access-control-allow-origin"] == "*"
    assert "ETag, Link" in headers["access-control-expose-headers"]


def test_a_browser_may_ask_first(api: httpx.Client) -> None:
    answer = api.options(
        "/v1/waves",
        headers={"origin": "https://example.org", "access-control-request-method": "GET"},
    )

    assert answer.status_code == 204
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    # Also for what the app sends to every server; `*` leaves out Authorization alone.
    allowed = answer.headers["access-control-allow-headers"].split(", ")
    assert {"If-None-Match", "Authorization", "*"} <= {*allowed}
    assert api.options("/nope").status_code == 404


def test_a_script_learns_what_is_wrong_with_its_path(api: httpx.Client) -> None:
    """Browsers only pass on what follows a preflight that succeeded."""
    asked = {"origin": "https://example.org", "access-control-request-method": "GET"}
    for path in ("/v1/wave", "/v1/waves/", "/v2/waves"):
        preflight, answer = api.options(path, headers=asked), api.get(path)

        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == "*"
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.headers["access-control-allow-origin"] == "*"


def test_a_request_id_is_echoed_or_made(api: httpx.Client) -> None:
    given = api.get("/v1/waves", headers={"x-request-id": "abc-1.2_3"})
    made = [api.get("/v1/waves").headers["x-request-id"] for _ in range(2)]
    odd = api.get("/v1/waves", headers={"x-request-id": "a b\tc"})

    assert given.headers["x-request-id"] == "abc-1.2_3"
    assert made[0] != made[1]
    assert odd.headers["x-request-id"] != "a b\tc"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/*", 200),
        ("*/*", 200),
        ("text/html, */*;q=0.1", 200),
        ("", 200),
        ("text/html", 200),
        ("image/png", 406),
        ("application/json;q=0", 406),
        ("text/csv", 200),
        ("application/pdf, text/csv;q=0", 406),
    ],
)
def test_the_media_type_is_negotiated(api: httpx.Client, accept: str, status: int) -> None:
    assert api.get("/v1/waves", headers={"accept": accept}).status_code == status


# A word of the API inside a value, or percent-encoded, is just text.
@pytest.mark.parametrize(
    "query",
    [
        "q=format=",
        "q=format=csv",
        "q=%26format=csv",
        "q=a%26format%3Dcsv",
        "company=globex&q=format=csv&limit=1",
        "select=id&q=limit=1&as_of=1",
    ],
)
@pytest.mark.parametrize("path", ["/v1/waves", "/v1/companies", "/v1/drivers"])
def test_a_value_that_looks_like_a_format_is_none(api: httpx.Client, path: str, query: str) -> None:
    if path != "/v1/waves":
        query = query.replace("company=globex&", "").replace("select=id&", "")
    refused = api.get(f"{path}?{query}", headers={"accept": "image/png"})
    plain = api.get(f"{path}?{query}", headers={"accept": "application/json, image/png"})

    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    assert plain.headers["content-type"].startswith("application/")
    assert "data" in plain.json()


@pytest.mark.parametrize("query", ["format=json", "f%6Frmat=json", "sort=id&format=json"])
def test_a_format_comes_before_what_is_accepted(api: httpx.Client, query: str) -> None:
    answer = api.get(f"/v1/waves?{query}", headers={"accept": "image/png"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "format_", ["format", "format=", "format=nope", "format=%ff", "f%6Frmat=x"]
)
def test_a_wrong_format_is_a_wrong_parameter(api: httpx.Client, format_: str) -> None:
    for accept in ("image/png", "*/*"):
        answer = api.get(f"/v1/waves?{format_}", headers={"accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameters")
        assert answer.json()["errors"][0]["parameter"] in {"format", "f%6Frmat"}


def test_a_cursor_is_taken_out_of_links_however_it_was_written(api: httpx.Client) -> None:
    first = api.get("/v1/waves?limit=1&sort=id&q=cursor=a").json()
    assert first["links"]["latest"].endswith("/v1/waves?limit=1&sort=id&q=cursor=a")
    page = api.get("/v1/waves?limit=1&sort=id").json()
    for written in ("cursor", "c%75rsor", "%63ursor"):
        query = f"limit=1&sort=id&as_of=1&{written}={page['meta']['next_cursor']}"
        second = api.get(f"/v1/waves?{query}").json()
        assert second["links"]["latest"] == f"{api.base_url}/v1/waves?limit=1&sort=id"
        third = api.get(second["links"]["next"])
        assert third.status_code == 200
        assert third.json()["data"][0]["id"] > second["data"][0]["id"]


def test_what_is_cited_is_no_citation_however_the_format_was_written(api: httpx.Client) -> None:
    for written in ("format", "f%6Frmat"):
        answer = api.get(f"/v1/waves?q=globex&{written}=bibtex")
        assert answer.links["cite-as"]["url"] == f"{api.base_url}/v1/waves?q=globex&as_of=1"
        assert f"{written}=bibtex" not in answer.text.replace("\\_", "_")


@pytest.mark.parametrize(
    ("path", "accept", "type_", "is_immutable"),
    [
        ("/v1/waves", "text/*", "text/csv", True),
        ("/v1/waves", "application/json;q=0.1, */*", "text/csv", True),
        ("/v1/waves/globex-2023-01", "text/*", "text/x-bibliography", False),
        ("/v1/companies/globex", "application/x-bibtex, */*;q=0.1", "application/json", True),
    ],
)
def test_what_is_sent_decides_whether_it_changes(
    api: httpx.Client,
    path: str,
    accept: str,
    type_: str,
    is_immutable: bool,  # noqa: FBT001
) -> None:
    answer = api.get(f"{path}?as_of=1", headers={"accept": accept})

    assert answer.headers["content-type"].startswith(type_)
    assert ("immutable" in answer.headers["cache-control"]) is is_immutable


async def ask(front: HttpMiddleware, path: str) -> tuple[int, dict[str, str], bytes]:
    """Ask the layer as a server would."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await front(make_scope(b"", HOST, path=path), receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(one["body"] for one in sent[1:])


def slow_app(statuses: list[int], calls: list[str], delay: float = 0.05) -> Any:
    """Make an app that takes its time, counts its calls, and answers with the next status."""

    async def app(scope: Any, _: Any, send: Any) -> None:
        calls.append(context.of(scope).request_id)
        status = statuses[min(len(calls), len(statuses)) - 1]
        await asyncio.sleep(delay)
        await send({"type": "http.response.start", "status": status, "headers": []})
        body = context.of(scope).request_id.encode()
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return app


async def test_equal_requests_at_once_are_asked_once() -> None:
    calls: list[str] = []
    front = HttpMiddleware(slow_app([200], calls), RevisionKeys((1, b"")))

    answers = await asyncio.gather(*(ask(front, "/v1/waves") for _ in range(20)))
    await ask(front, "/v1/waves")

    assert len(calls) == 1
    assert {status for status, _, _ in answers} == {200}
    assert len({headers["x-request-id"] for _, headers, _ in answers}) == 20


async def test_a_problem_is_told_to_each_by_itself() -> None:
    calls: list[str] = []
    front = HttpMiddleware(slow_app([503], calls), RevisionKeys((1, b"")))

    answers = await asyncio.gather(*(ask(front, "/v1/waves") for _ in range(5)))

    assert len(calls) == 5
    for _, headers, body in answers:
        assert headers["x-request-id"] == body.decode()


async def test_who_leaves_takes_nobody_along() -> None:
    calls: list[str] = []
    front = HttpMiddleware(slow_app([200], calls), RevisionKeys((1, b"")))
    first = asyncio.create_task(ask(front, "/v1/waves"))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(ask(front, "/v1/waves")) for _ in range(3)]
    await asyncio.sleep(0.01)

    first.cancel()

    assert [status for status, _, _ in await asyncio.gather(*others)] == [200, 200, 200]


async def test_the_cache_is_bounded_and_one_revision_deep() -> None:
    calls: list[str] = []
    keys = RevisionKeys((1, b""))
    slow = slow_app([200], calls, delay=2 * CHEAP_SECONDS)
    front = HttpMiddleware(slow, keys, cache_bytes=8_000)
    for number in range(100):
        await ask(front, f"/v1/{number}")
    await ask(front, "/v1/99")
    assert len(calls) == 100
    await ask(front, "/v1/0")
    assert len(calls) == 101, "the oldest answer was dropped"

    keys.newest = (2, b"")
    await ask(front, "/v1/99")

    assert len(calls) == 102


def test_what_is_cheap_is_kept_once_it_is_requested_again() -> None:
    cache, page = Cache(8_000), Response(200, [], bytes(500))
    for revision in ((1, b"a"), (2, b"b")):
        assert cache.get(revision, b"cheap") is None
        assert not cache.put(revision, b"cheap", page, seconds=0)
        assert cache.get(revision, b"cheap") is None
        assert cache.put(revision, b"costly", page, seconds=1)
        assert cache.get(revision, b"costly") is page
    assert cache.put(revision, b"cheap", page, seconds=0)
    assert cache.get(revision, b"cheap") is page


def test_who_walks_through_a_list_drops_nothing_even_if_they_come_again() -> None:
    cache, page, revision = Cache(8_000), Response(200, [], bytes(500)), (1, b"")
    assert cache.get(revision, b"costly") is None
    assert cache.put(revision, b"costly", page, seconds=1)

    for _ in range(3):
        for number in range(100):
            assert not cache.put(revision, b"%d" % number, page, seconds=0)

    assert cache.get(revision, b"costly") is page
    # Eight of them have half of what the cache may keep.
    assert cache.put(revision, b"93", page, seconds=0)
    assert not cache.put(revision, b"91", page, seconds=0)


@pytest.mark.parametrize("delay", [0, 2 * CHEAP_SECONDS])
async def test_a_page_that_is_requested_again_and_again_is_kept(delay: float) -> None:
    calls: list[str] = []
    front = HttpMiddleware(slow_app([200], calls, delay=delay), RevisionKeys((1, b"")))

    found = [(await ask(front, "/v1/waves"))[1]["server-timing"] for _ in range(4)]

    assert found[2:] == [timing.HIT.decode()] * 2
    assert len(calls) <= 2


async def test_who_asks_after_a_publication_is_not_given_what_was_asked_before() -> None:
    """What was under way is of the old revision, and would be kept as if it were of the new one."""
    calls: list[str] = []
    keys = RevisionKeys((1, b""))
    front = HttpMiddleware(slow_app([200], calls), keys)
    before = asyncio.create_task(ask(front, "/v1/waves"))
    await asyncio.sleep(0.01)

    keys.newest = (2, b"")
    _, headers, _ = await ask(front, "/v1/waves")
    _, later, _ = await ask(front, "/v1/waves")
    await before

    assert headers["etag"].startswith('W/"2-')
    assert later["etag"] == headers["etag"]
    assert len(calls) == 2


async def test_a_ready_answer_has_an_id_of_its_own() -> None:
    front = HttpMiddleware(slow_app([200], []), RevisionKeys((1, b"")))

    ids = [(await ask(front, "/v1/waves"))[1]["x-request-id"] for _ in range(3)]

    assert len(set(ids)) == 3


def test_answers_may_be_kept_for_a_minute(api: httpx.Client) -> None:
    expected = "public, max-age=60, s-maxage=300, stale-while-revalidate=86400"

    assert api.get("/v1/waves").headers["cache-control"] == expected
    assert api.get("/health/ready").headers["cache-control"] == "no-store"


def test_the_document_is_served_as_it_is_committed(api: httpx.Client) -> None:
    """Except for the address of the server."""
    from layoff_ledger import paths, settings

    answer = api.get("/openapi.json")
    again = api.get("/openapi.json", headers={"if-none-match": answer.headers["etag"]})

    base = str(api.base_url).rstrip("/")
    committed = paths.OPENAPI.read_text().replace(settings.LOCAL_URL, base)
    assert answer.text == committed
    assert again.status_code == 304


async def test_a_new_revision_retires_tags_and_answers(
    server: str, fixture_template: str, data: Path
) -> None:
    url = await make_database(server, fixture_template)
    with serving("--data", str(data), environment={"DATABASE_URL": url}) as client:
        before = client.get("/v1/waves")
        first_page = client.get("/v1/waves?limit=3&sort=id").json()
        path = data / "waves" / "globex-2023-09.toml"
        path.write_text(path.read_text().replace("low = 300", "low = 400"))
        (data / "waves" / "hooli-2023-12.toml").unlink()
        retire(data, "wave", "hooli-2023-12")

        assert run("publish", str(data), DATABASE_URL=url).returncode == 0
        wait_for_revision(client, 2)

        after = client.get("/v1/waves", headers={"if-none-match": before.headers["etag"]})
        rest = client.get(first_page["links"]["next"]).json()

    assert before.json()["meta"]["revision"] == 1
    assert after.status_code == 200
    assert after.json()["meta"]["revision"] == 2
    assert after.json()["meta"]["count"] == 7
    changed = next(one for one in after.json()["data"] if one["id"] == "globex-2023-09")
    assert changed["headcount"]["low"] == 400
    assert changed["revision"] == 2
    # A walk that began at revision 1 ends there: what was withdrawn meanwhile is still part of it.
    assert rest["meta"]["revision"] == 1
    assert rest["meta"]["count"] == 8
    assert "hooli-2023-12" in {one["id"] for one in rest["data"]}


def test_the_public_address_can_be_set(fixture_database: str) -> None:
    environment = {"DATABASE_URL": fixture_database, "LEDGER_URL": "https://ledger.example.org/"}
    with serving("--data", str(FIXTURE), environment=environment) as client:
        page = client.get("/v1/waves?limit=1").json()

    assert page["links"]["next"].startswith(
        "https://ledger.example.org/v1/waves?limit=1&as_of=1&cursor="
    )
    assert page["data"][0]["url"].startswith("https://ledger.example.org/v1/waves/")
