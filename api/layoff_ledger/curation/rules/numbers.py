"""Numbers in the words of a source: `14,000`, `14.000`, `14k`, `2.5 million`, `13 %`, `a third`.

A number is certain if the words leave no doubt that it counts people or is a share; an uncertain
one (a year, a day, `one`) may agree with a claim but never contradicts it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Kind = Literal["count", "share", "money", "other"]


class Number(Struct, frozen=True):
    """A number, its possible values (a share as a fraction of one), and its place in the text."""

    values: tuple[float, ...]
    kind: Kind
    certain: bool
    start: int
    end: int


_DIGITS = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?!\d)|\d+)(?:[.,](\d{1,2}))?(?![\d])"
)
_SCALES = {
    1e3: r"k|tsd\.?|tys\.?|tisíc|ezer|thousand|tausend|mille|mila|mil|mii|duizend|tusen|tusind|tuhat\w*",
    1e5: r"lakh",
    1e6: r"m|mn|mio\.?|million\w*|millón|millones|milion\w*|miljoen|miljon\w*|milh\w+",
    1e9: r"bn|mrd\.?|billion\w*|milliard\w*|miljard\w*|bilh\w+|crore",
}
_SCALE = re.compile(
    r"[\s\u00a0-]?(?:" + "|".join(f"(?P<x{index}>{one})" for index, one in enumerate(_SCALES.values()))
    + r")(?!\w)",
    re.IGNORECASE,
)  # fmt: skip
_PERCENT = re.compile(
    r"[\s\u00a0\u202f-]?(?:%|percent\w*|per[ -]?cent\w*|pct|prozent\w*|pour[ -]?cent|por ciento"
    r"|por cento|procent\w*|persen)",
    re.IGNORECASE,
)
_CURRENCY_BEFORE = re.compile(
    r"(?:[$€£¥₹₩]|\b(?:usd|eur|gbp|chf|sek|dkk|nok|rs\.?|inr|kr))\s?$", re.IGNORECASE
)
_CURRENCY_AFTER = re.compile(
    r"[\s-]?(?:[€$£¥₹]|(?:us |u\.s\. )?dollars?|euros?|pounds?|kron\w+|yen|yuan|rupees?|francs?"
    r"|rupiah|reais|usd|eur|gbp|sek)(?!\w)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\s?(?:%|percent)?\s?(?:[-–—]|to|bis|à|a|and|und|or|och|tot)\s?$", re.IGNORECASE
)

PEOPLE = (
    r"jobs?|posts?|positions?|roles?|employees?|workers?|staff\w*|people|persons?|workforce"
    r"|headcount|redundanc\w+|layoffs?|lay-offs?|dismissals?|personnel|members?|associates?"
    r"|colleagues?|ftes?|full-time|contractors?|engineers?|managers?|pilots?|miners?|journalists?"
    r"|officials?|teammates?|partners?|individuals|equivalents?|terminations?|workplaces"
    r"|stellen\w*|\w*mitarbeit\w+|beschäftigt\w+|\w*arbeitspl\w+|menschen|angestellt\w+"
    r"|arbeitnehm\w+|vollzeit\w*|kündigungen|jobabbau"
    r"|emplois|postes|salarié\w*|employés?|personnes|licenciements|collaborateurs"
    r"|emplead\w+|trabajador\w+|empleos|puestos|personas|despidos"
    r"|dipendenti|lavorator\w+|esuberi|posti|persone|addetti"
    r"|\w*banen|\w*medewerkers|werknemers|mensen|arbeidsplaatsen|personeelsleden"
    r"|funcionári\w+|trabalhador\w+|pessoas|empregos|postos|demiss\w+|colaboradores"
    r"|anställda|tjänster|jobb|personer|medarbetare|medarbejdere|stillinger|ansatte|årsverk"
    r"|pracownik\w+|osób|angajați|angajaţi|salariați|posturi|oameni|karyawan|pekerja|çalışan|kişi"
)
_PEOPLE_AFTER = re.compile(
    rf"\+?(?:[\s-]+[^\s\d,;:]+){{0,3}}?[\s-]+(?:{PEOPLE})(?!\w)", re.IGNORECASE
)
_PEOPLE_BEFORE = re.compile(
    rf"(?:{PEOPLE})\s+(?:of|to|by|from|at|number\w*|total\w*|is|was|were|are|:|zu|um|auf)"
    r"(?:\s+\w+){0,2}\s*$",
    re.IGNORECASE,
)
_OTHER_AFTER = re.compile(
    r"[\s-]+(?:\w+[\s-]+)?(?:years?|months?|weeks?|days?|hours?|quarters?|stores?|shops?|branch\w*"
    r"|plants?|sites?|factor\w+|countr\w+|offices?|locations?|restaurants?|cit\w+|states?|aircraft"
    r"|planes?|cars?|vehicles?|customers?|users?|subscribers?|patients?|students?|beds?|schools?"
    r"|points?|times|tonnes?|barrels?|games?|studios?|teams?|flights|trucks?|clients?|homes?"
    r"|loans?|rooms?|rounds?|units?|brands?|markets?|languages?|hotels?|warehouses?|hubs?"
    r"|departments?|executives per|jahre\w*|monat\w*|filial\w+|standort\w*|ans|mois|años|meses"
    r"|square|miles?|km|mw|gw|th|st|nd|rd)(?!\w)",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez|déc|fév|ene|dic)\w*\.?"
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\s$", re.IGNORECASE)
_MONTH_AFTER = re.compile(rf"(?:th|st|nd|rd|\.)?\s(?:of |de )?{_MONTH}(?!\w)", re.IGNORECASE)

_WORDS: dict[str, float] = {
    **{
        word: value
        for value, words in enumerate(
            (
                "", "one ein eine un une uno una één en um uma", "two zwei deux dos due twee två dois",
                "three drei trois tres tre drie três", "four vier quatre cuatro quattro fyra",
                "five fünf cinq cinco cinque vijf fem", "six sechs seis sei zes sex",
                "seven sieben sept siete sette zeven sju sete", "eight acht huit ocho otto åtta oito",
                "nine neun neuf nueve nove negen nio", "ten zehn dix diez dieci tien tio dez",
                "eleven elf onze once", "twelve zwölf douze doce dodici twaalf tolv", "thirteen",
                "fourteen", "fifteen quinze", "sixteen", "seventeen", "eighteen", "nineteen",
            )
        )
        for word in words.split()
    },
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "dozen": 12, "zwanzig": 20, "dreißig": 30, "fünfzig": 50,
    "achthonderd": 800, "tweehonderd": 200, "ottocento": 800, "vingtaine": 20,
}  # fmt: skip
_MULTIPLES = {
    "hundred": 100, "thousand": 1000, "million": 1_000_000, "hundert": 100, "tausend": 1000,
    "mille": 1000, "mil": 1000, "duizend": 1000, "tusen": 1000, "honderd": 100, "cent": 100,
    "millier": 1000, "milliers": 1000, "centaine": 100, "migliaio": 1000, "mila": 1000,
}  # fmt: skip
_ANY_MULTIPLE = "|".join(sorted(_MULTIPLES, key=len, reverse=True))
_WORD_NUMBER = re.compile(
    rf"\b(?:(?:{_ANY_MULTIPLE})(?:[\s-]+and\s+(?=\w)|[\s-]+(?=\w)|\b)"
    rf"|(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?:[\s-]+(?=\w)|\b))+",
    re.IGNORECASE,
)
_PARTS: dict[str, float] = {
    "half": 0.5, "halved": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "sixth": 1 / 6,
    "seventh": 1 / 7, "eighth": 0.125, "ninth": 1 / 9, "tenth": 0.1, "hälfte": 0.5, "drittel": 1 / 3,
    "viertel": 0.25, "fünftel": 0.2, "zehntel": 0.1, "moitié": 0.5, "tiers": 1 / 3, "quart": 0.25,
    "cinquième": 0.2, "dixième": 0.1, "mitad": 0.5, "tercio": 1 / 3, "metà": 0.5, "terzo": 1 / 3,
    "quarto": 0.25, "helft": 0.5, "derde": 1 / 3, "kwart": 0.25, "metade": 0.5, "terço": 1 / 3,
    "hälften": 0.5, "tredjedel": 1 / 3, "fjärdedel": 0.25,
}  # fmt: skip
_PART = re.compile(
    r"\b(?:(two|three|four|zwei|drei|vier|deux|trois|dos|tres|due|tre|twee)[\s-]+)?"
    rf"({'|'.join(_PARTS)})s?\b",
    re.IGNORECASE,
)
_ONE_IN = re.compile(r"\b(one|two|three|1|2|3) (?:in|out of)(?: every)? (\w+)", re.IGNORECASE)
_EVERYONE = re.compile(
    r"\b(all|entire|whole|everyone|every|complete\w*|alle\w*|gesamt\w*|sämtlich\w*|tous|toute\w*"
    r"|tod[oa]s|tutt[io]|total\w*|full)\b",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=20_000)
def numbers(text: str) -> tuple[Number, ...]:
    """Return every number of a text, in the order in which they stand."""
    found = [*_of_digits(text), *_of_words(text), *_shares_in_words(text)]
    return tuple(sorted(_carry_percent(text, found), key=lambda one: one.start))


def matches(number: Number, target: float, *, share: bool) -> bool:
    """Return whether a number agrees with a figure: a fraction of one if `share`, else jobs."""
    if number.kind != ("share" if share else "count"):
        return False
    return any(abs(value - target) <= (0.0051 if share and number.certain is False else
               0.00051 if share else 0.5) for value in number.values)  # fmt: skip


def _of_digits(text: str) -> Iterator[Number]:
    for found in _DIGITS.finditer(text):
        whole, decimals = found.groups()
        groups = re.split(r"[.,'’ \u00a0\u202f]", whole)
        value = float("".join(groups))
        values = [value]
        end = found.end()
        scale = _SCALE.match(text, end)
        if decimals is not None:
            values = [float(f"{int(value)}.{decimals}")]
        elif len(groups) == 2 and scale is not None:  # noqa: PLR2004 as in 4.250 million
            values.append(float(f"{groups[0]}.{groups[1]}"))
        elif len(groups) > 1 and re.search(r"\s", whole):
            values.append(float(groups[-1]))
        if scale is not None:
            factor = next(
                one for index, one in enumerate(_SCALES) if scale[f"x{index}"] is not None
            )
            values = [one * factor for one in values]
            end = scale.end()
        yield _classified(text, tuple(values), found.start(), end, grouped=len(groups) > 1)


def _classified(text: str, values: tuple[float, ...], start: int, end: int, *, grouped: bool) -> Number:  # fmt: skip
    before, value = text[max(0, start - 60) : start], values[0]
    if _CURRENCY_BEFORE.search(before) or _CURRENCY_AFTER.match(text, end):
        return Number(values, "money", True, start, end)
    if percent := _PERCENT.match(text, end):
        return Number(tuple(one / 100 for one in values), "share", True, start, percent.end())
    if value >= 1e8:  # noqa: PLR2004 nobody has so many people
        return Number(values, "money", True, start, end)
    if _PEOPLE_AFTER.match(text, end) and not _OTHER_AFTER.match(text, end):
        year = 1900 <= value <= 2100 and not grouped and end - start == 4  # noqa: PLR2004
        day = bool(_MONTH_BEFORE.search(before) or _MONTH_AFTER.match(text, end))
        return Number(values, "count", not (year or day or value < 2), start, end)  # noqa: PLR2004
    if _OTHER_AFTER.match(text, end):
        return Number(values, "other", False, start, end)
    certain = bool(_PEOPLE_BEFORE.search(before)) and value >= 100  # noqa: PLR2004 not a day or an item
    year = 1900 <= value <= 2100 and not grouped  # noqa: PLR2004
    return Number(values, "count", certain and not year, start, end)


def _of_words(text: str) -> Iterator[Number]:
    for found in _WORD_NUMBER.finditer(text):
        total, current = 0.0, 0.0
        words = re.split(r"[\s-]+", found[0].strip(" -").lower())
        for word in words:
            if word in _MULTIPLES:
                factor = _MULTIPLES[word]
                current = max(current, 1) * factor
                if factor >= 1000:  # noqa: PLR2004
                    total, current = total + current, 0
            elif word != "and":
                current += _WORDS[word]
        value, end = total + current, found.start() + len(found[0].rstrip(" -"))
        before = text[max(0, found.start() - 2) : found.start()]
        if re.search(r"[\d.,]\s?$", before) or value == 0:
            continue  # "14 thousand" was read with its digits
        if percent := _PERCENT.match(text, end):
            yield Number((value / 100,), "share", True, found.start(), percent.end())
        elif not _CURRENCY_AFTER.match(text, end) and not _OTHER_AFTER.match(text, end):
            certain = value >= 10 and bool(_PEOPLE_AFTER.match(text, end))  # noqa: PLR2004
            yield Number((value,), "count", certain, found.start(), end)


def _shares_in_words(text: str) -> Iterator[Number]:
    for found in _PART.finditer(text):
        times = 1.0 if found[1] is None else _WORDS[found[1].lower()]
        value = times * _PARTS[found[2].lower()]
        yield Number((value,), "share", False, found.start(), found.end())
    for found in _ONE_IN.finditer(text):
        first, second = (
            _WORDS.get(one.lower()) or (float(one) if one.isdecimal() else None)
            for one in found.groups()
        )
        if first and second:
            yield Number((first / second,), "share", False, found.start(), found.end())
    for found in _EVERYONE.finditer(text):
        yield Number((1.0,), "share", False, found.start(), found.end())


def _carry_percent(text: str, found: list[Number]) -> Iterator[Number]:
    """Read "10 to 15 %" as two shares."""
    shares = [one for one in found if one.kind == "share"]
    for one in found:
        if one.kind in {"count", "other"} and one.values[0] <= 100:  # noqa: PLR2004 per cent
            for share in shares:
                between = text[one.end : share.start]
                if 0 < len(between) <= 6 and _RANGE.fullmatch(between):  # noqa: PLR2004 " bis "
                    values = tuple(value / 100 for value in one.values)
                    yield Number(values, "share", True, one.start, one.end)
                    break
            else:
                yield one
        else:
            yield one
