"""The labels under which requests are counted: operations and formats.

They are the service's own words and never the client's, so their number is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from layoff_ledger.http.paths import PathTable

MAX_PATHS = 4_096
"""How many paths are remembered with their operation."""
MAX_LOGGED = 2_000
"""Characters of a path or a query that are written down."""
UNKNOWN = "unknown"


class OperationNames:
    """Path → the id of its operation."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        """Take the router's templates, such as `/v1/waves/{id:str}`, with the id of each."""
        self._ids = PathTable(templates)
        self._known: dict[str, str] = {}

    def find(self, path: str) -> str:
        """Return the id of the operation of a path; `unknown` if there is none."""
        known = self._known.get(path)
        if known is not None:
            return known
        found = self._ids.find(path) or UNKNOWN
        if len(self._known) >= MAX_PATHS:
            self._known.clear()
        self._known[path] = found
        return found


def format_names(media_types: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the name of each media type; formats that share one have the name of the first."""
    names = {"text/html": "html", "application/problem+json": "problem", "": "none"}
    for name, media_type in media_types:
        names.setdefault(media_type, name)
    return names


class Observed(Struct, frozen=True):
    """One request and its response."""

    operation: str
    method: str
    status: int
    format: str
    cache: str
    """Where the answer came from: `ready`, `answers`, `validator` (304), or `none` of these."""
    seconds: float
    bytes: int
    """Bytes of the body, as it was sent."""
    request_id: str
