"""Bibliography entries → CSL-JSON, BibTeX, RIS, and a plain line; all UTF-8.

Unknown fields are left out. A byline stays as it was printed (`literal`): names cannot be told
apart safely.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec

from layoff_ledger.formats.base import Format
from layoff_ledger.resources.bibliography import BibliographyEntry, Consulted, of_question

# Kind of source → its type in CSL, BibTeX and RIS.
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
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _hyphened(parts: tuple[int, ...]) -> str:
    return "-".join(f"{part:02}" for part in parts)


def _csl(entry: BibliographyEntry) -> dict[str, Any]:
    news = entry.kind == "news"
    fields: dict[str, Any] = {
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
        "note": entry.note,
    }
    return {name: value for name, value in fields.items() if value is not None}


_BIBTEX = {
    "\\": r"\textbackslash{}",
    # BibTeX also counts `\{` as a brace, so that a lone one would swallow what follows.
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


def _bibtex(entry: BibliographyEntry) -> str:
    type_ = _TYPES.get(entry.kind, _OTHER)[1]
    place = {"article": "journal", "techreport": "institution"}.get(type_, "howpublished")
    fields = {
        # Double braces: BibTeX would otherwise turn capitals into lower case.
        "title": None if entry.title is None else f"{{{_escaped(entry.title)}}}",
        # One author, whatever words the byline contains.
        "author": None if entry.author is None else f"{{{_escaped(entry.author)}}}",
        # One publisher, even if its name contains the word `and`.
        place: f"{{{_escaped(entry.publisher)}}}",
        "year": str(entry.issued[0]) if entry.issued else None,
        "month": _MONTHS[entry.issued[1] - 1] if len(entry.issued) > 1 else None,
        "day": str(entry.issued[2]) if len(entry.issued) > 2 else None,  # noqa: PLR2004
        "version": entry.version,
        "url": None if entry.url is None else _address(entry.url),
        "urldate": _hyphened(entry.accessed) or None,
        "note": ". ".join(_notes(entry)) or None,
        "language": entry.language,
    }
    lines = [
        f"  {name} = {value}" if name == "month" else f"  {name} = {{{value}}}"
        for name, value in fields.items()
        if value is not None
    ]
    return f"@{type_}{{{_key(entry.key)},\n" + ",\n".join(lines) + "\n}\n"


def _notes(entry: BibliographyEntry) -> Iterator[str]:
    if entry.note is not None:
        yield _escaped(entry.note)
    if entry.archived_url is not None:
        yield rf"Archived: \url{{{_address(entry.archived_url)}}}"


def _key(key: str) -> str:
    """Return a key that BibTeX accepts: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9-]+", "-", plain)


def _escaped(text: str) -> str:
    return "".join(_BIBTEX.get(one, one) for one in _line(text))


def _address(url: str) -> str:
    """Return an address in which nothing can end a BibTeX field."""
    return _line(url).replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")


def _line(text: str) -> str:
    """Return text without line breaks and other control characters, which end a field."""
    return re.sub(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text).strip()


def _ris(entry: BibliographyEntry) -> str:
    fields = (
        ("TY", _TYPES.get(entry.kind, _OTHER)[2]),
        ("ID", entry.key),
        ("TI", entry.title),
        ("AU", entry.author),
        ("T2" if entry.kind == "news" else "PB", entry.publisher),
        ("PY", str(entry.issued[0]) if entry.issued else None),
        ("DA", _slashed(entry.issued)),
        ("ET", entry.version),
        ("N1", entry.note),
        ("LA", entry.language),
        ("UR", entry.url),
        ("L1", entry.archived_url),
        ("Y2", _slashed(entry.accessed)),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in fields if value is not None)


def _slashed(parts: tuple[int, ...]) -> str | None:
    """Write a date as RIS does, `2023/03//`: unknown parts stay empty."""
    if not parts:
        return None
    return "/".join([*(f"{part:02}" for part in parts), "", "", ""][:3]) + "/"


def _text(entry: BibliographyEntry) -> str:
    author, publisher = entry.author or entry.publisher, entry.publisher
    issued = _hyphened(entry.issued) or "n.d."
    text = f"{author} ({issued})."
    if entry.title is not None:
        text += (
            f" {entry.title} [Data set]." if entry.kind == "dataset" else f" {_ended(entry.title)}"
        )
    if entry.version is not None:
        publisher += f", {entry.version}"
    if author != publisher:
        text += f" {_ended(publisher)}"
    if entry.url is not None:
        text += f" {entry.url}"
    if entry.archived_url is not None:
        text += f" (archived: {entry.archived_url})"
    if entry.accessed:
        text += f" (accessed {_hyphened(entry.accessed)})"
    if entry.note is not None:
        text += f" {_ended(entry.note)}"
    return _line(text)


def _ended(text: str) -> str:
    """Return a sentence with a single full stop or other mark at its end."""
    text = text.rstrip()
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _written_day(what: str) -> str:
    return f"A citation {what}, with revision and day of access."


CSL_ITEM: dict[str, Any] = {
    "type": "object",
    "description": "What is cited, as an item of CSL-JSON; what is unknown is left out.",
    "required": ["id", "type"],
    "properties": {
        "id": {"type": "string", "description": "Key of the item."},
        "type": {
            "type": "string",
            "description": "Type of CSL. More may be added.",
            "examples": sorted({one[0] for one in (*_TYPES.values(), _OTHER)}),
        },
        "title": {"type": "string", "description": "Title."},
        "author": {
            "type": "array",
            "description": "The byline as it was printed, as one name.",
            "items": {"$ref": "#/components/schemas/CslName"},
        },
        "container-title": {"type": "string", "description": "Newspaper or site, for news."},
        "publisher": {"type": "string", "description": "Publisher, for everything else."},
        "issued": {"$ref": "#/components/schemas/CslDate"},
        "accessed": {"$ref": "#/components/schemas/CslDate"},
        "version": {"type": "string", "description": "Revision of the ledger."},
        "language": {"type": "string", "description": "BCP 47 tag."},
        "URL": {"type": "string", "format": "uri", "description": "Web address."},
        "archive_location": {
            "type": "string",
            "format": "uri",
            "description": "Address of a copy in an archive.",
            "examples": ["https://web.archive.org/web/2023/https://about.fb.com/news/"],
        },
        "note": {
            "type": "string",
            "description": "The collection that the records belong to.",
            "examples": ["WARN Notice Register (bchaps1999), Apache-2.0"],
        },
    },
}
CSL_NAME: dict[str, Any] = {
    "type": "object",
    "description": "A name of CSL-JSON.",
    "required": ["literal"],
    "properties": {"literal": {"type": "string", "description": "The name as it was printed."}},
}
CSL_DATE: dict[str, Any] = {
    "type": "object",
    "description": "A date of CSL-JSON.",
    "required": ["date-parts"],
    "properties": {
        "date-parts": {
            "type": "array",
            "description": "One list: the year, then month and day as far as they are known.",
            "items": {"type": "array", "items": {"type": "integer"}},
        }
    },
}
CSL = Format(
    name="csl",
    media_type="application/vnd.citationstyles.csl+json",
    # It is JSON, and may be read as such.
    schema={
        "type": "array",
        "description": _written_day("as CSL-JSON"),
        "items": {"$ref": "#/components/schemas/CslItem"},
    },
    cite=lambda entries: msgspec.json.encode([_csl(entry) for entry in entries]),
)
BIBTEX = Format(
    name="bibtex",
    media_type="application/x-bibtex",
    suffix=".bib",
    meaning=_written_day("as BibTeX"),
    cite=lambda entries: "\n".join(_bibtex(entry) for entry in entries).encode(),
)
RIS = Format(
    name="ris",
    media_type="application/x-research-info-systems",
    suffix=".ris",
    meaning=_written_day("as RIS"),
    cite=lambda entries: "".join(_ris(entry) for entry in entries).encode(),
)
TEXT = Format(
    name="text",
    media_type="text/x-bibliography",
    meaning=_written_day("as plain text"),
    cite=lambda entries: "".join(f"{_text(entry)}\n" for entry in entries).encode(),
)


def undated(
    title: str,
    url: str,
    revision: int,
    published_at: datetime.datetime,
    attribution: str | None,
) -> str:
    """Cite an answer as a line of text without a day of access: it is the same every day."""
    consulted = Consulted(url, revision, published_at, published_at.date(), attribution)
    (entry,) = of_question(title, consulted)
    return _text(msgspec.structs.replace(entry, accessed=()))
