"""Feeds: of every list and of all changes, for people who read them and for programs."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
import uuid
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import httpx
import jsonschema
import msgspec
import pytest

from layoff_ledger import paths
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.feed_texts import claim_text, day_text, indicator_text, wave_text
from support.databases import make_database, publish_folder
from support.lists import everything, walk
from support.revisions import FIXTURE, edit
from support.services import serving, wait_for_revision

LISTED = [one for one in RESOURCES.values() if one.listing is not None]
FEEDS = {"atom": "application/atom+xml", "jsonfeed": "application/feed+json"}
HISTORY = "{http://purl.org/syndication/history/1.0}archive"

# JSON Feed 1.1, as https://www.jsonfeed.org/version/1.1/ says it.
ITEM = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "anyOf": [{"required": ["content_text"]}, {"required": ["content_html"]}],
    "properties": {
        "id": {"type": "string"},
        "url": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "content_text": {"type": "string", "minLength": 1},
        "date_published": {"type": "string", "format": "date-time"},
        "date_modified": {"type": "string", "format": "date-time"},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "home_page_url": {"type": "string", "format": "uri"},
        "feed_url": {"type": "string", "format": "uri"},
        "next_url": {"type": "string", "format": "uri"},
        "language": {"type": "string"},
        "authors": {"type": "array", "items": {"type": "object", "required": ["name"]}},
        "items": {"type": "array", "items": ITEM},
    },
}


DOCUMENT: dict[str, Any] = msgspec.json.decode(paths.OPENAPI.read_bytes())


@pytest.fixture(scope="module")
def revised(
    server: str, fixture_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A ledger whose second revision changed one old wave and one driver."""
    data = tmp_path_factory.mktemp("revised") / "data"
    url = asyncio.run(make_database(server, fixture_template))
    shutil.copytree(FIXTURE, data)
    edit(data, "waves/globex-2023-01.toml", "low = 1500", "low = 1550")
    edit(data, "drivers.toml", 'label = "Cost control"', 'label = "Costs"')
    asyncio.run(publish_folder(url, data))
    with serving("--data", str(data), environment={"DATABASE_URL": url}) as client:
        wait_for_revision(client, 2)
        yield client


def atom(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(FEEDS["atom"])
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def json_feed(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(FEEDS["jsonfeed"])
    feed = answer.json()
    jsonschema.validate(feed, SCHEMA, format_checker=jsonschema.FormatChecker())
    schemas = DOCUMENT["components"]["schemas"]
    jsonschema.validate(feed, {**schemas["JsonFeed"], "components": DOCUMENT["components"]})
    for name, part in (("JsonFeed", feed), *(("JsonFeedItem", one) for one in feed["items"])):
        assert part.keys() <= schemas[name]["properties"].keys()
    return feed


def links(feed: Any) -> dict[str, str]:
    return {one["rel"]: one["href"] for one in feed.feed.links}


@pytest.mark.parametrize("resource", LISTED, ids=lambda one: one.name)
def test_every_list_is_a_feed(api: httpx.Client, resource: Any) -> None:
    path = f"/v1/{resource.path}"
    records = {one[resource.url]: one for one in everything(api, path)}
    read = atom(api.get(f"{path}?format=atom&limit=200"))
    other = json_feed(api.get(f"{path}?format=jsonfeed&limit=200"))

    assert {one.link for one in read.entries} == set(records)
    assert [one.id for one in read.entries] == [one["id"] for one in other["items"]]
    assert [one.summary for one in read.entries] == [one["content_text"] for one in other["items"]]
    for one in read.entries:
        assert one.title
        assert not one.summary.startswith("A record of the ledger"), one.link
        assert one.summary.endswith((".", "?", "!", "…")), one.summary


def test_an_id_is_permanent_and_of_no_host(revised: httpx.Client, api: httpx.Client) -> None:
    before = {one.title: one.id for one in atom(api.get("/v1/waves?format=atom")).entries}
    after = {one.title: one.id for one in atom(revised.get("/v1/waves?format=atom")).entries}

    assert before == after
    assert len(set(before.values())) == len(before)
    for one in before.values():
        assert uuid.UUID(one.removeprefix("urn:uuid:")).version == 5
    # Pinned: readers would take every record for new.
    wave = atom(api.get("/v1/waves?format=atom&company=globex&announced_lte=2023-01-31"))
    assert [one.id for one in wave.entries] == ["urn:uuid:610fe99a-7e0e-5bf5-962d-fe4e7793ec8c"]


def test_what_changed_last_comes_first_then_what_was_announced_last(revised: httpx.Client) -> None:
    feed = json_feed(revised.get("/v1/waves?format=jsonfeed&limit=200"))
    waves = everything(revised, "/v1/waves")
    order = sorted(waves, key=lambda one: (one["revision"], one["announced_on"], one["id"]))
    published = {
        one["number"]: one["published_at"] for one in revised.get("/v1/revisions").json()["data"]
    }

    assert [one["url"] for one in feed["items"]] == [one["url"] for one in order[::-1]]
    again = [one["id"] for one in waves if one["revision"] == 2]
    assert "globex-2023-01" in again
    assert len(again) < len(waves)
    assert order[-len(again)]["announced_on"] < order[-len(again) - 1]["announced_on"]
    for item, wave in zip(feed["items"], order[::-1], strict=True):
        assert item["date_modified"] == published[wave["revision"]]
        assert item["date_published"] == published[1]


def test_a_history_is_a_table_with_a_row_for_each_field(revised: httpx.Client) -> None:
    address = "/v1/waves/globex-2023-01/history"
    told = revised.get(f"{address}?format=csv&bom=false").text
    rows = list(csv.DictReader(io.StringIO(told)))
    entries = revised.get(address).json()["data"]

    found = [
        (
            row["revision"],
            row["field"],
            *(json.loads(row[name] or "null") for name in ("old", "new")),
        )
        for row in rows
    ]
    assert found == [("1", "", None, None)] + [
        ("2", one["field"], one["old"], one["new"]) for one in entries[1]["fields"]
    ]
    assert len(found) > 1


def test_a_feed_says_what_a_filter_leaves(api: httpx.Client) -> None:
    query = [("driver", "over_hiring"), ("company_country", "US")]
    kept = {one["url"] for one in walk(api, "/v1/waves", [*query, ("limit", "200")])}
    answer = api.get("/v1/waves", params=httpx.QueryParams((*query, ("format", "atom"))))
    read = atom(answer)

    assert {one.link for one in read.entries} == kept
    assert "Over-hiring" in read.feed.title


@pytest.mark.parametrize("path", ["/v1/waves", "/v1/changes", "/v1/sources"])
def test_older_pages_follow_and_never_change(api: httpx.Client, path: str) -> None:
    whole = [one.id for one in atom(api.get(f"{path}?format=atom&limit=200")).entries]
    answer = api.get(f"{path}?limit=3", headers={"accept": FEEDS["atom"]})
    found: list[str] = []
    first: str | None = None
    while True:
        read = atom(answer)
        found += [one.id for one in read.entries]
        relations = links(read)
        first = first or relations["self"]
        assert relations["current"] == relations["first"] == first
        is_archive = ET.fromstring(answer.content).find(HISTORY) is not None  # noqa: S314 our own
        assert is_archive is (relations["self"] != first)
        if "next" not in relations:
            break
        assert relations["prev-archive"] == relations["next"]
        assert "as_of=1" in relations["next"]
        assert "format=atom" in relations["next"]
        answer = api.get(relations["next"])
        assert "immutable" in answer.headers["cache-control"]
    assert found == whole


def test_json_feed_pages_too(api: httpx.Client) -> None:
    whole = json_feed(api.get("/v1/waves?format=jsonfeed&limit=200"))
    assert "next_url" not in whole
    found: list[str] = []
    address = "/v1/waves?format=jsonfeed&limit=4"
    while address:
        feed = json_feed(api.get(address))
        found += [one["id"] for one in feed["items"]]
        address = feed.get("next_url", "")
    assert found == [one["id"] for one in whole["items"]]


@pytest.mark.parametrize("name", FEEDS)
def test_answers_and_pages_name_their_feeds(api: httpx.Client, name: str) -> None:
    for path in ("/v1/waves?company=globex&sort=id&limit=2", "/v1/changes", "/v1/roles"):
        answer = api.get(path)
        relations = [
            one for one in answer.headers["link"].split(", ") if f'type="{FEEDS[name]}"' in one
        ]
        (relation,) = relations
        assert 'rel="alternate"' in relation
        address = relation[1 : relation.index(">")]
        assert api.get(address).headers["content-type"].startswith(FEEDS[name])
        assert ("company=globex" in address) is ("company" in path)
    assert 'rel="alternate"' not in api.get("/v1/statistics?group_by=year").headers["link"]
    page = api.get("/", headers={"accept": "text/html"}).text
    assert f'type="{FEEDS[name]}"' in page


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_is_an_answer_like_others(api: httpx.Client, name: str) -> None:
    path = f"/v1/waves?format={name}"
    got = api.get(path, headers={"accept-encoding": "gzip"})
    assert got.headers["content-encoding"] == "gzip"
    assert api.get(path, headers={"if-none-match": got.headers["etag"]}).status_code == 304
    head = api.head(path)
    assert (head.content, head.headers["etag"]) == (b"", got.headers["etag"])
    by_accept = api.get("/v1/waves", headers={"accept": FEEDS[name]})
    assert by_accept.headers["content-type"].startswith(FEEDS[name])


@pytest.mark.parametrize("path", ["/v1/waves", "/v1/changes"])
def test_cursors_of_pages_and_of_feeds_are_kept_apart(api: httpx.Client, path: str) -> None:
    page = api.get(f"{path}?limit=2").json()["meta"]["next_cursor"]
    refused = api.get(f"{path}?limit=2&format=atom&cursor={page}")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "cursor"


def test_a_feed_has_an_order_of_its_own(api: httpx.Client) -> None:
    refused = api.get("/v1/waves?format=atom&sort=id")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "sort"


def test_the_feed_of_changes_leaves_out_taxonomies(revised: httpx.Client) -> None:
    taxonomies = {"driver", "role", "collection"}
    changes = walk(revised, "/v1/changes", [("limit", "200")])[::-1]
    shown = [one for one in changes if one["resource"] not in taxonomies]
    feed = json_feed(revised.get("/v1/changes?format=jsonfeed&limit=200"))
    asked = json_feed(revised.get("/v1/changes?format=jsonfeed&resource=driver&limit=200"))

    assert [one["id"] for one in feed["items"]] == [
        f"{one['url']}?as_of={one['revision']}" for one in shown
    ]
    assert [one["url"] for one in asked["items"]] == [
        one["url"] for one in changes if one["resource"] == "driver"
    ]
    assert asked["items"][0]["title"] == "Changed: Costs"
    newest = feed["items"][0]
    assert "In revision 2." in newest["content_text"]


def _changed(client: httpx.Client, query: str) -> dict[str, set[str]]:
    """Give the ids of each kind of records of which there are changes."""
    found: dict[str, set[str]] = {}
    for line in client.get(f"/v1/changes?{query}&format=ndjson").text.splitlines():
        change = json.loads(line)
        found.setdefault(change["resource"], set()).add(change["id"])
    return found


@pytest.mark.parametrize("company", ["meta", "microsoft", "ibm", "3com"])
def test_who_follows_a_company_has_all_that_is_about_it(real: httpx.Client, company: str) -> None:
    waves = {one["id"] for one in walk(real, "/v1/waves", [("company", company)])}

    assert _changed(real, f"company={company}") == {
        "wave": waves, "company": {company}, "company_indicators": {company},
    }  # fmt: skip


@pytest.mark.parametrize("driver", ["ai_automation", "tariffs", "over_hiring"])
def test_who_follows_a_reason_has_the_waves_of_it(real: httpx.Client, driver: str) -> None:
    waves = {one["id"] for one in walk(real, "/v1/waves", [("driver", driver), ("limit", "200")])}
    of_both = walk(real, "/v1/waves", [("driver", driver), ("company", "meta,amazon,ups")])

    assert _changed(real, f"driver={driver}") == {"wave": waves, "driver": {driver}}
    assert _changed(real, f"driver={driver}&company=meta,amazon,ups").get("wave", set()) == {
        one["id"] for one in of_both
    }


def test_who_follows_a_company_has_its_notices(filed: httpx.Client) -> None:
    notices = walk(filed, "/v1/notices", [("linked", "true"), ("limit", "200")])
    companies = {one["company"]["id"] for one in notices}

    assert companies
    for company in companies:
        of_it = {one["id"] for one in notices if one["company"]["id"] == company}
        assert _changed(filed, f"company={company}")["notice"] == of_it


def test_a_date_is_said_as_it_is_known() -> None:
    assert day_text("2023-03-14", "day") == "on 14 March 2023"
    assert day_text("2023-03-01", "month") == "in March 2023"
    assert day_text("2023-10-01", "quarter") == "in the fourth quarter of 2023"
    assert day_text("2023-01-01", "year") == "in 2023"


def wave(**fields: Any) -> Any:
    return {
        "company": {"name": "Acme"},
        "title": None,
        "status": "announced",
        "announced_on": "2023-03-14",
        "announced_precision": "day",
        "headcount": None,
        "share": None,
        "drivers": [],
        "events": [{"kind": "announced", "rank": "normal"}],
        **fields,
    }


def figure(low: Any, high: Any, qualifier: str, **fields: Any) -> Any:
    return {
        "low": low,
        "high": high,
        "qualifier": qualifier,
        "counts": None,
        "cumulative": None,
        "base": None,
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Acme cuts jobs; how many is not known."),
        ({"headcount": figure(10000, 10000, "exact")}, "Acme cuts 10,000 jobs."),
        ({"headcount": figure(300, None, "at_least")}, "Acme cuts at least 300 jobs."),
        ({"headcount": figure(None, 300, "up_to")}, "Acme cuts up to 300 jobs."),
        ({"headcount": figure(8000, 9000, "range")}, "Acme cuts 8,000 to 9,000 jobs."),
        (
            {"headcount": figure(500, 500, "approximately", counts="net", base="in Germany")},
            "Acme cuts about 500 jobs net (in Germany).",
        ),
        (
            {"share": figure(0.13, 0.15, "approximately")},
            "Acme cuts about 13% to 15% of its workforce.",
        ),
        (
            {"headcount": figure(900, 900, "exact", counts="affected"), "status": "announced"},
            "Acme may cut or move 900 jobs.",
        ),
        (
            {"headcount": figure(900, 900, "exact", counts="affected"), "status": "reported"},
            "Acme is reported to cut or move 900 jobs.",
        ),
        (
            {"headcount": figure(900, 900, "exact", counts="affected"), "status": "withdrawn"},
            "Acme took back a plan to cut or move 900 jobs.",
        ),
        ({"status": "rumoured"}, "Acme is rumoured to cut jobs; how many is not known."),
        ({"status": "withdrawn"}, "Acme took back a plan to cut jobs; how many is not known."),
    ],
)
def test_a_sentence_keeps_the_hedges(fields: Any, sentence: str) -> None:
    assert wave_text(wave(**fields)).sentence.startswith(f"{sentence} First announced on 14 March")


def test_a_sentence_says_what_became_of_a_wave(real: httpx.Client) -> None:
    words = {
        "withdrawn": "took back a plan to",
        "reported": "is reported to",
        "rumoured": "is rumoured to",
    }
    found = real.get("/v1/waves", params={"status": [*words], "limit": 200})

    for one in found.json()["data"]:
        assert words[one["status"]] in wave_text(one).sentence, one["id"]


def test_reasons_are_told_apart_by_who_gives_them() -> None:
    def claim(
        label: str, speaker: str, stance: str, rank: str = "normal", weight: str = "primary"
    ) -> Any:
        return {
            "driver": {"label": label},
            "weight": weight,
            "speaker": speaker,
            "stance": stance,
            "rank": rank,
        }

    said = wave_text(
        wave(
            drivers=[
                claim("AI automation", "press", "reports"),
                claim("Over-hiring", "company", "states"),
                claim("AI automation", "company", "denies", weight="context"),
                claim("Closure", "company", "states", rank="deprecated"),
                claim("Over-hiring", "company", "states", weight="context"),
                claim("Restructuring", "company", "states", weight="context"),
            ]
        )
    ).sentence
    assert said.endswith(
        "Reason according to the company: Over-hiring. Reason according to the press: AI "
        "automation. Mentioned by the company as context: Restructuring. Denied by the company: "
        "AI automation."
    )


def test_what_is_only_mentioned_is_nobody_s_reason(real: httpx.Client) -> None:
    """The company says of itself that the memo does not tie this cut to AI."""
    document = real.get("/v1/waves/citigroup-2026-01").json()
    (mentioned,) = (
        one
        for one in document["drivers"]
        if (one["driver"]["code"], one["speaker"]) == ("ai_automation", "company")
    )
    assert (mentioned["stance"], mentioned["weight"]) == ("states", "context")

    address = "/v1/waves?company=citigroup&announced=2026-01"
    (entry,) = json_feed(real.get(f"{address}&format=jsonfeed"))["items"]
    texts = [
        entry["content_text"],
        real.get("/v1/waves/citigroup-2026-01?format=html").text,
        real.get(f"{address}&format=atom").text,
    ]
    for text in texts:
        reason = text.partition("Reason according to the company: ")[2].partition(".")[0]
        context = text.partition("Mentioned by the company as context: ")[2].partition(".")[0]
        assert "Restructuring" in reason
        assert "AI automation" not in reason
        assert "AI automation" in context
    row = real.get(f"{address}&format=html").text
    assert "AI automation <span class=soft>(company as background)" in row.replace('"', "")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("kind=driver&weight=primary&stance=states", "Reason according to the "),
        ("stance=denies", "Denied by the "),
        ("kind=driver&weight=context&stance=reports", "Mentioned by the press as context: "),
        ("kind=role&effect=cut", "Cut, according to the "),
        ("kind=role&effect=spared", "Spared, according to the "),
        ("kind=role&effect=hired", "Hired while others are cut, according to the "),
        ("kind=event&code=announced", "Announced "),
        ("kind=event&code=under_way", "Under way "),
        ("kind=scope", "Where, according to the "),
        ("kind=form", "How the jobs go: "),
        ("kind=context", "Context according to the "),
        ("kind=magnitude", "According to the "),
    ],
)
def test_a_claim_says_in_a_sentence_who_says_what(
    real: httpx.Client, query: str, sentence: str
) -> None:
    claims = real.get(f"/v1/claims?{query}&limit=50").json()["data"]

    assert claims
    for one in claims:
        text = claim_text(one)
        name = one["company_name"]
        assert text.title.startswith(f"{name}, ")
        assert f". {sentence}" in text.sentence
        assert (one["statement"] or "") in text.sentence


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        ({}, "According to the press: about 900 jobs."),
        ({"low": None}, "According to the press: up to 900 jobs."),
        (
            {"counts": "net", "cumulative": True},
            "about 900 jobs, net of hiring, earlier waves incl",
        ),
        ({"counts": "affected"}, "about 900 jobs, which may be cut or moved."),
        ({"countries": ["DE"]}, "about 900 jobs, in Germany alone."),
        ({"countries": ["DE"], "base": "the plant in Bonn"}, "about 900 jobs (the plant in Bonn)."),
        ({"qualifier": "derived"}, "press: 900 jobs, derived from other figures."),
        ({"dated_on": "2023-05-01", "dated_precision": "month"}, "about 900 jobs, as of May 2023."),
        (
            {"code": "share", "low": 0.1, "high": 0.125},
            "press: about 10% to 12.5% of the workforce",
        ),
        ({"code": "workforce_before"}, "about 900 people employed before the cut."),
        ({"rank": "deprecated"}, "900 jobs. It is known to be wrong or superseded."),
        ({"conflicts_with": ["other"]}, "900 jobs. Another figure of this wave disagrees."),
    ],
)
def test_a_figure_says_what_it_is_of(
    real: httpx.Client, figure: dict[str, Any], sentence: str
) -> None:
    (claim,) = real.get("/v1/claims?kind=magnitude&limit=1").json()["data"]
    plain: dict[str, Any] = {
        "code": "headcount",
        "low": 900,
        "high": 900,
        "qualifier": "approximately",
        "speaker": "press",
        "rank": "normal",
        **dict.fromkeys(("counts", "cumulative", "dated_on", "base"), None),
        **{key: [] for key in ("countries", "subdivisions", "conflicts_with")},
    }

    assert sentence in claim_text({**claim, **plain, **figure}).sentence


def test_an_indicator_says_what_it_is_and_when(real: httpx.Client) -> None:
    for query, title, sentence in (
        (
            "series=meta-capital-expenditure&year_gte=2020&year_lte=2020",
            "Meta Platforms: capital expenditure, 2020",
            "Meta Platforms: capital expenditure, 2020: 15,115 million USD. Purchases of property",
        ),
        (
            "series=meta-employees",
            "Meta Platforms: employees, 31 December 20",
            " people. Employees on the day.",
        ),
    ):
        text = indicator_text(real.get(f"/v1/indicators?{query}").json()["data"][0])
        assert text.title.startswith(title)
        assert sentence in text.sentence


def test_the_page_of_a_claim_is_called_what_it_says(real: httpx.Client) -> None:
    (claim,) = real.get("/v1/claims?stance=denies&company=amazon&limit=1").json()["data"]
    page = real.get(f"{claim['url']}?format=html").text

    assert f"<h1>{claim['company_name']}, " in page
    assert f": {claim['label']}, denied by the company</h1>" in page
