"""Records → bibliographic citations: CSL-JSON, BibTeX, RIS, and a line to read.

The ledger's own record is a dataset with its revision as version and the day of access; a source is
cited as itself. What is unknown is left out. A byline stays as it was printed (`literal`): names
cannot be told apart safely.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec import Struct

from layoff_ledger import types

Format = Literal["csl", "bibtex", "ris", "text"]
MEDIA_TYPES: dict[Format, str] = {
    "csl": "application/vnd.citationstyles.csl+json",
    "bibtex": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "text": "text/x-bibliography",
}
LEDGER = "Layoff Ledger"
AUTHOR = "Layoff Ledger contributors"

# Kind of source → the type of CSL, of BibTeX and of RIS.
_TYPES = {
    "filing": ("report", "techreport", "RPRT"),
    "company_statement": ("webpage", "misc", "ELEC"),
    "union_statement": ("webpage", "misc", "ELEC"),
    "government_notice": ("report", "techreport", "GOVDOC"),
    "news": ("article-newspaper", "article", "NEWS"),
    "report": ("report", "techreport", "RPRT"),
    "dataset": ("dataset", "misc", "DATA"),
}
_OTHER = ("webpage", "misc", "ELEC")
_PARTS = {"day": 3, "month": 2, "quarter": 1, "year": 1}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that is cited, in words that all formats share."""

    key: str
    kind: str
    """Kind of source, or `dataset` for a record of the ledger."""
    title: str | None
    author: str | None
    publisher: str
    issued: tuple[int, ...] = ()
    """Year, month, day: as much as is known."""
    url: str | None
    archived_url: str | None = None
    accessed: datetime.date | None = None
    version: str | None = None
    language: str | None = None


def of_wave(
    wave: types.Wave,
    *,
    url: str,
    revision: int,
    published_at: datetime.datetime,
    accessed: datetime.date,
) -> list[Entry]:
    """Give the record itself at its permanent address, then the sources as they are first cited."""
    what = wave.title or "layoffs"
    title = f"{wave.company.name}: {what} ({wave.announced_on.isoformat()})"
    entries = {
        wave.id: _own(
            f"layoff-ledger-{wave.id}",
            title,
            url=url,
            revision=revision,
            published_at=published_at,
            accessed=accessed,
        )
    }
    for one in wave.citations:
        cited = one.source
        entries.setdefault(
            f"source {cited.id}",
            Entry(
                key=cited.id,
                kind=cited.kind,
                title=cited.title,
                author=None,
                publisher=cited.publisher,
                issued=_issued(cited.published_on, cited.published_precision),
                url=cited.url,
                archived_url=cited.archived_url,
                accessed=cited.retrieved_on,
            ),
        )
    return list(entries.values())


def of_source(source: types.Source) -> list[Entry]:
    """Give the source as itself; it was accessed when the ledger read it, if that is recorded."""
    return [
        Entry(
            key=source.id,
            kind=source.kind,
            title=source.title,
            author=source.author,
            publisher=source.publisher,
            issued=_issued(source.published_on, source.published_precision),
            url=source.url,
            archived_url=source.archived_url,
            accessed=source.retrieved_on,
            language=source.language,
        )
    ]


def of_query(
    *,
    title: str,
    url: str,
    revision: int,
    published_at: datetime.datetime,
    accessed: datetime.date,
) -> list[Entry]:
    """Give the ledger as what answers a question, at the permanent address of the answer."""
    return [
        _own(
            f"layoff-ledger-r{revision}",
            title,
            url=url,
            revision=revision,
            published_at=published_at,
            accessed=accessed,
        )
    ]


def _own(
    key: str,
    title: str,
    *,
    url: str,
    revision: int,
    published_at: datetime.datetime,
    accessed: datetime.date,
) -> Entry:
    return Entry(
        key=key,
        kind="dataset",
        title=title,
        author=AUTHOR,
        publisher=LEDGER,
        issued=_issued(published_at.astimezone(datetime.UTC).date(), "day"),
        url=url,
        accessed=accessed,
        version=f"revision {revision}",
        language="en",
    )


def _issued(on: datetime.date | None, precision: str | None) -> tuple[int, ...]:
    if on is None:
        return ()
    return (on.year, on.month, on.day)[: _PARTS[precision or "day"]]


def write(format_: Format, entries: Iterable[Entry]) -> bytes:
    """Give the citations in a format, UTF-8."""
    match format_:
        case "csl":
            return msgspec.json.encode([_csl(entry) for entry in entries])
        case "bibtex":
            return "\n".join(_bibtex(entry) for entry in entries).encode()
        case "ris":
            return "".join(_ris(entry) for entry in entries).encode()
        case "text":
            return "".join(f"{_text(entry)}\n" for entry in entries).encode()


def _csl(entry: Entry) -> dict[str, Any]:
    news = entry.kind == "news"
    told: dict[str, Any] = {
        "id": entry.key,
        "type": _TYPES.get(entry.kind, _OTHER)[0],
        "title": entry.title,
        "author": [{"literal": entry.author}] if entry.author else None,
        "container-title" if news else "publisher": entry.publisher,
        "issued": {"date-parts": [list(entry.issued)]} if entry.issued else None,
        "accessed": _csl_day(entry.accessed),
        "version": entry.version,
        "language": entry.language,
        "URL": entry.url,
        "archive_location": entry.archived_url,
    }
    return {name: value for name, value in told.items() if value is not None}


def _csl_day(day: datetime.date | None) -> dict[str, Any] | None:
    return None if day is None else {"date-parts": [[day.year, day.month, day.day]]}


_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "&": r"\&",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _bibtex(entry: Entry) -> str:
    type_ = _TYPES.get(entry.kind, _OTHER)[1]
    place = {"article": "journal", "techreport": "institution"}.get(type_, "publisher")
    fields = {
        # Braces within braces: BibTeX would else put capitals into small letters.
        "title": None if entry.title is None else f"{{{_escaped(entry.title)}}}",
        # One author, whatever words the byline has.
        "author": None if entry.author is None else f"{{{_escaped(entry.author)}}}",
        place: _escaped(entry.publisher),
        "year": str(entry.issued[0]) if entry.issued else None,
        "month": _MONTHS[entry.issued[1] - 1] if len(entry.issued) > 1 else None,
        "day": str(entry.issued[2]) if len(entry.issued) > 2 else None,  # noqa: PLR2004
        "version": entry.version,
        "url": None if entry.url is None else _address(entry.url),
        "urldate": None if entry.accessed is None else entry.accessed.isoformat(),
        "note": None
        if entry.archived_url is None
        else rf"Archived: \url{{{_address(entry.archived_url)}}}",
        "language": entry.language,
    }
    lines = [
        f"  {name} = {value}" if name == "month" else f"  {name} = {{{value}}}"
        for name, value in fields.items()
        if value is not None
    ]
    return f"@{type_}{{{_key(entry.key)},\n" + ",\n".join(lines) + "\n}\n"


def _key(key: str) -> str:
    """Give a key that BibTeX takes: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9-]+", "-", plain)


def _escaped(text: str) -> str:
    return "".join(_BIBTEX.get(one, one) for one in _line(text))


def _address(url: str) -> str:
    """Give an address in which nothing can end a field of BibTeX."""
    return url.replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")


def _line(text: str) -> str:
    """Give text without line breaks and other control characters, which end a field."""
    return re.sub(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text).strip()


def _ris(entry: Entry) -> str:
    parts = [*entry.issued, "", "", ""][:3]
    day = "/".join(f"{part:02}" if isinstance(part, int) else "" for part in parts)
    fields = (
        ("TY", _TYPES.get(entry.kind, _OTHER)[2]),
        ("ID", entry.key),
        ("TI", entry.title),
        ("AU", entry.author),
        ("T2" if entry.kind == "news" else "PB", entry.publisher),
        ("PY", str(entry.issued[0]) if entry.issued else None),
        ("DA", f"{day}/" if entry.issued else None),
        ("ET", entry.version),
        ("LA", entry.language),
        ("UR", entry.url),
        ("L1", entry.archived_url),
        ("Y2", None if entry.accessed is None else f"{entry.accessed:%Y/%m/%d}/"),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in fields if value is not None)


def _text(entry: Entry) -> str:
    author, publisher = entry.author or entry.publisher, entry.publisher
    issued = "-".join(f"{part:02}" for part in entry.issued) or "n.d."
    told = f"{author} ({issued})."
    if entry.title is not None:
        told += f" {entry.title}" + (" [Data set]." if entry.kind == "dataset" else ".")
    if entry.version is not None:
        publisher += f", {entry.version}"
    if author != publisher:
        told += f" {publisher}."
    if entry.url is not None:
        told += f" {entry.url}"
    if entry.archived_url is not None:
        told += f" (archived: {entry.archived_url})"
    if entry.accessed is not None:
        told += f" (accessed {entry.accessed})"
    return _line(told)
