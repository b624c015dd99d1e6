"""The pages that people read, and the blocks of code in them.

The mark of a fence says what happens to its block: `sh` is one call of curl that answers JSON,
`bash` a script, `python` a program, and all of them are run as they are printed; `json` and `toml`
are compared with what the code says; `r` and `text` are only for reading, because what runs them is
not available.
"""

from __future__ import annotations

import re

from msgspec import Struct

from layoff_ledger import paths

HOST = "http://localhost:8000"
RUN = frozenset({"sh", "bash", "python"})
READ = frozenset({"json", "toml", "r", "text"})

_FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", flags=re.MULTILINE)
_HEADING = re.compile(r"^#{1,3} (.+)$", flags=re.MULTILINE)


class Block(Struct, frozen=True):
    """A block of code under the last heading before it."""

    heading: str
    language: str
    text: str


def pages() -> dict[str, str]:
    """Return the text of every page by its path in the repository."""
    top = [paths.ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    client = paths.ROOT / "clients" / "python" / "README.md"
    found = [*top, client, *sorted((paths.ROOT / "docs").rglob("*.md"))]
    return {str(path.relative_to(paths.ROOT)): path.read_text(encoding="utf-8") for path in found}


def blocks(text: str) -> list[Block]:
    """Return the blocks of code of a page in their order."""
    # A comment in a block is not a heading.
    fences = [match.span() for match in _FENCE.finditer(text)]
    headings = [
        (match.start(), match[1])
        for match in _HEADING.finditer(text)
        if not any(start < match.start() < end for start, end in fences)
    ]
    return [
        Block(
            next((title for place, title in reversed(headings) if place < match.start()), ""),
            match[1],
            match[2],
        )
        for match in _FENCE.finditer(text)
    ]
