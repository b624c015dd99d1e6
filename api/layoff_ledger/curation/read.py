"""Curated files → records. Validates the shape of what is written, not its sense: see `rules`.

Everything that is wrong is collected and nothing is raised, so that one run names every mistake.
A record with a mistake in its shape is left out of `Curated`, but its id stays known, so that one
typo is not reported a second time by everything that refers to it.
"""

from __future__ import annotations

import difflib
import functools
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
import tomli
from msgspec import Struct

from layoff_ledger.curation import records

RecordT = TypeVar("RecordT", bound=records.Record)

# Folder or file of `data/` → the struct of its tables, and where they end up in `Curated`.
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
        """Give the line that a curator reads."""
        hint = f"; {self.suggestion}" if self.suggestion else ""
        return f"{self.file}: {self.record}: {self.message}{hint} [{self.rule}]"


class Curated(Struct):
    """All that stands in `data/`, by id, with what could not be read."""

    collections: dict[str, records.Collection]
    industries: dict[str, records.Industry]
    drivers: dict[str, records.Driver]
    roles: dict[str, records.Role]
    companies: dict[str, records.Company]
    sources: dict[str, records.Source]
    indicators: dict[str, records.Indicator]
    tombstones: dict[str, records.Tombstone]
    """By `kind/id` of the record that they stand for."""
    waves: dict[str, records.Wave]
    violations: list[Violation]
    files: dict[tuple[str, str], str]
    """(kind, id) → file, also of records whose shape is wrong."""

    def known(self, kind: str) -> set[str]:
        """Give the ids of one kind, also of those that could not be read."""
        return {id_ for kind_, id_ in self.files if kind_ == kind}


def nearest(written: str, known: Iterable[str]) -> str | None:
    """Suggest the known word that was probably meant."""
    close = difflib.get_close_matches(written, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else None


def read(data: Path) -> Curated:
    """Read every TOML file below `data`; raise `FileNotFoundError` if that is no folder."""
    if not data.is_dir():
        message = f"no folder {data}: give the folder that holds the curated files"
        raise FileNotFoundError(message)
    curated = Curated({}, {}, {}, {}, {}, {}, {}, {}, {}, [], {})
    for kind, struct in TABLES.items():
        for path in [data / f"{kind}.toml", *sorted((data / kind).glob("**/*.toml"))]:
            if path.is_file():
                _read_tables(curated, kind, struct, path, path.relative_to(data).as_posix())
    for path in sorted((data / "waves").glob("**/*.toml")):
        _read_wave(curated, path, path.relative_to(data).as_posix())
    _report_strays(curated, data)
    return curated


def _report_strays(curated: Curated, data: Path) -> None:
    """Say which files nobody reads: a misnamed file would otherwise vanish silently."""
    for path in sorted(data.glob("**/*.toml")):
        name = path.relative_to(data).as_posix()
        folder = name.split("/", maxsplit=1)[0].removesuffix(".toml")
        if folder not in TABLES and not name.startswith("waves/"):
            hint = nearest(folder, [*TABLES, "waves"])
            curated.violations.append(
                Violation(name, "-", "file_is_read", "no kind of record has this name", hint)
            )


def _parse(curated: Curated, path: Path, name: str) -> dict[str, Any] | None:
    try:
        return tomli.loads(path.read_bytes().decode())
    except tomli.TOMLDecodeError as error:
        curated.violations.append(Violation(name, "-", "file_is_toml", str(error)))
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        curated.violations.append(
            Violation(name, "-", "file_is_toml", message, "save the file as UTF-8")
        )
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
        curated.files[kind, id_] = name
        record = _shape(curated, struct, written, name, id_)
        if record is not None:
            table[id_] = msgspec.structs.replace(record, id=id_)


def _read_wave(curated: Curated, path: Path, name: str) -> None:
    id_ = path.stem
    if ("waves", id_) in curated.files:
        message = f"{id_!r} is also in {curated.files['waves', id_]}"
        curated.violations.append(Violation(name, id_, "id_is_unique", message))
        return
    curated.files["waves", id_] = name
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
            name, f"{id_} {problem.place}".strip(), problem.rule, problem.message, problem.hint
        )
        for problem in problems
    )
    return None if problems else record


class Problem(Struct, frozen=True):
    """A mistake inside one table: the place is a path such as `magnitudes[2].low`."""

    place: str
    rule: str
    message: str
    hint: str | None = None


def _struct(
    struct: type[RecordT], written: object, place: str, problems: list[Problem]
) -> RecordT | None:
    """Convert a table key by key, so that every mistake is found and not only the first."""
    if not isinstance(written, dict):
        problems.append(Problem(place, "value_fits", f"a table is expected, not {written!r}"))
        return None
    before = len(problems)
    declared = {one.name: one for one in msgspec.structs.fields(struct) if one.name != "id"}
    types_ = _types(struct)
    values: dict[str, Any] = {}
    for key, value in written.items():
        inner = f"{place}.{key}" if place else key
        if key in declared:
            values[key] = _value(types_[key], value, inner, problems)
        else:
            message = f"unknown key {key!r}"
            problems.append(Problem(place, "key_is_known", message, nearest(key, declared)))
    for key, one in declared.items():
        if one.required and key not in written:
            problems.append(Problem(place, "key_is_present", f"{key!r} is missing"))
    return struct(**values) if len(problems) == before else None


@functools.cache
def _types(struct: type[Struct]) -> dict[str, Any]:
    return get_type_hints(struct, include_extras=True)


def _value(type_: Any, written: object, place: str, problems: list[Problem]) -> object:
    bare = _without_none_and_meta(type_)
    if bare is records.PartialDate:
        try:
            return records.partial_date(written)
        except ValueError as error:
            problems.append(Problem(place, "value_fits", str(error)))
            return None
    if isinstance(bare, type) and issubclass(bare, records.Record):
        return _struct(bare, written, place, problems)
    if get_origin(bare) is list and isinstance(written, list):
        (item,) = get_args(bare)
        return [
            _value(item, one, f"{place}[{number}]", problems)
            for number, one in enumerate(written, start=1)
        ]
    try:
        return msgspec.convert(written, type_)
    except msgspec.ValidationError as error:
        message = str(error).replace("`", "").split(" - at ")[0]
        hint = nearest(str(written), get_args(bare)) if get_origin(bare) is Literal else None
        if get_origin(bare) is Literal:
            message = f"{written!r} is none of {', '.join(get_args(bare))}"
        problems.append(Problem(place, "value_fits", message, hint))
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
