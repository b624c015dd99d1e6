"""Writes what of the client follows from the contract: structs, parameters, operations, problems.

`make clients` runs it: it reads openapi/openapi.json and writes models.py, queries.py,
operations.py and problems.py of the package; nobody edits these. What makes a client comfortable
is written by hand in the other modules.
"""

from __future__ import annotations

import json
import keyword
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

FOLDER = Path(__file__).parent
PACKAGE = FOLDER / "layoff_ledger_client"
DOCUMENT = FOLDER.parents[1] / "openapi" / "openapi.json"
SELECTION = "application/vnd.layoff-ledger.selection+json"
SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    None: "Any",
}
DATES = {"date": "datetime.date", "date-time": "datetime.datetime"}
# A parameter that takes a day, or a year, a quarter or a month for its days.
SPAN = "^[1-9][0-9]{3}"
OPENING = '"""{}\n\nMade of the contract by generate_client.py; an edit here is lost.\n"""\n\n'


class Document:
    """The OpenAPI document, with references followed."""

    def __init__(self, document: Schema) -> None:
        self.version: str = document["info"]["version"]
        self.server: str = document["servers"][0]["url"]
        self.components = document["components"]
        self.schemas: dict[str, Schema] = document["components"]["schemas"]
        self.operations = [
            Operation(self, path, item["get"]) for path, item in document["paths"].items()
        ]

    def follow(self, schema: Schema) -> Schema:
        """Give what a reference refers to, or the schema itself."""
        while "$ref" in schema:
            _, _, kind, name = schema["$ref"].split("/")
            schema = self.components[kind][name]
        return schema


class Operation:
    """What one GET asks and answers."""

    def __init__(self, document: Document, path: str, operation: Schema) -> None:
        self.name: str = operation["operationId"]
        self.path = path
        self.text = f"{operation['summary'].rstrip('.')}.\n\n{operation.get('description', '')}"
        found = [document.follow(one) for one in operation.get("parameters", [])]
        self.path_parameters = [one for one in found if one["in"] == "path"]
        query = {one["name"]: one for one in found if one["in"] == "query"}
        self.select: Schema | None = query.pop("select", None)
        format_ = query.pop("format", None)
        self.query = query
        content = document.follow(operation["responses"]["200"]).get("content", {})
        json_ = content.get("application/json", {}).get("schema", {})
        # What is no JSON is bytes, and so is a file of an export, also where it is one of JSON.
        self.answer: str | None = _name(json_) if "$ref" in json_ else None
        self.selection: str | None = None
        if SELECTION in content:
            self.selection = _name(content[SELECTION]["schema"])
        formats = [] if format_ is None else document.follow(format_["schema"])["enum"]
        self.formats = [one for one in formats if one != "json"]
        self.item: str | None = None
        if self.answer is not None and "cursor" in query:
            data = document.schemas[self.answer]["properties"]["data"]
            self.item = _name(data["items"])

    @property
    def title(self) -> str:
        """The name as that of a class."""
        return "".join(part.title() for part in self.name.split("_"))

    @property
    def page_size(self) -> int:
        """How many records a page has at most; 0 where there are no pages."""
        return self.query["limit"]["schema"]["maximum"] if self.item else 0


def _name(reference: Schema) -> str:
    name: str = reference["$ref"].rsplit("/", 1)[1]
    return name


def identifier(name: str) -> str:
    """Give a name that Python takes."""
    name = re.sub(r"\W", "_", name)
    return f"{name}_" if keyword.iskeyword(name) else name


def quoted(text: str, indent: int) -> str:
    """Give a docstring in lines of at most 100 characters, the quotes of its ends among them."""
    margin = " " * indent
    paragraphs = [
        textwrap.fill(
            " ".join(part.split()).replace("\\", "\\\\"),
            width=97,
            initial_indent=margin + "   " * (number == 0),
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, part in enumerate(re.split(r"\n\s*\n", text.strip()))
    ]
    body = "\n\n".join(paragraphs).strip()
    return f'{margin}"""{body}{chr(10) + margin if chr(10) in body else ""}"""\n'


# Structs ---------------------------------------------------------------------------------------


def reachable(document: Document) -> Iterator[str]:
    """Give the names of the objects that answers are made of, each once, in a fixed order."""
    waiting = ["Problem"]
    for operation in document.operations:
        waiting += [one for one in (operation.answer, operation.selection) if one is not None]
    seen = set()
    while waiting:
        name = waiting.pop()
        schema = document.schemas[name]
        if name not in seen and "properties" in schema:
            seen.add(name)
            waiting += re.findall(r"#/components/schemas/(\w+)", json.dumps(schema))
    yield from sorted(seen)


def type_of(document: Document, schema: Schema) -> str:
    """Give the type of what is answered. A vocabulary is text: it may get members."""
    kinds = schema.get("type")
    if "oneOf" in schema or isinstance(kinds, list):
        several = schema.get("oneOf") or [{**schema, "type": one} for one in kinds or ()]
        return " | ".join(type_of(document, one) for one in several)
    if "$ref" in schema:
        found = document.follow(schema)
        return _name(schema) if "properties" in found else type_of(document, found)
    if kinds == "array":
        return f"list[{type_of(document, schema['items'])}]"
    if kinds == "object":
        values = schema.get("additionalProperties") or {}
        return f"dict[str, {type_of(document, values)}]"
    if kinds == "string" and schema.get("format") in DATES:
        return DATES[schema["format"]]
    return SCALARS[kinds]


def meaning(document: Document, schema: Schema) -> str:
    """Give the words on a field, with the members of its vocabulary where it has one."""
    text: str = schema.get("description", "")
    inner = schema.get("items", schema)
    for one in (inner, *inner.get("oneOf", ())):
        members = document.follow(one).get("enum")
        if members and len(members) > 1:
            text += f" One of {', '.join(members)}."
    return text.strip()


def structs(document: Document) -> str:
    """Give models.py."""
    parts = [
        OPENING.format("The records and answers of the ledger, as the contract describes them."),
        "from __future__ import annotations\n\nimport datetime\nfrom typing import Any\n\n"
        "from msgspec import UNSET, Struct, UnsetType\n",
    ]
    for name in reachable(document):
        schema = document.schemas[name]
        parts.append(f"\n\nclass {name}(Struct, frozen=True, kw_only=True):\n")
        parts.append(quoted(schema.get("description", name), 4))
        # What was not selected is not known to be null.
        selected = name.endswith("Selection")
        for field, described in schema["properties"].items():
            type_ = type_of(document, described)
            if field not in schema.get("required", ()):
                if selected:
                    type_ = f"UnsetType | {type_} = UNSET"
                else:
                    type_ += " = None" if type_.endswith("| None") else " | None = None"
            parts.append(f"\n    {field}: {type_}\n")
            if text := meaning(document, described):
                parts.append(quoted(text, 4))
    return "".join(parts)


# Parameters ------------------------------------------------------------------------------------


def parameter_type(document: Document, name: str, schema: Schema) -> str:
    """Give the type of what is asked. Closed sets are closed here: a slip is found by mypy."""
    if "$ref" in schema:
        return _name(schema)
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(one) for one in schema['enum'])}]"
    if schema["type"] == "array":
        return f"OneOrMore[{parameter_type(document, name, schema['items'])}]"
    if name == "as_of":
        return "AsOf"
    if schema.get("format") == "date" or schema.get("pattern", "").startswith(SPAN):
        return "Day"
    return SCALARS[schema["type"]]


def queries(document: Document) -> str:
    """Give queries.py."""
    sets: dict[str, list[str]] = {}
    parts = []
    for operation in document.operations:
        if not operation.query:
            continue
        parts.append(f"\n\nclass {operation.title}Query(TypedDict, total=False):\n")
        parts.append(f'    """What `{operation.name}` takes."""\n')
        for name, parameter in operation.query.items():
            type_ = parameter_type(document, name, parameter["schema"])
            if parameter.get("required"):
                type_ = f"Required[{type_}]"
            parts.append(f"\n    {identifier(name)}: {type_}\n")
            parts.append(quoted(parameter["description"], 4))
        if operation.select:
            base = f"{operation.title}Query"
            parts.append(f"\n\nclass {operation.title}Selection({base}, total=False):\n")
            parts.append(f'    """What `{operation.name}` takes, with the fields to answer."""\n')
            type_ = parameter_type(document, "select", operation.select["schema"])
            parts.append(f"\n    select: {type_}\n")
            parts.append(quoted(operation.select["description"], 4))
    for name in sorted(set(re.findall(r"\b[A-Z]\w+\b", "".join(parts)))):
        if "enum" in document.schemas.get(name, ()):
            sets[name] = document.schemas[name]["enum"]
    literals = "".join(
        f"{name} = Literal[{', '.join(json.dumps(one) for one in members)}]\n"
        for name, members in sets.items()
    )
    return (
        OPENING.format("What the operations take: a TypedDict of the parameters of each.")
        + "from __future__ import annotations\n\nimport datetime\nfrom collections.abc import "
        "Sequence\nfrom typing import Literal, Required, TypeAlias, TypedDict, TypeVar\n\n"
        '_T = TypeVar("_T")\n\nOneOrMore: TypeAlias = _T | Sequence[_T]\n'
        'Day: TypeAlias = datetime.date | str\n"""A day; as text also a month, quarter or year: '
        '`2023-06`, `2023-Q2`, `2023`."""\n\n'
        'AsOf: TypeAlias = int | datetime.date | str\n"""A revision, or a day that is over."""\n\n'
        + literals
        + "".join(parts)
    )


# Operations ------------------------------------------------------------------------------------


def constants(document: Document) -> Iterator[str]:
    """Give the description of each operation that the client goes by."""
    for one in document.operations:
        keywords = ""
        if "as_of" in one.query:
            keywords += ", as_of=True"
        if one.page_size:
            keywords += f", page_size={one.page_size}"
        if one.answer is None:
            keywords += ', accept="*/*"'
        answer = "bytes" if one.answer is None else f"models.{one.answer}"
        path = json.dumps(one.path)
        yield f'{one.name.upper()} = Operation("{one.name}", {path}, {answer}{keywords})\n'
        if one.selection:
            yield (
                f'{one.name.upper()}_SELECTION = Operation("{one.name}", {path}, '
                f'models.{one.selection}{keywords}, accept="{SELECTION}")\n'
            )


def methods(document: Document, one: Operation, *, is_async: bool) -> Iterator[str]:
    """Give the methods of an operation: its answer, its records, its other formats."""
    head, wait = ("async def", "await ") if is_async else ("def", "")
    walk = "AsyncIterator" if is_async else "Iterator"
    place, values = "", ""
    for parameter in one.path_parameters:
        name = parameter["name"]
        place += f", {name}: {parameter_type(document, name, document.follow(parameter['schema']))}"
        values += f'"{name}": {name}, '
    constant = one.name.upper()
    query = f", **query: Unpack[queries.{one.title}Query]" if one.query else ""
    arguments = f", {{{values}}}, " + ("query" if one.query else "{}")
    answer = "bytes" if one.answer is None else f"models.{one.answer}"

    yield f"\n    {head} {one.name}(self{place}{query}) -> {answer}:\n"
    yield quoted(one.text, 8)
    yield f"        return {wait}self._ask({constant}{arguments})\n"
    noun = one.name.removeprefix("list_").removeprefix("get_")
    if one.item:
        yield f"\n    def iter_{noun}(self{query}) -> {walk}[models.{one.item}]:\n"
        yield quoted(f"All records of `{one.name}`, of one revision, page by page.", 8)
        yield f"        return self._walk({constant}, query)\n"
    if one.select:
        query = f", **query: Unpack[queries.{one.title}Selection]"
    if one.selection:
        yield f"\n    {head} {one.name}_selection(self{query}) -> models.{one.selection}:\n"
        yield quoted(f"`{one.name}` with the fields that `select` names; the others are UNSET.", 8)
        yield f"        return {wait}self._ask({constant}_SELECTION{arguments})\n"
    if one.formats:
        formats = f"Literal[{', '.join(map(json.dumps, one.formats))}]"
        yield f"\n    {head} {one.name}_as(self{place}, format: {formats}{query}) -> Content:\n"
        yield quoted(f"`{one.name}` in another format.", 8)
        yield f"        return {wait}self._ask_as({constant}, format{arguments})\n"


def operations(document: Document) -> str:
    """Give operations.py."""
    parts = [
        OPENING.format("Every operation of the API, for `Ledger` and `AsyncLedger` to inherit."),
        "from __future__ import annotations\n\nfrom abc import ABC, abstractmethod\n"
        "from collections.abc import AsyncIterator, Iterator, Mapping\n"
        "from typing import Literal, TypeVar, Unpack\n\n"
        "from layoff_ledger_client import models, queries\n"
        "from layoff_ledger_client.exchange import Content, Operation, Page\n\n"
        f'__version__ = "{document.version}"\n'
        '"""Version of the contract, and of this client."""\n\n'
        f'SERVER = "{document.server}"\n\n'
        '_T = TypeVar("_T")\n_Item = TypeVar("_Item")\n\n',
        *constants(document),
    ]
    for is_async in (False, True):
        head = "async def" if is_async else "def"
        name = "AsyncOperations" if is_async else "Operations"
        walk = "AsyncIterator" if is_async else "Iterator"
        kind = "that await their answers" if is_async else "that wait for their answers"
        place = "path: Mapping[str, str | int], query: Mapping[str, object]"
        parts.append(f'\n\nclass {name}(ABC):\n    """The operations as methods {kind}."""\n')
        parts += [
            f"\n    @abstractmethod\n    {head} _ask("
            f"self, operation: Operation[_T], {place}) -> _T: ...\n",
            f"\n    @abstractmethod\n    {head} _ask_as("
            f"self, operation: Operation[object], format: str, {place}) -> Content: ...\n",
            "\n    @abstractmethod\n    def _walk(self, operation: Operation[Page[_Item]], "
            f"query: Mapping[str, object]) -> {walk}[_Item]: ...\n",
        ]
        for one in document.operations:
            parts += methods(document, one, is_async=is_async)
    return "".join(parts)


# Problems --------------------------------------------------------------------------------------


def problems(document: Document) -> str:
    """Give problems.py."""
    codes = document.schemas["Problem"]["properties"]["code"]["examples"]
    names = {
        code: "".join(part.title() for part in code.removesuffix("_error").split("_")) + "Error"
        for code in codes
    }
    classes = "".join(
        f'\n\nclass {name}(ProblemAnswerError):\n    """The problem `{code}`."""\n'
        for code, name in names.items()
    )
    table = "".join(f'    "{code}": {name},\n' for code, name in names.items())
    return (
        OPENING.format("An exception for each code of problem that the contract names.")
        + "from __future__ import annotations\n\n"
        + "from layoff_ledger_client.errors import ProblemAnswerError\n"
        + classes
        + "\n\nBY_CODE: dict[str, type[ProblemAnswerError]] = {\n"
        + table
        + "}\n"
    )


def generate(document: Document) -> dict[Path, str]:
    """Give the text of each module that is made, formatted as the project is."""
    made = {
        "models.py": structs(document),
        "queries.py": queries(document),
        "operations.py": operations(document),
        "problems.py": problems(document),
    }
    return {PACKAGE / name: _formatted(text) for name, text in made.items()}


def _formatted(text: str) -> str:
    ruff = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--line-length=100",
        "--stdin-filename=made.py",
        "-",
    ]
    done = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True)
    return done.stdout


def main() -> None:
    """Write the modules."""
    document = Document(json.loads(DOCUMENT.read_text(encoding="utf-8")))
    for path, text in generate(document).items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
