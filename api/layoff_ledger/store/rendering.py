"""Stored bodies → whole documents, as they are served under the address that the client sees."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg

from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.notice_parameters import COUNTED

_NOTICES_BYTES = 600
"""More than the notices of a record take, which are at the end of its body."""

Render = Callable[[str, int, bytes], bytes]
"""Makes a whole document from id, first revision and body."""


def document_renderer(resource: Resource, base: str) -> Render:
    """Return the function that makes a whole document: what serving adds, then the stored body.

    It is spliced here and not in SQL: PostgreSQL spent more time on joining texts than on finding
    them.
    """
    head = f'{{"{resource.key}":"'.encode()
    address = f'","{resource.url}":"{base}/v1/{resource.path}/'.encode()
    tail = f'{resource.below}","revision":'.encode()
    waves = f'","waves_url":"{base}/v1/waves?{resource.waves}='.encode() if resource.waves else b""
    notices = f'","notices_url":"{base}/v1/notices?{COUNTED}&{resource.notices}='.encode()
    plain = _template(head, address, waves, tail)
    with_notices = _template(head, address, waves, notices, tail)

    def render(id_: str, first_revision: int, body: bytes) -> bytes:
        # A version from before there were notices stays as it was answered then, to the byte.
        has_notices = resource.notices and body.rfind(b'"notices":', -_NOTICES_BYTES) >= 0
        template, ids = with_notices if has_notices else plain
        return template % (*(id_.encode(),) * ids, first_revision, body)

    return render


def _template(*parts: bytes) -> tuple[bytes, int]:
    """Return the template of a document, and how often it has its id."""
    *named, tail = [one.replace(b"%", b"%%") for one in parts if one]
    return b"%b".join([*named, tail]) + b"%d,%b", len(named)


def row_renderer(resource: Resource, base: str) -> Callable[[asyncpg.Record], bytes]:
    """Return the function that makes a document from a row of id, first revision and body."""
    render = document_renderer(resource, base)
    return lambda row: render(row["id"], row["first_revision"], row["body"])
