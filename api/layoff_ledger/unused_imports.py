"""Keeps libraries from importing packages that they find but nothing here uses.

DuckDB and Arrow import pandas to see whether a value is one of its types. With numpy and everything
that both bring along, that costs each process 85 MB and half a second, for nothing.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

UNUSED = frozenset({"pandas"})


class _Missing(MetaPathFinder):
    """Reports that modules are missing, whether they are or not."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Raise `ModuleNotFoundError` for what is not used; leave everything else to others."""
        if fullname in UNUSED:
            message = f"{fullname} is not used here"
            raise ModuleNotFoundError(message, name=fullname)


def prevent() -> None:
    """Hide these packages from all imports of this process."""
    # Arrow takes a None in `sys.modules`, Python's own way, for the module.
    sys.meta_path.insert(0, _Missing())
