"""Employers that may be companies of the ledger: similar in spelling, for a curator to judge.

A candidate links nothing. A curator who finds it right says so in `data/links/`, by hand or by the
answers to `ask`; the next import follows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from rapidfuzz import fuzz, process

from layoff_ledger.imports.linking import Company, Judgements, bare, variants

CLOSE = 88.0
"""From this similarity on, out of 100, two names are shown."""
REVIEWED = "reviewed.toml"
"""The file of `data/links/` that answers are added to."""
_HEAD = "# What a curator answered to `layoff-ledger links --review`.\n"
_WORDS = {"y": "confirm", "n": "deny"}
_SHORTEST = 4
"""From this many letters on, a name is compared: shorter ones are similar by chance."""


class Candidate(Struct, frozen=True, order=True):
    """An employer and the company that it may be; the best come first."""

    rank: float
    employer: str
    company: str
    name: str
    """The name of the company that is similar."""
    score: float
    """How similar, from 0 to 100."""
    notices: int
    jobs: int | None
    example: str
    """The id of one of its notices."""


def candidates(
    employers: Iterable[Any], companies: Iterable[Company], judgements: Judgements, limit: int
) -> list[Candidate]:
    """Return the candidates among rows of `read_unlinked_employers.sql`, best first.

    An employer and a company that a curator has judged are no longer a candidate.
    """
    judged = {
        (bare(one.employer), one.company)
        for one in (*judgements.confirm, *judgements.deny)
        if one.employer is not None
    }
    names = {
        name: (company.id, written)
        for company in companies
        for _, written in company.names
        if len(name := bare(written)) >= _SHORTEST
    }
    known = list(names)
    found = []
    for row in employers:
        written = variants(row["employer"])
        if not written or len(written[-1]) < _SHORTEST:
            continue
        best = process.extractOne(
            written[-1], known, scorer=fuzz.token_sort_ratio, score_cutoff=CLOSE
        )
        if best is None:
            continue
        company, name = names[best[0]]
        if any((one, company) in judged for one in written):
            continue
        score = round(best[1], 1)
        # Among equally similar ones, the one with the most notices.
        rank = -score - min(row["notices"], 99) / 100
        found.append(
            Candidate(
                rank, row["employer"], company, name, score, row["notices"], row["jobs"],
                row["example"],
            )
        )  # fmt: skip
    return sorted(found)[:limit]


def sentence(one: Candidate) -> str:
    """Return what a curator reads about a candidate."""
    jobs = "" if one.jobs is None else f", {one.jobs:,} jobs"
    return (
        f"{one.score:5.1f}  {one.employer!r} may be {one.company} ({one.name}): "
        f"{one.notices} notices{jobs}, such as {one.example}"
    )


def ask(found: Iterable[Candidate], folder: Path, answer: Callable[[str], str]) -> Iterator[str]:
    """Ask a curator about each candidate, and write each judgement before the next question.

    `answer` returns what is typed after a prompt. Ends when `q` is typed, or nothing can be; yields
    a line for each judgement that was written.
    """
    for one in found:
        try:
            word = ""
            while word not in {"y", "n", "s", "q"}:
                word = answer(f"{sentence(one)}\n  same company? [y]es, [n]o, [s]kip, [q]uit: ")
                word = word.strip().lower()[:1]
            if word == "q":
                return
            if word == "s":
                continue
            usual = "The same company." if word == "y" else "Another company."
            reason = answer(f"  why? (Enter for {usual!r}) ").strip() or usual
        except EOFError:
            return
        path = add(folder, _WORDS[word], one, reason)
        yield f"  {_WORDS[word]} written to {path}"


def add(folder: Path, verdict: str, one: Candidate, reason: str) -> Path:
    """Add a judgement to the file of answers; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / REVIEWED
    is_new = not path.exists()
    fields = {"employer": one.employer, "company": one.company, "reason": reason}
    lines = [f"{name} = {_quoted(value)}" for name, value in fields.items()]
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{_HEAD if is_new else ''}\n[[{verdict}]]\n" + "\n".join(lines) + "\n")
    return path


def _quoted(text: str) -> str:
    """Write a text as TOML does: as JSON, with one more character that has to be escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
