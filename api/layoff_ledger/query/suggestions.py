"""What was probably meant by what is not known: parameters of other APIs, codes by name or synonym.

Nothing here reads the ledger: it compares words with words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from layoff_ledger.nearest import did_you_mean, nearest_word
from layoff_ledger.search import tokens

_PAGING = "follow `links.next`; `limit` sets the size of a page"
_DATES = (
    "use announced, such as announced=2023, or announced_gte and announced_lte, such as "
    "announced_gte=2023-01-01"
)
# Parameters that other APIs have → what to do here, and the parameter that it needs.
_HABITS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("page", "offset", "skip", "start", "from_record", "page_number", "pageno"),
        (_PAGING, "cursor"),
    ),
    **dict.fromkeys(
        ("per_page", "page_size", "pagesize", "size", "max", "top", "first", "rows", "count_limit"),
        ("use limit, 1 to 200; `links.next` leads on", "limit"),
    ),
    **dict.fromkeys(
        (
            "year",
            "month",
            "date",
            "since_date",
            "start_date",
            "end_date",
            "date_from",
            "date_to",
            "from",
            "to",
            "since",
            "until",
            "after",
            "before",
        ),
        (_DATES, "announced_gte"),
    ),
    **dict.fromkeys(("fields", "field", "columns", "only"), ("did you mean 'select'?", "select")),
    **dict.fromkeys(("include", "embed", "with"), ("did you mean 'expand'?", "expand")),
    **dict.fromkeys(
        ("order", "order_by", "orderby", "sort_by", "sortby", "ordering"),
        ("did you mean 'sort'? A `-` before the name descends", "sort"),
    ),
    **dict.fromkeys(
        ("search", "query", "text", "keyword", "keywords", "term"),
        ("did you mean 'q'?", "q"),
    ),
    **dict.fromkeys(("reason", "cause", "why"), ("did you mean 'driver'?", "driver")),
    **dict.fromkeys(("sector", "naics"), ("did you mean 'industry'?", "industry")),
    **dict.fromkeys(
        ("state", "province", "region", "location"),
        ("use country, two capital letters; units of a wave are found by q", "country"),
    ),
    **dict.fromkeys(("revision", "version", "at"), ("did you mean 'as_of'?", "as_of")),
    **dict.fromkeys(
        ("employer", "organization", "org", "company_name", "company_id", "firm"),
        ("did you mean 'company'?", "company"),
    ),
    **dict.fromkeys(
        ("jobs", "laid_off", "employees", "headcount", "headcount_low", "headcount_high"),
        ("use headcount_gte and headcount_lte", "headcount_gte"),
    ),
    **dict.fromkeys(
        ("min_headcount", "headcount_min", "min_jobs"),
        ("did you mean 'headcount_gte'?", "headcount_gte"),
    ),
    **dict.fromkeys(
        ("max_headcount", "headcount_max", "max_jobs"),
        ("did you mean 'headcount_lte'?", "headcount_lte"),
    ),
    **dict.fromkeys(("output", "fmt", "type"), ("did you mean 'format'?", "format")),
}
_KEYS = frozenset({"api_key", "apikey", "key", "token", "access_token", "apitoken"})


def habit(name: str, known: Iterable[str]) -> str | None:
    """Say what does here what a parameter of other APIs does; None if nothing does."""
    word = name.lower().replace("-", "_").strip("[]$")
    if word in _KEYS:
        return "no key is needed: leave it out"
    advice, needed = _HABITS.get(word, ("", ""))
    return advice if needed in known else None


MAX_CODES = 3
"""Codes that a suggestion names."""
LEAST_COMMON = 5
"""Letters that two words begin with to be taken for forms of one word."""


def nearest_code(written: str, labels: Mapping[str, str]) -> str | None:
    """Suggest the codes that are called so, by code or label, or are spelt much like it.

    `labels` has the name of each code as people know it.
    """
    asked = tokens.words(written)
    if not asked:
        return None
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
    # What begins so comes first: California before Baja California.
    called.sort(key=lambda code: all(name[: len(asked)] != asked for name in names[code]))
    if called:
        hint = did_you_mean(*called[:MAX_CODES])
        # A number says nothing to who wrote a name.
        named = [labels[code] for code in called[:MAX_CODES] if code.isdigit()]
        more = f"; {len(called) - MAX_CODES} more" if len(called) > MAX_CODES else ""
        return f"{hint} ({'; '.join(named)}{more})" if named else hint
    return nearest_word("_".join(asked), labels)


def nearest_subdivision(written: str, labels: Mapping[str, str]) -> str | None:
    """Suggest a state, province or region; `CA` is a state of the United States."""
    of_a_state = f"US-{written.strip().upper()}"
    return did_you_mean(of_a_state) if of_a_state in labels else nearest_code(written, labels)


# What people call a sector and no label of NAICS has → the sectors that it is in.
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


def nearest_sector(written: str, labels: Mapping[str, str]) -> str | None:
    """Suggest sectors of NAICS, which are by activity: there is none of technology."""
    asked = tokens.words(written)
    sectors = [one for one in _SECTORS.get(" ".join(asked), ()) if one in labels]
    if not sectors:
        return nearest_code(written, labels)
    return f"{did_you_mean(*sectors)} ({'; '.join(labels[one] for one in sectors)})"


def _occurs(word: str, name: list[str]) -> bool:
    """Say whether a word stands in a name, also in another form: `manager` in `management`."""
    return any(
        one == word or (min(len(one), len(word)) >= LEAST_COMMON and _common(one, word))
        for one in name
    )


def _common(one: str, other: str) -> bool:
    return one[:LEAST_COMMON] == other[:LEAST_COMMON]
