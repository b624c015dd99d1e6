"""What schemathesis asks: the committed document with the dictionaries of `schemathesis.toml`.

The seed is fixed, so a failure comes from a change of the code and not from chance. `make fuzz`
asks for more, with a seed of its own that it prints.
"""

from __future__ import annotations

import os
import zlib
from typing import Any

import msgspec
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Err
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase

from layoff_ledger import paths
from layoff_ledger.charts.notice_statistics import MEASURES as OF_NOTICES
from layoff_ledger.site.document import resolve

Case = schemathesis.Case[Any]
CONFIG = paths.OPENAPI.parents[1] / "schemathesis.toml"
FUZZ_CASES = int(os.environ.get("LEDGER_FUZZ_CASES", "0"))
"""How many cases `make fuzz` asks for; 0 means those of `make test`."""
FEW = 4
"""Random cases of an operation in `make test`, in addition to the systematic ones."""

config = SchemathesisConfig.from_path(CONFIG)
config.update(max_failures=None, seed=int(os.environ.get("LEDGER_FUZZ_SEED", config.seed)))


def _adapted() -> dict[str, Any]:
    """Return the document with examples from the tests' ledger instead of the real one."""
    document: dict[str, Any] = msgspec.json.decode(paths.OPENAPI.read_bytes())
    for path, methods in document["paths"].items():
        operation = methods["get"]
        operation["parameters"] = [
            _exemplified(path, resolve(document, given)) for given in operation["parameters"]
        ]
    return document


def _found(path: str, name: str) -> Any:
    named = f"{name} of {path.removeprefix('/v1').split('/')[1]}"
    return config.dictionaries.get(named) or config.dictionaries.get(name)


def _exemplified(path: str, parameter: dict[str, Any]) -> dict[str, Any]:
    name = parameter["name"]
    if parameter["in"] == "path":
        name = IN_PATHS.get(name) or path.split("/")[2]
    found = _found(path, name)
    if found is None or "example" not in parameter:
        return parameter
    first = found.entries[0].value
    return {**parameter, "example": [first] if isinstance(parameter["example"], list) else first}


IN_PATHS = {
    "number": "revisions",
    "revision": "revisions",
    "file": "files",
    "value": "identifiers",
    "scheme": "schemes",
}
"""The dictionary of a path parameter; those of others are named after the resource."""
schema = schemathesis.openapi.from_dict(_adapted(), config=config)
# If the document has no example, a random case stands in for it, in addition to the others.
schema.config.phases.examples.fill_missing = FUZZ_CASES > 0


def _read(found: Any) -> Any:
    if isinstance(found, Err):
        raise found.err()
    return found.ok()


OPERATIONS: dict[str, Any] = {
    operation.definition.raw["operationId"]: operation
    for operation in map(_read, schema.get_all_operations())
}


def random_cases() -> int:
    """Return how many random cases an operation gets; those of `make fuzz` are shared by all."""
    return max(FEW, FUZZ_CASES // len(OPERATIONS))


@schema.hook
def filter_case(context: schemathesis.HookContext, case: Case) -> bool:  # noqa: ARG001
    """Keep a fixed part of the systematic cases: about forty for each operation.

    An operation with many parameters has hundreds, nearly all of which break a rule of one
    parameter.
    """
    meta = case.meta
    if FUZZ_CASES or meta is None or meta.phase.name != TestPhase.COVERAGE:
        return True
    one_in = max(1, len(case.operation.query) // 2)
    return _die((case.method, case.path_parameters, case.query)) % one_in == 0


LOOKS = ("width", "height", "scale", "theme", "numbers")
IDENTIFIERS = {"cik": "0000000001", "ticker": "NYSE:GLBX", "wikidata": "Q1"}
"""The registers that know a company of the made-up ledger."""
CHARTS = {"svg", "png", "vega"}


@schema.hook
def map_case(context: schemathesis.HookContext, case: Case) -> Case:  # noqa: ARG001
    """Remove from a valid case, nearly always, combinations that are refused.

    No schema says that a cursor has to come from an answer, that only charts have a style, that a
    span ends after it begins, and that a wave is compared with others.
    """
    query: dict[str, Any] = case.query or {}
    meta = case.meta
    if meta is None or meta.generation.mode != GenerationMode.POSITIVE or _die(query) % 8 == 0:
        return case
    if meta.phase.name != TestPhase.STATEFUL:
        query.pop("cursor", None)
    if query.get("format") not in CHARTS:
        for name in LOOKS:
            query.pop(name, None)
    if query.get("measure") in OF_NOTICES:
        # `of=notices` is not a value in the document.
        query.pop("measure")
    for name in [one for one in query if one.endswith("_gte")]:
        query.pop(f"{name.removesuffix('_gte')}_lte", None)
    if "from" in query:
        query.pop("to", None)
    place: dict[str, Any] = case.path_parameters or {}
    if place.get("scheme") in IDENTIFIERS:
        place["value"] = IDENTIFIERS[place["scheme"]]
    if case.operation.path == "/v1/comparisons" and isinstance(query.get("wave"), list):
        different = list(dict.fromkeys(query["wave"]))
        known = _dictionary(case.operation, "wave")[: max(2, len(query["wave"]))]
        query["wave"] = different if len(different) > 1 else known
    return case


def _die(some: object) -> int:
    return zlib.crc32(repr(some).encode("utf-8", "surrogatepass"))


@schema.hook
def map_query(context: schemathesis.HookContext, query: dict[str, Any]) -> dict[str, Any]:
    """Replace made-up codes of the right form by real ones, nearly always.

    A list with one unknown code is refused.
    """
    operation = context.operation
    return {name: _real(operation, name, value) for name, value in (query or {}).items()}


def _real(operation: Any, name: str, value: Any) -> Any:
    known = _dictionary(operation, name)
    shaped = isinstance(value, list) and value
    if not known or not shaped or not all(isinstance(one, str) and one for one in value):
        return value
    dice = [_die(one) for one in value]
    return [
        one if die % 16 == 0 else known[(die + place) % len(known)]
        for place, (one, die) in enumerate(zip(value, dice, strict=True))
    ]


def _dictionary(operation: Any, name: str) -> list[Any]:
    """Return what a list parameter may draw from; nothing if its values are closed."""
    if operation is None or (operation.path, name) not in _OPEN_LISTS:
        return []
    found = _found(operation.path, name)
    return [] if found is None else [one.value for one in found.entries]


def _open_lists() -> set[tuple[str, str]]:
    """Return the list parameters, by path and name, whose codes no schema knows."""
    document = schema.raw_schema
    found = set()
    for path, methods in document["paths"].items():
        for given in methods["get"]["parameters"]:
            one = resolve(document, given)
            items = resolve(document, resolve(document, one["schema"]).get("items", {}))
            if items and "enum" not in items:
                found.add((path, one["name"]))
    return found


_OPEN_LISTS = _open_lists()
