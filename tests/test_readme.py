"""README and guide: every example runs against the real service, and what they say is true.

The recipes for other tools are run in `test_recipes.py`, where their results are compared, too.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import pytest

from layoff_ledger import paths, settings
from layoff_ledger.curation import read
from support.databases import make_database
from support.lists import walk
from support.markdown import READ, RUN, blocks, pages
from support.services import get_when_available
from support.tools import shell, with_address

PAGES = pages()
README, CONTRIBUTING = PAGES["README.md"], PAGES["CONTRIBUTING.md"]
OPERATIONS = PAGES["docs/operations.md"]
NOTICES = "docs/notices.md"
METHOD = (paths.DATA / "METHOD.md").read_text(encoding="utf-8")
MISTAKE = "over_hirng"
"""An example that has it is one of a mistake."""


def curl(block: str, client: httpx.Client) -> Any:
    """Run a curl command as it is printed, against the service of the test."""
    command = shlex.split(with_address(block, client))
    assert command[0] == "curl"
    done = subprocess.run([*command, "--silent"], capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module", autouse=True)
def exported(real: httpx.Client) -> None:
    """Ensure that the files of the revision exist, which the examples read."""
    assert get_when_available(real, "/v1/exports/1").status_code == 200


@pytest.mark.parametrize(
    ("page", "text"),
    [
        pytest.param(page, block.text, id=f"{page}-{number}")
        for page, text in PAGES.items()
        for number, block in enumerate(blocks(text))
        if block.language == "sh"
    ],
)
def test_an_example_gives_data(
    page: str, text: str, real: httpx.Client, request: pytest.FixtureRequest
) -> None:
    # The real ledger of the tests has no notices: another one has some.
    client: httpx.Client = request.getfixturevalue("filed") if page == NOTICES else real
    answer = curl(text, client)

    if MISTAKE in text:
        (shown,) = (json.loads(one.text) for one in blocks(PAGES[page]) if one.language == "json")
        assert {name: answer[name] for name in shown} == shown
    else:
        assert "code" not in answer or answer["url"]
        assert answer.get("data", True)


# Blocks of one page build on each other: what one downloads, the next one reads.
@pytest.mark.parametrize(
    "page",
    [
        page
        for page, text in PAGES.items()
        if page not in {"docs/recipes.md", NOTICES}
        if any(block.language in {"bash", "python"} for block in blocks(text))
    ],
)
def test_the_programs_of_a_page_run_as_they_are_printed(
    page: str,
    real: httpx.Client,
    server: str,
    fixture_template: str,
    tools: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(paths.ROOT / "examples")
    variables = dict(tools)
    if page == "docs/operations.md":
        # What is restored there is lost.
        variables["DATABASE_URL"] = asyncio.run(make_database(server, fixture_template))
    names: dict[str, Any] = {}
    for block in blocks(PAGES[page]):
        if block.language == "bash":
            shell(block.text, real, variables, folder=tmp_path)
        elif block.language == "python":
            exec(with_address(block.text, real), names)  # noqa: S102 ours
            assert capsys.readouterr().out.strip()


def test_every_block_says_what_becomes_of_it() -> None:
    for page, text in PAGES.items():
        for block in blocks(text):
            # The files shown in CONTRIBUTING.md are not examples of the API.
            known = RUN | READ | ({""} if page == "CONTRIBUTING.md" else set())
            assert block.language in known, f"{page}: {block.text[:60]}"


def test_the_readme_is_short_and_has_ten_examples() -> None:
    assert len(README.splitlines()) <= 200
    assert sum(block.language in RUN for block in blocks(README)) == 10


def test_every_page_begins_with_a_title_and_what_it_is_for() -> None:
    for page, text in PAGES.items():
        assert re.match(r"# .+\n\n?\S.*[^\n]", text), page
    index = PAGES["docs/index.md"] + PAGES["docs/adr/README.md"]
    for page in PAGES:
        if page.startswith("docs/") and Path(page).name not in {"index.md", "README.md"}:
            assert f"({page.removeprefix('docs/').removeprefix('adr/')})" in index, page


def test_every_link_leads_somewhere() -> None:
    for page, text in PAGES.items():
        for address in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", address):
                continue
            target, _, fragment = unquote(address).partition("#")
            path = (paths.ROOT / page).parent / target if target else paths.ROOT / page
            assert path.exists(), f"{page}: {address}"
            if fragment:
                assert fragment in _anchors(path.read_text(encoding="utf-8")), f"{page}: {address}"


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#{2,4} (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in titles}


def test_every_file_that_is_named_exists() -> None:
    """Whatever looks like a path of the repository, or of the package."""
    named = re.compile(
        r"(?<![\w/.:-])([\w.-]+(?:/[\w.-]+)+\.(?:py|sql|md|toml|json|yml|cff))\b"
        r"|`((?:api|sql|tests|bench|data|docs|openapi|examples|\.ci)/[\w./-]+)`"
    )
    for page, text in PAGES.items():
        for found in named.finditer(text):
            name = found[1] or found[2]
            folders = (paths.ROOT, paths.PACKAGE, (paths.ROOT / page).parent)
            assert any((folder / name).exists() for folder in folders), f"{page}: {name}"


def test_the_numbers_are_those_of_the_data(real: httpx.Client) -> None:
    curated = read.read(paths.DATA)
    companies = {wave.company for wave in curated.waves.values()}

    assert f"{len(curated.waves):,} waves of {len(companies):,} companies" in README
    assert f"from {len(curated.sources):,}\nsources" in README
    assert real.get("/v1/waves").json()["meta"]["count"] == len(curated.waves)
    primary = real.get("/v1/waves?standing=primary").json()["meta"]["count"]
    in_words = dict(enumerate(("five", "six", "seven", "eight", "nine"), start=5))
    one_in = in_words[round(len(curated.waves) / primary)]
    assert f"one wave in {one_in} rests on a primary source" in README


def test_a_reason_and_what_is_only_mentioned_can_be_told_apart(real: httpx.Client) -> None:
    """The address of README is of reasons, and without its weight of any; one says the main ones."""
    (address,) = re.findall(r"/v1/waves(\?\S+weight=\S+)'", README)
    asked = [*parse_qsl(address.removeprefix("?")), ("limit", "200")]
    of_any = [one for one in asked if one[0] != "weight"]
    given = {one["id"] for one in walk(real, "/v1/waves", asked)}
    named = {one["id"] for one in walk(real, "/v1/waves", of_any)}
    assert given == {one["wave"] for one in walk(real, "/v1/claims", asked)}
    rules = real.get("/v1/attribution?driver=ai_automation&canonical=true,false").json()["data"]
    main = {wave for one in rules if one["rule"] == "company_primary" for wave in one["ids"]}

    assert main < given < named


def test_what_was_taken_back_or_never_confirmed_is_left_out_as_it_says(real: httpx.Client) -> None:
    (asked,) = set(re.findall(r"\bstatus_not=withdrawn[\w,]*", "".join(PAGES.values()) + METHOD))
    left_out = asked.partition("=")[2].split(",")
    counted = real.get("/v1/statistics?group_by=status").json()
    kept = real.get(f"/v1/statistics?group_by=status&{asked}").json()
    others = [one for one in counted["data"] if one["keys"]["status"] not in left_out]

    assert {"withdrawn", "reported"} <= {one["keys"]["status"] for one in counted["data"]}
    assert kept["data"] == others
    for query, of_any in (("", True), (f"&{asked}", False), ("&status=withdrawn", False)):
        table = real.get(f"/v1/statistics?group_by=year&format=csv{query}").text
        page = real.get(f"/v1/statistics?group_by=year&format=html{query}").text
        assert ("of any status" in table) is ("or withdrawn, are among them" in page) is of_any


def test_every_path_of_the_api_is_listed() -> None:
    for path in json.loads(paths.OPENAPI.read_text())["paths"]:
        assert f"`{path}`" in README or f"`{path}?" in README, path


def test_every_setting_is_listed() -> None:
    # A bucket is another place that the setting of exports may name.
    others = {"database_url": "DATABASE_URL", "bucket": "LEDGER_EXPORTS"}
    for field in settings.Settings.__struct_fields__:
        variable = others.get(field, f"LEDGER_{field.upper()}")
        assert f"`{variable}`" in OPERATIONS, variable


def test_the_example_of_a_wave_is_one_that_the_reader_takes(tmp_path: Path) -> None:
    wave, company, source = (one.text for one in blocks(CONTRIBUTING) if one.language == "toml")
    (tmp_path / "waves").mkdir()
    (tmp_path / "waves" / "globex-2023-03.toml").write_text(wave)
    (tmp_path / "companies.toml").write_text(company)
    (tmp_path / "sources.toml").write_text(source)

    assert read.read(tmp_path).violations == []


def test_containers_survive_a_database_that_is_still_being_made() -> None:
    """While the image of PostgreSQL creates a database, its server only answers on the socket."""
    compose = (paths.SQL.parent / "compose.yaml").read_text(encoding="utf-8")

    assert '["CMD", "pg_isready", "--host", "127.0.0.1", "--username", "ledger"]' in compose
    assert compose.count("    restart: unless-stopped\n") == compose.count(":\n    image: ") + 1
