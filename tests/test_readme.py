"""The README: its examples run against the real service, and what it says of it is so."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from typing import Any

import httpx
import pytest

from layoff_ledger import files, settings
from layoff_ledger.curation import read

README = (files.ROOT / "README.md").read_text()
CONTRIBUTING = (files.ROOT / "CONTRIBUTING.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def curl(block: str, client: httpx.Client) -> Any:
    """Run a curl command as it is printed, against the service of the test."""
    command = shlex.split(block.replace("http://localhost:8000", str(client.base_url)))
    done = subprocess.run([*command, "--silent"], capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("block", blocks(README, "sh"))
def test_an_example_gives_data(block: str, real: httpx.Client) -> None:
    answer = curl(block, real)

    if "over_hirng" in block:
        (shown,) = (json.loads(one) for one in blocks(README, "json"))
        assert {name: answer[name] for name in shown} == shown
    else:
        assert "code" not in answer or answer["url"]
        assert answer.get("data", True)


def test_the_python_example_runs(real: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    program, *_ = blocks(README, "python")

    exec(program.replace("http://localhost:8000", str(real.base_url)), {})  # noqa: S102 ours

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5


def test_the_numbers_are_those_of_the_data(real: httpx.Client) -> None:
    curated = read.read(files.DATA)
    companies = {wave.company for wave in curated.waves.values()}

    assert f"{len(curated.waves)} waves of {len(companies)} companies" in README
    assert f"from {len(curated.sources)}\nsources" in README
    assert real.get("/v1/waves").json()["meta"]["count"] == len(curated.waves)


def test_every_path_of_the_api_is_listed() -> None:
    paths = json.loads(files.OPENAPI.read_text())["paths"]

    for path in paths:
        assert f"`{path}`" in README or f"`{path}?" in README, path


def test_every_setting_is_listed() -> None:
    for field in settings.Settings.__struct_fields__:
        variable = "DATABASE_URL" if field == "database_url" else f"LEDGER_{field.upper()}"
        assert f"`{variable}`" in README, variable


def test_the_example_of_a_wave_is_one_that_the_reader_takes(tmp_path: Any) -> None:
    wave, company, source = (one for one in blocks(CONTRIBUTING, "toml"))
    (tmp_path / "waves").mkdir()
    (tmp_path / "waves" / "globex-2023-03.toml").write_text(wave)
    (tmp_path / "companies.toml").write_text(company)
    (tmp_path / "sources.toml").write_text(source)

    assert read.read(tmp_path).violations == []
