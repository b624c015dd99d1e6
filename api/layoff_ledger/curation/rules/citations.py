"""Citations: every claim has one, and quotes little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import all_cited, rule, violation
from layoff_ledger.nearest import nearest_word

WORDS_IN_A_FRAGMENT = 12


@rule
def claim_is_cited(curated: Curated) -> Iterator[Violation]:
    """Every claim, and every value of an indicator, has at least one citation."""
    for one in all_cited(curated):
        if not one.content.citations:
            hint = 'add citations = [{ source = "…", evidence = "…" }], or remove the claim'
            yield violation(
                curated, one.kind, one.id, claim_is_cited, "no citation", hint, one.path
            )


@rule
def citation_is_given_once(curated: Curated) -> Iterator[Violation]:
    """A claim does not cite the same words of the same source twice."""
    for one in all_cited(curated):
        given = Counter(
            (cited.source, cited.fragment, cited.locator) for cited in one.content.citations
        )
        for (source, *_), times in given.items():
            if times > 1:
                message = f"{source!r} is cited {times} times for the same words"
                hint = "keep one of the citations"
                yield violation(
                    curated, one.kind, one.id, citation_is_given_once, message, hint, one.path
                )


@rule
def source_is_known(curated: Curated) -> Iterator[Violation]:
    """Every citation names a source that has an entry."""
    known = curated.known("sources")
    for one in all_cited(curated):
        for citation in one.content.citations:
            if citation.source not in known:
                hint = nearest_word(citation.source, known)
                message = f"no source {citation.source!r}"
                yield violation(curated, one.kind, one.id, source_is_known, message, hint, one.path)


@rule
def source_is_cited(curated: Curated) -> Iterator[Violation]:
    """Every source is cited at least once."""
    cited = {citation.source for one in all_cited(curated) for citation in one.content.citations}
    # A record that could not be read may be the one that cites it.
    unread = len(curated.known("waves")) - len(curated.waves)
    unread += len(curated.known("indicators")) - len(curated.indicators)
    if not unread:
        for id_ in sorted(set(curated.sources) - cited):
            message = "nothing cites this source"
            yield violation(
                curated, "sources", id_, source_is_cited, message, "cite it or delete it"
            )


@rule
def fragment_has_at_most_12_words(curated: Curated) -> Iterator[Violation]:
    """A verbatim fragment, or a source's wording of a role, has at most 12 words."""
    for one in all_cited(curated):
        quoted = [citation.fragment for citation in one.content.citations]
        if isinstance(one.content, records.RoleClaim):
            quoted.append(one.content.wording)
        for fragment in quoted:
            if fragment and (words := len(fragment.split())) > WORDS_IN_A_FRAGMENT:
                yield violation(
                    curated,
                    one.kind,
                    one.id,
                    fragment_has_at_most_12_words,
                    f"a fragment of {words} words: {fragment[:40]!r} …",
                    "shorten it to the words that carry the claim",
                    one.path,
                )
