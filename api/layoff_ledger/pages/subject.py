"""What a page is made from: an answer, the question, and the address of the answer."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from msgspec import Struct

from layoff_ledger.charts.notice_statistics import MEASURES as OF_NOTICES
from layoff_ledger.formats import LOOKS
from layoff_ledger.formats.base import Format
from layoff_ledger.formats.chart import CHART_ONLY, MEASURE
from layoff_ledger.http.context import Query
from layoff_ledger.pages.landing import LANDINGS
from layoff_ledger.query.parse import choices_of, fields
from layoff_ledger.resources.base import Json, Resource
from layoff_ledger.resources.fields import ListLinks
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.store.revisions import Snapshot


class Beside(Struct, frozen=True, kw_only=True):
    """What a page shows beside its answer, which programs request separately."""

    waves: list[Json] = []
    """The newest waves of the record: of a company, with a reason, and so on."""
    waves_in_all: int | None = None
    owned: list[Json] = []
    """The companies that a company owns."""
    years: list[Json] = []
    """Groups of `/v1/statistics` by year, over all waves that match the list of this page."""
    names: dict[str, str] = {}
    """The names of the requested companies, by id."""
    of: str | None = None
    """What the record is called whose history is shown, in its newest version; None if unknown."""
    heights: dict[int, int] = {}
    """Width → height of the chart, in pixels; empty if nothing is drawn."""


NOTHING = Beside()
"""What an answer has beside it that is not a page."""


class Subject(Struct, frozen=True, kw_only=True):
    """An answer for a person; apart from `document`, nothing in it comes from the ledger."""

    operation: str
    """Id of the requested operation."""
    summary: str
    """What the operation does, in a few words."""
    resource: Resource | None
    """The kind of record, if the answer is a record or a list of them."""
    is_record: bool
    """Whether it is about one thing that the path names."""
    parameters: type[Parameters]
    formats: tuple[Format, ...]
    """The other formats in which the operation answers."""
    document: Json
    """The answer, as the JSON has it."""
    base: str
    path: str
    query: Query
    snapshot: Snapshot
    links: ListLinks
    cited: str
    """Permanent address of this answer, in no format."""
    beside: Beside

    def as_format(self, name: str) -> str:
        """Return the address of the same question in a format, as of what the reader asked for."""
        dropped = {"format", "cursor", *self._unshown(name)}
        asked = [*self.query.written(without=dropped), f"format={name}"]
        return f"{self.base}{self.path}?{'&'.join(asked)}"

    def _unshown(self, name: str) -> AbstractSet[str]:
        """Return the parameters that have no effect on an offered format."""
        offered = next((one for one in self.formats if one.name == name), None)
        if offered is None:
            return frozenset()
        return offered.without | {one for one in CHART_ONLY if one not in offered.looks}

    @property
    def measures(self) -> list[tuple[str, str, bool]]:
        """Return the measures that can be drawn: the name, the page, and whether it is shown."""
        known = fields(self.parameters).get(MEASURE)
        if known is None:
            return []
        of_notices = self.counts is not None
        names = [one for one in choices_of(known.type) if (one in OF_NOTICES) is of_notices]
        if "headcount_stated" in names and not self._has_stated:
            names.remove("headcount_stated")
        drawn = self.query.last(MEASURE) or names[0]
        return [(one, self.asking(measure=one), one == drawn) for one in names]

    @property
    def _has_stated(self) -> bool:
        """Return whether figures are stated for the groups themselves."""
        rows = self.document.get("data") or []
        return any(one.get("headcount_stated_low") is not None for one in rows)

    @property
    def counts(self) -> str | None:
        """Return what statistics count, if it is not waves."""
        meta = self.document.get("meta")
        return meta.get("of") if isinstance(meta, dict) else None

    def chart(self, format_: str = "svg", **looks: str | int) -> str | None:
        """Return the permanent address of the answer as a chart; None if it cannot be drawn."""
        of = self.counts
        is_drawn = of is not None or any(one.is_chart for one in self.formats)
        if not is_drawn or self.query.names("cursor"):
            return None
        dropped = {"format", "bom", "as_of", "of", *self._unshown(format_), *looks}
        asked = self.query.written(without=dropped)
        path = self.path
        if of is not None:
            path, asked = "/v1/statistics", [f"of={of}", *asked]
        asked.append(f"as_of={self.snapshot.revision}")
        asked += [f"{name}={value}" for name, value in {**looks, "format": format_}.items()]
        return f"{self.base}{path}?{'&'.join(asked)}"

    @property
    def embedded(self) -> str:
        """Return the address of the page that shows only the chart, for other people's pages."""
        of = self.counts or self.path.removeprefix("/v1/")
        asked = [f"of={of}", *self.query.written(without={"format", "bom", "scale", "of"})]
        return f"{self.base}/embed?{'&'.join(asked)}"

    @property
    def filters(self) -> list[tuple[str, str, str]]:
        """Return each filter of the question: its name, its value, and the question without it."""
        shaping = {"of", "as_of", "cursor", "limit", "sort", "count", *LOOKS}
        shaping |= {name for name, one in fields(self.parameters).items() if one.required}
        everything = self._everything
        return [
            (one.name, one.value, self._without(one.raw))
            for one in self.query.parameters
            if one.name not in shaping and (one.name, one.value) != everything
        ]

    @property
    def _everything(self) -> tuple[str, str] | None:
        """Return the query for everything, if the page begins with less by default."""
        landing = LANDINGS.get(self.operation)
        return None if landing is None else (landing.parameter, landing.everything)

    @property
    def is_everything(self) -> bool:
        """Return whether the reader asked for everything instead of the page's default span."""
        return (
            self._everything is not None
            and self.query.last(self._everything[0]) == (self._everything[1])
        )

    def _without(self, raw: str) -> str:
        left = [one for one in self.query.parameters if one.raw != raw and one.name != "cursor"]
        kept = [one.raw for one in left]
        landing = LANDINGS.get(self.operation)
        if landing is not None and not any(one.name in landing.narrowed_by for one in left):
            # Otherwise the page would begin again at the span that the reader wants to leave.
            kept.append(f"{landing.parameter}={landing.everything}")
        return f"{self.base}{self.path}" + (f"?{'&'.join(kept)}" if kept else "")

    @property
    def is_asked(self) -> bool:
        """Return whether the page has a form, and so something to complete."""
        return not self.is_record

    @property
    def has_answer(self) -> bool:
        """Return whether something was asked and found."""
        return bool(self.query.parameters) and bool(self.document.get("data", True))

    def sort(self) -> str | None:
        """Return the requested order, or else the default order of the list."""
        known = fields(self.parameters).get("sort")
        default = None if known is None else known.default
        return self.query.last("sort") or (default if isinstance(default, str) else None)

    def sorting(self, name: str) -> str | None:
        """Return the address of the same question ordered by a column, or else in reverse order."""
        known = fields(self.parameters).get("sort")
        sorts = () if known is None else choices_of(known.type)
        current = self.sort()
        wanted = f"-{name}" if current != f"-{name}" and f"-{name}" in sorts else name
        return self.asking(sort=wanted) if wanted in sorts and wanted != current else None

    def asking(self, *, without: tuple[str, ...] = (), **values: str) -> str:
        """Return the address of the question with some other values, from its first page on."""
        dropped = {"cursor", *without, *values}
        asked = self.query.written(without=dropped)
        asked += [f"{name}={value}" for name, value in values.items()]
        return f"{self.base}{self.path}" + (f"?{'&'.join(asked)}" if asked else "")
