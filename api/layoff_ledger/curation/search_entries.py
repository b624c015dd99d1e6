"""Documents → what is searched of them, written together with their versions.

Text stays as the document has it; beside it stand its folded words and their English stems, each
with its places in the text and a weight. Nothing here decides what a query means (`search.py`).
"""

from __future__ import annotations

import datetime
import functools
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from layoff_ledger import files, types, words
from layoff_ledger.curation.load import Connection

NOW = 2_147_483_647
"""The last revision of a version that still holds."""
MOST_WORDS = 8_000
"""Words of a document that are searched; PostgreSQL knows 16,383 places."""
MOST_STEMS = 200_000
"""Stems that are kept in memory."""
LONGEST_NAME = 200
"""Letters of a name by which it is found."""
BATCH = 500
"""Documents of which entries are made at once: few, because many small objects cost time."""

Weight = Literal["A", "B", "C", "D"]
# Resource → the struct of its documents and their key.
SEARCHED: dict[str, tuple[type[Struct], str]] = {
    "wave": (types.Wave, "id"),
    "company": (types.Company, "id"),
    "source": (types.Source, "id"),
    "driver": (types.Driver, "code"),
    "role": (types.Role, "code"),
}
# A name is not typed from the word that says what kind of company it is.
LEGAL_FORMS = frozenset(
    {
        "ab", "ag", "asa", "bv", "co", "company", "corp", "corporation", "gmbh",
        "inc", "incorporated", "limited", "llc", "llp", "lp", "ltd", "nv", "oy",
        "oyj", "plc", "sa", "sas", "se", "spa", "srl",
    }
)  # fmt: skip


class Entry(Struct):
    """What is searched of one document."""

    label: str
    exact: list[str] = []
    """Names, titles and identifiers as people write them."""
    parts: list[tuple[Weight, str]] = []
    """Weight and text; the first says what the label says."""
    hidden: list[str] = []
    """Words that find it and are not shown: those of its id, a CIK without its zeros."""


class Name(Struct, frozen=True):
    """What a company is found by while it is typed; the table's comments say what a place is."""

    kind: str
    place: int
    written: str
    folded: str


def entry_of(resource: str, document: Any) -> Entry:
    """Give what is searched of a document."""
    made = _ENTRIES[resource](document)
    seen: set[str] = set()
    kept: list[tuple[Weight, str]] = []
    for weight, text in made.parts:
        line = _line(text)
        if line and line not in seen:
            seen.add(line)
            kept.append((weight, line))
    made.parts = kept
    return made


@functools.lru_cache(maxsize=20_000)
def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _present(weight: Weight, *texts: str | None) -> Iterator[tuple[Weight, str]]:
    for text in texts:
        if text:
            yield weight, text


def _day(on: datetime.date, precision: str) -> str:
    """Give a date as precisely as it is known."""
    return {
        "year": f"{on:%Y}",
        "quarter": f"{on:%Y}-Q{(on.month + 2) // 3}",
        "month": f"{on:%Y-%m}",
    }.get(precision, on.isoformat())


def _entry_of_wave(document: Any) -> Entry:
    day = _day(document.announced_on, document.announced_precision)
    label = f"{document.company.name}, {day}"
    if document.title:
        label = f"{document.company.name}: {document.title}"
    claims = [
        claim
        for name in ("events", "magnitudes", "drivers", "roles", "context")
        for claim in getattr(document, name)
        # As everywhere: what is known to be wrong is not found.
        if claim.rank != "deprecated"
    ]
    cited = {n for claim in claims for n in claim.citations} | set(document.form_citations)
    if document.scope is not None:
        cited.update(document.scope.citations)
        claims.append(document.scope)
    entry = Entry(label, [label, _bare(document.id), *_present_texts(document.title)])
    entry.parts += [("B", label), *_present("A", document.title)]
    entry.hidden = _bare(document.id).split()
    for claim in claims:
        for name in ("driver", "role"):
            if (reference := getattr(claim, name, None)) is not None:
                entry.parts.append(("B", reference.label))
    if document.scope is not None:
        entry.parts += [("B", unit) for unit in document.scope.units]
    for claim in claims:
        for name in ("statement", "wording", "base", "fragment", "note"):
            entry.parts += _present("C", getattr(claim, name, None))
    entry.parts += _present("C", document.note)
    for citation in document.citations:
        if citation.n in cited:
            entry.parts += _present("C", citation.fragment)
            entry.parts += _present("D", citation.source.title, citation.source.publisher)
    return entry


def _present_texts(*texts: str | None) -> list[str]:
    return [text for text in texts if text]


def _bare(id_: str) -> str:
    """Give an id or a code as words."""
    return id_.replace("-", " ").replace("_", " ")


def _entry_of_company(document: Any) -> Entry:
    names = _present_texts(
        document.name, document.legal_name, *document.aliases, *document.former_names
    )
    entry = Entry(document.name, [*names, _bare(document.id)])
    entry.parts += [("A", name) for name in names]
    entry.hidden = _bare(document.id).split()
    for one in document.identifiers:
        entry.parts.append(("A", f"{_SCHEMES.get(one.scheme, one.scheme)} {one.value}".strip()))
        entry.exact += [one.value, f"{one.scheme} {one.value}"]
        if one.scheme == "cik":
            bare = one.value.lstrip("0") or "0"
            entry.hidden.append(bare)
            entry.exact += [bare, f"cik {bare}"]
        if one.scheme == "ticker":
            entry.exact.append(one.value.partition(":")[2])
    for reference, name in (("country", "name"), ("industry", "label"), ("parent", "name")):
        if (told := getattr(document, reference)) is not None:
            entry.parts.append(("B", getattr(told, name)))
    entry.parts += _present("C", document.note)
    return entry


_SCHEMES = {"cik": "CIK", "lei": "LEI", "wikidata": "Wikidata", "ticker": ""}


def _entry_of_source(document: Any) -> Entry:
    label = document.title or document.publisher
    entry = Entry(label, [label, _bare(document.id)])
    entry.parts.append(("A", label))
    entry.hidden = _bare(document.id).split()
    entry.parts += _present("B", document.publisher, document.author, document.original_publisher)
    entry.parts += _present("C", document.note)
    for claim in document.supports:
        entry.parts += _present("C", claim.fragment)
    return entry


def _entry_of_code(document: Any) -> Entry:
    synonyms = getattr(document, "synonyms", [])
    entry = Entry(document.label, [document.label, _bare(document.code), *synonyms])
    entry.parts.append(("A", document.label))
    entry.hidden = _bare(document.code).split()
    entry.parts += [("A", synonym) for synonym in synonyms]
    entry.parts += _present("B", getattr(document, "group", None), getattr(document, "axis", None))
    entry.parts.append(("C", document.definition))
    entry.parts += [("D", code) for one in document.crosswalks for code in one.codes]
    return entry


_ENTRIES = {
    "wave": _entry_of_wave,
    "company": _entry_of_company,
    "source": _entry_of_source,
    "driver": _entry_of_code,
    "role": _entry_of_code,
}


def names_of(document: Any) -> list[Name]:
    """Give all that a company is found by while it is typed, each once."""
    found: dict[tuple[str, int], Name] = {}

    def add(kind: str, place: int, written: str, parts: list[str]) -> None:
        folded = " ".join(parts)[:LONGEST_NAME]
        if folded:
            found.setdefault((folded, place), Name(kind, place, written, folded))

    called = [
        ("name", document.name),
        *(("alias", name) for name in document.aliases),
        *(("former_name", name) for name in document.former_names),
    ]
    for kind, written in called:
        add(kind, 1 if kind == "name" else 2, written, words.words(written))
    if document.legal_name:
        add("legal_name", 2, document.legal_name, words.words(document.legal_name))
    for one in document.identifiers:
        parts = words.words(one.value)
        # Nobody types an LEI, and the first letter of one would only be in the way.
        add(one.scheme, 2 if one.scheme == "ticker" else 4, one.value, parts)
        if one.scheme == "cik":
            # All begin with zeros; who types begins with what comes after them.
            add(one.scheme, 2, one.value, [one.value.lstrip("0") or "0"])
        if one.scheme == "ticker":
            add(one.scheme, 2, one.value, words.words(one.value.partition(":")[2]))
    add("id", 2, document.id, words.words(document.id))
    for kind, written in called:
        parts = words.words(written)
        # "generalmotors" finds General Motors.
        add(kind, 2, written, ["".join(parts)])
        for rest in words.all_but_first(parts):
            if rest[0] not in LEGAL_FORMS:
                add(kind, 3, written, rest)
    firsts = {one.folded for one in found.values() if one.place == 1}
    return [one for one in found.values() if one.place == 1 or one.folded not in firsts]


class _Stems:
    """English stems of words, asked for in one go and kept for the next batch."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    async def learn(self, connection: Connection, wanted: Iterable[str]) -> None:
        if len(self.known) > MOST_STEMS:
            self.known.clear()
        missing = [word for word in wanted if word not in self.known]
        if missing:
            rows = await connection.fetch(
                "select word, coalesce((ts_lexize('english_stem', word))[1], word) as stem "
                "from unnest($1::text[]) as word",
                missing,
            )
            self.known.update((row["word"], row["stem"]) for row in rows)


# Weight → place → both as a tsvector is written.
_WRITTEN = {
    weight: [f"{place}{weight}" for place in range(MOST_WORDS + 1)]
    for weight in ("A", "B", "C", "D")
}


def _occurring(entry: Entry) -> Iterator[str]:
    """Give the words of an entry, some of them more than once."""
    for _, text in entry.parts:
        for word, _ in words.places(text)[1]:
            yield word
    yield from entry.hidden


def _vector(entry: Entry, stems: dict[str, str]) -> str:
    """Give the words of an entry as a tsvector is written, with their places and weights.

    Words have letters and digits only, so nothing is escaped.
    """
    places: dict[str, list[str]] = {}
    before = 1
    for weight, text in entry.parts:
        number, found = words.places(text)
        written = _WRITTEN[weight]
        for word, place in found:
            if before + place > MOST_WORDS:
                break
            at = written[before + place]
            stem = stems[word]
            for lexeme in (word,) if stem == word else (word, stem):
                if lexeme in places:
                    places[lexeme].append(at)
                else:
                    places[lexeme] = [at]
        before += number
        if before > MOST_WORDS:
            break
    for word in entry.hidden:
        places.setdefault(word, []).append(f"{min(before, MOST_WORDS) + 1}A")
    return " ".join(f"'{lexeme}':{','.join(found)}" for lexeme, found in places.items())


_STEMS = _Stems()


class Version(Struct, frozen=True):
    """A document and for which revisions it holds."""

    id: str
    first_revision: int
    last_revision: int
    document: Any


async def write(
    connection: Connection,
    resource: str,
    revision: int,
    ended: list[str],
    fresh: list[tuple[str, Any]],
) -> None:
    """End the entries of some records with the revision before, and write those of new versions.

    `fresh` has the id and the document of each.
    """
    if resource not in SEARCHED:
        return
    if ended:
        await connection.execute(
            "update ledger.search_version set last_revision = $1 "
            "where resource = $2 and id = any($3::text[]) and last_revision = $4",
            revision - 1,
            resource,
            ended,
            NOW,
        )
    if ended and resource == "company":
        await connection.execute(
            "update ledger.company_name_version set last_revision = $1 "
            "where company = any($2::text[]) and last_revision = $3",
            revision - 1,
            ended,
            NOW,
        )
    if fresh:
        await _insert(
            connection, resource, [Version(id_, revision, NOW, document) for id_, document in fresh]
        )


async def _insert(connection: Connection, resource: str, versions: list[Version]) -> None:
    for start in range(0, len(versions), BATCH):
        await _insert_batch(connection, resource, versions[start : start + BATCH])


async def _insert_batch(connection: Connection, resource: str, versions: list[Version]) -> None:
    entries = [entry_of(resource, one.document) for one in versions]
    # Word → the revision in which it first occurs; versions come in the order of revisions.
    occurring: dict[str, int] = {}
    for version, entry in zip(versions, entries, strict=True):
        for word in _occurring(entry):
            occurring.setdefault(word, version.first_revision)
    await _STEMS.learn(connection, occurring)
    # Not copied: a tsvector has no binary form that asyncpg could write.
    await connection.execute(
        files.statement("queries/write_search_entries.sql"),
        resource,
        [one.id for one in versions],
        [one.first_revision for one in versions],
        [one.last_revision for one in versions],
        [entry.label for entry in entries],
        ["\n".join(_folded(entry.exact)) for entry in entries],
        ["\n".join(text for _, text in entry.parts) for entry in entries],
        [_vector(entry, _STEMS.known) for entry in entries],
    )
    named: dict[str, int] = {}
    if resource == "company":
        named = await _insert_names(connection, versions)
    kept = sorted(word for word in {**named, **occurring} if words.is_correctable(word))
    await _STEMS.learn(connection, kept)
    await connection.execute(
        files.statement("queries/write_words.sql"),
        kept,
        [_STEMS.known[word] for word in kept],
        [word in named for word in kept],
        [min(one[word] for one in (named, occurring) if word in one) for word in kept],
    )


def _folded(exact: list[str]) -> list[str]:
    folded = {" ".join(words.words(text)) for text in exact}
    return sorted((folded | {words.closed(text) for text in exact}) - {""})


async def _insert_names(connection: Connection, versions: list[Version]) -> dict[str, int]:
    """Write what companies are found by while they are typed.

    Gives the words of their names, each with the revision in which it first occurs.
    """
    named: dict[str, int] = {}
    rows = []
    for one in versions:
        for name in names_of(one.document):
            for word in name.folded.split(" "):
                named.setdefault(word, one.first_revision)
            rows.append(
                (
                    one.id, one.first_revision, one.last_revision, name.kind, name.place,
                    name.written, name.folded, one.document.totals.waves,
                )
            )  # fmt: skip
    await connection.copy_records_to_table(
        "company_name_version",
        schema_name="ledger",
        columns=[
            "company", "first_revision", "last_revision", "kind", "place", "written", "folded",
            "waves",
        ],
        records=rows,
    )  # fmt: skip
    return named


async def bring_up(connection: Connection) -> None:
    """Make the entries of all versions anew, unless this code made those that are there.

    So a ledger that was published before anything was searched, or when it was searched otherwise,
    gets entries for every version that it ever had. Needs memory for one batch.
    """
    code = files.digest(Path(__file__), Path(words.__file__))
    stored = await connection.fetchval("select digest from ledger.input where name = 'search'")
    if stored == code:
        return
    # Not truncated: those who read now would have to wait for the commit.
    for table in ("search_version", "company_name_version", "word"):
        await connection.execute(f"delete from ledger.{table}")
    for resource, (struct, key) in SEARCHED.items():
        decode = msgspec.json.Decoder(types.stored(struct)).decode
        cursor = await connection.cursor(
            f"select id::text as id, first_revision, last_revision, body "
            f"from ledger.{resource}_version order by first_revision, id"
        )
        while rows := await cursor.fetch(BATCH):
            versions = [
                Version(
                    row["id"],
                    row["first_revision"],
                    row["last_revision"],
                    decode(f'{{"{key}":"{row["id"]}",{row["body"]}'),
                )
                for row in rows
            ]
            await _insert(connection, resource, versions)
    await connection.execute(
        "insert into ledger.input (name, digest) values ('search', $1) "
        "on conflict (name) do update set digest = excluded.digest",
        code,
    )
