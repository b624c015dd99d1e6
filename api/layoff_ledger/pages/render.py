"""An answer → HTML: which template, and what it gets. Whatever a template shows is escaped."""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import quote, urlencode

from layoff_ledger import paths, vocabulary
from layoff_ledger.exports.tables import tables
from layoff_ledger.formats.citation import undated
from layoff_ledger.http.context import Context
from layoff_ledger.http.problems import EXAMPLE, REQUIRED, UNKNOWN_PARAMETER
from layoff_ledger.pages import claims, files, groups, words
from layoff_ledger.pages.forms import called, form_of
from layoff_ledger.pages.linked_data import linked_data
from layoff_ledger.pages.subject import Subject
from layoff_ledger.pages.titles import title_of
from layoff_ledger.pages.totals import totals_of
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.bibliography import LEDGER
from layoff_ledger.site import environment, guide

_WITH_HISTORY = frozenset(name for name, one in RESOURCES.items() if one.history is not None)
_DESCRIPTION = "Layoffs, when, why as stated and by whom, whose jobs, and which source says so."


@functools.cache
def _templates() -> frozenset[str]:
    return frozenset(path.stem for path in paths.PAGES.glob("*.html"))


def _template(subject: Subject) -> str:
    """Return the template: the operation's own, or else that of all records or of any answer."""
    counted = subject.counts
    if counted is not None:
        return f"get_{counted.removesuffix('s')}_statistics.html"
    if subject.operation in _templates():
        return f"{subject.operation}.html"
    if subject.resource is None:
        return "answer.html"
    return "record.html" if subject.is_record else "list.html"


def render(subject: Subject) -> str:
    """Return the page of an answer."""
    title = title_of(subject)
    description = (_sentence(subject) or f"{title}: {_DESCRIPTION}").replace("`", "")
    return environment.render(
        _template(subject),
        title=f"{title} · {LEDGER}",
        heading=title,
        description=description,
        linked_data=linked_data(subject, title, description),
        sentence=_sentence(subject),
        base=subject.base,
        here="/explore" if subject.operation == "explore" else subject.path,
        has_guide=guide.guide() is not None,
        subject=subject,
        document=subject.document,
        words=words,
        claims=claims,
        groups=groups,
        files=files,
        tables=tables,
        form=form_of(subject.parameters, subject.query, subject.snapshot, subject.operation),
        called=functools.partial(called, subject),
        has_history=_WITH_HISTORY,
        totals=totals_of(subject.beside.years) if subject.beside.years else None,
        citation=_citation(subject, title),
        license=subject.snapshot.license,
        license_url=vocabulary.license_url(subject.snapshot.license),
    )


def _sentence(subject: Subject) -> str | None:
    resource = subject.resource
    if resource is None or not subject.is_record or resource.feed_text is None:
        return None
    return resource.feed_text(subject.document).sentence


def _citation(subject: Subject, title: str) -> str:
    """Cite the answer as plain text, without a day of access: the page is the same every day."""
    snapshot = subject.snapshot
    return undated(
        f"{LEDGER}: {title}",
        subject.cited,
        snapshot.revision,
        snapshot.published_at,
        snapshot.attribution,
    ).strip()


def _mended(error: Json, asked: Context) -> str | None:
    """Return the address of the question that was probably meant, if one value is wrong."""
    path = f"{asked.base}{asked.raw_path.decode('latin-1')}"
    if error["detail"] == REQUIRED and error["suggestion"]:
        example = error["suggestion"].removeprefix(EXAMPLE)
        return f"{path}?{'&'.join([*asked.query.written(), example])}"
    suggested = error["suggested_value"]
    wrong = [one for one in asked.query.parameters if one.name == error["parameter"]]
    if suggested is None or len(wrong) != 1:
        return None
    is_renamed = error["detail"] == UNKNOWN_PARAMETER
    given = {one.name for one in asked.query.parameters}
    # If there are several values, nobody knows which one was meant; the name must not be repeated.
    if suggested in given if is_renamed else "," in wrong[0].value:
        return None
    name, value = (suggested, wrong[0].value) if is_renamed else (wrong[0].name, suggested)
    kept = asked.query.written(without={error["parameter"]})
    return f"{path}?{'&'.join([*kept, urlencode({name: value})])}"


def _address(elsewhere: tuple[str, str], asked: Context) -> str:
    """Return the address that was probably meant by an unknown path, or by an unknown id in it."""
    path = asked.path.replace(*elsewhere, 1)
    query = asked.query.raw.decode("latin-1")
    more = f"{'&' if '?' in path else '?'}{query}" if query else ""
    return f"{asked.base}{quote(path, safe='/?=:')}{more}"


def render_problem(problem: Json, asked: Context, elsewhere: tuple[str, str] | None) -> str:
    """Return the page that says what is wrong with a request, and what to do.

    `elsewhere` is a part of the path that names nothing, and what was probably meant by it.
    """
    values: dict[str, Any] = {
        "title": f"{problem['title']} · {LEDGER}",
        "description": problem["detail"],
        "base": asked.base,
        "here": None,
        "has_guide": guide.guide() is not None,
        "problem": problem,
        "words": words,
        "mended": [_mended(one, asked) for one in problem["errors"]],
        "elsewhere": None if elsewhere is None else _address(elsewhere, asked),
    }
    return environment.render("wrong.html", **values)
