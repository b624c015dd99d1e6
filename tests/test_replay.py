"""The second validator finds what is planted, and nothing otherwise."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from support import replay
from support.promises import Answer
from test_promises import ask


@pytest.fixture(scope="module")
def sound(eventful: httpx.Client) -> Answer:
    return ask(eventful, "/v1/waves?company=globex&limit=2")


def with_wave(answer: Answer, **fields: Any) -> Answer:
    """Return an answer whose first wave has other values."""
    page = answer.json()
    page["data"][0] |= fields
    return replace(answer, body=msgspec.json.encode(page))


def without(answer: Answer, field: str) -> Answer:
    page = answer.json()
    del page["data"][0][field]
    return replace(answer, body=msgspec.json.encode(page))


def test_a_sound_answer_breaks_nothing(sound: Answer) -> None:
    assert list(replay.violations(sound)) == []


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (lambda sound: without(sound, "announced_on"), "announced_on"),
        (lambda sound: with_wave(sound, revision="1"), "data/0/revision"),
        (lambda sound: with_wave(sound, announced_precision="hour"), "hour"),
        (lambda sound: replace(sound, status=202), "202"),
        (lambda sound: replace(sound, headers={"content-type": "text/plain"}), "text/plain"),
        (lambda sound: replace(sound, body=b"{"), "deserialize"),
        (lambda sound: replace(sound, url=f"{sound.url}&count=perhaps"), "perhaps"),
    ],
)
def test_what_is_planted_is_found(planted: Any, said: str, sound: Answer) -> None:
    found = list(replay.violations(planted(sound)))

    assert found
    assert said in "\n".join(found)


@pytest.mark.parametrize(
    ("path", "id_"),
    [
        ("/v1/waves", "list_waves"),
        ("/v1/waves/globex-2023-01", "get_wave"),
        ("/v1/notices/statistics", "get_notice_statistics"),
        ("/v1/companies/autocomplete", "autocomplete_companies"),
        ("/v1/exports/4/waves.csv", "get_export_file"),
        ("/v1/waves/", None),
        ("/guide", None),
    ],
)
def test_an_address_is_of_one_operation(path: str, id_: str | None) -> None:
    assert replay.operation_of(path) == id_
