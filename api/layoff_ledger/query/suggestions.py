"""Suggests what was probably meant by unknown parameters, paths and codes.

Nothing here reads the ledger: it compares words with words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from layoff_ledger.nearest import Suggestion, did_you_mean, nearest
from layoff_ledger.query.values import word_of_value
from layoff_ledger.search import tokens
from layoff_ledger.spelling import closest

# Words of other APIs → what it is called here: the first one that is known is meant.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    word: names
    for words, names in (
        ("fields field columns only", ("select",)),
        ("include embed with", ("expand",)),
        ("search query text keyword keywords term", ("q",)),
        ("reason reasons cause why", ("driver",)),
        ("sector sectors naics", ("industry",)),
        ("state states province region location", ("subdivision", "jurisdiction", "country")),
        ("jurisdiction", ("subdivision",)),
        ("subdivision country", ("jurisdiction",)),
        ("revision version at", ("as_of",)),
        ("ids id", ("id", "wave")),
        ("domain host website outlet newspaper", ("publisher",)),
        ("employer organization org company_name company_id firm", ("company",)),
        ("name", ("q", "company")),
        ("headcount_known", ("jobs_known",)),
        ("jobs_known", ("headcount_known",)),
        ("announced", ("notice", "published")),
        ("announced_gte", ("notice_gte", "published_gte")),
        ("announced_lte", ("notice_lte", "published_lte")),
        ("notice", ("announced",)),
        ("notice_gte", ("announced_gte",)),
        ("notice_lte", ("announced_lte",)),
        ("output fmt", ("format",)),
        ("type resource", ("kind", "format")),
    )
    for word in words.split()
}

_PAGING = "follow `links.next`; `limit` sets the size of a page"
_LIMIT = "use limit, from 1 to 200; `links.next` is the next page"
_DATES = (
    "use announced, such as announced=2023, or announced_gte and announced_lte, such as "
    "announced_gte=2023-01-01"
)
_NOTICE_DATES = (
    "use notice, such as notice=2025-Q1, or notice_gte and notice_lte; received and effective are "
    "the other dates of a notice"
)
_CHANGES = (
    "use changed_since with a revision: /v1/revisions says when each was published, and "
    "/v1/changes?published_gte= lists what changed since a day"
)
_OF_WAVES = "notices have no such filter: use it with /v1/waves, with has_notices=true"
_IDENTIFIER = "use company with an id, which /v1/companies finds by cik, lei, wikidata or ticker"
_FIGURES = "each group comes with all counts and sums: pick the ones you need"
_CONTINENT = "there is no filter by continent: use country, such as country=DE,FR,IT"
_COMPARED = "use wave with ids: /v1/waves?company=meta&select=id lists those of a company"
_ONE_RECORD = "what changed in one record is its history, such as /v1/waves/meta-2023-03/history"
_EVENTS = (
    "use status for the current state of a wave; /v1/claims?kind=event&code=revised and "
    "/v1/timeline?kind=revised list everything that happened"
)
_COMPLETED = (
    "/v1/claims?kind=event&code=completed gives the day a cut was completed next to the day it was "
    "announced, code=expected the day it was due to be; /v1/timeline gives both by kind"
)
# Parameters of other APIs that no single word translates → a parameter that shows that an operation
# has something similar, and what to do there.
_HABITS: dict[str, tuple[tuple[str, str | Suggestion], ...]] = {
    word: advice
    for words, advice in (
        ("page offset skip start from_record page_number pageno", (("cursor", _PAGING),)),
        (
            "per_page page_size pagesize size max top first rows count_limit",
            (("cursor", _LIMIT), ("limit", did_you_mean("limit"))),
        ),
        (
            "year month quarter date from to since until after before end",
            (
                ("announced_gte", _DATES),
                ("notice_gte", _NOTICE_DATES),
                ("published_lte", "use published, or published_gte and published_lte"),
                ("year_gte", "use year_gte and year_lte"),
                ("from", "use from and to"),
                ("since", "use since with a revision, or published_gte with a day"),
            ),
        ),
        ("limit", (("q", "at most ten are given, the likeliest first"),)),
        ("notice_date filed filed_on", (("notice_gte", _NOTICE_DATES),)),
        (
            "published published_gte published_after published_since created created_at "
            "created_gte created_after created_since updated updated_at updated_gte updated_after "
            "updated_since modified modified_at modified_gte modified_after modified_since "
            "last_modified changed changed_at changed_gte changed_after added_since new_since",
            (("changed_since", _CHANGES),),
        ),
        (
            "driver driver_group reason reasons cause why role speaker stance weight",
            (("notice_gte", _OF_WAVES),),
        ),
        (
            "order order_by orderby sort_by sortby ordering",
            (
                (
                    "sort",
                    did_you_mean("sort", more=" A `-` before the name sorts in descending order"),
                ),
            ),
        ),
        (
            "jobs laid_off employees headcount headcount_low headcount_high",
            (
                ("headcount_gte", "use headcount_gte and headcount_lte"),
                ("jobs_gte", "use jobs_gte and jobs_lte"),
            ),
        ),
        (
            "employer company_name name",
            (("notice_gte", "use q, such as q=tesla, or company with the id of a company"),),
        ),
        (
            "counted canonical superseded rescinded duplicate duplicates deduplicate deduplicated "
            "dedupe dedup",
            (("counted", did_you_mean("counted")), ("canonical", did_you_mean("canonical"))),
        ),
        (
            "select fields field columns only",
            (("select", did_you_mean("select")), ("group_by", _FIGURES), ("by", _FIGURES)),
        ),
        (
            "sum avg average mean metric metrics aggregate aggregation agg value values function",
            (("group_by", _FIGURES), ("by", _FIGURES)),
        ),
        ("continent world_region", (("country", _CONTINENT),)),
        ("company companies", (("wave", _COMPARED),)),
        ("wave wave_id id", (("since", _ONE_RECORD),)),
        ("event events event_kind", (("status_not", _EVENTS),)),
        (
            "completed completed_on completed_gte completed_lte completed_after completed_before "
            "completion completion_date ended ended_on end_date expected expected_on due",
            (("status_not", _COMPLETED),),
        ),
        (
            "announced announced_gte announced_lte announced_on effective effective_gte "
            "effective_lte",
            (("from", "use from and to"),),
        ),
        (
            "headcount_gte headcount_lte headcount_low waves_gte waves size",
            (("lei", "use sort=-headcount or sort=-waves to get the largest first"),),
        ),
        (
            "place city town zip postcode site address",
            (
                ("notice_gte", "use q, such as q=austin, which also finds places, or county"),
                ("subdivision", "use q, such as q=austin, or subdivision, such as US-TX"),
            ),
        ),
        ("cik lei wikidata ticker", (("headcount_gte", _IDENTIFIER), ("notice_gte", _IDENTIFIER))),
        (
            "parent owner owned_by subsidiary subsidiaries",
            (
                (
                    "headcount_gte",
                    "use company with the ids of a company and of those that it owns; "
                    "/v1/companies finds these by parent",
                ),
                ("ticker", did_you_mean("parent")),
            ),
        ),
        (
            "group_by groupby group by dimension dimensions",
            (
                ("group_by", did_you_mean("group_by")),
                ("by", did_you_mean("by")),
                ("headcount_gte", "use group_by with /v1/statistics; a list has no groups"),
                ("notice_gte", "use group_by with /v1/notices/statistics; a list has no groups"),
            ),
        ),
    )
    for word in words.split()
}
_KEYS = frozenset({"api_key", "apikey", "key", "token", "access_token", "apitoken"})


def nearest_parameter(name: str, known: Collection[str]) -> Suggestion | None:
    """Suggest what was probably meant by an unknown parameter; None if nothing is close."""
    if (near := _habit(name, known)) is not None:
        return near
    stem, side = name[: -len("_gte")], name[-len("_gte") :]
    if side not in _SIDES.values():
        return nearest(name, known)
    # Comparing whole names, with their common end, would make `published_gte` the nearest to
    # `share_gte`.
    stems = [one.removesuffix(side) for one in known if one.endswith(side)]
    close = closest(stem, stems)
    return None if close is None else did_you_mean(f"{close}{side}")


def _habit(name: str, known: Collection[str]) -> Suggestion | None:
    """Say what does the job of another API's parameter here; None if nothing does."""
    # Others write `minHeadcount`, `announced[gte]` or `announced__gte`.
    word = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).lower().strip("_")
    if word in _KEYS:
        return Suggestion("no key is needed: leave it out")
    if name.endswith("!") or not _LEAVING_OUT.isdisjoint(word.split("_")):
        return _leaving_out(word, known)
    if word in known:
        return did_you_mean(word)
    for needed, advice in _HABITS.get(word, ()):
        if needed in known:
            return advice if isinstance(advice, Suggestion) else Suggestion(advice)
    return synonym(word, known) or _bound(word, known)


_LEAVING_OUT = frozenset(
    ("not", "exclude", "excluded", "excludes", "excluding", "except", "without", "omit", "ne")
)


def _leaving_out(word: str, known: Collection[str]) -> Suggestion | None:
    """Suggest a parameter that excludes, never one that includes: `driver` is its opposite."""
    subject = "_".join(one for one in word.split("_") if one not in _LEAVING_OUT)
    names = [subject, *_SYNONYMS.get(subject, ())]
    there = [one for one in known if one.endswith("_not")]
    for one in names:
        if f"{one}_not" in there:
            return did_you_mean(f"{one}_not")
    if not there:
        return Suggestion("no parameter here excludes anything: filters only include")
    return Suggestion(f"to exclude something, use {', '.join(there)}")


_LEFT_OUT = re.compile(r"[!-]|(?:not|ne)[ :]", re.IGNORECASE)


def left_out(name: str, written: str) -> Suggestion | None:
    """Say how to exclude a value that is written like `status=!withdrawn` or `company=-meta`.

    Otherwise the value would be suggested by its spelling, and would include what was to be
    excluded.
    """
    if _LEFT_OUT.match(written) is None:
        return None
    return Suggestion(f"{name} only includes: to exclude, use {name}_not, where there is one")


_SIDES = {
    **dict.fromkeys(
        ("after", "since", "from", "start", "begin", "min", "minimum", "least", "gt", "ge", "gte"),
        "_gte",
    ),
    **dict.fromkeys(
        ("before", "until", "till", "to", "end", "max", "maximum", "most", "lt", "le", "lte"),
        "_lte",
    ),
}
# What people put bounds on → what it may be called here.
_BOUNDED: dict[str, tuple[str, ...]] = {
    word: names
    for words, names in (
        ("date day year month quarter", ("announced", "notice", "published", "year")),
        ("jobs employees headcount laid_off", ("headcount", "jobs")),
        ("percent percentage", ("share",)),
    )
    for word in words.split()
}


def _bound(word: str, known: Collection[str]) -> Suggestion | None:
    """Suggest the bound on the side that a name says: the closest spelling may be the other one.

    `announced_after` is spelt like `announced_lte`.
    """
    parts = word.split("_")
    sides = {_SIDES[one] for one in parts if one in _SIDES}
    if len(sides) != 1:
        return None
    subject = "_".join(one for one in parts if one not in _SIDES)
    bounds = [f"{name}{side}" for name in (subject, *_BOUNDED.get(subject, ())) for side in sides]
    return next((did_you_mean(one) for one in bounds if one in known), None)


def synonym(word: str, known: Collection[str]) -> Suggestion | None:
    """Suggest what a word of other APIs is called here; None if it has no name here."""
    return next((did_you_mean(name) for name in _SYNONYMS.get(word, ()) if name in known), None)


MAX_CODES = 3
"""How many codes a suggestion names."""
SHORT = 3
"""Letters of a word that says little by itself, such as `and`."""
LEAST_COMMON = 5
"""Letters that two words have to begin with to count as forms of one word."""
CLOSE = 0.7
"""How close the spelling of a code has to be: `inflation` and `regulation` are 0.63."""


def nearest_code(written: str, labels: Mapping[str, str]) -> Suggestion | None:
    """Suggest the codes with this code or label, or with a very similar spelling.

    `labels` has the name of each code as people know it.
    """
    asked = tokens.words(written)
    if not asked:
        return None
    if (known_as := word_of_value(written, labels)) is not None:
        return known_as
    names: dict[str, list[list[str]]] = {
        code: [tokens.words(name) for name in (code, label) if name]
        for code, label in labels.items()
    }
    called = [code for code, found in names.items() if asked in found]
    if not called:
        called = [
            code
            for code, found in names.items()
            if any(all(_occurs(word, name) for word in asked) for name in found)
        ]
    if not called:
        called = [
            code
            for code, found in names.items()
            if any(_occurs(word, name) for word in asked for name in found if len(word) > SHORT)
        ]
    # Names that begin like this come first: California before Baja California.
    called.sort(key=lambda code: all(name[: len(asked)] != asked for name in names[code]))
    if called:
        # A number says nothing to somebody who wrote a name.
        named = [labels[code] for code in called[:MAX_CODES] if code.isdigit()]
        others = f"; {len(called) - MAX_CODES} more" if len(called) > MAX_CODES else ""
        more = f" ({'; '.join(named)}{others})" if named else ""
        return did_you_mean(*called[:MAX_CODES], more=more)
    return nearest("_".join(asked), labels, cutoff=CLOSE)


def nearest_subdivision(written: str, labels: Mapping[str, str]) -> Suggestion | None:
    """Suggest a state, province or region; `CA` is a state of the United States."""
    of_a_state = f"US-{written.strip().upper()}"
    if of_a_state in labels:
        return did_you_mean(of_a_state)
    asked = tokens.words(written)
    # Labels end with the country. California is no part of `Baja California`.
    called = [code for code, label in labels.items() if asked == tokens.words(_place(label))]
    return did_you_mean(*called) if len(called) == 1 else nearest_code(written, labels)


def _place(label: str) -> str:
    return label.rpartition(", ")[0]


# What people call a sector although no label of NAICS says it → the sectors that it is in.
_SECTORS = {
    **dict.fromkeys(
        ("tech", "technology", "technologies", "it", "software", "internet", "computers"),
        ("51", "31-33", "54"),
    ),
    **dict.fromkeys(("hardware", "chips", "semiconductors", "cars", "automotive"), ("31-33",)),
    **dict.fromkeys(("media", "telecom", "telecoms", "telecommunications"), ("51",)),
    **dict.fromkeys(("bank", "banks", "banking", "financial"), ("52",)),
    **dict.fromkeys(("consulting", "law"), ("54",)),
}


def nearest_sector(written: str, labels: Mapping[str, str]) -> Suggestion | None:
    """Suggest sectors of NAICS, which go by activity: there is no technology sector."""
    asked = tokens.words(written)
    sectors = [one for one in _SECTORS.get(" ".join(asked), ()) if one in labels]
    if not sectors and (sector := _sector_of(written.strip(), labels)) is not None:
        return did_you_mean(sector, more=f" ({labels[sector]}; sectors only, of two digits)")
    if not sectors:
        return nearest_code(written, labels)
    return did_you_mean(*sectors, more=f" ({'; '.join(labels[one] for one in sectors)})")


def _sector_of(code: str, sectors: Iterable[str]) -> str | None:
    """Return the sector of a longer code of NAICS: `5112` is in 51, and `3361` in 31-33."""
    if not (code.isascii() and code.isdigit()):
        return None
    for sector in sectors:
        first, _, last = sector.partition("-")
        if first <= code[:2] <= (last or first):
            return sector
    return None


def _occurs(word: str, name: list[str]) -> bool:
    """Return whether a word occurs in a name, also in another form: `manager` in `management`."""
    return any(
        one == word or (min(len(one), len(word)) >= LEAST_COMMON and _common(one, word))
        for one in name
    )


def _common(one: str, other: str) -> bool:
    return one[:LEAST_COMMON] == other[:LEAST_COMMON]


# What others call a list → what it is called here.
_LISTS = {
    **dict.fromkeys(("layoffs", "layoff", "cuts", "events"), "waves"),
    **dict.fromkeys(("stats", "aggregate", "aggregations"), "statistics"),
    **dict.fromkeys(("reasons", "causes"), "drivers"),
    **dict.fromkeys(("employers", "organizations", "firms"), "companies"),
    **dict.fromkeys(("warn", "filings"), "notices"),
    **dict.fromkeys(("references", "citations"), "sources"),
}
# Lists elsewhere of what belongs to a record → the filter of another list here.
_FILTERS = {
    "waves": ("companies", "drivers", "roles", "sources", "collections"),
    "claims": ("companies", "drivers", "roles", "sources", "collections", "waves"),
    "notices": ("companies", "waves", "collections"),
}
_ONE = {"companies": "company"}
# What others list but is a dimension here → where its values are, each with its name and its count.
_DIMENSIONS = {
    **dict.fromkeys(("industries", "sectors"), "/v1/statistics?group_by=industry"),
    "countries": "/v1/statistics?group_by=country",
    **dict.fromkeys(("states", "subdivisions", "regions"), "/v1/statistics?group_by=subdivision"),
    "jurisdictions": "/v1/notices/statistics?group_by=jurisdiction",
    "counties": "/v1/notices/statistics?group_by=county",
    "statuses": "/v1/statistics?group_by=status",
    "speakers": "/v1/statistics?group_by=speaker",
    "feeds": "/v1/changes?format=atom",
}
_VERSION = re.compile(r"v\d+")
# The suffix by which others choose a format → what `format` calls it.
_ENDS = {
    **{one: one for one in ("csv", "json", "ndjson", "xlsx", "parquet", "atom", "html")},
    "jsonl": "ndjson",
    "xls": "xlsx",
    "rss": "atom",
    "xml": "atom",
    "md": "markdown",
}


def nearest_path(written: str, templates: Collection[str]) -> Suggestion | None:
    """Suggest an address for a path that does not exist: with its version, or as it is called here.

    `templates` are the existing paths, with `{…}` for any segment. What is below a record is a
    filter: `/v1/companies/meta/waves` is `/v1/waves?company=meta`; a suffix such as `.csv` is a
    format.
    """
    stem, _, end = written.rpartition(".")
    if (format_ := _ENDS.get(end.lower())) is not None:
        near = did_you_mean(stem) if stem in templates else nearest_path(stem, templates)
        return _in_format(near, format_)
    segments = [one for one in written.split("/") if one and one != "api"]
    if segments and _VERSION.fullmatch(segments[0]):
        del segments[0]
    known = [template.split("/")[2:] for template in templates if template.startswith("/v1/")]
    lists = {first for first, *_ in known}
    if len(segments) == 1 and (listed := _DIMENSIONS.get(segments[0].lower())) is not None:
        return did_you_mean(listed)
    if not segments or (first := _list(segments[0], lists)) is None:
        return None
    segments[0] = first
    if any(_fits(segments, template) for template in known):
        path = f"/v1/{'/'.join(segments)}"
        return did_you_mean(path) if path != written else None
    # A list, an id, and what is below it.
    if len(segments) == 3 and (below := _list(segments[2], lists)) is not None:  # noqa: PLR2004
        filter_ = _ONE.get(first, first[:-1]) if first in _FILTERS.get(below, ()) else None
        return did_you_mean(f"/v1/{below}?{filter_}={segments[1]}") if filter_ else None
    return None


def _in_format(address: Suggestion | None, format_: str) -> Suggestion | None:
    if address is None or address.value is None:
        return None
    joint = "&" if "?" in address.value else "?"
    return did_you_mean(f"{address.value}{joint}format={format_}")


def _list(written: str, lists: Collection[str]) -> str | None:
    word = written.lower()
    if word in lists:
        return word
    return _LISTS.get(word) or closest(word, lists)


def _fits(segments: list[str], template: list[str]) -> bool:
    return len(segments) == len(template) and all(
        part.startswith("{") or part == segment
        for segment, part in zip(segments, template, strict=True)
    )
