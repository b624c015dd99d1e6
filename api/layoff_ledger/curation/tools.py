"""Tools for curators: skeletons of new files, a wave in the terminal, schemas for editors."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from layoff_ledger import vocabulary
from layoff_ledger.curation import read, records
from layoff_ledger.curation.rules.base import claims

SKELETON = """\
# What happened, in a sentence.
company = "{company}"
# title = "Only if it has a name of its own"
# note = "What a reader has to know: conflicts, overlaps, doubts."

# At least one event; the date as precise as the source: 2023-03-14, 2023-03, 2023-Q1, 2023.
[[events]]
on = "{date}"
kind = "announced"        # {statuses}
statement = "One sentence in our words."
speaker = "company"       # {speakers}
citations = [{{ source = "", evidence = "excerpt_read" }}]    # {evidence}

# value; or low (at_least), high (up_to), low and high (range).
[[magnitudes]]
measure = "headcount"     # {measures}
value = 0
qualifier = "exact"       # {qualifiers}
# counts = "gross"        # {counts}
# base = ""               # what it is of, if not of the whole company; then countries, subdivisions
# cumulative = true       # earlier cuts are in it: includes = ["wave ids"], increment = 0
rank = "preferred"        # {ranks}
speaker = "company"
citations = [{{ source = "", fragment = "at most twelve words", evidence = "excerpt_read" }}]

[[drivers]]
driver = ""               # a code of drivers.toml
weight = "primary"        # {weights}
speaker = "company"
stance = "states"         # {stances}
statement = "One sentence in our words."
citations = [{{ source = "", evidence = "excerpt_read" }}]

[[roles]]
role = ""                 # a code of roles.toml
effect = "cut"            # {effects}
speaker = "press"
citations = [{{ source = "", evidence = "excerpt_read" }}]

# [scope]                 # worldwide, countries, subdivisions (US-CA), sites, units
# [forms]                 # codes = ["layoff"]; {forms}
# [[context]]             # kind: {contexts}
# [[relations]]           # relation: {relations}
"""


COMPANY_SKELETON = """\
[{id}]
name = ""                 # as people know it
# legal_name = ""         # as registered
# aliases = []            # other names in use
# former_names = []
# country = ""            # of the seat: ISO 3166-1, two letters, such as US or GB
# industry = ""           # sector of NAICS 2022, a key of industries.toml, such as "51"
# parent = ""             # id of the company that owns it
# identifiers = {{ {schemes} }}
"""

SOURCE_SKELETON = """\
[{id}]
url = ""                  # the page's own address: no AMP, no ?utm_…; left out if none is known
# title = ""              # as published
publisher = ""            # whose page it is
# author = ""             # the byline
kind = "news"             # {kinds}
standing = "established"  # {standings}
# original_publisher = "" # whose text a republication copies
# language = "en"         # ISO 639
{published}
# retrieved_on = ""       # when its text was read
"""

SHARED_SOURCES = "several-companies.toml"
"""File below `sources/` for sources whose id does not begin with that of a company."""


def skeleton(company: str, date: str) -> str:
    """Return a commented file for a new wave; raise `ValueError` if the date is not one."""
    records.partial_date(date)

    def listed(closed: object) -> str:
        return ", ".join(vocabulary.codes(closed))

    return SKELETON.format(
        company=company,
        date=date,
        statuses=", ".join(vocabulary.STATUSES),
        forms=", ".join(vocabulary.FORMS),
        contexts=", ".join(vocabulary.CONTEXT_KINDS),
        speakers=listed(vocabulary.Speaker),
        evidence=listed(vocabulary.Evidence),
        measures=listed(vocabulary.Measure),
        qualifiers=listed(vocabulary.Qualifier),
        counts=listed(vocabulary.Counts),
        ranks=listed(vocabulary.Rank),
        weights=listed(vocabulary.Weight),
        stances=listed(vocabulary.Stance),
        effects=listed(vocabulary.Effect),
        relations=listed(vocabulary.Relation),
    )


def wave_id(company: str, date: str, taken: set[str]) -> str:
    """Return the id of a new wave: with `-b`, `-c` … if that month already has one."""
    start = f"{company}-{records.partial_date(date).on:%Y-%m}"
    return next(
        id_
        for suffix in ("", *(f"-{letter}" for letter in "bcdefghijklmnopqrstuvwxyz"))
        if (id_ := f"{start}{suffix}") not in taken
    )


def add_company(data: Path, id_: str) -> Path:
    """Write the skeleton of a company into `companies.toml`, in the order of the ids."""
    schemes = ", ".join(f'{scheme} = ""' for scheme in vocabulary.IDENTIFIER_SCHEMES)
    path = data / "companies.toml"
    _insert(path, id_, COMPANY_SKELETON.format(id=id_, schemes=schemes))
    return path


def add_source(data: Path, id_: str, companies: set[str]) -> Path:
    """Write the skeleton of a source into the file of the company whose id its own begins with."""
    owners = [one for one in companies if id_.startswith(f"{one}-")]
    name = f"{max(owners, key=len)}.toml" if owners else SHARED_SOURCES
    day = re.search(r"-(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:-[a-z])?$", id_)
    published = f'published_on = "{day[1]}"' if day else '# published_on = ""       # as known'
    text = SOURCE_SKELETON.format(
        id=id_,
        published=published,
        kinds=", ".join(vocabulary.SOURCE_KINDS),
        standings=", ".join(vocabulary.codes(vocabulary.Standing)),
    )
    path = data / "sources" / name
    path.parent.mkdir(exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before.rstrip()}\n\n{text}".lstrip(), encoding="utf-8")
    return path


def _insert(path: Path, id_: str, text: str) -> None:
    """Insert a table before the first one whose key is greater; keep everything else as it is."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    greater = (
        number
        for number, line in enumerate(lines)
        if line.startswith("[") and line[1:].rstrip("]\n") > id_
    )
    before = next(greater, len(lines))
    # A comment above a table belongs to it.
    while 0 < before < len(lines) and lines[before - 1].startswith("#"):
        before -= 1
    head, tail = "".join(lines[:before]).rstrip(), "".join(lines[before:])
    written = f"{head}\n\n{text}".lstrip() + (f"\n{tail}" if tail else "")
    path.write_text(written, encoding="utf-8")


def show(curated: read.Curated, id_: str, console: Console) -> None:
    """Print a wave with its claims and citations."""
    wave = curated.waves[id_]
    company = curated.companies.get(wave.company)
    name = company.name if company else wave.company
    console.print(
        f"[bold]{escape(name)}[/]  {id_}" + (f"  “{escape(wave.title)}”" if wave.title else "")
    )
    if wave.note:
        console.print(escape(wave.note), style="italic")
    table = Table("claim", "what", "who", "where", show_lines=True)
    for located in claims(wave):
        note = f"\n[dim]{escape(located.claim.note)}[/]" if located.claim.note else ""
        table.add_row(
            f"{located.path}\n[dim]{located.claim.rank}[/]",
            f"{escape(_what(located.claim))}{note}",
            located.claim.speaker,
            "\n".join(escape(_where(curated, one)) for one in located.claim.citations),
        )
    console.print(table)
    for relation in wave.relations:
        console.print(f"{relation.relation} {relation.wave}  [dim]{escape(relation.note or '')}[/]")


def _what(claim: records.Claim) -> str:
    shared = set(records.Claim.__struct_fields__)
    lines = []
    for name in claim.__struct_fields__:
        value = getattr(claim, name)
        if name in shared or value in (None, []):
            continue
        if isinstance(value, records.PartialDate):
            value = f"{value.on} ({value.precision})"
        lines.append(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    return "\n".join(lines)


def _where(curated: read.Curated, citation: records.Citation) -> str:
    source = curated.sources.get(citation.source)
    publisher = f"{source.publisher}, {source.standing}" if source else "unknown source"
    quoted = f" “{citation.fragment}”" if citation.fragment else ""
    locator = f" {citation.locator}" if citation.locator else ""
    return f"{citation.source} ({publisher}; {citation.evidence}){locator}{quoted}"


def write_schemas(folder: Path) -> list[Path]:
    """Write a JSON Schema for each kind of file, for editors that complete and check TOML."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    structs: dict[str, type[records.Record]] = {"waves": records.Wave, **read.TABLES}
    for kind, struct in structs.items():
        schema = _schema(struct)
        if kind != "waves":
            # These files hold tables of records, keyed by id.
            definitions = schema.pop("$defs")
            schema = {"type": "object", "additionalProperties": schema, "$defs": definitions}
        schema = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
        path = folder / f"{kind}.schema.json"
        path.write_bytes(msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n")
        written.append(path)
    return written


def _schema(struct: type[records.Record]) -> dict[str, Any]:
    (reference,), definitions = msgspec.json.schema_components(
        [struct], ref_template="#/$defs/{name}"
    )
    for one in definitions.values():
        # The id is the file's name or the table's key.
        one.get("properties", {}).pop("id", None)
    # A date is written as text, as precisely as it is known.
    definitions["PartialDate"] = {
        "type": "string",
        "pattern": r"^\d{4}(-\d\d(-\d\d)?|-Q[1-4])?$",
        "description": "2023-03-14, 2023-03, 2023-Q1 or 2023.",
    }
    return {**reference, "$defs": definitions}
