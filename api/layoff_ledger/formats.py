"""Documents → CSV and NDJSON: the same records in the same order as JSON, a row or a line each.

CSV is flat: a stable column for what a spreadsheet or a data frame needs, lists joined by `;`. It
is UTF-8 with a byte order mark, so that Excel reads it right, and follows RFC 4180. NDJSON has the
whole documents.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Literal

import msgspec

Format = Literal["json", "csv", "ndjson"]
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}
# The framework adds the charset to what begins with `text/`.
CONTENT_TYPES: dict[Format, str] = {**MEDIA_TYPES, "csv": "text/csv; header=present"}
BYTE_ORDER_MARK = "\ufeff"

Json = dict[str, Any]
Column = Callable[[Json], Any]


def _field(*path: str) -> Column:
    def read(document: Json) -> Any:
        value: Any = document
        for name in path:
            if value is None:
                return None
            value = value[name]
        return value

    return read


def _codes(name: str, key: str, keep: Callable[[Json], bool]) -> Column:
    """Give the codes of the claims that are kept, each once, in the order of the claims."""

    def read(document: Json) -> list[str]:
        found = [
            claim[key]["code"]
            for claim in document[name]
            if claim["rank"] != "deprecated" and keep(claim)
        ]
        return list(dict.fromkeys(found))

    return read


def _identifier(scheme: str) -> Column:
    return lambda document: next(
        (one["value"] for one in document["identifiers"] if one["scheme"] == scheme), None
    )


def _crosswalk(scheme: str) -> Column:
    return lambda document: next(
        (one["codes"] for one in document["crosswalks"] if one["scheme"] == scheme), []
    )


def _plain(*names: str) -> dict[str, Column]:
    return {name: _field(name) for name in names}


_WAVES: dict[str, Column] = {
    "id": _field("id"),
    "company": _field("company", "id"),
    "company_name": _field("company", "name"),
    "company_country": _field("company", "country"),
    "industry": _field("company", "industry"),
    **_plain("title", "status", "announced_on", "announced_precision", "canonical", "collection"),
    "forms": _field("forms"),
    "worldwide": _field("scope", "worldwide"),
    "countries": _field("scope", "countries"),
    "units": _field("scope", "units"),
    "headcount_low": _field("headcount", "low"),
    "headcount_high": _field("headcount", "high"),
    "headcount_qualifier": _field("headcount", "qualifier"),
    "headcount_counts": _field("headcount", "counts"),
    "headcount_cumulative": _field("headcount", "cumulative"),
    "share_low": _field("share", "low"),
    "share_high": _field("share", "high"),
    "share_qualifier": _field("share", "qualifier"),
    "share_base": _field("share", "base"),
    "drivers": _codes("drivers", "driver", lambda claim: claim["stance"] != "denies"),
    "drivers_stated_by_company": _codes(
        "drivers",
        "driver",
        lambda claim: claim["speaker"] == "company" and claim["stance"] == "states",
    ),
    "drivers_denied": _codes("drivers", "driver", lambda claim: claim["stance"] == "denies"),
    "roles_cut": _codes("roles", "role", lambda claim: claim["effect"] == "cut"),
    "roles_spared": _codes("roles", "role", lambda claim: claim["effect"] == "spared"),
    "roles_hired": _codes("roles", "role", lambda claim: claim["effect"] == "hired"),
    "sources": lambda document: list(
        dict.fromkeys(one["source"]["id"] for one in document["citations"])
    ),
    "source_urls": lambda document: list(
        dict.fromkeys(one["source"]["url"] for one in document["citations"] if one["source"]["url"])
    ),
    **_plain("note", "revision", "url"),
}
_COMPANIES: dict[str, Column] = {
    **_plain("id", "name", "legal_name", "aliases", "former_names"),
    "country": _field("country", "code"),
    "country_name": _field("country", "name"),
    "industry": _field("industry", "code"),
    "industry_label": _field("industry", "label"),
    "parent": _field("parent", "id"),
    **{scheme: _identifier(scheme) for scheme in ("cik", "lei", "wikidata", "ticker")},
    **{
        name: _field("totals", name)
        for name in (
            "waves",
            "canonical_waves",
            "waves_with_headcount",
            "headcount_low",
            "headcount_high",
            "first_announced_on",
            "last_announced_on",
        )
    },
    **_plain("note", "revision", "url", "waves_url"),
}
_SOURCES: dict[str, Column] = {
    **_plain(
        "id",
        "url",
        "archived_url",
        "title",
        "publisher",
        "author",
        "kind",
        "standing",
        "original_publisher",
        "language",
        "published_on",
        "published_precision",
        "retrieved_on",
        "note",
    ),
    "waves": lambda document: list(
        dict.fromkeys(one["wave"] for one in document["supports"] if one["wave"])
    ),
    "claims": lambda document: len(document["supports"]),
    **_plain("revision", "record_url"),
}
_DRIVERS: dict[str, Column] = {
    **_plain("code", "label", "group", "definition", "waves"),
    **{scheme: _crosswalk(scheme) for scheme in ("bls_mls", "challenger", "erm")},
    **_plain("revision", "url", "waves_url"),
}
_ROLES: dict[str, Column] = {
    **_plain("code", "label", "axis", "definition", "synonyms", "waves"),
    **{scheme: _crosswalk(scheme) for scheme in ("soc_2018", "isco_08")},
    **_plain("revision", "url", "waves_url"),
}
COLUMNS: dict[str, dict[str, Column]] = {
    "wave": _WAVES,
    "company": _COMPANIES,
    "source": _SOURCES,
    "driver": _DRIVERS,
    "role": _ROLES,
}
"""Resource → the columns of its CSV, in their order. New ones come at the end only."""


def cell(value: Any) -> str:
    """Write one value: null is empty, a list is joined by `;`, a formula is made text.

    A spreadsheet runs what begins with `=`, `+`, `-`, `@`, a tab or a return. An apostrophe before
    it keeps it text; JSON and NDJSON have the value without it.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return cell(";".join(str(one) for one in value)) if value else ""
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _rows(rows: Iterable[Sequence[Any]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return written.getvalue().encode()


def csv_head(names: Iterable[str]) -> bytes:
    """Give the first line of a CSV, with the mark by which Excel knows UTF-8."""
    return BYTE_ORDER_MARK.encode() + _rows([list(names)])


def csv_of(resource: str, documents: Iterable[bytes]) -> bytes:
    """Give the rows of some documents."""
    columns = COLUMNS[resource].values()
    decoded = map(msgspec.json.decode, documents)
    return _rows([[column(document) for column in columns] for document in decoded])


def csv_table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Give a whole CSV of rows that are values already."""
    return csv_head(names) + _rows(rows)


def ndjson_of(documents: Iterable[bytes]) -> bytes:
    """Give the lines of some documents."""
    return b"".join(b"%b\n" % document for document in documents)


def batch_of(format_: Format, resource: str, documents: Iterable[bytes]) -> bytes:
    """Give the rows or lines of a batch, without a head."""
    return csv_of(resource, documents) if format_ == "csv" else ndjson_of(documents)


async def stream_of(
    format_: Format, resource: str, batches: AsyncIterator[list[bytes]]
) -> AsyncIterator[bytes]:
    """Give a whole result piece by piece, never more than a batch in memory."""
    if format_ == "csv":
        yield csv_head(COLUMNS[resource])
    async for documents in batches:
        yield batch_of(format_, resource, documents)
