"""The title of a page: what it shows, and about what, in words and not too long."""

from __future__ import annotations

from layoff_ledger.pages import groups, words
from layoff_ledger.pages.forms import all_called
from layoff_ledger.pages.labels import label
from layoff_ledger.pages.subject import Subject
from layoff_ledger.resources.base import Json

MAX_LENGTH = 90
"""Characters of the question in a title; beyond them, the title gives the number of filters."""
MAX_VALUES = 3
"""Values of a filter that a title names."""
MAX_VALUE = 40
"""Characters of one of them."""
# Titles of pages whose operation's summary tells programs what to do.
_TITLES = {
    **{f"get_{name}_history": "History of {id}" for name in ("company", "notice", "wave")},
    "get_rebalancing": "Capital expenditure against staff",
    "get_dictionary": "Data dictionary",
    "list_exports": "The whole ledger as files",
    "get_export": "Revision {revision} as files",
    "get_timeline": "What happens, and when",
    "get_revision": "Revision {number}",
    "list_revisions": "Revisions",
    "list_changes": "Changes",
}
_COUNTING = frozenset({"get_statistics", "get_notice_statistics"})
_REASONS = ("driver", "driver_group")
_JOBS, _SHARE = ("headcount", "jobs"), "share"
_CODES = ("status", "form", "kind")
_PLAIN = ("company", "driver", "driver_group", "role", "industry", *_CODES)
_SAID = {"states": "stated", "reports": "reported", "denies": "denied"}
_COUNTRIES = ("country", "country_not", "company_country")
_ENDS_OF_ARTICLES = (
    "Republic", "Islands", "Netherlands", "Philippines", "Bahamas", "Maldives", "Gambia", "Comoros",
)  # fmt: skip
"""How names of countries end that are written with an article, beside those that begin so."""
_SPAN = "span"
"""Stands for the two bounds of a span of days."""
_IN = ("country", "subdivision", "jurisdiction")
_PUT = {
    **dict.fromkeys(_PLAIN, "{}"),
    **dict.fromkeys(_IN, "in {}"),
    **{f"{name}_not": "not {}" for name in _PLAIN},
    **{f"{name}_not": "not in {}" for name in _IN},
    **{f"{name}_gte": "{} jobs or more" for name in _JOBS},
    **{f"{name}_lte": "{} jobs or fewer" for name in _JOBS},
    f"{_SHARE}_gte": "{} of the staff or more",
    f"{_SHARE}_lte": "{} of the staff or less",
    "announced": "{}",
    "changed_since": "changed after revision {}",
    "company_country": "companies of {}",
    "from": "since {}",
    "id": "{}",
    "notice": "{}",
    "publisher": "{}",
    "q": "\u201c{}\u201d",
    "since": "after revision {}",
    "speaker": "according to the {}",
    _SPAN: "{}",
    "stance": "{}",
    "to": "until {}",
    "wave": "{}",
    "weight": "as a {} reason",
}
"""A filter → how its values appear in a title; others have their label before them."""


def title_of(subject: Subject) -> str:
    """Return what a page shows, and the question: `Waves of job cuts: Meta Platforms`."""
    document, resource = subject.document, subject.resource
    if resource is not None and subject.is_record:
        if resource.feed_text is not None:
            return resource.feed_text(document).title
        return f"{words.plain(resource.name).capitalize()} {document[resource.key]}"
    if subject.operation == "compare_waves":
        # A file is called by the ids: it has the names in its rows.
        waves = [_wave(one) for one in document.get("waves", ())] or _values("wave", subject)
        return f"{_listed(waves, 'and')}, side by side"
    if subject.operation == "search":
        return f"Search: {_short(subject.query.last('q') or '')}"
    what, asked = _what(subject), _asked(subject)
    return f"{what}: {asked}" if asked else what


def _what(subject: Subject) -> str:
    document, resource = subject.document, subject.resource
    if resource is not None:
        return words.LISTS.get(resource.path) or words.plain(resource.path).capitalize()
    if subject.operation in _COUNTING:
        # What is counted, and by what: the citation of a page says it, too.
        counted = words.LISTS[subject.counts or "waves"]
        names = dict.fromkeys(_values("group_by", subject))
        return f"{counted} by {' and '.join(map(words.dimension, names))}"
    if subject.operation == "get_attribution":
        by = subject.query.last("by")
        of = f", by {words.dimension(by)}" if by else ""
        return f"Who ascribes job cuts to {_reasons(subject)}{of}"
    named = document if subject.beside.of is None else {**document, "id": subject.beside.of}
    return _TITLES.get(subject.operation, subject.summary).format_map(named)


def _reasons(subject: Subject) -> str:
    """Name the reasons of an attribution; artificial intelligence by default."""
    found = [one for name, values in _filters(subject) if name in _REASONS for one in values]
    # Within a sentence, unless it is an abbreviation.
    inner = [one if one[1:2].isupper() else one[:1].lower() + one[1:] for one in found]
    return _listed(inner, "or") if inner else "artificial intelligence"


def _wave(wave: Json) -> str:
    of = wave["title"] or words.date(wave["announced_on"], wave["announced_precision"])
    return f"{wave['company']['name']} ({of})"


def _values(parameter: str, subject: Subject) -> list[str]:
    values = [one.value for one in subject.query.parameters if one.name == parameter]
    return ",".join(values).split(",")


def _filters(subject: Subject) -> list[tuple[str, list[str]]]:
    """Return each filter of the question with all of its values in words."""
    found: dict[str, list[str]] = {}
    for name, value, _ in subject.filters:
        if name not in words.NOT_OF_STATISTICS and name not in groups.SHAPING:
            found.setdefault(name, []).extend(all_called(subject, name, value))
    return list(found.items())


def _asked(subject: Subject) -> str:
    """Say what narrows the answer: whose first, when last."""
    named = (*_REASONS, "by") if subject.operation == "get_attribution" else ()
    filters = [one for one in _filters(subject) if one[0] not in named]
    filters = sorted(_with_spans(filters), key=_place)
    phrases = [_phrase(name, values, subject.operation) for name, values in filters]
    if not _is_of_one_reason(subject):
        # Or a title would say who gives the reason that is in it, or who says that there was a cut.
        given = next((n for n, (name, _) in enumerate(filters) if name in _GIVEN), None)
        if given is not None:
            any_reason = f"with any reason {phrases[given]}"
            phrases[given] = any_reason.replace("any reason as a", "a")
    kept: list[str] = []
    for one in phrases:
        if kept and len(", ".join([*kept, one])) > MAX_LENGTH:
            break
        kept.append(one)
    left = len(phrases) - len(kept)
    size = subject.query.last("sample")
    sample = [f"a random sample of {_short(size)}"] if size else []
    more = [f"and {left} more {'filter' if left == 1 else 'filters'}"] if left else []
    return ", ".join([*kept, *more, *sample])


_GIVEN = ("speaker", "stance", "weight")
"""Filters of waves by a claim about a reason."""


def _is_of_one_reason(subject: Subject) -> bool:
    """Return whether the claims that are asked for are about the reason that a title names."""
    if subject.resource is not None and subject.resource.name == "claim":
        return True
    if subject.operation == "get_attribution":
        return False
    is_filtered = any(name in _REASONS for name, _ in _filters(subject))
    return is_filtered or not {*_REASONS, "speaker"}.isdisjoint(_values("group_by", subject))


def _with_spans(filters: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Put the first and the last day of a span together: `2024 to 2025`, or `2025` if it is one."""
    asked = dict(filters)
    for first in list(asked):
        stem = first.removesuffix("_gte")
        last = "to" if first == "from" else f"{stem}_lte"
        is_span = first in {"from", f"{stem}_gte"} and stem not in {*_JOBS, _SHARE}
        if is_span and last in asked:
            begins, ends = _first_day(*asked.pop(first)), _last_day(*asked.pop(last))
            asked[_SPAN] = [begins if begins == ends else f"{begins} to {ends}"]
    return list(asked.items())


def _first_day(written: str) -> str:
    return words.dated(written.removesuffix("-01-01"))


def _last_day(written: str) -> str:
    return words.dated(written.removesuffix("-12-31"))


def _place(asked: tuple[str, list[str]]) -> int:
    name, _ = asked
    is_last = name in {"announced", "notice", "from", "to", _SPAN} or name not in _PUT
    return 0 if name == "company" else 1 + is_last


def _phrase(name: str, values: list[str], operation: str) -> str:
    stem, _, bound = name.rpartition("_")
    if stem in _JOBS:
        values = [f"{int(one):,}" if one.isdecimal() else one for one in values]
    elif stem == _SHARE and bound in {"gte", "lte"}:
        values = [f"{float(one) * 100:.4g}%" for one in values]
    elif bound == "gte" or name == "from":
        values = [_first_day(one) for one in values]
    elif bound == "lte" or name == "to":
        values = [_last_day(one) for one in values]
    elif name in _CODES or stem in _CODES:
        values = [one.lower() for one in values]
    elif name == "stance":
        values = [_SAID.get(one, one) for one in values]
    elif name in _COUNTRIES:
        values = [_with_article(one) for one in values]
    put = _PUT.get(name) or {"gte": "since {}", "lte": "until {}"}.get(bound)
    text = _listed([_short(one) for one in values], "or")
    if put is not None:
        return put.format(text)
    called = words.within(label(name, operation))
    return called if values == ["yes"] else f"{called}: {text}"


def _with_article(country: str) -> str:
    """Give a country as it stands in a sentence: in the United States, in Germany."""
    has_article = country.startswith(("United ", "Democratic ")) or country.endswith(
        _ENDS_OF_ARTICLES
    )
    return f"the {country}" if has_article else country


def _short(text: str) -> str:
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1].rstrip()}\u2026"


def _listed(values: list[str], joined_by: str) -> str:
    kept = values[:MAX_VALUES]
    if len(values) > MAX_VALUES:
        kept = [*values[: MAX_VALUES - 1], f"{len(values) - MAX_VALUES + 1} more"]
    return kept[0] if len(kept) == 1 else f"{', '.join(kept[:-1])} {joined_by} {kept[-1]}"
