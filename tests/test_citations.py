"""Citations: each record as reference managers take it, with revision and day of access."""

from __future__ import annotations

import datetime
import html
import json
import re
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger.formats import RECORD_FORMATS, citation
from layoff_ledger.formats.citation import BIBTEX
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.resources.bibliography import BibliographyEntry, Consulted, of_question
from layoff_ledger.resources.source import Source
from layoff_ledger.resources.source import bibliography as bibliography_of_source
from layoff_ledger.resources.wave import Wave
from layoff_ledger.resources.wave import bibliography as bibliography_of_wave
from layoff_ledger.routes.files import refuse_too_many
from layoff_ledger.routes.records import MAX_CITED

Json = dict[str, Any]
NOW = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
TODAY = datetime.datetime.now(datetime.UTC).date().isoformat()

# Every type that the schema of CSL-JSON knows and this module may use.
CSL_TYPES = {"article-newspaper", "dataset", "report", "webpage"}


def balanced(text: str) -> bool:
    """Return whether braces pair up as BibTeX counts them, whatever backslashes precede them."""
    depth = 0
    for one in text:
        depth += {"{": 1, "}": -1}.get(one, 0)
        if depth < 0:
            return False
    return depth == 0


def read_ris(text: str) -> list[dict[str, str]]:
    """Read records strictly: each line is a tag with a value, each record ends."""
    records: list[dict[str, str]] = []
    record: dict[str, str] = {}
    assert text.endswith("\r\n")
    for line in text.removesuffix("\r\n").split("\r\n"):
        found = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert found is not None, line
        tag, value = found.groups()
        if tag == "ER":
            records.append(record)
            record = {}
        else:
            assert tag not in record
            record[tag] = value
    assert record == {}
    return records


def check_csl(items: list[Json]) -> None:
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        assert item["type"] in CSL_TYPES
        for name in ("issued", "accessed"):
            for parts in item.get(name, {"date-parts": [[2020]]})["date-parts"]:
                datetime.date(*[*parts, 1, 1][:3])
        assert all(value not in (None, "", []) for value in item.values())


def every(client: httpx.Client, path: str) -> list[Json]:
    return [json.loads(line) for line in client.get(f"{path}?format=ndjson").text.splitlines()]


@pytest.mark.thorough
@pytest.mark.parametrize("ledger", ["api", "real"])
def test_every_wave_and_source_is_cited_in_every_format(
    ledger: str, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = every(client, "/v1/waves")[:: 1 if ledger == "api" else 16]
    sources = every(client, "/v1/sources")[:: 1 if ledger == "api" else 32]
    for wave in waves:
        cited = len({one["source"]["id"] for one in wave["citations"]})
        check(client, wave["url"], cited + 1)
    for source in sources:
        check(client, source["record_url"], 1)


def check(client: httpx.Client, url: str, number: int) -> None:
    items = client.get(f"{url}?format=csl").json()
    check_csl(items)
    assert len(items) == number
    assert len(read_ris(client.get(f"{url}?format=ris").content.decode())) == number
    bibtex = client.get(f"{url}?format=bibtex").content.decode()
    assert balanced(bibtex)
    keys = re.findall(r"^@[a-z]+\{([A-Za-z0-9-]+),$", bibtex, re.MULTILINE)
    assert len(set(keys)) == len(keys) == number
    assert len(client.get(f"{url}?format=text").text.splitlines()) == number


def test_a_record_is_cited_with_revision_and_day_of_access(api: httpx.Client) -> None:
    path = "/v1/waves/globex-2023-01"
    address = f"{api.base_url}{path}?as_of=1"

    item = api.get(f"{path}?format=csl").json()[0]
    bibtex = api.get(f"{path}?format=bibtex").text
    ris = read_ris(api.get(f"{path}?format=ris").content.decode())[0]
    text = api.get(f"{path}?format=text").text.splitlines()[0]

    assert item["type"] == "dataset"
    assert item["version"] == "revision 1"
    assert item["URL"] == address
    assert item["accessed"] == {"date-parts": [[int(one) for one in TODAY.split("-")]]}
    assert f"urldate = {{{TODAY}}}" in bibtex
    assert f"url = {{{address}}}" in bibtex
    assert ris["Y2"] == TODAY.replace("-", "/") + "/"
    assert ris["UR"] == address
    assert text.endswith(f"Layoff Ledger, revision 1. {address} (accessed {TODAY})")
    assert api.get(address).status_code == 200


@pytest.mark.parametrize(
    ("accept", "format_"),
    [
        ("application/vnd.citationstyles.csl+json", "csl"),
        ("application/x-bibtex", "bibtex"),
        ("application/x-research-info-systems", "ris"),
        ("text/x-bibliography", "text"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/waves/globex-2023-01", "/v1/waves", "/v1/statistics"])
def test_a_reference_manager_asks_by_accept(
    api: httpx.Client, path: str, accept: str, format_: str
) -> None:
    query = "?group_by=year" if path == "/v1/statistics" else "?as_of=1"

    asked = api.get(f"{path}{query}", headers={"accept": accept})
    named = api.get(f"{path}{query}&format={format_}")

    assert asked.status_code == 200
    assert asked.headers["content-type"].partition(";")[0] == accept
    assert asked.content.partition(b"format=")[0] == named.content.partition(b"format=")[0]


def test_a_list_is_cited_as_the_question_that_was_asked(api: httpx.Client) -> None:
    path = "/v1/waves?driver=cost_control&announced_gte=2022-01-01&limit=5"
    (item,) = api.get(f"{path}&format=csl").json()

    assert item["title"] == "Layoff Ledger: Waves of job cuts: Cost control, since 2022"
    assert item["version"] == "revision 1"
    cited = api.get(item["URL"])
    assert cited.links["cite-as"]["url"] == item["URL"]
    assert cited.json()["data"] == api.get(path).json()["data"]


@pytest.mark.parametrize(
    "path",
    [
        "waves?company=meta&announced_gte=2022",
        "waves",
        "claims?conflicting=true",
        "companies?country=US",
        "sources?kind=filing",
        "indicators?company=meta&metric=employees",
        "drivers?group=demand",
        "statistics?group_by=year,driver&driver_group=ai",
        "statistics?of=notices&group_by=month&jurisdiction=US-TX&notice=2024",
        "notices/statistics?group_by=year&group_by=kind",
        "comparisons?wave=meta-2022-11,meta-2023-03",
        "timeline?company=meta&from=2025",
        "attribution?by=year&company_country=US",
        "rebalancing?company=meta",
        "waves?company=meta&driver=offshoring",
    ],
)
def test_a_citation_is_called_as_the_page_that_it_cites(real: httpx.Client, path: str) -> None:
    """In words and with names, because people read bibliographies; the address has the codes."""
    asked = f"/v1/{path}{'&' if '?' in path else '?'}"
    shown = real.get(f"{asked}format=html").text
    (heading,) = re.findall("<h1>(.*?)</h1>", shown)
    called = f"Layoff Ledger: {html.unescape(heading)}"

    # A list of sources is a bibliography.
    item, *sources = real.get(f"{asked}format=csl").json()
    assert item["title"] == called
    assert bool(sources) is path.startswith("sources")
    assert f"TI  - {called}\r\n" in real.get(f"{asked}format=ris").text
    assert f"{called} [Data set]." in real.get(f"{asked}format=text").text
    assert f"{called} [Data set]." in html.unescape(shown)
    assert not re.search(r"[a-z]_[a-z]|[&=]", item["title"])


WAVES = "wave=meta-2022-11,meta-2023-03"


@pytest.mark.parametrize("name", ["csl", "bibtex", "ris", "text"])
def test_a_list_of_sources_cites_each_of_them(real: httpx.Client, name: str) -> None:
    """After the question, in the order of the list, and each as it is cited by itself."""
    sources = real.get(f"/v1/sources?{WAVES}&limit=200").json()["data"]
    answer = real.get(f"/v1/sources?{WAVES}&format={name}")
    alone = [real.get(f"/v1/sources/{one['id']}?format={name}") for one in sources[:5]]

    waves = real.get("/v1/waves?id=meta-2022-11,meta-2023-03").json()["data"]
    assert {one["id"] for one in sources} == {
        one["source"]["id"] for wave in waves for one in wave["citations"]
    }
    assert len(sources) > 10
    assert "next" not in answer.links
    if name == "csl":
        _, *items = answer.json()
        assert [one["id"] for one in items] == [one["id"] for one in sources]
        assert items[:5] == [entry for one in alone for entry in one.json()]
    else:
        entries = {
            "bibtex": re.findall("^@", answer.text, re.MULTILINE),
            "ris": re.findall("^TY  - ", answer.text, re.MULTILINE),
            "text": answer.text.splitlines(),
        }[name]
        assert len(entries) == len(sources) + 1
        assert all(one.text.strip() in answer.text for one in alone)


def test_a_page_of_sources_cites_those_of_the_page(real: httpx.Client) -> None:
    first = real.get(f"/v1/sources?{WAVES}&limit=2&format=csl")
    second = real.get(first.links["next"]["url"])
    listed = real.get(f"/v1/sources?{WAVES}&limit=4").json()["data"]

    cited = [one["id"] for answer in (first, second) for one in answer.json()[1:]]
    assert cited == [one["id"] for one in listed]


def test_all_sources_can_be_cited_and_too_many_are_refused(real: httpx.Client) -> None:
    count = real.get("/v1/sources?limit=1").json()["meta"]["count"]

    assert len(real.get("/v1/sources?format=csl").json()) == count + 1
    assert count < MAX_CITED
    with pytest.raises(InvalidParametersError, match="bibtex has room for 10,000 rows"):
        refuse_too_many(BIBTEX, MAX_CITED + 1, most=MAX_CITED)


@pytest.mark.parametrize("format_", ["jsonfeed", "atom"])
def test_a_feed_is_called_as_its_page(real: httpx.Client, format_: str) -> None:
    for path, title in (
        (
            "waves?company=meta&driver=ai_investment",
            "Waves of job cuts: Meta Platforms, AI investment",
        ),
        ("changes?company=meta", "Changes: Meta Platforms"),
    ):
        assert f"Layoff Ledger: {title}" in real.get(f"/v1/{path}&format={format_}").text


def test_a_citation_leads_to_what_it_cites(api: httpx.Client) -> None:
    answer = api.get("/v1/waves/globex-2023-01?format=bibtex")

    assert answer.links["cite-as"]["url"] == f"{api.base_url}/v1/waves/globex-2023-01?as_of=1"


def test_what_is_cited_is_refused_as_it_is_in_json(api: httpx.Client) -> None:
    assert api.get("/v1/waves?driver=nobody&format=bibtex").status_code == 400
    assert api.get("/v1/waves/nobody?format=bibtex").status_code == 404
    assert api.get("/v1/waves?as_of=9&format=bibtex").status_code == 404
    assert api.get("/v1/companies/globex?format=bibtex").status_code == 400


def write(name: str, entries: list[BibliographyEntry]) -> bytes:
    cite = RECORD_FORMATS.named(name).cite
    assert cite is not None
    return cite(entries)


def entry(title: str | None, *, author: str | None = None, url: str | None = None) -> Any:
    return BibliographyEntry(
        key="a", kind="news", title=title, author=author, publisher="P", issued=(2023, 3), url=url
    )


ODD = st.text(min_size=1, max_size=60)


@given(ODD, ODD, ODD)
def test_any_text_comes_through(title: str, author: str, url: str) -> None:
    one = entry(title, author=author, url=url)

    bibtex = write("bibtex", [one]).decode("utf-8", "surrogatepass")
    (record,) = read_ris(write("ris", [one]).decode())
    (item,) = json.loads(write("csl", [one]))

    assert balanced(bibtex)
    written = re.search(r"^  title = \{\{(.*)\}\},$", bibtex, re.MULTILINE)
    assert written is not None
    assert unescaped(written[1]) == citation._line(title)
    fields = bibtex.removesuffix("\n}\n").split("\n")[1:]
    assert all(re.match(r"  [a-z]+ = ", field) and balanced(field) for field in fields)
    assert record.get("TI", "") == citation._line(title)
    assert item["title"] == title
    assert write("text", [one]).decode().count("\n") == 1


def unescaped(text: str) -> str:
    """Undo each escape once, from left to right."""
    plain = {two: one for one, two in citation._BIBTEX.items()}
    escapes = "|".join(re.escape(two) for two in plain)
    return re.sub(escapes, lambda found: plain[found[0]], text)


def test_what_is_unknown_is_left_out() -> None:
    bare = BibliographyEntry(
        key="a", kind="something new", title=None, author=None, publisher="P", url=None
    )

    assert write("text", [bare]) == b"P (n.d.).\n"
    (item,) = json.loads(write("csl", [bare]))
    assert item == {"id": "a", "type": "webpage", "publisher": "P"}
    assert write("bibtex", [bare]) == b"@misc{a,\n  howpublished = {{P}}\n}\n"
    assert write("ris", [bare]) == b"TY  - ELEC\r\nID  - a\r\nPB  - P\r\nER  - \r\n"


@pytest.mark.parametrize(
    ("precision", "told"),
    [("day", "2023-04-01"), ("month", "2023-04"), ("quarter", "2023-Q2"), ("year", "2023")],
)
def test_a_title_claims_no_day_that_is_not_known(
    api: httpx.Client, precision: Any, told: str
) -> None:
    served = msgspec.json.decode(api.get("/v1/waves/globex-2023-01").content, type=Wave)
    wave = msgspec.structs.replace(
        served, announced_on=datetime.date(2023, 4, 1), announced_precision=precision
    )

    own, *_ = bibliography_of_wave(wave, Consulted("u", 1, NOW, NOW.date()))

    assert own.title is not None
    assert own.title.endswith(f" ({told})")


def test_every_real_title_is_as_precise_as_its_wave(real: httpx.Client) -> None:
    waves = [one for one in every(real, "/v1/waves") if one["announced_precision"] != "day"]
    assert waves
    for wave in waves:
        title = real.get(f"{wave['url']}?format=csl").json()[0]["title"]
        assert not title.endswith(f"({wave['announced_on']})")


@pytest.mark.parametrize(
    ("precision", "parts", "urldate", "y2"),
    [
        ("day", [2024, 2, 1], "2024-02-01", "2024/02/01/"),
        ("month", [2024, 2], "2024-02", "2024/02//"),
        ("year", [2024], "2024", "2024///"),
    ],
)
def test_a_source_was_accessed_as_precisely_as_is_known(
    api: httpx.Client, precision: Any, parts: list[int], urldate: str, y2: str
) -> None:
    served = next(one for one in every(api, "/v1/sources") if one["retrieved_on"] is not None)
    source = msgspec.structs.replace(
        msgspec.convert(served, Source),
        retrieved_on=datetime.date(2024, 2, 1),
        retrieved_precision=precision,
    )

    entries = bibliography_of_source(source, Consulted("", 1, NOW, NOW.date()))

    assert json.loads(write("csl", entries))[0]["accessed"] == {"date-parts": [parts]}
    assert f"urldate = {{{urldate}}}" in write("bibtex", entries).decode()
    assert read_ris(write("ris", entries).decode())[0]["Y2"] == y2
    assert write("text", entries).decode().endswith(f"(accessed {urldate})\n")


def test_a_wave_claims_no_day_of_reading_for_its_sources(api: httpx.Client) -> None:
    source = next(one for one in every(api, "/v1/sources") if one["retrieved_on"] is not None)
    waves = [
        wave
        for wave in every(api, "/v1/waves")
        if source["id"] in {one["source"]["id"] for one in wave["citations"]}
    ]
    assert waves
    for wave in waves:
        own, *cited = api.get(f"{wave['url']}?format=csl").json()
        assert "accessed" in own
        assert all("accessed" not in item for item in cited)


def test_two_questions_and_two_revisions_have_keys_of_their_own() -> None:
    keys = {
        of_question("t", Consulted(url, n, NOW, NOW.date()))[0].key
        for url, n in (("a", 1), ("b", 1), ("a", 2))
    }
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("title", "end"), [("Apple Inc.", "Apple Inc."), ("Why?", "Why?"), ("Cuts", "Cuts.")]
)
def test_a_title_ends_with_one_mark(title: str, end: str) -> None:
    assert write("text", [entry(title)]).decode() == f"P (2023-03). {end}\n"
