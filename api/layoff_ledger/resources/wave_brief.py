"""The part of a wave that feeds and pages of lists need: nothing else of its document is decoded.

Decoding two hundred whole waves took longer than writing the page.
"""

from __future__ import annotations

from typing import Any, TypedDict


class _Company(TypedDict, total=False):
    id: str
    name: str


class _Label(TypedDict, total=False):
    label: str


class _Reason(TypedDict, total=False):
    driver: _Label
    rank: str
    speaker: str
    stance: str
    weight: str


class _Event(TypedDict, total=False):
    kind: str
    rank: str


class WaveBrief(TypedDict, total=False):
    """The fields that `feed_texts.wave_text` and the table of waves read, as JSON has them."""

    id: str
    url: str
    revision: int
    title: str | None
    company: _Company
    canonical: bool
    status: str
    announced_on: str
    announced_precision: str
    headcount: dict[str, Any] | None
    share: dict[str, Any] | None
    drivers: list[_Reason]
    events: list[_Event]
