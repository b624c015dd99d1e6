"""`docs/` as pages: which there are, in which order, and where their links lead."""

from __future__ import annotations

import functools
import posixpath
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from markupsafe import Markup
from msgspec import Struct

from layoff_ledger import paths
from layoff_ledger.site import markdown
from layoff_ledger.site.environment import BASE
from layoff_ledger.site.markdown import Article

# The address in the examples, which a page replaces with that of its server.
_LOCAL = "http://localhost:8000"
# A file that stands for its folder, on code hosts as well as here.
_INDEXES = frozenset({"index", "README"})
# Files beside `docs/` that the service serves under an address of its own.
_SERVED = {"README.md": "/", "data/METHOD.md": "/method", "openapi/openapi.json": "/openapi.json"}
_TITLES = {"adr": "Decisions"}


class Entry(Struct, frozen=True):
    """A page in the table of contents."""

    name: str
    """Its path below `/guide/`."""
    article: Article


class Group(Struct, frozen=True):
    """The pages of one folder."""

    title: str
    """Empty for the pages beside the index."""
    name: str | None
    """The page about the folder as a whole, if there is one."""
    entries: list[Entry]


class Guide(Struct, frozen=True):
    """All pages; if there are none, there is no guide."""

    index: Article
    groups: list[Group]
    pages: dict[str, Article]
    """Name → page, without the index."""


@functools.cache
def guide() -> Guide | None:
    """Return the guide that comes with the package: read once per process."""
    return read(paths.DOCS)


def read(folder: Path) -> Guide | None:
    """Read all pages of a folder and of its folders; None if there are none."""
    files = {_name(path.relative_to(folder)): path for path in sorted(folder.rglob("*.md"))}
    if not files:
        return None
    names = {
        posixpath.join("docs", path.relative_to(folder).as_posix()): name
        for name, path in files.items()
    }
    # A link may also lead to a folder itself.
    names |= {posixpath.normpath(posixpath.join("docs", name)): name for name in files}

    def read_article(path: Path) -> Article:
        parent = posixpath.join("docs", path.relative_to(folder).parent.as_posix())
        return markdown.article(
            path.read_text(encoding="utf-8"),
            rewrite=lambda address: _rewrite(address, parent, names),
            rewrite_code=lambda code: code.replace(_LOCAL, BASE),
        )

    pages = {name: read_article(path) for name, path in files.items()}
    index = pages.pop("", Article("Guide", "", [], Markup(), []))
    # The index names the pages in the order in which they are read; others follow.
    linked = [names.get(posixpath.join("docs", urlsplit(one).path), "") for one in index.links]
    order = dict.fromkeys([*linked, *sorted(pages)])
    return Guide(index, _groups(pages, [name for name in order if name in pages]), pages)


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return "/".join(parts[:-1] if parts[-1] in _INDEXES else parts)


def _groups(pages: dict[str, Article], order: list[str]) -> list[Group]:
    folders: dict[str, list[Entry]] = {"": []}
    for name in order:
        if folder := name.rpartition("/")[0]:
            folders.setdefault(folder, [])
    for name in order:
        if name not in folders:
            folders[name.rpartition("/")[0]].append(Entry(name, pages[name]))
    return [
        Group(
            "" if not folder else pages[folder].title if folder in pages else _title(folder),
            folder if folder in pages else None,
            entries,
        )
        for folder, entries in folders.items()
    ]


def _title(folder: str) -> str:
    return _TITLES.get(folder, folder.capitalize())


def _rewrite(address: str, folder: str, names: dict[str, str]) -> str | None:
    """Return the site's address for a link; None for a file of the project that is not there."""
    if address == _LOCAL or address.startswith(f"{_LOCAL}/"):
        return address.replace(_LOCAL, BASE, 1)
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path:
        return address
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    target = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
    if target in names:
        name = names[target]
        return f"{BASE}/guide{f'/{quote(name)}' if name else ''}{fragment}"
    return f"{BASE}{_SERVED[target]}{fragment}" if target in _SERVED else None
