"""What describes the API: complete, without a dead link, and loading nothing from elsewhere."""

from __future__ import annotations

import base64
import datetime
import gzip
import hashlib
import html
import itertools
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import msgspec
import pytest
from jinja2 import UndefinedError

from layoff_ledger import paths
from layoff_ledger.http.problems import KINDS
from layoff_ledger.http.schemas import Problem
from layoff_ledger.site import environment, guide, pages, reference
from layoff_ledger.site.document import resolve
from layoff_ledger.store.revisions import Snapshot
from support.services import get_when_available

pytestmark = pytest.mark.thorough

Json = dict[str, Any]
GUIDE = guide.read(paths.DOCS)
PAGES = [
    "/",
    "/docs",
    "/method",
    "/guide",
    *(f"/guide/{name}" for name in (GUIDE.pages if GUIDE else ())),
    "/problems",
    *(f"/problems/{code}" for code in KINDS),
]
KEPT = [*PAGES, "/openapi.json", "/.well-known/api-catalog"]
# Elements and attributes by which a page makes a browser load something.
LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("iframe", "src"),
    ("source", "src"),
    ("object", "data"),
    ("embed", "src"),
}
LOADING_RELATIONS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "prefetch"}


class Page(HTMLParser):
    """The parts of a page that these tests look at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.events: list[str] = []
        self.headings: list[str] = []
        self.data: list[tuple[str, str]] = []
        self._type: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag in {"a", "link"} and "href" in given:
            relations = set(given.get("rel", "").split())
            (self.loaded if relations & LOADING_RELATIONS else self.links).append(given["href"])
        self.loaded += [value for name, value in given.items() if (tag, name) in LOADING]
        self.events += [name for name in given if name.startswith("on") or name == "style"]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)
        self._type = given.get("type", "") if tag == "script" else self._type

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._type = None

    def handle_data(self, data: str) -> None:
        if self._type is not None:
            self.data.append((self._type, data))


def read(client: httpx.Client, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)


@pytest.fixture(scope="module")
def told() -> Json:
    return reference.document()


@pytest.fixture(scope="module")
def docs(real: httpx.Client) -> Page:
    return read(real, "/docs")


def test_the_reference_has_everything_of_the_document(told: Json, docs: Page) -> None:
    wanted = set()
    for id_, (_, operation) in reference.operations(told).items():
        wanted |= {id_, *(f"{id_}.{parameter['name']}" for parameter in operation["parameters"])}
    for name, schema in told["components"]["schemas"].items():
        wanted |= {name, *(f"{name}.{field}" for field in schema.get("properties", {}))}

    assert wanted <= set(docs.ids)
    assert len(wanted) > 500
    assert {f"#{id_}" for id_ in wanted} <= set(docs.links)


def test_the_reference_shows_bounds_defaults_and_values(real: httpx.Client) -> None:
    text = real.get("/docs").text
    (limit,) = re.findall(r'<div id="parameter\.limit">.*?</dd></div>', text)
    (sort,) = re.findall(r'<div id="list_sources\.sort">.*?</dd></div>', text)
    (wave,) = re.findall(r'<div id="compare_waves\.wave">.*?</dd></div>', text)
    (speaker,) = re.findall(
        r'<section class="part" id="Speaker">.*?</section>', text, flags=re.DOTALL
    )

    assert (
        "at least <code>1</code>; at most <code>200</code>; example <code>limit=25</code>" in limit
    )
    assert "<code>-published_on</code> if it is not given." in sort
    assert '<a href="#SourceSort">' in sort
    assert "required" in wave
    assert "at least <code>2</code> values; at most <code>10</code> values" in wave
    assert "<code>company</code>" in speaker


def test_what_operations_share_is_described_once(told: Json, real: httpx.Client) -> None:
    text = real.get("/docs").text

    for name, parameter in told["components"]["parameters"].items():
        described = re.findall(rf'<div id="parameter\.{name}">', text)
        assert len(described) == 1, name
        assert f'href="#parameter.{name}"' in text, name
        assert parameter["name"]


def test_codes_of_reasons_and_roles_are_in_place(real: httpx.Client) -> None:
    text = real.get("/docs").text

    for parameter, path in (("driver", "drivers"), ("role_not", "roles")):
        (part,) = re.findall(
            rf'<div id="parameter\.{parameter}">.*?</details>\s*</dd></div>', text, re.DOTALL
        )
        codes = [one["code"] for one in real.get(f"/v1/{path}?limit=200").json()["data"]]
        assert sorted(re.findall(r"<li><code>([^<]+)</code>", part)) == sorted(codes)


def test_the_reference_runs_one_script_of_its_own(real: httpx.Client) -> None:
    answer = real.get("/docs")
    (script,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"script-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert "connect-src 'self'" in answer.headers["content-security-policy"]
    assert "http" not in script


def test_every_problem_of_an_operation_is_linked_from_it(told: Json, real: httpx.Client) -> None:
    text = real.get("/docs").text

    for id_, (_, operation) in reference.operations(told).items():
        (part,) = re.findall(rf'<section class="part" id="{id_}">.*?</section>', text, re.DOTALL)
        statuses = {int(status) for status in operation["responses"].keys() - {"200", "default"}}
        for kind in KINDS.values():
            assert (f"/problems/{kind.code}" in part) == (kind.status in statuses), id_


def test_an_example_of_the_reference_is_answered(told: Json, real: httpx.Client) -> None:
    for path, operation in reference.operations(told).values():
        asked = reference.example(path, operation)
        if asked.startswith("/v1/notices"):
            # For those that the tests lack in the real ledger, see `test_notices.py`.
            continue
        answer = get_when_available(real, asked)
        if operation["operationId"] == "get_company_by_identifier":
            assert answer.status_code == 301
            continue
        assert answer.status_code == 200, asked
        if answer.headers["content-type"].startswith("application/json"):
            assert answer.json().get("data", True), asked


def test_what_the_document_says_is_escaped(told: Json) -> None:
    changed = msgspec.json.decode(msgspec.json.encode(told))
    listed = changed["paths"]["/v1/waves"]["get"]
    listed["summary"] = listed["description"] = "<script>alert(1)</script>"
    parameter = resolve(changed, listed["parameters"][0])
    parameter["description"] = "<img src=x onerror=alert(1)>"
    parameter["example"] = ["'><b>"]
    changed["info"]["description"] = "a <b>b</b>"

    made = Page(reference.render(changed))

    assert made.data == []
    assert made.loaded == []
    assert made.events == []


def test_no_link_and_no_anchor_is_dead(real: httpx.Client) -> None:
    """Walk from the start page over all links to this server."""
    base = str(real.base_url).rstrip("/")
    seen: dict[str, Page | None] = {}
    waiting, fragments = [f"{base}/"], set()
    while waiting:
        address = waiting.pop()
        # The real ledger of the tests has no notices.
        if address in seen or "/v1/notices/us-" in address:
            continue
        answer = real.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        seen[address] = None
        if answer.headers["content-type"].startswith("text/html"):
            seen[address] = page = Page(answer.text)
            for link in page.links:
                target, fragment = urldefrag(urljoin(address, link))
                if urlsplit(target).netloc == urlsplit(base).netloc:
                    waiting.append(target)
                    fragments.add((target, fragment))

    assert {f"{base}{path}" for path in PAGES} <= set(seen)
    for target, fragment in fragments - {(target, "") for target, _ in fragments}:
        page_ = seen[target]
        assert page_ is not None, target
        assert fragment in page_.ids, f"{target}#{fragment}"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_nothing_from_elsewhere(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    page = Page(answer.text)

    assert all(address.startswith("data:") for address in page.loaded)
    # The reference alone has a script, which its policy names.
    scripts = {""} if path == "/docs" else set()
    assert {type_ for type_, _ in page.data} <= {"application/ld+json"} | scripts
    assert page.events == []
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, flags=re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_made(api: httpx.Client, path: str) -> None:
    page = read(api, path)

    assert len(page.ids) == len(set(page.ids))
    assert page.headings.count("h1") == 1
    levels = [int(one[1]) for one in page.headings]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_of_a_page_allows_its_own_style_and_no_script(
    api: httpx.Client, path: str
) -> None:
    answer = api.get(path)
    directives = dict(
        one.strip().split(" ", 1) for one in answer.headers["content-security-policy"].split(";")
    )

    policy = environment.policy_of_reference() if path == "/docs" else environment.policy()
    assert answer.headers.get_list("content-security-policy") == [policy]
    assert directives["default-src"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", directives["style-src"])
    assert ("script-src" in directives) == (path == "/docs")
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_what_is_no_page_keeps_the_strict_policy(api: httpx.Client) -> None:
    for path in ("/v1/waves", "/openapi.json", "/.well-known/api-catalog", "/problems/nope"):
        policy = api.get(path).headers["content-security-policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("path", KEPT)
def test_what_is_unchanged_is_not_sent_again(api: httpx.Client, path: str) -> None:
    first = api.get(path)
    tag = first.headers["etag"]

    for given in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = api.get(path, headers={"if-none-match": given})
        assert again.status_code == 304, given
        assert again.content == b""
        # A cache puts the headers of a 304 on what it kept: the policy has to be the page's own.
        for name in ("etag", "cache-control", "vary", "content-security-policy"):
            assert again.headers[name] == first.headers[name]
    assert api.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert first.headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize("path", KEPT)
def test_pages_are_compressed_and_have_a_head(api: httpx.Client, path: str) -> None:
    plain = api.get(path, headers={"accept-encoding": "identity"})
    request = api.build_request("GET", path, headers={"accept-encoding": "gzip"})
    answer = api.send(request, stream=True)
    body = b"".join(answer.iter_raw())
    answer.close()
    head = api.head(path, headers={"accept-encoding": "gzip"})

    if answer.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    assert body == plain.content
    assert ("content-encoding" in answer.headers) == (len(body) >= 1_000)
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert head.status_code == 200
    assert head.headers["content-length"] == answer.headers["content-length"]
    assert head.headers["etag"] == plain.headers["etag"]


def test_the_start_page_describes_a_data_set(real: httpx.Client) -> None:
    page = read(real, "/")
    [(type_, text)] = page.data
    data = msgspec.json.decode(text)
    coverage = real.get("/v1/coverage").json()

    assert type_ == "application/ld+json"
    assert "<" not in text
    assert data["@context"] == "https://schema.org/"
    assert data["@type"] == "Dataset"
    assert data["name"]
    assert 50 <= len(data["description"]) <= 5000
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert data["creator"]["name"]
    assert data["version"] == str(coverage["revision"])
    assert data["url"] == f"{str(real.base_url).rstrip('/')}/"
    first, last = data["temporalCoverage"].split("/")
    assert (first, last) == (coverage["first_announced_on"], coverage["last_announced_on"])
    assert all(one["name"] and one["description"] for one in data["variableMeasured"])
    assert data["distribution"]
    for one in data["distribution"]:
        assert one["@type"] == "DataDownload"
        answer = real.get(one["contentUrl"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == one["encodingFormat"]


def test_exports_are_downloads_of_the_data_set(told: Json) -> None:
    day = datetime.date(2026, 11, 24)
    published = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
    counts = {"wave": 1, "company": 1, "source": 1}
    snapshot = Snapshot(7, published, counts, {}, "CC-BY-4.0", (day, day), b"")
    with_exports = {**told, "paths": {**told["paths"], "/v1/exports": {}}}

    data = pages.dataset(snapshot, with_exports, "https://ledger.example")

    assert data["version"] == "7"
    assert data["temporalCoverage"] == "2026-11-24/2026-11-24"
    assert [one["contentUrl"] for one in data["distribution"]] == [
        "https://ledger.example/v1/waves",
        "https://ledger.example/v1/exports/7/waves.csv",
        "https://ledger.example/v1/exports/7/waves.ndjson",
        "https://ledger.example/v1/exports/7/waves.parquet",
    ]


def test_nothing_ends_the_data_block_early(real: httpx.Client) -> None:
    answer = real.get("/", headers={"host": "example.org"})

    assert answer.text.count("</script>") == 1
    assert msgspec.json.decode(Page(answer.text).data[0][1])["url"] == "http://example.org/"


@pytest.mark.parametrize("ledger", ["api", "real"])
def test_the_start_page_counts_what_coverage_counts(
    ledger: str, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    text = client.get("/").text
    coverage = client.get("/v1/coverage").json()
    named = {"waves": "waves", "companies": "companies with a wave", "sources": "cited sources"}

    for name, label in named.items():
        assert f"<dt>{label}</dt><dd>{coverage[name]:,}</dd>" in text
    # Of companies there are more: some have indicators only.
    for name in ("waves", "sources"):
        assert client.get(f"/v1/{name}?limit=1").json()["meta"]["count"] == coverage[name]


def test_the_readme_counts_what_coverage_counts(real: httpx.Client) -> None:
    readme = (paths.ROOT / "README.md").read_text()
    coverage = real.get("/v1/coverage").json()

    assert f"{coverage['waves']:,} waves of {coverage['companies']:,} companies" in readme


def test_the_catalog_leads_to_what_it_names(real: httpx.Client) -> None:
    answer = real.get("/.well-known/api-catalog")
    base = str(real.base_url).rstrip("/")
    [api] = answer.json()["linkset"]

    assert answer.headers["content-type"] == (
        'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
    )
    assert api["anchor"] == f"{base}/v1"
    assert {"service-desc", "service-doc", "service-meta", "status", "license"} < set(api)
    for relation, links in api.items():
        for link in links if relation not in {"anchor", "license"} else []:
            found = real.get(link["href"])
            assert found.status_code == 200, link
            assert found.headers["content-type"].partition(";")[0] == link["type"]


@pytest.mark.parametrize("path", ["/.well-known/api-catalog", *PAGES])
def test_pages_lead_to_the_catalog(api: httpx.Client, path: str) -> None:
    head = api.head(path)
    base = str(api.base_url).rstrip("/")

    assert f'<{base}/.well-known/api-catalog>; rel="api-catalog"' in head.headers["link"]


@pytest.mark.parametrize("code", KINDS)
def test_a_problem_page_shows_such_a_problem(api: httpx.Client, code: str) -> None:
    text = api.get(f"/problems/{code}").text
    (block,) = re.findall(r"<pre><code>(\{.*?\})</code></pre>", text, flags=re.DOTALL)
    shown = msgspec.json.decode(html.unescape(block))
    told = msgspec.convert(shown, Problem)

    assert told.code == code
    assert told.type == f"{str(api.base_url).rstrip('/')}/problems/{code}"
    assert (told.title, told.status) == (KINDS[code].title, KINDS[code].status)


@pytest.mark.parametrize(
    ("code", "method"),
    [
        ("invalid_parameters", "GET"),
        ("malformed_request", "GET"),
        ("not_found", "GET"),
        ("method_not_allowed", "DELETE"),
        ("not_acceptable", "GET"),
    ],
)
def test_the_problem_shown_is_the_one_that_is_answered(
    api: httpx.Client, code: str, method: str
) -> None:
    text = api.get(f"/problems/{code}").text
    (block,) = re.findall(r"<pre><code>(\{.*?\})</code></pre>", text, flags=re.DOTALL)
    shown = msgspec.json.decode(html.unescape(block))
    accept = "application/pdf" if code == "not_acceptable" else "*/*"

    told = api.request(method, shown["instance"], headers={"accept": accept}).json()

    assert {**told, "request_id": ""} == {**shown, "request_id": ""}


def test_an_unknown_problem_has_no_page(api: httpx.Client) -> None:
    answer = api.get("/problems/nope")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_reference_names_the_address_that_is_asked(api: httpx.Client) -> None:
    text = api.get("/docs", headers={"host": "ledger.example"}).text

    assert 'curl \'<a href="http://ledger.example/v1/waves?company=meta">' in text
    assert "\0" not in text
    assert str(api.base_url) not in text


def test_templates_lie_in_the_package() -> None:
    assert paths.TEMPLATES.is_relative_to(paths.PACKAGE)
    assert {one.name for one in paths.TEMPLATES.iterdir()} == {
        "docs.html",
        "embed.css",
        "embed.html",
        "guide.html",
        "guide_index.html",
        "method.html",
        "page.html",
        "problem.html",
        "problems.html",
        "reference.html",
        "reference.js",
        "start.html",
        "style.css",
    }


def test_what_the_ledger_says_is_escaped_on_the_start_page() -> None:
    published = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
    counts = {"wave": 1, "company": 1, "source": 1}
    hostile = "</script><script>alert(1)</script>\"'&{{ 7 * 7 }}"
    snapshot = Snapshot(7, published, counts, {}, hostile, None, b"")

    text = pages.start(snapshot, 1, "https://ledger.example")

    page = Page(text)
    assert [type_ for type_, _ in page.data] == ["application/ld+json"]
    assert text.count("</script>") == 1
    assert msgspec.json.decode(page.data[0][1])["license"].endswith(f"{hostile}.html")
    assert hostile in html.unescape(text)
    assert page.events == []


def test_a_value_that_a_template_needs_is_missed() -> None:
    with pytest.raises(UndefinedError):
        environment.render("problems.html", base="")
