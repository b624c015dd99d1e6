"""What schemathesis asks: the committed document with the dictionaries of `schemathesis.toml`.

The seed is fixed, so a failure is a change of the code and not of the dice. `make fuzz` asks for
more, with a seed of its own that it prints.
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
"""How many cases `make fuzz` asks for; 0 is what `make test` does."""
FEW = 4
"""Random cases of an operation in `make test`; what is systematic comes beside them."""

config = SchemathesisConfig.from_path(CONFIG)
config.update(max_failures=None, seed=int(os.environ.get("LEDGER_FUZZ_SEED", config.seed)))


def _adapted() -> dict[str, Any]:
    """Return the document with examples of the tests' ledger; its own are of the real one."""
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
"""The dictionary of a parameter of a path; that of others is called as the resource."""
schema = schemathesis.openapi.from_dict(_adapted(), config=config)
# Where the document has no example, a random case stands in for it, and there are those beside.
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
    """Return how many random cases an operation gets; those of `make fuzz` are dealt to all."""
    return max(FEW, FUZZ_CASES // len(OPERATIONS))


@schema.hook
def filter_case(context: schemathesis.HookContext, case: Case) -> bool:  # noqa: ARG001
    """Keep a fixed part of what is systematic: about forty cases of each operation.

    One that has many parameters has hundreds, nearly all of which break a rule of one parameter.
    """
    meta = case.meta
    if FUZZ_CASES or meta is None or meta.phase.name != TestPhase.COVERAGE:
        return True
    one_in = max(1, len(case.operation.query) // 2)
    return _die((case.method, case.path_parameters, case.query)) % one_in == 0


LOOKS = ("width", "height", "scale", "theme", "numbers")
IDENTIFIERS = {"cik": "0000000001", "ticker": "NYSE:GLBX", "wikidata": "Q1"}
"""By which registers a company of the made-up ledger is known."""
CHARTS = {"svg", "png", "vega"}


@schema.hook
def map_case(context: schemathesis.HookContext, case: Case) -> Case:  # noqa: ARG001
    """Take out of a valid case, nearly always, what only together is refused.

    No schema says that a cursor has to be one that was given, that only a chart has looks, that a
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
        # `of=notices` is no value that the document has.
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
    """Put real codes in the place of made-up ones of the right shape, nearly always: a list with one unknown code is refused."""
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
    """Give what a parameter that takes a list may draw from; nothing where its values are closed."""
    if operation is None or (operation.path, name) not in _OPEN_LISTS:
        return []
    found = _found(operation.path, name)
    return [] if found is None else [one.value for one in found.entries]


def _open_lists() -> set[tuple[str, str]]:
    """Return the parameters, by path and name, that take a list of codes which no schema knows."""
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
