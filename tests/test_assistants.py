"""Assistants: the official client lists and calls every tool, and is told what to do instead."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import jsonschema
import pytest

from layoff_ledger.assistants.tools import MAX_CHARACTERS
from support.revisions import FIXTURE
from support.services import command, free_port, started

pytestmark = pytest.mark.thorough

# It takes a second to import, and all processes of the tests collect what one of them runs.
if TYPE_CHECKING:
    from mcp import Client

Json = dict[str, Any]
# Tool → arguments that get an answer, and the same question to the API.
CALLS: dict[str, tuple[Json, str]] = {
    "search": ({"q": "facebook"}, "/v1/search?q=facebook&limit=10"),
    "waves": (
        {"company": ["meta", "amazon"], "announced_gte": "2023", "limit": 5},
        "/v1/waves?company=meta&company=amazon&announced_gte=2023&limit=5",
    ),
    "wave": ({"id": "meta-2023-03"}, "/v1/waves/meta-2023-03"),
    "compare": (
        {"wave": ["meta-2023-03", "meta-2026-03"]},
        "/v1/comparisons?wave=meta-2023-03&wave=meta-2026-03",
    ),
    "statistics": (
        {"group_by": ["year"], "driver_group": ["ai"]},
        "/v1/statistics?group_by=year&driver_group=ai&limit=40",
    ),
    "attribution": ({}, "/v1/attribution?ids=false"),
    "notices": ({"jurisdiction": ["US-CA"]}, "/v1/notices?jurisdiction=US-CA&limit=10"),
    "coverage": ({}, "/v1/coverage"),
}
LENGTHS = {"day": 10, "month": 7, "quarter": 7, "year": 4, None: 0}
"""Characters of a date, as precise as it is known."""
# A call that is wrong → the words that lead to a right one.
WRONG: list[tuple[str, Json, str]] = [
    ("waves", {"driver": ["over_hirng"]}, "did you mean 'over_hiring'?"),
    ("waves", {"company": ["facebook"]}, "did you mean 'meta'?"),
    ("waves", {"driver_group": ["zz"]}, "ledger://drivers"),
    ("waves", {"year": 2023}, "announced_gte=2023-01-01"),
    ("waves", {"limit": 9999}, "limit"),
    ("waves", {"company": {"id": "meta"}}, "is an object"),
    ("waves", {"format": "csv"}, "leave `format` out"),
    ("wave", {}, "`id` is required"),
    ("wave", {"id": "meta-1999-01"}, "`search` finds ids"),
    ("wave", {"id": "../companies/meta"}, "`id` is required"),
    ("compare", {"wave": ["meta-2023-03"]}, "wave"),
    ("statistics", {"group_by": ["yer"]}, "did you mean 'year'?"),
    ("statistics", {}, "group_by: is required"),
    ("wavs", {}, "did you mean 'waves'?"),
]


def client_of(service: httpx.Client) -> Client:
    """Return the official client, which is opened and closed in one task."""
    from mcp import Client

    return Client(f"{str(service.base_url).rstrip('/')}/mcp")


def client_over_pipes(*arguments: str, **environment: str) -> Client:
    """Return the official client of the command `mcp`, which it starts."""
    from mcp import Client, StdioServerParameters
    from mcp.client.stdio import stdio_client

    server = StdioServerParameters(
        command=sys.executable,
        args=command("mcp", *arguments)[1:],
        env={**os.environ, **environment},
    )
    # Its default is standard error at the time when the library was first imported: within a test
    # that captures its output, that is not a file, and nothing can be started with it.
    return Client(stdio_client(server, errlog=sys.__stderr__ or sys.stderr))


def text(result: Any) -> str:
    return "".join(one.text for one in result.content)


def answered(result: Any) -> Json:
    assert not result.is_error, text(result)
    found: Json = result.structured_content
    assert jsonschema.validate(found, {"type": "object"}) is None
    return found


def same_question(one: str, other: str) -> bool:
    return sorted(urlsplit(one).query.split("&")) == sorted(urlsplit(other).query.split("&"))


async def test_every_tool_is_listed_with_what_the_api_declares(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        tools = {one.name: one for one in (await assistant.list_tools()).tools}

        assert set(tools) == set(CALLS)
        for name, tool in tools.items():
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            jsonschema.Draft202012Validator.check_schema(tool.output_schema or {})
            jsonschema.validate(CALLS[name][0], tool.input_schema)
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
        assert "pattern" in tools["waves"].input_schema["properties"]["announced_gte"]
        assert tools["compare"].input_schema["required"] == ["wave"]


@pytest.mark.parametrize("name", CALLS)
async def test_a_tool_answers_what_the_api_answers(real: httpx.Client, name: str) -> None:
    async with client_of(real) as assistant:
        arguments, address = CALLS[name]
        found = answered(await assistant.call_tool(name, arguments))

        link = found["about"]["permanent_link"]
        assert urlsplit(link).path == urlsplit(address).path
        revision = real.get("/health/ready").json()["revision"]
        expected = f"{address}{'&' if '?' in address else '?'}as_of={revision}"
        assert same_question(link, expected)
        assert found["about"]["revision"] == revision
        assert link in found["about"]["cite_as"]
        assert found["about"]["license"] == "https://creativecommons.org/licenses/by/4.0/"
        # The link is the answer: it opens, and says the same.
        document = real.get(link).raise_for_status().json()
        rows = document.get("data")
        if rows is not None:
            assert len(found["answer"]["data"]) == len(rows)
        assert len(str(found)) < MAX_CHARACTERS


async def test_figures_and_sources_are_those_of_the_api(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        wave = real.get("/v1/waves/meta-2023-03").json()
        listed = answered(await assistant.call_tool("waves", {"company": ["meta"], "limit": 50}))
        (short,) = [one for one in listed["answer"]["data"] if one["id"] == wave["id"]]
        whole = answered(await assistant.call_tool("wave", {"id": wave["id"]}))["answer"]
        years = answered(await assistant.call_tool("statistics", {"group_by": ["year"]}))["answer"]
        groups = real.get("/v1/statistics?group_by=year&limit=40").json()["data"]

        assert (short["headcount"]["low"], short["headcount"]["counts"]) == (10000, "gross")
        assert {one["driver"] for one in short["reasons"]} == {
            one["driver"]["code"] for one in wave["drivers"]
        }
        addresses = {one["n"]: one["source"]["url"] for one in wave["citations"]}
        assert {one.get("address") for one in short["sources"]} <= set(addresses.values())
        assert {one["n"]: one.get("address") for one in whole["sources"]} == addresses
        assert len(whole["magnitudes"]) == len(wave["magnitudes"])
        assert all(one["citations"] for one in whole["magnitudes"])
        sums = {one["keys"].get("year"): one["waves"] for one in years["data"]}
        assert sums == {one["keys"]["year"]: one["waves"] for one in groups}
        assert real.get(years["rests_on"]).json()["meta"]["count"] >= sum(sums.values())


async def test_a_range_without_a_known_end_says_so(real: httpx.Client) -> None:
    """Unknown values are left out, but "at least 91,000" must not become 91,000."""
    async with client_of(real) as assistant:
        found = answered(await assistant.call_tool("statistics", {"group_by": ["year"]}))["answer"]
        groups = real.get("/v1/statistics?group_by=year&limit=40").json()["data"]
        for given, group in zip(found["data"], groups, strict=True):
            for kind in ("gross", "net", "affected", "unstated"):
                low, high = (group[f"headcount_{kind}_{end}"] for end in ("low", "high"))
                assert given.get(f"headcount_{kind}_low") == low
                assert (f"headcount_{kind}_high" in given) == ((low, high) != (None, None))
                assert given.get(f"headcount_{kind}_high") == high


async def test_no_date_is_more_precise_than_its_source(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        wave = real.get("/v1/waves/citigroup-2026-01").json()
        assert (wave["announced_on"], wave["announced_precision"]) == ("2026-01-01", "month")

        found = answered(await assistant.call_tool("wave", {"id": wave["id"]}))
        listed = answered(await assistant.call_tool("waves", {"company": ["citigroup"]}))
        (short,) = [one for one in listed["answer"]["data"] if one["id"] == wave["id"]]
        assert found["answer"]["announced_on"] == short["announced_on"] == "2026-01"
        for name, parts in (("events", wave["events"]), ("magnitudes", wave["magnitudes"])):
            for told, one in zip(found["answer"][name], parts, strict=True):
                day, precision = (
                    ("on", "precision") if "on" in one else ("stated_on", "stated_precision")
                )
                assert len(told.get(day) or "") == LENGTHS[one[precision]]
        for told, one in zip(found["answer"]["sources"], wave["citations"], strict=True):
            precision = one["source"]["published_precision"]
            assert len(told.get("published_on", "")) == LENGTHS[precision]
        assert {one["source"]["published_precision"] for one in wave["citations"]} >= {"month"}


async def test_a_wave_is_cited_as_the_api_cites_it(eventful: httpx.Client) -> None:
    """Also if the record is from an earlier revision than the one that answers."""
    newest = eventful.get("/health/ready").json()["revision"]
    waves = eventful.get("/v1/waves?limit=200").json()["data"]
    old = next(one for one in waves if one["revision"] < newest)
    async with client_of(eventful) as assistant:
        about = answered(await assistant.call_tool("wave", {"id": old["id"]}))["about"]

    cited = eventful.get(f"/v1/waves/{old['id']}?format=text").text
    assert about["revision"] == newest
    assert f"revision {newest}" in about["cite_as"]
    assert about["cite_as"].partition(" [Data set]")[0] in cited
    assert old["company"]["name"] in about["cite_as"]


async def test_a_source_of_a_list_is_named_once(real: httpx.Client) -> None:
    several = 0
    async with client_of(real) as assistant:
        listed = answered(await assistant.call_tool("waves", {"limit": 50}))["answer"]["data"]
    for one in listed:
        named = [tuple(source.items()) for source in one["sources"]]
        assert len(named) == len(set(named)), one["id"]
        wave = real.get(f"/v1/waves/{one['id']}").json()
        sources = {cited["source"]["id"] for cited in wave["citations"]}
        assert one["sources_in_all"] == len(sources)
        several += len(wave["citations"]) > len(sources)
    assert several


async def test_what_was_so_is_asked_by_revision(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        found = answered(await assistant.call_tool("wave", {"id": "meta-2023-03", "as_of": "1"}))
        assert found["about"]["permanent_link"].endswith("?as_of=1")

        refused = await assistant.call_tool("wave", {"id": "meta-2023-03", "as_of": "99999"})
        assert refused.is_error
        assert "revision" in text(refused)


async def test_a_wrong_call_is_told_a_right_one(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        for name, arguments, words in WRONG:
            refused = await assistant.call_tool(name, arguments)
            assert refused.is_error, (name, arguments)
            assert words in text(refused), (name, arguments, text(refused))


async def test_a_list_goes_on_from_its_cursor(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        first = answered(await assistant.call_tool("waves", {"limit": 3}))["answer"]
        cursor = first["meta"]["next_cursor"]
        second = answered(await assistant.call_tool("waves", {"limit": 3, "cursor": cursor}))[
            "answer"
        ]
        assert not {one["id"] for one in first["data"]} & {one["id"] for one in second["data"]}


async def test_what_is_too_long_is_cut_and_says_so(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        arguments = {"by": ["year"], "ids": True, "limit": 200}
        found = answered(await assistant.call_tool("attribution", arguments))
    whole = real.get(found["about"]["permanent_link"]).json()["data"]
    kept = len(found["answer"]["data"])

    assert 0 < kept < len(whole)
    assert f"all but the first {kept} of {len(whole)}" in found["left_out"]
    assert len(httpx.Response(200, json=found["answer"]).content) <= MAX_CHARACTERS


async def test_groups_beyond_the_limit_are_left_out_and_said(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        countries = answered(await assistant.call_tool("statistics", {"group_by": ["country"]}))
        years = answered(await assistant.call_tool("attribution", {"by": "year", "limit": 2}))
        statuses = answered(await assistant.call_tool("statistics", {"group_by": ["status"]}))

    for found, given in ((countries, 40), (years, 2)):
        groups = found["answer"]["meta"]["groups"]
        assert given < groups
        assert f"All but the first {given} of {groups} groups" in found["left_out"]
    assert statuses["left_out"] is None


async def test_resources_are_the_method_the_fields_and_the_taxonomies(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        listed = [one.uri for one in (await assistant.list_resources()).resources]
        templates = (await assistant.list_resource_templates()).resource_templates

        async def read(uri: str) -> str:
            (content,) = (await assistant.read_resource(uri)).contents
            return str(getattr(content, "text", ""))

        assert listed == [
            f"ledger://{name}" for name in ("method", "dictionary", "drivers", "roles")
        ]
        assert (await read("ledger://method")).startswith("# ")
        drivers = real.get("/v1/drivers?limit=200").json()
        taxonomy = await read("ledger://drivers")
        assert drivers["meta"]["count"] == len(drivers["data"])
        assert all(f'"code":"{one["code"]}"' in taxonomy for one in drivers["data"])
        assert '"field":"announced_on"' in await read("ledger://dictionary")
        assert templates[0].uri_template == "ledger://waves/{id}"
        assert '"permanent_link"' in await read("ledger://waves/meta-2023-03")
        with pytest.raises(Exception, match="did you mean 'ledger://drivers'"):
            await read("ledger://driver")
        with pytest.raises(Exception, match="no wave"):
            await read("ledger://waves/nobody-1999-01")


async def test_prompts_carry_what_is_to_be_checked(real: httpx.Client) -> None:
    async with client_of(real) as assistant:
        listed = [one.name for one in (await assistant.list_prompts()).prompts]
        claim = "Meta cut 10,000 jobs {for} AI."
        made = await assistant.get_prompt("check_claim", {"claim": claim})

        assert listed == ["check_claim", "describe_company"]
        assert claim in str(getattr(made.messages[0].content, "text", ""))
        with pytest.raises(Exception, match="claim"):
            await assistant.get_prompt("check_claim", {})
        with pytest.raises(Exception, match="did you mean 'check_claim'"):
            await assistant.get_prompt("check_clam", {"claim": claim})


async def test_standard_input_and_output_say_the_same(real: httpx.Client) -> None:
    own = client_over_pipes("--url", str(real.base_url))
    async with client_of(real) as assistant, own as over_pipes:
        assert (await over_pipes.list_tools()).tools == (await assistant.list_tools()).tools
        for name, (arguments, _) in CALLS.items():
            given = answered(await over_pipes.call_tool(name, arguments))
            assert given == answered(await assistant.call_tool(name, arguments)), name
        refused = await over_pipes.call_tool(*WRONG[0][:2])
        assert WRONG[0][2] in text(refused)


async def test_a_ledger_of_its_own_is_served_on_pipes(
    api: httpx.Client, fixture_database: str, tmp_path: Path
) -> None:
    environment = {"LEDGER_HOME": str(tmp_path), "LEDGER_URL": "http://l"}
    own = client_over_pipes("--data", str(FIXTURE), DATABASE_URL=fixture_database, **environment)
    async with own as over_pipes:
        found = answered(await over_pipes.call_tool("coverage", {}))
    assert found["about"]["permanent_link"].startswith("http://l/v1/coverage?as_of=")
    assert found["answer"]["waves"] == api.get("/v1/coverage").json()["waves"]


async def test_a_service_that_is_away_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    async with client_over_pipes("--url", url) as over_pipes:
        refused = await over_pipes.call_tool("coverage", {})
    assert refused.is_error
    assert f"{url} does not answer" in text(refused)


LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
HEADERS = {"accept": "application/json, text/event-stream"}


def test_posting_is_for_assistants_alone(real: httpx.Client) -> None:
    listed = real.post("/mcp", json=LIST, headers=HEADERS)
    asked = real.get("/mcp")
    preflight = real.options("/mcp", headers={"origin": "https://inspector.example"})

    assert listed.status_code == 200
    assert listed.headers["access-control-allow-origin"] == "*"
    assert "mcp-session-id" not in listed.headers
    assert len(listed.json()["result"]["tools"]) == len(CALLS)
    assert (asked.status_code, asked.headers["allow"]) == (405, "POST, OPTIONS")
    assert "/guide/assistants" in asked.json()["detail"]
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "Mcp-Protocol-Version" in preflight.headers["access-control-allow-headers"]
    assert real.post("/v1/waves", json=LIST).status_code == 405
    browser = real.get("/mcp", headers={"accept": "text/html"})
    assert (browser.status_code, browser.headers["location"]) == (
        301,
        f"{str(real.base_url).rstrip('/')}/guide/assistants",
    )


def test_what_is_posted_has_a_bound(real: httpx.Client) -> None:
    large = {**LIST, "params": {"cursor": "x" * 100_000}}
    assert real.post("/mcp", json=large, headers=HEADERS).status_code == 413
    assert real.post("/mcp", content=b"{", headers=HEADERS).status_code == 400


def test_hosts_and_limits_hold_for_assistants(api: httpx.Client, fixture_database: str) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    call["params"] = {"name": "coverage", "arguments": {}}
    settings = {
        "DATABASE_URL": fixture_database,
        "LEDGER_HOSTS": "ledger.example",
        "LEDGER_RATE_LIMIT": "6/hour",
    }
    with started("--workers", "2", **settings) as service:
        foreign = service.client.post(
            "/mcp", json=LIST, headers={**HEADERS, "host": "rebinding.example"}
        )
        # Any process answers any of them: there are no sessions.
        statuses = [
            service.client.post("/mcp", json=call, headers={**HEADERS, "connection": "close"})
            for _ in range(12)
        ]

    assert foreign.status_code == 400
    assert "LEDGER_HOSTS" in foreign.json()["detail"]
    assert (
        statuses[0].json()["result"]["structuredContent"]["answer"]["waves"]
        == (api.get("/v1/coverage").json()["waves"])
    )
    assert statuses[-1].status_code == 429
    assert int(statuses[-1].headers["retry-after"]) > 0


async def test_a_citation_of_notices_names_their_collection(filed: httpx.Client) -> None:
    named = filed.get("/v1/notices?limit=1").json()["meta"]["attribution"]

    async with client_of(filed) as assistant:
        for name, arguments in (("notices", {}), ("search", {"q": "boeing"})):
            found = answered(await assistant.call_tool(name, arguments))
            assert named in found["about"]["cite_as"].partition("Made of: ")[2], name
