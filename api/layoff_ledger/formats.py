"""Documents → CSV and NDJSON: the same records in the same order as JSON, a row or a line each.

CSV is flat: a stable column for what a spreadsheet or a data frame needs, lists joined by `;`. It
is UTF-8 with a byte order mark, so that Excel reads it right, and follows RFC 4180. NDJSON has the
whole documents.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from layoff_ledger import citations

Format = Literal["json", "csv", "ndjson", "atom", "csl", "bibtex", "ris", "text"]
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "atom": "application/atom+xml",
    "csl": citations.MEDIA_TYPES["csl"],
    "bibtex": citations.MEDIA_TYPES["bibtex"],
    "ris": citations.MEDIA_TYPES["ris"],
    "text": citations.MEDIA_TYPES["text"],
}
CITATION_FORMATS = tuple(citations.MEDIA_TYPES)
LIST_FORMATS: tuple[Format, ...] = ("json", "csv", "ndjson", *CITATION_FORMATS)
"""What every list comes as."""
RECORD_FORMATS: tuple[Format, ...] = ("json", *CITATION_FORMATS)
"""What a wave or a source comes as."""
SELECTION = "application/vnd.layoff-ledger.selection+json"
"""What JSON is with `select`: not the records that the document describes."""
# The framework adds the charset to what begins with `text/`.
CONTENT_TYPES: dict[Format, str] = {**MEDIA_TYPES, "csv": "text/csv; header=present"}
BYTE_ORDER_MARK = "\ufeff"

Json = dict[str, Any]


class Column(Struct, frozen=True):
    """A column of a CSV: the top-level field that it is made of, and how."""

    field: str
    read: Callable[[Json], Any]


def _field(*path: str) -> Column:
    def read(document: Json) -> Any:
        value: Any = document
        for name in path:
            if value is None:
                return None
            value = value[name]
        return value

    return Column(path[0], read)


def _codes(name: str, key: str, keep: Callable[[Json], bool]) -> Column:
    """Give the codes of the claims that are kept, each once, in the order of the claims."""

    def read(document: Json) -> list[str]:
        found = [
            claim[key]["code"]
            for claim in document[name]
            if claim["rank"] != "deprecated" and keep(claim)
        ]
        return list(dict.fromkeys(found))

    return Column(name, read)


def _each(name: str, read: Callable[[Json], Any]) -> Column:
    """Give what is read of each item of a list, each once, without nulls."""
    return Column(
        name,
        lambda document: list(
            dict.fromkeys(value for one in document[name] if (value := read(one)))
        ),
    )


def _identifier(scheme: str) -> Column:
    return Column(
        "identifiers",
        lambda document: next(
            (one["value"] for one in document["identifiers"] if one["scheme"] == scheme), None
        ),
    )


def _crosswalk(scheme: str) -> Column:
    return Column(
        "crosswalks",
        lambda document: next(
            (one["codes"] for one in document["crosswalks"] if one["scheme"] == scheme), []
        ),
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
    "sources": _each("citations", lambda one: one["source"]["id"]),
    "source_urls": _each("citations", lambda one: one["source"]["url"]),
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
    "waves": _each("supports", lambda one: one["wave"]),
    "claims": Column("supports", lambda document: len(document["supports"])),
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
_COLLECTIONS: dict[str, Column] = {
    **_plain(
        "id", "name", "description", "license", "origin", "retrieved_on", "retrieved_precision",
        "waves", "revision", "url", "waves_url",
    )
}  # fmt: skip
COLUMNS: dict[str, dict[str, Column]] = {
    "wave": _WAVES,
    "company": _COMPANIES,
    "source": _SOURCES,
    "driver": _DRIVERS,
    "role": _ROLES,
    "collection": _COLLECTIONS,
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


def csv_rows(rows: Iterable[Sequence[Any]]) -> bytes:
    """Give the lines of some rows."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return written.getvalue().encode()


def csv_head(names: Iterable[str]) -> bytes:
    """Give the first line of a CSV, with the mark by which Excel knows UTF-8."""
    return BYTE_ORDER_MARK.encode() + csv_rows([list(names)])


def csv_of(resource: str, names: Iterable[str], documents: Iterable[bytes]) -> bytes:
    """Give the rows of some documents, with these columns."""
    columns = [COLUMNS[resource][name].read for name in names]
    decoded = map(msgspec.json.decode, documents)
    return csv_rows([[read(document) for read in columns] for document in decoded])


def csv_table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Give a whole CSV of rows that are values already."""
    return csv_head(names) + csv_rows(rows)


def ndjson_of(documents: Iterable[bytes]) -> bytes:
    """Give the lines of some documents."""
    return b"".join(b"%b\n" % document for document in documents)
