"""A curator's tools: skeletons, a wave in the terminal, schemas for the editor."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import pytest
import tomli
from rich.console import Console

from layoff_ledger import paths
from layoff_ledger.curation import read, rules, tools
from support.revisions import FIXTURE
from support.services import failed, run

pytestmark = pytest.mark.thorough


def test_a_skeleton_has_the_right_shape_and_lacks_only_facts(data: Path) -> None:
    done = run("new", "wave", "globex", "2024-02-01", "--data", str(data))

    assert done.returncode == 0
    assert "globex-2024-02.toml: fill it in" in done.stdout
    curated = read.read(data)
    shape = {violation.rule for violation in curated.violations}
    assert shape <= {"value_fits"}, "a key of the skeleton is unknown or missing"


def test_a_second_wave_of_a_month_gets_a_letter(data: Path) -> None:
    done = run("new", "wave", "globex", "2023-01", "--data", str(data))

    assert "globex-2023-01-b.toml" in done.stdout


def test_a_company_is_written_in_the_order_of_the_ids(data: Path) -> None:
    before = (data / "companies.toml").read_text()

    done = run("new", "company", "gringotts", "--data", str(data))

    assert "companies.toml: fill it in" in done.stdout
    text = (data / "companies.toml").read_text()
    written = tomli.loads(text)
    ids = list(written)
    assert ids[ids.index("gringotts") - 1] < "gringotts"
    assert written["gringotts"] == {"name": ""}
    assert set(written) == {*tomli.loads(before), "gringotts"}
    found = [str(one) for one in read.read(data).violations]
    assert found == ["companies.toml: gringotts name: it is empty; fill it in [value_fits]"]


def test_a_skeleton_of_a_company_is_right_when_its_comments_are_taken_off(data: Path) -> None:
    run("new", "company", "gringotts", "--data", str(data))
    path = data / "companies.toml"
    text = path.read_text()
    for before, after in (
        ('name = ""  ', 'name = "Gringotts"'),
        ('# country = "" ', 'country = "GB" '),
        ('# industry = "" ', 'industry = "52" '),
        ("# aliases = []", 'aliases = ["The Bank"]'),
    ):
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text)

    curated = read.read(data)

    assert curated.violations == []
    assert curated.companies["gringotts"].aliases == ["The Bank"]


@pytest.mark.parametrize(
    ("id_", "file"),
    [
        ("globex-games-courier-2023-05-04", "globex-games.toml"),
        ("globex-courier-2023-05", "globex.toml"),
        ("courier-2023", "several-companies.toml"),
    ],
)
def test_a_source_is_written_to_the_file_of_its_company(id_: str, file: str, data: Path) -> None:
    done = run("new", "source", id_, "--data", str(data))

    path = data / "sources" / file
    assert f"{file}: fill it in" in done.stdout
    written = tomli.loads(path.read_text())[id_]
    assert id_.endswith(written["published_on"])
    shape = {one.rule for one in read.read(data).violations}
    assert shape == {"value_fits"}, "a key of the skeleton is unknown or missing"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("new", "wave", "globx", "2024-02"), "no company 'globx' in"),
        (
            ("new", "wave", "ups", "2024-02"),
            "add the company first: `layoff-ledger new company ups`",
        ),
        (("new", "wave", "globex"), "give the date of the announcement"),
        (("new", "company", "globex"), "'globex' is already in"),
        (("new", "source", "weekly-2023"), "'weekly-2023' is already in"),
        (("new", "company", "U.P.S."), "'U.P.S.' is not an id"),
        (("new", "wave", "globex", "soon"), "'soon' is not a date"),
        (("show", "globex-2023-02"), "no wave 'globex-2023-02'; did you mean"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], told: str, data: Path) -> None:
    assert told in failed(run(*arguments, "--data", str(data)))


def test_a_rule_is_explained() -> None:
    done = run("check", "--explain", "claim_is_cited")

    assert done.stdout.startswith("Every claim, and every value of an indicator, has")
    assert "did you mean 'claim_is_cited'?" in failed(run("check", "--explain", "claim_is_sited"))


def test_a_wave_is_shown_with_its_claims_and_citations() -> None:
    output = io.StringIO()

    tools.show(read.read(FIXTURE), "globex-2023-01", Console(file=output, width=200))

    text = output.getvalue()
    assert "Globex  globex-2023-01  “Project Slim”" in text
    assert "we hired for a different world" in text
    assert text.count("excerpt_read") >= 8
    for located in rules.base.claims(read.read(FIXTURE).waves["globex-2023-01"]):
        assert located.path in text


def test_the_schemas_are_what_the_code_makes(tmp_path: Path) -> None:
    for path in tools.write_schemas(tmp_path):
        committed = paths.DATA / "schemas" / path.name
        assert committed.read_bytes() == path.read_bytes(), "run `layoff-ledger schemas`"


@pytest.mark.parametrize("kind", ["waves", *read.TABLES])
def test_every_curated_file_fits_its_schema(kind: str) -> None:
    schema = json.loads((paths.DATA / "schemas" / f"{kind}.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    written = [paths.DATA / f"{kind}.toml", *(paths.DATA / kind).glob("**/*.toml")]
    seen = 0
    for path in written:
        if path.exists():
            validator.validate(tomli.loads(path.read_text()))
            seen += 1
    assert seen or kind == "indicators"


def test_a_schema_refuses_a_mistyped_key() -> None:
    schema = json.loads((paths.DATA / "schemas" / "waves.schema.json").read_text())

    with pytest.raises(jsonschema.ValidationError, match="compny"):
        jsonschema.Draft202012Validator(schema).validate({"compny": "globex", "company": "x"})
