"""Records → bibliographic citations: CSL-JSON, BibTeX, RIS, and a line to read.

The ledger's own record is a dataset with its revision as version and the day of access; a source is
cited as itself. What is unknown is left out. A byline stays as it was printed (`literal`): names
cannot be told apart safely.
"""

from __future__ import annotations

import datetime
import hashlib
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
    accessed: tuple[int, ...] = ()
    """Year, month, day of reading: as much as is known."""
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
    title = f"{wave.company.name}: {what} ({_span(wave.announced_on, wave.announced_precision)})"
    entries = {
        wave.id: _own(
            f"layoff-ledger-{wave.id}-r{revision}",
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
                issued=_parts(cited.published_on, cited.published_precision),
                url=cited.url,
                archived_url=cited.archived_url,
                # A citation does not tell how precise `retrieved_on` is: no day is claimed.
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
            issued=_parts(source.published_on, source.published_precision),
            url=source.url,
            archived_url=source.archived_url,
            accessed=_parts(source.retrieved_on, source.retrieved_precision),
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
    """Give the ledger as what answers a question, at the permanent address of the answer.

    The key depends on the address, so that answers to two questions fit into one bibliography.
    """
    which = hashlib.sha256(url.encode()).hexdigest()[:8]
    return [
        _own(
            f"layoff-ledger-r{revision}-{which}",
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
        issued=_parts(published_at.astimezone(datetime.UTC).date(), "day"),
        url=url,
        accessed=_parts(accessed, "day"),
        version=f"revision {revision}",
        language="en",
    )


def _parts(on: datetime.date | None, precision: str | None) -> tuple[int, ...]:
    if on is None:
        return ()
    return (on.year, on.month, on.day)[: _PARTS[precision or "day"]]


def _span(on: datetime.date, precision: str) -> str:
    """Write a date as precisely as it is known: 2023, 2023-Q1, 2023-01 or 2023-01-20."""
    if precision == "quarter":
        return f"{on.year}-Q{(on.month + 2) // 3}"
    return _hyphened(_parts(on, precision))


def _hyphened(parts: tuple[int, ...]) -> str:
    return "-".join(f"{part:02}" for part in parts)


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
        "issued": {"date-parts": [entry.issued]} if entry.issued else None,
        "accessed": {"date-parts": [entry.accessed]} if entry.accessed else None,
        "version": entry.version,
        "language": entry.language,
        "URL": entry.url,
        "archive_location": entry.archived_url,
    }
    return {name: value for name, value in told.items() if value is not None}


_BIBTEX = {
    "\\": r"\textbackslash{}",
    # BibTeX counts `\{` as a brace too, so that a lone one would swallow what follows.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
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
    place = {"article": "journal", "techreport": "institution"}.get(type_, "howpublished")
    fields = {
        # Braces within braces: BibTeX would else put capitals into small letters.
        "title": None if entry.title is None else f"{{{_escaped(entry.title)}}}",
        # One author, whatever words the byline has.
        "author": None if entry.author is None else f"{{{_escaped(entry.author)}}}",
        # One publisher, also where its name has the word `and`.
        place: f"{{{_escaped(entry.publisher)}}}",
        "year": str(entry.issued[0]) if entry.issued else None,
        "month": _MONTHS[entry.issued[1] - 1] if len(entry.issued) > 1 else None,
        "day": str(entry.issued[2]) if len(entry.issued) > 2 else None,  # noqa: PLR2004
        "version": entry.version,
        "url": None if entry.url is None else _address(entry.url),
        "urldate": _hyphened(entry.accessed) or None,
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
    return _line(url).replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")


def _line(text: str) -> str:
    """Give text without line breaks and other control characters, which end a field."""
    return re.sub(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text).strip()


def _ris(entry: Entry) -> str:
    fields = (
        ("TY", _TYPES.get(entry.kind, _OTHER)[2]),
        ("ID", entry.key),
        ("TI", entry.title),
        ("AU", entry.author),
        ("T2" if entry.kind == "news" else "PB", entry.publisher),
        ("PY", str(entry.issued[0]) if entry.issued else None),
        ("DA", _slashed(entry.issued)),
        ("ET", entry.version),
        ("LA", entry.language),
        ("UR", entry.url),
        ("L1", entry.archived_url),
        ("Y2", _slashed(entry.accessed)),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in fields if value is not None)


def _slashed(parts: tuple[int, ...]) -> str | None:
    """Write a date as RIS does, `2023/03//`: the places of what is not known stay empty."""
    if not parts:
        return None
    return "/".join([*(f"{part:02}" for part in parts), "", "", ""][:3]) + "/"


def _text(entry: Entry) -> str:
    author, publisher = entry.author or entry.publisher, entry.publisher
    issued = _hyphened(entry.issued) or "n.d."
    told = f"{author} ({issued})."
    if entry.title is not None:
        told += (
            f" {entry.title} [Data set]." if entry.kind == "dataset" else f" {_ended(entry.title)}"
        )
    if entry.version is not None:
        publisher += f", {entry.version}"
    if author != publisher:
        told += f" {_ended(publisher)}"
    if entry.url is not None:
        told += f" {entry.url}"
    if entry.archived_url is not None:
        told += f" (archived: {entry.archived_url})"
    if entry.accessed:
        told += f" (accessed {_hyphened(entry.accessed)})"
    return _line(told)


def _ended(text: str) -> str:
    """Give a sentence with one mark at its end."""
    text = text.rstrip()
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."
