"""Documents → what search finds in them, written together with their versions.

Text stays as it is in the document; beside it are its folded words and their English stems, each
with its positions in the text and a weight. Nothing here decides what a query means (`query.py`).
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from layoff_ledger import copying, input_digests, paths, resources
from layoff_ledger.resources.base import Resource, SearchEntry, SearchWeight
from layoff_ledger.resources.company import COMPANY
from layoff_ledger.search import stems, tokens
from layoff_ledger.statement import OPEN_END, Connection

MAX_WORDS = 8_000
"""Words of a document that are searched; PostgreSQL allows 16,383 positions."""
MAX_STEMS = 200_000
"""Stems that are kept in memory."""
LONGEST_NAME = 200
"""Letters of a name by which it is found."""
BATCH = 500
"""Documents of which entries are made at once: few, because many small objects cost time."""

WORDS = 10_000
"""Words that are written at once."""

_COLUMNS = (
    "resource", "id", "first_revision", "last_revision", "label", "exact", "body", "words",
)  # fmt: skip
_NAME_COLUMNS = (
    "company", "first_revision", "last_revision", "kind", "place", "written", "folded", "waves",
)  # fmt: skip

# Nobody types a name from the word that says what kind of company it is.
LEGAL_FORMS = frozenset(
    {
        "ab", "ag", "asa", "bv", "co", "company", "corp", "corporation", "gmbh",
        "inc", "incorporated", "limited", "llc", "llp", "lp", "ltd", "nv", "oy",
        "oyj", "plc", "sa", "sas", "se", "spa", "srl",
    }
)  # fmt: skip


class Name(Struct, frozen=True):
    """What a company is found by while it is typed; the table's comments explain `place`."""

    kind: str
    place: int
    written: str
    folded: str


def entry_of(resource: Resource, document: Any) -> SearchEntry:
    """Return what search finds in a document, each text once and on one line."""
    if resource.search_entry is None:
        message = f"{resource.name} is not searched"
        raise TypeError(message)
    entry = resource.search_entry(document)
    seen: set[str] = set()
    kept: list[tuple[SearchWeight, str]] = []
    for weight, text in entry.parts:
        line = _line(text)
        if line and line not in seen:
            seen.add(line)
            kept.append((weight, line))
    entry.parts = kept
    return entry


@functools.lru_cache(maxsize=20_000)
def _line(text: str) -> str:
    composed = text if text.isascii() else unicodedata.normalize("NFC", text)
    return " ".join(composed.split())


def names_of(document: Any) -> list[Name]:
    """Return everything that a company is found by while it is typed, each once."""
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
        add(kind, 1 if kind == "name" else 2, written, tokens.words(written))
    if document.legal_name:
        add("legal_name", 2, document.legal_name, tokens.words(document.legal_name))
    for one in document.identifiers:
        parts = tokens.words(one.value)
        # Nobody types an LEI, and its first letter would only be in the way.
        add(one.scheme, 2 if one.scheme == "ticker" else 4, one.value, parts)
        if one.scheme == "cik":
            # All begin with zeros; people begin to type with what comes after them.
            add(one.scheme, 2, one.value, [one.value.lstrip("0") or "0"])
        if one.scheme == "ticker":
            add(one.scheme, 2, one.value, tokens.words(one.value.partition(":")[2]))
    add("id", 2, document.id, tokens.words(document.id))
    for kind, written in called:
        parts = tokens.words(written)
        # "generalmotors" finds General Motors.
        add(kind, 2, written, ["".join(parts)])
        for rest in tokens.all_but_first(parts):
            if rest[0] not in LEGAL_FORMS:
                add(kind, 3, written, rest)
    firsts = {one.folded for one in found.values() if one.place == 1}
    return [one for one in found.values() if one.place == 1 or one.folded not in firsts]


class _Stems:
    """English stems of words, queried in one go and kept for the next batch."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    async def learn(self, connection: Connection, wanted: Iterable[str]) -> None:
        if len(self.known) > MAX_STEMS:
            self.known.clear()
        missing = [word for word in wanted if word not in self.known]
        if missing:
            self.known |= await stems.stems_of(connection, missing)


# Weight → position → both as a tsvector writes them.
_WRITTEN = {
    weight: [f"{place}{weight}" for place in range(MAX_WORDS + 1)]
    for weight in ("A", "B", "C", "D")
}


Places = dict[str, str]
"""Word → its positions with their weights, as a tsvector writes them."""


class Entry(Struct, frozen=True):
    """What search finds in a document, and where each of its words is.

    Words consist of letters and digits only, so nothing is escaped.
    """

    searched: SearchEntry
    places: Places
    unwritten: Places
    """The same of words that are not in its text: they come after all others."""


def _entry(searched: SearchEntry) -> Entry:
    places: Places = {}
    before = 1
    for weight, text in searched.parts:
        number, found = tokens.places(text)
        if before + number > MAX_WORDS:
            found = tuple(one for one in found if before + one[1] <= MAX_WORDS)
        written = _WRITTEN[weight]
        for word, place in found:
            at = written[before + place]
            places[word] = f"{places[word]},{at}" if word in places else at
        before += number
        if before > MAX_WORDS:
            break
    after = min(before, MAX_WORDS) + 1
    unwritten = dict.fromkeys(searched.implied, f"{after}D")
    return Entry(searched, places, unwritten | dict.fromkeys(searched.hidden, f"{after}A"))


def _vector(entry: Entry, stem_of: dict[str, str]) -> str:
    """Return the words of an entry and their stems as a tsvector writes them."""
    lexemes = entry.places.copy()
    stemmed = [(stem_of[word], at) for word, at in entry.places.items() if stem_of[word] != word]
    for lexeme, at in itertools.chain(stemmed, entry.unwritten.items()):
        lexemes[lexeme] = f"{lexemes[lexeme]},{at}" if lexeme in lexemes else at
    return " ".join([f"'{lexeme}':{at}" for lexeme, at in lexemes.items()])


_STEMS = _Stems()


class Words:
    """The words of what is written, kept until the end: most occur in many documents."""

    def __init__(self, connection: Connection) -> None:
        """Begin with none."""
        self._connection = connection
        self._words: dict[str, tuple[bool, int]] = {}

    def add(self, named: dict[str, int], occurring: dict[str, int]) -> None:
        """Note words with the revision in which each occurs; `named` are in names of companies."""
        for is_named, found in ((True, named), (False, occurring)):
            for word, revision in found.items():
                before = self._words.get(word)
                if before is None:
                    if tokens.is_plain(word):
                        self._words[word] = is_named, revision
                elif revision < before[1] or is_named > before[0]:
                    self._words[word] = before[0] or is_named, min(before[1], revision)

    async def write(self) -> None:
        """Write them."""
        words = sorted(self._words)
        for start in range(0, len(words), WORDS):
            batch = words[start : start + WORDS]
            await _STEMS.learn(self._connection, batch)
            await self._connection.execute(
                paths.statement("queries/write_words.sql"),
                " ".join(batch),
                " ".join([_STEMS.known[word] for word in batch]),
                " ".join(["t" if self._words[word][0] else "f" for word in batch]),
                " ".join([str(self._words[word][1]) for word in batch]),
            )
        self._words.clear()


class Version(Struct, frozen=True):
    """A document and the revisions for which it holds."""

    id: str
    first_revision: int
    last_revision: int
    document: Any


class Entries(Struct, frozen=True):
    """What search finds in some versions of one kind of document."""

    versions: list[Version]
    entries: list[Entry]
    """One for each version."""
    occurring: dict[str, int]
    """Word → the revision in which it first occurs."""


def entries(resource: Resource, versions: list[Version]) -> Entries:
    """Return what search finds in some versions.

    Empty if the resource is not searched. Works without a database, so a thread can do it while the
    database does something else.
    """
    if resource.search_entry is None:
        return Entries([], [], {})
    found = [_entry(entry_of(resource, version.document)) for version in versions]
    words: defaultdict[int, set[str]] = defaultdict(set)
    for version, entry in zip(versions, found, strict=True):
        words[version.first_revision].update(entry.places, entry.unwritten)
    occurring: dict[str, int] = {}
    for revision in sorted(words, reverse=True):
        occurring |= dict.fromkeys(words[revision], revision)
    return Entries(versions, found, occurring)


async def learn(connection: Connection, given: Entries) -> None:
    """Query the stems that `lines` needs."""
    await _STEMS.learn(connection, given.occurring)


def lines(resource: Resource, given: Entries) -> bytes:
    """Write entries in PostgreSQL's COPY format: as text, because a tsvector has no other form.

    Their words must have been learned, and consist of letters and digits only, so they need no
    escaping. Works without a database.
    """
    stem_of = _STEMS.known
    written = []
    for version, entry in zip(given.versions, given.entries, strict=True):
        searched = entry.searched
        exact = ",".join([f'"{one}"' for one in _folded(searched.exact)])
        body = "\n".join([text for _, text in searched.parts])
        written.append(
            f"{resource.name}\t{version.id}\t{version.first_revision}\t{version.last_revision}\t"
            f"{copying.escaped(searched.label)}\t{{{exact}}}\t{copying.escaped(body)}\t"
            f"{_vector(entry, stem_of)}\n"
        )
    return "".join(written).encode()


async def end(connection: Connection, resource: Resource, revision: int, ended: list[str]) -> None:
    """End the entries of some records at the previous revision."""
    if resource.search_entry is None or not ended:
        return
    await connection.execute(
        "update ledger.search_version set last_revision = $1 "
        "where resource = $2 and id = any($3::text[]) and last_revision = $4",
        revision - 1,
        resource.name,
        ended,
        OPEN_END,
    )
    if resource is COMPANY:
        await connection.execute(
            "update ledger.company_name_version set last_revision = $1 "
            "where company = any($2::text[]) and last_revision = $3",
            revision - 1,
            ended,
            OPEN_END,
        )


async def write(
    connection: Connection, resource: Resource, given: Entries, copied: bytes, words: Words
) -> None:
    """Write entries of new versions, and `lines` of them; note their words.

    The caller writes the words at the end.
    """
    if not given.versions:
        return
    await copying.copy(connection, "search_version", _COLUMNS, copied)
    named: dict[str, int] = {}
    if resource is COMPANY:
        named = await _insert_names(connection, given.versions)
    words.add(named, given.occurring)


def _folded(exact: list[str]) -> list[str]:
    folded = {" ".join(tokens.words(text)) for text in exact}
    return sorted((folded | {tokens.closed(text) for text in exact}) - {""})


async def _insert_names(connection: Connection, versions: list[Version]) -> dict[str, int]:
    """Write what companies are found by while they are typed.

    Returns the words of their names, each with the revision in which it first occurs.
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
    await copying.copy(connection, "company_name_version", _NAME_COLUMNS, copying.lines(rows))
    return named


async def bring_up(connection: Connection) -> None:
    """Make the entries of all versions again, unless this code made the existing ones.

    So a ledger that was published before search existed, or when it worked differently, gets
    entries for every version that it ever had. Needs memory for one batch.
    """
    files = (__file__, stems.__file__, tokens.__file__)
    code = paths.digest(*map(Path, files), Path(resources.__file__).parent)
    if await input_digests.read(connection, "search") == code:
        return
    # Not truncated: current readers would have to wait for the commit.
    for table in ("search_version", "company_name_version", "word"):
        await connection.execute(f"delete from ledger.{table}")
    for resource in resources.RESOURCES.values():
        if resource.search_entry is None:
            continue
        decode = resource.version_decoder()
        words = Words(connection)
        cursor = await connection.cursor(
            "select id, first_revision, last_revision, body from ledger.document "
            "where resource = $1 order by first_revision, id",
            resource.name,
        )
        while rows := await cursor.fetch(BATCH):
            versions = [
                Version(
                    row["id"],
                    row["first_revision"],
                    row["last_revision"],
                    decode(row["id"], row["body"]),
                )
                for row in rows
            ]
            given = entries(resource, versions)
            await learn(connection, given)
            await write(connection, resource, given, lines(resource, given), words)
        await words.write()
    await input_digests.write(connection, "search", code)
