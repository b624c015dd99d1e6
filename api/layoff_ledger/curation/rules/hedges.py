"""Hedges in the words of a source: what "about", "more than" or "bis zu" says about a number."""

from __future__ import annotations

import functools
import re

from layoff_ledger import vocabulary
from layoff_ledger.curation.rules.numbers import Number

Hedge = vocabulary.Qualifier

_BOTH_OVER: tuple[Hedge, ...] = ("at_least", "approximately")
_BOTH_UNDER: tuple[Hedge, ...] = ("up_to", "approximately")

_BEFORE: dict[tuple[Hedge, ...], str] = {
    ("approximately",): (
        # English
        "about|around|roughly|approximately|approx|some|nearly|almost|close to|circa|ca|c|"
        "an estimated|estimated|estimates|in the region of|in the order of|on the order of|"
        "something like|~|≈|near|virtually|practically|nearing|approaching|"
        # German, French, Spanish, Italian
        "rund|etwa|ungefähr|zirka|knapp|fast|nahezu|annähernd|schätzungsweise|um die|"
        "environ|près de|presque|autour de|quelque|à peu près|aux alentours de|"
        "unos|unas|alrededor de|cerca de|casi|aproximadamente|en torno a|en torno al|"
        "quasi|intorno a|all'incirca|attorno a|"
        # Dutch, Portuguese, the Nordic languages, and others that occur
        "ongeveer|zo'n|zo’n|zowat|bijna|rond|rond de|pakweg|"
        "quase|em torno de|por volta de|aproximativ|circa|în jur de|"
        "omkring|cirka|ungefär|nästan|runt|næsten|knap|knappt|rundt|noin|lähes|około|prawie|"
        "zhruba|přibližně|téměř|mintegy|körülbelül|közel|sekitar|hampir|yaklaşık|около"
    ),
    _BOTH_OVER: (
        "just over|slightly over|a little over|just above|slightly more than|slightly above|"
        "a little more than|just more than|well over|gut|etwas mehr als|etwas über|reichlich|"
        "ruim|iets meer dan|drygt|drøyt|godt|un peu plus de|poco más de|poco più di|"
        "pouco mais de"
    ),
    ("at_least",): (
        "more than|over|above|at least|upwards of|upward of|in excess of|exceeding|exceeds|"
        "no fewer than|no less than|not less than|a minimum of|minimum of|north of|topping|past|"
        "surpassing|greater than|"
        "mehr als|über|mindestens|wenigstens|plus de|au moins|au-delà de|más de|al menos|"
        "por lo menos|oltre|più di|almeno|meer dan|minstens|ten minste|boven de|mais de|"
        "pelo menos|ao menos|peste|cel puțin|mer än|minst|fler än|mere end|mindst|mer enn|yli|"
        "vähintään|ponad|co najmniej|více než|nejméně|több mint|legalább|lebih dari|setidaknya"
    ),
    _BOTH_UNDER: (
        "just under|slightly under|a little under|just below|slightly less than|slightly below|"
        "a little less than|slightly fewer than|un peu moins de|etwas weniger als|net geen"
    ),
    ("up_to",): (
        "up to|as many as|as much as|as high as|at most|a maximum of|maximum of|maximum|no more than|"
        "not more than|less than|fewer than|under|below|until|"
        "bis zu|maximal|höchstens|weniger als|unter|jusqu'à|jusqu’à|au maximum|au plus|moins de|"
        "hasta|como máximo|menos de|fino a|sino a|al massimo|meno di|tot|tot wel|maximaal|"
        "minder dan|até|no máximo|upp till|som mest|högst|färre än|op til|højst|jopa|enintään|"
        "až|hingga|până la|maxim"
    ),
}  # fmt: skip
_AFTER: dict[tuple[Hedge, ...], str] = {
    ("approximately",): r"\s?(?:or so|-odd| odd|or thereabouts|environ|circa)",
    ("at_least",): (
        r"\+|\s?plus\b|-plus|\s(?:or more|and more|at least|oder mehr|ou plus|o más|of meer|o più)\b"
    ),
    ("up_to",): r"\s(?:or fewer|or less|at most|at maximum|maximum)\b",
}  # fmt: skip
_FILLER = (
    r"(?:a|an|the|another|additional|further|extra|more|total|total of|of|its|their|all|in total|"
    r"currently|another|by|ein|eine|einem|der|die|den|des|weitere|weiteren|un|une|una|los|las|els|de|"
    r"een|seiner|ihrer|insgesamt|weltweit|brutto|der insgesamt|global|worldwide|company's)"
)
_LEAD = re.compile(
    r"(?:^|(?<=[\s(\"“‘—–-]))(?:"
    + "|".join(
        f"(?P<x{index}>{'|'.join(sorted((re.escape(p) for p in phrases.split('|')), key=len, reverse=True))})"
        for index, phrases in enumerate(_BEFORE.values())
    )
    + rf")\.?(?:\s+{_FILLER}){{0,3}}[\s\u00a0]*[$€£]?$",
    re.IGNORECASE,
)  # fmt: skip
_SUFFIXES = [(hedge, re.compile(pattern, re.IGNORECASE)) for hedge, pattern in _AFTER.items()]
_SECOND_OF_RANGE = re.compile(
    r"(?:\d[\d.,]*\s?(?:%|percent)?\s?(?:[-–—]|to|bis|à)"
    r"|\b(?:between|zwischen|entre|tussen|tra)\s\d[\d.,]*\s?%?\s(?:and|und|et|y|en|e))\s?$",
    re.IGNORECASE,
)

# Words before which a hedge is a preposition: "a memo about 200 layoffs", "a row over 200 jobs".
_NOT_ABOUT = re.compile(
    r"\b(?:memo|told|tell|letter|news|rumou?rs?|talks?|reports?|announcements?|information|notices?"
    r"|statement|message|questions?|concerns?|informed|notified|says?|said|know|posted|worries)\s$",
    re.IGNORECASE,
)
_NOT_OVER = re.compile(
    r"\b(?:row|disputes?|protests?|strikes?|anger|fears?|concerns?|outrage|talks|battle|fight"
    r"|negotiations|clash|questions?|criticism|handed|take|taking|took|backlash|carried|spread)\s$",
    re.IGNORECASE,
)
_NOT_UP_TO = re.compile(
    r"\b(?:adds?|adding|totals?|total|brings?|bringing|sums?|goes)\s$", re.IGNORECASE
)


_HYPHENED = re.compile(r"\b(?:more|less|fewer)-than-$", re.IGNORECASE)


@functools.lru_cache(maxsize=20_000)
def hedges(text: str, number: Number) -> frozenset[Hedge]:
    """Return the qualifiers that the words around a number allow; none if it has no hedge."""
    found: set[Hedge] = set()
    before = _HYPHENED.sub(lambda one: one[0].replace("-", " "), text[: number.start])
    if part := _SECOND_OF_RANGE.search(before):
        before = before[: part.start()]
    while lead := _LEAD.search(before):
        start = before[: lead.start()]
        index = next(i for i in range(len(_BEFORE)) if lead[f"x{i}"] is not None)
        phrase = lead[f"x{index}"].lower()
        refused = {"about": _NOT_ABOUT, "over": _NOT_OVER, "up to": _NOT_UP_TO}.get(phrase)
        if refused is not None and refused.search(start):
            break
        found.update(list(_BEFORE)[index])
        before = start
    for classes, pattern in _SUFFIXES:
        if pattern.match(text, number.end):
            found.update(classes)
    return frozenset(found)
