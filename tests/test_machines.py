"""What the site says to crawlers and assistants: each address it names answers, and agrees."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import httpx
import pytest

from layoff_ledger.site import machines
from layoff_ledger.site.plain import as_markdown
from support.lists import everything
from support.services import get_when_available, started

pytestmark = pytest.mark.thorough

Json = dict[str, Any]
_LOC = ".//{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
MARKDOWN = {"accept": "text/markdown"}


def addresses(client: httpx.Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    found = ET.fromstring(answer.content).findall(_LOC)  # noqa: S314 our own
    base = str(client.base_url).rstrip("/")
    assert all((one.text or "").startswith(base) for one in found)
    return [(one.text or "").removeprefix(base) for one in found]


def test_the_site_map_has_every_record_of_the_newest_revision_once(api: httpx.Client) -> None:
    maps = addresses(api, "/sitemap.xml")
    found = {one: addresses(api, one) for one in maps}

    assert maps[0] == "/sitemaps/pages-1.xml"
    for path in ("waves", "companies", "sources", "drivers", "roles", "collections"):
        ids = [
            f"/v1/{path}/{one.get('id') or one.get('code')}"
            for one in everything(api, f"/v1/{path}")
        ]
        mapped = [unquote(one) for one in found.get(f"/sitemaps/{path}-1.xml", [])]
        assert sorted(mapped) == sorted(ids), path
    listed = [one for entries in found.values() for one in entries]
    assert len(listed) == len(set(listed))
    for one in found["/sitemaps/pages-1.xml"]:
        assert api.get(one, headers={"accept": "text/html"}).status_code == 200, one


def test_a_long_list_has_several_site_maps(api: httpx.Client) -> None:
    snapshot = type("S", (), {"counts": {"wave": 25_001, "source": 10_000}})

    names = machines.maps(snapshot)  # type: ignore[arg-type] # as far as it is looked at

    assert [one for one in names if one[0] == "waves"] == [("waves", n) for n in (1, 2, 3)]
    assert [one for one in names if one[0] == "sources"] == [("sources", 1)]
    for wrong in ("waves-2.xml", "waves-0.xml", "nobody-1.xml", "waves-1", "pages-2.xml"):
        assert api.get(f"/sitemaps/{wrong}").status_code == 404, wrong


def test_crawlers_are_sent_to_the_site_map(api: httpx.Client) -> None:
    robots = api.get("/robots.txt")
    (site_map,) = re.findall(r"^Sitemap: (.+)$", robots.text, flags=re.MULTILINE)

    assert robots.headers["content-type"] == "text/plain; charset=utf-8"
    assert api.get(site_map).status_code == 200


def test_who_found_a_weakness_is_told_where_to_report_it(fixture_database: str) -> None:
    """As RFC 9116 requires: a contact, and a day within a year until which it holds."""
    contacts = ["mailto:security@example.org", "https://example.org/report?to=ledger"]
    with started(
        DATABASE_URL=fixture_database, LEDGER_SECURITY_CONTACT=", ".join(contacts)
    ) as service:
        answer = service.client.get("/.well-known/security.txt")
        fields = [line.split(": ", 1) for line in answer.text.splitlines()]
        pointed = {name: value for name, value in fields if name in {"Policy", "Canonical"}}
        reached = {name: service.client.get(url).status_code for name, url in pointed.items()}

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert [value for name, value in fields if name == "Contact"] == contacts
    (expires,) = (value for name, value in fields if name == "Expires")
    left = datetime.datetime.fromisoformat(expires) - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=30) < left < datetime.timedelta(days=365)
    assert pointed["Canonical"] == str(answer.url)
    assert reached == {"Policy": 200, "Canonical": 200}


def test_nobody_is_named_for_reports_unless_the_operator_does(api: httpx.Client) -> None:
    assert api.get("/.well-known/security.txt").status_code == 404


def test_assistants_are_told_addresses_that_answer(real: httpx.Client) -> None:
    text = real.get("/llms.txt").text
    links = re.findall(r"\]\((http[^)]+)\)", text)

    assert text.startswith("# Layoff Ledger\n\n> ")
    assert len(links) > 15
    waves = real.get("/v1/waves?limit=1").json()["meta"]["count"]
    assert f" has {waves:,} waves and " in text
    # What it says of the sum is what the sum is.
    assert "`headcount_low` is all of them" in text
    one, *_ = real.get("/v1/statistics?group_by=industry&industry=52").json()["data"]
    kinds = [one[f"headcount_{kind}_low"] for kind in ("gross", "net", "affected", "unstated")]
    assert all(kinds)
    assert max(kinds) < one["headcount_low"] <= sum(kinds)
    for one in links:
        expected = 405 if one.endswith("/mcp") else 200
        # The files of a revision are made on first request.
        assert get_when_available(real, one).status_code == expected, one


def test_the_icon_has_the_names_that_browsers_ask_for(api: httpx.Client) -> None:
    for one in ("/favicon.svg", "/favicon.ico"):
        answer = api.get(one)
        assert answer.headers["content-type"] == "image/svg+xml"
        assert ET.fromstring(answer.content).tag.endswith("svg")  # noqa: S314 our own


@pytest.mark.parametrize("path", ["/v1/waves/meta-2023-03", "/v1/companies/meta"])
def test_a_page_as_markdown_says_what_the_page_says(real: httpx.Client, path: str) -> None:
    page = real.get(path, headers={"accept": "text/html"}).text
    text = real.get(path, headers=MARKDOWN)
    named = real.get(path, params={"format": "markdown"})
    heading = re.findall(r"<h1>([^<]+)</h1>", page)[0]

    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert f"# {heading}" in text.text
    assert named.status_code == 200
    sources = [one["source"]["url"] for one in real.get(path).json().get("citations", [])]
    assert all(one in text.text for one in sources if one)
    assert "<form" not in text.text
    assert "<script" not in text.text


def test_figures_as_markdown_are_those_of_the_answer(real: httpx.Client) -> None:
    address = "/v1/statistics?group_by=year"
    text = real.get(address, headers=MARKDOWN).text
    rows = re.findall(r"^\| \[(\d{4})\]\([^)]*\) \| ([\d,]+) \|", text, flags=re.MULTILINE)

    groups = real.get(address).json()["data"]
    assert {year: int(waves.replace(",", "")) for year, waves in rows} == {
        one["keys"]["year"]: one["waves"] for one in groups if one["keys"]["year"]
    }


def test_a_list_as_markdown_has_a_row_for_each_record(real: httpx.Client) -> None:
    """Also if the table of the page has boxes to choose waves for a comparison."""
    question: dict[str, str | int] = {"driver_group": "ai", "speaker": "company", "limit": 20}
    text = real.get("/v1/waves", params={**question, "format": "markdown"}).text
    waves = real.get("/v1/waves", params=question).json()
    rows = re.findall(
        r"^\| [^|]* \| \[[^\]]*\]\([^)]*/v1/waves/([^)]+)\) \|", text, flags=re.MULTILINE
    )

    assert rows == [one["id"] for one in waves["data"]]
    assert "| Announced ↓ | Wave | Jobs | Reasons | Status |" in text
    assert f"as_of={waves['meta']['revision']}" in text
    for total in ("**waves that statistics count**", "**posts cut (gross)**", "**waves of unknown"):
        assert total in text
    asked_of_explorer = real.get("/explore.md", params=question, follow_redirects=True)
    assert asked_of_explorer.text == text


def test_the_reference_as_markdown_has_everything_of_the_document(real: httpx.Client) -> None:
    document = real.get("/openapi.json").json()
    text = real.get("/docs.md").text
    operations = [one for path in document["paths"].values() for one in path.values()]
    drivers = [one["code"] for one in everything(real, "/v1/drivers")]

    for path, methods in document["paths"].items():
        for one in methods.values():
            assert f"`GET {path}` ({one['operationId']})" in text
            assert one["description"] in text
            for parameter in one["parameters"]:
                assert "$ref" in parameter or f"| `{parameter['name']}` |" in text
    for name, schema in document["components"]["schemas"].items():
        assert f"### {name}\n" in text
        assert all(f"| `{field}` |" in text for field in schema.get("properties", {})), name
    for parameter in document["components"]["parameters"].values():
        assert f"| `{parameter['name']}` |" in text
    assert all(f"- `{one}`: " in text for one in drivers)
    assert text.count("\n```\ncurl '") == len(operations)
    for one in re.findall(r"^curl '([^']+)'$", text, flags=re.MULTILINE)[::7]:
        assert real.get(one).status_code == 200, one


@pytest.mark.parametrize(
    "path",
    [
        "/method",
        "/problems",
        "/problems/not_found",
        "/guide",
        "/guide/time",
        "/index",
        "/docs",
        "/explore",
    ],
)
def test_pages_of_the_site_are_markdown_too(api: httpx.Client, path: str) -> None:
    by_name = api.get(f"{path}.md")
    page = "/" if path == "/index" else path
    by_accept = api.get(page, headers=MARKDOWN)
    html = api.get(page, headers={"accept": "text/html, text/markdown;q=0.5"})

    assert by_name.headers["content-type"] == "text/markdown; charset=utf-8"
    assert by_name.text == by_accept.text
    assert by_name.text.startswith("# ")
    assert html.headers["content-type"].startswith("text/html")
    assert "Accept" in html.headers["vary"].split(", ")


def test_markup_in_a_text_stays_a_text() -> None:
    page = "<main><h1>A</h1><form>x</form><p>1 &lt; 2 &amp; <b>so</b></p><dl><dt>k</dt><dd>v</dd></dl></main>"
    assert as_markdown(page) == "# A\n\n1 < 2 & **so**\n\n- **k**: v\n"


def test_a_wave_is_described_to_machines_as_a_data_set(real: httpx.Client) -> None:
    answer = real.get("/v1/waves/meta-2023-03", headers={"accept": "text/html"})
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text)
    described: Json = json.loads(found[0])
    wave = real.get("/v1/waves/meta-2023-03").json()

    assert len(found) == 1
    assert described["@type"] == "Dataset"
    assert "NewsArticle" not in found[0]
    assert described["temporalCoverage"] == wave["announced_on"]
    assert described["about"]["name"] == wave["company"]["name"]
    assert real.get(described["sameAs"]).json() == wave
    addresses_ = {one["source"]["url"] for one in wave["citations"]}
    assert {one["url"] for one in described["citation"] if "url" in one} <= addresses_
    assert real.get(described["distribution"][0]["contentUrl"]).json() == wave
    # A data block is not run: the policy names one script, and this is another.
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]


def test_a_link_to_a_chart_has_a_card(real: httpx.Client) -> None:
    page = real.get("/v1/statistics?group_by=year", headers={"accept": "text/html"}).text
    cards = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page))

    assert cards["twitter:card"] == "summary_large_image"
    assert "as_of=" in cards["og:image"]
    assert cards["og:image:alt"]
    image = real.get(cards["og:image"].replace("&amp;", "&"))
    assert image.headers["content-type"] == "image/png"
