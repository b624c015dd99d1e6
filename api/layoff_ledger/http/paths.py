"""The router's templates of paths, such as `/v1/waves/{id:str}`: what is known about a path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class PathTable(Generic[T]):
    """Path → what belongs to its template."""

    def __init__(self, templates: Mapping[str, T]) -> None:
        """Take the router's templates, with what belongs to each."""
        self._exact = {path: one for path, one in templates.items() if "{" not in path}
        among = [path for path in templates if "{" in path]
        self._found = [templates[path] for path in among]
        # The group that matched tells the template: one call, however many templates there are.
        self._pattern = re.compile("|".join(map(_group, among)) or "(?!)", re.DOTALL)

    def find(self, path: str) -> T | None:
        """Return what belongs to a decoded path; None if no template matches it.

        As in the router, a literal path takes precedence over a template that matches it.
        """
        exact = self._exact.get(path)
        if exact is not None:
            return exact
        match = self._pattern.fullmatch(path)
        # The templates have no groups of their own, so the group that matched tells which one it
        # is.
        group = None if match is None else match.lastindex
        return None if group is None else self._found[group - 1]


def _group(template: str) -> str:
    parts = re.split(r"\{[^}]*\}", template)
    return "(" + "[^/]+".join(map(re.escape, parts)) + ")"
