"""What a page is made of: an answer, what was asked, and where the answer is."""

from __future__ import annotations

from msgspec import Struct

from layoff_ledger.formats.base import Format
from layoff_ledger.http.context import Query
from layoff_ledger.resources.base import Json, Resource
from layoff_ledger.resources.fields import ListLinks
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.store.revisions import Snapshot


class Subject(Struct, frozen=True, kw_only=True):
    """An answer for a person; beside `document` nothing in it is said by the ledger."""

    operation: str
    """Id of the operation that was asked."""
    summary: str
    """What the operation does, in a few words."""
    resource: Resource | None
    """The kind of record, where the answer is a record or a list of them."""
    is_record: bool
    """Whether it is about one thing that the path names."""
    parameters: type[Parameters]
    formats: tuple[Format, ...]
    """What else the operation answers in."""
    document: Json
    """The answer, as the JSON has it."""
    base: str
    path: str
    query: Query
    snapshot: Snapshot
    links: ListLinks
    cited: str
    """Address of this answer for good, in no format."""
    waves: list[Json]
    """The newest waves of the record, in which it is a company, a reason, or the like."""
    waves_in_all: int | None

    def as_format(self, name: str) -> str:
        """Give the address of the same question in a format, as of what the reader asked."""
        asked = [*self.query.written(without={"format", "cursor"}), f"format={name}"]
        return f"{self.base}{self.path}?{'&'.join(asked)}"

    def asking(self, *, without: tuple[str, ...] = (), **values: str) -> str:
        """Give the address of the same question with some other values, from its first page on."""
        dropped = {"cursor", *without, *values}
        asked = self.query.written(without=dropped)
        asked += [f"{name}={value}" for name, value in values.items()]
        return f"{self.base}{self.path}" + (f"?{'&'.join(asked)}" if asked else "")
