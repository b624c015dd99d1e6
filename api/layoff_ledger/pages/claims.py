"""The claims of a wave as its page groups them: by what they are about, then by who says what."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger.pages import words
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.claim_parts import parts
from layoff_ledger.resources.feed_texts import how_given
from layoff_ledger.resources.fields import served_only
from layoff_ledger.resources.wave import WAVE


class Subgroup(Struct, frozen=True):
    """Claims of one kind that say similar things."""

    title: str
    """Empty if there is no need to tell them apart."""
    claims: list[Json]


class Group(Struct, frozen=True):
    """The claims of one kind."""

    kind: str
    title: str
    subgroups: list[Subgroup]


TITLES = {
    "magnitude": "How many",
    "driver": "Why",
    "role": "Whose jobs",
    "event": "What happened",
    "scope": "Where",
    "form": "How the posts go",
    "context": "What it is read against",
}
"""Kind of claim → the question it answers, in the order of the page."""
_MEASURES = {
    "headcount": "Jobs",
    "share": "Share of the workforce",
    "workforce_before": "People employed before",
}
_EFFECTS = {"cut": "Cut", "spared": "Spared", "hired": "Hired while others are cut"}


def _subtitle(claim: Json) -> str:
    if claim["kind"] == "magnitude":
        return _MEASURES[claim["code"]]
    if claim["kind"] == "role":
        return _EFFECTS[claim["effect"]]
    if claim["kind"] == "driver":
        return f"{words.SPEAKERS[claim['speaker']]} {claim['stance']}".capitalize()
    return ""


def claims_of(wave: Json) -> list[Json]:
    """Return the claims in a wave's document as `/v1/claims` has them, without their addresses."""
    stored = {key: wave[key] for key in wave if key not in served_only(WAVE.struct)}
    decoded: Any = msgspec.convert(stored, WAVE.stored_struct)
    return [msgspec.to_builtins(one) for one in parts(decoded)]


_GIVEN = {
    "reason": "{}",
    "context": f"{{}} {words.WEIGHTS['context']}",
    "denied": "denied by {}",
}


def reasons(wave: Json) -> list[tuple[str, str]]:
    """Return each reason of a wave with who gives, only mentions or denies it, for a list."""
    found: dict[str, list[str]] = {}
    for claim in wave["drivers"]:
        if claim["rank"] != "deprecated":
            stance = _GIVEN[how_given(claim)].format(claim["speaker"])
            speakers = found.setdefault(claim["driver"]["label"], [])
            if stance not in speakers:
                speakers.append(stance)
    return [(label, ", ".join(speakers)) for label, speakers in found.items()]


def grouped(claims: list[Json]) -> list[Group]:
    """Group claims in the order of the page; within a group they keep their own order."""
    groups = []
    for kind, title in TITLES.items():
        subgroups: dict[str, list[Json]] = {}
        for claim in claims:
            if claim["kind"] == kind:
                subgroups.setdefault(_subtitle(claim), []).append(claim)
        if subgroups:
            ordered = sorted(subgroups.items(), key=lambda one: _order(one[1][0]))
            groups.append(Group(kind, title, [Subgroup(*one) for one in ordered]))
    return groups


def _order(claim: Json) -> tuple[bool, bool]:
    """Put what the company itself gives as a reason first, and what is denied last."""
    is_driver = claim["kind"] == "driver"
    return is_driver and claim["stance"] == "denies", is_driver and claim["speaker"] != "company"
