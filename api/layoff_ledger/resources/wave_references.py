"""The records that a wave refers to, read from its document without decoding the rest."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from layoff_ledger.resources.base import Expansion


class _Id(Struct, frozen=True):
    id: str


class _Citation(Struct, frozen=True):
    source: _Id


class _References(Struct, frozen=True):
    company: _Id
    citations: list[_Citation]


_REFERENCES = msgspec.json.Decoder(_References)


def _company(wave: bytes) -> list[str]:
    return [_REFERENCES.decode(wave).company.id]


def _sources(wave: bytes) -> list[str]:
    return list(dict.fromkeys(one.source.id for one in _REFERENCES.decode(wave).citations))


EXPANSIONS = {
    "company": Expansion("company", _company, many=False),
    "sources": Expansion("source", _sources, many=True, without=("supports",)),
}
