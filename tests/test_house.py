"""The house rules: packages that import each other without a cycle, small modules, plain names."""

from __future__ import annotations

import ast
import functools
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from layoff_ledger import paths
from layoff_ledger.resources import RESOURCES

MAX_LINES = 500
PACKAGE = "layoff_ledger"


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(paths.PACKAGE.rglob("*.py")):
        parts = path.relative_to(paths.PACKAGE).with_suffix("").parts
        found[".".join([PACKAGE, *parts]).removesuffix(".__init__")] = path
    return found


MODULES = modules()


@functools.cache
def nodes(module: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(MODULES[module].read_text())))


def imports() -> dict[str, set[str]]:
    """Return which modules of the package each module imports, also inside functions."""
    found: dict[str, set[str]] = {}
    for name in MODULES:
        found[name] = set()
        for node in nodes(name):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
                wholes = [f"{node.module}.{alias.name}" for alias in node.names]
                found[name] |= {one if one in MODULES else str(node.module) for one in wholes}
            elif isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names if alias.name in MODULES}
    return found


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def in_order(graph: Mapping[str, set[str]]) -> list[str]:
    """Order a graph; raise `CycleError`, which names a cycle, if there is one."""
    return list(TopologicalSorter(graph).static_order())


def test_modules_import_each_other_without_a_circle() -> None:
    assert len(in_order(imports())) == len(MODULES)


def test_rooms_import_each_other_without_a_circle() -> None:
    rooms: dict[str, set[str]] = defaultdict(set)
    for module, imported in imports().items():
        rooms[room(module)] |= {room(one) for one in imported} - {room(module)}

    order = in_order(rooms)

    assert order.index("resources") < order.index("query") < order.index("routes")
    assert order.index("http") < order.index("routes") < order.index("app")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_at_most_500_lines(module: str) -> None:
    assert len(MODULES[module].read_text().splitlines()) <= MAX_LINES


def test_no_module_at_the_top_shadows_the_standard_library() -> None:
    top = {path.stem for path in paths.PACKAGE.glob("*.py")}

    # `http` is a package, and every import of it is absolute.
    assert not top & set(sys.stdlib_module_names)


PRIVATE_WORDS = re.compile(r"\b(told|meant|said)\b")


@pytest.mark.parametrize("module", MODULES)
def test_names_are_the_words_of_the_field(module: str) -> None:
    """A variable is called what it is; prose may say that somebody said something."""
    names = {
        node.id if isinstance(node, ast.Name) else node.arg
        for node in nodes(module)
        if isinstance(node, (ast.Name, ast.arg))
    }
    assert not {name for name in names if PRIVATE_WORDS.fullmatch(name)}


ENDS_IN_A_LIST = re.compile(r"""["'],(\s*["']|$)""")


def test_no_comment_swallows_values() -> None:
    """Joining lines puts what came after a comment into it: such cases never ran."""
    found = []
    for path in sorted([*paths.PACKAGE.rglob("*.py"), *(paths.ROOT / "tests").rglob("*.py")]):
        with path.open("rb") as file:
            comments = [
                one for one in tokenize.tokenize(file.readline) if one.type == tokenize.COMMENT
            ]
        found += [
            f"{path.name}:{one.start[0]} {one.string}"
            for one in comments
            if one.line[: one.start[1]].strip() and ENDS_IN_A_LIST.search(one.string)
        ]

    assert not found


def test_nothing_waits_by_what_swallows_a_cancellation() -> None:
    """Before Python 3.12, `asyncio.wait_for` may go on if its result comes as it is cancelled."""
    found = [name for name, path in MODULES.items() if "asyncio.wait_for" in path.read_text()]

    assert not found, "use `async with asyncio.timeout(…)`"


def test_mistakes_are_made_in_one_way() -> None:
    """By `mistake`, which also gives programs what was probably meant.

    What splits a query is imported by what reads it, and knows of no suggestion.
    """
    found = [
        module
        for module in MODULES
        for node in nodes(module)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ProblemError"
    ]

    assert set(found) == {f"{PACKAGE}.http.context", f"{PACKAGE}.http.problems"}


SOURCES = (
    paths.PACKAGE,
    *(paths.ROOT / name for name in ("tests", "bench", "examples", "clients")),
)


def defined(module: str) -> Iterator[str]:
    """Yield the names that a module defines at its top and passes to no decorator."""
    for node in ast.parse(MODULES[module].read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from [] if node.decorator_list else [node.name]
        elif isinstance(node, ast.Assign):
            names = [one for target in node.targets for one in ast.walk(target)]
            yield from (one.id for one in names if isinstance(one, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def uses(path: Path) -> Iterator[tuple[str, str]]:
    """Yield modules of the package, or their last names, with what a file takes from them."""
    parsed = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    called = {}
    for node in parsed:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            for alias in node.names:
                yield str(node.module), alias.name
                called[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in parsed:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield called.get(node.value.id, ""), node.attr
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            yield node.value.attr, node.attr


def test_what_a_module_defines_is_used() -> None:
    """By itself, by whoever imports it, or in a template; a shared name does not count."""
    used: set[tuple[str, str]] = set()
    in_templates: set[str] = set()
    for folder in SOURCES:
        for path in folder.rglob("*.py"):
            used.update(uses(path))
        for path in folder.rglob("*.html"):
            in_templates.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    # It names the modules of rules, so that they are imported.
    used.add((f"{PACKAGE}.curation.rules", "SUBJECTS"))
    unused = []
    for module in MODULES:
        own = {
            node.id
            for node in nodes(module)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        unused += [
            (module, name)
            for name in defined(module)
            if name not in own | in_templates
            and not {(module, name), (module.rpartition(".")[2], name)} & used
        ]

    assert not unused


def test_every_query_and_view_is_read() -> None:
    """By its name; views of resources are read by that of the resource."""
    texts = {path: path.read_text() for path in [*MODULES.values(), *paths.SQL.rglob("*.sql")]}
    unread = []
    for path in (*paths.SQL.glob("queries/*.sql"), *paths.SQL.glob("views/*.sql")):
        is_view = path.parent.name == "views"
        name = rf"\bapi\.{path.stem}\b" if is_view else rf"\b{path.stem}\b"
        others = (text for other, text in texts.items() if other != path)
        if not (is_view and path.stem in RESOURCES) and not any(
            re.search(name, text) for text in others
        ):
            unread.append(path.name)

    assert not unread
