"""Curated files → records. Validates the form of what is written, not its meaning: see `rules`.

All mistakes are collected and nothing is raised, so one run names every mistake. A record whose
form is wrong is left out of `Curated`, but its id stays known, so that a typo is not reported a
second time by everything that refers to the record.
"""

from __future__ import annotations

import contextlib
import functools
import re
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
import tomli
from msgspec import Struct

from layoff_ledger.curation import records
from layoff_ledger.nearest import nearest_word

RecordT = TypeVar("RecordT", bound=records.Record)

# Folder or file of `data/` → the struct of its tables; `Curated` has the same names.
TABLES: dict[str, type[records.Record]] = {
    "collections": records.Collection,
    "industries": records.Industry,
    "drivers": records.Driver,
    "roles": records.Role,
    "companies": records.Company,
    "sources": records.Source,
    "indicators": records.Indicator,
    "tombstones": records.Tombstone,
}


class Violation(Struct, frozen=True, order=True):
    """One thing that is wrong in the curated files: where, which rule, what, and what to do."""

    file: str
    record: str
    rule: str
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        """Return the line that a curator reads."""
        hint = f"; {self.suggestion}" if self.suggestion else ""
        return f"{self.file}: {self.record}: {self.message}{hint} [{self.rule}]"


class Curated(Struct):
    """The contents of `data/`, by id, with the ids of what could not be read."""

    collections: dict[str, records.Collection]
    industries: dict[str, records.Industry]
    drivers: dict[str, records.Driver]
    roles: dict[str, records.Role]
    companies: dict[str, records.Company]
    sources: dict[str, records.Source]
    indicators: dict[str, records.Indicator]
    tombstones: dict[str, records.Tombstone]
    """By `kind/id` of the retired record."""
    waves: dict[str, records.Wave]
    violations: list[Violation]
    files: dict[tuple[str, str], str]
    """(kind, id) → file, also of records whose form is wrong."""
    ids: dict[str, set[str]]
    """Kind → ids, also of records whose form is wrong."""
    derived: dict[str, Any]
    """What the rules have computed from these files, by name, so that none does it again."""

    def known(self, kind: str) -> set[str]:
        """Return the ids of one kind, including those that could not be read."""
        return self.ids.setdefault(kind, set())

    def add_id(self, kind: str, id_: str, file: str) -> None:
        """Note that a file has a record, whatever its form."""
        self.files[kind, id_] = file
        self.ids.setdefault(kind, set()).add(id_)


def read(data: Path) -> Curated:
    """Read every TOML file below `data`; raise `FileNotFoundError` if there is no such folder."""
    curated = read_tables(data, TABLES)
    for path in sorted((data / "waves").glob("**/*.toml")):
        _read_wave(curated, path, path.relative_to(data).as_posix())
    _report_strays(curated, data)
    return curated


def read_tables(data: Path, kinds: Iterable[str]) -> Curated:
    """Read the files of some kinds of records only: no waves, and none of the others."""
    if not data.is_dir():
        message = f"there is no folder {data}: give the folder that holds the curated files"
        raise FileNotFoundError(message)
    curated = Curated({}, {}, {}, {}, {}, {}, {}, {}, {}, [], {}, {}, {})
    for kind in kinds:
        for path in [data / f"{kind}.toml", *sorted((data / kind).glob("**/*.toml"))]:
            if path.is_file():
                name = path.relative_to(data).as_posix()
                _read_tables(curated, kind, TABLES[kind], path, name)
    return curated


def _report_strays(curated: Curated, data: Path) -> None:
    """Report files that nothing reads: a misnamed file would otherwise vanish silently."""
    for path in sorted(data.glob("**/*.toml")):
        name = path.relative_to(data).as_posix()
        folder = name.split("/", maxsplit=1)[0].removesuffix(".toml")
        if folder not in TABLES and not name.startswith(("waves/", "links/")):
            hint = nearest_word(folder, [*TABLES, "waves"])
            curated.violations.append(
                Violation(name, "-", "file_is_read", "no kind of record has this name", hint)
            )


def _parse(curated: Curated, path: Path, name: str) -> dict[str, Any] | None:
    try:
        return tomli.loads(path.read_bytes().decode())
    except tomli.TOMLDecodeError as error:
        line = error.doc.splitlines()[error.lineno - 1].strip() if error.doc.strip() else ""
        message = f"line {error.lineno}, column {error.colno}: {error.msg}: {line[:80]}"
        curated.violations.append(Violation(name, "-", "file_is_toml", message, _toml_hint(error)))
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        curated.violations.append(
            Violation(name, "-", "file_is_toml", message, "save the file as UTF-8")
        )
    return None


def _toml_hint(error: tomli.TOMLDecodeError) -> str | None:
    line = error.doc.splitlines()[error.lineno - 1] if error.doc.strip() else ""
    if any(mark in line for mark in "“”„") and '"' not in line:
        return 'use straight quotes: "…"'
    for part, hint in {
        "Illegal character": "close the quotes on the same line",
        "Unterminated string": "close the quotes on the same line",
        "Invalid value": "put text in straight quotes, and write numbers without separators",
        "Cannot overwrite a value": "this key appears twice in its table",
        "Cannot declare": "this table appears twice; a second claim needs [[double brackets]]",
        "Expected '='": "write it as key = value",
        "Unclosed": "close the bracket, and put commas between the items",
        "Expected newline": 'write one key per line; a quote inside text is written \\"',
    }.items():
        if part in error.msg:
            return hint
    return None


def _read_tables(
    curated: Curated, kind: str, struct: type[records.Record], path: Path, name: str
) -> None:
    table: dict[str, Struct] = getattr(curated, kind)
    for id_, written in (_parse(curated, path, name) or {}).items():
        if (kind, id_) in curated.files:
            message = f"{id_!r} is also in {curated.files[kind, id_]}"
            curated.violations.append(Violation(name, id_, "id_is_unique", message))
            continue
        curated.add_id(kind, id_, name)
        record = _shape(curated, struct, written, name, id_)
        if record is not None:
            table[id_] = msgspec.structs.replace(record, id=id_)


def _read_wave(curated: Curated, path: Path, name: str) -> None:
    id_ = path.stem
    if ("waves", id_) in curated.files:
        message = f"{id_!r} is also in {curated.files['waves', id_]}"
        curated.violations.append(Violation(name, id_, "id_is_unique", message))
        return
    curated.add_id("waves", id_, name)
    written = _parse(curated, path, name)
    if written is not None:
        record = _shape(curated, records.Wave, written, name, id_)
        if record is not None:
            curated.waves[id_] = msgspec.structs.replace(record, id=id_)


def _shape(
    curated: Curated, struct: type[RecordT], written: object, name: str, id_: str
) -> RecordT | None:
    problems: list[Problem] = []
    record = _struct(struct, written, "", problems)
    curated.violations.extend(
        Violation(
            name, f"{id_} {problem.path}".strip(), problem.rule, problem.message, problem.hint
        )
        for problem in problems
    )
    return None if problems else record


class Problem(Struct, frozen=True):
    """A mistake in one table; its path looks like `magnitudes[2].low`."""

    path: str
    rule: str
    message: str
    hint: str | None = None


class _Key(Struct, frozen=True):
    """A key that a struct declares: its full type, and its type without `None` and constraints."""

    type: Any
    bare: Any
    required: bool
    is_table: bool
    item: _Key | None
    """The type of the items of a list."""


@functools.cache
def _keys(struct: type[Struct]) -> dict[str, _Key]:
    # Looking up fields and hints is slow: msgspec evaluates every annotation each time.
    hints = get_type_hints(struct, include_extras=True)
    return {
        one.name: _key(hints[one.name], required=one.required)
        for one in msgspec.structs.fields(struct)
        if one.name != "id"
    }


def _key(type_: Any, *, required: bool) -> _Key:
    bare = _without_none_and_meta(type_)
    is_table = isinstance(bare, type) and issubclass(bare, records.Record)
    item = _key(get_args(bare)[0], required=True) if get_origin(bare) is list else None
    return _Key(type_, bare, required, is_table, item)


@functools.cache
def _to_make_ready(struct: type[Struct]) -> dict[str, _Key]:
    """Return the keys of a table that msgspec cannot convert alone: dates, tables with dates."""
    return {name: key for name, key in _keys(struct).items() if _needs_work(key.item or key)}


def _needs_work(key: _Key) -> bool:
    if key.bare is records.PartialDate:
        return True
    return key.is_table and ("id" in key.bare.__struct_fields__ or bool(_to_make_ready(key.bare)))


def _made_ready(struct: type[Struct], written: Any) -> Any:
    """Read the dates of a table, so that msgspec can convert it in one go.

    Raises `ValueError` if anything is not as it has to be.
    """
    if not isinstance(written, dict) or "id" in written:
        raise ValueError
    keys = _to_make_ready(struct)
    ready = {name: _value_made_ready(keys[name], written[name]) for name in keys if name in written}
    return written | ready if ready else written


def _value_made_ready(key: _Key, written: object) -> Any:
    if key.item is not None:
        if not isinstance(written, list):
            raise ValueError
        return [_value_made_ready(key.item, one) for one in written]
    return _made_ready(key.bare, written) if key.is_table else records.partial_date(written)


def _struct(
    struct: type[RecordT], written: object, path: str, problems: list[Problem]
) -> RecordT | None:
    """Convert a table key by key, so that every mistake is found and not only the first."""
    if not isinstance(written, dict):
        problems.append(Problem(path, "value_fits", f"this has to be a table, not {written!r}"))
        return None
    # The loop below reports what is wrong, key by key.
    with contextlib.suppress(ValueError):
        return msgspec.convert(_made_ready(struct, written), struct)
    before = len(problems)
    declared = _keys(struct)
    values: dict[str, Any] = {}
    for name, value in written.items():
        inner = f"{path}.{name}" if path else name
        if name in declared:
            values[name] = _value(declared[name], value, inner, problems)
        else:
            message = f"unknown key {name!r}"
            problems.append(Problem(path, "key_is_known", message, nearest_word(name, declared)))
    for name, key in declared.items():
        if key.required and name not in written:
            problems.append(Problem(path, "key_is_present", f"{name!r} is missing"))
    return struct(**values) if len(problems) == before else None


def _value(key: _Key, written: object, path: str, problems: list[Problem]) -> object:
    bare = key.bare
    if bare is records.PartialDate:
        try:
            return records.partial_date(written)
        except ValueError as error:
            problems.append(Problem(path, "value_fits", str(error)))
            return None
    if key.is_table:
        return _struct(bare, written, path, problems)
    if key.item is not None and isinstance(written, list):
        return [
            _value(key.item, one, f"{path}[{number}]", problems)
            for number, one in enumerate(written, start=1)
        ]
    try:
        return msgspec.convert(written, key.type)
    except msgspec.ValidationError as error:
        message = str(error).replace("`", "").split(" - at ")[0]
        hint = None
        if written == "":
            message = "it is empty"
            hint = "fill it in" if key.required else "fill it in, or leave the key out"
        elif get_origin(bare) is Literal:
            message = f"{written!r} is none of {', '.join(get_args(bare))}"
            hint = nearest_word(str(written), get_args(bare))
        elif bare in {int, float} and isinstance(written, str):
            message = f"{written!r} is text, not a number"
            hint = _number_hint(written)
        elif "matching regex" in message:
            # The two kinds of text that have a pattern.
            is_address = "https" in message
            what = "not the address of a page" if is_address else "not the code of a language"
            message = f"{written!r} is {what}"
            hint = "write it as https://example.org/page" if is_address else "such as en, de or fr"
        elif found := _BOUND.fullmatch(message):
            message = f"{written!r} has to be {_BOUNDS[found[1]]} {float(found[2]):g}"
            hint = None if key.required else "leave the key out if it is not known"
        problems.append(Problem(path, "value_fits", message, hint))
        return None


# What `msgspec` says about bounds → what an editor reads.
_BOUND = re.compile(r"Expected (?:int|float) (>=|<=|>|<) (\S+)")
_BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


def _number_hint(written: str) -> str | None:
    """Suggest how to write the number that a text seems to mean."""
    bare = written.strip()
    if found := re.fullmatch(r"(\d+([.,]\d+)?)\s*%", bare):
        return f"write the fraction: {float(found[1].replace(',', '.')) / 100:g}"
    if re.fullmatch(r"\d{1,3}([.,' \u00a0\u202f]\d{3})+|\d+", bare):
        return f"write it without quotes and separators: {re.sub(r'[^0-9]', '', bare)}"
    if re.fullmatch(r"\d+\.\d+", bare):
        return f"write it without quotes: {bare}"
    return None


def _without_none_and_meta(type_: Any) -> Any:
    """Reduce `Annotated[T, …] | None` to `T`."""
    while True:
        if get_origin(type_) is Annotated:
            type_ = get_args(type_)[0]
        elif get_origin(type_) in {Union, types.UnionType}:
            type_ = next(one for one in get_args(type_) if one is not type(None))
        else:
            return type_
