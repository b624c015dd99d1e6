"""A file of notices → the draft of its mapping: what its columns probably mean, to be checked.

A guess is written where it can be read, and is never used by itself.
"""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz import fuzz, process

from layoff_ledger.imports import mapping, tables
from layoff_ledger.search.tokens import words

_SYNONYMS = {
    "key": ("notice id", "warn id", "warn number", "id"),
    "jurisdiction": ("state code",),
    "employer": (
        "company", "company name", "employer name", "business name", "firm",
        "location name",
    ),
    "place": ("city", "town", "location", "city town", "site city", "location city"),
    "county": ("county", "county parish", "parish"),
    "county_code": ("fips", "county fips"),
    "address": ("address", "street address", "site address", "company address", "location address"),
    "notice_on": ("notice date", "warn date", "date of notice", "warn notice date", "date"),
    "received_on": ("received date", "date received", "received", "state notification date"),
    "effective_on": (
        "effective date", "layoff date", "date effective", "impact date", "separation date",
        "closure date", "lo cl date",
    ),
    "jobs": (
        "number of employees affected", "employees affected", "workers affected", "affected",
        "number affected", "workers", "no of employees", "employees", "total layoffs", "count",
    ),
    "kind": ("layoff type", "type", "closure layoff", "type of layoff", "action type"),
    "temporary": ("temporary", "permanent or temporary", "is temporary"),
    "naics": ("naics", "naics code", "industry code"),
    "stated_cause": ("reason", "cause", "reason for layoff", "causes"),
    "occupations": ("occupations", "positions", "job titles"),
    "source_id": ("reference", "event number", "case number"),
    "source_url": ("url", "link", "source"),
}  # fmt: skip
_CLOSE = 87
"""From this similarity on, a header is probably a misspelt synonym."""
_SAMPLED = 200
_FORMATS = (
    "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%d.%m.%Y", "%Y/%m/%d", "%B %d, %Y", "%b %d, %Y",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d-%b-%y", "%d/%m/%Y",
)  # fmt: skip


def draft(path: Path) -> str:
    """Return a mapping as TOML, with examples from each column; raise `tables.TableError`."""
    found = tables.tables_of(path)
    table = next(found, None)
    if table is None:
        message = f"{path}: it has no table with a header of more than two columns"
        raise tables.TableError(message)
    rows = [row for _, row in itertools.islice(table.rows, _SAMPLED)]
    found.close()
    columns = dict(_matches(table.header))
    lines = [f"# Draft of what the columns of {table.name} mean: check every line."]
    dates = _formats(rows, [columns[one] for one in mapping.DATES if one in columns])
    if dates:
        lines += [f"dates = {json.dumps(dates)}", ""]
    lines.append("[columns]")
    for field in mapping.FIELDS:
        if field in columns:
            column = columns[field]
            lines.append(f"{field} = {json.dumps(column)}  # {_examples(rows, column)}")
    if "employer" not in columns:
        lines.append('employer = "?"  # the column with the name of the employer')
    unused = [name for name in table.header if name not in columns.values()]
    lines += [f"# not used: {json.dumps(name)}: {_examples(rows, name)}" for name in unused]
    if "jurisdiction" not in columns:
        lines += ["", "[constants]", 'jurisdiction = "US-??"  # ISO 3166-2 of the authority']
    return "\n".join(lines) + "\n"


def _matches(header: list[str]) -> Iterator[tuple[str, str]]:
    """Yield fields and columns with similar names, the surest first; each column once."""
    folded = {column: " ".join(words(column.replace("_", " "))) for column in header}
    taken: set[str] = set()
    found: set[str] = set()
    scored = []
    for field, synonyms in _SYNONYMS.items():
        for place, name in enumerate((field.replace("_", " "), *synonyms)):
            for _, score, column in process.extract(name, folded, scorer=fuzz.ratio, limit=3):
                scored.append((-score, place, field, column))
    for negative, _, field, column in sorted(scored):
        if -negative >= _CLOSE and field not in found and column not in taken:
            found.add(field)
            taken.add(column)
            yield field, column


def _formats(rows: list[tables.Row], columns: list[str]) -> list[str]:
    """Return the formats of the dates in some columns, without those of ISO 8601."""
    found: list[str] = []
    for column in columns:
        left = {row.get(column, "").strip() for row in rows} - {""}
        left = {one for one in left if not _reads(one, "%Y-%m-%d")}
        for format_ in (*found, *_FORMATS):
            read = {one for one in left if _reads(one, format_)}
            if read and format_ not in found:
                found.append(format_)
            left -= read
    return found


def _reads(written: str, format_: str) -> bool:
    try:
        datetime.datetime.strptime(written, format_)  # noqa: DTZ007 a day
    except ValueError:
        return False
    return True


def _examples(rows: list[tables.Row], column: str) -> str:
    values = dict.fromkeys(" ".join(row.get(column, "").split())[:30] for row in rows)
    examples = [one for one in values if one][:3]
    return ", ".join(examples) or "nothing in the first rows"
