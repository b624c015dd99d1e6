"""Pages for people: who gets one, that it says what the JSON says, and that text stays text."""

from __future__ import annotations

import ast
import base64
import datetime
import hashlib
import html
import re
import shlex
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import msgspec
import pytest

from layoff_ledger import app, paths
from layoff_ledger.exports.tables import tables
from layoff_ledger.http.context import Context, parse_query
from layoff_ledger.pages.render import render, render_problem
from layoff_ledger.pages.subject import Beside, Subject
from layoff_ledger.resources.fields import ListLinks
from layoff_ledger.routes.operation import Operation
from layoff_ledger.site import environment
from layoff_ledger.store.revisions import Snapshot
from support.colours import contrast
from support.services import get_when_available

Json = dict[str, Any]
# As Chromium and Firefox send it.
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
MAX_BYTES = 100_000
RECORDS = [
    "waves/meta-2023-03",
    "companies/meta",
    "companies/meta/indicators",
    "drivers/ai_automation",
    "roles/recruiting",
    "sources/meta-about-2023-03-14",
    "claims/meta-2023-03:magnitude:a324c8b9e6",
    "collections/curated",
    "indicators/meta-employees:2022-12-31:359eeb093e",
]
OTHERS = [
    "waves",
    "claims",
    "companies",
    "sources",
    "drivers",
    "roles",
    "collections",
    "indicators",
    "waves/meta-2023-03/history",
    "companies/meta/history",
    "statistics?group_by=year",
    "comparisons?wave=meta-2023-03&wave=meta-2026-03",
    "timeline?company=meta",
    "changes?limit=20",
    "revisions",
    "revisions/1",
    "coverage",
    "search?q=meta",
    "statistics?group_by=driver&group_by=year",
    "statistics?group_by=industry&spread=true",
    "attribution?by=year",
    "attribution",
    "rebalancing",
    "dictionary",
]


class Page(HTMLParser):
    """The elements and the text of a page, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        # Browsers make boxes of their own for these.
        self.text += " " if tag in {"dt", "dd", "td", "th", "p", "li"} else ""

    def handle_data(self, data: str) -> None:
        self.text += data


def page(client: httpx.Client, path: str) -> httpx.Response:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == "text/html; charset=utf-8", path
    return answer


def texts(document: Any) -> Iterator[str]:
    """Yield every text of a document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, (list, dict)):
        for one in document.values() if isinstance(document, dict) else document:
            yield from texts(one)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/json",
        "application/*",
        "application/json, text/html",
        "application/json, text/html;q=0.9, */*;q=0.1",
        # Programs in Java, by default.
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    ],
)
@pytest.mark.parametrize("path", ["/v1/waves", "/v1/waves/globex-2023-01", "/v1/companies/globex"])
def test_who_does_not_prefer_pages_gets_the_json_of_before(
    api: httpx.Client, path: str, accept: str | None
) -> None:
    headers = {} if accept is None else {"accept": accept}
    answer = api.get(path, headers=headers)

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == api.get(path).json()


def test_any_text_is_still_csv(api: httpx.Client) -> None:
    answer = api.get("/v1/waves", headers={"accept": "text/*"})

    assert answer.headers["content-type"].startswith("text/csv")


def test_page_and_json_have_tags_of_their_own_and_vary(api: httpx.Client) -> None:
    path = "/v1/waves/globex-2023-01"
    read, data = page(api, path), api.get(path)
    again = api.get(path, headers={**BROWSER, "if-none-match": read.headers["etag"]})
    other = api.get(path, headers={"if-none-match": read.headers["etag"]})

    assert read.headers["etag"] != data.headers["etag"]
    assert read.headers["vary"] == data.headers["vary"] == "Accept, Accept-Encoding"
    assert read.headers["cache-control"] == data.headers["cache-control"]
    assert again.status_code == 304
    assert other.status_code == 200
    assert 'rel="cite-as"' in read.headers["link"]


def test_a_page_of_a_revision_never_changes(api: httpx.Client) -> None:
    answer = page(api, "/v1/waves/globex-2023-01?as_of=1")

    assert "immutable" in answer.headers["cache-control"]
    assert "what it says now" in answer.text


def test_a_format_comes_before_what_a_browser_accepts(api: httpx.Client) -> None:
    path = "/v1/companies/globex"
    data = api.get(f"{path}?format=json", headers=BROWSER)
    read = api.get(f"{path}?format=html", headers={"accept": "application/json"})

    assert data.headers["content-type"] == "application/json"
    assert read.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", [*RECORDS, *OTHERS])
def test_a_page_is_small_and_loads_nothing_from_elsewhere(real: httpx.Client, path: str) -> None:
    answer = page(real, f"/v1/{path}")
    read = Page(answer.text)
    names = [tag for tag, _ in read.elements]

    assert len(answer.content) < MAX_BYTES
    assert not {"iframe", "object", "embed"} & set(names)
    for tag, given in read.elements:
        # Only the chart of this very answer, which has words for people who cannot see it.
        if tag in {"img", "source"}:
            assert (given.get("src") or given["srcset"]).startswith(
                f"{str(real.base_url).rstrip('/')}/v1/{path.partition('?')[0]}?"
            )
        if tag == "img":
            assert given["alt"]
    # A data block (JSON-LD) is not run; every script that is has no attribute.
    scripts = [given for tag, given in read.elements if tag == "script"]
    assert not [one for one in scripts if one not in ({}, {"type": "application/ld+json"})]
    assert answer.headers["content-security-policy"] == environment.policy_with_script()
    assert f"script-src {SCRIPT}; connect-src 'self'" in environment.policy_with_script()
    for needed in ("main", "h1", "header", "title"):
        assert names.count(needed) == 1, needed
    ids = [given["id"] for _, given in read.elements if "id" in given]
    assert len(ids) == len(set(ids))
    for tag, given in read.elements:
        assert not [name for name in given if name.startswith("on") or name == "style"], given
        if tag == "a" and given["href"].startswith("#"):
            assert given["href"][1:] in ids
        if tag == "th":
            assert given["scope"] in {"col", "row"}
    assert names.count("caption") == names.count("table")


def test_the_page_of_a_wave_shows_every_claim_with_its_sources(real: httpx.Client) -> None:
    """Reads the JSON by itself: figures, statements, words and sources of all claims."""
    wave = real.get("/v1/waves/meta-2023-03").json()
    read = Page(page(real, "/v1/waves/meta-2023-03").text)
    shown = squeezed(read.text)
    links = {given.get("href", "") for tag, given in read.elements if tag == "a"}

    for name in ("drivers", "events", "context", "magnitudes", "roles"):
        assert wave[name], name
        for claim in wave[name]:
            for field in ("statement", "fragment", "wording", "note"):
                assert squeezed(claim.get(field) or "") in shown
    for citation in wave["citations"]:
        source = citation["source"]
        assert squeezed(citation["fragment"] or "") in shown
        assert squeezed(source["title"] or source["id"]) in shown
        assert source["publisher"] in shown
        assert any(link.endswith(f"/v1/sources/{source['id']}") for link in links)
    (listed,) = (link for link in links if link.endswith("/v1/sources?wave=meta-2023-03"))
    sources = {one["source"]["id"] for one in wave["citations"]}
    assert {one["id"] for one in real.get(listed).json()["data"]} == sources
    claims = real.get("/v1/claims", params={"wave": "meta-2023-03", "limit": 200}).json()["data"]
    ids = {given["id"] for _, given in read.elements if "id" in given}
    assert {claim["id"] for claim in claims} <= ids
    assert "approximately 10,000 jobs" in shown
    assert "posts cut (gross)" in shown


@pytest.mark.parametrize("name", ["speaker=union", "stance=states", "weight=primary"])
def test_filters_by_any_reason_are_not_taken_for_the_reason_in_the_title(
    real: httpx.Client, name: str
) -> None:
    """Of attribution, they keep waves with such a claim about whatever reason."""
    said = {}
    for path in ("waves", "attribution"):
        shown = page(real, f"/v1/{path}?driver_group=ai&{name}").text
        chips = re.findall('<ul class="chosen".*?</ul>', shown, re.DOTALL)[0]
        (said[path],) = (
            one for one in re.findall("<li>(.*?):", chips) if one != "Group of reasons"
        )
        assert f">{said[path]}</label>" in shown or f"{said[path]} <" in shown

    assert "any reason" in said["attribution"]
    assert "any reason" not in said["waves"]
    claims = page(real, "/v1/claims?speaker=union").text
    assert "<li>Who says it: <strong>union</strong>" in claims


def test_the_reasons_of_the_company_come_first(real: httpx.Client) -> None:
    """Its file begins with what an article says."""
    drivers = real.get("/v1/waves/meta-2023-03").json()["drivers"]
    shown = squeezed(Page(page(real, "/v1/waves/meta-2023-03").text).text)

    assert drivers[0]["speaker"] == "press"
    assert shown.index("The company states") < shown.index("The press reports")


def test_what_is_not_known_is_called_so(real: httpx.Client) -> None:
    (wave,) = real.get("/v1/waves", params={"headcount_known": "false", "limit": 1}).json()["data"]
    shown = squeezed(Page(page(real, f"/v1/waves/{wave['id']}").text).text)

    assert "jobs; how many is not known" in shown or wave["share"] is not None
    assert re.search(r"\b0 jobs\b", shown) is None


@pytest.mark.parametrize("path", ["/v1/exports", "/v1/exports/1", "/v1/exports/latest"])
def test_the_page_of_an_export_leads_to_every_file_and_explains_it(
    api: httpx.Client, path: str
) -> None:
    answer = get_when_available(api, path).json()
    export = answer.get("newest", answer)
    text = page(api, path).text
    read = Page(text)
    links = {given.get("href", "") for tag, given in read.elements if tag == "a"}

    assert {file["url"] for file in export["files"]} <= links
    assert {one["url"] for one in answer.get("revisions", [])} <= links
    explained = re.findall(r"<dt>(\w+) <span>", text)
    assert explained == [column.name for table in tables() for column in table.columns]
    # What is to be copied runs.
    (code,) = re.findall(r"<code>(import pandas.*?)</code>", text, flags=re.DOTALL)
    found: dict[str, Any] = {}
    exec(html.unescape(code), found)  # noqa: S102 it is our own
    rows = {one["table"]: one["rows"] for one in export["files"]}
    assert len(found["waves"]) == rows["waves"]
    assert len(found["claims"]) == rows["claims"]


def test_the_dictionary_is_folded_by_kind_of_record(real: httpx.Client) -> None:
    fields = real.get("/v1/dictionary").json()["fields"]
    text = page(real, "/v1/dictionary").text
    kinds = list(dict.fromkeys(one["resource"] for one in fields))

    assert re.findall(r'<a href="#(\w+)">\1</a>', text) == kinds
    assert re.findall(r'<h2 id="(\w+)">\1</h2>', text) == kinds
    assert "<details open" not in text
    shown = re.findall(r"<dt>([^<]+) <span>([^<]+)</span></dt>", text)
    assert shown == [(one["field"], one["type"]) for one in fields]


def test_the_page_of_a_company_keeps_gross_and_net_apart(real: httpx.Client) -> None:
    company = real.get("/v1/companies/amazon").json()
    shown = squeezed(Page(page(real, "/v1/companies/amazon").text).text)
    waves = real.get("/v1/waves", params={"company": "amazon", "limit": 25}).json()["data"]

    assert f"{company['totals']['gross_low']:,} or more" in shown
    assert "posts cut (gross)" in shown
    assert company["totals"]["net_low"] is None
    assert "net change of headcount" not in shown.replace("Gross and net", "")
    assert f"All {company['totals']['waves']} waves" in shown
    assert len(waves) == company["totals"]["waves"]


def test_fields_that_nobody_filled_in_are_no_part_of_the_question(api: httpx.Client) -> None:
    query = "company=&q=&status=announced&driver="
    left_out = api.get(f"/v1/waves?{query}", headers=BROWSER)

    assert left_out.status_code == 301
    assert left_out.headers["location"].endswith("/v1/waves?status=announced")
    assert "Accept" in left_out.headers["vary"]
    assert api.get(f"/v1/waves?{query}").status_code == 400


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/v1/waves/nope-2023-01", 404, "No wave"),
        ("/v1/waves?driver=over_hirng", 400, "no driver"),
        ("/v1/waves?<script>=1", 400, "unknown parameter"),
        ("/v1/nope", 404, "No path"),
    ],
)
def test_what_is_wrong_is_told_on_a_page(
    api: httpx.Client, path: str, status: int, detail: str
) -> None:
    answer = api.get(path, headers=BROWSER)
    read = Page(answer.text)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == environment.policy()
    assert detail in read.text
    assert "script" not in {tag for tag, _ in read.elements}
    asked_by_name = f"{path}&format=html" if "?" in path else f"{path}?format=html"
    for one in (path, asked_by_name):
        assert api.get(one).headers["content-type"] == "application/problem+json"
    assert api.get("/v1/waves?q=&format=html").status_code == 400


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


SCRIPT = digest((paths.PAGES / "complete.js").read_text())
HOSTILE = "<script>alert('x')</script>\"' onmouseover=alert(1) {{ 7*7 }} &amp;"


def poisoned(document: Any) -> Any:
    """Put hostile text into every free text of a document; codes and dates have to stay."""
    if isinstance(document, list):
        return [poisoned(one) for one in document]
    if not isinstance(document, dict):
        return document
    free = {"title", "name", "note", "statement", "fragment", "wording", "publisher", "label",
            "locator", "definition", "description", "legal_name", "base", "author"}  # fmt: skip
    return {
        name: HOSTILE if name in free else poisoned(value) for name, value in document.items()
    } | ({"url": "javascript:alert(1)"} if "archived_url" in document else {})


def subject_of(operation: Operation, document: Json) -> Subject:
    """Return what the page of an answer is made from."""
    query = "q=<script>&title=%22%3E%3Cscript%3E"
    address = f"http://ledger.example/v1/x?{query}"
    published = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
    return Subject(
        operation=operation.id,
        summary=operation.summary,
        resource=operation.resource,
        is_record=operation.path_parameter is not None,
        parameters=operation.parameters,
        formats=operation.formats.formats,
        document=document,
        base="http://ledger.example",
        path="/v1/x",
        query=parse_query(query.encode()),
        snapshot=Snapshot(1, published, {}, {}, "CC-BY-4.0", None, b""),
        links=ListLinks(self=address, latest=address, next=address),
        cited=address,
        beside=Beside(),
    )


@pytest.mark.parametrize("path", [*RECORDS, *OTHERS])
def test_hostile_text_stays_text(real: httpx.Client, path: str) -> None:
    """The answer of the real ledger with a script in each of its free texts."""
    document = real.get(f"/v1/{path}").json()
    name = path.partition("?")[0]
    (operation,) = [
        one
        for one in app.operations()
        if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", one.path), f"/v1/{name}")
        and ("{" in one.path) == (len(name.split("/")) > 1)
    ]
    written = render(subject_of(operation, poisoned(document)))
    # In a data block no text can end it: it has no `<`.
    written = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", written)
    for own in re.findall(r"<script>(.*?)</script>", written, flags=re.DOTALL)[-1:]:
        written = (
            written.replace(f"<script>{own}</script>", "") if digest(own) == SCRIPT else written
        )
    read = Page(written)

    assert "script" not in {tag for tag, _ in read.elements}
    for _, given in read.elements:
        assert not [one for one in given if one.startswith("on")], given
        assert not given.get("href", "").startswith("javascript:")
    if HOSTILE in set(texts(poisoned(document))) and name not in {
        "changes",
        "coverage",
        "attribution",
    }:
        assert "<script>alert('x')</script>" in read.text
        assert "49" not in re.findall(r"alert\(1\) (\S+)", read.text)


def test_what_is_to_be_copied_runs_nothing_else(api: httpx.Client) -> None:
    query = "q=x';touch%20y;'%5C\\&limit=1"
    text = page(api, f"/v1/waves?{query}").text
    lines = [html.unescape(one) for one in re.findall(r"<pre><code>(.*?)</code>", text, re.DOTALL)]

    assert shlex.split(lines[0])[0] == "curl"
    assert len(shlex.split(lines[0])) == 2
    assert ast.literal_eval(lines[1].partition("read_csv(")[2].rstrip(")")).startswith("http")


def written_problem(status: int, errors: list[Json]) -> str:
    """Write the page of a problem all of whose texts are hostile."""
    problem = {
        "title": HOSTILE,
        "detail": HOSTILE,
        "type": "http://ledger.example/problems/not_found",
        "errors": errors,
        "status": status,
        "instance": '/v1/"><script>',
        "request_id": "x",
    }
    context = Context(
        "GET", "/v1/<script>", b"", parse_query(b""), b"", None, b"", "http://l.example", False,
        False, "x", None, None, None,
    )  # fmt: skip
    return render_problem(problem, context, ("<script>", HOSTILE))


@pytest.mark.parametrize("status", [400, 404, 429, 503])
def test_a_hostile_problem_stays_text(status: int) -> None:
    names = ("parameter", "detail", "suggestion", "suggested_value")
    errors = [dict.fromkeys(names, HOSTILE)] if status == 400 else []
    written = written_problem(status, errors)

    assert "script" not in {tag for tag, _ in Page(written).elements}
    assert html.escape(HOSTILE, quote=False)[:20] in written


def test_what_may_be_there_soon_is_asked_again_by_one_click() -> None:
    """Such as an export that is being made."""
    for status in (404, 429, 503):
        links = [given for tag, given in Page(written_problem(status, [])).elements if tag == "a"]
        again = [
            given["href"] for given in links if given["href"].startswith('http://l.example/v1/"')
        ]
        assert len(again) == (status != 404)


def totals_of(waves: list[Json], counts: str | None) -> int:
    """Add up the lower bounds of counted waves whose headcount counts one thing."""
    return sum(
        wave["headcount"]["counted_low"] or 0
        for wave in waves
        if wave["canonical"] and wave["headcount"] and wave["headcount"]["counts"] == counts
    )


def test_the_page_of_a_company_names_those_that_it_owns(real: httpx.Client) -> None:
    read = Page(page(real, "/v1/companies/microsoft").text)
    owned = [
        one["id"]
        for one in real.get("/v1/companies", params={"parent": "microsoft"}).json()["data"]
    ]
    together = ",".join(["microsoft", *owned])

    assert "linkedin" in owned
    assert "their waves are not among these" in squeezed(read.text)
    links = [given["href"] for tag, given in read.elements if tag == "a"]
    assert any(one.endswith(f"/v1/waves?company={together}") for one in links)
    assert "Owns" not in Page(page(real, "/v1/companies/linkedin").text).text


def test_the_totals_of_a_list_are_those_of_all_its_waves(real: httpx.Client) -> None:
    """Adds up, by itself, what the documents of the list say."""
    query = "driver_group=ai&speaker=company&stance=states"
    lines = real.get(f"/v1/waves?{query}&format=ndjson").text.splitlines()
    waves = [msgspec.json.decode(line) for line in lines]
    shown = squeezed(Page(page(real, f"/v1/waves?{query}").text).text)
    counted = [wave for wave in waves if wave["canonical"]]
    unknown = [wave for wave in counted if wave["headcount"] is None]

    assert f"waves that statistics count {len(counted)}" in shown
    assert len(waves) > 50
    assert f"50 of {len(waves)}" in shown
    for counts, words in (("gross", "posts cut (gross)"), ("net", "net change of headcount")):
        assert f"{words} {totals_of(waves, counts):,}" in shown
    assert f"waves of unknown size {len(unknown)}" in shown


def test_a_group_of_statistics_leads_to_its_waves(real: httpx.Client) -> None:
    """Follows the links of a page, and counts what the lists have."""
    for query in (
        "group_by=year&driver_group=ai",
        "group_by=speaker",
        "group_by=driver&top=3",
        "group_by=driver&speaker=company&stance=states",
        "group_by=speaker&driver=ai_automation",
        "group_by=driver&group_by=speaker&weight=primary&driver_group=financial",
        "group_by=role&effect=spared",
    ):
        if "top" in query:
            query += "&group_by=industry&group_by=year"  # noqa: PLW2901 three dimensions
        groups = real.get(f"/v1/statistics?{query}").json()["data"]
        read = Page(page(real, f"/v1/statistics?{query}").text)
        links = [given["href"] for tag, given in read.elements if tag == "a"]
        found = [one for one in links if "canonical=true" in one]
        known = [one for one in groups[:80] if None not in one["keys"].values()]

        assert len(found) == len(known) > 2
        for link, group in list(zip(found, known, strict=True))[::7]:
            assert real.get(link).json()["meta"]["count"] == group["waves"], link


def test_the_nested_rules_stand_beside_each_other(real: httpx.Client) -> None:
    rows = real.get("/v1/attribution?by=year&announced=2025").json()["data"]
    text = page(real, "/v1/attribution?by=year&announced=2025").text
    (row,) = re.findall(r'<th scope="row">2025</th>(.*?)</tr>', text, flags=re.DOTALL)
    cells = re.findall(r'<td class="right">([\d,]+)(?: <span class="facts">([\d.]+)%)?', row)

    assert len(rows) > 5
    assert [int(waves.replace(",", "")) for waves, _ in cells] == [one["waves"] for one in rows]
    for (_, percent), one in zip(cells, rows, strict=True):
        if one["rule"] != "all":
            assert float(percent or 0) == pytest.approx(one["share_of_waves"] * 100, abs=0.06)


def test_a_form_says_what_was_asked_and_keeps_the_revision(real: httpx.Client) -> None:
    read = Page(page(real, "/v1/waves?driver_group=ai&announced_gte=2023&as_of=1").text)
    chosen = [
        given["value"] for tag, given in read.elements if tag == "option" and "selected" in given
    ]
    inputs = {given["name"]: given for tag, given in read.elements if tag == "input"}
    labels = {given["for"] for tag, given in read.elements if tag == "label"}

    assert chosen == ["ai", "-announced_on"]
    assert inputs["announced_gte"]["value"] == "2023"
    assert inputs["as_of"] == {"type": "hidden", "name": "as_of", "value": "1"}
    for tag, given in read.elements:
        if tag in {"select", "input"} and given.get("type") not in {"hidden", "checkbox"}:
            assert given["id"] in labels


def test_a_walk_over_pages_meets_every_wave_once(api: httpx.Client) -> None:
    expected = [one["id"] for one in api.get("/v1/waves?limit=200").json()["data"]]
    met, address = [], "/v1/waves?limit=2"
    while address:
        read = Page(page(api, address).text)
        met += re.findall(
            r"/v1/waves/([^/\"?]+)$",
            "\n".join(given["href"] for tag, given in read.elements if tag == "a"),
            flags=re.MULTILINE,
        )
        address = next(
            (given["href"] for tag, given in read.elements if given.get("rel") == "next"), ""
        )

    assert met == expected


@pytest.mark.parametrize("path", ["/explore", "/v1/waves", "/v1/companies", "/method", "/docs"])
def test_the_navigation_says_where_a_reader_is(real: httpx.Client, path: str) -> None:
    """The explorer asks for waves, and was marked as their list."""
    current = re.findall(r'href="([^"]*)" aria-current="page"', page(real, path).text)

    assert current[:1] == [f"{str(real.base_url).rstrip('/')}{path}"]


def test_the_explorer_leads_to_the_question(real: httpx.Client) -> None:
    answer = page(real, "/explore")
    read = Page(answer.text)
    actions = {given["action"] for tag, given in read.elements if tag == "form"}
    asked = real.get("/explore?driver=over_hiring", headers=BROWSER)

    assert len(answer.content) < MAX_BYTES
    assert {action.removeprefix(str(real.base_url).rstrip("/")) for action in actions} == {
        "/v1/search",
        "/v1/waves",
    }
    assert asked.status_code == 301
    assert asked.headers["location"].endswith("/v1/waves?driver=over_hiring")
    assert "/explore" in real.get("/").text


@pytest.mark.parametrize(
    ("query", "mended"),
    [
        ("limt=3", "limit=3"),
        ("company=meta&order=-id", "company=meta&sort=-id"),
        ("driver=over_hirng&limit=5", "limit=5&driver=over_hiring"),
        ("country=Germany", "country=DE"),
        # It is already given; and if there are two values nobody knows which one was meant.
        ("limt=3&limit=4", None),
        ("driver=over_hirng,closure", None),
    ],
)
def test_what_was_probably_asked_is_one_click_away(
    real: httpx.Client, query: str, mended: str | None
) -> None:
    page = real.get(f"/v1/waves?{query}", headers=BROWSER)

    assert page.status_code == 400
    found = re.search(r'href="[^"?]*/v1/waves\?([^"]*)">Ask that<', page.text)
    assert (found and html.unescape(found[1])) == mended
    if mended is not None:
        assert real.get(f"/v1/waves?{mended}").status_code == 200


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/v1/layoffs?country=DE", "/v1/waves?country=DE"),
        ("/v1/companies/meta/waves?limit=2", "/v1/waves?company=meta&limit=2"),
        ("/v1/waves/meta-2023-3", "/v1/waves/meta-2023-03"),
        ("/v1/waves/meta-2023-3/history", "/v1/waves/meta-2023-03/history"),
    ],
)
def test_a_path_that_is_none_leads_on(real: httpx.Client, asked: str, meant: str) -> None:
    answer = real.get(asked, headers=BROWSER)
    link = re.search(r'href="http://[^/"]*([^"]*)">Go there<', answer.text)

    assert answer.status_code == 404
    assert link is not None
    assert html.unescape(link[1]) == meant
    assert real.get(meant).status_code == 200


def test_what_is_asked_stands_there_in_words(real: httpx.Client) -> None:
    query = "driver=ai_automation,over_hiring&country=DE&headcount_known=true&q=foo_bar"
    shown = re.findall(r"<li>([^<]*): <strong>([^<]*)<", page(real, f"/v1/waves?{query}").text)

    assert shown == [
        ("Reason", "AI automation, Over-hiring"),
        ("Country of the cuts", "Germany"),
        ("Jobs are known", "yes"),
        ("Words", "foo_bar"),
    ]


def test_who_asked_something_gets_the_answer_first(real: httpx.Client) -> None:
    """The form is folded, so that a phone shows the answer; unless there is none."""
    folded, opened = '<details class="asking"><summary>', '<details class="asking" open><summary>'
    html = {"accept": "text/html"}

    assert folded in real.get("/v1/waves?driver_group=ai", headers=html).text
    assert folded in real.get("/v1/statistics?group_by=year", headers=html).text
    assert opened in real.get("/v1/waves", headers=html).text
    assert opened in real.get("/v1/waves?headcount_gte=100000000", headers=html).text


def test_a_page_is_called_by_what_it_shows(real: httpx.Client) -> None:
    html = {"accept": "text/html"}
    counted = real.get("/v1/statistics?group_by=year,driver_group", headers=html).text
    seats = real.get("/v1/statistics?group_by=company_country", headers=html).text
    driver = real.get("/v1/drivers/ai_automation", headers=html).text

    assert "<h1>Waves of job cuts by year and group of reasons</h1>" in counted
    assert "<h1>Waves of job cuts by country of the company</h1>" in seats
    assert "<code>ai_investment</code>" in driver
    assert "`" not in driver.partition("<main")[2]
    assert "Challenger, Gray &amp; Christmas" in driver


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("waves", "Waves of job cuts"),
        ("waves?company=meta&announced_gte=2022", "Waves of job cuts: Meta Platforms, since 2022"),
        (
            "waves?announced_lte=2023-03-14&company=meta",
            "Waves of job cuts: Meta Platforms, until 14 March 2023",
        ),
        (
            "waves?driver_group=ai&speaker=company&stance=states",
            "Waves of job cuts: Artificial intelligence, according to the company, stated",
        ),
        (
            "waves?country=DE&headcount_gte=10000&status_not=withdrawn",
            "Waves of job cuts: in Germany, 10,000 jobs or more, not withdrawn",
        ),
        (
            "waves?share_gte=0.1&headcount_known=false",
            "Waves of job cuts: 10% of the staff or more, jobs are known: no",
        ),
        (
            "waves?company=meta,amazon,intel,ibm&limit=2",
            "Waves of job cuts: Meta Platforms, Amazon or 2 more",
        ),
        ("claims?conflicting=true", "Claims: conflicting"),
        ("statistics?group_by=driver&company=meta", "Waves of job cuts by reason: Meta Platforms"),
        ("attribution?driver=over_hiring&by=year", "Who ascribes job cuts to over-hiring, by year"),
        # The union may give any reason, and not the one in the title.
        (
            "attribution?by=year&speaker=union",
            "Who ascribes job cuts to artificial intelligence, by year: with any reason according to "
            "the union",
        ),
        (
            "waves?speaker=union&stance=denies",
            "Waves of job cuts: with any reason according to the union, denied",
        ),
        (
            "statistics?group_by=year&weight=primary",
            "Waves of job cuts by year: with a primary reason",
        ),
        (
            "statistics?group_by=driver&speaker=company",
            "Waves of job cuts by reason: according to the company",
        ),
        ("claims?speaker=union", "Claims: according to the union"),
        ("rebalancing?company=meta", "Capital expenditure against staff: Meta Platforms"),
        (
            "timeline?company=meta&from=2025&to=2025",
            "What happens, and when: Meta Platforms, 2025",
        ),
        ("timeline?kind=withdrawn,revised", "What happens, and when: withdrawn or revised"),
        (
            "waves?announced_gte=2024-01-01&announced_lte=2025&headcount_gte=1000",
            "Waves of job cuts: 1,000 jobs or more, 2024 to 2025",
        ),
        (
            "statistics?group_by=month&announced_gte=2025-03-15&announced_lte=2025-06-30",
            "Waves of job cuts by month: 15 March 2025 to 30 June 2025",
        ),
        ("sources?wave=meta-2023-03", "Sources: meta-2023-03"),
        ("search?q=meta", "Search: meta"),
        (
            "comparisons?wave=meta-2023-03&wave=meta-2026-03",
            "Meta Platforms (Year of Efficiency) and Meta Platforms (AI Rebalancing), side by side",
        ),
    ],
)
def test_the_title_of_a_page_names_what_is_asked(real: httpx.Client, path: str, title: str) -> None:
    text = page(real, f"/v1/{path}").text

    assert f"<h1>{title}</h1>" in text
    assert f"<title>{title} · Layoff Ledger</title>" in text
    assert f'<meta property="og:title" content="{title}">' in text
    assert "<strong>meta</strong>" not in text


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("waves?country=US", "Waves of job cuts: in the United States"),
        (
            "waves?company_country=NL,DE",
            "Waves of job cuts: companies of the Netherlands or Germany",
        ),
        ("waves?country_not=GB", "Waves of job cuts: not in the United Kingdom"),
        ("waves?subdivision=US-TX", "Waves of job cuts: in Texas, United States"),
        ("waves?sample=5&seed=1", "Waves of job cuts: a random sample of 5"),
        ("waves?sample=5&company=meta", "Waves of job cuts: Meta Platforms, a random sample of 5"),
    ],
)
def test_a_title_says_it_as_people_do(real: httpx.Client, query: str, title: str) -> None:
    assert f"<h1>{title}</h1>" in page(real, f"/v1/{query}").text


def test_a_title_is_bounded(real: httpx.Client) -> None:
    """Whatever is asked: the beginning of a long value, the number of many filters."""
    many = (
        "company=meta,amazon&driver=ai_automation,over_hiring&status_not=withdrawn&country=US"
        "&role=recruiting&announced_gte=2020&headcount_known=true&headcount_gte=1"
    )
    for query in (f"q={'layoff' * 30}", many):
        title = re.findall(r"<h1>(.*)</h1>", page(real, f"/v1/waves?{query}").text)[0]
        assert len(html.unescape(title)) < 130
    assert re.search(r", and \d more filters$", title)


def test_the_timeline_of_a_company_leads_to_what_is_new(real: httpx.Client) -> None:
    """It says what the JSON says, which begins decades ago."""
    first = real.get("/v1/timeline?company=ibm").json()["data"][0]
    text = page(real, "/v1/timeline?company=ibm").text
    (spans,) = re.findall(r'<nav class="within" aria-label="Spans">(.*?)</nav>', text, re.DOTALL)
    addresses = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', spans)]

    assert f'<time datetime="{first["on"]}">' in text
    assert text.index(spans) < text.index("<table")
    assert all("company=ibm" in one and "from=" in one for one in addresses)
    for address in addresses:
        assert real.get(address).status_code == 200
        assert 'aria-label="Spans"' in page(real, address).text


def _count(text: str, what: str) -> int:
    (found,) = re.findall(rf"<caption>(?:All |[\d,]+ of )([\d,]+) {what}, oldest first", text)
    return int(found.replace(",", ""))


@pytest.mark.parametrize(
    ("path", "what", "everything", "narrowing"),
    [
        ("/v1/timeline", "events", "from=1970", "kind=announced"),
        ("/v1/changes", "changes", "since=0", "driver=ai_automation"),
    ],
)
def test_a_page_without_a_question_begins_with_what_is_new(
    eventful: httpx.Client,
    real: httpx.Client,
    path: str,
    what: str,
    everything: str,
    narrowing: str,
) -> None:
    """Its formats are about what it shows; everything, oldest first, is one click away."""
    client = eventful if path == "/v1/changes" else real
    shown = page(client, path).text
    offered = {html.unescape(one) for one in re.findall(rf'href="([^"]*{path}[^"]*)"', shown)}
    of_all = f"{path}?{everything}"

    total = client.get(path).json()["meta"]["count"]
    assert 0 < _count(shown, what) < total
    (as_json,) = {one for one in offered if one.endswith("format=json")}
    assert client.get(as_json).json()["meta"]["count"] == _count(shown, what)
    # Both the link to everything and the chip of the span, which would otherwise lead back here.
    assert {one for one in offered if everything in one} == {f"{client.base_url}{of_all}"}
    assert path not in {one.removeprefix(str(client.base_url)) for one in offered}
    whole = page(client, of_all).text
    assert _count(whole, what) == total
    assert "leave out" not in whole
    assert "From the beginning</a>" not in whole
    # A reader who gives a parameter gets everything that matches it.
    asked = f"{path}?{'driver=cost_control' if client is eventful else narrowing}"
    assert _count(page(client, asked).text, what) == client.get(asked).json()["meta"]["count"]
    # Programs get everything.
    assert client.get(path, headers={"accept": "text/csv"}).text.count("\n") >= min(total, 50)


def test_a_change_leads_to_what_changed(eventful: httpx.Client) -> None:
    shown = page(eventful, "/v1/changes?resource=wave&change=changed&since=1").text
    addresses = re.findall(r'<td><a href="([^"]+/history)"[^>]*>changed</a>', shown)

    assert addresses
    for address in addresses:
        assert any(one["fields"] for one in eventful.get(address).json()["data"])


@pytest.mark.parametrize(
    ("client", "path"),
    [
        ("real", "waves/meta-2023-03"),
        ("real", "companies/meta"),
        ("filed", "notices"),
    ],
)
def test_a_history_is_called_by_the_name_of_its_record(
    request: pytest.FixtureRequest, client: str, path: str
) -> None:
    asked: httpx.Client = request.getfixturevalue(client)
    if path == "notices":
        path = f"notices/{asked.get('/v1/notices?limit=1').json()['data'][0]['id']}"
    record = page(asked, f"/v1/{path}").text
    (name,) = re.findall("<h1>(.*?)</h1>", record)
    shown = page(asked, f"/v1/{path}/history").text

    assert f"<h1>History of {name}</h1>" in shown
    assert f"<title>History of {name} · Layoff Ledger</title>" in shown
    assert f"Layoff Ledger: History of {name} [Data set]" in shown
    assert path.rpartition("/")[2] in re.findall('<p class="above">(.*?)</p>', shown)[0]


def test_the_page_of_a_company_leads_to_what_it_says(real: httpx.Client) -> None:
    shown = page(real, "/v1/companies/meta").text
    links = [html.unescape(one) for one in re.findall(r'href="([^"]+/v1/claims\?[^"]+)"', shown)]
    own, anybodys = (real.get(one).json() for one in links)

    assert {one["speaker"] for one in own["data"]} == {"company"}
    assert 0 < own["meta"]["count"] < anybodys["meta"]["count"]


@pytest.mark.parametrize("path", ["companies/meta", "drivers/ai_automation"])
def test_a_company_and_a_reason_can_be_followed(real: httpx.Client, path: str) -> None:
    shown = page(real, f"/v1/{path}").text
    changes, feed = (
        html.unescape(one) for one in re.findall(r'href="([^"]+/v1/changes\?[^"]+=[^"]+)"', shown)
        if path.rpartition("/")[2] in one
    )  # fmt: skip

    assert feed == f"{changes}&format=atom"
    assert real.get(feed).headers["content-type"].startswith("application/atom+xml")
    assert "leave out" in page(real, changes).text


def test_changes_of_a_company_are_called_so(real: httpx.Client) -> None:
    shown = page(real, "/v1/changes?company=meta&driver=ai_investment").text

    assert "<h1>Changes: Meta Platforms, AI investment</h1>" in shown
    assert "From the beginning</a>" not in shown


@pytest.mark.parametrize(
    "path", ["timeline?company=meta", "attribution", "rebalancing", "statistics?group_by=year"]
)
def test_what_an_answer_rests_on_stands_below_it(real: httpx.Client, path: str) -> None:
    basis = real.get(f"/v1/{path}").json()["meta"]["basis"]
    text = html.unescape(page(real, f"/v1/{path}").text)

    assert text.rindex(basis[1:50]) > text.index("</table>")


def test_a_page_of_a_revision_says_so_above(real: httpx.Client) -> None:
    text = page(real, "/v1/waves?company=meta&as_of=1").text
    (latest,) = re.findall(r'ledger said then; <a href="([^"]*)">', text)

    assert text.index("This is what the ledger said then") < text.index("<h1>")
    assert html.unescape(latest).endswith("/v1/waves?company=meta")
    assert "what the ledger said then" not in page(real, "/v1/waves?company=meta").text


def test_a_table_of_groups_is_sorted_by_its_heads(real: httpx.Client) -> None:
    text = page(real, "/v1/statistics?group_by=driver").text
    (address,) = re.findall(r'<a href="([^"]*)" title="Sort by it">Waves</a>', text)
    again = page(real, html.unescape(address)).text
    counts = [one["waves"] for one in real.get(html.unescape(address)).json()["data"]]

    assert counts == sorted(counts, reverse=True)
    assert 'aria-sort="ascending">Reason' in text
    assert 'aria-sort="descending">Waves' in again
    (back,) = re.findall(r'<a href="([^"]*)" title="Sort by it">Reason</a>', again)
    assert html.unescape(back).endswith("sort=key")


def test_a_figure_is_shown_with_its_period_and_where_it_says_so(real: httpx.Client) -> None:
    (one,) = real.get("/v1/indicators?series=meta-capital-expenditure&limit=1").json()["data"]
    listed = page(real, "/v1/indicators?series=meta-capital-expenditure&limit=1").text
    alone = page(real, f"/v1/indicators/{one['id']}").text

    for text in (listed, alone):
        assert f"{one['low'] / 1e6:,.0f} million USD" in text
        assert one["definition"] in text
        assert f"/v1/sources/{one['citations'][0]['source']['id']}" in text
    assert "<td>2019</td>" in listed
    assert "<h1>Meta Platforms: capital expenditure, 2019</h1>" in alone


def test_places_have_their_names(real: httpx.Client) -> None:
    """`IT` reads like a department; the country of a state is named once."""
    of_plant = page(real, "/v1/waves/gkn-automotive-2021-07").text
    of_states = page(real, "/v1/waves/ebay-2026-02").text

    assert "exact; in Italy alone" in of_plant
    assert "Worldwide, California, Oregon, Texas, Utah, United States" in of_states


def test_a_path_that_is_none_is_no_link(real: httpx.Client) -> None:
    text = real.get("/v1/nothing", headers=BROWSER).text

    assert "&#39;/v1/nothing&#39;" in text
    assert 'href="/v1/nothing"' not in text.replace(str(real.base_url).rstrip("/"), "")


NOTHING = {"None", "null", "True", "False"}
"""What programs call missing values; people are told in words."""


@pytest.mark.parametrize("path", [*RECORDS, *OTHERS])
def test_no_page_speaks_as_a_program(real: httpx.Client, path: str) -> None:
    assert not NOTHING & set(re.findall(r">\s*(\w+)\s*<", page(real, f"/v1/{path}").text))


@pytest.mark.parametrize("path", ["notices", "timeline", "statistics?of=notices&group_by=year"])
def test_no_page_of_notices_speaks_as_a_program(filed: httpx.Client, path: str) -> None:
    """Most notices are from employers that are not companies of the ledger."""
    shown = page(filed, f"/v1/{path}").text

    assert not NOTHING & set(re.findall(r">\s*(\w+)\s*<", shown))
    assert "/v1/coverage<" not in shown
    for said in re.findall(r"<p>(.*?)</p>", shown):
        assert not re.search(r"[ (][a-z]+_[a-z_]+[ ).:=]", said), said


def test_the_page_of_counted_notices_is_not_called_waves(filed: httpx.Client) -> None:
    for path in ("notices/statistics?group_by=year", "statistics?of=notices&group_by=year"):
        shown = page(filed, f"/v1/{path}").text

        assert "<h1>Notices of job cuts by year</h1>" in shown
        assert "Layoff Ledger: Notices of job cuts by year [Data set]" in shown
        assert "leave out" not in shown


@pytest.mark.parametrize(
    "question",
    [
        "waves?announced=1950",
        "claims?announced=1950",
        "notices?notice=1950",
        "indicators?company=zoominfo",
        "rebalancing?company=zoominfo",
        "statistics?group_by=year&announced=1950",
        "attribution?announced=1950",
        "timeline?from=2090",
    ],
)
def test_a_page_without_rows_says_so_and_shows_no_empty_table(
    real: httpx.Client, question: str
) -> None:
    shown = page(real, f"/v1/{question}").text

    assert "<table" not in shown
    assert re.search("Nothing in (the ledger matches|this span)", shown)


def test_a_search_with_hits_says_what_to_bear_in_mind(real: httpx.Client) -> None:
    """Programs were told that a minus excludes nothing, and people were not."""
    for query in ("q=%22year+of+efficiency%22", "q=efficiency+-meta"):
        answer = real.get(f"/v1/search?{query}").json()
        hint = answer["meta"]["hint"]

        assert answer["data"]
        assert hint
        assert hint[1:].replace("`", "") in html.unescape(
            re.sub(r"</?code>", "", page(real, f"/v1/search?{query}").text)
        )
    assert "quotes do not" not in page(real, "/v1/search?q=efficiency").text


def test_a_hit_whose_title_has_the_words_is_shown_once(real: httpx.Client) -> None:
    shown = page(real, "/v1/search?q=recruiting").text
    (hits,) = re.findall(r'<ol class="hits">(.*?)</ol>', shown, re.DOTALL)
    texts_of = [
        re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<li>(.*?)</li>", hits, re.DOTALL)
    ]

    assert len(texts_of) > 10
    for one in texts_of:
        lines = [line.strip() for line in one.splitlines() if line.strip()]
        assert len(lines) == 1 or not lines[0].startswith(lines[1]), lines
    assert 'href="' in hits
    assert "and <mark>recruiting</mark> teams" in hits


def test_the_waves_of_a_company_are_one_click_from_side_by_side(real: httpx.Client) -> None:
    for company, label in (("meta", "all of them"), ("microsoft", "the newest 10")):
        shown = page(real, f"/v1/companies/{company}").text
        (link,) = re.findall(r'<a href="([^"]+/v1/comparisons[^"]+)">(?:all|the newest)', shown)
        compared = real.get(html.unescape(link)).json()["waves"]
        newest = real.get(f"/v1/waves?company={company}&limit=10").json()

        assert [one["id"] for one in compared] == [one["id"] for one in newest["data"]]
        assert (len(compared) == newest["meta"]["count"]) == (label == "all of them")
        assert f">{label} side by side</a>" in shown
    assert "side by side" not in page(real, "/v1/companies/3com").text


@pytest.mark.parametrize("path", ["waves?company=meta", "companies/meta", "explore"])
def test_what_announced_means_stands_below_the_table(real: httpx.Client, path: str) -> None:
    place = "/explore" if path == "explore" else f"/v1/{path}"

    assert "the ledger knows of no later event" in page(real, place).text
    assert "no later event" not in page(real, "/v1/waves?status=completed").text


def test_rows_of_several_series_are_told_apart(real: httpx.Client) -> None:
    """Amazon's capital expenditure has two definitions: each year would otherwise appear twice."""
    shown = page(real, "/v1/rebalancing?company=amazon").text
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</td>", shown, re.DOTALL)
    heads = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one)).strip() for one in rows]

    assert len(heads) == real.get("/v1/rebalancing?company=amazon").json()["meta"]["count"]
    assert len(set(heads)) == len(heads)
    assert "capital expenditure net of incentives" in " ".join(heads)


def test_what_would_match_is_one_click_away(real: httpx.Client) -> None:
    shown = page(real, "/v1/waves?company=meta&driver=offshoring").text
    (without,) = re.findall(r'Without <a href="([^"]*)">“Reason”</a>', shown)

    assert real.get(html.unescape(without)).json()["meta"]["count"]


def test_a_needed_parameter_is_one_click_away(real: httpx.Client) -> None:
    answer = real.get("/v1/statistics?driver_group=ai", headers=BROWSER)
    (link,) = re.findall(r'<a href="([^"]*)">Ask that</a>', answer.text)

    assert html.unescape(link).endswith("/v1/statistics?driver_group=ai&group_by=year")
    assert real.get(html.unescape(link)).status_code == 200


def test_a_chart_is_embedded_by_what_the_page_gives_to_copy(real: httpx.Client) -> None:
    shown = page(real, "/v1/statistics?group_by=year&driver_group=ai").text
    (frame,) = re.findall(r"<pre><code>(&lt;iframe .*)</code>", shown)
    ((tag, given),) = Page(html.unescape(frame)).elements

    assert tag == "iframe"
    assert given["title"] == "Waves of job cuts by year: Artificial intelligence"
    assert real.get(given["src"]).status_code == 200


def test_a_form_names_an_order_as_people_do(real: httpx.Client) -> None:
    shown = page(real, "/v1/waves?sort=-headcount").text

    assert '<option value="-headcount" selected>most jobs first</option>' in shown
    assert ", descending" not in shown
    assert '<th scope="col">Sector</th>' in page(real, "/v1/companies").text


COLOURS = re.compile(r"--(\w+): (#[0-9a-f]{3,6})")


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_stands_out_from_what_is_behind_it(scheme: int) -> None:
    """WCAG 2 AA, light and dark: also of placeholders, links, and what is set apart."""
    style = (paths.TEMPLATES / "style.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", style, flags=re.DOTALL)
    colours = {
        name: "#" + "".join(one * (2 if len(value) == 4 else 1) for one in value[1:])
        for name, value in COLOURS.findall(blocks[scheme])
    }

    assert "::placeholder { color: var(--soft); opacity: 1; }" in style
    for text in ("text", "soft", "link", "must"):
        for behind in ("back", "tint"):
            assert contrast(colours[text], colours[behind]) >= 4.5, (text, behind)
