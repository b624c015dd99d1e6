"""Scores many entries at once, with Arrow: which terms find each, and with what weight.

It does the same as `Terms.scores` for all of them at once, in a fifth of the time. It is separate
from `weights.py`, because pyarrow takes long to load: only those who need it wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from layoff_ledger.search.weights import WEIGHT_OF, Key, Terms

_ROUNDING = 1e-11
"""More than the order in which weights are added up can change their sum."""


def find(terms: Terms, words: Sequence[str]) -> pa.Table:
    """Return which terms find which of some entries, and their weights.

    An entry is its position among those given (`entry`), a term its number (`term`); the rank is
    `weight / (weight + 1)`. Weights are added up in no fixed order, which `ranks` allows for.
    """
    # Without the quote at the beginning of each.
    items = pc.split_pattern(pa.array([one[1:] for one in words], pa.string()), " '")
    entries = pc.list_parent_indices(items)
    parts = pc.split_pattern(items.flatten(), "':")
    lexemes = pc.list_element(parts, 0).dictionary_encode()
    weights, places = _weigh(pc.list_element(parts, 1))
    known = [terms.of_lexeme(lexeme) for lexeme in lexemes.dictionary.to_pylist()]
    found = pa.array(known, pa.list_(pa.int64())).take(lexemes.indices)
    item = pc.list_parent_indices(found)
    # Entry and term as one number: groups of one column are found in half the time.
    both = pc.add(
        pc.multiply(entries.take(item).cast(pa.int64()), len(terms.names)), found.flatten()
    )
    sums = (
        pa.table({"both": both, "weight": weights.take(item)})
        .group_by("both", use_threads=False)
        .aggregate([("weight", "sum")])
    )
    entry = pc.divide(sums["both"], len(terms.names))
    lengths = pa.table({"entry": entries, "places": places}).group_by("entry", use_threads=False)
    number = lengths.aggregate([("places", "sum")]).sort_by("entry")["places_sum"]
    length = pc.ln(pc.add(number, 1).cast(pa.float64()))
    return pa.table(
        {
            "entry": entry,
            "term": pc.subtract(sums["both"], pc.multiply(entry, len(terms.names))),
            "weight": pc.divide(sums["weight_sum"], length.take(entry)),
        }
    )


def _weigh(places: Any) -> tuple[Any, Any]:
    """Return the weights of the positions of each lexeme, and how many they are."""
    number = pc.add(pc.count_substring(places, ","), 1)
    plain = number
    weights = pa.scalar(0.0)
    for letter in "ABC":
        written = pc.count_substring(places, letter)
        plain = pc.subtract(plain, written)
        weights = pc.add(weights, pc.multiply(written.cast(pa.float64()), WEIGHT_OF[letter]))
    return pc.add(weights, pc.multiply(plain.cast(pa.float64()), WEIGHT_OF["D"])), number


def ranks(weights: Any) -> tuple[Any, Any]:
    """Return the ranks of some weights, rounded down and up: equal if the order does not matter."""

    def rank(factor: float) -> Any:
        bound = pc.multiply(weights, factor)
        return pc.divide(bound, pc.add(bound, 1.0)).cast(pa.float32(), safe=False)

    return rank(1 - _ROUNDING), rank(1 + _ROUNDING)


def count(found: pa.Table) -> Iterable[tuple[int, int]]:
    """Return each term, by its number, with how many entries it finds."""
    return ((one["values"], one["counts"]) for one in pc.value_counts(found["term"]).to_pylist())


def near(
    found: pa.Table, ids: list[str], bounds: list[Key]
) -> Iterable[tuple[int, int, float, float]]:
    """Return entry, term and bounds of scores that may not be worse than that of a bound.

    `ids` are those of the entries, and `bounds` those of the terms.
    """
    low, high = ranks(found["weight"])
    scores, last = zip(*bounds, strict=True)
    columns = {
        "entry": found["entry"],
        "term": found["term"],
        "low": low,
        "high": high.cast(pa.float64()),
        "bound": pa.array(scores, pa.float64()).take(found["term"]),
    }
    kept = pa.table(columns).filter(pc.greater_equal(columns["high"], columns["bound"]))
    # Of those that equal the bound, those whose id does not come after its own.
    after = pc.greater(
        pa.array(ids, pa.string()).take(kept["entry"]),
        pa.array(last, pa.string()).take(kept["term"]),
    )
    kept = kept.filter(pc.invert(pc.and_(after, pc.equal(kept["high"], kept["bound"]))))
    return zip(*(kept[name].to_pylist() for name in ("entry", "term", "low", "high")), strict=True)
