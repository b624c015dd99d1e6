"""A figure in words, for readers who do not see it: a title, a sentence, and all its values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from xml.sax.saxutils import escape

from layoff_ledger.charts import text
from layoff_ledger.charts.figure import Figure, Panel
from layoff_ledger.charts.marks import NO_KEY, axis_key, key_labels, written
from layoff_ledger.formats.chart import Numbers

MAX_VALUES = 300
"""How many values are read out; for more, there are the numbers themselves."""
_NO_VALUE = "not known"


def alternative(figure: Figure, numbers: Numbers) -> str:
    """Return the alternative text of a chart: what it shows, in a sentence or two."""
    sentences = [f"{figure.kind}: {text.clean(figure.title)}."]
    panel = figure.panels[0]
    known = [one for one in panel.values if one.low is not None]
    if not known:
        sentences.append("No value is known.")
    elif len(figure.panels) == 1 and not figure.is_ordered:
        most = max(known, key=lambda one: one.low or 0)
        labels = key_labels(panel)
        where = labels[axis_key(most.key)]
        if most.series is not None:
            where = f"{text.clean(figure.series[most.series])}, {where}"
        sentences.append(f"Highest: {written(most, panel.unit, numbers)} ({where}).")
    return " ".join(sentences)


def long(figure: Figure, numbers: Numbers) -> str:
    """Return everything that a chart shows, in words: what it rests on, and its values."""
    pieces = [text.clean(one) for one in figure.basis]
    left = MAX_VALUES
    for panel in figure.panels:
        if panel.heading:
            pieces.append(f"{text.clean(panel.heading)}.")
        for words, count in _series(figure, panel, numbers, left):
            pieces.append(words)
            left -= count
    more = sum(len(panel.values) for panel in figure.panels) - MAX_VALUES
    if more > 0:
        pieces.append(f"And {more} more values.")
    return " ".join([*pieces, f"{text.clean(figure.source)}.", f"Numbers: {figure.address}"])


def _series(figure: Figure, panel: Panel, numbers: Numbers, left: int) -> Iterator[tuple[str, int]]:
    labels = key_labels(panel)
    names: list[str | None] = [*panel.series] or [None]
    for name in names:
        values = [one for one in panel.values if name is None or one.series == name][: max(0, left)]
        if not values:
            continue
        left -= len(values)
        listed = "; ".join(
            f"{labels[axis_key(one.key)]}: {_value(written(one, panel.unit, numbers))}"
            for one in values
        )
        head = "" if name is None else f"{text.clean(figure.series[name])}: "
        yield f"{head}{listed}.", len(values)


def _value(label: str) -> str:
    return _NO_VALUE if label == NO_KEY else label


def describe(svg: str, figure: Figure, numbers: Numbers) -> str:
    """Add to an SVG its title and its description, which screen readers read aloud.

    Their ids are made from their text, so that one page can have several charts.
    """
    title, words = alternative(figure, numbers), long(figure, numbers)
    digest = hashlib.sha256(f"{title}{words}".encode()).hexdigest()[:10]
    if not svg.startswith("<svg "):
        raise ValueError(svg[:100])
    named = f'role="img" aria-labelledby="title-{digest} description-{digest}" '
    head, _, rest = svg.removeprefix("<svg ").partition(">")
    return (
        f'<svg {named}{head}><title id="title-{digest}">{escape(title)}</title>'
        f'<desc id="description-{digest}">{escape(words)}</desc>{rest}'
    )
